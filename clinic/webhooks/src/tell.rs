//! An event becomes a delivery for each endpoint that wants it, in the transaction that marks it as told: exactly one.

use std::collections::HashSet;

use platform::Result;
use platform::db::TenantTx;
use platform::outbox::{Event, Listener};
use uuid::Uuid;

use crate::catalog;
use crate::message::Message;

/// Hears of what is public.
pub const LISTENER: Listener = Listener {
    name: "webhooks",
    wants: catalog::is_public,
    handle: |tx, events| Box::pin(async move { hear(tx, events).await }),
};

/// Most practices have no endpoint, and one question for all events says so.
async fn hear(tx: &mut TenantTx, events: &[Event]) -> Result<()> {
    let practice = tx.practice();
    let endpoints = sqlx::query!(
        "select id, events from webhooks.endpoint where practice_id = $1 and active and deleted_at is null order by id",
        practice,
    )
    .fetch_all(tx.conn())
    .await?;
    if endpoints.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = endpoints.iter().map(|endpoint| endpoint.id).collect();
    let known = known(tx, &ids, events).await?;
    for event in events {
        let names = catalog::names_of(&event.name);
        let wants = |wanted: &[String]| wanted.iter().any(|wanted| names.contains(wanted));
        let wanted: Vec<Uuid> = endpoints
            .iter()
            .filter(|endpoint| wants(&endpoint.events) && !known.contains(&(endpoint.id, event.id)))
            .map(|endpoint| endpoint.id)
            .collect();
        if !wanted.is_empty() {
            tell(tx, &wanted, event).await?;
        }
    }
    Ok(())
}

/// The deliveries that there are of these events to these endpoints, as endpoint and event.
async fn known(tx: &mut TenantTx, endpoints: &[Uuid], events: &[Event]) -> Result<HashSet<(Uuid, Uuid)>> {
    let practice = tx.practice();
    let rows = sqlx::query!(
        "select endpoint_id, event_id from webhooks.delivery
          where practice_id = $1 and endpoint_id = any($2) and event_id = any($3)",
        practice,
        endpoints,
        &events.iter().map(|event| event.id).collect::<Vec<_>>(),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (row.endpoint_id, row.event_id)).collect())
}

async fn tell(tx: &mut TenantTx, wanted: &[Uuid], event: &Event) -> Result<()> {
    let fields = event.payload["fields"].as_array().into_iter().flatten();
    let message = Message {
        event: event.name.clone(),
        at: event.at,
        subject_type: event.subject_type.clone(),
        subject_id: event.subject_id,
        version: event.version,
        fields: fields.filter_map(|field| field.as_str().map(str::to_owned)).collect(),
    };
    let lane = format!("{}:{}", event.subject_type, event.subject_id);
    queue(tx, wanted, event.id, &lane, &message).await
}

/// Puts a message behind what waits in the lane of each of these endpoints, which are in the order of their ids.
///
/// # Errors
/// 503 when the database is away.
pub async fn queue(tx: &mut TenantTx, endpoints: &[Uuid], event: Uuid, lane: &str, message: &Message) -> Result<()> {
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    sqlx::query!(
        "with lane as (
            insert into webhooks.lane as l (practice_id, endpoint_id, lane, next_seq, pending, ready_at)
            select $1, e.id, $3, 2, 1, now() from unnest($2::uuid[]) e (id)
            on conflict (practice_id, endpoint_id, lane) do update
               set next_seq = l.next_seq + 1, pending = l.pending + 1,
                   ready_at = case when l.pending = 0 then now() else l.ready_at end
            returning l.endpoint_id, l.next_seq - 1 as seq)
         insert into webhooks.delivery (practice_id, id, endpoint_id, lane, seq, event_id, event, happened_at, subject_type,
                subject_id, subject_version, fields, state, due_at, created_at)
         select $1, n.id, n.endpoint_id, $3, lane.seq, $5, $6, $7, $8, $9, $10, $11, 'pending', now(), $12
           from unnest($2::uuid[], $4::uuid[]) n (endpoint_id, id) join lane on lane.endpoint_id = n.endpoint_id",
        practice,
        endpoints,
        lane,
        &endpoints.iter().map(|_| Uuid::now_v7()).collect::<Vec<_>>(),
        event,
        message.event,
        jiff_sqlx::Timestamp::from(message.at) as _,
        message.subject_type,
        message.subject_id,
        message.version,
        &message.fields,
        now as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

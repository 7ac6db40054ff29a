//! An event becomes a delivery for each endpoint that wants it, in the transaction that marks it as told: exactly one.

use platform::Result;
use platform::db::TenantTx;
use platform::outbox::{Event, Subscriber};
use uuid::Uuid;

use crate::catalog;
use crate::message::Message;

/// Hears of what is public.
pub const SUBSCRIBER: Subscriber = Subscriber {
    name: "webhooks",
    wants: catalog::is_public,
    handle: |tx, event| Box::pin(async move { hear(tx, event).await }),
};

async fn hear(tx: &mut TenantTx, event: &Event) -> Result<()> {
    let practice = tx.practice();
    let wanted = sqlx::query_scalar!(
        "select e.id from webhooks.endpoint e
          where e.practice_id = $1 and e.active and e.deleted_at is null and e.events && $2
            and not exists (select from webhooks.delivery d
                             where d.practice_id = $1 and d.endpoint_id = e.id and d.event_id = $3)
          order by e.id",
        practice,
        &catalog::names_of(&event.name),
        event.id,
    )
    .fetch_all(tx.conn())
    .await?;
    if wanted.is_empty() {
        return Ok(());
    }
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
    queue(tx, &wanted, event.id, &lane, &message).await
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

//! Lists of messages, and one with all of it: the ledger as people read it, and what the sandbox kept.

use garde::Validate;
use platform::Result;
use platform::extract::{Path, Query};
use platform::filter::Kind;
use platform::guard::Can;
use platform::id::PatientId;
use platform::page::{MAX_LIMIT, Order, Sort, default_limit};
use platform::permission::messages as may;
use platform::record::Look;
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use sqlx::QueryBuilder;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::row::{COLUMNS, Row, find, open_all};
use super::{Channel, Direction, Message, MessageId, Source, State};

/// The routes of lists.
pub fn routes() -> Routes {
    Routes::new().route(route!(list)).route(route!(read))
}

/// Which messages.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListMessages {
    /// Rows of a page, at most 200.
    #[garde(range(min = 1, max = MAX_LIMIT))]
    #[serde(default = "default_limit")]
    #[param(default = 50, minimum = 1, maximum = 200)]
    limit: u32,
    /// The nextCursor of the page before.
    #[garde(inner(length(max = 2000)))]
    cursor: Option<String>,
    /// Of this patient, and of those who were merged into them.
    #[garde(skip)]
    patient_id: Option<PatientId>,
    /// By this channel.
    #[garde(skip)]
    channel: Option<Channel>,
    /// From the practice, or to it.
    #[garde(skip)]
    direction: Option<Direction>,
    /// How they stand.
    #[garde(skip)]
    state: Option<State>,
    /// Who wanted them.
    #[garde(skip)]
    source: Option<Source>,
    /// Of this run or rule.
    #[garde(skip)]
    source_id: Option<Uuid>,
    /// Sent by this provider: with `sandbox` what was kept here instead of sent.
    #[garde(inner(length(max = 20)))]
    provider: Option<String>,
}

/// A page of messages.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessagePage {
    /// The messages.
    pub items: Vec<Message>,
    /// For the next page; null on the last one.
    #[schema(required)]
    pub next_cursor: Option<String>,
}

const NEWEST: &[Sort] = &[Sort { name: "createdAt", column: "m.created_at", kind: Kind::Instant }];

/// Messages, the newest first.
#[utoipa::path(get, path = "/api/v1/messages", tag = "messaging", params(ListMessages),
    responses((status = 200, body = MessagePage)))]
async fn list(who: Can<may::Read>, Query(asked): Query<ListMessages>) -> Result<Json<MessagePage>> {
    let order = Order::parse(NEWEST, Some("-createdAt"), asked.cursor.as_deref(), asked.limit)?;
    who.read_recorded(async move |tx| {
        let mut query = QueryBuilder::new("select ");
        query.push(COLUMNS).push(" from messaging.message m where m.practice_id = ").push_bind(tx.practice());
        let mut filter = Vec::new();
        if let Some(patient) = asked.patient_id {
            let all = patients::merged_into(tx, patient).await?;
            query.push(" and m.patient_id = any(").push_bind(all).push(")");
            filter.push("patientId");
        }
        let words = [
            ("channel", asked.channel.map(|channel| channel.name().to_owned())),
            ("direction", asked.direction.map(|to| if to == Direction::In { "in" } else { "out" }.to_owned())),
            ("state", asked.state.map(|state| state.name().to_owned())),
            ("source", asked.source.map(|source| source.name().to_owned())),
            ("provider", asked.provider.clone()),
        ];
        for (column, word) in words {
            if let Some(word) = word {
                query.push(format_args!(" and m.{column} = ")).push_bind(word);
                filter.push(column);
            }
        }
        if let Some(source) = asked.source_id {
            query.push(" and m.source_id = ").push_bind(source);
            filter.push("sourceId");
        }
        order.push("m.id", &mut query)?;
        let rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
        let (rows, next_cursor) = order.cut(rows, |row, _| (row.created().to_string().into(), row.id()))?;
        let items = open_all(tx, rows).await?;
        let ids: Vec<Uuid> = items.iter().map(|item| item.id.uuid()).collect();
        let patients: Vec<PatientId> = items.iter().filter_map(|item| item.patient_id).collect();
        tx.record_read(Look::list("message", &ids, &filter).of_patients(&patients)).await?;
        Ok(Json(MessagePage { items, next_cursor }))
    })
    .await
}

/// A message.
#[utoipa::path(get, path = "/api/v1/messages/{id}", tag = "messaging",
    params(("id" = Uuid, Path, description = "The message")), responses((status = 200, body = Message)))]
async fn read(who: Can<may::Read>, Path(id): Path<MessageId>) -> Result<Json<Message>> {
    who.read_recorded(async move |tx| {
        let message = find(tx, id).await?;
        tx.record_read(Look::at("message", id.uuid()).of_patient(message.patient_id)).await?;
        Ok(Json(message))
    })
    .await
}

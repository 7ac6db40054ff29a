//! Lists of messages, and one with all of it: the ledger as people read it, and what the sandbox kept.

use std::collections::{BTreeSet, HashMap};

use garde::Validate;
use jiff::Timestamp;
use patients::PatientName;
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::{Path, Query};
use platform::filter::Kind;
use platform::guard::Can;
use platform::id::PatientId;
use platform::page::{MAX_LIMIT, Order, Sort, default_limit};
use platform::permission::messages as may;
use platform::record::Look;
use platform::routes::{Json, Routes};
use platform::{route, undisclosed};
use serde::{Deserialize, Serialize};
use sqlx::{Postgres, QueryBuilder};
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
    /// How they stand: one state, or several with commas between them.
    #[garde(inner(length(max = 200)))]
    state: Option<String>,
    /// Asked for, or come in, at this instant or later.
    #[garde(skip)]
    from: Option<Timestamp>,
    /// Before this instant.
    #[garde(skip)]
    until: Option<Timestamp>,
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

/// A message in a list, with whom it is to or from.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessageItem {
    /// The message.
    #[serde(flatten)]
    pub message: Message,
    /// Whom it is to or from; null where that is nobody's number or address.
    #[schema(required)]
    pub patient: Option<PatientName>,
}

undisclosed!(MessageItem);

/// A page of messages.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessagePage {
    /// The messages.
    pub items: Vec<MessageItem>,
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
    let states = asked.state.as_deref().map(states).transpose()?;
    who.read_recorded(async move |tx| {
        let mut query = QueryBuilder::new("select ");
        query.push(COLUMNS).push(" from messaging.message m where m.practice_id = ").push_bind(tx.practice());
        let mut filter: Vec<&'static str> = Vec::new();
        if let Some(patient) = asked.patient_id {
            let all = patients::merged_into(tx, patient).await?;
            query.push(" and m.patient_id = any(").push_bind(all).push(")");
            filter.push("patientId");
        }
        let words: [(&'static str, Option<String>); 4] = [
            ("channel", asked.channel.map(|channel| channel.name().to_owned())),
            ("direction", asked.direction.map(|to| if to == Direction::In { "in" } else { "out" }.to_owned())),
            ("source", asked.source.map(|source| source.name().to_owned())),
            ("provider", asked.provider.clone()),
        ];
        for (column, word) in words {
            if let Some(word) = word {
                query.push(format_args!(" and m.{column} = ")).push_bind(word);
                filter.push(column);
            }
        }
        if let Some(states) = &states {
            query.push(" and m.state = any(").push_bind(states.clone()).push(")");
            filter.push("state");
        }
        let at = jiff_sqlx::Timestamp::from;
        if let Some(from) = asked.from {
            query.push(" and m.created_at >= ").push_bind(at(from));
            filter.push("from");
        }
        if let Some(until) = asked.until {
            query.push(" and m.created_at < ").push_bind(at(until));
            filter.push("until");
        }
        if let Some(source) = asked.source_id {
            query.push(" and m.source_id = ").push_bind(source);
            filter.push("sourceId");
        }
        page(tx, &order, query, filter).await.map(Json)
    })
    .await
}

/// States by their words.
fn states(text: &str) -> Result<Vec<String>> {
    let state = |word: &str| serde_json::from_value::<State>(word.trim().into()).map(|state| state.name().to_owned());
    text.split(',').map(state).collect::<std::result::Result<_, _>>().map_err(|_| {
        Error::invalid(Vec::new()).at(
            "?state",
            "invalid",
            "A state is one of queued, sending, sent, delivered and so on.",
        )
    })
}

/// A page of messages, with an entry in the ledger of who looked.
///
/// # Errors
/// 422 for a cursor that is none.
pub async fn page(
    tx: &mut TenantTx,
    order: &Order,
    mut query: QueryBuilder<Postgres>,
    filter: Vec<&'static str>,
) -> Result<MessagePage> {
    order.push("m.id", &mut query)?;
    let rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
    let (rows, next_cursor) = order.cut(rows, |row, _| (row.created().to_string().into(), row.id()))?;
    let messages = open_all(tx, rows).await?;
    let ids: Vec<Uuid> = messages.iter().map(|item| item.id.uuid()).collect();
    let patients: BTreeSet<PatientId> = messages.iter().filter_map(|item| item.patient_id).collect();
    let patients: Vec<PatientId> = patients.into_iter().collect();
    tx.record_read(Look::list("message", &ids, &filter).of_patients(&patients)).await?;
    let people: Vec<Uuid> = patients.iter().map(|id| id.uuid()).collect();
    let people: HashMap<PatientId, PatientName> =
        patients::items_of(tx, &people).await?.into_iter().map(|item| (item.id, item.into())).collect();
    let item = |message: Message| {
        let patient = message.patient_id.and_then(|id| people.get(&id).cloned());
        MessageItem { message, patient }
    };
    Ok(MessagePage { items: messages.into_iter().map(item).collect(), next_cursor })
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

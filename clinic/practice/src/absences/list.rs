//! Listing absences: whose, and in which days.

use garde::Validate;
use jiff::civil::{Date, DateTime, Time};
use platform::Result;
use platform::error::Error;
use platform::extract::Query;
use platform::filter::Kind;
use platform::guard::Can;
use platform::page::{MAX_LIMIT, Order, Sort, default_limit};
use platform::permission::hours as may;
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use sqlx::{Postgres, QueryBuilder};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{Absence, Row};
use crate::hours::Owner;

/// The route of the list.
pub fn routes() -> Routes {
    Routes::new().route(route!(list))
}

/// Which absences to list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListAbsences {
    /// Rows of a page, at most 200.
    #[garde(range(min = 1, max = MAX_LIMIT))]
    #[serde(default = "default_limit")]
    #[param(default = 50, minimum = 1, maximum = 200)]
    limit: u32,
    /// The nextCursor of the page before.
    #[garde(inner(length(max = 2000)))]
    cursor: Option<String>,
    /// `from`, or `-from` for the latest first.
    #[garde(inner(length(max = 40)))]
    sort: Option<String>,
    /// Only this owner's: `practice`, `location:{id}` or `provider:{userId}`.
    #[garde(skip)]
    #[param(value_type = Option<String>)]
    owner: Option<Owner>,
    /// Only what lasts into this local day or longer.
    #[garde(skip)]
    from: Option<Date>,
    /// Only what begins on this local day or earlier.
    #[garde(skip)]
    to: Option<Date>,
}

/// A page of absences.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AbsencePage {
    items: Vec<Absence>,
    /// For the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

const SORTS: &[Sort] = &[Sort { name: "from", column: "a.from_at", kind: Kind::Local }];

/// Absences, and openings in addition.
#[utoipa::path(get, path = "/api/v1/absences", tag = "practice", params(ListAbsences), responses((status = 200, body = AbsencePage)))]
async fn list(who: Can<may::Read>, Query(asked): Query<ListAbsences>) -> Result<Json<AbsencePage>> {
    let order = Order::parse(SORTS, asked.sort.as_deref(), asked.cursor.as_deref(), asked.limit)?;
    let rows = who
        .read(async move |tx| {
            let owner = asked.owner.map(|owner| owner.id(tx));
            let mut query = statement(tx.practice(), owner, &asked)?;
            order.push("a.id", &mut query)?;
            let rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
            order.cut(rows, |row, _| (row.from_at.to_jiff().to_string().into(), row.id))
        })
        .await;
    let (rows, next_cursor) = rows?;
    let items = rows.into_iter().map(|row| Absence::from(row).for_eyes_of(&who)).collect();
    Ok(Json(AbsencePage { items, next_cursor }))
}

fn statement(practice: Uuid, owner: Option<Uuid>, asked: &ListAbsences) -> Result<QueryBuilder<Postgres>> {
    let mut query = QueryBuilder::new(
        "select a.id, a.owner_id, a.owner_kind, a.kind, a.from_at, a.to_at, a.note, a.version, a.created_at, a.updated_at
           from practice.absence a where a.practice_id = ",
    );
    query.push_bind(practice);
    if let Some(owner) = owner {
        query.push(" and a.owner_id = ").push_bind(owner);
    }
    if let Some(from) = asked.from {
        // nothing lasts longer than 400 days, so the index need not be read from its beginning
        let midnight = local(from);
        query.push(" and a.to_at > ").push_bind(midnight);
        query.push(" and a.from_at >= ").push_bind(midnight).push("::timestamp - interval '400 days'");
    }
    if let Some(to) = asked.to {
        query.push(" and a.from_at < ").push_bind(local(to.tomorrow().map_err(Error::internal)?));
    }
    Ok(query)
}

fn local(day: Date) -> jiff_sqlx::DateTime {
    DateTime::from_parts(day, Time::midnight()).into()
}

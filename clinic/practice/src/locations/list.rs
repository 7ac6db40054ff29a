//! Listing locations: pages, search.

use garde::Validate;
use platform::Result;
use platform::db::TenantTx;
use platform::extract::Query;
use platform::filter::Kind;
use platform::guard::Can;
use platform::page::{MAX_LIMIT, Order, Sort, default_limit};
use platform::permission::practice as may;
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use sqlx::QueryBuilder;
use utoipa::{IntoParams, ToSchema};

use super::{Location, Row};
use platform::shared::Status;

/// The route of the list.
pub fn routes() -> Routes {
    Routes::new().route(route!(list))
}

/// Which locations to list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListLocations {
    /// Rows of a page, at most 200.
    #[garde(range(min = 1, max = MAX_LIMIT))]
    #[serde(default = "default_limit")]
    #[param(default = 50, minimum = 1, maximum = 200)]
    limit: u32,
    /// The nextCursor of the page before.
    #[garde(inner(length(max = 2000)))]
    cursor: Option<String>,
    /// `name` or `updatedAt`, with a hyphen in front for descending.
    #[garde(inner(length(max = 40)))]
    sort: Option<String>,
    /// In use, archived, or both.
    #[garde(skip)]
    #[serde(default)]
    #[param(inline)]
    status: Status,
    /// Part of a name.
    #[garde(inner(length(chars, max = 120)))]
    q: Option<String>,
}

/// A page of locations.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct LocationPage {
    items: Vec<Location>,
    /// For the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

const SORTS: &[Sort] = &[
    Sort { name: "name", column: "l.name_key", kind: Kind::Text },
    Sort { name: "updatedAt", column: "l.updated_at", kind: Kind::Instant },
];

/// Where the practice works.
#[utoipa::path(get, path = "/api/v1/locations", tag = "practice", params(ListLocations), responses((status = 200, body = LocationPage)))]
async fn list(who: Can<may::Read>, Query(asked): Query<ListLocations>) -> Result<Json<LocationPage>> {
    let order = Order::parse(SORTS, asked.sort.as_deref(), asked.cursor.as_deref(), asked.limit)?;
    who.read(async move |tx| {
        let rows = select(tx, &asked, &order).await?;
        let (rows, next_cursor) = order.cut(rows, |row, sort| match sort {
            "updatedAt" => (row.updated_at.to_jiff().to_string().into(), row.id),
            _ => (row.name_key.clone().into(), row.id),
        })?;
        Ok(Json(LocationPage { items: rows.into_iter().map(Location::from).collect(), next_cursor }))
    })
    .await
}

async fn select(tx: &mut TenantTx, asked: &ListLocations, order: &Order) -> Result<Vec<Row>> {
    let mut query = QueryBuilder::new(
        "select l.id, l.name, l.name_ar, l.name_key, l.address, l.phone, l.time_zone, l.archived_at, l.version,
                l.created_at, l.updated_at
           from practice.location l where l.practice_id = ",
    );
    query.push_bind(tx.practice()).push(asked.status.condition("l.archived_at"));
    if let Some(q) = asked.q.as_deref().map(str::trim).filter(|q| !q.is_empty()) {
        query.push(" and strpos(l.name_key || ' ' || coalesce(l.name_ar, ''), lower(");
        query.push_bind(q.to_owned()).push(")) > 0");
    }
    order.push("l.id", &mut query)?;
    Ok(query.build_query_as().fetch_all(tx.conn()).await?)
}

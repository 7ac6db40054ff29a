//! Listing rooms: pages, search.

use garde::Validate;
use platform::Result;
use platform::db::TenantTx;
use platform::extract::Query;
use platform::filter::Kind;
use platform::guard::Can;
use platform::page::{MAX_LIMIT, Order, Sort, default_limit};
use platform::permission::rooms as may;
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use sqlx::QueryBuilder;
use utoipa::{IntoParams, ToSchema};

use super::{Room, Row};
use crate::locations::LocationId;
use platform::shared::Status;

/// The route of the list.
pub fn routes() -> Routes {
    Routes::new().route(route!(list))
}

/// Which rooms to list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListRooms {
    /// Rows of a page, at most 200.
    #[garde(range(min = 1, max = MAX_LIMIT))]
    #[serde(default = "default_limit")]
    #[param(default = 50, minimum = 1, maximum = 200)]
    limit: u32,
    /// The nextCursor of the page before.
    #[garde(inner(length(max = 2000)))]
    cursor: Option<String>,
    /// `sort`, `name` or `updatedAt`, with a hyphen in front for descending.
    #[garde(inner(length(max = 40)))]
    sort: Option<String>,
    /// In use, archived, or both.
    #[garde(skip)]
    #[serde(default)]
    #[param(inline)]
    status: Status,
    /// Only those of this location.
    #[garde(skip)]
    #[param(value_type = Option<uuid::Uuid>)]
    location_id: Option<LocationId>,
    /// Part of a name.
    #[garde(inner(length(chars, max = 120)))]
    q: Option<String>,
}

/// A page of rooms.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RoomPage {
    items: Vec<Room>,
    /// For the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

const SORTS: &[Sort] = &[
    Sort { name: "sort", column: "r.sort", kind: Kind::Integer },
    Sort { name: "name", column: "r.name_key", kind: Kind::Text },
    Sort { name: "updatedAt", column: "r.updated_at", kind: Kind::Instant },
];

/// The practice's rooms and chairs.
#[utoipa::path(get, path = "/api/v1/rooms", tag = "practice", params(ListRooms), responses((status = 200, body = RoomPage)))]
async fn list(who: Can<may::Read>, Query(asked): Query<ListRooms>) -> Result<Json<RoomPage>> {
    let order = Order::parse(SORTS, asked.sort.as_deref(), asked.cursor.as_deref(), asked.limit)?;
    who.read(async move |tx| {
        let rows = select(tx, &asked, &order).await?;
        let (rows, next_cursor) = order.cut(rows, |row, sort| match sort {
            "name" => (row.name_key.clone().into(), row.id),
            "updatedAt" => (row.updated_at.to_jiff().to_string().into(), row.id),
            _ => (row.sort.into(), row.id),
        })?;
        Ok(Json(RoomPage { items: rows.into_iter().map(Room::from).collect(), next_cursor }))
    })
    .await
}

async fn select(tx: &mut TenantTx, asked: &ListRooms, order: &Order) -> Result<Vec<Row>> {
    let mut query = QueryBuilder::new(
        "select r.id, r.location_id, r.name, r.name_ar, r.name_key, r.kind, r.colour, r.sort, r.archived_at, r.version,
                r.created_at, r.updated_at
           from practice.room r where r.practice_id = ",
    );
    query.push_bind(tx.practice()).push(asked.status.condition("r.archived_at"));
    if let Some(location) = asked.location_id {
        query.push(" and r.location_id = ").push_bind(location.uuid());
    }
    if let Some(q) = asked.q.as_deref().map(str::trim).filter(|q| !q.is_empty()) {
        query.push(" and strpos(r.name_key || ' ' || coalesce(r.name_ar, ''), lower(");
        query.push_bind(q.to_owned()).push(")) > 0");
    }
    order.push("r.id", &mut query)?;
    Ok(query.build_query_as().fetch_all(tx.conn()).await?)
}

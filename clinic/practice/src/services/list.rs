//! Listing services: pages, search, filter.

use garde::Validate;
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::Query;
use platform::filter::{Field, Filter, Kind};
use platform::guard::Can;
use platform::page::{MAX_LIMIT, Order, Sort, default_limit};
use platform::permission::services as may;
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::QueryBuilder;
use utoipa::{IntoParams, ToSchema};

use super::{Row, Service};
use platform::shared::Status;

/// The route of the list.
pub fn routes() -> Routes {
    Routes::new().route(route!(list))
}

/// Which services to list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListServices {
    /// Rows of a page, at most 200.
    #[garde(range(min = 1, max = MAX_LIMIT))]
    #[serde(default = "default_limit")]
    #[param(default = 50, minimum = 1, maximum = 200)]
    limit: u32,
    /// The nextCursor of the page before.
    #[garde(inner(length(max = 2000)))]
    cursor: Option<String>,
    /// `name`, `price`, `duration` or `updatedAt`, with a hyphen in front for descending.
    #[garde(inner(length(max = 40)))]
    sort: Option<String>,
    /// Offered, archived, or both.
    #[garde(skip)]
    #[serde(default)]
    #[param(inline)]
    status: Status,
    /// Part of a name or code.
    #[garde(inner(length(chars, max = 120)))]
    q: Option<String>,
    /// A filter in the product's grammar, as JSON.
    #[garde(inner(length(max = 8000)))]
    filter: Option<String>,
}

/// A page of services.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ServicePage {
    items: Vec<Service>,
    /// For the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

const SORTS: &[Sort] = &[
    Sort { name: "name", column: "s.name_key", kind: Kind::Text },
    Sort { name: "price", column: "s.price_minor", kind: Kind::Integer },
    Sort { name: "duration", column: "s.duration_minutes", kind: Kind::Integer },
    Sort { name: "updatedAt", column: "s.updated_at", kind: Kind::Instant },
];

const FIELDS: &[Field] = &[
    Field { name: "nameEn", column: "s.name_en", kind: Kind::Text },
    Field { name: "nameAr", column: "s.name_ar", kind: Kind::Text },
    Field { name: "code", column: "s.code", kind: Kind::Text },
    Field { name: "category", column: "s.category", kind: Kind::Text },
    Field { name: "durationMinutes", column: "s.duration_minutes", kind: Kind::Integer },
    Field { name: "price", column: "s.price_minor", kind: Kind::Integer },
    Field { name: "vatCategory", column: "s.vat_category", kind: Kind::Text },
    Field { name: "colour", column: "s.colour", kind: Kind::Text },
    Field { name: "updatedAt", column: "s.updated_at", kind: Kind::Instant },
];

/// What the practice offers.
#[utoipa::path(get, path = "/api/v1/services", tag = "practice", params(ListServices), responses((status = 200, body = ServicePage)))]
async fn list(who: Can<may::Read>, Query(asked): Query<ListServices>) -> Result<Json<ServicePage>> {
    let order = Order::parse(SORTS, asked.sort.as_deref(), asked.cursor.as_deref(), asked.limit)?;
    let filter = asked.filter.as_deref().map(Filter::parse).transpose()?;
    who.read(async move |tx| {
        let rows = select(tx, &asked, filter.as_ref(), &order).await?;
        let (rows, next_cursor) = order.cut(rows, |row, sort| (sort_value(row, sort), row.id))?;
        let items = rows.into_iter().map(Service::try_from).collect::<Result<_>>()?;
        Ok(Json(ServicePage { items, next_cursor }))
    })
    .await
}

fn sort_value(row: &Row, sort: &str) -> Value {
    match sort {
        "price" => row.price_minor.into(),
        "duration" => row.duration_minutes.into(),
        "updatedAt" => row.updated_at.to_jiff().to_string().into(),
        _ => row.name_key.clone().into(),
    }
}

async fn select(tx: &mut TenantTx, asked: &ListServices, filter: Option<&Filter>, order: &Order) -> Result<Vec<Row>> {
    let mut query = QueryBuilder::new(
        "select s.id, s.name_en, s.name_ar, s.name_key, s.code, s.category, s.duration_minutes, s.buffer_before_minutes,
                s.buffer_after_minutes, s.price_minor, s.currency, s.vat_category, s.colour, s.archived_at, s.version,
                s.created_at, s.updated_at
           from practice.service s where s.practice_id = ",
    );
    query.push_bind(tx.practice()).push(asked.status.condition("s.archived_at"));
    if let Some(q) = asked.q.as_deref().map(str::trim).filter(|q| !q.is_empty()) {
        query.push(
            " and strpos(s.name_key || ' ' || coalesce(s.name_ar, '') || ' ' || lower(coalesce(s.code, '')), lower(",
        );
        query.push_bind(q.to_owned()).push(")) > 0");
    }
    if let Some(filter) = filter {
        query.push(" and ");
        filter.push(FIELDS, &mut query).map_err(Error::in_query)?;
    }
    order.push("s.id", &mut query)?;
    Ok(query.build_query_as().fetch_all(tx.conn()).await?)
}

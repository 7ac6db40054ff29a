//! How many patients a list has, up to where nobody counts any more.

use garde::Validate;
use platform::extract::Body;
use platform::filter::Filter;
use platform::guard::Can;
use platform::permission::patients as may;
use platform::record::Look;
use platform::routes::{Json, Routes};
use platform::{Result, route, undisclosed};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::QueryBuilder;
use utoipa::ToSchema;

use super::Which;

/// More are not counted.
const MOST: i64 = 10_000;

/// The route of counting.
pub fn routes() -> Routes {
    Routes::new().route(route!(count))
}

/// Which patients to count.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CountQuery {
    /// As in a list.
    #[garde(inner(length(chars, max = 120)))]
    q: Option<String>,
    /// A filter in the product's grammar.
    #[garde(skip)]
    #[schema(value_type = Option<Object>)]
    filter: Option<Value>,
    /// Those that were deleted, instead of all others.
    #[garde(skip)]
    #[serde(default)]
    deleted: bool,
}

undisclosed!(CountQuery);

/// How many.
#[derive(Debug, Serialize, ToSchema)]
struct PatientCount {
    /// At most 10,000.
    count: i64,
    /// There are more than that.
    more: bool,
}

/// How many patients a list has. That somebody asked is written to the ledger: a number can say who is a patient.
#[utoipa::path(post, path = "/api/v1/patients/count", tag = "patients", request_body = CountQuery,
    responses((status = 200, body = PatientCount)))]
async fn count(who: Can<may::Read>, Body(asked): Body<CountQuery>) -> Result<Json<PatientCount>> {
    let filter = asked.filter.as_ref().map(Filter::read).transpose()?;
    who.read_recorded(async move |tx| {
        let mut query = QueryBuilder::new("select count(*) from (select 1");
        let wanted = Which { deleted: asked.deleted, q: asked.q.as_deref(), filter: filter.as_ref(), ids: None };
        wanted.push(tx, &mut query).await?;
        query.push(format_args!(" limit {}) counted", MOST + 1));
        let count: i64 = query.build_query_scalar().fetch_one(tx.conn()).await?;
        let by = filter.as_ref().map(Filter::fields).unwrap_or_default();
        let by: Vec<&str> = asked.q.as_ref().map(|_| "q").into_iter().chain(by).collect();
        tx.record_read(Look::list("patient", &[], &by)).await?;
        Ok(Json(PatientCount { count: count.min(MOST), more: count > MOST }))
    })
    .await
}

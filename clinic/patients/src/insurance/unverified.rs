//! The worklist of policies that somebody should verify before the patient comes.

use garde::Validate;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use platform::error::Error;
use platform::extract::Query;
use platform::filter::Kind;
use platform::guard::Can;
use platform::id::PatientId;
use platform::page::{MAX_LIMIT, Order, Sort, default_limit};
use platform::permission::patients as may;
use platform::record::Look;
use platform::routes::{Json, Routes};
use platform::{Result, route, undisclosed};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, QueryBuilder};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{Eligibility, PolicyId};

/// The route of the worklist.
pub fn routes() -> Routes {
    Routes::new().route(route!(unverified))
}

/// Which policies.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListUnverified {
    /// Rows of a page, at most 200.
    #[garde(range(min = 1, max = MAX_LIMIT))]
    #[serde(default = "default_limit")]
    #[param(default = 50, minimum = 1, maximum = 200)]
    limit: u32,
    /// The nextCursor of the page before.
    #[garde(inner(length(max = 2000)))]
    cursor: Option<String>,
    /// For how many days it counts that a policy was verified.
    #[garde(range(min = 1, max = 366))]
    #[serde(default = "month")]
    #[param(default = 30, minimum = 1, maximum = 366)]
    days: u32,
}

fn month() -> u32 {
    30
}

/// A page of the worklist.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct UnverifiedPage {
    items: Vec<UnverifiedPolicy>,
    /// For the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// A policy that should be verified.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct UnverifiedPolicy {
    id: PolicyId,
    patient_id: PatientId,
    /// The practice's number for the patient.
    number: i64,
    given_name: String,
    #[schema(required)]
    family_name: Option<String>,
    #[schema(required)]
    phone: Option<String>,
    payer: String,
    #[schema(required)]
    plan: Option<String>,
    /// Last day.
    #[schema(required, format = Date, value_type = Option<String>)]
    valid_to: Option<Date>,
    eligibility: Eligibility,
    /// When somebody last asked.
    #[schema(required)]
    verified_at: Option<Timestamp>,
    version: i32,
}

undisclosed!(UnverifiedPolicy, Row);

#[derive(FromRow)]
struct Row {
    id: Uuid,
    patient_id: Uuid,
    number: i64,
    given_name: String,
    family_name: Option<String>,
    phone: Option<String>,
    payer: String,
    plan: Option<String>,
    valid_to: Option<jiff_sqlx::Date>,
    eligibility: Eligibility,
    verified_at: Option<jiff_sqlx::Timestamp>,
    version: i32,
}

const LONGEST_FIRST: &[Sort] = &[Sort {
    name: "verifiedAt",
    column: "coalesce(i.verified_at, '1970-01-01 00:00:00+00'::timestamptz)",
    kind: Kind::Instant,
}];

/// Policies in force that nobody has found to pay within so many days, those that have waited longest first.
#[utoipa::path(get, path = "/api/v1/policies/unverified", tag = "patients", params(ListUnverified),
    responses((status = 200, body = UnverifiedPage)))]
async fn unverified(who: Can<may::Read>, Query(asked): Query<ListUnverified>) -> Result<Json<UnverifiedPage>> {
    let order = Order::parse(LONGEST_FIRST, None, asked.cursor.as_deref(), asked.limit)?;
    who.read_recorded(async move |tx| {
        let since =
            tx.now().checked_sub(SignedDuration::from_hours(24 * i64::from(asked.days))).map_err(Error::internal)?;
        let mut query = QueryBuilder::new(
            "select i.id, i.patient_id, p.number, p.given_name, p.family_name, p.phone, i.payer, i.plan, i.valid_to,
                    i.eligibility, i.verified_at, i.version
               from patients.policy i join patients.patient p on p.practice_id = i.practice_id and p.id = i.patient_id
              where i.deleted_at is null and p.deleted_at is null and i.practice_id = ",
        );
        query.push_bind(tx.practice());
        query.push(" and (i.eligibility <> 'active' or i.verified_at < ").push_bind(jiff_sqlx::Timestamp::from(since));
        query.push(") and (i.valid_to is null or i.valid_to >= ");
        let today = tx.now().to_zoned(jiff::tz::TimeZone::UTC).date();
        query.push_bind(jiff_sqlx::Date::from(today)).push(")");
        order.push("i.id", &mut query)?;
        let rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
        let since = |row: &Row| row.verified_at.map_or(Timestamp::UNIX_EPOCH, |at| at.to_jiff());
        let (rows, next_cursor) = order.cut(rows, |row, _| (since(row).to_string().into(), row.id))?;
        let items: Vec<UnverifiedPolicy> = rows.into_iter().map(UnverifiedPolicy::from).collect();
        let patients: Vec<PatientId> = items.iter().map(|item| item.patient_id).collect();
        tx.record_read(Look::list("policy", &[], &[]).of_patients(&patients)).await?;
        Ok(Json(UnverifiedPage { items, next_cursor }))
    })
    .await
}

impl From<Row> for UnverifiedPolicy {
    fn from(row: Row) -> Self {
        Self {
            id: PolicyId(row.id),
            patient_id: PatientId(row.patient_id),
            number: row.number,
            given_name: row.given_name,
            family_name: row.family_name,
            phone: row.phone,
            payer: row.payer,
            plan: row.plan,
            valid_to: row.valid_to.map(|date| date.to_jiff()),
            eligibility: row.eligibility,
            verified_at: row.verified_at.map(|at| at.to_jiff()),
            version: row.version,
        }
    }
}

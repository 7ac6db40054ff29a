//! After which service patients are asked to come again.

use garde::Validate;
use jiff::Timestamp;
use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::error::{Error, OnConstraint as _};
use platform::extract::{Body, Path};
use platform::guard::Can;
use platform::permission::{appointments, recalls as may};
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::{Result, route};
use practice::ServiceId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// The routes of the rules.
pub fn routes() -> Routes {
    Routes::new().route(route!(list)).route(route!(set))
}

/// After a service, who is asked to come again, when and for what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecallRule {
    /// After which service.
    pub service_id: ServiceId,
    /// For which one.
    pub recall_service_id: ServiceId,
    /// Months after the visit; a day that the month lacks becomes its last.
    pub months: i32,
    /// Whether it holds.
    pub active: bool,
    /// Goes up with each change.
    pub version: i32,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// The rules.
#[derive(Debug, Serialize, ToSchema)]
struct RecallRules {
    /// One for each service that has one.
    items: Vec<RecallRule>,
}

/// A rule in place of the one that there is.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewRecallRule {
    /// The version that the change is based on; 0 for a service that has no rule yet.
    #[garde(skip)]
    version: i32,
    /// For which service; the same one, when nothing is said.
    #[garde(skip)]
    recall_service_id: Option<ServiceId>,
    /// Months after the visit.
    #[garde(range(min = 1, max = 120))]
    months: i32,
    /// Whether it holds.
    #[garde(skip)]
    #[serde(default = "yes")]
    active: bool,
}

fn yes() -> bool {
    true
}

/// After which services patients are asked to come again.
#[utoipa::path(get, path = "/api/v1/recall-rules", tag = "scheduling", responses((status = 200, body = RecallRules)))]
async fn list(who: Can<may::Read>) -> Result<Json<RecallRules>> {
    who.read(async |tx| {
        let practice = tx.practice();
        let rows = sqlx::query_as!(
            Row,
            r#"select service_id, recall_service_id, months, active, version, updated_at as "updated_at: jiff_sqlx::Timestamp"
                 from scheduling.recall_rule where practice_id = $1 order by service_id"#,
            practice,
        )
        .fetch_all(tx.conn())
        .await?;
        Ok(Json(RecallRules { items: rows.into_iter().map(RecallRule::from).collect() }))
    })
    .await
}

/// Decide whether and when patients are asked to come again after a service. It holds for visits that are completed from
/// now on.
#[utoipa::path(put, path = "/api/v1/recall-rules/{id}", tag = "scheduling", request_body = NewRecallRule,
    params(("id" = Uuid, Path, description = "The service")), responses((status = 200, body = RecallRule)))]
async fn set(
    who: Can<appointments::Configure>,
    Path(id): Path<ServiceId>,
    Body(new): Body<NewRecallRule>,
) -> Result<Json<RecallRule>> {
    who.write(async move |tx| decide(tx, id, &new).await).await.map(Json)
}

async fn decide(tx: &mut TenantTx, id: ServiceId, new: &NewRecallRule) -> Result<RecallRule> {
    practice::service(tx, id).await?;
    let practice = tx.practice();
    tx.one_by_one().await?;
    let before = find(tx, id).await?;
    check_version(new.version, before.as_ref().map_or(0, |rule| rule.version), &before)?;
    let after = RecallRule {
        service_id: id,
        recall_service_id: new.recall_service_id.unwrap_or(id),
        months: new.months,
        active: new.active,
        version: new.version + 1,
        updated_at: tx.now(),
    };
    sqlx::query!(
        "insert into scheduling.recall_rule (practice_id, service_id, recall_service_id, months, active, version,
                updated_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (practice_id, service_id) do update
            set recall_service_id = $3, months = $4, active = $5, version = $6, updated_at = $7",
        practice,
        id.uuid(),
        after.recall_service_id.uuid(),
        after.months,
        after.active,
        after.version,
        jiff_sqlx::Timestamp::from(after.updated_at) as _,
    )
    .execute(tx.conn())
    .await
    .on_constraint("recall_rule_for_service", || {
        let text = "Choose among the practice's services.";
        Error::invalid(Vec::new()).at("/recallServiceId", "not_found", text)
    })?;
    let change = match &before {
        Some(before) => Change::updated("recall_rule", id.uuid(), before, &after),
        None => Change::created("recall_rule", id.uuid(), &after),
    };
    tx.record(change.event("recall_rule.changed", after.version)).await?;
    Ok(after)
}

/// The rule that holds after a service.
///
/// # Errors
/// 503 when the database is away.
pub async fn after(tx: &mut TenantTx, service: ServiceId) -> Result<Option<RecallRule>> {
    Ok(find(tx, service).await?.filter(|rule| rule.active))
}

async fn find(tx: &mut TenantTx, service: ServiceId) -> Result<Option<RecallRule>> {
    let practice = tx.practice();
    let row = sqlx::query_as!(
        Row,
        r#"select service_id, recall_service_id, months, active, version, updated_at as "updated_at: jiff_sqlx::Timestamp"
             from scheduling.recall_rule where practice_id = $1 and service_id = $2"#,
        practice,
        service.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(RecallRule::from))
}

#[derive(Debug)]
struct Row {
    service_id: Uuid,
    recall_service_id: Uuid,
    months: i32,
    active: bool,
    version: i32,
    updated_at: jiff_sqlx::Timestamp,
}

impl From<Row> for RecallRule {
    fn from(row: Row) -> Self {
        Self {
            service_id: ServiceId(row.service_id),
            recall_service_id: ServiceId(row.recall_service_id),
            months: row.months,
            active: row.active,
            version: row.version,
            updated_at: row.updated_at.to_jiff(),
        }
    }
}

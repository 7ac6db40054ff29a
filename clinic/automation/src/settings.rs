//! What counts for all workflows of a practice: quiet hours, and how long the history of runs is kept.

use garde::Validate;
use jiff::civil::Time;
use platform::Result;
use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::error::Error;
use platform::extract::Body;
use platform::guard::Can;
use platform::permission::workflows as may;
use platform::record::Change;
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::hours::Quiet;
use crate::recurrence::time_of_day;

/// The routes of the settings.
pub fn routes() -> Routes {
    Routes::new().route(route!(read)).route(route!(change))
}

/// What counts for all workflows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct WorkflowSettings {
    /// From when nobody is to be disturbed, in the practice's local time: `21:00`.
    #[schema(required)]
    quiet_from: Option<String>,
    /// Until when.
    #[schema(required)]
    quiet_until: Option<String>,
    /// For how many days the history of runs that have ended is kept.
    history_days: i32,
    /// Goes up with each change; 0 as long as nothing was set.
    version: i32,
}

/// What is to be different; what is left out stays.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WorkflowSettingsChange {
    /// The version that the change is based on.
    #[garde(skip)]
    version: i32,
    #[garde(inner(inner(custom(time))))]
    #[serde(default, deserialize_with = "platform::extract::nullable")]
    #[schema(value_type = Option<String>)]
    quiet_from: Option<Option<String>>,
    #[garde(inner(inner(custom(time))))]
    #[serde(default, deserialize_with = "platform::extract::nullable")]
    #[schema(value_type = Option<String>)]
    quiet_until: Option<Option<String>>,
    #[garde(inner(range(min = 1, max = 3650)))]
    history_days: Option<i32>,
}

fn time(text: &str, (): &()) -> garde::Result {
    match time_of_day(text) {
        Some(_) => Ok(()),
        None => Err(garde::Error::new("invalid_time: A time of day is written like 09:00.")),
    }
}

/// The quiet hours of a practice that has said nothing of them: nine in the evening until eight.
pub fn usual_quiet() -> Quiet {
    Quiet { from: Time::constant(21, 0, 0, 0), until: Time::constant(8, 0, 0, 0) }
}

/// What counts for all workflows.
#[utoipa::path(get, path = "/api/v1/workflow-settings", tag = "automation",
    responses((status = 200, body = WorkflowSettings)))]
async fn read(who: Can<may::Read>) -> Result<Json<WorkflowSettings>> {
    who.read(async |tx| find(tx).await).await.map(Json)
}

/// Change what counts for all workflows.
#[utoipa::path(patch, path = "/api/v1/workflow-settings", tag = "automation", request_body = WorkflowSettingsChange,
    responses((status = 200, body = WorkflowSettings)))]
async fn change(who: Can<may::Publish>, Body(change): Body<WorkflowSettingsChange>) -> Result<Json<WorkflowSettings>> {
    who.write(async move |tx| {
        tx.one_by_one().await?;
        let before = find(tx).await?;
        check_version(change.version, before.version, &before)?;
        let change = change.clone();
        let after = WorkflowSettings {
            quiet_from: change.quiet_from.unwrap_or_else(|| before.quiet_from.clone()),
            quiet_until: change.quiet_until.unwrap_or_else(|| before.quiet_until.clone()),
            history_days: change.history_days.unwrap_or(before.history_days),
            version: before.version + 1,
        };
        if after.quiet_from.is_some() != after.quiet_until.is_some() {
            let text = "Quiet hours have a beginning and an end, or there are none.";
            return Err(Error::invalid(Vec::new()).at("/quietUntil", "required", text));
        }
        save(tx, &after).await?;
        let practice = tx.practice();
        tx.record(
            Change::updated("workflow_settings", practice, &before, &after)
                .event("workflow_settings.changed", after.version),
        )
        .await?;
        Ok(Json(after))
    })
    .await
}

fn shown(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

async fn find(tx: &mut TenantTx) -> Result<WorkflowSettings> {
    let practice = tx.practice();
    let row = sqlx::query!(
        "select quiet_from, quiet_until, history_days, version from automation.settings where practice_id = $1",
        practice,
    )
    .fetch_optional(tx.conn())
    .await?;
    let usual = usual_quiet();
    Ok(match row {
        Some(row) => WorkflowSettings {
            quiet_from: row.quiet_from.map(|time| shown(time.to_jiff())),
            quiet_until: row.quiet_until.map(|time| shown(time.to_jiff())),
            history_days: row.history_days,
            version: row.version,
        },
        None => WorkflowSettings {
            quiet_from: Some(shown(usual.from)),
            quiet_until: Some(shown(usual.until)),
            history_days: 90,
            version: 0,
        },
    })
}

async fn save(tx: &mut TenantTx, settings: &WorkflowSettings) -> Result<()> {
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    let time = |text: &Option<String>| text.as_deref().and_then(time_of_day).map(jiff_sqlx::Time::from);
    sqlx::query!(
        "insert into automation.settings as s (practice_id, quiet_from, quiet_until, history_days, version, updated_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (practice_id) do update
            set quiet_from = excluded.quiet_from, quiet_until = excluded.quiet_until,
                history_days = excluded.history_days, version = excluded.version, updated_at = excluded.updated_at",
        practice,
        time(&settings.quiet_from) as _,
        time(&settings.quiet_until) as _,
        settings.history_days,
        settings.version,
        now as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What is published has changed: processes must not go by what they remember any more. Also whoever publishes at the same
/// moment waits here for their turn.
///
/// # Errors
/// 503 when the database is away.
pub async fn revise(tx: &mut TenantTx) -> Result<()> {
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    let usual = usual_quiet();
    sqlx::query!(
        "insert into automation.settings as s (practice_id, quiet_from, quiet_until, revision, updated_at)
         values ($1, $2, $3, 1, $4)
         on conflict (practice_id) do update set revision = s.revision + 1",
        practice,
        jiff_sqlx::Time::from(usual.from) as _,
        jiff_sqlx::Time::from(usual.until) as _,
        now as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

//! The list of workflows, with how their runs went in the last week.

use garde::Validate;
use jiff::{SignedDuration, Timestamp};
use platform::Result;
use platform::extract::Query;
use platform::filter::Kind;
use platform::guard::Can;
use platform::page::{MAX_LIMIT, Order, Sort, default_limit};
use platform::permission::workflows as may;
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::{QueryBuilder, Row as _};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::WorkflowId;
use super::row::Status;

/// The route of the list.
pub fn routes() -> Routes {
    Routes::new().route(route!(list))
}

const SORTS: &[Sort] = &[
    Sort { name: "name", column: "w.name_key", kind: Kind::Text },
    Sort { name: "updatedAt", column: "w.updated_at", kind: Kind::Instant },
];

/// Which workflows.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Rows of the page.
    #[garde(range(min = 1, max = MAX_LIMIT))]
    #[serde(default = "default_limit")]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: u32,
    /// Where the page before ended.
    #[garde(skip)]
    cursor: Option<String>,
    /// `name` or `updatedAt`, with a hyphen in front for descending.
    #[garde(skip)]
    sort: Option<String>,
    /// Only these.
    #[garde(skip)]
    status: Option<Status>,
    /// Only those whose name has this.
    #[garde(inner(length(chars, max = 120)))]
    q: Option<String>,
}

/// A page of workflows.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct WorkflowPage {
    items: Vec<WorkflowLine>,
    /// Where the next page begins; none behind the last one.
    #[schema(required)]
    next: Option<String>,
}

/// A workflow in the list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct WorkflowLine {
    /// Its id.
    id: WorkflowId,
    /// Its name.
    name: String,
    /// What it is for.
    #[schema(required)]
    description: Option<String>,
    /// Whether it is at work.
    status: Status,
    /// What begins it: of what is published, else of the draft.
    #[schema(required)]
    trigger: Option<TriggerLine>,
    /// Goes up with each change.
    version: i32,
    /// The version that runs begin with, once there is one.
    #[schema(required)]
    published_version: Option<i32>,
    /// Since when.
    #[schema(required)]
    published_at: Option<Timestamp>,
    /// Whether the draft differs from what is published.
    has_changes: bool,
    /// Who made it.
    #[schema(required)]
    created_by: Option<Uuid>,
    /// Its runs of the last seven days.
    #[serde(rename = "runs7d")]
    runs: RunCount,
    /// When its last run began.
    #[schema(required)]
    last_run_at: Option<Timestamp>,
    /// When it was last changed.
    updated_at: Timestamp,
}

/// What begins a workflow, in a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TriggerLine {
    /// The kind of trigger.
    kind: String,
    /// Name of the event.
    #[schema(required)]
    event: Option<String>,
    /// The kind of record.
    #[schema(required)]
    subject: Option<String>,
}

/// How many runs there were.
#[derive(Debug, Serialize, ToSchema)]
struct RunCount {
    /// In all.
    total: i64,
    /// That failed or were stopped.
    failed: i64,
}

/// Workflows, by name.
#[utoipa::path(get, path = "/api/v1/workflows", tag = "automation", params(Which),
    responses((status = 200, body = WorkflowPage)))]
async fn list(who: Can<may::Read>, Query(which): Query<Which>) -> Result<Json<WorkflowPage>> {
    let order = Order::parse(SORTS, which.sort.as_deref(), which.cursor.as_deref(), which.limit)?;
    who.read(async move |tx| {
        let practice = tx.practice();
        // ids of runs sort by time (RFC 9562 §5.7)
        let since = oldest_id(tx.now().checked_sub(SignedDuration::from_hours(7 * 24)).unwrap_or(tx.now()));
        let mut query = QueryBuilder::new(
            "select w.id, w.name, w.description, w.status, coalesce(v.definition, w.draft) -> 'trigger', w.version,
                    w.published, w.published_at, v.definition is distinct from w.draft, w.created_by, r.total, r.failed,
                    l.started_at, w.updated_at, w.name_key
               from automation.workflow w
               left join automation.version v
                 on v.practice_id = w.practice_id and v.workflow_id = w.id and v.number = w.published
              cross join lateral (
                 select count(*) as total, count(*) filter (where r.state in ('failed', 'stopped')) as failed
                   from automation.run r where r.practice_id = w.practice_id and r.workflow_id = w.id and r.id >= ",
        );
        query.push_bind(since).push(
            ") r left join lateral (
                 select started_at from automation.run r
                  where r.practice_id = w.practice_id and r.workflow_id = w.id order by r.id desc limit 1) l on true
              where w.practice_id = ",
        );
        query.push_bind(practice).push(" and w.deleted_at is null");
        if let Some(status) = which.status {
            query.push(" and w.status = ").push_bind(status.word());
        }
        if let Some(text) = &which.q {
            query.push(" and strpos(w.name_key, lower(").push_bind(text.trim().to_owned()).push(")) > 0");
        }
        order.push("w.id", &mut query)?;
        let rows = query.build().fetch_all(tx.conn()).await?;
        let (rows, next) = order.cut(rows, |row, sort| {
            let key = match sort {
                "name" => row.get::<String, _>(14).into(),
                _ => row.get::<jiff_sqlx::Timestamp, _>(13).to_jiff().to_string().into(),
            };
            (key, row.get(0))
        })?;
        let items = rows.iter().map(line).collect::<sqlx::Result<_>>()?;
        Ok(Json(WorkflowPage { items, next }))
    })
    .await
}

fn line(row: &sqlx::postgres::PgRow) -> sqlx::Result<WorkflowLine> {
    let at = |at: Option<jiff_sqlx::Timestamp>| at.map(|at| at.to_jiff());
    let trigger: Option<Value> = row.try_get(4)?;
    let text = |trigger: &Value, name: &str| trigger.get(name).and_then(Value::as_str).map(str::to_owned);
    Ok(WorkflowLine {
        id: WorkflowId(row.try_get(0)?),
        name: row.try_get(1)?,
        description: row.try_get(2)?,
        status: Status::of(row.try_get(3)?),
        trigger: trigger.as_ref().and_then(|trigger| {
            let kind = text(trigger, "kind")?;
            Some(TriggerLine { kind, event: text(trigger, "event"), subject: text(trigger, "subject") })
        }),
        version: row.try_get(5)?,
        published_version: row.try_get(6)?,
        published_at: at(row.try_get(7)?),
        has_changes: row.try_get(8)?,
        created_by: row.try_get(9)?,
        runs: RunCount { total: row.try_get(10)?, failed: row.try_get(11)? },
        last_run_at: at(row.try_get(12)?),
        updated_at: row.try_get::<jiff_sqlx::Timestamp, _>(13)?.to_jiff(),
    })
}

/// The least UUIDv7 of an instant.
pub fn oldest_id(at: Timestamp) -> Uuid {
    let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
    Uuid::from_u128(u128::from(millis) << 80)
}

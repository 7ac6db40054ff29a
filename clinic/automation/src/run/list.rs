//! The list of runs, the newest first. It says which records they were about, and nothing of these.

use garde::Validate;
use jiff::Timestamp;
use platform::Result;
use platform::extract::Query;
use platform::filter::Kind;
use platform::guard::Can;
use platform::page::{MAX_LIMIT, Order, Sort, default_limit};
use platform::permission::workflows as may;
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use sqlx::{QueryBuilder, Row as _};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{OfWorkflow, Record, RunError, RunId, RunState};
use crate::workflow::list::oldest_id;

/// The route of the list.
pub fn routes() -> Routes {
    Routes::new().route(route!(list))
}

/// Ids of runs sort by time (RFC 9562 §5.7).
const SORTS: &[Sort] = &[Sort { name: "startedAt", column: "r.id", kind: Kind::Id }];

/// Which runs.
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
    /// Only those of this workflow.
    #[garde(skip)]
    workflow: Option<Uuid>,
    /// Only those that stand so.
    #[garde(skip)]
    state: Option<RunState>,
    /// Only those about this record.
    #[garde(skip)]
    subject: Option<Uuid>,
    /// Only those that began then or later.
    #[garde(skip)]
    from: Option<Timestamp>,
}

/// A page of runs.
#[derive(Debug, Serialize, ToSchema)]
struct RunPage {
    items: Vec<RunLine>,
    /// Where the next page begins; none behind the last one.
    #[schema(required)]
    next: Option<String>,
}

/// A run in the list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RunLine {
    /// Its id.
    pub id: RunId,
    /// Of which workflow.
    pub workflow: OfWorkflow,
    /// In which version.
    pub version: i32,
    /// How it stands.
    pub state: RunState,
    /// Begun by a person to see what happens.
    pub test: bool,
    /// What it is about.
    #[schema(required)]
    pub subject: Option<Record>,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    #[schema(required)]
    pub ended_at: Option<Timestamp>,
    /// Until when it waits.
    #[schema(required)]
    pub wakes_at: Option<Timestamp>,
    /// Why it did not go on.
    #[schema(required)]
    pub error: Option<RunError>,
}

/// What a row of [`COLUMNS`] says.
pub fn line(row: &sqlx::postgres::PgRow) -> sqlx::Result<RunLine> {
    let at = |at: Option<jiff_sqlx::Timestamp>| at.map(|at| at.to_jiff());
    let subject = row.try_get::<Option<String>, _>(6)?.zip(row.try_get::<Option<Uuid>, _>(7)?);
    let code: Option<String> = row.try_get(11)?;
    let message: Option<String> = row.try_get(12)?;
    let step: Option<String> = row.try_get(13)?;
    Ok(RunLine {
        id: RunId(row.try_get(0)?),
        workflow: OfWorkflow { id: row.try_get(1)?, name: row.try_get(2)? },
        version: row.try_get(3)?,
        state: RunState::of(row.try_get(4)?),
        test: row.try_get(5)?,
        subject: subject.map(|(kind, id)| Record { kind, id, label: None }),
        started_at: row.try_get::<jiff_sqlx::Timestamp, _>(8)?.to_jiff(),
        ended_at: at(row.try_get(9)?),
        wakes_at: at(row.try_get(10)?),
        error: code.map(|code| RunError { code, message: message.unwrap_or_default(), step }),
    })
}

/// What is read of a run.
pub const COLUMNS: &str =
    "select r.id, r.workflow_id, w.name, r.version, r.state, r.test, r.subject_type, r.subject_id,
       r.started_at, r.ended_at, r.wakes_at, r.error_code, r.error_message, r.error_step
  from automation.run r join automation.workflow w on w.practice_id = r.practice_id and w.id = r.workflow_id
 where r.practice_id = ";

/// Runs, the newest first.
#[utoipa::path(get, path = "/api/v1/workflow-runs", tag = "automation", params(Which),
    responses((status = 200, body = RunPage)))]
async fn list(who: Can<may::Read>, Query(which): Query<Which>) -> Result<Json<RunPage>> {
    let order = Order::parse(SORTS, Some("-startedAt"), which.cursor.as_deref(), which.limit)?;
    who.read(async move |tx| {
        let mut query = QueryBuilder::new(COLUMNS);
        query.push_bind(tx.practice());
        if let Some(workflow) = which.workflow {
            query.push(" and r.workflow_id = ").push_bind(workflow);
        }
        if let Some(state) = which.state {
            // said again as the index says it
            query.push(if state == RunState::Done { "" } else { " and r.state <> 'done'" });
            query.push(" and r.state = ").push_bind(state.word());
        }
        if let Some(subject) = which.subject {
            query.push(" and r.subject_id = ").push_bind(subject);
        }
        if let Some(from) = which.from {
            query.push(" and r.id >= ").push_bind(oldest_id(from));
        }
        order.push("r.id", &mut query)?;
        let rows = query.build().fetch_all(tx.conn()).await?;
        let (rows, next) = order.cut(rows, |row, _| {
            let id: Uuid = row.get(0);
            (id.to_string().into(), id)
        })?;
        let items = rows.iter().map(line).collect::<sqlx::Result<_>>()?;
        Ok(Json(RunPage { items, next }))
    })
    .await
}

//! The list of runs, the newest first. It says which records they were about, and to those who may see patients, whom.

use garde::Validate;
use jiff::Timestamp;
use platform::Result;
use platform::db::TenantTx;
use platform::extract::Query;
use platform::filter::Kind;
use platform::guard::Can;
use platform::id::PatientId;
use platform::page::{MAX_LIMIT, Order, Sort, default_limit};
use platform::permission::{Permission as _, patients as may_patients, workflows as may};
use platform::record::Look;
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use sqlx::{QueryBuilder, Row as _};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{OfWorkflow, Record, RunError, RunId, RunState};
use crate::engine::load_subjects;
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
    /// The patient whom it concerns, for those who may see patients.
    #[schema(required)]
    pub patient_id: Option<PatientId>,
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
        patient_id: row.try_get::<Option<Uuid>, _>(14)?.map(PatientId),
        started_at: row.try_get::<jiff_sqlx::Timestamp, _>(8)?.to_jiff(),
        ended_at: at(row.try_get(9)?),
        wakes_at: at(row.try_get(10)?),
        error: code.map(|code| RunError { code, message: message.unwrap_or_default(), step }),
    })
}

/// What is read of a run.
pub const COLUMNS: &str =
    "select r.id, r.workflow_id, w.name, r.version, r.state, r.test, r.subject_type, r.subject_id,
       r.started_at, r.ended_at, r.wakes_at, r.error_code, r.error_message, r.error_step, r.patient_id
  from automation.run r join automation.workflow w on w.practice_id = r.practice_id and w.id = r.workflow_id
 where r.practice_id = ";

/// Puts in whom runs are about, as their areas show it, for those who may see patients, and takes their ids away from others.
/// Answers who was shown.
///
/// # Errors
/// 503 when the database is away.
pub async fn put_names(tx: &mut TenantTx, lines: &mut [RunLine], sees_patients: bool) -> Result<Vec<PatientId>> {
    if !sees_patients {
        lines.iter_mut().for_each(|line| line.patient_id = None);
        return Ok(Vec::new());
    }
    let about = lines.iter().filter_map(|line| line.subject.as_ref().map(|subject| (subject.kind.clone(), subject.id)));
    let loaded = load_subjects(tx, about.collect::<Vec<_>>()).await?;
    for subject in lines.iter_mut().filter_map(|line| line.subject.as_mut()) {
        subject.label = loaded.label(&subject.kind, subject.id);
    }
    Ok(lines.iter().filter_map(|line| line.patient_id).collect())
}

/// Runs, the newest first.
#[utoipa::path(get, path = "/api/v1/workflow-runs", tag = "automation", params(Which),
    responses((status = 200, body = RunPage)))]
async fn list(who: Can<may::Read>, Query(which): Query<Which>) -> Result<Json<RunPage>> {
    let order = Order::parse(SORTS, Some("-startedAt"), which.cursor.as_deref(), which.limit)?;
    let sees_patients = who.may(may_patients::Read::NAME);
    who.read_recorded(async move |tx| {
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
        let mut items = rows.iter().map(line).collect::<sqlx::Result<Vec<_>>>()?;
        let patients = put_names(tx, &mut items, sees_patients).await?;
        let ids: Vec<Uuid> = items.iter().map(|line| line.id.uuid()).collect();
        tx.record_read(Look::list("run", &ids, &[]).of_patients(&patients)).await?;
        Ok(Json(RunPage { items, next }))
    })
    .await
}

//! Recalls as they lie in their table.

use platform::Result;
use platform::crypto::Place;
use platform::db::TenantTx;
use platform::error::Error;
use platform::id::PatientId;
use platform::people;
use practice::{LocationId, ServiceId};
use sqlx::{FromRow, Postgres, QueryBuilder};
use uuid::Uuid;

use super::{AttemptKind, AttemptOutcome, DismissedFor, Recall, RecallAttempt, RecallId, RecallStatus};
use crate::appointment::AppointmentId;

/// A row.
#[derive(Debug, FromRow)]
pub struct Row {
    id: Uuid,
    patient_id: Uuid,
    service_id: Uuid,
    location_id: Uuid,
    appointment_id: Uuid,
    due_on: jiff_sqlx::Date,
    next_on: jiff_sqlx::Date,
    status: RecallStatus,
    dismissed_for: Option<DismissedFor>,
    booked_id: Option<Uuid>,
    attempts: i32,
    last_attempt_at: Option<jiff_sqlx::Timestamp>,
    version: i32,
    created_at: jiff_sqlx::Timestamp,
    updated_at: jiff_sqlx::Timestamp,
}

const COLUMNS: &str =
    "r.id, r.patient_id, r.service_id, r.location_id, r.appointment_id, r.due_on, r.next_on, r.status,
    r.dismissed_for, r.booked_id, r.attempts, r.last_attempt_at, r.version, r.created_at, r.updated_at";

impl From<Row> for Recall {
    fn from(row: Row) -> Self {
        Self {
            id: RecallId(row.id),
            patient_id: PatientId(row.patient_id),
            service_id: ServiceId(row.service_id),
            location_id: LocationId(row.location_id),
            appointment_id: AppointmentId(row.appointment_id),
            due_on: row.due_on.to_jiff(),
            next_on: row.next_on.to_jiff(),
            status: row.status,
            dismissed_for: row.dismissed_for,
            booked_id: row.booked_id.map(AppointmentId),
            attempts: row.attempts,
            last_attempt_at: row.last_attempt_at.map(|at| at.to_jiff()),
            version: row.version,
            created_at: row.created_at.to_jiff(),
            updated_at: row.updated_at.to_jiff(),
        }
    }
}

/// The beginning of a query of recalls `r`.
pub fn select(tx: &TenantTx) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new("select ");
    query.push(COLUMNS).push(" from scheduling.recall r where r.practice_id = ").push_bind(tx.practice());
    query
}

async fn all(tx: &mut TenantTx, mut query: QueryBuilder<Postgres>) -> Result<Vec<Recall>> {
    query.push(" order by r.id for no key update");
    let rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
    Ok(rows.into_iter().map(Recall::from).collect())
}

/// The recall.
///
/// # Errors
/// 404.
pub async fn find(tx: &mut TenantTx, id: RecallId) -> Result<Recall> {
    let mut query = select(tx);
    query.push(" and r.id = ").push_bind(id.uuid());
    let row: Option<Row> = query.build_query_as().fetch_optional(tx.conn()).await?;
    row.map(Recall::from).ok_or_else(Error::not_found)
}

/// Those of these recalls that there are.
///
/// # Errors
/// 503 when the database is away.
pub async fn find_all(tx: &mut TenantTx, ids: &[Uuid]) -> Result<Vec<Recall>> {
    let mut query = select(tx);
    query.push(" and r.id = any(").push_bind(ids.to_vec()).push(")");
    let rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
    Ok(rows.into_iter().map(Recall::from).collect())
}

/// The recall, which nobody else changes until the end of the transaction.
///
/// # Errors
/// 404.
pub async fn lock(tx: &mut TenantTx, id: RecallId) -> Result<Recall> {
    let mut query = select(tx);
    query.push(" and r.id = ").push_bind(id.uuid());
    all(tx, query).await?.pop().ok_or_else(Error::not_found)
}

/// The recall that follows from a visit, locked.
///
/// # Errors
/// 503 when the database is away.
pub async fn following(tx: &mut TenantTx, visit: AppointmentId) -> Result<Option<Recall>> {
    let mut query = select(tx);
    query.push(" and r.appointment_id = ").push_bind(visit.uuid());
    Ok(all(tx, query).await?.pop())
}

/// The recalls that an appointment came of, locked.
///
/// # Errors
/// 503 when the database is away.
pub async fn booked_as(tx: &mut TenantTx, visit: AppointmentId) -> Result<Vec<Recall>> {
    let mut query = select(tx);
    query.push(" and r.booked_id = ").push_bind(visit.uuid());
    all(tx, query).await
}

/// For what a patient is still to be asked, locked.
///
/// # Errors
/// 503 when the database is away.
pub async fn open_of(tx: &mut TenantTx, patient: PatientId, service: ServiceId) -> Result<Vec<Recall>> {
    let patients = patients::merged_into(tx, patient).await?;
    let mut query = select(tx);
    query.push(" and r.patient_id = any(").push_bind(patients).push(") and r.service_id = ").push_bind(service.uuid());
    query.push(" and r.status in ('due', 'contacted')");
    all(tx, query).await
}

/// Writes a new recall, unless one follows from that visit already; answers whether it did.
///
/// # Errors
/// 503 when the database is away.
pub async fn insert(tx: &mut TenantTx, of: &Recall) -> Result<bool> {
    let practice = tx.practice();
    let inserted = sqlx::query!(
        "insert into scheduling.recall (practice_id, id, patient_id, service_id, location_id, appointment_id, due_on,
                next_on, status, booked_id, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11, $11)
         on conflict (practice_id, appointment_id) do nothing",
        practice,
        of.id.uuid(),
        of.patient_id.uuid(),
        of.service_id.uuid(),
        of.location_id.uuid(),
        of.appointment_id.uuid(),
        jiff_sqlx::Date::from(of.due_on) as _,
        jiff_sqlx::Date::from(of.next_on) as _,
        of.status as RecallStatus,
        of.booked_id.map(AppointmentId::uuid),
        jiff_sqlx::Timestamp::from(of.created_at) as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// Writes what can change of a recall.
///
/// # Errors
/// 503 when the database is away.
pub async fn update(tx: &mut TenantTx, of: &Recall) -> Result<()> {
    let practice = tx.practice();
    sqlx::query!(
        "update scheduling.recall
            set next_on = $3, status = $4, dismissed_for = $5, booked_id = $6, attempts = $7, last_attempt_at = $8,
                version = $9, updated_at = $10
          where practice_id = $1 and id = $2",
        practice,
        of.id.uuid(),
        jiff_sqlx::Date::from(of.next_on) as _,
        of.status as RecallStatus,
        of.dismissed_for as _,
        of.booked_id.map(AppointmentId::uuid),
        of.attempts,
        of.last_attempt_at.map(jiff_sqlx::Timestamp::from) as _,
        of.version,
        jiff_sqlx::Timestamp::from(of.updated_at) as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

fn place(id: Uuid) -> Place<'static> {
    Place { table: "scheduling.recall_attempt", column: "private", row: id }
}

/// Writes that somebody tried.
///
/// # Errors
/// 503 when the database is away.
pub async fn add_attempt(
    tx: &mut TenantTx,
    recall: RecallId,
    kind: AttemptKind,
    outcome: AttemptOutcome,
    note: Option<&str>,
) -> Result<()> {
    let id = Uuid::now_v7();
    let private = match note {
        Some(note) => Some(tx.seal(place(id), note.as_bytes()).await?),
        None => None,
    };
    let (practice, now, by) = (tx.practice(), tx.now(), tx.caller().actor.id());
    sqlx::query!(
        "insert into scheduling.recall_attempt (practice_id, id, recall_id, kind, outcome, private, by_id, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        practice,
        id,
        recall.uuid(),
        kind as AttemptKind,
        outcome as AttemptOutcome,
        private,
        by,
        jiff_sqlx::Timestamp::from(now) as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Everything that was tried, the latest first.
///
/// # Errors
/// 503 when the database is away.
pub async fn attempts(tx: &mut TenantTx, recall: RecallId) -> Result<Vec<RecallAttempt>> {
    let practice = tx.practice();
    let rows = sqlx::query!(
        r#"select id, kind as "kind: AttemptKind", outcome as "outcome: AttemptOutcome", private, by_id,
                  at as "at: jiff_sqlx::Timestamp"
             from scheduling.recall_attempt where practice_id = $1 and recall_id = $2 order by at desc, id desc limit 200"#,
        practice,
        recall.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    let names = people::names(tx, rows.iter().filter_map(|row| row.by_id)).await?;
    let mut attempts = Vec::with_capacity(rows.len());
    for row in rows {
        let note = match &row.private {
            Some(sealed) => Some(String::from_utf8(tx.open(place(row.id), sealed).await?).map_err(Error::internal)?),
            None => None,
        };
        let by = row.by_id.and_then(|id| names.get(&id).cloned());
        let (kind, outcome, at) = (row.kind, row.outcome, row.at.to_jiff());
        attempts.push(RecallAttempt { id: row.id, kind, outcome, note, by, at });
    }
    Ok(attempts)
}

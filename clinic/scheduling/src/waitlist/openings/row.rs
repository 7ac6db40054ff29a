//! Openings as they lie in their table.

use jiff::Timestamp;
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use platform::id::{PatientId, UserId};
use practice::{LocationId, ServiceId, Span};
use sqlx::FromRow;
use uuid::Uuid;

use super::{ClosedFor, Opening, OpeningCause, OpeningId, OpeningStatus};
use crate::appointment::AppointmentId;
use crate::appointment::occupy::LONGEST;
use crate::waitlist::offers::OfferId;

/// A row.
#[derive(Debug, FromRow)]
pub struct Row {
    id: Uuid,
    appointment_id: Uuid,
    cause: OpeningCause,
    patient_id: Uuid,
    service_id: Uuid,
    location_id: Uuid,
    provider_id: Uuid,
    starts_at: jiff_sqlx::Timestamp,
    ends_at: jiff_sqlx::Timestamp,
    free_from: jiff_sqlx::Timestamp,
    free_until: jiff_sqlx::Timestamp,
    time_zone: String,
    status: OpeningStatus,
    closed_for: Option<ClosedFor>,
    wave: i32,
    next_at: jiff_sqlx::Timestamp,
    filled_by: Option<Uuid>,
    version: i32,
    created_at: jiff_sqlx::Timestamp,
    updated_at: jiff_sqlx::Timestamp,
}

/// The columns of a [`Row`] of `scheduling.opening o`.
pub const COLUMNS: &str = "o.id, o.appointment_id, o.cause, o.patient_id, o.service_id, o.location_id, o.provider_id,
    o.starts_at, o.ends_at, o.free_from, o.free_until, o.time_zone, o.status, o.closed_for, o.wave, o.next_at,
    o.filled_by, o.version, o.created_at, o.updated_at";

impl From<Row> for Opening {
    fn from(row: Row) -> Self {
        Self {
            id: OpeningId(row.id),
            appointment_id: AppointmentId(row.appointment_id),
            cause: row.cause,
            patient_id: PatientId(row.patient_id),
            service_id: ServiceId(row.service_id),
            location_id: LocationId(row.location_id),
            provider_id: UserId(row.provider_id),
            start: row.starts_at.to_jiff(),
            end: row.ends_at.to_jiff(),
            free: Span { start: row.free_from.to_jiff(), end: row.free_until.to_jiff() },
            time_zone: row.time_zone,
            status: row.status,
            closed_for: row.closed_for,
            wave: row.wave,
            next_at: row.next_at.to_jiff(),
            filled_by: row.filled_by.map(AppointmentId),
            version: row.version,
            created_at: row.created_at.to_jiff(),
            updated_at: row.updated_at.to_jiff(),
        }
    }
}

/// The opening.
///
/// # Errors
/// 404.
pub async fn find(tx: &mut TenantTx, id: OpeningId) -> Result<Opening> {
    one(tx, id, "").await
}

/// Those of these openings that there are.
///
/// # Errors
/// 503 when the database is away.
pub async fn find_all(tx: &mut TenantTx, ids: &[Uuid]) -> Result<Vec<Opening>> {
    let mut query = sqlx::QueryBuilder::new("select ");
    query.push(COLUMNS).push(" from scheduling.opening o where o.practice_id = ").push_bind(tx.practice());
    query.push(" and o.id = any(").push_bind(ids.to_vec()).push(")");
    let rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
    Ok(rows.into_iter().map(Opening::from).collect())
}

/// The opening, which nobody else changes until the end of the transaction: offers of it are answered one by one.
///
/// # Errors
/// 404.
pub async fn lock(tx: &mut TenantTx, id: OpeningId) -> Result<Opening> {
    one(tx, id, " for no key update").await
}

async fn one(tx: &mut TenantTx, id: OpeningId, lock: &str) -> Result<Opening> {
    let mut query = sqlx::QueryBuilder::new("select ");
    query.push(COLUMNS).push(" from scheduling.opening o where o.practice_id = ").push_bind(tx.practice());
    query.push(" and o.id = ").push_bind(id.uuid()).push(lock);
    let row: Option<Row> = query.build_query_as().fetch_optional(tx.conn()).await?;
    row.map(Opening::from).ok_or_else(Error::not_found)
}

/// The opening that was offered.
///
/// # Errors
/// 503 when the database is away.
pub async fn of_offer(tx: &mut TenantTx, offer: OfferId) -> Result<Vec<OpeningId>> {
    let practice = tx.practice();
    let ids = sqlx::query_scalar!(
        "select opening_id from scheduling.offer where practice_id = $1 and id = $2",
        practice,
        offer.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(ids.into_iter().map(OpeningId).collect())
}

/// Openings whose time an appointment takes, in the order in which they are locked.
///
/// # Errors
/// 503 when the database is away.
pub async fn over(tx: &mut TenantTx, appointment: AppointmentId) -> Result<Vec<OpeningId>> {
    let practice = tx.practice();
    let ids = sqlx::query_scalar!(
        "select o.id from scheduling.booked b join scheduling.opening o on o.practice_id = b.practice_id
            and o.provider_id = b.resource_id and o.status = 'open' and o.free_from < b.ends_at and b.starts_at < o.free_until
          where b.practice_id = $1 and b.holder_id = $2 and b.kind = 'provider' and b.active order by o.id",
        practice,
        appointment.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(ids.into_iter().map(OpeningId).collect())
}

/// Whether no appointment takes any of these at any of the time. Somebody who is still deciding is in nobody's way.
///
/// # Errors
/// 503 when the database is away.
pub async fn is_free(tx: &mut TenantTx, resources: &[Uuid], free: Span) -> Result<bool> {
    let (practice, at) = (tx.practice(), jiff_sqlx::Timestamp::from);
    let taken = sqlx::query_scalar!(
        r#"select exists (select from scheduling.booked
             where practice_id = $1 and resource_id = any($2) and starts_at > $3 and starts_at < $4 and ends_at > $5
               and active and appointment_id is not null) as "taken!""#,
        practice,
        resources,
        at(free.start - LONGEST) as _,
        at(free.end) as _,
        at(free.start) as _,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(!taken)
}

/// Writes a new opening, unless there is one of that change already; answers whether it did.
///
/// # Errors
/// 503 when the database is away.
pub async fn insert(tx: &mut TenantTx, of: &Opening, appointment_version: i32) -> Result<bool> {
    let practice = tx.practice();
    let at = |at: Timestamp| jiff_sqlx::Timestamp::from(at);
    let inserted = sqlx::query!(
        "insert into scheduling.opening (practice_id, id, appointment_id, appointment_version, cause, patient_id,
                service_id, location_id, provider_id, starts_at, ends_at, free_from, free_until, time_zone, status,
                wave, next_at, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'open', 0, $15, 1, $16, $16)
         on conflict (practice_id, appointment_id, appointment_version) do nothing",
        practice,
        of.id.uuid(),
        of.appointment_id.uuid(),
        appointment_version,
        of.cause as OpeningCause,
        of.patient_id.uuid(),
        of.service_id.uuid(),
        of.location_id.uuid(),
        of.provider_id.uuid(),
        at(of.start) as _,
        at(of.end) as _,
        at(of.free.start) as _,
        at(of.free.end) as _,
        of.time_zone,
        at(of.next_at) as _,
        at(of.created_at) as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// Writes what can change of an opening.
///
/// # Errors
/// 503 when the database is away.
pub async fn update(tx: &mut TenantTx, of: &Opening) -> Result<()> {
    let practice = tx.practice();
    sqlx::query!(
        "update scheduling.opening
            set status = $3, closed_for = $4, wave = $5, next_at = $6, filled_by = $7, version = $8, updated_at = $9
          where practice_id = $1 and id = $2",
        practice,
        of.id.uuid(),
        of.status as OpeningStatus,
        of.closed_for as _,
        of.wave,
        jiff_sqlx::Timestamp::from(of.next_at) as _,
        of.filled_by.map(AppointmentId::uuid),
        of.version,
        jiff_sqlx::Timestamp::from(of.updated_at) as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

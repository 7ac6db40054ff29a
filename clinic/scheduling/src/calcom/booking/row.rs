//! Bookings as they lie in their table.

use jiff::Timestamp;
use platform::Result;
use platform::db::TenantTx;
use platform::id::PatientId;
use platform::record::Change;
use uuid::Uuid;

use super::{Asked, Booking, CalcomBookingId, CalcomState, There};
use crate::appointment::AppointmentId;

/// Which booking.
#[derive(Clone, Copy, Debug)]
pub enum Which<'a> {
    /// The one of this id.
    Id(CalcomBookingId),
    /// The one of this appointment.
    Of(AppointmentId),
    /// The one that is, or once was, named like this there.
    Uid(&'a str),
}

impl<'a> Which<'a> {
    /// As the queries take it: ids, an appointment, a name.
    fn parts(self) -> (Option<Vec<Uuid>>, Option<Uuid>, Option<&'a str>) {
        match self {
            Self::Id(id) => (Some(vec![id.uuid()]), None, None),
            Self::Of(id) => (None, Some(id.uuid()), None),
            Self::Uid(uid) => (None, None, Some(uid)),
        }
    }
}

/// The booking, locked until the end of the transaction.
///
/// # Errors
/// 503 when the database is away.
pub async fn lock(tx: &mut TenantTx, which: Which<'_>) -> Result<Option<Booking>> {
    let (practice, (ids, appointment, uid)) = (tx.practice(), which.parts());
    sqlx::query!(
        "select from scheduling.calcom_booking
          where practice_id = $1 and ($2::uuid[] is null or id = any($2)) and ($3::uuid is null or appointment_id = $3)
            and ($4::text is null or id = (select booking_id from scheduling.calcom_uid where practice_id = $1 and uid = $4))
            for update",
        practice,
        ids.as_deref(),
        appointment,
        uid,
    )
    .fetch_optional(tx.conn())
    .await?;
    find(tx, which).await
}

/// The booking.
///
/// # Errors
/// 503 when the database is away.
pub async fn find(tx: &mut TenantTx, which: Which<'_>) -> Result<Option<Booking>> {
    let (ids, appointment, uid) = which.parts();
    Ok(rows(tx, ids.as_deref(), appointment, uid).await?.pop())
}

/// The bookings of these ids, in any order.
///
/// # Errors
/// 503 when the database is away.
pub async fn those(tx: &mut TenantTx, ids: &[Uuid]) -> Result<Vec<Booking>> {
    rows(tx, Some(ids), None, None).await
}

async fn rows(
    tx: &mut TenantTx,
    ids: Option<&[Uuid]>,
    appointment: Option<Uuid>,
    uid: Option<&str>,
) -> Result<Vec<Booking>> {
    let practice = tx.practice();
    let rows = sqlx::query_as!(
        Row,
        r#"select id, appointment_id, patient_id, state as "state: CalcomState", error_code, from_there, keep_ours,
                  there as "there: There", uid, event_type_id, there_start as "there_start: jiff_sqlx::Timestamp",
                  there_end as "there_end: jiff_sqlx::Timestamp", heard_at as "heard_at: jiff_sqlx::Timestamp",
                  asked as "asked: Asked", asked_start as "asked_start: jiff_sqlx::Timestamp", attempts,
                  quiet_until as "quiet_until: jiff_sqlx::Timestamp", version,
                  created_at as "created_at: jiff_sqlx::Timestamp", updated_at as "updated_at: jiff_sqlx::Timestamp"
             from scheduling.calcom_booking
            where practice_id = $1 and ($2::uuid[] is null or id = any($2)) and ($3::uuid is null or appointment_id = $3)
              and ($4::text is null or id = (select booking_id from scheduling.calcom_uid where practice_id = $1 and uid = $4))"#,
        practice,
        ids,
        appointment,
        uid,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(Booking::from).collect())
}

/// A row of the table.
struct Row {
    id: Uuid,
    appointment_id: Option<Uuid>,
    patient_id: Option<Uuid>,
    state: CalcomState,
    error_code: Option<String>,
    from_there: bool,
    keep_ours: bool,
    there: There,
    uid: Option<String>,
    event_type_id: Option<i64>,
    there_start: Option<jiff_sqlx::Timestamp>,
    there_end: Option<jiff_sqlx::Timestamp>,
    heard_at: Option<jiff_sqlx::Timestamp>,
    asked: Option<Asked>,
    asked_start: Option<jiff_sqlx::Timestamp>,
    attempts: i32,
    quiet_until: Option<jiff_sqlx::Timestamp>,
    version: i32,
    created_at: jiff_sqlx::Timestamp,
    updated_at: jiff_sqlx::Timestamp,
}

impl From<Row> for Booking {
    fn from(row: Row) -> Self {
        let instant = |at: Option<jiff_sqlx::Timestamp>| at.map(|at| at.to_jiff());
        Self {
            id: CalcomBookingId(row.id),
            appointment_id: row.appointment_id.map(AppointmentId),
            patient_id: row.patient_id.map(PatientId),
            state: row.state,
            error_code: row.error_code,
            from_there: row.from_there,
            keep_ours: row.keep_ours,
            there: row.there,
            uid: row.uid,
            event_type: row.event_type_id,
            start: instant(row.there_start),
            end: instant(row.there_end),
            heard_at: instant(row.heard_at),
            asked: row.asked.map(|asked| (asked, instant(row.asked_start))),
            attempts: row.attempts,
            quiet_until: instant(row.quiet_until),
            version: row.version,
            created_at: row.created_at.to_jiff(),
            updated_at: row.updated_at.to_jiff(),
        }
    }
}

/// Writes the booking, for the first time or again, with audit entry and event; one that is as it was is left alone.
///
/// # Errors
/// 503 when the database is away.
pub async fn save(tx: &mut TenantTx, before: Option<&Booking>, after: Booking) -> Result<Booking> {
    if before == Some(&after) {
        return Ok(after);
    }
    let after = Booking { version: after.version + 1, updated_at: tx.now(), ..after };
    let practice = tx.practice();
    let maybe = |at: Option<Timestamp>| at.map(jiff_sqlx::Timestamp::from);
    sqlx::query!(
        "insert into scheduling.calcom_booking (practice_id, id, appointment_id, patient_id, state, error_code, from_there,
                keep_ours, there, uid, event_type_id, there_start, there_end, heard_at, asked, asked_start, attempts,
                quiet_until, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
         on conflict (practice_id, id) do update
            set appointment_id = $3, patient_id = $4, state = $5, error_code = $6, from_there = $7, keep_ours = $8,
                there = $9, uid = $10, event_type_id = $11, there_start = $12, there_end = $13, heard_at = $14,
                asked = $15, asked_start = $16, attempts = $17, quiet_until = $18, version = $19, updated_at = $21",
        practice,
        after.id.uuid(),
        after.appointment_id.map(AppointmentId::uuid),
        after.patient_id.map(PatientId::uuid),
        after.state as CalcomState,
        after.error_code,
        after.from_there,
        after.keep_ours,
        after.there as There,
        after.uid,
        after.event_type,
        maybe(after.start) as _,
        maybe(after.end) as _,
        maybe(after.heard_at) as _,
        after.asked.map(|(asked, _)| asked) as _,
        maybe(after.asked.and_then(|(_, start)| start)) as _,
        after.attempts,
        maybe(after.quiet_until) as _,
        after.version,
        maybe(Some(after.created_at)) as _,
        maybe(Some(after.updated_at)) as _,
    )
    .execute(tx.conn())
    .await?;
    let id = after.id.uuid();
    let change = match before {
        Some(before) => Change::updated("calcom_booking", id, before, &after),
        None => Change::created("calcom_booking", id, &after),
    };
    let change = after.patient_id.into_iter().fold(change, Change::for_patient);
    tx.record(change.event("calcom_booking.changed", after.version)).await?;
    Ok(after)
}

/// Bookings for which something may be to be asked there and whose visit is still to come, here or there: those that
/// wait, and those whose appointment is not, or not then any more, what is known of it there. In the order of ids, a page
/// of at most `most` behind this one.
///
/// # Errors
/// 503 when the database is away.
pub async fn unsettled(tx: &mut TenantTx, after: Option<CalcomBookingId>, most: i64) -> Result<Vec<CalcomBookingId>> {
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    let ids = sqlx::query_scalar!(
        "select b.id from scheduling.calcom_booking b
           left join scheduling.appointment a on a.practice_id = b.practice_id and a.id = b.appointment_id
          where b.practice_id = $1 and ($2::uuid is null or b.id > $2) and greatest(a.starts_at, b.there_start) > $3
            and (b.appointment_id is not null or b.keep_ours)
            and (b.state = 'pending' or b.state = 'synced' and (a.status = 'cancelled' or a.starts_at <> b.there_start))
          order by b.id limit $4",
        practice,
        after.map(CalcomBookingId::uuid),
        now as _,
        most,
    );
    Ok(ids.fetch_all(tx.conn()).await?.into_iter().map(CalcomBookingId).collect())
}

/// What the practice and another provider had in common stands here alone from now on. The caller records it.
///
/// # Errors
/// 503 when the database is away.
pub async fn part(tx: &mut TenantTx) -> Result<()> {
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    sqlx::query!(
        "update scheduling.calcom_booking
            set state = case when appointment_id is null or state = 'cancelled' then 'cancelled' else 'ours_only' end,
                keep_ours = true, there = 'none', uid = null, event_type_id = null, there_start = null, there_end = null,
                asked = null, asked_start = null, error_code = null, version = version + 1, updated_at = $2
          where practice_id = $1",
        practice,
        now as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

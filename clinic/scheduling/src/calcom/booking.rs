//! A booking that both have: what is known of it there, and how it stands.

use jiff::{SignedDuration, Timestamp};
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use platform::id::PatientId;
use platform::jobs::JobId;
use platform::record::Change;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::mapping;
use crate::appointment::{self, Appointment, AppointmentId, Status};

platform::id!(
    /// A booking that both have.
    CalcomBookingId
);

/// How a booking stands between the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum CalcomState {
    /// Something is to be asked there, or was and has no answer yet.
    Pending,
    /// Both have it, at the same time.
    Synced,
    /// The two cannot agree, and a person must decide.
    NeedsAttention,
    /// Neither has it any more.
    Cancelled,
    /// It stands here alone, as somebody decided.
    OursOnly,
}

/// What is known of it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum There {
    /// Nothing.
    None,
    /// It stands.
    Booked,
    /// It was cancelled.
    Cancelled,
}

/// A call whose outcome is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Asked {
    /// To book it.
    Create,
    /// To move it.
    Reschedule,
    /// To cancel it.
    Cancel,
}

/// The row.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Booking {
    pub id: CalcomBookingId,
    pub appointment_id: Option<AppointmentId>,
    pub patient_id: Option<PatientId>,
    pub state: CalcomState,
    pub error_code: Option<String>,
    pub from_there: bool,
    pub keep_ours: bool,
    pub there: There,
    pub uid: Option<String>,
    pub event_type: Option<i64>,
    pub start: Option<Timestamp>,
    pub end: Option<Timestamp>,
    pub heard_at: Option<Timestamp>,
    #[serde(skip)]
    pub asked: Option<(Asked, Option<Timestamp>)>,
    #[serde(skip)]
    pub attempts: i32,
    #[serde(skip)]
    pub quiet_until: Option<Timestamp>,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// What shall be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desired {
    pub event_type: i64,
    pub start: Timestamp,
}

impl Booking {
    /// One of which nothing is known yet.
    pub fn new(appointment: Option<&Appointment>, now: Timestamp) -> Self {
        Self {
            id: CalcomBookingId::new(),
            appointment_id: appointment.map(|appointment| appointment.id),
            patient_id: appointment.map(|appointment| appointment.patient_id),
            state: CalcomState::Pending,
            error_code: None,
            from_there: appointment.is_none(),
            keep_ours: false,
            there: There::None,
            uid: None,
            event_type: None,
            start: None,
            end: None,
            heard_at: None,
            asked: None,
            attempts: 0,
            quiet_until: None,
            version: 0,
            created_at: now,
            updated_at: now,
        }
    }

    /// Whether there is nothing left to ask for.
    pub fn agrees(&self, desired: Option<&Desired>) -> bool {
        if self.asked.is_some() {
            return false;
        }
        match (desired, self.there) {
            (Some(desired), There::Booked) => {
                self.event_type == Some(desired.event_type) && self.start == Some(desired.start)
            }
            (Some(_), There::None | There::Cancelled) | (None, There::Booked) => false,
            (None, There::None | There::Cancelled) => true,
        }
    }

    /// How it stands once there is nothing left to ask for.
    pub fn at_rest(&self) -> CalcomState {
        match self.there {
            _ if self.keep_ours && self.appointment_id.is_some() => CalcomState::OursOnly,
            There::Booked => CalcomState::Synced,
            There::None | There::Cancelled => CalcomState::Cancelled,
        }
    }

    /// The same, waiting to be asked for anew.
    pub fn waiting(&self) -> Self {
        Self { state: CalcomState::Pending, error_code: None, attempts: 0, quiet_until: None, ..self.clone() }
    }

    /// The same, for a person to decide.
    pub fn in_need(&self, code: &str) -> Self {
        Self { state: CalcomState::NeedsAttention, error_code: Some(code.to_owned()), ..self.clone() }
    }

    /// Whether what is against it is our own calendar.
    pub fn is_against_ours(&self) -> bool {
        self.error_code.as_ref().is_some_and(|code| code.ends_with(HERE))
    }
}

/// How codes end that say that our own calendar is against it.
pub const HERE: &str = "_here";

/// What shall be there for an appointment as it is now.
///
/// # Errors
/// 503 when the database is away.
pub async fn desired(tx: &mut TenantTx, booking: &Booking) -> Result<(Option<Appointment>, Option<Desired>)> {
    let Some(id) = booking.appointment_id else { return Ok((None, None)) };
    let appointment = appointment::find(tx, id).await?;
    let desired = if booking.keep_ours { None } else { desired_for(tx, &appointment).await? };
    Ok((Some(appointment), desired))
}

/// The same for one that has no row yet.
///
/// # Errors
/// 503 when the database is away.
pub async fn desired_for(tx: &mut TenantTx, appointment: &Appointment) -> Result<Option<Desired>> {
    // who did not come had booked all the same
    if appointment.status == Status::Cancelled {
        return Ok(None);
    }
    let mappings = mapping::of_service(tx, appointment.service_id).await?;
    let mapping = mapping::for_provider(&mappings, appointment.provider_ids.first().copied());
    Ok(mapping.map(|mapping| Desired { event_type: mapping.event_type_id, start: appointment.start }))
}

/// Which booking.
#[derive(Clone, Copy, Debug)]
pub enum Which<'a> {
    Id(CalcomBookingId),
    Of(AppointmentId),
    Uid(&'a str),
}

/// The booking, locked until the end of the transaction.
///
/// # Errors
/// 503 when the database is away.
pub async fn lock(tx: &mut TenantTx, which: Which<'_>) -> Result<Option<Booking>> {
    let practice = tx.practice();
    let (id, appointment, uid) = match which {
        Which::Id(id) => (Some(id.uuid()), None, None),
        Which::Of(id) => (None, Some(id.uuid()), None),
        Which::Uid(uid) => (None, None, Some(uid)),
    };
    sqlx::query!(
        "select from scheduling.calcom_booking
          where practice_id = $1 and ($2::uuid is null or id = $2) and ($3::uuid is null or appointment_id = $3)
            and ($4::text is null or id = (select booking_id from scheduling.calcom_uid where practice_id = $1 and uid = $4))
            for update",
        practice,
        id,
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
    let practice = tx.practice();
    let (id, appointment, uid) = match which {
        Which::Id(id) => (Some(id.uuid()), None, None),
        Which::Of(id) => (None, Some(id.uuid()), None),
        Which::Uid(uid) => (None, None, Some(uid)),
    };
    let row = sqlx::query_as!(
        Row,
        r#"select id, appointment_id, patient_id, state as "state: CalcomState", error_code, from_there, keep_ours,
                  there as "there: There", uid, event_type_id, there_start as "there_start: jiff_sqlx::Timestamp",
                  there_end as "there_end: jiff_sqlx::Timestamp", heard_at as "heard_at: jiff_sqlx::Timestamp",
                  asked as "asked: Asked", asked_start as "asked_start: jiff_sqlx::Timestamp", attempts,
                  quiet_until as "quiet_until: jiff_sqlx::Timestamp", version,
                  created_at as "created_at: jiff_sqlx::Timestamp", updated_at as "updated_at: jiff_sqlx::Timestamp"
             from scheduling.calcom_booking
            where practice_id = $1 and ($2::uuid is null or id = $2) and ($3::uuid is null or appointment_id = $3)
              and ($4::text is null or id = (select booking_id from scheduling.calcom_uid where practice_id = $1 and uid = $4))"#,
        practice,
        id,
        appointment,
        uid,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(Booking::from))
}

/// A row of the table.
pub struct Row {
    pub id: Uuid,
    pub appointment_id: Option<Uuid>,
    pub patient_id: Option<Uuid>,
    pub state: CalcomState,
    pub error_code: Option<String>,
    pub from_there: bool,
    pub keep_ours: bool,
    pub there: There,
    pub uid: Option<String>,
    pub event_type_id: Option<i64>,
    pub there_start: Option<jiff_sqlx::Timestamp>,
    pub there_end: Option<jiff_sqlx::Timestamp>,
    pub heard_at: Option<jiff_sqlx::Timestamp>,
    pub asked: Option<Asked>,
    pub asked_start: Option<jiff_sqlx::Timestamp>,
    pub attempts: i32,
    pub quiet_until: Option<jiff_sqlx::Timestamp>,
    pub version: i32,
    pub created_at: jiff_sqlx::Timestamp,
    pub updated_at: jiff_sqlx::Timestamp,
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

/// Notes what a booking is named there, and whether another one has taken its place. The caller records it.
///
/// # Errors
/// 503 when the database is away.
pub async fn name(tx: &mut TenantTx, id: CalcomBookingId, uid: &str, ended: bool) -> Result<()> {
    let practice = tx.practice();
    sqlx::query!(
        "insert into scheduling.calcom_uid as u (practice_id, uid, booking_id, ended) values ($1, $2, $3, $4)
         on conflict (practice_id, uid) do update set booking_id = $3, ended = u.ended or $4",
        practice,
        uid,
        id.uuid(),
        ended,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Whether another booking has taken the place of the one of this name.
///
/// # Errors
/// 503 when the database is away.
pub async fn has_ended(tx: &mut TenantTx, uid: &str) -> Result<bool> {
    let practice = tx.practice();
    let ended = sqlx::query_scalar!(
        "select ended from scheduling.calcom_uid where practice_id = $1 and uid = $2",
        practice,
        uid
    );
    Ok(ended.fetch_optional(tx.conn()).await?.unwrap_or(false))
}

/// Gives everything that one is named to another, and forgets it. The caller records it.
///
/// # Errors
/// 503 when the database is away.
pub async fn merge(tx: &mut TenantTx, into: CalcomBookingId, gone: &Booking) -> Result<()> {
    let practice = tx.practice();
    sqlx::query!(
        "update scheduling.calcom_uid set booking_id = $3 where practice_id = $1 and booking_id = $2",
        practice,
        gone.id.uuid(),
        into.uuid(),
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!("delete from scheduling.calcom_booking where practice_id = $1 and id = $2", practice, gone.id.uuid())
        .execute(tx.conn())
        .await?;
    tx.record(Change::deleted("calcom_booking", gone.id.uuid(), gone)).await
}

/// Lets a job work on a booking for a while, unless another one does.
///
/// # Errors
/// 503 to try again in a moment.
pub async fn take(tx: &mut TenantTx, id: CalcomBookingId, job: JobId) -> Result<()> {
    let (practice, now) = (tx.practice(), tx.now());
    let until = now.checked_add(SignedDuration::from_secs(90)).map_err(Error::internal)?;
    let taken = sqlx::query!(
        "update scheduling.calcom_booking set job_id = $3, job_until = $4
          where practice_id = $1 and id = $2 and (job_id is null or job_id = $3 or job_until <= $5)",
        practice,
        id.uuid(),
        job.uuid(),
        jiff_sqlx::Timestamp::from(until) as _,
        jiff_sqlx::Timestamp::from(now) as _,
    )
    .execute(tx.conn())
    .await?;
    if taken.rows_affected() == 1 {
        return Ok(());
    }
    Err(Error::unavailable("calcom.busy", "Another job works on this booking."))
}

/// Lets other jobs work on it.
///
/// # Errors
/// 503 when the database is away.
pub async fn give_back(tx: &mut TenantTx, id: CalcomBookingId, job: JobId) -> Result<()> {
    let practice = tx.practice();
    sqlx::query!(
        "update scheduling.calcom_booking set job_id = null, job_until = null
          where practice_id = $1 and id = $2 and job_id = $3",
        practice,
        id.uuid(),
        job.uuid(),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Those that wait, the oldest first.
///
/// # Errors
/// 503 when the database is away.
pub async fn pending(tx: &mut TenantTx) -> Result<Vec<CalcomBookingId>> {
    let practice = tx.practice();
    let ids = sqlx::query_scalar!(
        "select id from scheduling.calcom_booking where practice_id = $1 and state = 'pending'
          order by updated_at, id limit 1000",
        practice,
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

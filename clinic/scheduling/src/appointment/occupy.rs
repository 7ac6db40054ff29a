//! What an appointment or a hold takes up. Whoever wants the same waits for their turn, sees what is taken and is told;
//! what could still slip through, the database refuses (`booked_once`).

use jiff::{SignedDuration, Timestamp};
use platform::Result;
use platform::crypto::sha256;
use platform::db::TenantTx;
use platform::error::{Error, OnConstraint as _};
use platform::id::{PatientId, UserId};
use practice::{RoomId, Span};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::AppointmentId;
use crate::holds::HoldId;

/// Nothing is taken for longer: twelve hours and what is kept free around them. Who looks for what overlaps need not
/// look back any further.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// Kinds of what can be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Kind {
    /// Somebody who sees patients.
    Provider,
    /// A room or a chair.
    Room,
    /// The patient.
    Patient,
}

/// Who takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// An appointment.
    Appointment(AppointmentId),
    /// A hold, until then.
    Hold(HoldId, Timestamp),
}

impl Holder {
    fn uuid(self) -> Uuid {
        match self {
            Self::Appointment(id) => id.uuid(),
            Self::Hold(id, _) => id.uuid(),
        }
    }
}

/// Rooms for an appointment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rooms {
    /// Exactly these, which may be none.
    These(Vec<RoomId>),
    /// The first of these that is free; none where there are none.
    FirstOf(Vec<RoomId>),
}

/// What is to be taken.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// By whom.
    pub holder: Holder,
    /// For whom.
    pub patient: Option<PatientId>,
    /// The main one first.
    pub providers: Vec<UserId>,
    /// Where.
    pub rooms: Rooms,
    /// As patients see it.
    pub span: Span,
    /// Kept free before it.
    pub before: SignedDuration,
    /// Kept free after it.
    pub after: SignedDuration,
    /// Deliberately over other appointments of providers and rooms; a patient is never in two places.
    pub over: bool,
    /// A hold that it takes the place of.
    pub instead_of: Option<HoldId>,
}

/// Something that is taken already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Busy {
    /// What kind of thing.
    pub kind: Kind,
    /// Which one.
    pub id: Uuid,
}

impl Wanted {
    /// With what is kept free around it.
    fn whole(&self) -> Span {
        Span { start: self.span.start - self.before, end: self.span.end + self.after }
    }

    /// Everybody and everything that it may take up. A patient is everybody who was merged into them as well: what is
    /// booked for one of them, the one they are kept as is at.
    async fn all(&self, tx: &mut TenantTx) -> Result<Vec<Uuid>> {
        let (Rooms::These(rooms) | Rooms::FirstOf(rooms)) = &self.rooms;
        let patients = match self.patient {
            Some(patient) => patients::merged_into(tx, patient).await?,
            None => Vec::new(),
        };
        let people = self.providers.iter().map(|id| id.uuid()).chain(patients);
        Ok(people.chain(rooms.iter().map(|id| id.uuid())).collect())
    }
}

/// Takes it, in place of what the holder has taken so far, and answers in which rooms.
///
/// # Errors
/// 409 `appointment.provider_busy`, `appointment.room_busy` or `appointment.patient_busy`, with everything that is taken.
pub async fn occupy(tx: &mut TenantTx, wanted: &Wanted) -> Result<Vec<RoomId>> {
    let all = wanted.all(tx).await?;
    wait_for_turn(tx, &all).await?;
    forget_expired(tx, &all).await?;
    let taken = taken(tx, wanted, &all).await?;
    let is_free = |kind: Kind, id: Uuid| !taken.contains(&Busy { kind, id });
    let rooms = match &wanted.rooms {
        Rooms::These(rooms) => rooms.clone(),
        Rooms::FirstOf(rooms) if rooms.is_empty() => Vec::new(),
        Rooms::FirstOf(rooms) => {
            let free = rooms.iter().find(|id| is_free(Kind::Room, id.uuid()));
            // booked over another one without a room of its own: nobody said which
            if free.is_none() && wanted.over { Vec::new() } else { vec![*free.unwrap_or(&rooms[0])] }
        }
    };
    let mut busy: Vec<Busy> = taken
        .into_iter()
        .filter(|busy| match busy.kind {
            Kind::Room => !wanted.over && rooms.iter().any(|room| room.uuid() == busy.id),
            Kind::Provider => !wanted.over,
            Kind::Patient => true,
        })
        .collect();
    if !busy.is_empty() {
        busy.sort_by_key(|busy| busy.kind);
        return Err(refusal(&busy));
    }
    write(tx, wanted, &rooms).await?;
    Ok(rooms)
}

/// Whoever wants any of these waits until the others who do have committed. Everybody asks in the same order, so that
/// nobody waits for somebody who waits for them; whoever asks twice asks first for all that they will ask for again.
///
/// # Errors
/// 503 when the database is away.
pub async fn wait_for_turn(tx: &mut TenantTx, all: &[Uuid]) -> Result<()> {
    let mut keys: Vec<i64> = all.iter().map(|id| key(tx.practice(), *id)).collect();
    keys.sort_unstable();
    keys.dedup();
    sqlx::query!("select pg_advisory_xact_lock(key) from unnest($1::bigint[]) key", &keys).fetch_all(tx.conn()).await?;
    Ok(())
}

/// Two that have the same key merely wait for each other once in a lifetime.
fn key(practice: Uuid, resource: Uuid) -> i64 {
    let hash = sha256(&[practice.as_bytes().as_slice(), resource.as_bytes()].concat());
    hash.iter().take(8).fold(0, |key, byte| key << 8 | i64::from(*byte))
}

async fn forget_expired(tx: &mut TenantTx, all: &[Uuid]) -> Result<()> {
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    sqlx::query!(
        "delete from scheduling.booked where practice_id = $1 and resource_id = any($2) and expires_at <= $3",
        practice,
        all,
        now as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What of it somebody else has taken.
async fn taken(tx: &mut TenantTx, wanted: &Wanted, all: &[Uuid]) -> Result<Vec<Busy>> {
    let (practice, whole, span) = (tx.practice(), wanted.whole(), wanted.span);
    let own: Vec<Uuid> = [wanted.holder.uuid()].into_iter().chain(wanted.instead_of.map(HoldId::uuid)).collect();
    let at = jiff_sqlx::Timestamp::from;
    let rows = sqlx::query!(
        r#"select distinct kind as "kind: Kind", resource_id from scheduling.booked
            where practice_id = $1 and resource_id = any($2) and active and holder_id <> all ($3)
              and starts_at > $4 and starts_at < case when kind = 'patient' then $5::timestamptz else $6 end
              and ends_at > case when kind = 'patient' then $7::timestamptz else $8 end"#,
        practice,
        all,
        &own,
        at(whole.start - LONGEST) as _,
        at(span.end) as _,
        at(whole.end) as _,
        at(span.start) as _,
        at(whole.start) as _,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| Busy { kind: row.kind, id: row.resource_id }).collect())
}

fn refusal(busy: &[Busy]) -> Error {
    let error = match busy.first().map(|first| first.kind) {
        Some(Kind::Room) => Error::conflict("appointment.room_busy", "The room is taken at that time.").at(
            "/roomIds",
            "busy",
            "Choose another room or another time.",
        ),
        Some(Kind::Patient) => Error::conflict("appointment.patient_busy", "The patient has another appointment then.")
            .at("/start", "busy", "Choose another time."),
        _ => Error::conflict("appointment.provider_busy", "Somebody else is booked at that time.").at(
            "/start",
            "busy",
            "Choose another time or another provider.",
        ),
    };
    error.showing(&json!({ "busy": busy }))
}

async fn write(tx: &mut TenantTx, wanted: &Wanted, rooms: &[RoomId]) -> Result<()> {
    free(tx, wanted.holder.uuid()).await?;
    if let Some(hold) = wanted.instead_of {
        free(tx, hold.uuid()).await?;
    }
    let (mut kinds, mut ids, mut positions) = (Vec::new(), Vec::new(), Vec::new());
    let patient = wanted.patient.map(PatientId::uuid);
    let lists = [
        (Kind::Provider, wanted.providers.iter().map(|id| id.uuid()).collect::<Vec<_>>()),
        (Kind::Room, rooms.iter().map(|id| id.uuid()).collect()),
        (Kind::Patient, patient.into_iter().collect()),
    ];
    for (kind, list) in lists {
        for (i, id) in (1..).zip(list) {
            kinds.push(kind);
            ids.push(id);
            positions.push(i);
        }
    }
    let (appointment, hold, expires) = match wanted.holder {
        Holder::Appointment(id) => (Some(id.uuid()), None, None),
        Holder::Hold(id, until) => (None, Some(id.uuid()), Some(jiff_sqlx::Timestamp::from(until))),
    };
    let (practice, whole, span) = (tx.practice(), wanted.whole(), wanted.span);
    let at = jiff_sqlx::Timestamp::from;
    let unknown =
        |pointer: &'static str, text: &'static str| move || Error::invalid(Vec::new()).at(pointer, "not_found", text);
    sqlx::query!(
        "insert into scheduling.booked (practice_id, holder_id, appointment_id, hold_id, kind, resource_id, position,
                starts_at, ends_at, active, over_another, expires_at)
         select $1, $2, $3, $4, kind, id, place, case when kind = 'patient' then $5::timestamptz else $6 end,
                case when kind = 'patient' then $7::timestamptz else $8 end, true, kind <> 'patient' and $9, $10
           from unnest($11::text[], $12::uuid[], $13::int[]) taken (kind, id, place)",
        practice,
        wanted.holder.uuid(),
        appointment,
        hold,
        at(span.start) as _,
        at(whole.start) as _,
        at(span.end) as _,
        at(whole.end) as _,
        wanted.over,
        expires as _,
        &kinds as _,
        &ids,
        &positions,
    )
    .execute(tx.conn())
    .await
    .on_constraint("booked_once", || refusal(&[]))
    .on_constraint("booked_provider", unknown("/providerIds", "Choose among those who see patients."))
    .on_constraint("booked_room", unknown("/roomIds", "Choose among the practice's rooms."))
    .on_constraint("booked_patient", unknown("/patientId", "Choose a patient of the practice."))?;
    Ok(())
}

/// Gives back everything that the holder has taken.
async fn free(tx: &mut TenantTx, holder: Uuid) -> Result<()> {
    let practice = tx.practice();
    sqlx::query!("delete from scheduling.booked where practice_id = $1 and holder_id = $2", practice, holder)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Keeps what an appointment had, and lets others have it.
///
/// # Errors
/// 503 when the database is away.
pub async fn let_go(tx: &mut TenantTx, id: AppointmentId) -> Result<()> {
    let practice = tx.practice();
    sqlx::query!(
        "update scheduling.booked set active = false where practice_id = $1 and holder_id = $2",
        practice,
        id.uuid(),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

//! Finding time for a workflow: at an instant, or the first that is free from one on.

use automation::block::Call;
use jiff::tz::TimeZone;
use jiff::{Span as Days, Timestamp};
use patients::blocks::given;
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use platform::id::{PatientId, UserId};
use practice::{LocationId, ServiceId};
use uuid::Uuid;

use super::at;
use crate::appointment::occupy::wait_for_turn;
use crate::slots::{self, MOST_DAYS, Slot, Wanted};

/// Days that are looked at when nothing is said, and at most.
const DAYS: i32 = 14;
const LONGEST: i32 = 90;

/// When it is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Then.
    At(Timestamp),
    /// At the first time that is free from there on, within so many days.
    FirstFrom(Timestamp, i32),
}

impl When {
    /// As a step says it: `start`, or else `from` and `withinDays`.
    ///
    /// # Errors
    /// 422 for what is over, or too far.
    pub fn read(call: &Call, now: Timestamp) -> Result<Self> {
        if let Some(start) = given::<Timestamp>(call, "start")? {
            let is_over = start < now;
            return if is_over { Err(at("/start", "past", "This time is over.")) } else { Ok(Self::At(start)) };
        }
        let from = given::<Timestamp>(call, "from")?.unwrap_or(now).max(now);
        let days = given::<i32>(call, "withinDays")?.unwrap_or(DAYS);
        if (1..=LONGEST).contains(&days) {
            return Ok(Self::FirstFrom(from, days));
        }
        Err(at("/withinDays", "out_of_range", "Look for something within 1 to 90 days."))
    }
}

/// Where something is to be found.
pub struct Where {
    /// What is done.
    pub service: ServiceId,
    /// At which location.
    pub location: LocationId,
    /// With this provider; with anybody who does it there, when nobody is named.
    pub provider: Option<UserId>,
    /// When all of these are free as well.
    pub together: Vec<UserId>,
    /// For whom.
    pub patient: PatientId,
    /// How long; as long as the service takes, when nothing is said.
    pub minutes: Option<i32>,
    /// An appointment that is to be moved, and therefore in nobody's way.
    pub moving: Option<Uuid>,
}

/// Times that could be taken, the best first, once the turn at everybody who might be booked has come, at every room of
/// the place and at the patient: then nobody else takes them any more. At an instant it is not asked whether it is free,
/// as booking says better what is in the way.
///
/// # Errors
/// 409 `appointment.nothing_free`; 422 for what does not exist.
pub async fn candidates(tx: &mut TenantTx, place: &Where, when: When) -> Result<Vec<(Timestamp, UserId)>> {
    let all = practice::providers(tx).await?;
    let named = |id: UserId| place.provider.is_none_or(|provider| provider == id) && !place.together.contains(&id);
    let does = all.iter().filter(|one| one.bookable && one.does(place.service, place.location) && named(one.id));
    let mut people: Vec<UserId> = does.map(|one| one.id).collect();
    if let (true, Some(named)) = (people.is_empty(), place.provider) {
        // booking says what is wrong with them
        people.push(named);
    }
    take_turns(tx, place, &people).await?;
    match when {
        When::At(start) => Ok(people.into_iter().map(|provider| (start, provider)).collect()),
        When::FirstFrom(from, days) => match first_free(tx, place, from, days).await? {
            Some(slot) => Ok(slot.provider_ids.first().map(|provider| (slot.start, *provider)).into_iter().collect()),
            None => Err(nothing_free()),
        },
    }
}

async fn take_turns(tx: &mut TenantTx, place: &Where, people: &[UserId]) -> Result<()> {
    let rooms = match practice::working_around(tx, place.location, &[], tx.now()).await {
        Ok(working) => working.rooms,
        Err(error) if error.code() == "not_found" => {
            return Err(at("/locationId", "not_found", "Choose among the locations in use."));
        }
        Err(error) => return Err(error),
    };
    let people = people.iter().chain(&place.together).map(|id| id.uuid());
    let patients = patients::merged_into(tx, place.patient).await?;
    let all: Vec<Uuid> = people.chain(rooms.iter().map(|id| id.uuid())).chain(patients).collect();
    wait_for_turn(tx, &all).await
}

async fn first_free(tx: &mut TenantTx, place: &Where, from: Timestamp, days: i32) -> Result<Option<Slot>> {
    let until = from.to_zoned(TimeZone::UTC).saturating_add(Days::new().days(days)).timestamp();
    // which local days these are depends on the zone: a day more on either side
    let mut first = from.to_zoned(TimeZone::UTC).date().yesterday().map_err(Error::internal)?;
    let end = until.to_zoned(TimeZone::UTC).date().tomorrow().map_err(Error::internal)?;
    while first <= end {
        let wanted = Wanted {
            service: place.service,
            location: place.location,
            only: place.provider.map(|provider| vec![provider]),
            together: place.together.clone(),
            rooms: Vec::new(),
            first,
            last: first.saturating_add(Days::new().days(MOST_DAYS - 1)).min(end),
            minutes: place.minutes,
            part: None,
            patient: Some(place.patient),
            ignoring: place.moving.into_iter().collect(),
            earliest: from,
        };
        let found = slots::find(tx, &wanted).await.map_err(|error| match error.code() {
            "not_found" => at("/serviceId", "not_found", "Choose among the practice's services."),
            _ => error,
        })?;
        if let Some(slot) = found.1.into_iter().next() {
            return Ok(Some(slot).filter(|slot| slot.start < until));
        }
        first = first.saturating_add(Days::new().days(MOST_DAYS));
    }
    Ok(None)
}

/// That there is no time.
pub fn nothing_free() -> Error {
    Error::conflict("appointment.nothing_free", "Nothing is free then; look further ahead, or elsewhere.")
}

/// What our calendar is against, as opposed to a database that is away.
pub fn is_refusal(error: &Error) -> bool {
    error.status().is_client_error()
}

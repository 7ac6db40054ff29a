//! Where and when a visit is to be, from what was asked for: the service's length and what is kept free around it, rooms,
//! working hours.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use platform::id::{PatientId, UserId};
use practice::{LocationId, Service, ServiceId, Span, Working};

use super::occupy::{Holder, Rooms, Wanted};
use crate::holds::HoldId;

/// Where and when, as it was asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// For whom, where that is known.
    pub patient: Option<PatientId>,
    /// What is done.
    pub service: ServiceId,
    /// Where.
    pub location: LocationId,
    /// By whom, the main one first.
    pub providers: Vec<UserId>,
    /// In which rooms; the first free one when nothing is said.
    pub rooms: Option<Rooms>,
    /// From when.
    pub start: Timestamp,
    /// How long, unless as long as the service takes.
    pub minutes: Option<i32>,
    /// Over other appointments, or outside of working hours.
    pub over: bool,
    /// A hold that it takes the place of.
    pub hold: Option<HoldId>,
}

/// A visit that could be booked, if nothing of it is taken.
#[derive(Debug)]
pub struct Planned {
    /// What is done.
    pub service: Service,
    /// The location's zone, IANA.
    pub zone: String,
    /// As patients see it.
    pub span: Span,
    rooms: Rooms,
}

impl Asked {
    /// Looks up what decides about it.
    ///
    /// # Errors
    /// 422 for what does not exist or does not fit together; 409 `appointment.closed` outside of working hours.
    pub async fn plan(&self, tx: &mut TenantTx) -> Result<Planned> {
        self.check()?;
        let service = practice::service(tx, self.service).await;
        let service = service.map_err(unless_missing("/serviceId", "Choose among the practice's services."))?;
        let minutes = i64::from(self.minutes.unwrap_or(service.duration_minutes));
        let end = self.start.checked_add(SignedDuration::from_mins(minutes)).map_err(|_| far())?;
        let span = Span { start: self.start, end };
        self.check_providers(tx).await?;
        let working = self.working(tx).await?;
        if let Some(Rooms::These(rooms)) = &self.rooms
            && !rooms.iter().all(|room| working.rooms.contains(room))
        {
            return Err(unknown("/roomIds", "Choose among the rooms and chairs of the location."));
        }
        if !self.over && !self.providers.iter().all(|id| working.covers(*id, span)) {
            let error = Error::conflict("appointment.closed", "This is outside of working hours.");
            return Err(error.at("/start", "closed", "Choose a time within working hours, or say why not."));
        }
        let rooms = match &self.rooms {
            Some(Rooms::These(rooms)) => Rooms::These(rooms.clone()),
            // the preferred ones, then the others
            Some(Rooms::FirstOf(preferred)) => {
                let others = working.rooms.iter().filter(|room| !preferred.contains(room));
                Rooms::FirstOf(preferred.iter().chain(others).copied().collect())
            }
            None => Rooms::FirstOf(working.rooms),
        };
        Ok(Planned { service, zone: working.zone, span, rooms })
    }

    fn check(&self) -> Result<()> {
        let fault = |pointer: &str, code: &str, text: &str| Err(Error::invalid(Vec::new()).at(pointer, code, text));
        if self.providers.iter().enumerate().any(|(i, id)| self.providers[..i].contains(id)) {
            return fault("/providerIds", "duplicate", "Name each provider once.");
        }
        let rooms = match &self.rooms {
            Some(Rooms::These(rooms)) => rooms.as_slice(),
            _ => &[],
        };
        if rooms.iter().enumerate().any(|(i, id)| rooms[..i].contains(id)) {
            return fault("/roomIds", "duplicate", "Name each room once.");
        }
        let year = self.start.to_zoned(TimeZone::UTC).year();
        if (2000..=2200).contains(&year) { Ok(()) } else { Err(far()) }
    }

    /// Who is booked over another appointment may also do what they usually do not.
    async fn check_providers(&self, tx: &mut TenantTx) -> Result<()> {
        let all = practice::providers(tx).await?;
        let bookable = |id: &UserId| all.iter().find(|provider| provider.id == *id && provider.bookable);
        if !self.providers.iter().all(|id| bookable(id).is_some()) {
            return Err(unknown("/providerIds", "Choose among those with whom appointments can be made."));
        }
        let does = |id: &UserId| bookable(id).is_some_and(|provider| provider.does(self.service, self.location));
        if self.over || self.providers.iter().all(does) {
            return Ok(());
        }
        let text = "Choose somebody who does this there.";
        Err(Error::invalid(Vec::new()).at("/providerIds", "unfit", text))
    }

    async fn working(&self, tx: &mut TenantTx) -> Result<Working> {
        let found = practice::working_around(tx, self.location, &self.providers, self.start).await;
        found.map_err(unless_missing("/locationId", "Choose among the locations in use."))
    }
}

impl Planned {
    /// What is to be taken for it.
    #[must_use]
    pub fn wanted(&self, asked: &Asked, holder: Holder) -> Wanted {
        let minutes = |minutes: i32| SignedDuration::from_mins(minutes.into());
        Wanted {
            holder,
            patient: asked.patient,
            providers: asked.providers.clone(),
            rooms: self.rooms.clone(),
            span: self.span,
            before: minutes(self.service.buffer_before_minutes),
            after: minutes(self.service.buffer_after_minutes),
            over: asked.over,
            instead_of: asked.hold,
        }
    }
}

fn far() -> Error {
    Error::invalid(Vec::new()).at("/start", "out_of_range", "Choose a year from 2000 to 2200.")
}

fn unknown(pointer: &str, text: &str) -> Error {
    Error::invalid(Vec::new()).at(pointer, "not_found", text)
}

/// What is not there is a fault of the field that names it.
fn unless_missing(pointer: &'static str, text: &'static str) -> impl FnOnce(Error) -> Error {
    move |error| match error.code() {
        "not_found" => unknown(pointer, text),
        _ => error,
    }
}

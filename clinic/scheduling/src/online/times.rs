//! When a service can be booked online: what is free, less what the practice keeps to itself by its minimum notice and
//! its horizon.

use garde::Validate;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span as Days, Timestamp};
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::Query;
use platform::guard::Anybody;
use platform::id::{PatientId, UserId};
use platform::routes::{Json, Routes};
use platform::{Result, route};
use practice::{LocationId, ServiceId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::page::{Offer, Page, unknown};
use crate::appointment::occupy::wait_for_turn;
use crate::calcom;
use crate::slots::{self, Slot, Wanted};

/// How many days from a time that is taken others are looked for.
const NEAR_DAYS: i32 = 14;

/// The route of times.
pub fn routes() -> Routes {
    Routes::new().route(route!(times))
}

/// What somebody wants to book.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What is done.
    pub service: ServiceId,
    /// Where.
    pub location: LocationId,
    /// Who may do it: those that the practice lets book, or the one that was chosen.
    pub people: Vec<UserId>,
    /// The zone of the place.
    pub zone: TimeZone,
    /// Nothing can be booked before it.
    pub earliest: Timestamp,
    /// Nor behind this local day.
    pub last: Date,
}

impl Choice {
    /// Makes sense of what was asked for.
    ///
    /// # Errors
    /// 422 at `service`, `locationId` and `providerId`, each with that sign in front, for what cannot be booked online.
    pub async fn of(
        tx: &mut TenantTx,
        offer: &Offer,
        sign: char,
        (service, location, provider): (&str, LocationId, Option<UserId>),
    ) -> Result<Self> {
        let online = offer.service(service).ok_or_else(|| unknown(&format!("{sign}service")))?;
        if practice::service(tx, online.service_id).await?.archived_at.is_some() {
            return Err(unknown(&format!("{sign}service")));
        }
        let place = offer.locations.iter().find(|place| place.id == location);
        let place = place.ok_or_else(|| unknown(&format!("{sign}locationId")))?;
        let mut people = offer.people(online, location);
        if let Some(provider) = provider {
            people.retain(|id| offer.rules.choose_provider && *id == provider);
        }
        if people.is_empty() {
            return Err(unknown(&format!("{sign}providerId")));
        }
        let zone = match &place.time_zone {
            Some(zone) => zone.clone(),
            None => practice::practice(tx).await?.time_zone,
        };
        let zone = TimeZone::get(&zone).map_err(Error::internal)?;
        let (now, rules) = (tx.now(), &offer.scheduling);
        Ok(Self {
            service: online.service_id,
            location,
            people,
            earliest: rules.earliest(now),
            last: rules.last_day(now, &zone),
            zone,
        })
    }

    /// What of these days can be booked.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn free(&self, tx: &mut TenantTx, from: Date, to: Date) -> Result<Vec<Slot>> {
        let first = from.max(self.earliest.to_zoned(self.zone.clone()).date());
        let last = to.min(self.last);
        if first > last {
            return Ok(Vec::new());
        }
        slots::find(tx, &self.wanted(first, last)).await.map(|(_, slots)| slots)
    }

    fn wanted(&self, first: Date, last: Date) -> Wanted {
        Wanted {
            service: self.service,
            location: self.location,
            only: Some(self.people.clone()),
            together: Vec::new(),
            rooms: Vec::new(),
            first,
            last,
            minutes: None,
            part: None,
            patient: None,
            ignoring: Vec::new(),
            earliest: self.earliest,
        }
    }

    /// Who takes a visit at this instant: the first who is free, once the visitor's turn at everybody, at every room of
    /// the place and at the patient has come. Then nobody else can take it any more.
    ///
    /// # Errors
    /// 409 `booking.too_soon`, `booking.too_far`, `booking.taken`.
    pub async fn take_turn(
        &self,
        tx: &mut TenantTx,
        start: Timestamp,
        patient: Option<PatientId>,
        ignoring: Option<Uuid>,
    ) -> Result<UserId> {
        if start < self.earliest {
            let title = "This is too soon to be booked online; please call.";
            return Err(Error::conflict("booking.too_soon", title).at("/start", "too_soon", "Choose a later time."));
        }
        let day = start.to_zoned(self.zone.clone()).date();
        if day > self.last {
            let title = "This is too far ahead to be booked online yet.";
            return Err(Error::conflict("booking.too_far", title).at("/start", "too_far", "Choose an earlier time."));
        }
        let rooms = practice::working(tx, self.location, &[], day, day).await?.rooms;
        let people = self.people.iter().map(|id| id.uuid()).chain(patient.map(PatientId::uuid));
        let all: Vec<Uuid> = people.chain(rooms.iter().map(|id| id.uuid())).collect();
        wait_for_turn(tx, &all).await?;
        let wanted = Wanted { patient, ignoring: ignoring.into_iter().collect(), ..self.wanted(day, day) };
        let free = slots::find(tx, &wanted).await?.1.into_iter().find(|slot| slot.start == start);
        free.and_then(|slot| slot.provider_ids.first().copied()).ok_or_else(taken)
    }
}

/// That somebody else has it. What it was that is taken, a stranger is not told.
#[must_use]
pub fn taken() -> Error {
    let title = "This time has just been taken.";
    Error::conflict("booking.taken", title).at("/start", "taken", "Choose another time.")
}

/// Which times.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WhichTimes {
    /// The practice's slug; at its own address it is always that one.
    #[garde(inner(length(max = 40)))]
    practice: Option<String>,
    /// What is done, by its address.
    #[garde(length(max = 60))]
    service: String,
    /// Where.
    #[garde(skip)]
    location_id: LocationId,
    /// With whom; left out, with whoever is free.
    #[garde(skip)]
    provider_id: Option<UserId>,
    /// First local day of the place.
    #[garde(skip)]
    from: Date,
    /// Last local day, at most 30 after the first.
    #[garde(skip)]
    to: Date,
}

/// When something can be booked.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PublicTimes {
    /// The place's zone, IANA.
    time_zone: String,
    /// The first local day on which anything can be booked,
    first_day: Date,
    /// and the last one.
    last_day: Date,
    /// When a visit could be, in order.
    items: Vec<PublicTime>,
}

/// When a visit could be.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PublicTime {
    /// From when.
    start: Timestamp,
    /// Until when.
    end: Timestamp,
}

/// When a service can be booked online.
#[utoipa::path(get, path = "/api/v1/booking/times", tag = "scheduling", params(WhichTimes),
    responses((status = 200, body = PublicTimes)))]
async fn times(who: Anybody, Query(which): Query<WhichTimes>) -> Result<Json<PublicTimes>> {
    slots::check_days(which.from, which.to, slots::MOST_DAYS)?;
    let page = Page::of(&who, which.practice.as_deref()).await?;
    let (from, to) = (which.from, which.to);
    let found = page.read(async move |tx| {
        let offer = Offer::of(tx).await?;
        let choice = Choice::of(tx, &offer, '?', (&which.service, which.location_id, which.provider_id)).await?;
        let slots = choice.free(tx, from, to).await?;
        let elsewhere = calcom::slots::elsewhere(tx, choice.service).await?;
        Ok((choice, slots, elsewhere))
    });
    let (choice, slots, elsewhere) = found.await?;
    let items = page.narrow(elsewhere, slots::days(&choice.zone, from, to)?, slots).await?;
    let time = |slot: Slot| PublicTime { start: slot.start, end: slot.end };
    Ok(Json(PublicTimes {
        time_zone: choice.zone.iana_name().unwrap_or("UTC").to_owned(),
        first_day: choice.earliest.to_zoned(choice.zone.clone()).date(),
        last_day: choice.last,
        items: items.into_iter().map(time).collect(),
    }))
}

/// The outcome; where it is that something was taken, with what can be booked near that time: first with whom it was
/// wanted, then with anybody.
///
/// # Errors
/// Those of the outcome.
pub async fn with_alternatives<T>(
    page: &Page,
    choice: (String, LocationId, Option<UserId>),
    start: Timestamp,
    outcome: Result<T>,
) -> Result<T> {
    let error = match outcome {
        Err(error) if slots::is_taken(&error) => taken(),
        Err(error) if ["booking.taken", "booking.too_soon", "booking.too_far"].contains(&error.code()) => error,
        other => return other,
    };
    let (service, location, provider) = choice;
    let mut with = provider;
    let mut free = near(page, (service.clone(), location, with), start).await.unwrap_or_default();
    if free.len() < slots::ALTERNATIVES && with.is_some() {
        with = None;
        free = near(page, (service, location, with), start).await.unwrap_or_default();
    }
    let near: Vec<_> = slots::nearest(free, start)
        .into_iter()
        .map(|slot| json!({ "start": slot.start, "end": slot.end, "providerId": with }))
        .collect();
    Err(error.showing(&json!({ "alternatives": near })))
}

/// What can be booked around a time.
async fn near(page: &Page, choice: (String, LocationId, Option<UserId>), start: Timestamp) -> Result<Vec<Slot>> {
    let found = page.read(async move |tx| {
        let offer = Offer::of(tx).await?;
        let (service, location, provider) = &choice;
        let choice = Choice::of(tx, &offer, '/', (service, *location, *provider)).await?;
        let day = |at: Timestamp| at.to_zoned(choice.zone.clone()).date();
        let around = day(start).clamp(day(tx.now()), choice.last.max(day(tx.now())));
        let from = around.yesterday().map_err(Error::internal)?;
        let to = around.saturating_add(Days::new().days(NEAR_DAYS));
        let free = choice.free(tx, from, to).await?;
        Ok((free, slots::days(&choice.zone, from, to)?, calcom::slots::elsewhere(tx, choice.service).await?))
    });
    let (free, during, elsewhere) = found.await?;
    page.narrow(elsewhere, during, free).await
}

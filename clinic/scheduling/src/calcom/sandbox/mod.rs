//! What stands in for Cal.com, to try everything without an account: its event types are the practice's services, what is
//! free there is what is free here, and its webhooks come in by the same door as Cal.com's.

mod outside;
mod store;

use std::ops::Range;

use calcom::{Booking, BookingQuery, EventType, Failure, Found, Me, NewBooking, Provider, Reservation};
use jiff::{SignedDuration, Timestamp};
use platform::App;
use platform::crypto::sha256;
use platform::db::{Caller, TenantTx};
use platform::error::Error;
use platform::id::PracticeId;
use platform::routes::Routes;
use practice::{Service, ServiceId};
use uuid::Uuid;

use super::mapping;
use crate::slots;

/// The route of what happens there from outside.
pub fn routes() -> Routes {
    outside::routes()
}

/// What stands in for Cal.com in a practice.
pub struct Sandbox {
    app: App,
    practice: PracticeId,
}

/// The number of a service's event type: any number that stays the same, small enough for JSON.
fn event_type(service: ServiceId) -> i64 {
    let hash = sha256(service.uuid().as_bytes());
    hash.iter().take(5).fold(0, |number, byte| number << 8 | i64::from(*byte)) + 1
}

impl Sandbox {
    /// In a practice.
    pub fn new(app: App, practice: PracticeId) -> Self {
        Self { app, practice }
    }

    fn system(&self) -> Caller {
        Caller::system(self.practice)
    }

    async fn read<T>(&self, work: impl AsyncFn(&mut TenantTx) -> platform::Result<T>) -> Result<T, Failure> {
        self.app.door.read(&self.system(), work).await.map_err(failure)
    }

    async fn write<T>(&self, work: impl AsyncFn(&mut TenantTx) -> platform::Result<T>) -> Result<T, Failure> {
        self.app.door.write(&self.system(), work).await.map_err(failure)
    }
}

/// Everything that the sandbox answers with is a failure that Cal.com has as well.
fn failure(error: Error) -> Failure {
    match error.code() {
        "sandbox.taken" => Failure::Taken,
        "sandbox.past" => Failure::OutOfBounds,
        "not_found" => Failure::Missing,
        _ => Failure::Unknown,
    }
}

async fn services(tx: &mut TenantTx) -> platform::Result<Vec<Service>> {
    let mut ids: Vec<_> = practice::service_names(tx).await?.into_iter().collect();
    ids.sort_by(|(_, one), (_, other)| one.cmp(other));
    let mut services = Vec::new();
    for (id, _) in ids {
        let service = practice::service(tx, id).await?;
        if service.archived_at.is_none() {
            services.push(service);
        }
    }
    Ok(services)
}

async fn service_of(tx: &mut TenantTx, number: i64) -> platform::Result<Service> {
    services(tx).await?.into_iter().find(|service| event_type(service.id) == number).ok_or_else(Error::not_found)
}

impl Provider for Sandbox {
    fn me(&self) -> Found<'_, Me> {
        Box::pin(async { Ok(Me { username: Some("sandbox".to_owned()) }) })
    }

    fn event_types(&self) -> Found<'_, Vec<EventType>> {
        Box::pin(async {
            let services = self.read(async |tx| services(tx).await).await?;
            let item = |service: Service| EventType {
                id: event_type(service.id),
                slug: service.name_en.to_lowercase().replace(' ', "-"),
                title: service.name_en,
                length_in_minutes: service.duration_minutes,
            };
            Ok(services.into_iter().map(item).collect())
        })
    }

    fn slots(&self, event_type: i64, during: Range<Timestamp>) -> Found<'_, Vec<Timestamp>> {
        Box::pin(async move {
            self.read(async move |tx| {
                let service = service_of(tx, event_type).await?;
                let taken = store::within(tx, event_type, during.clone()).await?;
                let length = SignedDuration::from_mins(service.duration_minutes.into());
                let is_free = |start: &Timestamp| {
                    let end = start.checked_add(length).unwrap_or(*start);
                    taken
                        .iter()
                        .filter(|booking| booking.stands())
                        .all(|booking| booking.end <= *start || end <= booking.start)
                };
                let Some(mapping) = mapping::of_event_type(tx, event_type).await? else { return Ok(Vec::new()) };
                let free = slots::beginnings(tx, service.id, mapping.location_id, during.clone()).await?;
                Ok(free.into_iter().filter(is_free).collect())
            })
            .await
        })
    }

    fn reserve(&self, _: i64, _: Timestamp, minutes: i32) -> Found<'_, Reservation> {
        Box::pin(async move {
            let until = self.app.now().checked_add(SignedDuration::from_mins(minutes.into()));
            Ok(Reservation {
                reservation_uid: Uuid::now_v7().to_string(),
                reservation_until: until.map_err(|_| Failure::Refused)?,
            })
        })
    }

    fn release<'a>(&'a self, _: &'a str) -> Found<'a, ()> {
        Box::pin(async { Ok(()) })
    }

    fn create<'a>(&'a self, new: &'a NewBooking) -> Found<'a, Booking> {
        Box::pin(async move {
            let (event_type, start, our_id) = (new.event_type, new.start, new.our_id.clone());
            self.write(async move |tx| {
                let service = service_of(tx, event_type).await?;
                let end = start.checked_add(SignedDuration::from_mins(service.duration_minutes.into()));
                let during = start..end.map_err(Error::internal)?;
                let made = store::make(tx, event_type, during, Some(our_id.clone()), None).await?;
                outside::tell(tx, "BOOKING_CREATED", &made, event_type, None).await?;
                Ok(made)
            })
            .await
        })
    }

    fn get<'a>(&'a self, uid: &'a str) -> Found<'a, Booking> {
        let uid = uid.to_owned();
        Box::pin(async move { self.read(async move |tx| Ok(store::find(tx, &uid).await?.0)).await })
    }

    fn list<'a>(&'a self, wanted: &'a BookingQuery) -> Found<'a, Vec<Booking>> {
        let BookingQuery { event_type, during } = wanted.clone();
        Box::pin(async move { self.read(async move |tx| store::within(tx, event_type, during.clone()).await).await })
    }

    fn reschedule<'a>(&'a self, uid: &'a str, start: Timestamp) -> Found<'a, Booking> {
        let uid = uid.to_owned();
        Box::pin(async move {
            self.write(async move |tx| {
                let (moved, event_type) = store::shift(tx, &uid, start).await?;
                outside::tell(tx, "BOOKING_RESCHEDULED", &moved, event_type, None).await?;
                Ok(moved)
            })
            .await
        })
    }

    fn cancel<'a>(&'a self, uid: &'a str) -> Found<'a, ()> {
        let uid = uid.to_owned();
        Box::pin(async move {
            self.write(async move |tx| {
                let (gone, event_type) = store::end(tx, &uid, None).await?;
                outside::tell(tx, "BOOKING_CANCELLED", &gone, event_type, None).await
            })
            .await
        })
    }
}

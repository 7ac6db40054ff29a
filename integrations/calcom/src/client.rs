//! The API itself, over HTTP: version 2, with the version of each group of operations in a header that is never left out,
//! as Cal.com answers an older one where it is missing.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use jiff::Timestamp;
use platform::egress::{self, Egress, RequestBuilder, Url};
use platform::phi::Phi;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::provider::{
    Booking, BookingQuery, BookingStatus, EventType, Found, Me, NewBooking, OUR_ID, Provider, Reservation,
};

/// Largest answer in bytes: a hundred bookings with everything about them have some 400,000.
const LARGEST: usize = 2_097_152;
/// Bookings of a page, and pages that are looked through.
const TAKE: usize = 100;
const MOST_PAGES: usize = 20;
/// Somebody waits for slots.
const SLOTS_WITHIN: Duration = Duration::from_millis(2500);

/// The header with the version.
const VERSION: &str = "cal-api-version";

/// The version that is asked for, by group of operations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versions {
    /// Slots and reservations.
    pub slots: String,
    /// Bookings.
    pub bookings: String,
    /// Event types.
    pub event_types: String,
}

impl Default for Versions {
    fn default() -> Self {
        Self { slots: "2024-09-04".to_owned(), bookings: "2024-08-13".to_owned(), event_types: "2024-06-14".to_owned() }
    }
}

/// Where and as whom to ask.
#[derive(Clone, Debug)]
pub struct Connection {
    /// The way out, which must lead to `base`.
    pub egress: Egress,
    /// The API's address, without `/v2`.
    pub base: Url,
    /// `cal_…`
    pub key: Phi<String>,
    /// What is asked for.
    pub versions: Versions,
}

/// Cal.com.
#[derive(Clone, Debug)]
pub struct Client(Connection);

#[derive(Deserialize)]
struct Wrapped<T> {
    data: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    data: Vec<Value>,
    pagination: Pagination,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Pagination {
    has_next_page: bool,
}

#[derive(Deserialize)]
struct Slot {
    start: Timestamp,
}

impl Client {
    /// Over this connection.
    #[must_use]
    pub fn new(connection: Connection) -> Self {
        Self(connection)
    }

    fn url(&self, path: &[&str], query: &[(&str, String)]) -> Result<Url, Failure> {
        let mut url = self.0.base.clone();
        url.path_segments_mut().map_err(|()| Failure::Unreachable)?.pop_if_empty().push("v2").extend(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    fn get(&self, version: &str, path: &[&str], query: &[(&str, String)]) -> Result<RequestBuilder, Failure> {
        let request = self.0.egress.get(&self.url(path, query)?).map_err(|_| Failure::Unreachable)?;
        Ok(self.signed(request, version))
    }

    fn post(&self, version: &str, path: &[&str], body: &Value) -> Result<RequestBuilder, Failure> {
        let request = self.0.egress.post(&self.url(path, &[])?).map_err(|_| Failure::Unreachable)?;
        Ok(self.signed(request, version).json(body))
    }

    fn signed(&self, request: RequestBuilder, version: &str) -> RequestBuilder {
        let request = request.bearer_auth(self.0.key.expose());
        if version.is_empty() { request } else { request.header(VERSION, version) }
    }

    async fn page(&self, wanted: &BookingQuery, skip: usize) -> Result<Page, Failure> {
        let query = [
            ("eventTypeIds", wanted.event_type.to_string()),
            ("afterStart", wanted.during.start.to_string()),
            ("beforeEnd", wanted.during.end.to_string()),
            ("sortStart", "asc".to_owned()),
            ("take", TAKE.to_string()),
            ("skip", skip.to_string()),
        ];
        read(self.get(&self.0.versions.bookings, &["bookings"], &query)?).await
    }
}

impl Provider for Client {
    fn me(&self) -> Found<'_, Me> {
        Box::pin(async { data(self.get("", &["me"], &[])?).await })
    }

    fn event_types(&self) -> Found<'_, Vec<EventType>> {
        Box::pin(async { data(self.get(&self.0.versions.event_types, &["event-types"], &[])?).await })
    }

    fn slots(&self, event_type: i64, during: Range<Timestamp>) -> Found<'_, Vec<Timestamp>> {
        Box::pin(async move {
            let query = [
                ("eventTypeId", event_type.to_string()),
                ("start", during.start.to_string()),
                ("end", during.end.to_string()),
                ("timeZone", "UTC".to_owned()),
            ];
            let request = self.get(&self.0.versions.slots, &["slots"], &query)?.timeout(SLOTS_WITHIN);
            let days: BTreeMap<String, Vec<Slot>> = data(request).await?;
            let mut starts: Vec<Timestamp> = days.into_values().flatten().map(|slot| slot.start).collect();
            starts.sort_unstable();
            Ok(starts)
        })
    }

    fn reserve(&self, event_type: i64, start: Timestamp, minutes: i32) -> Found<'_, Reservation> {
        Box::pin(async move {
            let body =
                json!({ "eventTypeId": event_type, "slotStart": start.to_string(), "reservationDuration": minutes });
            data(self.post(&self.0.versions.slots, &["slots", "reservations"], &body)?).await
        })
    }

    fn release<'a>(&'a self, reservation: &'a str) -> Found<'a, ()> {
        Box::pin(async move {
            let url = self.url(&["slots", "reservations", reservation], &[])?;
            let request = self.0.egress.delete(&url).map_err(|_| Failure::Unreachable)?;
            match read::<Value>(self.signed(request, &self.0.versions.slots)).await {
                Ok(_) | Err(Failure::Missing) => Ok(()),
                Err(failure) => Err(failure),
            }
        })
    }

    fn create<'a>(&'a self, new: &'a NewBooking) -> Found<'a, Booking> {
        Box::pin(async move {
            let mut attendee = json!({
                "name": new.attendee.name.expose(),
                "timeZone": new.attendee.time_zone,
            });
            let known = |text: &Option<Phi<String>>| text.as_ref().map(|text| text.expose().clone());
            let language = new.attendee.language.clone().filter(|language| LANGUAGES.contains(&language.as_str()));
            for (field, value) in [
                ("email", known(&new.attendee.email)),
                ("phoneNumber", known(&new.attendee.phone)),
                ("language", language),
            ] {
                if let Some(value) = value {
                    attendee[field] = value.into();
                }
            }
            let body = json!({
                "start": new.start.to_string(),
                "eventTypeId": new.event_type,
                "attendee": attendee,
                "metadata": { OUR_ID: new.our_id },
            });
            data(self.post(&self.0.versions.bookings, &["bookings"], &body)?).await
        })
    }

    fn get<'a>(&'a self, uid: &'a str) -> Found<'a, Booking> {
        Box::pin(async move { data(self.get(&self.0.versions.bookings, &["bookings", uid], &[])?).await })
    }

    fn list<'a>(&'a self, wanted: &'a BookingQuery) -> Found<'a, Vec<Booking>> {
        Box::pin(async move {
            let mut all = Vec::new();
            for number in 0..MOST_PAGES {
                let page = self.page(wanted, number * TAKE).await?;
                // recurring and seated ones are of other forms, and never ours
                all.extend(page.data.into_iter().filter_map(|booking| serde_json::from_value(booking).ok()));
                if !page.pagination.has_next_page {
                    return Ok(all);
                }
            }
            // what was not looked through may hold the one that is looked for
            Err(Failure::Unknown)
        })
    }

    fn reschedule<'a>(&'a self, uid: &'a str, start: Timestamp) -> Found<'a, Booking> {
        Box::pin(async move {
            let body = json!({ "start": start.to_string() });
            data(self.post(&self.0.versions.bookings, &["bookings", uid, "reschedule"], &body)?).await
        })
    }

    fn cancel<'a>(&'a self, uid: &'a str) -> Found<'a, ()> {
        Box::pin(async move {
            let body = json!({ "cancellationReason": CANCELLED_BECAUSE });
            let request = self.post(&self.0.versions.bookings, &["bookings", uid, "cancel"], &body)?;
            match data::<Booking>(request).await? {
                booking if booking.status == BookingStatus::Cancelled => Ok(()),
                _ => Err(Failure::Unknown),
            }
        })
    }
}

/// A host must say why (<https://github.com/calcom/cal.com/issues/19945>), and whoever booked reads it. Why it really is stays
/// here.
const CANCELLED_BECAUSE: &str = "Cancelled in the practice's own calendar";

/// Languages that Cal.com writes in, among those that people here are likely to have.
const LANGUAGES: [&str; 14] = ["ar", "en", "fr", "de", "es", "it", "tr", "ru", "pt", "nl", "ta", "bn", "id", "ja"];

async fn data<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, Failure> {
    read::<Wrapped<T>>(request).await.map(|wrapped| wrapped.data)
}

async fn read<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, Failure> {
    let answer = egress::answer(request, LARGEST).await?;
    if !answer.status.is_success() {
        return Err(Failure::of(&answer));
    }
    serde_json::from_slice(&answer.body).map_err(|_| Failure::Unknown)
}

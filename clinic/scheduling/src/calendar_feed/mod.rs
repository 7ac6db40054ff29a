//! A provider's schedule in their own calendar program: an address that is read by itself, again and again.
//!
//! What is read lies with whoever runs that program, so it names no patients: what is done, the patient's number, where.

#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap};

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use platform::calendar_feed::reader;
use platform::crypto::sha256;
use platform::db::{Caller, TenantTx};
use platform::error::Error;
use platform::extract::Path;
use platform::guard::{Anybody, Can};
use platform::id::{PatientId, UserId};
use platform::language::Language;
use platform::permission::appointments as may;
use platform::phi::Phi;
use platform::record::Look;
use platform::routes::{Json, Routes};
use platform::{App, Result, people, route};
use practice::{LocationId, ServiceId};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ical::{self, Event};
use crate::own;

/// The routes of calendars that programs read.
pub fn routes() -> Routes {
    Routes::new().route(route!(feed)).route(route!(make_feed)).route(route!(revoke_feed)).route(route!(calendar))
}

/// So far back a calendar reaches,
const BACK: SignedDuration = SignedDuration::from_hours(30 * 24);
/// and so far ahead.
const AHEAD: SignedDuration = SignedDuration::from_hours(180 * 24);
/// Appointments of a calendar.
const MOST: i64 = 10_000;

/// Whether there is an address for a provider's calendar.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CalendarFeedState {
    /// Since when; null when there is none.
    #[schema(required)]
    created_at: Option<Timestamp>,
    /// When a program last read it, to the hour.
    #[schema(required)]
    last_read_at: Option<Timestamp>,
}

/// The address of a provider's calendar, which is told once.
#[derive(Debug, Serialize, ToSchema)]
struct CalendarFeedAddress {
    /// For the calendar program. Whoever has it sees when the provider is busy and with what.
    #[schema(value_type = String)]
    url: Phi<String>,
}

/// Whether a provider's schedule can be read by their calendar program. Others than oneself need `appointments.configure`.
#[utoipa::path(get, path = "/api/v1/providers/{id}/calendar-feed", tag = "scheduling",
    params(("id" = Uuid, Path, description = "The provider")), responses((status = 200, body = CalendarFeedState)))]
async fn feed(who: Can<may::WriteOwn>, Path(id): Path<UserId>) -> Result<Json<CalendarFeedState>> {
    own::check_self(&who, id, "GET /api/v1/providers/{id}/calendar-feed").await?;
    who.read(async move |tx| {
        let feed = tx.calendar_feed(id).await?;
        let last_read_at = feed.and_then(|feed| feed.last_read_at);
        Ok(Json(CalendarFeedState { created_at: feed.map(|feed| feed.created_at), last_read_at }))
    })
    .await
}

/// Make an address for a provider's calendar. It takes the place of the one that there was, which serves no longer.
#[utoipa::path(post, path = "/api/v1/providers/{id}/calendar-feed", tag = "scheduling",
    params(("id" = Uuid, Path, description = "The provider")), responses((status = 201, body = CalendarFeedAddress)))]
async fn make_feed(who: Can<may::WriteOwn>, Path(id): Path<UserId>) -> Result<(StatusCode, Json<CalendarFeedAddress>)> {
    own::check_self(&who, id, "POST /api/v1/providers/{id}/calendar-feed").await?;
    who.write(async move |tx| {
        let token = tx.make_calendar_feed(id).await?;
        let url = Phi::new(format!("{}/api/v1/calendar-feeds/{}.ics", tx.public_origin(), token.expose()));
        Ok((StatusCode::CREATED, Json(CalendarFeedAddress { url })))
    })
    .await
}

/// End the address of a provider's calendar.
#[utoipa::path(delete, path = "/api/v1/providers/{id}/calendar-feed", tag = "scheduling",
    params(("id" = Uuid, Path, description = "The provider")), responses((status = 204, description = "There is none (any more)")))]
async fn revoke_feed(who: Can<may::WriteOwn>, Path(id): Path<UserId>) -> Result<StatusCode> {
    own::check_self(&who, id, "DELETE /api/v1/providers/{id}/calendar-feed").await?;
    who.write(async move |tx| tx.revoke_calendar_feed(id).await).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A provider's schedule for calendar programs (iCalendar, RFC 5545): from 30 days ago to 180 days ahead. The token is
/// what was handed out, with `.ics` behind it.
#[utoipa::path(get, path = "/api/v1/calendar-feeds/{token}", tag = "scheduling",
    params(("token" = String, Path, description = "The token, and .ics")),
    responses((status = 200, body = String, content_type = "text/calendar"), (status = 304, description = "As it was")))]
async fn calendar(who: Anybody, Path(token): Path<String>, headers: HeaderMap) -> Result<Response> {
    let token = token.strip_suffix(".ics").ok_or_else(Error::not_found)?;
    let (caller, provider) = reader(&who, token).await?;
    let found = who.app.door.read(&caller, async move |tx| Schedule::of(tx, provider).await).await?;
    let (text, tag) = found.written();
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let is_known = known.is_some_and(|known| known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag));
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        look(&who.app, &caller, &found).await?;
        text.into_response()
    };
    let answer = response.headers_mut();
    answer.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/calendar; charset=utf-8"));
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    answer.insert(header::ETAG, HeaderValue::from_str(&tag).map_err(Error::internal)?);
    if let Some(changed) = found.rows.iter().map(|row| row.updated_at.to_jiff()).max() {
        // IMF-fixdate (RFC 9110 §5.6.7)
        let text = changed.to_zoned(TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        answer.insert(header::LAST_MODIFIED, HeaderValue::from_str(&text).map_err(Error::internal)?);
    }
    Ok(response)
}

/// Whose appointments were read, for the ledger. A program that has them already sees nothing new.
async fn look(app: &App, caller: &Caller, found: &Schedule) -> Result<()> {
    let ids: Vec<Uuid> = found.rows.iter().map(|row| row.id).collect();
    let patients: Vec<PatientId> = found.rows.iter().map(|row| PatientId(row.patient_id)).collect();
    let write = async move |tx: &mut TenantTx| {
        tx.record_read(Look::list("appointment", &ids, &["provider"]).of_patients(&patients)).await
    };
    app.door.read_recorded(caller, write).await
}

struct Row {
    id: Uuid,
    patient_id: Uuid,
    service_id: Uuid,
    location_id: Uuid,
    starts_at: jiff_sqlx::Timestamp,
    ends_at: jiff_sqlx::Timestamp,
    version: i32,
    updated_at: jiff_sqlx::Timestamp,
}

/// What a provider has to do, and what it is called.
struct Schedule {
    name: String,
    language: Language,
    rows: Vec<Row>,
    numbers: HashMap<Uuid, i64>,
    services: HashMap<Uuid, String>,
    places: HashMap<Uuid, String>,
}

impl Schedule {
    async fn of(tx: &mut TenantTx, provider: UserId) -> Result<Self> {
        let practice = practice::practice(tx).await?;
        let language = practice.language;
        let local = |en: String, ar: Option<String>| ar.filter(|_| language == Language::Ar).unwrap_or(en);
        let rows = rows(tx, provider).await?;
        let names = people::names(tx, std::iter::once(provider.uuid())).await?;
        let person = names.get(&provider.uuid()).map(|name| name.expose().clone()).unwrap_or_default();
        let distinct =
            |of: fn(&Row) -> Uuid| rows.iter().map(of).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>();
        let numbers = patients::items_of(tx, &distinct(|row| row.patient_id)).await?;
        let (mut services, mut places) = (HashMap::new(), HashMap::new());
        for id in distinct(|row| row.service_id) {
            let service = practice::service(tx, ServiceId(id)).await?;
            services.insert(id, local(service.name_en, service.name_ar));
        }
        for id in distinct(|row| row.location_id) {
            let place = practice::location(tx, LocationId(id)).await?;
            places.insert(id, local(place.name, place.name_ar));
        }
        Ok(Self {
            name: format!("{} · {person}", practice.name),
            language,
            numbers: numbers.into_iter().map(|patient| (patient.id.uuid(), patient.number)).collect(),
            services,
            places,
            rows,
        })
    }

    /// As text, with what changes when it does.
    fn written(&self) -> (String, String) {
        let text = ical::calendar(Some(&self.name), &self.rows.iter().map(|row| self.event(row)).collect::<Vec<_>>());
        let tag: String = sha256(text.as_bytes()).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        (text, format!("\"{tag}\""))
    }

    fn event(&self, row: &Row) -> Event {
        let word = |words: &HashMap<Uuid, String>, id: Uuid| words.get(&id).cloned().unwrap_or_default();
        let number = self.numbers.get(&row.patient_id).map(ToString::to_string).unwrap_or_default();
        // first strong isolate: a number stays where it was written (UAX #9)
        let number = if self.language == Language::Ar { format!("\u{2068}{number}\u{2069}") } else { number };
        Event {
            id: row.id,
            version: row.version,
            changed: row.updated_at.to_jiff(),
            start: row.starts_at.to_jiff(),
            end: row.ends_at.to_jiff(),
            summary: format!("{} · {number}", word(&self.services, row.service_id)),
            location: word(&self.places, row.location_id),
            description: String::new(),
            cancelled: false,
        }
    }
}

/// What takes place, or has taken place, within the reach of a calendar.
async fn rows(tx: &mut TenantTx, provider: UserId) -> Result<Vec<Row>> {
    let (practice, at) = (tx.practice(), jiff_sqlx::Timestamp::from);
    let (from, to) = (at(tx.now() - BACK), at(tx.now() + AHEAD));
    let rows = sqlx::query_as!(
        Row,
        r#"select a.id, a.patient_id, a.service_id, a.location_id, a.starts_at as "starts_at: jiff_sqlx::Timestamp",
                  a.ends_at as "ends_at: jiff_sqlx::Timestamp", a.version, a.updated_at as "updated_at: jiff_sqlx::Timestamp"
             from scheduling.appointment a
            where a.practice_id = $1 and a.starts_at >= $2 and a.starts_at < $3 and a.status not in ('cancelled', 'no_show')
              and exists (select from scheduling.booked b where b.practice_id = a.practice_id and b.holder_id = a.id
                             and b.kind = 'provider' and b.resource_id = $4)
            order by a.starts_at, a.id limit $5"#,
        practice,
        from as _,
        to as _,
        provider.uuid(),
        MOST,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

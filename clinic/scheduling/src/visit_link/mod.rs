//! A visit behind the link that its patient was sent: looked at, confirmed, moved, cancelled, put into a calendar. The
//! patient sees what they need for that, and nothing that people of the practice have written.

mod change;
mod link;
mod rules;
#[cfg(test)]
mod tests;

use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use platform::db::TenantTx;
use platform::error::Error;
use platform::language::Language;
use platform::patient_link::{ByLink, ToAppointment};
use platform::phi::Phi;
use platform::record::Look;
use platform::routes::{Json, Routes};
use platform::shared::Address;
use platform::{Result, people, route, undisclosed};
use practice::{Location, Practice, Service};
use serde::Serialize;
use utoipa::ToSchema;

use crate::appointment::{Appointment, AppointmentId, Status, find, row};
use crate::ical::{self, Event};
use crate::settings::{self, CancelledBy};
pub use change::{actions, check_start};
pub use link::{MAILS, local_date, local_time, make, tell_booked, tell_moved};
pub use rules::Actions;

/// The routes of visits behind links.
pub fn routes() -> Routes {
    Routes::new().route(route!(read)).route(route!(download)).merge(change::routes()).merge(link::routes())
}

/// A visit, as its patient sees it.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Visit {
    /// The practice.
    practice: VisitPractice,
    /// Where it is.
    place: VisitPlace,
    /// What is done, in English.
    service_en: String,
    /// In Arabic.
    #[schema(required)]
    service_ar: Option<String>,
    /// By whom, the main one first.
    providers: Vec<VisitProvider>,
    /// From when.
    start: Timestamp,
    /// Until when.
    end: Timestamp,
    /// The zone of the place, IANA.
    time_zone: String,
    /// How far it has come.
    status: Status,
    /// What the patient may do.
    actions: Actions,
    /// Among which reasons one cancels.
    reasons: Vec<VisitReason>,
    /// On how many days from today there are times to move to.
    horizon_days: i32,
    /// The patient's language.
    language: Language,
    /// Goes up with each change.
    version: i32,
}

/// The practice, as a patient sees it.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VisitPractice {
    /// What it is called.
    pub name: String,
    /// Its address: the sub-domain.
    pub slug: String,
    /// Whether it has a logo.
    pub has_logo: bool,
    /// Where to call: the place, or else the practice.
    #[schema(required, value_type = Option<String>)]
    pub phone: Option<Phi<String>>,
}

/// Where a visit is.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VisitPlace {
    /// What it is called.
    pub name: String,
    /// In Arabic.
    #[schema(required)]
    pub name_ar: Option<String>,
    /// The place's, or else the practice's.
    #[schema(required)]
    pub address: Option<Address>,
}

/// Who sees the patient.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VisitProvider {
    /// Their name.
    #[schema(value_type = String)]
    pub name: Phi<String>,
    /// In English.
    #[schema(required)]
    pub title: Option<String>,
    /// In Arabic.
    #[schema(required)]
    pub title_ar: Option<String>,
}

/// A reason for cancelling.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct VisitReason {
    key: String,
    /// In English.
    name_en: String,
    /// In Arabic.
    #[schema(required)]
    name_ar: Option<String>,
}

undisclosed!(Visit);

/// The visit behind the link.
#[utoipa::path(get, path = "/api/v1/visit", tag = "scheduling", responses((status = 200, body = Visit)))]
async fn read(who: ByLink<ToAppointment>) -> Result<Json<Visit>> {
    let id = AppointmentId(who.subject());
    who.read_recorded(async move |tx| {
        let appointment = find(tx, id).await?;
        look(tx, &appointment).await?;
        Visit::of(tx, &appointment).await.map(Json)
    })
    .await
}

/// The visit for the patient's own calendar (iCalendar, RFC 5545). Taken again after a change, it replaces what was there.
#[utoipa::path(get, path = "/api/v1/visit.ics", tag = "scheduling",
    responses((status = 200, body = String, content_type = "text/calendar")))]
async fn download(who: ByLink<ToAppointment>) -> Result<Response> {
    let id = AppointmentId(who.subject());
    let event = who
        .read_recorded(async move |tx| {
            let appointment = find(tx, id).await?;
            look(tx, &appointment).await?;
            in_calendar(tx, &appointment).await
        })
        .await?;
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8; method=PUBLISH"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"visit.ics\""),
    ];
    Ok((headers, ical::calendar(None, &[event])).into_response())
}

async fn look(tx: &mut TenantTx, at: &Appointment) -> Result<()> {
    tx.record_read(Look::at("appointment", at.id.uuid()).of_patient(Some(at.patient_id))).await
}

impl Visit {
    async fn of(tx: &mut TenantTx, of: &Appointment) -> Result<Self> {
        let (practice, place, service) = around(tx, of).await?;
        let rules = settings::find(tx).await?.rules;
        let names = people::names(tx, of.provider_ids.iter().map(|id| id.uuid())).await?;
        let profiles = practice::providers(tx).await?;
        let provider = |id| {
            let profile = profiles.iter().find(|profile| profile.id == id);
            let name = names.get(&id.uuid()).cloned()?;
            let title = profile.and_then(|profile| profile.title.clone());
            Some(VisitProvider { name, title, title_ar: profile.and_then(|profile| profile.title_ar.clone()) })
        };
        let language = patients::reach(tx, of.patient_id).await?.map_or(practice.language, |reach| reach.language);
        let actions = Actions::of(&rules, of, tx.now());
        let offered = rules.reasons.into_iter().filter(|reason| reason.by == CancelledBy::Patient && !reason.archived);
        Ok(Self {
            providers: of.provider_ids.iter().filter_map(|id| provider(*id)).collect(),
            practice: VisitPractice {
                name: practice.name,
                slug: practice.slug,
                has_logo: practice.logo_tag.is_some(),
                phone: place.phone.or(practice.phone),
            },
            place: VisitPlace { name: place.name, name_ar: place.name_ar, address: place.address.or(practice.address) },
            service_en: service.name_en,
            service_ar: service.name_ar,
            start: of.start,
            end: of.end,
            time_zone: of.time_zone.clone(),
            status: of.status,
            actions,
            reasons: offered
                .map(|reason| VisitReason { key: reason.key, name_en: reason.name_en, name_ar: reason.name_ar })
                .collect(),
            horizon_days: rules.horizon_days,
            language,
            version: of.version,
        })
    }
}

async fn around(tx: &mut TenantTx, of: &Appointment) -> Result<(Practice, Location, Service)> {
    let practice = practice::practice(tx).await?;
    let place = practice::location(tx, of.location_id).await?;
    let service = practice::service(tx, of.service_id).await?;
    Ok((practice, place, service))
}

async fn in_calendar(tx: &mut TenantTx, of: &Appointment) -> Result<Event> {
    let (practice, place, service) = around(tx, of).await?;
    let language = patients::reach(tx, of.patient_id).await?.map_or(practice.language, |reach| reach.language);
    let local = |en: String, ar: Option<String>| ar.filter(|_| language == Language::Ar).unwrap_or(en);
    let address = place.address.or(practice.address).map(|address| {
        let lines = [Some(address.line1), address.line2, Some(address.city)];
        lines.into_iter().flatten().collect::<Vec<_>>().join(", ")
    });
    let location =
        [Some(local(place.name, place.name_ar)), address].into_iter().flatten().collect::<Vec<_>>().join(", ");
    Ok(Event {
        id: of.id.uuid(),
        version: of.version,
        changed: of.updated_at,
        start: of.start,
        end: of.end,
        summary: format!("{} · {}", local(service.name_en, service.name_ar), practice.name),
        location,
        description: place.phone.or(practice.phone).map(|phone| phone.expose().clone()).unwrap_or_default(),
        cancelled: of.status == Status::Cancelled,
    })
}

/// The visit at this version, locked until the end of the transaction.
///
/// # Errors
/// 409 with the visit as the patient sees it now.
async fn find_at(tx: &mut TenantTx, id: AppointmentId, version: i32) -> Result<Appointment> {
    let appointment = row::lock(tx, id).await?;
    if appointment.version != version {
        return Err(Error::stale(&Visit::of(tx, &appointment).await?));
    }
    Ok(appointment)
}

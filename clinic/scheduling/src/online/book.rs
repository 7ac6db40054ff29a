//! Booking as a visitor.
//!
//! Who is known is found by number, date of birth and name, all three, and is told nothing else than anybody else: answer
//! and errors have the same form. Two things differ by nature, and only for whoever knew all three: what only known
//! patients may book, and that one has booked enough.

use garde::Validate;
use jiff::Timestamp;
use jiff::civil::Date;
use platform::db::TenantTx;
use platform::error::{Error, FieldError};
use platform::extract::Body;
use platform::guard::Anybody;
use platform::id::{PatientId, UserId};
use platform::idempotency::{IdempotencyKey, Once};
use platform::language::Language;
use platform::limit::SharedBucket;
use platform::phi::Phi;
use platform::routes::Routes;
use platform::{Result, route, undisclosed, validate};
use practice::LocationId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::hold::HoldKey;
use super::letter;
use super::page::{Offer, Page, turn_at};
use super::rules::{AskedFor, OnlineService};
use super::times::{Choice, with_alternatives};
use crate::appointment::occupy::wait_for_turn;
use crate::appointment::{Appointment, AppointmentId, Source, book};
use crate::holds::{self, Hold};
use crate::visit_link;

/// What patients who came this way have as lead source, and their consents as source.
const ONLINE: &str = "online";
/// How much is booked at once and in the long run: for a network, for a phone number, so that nobody tries dates of birth
/// until one is right, and for a practice.
const NETWORK: SharedBucket<'_> = SharedBucket { name: "booking.book.network", key: "", burst: 20, per_second: 0.02 };
const PERSON: SharedBucket<'_> =
    SharedBucket { name: "booking.book.person", key: "", burst: 10, per_second: 1.0 / 360.0 };
const PRACTICE: SharedBucket<'_> = SharedBucket { name: "booking.book.practice", key: "", burst: 200, per_second: 1.0 };

/// The route of booking.
pub fn routes() -> Routes {
    Routes::new().route(route!(book_online))
}

/// A visit that somebody books by themselves.
#[derive(Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewOnlineAppointment {
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
    /// From when.
    #[garde(skip)]
    start: Timestamp,
    /// The hold on it. Without one, or when it is over, the slot is taken if it still can be.
    #[garde(dive)]
    hold: Option<HoldKey>,
    /// Given names of the patient.
    #[garde(length(chars, max = 80), custom(validate::line))]
    given_name: String,
    /// Family name; some people have none.
    #[garde(inner(length(chars, max = 80), custom(validate::line)))]
    family_name: Option<String>,
    /// Date of birth.
    #[garde(skip)]
    birth_date: Date,
    /// Mobile number, as it is dialled in the practice's country or with `+`.
    #[garde(length(chars, min = 3, max = 40))]
    phone: String,
    /// Where the confirmation goes.
    #[garde(inner(custom(validate::email)))]
    email: Option<String>,
    /// Why the patient comes, in their words.
    #[garde(inner(length(chars, max = 500), custom(validate::text)))]
    reason: Option<String>,
    /// The language that the page was in.
    #[garde(skip)]
    language: Language,
    /// Whether the patient agrees to be reminded, by text message and e-mail.
    #[garde(skip)]
    reminders: bool,
    /// Stays empty: a field that people do not see and programs fill in.
    #[garde(length(max = 200))]
    #[serde(default)]
    website: String,
}

/// A visit that was booked.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OnlineAppointment {
    /// What to tell when one calls: the last eight digits of the appointment's id.
    reference: String,
    /// From when.
    start: Timestamp,
    /// Until when.
    end: Timestamp,
    /// The zone of the place, IANA.
    time_zone: String,
    /// With whom, where patients may choose.
    #[schema(required)]
    provider_id: Option<UserId>,
    /// The patient's link to the visit, which asks for the date of birth.
    #[schema(value_type = String)]
    link: Phi<String>,
}

undisclosed!(NewOnlineAppointment, OnlineAppointment);

/// Book a visit. What is taken is answered with 409, `current.alternatives` says what is free near it.
#[utoipa::path(post, path = "/api/v1/booking/appointments", tag = "scheduling", request_body = NewOnlineAppointment,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = OnlineAppointment)))]
async fn book_online(who: Anybody, key: IdempotencyKey, Body(new): Body<NewOnlineAppointment>) -> Result<Once> {
    let page = Page::of(&who, new.practice.as_deref()).await?;
    page.slow(NETWORK, PRACTICE).await?;
    let phone = new.phone.clone();
    let person = page.read(async move |tx| blind(tx, &phone).await).await?;
    page.slow_person(&person, PERSON).await?;
    let request = key.of("booking.book", &new)?;
    let (asked, start) = ((new.service.clone(), new.location_id, new.provider_id), new.start);
    let booked = page.create_once(request, async move |tx| take(tx, &new, turn_at(&person)).await).await;
    if booked.as_ref().is_err_and(|error| error.code() == "booking.known_only") {
        page.record_refused("POST /api/v1/booking/appointments").await?;
    }
    with_alternatives(&page, asked, start, booked).await
}

async fn take(tx: &mut TenantTx, new: &NewOnlineAppointment, turn: Uuid) -> Result<OnlineAppointment> {
    let offer = Offer::of(tx).await?;
    new.check(&offer)?;
    let choice = Choice::of(tx, &offer, '/', (&new.service, new.location_id, new.provider_id)).await?;
    let person = new.person(tx).await?;
    let online = offer.service(&new.service).ok_or_else(Error::not_found)?;
    let held = held(tx, new, &choice).await?;
    if held.is_none() && !online.new_patients {
        // first whether the time can be had: whether somebody is known here is told only where they could book
        choice.take_turn(tx, new.start, None, None).await?;
    }
    wait_for_turn(tx, &[turn]).await?;
    let (patient, is_new) = who(tx, online, &person).await?;
    let provider = match held.as_ref().and_then(|hold| hold.provider_ids.first()) {
        Some(provider) => *provider,
        None => choice.take_turn(tx, new.start, Some(patient), None).await?,
    };
    let visit = book::NewAppointment {
        room_ids: held.as_ref().map(|hold| hold.room_ids.clone()),
        reason: new.reason.clone(),
        deposit: online.deposit,
        hold_id: held.as_ref().map(|hold| hold.id),
        ..book::NewAppointment::plain(patient, (choice.service, choice.location), provider, new.start)
    };
    let booked = book::book(tx, &visit, None).await?;
    // counted behind the patient's turn, which booking has waited for
    if count_open(tx, patient).await? > i64::from(offer.rules.most_open) {
        let title = "You have booked as many visits online as this clinic allows; please call.";
        return Err(Error::conflict("booking.too_many", title));
    }
    if !is_new {
        patients::agree(tx, patient, &person.consents).await?;
    }
    let link = visit_link::make(tx, &booked).await?;
    if let Some(email) = &new.email {
        letter::confirm(tx, email, new.language, &booked, link.clone()).await?;
    }
    Ok(new.told(&offer, &booked, link))
}

/// A phone number in E.164.
async fn number(tx: &mut TenantTx, phone: &str) -> Result<String> {
    let country = practice::practice(tx).await?.country;
    validate::phone(phone, &country, "/phone")
}

/// What stands for a phone number where it must not be read.
async fn blind(tx: &mut TenantTx, phone: &str) -> Result<String> {
    let number = number(tx, phone).await?;
    tx.blind("patients.patient", "phone", &number).await
}

/// The patient that this is, or a new one, once the turn of whoever gives that number has come: so nobody who sends a form
/// twice is entered twice.
async fn who(tx: &mut TenantTx, online: &OnlineService, person: &patients::PatientFields) -> Result<(PatientId, bool)> {
    if let Some(known) = patients::known(tx, person).await? {
        return Ok((known, false));
    }
    if !online.new_patients {
        let title = "Online, this is for patients whom the clinic knows already; please call.";
        return Err(Error::conflict("booking.known_only", title));
    }
    Ok((patients::enter_introduced(tx, person).await?.id, true))
}

/// The visitor's own hold, where it is on exactly what they book.
async fn held(tx: &mut TenantTx, new: &NewOnlineAppointment, choice: &Choice) -> Result<Option<Hold>> {
    let Some(shown) = new.hold else { return Ok(None) };
    let hold = holds::find_with_key(tx, shown.id, shown.key).await?;
    Ok(hold.filter(|hold| {
        hold.service_id == choice.service
            && hold.location_id == choice.location
            && hold.start == new.start
            && hold.provider_ids.first().is_some_and(|provider| choice.people.contains(provider))
    }))
}

/// Appointments to come that a patient has booked online.
async fn count_open(tx: &mut TenantTx, patient: PatientId) -> Result<i64> {
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from scheduling.appointment
            where practice_id = $1 and patient_id = $2 and source = $3 and starts_at > $4
              and status in ('scheduled', 'confirmed')"#,
        practice,
        patient.uuid(),
        Source::Online as Source,
        now as _,
    );
    Ok(count.fetch_one(tx.conn()).await?)
}

impl NewOnlineAppointment {
    /// What the practice wants to know, and what nobody fills in.
    fn check(&self, offer: &Offer) -> Result<()> {
        let mut faults = Vec::new();
        let fields = [("/email", offer.rules.email, &self.email), ("/reason", offer.rules.reason, &self.reason)];
        for (pointer, asked, said) in fields {
            match asked {
                AskedFor::Required if said.is_none() => {
                    faults.push(FieldError::new(pointer, "required", "This field is required."));
                }
                AskedFor::No if said.is_some() => {
                    faults.push(FieldError::new(pointer, "unknown_field", "This is not asked for."));
                }
                _ => {}
            }
        }
        if !self.website.is_empty() {
            faults.push(FieldError::new("/website", "invalid", "Leave this field empty."));
        }
        if faults.is_empty() { Ok(()) } else { Err(Error::invalid(faults)) }
    }

    /// The patient as a record would have them.
    async fn person(&self, tx: &mut TenantTx) -> Result<patients::PatientFields> {
        let agreed = self.reminders.then(|| patients::Consent {
            granted: true,
            at: Some(tx.now()),
            source: Some(ONLINE.to_owned()),
        });
        let number = number(tx, &self.phone).await?;
        let email = |address: &String| patients::Email {
            address: address.trim().to_owned(),
            kind: patients::ContactKind::default(),
            preferred: true,
        };
        let person = patients::PatientFields {
            given_name: self.given_name.trim().to_owned(),
            family_name: self.family_name.as_ref().map(|name| name.trim().to_owned()),
            birth_date: Some(self.birth_date),
            phones: vec![patients::Phone { number, kind: patients::ContactKind::Mobile, preferred: true }],
            emails: self.email.iter().map(email).collect(),
            language: Some(if self.language == Language::Ar { "ar" } else { "en" }.to_owned()),
            lead_source: Some(ONLINE.to_owned()),
            consents: patients::Consents {
                calls: None,
                email: agreed.clone().filter(|_| self.email.is_some()),
                sms: agreed,
            },
            ..patients::PatientFields::default()
        };
        platform::extract::check(&person)?;
        // for who is known as for who is new: whether a date can be right does not depend on it
        if self.birth_date > tx.now().to_zoned(jiff::tz::TimeZone::UTC).date() {
            let fault = FieldError::new("/birthDate", "out_of_range", "A date of birth is not in the future.");
            return Err(Error::invalid(vec![fault]));
        }
        Ok(person)
    }

    fn told(&self, offer: &Offer, booked: &Appointment, link: Phi<String>) -> OnlineAppointment {
        OnlineAppointment {
            reference: reference(booked.id),
            start: booked.start,
            end: booked.end,
            time_zone: booked.time_zone.clone(),
            provider_id: booked.provider_ids.first().copied().filter(|_| offer.rules.choose_provider),
            link,
        }
    }
}

/// `7F3A-09BC`: short enough to be read out, random enough to be nobody else's that week.
#[must_use]
pub fn reference(id: AppointmentId) -> String {
    let digits = id.uuid().simple().to_string().to_uppercase();
    format!("{}-{}", &digits[24..28], &digits[28..])
}

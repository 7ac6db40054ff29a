//! An offer behind the link that its patient was sent: looked at, taken, declined.

use jiff::Timestamp;
use platform::db::{Caller, TenantTx};
use platform::error::Error;
use platform::language::Language;
use platform::patient_link::{ByLink, ToOffer};
use platform::record::Look;
use platform::routes::{Json, Routes};
use platform::{Result, people, route, undisclosed};
use practice::Span;
use serde::{Deserialize as _, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Offer, OfferId, OfferStatus, find, give, is_gone, over, set};
use crate::appointment::occupy::Busy;
use crate::visit_link::{VisitPlace, VisitPractice, VisitProvider};
use crate::waitlist::openings::{self, ClosedFor, OpeningId, OpeningStatus};
use crate::waitlist::wishes;

/// The routes of offers behind links.
pub fn routes() -> Routes {
    Routes::new().route(route!(read)).route(route!(accept)).route(route!(decline))
}

/// What was offered, as its patient sees it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct OfferedVisit {
    /// Where it stands.
    status: OfferStatus,
    /// Until when it can be taken.
    expires_at: Timestamp,
    /// From when the visit would be.
    start: Timestamp,
    /// Until when.
    end: Timestamp,
    /// The zone of the place, IANA.
    time_zone: String,
    /// The practice.
    practice: VisitPractice,
    /// Where it would be.
    place: VisitPlace,
    /// What would be done, in English.
    service_en: String,
    /// And in Arabic.
    #[schema(required)]
    service_ar: Option<String>,
    /// With whom.
    providers: Vec<VisitProvider>,
    /// When the appointment begins that is moved for it.
    #[schema(required)]
    instead_of: Option<Timestamp>,
    /// The patient's language.
    language: Language,
}

undisclosed!(OfferedVisit);

/// What was offered to the patient who came by the link.
#[utoipa::path(get, path = "/api/v1/offer", tag = "scheduling", responses((status = 200, body = OfferedVisit)))]
async fn read(who: ByLink<ToOffer>) -> Result<Json<OfferedVisit>> {
    let (id, patient) = (OfferId(who.subject()), who.patient());
    who.read_recorded(async move |tx| {
        let offer = find(tx, id).await?;
        tx.record_read(Look::at("offer", id.uuid()).of_patient(Some(patient))).await?;
        shown(tx, offer).await.map(Json)
    })
    .await
}

/// Take what was offered. Of all who were asked the first has it: everybody else is answered 409 `offer.taken`. Taking
/// it again answers the same.
#[utoipa::path(post, path = "/api/v1/offer/accept", tag = "scheduling", responses((status = 200, body = OfferedVisit)))]
async fn accept(who: ByLink<ToOffer>) -> Result<Json<OfferedVisit>> {
    let id = OfferId(who.subject());
    match who.write(async move |tx| take(tx, id).await).await {
        Err(error) if is_gone(&error) => {
            // the practice closes what it can give no more, whoever noticed it
            let product = Caller::system(who.caller().practice);
            let busy = busy_of(&error);
            let is_over = who.app().door.write(&product, async move |tx| close_taken(tx, id, &busy).await).await?;
            Err(if is_over { taken() } else { held() })
        }
        outcome => outcome.map(Json),
    }
}

/// Decline what was offered. The patient stays on the waitlist.
#[utoipa::path(post, path = "/api/v1/offer/decline", tag = "scheduling", responses((status = 200, body = OfferedVisit)))]
async fn decline(who: ByLink<ToOffer>) -> Result<Json<OfferedVisit>> {
    let id = OfferId(who.subject());
    who.write(async move |tx| {
        let (_, offer) = locked(tx, id).await?;
        let offer = match offer.status {
            OfferStatus::Sent => set(tx, &offer, OfferStatus::Declined).await?,
            OfferStatus::Accepted => return Err(over_for(&offer)),
            _ => offer,
        };
        shown(tx, offer).await.map(Json)
    })
    .await
}

async fn take(tx: &mut TenantTx, id: OfferId) -> Result<OfferedVisit> {
    let (opening, offer) = locked(tx, id).await?;
    if offer.status == OfferStatus::Accepted {
        return shown(tx, offer).await;
    }
    if offer.status != OfferStatus::Sent {
        return Err(over_for(&offer));
    }
    if offer.expires_at <= tx.now() {
        return Err(expired());
    }
    let opening = openings::find(tx, opening).await?;
    let provider = opening.provider_id;
    give(tx, opening, offer.wish_id, Span { start: offer.start, end: offer.end }, provider).await?;
    let offer = find(tx, id).await?;
    shown(tx, offer).await
}

/// The offer, as it is while nobody else can answer one of the same opening.
async fn locked(tx: &mut TenantTx, id: OfferId) -> Result<(OpeningId, Offer)> {
    let opening = find(tx, id).await?.opening_id;
    openings::lock(tx, opening).await?;
    Ok((opening, find(tx, id).await?))
}

/// Who and what a refusal says is taken.
fn busy_of(error: &Error) -> Vec<Uuid> {
    let busy = error.shown().and_then(|shown| Vec::<Busy>::deserialize(&shown["busy"]).ok());
    busy.unwrap_or_default().into_iter().map(|busy| busy.id).collect()
}

/// Closes an opening that can be given no more, and answers whether it is over. What somebody is only keeping while they
/// decide may come back.
async fn close_taken(tx: &mut TenantTx, id: OfferId, busy: &[Uuid]) -> Result<bool> {
    let opening = find(tx, id).await?.opening_id;
    let opening = openings::lock(tx, opening).await?;
    if !busy.is_empty() && openings::is_free(tx, busy, opening.free).await? {
        return Ok(false);
    }
    if opening.status == OpeningStatus::Open {
        let why = openings::gone(tx, &opening).await?.unwrap_or(ClosedFor::Taken);
        openings::close(tx, opening, why).await?;
    }
    Ok(true)
}

fn over_for(offer: &Offer) -> Error {
    match offer.status {
        OfferStatus::Taken => taken(),
        OfferStatus::Expired => expired(),
        OfferStatus::Declined => Error::conflict("offer.declined", "You have declined this time; call the practice."),
        _ => over(),
    }
}

fn taken() -> Error {
    Error::conflict("offer.taken", "Somebody else was faster; you stay on the waitlist.")
}

fn held() -> Error {
    Error::conflict("offer.held", "Somebody is just choosing this time; try again in a few minutes.")
}

fn expired() -> Error {
    Error::conflict("offer.expired", "This offer has ended; you stay on the waitlist.")
}

async fn shown(tx: &mut TenantTx, offer: Offer) -> Result<OfferedVisit> {
    let opening = openings::find(tx, offer.opening_id).await?;
    let wish = wishes::find(tx, offer.wish_id).await?;
    let practice = practice::practice(tx).await?;
    let service = practice::service(tx, wish.fields.service_id).await?;
    let place = practice::location(tx, opening.location_id).await?;
    let provider = opening.provider_id;
    let profile = practice::providers(tx).await?.into_iter().find(|one| one.id == provider);
    let name = people::names(tx, [provider.uuid()].into_iter()).await?.remove(&provider.uuid());
    let name = name.ok_or_else(|| Error::internal("a provider without a name"))?;
    let (title, title_ar) = profile.map_or((None, None), |profile| (profile.title, profile.title_ar));
    let language = patients::reach(tx, offer.patient_id).await?.map_or(practice.language, |reach| reach.language);
    let instead_of = match wish.fields.gives_up_id {
        Some(id) if offer.status == OfferStatus::Sent => {
            let given_up = crate::appointment::find(tx, id).await?;
            wishes::can_be_moved(given_up.status).then_some(given_up.start)
        }
        _ => None,
    };
    // nobody has looked after it since its time ran out
    let has_ended = offer.status == OfferStatus::Sent && offer.expires_at <= tx.now();
    Ok(OfferedVisit {
        status: if has_ended { OfferStatus::Expired } else { offer.status },
        expires_at: offer.expires_at,
        start: offer.start,
        end: offer.end,
        time_zone: opening.time_zone,
        practice: VisitPractice {
            name: practice.name,
            slug: practice.slug,
            has_logo: practice.logo_tag.is_some(),
            phone: place.phone.or(practice.phone),
        },
        place: VisitPlace { name: place.name, name_ar: place.name_ar, address: place.address.or(practice.address) },
        service_en: service.name_en,
        service_ar: service.name_ar,
        providers: vec![VisitProvider { name, title, title_ar }],
        language,
        instead_of,
    })
}

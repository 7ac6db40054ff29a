//! A practice's page, and the only way in for somebody who is not signed in.

use std::collections::HashMap;

use garde::Validate;
use platform::app::App;
use platform::db::{Actor, Caller, Origin, TenantTx};
use platform::error::{Error, FieldError};
use platform::extract::Query;
use platform::guard::Anybody;
use platform::id::{PracticeId, UserId};
use platform::idempotency::{self, Once, Request};
use platform::language::Language;
use platform::limit::{SharedBucket, network_of};
use platform::money::Money;
use platform::phi::Phi;
use platform::routes::{Json, Routes};
use platform::shared::Address;
use platform::{Result, route};
use practice::{Location, LocationId, Provider, Service, Span, VatCategory};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::rules::{self, AskedFor, OnlineRules, OnlineService};
use crate::calcom::{self, slots::Elsewhere};
use crate::settings::{self, SchedulingRules};
use crate::slots::Slot;

/// The route of the page.
pub fn routes() -> Routes {
    Routes::new().route(route!(practice))
}

/// A practice that can be booked online, and somebody who looks at its page.
#[derive(Debug)]
pub struct Page {
    app: App,
    caller: Caller,
}

impl Page {
    /// The practice that the host names, or else this slug. Whether it can be booked online, each transaction asks anew.
    ///
    /// # Errors
    /// 404 when there is no such practice; 429 when its page is asked for too much.
    pub async fn of(who: &Anybody, slug: Option<&str>) -> Result<Self> {
        let slug = who.origin.practice_wanted(slug).ok_or_else(Error::not_found)?;
        Self::named(&who.app, slug, who.origin.clone()).await
    }

    /// The practice of a slug.
    ///
    /// # Errors
    /// As [`Page::of`].
    pub async fn named(app: &App, slug: &str, origin: Origin) -> Result<Self> {
        let mut tx = app.db().auth().await?;
        let found = sqlx::query_scalar!(
            "select practice_id from platform.practice where slug = $1 and status = 'active'",
            slug
        )
        .fetch_optional(tx.conn())
        .await?;
        tx.commit().await?;
        let practice = found.ok_or_else(Error::not_found)?;
        app.limits.check_visitors(practice)?;
        Ok(Self { app: app.clone(), caller: Caller { practice: PracticeId(practice), actor: Actor::Visitor, origin } })
    }

    /// Reads what is public.
    ///
    /// # Errors
    /// 404 when nothing can be booked online there.
    pub async fn read<T>(&self, work: impl AsyncFn(&mut TenantTx) -> Result<T>) -> Result<T> {
        self.app.door.read(&self.caller, work).await
    }

    /// Those of our slots that are free wherever else the service is booked.
    ///
    /// # Errors
    /// As [`calcom::slots::narrow`].
    pub async fn narrow(&self, elsewhere: Option<Elsewhere>, during: Span, slots: Vec<Slot>) -> Result<Vec<Slot>> {
        let narrowed = calcom::slots::narrow(&self.app, self.caller.practice, elsewhere, during, slots).await;
        narrowed.map(|(slots, _)| slots)
    }

    /// Changes something for a visitor.
    ///
    /// # Errors
    /// As [`Page::read`].
    pub async fn write<T>(&self, work: impl AsyncFn(&mut TenantTx) -> Result<T>) -> Result<T> {
        self.app.door.write(&self.caller, work).await
    }

    /// The same once for this key and request, answered with 201.
    ///
    /// # Errors
    /// As [`Page::read`].
    pub async fn create_once<T: Serialize>(
        &self,
        request: Request,
        work: impl AsyncFn(&mut TenantTx) -> Result<T>,
    ) -> Result<Once> {
        idempotency::create_once(&self.app, &self.caller, request, work).await
    }

    /// The network that the visitor comes from.
    pub fn network(&self) -> String {
        network_of(self.caller.origin.ip.as_deref())
    }

    /// Takes from the buckets of the visitor's network and of the practice, which all processes share.
    ///
    /// # Errors
    /// 429 with when to come back.
    pub async fn slow(&self, network: SharedBucket<'_>, practice: SharedBucket<'_>) -> Result<()> {
        let (from, to) = (self.network(), self.caller.practice.to_string());
        self.take(&[SharedBucket { key: &from, ..network }, SharedBucket { key: &to, ..practice }]).await
    }

    /// Takes from the bucket of somebody whom visitors say they are, named so that their data is not in it.
    ///
    /// # Errors
    /// 429 with when to come back.
    pub async fn slow_person(&self, person: &str, bucket: SharedBucket<'_>) -> Result<()> {
        let key = format!("{} {person}", self.caller.practice);
        self.take(&[SharedBucket { key: &key, ..bucket }]).await
    }

    /// From one after the other, until one has nothing left.
    async fn take(&self, buckets: &[SharedBucket<'_>]) -> Result<()> {
        let mut tx = self.app.db().auth().await?;
        let mut taken = Ok(());
        for bucket in buckets {
            taken = bucket.take(&mut tx).await;
            if taken.is_err() {
                break;
            }
        }
        tx.commit().await?;
        taken
    }

    /// Writes to the ledger that a visitor was refused.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn record_refused(&self, operation: &str) -> Result<()> {
        let operation = operation.to_owned();
        self.app
            .door
            .write_regardless(&self.caller, async move |tx| tx.record_denied("booking", &operation).await)
            .await
    }
}

/// Everything that can be booked online, as it is now.
pub struct Offer {
    /// What the practice lets everybody book.
    pub rules: OnlineRules,
    /// How it gives appointments.
    pub scheduling: SchedulingRules,
    /// Who can be booked.
    pub providers: Vec<Provider>,
    /// Where.
    pub locations: Vec<Location>,
}

impl Offer {
    /// Looks it up.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn of(tx: &mut TenantTx) -> Result<Self> {
        let rules = rules::find(tx).await?.rules;
        let scheduling = settings::find(tx).await?.rules;
        let mut providers = practice::providers(tx).await?;
        let among = |id: &UserId| rules.provider_ids.as_ref().is_none_or(|ids| ids.contains(id));
        providers.retain(|provider| provider.bookable && among(&provider.id));
        let mut locations = practice::locations(tx).await?;
        let among = |id: &LocationId| rules.location_ids.as_ref().is_none_or(|ids| ids.contains(id));
        locations.retain(|location| among(&location.id));
        Ok(Self { rules, scheduling, providers, locations })
    }

    /// The service at an address.
    #[must_use]
    pub fn service(&self, slug: &str) -> Option<&OnlineService> {
        self.rules.services.iter().find(|service| service.slug == slug)
    }

    /// Who does a service at a location.
    #[must_use]
    pub fn people(&self, service: &OnlineService, location: LocationId) -> Vec<UserId> {
        let does = |provider: &&Provider| provider.does(service.service_id, location);
        self.providers.iter().filter(does).map(|provider| provider.id).collect()
    }
}

/// A practice as everybody sees it who wants to book.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PublicPractice {
    /// What it is called.
    name: String,
    /// Its address: the sub-domain.
    slug: String,
    /// Whether it has a logo.
    has_logo: bool,
    /// Its language.
    language: Language,
    /// Country, ISO 3166-1 alpha-2: numbers without a country code belong to it.
    country: String,
    /// Its telephone, E.164.
    #[schema(required)]
    phone: Option<Phi<String>>,
    /// What can be booked, in order.
    services: Vec<PublicService>,
    /// Where.
    locations: Vec<PublicLocation>,
    /// With whom, where patients may choose; otherwise nobody is named.
    providers: Vec<PublicProvider>,
    /// Whether an e-mail address is asked for.
    email: AskedFor,
    /// Whether the reason for the visit is.
    reason: AskedFor,
    /// How long a slot is kept while somebody types.
    hold_minutes: i32,
    /// Websites that may show the page within theirs; it tells them its height.
    origins: Vec<String>,
}

/// A service that can be booked.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PublicService {
    /// Its address below the practice's.
    slug: String,
    /// Name in English.
    name_en: String,
    /// Name in Arabic.
    #[schema(required)]
    name_ar: Option<String>,
    /// What there is to know about it, in English.
    #[schema(required)]
    text_en: Option<String>,
    /// The same in Arabic.
    #[schema(required)]
    text_ar: Option<String>,
    /// How long it takes.
    duration_minutes: i32,
    /// What it costs without VAT.
    price: Money,
    /// How VAT applies to it.
    vat_category: VatCategory,
    /// Whether a deposit is asked for.
    deposit: bool,
    /// Whether somebody may book it whom the practice does not know yet.
    new_patients: bool,
    /// Where it is done.
    location_ids: Vec<LocationId>,
}

/// A place where it is done.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PublicLocation {
    /// Its id.
    id: LocationId,
    /// Its name.
    name: String,
    /// Its name in Arabic.
    #[schema(required)]
    name_ar: Option<String>,
    /// Where it is.
    #[schema(required)]
    address: Option<Address>,
    /// Its telephone, E.164.
    #[schema(required)]
    phone: Option<Phi<String>>,
    /// Its zone, IANA.
    time_zone: String,
}

/// Somebody who can be chosen.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PublicProvider {
    /// Their id.
    id: UserId,
    /// Their name.
    name: String,
    /// Title before the name.
    #[schema(required)]
    title: Option<String>,
    /// The same in Arabic.
    #[schema(required)]
    title_ar: Option<String>,
    /// Specialty.
    #[schema(required)]
    specialty: Option<String>,
    /// What they do, by the addresses of the services.
    services: Vec<String>,
    /// Where; none for everywhere.
    location_ids: Vec<LocationId>,
}

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WhichPage {
    /// The practice's slug; at its own address it is always that one.
    #[garde(inner(length(max = 40)))]
    practice: Option<String>,
}

/// A practice, and what can be booked there. A practice that cannot be booked online answers like one that does not exist.
#[utoipa::path(get, path = "/api/v1/booking/practice", tag = "scheduling", params(WhichPage),
    responses((status = 200, body = PublicPractice)))]
async fn practice(who: Anybody, Query(which): Query<WhichPage>) -> Result<Json<PublicPractice>> {
    Page::of(&who, which.practice.as_deref()).await?.read(async |tx| show(tx).await).await.map(Json)
}

async fn show(tx: &mut TenantTx) -> Result<PublicPractice> {
    let offer = Offer::of(tx).await?;
    let practice = practice::practice(tx).await?;
    let ids: Vec<_> = offer.rules.services.iter().map(|service| service.service_id).collect();
    let offered: HashMap<_, Service> =
        practice::services_offered(tx, &ids).await?.into_iter().map(|service| (service.id, service)).collect();
    let services: Vec<PublicService> = offer
        .rules
        .services
        .iter()
        .filter_map(|online| offer.shown(online, offered.get(&online.service_id)?))
        .collect();
    let providers = if offer.rules.choose_provider { names(tx, &offer, &services).await? } else { Vec::new() };
    let location = |location: Location| PublicLocation {
        id: location.id,
        name: location.name,
        name_ar: location.name_ar,
        address: location.address,
        phone: location.phone,
        time_zone: location.time_zone.unwrap_or_else(|| practice.time_zone.clone()),
    };
    Ok(PublicPractice {
        name: practice.name,
        slug: practice.slug,
        has_logo: practice.logo_tag.is_some(),
        language: practice.language,
        country: practice.country,
        phone: practice.phone,
        services,
        locations: offer.locations.into_iter().map(location).collect(),
        providers,
        email: offer.rules.email,
        reason: offer.rules.reason,
        hold_minutes: offer.scheduling.hold_minutes,
        origins: offer.rules.origins,
    })
}

impl Offer {
    /// A service with where it is done; none where nobody does it.
    fn shown(&self, online: &OnlineService, service: &Service) -> Option<PublicService> {
        let location_ids: Vec<_> = self
            .locations
            .iter()
            .map(|location| location.id)
            .filter(|location| !self.people(online, *location).is_empty())
            .collect();
        (!location_ids.is_empty()).then(|| PublicService {
            slug: online.slug.clone(),
            name_en: service.name_en.clone(),
            name_ar: service.name_ar.clone(),
            text_en: online.text_en.clone(),
            text_ar: online.text_ar.clone(),
            duration_minutes: service.duration_minutes,
            price: service.price,
            vat_category: service.vat_category,
            deposit: online.deposit,
            new_patients: online.new_patients,
            location_ids,
        })
    }
}

async fn names(tx: &mut TenantTx, offer: &Offer, services: &[PublicService]) -> Result<Vec<PublicProvider>> {
    let ids: Vec<Uuid> = offer.providers.iter().map(|provider| provider.id.uuid()).collect();
    let rows = sqlx::query!(r#"select id as "id!", name as "name!" from auth.actor_names($1)"#, &ids)
        .fetch_all(tx.conn())
        .await?;
    let names: HashMap<Uuid, String> = rows.into_iter().map(|row| (row.id, row.name)).collect();
    let does = |provider: &Provider, slug: &str| {
        let service = offer.service(slug).map(|service| service.service_id);
        provider.service_ids.as_ref().is_none_or(|ids| service.is_some_and(|service| ids.contains(&service)))
    };
    let shown = |provider: &Provider| {
        let services: Vec<String> =
            services.iter().map(|service| service.slug.clone()).filter(|slug| does(provider, slug)).collect();
        Some(PublicProvider {
            id: provider.id,
            name: names.get(&provider.id.uuid())?.clone(),
            title: provider.title.clone(),
            title_ar: provider.title_ar.clone(),
            specialty: provider.specialty.clone(),
            services,
            location_ids: provider.location_ids.clone(),
        })
    };
    let all = offer.providers.iter().filter_map(shown);
    Ok(all.filter(|provider| !provider.services.is_empty()).collect())
}

/// What stands for a network or a person (`TenantTx::blind`), as something to wait one's turn at.
#[must_use]
pub fn turn_at(blind: &str) -> Uuid {
    blind.get(..32).and_then(|digits| Uuid::parse_str(digits).ok()).unwrap_or_default()
}

/// That something named is not among what can be booked.
#[must_use]
pub fn unknown(pointer: &str) -> Error {
    Error::invalid(vec![FieldError::new(pointer, "not_found", "Choose among what can be booked online.")])
}

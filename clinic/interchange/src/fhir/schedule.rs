//! Schedule (hl7.org/fhir/R4/schedule.html): the time of somebody with whom appointments can be made. Its id is theirs.

use jiff::{Span, Timestamp};
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::Path;
use platform::guard::Can;
use platform::id::UserId;
use platform::permission::appointments as may;
use platform::routes::Routes;
use platform::{Result, route};
use practice::{Provider, ServiceNames};
use serde_json::{Value, json};

use super::answer::{Because, Resource, base, entry, meta, page, reference};
use super::asked::{self, ID, InJson, Known, Parameter, Search, alternatives};

/// The routes of schedules.
pub fn routes() -> Routes {
    Routes::new().route(route!(read)).route(route!(search)).route(route!(search_by_form))
}

/// What schedules can be searched by.
pub const PARAMETERS: &[Parameter] = &[
    ID,
    Parameter { name: "active", kind: "token", about: "true or false.", personal: false, modifiers: &[] },
    Parameter { name: "actor", kind: "reference", about: "Whose it is.", personal: false, modifiers: &[] },
];

/// A schedule.
#[utoipa::path(get, path = "/fhir/R4/Schedule/{id}", tag = "interchange",
    params(("id" = Uuid, Path, description = "The provider"),
           ("_format" = Option<String>, Query, description = "`json`")),
    responses((status = 200, content_type = "application/fhir+json", body = Resource)))]
async fn read(who: Can<may::Read>, Path(id): Path<UserId>, _: InJson) -> Result<Resource> {
    who.read(async move |tx| {
        let all = practice::providers(tx).await?;
        let one = all.iter().find(|one| one.id == id).ok_or_else(Error::not_found)?;
        let body = Surroundings::find(tx).await?.resource(one);
        Ok(Resource::new(body, one.version, one.updated_at))
    })
    .await
}

/// Search for schedules.
#[utoipa::path(get, path = "/fhir/R4/Schedule", tag = "interchange",
    params(("_id" = Option<String>, Query), ("active" = Option<String>, Query), ("actor" = Option<String>, Query),
           ("_count" = Option<u32>, Query, description = "At most 200"), ("_format" = Option<String>, Query)),
    responses((status = 200, content_type = "application/fhir+json", body = Resource)))]
async fn search(who: Can<may::Read>, search: Search) -> Result<Resource> {
    found(who, search).await
}

/// Search for schedules, with what is searched by in the body.
#[utoipa::path(post, path = "/fhir/R4/Schedule/_search", tag = "interchange",
    params(("_format" = Option<String>, Query)),
    request_body(content_type = "application/x-www-form-urlencoded", content = Object),
    responses((status = 200, content_type = "application/fhir+json", body = Resource)))]
async fn search_by_form(who: Can<may::Read>, search: Search) -> Result<Resource> {
    found(who, search).await
}

async fn found(who: Can<may::Read>, search: Search) -> Result<Resource> {
    let app = who.app().clone();
    who.read(async move |tx| {
        let known = search.clone().known(tx, PARAMETERS).await?;
        let mut all = practice::providers(tx).await?;
        for one in std::mem::take(&mut all) {
            if fits(&known, &one)? {
                all.push(one);
            }
        }
        let (shown, next) = asked::cut(&known, all, |one| one.id.uuid())?;
        let (base, around) = (base(&app), Surroundings::find(tx).await?);
        let entries = shown.iter().map(|one| entry(&base, around.resource(one), Because::Match)).collect();
        let links = known.links(tx, &app, "Schedule", next).await?;
        Ok(page(tx.now(), &known, links, entries))
    })
    .await
}

fn fits(known: &Known, one: &Provider) -> Result<bool> {
    for (parameter, _, value) in &known.by {
        let fits = match parameter.name {
            "_id" => asked::ids("_id", value, "Schedule")?.contains(&one.id.uuid()),
            "actor" => asked::ids("actor", value, "Practitioner")?.contains(&one.id.uuid()),
            _ => alternatives("active", value)?.iter().any(|said| *said == one.bookable.to_string()),
        };
        if !fits {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What all schedules of a practice have in common.
struct Surroundings {
    services: ServiceNames,
    /// From when until when patients book by themselves.
    horizon: [Timestamp; 2],
}

impl Surroundings {
    async fn find(tx: &mut TenantTx) -> Result<Self> {
        let days = scheduling::settings(tx).await?.rules.horizon_days;
        let hours = Span::new().hours(i64::from(days) * 24);
        let horizon = [tx.now(), tx.now().checked_add(hours).map_err(Error::internal)?];
        Ok(Self { services: practice::service_names(tx).await?, horizon })
    }

    /// The resource. Who does everything names no services.
    fn resource(&self, one: &Provider) -> Value {
        let services = one.service_ids.iter().flatten().filter_map(|id| self.services.get(id));
        json!({
            "resourceType": "Schedule",
            "id": one.id,
            "meta": meta(one.version, one.updated_at),
            "active": one.bookable,
            "serviceType": services.map(|name| json!({ "text": name })).collect::<Vec<_>>(),
            "actor": [reference("Practitioner", one.id)],
            "planningHorizon": { "start": self.horizon[0], "end": self.horizon[1] },
        })
    }
}

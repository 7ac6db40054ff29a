//! What stands around a visit: service, provider, location, rooms. Looked up for many at once, and called as the patient's
//! language calls it, where it has a name in it.

use std::collections::HashMap;

use automation::block::{Field, Kind};
use platform::Result;
use platform::db::TenantTx;
use platform::id::UserId;
use platform::language::Language;
use platform::people;
use platform::phi::Phi;
use platform::shared::Address;
use practice::{Location, LocationId, Practice, Provider, RoomId, Service, ServiceId};
use serde_json::{Value, json};
use uuid::Uuid;

/// What a workflow sees of a service.
pub const SERVICE: [Field; 5] = [
    Field::new("service", Kind::Object, "{}"),
    Field::new("service.id", Kind::Ref("service"), r#""01a1fe48-1891-756b-aab2-930c260b1d02""#),
    Field::new("service.name", Kind::Text, r#""Dental cleaning""#),
    Field::new("service.nameAr", Kind::Text, r#""تنظيف الأسنان""#),
    Field::new("service.category", Kind::Text, r#""Hygiene""#),
];

/// Of a provider, with their title in front of the name.
pub const PROVIDER: [Field; 3] = [
    Field::new("provider", Kind::Object, "{}"),
    Field::new("provider.id", Kind::Ref("provider"), r#""01a1fe48-1891-756b-aab2-930c260b1d02""#),
    Field::new("provider.name", Kind::Text, r#""Dr. Sami Nasser""#).sensitive(),
];

/// Of a location. Address and phone are the practice's, where it has none of its own.
pub const LOCATION: [Field; 5] = [
    Field::new("location", Kind::Object, "{}"),
    Field::new("location.id", Kind::Ref("location"), r#""01a1fe48-1891-756b-aab2-930c260b1d02""#),
    Field::new("location.name", Kind::Text, r#""Olaya""#),
    Field::new("location.address", Kind::Text, r#""King Fahd Road 12, Riyadh""#),
    Field::new("location.phone", Kind::Phone, r#""+966112345678""#),
];

/// Which of them.
#[derive(Debug, Default)]
pub struct Wanted {
    /// Services.
    pub services: Vec<ServiceId>,
    /// Locations.
    pub locations: Vec<LocationId>,
    /// Providers.
    pub providers: Vec<UserId>,
    /// Rooms and chairs.
    pub rooms: Vec<RoomId>,
}

/// What was found.
pub struct Around {
    practice: Practice,
    services: HashMap<ServiceId, Service>,
    locations: HashMap<LocationId, Location>,
    profiles: HashMap<UserId, Provider>,
    names: HashMap<Uuid, Phi<String>>,
    rooms: HashMap<RoomId, (String, Option<String>)>,
}

impl Around {
    /// Looks them up, in a number of statements that does not depend on theirs.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn of(tx: &mut TenantTx, wanted: &Wanted) -> Result<Self> {
        let services: Vec<Uuid> = wanted.services.iter().map(|id| id.uuid()).collect();
        let locations: Vec<Uuid> = wanted.locations.iter().map(|id| id.uuid()).collect();
        let rooms: Vec<Uuid> = wanted.rooms.iter().map(|id| id.uuid()).collect();
        let services = practice::services_of(tx, &services).await?.into_iter();
        let locations = practice::locations_of(tx, &locations).await?.into_iter();
        Ok(Self {
            practice: practice::practice(tx).await?,
            services: services.map(|service| (service.id, service)).collect(),
            locations: locations.map(|location| (location.id, location)).collect(),
            profiles: practice::providers(tx).await?.into_iter().map(|profile| (profile.id, profile)).collect(),
            names: people::names(tx, wanted.providers.iter().map(|id| id.uuid())).await?,
            rooms: practice::room_names(tx, &rooms).await?,
        })
    }

    /// A service.
    pub fn service(&self, id: ServiceId, language: Language) -> Value {
        let service = self.services.get(&id);
        json!({
            "id": id,
            "name": service.map(|service| local(&service.name_en, service.name_ar.as_ref(), language)),
            "nameAr": service.and_then(|service| service.name_ar.as_ref()),
            "category": service.and_then(|service| service.category.as_ref()),
        })
    }

    /// A provider; who is none is nobody.
    pub fn provider(&self, id: Option<UserId>, language: Language) -> Value {
        let profile = id.and_then(|id| self.profiles.get(&id));
        let title = profile.and_then(|profile| {
            let own = profile.title_ar.as_ref().filter(|_| language == Language::Ar);
            own.or(profile.title.as_ref()).cloned()
        });
        let name = id.and_then(|id| self.names.get(&id.uuid())).map(|name| {
            let parts = [title, Some(name.expose().clone())];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
        });
        json!({ "id": id, "name": name })
    }

    /// A location.
    pub fn location(&self, id: LocationId, language: Language) -> Value {
        let location = self.locations.get(&id);
        let address = location.and_then(|location| location.address.as_ref()).or(self.practice.address.as_ref());
        let phone = location.and_then(|location| location.phone.as_ref()).or(self.practice.phone.as_ref());
        json!({
            "id": id,
            "name": location.map(|location| local(&location.name, location.name_ar.as_ref(), language)),
            "address": address.map(line),
            "phone": phone.map(Phi::expose),
        })
    }

    /// What rooms are called.
    pub fn rooms(&self, ids: &[RoomId], language: Language) -> Vec<&str> {
        let names = ids.iter().filter_map(|id| self.rooms.get(id));
        names.map(|(name, name_ar)| local(name, name_ar.as_ref(), language)).collect()
    }
}

fn local<'a>(name: &'a str, name_ar: Option<&'a String>, language: Language) -> &'a str {
    name_ar.filter(|_| language == Language::Ar).map_or(name, String::as_str)
}

fn line(address: &Address) -> String {
    let lines = [Some(&address.line1), address.line2.as_ref(), Some(&address.city)];
    lines.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ")
}

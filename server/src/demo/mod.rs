//! `vantage demo`: two practices with invented people, on a private PostgreSQL, with nothing to configure.

mod appointments;
mod automations;
mod calcom;
mod clinics;
mod desk;
mod online;
mod patients;
mod tasks;
mod voice;
mod waitlist;

use axum::Router;
use identity::Authenticator;
use platform::App;
use platform::config::Config;
use platform::crypto::RootKeys;
use platform::db::migrate;
use platform::error::{Error, Result};
use platform::phi::Phi;
use platform::telemetry;
use serde_json::{Value, json};

use clinics::{CLINICS, Clinic, Person, Place};
use desk::Desk;

use crate::{cli, mails, routes, serve};

/// Password of everybody in the demo.
const PASSWORD: &str = "vantage-demo-2026";

/// The administrator of the platform, and the seed of their authenticator app.
const ADMIN: &str = "admin@vantage.example";
const SEED: [u8; 20] = *b"vantage demo 2026 !!";

/// The authenticator app of the demo's administrator.
///
/// # Errors
/// Never in practice.
pub fn authenticator() -> Result<Authenticator> {
    Authenticator::new(SEED.to_vec(), ADMIN)
}

/// Runs the demo until it is stopped. What was entered in it stays for the next time.
///
/// # Errors
/// Says what is missing.
pub async fn run(config: Config) -> Result<()> {
    if !config.database_url.is_empty() {
        return Err(Error::internal(
            "the demo makes accounts with a password that everybody knows: unset DATABASE_URL",
        ));
    }
    let config = Config { log: "warn".to_owned(), log_format: "text".to_owned(), ..config };
    let telemetry = telemetry::start(&config)?;
    let place = serve::database(&config).await?;
    migrate::migrate(&place.options, &config.database_passwords()?).await?;
    if config.root_key.is_empty() && !config.root_key_file().exists() {
        RootKeys::create(&config.root_key_file(), None)?;
    }
    let app = serve::start_app(config.clone(), &place)?;
    furnish(&app).await?;
    tokio::spawn(mails::follow(app.clone()));
    let outcome = serve::run_app(app, serve::Mode::Serve { workers: true }, &telemetry, || welcome(&config)).await;
    drop(place);
    outcome
}

fn welcome(config: &Config) -> Result<()> {
    let mut text = format!("\n  Vantage runs at {}\n\n  sign in, always with {PASSWORD}, as\n", config.public_origin());
    for Clinic { slug, name, people, .. } in &CLINICS {
        let own = config.public_origin().replacen("://", &format!("://{slug}."), 1);
        text += &format!("\n    {name}, also at {own}; patients book at {}/book/{slug}\n", config.public_origin());
        for Person { email, role, .. } in *people {
            text += &format!("      {email:<26} {role}\n");
        }
    }
    text += &format!("\n    The platform, at {}/platform\n", config.public_origin());
    text += &format!("      {ADMIN:<26} administrator\n");
    text += &format!("\n  The administrator's authenticator app: {}\n", authenticator()?.secret().expose());
    text += "  or its code now, by `vantage admin code`.\n";
    text += "\n  Mails are not sent but shown here, and again by `vantage mails`.\n";
    text += "\n  Ctrl-C stops it; what you enter is kept for the next time.\n\n";
    cli::print(&text)
}

/// Makes the practices that are not there yet.
async fn furnish(app: &App) -> Result<()> {
    voice::unpack(&app.config.clients_dir())?;
    let password = Phi::new(PASSWORD.to_owned());
    administration::ensure_known(app, ADMIN, "Vantage Support", password, &SEED).await?;
    let mut tx = app.db().platform("demo: which practices exist").await?;
    let existing = sqlx::query_scalar!("select slug from platform.practice").fetch_all(tx.conn()).await?;
    tx.commit().await?;
    let api = routes::api(app)?;
    for clinic in &CLINICS {
        if !existing.iter().any(|known| known == clinic.slug) {
            let owner = found(&api, clinic).await?;
            equip(&owner, clinic).await?;
            staff(&api, &owner, clinic).await?;
            online::open(&owner, clinic).await?;
            patients::enter(&owner, clinic.language, clinic.patients).await?;
            appointments::enter(&owner, clinic.language, clinic.patients, app.now()).await?;
            waitlist::enter(&owner, clinic.language, app.now()).await?;
            tasks::enter(&owner, clinic.language, app.now()).await?;
            voice::enter(app, &owner, clinic.slug, app.now()).await?;
            automations::enter(&owner, clinic.language, clinic.slug == CLINICS[0].slug).await?;
            if clinic.slug == CLINICS[0].slug {
                calcom::connect(&owner, app.now()).await?;
            }
        }
    }
    Ok(())
}

/// Signs a clinic up, and its owner in.
async fn found(api: &Router, clinic: &Clinic) -> Result<Desk> {
    let owner = &clinic.people[0];
    let asked = json!({ "clinicName": clinic.name, "slug": clinic.slug, "name": owner.name, "email": owner.email,
                        "password": PASSWORD, "locale": clinic.language });
    let desk = Desk::enter(api, "/api/auth/signup", asked).await?;
    let profile = desk.get("/api/v1/practice").await?;
    desk.patch(
        "/api/v1/practice",
        json!({ "version": profile["version"], "legalName": clinic.legal_name, "vatNumber": clinic.vat_number,
                "phone": clinic.phone, "email": owner.email, "address": address(clinic.places[0].street) }),
    )
    .await?;
    Ok(desk)
}

/// Locations, rooms, hours, closing days, services.
async fn equip(owner: &Desk, clinic: &Clinic) -> Result<()> {
    for Place { name, name_ar, street, rooms } in clinic.places {
        let place = json!({ "name": name, "nameAr": name_ar, "address": address(street), "phone": clinic.phone });
        let place = owner.post("/api/v1/locations", place).await?;
        for (sort, (name, name_ar, kind, colour)) in rooms.iter().enumerate() {
            let room = json!({ "locationId": place["id"], "name": name, "nameAr": name_ar, "kind": kind,
                               "colour": colour, "sort": sort });
            owner.post("/api/v1/rooms", room).await?;
        }
    }
    let week: Vec<_> = clinic.week.iter().flat_map(|(days, times)| days.iter().map(move |day| (day, times))).collect();
    let interval = |(from, to): &(&str, &str)| json!({ "from": from, "to": to });
    let day = |(day, times): (&i8, &&[(&str, &str)])| json!({ "weekday": day, "intervals": times.iter().map(interval).collect::<Vec<_>>() });
    let week: Vec<_> = week.into_iter().map(day).collect();
    owner.put("/api/v1/hours", json!({ "owner": "practice", "version": 0, "week": week })).await?;
    let holidays = owner.get("/api/v1/closing-days/suggestions").await?;
    let mut keys: Vec<_> = holidays["items"].as_array().into_iter().flatten().map(|day| day["key"].clone()).collect();
    keys.dedup();
    owner.post("/api/v1/closing-days/adopt", json!({ "keys": keys })).await?;
    for (name_en, name_ar, code, category, minutes, halalas, vat, colour) in clinic.services {
        let service = json!({ "nameEn": name_en, "nameAr": name_ar, "code": code, "category": category,
            "durationMinutes": minutes, "bufferAfterMinutes": 5, "price": { "amountMinor": halalas, "currency": "SAR" },
            "vatCategory": vat, "colour": colour });
        owner.post("/api/v1/services", service).await?;
    }
    Ok(())
}

fn address(street: &str) -> Value {
    json!({ "line1": street, "line2": null, "city": "Riyadh", "region": null, "postalCode": "12214", "country": "SA" })
}

/// Everybody else, each by an invitation that they accepted, and one who has not yet.
async fn staff(api: &Router, owner: &Desk, clinic: &Clinic) -> Result<()> {
    for Person { email, name, role, .. } in &clinic.people[1..] {
        let invite = json!({ "email": email, "name": name, "role": role, "language": clinic.language });
        let invite = owner.post("/api/v1/invites", invite).await?;
        let token = invite["link"].as_str().and_then(|link| link.rsplit_once('#')).map(|(_, token)| token);
        let accept = json!({ "token": token, "name": name, "password": PASSWORD });
        Desk::enter(api, "/api/auth/accept-invite", accept).await?;
    }
    let members = owner.get("/api/v1/staff").await?;
    let members = members["items"].as_array().into_iter().flatten();
    for member in members {
        let person = clinic.people.iter().find(|person| member["email"] == person.email);
        if let Some((title, title_ar, specialty, colour)) = person.and_then(|person| person.profile) {
            let profile = json!({ "title": title, "titleAr": title_ar, "specialty": specialty, "colour": colour,
                                  "bookable": true, "version": 0 });
            owner.put(&format!("/api/v1/providers/{}", member["id"].as_str().unwrap_or_default()), profile).await?;
        }
    }
    let (email, name, role) = clinic.invited;
    owner
        .post("/api/v1/invites", json!({ "email": email, "name": name, "role": role, "language": clinic.language }))
        .await?;
    owner.post("/api/v1/onboarding/finish", Value::Null).await.map(drop)
}

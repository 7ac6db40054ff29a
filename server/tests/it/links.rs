//! What is behind a patient's link: for whoever came by it, and for nobody else.

use platform::App;
use platform::clock::Clock;
use platform::config::Config;
use platform::crypto::RootKeys;
use platform::db::Caller;
use platform::id::{PatientId, PracticeId};
use platform::patient_link::{NewLink, Purpose};
use platform::testing::{Person, ROOT_KEY, TestServer, app_with};
use serde_json::json;
use uuid::Uuid;

use crate::operations::all_operations;
use crate::product;
use crate::things::visit;

/// The operations behind a link take its token and nobody else's; a link takes nobody anywhere else, and not to what
/// links of another purpose are for.
#[tokio::test]
async fn what_is_behind_a_link_is_for_whoever_came_by_it() {
    let server = product().await;
    let owner = server.owner_of("alpha").await;
    let administrator = server.administrator("noura").await;
    let links = ["appointment", "offer"].map(|purpose| (format!("patient_link.{purpose}"), purpose));
    let behind = by_link(&server, &owner).await;
    for operation in all_operations().iter().filter(|o| o.permission != "anybody") {
        let body = || operation.body.as_ref().map(|_| json!({}));
        if operation.is_of_patients() {
            assert!(links.iter().any(|(name, _)| *name == operation.permission), "{}", operation.name());
            for stranger in [&owner, &administrator] {
                let answer = operation.call(stranger, Uuid::now_v7(), body()).await;
                assert_eq!((answer.status.as_u16(), answer.code()), (401, "auth.required"), "{}", operation.name());
            }
        }
        for (patient, purpose) in behind.iter().zip(links.iter().map(|(name, _)| name)) {
            let answer = operation.call(patient, Uuid::now_v7(), body()).await;
            let said = (answer.status.as_u16(), answer.code());
            if operation.permission == *purpose {
                assert!(![401, 403].contains(&said.0), "{}: {said:?}", operation.name());
            } else if operation.is_of_patients() {
                assert_eq!(said, (403, "auth.forbidden"), "{}", operation.name());
            } else {
                assert_eq!(said, (401, "auth.required"), "{}", operation.name());
            }
        }
    }
}

/// Patients of a practice behind links that nobody has revoked: to an appointment, and to an offer.
pub async fn by_link(server: &TestServer, owner: &Person) -> [Person; 2] {
    let insured = json!({ "givenName": "Noura", "birthDate": "1990-05-17" });
    let made = owner.post("/api/v1/patients", &insured).await.expect(201);
    let patient = PatientId(serde_json::from_value(made["id"].clone()).expect("an id"));
    let (appointment, _) = visit(server, owner, patient.uuid()).await;
    let caller = Caller::system(PracticeId(owner.practice()));
    let expires = server.clock.now() + jiff::SignedDuration::from_hours(24);
    let behind = async |purpose: Purpose, subject: Uuid| {
        let new = NewLink { purpose, subject, patient, expires };
        let address =
            server.app.door.write(&caller, async move |tx| tx.patient_link(&new).await).await.expect("a link");
        let token = address.expose().split_once('#').expect("a token").1.to_owned();
        let opened = json!({ "token": token, "dateOfBirth": "1990-05-17" });
        let opened = server.stranger().post("/api/v1/patient-links/open", &opened).await.expect(200);
        let mut person = server.stranger();
        person.token = opened["accessToken"].as_str().map(str::to_owned);
        person
    };
    [behind(Purpose::Appointment, appointment).await, behind(Purpose::Offer, Uuid::now_v7()).await]
}

#[tokio::test]
async fn a_link_stays_the_same_when_the_root_key_is_changed() {
    let server = product().await;
    let owner = server.owner_of("alpha").await;
    let made = owner.post("/api/v1/patients", &json!({ "givenName": "Noura" })).await.expect(201);
    let patient = PatientId(serde_json::from_value(made["id"].clone()).expect("an id"));
    let expires = server.clock.now() + jiff::SignedDuration::from_hours(24);
    let new = NewLink { purpose: Purpose::Offer, subject: Uuid::now_v7(), patient, expires };
    let caller = Caller::system(PracticeId(owner.practice()));
    let address =
        async |app: &App| app.door.write(&caller, async move |tx| tx.patient_link(&new).await).await.expect("a link");
    let before = address(&server.app).await;
    let folder = std::env::temp_dir().join(format!("vantage-links-{}", Uuid::now_v7()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("root.key");
    let both = RootKeys::create(&file, Some(&RootKeys::parse(ROOT_KEY).expect("a key"))).expect("a new key");
    let with = |root: RootKeys| app_with(&server.database.options, Config::default(), Clock::System, root);
    with(both.clone()).door.write(&caller, async |tx| tx.rewrap_data_keys().await).await.expect("wraps");
    let after = address(&with(both.forget_older(&file).expect("forgets"))).await;
    assert_eq!(before.expose(), after.expose());
    std::fs::remove_dir_all(folder).expect("removed");
}

/// Whoever reads the tables finds no address of a calendar in them.
#[tokio::test]
async fn of_a_calendar_s_address_nothing_is_kept_that_would_open_it() {
    let server = product().await;
    let owner = server.owner_of("alpha").await;
    owner.put(&format!("/api/v1/providers/{}", owner.user()), &json!({ "version": 0 })).await.expect(200);
    let made = owner.post(&format!("/api/v1/providers/{}/calendar-feed", owner.user()), &json!(null)).await.expect(201);
    let token = made["url"].as_str().and_then(|url| url.rsplit('/').next()).expect("a token").trim_end_matches(".ics");
    let kept: String = sqlx::query_scalar("select string_agg(f::text, ' ') from auth.calendar_feed f")
        .fetch_one(&mut server.database.conn().await)
        .await
        .expect("a text");
    assert!(kept.contains(&owner.user().to_string()) && !kept.contains(token));
}

//! The short addresses for programs: the same clinic, the same people, the same rules.

use platform::config::Config;
use platform::testing::{Answer, Person, TestServer};
use serde_json::{Value, json};

use crate::accounts::set_up_totp;
use crate::product;

const PASSWORD: &str = "a long test password";

/// Somebody with the access token that an answer carries.
fn with_token(server: &TestServer, answer: &Value) -> Person {
    let mut person = server.stranger();
    person.token = Some(answer["accessToken"].as_str().expect("a token").to_owned());
    person
}

async fn sign_up(server: &TestServer, name: &str, email: &str) -> Answer {
    let body = json!({ "clinicName": name, "name": "Sara Al-Qahtani", "email": email, "password": PASSWORD });
    server.stranger().post("/api/auth/signup", &body).await
}

#[tokio::test]
async fn a_clinic_from_its_sign_up_to_its_staff() {
    let server = product().await;
    let signed_up = sign_up(&server, "Alpha Dental", "owner@alpha.example").await;
    let cookies: Vec<_> = signed_up.headers.get_all("set-cookie").iter().collect();
    assert!(cookies.iter().all(|c| c.to_str().expect("text").starts_with("__Host-vantage_device=")), "{cookies:?}");
    let signed_up = signed_up.expect(201);
    let clinic = json!({ "id": signed_up["clinic"]["id"], "name": "Alpha Dental", "slug": "alpha-dental", "locale": "en", "timezone": "Asia/Riyadh" });
    assert_eq!(signed_up["clinic"], clinic);
    let owner = with_token(&server, &signed_up);
    assert_eq!(owner.get("/api/clinics/me").await.expect(200), clinic);
    assert_eq!(owner.get("/api/users/me").await.expect(200), signed_up["user"]);
    assert_eq!(
        signed_up["user"],
        json!({ "id": signed_up["user"]["id"], "name": "Sara Al-Qahtani", "email": "owner@alpha.example", "role": "owner", "clinicId": clinic["id"] })
    );
    // the token opens the versioned routes as well
    assert_eq!(owner.get("/api/v1/auth/session").await.expect(200)["practice"]["slug"], "alpha-dental");

    let login = json!({ "email": "owner@alpha.example", "password": PASSWORD });
    let again = server.stranger().post("/api/auth/login", &login).await.expect(200);
    assert_eq!((&again["user"], &again["clinic"]), (&signed_up["user"], &clinic));
    let wrong = json!({ "email": "owner@alpha.example", "password": "not the password" });
    assert_eq!(server.stranger().post("/api/auth/login", &wrong).await.code(), "auth.invalid_credentials");

    let invited = json!({ "email": "dr@alpha.example", "role": "DENTIST" });
    let invite = owner.post("/api/auth/invite", &invited).await.expect(201);
    assert_eq!(invite.as_object().map(serde_json::Map::len), Some(2));
    assert_eq!(owner.post("/api/auth/invite", &invited).await.code(), "invite.exists");
    let accept = json!({ "token": invite["token"], "name": "Omar Haddad", "password": "another long password" });
    let joined = server.stranger().post("/api/auth/accept-invite", &accept).await.expect(200);
    assert_eq!((&joined["user"]["role"], &joined["clinic"]), (&json!("provider"), &clinic));
    assert_eq!(server.stranger().post("/api/auth/accept-invite", &accept).await.code(), "invite.used");

    let dentist = with_token(&server, &joined);
    let names = |users: &Value| users.as_array().expect("a list").iter().map(|u| u["name"].clone()).collect::<Vec<_>>();
    let users = owner.get("/api/users").await.expect(200);
    assert_eq!(names(&users), ["Omar Haddad", "Sara Al-Qahtani"]);
    assert_eq!(users[0]["email"], "dr@alpha.example");
    // addresses are for whoever may change staff
    let seen = dentist.get("/api/users").await.expect(200);
    assert_eq!((names(&seen), &seen[0]["email"]), (names(&users), &Value::Null));
    for refused in
        [dentist.post("/api/auth/invite", &invited).await, dentist.patch("/api/clinics/me", &json!({})).await]
    {
        assert_eq!((refused.status.as_u16(), refused.code()), (403, "auth.forbidden"));
    }
    assert_eq!(server.stranger().get("/api/users").await.code(), "auth.required");
}

#[tokio::test]
async fn clinics_of_one_name_get_addresses_of_their_own() {
    let server = product().await;
    let first = sign_up(&server, "Alpha Dental", "a@alpha.example").await.expect(201);
    let second = sign_up(&server, "Alpha Dental", "b@alpha.example").await.expect(201);
    let slug = second["clinic"]["slug"].as_str().expect("a slug");
    assert!(slug.starts_with("alpha-dental-") && first["clinic"]["slug"] == "alpha-dental", "{slug}");
    let mut body = json!({ "clinicName": "Beta", "slug": "alpha-dental", "name": "B", "email": "c@beta.example", "password": PASSWORD });
    assert_eq!(server.stranger().post("/api/auth/signup", &body).await.code(), "practice.slug_taken");
    body["slug"] = json!("Not one");
    body["locale"] = json!("fr");
    assert_eq!(server.stranger().post("/api/auth/signup", &body).await.faults(), ["/locale invalid"]);
    let owner = with_token(&server, &first);
    let role = owner.post("/api/auth/invite", &json!({ "email": "x@alpha.example", "role": "KING" })).await;
    assert_eq!((role.status.as_u16(), role.faults().len()), (422, 1));
}

#[tokio::test]
async fn an_account_with_a_second_factor_is_asked_for_it() {
    let server = product().await;
    let owner = server.owner_of("alpha").await;
    set_up_totp(&server, &owner).await;
    let login = json!({ "email": "owner@alpha.example", "password": PASSWORD });
    let asked = server.stranger().post("/api/auth/login", &login).await;
    assert_eq!((asked.status.as_u16(), &asked.body["methods"][0]), (202, &json!("totp")));
    assert_eq!(asked.body["accessToken"], Value::Null);
}

#[tokio::test]
async fn how_long_invitations_of_a_new_clinic_serve_is_a_setting() {
    let config = Config { invite_expiry_hours: 24, ..Config::default() };
    let server = TestServer::with(config, server::routes::duties(), server::routes::api).await;
    let owner = server.owner_of("alpha").await;
    assert_eq!(owner.get("/api/v1/security").await.expect(200)["inviteHours"], 24);
    let invite =
        owner.post("/api/auth/invite", &json!({ "email": "x@alpha.example", "role": "staff" })).await.expect(201);
    let expires: jiff::Timestamp = invite["expiresAt"].as_str().expect("text").parse().expect("a time");
    let left = expires.duration_since(server.clock.now()).as_hours();
    assert!((23..=24).contains(&left), "{left}");
}

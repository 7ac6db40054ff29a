//! Passkeys, with an authenticator and a browser of another maker (1Password's library) on the other side.

use passkey::authenticator::{Authenticator, UiHint, UserCheck, UserValidationMethod};
use passkey::client::{Client, DefaultClientData, WebauthnError};
use passkey::crypto::aws_lc_rs::AwsLcRsBackend;
use passkey::types::Passkey;
use passkey::types::ctap2::{Aaguid, Ctap2Error};
use passkey::types::webauthn::{CredentialCreationOptions, CredentialRequestOptions};
use platform::config::Config;
use platform::testing::{Answer, Person, TestServer};
use serde_json::{Value, json};
use url::Url;

use super::{PASSWORD, ledger, mails, outside, sign_in};

const OWNER: &str = "owner@alpha.example";

/// Somebody at the device, whose finger it knows or does not know.
struct Finger {
    known: bool,
}

#[async_trait::async_trait]
impl UserValidationMethod for Finger {
    type PasskeyItem = Passkey;

    async fn check_user<'a>(&self, _: UiHint<'a, Passkey>, _: bool, _: bool) -> Result<UserCheck, Ctap2Error> {
        Ok(UserCheck { presence: true, verification: self.known })
    }

    fn is_presence_enabled(&self) -> bool {
        true
    }

    fn is_verification_enabled(&self) -> Option<bool> {
        Some(true)
    }
}

/// A browser at an origin, on a device that holds one passkey.
struct Browser {
    passkey: Option<Passkey>,
    knows_its_person: bool,
    origin: Url,
}

impl Browser {
    fn at(origin: &str) -> Self {
        Self { passkey: None, knows_its_person: true, origin: Url::parse(origin).expect("an origin") }
    }

    fn device(&self) -> Authenticator<Option<Passkey>, Finger, AwsLcRsBackend> {
        let finger = Finger { known: self.knows_its_person };
        let mut device = Authenticator::new(Aaguid::new_empty(), self.passkey.clone(), finger, AwsLcRsBackend);
        // as those that count their uses do
        device.set_make_credentials_with_signature_counter(true);
        device
    }

    async fn make(&mut self, options: &Value) -> Value {
        let options: CredentialCreationOptions =
            serde_json::from_value(json!({ "publicKey": options })).expect("options");
        let mut client = Client::new(self.device());
        let made = client.register(&self.origin, options, DefaultClientData).await.expect("makes");
        self.passkey = client.authenticator().store().clone();
        serde_json::to_value(made).expect("json")
    }

    async fn use_one(&mut self, options: &Value) -> Result<Value, WebauthnError> {
        let options: CredentialRequestOptions =
            serde_json::from_value(json!({ "publicKey": options })).expect("options");
        let mut client = Client::new(self.device());
        let used = client.authenticate(&self.origin, options, DefaultClientData).await?;
        self.passkey = client.authenticator().store().clone();
        Ok(serde_json::to_value(used).expect("json"))
    }
}

async fn server() -> TestServer {
    let config = Config { public_url: "https://vantage.example".to_owned(), ..Config::default() };
    TestServer::with(config, server::routes::duties(), server::routes::api).await
}

async fn add(person: &Person, browser: &mut Browser, name: &str) -> Answer {
    let begun = person.post("/api/v1/account/passkeys/options", &json!({ "password": PASSWORD })).await.expect(200);
    let credential = browser.make(&begun["options"]).await;
    let body = json!({ "challenge": begun["challenge"], "name": name, "credential": credential });
    person.post("/api/v1/account/passkeys", &body).await
}

/// Signs in with the passkey alone; at a sub-domain as well.
async fn alone(server: &TestServer, browser: &mut Browser) -> Answer {
    let begun = server.stranger().post("/api/v1/auth/passkey/options", &json!({})).await.expect(200);
    let credential = browser.use_one(&begun["options"]).await.expect("uses");
    let body = json!({ "challenge": begun["challenge"], "credential": credential });
    server.stranger().post("/api/v1/auth/passkey", &body).await
}

#[tokio::test]
async fn a_passkey_is_added_and_signs_in_alone() {
    let server = server().await;
    let owner = server.owner_of("alpha").await;
    let mut browser = Browser::at("https://alpha.vantage.example");
    let added = add(&owner, &mut browser, " Laptop ").await.expect(201);
    assert_eq!((&added["name"], &added["lastUsedAt"]), (&json!("Laptop"), &Value::Null));
    assert_eq!(owner.get("/api/v1/auth/session").await.expect(200)["secondFactor"], "passkey");
    for origin in ["https://alpha.vantage.example", "https://vantage.example"] {
        browser = Browser { passkey: browser.passkey, ..Browser::at(origin) };
        let session = alone(&server, &mut browser).await.expect(200);
        assert_eq!((&session["secondFactor"], &session["practice"]["slug"]), (&json!("passkey"), &json!("alpha")));
    }
    let factors = owner.get("/api/v1/account/second-factors").await.expect(200);
    assert!(factors["passkeys"][0]["lastUsedAt"].is_string());
    // it is a second factor now, and the policy is content
    let session = owner.get("/api/v1/auth/session").await.expect(200);
    assert_eq!(session["enrolBy"], Value::Null);
    assert!(ledger(&server, &owner).await.contains(&"passkey_add ok".to_owned()));
}

#[tokio::test]
async fn a_passkey_serves_as_second_factor_behind_the_password() {
    let server = server().await;
    let owner = server.owner_of("alpha").await;
    let mut browser = Browser::at("https://vantage.example");
    add(&owner, &mut browser, "Laptop").await.expect(201);
    let asked = sign_in(&server, OWNER).await.1.expect(202);
    assert_eq!(asked["methods"], json!(["passkey"]));
    let challenge = &asked["challenge"];
    let stranger = server.stranger();
    let begun = stranger
        .post("/api/v1/auth/second-factor/passkey/options", &json!({ "challenge": challenge }))
        .await
        .expect(200);
    let credential = browser.use_one(&begun["options"]).await.expect("uses");
    let body = json!({ "challenge": challenge, "credential": credential });
    let session = stranger.post("/api/v1/auth/second-factor/passkey", &body).await.expect(200);
    assert_eq!(session["secondFactor"], "passkey");
    let again = stranger.post("/api/v1/auth/second-factor/passkey", &body).await;
    assert_eq!((again.status.as_u16(), again.code()), (401, "auth.challenge_expired"));
}

#[tokio::test]
async fn answers_to_other_questions_origins_and_devices_are_refused() {
    let server = server().await;
    let (owner, beta) = (server.owner_of("alpha").await, server.owner_of("beta").await);
    let mut browser = Browser::at("https://vantage.example");
    add(&owner, &mut browser, "Laptop").await.expect(201);
    let stranger = server.stranger();
    let begin = async || stranger.post("/api/v1/auth/passkey/options", &json!({})).await.expect(200);
    let answer = async |challenge: &Value, credential: &Value| {
        let answer =
            stranger.post("/api/v1/auth/passkey", &json!({ "challenge": challenge, "credential": credential })).await;
        (answer.status.as_u16(), answer.code().to_owned())
    };
    let refused = (401, "auth.invalid_passkey".to_owned());
    let (one, other) = (begin().await, begin().await);
    let credential = browser.use_one(&one["options"]).await.expect("uses");
    assert_eq!(answer(&other["challenge"], &credential).await, refused, "the answer to another question");
    assert_eq!(answer(&other["challenge"], &credential).await.1, "auth.challenge_expired", "which is used up by that");

    let question = begin().await;
    let mut changed = browser.use_one(&question["options"]).await.expect("uses");
    changed["response"]["userHandle"] = json!("AAAAAAAAAAAAAAAAAAAAAA");
    assert_eq!(answer(&question["challenge"], &changed).await, refused, "of another person");
    let question = begin().await;
    let mut changed = browser.use_one(&question["options"]).await.expect("uses");
    let signature = changed["response"]["signature"].as_str().expect("text").to_owned();
    let other = if signature.as_bytes()[20] == b'A' { "B" } else { "A" };
    changed["response"]["signature"] = json!(format!("{}{other}{}", &signature[..20], &signature[21..]));
    assert_eq!(answer(&question["challenge"], &changed).await, refused, "with another signature");
    // a page that looks like ours asks the same device; a browser would not even let it
    let question = begin().await;
    let mut elsewhere = Browser { passkey: browser.passkey, ..Browser::at("https://evil.example") };
    let credential = elsewhere.use_one(&question["options"]).await;
    assert!(credential.is_err());

    let rubbish = stranger.post("/api/v1/auth/passkey", &json!({ "challenge": "x", "credential": { "id": 1 } })).await;
    assert_eq!(rubbish.faults(), ["/credential invalid"]);
    let begun = beta.post("/api/v1/account/passkeys/options", &json!({ "password": PASSWORD })).await.expect(200);
    let credential = Browser::at("https://vantage.example").make(&begun["options"]).await;
    let body = json!({ "challenge": begun["challenge"], "name": "Mine", "credential": credential });
    assert_eq!(owner.post("/api/v1/account/passkeys", &body).await.status, 404, "begun by another person");
}

#[tokio::test]
async fn a_device_that_does_not_know_its_person_is_not_enough() {
    let server = server().await;
    let owner = server.owner_of("alpha").await;
    let mut browser = Browser::at("https://vantage.example");
    add(&owner, &mut browser, "Laptop").await.expect(201);
    let question = server.stranger().post("/api/v1/auth/passkey/options", &json!({})).await.expect(200);
    assert_eq!(question["options"]["userVerification"], "required");
    let mut thief = Browser { knows_its_person: false, ..browser };
    // a device that obeys says no; one that lies to the browser says it in the signature
    assert!(thief.use_one(&question["options"]).await.is_err());
    let mut asked = question["options"].clone();
    asked["userVerification"] = json!("discouraged");
    let credential = thief.use_one(&asked).await.expect("uses");
    let body = json!({ "challenge": question["challenge"], "credential": credential });
    assert_eq!(server.stranger().post("/api/v1/auth/passkey", &body).await.code(), "auth.invalid_passkey");
}

#[tokio::test]
async fn a_copy_of_a_passkey_is_noticed_by_its_count() {
    let server = server().await;
    let owner = server.owner_of("alpha").await;
    let mut browser = Browser::at("https://vantage.example");
    add(&owner, &mut browser, "Laptop").await.expect(201);
    let mut copy = Browser { passkey: browser.passkey.clone(), ..Browser::at("https://vantage.example") };
    alone(&server, &mut browser).await.expect(200);
    alone(&server, &mut browser).await.expect(200);
    assert_eq!(alone(&server, &mut copy).await.code(), "auth.invalid_passkey");
    server.settle().await;
    assert!(ledger(&server, &owner).await.contains(&"passkey denied".to_owned()));
}

#[tokio::test]
async fn a_passkey_is_removed_and_told_of() {
    let server = server().await;
    let owner = server.owner_of("alpha").await;
    let mut browser = Browser::at("https://vantage.example");
    let id = add(&owner, &mut browser, "Laptop").await.expect(201)["id"].clone();
    let path = format!("/api/v1/account/passkeys/{}/remove", id.as_str().expect("an id"));
    assert_eq!(owner.post(&path, &json!({ "password": "a wrong password" })).await.code(), "password.wrong");
    assert_eq!(owner.post(&path, &json!({ "password": PASSWORD })).await.status, 204);
    assert_eq!(alone(&server, &mut browser).await.code(), "auth.invalid_passkey");
    sign_in(&server, OWNER).await.1.expect(200);
    assert!(mails(&server).await.contains(&"second_factor_removed".to_owned()));
}

/// What is out of order keeps people out and lets nobody in.
#[tokio::test]
async fn a_server_that_cannot_take_passkeys_asks_for_them_all_the_same() {
    let config = Config { public_url: "http://192.0.2.1:7180".to_owned(), ..Config::default() };
    let server = TestServer::with(config, server::routes::duties(), server::routes::api).await;
    let owner = server.owner_of("alpha").await;
    let begun = owner.post("/api/v1/account/passkeys/options", &json!({ "password": PASSWORD })).await;
    assert_eq!((begun.status.as_u16(), begun.code()), (409, "passkey.unavailable"));
    sqlx::query("insert into auth.passkey (id, user_id, credential_id, credential, name) values (gen_random_uuid(), $1, 'x', '{}', 'Laptop')")
        .bind(owner.user())
        .execute(&mut server.database.conn().await)
        .await
        .expect("a passkey from earlier");
    let asked = sign_in(&server, OWNER).await.1.expect(202);
    assert_eq!(asked["methods"], json!(["passkey"]));
}

#[tokio::test]
async fn a_question_for_a_passkey_waits_five_minutes() {
    let server = server().await;
    let owner = server.owner_of("alpha").await;
    let begun = owner.post("/api/v1/account/passkeys/options", &json!({ "password": PASSWORD })).await.expect(200);
    let credential = Browser::at("https://vantage.example").make(&begun["options"]).await;
    outside(&server, "update auth.challenge set expires_at = now()").await;
    let body = json!({ "challenge": begun["challenge"], "name": "Laptop", "credential": credential });
    assert_eq!(owner.post("/api/v1/account/passkeys", &body).await.code(), "auth.challenge_expired");
}

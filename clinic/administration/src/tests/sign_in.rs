//! Who comes into the console: always with both factors, never with those of a practice.

use identity::Authenticator;
use jiff::SignedDuration;
use platform::phi::Phi;
use platform::testing::{Answer, Person, TestServer};
use serde_json::{Value, json};

use super::start;

const PASSWORD: &str = "four words that differ";
const SEED: [u8; 20] = [7; 20];
const LOGIN: &str = "/api/v1/admin/auth/login";
const CODE: &str = "/api/v1/admin/auth/second-factor";

/// An administrator whose password and app are known.
pub async fn known(server: &TestServer) {
    let password = Phi::new(PASSWORD.to_owned());
    crate::ensure_known(&server.app, "Sami@platform.example", "Sami", password, &SEED).await.expect("an administrator");
}

/// The code that the app shows now. One that was used does not serve again, so time goes on first.
pub fn next_code(server: &TestServer) -> String {
    server.clock.advance(SignedDuration::from_secs(30));
    Authenticator::new(SEED.to_vec(), "x").expect("a seed").code_at(server.app.now())
}

fn credentials(password: &str) -> Value {
    json!({ "email": " SAMI@platform.example", "password": password })
}

async fn challenge(person: &Person) -> Value {
    person.post(LOGIN, &credentials(PASSWORD)).await.expect(202)["challenge"].clone()
}

/// Signed in with password and code.
pub async fn signed_in(server: &TestServer) -> Person {
    let mut person = server.stranger();
    let challenge = challenge(&person).await;
    person.sign(CODE, &json!({ "challenge": challenge, "code": next_code(server) })).await.expect(200);
    person
}

fn refused(answer: &Answer) -> (u16, &str) {
    (answer.status.as_u16(), answer.code())
}

#[tokio::test]
async fn nobody_comes_in_without_both_factors() {
    let (server, _, _) = start().await;
    known(&server).await;
    let mut person = server.stranger();
    let asked = person.sign(LOGIN, &credentials(PASSWORD)).await;
    assert_eq!((asked.status.as_u16(), person.admin.clone()), (202, None), "the password alone is no session");
    let challenge = asked.body["challenge"].clone();
    let code = next_code(&server);
    let wrong = if code == "000000" { "000001" } else { "000000" };
    assert_eq!(
        refused(&person.post(CODE, &json!({ "challenge": challenge, "code": wrong })).await),
        (401, "auth.invalid_code")
    );
    assert_eq!(
        refused(&person.post(CODE, &json!({ "challenge": "rubbish", "code": code })).await),
        (401, "auth.challenge_expired")
    );
    let answer = person.sign(CODE, &json!({ "challenge": challenge, "code": code })).await;
    let cookie = answer.headers["set-cookie"].to_str().expect("text").to_owned();
    assert!(cookie.starts_with("__Host-vantage_admin=") && cookie.contains("HttpOnly") && cookie.contains("Secure"));
    assert!(cookie.contains("SameSite=Strict") && cookie.contains("Path=/") && !cookie.contains("Domain"));
    let session = answer.expect(200);
    assert_eq!((&session["administrator"]["name"], &session["idleMinutes"]), (&json!("Sami"), &json!(15)));
    assert_eq!(person.get("/api/v1/admin/auth/session").await.expect(200), session);

    // the question is answered, and the code was used
    assert_eq!(
        refused(&person.post(CODE, &json!({ "challenge": challenge, "code": code })).await).1,
        "auth.challenge_expired"
    );
    let again = self::challenge(&server.stranger()).await;
    assert_eq!(refused(&person.post(CODE, &json!({ "challenge": again, "code": code })).await).1, "auth.invalid_code");

    assert_eq!(person.post("/api/v1/admin/auth/logout", &Value::Null).await.status, 204);
    assert_eq!(refused(&person.get("/api/v1/admin/auth/session").await), (401, "auth.session_ended"));
    let lines: Vec<(String, String)> =
        sqlx::query_as("select action, outcome from platform.access where administrator is not null order by at, id")
            .fetch_all(&mut server.database.conn().await)
            .await
            .expect("lines");
    let line = |action: &str, outcome: &str| (action.to_owned(), outcome.to_owned());
    let (denied, ok) = (line("sessions.open", "denied"), line("sessions.open", "ok"));
    assert_eq!(lines, [denied.clone(), ok, denied, line("sessions.close", "ok")]);
}

#[tokio::test]
async fn a_refusal_does_not_tell_what_was_wrong() {
    let (server, owner, _) = start().await;
    known(&server).await;
    crate::create(&server.app, "new@platform.example", "New").await.expect("an administrator that is not set up");
    let mut answers = Vec::new();
    for body in [
        credentials("a wrong password"),
        json!({ "email": "nobody@platform.example", "password": PASSWORD }),
        json!({ "email": "new@platform.example", "password": PASSWORD }),
        json!({ "email": "owner@alpha.example", "password": "a long test password" }),
    ] {
        let mut answer = server.stranger().post(LOGIN, &body).await;
        answer.body["requestId"] = Value::Null;
        answers.push((answer.status.as_u16(), answer.body));
    }
    assert_eq!(answers[0].0, 401);
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    let practice = json!({ "email": "sami@platform.example", "password": PASSWORD });
    assert_eq!(
        owner.post("/api/v1/auth/login", &practice).await.code(),
        "auth.invalid_credentials",
        "nor the other way round"
    );
}

#[tokio::test]
async fn codes_cannot_be_guessed() {
    let (server, _, _) = start().await;
    known(&server).await;
    let person = server.stranger();
    let mut codes = Vec::new();
    for _ in 0..3 {
        let challenge = challenge(&person).await;
        for _ in 0..6 {
            let answer = person.post(CODE, &json!({ "challenge": challenge, "code": "abcdef" })).await;
            codes.push(answer.code().to_owned());
        }
    }
    let count = |code: &str| codes.iter().filter(|seen| *seen == code).count();
    assert_eq!((count("auth.invalid_code"), count("auth.challenge_expired")), (10, 2), "{codes:?}");
    assert_eq!(count("rate.limited"), 6, "ten attempts at once and three a minute, in however many questions");
}

#[tokio::test]
async fn an_account_is_set_up_once_with_a_link_from_the_server() {
    let (server, _, _) = start().await;
    let link = crate::create(&server.app, "lama@platform.example", "Lama").await.expect("a link");
    let token = link.expose().split_once("/platform/setup#").expect("a token").1.to_owned();
    assert!(crate::create(&server.app, "LAMA@platform.example", "Lama").await.is_err(), "one account per e-mail");
    let mut person = server.stranger();
    let (look, setup) = ("/api/v1/admin/auth/setup/look", "/api/v1/admin/auth/setup");
    let seen = person.post(look, &json!({ "token": token })).await.expect(200);
    assert_eq!(seen, person.post(look, &json!({ "token": token })).await.expect(200), "looking changes nothing");
    assert_eq!((&seen["name"], &seen["email"]), (&json!("Lama"), &json!("lama@platform.example")));
    assert!(seen["qrSvg"].as_str().expect("a picture").starts_with("<svg"));
    let secret = seen["secret"].as_str().expect("a secret");
    assert!(seen["uri"].as_str().expect("an address").contains(&format!("secret={secret}")));
    let seed = base32(secret);
    let code = Authenticator::new(seed.clone(), "x").expect("a seed").code_at(server.app.now());

    let with = |password: &str, code: &str| json!({ "token": token, "password": password, "code": code });
    assert_eq!(person.post(setup, &with("short", &code)).await.faults(), ["/password too_short"]);
    assert_eq!(person.post(setup, &with("lama@platform.example", &code)).await.code(), "password.breached");
    assert_eq!(person.post(setup, &with(PASSWORD, "abcdef")).await.faults(), ["/code wrong"]);
    person.sign(setup, &with(PASSWORD, &code)).await.expect(200);
    person.get("/api/v1/admin/practices").await.expect(200);
    for answer in
        [person.post(setup, &with(PASSWORD, &code)).await, person.post(look, &json!({ "token": token })).await]
    {
        assert_eq!(refused(&answer), (410, "setup.over"));
    }

    // a reset ends everything that was
    let link = crate::reset(&server.app, "lama@platform.example").await.expect("a link");
    assert_eq!(refused(&person.get("/api/v1/admin/practices").await), (401, "auth.session_ended"));
    let login = json!({ "email": "lama@platform.example", "password": PASSWORD });
    assert_eq!(person.post(LOGIN, &login).await.code(), "auth.invalid_credentials");
    let fresh = link.expose().split_once('#').expect("a token").1.to_owned();
    assert_ne!(person.post(look, &json!({ "token": fresh })).await.expect(200)["secret"], seen["secret"]);
    sqlx::query("update administration.administrator set setup_expires_at = now()")
        .execute(&mut server.database.conn().await)
        .await
        .expect("a day later");
    assert_eq!(refused(&person.post(look, &json!({ "token": fresh })).await), (410, "setup.over"));
    crate::remove(&server.app, "lama@platform.example").await.expect("removed");
    assert_eq!(person.post(LOGIN, &login).await.code(), "auth.invalid_credentials");
}

/// RFC 4648 §6, without the library that made it.
fn base32(text: &str) -> Vec<u8> {
    let mut bits = (0_u32, 0_u32);
    let mut bytes = Vec::new();
    for c in text.bytes() {
        let value = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|known| *known == c).expect("base 32");
        bits = (bits.0 << 5 | u32::try_from(value).expect("small"), bits.1 + 5);
        if bits.1 >= 8 {
            bytes.push(u8::try_from(bits.0 >> (bits.1 - 8) & 0xff).expect("a byte"));
            bits.1 -= 8;
        }
    }
    bytes
}

#[tokio::test]
async fn only_a_touch_keeps_a_session_awake() {
    let (server, _, _) = start().await;
    known(&server).await;
    let person = signed_in(&server).await;
    let pass = async |minutes: i32| {
        sqlx::query("update administration.session set last_active_at = last_active_at - make_interval(mins => $1)")
            .bind(minutes)
            .execute(&mut server.database.conn().await)
            .await
            .expect("time passes");
    };
    pass(10).await;
    person.get("/api/v1/admin/practices").await.expect(200);
    assert_eq!(person.post("/api/v1/admin/auth/activity", &Value::Null).await.status, 204);
    pass(14).await;
    person.get("/api/v1/admin/practices").await.expect(200);
    pass(1).await;
    assert_eq!(refused(&person.get("/api/v1/admin/practices").await), (401, "auth.session_ended"));
    assert_eq!(refused(&person.post("/api/v1/admin/auth/activity", &Value::Null).await), (401, "auth.session_ended"));
}

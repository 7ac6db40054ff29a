//! A forgotten password, from the request to the new one.

use platform::testing::{Answer, Person, TestServer};
use serde_json::{Value, json};

use crate::product;

const NEW: &str = "another long password";

async fn forgot(server: &TestServer, email: &str) -> Answer {
    let answer = server.stranger().post("/api/v1/auth/password/forgot", &json!({ "email": email })).await;
    server.settle().await;
    answer
}

/// The token of the newest link.
pub async fn newest_token(server: &TestServer) -> String {
    let kept = platform::mail::list(&server.app, Some("sandbox"), None, 200).await.expect("lists");
    let texts = kept.iter().filter_map(|entry| Some(entry.mail.as_ref()?.text.expose().clone()));
    let link =
        texts.filter_map(|text| Some(text.split_once("/reset#")?.1.split_whitespace().next()?.to_owned())).next();
    link.expect("a link")
}

async fn reset(server: &TestServer, token: &str, password: &str) -> Answer {
    server.stranger().post("/api/v1/auth/password/reset", &json!({ "token": token, "password": password })).await
}

async fn sign_in(server: &TestServer, password: &str) -> (Person, Answer) {
    let mut person = server.stranger();
    let answer =
        person.sign("/api/v1/auth/login", &json!({ "email": "owner@alpha.example", "password": password })).await;
    (person, answer)
}

async fn count(server: &TestServer, query: &'static str) -> i64 {
    sqlx::query_scalar(query).fetch_one(&mut server.database.conn().await).await.expect("a count")
}

#[tokio::test]
async fn a_link_gives_a_new_password_once_and_ends_every_session() {
    let server = product().await;
    let mut owner = server.owner_of("alpha").await;
    let refresh = owner.refresh.clone().expect("a token");
    assert_eq!(forgot(&server, "owner@alpha.example").await.status, 204);
    let token = newest_token(&server).await;
    assert_eq!(reset(&server, &token, NEW).await.status, 204);
    assert_eq!(owner.get("/api/v1/services").await.code(), "auth.session_ended");
    assert_eq!(owner.renew(&refresh).await.code(), "auth.session_ended");
    assert_eq!(sign_in(&server, "a long test password").await.1.code(), "auth.invalid_credentials");
    sign_in(&server, NEW).await.1.expect(200);
    let again = reset(&server, &token, NEW).await;
    assert_eq!((again.status.as_u16(), again.code()), (410, "reset.used"));
    for action in ["password_reset_requested", "password_reset"] {
        let entries: i64 =
            sqlx::query_scalar("select count(*) from audit.entry where action = $1 and resource_type = 'user'")
                .bind(action)
                .fetch_one(&mut server.database.conn().await)
                .await
                .expect("a count");
        assert_eq!(entries, 1, "{action}");
    }
    server.settle().await;
    let kept = platform::mail::list(&server.app, Some("sandbox"), None, 10).await.expect("lists");
    assert_eq!(kept.iter().map(|mail| mail.kind.as_str()).collect::<Vec<_>>(), ["password_changed", "password_reset"]);
}

#[tokio::test]
async fn nobody_learns_who_has_an_account() {
    let server = product().await;
    server.owner_of("alpha").await;
    let known = forgot(&server, "owner@alpha.example").await;
    let unknown = forgot(&server, "nobody@alpha.example").await;
    assert_eq!((known.status, known.body), (unknown.status, unknown.body));
    assert_eq!(count(&server, "select count(*) from auth.mail").await, 1);
}

#[tokio::test]
async fn a_link_serves_half_an_hour_and_its_newer_sibling_ends_it() {
    let server = product().await;
    server.owner_of("alpha").await;
    forgot(&server, "owner@alpha.example").await;
    let old = newest_token(&server).await;
    sqlx::query("update auth.password_reset set expires_at = expires_at - interval '30 minutes'")
        .execute(&mut server.database.conn().await)
        .await
        .expect("later");
    let answer = reset(&server, &old, NEW).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (410, "reset.expired"));
    forgot(&server, "owner@alpha.example").await;
    let first = newest_token(&server).await;
    forgot(&server, "owner@alpha.example").await;
    let second = newest_token(&server).await;
    assert_eq!(reset(&server, &second, NEW).await.status, 204);
    assert_eq!(reset(&server, &first, "a third long password").await.code(), "reset.used");
    for token in ["", "rubbish", &second[..second.len() - 1], &format!("{second}A")] {
        assert_eq!(reset(&server, token, NEW).await.code(), "reset.unknown", "{token}");
    }
}

#[tokio::test]
async fn of_two_who_use_a_link_at_once_one_does() {
    let server = product().await;
    server.owner_of("alpha").await;
    forgot(&server, "owner@alpha.example").await;
    let token = newest_token(&server).await;
    let (one, two) = tokio::join!(reset(&server, &token, NEW), reset(&server, &token, "a third long password"));
    let mut answers = [one.status.as_u16(), two.status.as_u16()];
    answers.sort_unstable();
    assert_eq!(answers, [204, 410]);
}

#[tokio::test]
async fn nobody_is_flooded_with_mail() {
    let server = product().await;
    server.owner_of("alpha").await;
    for _ in 0..6 {
        assert_eq!(forgot(&server, "owner@alpha.example").await.status, 204);
    }
    assert_eq!(count(&server, "select count(*) from auth.mail").await, 3);
}

#[tokio::test]
async fn a_password_that_everybody_tries_first_is_refused() {
    let server = product().await;
    let mut body = platform::testing::sign_up_body("alpha");
    for password in ["password1234", "Owner@Alpha.example", "Practice alpha 2026"] {
        body["password"] = json!(password);
        let answer = server.stranger().post("/api/v1/auth/signup", &body).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code(), answer.faults()),
            (422, "password.breached", vec!["/password breached".to_owned()])
        );
    }
    server.owner_of("alpha").await;
    forgot(&server, "owner@alpha.example").await;
    let token = newest_token(&server).await;
    assert_eq!(reset(&server, &token, "Owner@Alpha.example").await.code(), "password.breached");
    assert_eq!(reset(&server, &token, "short").await.faults(), ["/password too_short"]);
    // a refused password does not use the link up
    assert_eq!(reset(&server, &token, NEW).await.body, Value::Null);
}

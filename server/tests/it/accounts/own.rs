//! Profile, password, sessions, and going over to another practice.

use axum::http::Method;
use platform::testing::{Person, TestServer};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{PASSWORD, ledger, mails, set_up_totp, sign_in};
use crate::product;

const OWNER: &str = "owner@alpha.example";

#[tokio::test]
async fn name_and_language_are_changed_by_version() {
    let server = product().await;
    let owner = server.owner_of("alpha").await;
    let before = owner.get("/api/v1/account").await.expect(200);
    assert_eq!(before, json!({ "name": "Test Owner", "email": OWNER, "language": "en", "version": 1 }));
    let after = owner
        .patch("/api/v1/account", &json!({ "version": 1, "name": " سارة القحطاني ", "language": "ar" }))
        .await
        .expect(200);
    assert_eq!(after, json!({ "name": "سارة القحطاني", "email": OWNER, "language": "ar", "version": 2 }));
    assert_eq!(owner.get("/api/v1/account").await.expect(200), after);
    let stale = owner.patch("/api/v1/account", &json!({ "version": 1, "language": "en" })).await;
    assert_eq!((stale.status.as_u16(), &stale.body["current"]), (409, &after));
    assert_eq!(
        owner.patch("/api/v1/account", &json!({ "version": 2, "name": " " })).await.faults(),
        ["/name required"]
    );
    assert_eq!(
        owner.patch("/api/v1/account", &json!({ "version": 2, "email": "x@y.example" })).await.faults(),
        ["/email unknown_field"]
    );
    assert_eq!(ledger(&server, &owner).await.iter().filter(|entry| *entry == "update ok").count(), 1);
}

#[tokio::test]
async fn a_new_password_needs_the_old_one_and_ends_other_sessions() {
    let server = product().await;
    let owner = server.owner_of("alpha").await;
    let (elsewhere, _) = sign_in(&server, OWNER).await;
    let change = async |current: &str, new: &str| {
        owner.post("/api/v1/account/password", &json!({ "current": current, "new": new })).await
    };
    let wrong = change("not the password", "another long password").await;
    assert_eq!(
        (wrong.status.as_u16(), wrong.code(), wrong.faults()),
        (422, "password.wrong", vec!["/current wrong".to_owned()])
    );
    assert_eq!(change(PASSWORD, "practice alpha").await.faults(), ["/new breached"]);
    assert_eq!(change(PASSWORD, "short").await.faults(), ["/new too_short"]);
    elsewhere.get("/api/v1/services").await.expect(200);
    assert_eq!(change(PASSWORD, "another long password").await.status, 204);
    owner.get("/api/v1/services").await.expect(200);
    assert_eq!(elsewhere.get("/api/v1/services").await.code(), "auth.session_ended");
    assert_eq!(sign_in(&server, OWNER).await.1.status, 401);
    assert!(mails(&server).await.contains(&"password_changed".to_owned()));
    let entries = ledger(&server, &owner).await;
    for entry in ["password_proof denied", "password_change ok", "login denied"] {
        assert!(entries.contains(&entry.to_owned()), "{entry} in {entries:?}");
    }
}

#[tokio::test]
async fn sessions_are_listed_and_ended_one_by_one_or_all() {
    let server = product().await;
    let owner = server.owner_of("alpha").await;
    let (elsewhere, _) = sign_in(&server, OWNER).await;
    let colleague = server.colleague_of(&owner, "receptionist").await;
    let sessions = owner.get("/api/v1/account/sessions").await.expect(200);
    let items = sessions["items"].as_array().expect("items");
    assert_eq!(items.len(), 2);
    assert_eq!(items.iter().filter(|item| item["current"] == true).count(), 1);
    assert!(items.iter().all(|item| item["practice"]["name"] == "Practice alpha"
        && item["secondFactor"] == "none"
        && item["ip"] == "127.0.0.1"));
    let other = items.iter().find(|item| item["current"] == false).expect("the other")["id"].clone();
    let end = async |who: &Person, id: &Value| {
        who.post(&format!("/api/v1/account/sessions/{}/end", id.as_str().expect("an id")), &Value::Null)
            .await
            .status
            .as_u16()
    };
    assert_eq!(end(&colleague, &other).await, 404, "another person's");
    assert_eq!(end(&owner, &json!(Uuid::now_v7())).await, 404);
    assert_eq!(end(&owner, &other).await, 204);
    assert_eq!(end(&owner, &other).await, 404, "it is over");
    assert_eq!(elsewhere.get("/api/v1/services").await.code(), "auth.session_ended");

    let (third, _) = sign_in(&server, OWNER).await;
    let answer = third.post("/api/v1/auth/logout-everywhere", &Value::Null).await;
    assert_eq!(answer.status, 204);
    for person in [&owner, &third] {
        assert_eq!(person.get("/api/v1/services").await.code(), "auth.session_ended");
    }
    colleague.get("/api/v1/services").await.expect(200);
    let entries = ledger(&server, &owner).await;
    assert!(entries.contains(&"session_end ok".to_owned()) && entries.contains(&"logout_everywhere ok".to_owned()));
}

/// Makes somebody a member of another practice as well.
async fn join(server: &TestServer, person: &Person, practice: Uuid, role: &str) {
    sqlx::query("insert into auth.membership (user_id, practice_id, role) values ($1, $2, $3)")
        .bind(person.user())
        .bind(practice)
        .bind(role)
        .execute(&mut server.database.conn().await)
        .await
        .expect("a membership");
}

#[tokio::test]
async fn somebody_who_works_in_two_practices_goes_over_and_comes_back() {
    let server = product().await;
    let mut owner = server.owner_of("alpha").await;
    let beta = server.owner_of("beta").await;
    let stranger = server.owner_of("gamma").await;
    join(&server, &owner, beta.practice(), "provider").await;
    set_up_totp(&server, &owner).await;
    let session = owner.get("/api/v1/auth/session").await.expect(200);
    let slugs: Vec<_> = session["memberships"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|m| (m["slug"].clone(), m["role"].clone()))
        .collect();
    assert_eq!(slugs, [(json!("alpha"), json!("owner")), (json!("beta"), json!("provider"))]);

    let before = owner.clone();
    let (alpha, foreign) = (owner.practice(), json!({ "practiceId": stranger.practice() }));
    for to in [foreign, json!({ "practiceId": Uuid::now_v7() })] {
        assert_eq!(owner.post("/api/v1/auth/switch", &to).await.status, 404);
    }
    let at_alpha = owner.request(Method::POST, "/api/v1/auth/switch").header("host", "alpha.localhost");
    let answer = Person::send(at_alpha.json(&json!({ "practiceId": beta.practice() }))).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (409, "auth.other_address"));
    let there = owner.sign("/api/v1/auth/switch", &json!({ "practiceId": beta.practice() })).await.expect(200);
    assert_eq!(
        (&there["practice"]["slug"], &there["role"], &there["secondFactor"]),
        (&json!("beta"), &json!("provider"), &json!("totp"))
    );
    assert_eq!(before.get("/api/v1/services").await.code(), "auth.session_ended");
    assert_eq!(owner.get("/api/v1/security").await.code(), "auth.forbidden", "a provider there");
    let back = owner.sign("/api/v1/auth/switch", &json!({ "practiceId": alpha })).await.expect(200);
    assert_eq!(back["role"], "owner");
    assert!(ledger(&server, &owner).await.contains(&"switch ok".to_owned()));
    assert_eq!(ledger(&server, &beta).await.iter().filter(|entry| *entry == "login ok").count(), 2);
}

#[tokio::test]
async fn the_practice_that_is_asked_for_is_the_one_that_opens() {
    let server = product().await;
    let owner = server.owner_of("alpha").await;
    let beta = server.owner_of("beta").await;
    join(&server, &owner, beta.practice(), "provider").await;
    for (slug, expected) in
        [(None, Some("alpha")), (Some("beta"), Some("beta")), (Some("alpha"), Some("alpha")), (Some("gamma"), None)]
    {
        let body = json!({ "email": OWNER, "password": PASSWORD, "practiceSlug": slug });
        let answer = server.stranger().post("/api/v1/auth/login", &body).await;
        assert_eq!(answer.body["practice"]["slug"].as_str(), expected, "{slug:?}");
    }
}

#[tokio::test]
async fn somebody_without_a_password_is_refused_like_anybody() {
    let server = product().await;
    let owner = server.owner_of("alpha").await;
    sqlx::query("update auth.user set password_hash = null")
        .execute(&mut server.database.conn().await)
        .await
        .expect("none");
    let refused = sign_in(&server, OWNER).await.1;
    assert_eq!((refused.status.as_u16(), refused.code()), (401, "auth.invalid_credentials"));
    let proof = owner.post("/api/v1/account/totp", &json!({ "password": PASSWORD })).await;
    assert_eq!((proof.status.as_u16(), proof.code()), (409, "password.none"));
}

//! What a practice demands of whoever signs in.

use jiff::SignedDuration;
use platform::testing::{Person, TestServer};
use serde_json::{Value, json};

use super::{ledger, set_up_totp};
use crate::product;

async fn demand(owner: &Person, change: Value) -> Value {
    let version = owner.get("/api/v1/security").await.expect(200)["version"].clone();
    let mut body = change;
    body["version"] = version;
    owner.patch("/api/v1/security", &body).await.expect(200)
}

async fn renew(person: &mut Person) -> Value {
    let refresh = person.refresh.clone().expect("a token");
    person.renew(&refresh).await.expect(200)
}

async fn a_week_later(server: &TestServer, people: &mut [&mut Person]) {
    server.clock.advance(SignedDuration::from_hours(24 * 7 + 1));
    for person in people {
        renew(person).await;
    }
}

#[tokio::test]
async fn who_sees_patients_has_a_week_to_set_a_second_factor_up() {
    let server = product().await;
    let mut owner = server.owner_of("alpha").await;
    let mut accountant = server.colleague_of(&owner, "accountant").await;
    assert_eq!(owner.session["mustEnrol"], false);
    assert!(owner.session["enrolBy"].is_string() && accountant.session["enrolBy"].is_null());
    a_week_later(&server, &mut [&mut owner, &mut accountant]).await;

    let session = owner.get("/api/v1/auth/session").await.expect(200);
    assert_eq!(session["mustEnrol"], true);
    for path in ["/api/v1/services", "/api/v1/security"] {
        let refused = owner.get(path).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (403, "auth.second_factor_enrolment"), "{path}");
    }
    accountant.get("/api/v1/services").await.expect(200);
    for path in ["/api/v1/account", "/api/v1/account/sessions", "/api/v1/account/second-factors"] {
        owner.get(path).await.expect(200);
    }
    set_up_totp(&server, &owner).await;
    let session = renew(&mut owner).await;
    assert_eq!((&session["mustEnrol"], &session["enrolBy"]), (&json!(false), &Value::Null));
    owner.get("/api/v1/services").await.expect(200);
}

#[tokio::test]
async fn a_practice_may_demand_it_of_everybody_or_nobody() {
    let server = product().await;
    let mut owner = server.owner_of("alpha").await;
    let mut accountant = server.colleague_of(&owner, "accountant").await;
    let after = demand(&owner, json!({ "requireSecondFactor": "everybody" })).await;
    assert_eq!(after["requireSecondFactor"], "everybody");
    a_week_later(&server, &mut [&mut owner, &mut accountant]).await;
    assert_eq!(accountant.get("/api/v1/services").await.code(), "auth.second_factor_enrolment");
    set_up_totp(&server, &owner).await;
    renew(&mut owner).await;
    demand(&owner, json!({ "requireSecondFactor": "nobody" })).await;
    renew(&mut accountant).await;
    accountant.get("/api/v1/services").await.expect(200);
    assert_eq!(accountant.get("/api/v1/account/second-factors").await.expect(200)["required"], false);
}

#[tokio::test]
async fn the_policy_is_changed_by_version_and_within_bounds() {
    let server = product().await;
    let owner = server.owner_of("alpha").await;
    let before = owner.get("/api/v1/security").await.expect(200);
    assert_eq!(before, json!({ "idleMinutes": 0, "requireSecondFactor": "patients", "inviteHours": 72, "version": 1 }));
    for (field, value) in
        [("idleMinutes", json!(4)), ("idleMinutes", json!(481)), ("inviteHours", json!(0)), ("inviteHours", json!(721))]
    {
        let refused = owner.patch("/api/v1/security", &json!({ "version": 1, field: value })).await;
        assert_eq!(
            (refused.status.as_u16(), refused.faults()),
            (422, vec![format!("/{field} out_of_range")]),
            "{value}"
        );
    }
    let body = json!({ "version": 1, "idleMinutes": 15, "inviteHours": 24 });
    let after = owner.patch("/api/v1/security", &body).await.expect(200);
    assert_eq!(after, json!({ "idleMinutes": 15, "requireSecondFactor": "patients", "inviteHours": 24, "version": 2 }));
    let stale = owner.patch("/api/v1/security", &body).await;
    assert_eq!((stale.status.as_u16(), stale.code(), &stale.body["current"]), (409, "version.stale", &after));
    assert_eq!(owner.get("/api/v1/auth/session").await.expect(200)["practice"]["idleMinutes"], 15);
    assert!(ledger(&server, &owner).await.contains(&"update ok".to_owned()));
    let beta = server.owner_of("beta").await;
    assert_eq!(beta.get("/api/v1/security").await.expect(200)["idleMinutes"], 0, "the neighbour's is its own");
}

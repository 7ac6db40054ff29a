//! Roles of a practice's own and API keys, over every operation of the document: each may exactly what it lists.

use platform::permission::{TABLE, is_for_keys};
use platform::testing::{Person, TestServer};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::operations::operations;
use crate::product;

/// Tries every operation; answers how many were refused for want of a right, which must be those not listed.
async fn may_exactly(person: &Person, listed: &[&str], what: &str) -> usize {
    let mut refused = 0;
    // whoever signs out would be refused everything that follows
    let stays = |path: &str| !path.contains("/logout");
    for operation in operations().iter().filter(|o| o.permission != "anybody" && stays(&o.path)) {
        let answer = operation.call(person, Uuid::now_v7(), operation.body.as_ref().map(|_| json!({}))).await;
        let is_refused = answer.code() == "auth.forbidden";
        assert_ne!(answer.status, 401, "{} as {what}: {}", operation.name(), answer.body);
        assert_eq!(
            is_refused,
            !listed.contains(&operation.permission.as_str()),
            "{} as {what}: {}",
            operation.name(),
            answer.body
        );
        refused += usize::from(is_refused);
    }
    refused
}

/// Permissions by turns: each is in some of the lists and not in others.
fn lists() -> Vec<Vec<&'static str>> {
    let every = |n: usize, from: usize| TABLE.iter().map(|row| row.permission).skip(from).step_by(n).collect();
    vec![Vec::new(), every(2, 0), every(2, 1), every(3, 0), every(3, 1), every(1, 0)]
}

async fn denied(server: &TestServer) -> i64 {
    sqlx::query_scalar("select count(*) from audit.entry where outcome = 'denied'")
        .fetch_one(&mut server.database.conn().await)
        .await
        .expect("a count")
}

#[tokio::test]
async fn a_role_of_the_practices_own_may_exactly_what_it_lists() {
    let server = product().await;
    let owner = server.owner_of("alpha").await;
    let mut refused = 0;
    for (i, list) in lists().into_iter().enumerate() {
        // based on one that may nearly everything, and on one that may nearly nothing
        let based_on = if i % 2 == 0 { "admin" } else { "staff" };
        let new = json!({ "name": format!("Role {i}"), "basedOn": based_on, "permissions": list });
        let role = owner.post("/api/v1/roles", &new).await.expect(201);
        let mut person = server.colleague_of(&owner, "receptionist").await;
        let path = format!("/api/v1/staff/{}", person.user());
        owner.patch(&path, &json!({ "version": 1, "customRoleId": role["id"] })).await.expect(200);
        let refresh = person.refresh.clone().expect("a token");
        person.renew(&refresh).await.expect(200);
        let mut listed = list.clone();
        listed.extend(platform::permission::OWN);
        let told = person.get("/api/v1/auth/session").await.expect(200);
        let told: Vec<String> = serde_json::from_value(told["permissions"].clone()).expect("names");
        assert!(told.iter().all(|name| listed.contains(&name.as_str())) && told.len() >= list.len());
        refused += may_exactly(&person, &listed, &new["name"].to_string()).await;
    }
    assert_eq!(usize::try_from(denied(&server).await).expect("a count"), refused, "every refusal is in the ledger");
}

#[tokio::test]
async fn a_key_may_exactly_what_its_scopes_say() {
    let server = product().await;
    let owner = server.owner_of("alpha").await;
    let in_a_day = server.clock.now() + jiff::SignedDuration::from_hours(24);
    for list in lists() {
        let scopes: Vec<_> = list.into_iter().filter(|name| is_for_keys(name)).collect();
        let new = json!({ "name": "Kiosk", "scopes": scopes, "expiresAt": in_a_day });
        if scopes.is_empty() {
            assert_eq!(owner.post("/api/v1/api-keys", &new).await.faults(), ["/scopes too_short"]);
            continue;
        }
        let mut program = server.stranger();
        let made = owner.post("/api/v1/api-keys", &new).await.expect(201);
        program.token = made["key"].as_str().map(str::to_owned);
        // what a program made must not end what it works with
        may_exactly(&program, &scopes, &format!("a key for {scopes:?}")).await;
    }
}

#[tokio::test]
async fn no_list_of_one_practice_shows_anything_of_another() {
    let server = product().await;
    let (alpha, beta) = (server.owner_of("alpha").await, server.owner_of("beta").await);
    let in_a_day = server.clock.now() + jiff::SignedDuration::from_hours(24);
    server.member_of(&beta, "provider").await;
    for (path, body) in [
        ("/api/v1/invites", json!({ "email": "secret@beta.example", "role": "staff" })),
        ("/api/v1/roles", json!({ "name": "Secret role", "basedOn": "staff", "permissions": [] })),
        ("/api/v1/api-keys", json!({ "name": "Secret key", "scopes": ["services.read"], "expiresAt": in_a_day })),
    ] {
        beta.post(path, &body).await.expect(201);
    }
    let count = |list: &Value| list["items"].as_array().or(list["custom"].as_array()).expect("a list").len();
    for (path, of_alpha, of_beta) in [
        ("/api/v1/staff", 1, 2),
        ("/api/v1/invites", 0, 1),
        ("/api/v1/roles", 0, 1),
        ("/api/v1/api-keys", 0, 1),
        ("/api/v1/access-review", 1, 2),
    ] {
        assert_eq!(count(&beta.get(path).await.expect(200)), of_beta, "{path}");
        let shown = alpha.get(path).await.expect(200);
        assert_eq!(count(&shown), of_alpha, "{path}");
        let text = shown.to_string().to_lowercase();
        assert!(!text.contains("secret") && !text.contains("beta"), "{path}: {shown}");
    }
    assert_eq!(alpha.get("/api/v1/access-review").await.expect(200)["apiKeys"], json!([]));
    // the same e-mail can be invited by both, and neither learns of the other
    alpha.post("/api/v1/invites", &json!({ "email": "secret@beta.example", "role": "staff" })).await.expect(201);
}

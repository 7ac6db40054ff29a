//! Staff and roles as the front end uses them, and everything that must not be possible.

use platform::testing::{Answer, Person, TestServer};
use platform::worker::Duties;
use serde_json::{Value, json};

async fn start() -> (TestServer, Person) {
    let server = TestServer::start(crate::routes(), Duties::default()).await;
    let owner = server.owner_of("alpha").await;
    (server, owner)
}

fn path(person: &Person) -> String {
    format!("/api/v1/staff/{}", person.user())
}

fn told(answer: &Answer) -> (u16, &str) {
    (answer.status.as_u16(), answer.code())
}

/// What a person is told when coming in: nothing, or the code of the refusal.
async fn comes_in(person: &Person) -> String {
    person.get("/api/v1/staff").await.code().to_owned()
}

async fn renew(person: &mut Person) {
    let refresh = person.refresh.clone().expect("a token");
    person.renew(&refresh).await.expect(200);
}

async fn own_role(owner: &Person, name: &str, permissions: &[&str]) -> Value {
    let new = json!({ "name": name, "basedOn": "staff", "permissions": permissions });
    owner.post("/api/v1/roles", &new).await.expect(201)
}

#[tokio::test]
async fn colleagues_see_names_and_roles_and_only_who_may_change_staff_sees_more() {
    let (server, owner) = start().await;
    let colleague = server.colleague_of(&owner, "hygienist").await;
    let shown = colleague.get("/api/v1/staff").await.expect(200);
    let names: Vec<_> = shown["items"].as_array().expect("items").iter().map(|item| item["name"].clone()).collect();
    assert_eq!(names, ["hygienist", "Test Owner"]);
    for field in ["email", "lastSeenAt", "secondFactor"] {
        assert_eq!(shown["items"][1][field], Value::Null, "{field}");
    }
    let found = async |person: &Person, q: &str| {
        person.get(&format!("/api/v1/staff?q={q}")).await.expect(200)["items"].as_array().expect("items").len()
    };
    assert_eq!((found(&colleague, "HYG").await, found(&colleague, "owner@alpha").await), (1, 0));
    assert_eq!(found(&owner, "owner@alpha").await, 1);
    let full = owner.get("/api/v1/staff").await.expect(200)["items"][1].clone();
    assert_eq!((&full["email"], &full["secondFactor"]), (&json!("owner@alpha.example"), &json!(false)));
    assert!(full["lastSeenAt"].is_string() && full["id"] == full["userId"]);
}

#[tokio::test]
async fn pages_of_staff_go_through_everybody_once() {
    let (server, owner) = start().await;
    for role in ["admin", "provider", "provider", "staff", "staff"] {
        server.member_of(&owner, role).await;
    }
    let (mut walked, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = owner.get(&format!("/api/v1/staff?limit=2{cursor}")).await.expect(200);
        walked.extend(page["items"].as_array().expect("items").iter().map(|item| item["id"].to_string()));
        let Some(next) = page["nextCursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    let all = walked.len();
    walked.sort();
    walked.dedup();
    assert_eq!((all, walked.len()), (6, 6));
}

#[tokio::test]
async fn another_role_counts_from_the_next_request() {
    let (server, owner) = start().await;
    let mut admin = server.colleague_of(&owner, "admin").await;
    assert_eq!(comes_in(&admin).await, "");
    let changed = owner.patch(&path(&admin), &json!({ "version": 1, "role": "staff" })).await.expect(200);
    assert_eq!((&changed["role"], &changed["version"]), (&json!("staff"), &json!(2)));
    assert_eq!(comes_in(&admin).await, "auth.token_expired");
    renew(&mut admin).await;
    assert_eq!(comes_in(&admin).await, "");
    assert_eq!(admin.get("/api/v1/invites").await.code(), "auth.forbidden");
    let stale = owner.patch(&path(&admin), &json!({ "version": 1, "role": "admin" })).await;
    assert_eq!((told(&stale), &stale.body["current"]), ((409, "version.stale"), &changed));
}

#[tokio::test]
async fn who_is_suspended_is_out_with_the_next_request_and_back_only_by_signing_in() {
    let (server, owner) = start().await;
    let mut provider = server.colleague_of(&owner, "provider").await;
    let suspended = owner.post(&format!("{}/suspend", path(&provider)), &json!({ "version": 1 })).await.expect(200);
    assert_eq!(suspended["status"], "suspended");
    assert_eq!(comes_in(&provider).await, "auth.session_ended");
    let refresh = provider.refresh.clone().expect("a token");
    assert_eq!(provider.renew(&refresh).await.code(), "auth.session_ended");
    let email = owner.get("/api/v1/staff?status=suspended").await.expect(200)["items"][0]["email"].clone();
    let sign_in = json!({ "email": email, "password": "a long test password" });
    assert_eq!(provider.sign("/api/v1/auth/login", &sign_in).await.code(), "auth.invalid_credentials");

    owner.post(&format!("{}/restore", path(&provider)), &json!({ "version": 2 })).await.expect(200);
    assert_eq!(comes_in(&provider).await, "auth.session_ended", "what has ended stays ended");
    provider.sign("/api/v1/auth/login", &sign_in).await.expect(200);
    assert_eq!(comes_in(&provider).await, "");

    let removed = owner.post(&format!("{}/remove", path(&provider)), &json!({ "version": 3 })).await;
    assert_eq!(removed.status, 204);
    assert_eq!(comes_in(&provider).await, "auth.session_ended");
    assert_eq!(owner.get("/api/v1/staff").await.expect(200)["items"].as_array().expect("items").len(), 1);
    assert_eq!(owner.post(&format!("{}/restore", path(&provider)), &json!({ "version": 4 })).await.code(), "not_found");
}

#[tokio::test]
async fn a_practice_keeps_an_owner() {
    let (server, owner) = start().await;
    let second = server.colleague_of(&owner, "owner").await;
    owner.post(&format!("{}/suspend", path(&second)), &json!({ "version": 1 })).await.expect(200);
    // a suspended owner cannot let anybody in, and does not count
    for (end, body) in [
        ("", json!({ "version": 1, "role": "admin" })),
        ("/suspend", json!({ "version": 1 })),
        ("/remove", json!({ "version": 1 })),
    ] {
        let path = format!("{}{end}", path(&owner));
        let answer = if end.is_empty() { owner.patch(&path, &body).await } else { owner.post(&path, &body).await };
        assert_eq!(told(&answer), (409, "staff.last_owner"), "{end}");
    }
    owner.post(&format!("{}/restore", path(&second)), &json!({ "version": 2 })).await.expect(200);
    owner.patch(&path(&owner), &json!({ "version": 1, "role": "admin" })).await.expect(200);
}

#[tokio::test]
async fn of_two_owners_who_demote_each_other_one_stays() {
    let (server, owner) = start().await;
    for _ in 0..8 {
        let (one, other) = (server.colleague_of(&owner, "owner").await, server.colleague_of(&owner, "owner").await);
        let demote = json!({ "version": 1, "role": "staff" });
        let (path_one, path_other) = (path(&one), path(&other));
        let race = futures::future::join(one.patch(&path_other, &demote), other.patch(&path_one, &demote));
        let (first, second) = race.await;
        let mut codes = [first.code(), second.code()];
        codes.sort_unstable();
        assert_eq!(codes, ["", "auth.token_expired"], "whoever was demoted first demotes nobody");
    }
    // alone with one other, the same race leaves the practice its owner
    let second = server.colleague_of(&owner, "owner").await;
    let owners = owner.get("/api/v1/staff").await.expect(200)["items"].as_array().expect("items").clone();
    for item in owners.iter().filter(|item| item["role"] == "owner") {
        let id = item["id"].as_str().expect("an id");
        if id != owner.user().to_string() && id != second.user().to_string() {
            let version = json!({ "version": item["version"] });
            assert_eq!(owner.post(&format!("/api/v1/staff/{id}/remove"), &version).await.status, 204);
        }
    }
    let (remove_second, remove_first) = (format!("{}/remove", path(&second)), format!("{}/remove", path(&owner)));
    let at = json!({ "version": 1 });
    let (first, second) = futures::future::join(owner.post(&remove_second, &at), second.post(&remove_first, &at)).await;
    assert_eq!([first.status.as_u16(), second.status.as_u16()].iter().filter(|status| **status == 204).count(), 1);
    let left: i64 =
        sqlx::query_scalar("select count(*) from auth.membership where role = 'owner' and status = 'active'")
            .fetch_one(&mut server.database.conn().await)
            .await
            .expect("a count");
    assert_eq!(left, 1);
}

#[tokio::test]
async fn only_owners_touch_owners_and_nobody_goes_beyond_their_own_rights() {
    let (server, owner) = start().await;
    let admin = server.colleague_of(&owner, "admin").await;
    let staff = server.colleague_of(&owner, "staff").await;
    let invite = |role: &str| json!({ "email": "new@example.com", "role": role });
    for answer in [
        admin.patch(&path(&owner), &json!({ "version": 1, "role": "staff" })).await,
        admin.post(&format!("{}/suspend", path(&owner)), &json!({ "version": 1 })).await,
        admin.post(&format!("{}/remove", path(&owner)), &json!({ "version": 1 })).await,
        admin.patch(&path(&staff), &json!({ "version": 1, "role": "owner" })).await,
        admin.patch(&path(&admin), &json!({ "version": 1, "role": "owner" })).await,
        admin.post("/api/v1/invites", &invite("owner")).await,
    ] {
        assert_eq!(told(&answer), (403, "staff.owner_only"), "{}", answer.body);
    }

    let ledger = own_role(&owner, "Ledger", &["audit.read", "audit.export"]).await;
    let people = own_role(&owner, "People", &["staff.read", "staff.write", "roles.read", "roles.write"]).await;
    let mut hr = server.colleague_of(&owner, "staff").await;
    owner.patch(&path(&hr), &json!({ "version": 1, "customRoleId": people["id"] })).await.expect(200);
    renew(&mut hr).await;
    let beyond = json!({ "name": "More", "basedOn": "staff", "permissions": ["services.write"] });
    let people_path = format!("/api/v1/roles/{}", people["id"].as_str().expect("an id"));
    for answer in [
        // giving what one does not have, by each way there is
        admin.patch(&path(&staff), &json!({ "version": 1, "customRoleId": ledger["id"] })).await,
        admin.post("/api/v1/invites", &json!({ "email": "new@example.com", "customRoleId": ledger["id"] })).await,
        hr.post("/api/v1/roles", &beyond).await,
        hr.patch(&people_path, &json!({ "version": 1, "permissions": ["services.write"] })).await,
        hr.patch(&path(&hr), &json!({ "version": 2, "role": "admin" })).await,
        hr.post("/api/v1/invites", &invite("admin")).await,
        // and taking it
        hr.patch(&path(&admin), &json!({ "version": 1, "role": "staff" })).await,
        hr.post(&format!("{}/suspend", path(&admin)), &json!({ "version": 1 })).await,
    ] {
        assert_eq!(told(&answer), (403, "role.beyond_own"), "{}", answer.body);
    }
    let less = json!({ "name": "Less", "basedOn": "admin", "permissions": ["staff.read"] });
    hr.post("/api/v1/roles", &less).await.expect(201);
}

#[tokio::test]
async fn whoever_may_not_invite_any_more_leaves_no_open_door() {
    let (server, owner) = start().await;
    let admin = server.colleague_of(&owner, "admin").await;
    let status = async |id: &Value| {
        let all = owner.get("/api/v1/invites").await.expect(200);
        let items = all["items"].as_array().expect("items");
        items.iter().find(|item| item["id"] == *id).expect("the invite")["status"].clone()
    };
    let invite = async |email: &str| {
        admin.post("/api/v1/invites", &json!({ "email": email, "role": "admin" })).await.expect(201)["id"].clone()
    };
    let first = invite("one@example.com").await;
    owner.patch(&path(&admin), &json!({ "version": 1, "role": "provider" })).await.expect(200);
    assert_eq!(status(&first).await, "revoked");
}

#[tokio::test]
async fn a_role_from_beginning_to_end() {
    let (server, owner) = start().await;
    let role = own_role(&owner, " Front of house ", &["services.read", "hours.read"]).await;
    assert_eq!(role["name"], "Front of house");
    assert_eq!(
        role["permissions"],
        json!(["session.read", "account.read", "account.write", "notices.read", "hours.read", "services.read"])
    );
    let path_of = format!("/api/v1/roles/{}", role["id"].as_str().expect("an id"));
    let again = json!({ "name": "FRONT OF HOUSE", "basedOn": "staff", "permissions": [] });
    let answer = owner.post("/api/v1/roles", &again).await;
    assert_eq!((told(&answer), answer.faults()), ((409, "role.name_taken"), vec!["/name taken".to_owned()]));
    for (body, fault) in [
        (json!({ "name": "x", "basedOn": "owner", "permissions": [] }), "/basedOn invalid"),
        (json!({ "name": "x", "basedOn": "staff", "permissions": ["no.such"] }), "/permissions/0 invalid"),
        (json!({ "name": " ", "basedOn": "staff", "permissions": [] }), "/name required"),
    ] {
        assert_eq!(owner.post("/api/v1/roles", &body).await.faults(), [fault]);
    }

    let person = server.colleague_of(&owner, "receptionist").await;
    let given = owner.patch(&path(&person), &json!({ "version": 1, "customRoleId": role["id"] })).await.expect(200);
    assert_eq!((&given["role"], &given["customRole"]["name"]), (&json!("staff"), &json!("Front of house")));
    let invite = json!({ "email": "new@example.com", "customRoleId": role["id"] });
    let invite = owner.post("/api/v1/invites", &invite).await.expect(201);
    let archive = async || owner.post(&format!("{path_of}/archive"), &json!({ "version": 1 })).await;
    assert_eq!(told(&archive().await), (409, "role.in_use"));
    owner.patch(&path(&person), &json!({ "version": 2, "customRoleId": null })).await.expect(200);
    assert_eq!(told(&archive().await), (409, "role.in_use"), "an invitation counts as well");
    let revoke = format!("/api/v1/invites/{}/revoke", invite["id"].as_str().expect("an id"));
    owner.post(&revoke, &Value::Null).await.expect(200);
    archive().await.expect(200);
    let all = owner.get("/api/v1/roles").await.expect(200);
    assert_eq!((&all["custom"], all["builtIn"].as_array().expect("roles").len()), (&json!([]), 8));
    let answer = owner.patch(&path(&person), &json!({ "version": 3, "customRoleId": role["id"] })).await;
    assert_eq!(answer.faults(), ["/customRoleId invalid"]);
    own_role(&owner, "Front of house", &[]).await;
}

#[tokio::test]
async fn who_changed_what_is_in_the_ledger() {
    let (server, owner) = start().await;
    let person = server.colleague_of(&owner, "staff").await;
    owner.patch(&path(&person), &json!({ "version": 1, "role": "provider" })).await.expect(200);
    let entry: (String, String, Value) = sqlx::query_as(
        "select actor_id::text, action, changes from audit.entry where resource_type = 'staff' and resource_id = $1",
    )
    .bind(person.user())
    .fetch_one(&mut server.database.conn().await)
    .await
    .expect("one entry");
    assert_eq!((entry.0, entry.1.as_str()), (owner.user().to_string(), "update"));
    assert_eq!(entry.2.as_array().expect("changes").len(), 1);
    assert_eq!(entry.2[0]["field"], "role");
}

//! Practices that the platform founds: once, for an owner who comes by mail.

use futures::future::join_all;
use platform::testing::{Person, TestServer};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{at, entries, lines, start};

const PRACTICES: &str = "/api/v1/admin/practices";
const PASSWORD: &str = "a long test password";

fn practice(slug: &str, staff: &Value) -> Value {
    json!({ "name": "Gamma Clinic", "slug": slug, "country": "SA", "timeZone": "Asia/Riyadh", "currency": "SAR",
            "language": "en", "owner": { "name": "Huda", "email": "Huda@gamma.example" }, "staff": staff })
}

fn id(value: &Value) -> Uuid {
    serde_json::from_value(value["id"].clone()).expect("an id")
}

/// The token in the newest mail to somebody, with how many they got.
async fn mailed(server: &TestServer, to: &str) -> (String, usize) {
    server.settle().await;
    let mails = platform::mail::list(&server.app, Some("sandbox"), None, 200).await.expect("mails");
    let texts: Vec<_> = mails
        .iter()
        .filter_map(|entry| entry.mail.as_ref())
        .filter(|mail| mail.to.expose() == to)
        .map(|mail| mail.text.expose().clone())
        .collect();
    let token = texts.first().and_then(|text| text.split_once("/invite#")).expect("a link").1;
    (token.split_whitespace().next().expect("a token").to_owned(), texts.len())
}

async fn accept(server: &TestServer, token: &str, name: &str) -> (Person, platform::testing::Answer) {
    let mut person = server.stranger();
    let body = json!({ "token": token, "name": name, "password": PASSWORD });
    let answer = person.sign("/api/v1/auth/invite/accept", &body).await;
    (person, answer)
}

#[tokio::test]
async fn a_practice_is_founded_and_its_owner_comes_by_mail() {
    let (server, _, admin) = start().await;
    let staff = json!([{ "name": "Omar", "email": "omar@gamma.example", "role": "provider" }]);
    let made = admin.post(PRACTICES, &practice("gamma", &staff)).await.expect(201);
    assert_eq!(
        (&made["slug"], &made["status"], &made["staff"], &made["waitingForOwner"]),
        (&json!("gamma"), &json!("active"), &json!(0), &json!(true))
    );
    assert!(!made.to_string().contains("gamma.example"), "nor is there a link in it: {made}");
    let gamma = id(&made);
    let told = |what: &str, kind: &str| (what.to_owned(), kind.to_owned());
    assert_eq!(lines(&server, gamma).await, [told("practices.create", "console")]);
    assert_eq!(
        entries(&server, gamma).await,
        [told("create", "practice"), told("create", "invite"), told("create", "invite")]
    );
    let invites = admin.get(&at(gamma, "/invites")).await.expect(200)["items"].clone();
    assert_eq!(
        (invites.as_array().map(Vec::len), &invites[1]["email"], &invites[1]["role"], &invites[1]["status"]),
        (Some(2), &json!("huda@gamma.example"), &json!("owner"), &json!("open"))
    );

    let (token, _) = mailed(&server, "huda@gamma.example").await;
    let (owner, answer) = accept(&server, &token, "Huda").await;
    let session = answer.expect(200);
    assert_eq!((&session["role"], &session["practice"]["slug"]), (&json!("owner"), &json!("gamma")));
    let seen = owner.get("/api/v1/invites").await.expect(200)["items"].clone();
    assert!(seen.as_array().expect("items").iter().all(|invite| invite["invitedBy"].is_null()), "{seen}");
    let now = admin.get(&at(gamma, "")).await.expect(200);
    assert_eq!((&now["waitingForOwner"], &now["staff"]), (&json!(false), &json!(1)));
    // what the platform sent is the owner's to take back
    let omar = seen.as_array().expect("items").iter().find(|invite| invite["role"] == "provider").expect("Omar");
    owner
        .post(&format!("/api/v1/invites/{}/revoke", omar["id"].as_str().expect("an id")), &Value::Null)
        .await
        .expect(200);
}

#[tokio::test]
async fn what_is_wrong_with_a_practice_is_said_by_field() {
    let (server, owner, admin) = start().await;
    let with = |field: &str, value: Value| {
        let mut body = practice("gamma", &json!([]));
        *body.pointer_mut(field).expect("a field") = value;
        body
    };
    for (field, value, fault) in [
        ("/name", json!(" "), "/name required"),
        ("/slug", json!("Not a slug"), "/slug invalid_slug"),
        ("/country", json!("XX"), "/country invalid_country"),
        ("/timeZone", json!("Mars/Base"), "/timeZone invalid_time_zone"),
        ("/currency", json!("XYZ"), "/currency invalid_currency"),
        ("/owner/email", json!("nobody"), "/owner/email invalid_email"),
        ("/owner/name", json!(""), "/owner/name required"),
        (
            "/staff",
            json!([{ "name": "H", "email": " HUDA@gamma.example ", "role": "admin" }]),
            "/staff/0/email repeated",
        ),
        ("/staff", json!([{ "name": "H", "email": "x", "role": "admin" }]), "/staff/0/email invalid_email"),
    ] {
        assert_eq!(admin.post(PRACTICES, &with(field, value)).await.faults(), [fault]);
    }
    let many: Vec<_> =
        (0..51).map(|n| json!({ "name": "N", "email": format!("n{n}@x.example"), "role": "staff" })).collect();
    assert_eq!(admin.post(PRACTICES, &practice("gamma", &json!(many))).await.faults(), ["/staff too_long"]);
    let taken = admin.post(PRACTICES, &practice("alpha", &json!([]))).await;
    assert_eq!(
        (taken.status.as_u16(), taken.code(), taken.faults()),
        (409, "practice.slug_taken", vec!["/slug taken".to_owned()])
    );
    assert_eq!(owner.post(PRACTICES, &practice("gamma", &json!([]))).await.status, 401);

    // an e-mail that has an account is answered like any other
    let known = admin.post(PRACTICES, &with("/owner/email", json!("owner@alpha.example"))).await.expect(201);
    assert_eq!(known["waitingForOwner"], true);
    let (token, _) = mailed(&server, "owner@alpha.example").await;
    let accepted = owner.post("/api/v1/auth/invite/accept", &json!({ "token": token })).await.expect(200);
    assert_eq!(accepted["practice"]["slug"], "gamma");
}

#[tokio::test]
async fn the_same_request_founds_one_practice() {
    let (server, _, admin) = start().await;
    let key = Uuid::now_v7();
    let body = practice("gamma", &json!([]));
    let answers = join_all((0..4).map(|_| admin.post_under(key, PRACTICES, &body))).await;
    let ids: Vec<_> = answers.into_iter().map(|answer| id(&answer.expect(201))).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    let again = admin.post_under(key, PRACTICES, &body).await;
    assert_eq!(again.headers["idempotency-replayed"], "true");
    assert_eq!(mailed(&server, "huda@gamma.example").await.1, 1);
    let other = admin.post_under(key, PRACTICES, &practice("delta", &json!([]))).await;
    assert_eq!((other.status.as_u16(), other.code()), (422, "idempotency.key_reused"));
    // another administrator's key of the same name is another one
    let colleague = server.administrator("sami").await;
    assert_eq!(colleague.post_under(key, PRACTICES, &body).await.code(), "practice.slug_taken");
    assert_eq!(lines(&server, ids[0]).await.len(), 1);
}

#[tokio::test]
async fn the_invitation_of_an_owner_can_be_sent_again_and_to_somebody_else() {
    let (server, alpha, admin) = start().await;
    let staff = json!([{ "name": "Omar", "email": "omar@gamma.example", "role": "admin" }]);
    let gamma = id(&admin.post(PRACTICES, &practice("gamma", &staff)).await.expect(201));
    let invites = admin.get(&at(gamma, "/invites")).await.expect(200)["items"].clone();
    let (first, _) = mailed(&server, "huda@gamma.example").await;
    let owners =
        invites.as_array().expect("items").iter().find(|invite| invite["role"] == "owner").expect("hers").clone();
    let resend = json!({ "invite": owners["id"] });
    admin.post(&at(gamma, "/invites/resend"), &resend).await.expect(200);
    let (second, mails) = mailed(&server, "huda@gamma.example").await;
    assert_eq!((mails, first == second), (2, false));
    assert_eq!(accept(&server, &first, "Huda").await.1.code(), "invite.unknown");
    assert_eq!(admin.post(&at(alpha.practice(), "/invites/resend"), &resend).await.status, 404, "a neighbour's");

    // whoever came with the owner cannot take the owner's invitation back, nor become the owner
    let (token, _) = mailed(&server, "omar@gamma.example").await;
    let (omar, answer) = accept(&server, &token, "Omar").await;
    answer.expect(200);
    let revoke = format!("/api/v1/invites/{}/revoke", owners["id"].as_str().expect("an id"));
    assert_eq!(omar.post(&revoke, &Value::Null).await.code(), "staff.owner_only");
    assert_eq!(admin.get(&at(gamma, "")).await.expect(200)["waitingForOwner"], true);

    // the platform invites somebody else; the first link is dead
    let other = json!({ "name": "Layla", "email": "layla@gamma.example" });
    let listed = admin.post(&at(gamma, "/owner"), &other).await.expect(200);
    assert_eq!(
        (&listed["items"][0]["email"], &listed["items"][0]["status"]),
        (&json!("layla@gamma.example"), &json!("open"))
    );
    assert_eq!(accept(&server, &second, "Huda").await.1.code(), "invite.revoked");
    assert_eq!(admin.post(&at(gamma, "/invites/resend"), &resend).await.code(), "invite.closed");
    let (token, _) = mailed(&server, "layla@gamma.example").await;
    accept(&server, &token, "Layla").await.1.expect(200);
    assert_eq!(admin.post(&at(gamma, "/owner"), &other).await.code(), "practice.has_owner");
    // an invitation of the practice's own is none of the platform's business
    let own = alpha.post("/api/v1/invites", &json!({ "email": "x@alpha.example", "role": "staff" })).await.expect(201);
    assert_eq!(admin.get(&at(alpha.practice(), "/invites")).await.expect(200)["items"], json!([]));
    let asked = json!({ "invite": own["id"] });
    assert_eq!(admin.post(&at(alpha.practice(), "/invites/resend"), &asked).await.status, 404);
}

#[tokio::test]
async fn an_administrator_sees_and_ends_their_own_sessions_only() {
    let (server, _, admin) = start().await;
    let sessions = admin.get("/api/v1/admin/auth/sessions").await.expect(200);
    let own = &sessions["items"][0];
    assert_eq!((sessions["items"].as_array().map(Vec::len), &own["current"]), (Some(1), &json!(true)));
    let end = format!("/api/v1/admin/auth/sessions/{}/end", own["id"].as_str().expect("an id"));
    let colleague = server.administrator("sami").await;
    assert_eq!(colleague.post(&end, &Value::Null).await.status, 404);
    assert_eq!(admin.post(&end, &Value::Null).await.status, 204);
    assert_eq!(admin.get("/api/v1/admin/auth/session").await.code(), "auth.session_ended");
}

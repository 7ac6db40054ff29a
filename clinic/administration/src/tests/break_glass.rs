//! Breaking the glass: nothing without, reading with, everything in the practice's own ledger.

use platform::break_glass::Grant;
use platform::db::{Actor, Caller, Origin};
use platform::id::{AdministratorId, PracticeId, SessionId};
use platform::testing::{Answer, Person, TestServer};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::sign_in::{known, next_code, signed_in};
use super::{at, service, start};

const REASON: &str = "The owner cannot find yesterday's services (ticket 4711)";

async fn inside() -> (TestServer, Person, Person) {
    let (server, owner, _) = start().await;
    known(&server).await;
    let admin = signed_in(&server).await;
    (server, owner, admin)
}

async fn open(server: &TestServer, admin: &Person, practice: Uuid) -> Value {
    let asked = json!({ "reason": REASON, "code": next_code(server), "minutes": 30 });
    admin.post(&at(practice, "/break-glass"), &asked).await.expect(200)
}

/// A request to the practice's API under an access.
async fn under(admin: &Person, grant: &Value, method: Method, path: &str) -> Answer {
    let request = admin.request(method, path).header("x-vantage-grant", grant["id"].as_str().expect("an id"));
    Person::send(request).await
}

fn refused(answer: &Answer) -> (u16, &str) {
    (answer.status.as_u16(), answer.code())
}

/// What the practice's ledger has of support: action, kind of thing, its id.
async fn entries(server: &TestServer, practice: Uuid) -> Vec<(String, String, Option<Uuid>)> {
    sqlx::query_as(
        "select action, resource_type, resource_id from audit.entry
          where practice_id = $1 and actor_kind = 'break_glass' order by at, id",
    )
    .bind(practice)
    .fetch_all(&mut server.database.conn().await)
    .await
    .expect("entries")
}

#[tokio::test]
async fn without_an_access_an_administrator_sees_nothing() {
    let (_server, owner, admin) = inside().await;
    assert_eq!(refused(&admin.get("/api/v1/services").await), (403, "support_access.required"));
    let nobodys = json!({ "id": Uuid::now_v7() });
    assert_eq!(refused(&under(&admin, &nobodys, Method::GET, "/api/v1/services").await), (403, "support_access.ended"));
    assert_eq!(
        refused(&under(&admin, &json!({ "id": "rubbish" }), Method::GET, "/api/v1/services").await),
        (403, "support_access.required")
    );
    // the header is nothing without an administrator's session
    assert_eq!(refused(&under(&owner, &nobodys, Method::GET, "/api/v1/services").await), (401, "auth.required"));
}

#[tokio::test]
async fn an_access_needs_a_reason_a_fresh_code_and_an_end() {
    let (server, owner, admin) = inside().await;
    let path = at(owner.practice(), "/break-glass");
    let ask = |reason: &str, code: &str, minutes: i32| json!({ "reason": reason, "code": code, "minutes": minutes });
    let code = next_code(&server);
    assert_eq!(admin.post(&path, &ask("too short a reason", &code, 30)).await.faults(), ["/reason too_short"]);
    assert_eq!(admin.post(&path, &ask(&" ".repeat(40), &code, 30)).await.faults(), ["/reason required"]);
    assert_eq!(admin.post(&path, &ask(REASON, &code, 61)).await.faults(), ["/minutes out_of_range"]);
    let wrong = admin.post(&path, &ask(REASON, "abcdef", 30)).await;
    assert_eq!((wrong.status.as_u16(), wrong.faults()), (422, vec!["/code wrong".to_owned()]));
    admin.post(&path, &ask(REASON, &code, 30)).await.expect(200);
    assert_eq!(admin.post(&path, &ask(REASON, &code, 30)).await.faults(), ["/code wrong"], "a code serves once");
    assert_eq!(
        admin.post(&at(Uuid::now_v7(), "/break-glass"), &ask(REASON, &next_code(&server), 30)).await.status,
        404
    );
    let lines: Vec<(String, String)> = sqlx::query_as(
        "select outcome, reason from platform.access where action = 'support_access.open' order by at, id",
    )
    .fetch_all(&mut server.database.conn().await)
    .await
    .expect("lines");
    let outcomes: Vec<_> = lines.iter().map(|(outcome, _)| outcome.as_str()).collect();
    assert_eq!((outcomes, lines[1].1.as_str()), (vec!["denied", "ok", "denied"], REASON));
}

#[tokio::test]
async fn each_read_is_in_the_practices_own_ledger() {
    let (server, owner, admin) = inside().await;
    let practice = owner.practice();
    let cleaning = owner.post("/api/v1/services", &service("Cleaning")).await.expect(201);
    let (id, beta) = (cleaning["id"].as_str().expect("an id").to_owned(), server.owner_of("beta").await);
    let foreign = beta.post("/api/v1/services", &service("Crown")).await.expect(201);
    let grant = open(&server, &admin, practice).await;
    assert_eq!((&grant["practice"]["slug"], &grant["reason"]), (&json!("alpha"), &json!(REASON)));
    assert_eq!(admin.get("/api/v1/admin/auth/session").await.expect(200)["supportAccess"], json!([grant]));

    let seen = under(&admin, &grant, Method::GET, &format!("/api/v1/services/{id}")).await.expect(200);
    assert_eq!(seen, cleaning);
    let page = under(&admin, &grant, Method::GET, "/api/v1/services").await.expect(200);
    assert_eq!(page["items"].as_array().map(Vec::len), Some(1), "this practice, and no other");
    let foreign = format!("/api/v1/services/{}", foreign["id"].as_str().expect("an id"));
    assert_eq!(under(&admin, &grant, Method::GET, &foreign).await.status, 404);
    let read =
        |id: Option<&str>| ("read".to_owned(), "services".to_owned(), id.map(|id| id.parse::<Uuid>().expect("an id")));
    let expected = [read(Some(&id)), read(None), read(foreign.rsplit('/').next())];
    assert_eq!(entries(&server, practice).await, expected);
    assert_eq!(entries(&server, beta.practice()).await, []);
    let (actor, detail): (Uuid, Value) = sqlx::query_as(
        "select actor_id, detail from audit.entry where practice_id = $1 and actor_kind = 'break_glass' order by at, id",
    )
    .bind(practice)
    .fetch_one(&mut server.database.conn().await)
    .await
    .expect("an entry");
    assert_eq!(json!(actor), admin.session["administrator"]["id"]);
    assert_eq!(
        detail,
        json!({ "permission": "services.read", "operation": "GET /api/v1/services/{id}", "supportAccess": grant["id"] })
    );
}

#[tokio::test]
async fn nothing_is_changed_and_nothing_opened_under_an_access() {
    let (server, owner, admin) = inside().await;
    let practice = owner.practice();
    let grant = open(&server, &admin, practice).await;
    let grant_header = grant["id"].as_str().expect("an id");
    let create = admin.request(Method::POST, "/api/v1/services").header("x-vantage-grant", grant_header);
    let create = create.header("idempotency-key", Uuid::now_v7().to_string()).json(&service("Cleaning"));
    assert_eq!(refused(&Person::send(create).await), (403, "auth.forbidden"));
    assert_eq!(refused(&under(&admin, &grant, Method::GET, "/api/v1/auth/session").await), (403, "auth.forbidden"));
    let denied = |what: &str| ("denied".to_owned(), what.to_owned(), None);
    assert_eq!(entries(&server, practice).await, [denied("services"), denied("session")]);

    // behind the routes the database refuses as well
    let id = |value: &Value| serde_json::from_value::<Uuid>(value.clone()).expect("an id");
    let session: Uuid = sqlx::query_scalar("select session from administration.support_access")
        .fetch_one(&mut server.database.conn().await)
        .await
        .expect("a session");
    let grant = Grant {
        id: id(&grant["id"]),
        administrator: AdministratorId(id(&admin.session["administrator"]["id"])),
        session: SessionId(session),
    };
    let caller = Caller { practice: PracticeId(practice), actor: Actor::BreakGlass(grant), origin: Origin::default() };
    let renamed = server
        .app
        .door
        .write(&caller, async move |tx| {
            sqlx::query("update platform.practice set name = 'mine' where practice_id = $1")
                .bind(practice)
                .execute(tx.conn())
                .await?;
            tx.record(platform::record::Change::done("update", "practice", practice)).await
        })
        .await;
    assert_eq!(renamed.expect_err("refused").code(), "support_access.only_reads");
    assert_eq!(admin.get(&at(practice, "")).await.expect(200)["name"], "Practice alpha");
    // nor does an access serve elsewhere
    let beta = server.owner_of("beta").await.practice();
    let elsewhere = Caller { practice: PracticeId(beta), ..caller };
    let outcome = server.app.door.read(&elsewhere, async |_| Ok(())).await;
    assert_eq!(outcome.expect_err("refused").code(), "support_access.ended");
}

#[tokio::test]
async fn an_access_ends_by_its_time_by_its_session_by_the_administrator_and_by_the_practice() {
    let (server, owner, admin) = inside().await;
    let practice = owner.practice();
    let tried = async |admin: &Person, grant: &Value| {
        let answer = under(admin, grant, Method::GET, "/api/v1/services").await;
        (answer.status.as_u16(), answer.code().to_owned())
    };
    let over = (403, "support_access.ended".to_owned());
    let change = async |statement: &'static str| {
        sqlx::query(statement).execute(&mut server.database.conn().await).await.expect(statement);
    };
    let grant = open(&server, &admin, practice).await;
    assert_eq!(tried(&admin, &grant).await.0, 200);
    change("update administration.support_access set opened_at = now() - interval '1 hour', expires_at = now()").await;
    assert_eq!(tried(&admin, &grant).await, over, "its time is over");

    let grant = open(&server, &admin, practice).await;
    let colleague = server.administrator("noura2").await;
    assert_eq!(tried(&colleague, &grant).await, over, "a colleague's");
    assert_eq!(admin.post(&at(practice, "/break-glass/end"), &Value::Null).await.status, 204);
    assert_eq!(tried(&admin, &grant).await, over, "the administrator ended it");
    assert_eq!(admin.post(&at(practice, "/break-glass/end"), &Value::Null).await.status, 404);

    let grant = open(&server, &admin, practice).await;
    let path = format!("/api/v1/support-access/{}/end", grant["id"].as_str().expect("an id"));
    let ended = owner.post(&path, &Value::Null).await.expect(200);
    assert_eq!((&ended["endedBy"], &ended["open"]), (&json!("practice"), &json!(false)));
    assert_eq!(refused(&owner.post(&path, &Value::Null).await), (409, "support_access.over"));
    assert_eq!(tried(&admin, &grant).await, over, "the practice ended it");

    let grant = open(&server, &admin, practice).await;
    assert_eq!(admin.post("/api/v1/admin/auth/logout", &Value::Null).await.status, 204);
    assert_eq!(tried(&admin, &grant).await, (401, "auth.session_ended".to_owned()));
    let admin = signed_in(&server).await;
    assert_eq!(tried(&admin, &grant).await, over, "another session's");
}

#[tokio::test]
async fn the_practice_is_told_at_once_and_sees_all_that_ever_was() {
    let (server, owner, admin) = inside().await;
    let practice = owner.practice();
    server.settle().await;
    let before = platform::mail::list(&server.app, None, None, 10).await.expect("mails").len();
    open(&server, &admin, practice).await;
    server.settle().await;
    let mails = platform::mail::list(&server.app, Some("sandbox"), None, 10).await.expect("mails");
    assert_eq!(mails.len(), before + 1);
    let mail = mails[0].mail.as_ref().expect("kept");
    assert_eq!((mails[0].kind.as_str(), mail.to.expose().as_str()), ("support_access", "owner@alpha.example"));
    assert!(mail.text.expose().contains(REASON) && mail.text.expose().contains("/settings/support-access"));
    let page = owner.get("/api/v1/support-access").await.expect(200);
    let access = &page["items"][0];
    assert_eq!(
        (&access["administrator"]["name"], &access["reason"], &access["open"], &access["endedBy"]),
        (&json!("Sami"), &json!(REASON), &json!(true), &Value::Null)
    );
    owner
        .post(&format!("/api/v1/support-access/{}/end", access["id"].as_str().expect("an id")), &Value::Null)
        .await
        .expect(200);
    open(&server, &admin, practice).await;
    let first = owner.get("/api/v1/support-access?limit=1").await.expect(200);
    assert_eq!(first["items"][0]["open"], true);
    let next = first["nextCursor"].as_str().expect("a second page");
    let second = owner.get(&format!("/api/v1/support-access?limit=1&cursor={next}")).await.expect(200);
    assert_eq!((&second["items"][0]["open"], &second["nextCursor"]), (&json!(false), &Value::Null));
    assert_eq!(server.owner_of("beta").await.get("/api/v1/support-access").await.expect(200)["items"], json!([]));
    let names: Vec<String> =
        sqlx::query_scalar("select name from outbox.event where name like 'support%' order by at, id")
            .fetch_all(&mut server.database.conn().await)
            .await
            .expect("events");
    assert_eq!(names, ["support_access.opened", "support_access.ended", "support_access.opened"]);
}

#[tokio::test]
async fn kept_mails_are_read_without_what_opens_accounts() {
    let (server, owner, admin) = inside().await;
    let asked = json!({ "email": "owner@alpha.example" });
    assert_eq!(owner.post("/api/v1/auth/password/forgot", &asked).await.status, 204);
    server.settle().await;
    let page = admin.get("/api/v1/admin/mails").await.expect(200);
    let mail = &page["items"][0];
    assert_eq!(
        (&mail["kind"], &mail["state"], &mail["to"], &page["sandbox"]),
        (&json!("password_reset"), &json!("sandbox"), &json!("owner@alpha.example"), &json!(true))
    );
    let kept = admin.get(&format!("/api/v1/admin/mails/{}", mail["id"].as_str().expect("an id"))).await.expect(200);
    let text = kept["text"].as_str().expect("a text");
    assert!(text.contains("/reset#…") && kept["html"].is_null(), "{text}");
    assert_eq!(admin.get(&format!("/api/v1/admin/mails/{}", Uuid::now_v7())).await.status, 404);
}

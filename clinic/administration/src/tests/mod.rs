//! Administration as the console uses it.

mod break_glass;
mod founding;
mod sign_in;

use platform::db::{Caller, TenantTx};
use platform::error::Error;
use platform::id::PracticeId;
use platform::jobs::JobKind;
use platform::outbox::Subscriber;
use platform::testing::{Person, TestServer};
use platform::worker::Duties;
use serde_json::{Value, json};
use uuid::Uuid;

async fn with(duties: Duties) -> (TestServer, Person, Person) {
    let server = TestServer::start(identity::routes().merge(practice::routes()).merge(crate::routes()), duties).await;
    let (owner, admin) = (server.owner_of("alpha").await, server.administrator("noura").await);
    (server, owner, admin)
}

async fn start() -> (TestServer, Person, Person) {
    with(Duties::default()).await
}

fn service(name: &str) -> Value {
    json!({ "nameEn": name, "durationMinutes": 30, "price": { "amountMinor": 100, "currency": "SAR" },
            "vatCategory": "standard", "colour": "teal" })
}

fn at(practice: Uuid, rest: &str) -> String {
    format!("/api/v1/admin/practices/{practice}{rest}")
}

/// Lines of the platform's ledger about a practice: action and reason, oldest first, without those of looking.
async fn lines(server: &TestServer, practice: Uuid) -> Vec<(String, String)> {
    sqlx::query_as(
        "select action, reason from platform.access where practice = $1 and action !~ '[.](list|read)$' order by at, id",
    )
    .bind(practice)
    .fetch_all(&mut server.database.conn().await)
    .await
    .expect("lines")
}

/// What administrators did, as the practice's own ledger has it.
async fn entries(server: &TestServer, practice: Uuid) -> Vec<(String, String)> {
    sqlx::query_as(
        "select action, resource_type from audit.entry where practice_id = $1 and actor_kind = 'platform' order by at, id",
    )
    .bind(practice)
    .fetch_all(&mut server.database.conn().await)
    .await
    .expect("entries")
}

#[tokio::test]
async fn practices_are_listed_with_how_they_stand() {
    let (server, owner, admin) = start().await;
    server.owner_of("beta").await;
    server.colleague_of(&owner, "receptionist").await;
    owner.post("/api/v1/services", &service("Cleaning")).await.expect(201);
    let page = admin.get("/api/v1/admin/practices?limit=1").await.expect(200);
    let alpha = &page["items"][0];
    assert_eq!(
        (&alpha["slug"], &alpha["status"], &alpha["staff"], &alpha["health"], &alpha["size"]),
        (&json!("alpha"), &json!("active"), &json!(2), &json!("ok"), &Value::Null)
    );
    assert_eq!(alpha["queues"]["events"], 2, "the founding and the service are not told yet");
    assert!(alpha["lastActivityAt"].is_string());
    let next = page["nextCursor"].as_str().expect("a second page");
    let page = admin.get(&format!("/api/v1/admin/practices?limit=1&cursor={next}")).await.expect(200);
    assert_eq!((&page["items"][0]["slug"], &page["nextCursor"]), (&json!("beta"), &Value::Null));
    for (query, found) in
        [("q=ALPH", 1), ("q=practice", 2), ("q=%25", 0), ("status=suspended", 0), ("sort=-createdAt", 2)]
    {
        let page = admin.get(&format!("/api/v1/admin/practices?{query}")).await.expect(200);
        assert_eq!(page["items"].as_array().map(Vec::len), Some(found), "{query}");
    }

    let practice = admin.get(&at(owner.practice(), "")).await.expect(200);
    assert_eq!(practice["size"]["tables"]["practice.service"], 1);
    assert!(
        practice["size"]["rows"].as_i64().expect("a number") > 4
            && practice["size"]["bytes"].as_i64().expect("a number") > 0
    );
    assert!(!practice.to_string().contains("Cleaning"), "numbers, and no contents");
    assert_eq!(admin.get(&at(Uuid::now_v7(), "")).await.status, 404);
}

#[tokio::test]
async fn sizes_are_measured_now_and_then() {
    let (server, _, admin) = start().await;
    (crate::practices::measuring().run)(server.app.clone()).await.expect("measures");
    let page = admin.get("/api/v1/admin/practices").await.expect(200);
    assert!(page["items"][0]["size"]["rows"].as_i64().expect("a number") > 2);
}

#[tokio::test]
async fn everybody_of_a_suspended_practice_is_refused_from_the_next_request_on() {
    let (server, owner, admin) = start().await;
    let beta = server.owner_of("beta").await;
    let practice = owner.practice();
    assert_eq!(admin.post(&at(practice, "/suspend"), &json!({ "reason": "x" })).await.faults(), ["/reason too_short"]);
    let suspended =
        admin.post(&at(practice, "/suspend"), &json!({ "reason": " Invoices are unpaid " })).await.expect(200);
    assert_eq!(
        (&suspended["status"], &suspended["suspendedReason"], &suspended["health"]),
        (&json!("suspended"), &json!("Invoices are unpaid"), &json!("suspended"))
    );
    let answer = owner.get("/api/v1/services").await;
    assert_eq!((answer.status.as_u16(), answer.code()), (403, "practice.suspended"));
    assert_eq!(owner.get("/api/v1/auth/session").await.code(), "practice.suspended", "and not only that it is over");
    beta.get("/api/v1/services").await.expect(200);
    let again = admin.post(&at(practice, "/suspend"), &json!({ "reason": "once more" })).await;
    assert_eq!((again.status.as_u16(), again.code()), (409, "practice.suspended_already"));

    let resumed = admin.post(&at(practice, "/resume"), &Value::Null).await.expect(200);
    assert_eq!((&resumed["status"], &resumed["suspendedReason"]), (&json!("active"), &Value::Null));
    owner.get("/api/v1/services").await.expect(200);
    assert_eq!(admin.post(&at(practice, "/resume"), &Value::Null).await.code(), "practice.not_suspended");

    let told = |action: &str, reason: &str| (action.to_owned(), reason.to_owned());
    assert_eq!(
        lines(&server, practice).await,
        [told("practices.suspend", "Invoices are unpaid"), told("practices.resume", "console")],
        "and nothing of what did not happen"
    );
    assert_eq!(entries(&server, practice).await, [told("update", "practice"), told("update", "practice")]);
    assert_eq!(admin.post(&at(Uuid::now_v7(), "/suspend"), &json!({ "reason": "nobody" })).await.status, 404);
}

#[tokio::test]
async fn the_work_of_a_suspended_practice_waits() {
    let (server, owner, admin) = start().await;
    let beta = server.owner_of("beta").await;
    let practice = owner.practice();
    server.settle().await;
    admin.post(&at(practice, "/suspend"), &json!({ "reason": "a test of it" })).await.expect(200);
    server
        .app
        .door
        .write(&Caller::system(PracticeId(practice)), async move |tx| {
            tx.record(platform::record::Change::done("note", "practice", practice).event("practice.noted", 1)).await
        })
        .await
        .expect("an event");
    beta.post("/api/v1/services", &service("Cleaning")).await.expect(201);
    server.settle().await;
    let waiting = async |practice: Uuid| admin.get(&at(practice, "")).await.expect(200)["queues"]["events"].clone();
    assert_eq!((waiting(practice).await, waiting(beta.practice()).await), (json!(1), json!(0)));
    admin.post(&at(practice, "/resume"), &Value::Null).await.expect(200);
    server.settle().await;
    assert_eq!(waiting(practice).await, json!(0));
}

#[tokio::test]
async fn a_practice_is_held_to_its_limits() {
    let (server, owner, admin) = start().await;
    let practice = owner.practice();
    let limits = |rate: Value, staff: Value, version: i32| json!({ "ratePerSecond": rate, "maxStaff": staff, "version": version });
    let set = admin.put(&at(practice, "/limits"), &limits(json!(1), json!(2), 1)).await.expect(200);
    assert_eq!(set["limits"], limits(json!(1), json!(2), 2));
    let mut refused = 0;
    for _ in 0..6 {
        refused += u32::from(owner.get("/api/v1/services").await.code() == "rate.limited");
    }
    assert!(refused >= 3, "{refused}");

    let stale = admin.put(&at(practice, "/limits"), &limits(json!(5), json!(5), 1)).await;
    assert_eq!((stale.status.as_u16(), stale.code()), (409, "version.stale"));
    assert_eq!(stale.body["current"], limits(json!(1), json!(2), 2));
    admin.put(&at(practice, "/limits"), &limits(Value::Null, Value::Null, 2)).await.expect(200);
    owner.get("/api/v1/services").await.expect(200);
    assert_eq!(
        admin.put(&at(practice, "/limits"), &limits(json!(0), json!(1), 3)).await.faults(),
        ["/ratePerSecond out_of_range"]
    );
    assert_eq!(entries(&server, practice).await.len(), 2);
}

/// Refuses everything; its words must not reach anybody.
fn deaf() -> Subscriber {
    Subscriber {
        name: "deaf",
        wants: |name| name == "service.created",
        handle: |_, _| Box::pin(async { Err(Error::internal("Key (name)=(Cleaning) exists")) }),
    }
}

#[tokio::test]
async fn dead_events_are_listed_by_code_replayed_and_discarded() {
    let (server, owner, admin) = with(Duties { subscribers: vec![deaf()], ..Duties::default() }).await;
    let practice = owner.practice();
    for name in ["Cleaning", "Crown", "Filling"] {
        owner.post("/api/v1/services", &service(name)).await.expect(201);
    }
    let mut conn = server.database.conn().await;
    for _ in 0..8 {
        server.settle().await;
        sqlx::query("update outbox.lane set ready_at = now()").execute(&mut conn).await.expect("time passes");
    }
    let page = admin.get("/api/v1/admin/dead-events?limit=2").await.expect(200);
    let (first, second) = (&page["items"][0], &page["items"][1]);
    assert_eq!(
        (&first["name"], &first["error"], &first["practice"]["slug"]),
        (&json!("service.created"), &json!("internal"), &json!("alpha"))
    );
    assert!(!page.to_string().contains("Cleaning"));
    let next = page["nextCursor"].as_str().expect("a second page");
    let rest =
        admin.get(&format!("/api/v1/admin/dead-events?limit=2&cursor={next}&practice={practice}")).await.expect(200);
    assert_eq!((rest["items"].as_array().map(Vec::len), &rest["nextCursor"]), (Some(1), &Value::Null));
    let other = admin.get(&format!("/api/v1/admin/dead-events?practice={}", Uuid::now_v7())).await.expect(200);
    assert_eq!(other["items"], json!([]));

    let beta = server.owner_of("beta").await.practice();
    let (replay, discard) = ("/api/v1/admin/dead-events/replay", "/api/v1/admin/dead-events/discard");
    let chosen = json!({ "practice": practice, "ids": [first["id"], Uuid::now_v7()] });
    assert_eq!(
        admin.post(replay, &json!({ "practice": beta, "ids": [first["id"]] })).await.status,
        404,
        "a neighbour's"
    );
    assert_eq!(admin.post(replay, &chosen).await.expect(200)["ids"], json!([first["id"]]));
    assert_eq!(admin.post(replay, &chosen).await.status, 404, "it is dead no more");
    let given_up = json!({ "practice": practice, "ids": [second["id"]], "reason": "The service is gone" });
    assert_eq!(admin.post(discard, &given_up).await.expect(200)["ids"], json!([second["id"]]));
    let queues = admin.get(&at(practice, "")).await.expect(200)["queues"].clone();
    assert_eq!((&queues["deadEvents"], &queues["events"]), (&json!(1), &json!(1)));
    let overview = admin.get("/api/v1/admin/queues").await.expect(200);
    let busy = &overview["busy"][0];
    assert_eq!((&busy["practice"]["slug"], &busy["queues"]["deadEvents"]), (&json!("alpha"), &json!(1)));

    // whoever listens now hears of it
    let told = server.app.clone();
    platform::outbox::dispatch(&told, &std::sync::Arc::new(Duties::default())).await.expect("tells");
    let queues = admin.get(&at(practice, "")).await.expect(200)["queues"].clone();
    assert_eq!((&queues["deadEvents"], &queues["events"]), (&json!(1), &json!(0)));
    let told = |what: &str| (what.to_owned(), "event".to_owned());
    assert_eq!(entries(&server, practice).await, [told("replay"), told("discard")]);
    assert_eq!(lines(&server, practice).await.len(), 2);
}

const DOOMED: JobKind = JobKind {
    name: "test.doomed",
    max_attempts: 1,
    run: |_| Box::pin(async { Err(Error::conflict("test.failed", "No.")) }),
};

#[tokio::test]
async fn failed_jobs_are_listed_and_tried_again() {
    let (server, owner, admin) = with(Duties { jobs: vec![DOOMED], ..Duties::default() }).await;
    let practice = owner.practice();
    let enqueue = async |tx: &mut TenantTx| tx.enqueue(&DOOMED, &json!({ "name": "Cleaning" }), Some("one")).await;
    server.app.door.write(&Caller::system(PracticeId(practice)), enqueue).await.expect("a job");
    server.settle().await;
    let page = admin.get("/api/v1/admin/failed-jobs").await.expect(200);
    let job = &page["items"][0];
    assert_eq!(
        (&job["kind"], &job["error"], &job["attempts"], page["items"].as_array().map(Vec::len)),
        (&json!("test.doomed"), &json!("test.failed"), &json!(1), Some(1))
    );
    assert_eq!(admin.get(&at(practice, "")).await.expect(200)["health"], "failing");
    let chosen = json!({ "practice": practice, "ids": [job["id"]] });
    assert_eq!(admin.post("/api/v1/admin/failed-jobs/retry", &chosen).await.expect(200)["ids"], json!([job["id"]]));
    assert_eq!(admin.get(&at(practice, "")).await.expect(200)["queues"]["dueJobs"], 1);
    server.settle().await;
    server.app.door.write(&Caller::system(PracticeId(practice)), enqueue).await.expect("the same again");
    let refused = admin.post("/api/v1/admin/failed-jobs/retry", &chosen).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "job.running"));
    assert_eq!(lines(&server, practice).await.len(), 1, "what failed was rolled back with its line");
}

#[tokio::test]
async fn an_administrators_session_ends_by_itself() {
    let (server, _, admin) = start().await;
    for (what, change) in [
        ("idle", "update administration.session set last_active_at = now() - interval '15 minutes'"),
        ("over", "update administration.session set last_active_at = now(), expires_at = now()"),
        ("ended", "update administration.session set expires_at = now() + interval '1 hour', ended_at = now()"),
        (
            "removed",
            "with a as (update administration.administrator set removed_at = now()) update administration.session set ended_at = null",
        ),
    ] {
        sqlx::query(change).execute(&mut server.database.conn().await).await.expect(what);
        let answer = admin.get("/api/v1/admin/health").await;
        assert_eq!((answer.status.as_u16(), answer.code()), (401, "auth.session_ended"), "{what}");
    }
    sqlx::query("update administration.administrator set removed_at = null")
        .execute(&mut server.database.conn().await)
        .await
        .expect("back");
    let health = admin.get("/api/v1/admin/health").await.expect(200);
    assert_eq!((&health["practices"]["active"], &health["storage"]["freeMegabytes"]), (&json!(1), &Value::Null));
    assert!(health["database"]["version"].as_i64() >= Some(150_000) && health["database"]["bytes"].as_i64() > Some(0));
}

#[tokio::test]
async fn whatever_they_do_is_in_a_ledger_that_nobody_can_change() {
    let (server, owner, admin) = start().await;
    admin.get("/api/v1/admin/practices").await.expect(200);
    admin.post(&at(owner.practice(), "/suspend"), &json!({ "reason": "a test of it" })).await.expect(200);
    let page = admin.get("/api/v1/admin/access").await.expect(200);
    let line = &page["items"][0];
    assert_eq!(
        (&line["action"], &line["reason"], &line["administrator"]["name"], &line["practiceName"], &line["denied"]),
        (&json!("practices.suspend"), &json!("a test of it"), &json!("noura"), &json!("Practice alpha"), &json!(false))
    );
    let all = admin.get("/api/v1/admin/access?looks=true&limit=200").await.expect(200);
    let actions: Vec<_> = all["items"].as_array().expect("items").iter().map(|line| line["action"].clone()).collect();
    assert_eq!(actions[..3], [json!("access.list"), json!("access.list"), json!("practices.suspend")]);
    assert!(actions.contains(&json!("practices.list")));
    let me = line["administrator"]["id"].as_str().expect("an id");
    let filters = [
        ("action=practices.suspend".to_owned(), 1),
        ("action=practices".to_owned(), 1),
        ("action=practices&looks=true".to_owned(), 2),
        ("action=practice".to_owned(), 0),
        ("denied=true".to_owned(), 0),
        (format!("administrator={me}&action=practices"), 1),
        (format!("administrator={}", Uuid::now_v7()), 0),
    ];
    for (filter, found) in filters {
        let page = admin.get(&format!("/api/v1/admin/access?{filter}")).await.expect(200);
        assert_eq!(page["items"].as_array().map(Vec::len), Some(found), "{filter}");
    }
    for statement in
        ["update platform.access set reason = 'nothing'", "delete from platform.access", "truncate platform.access"]
    {
        let refused = sqlx::query(statement).execute(&mut server.database.conn().await).await.expect_err(statement);
        let code = refused.as_database_error().and_then(|error| error.code().map(std::borrow::Cow::into_owned));
        assert_eq!(code.as_deref(), Some("VT002"), "{statement}");
    }
}

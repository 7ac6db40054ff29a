//! The engine through HTTP, with blocks of its own: things that are made, changed and counted.

mod beginning;
mod going;
mod racing;
mod seeing;
mod shown;

use std::collections::{HashMap, HashSet};
use std::sync::{LazyLock, Mutex};

use jiff::{SignedDuration, Timestamp};
use platform::config::Config;
use platform::db::{Caller, TenantTx};
use platform::error::Error;
use platform::id::{PatientId, PracticeId};
use platform::jobs::JobKind;
use platform::outbox::Subscriber;
use platform::record::Change;
use platform::testing::{Person, TestServer};
use platform::worker::Duties;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::block::{Action, Blocks, DateOf, Field, Kind, Recipe, Run, Subject, Trigger};
use crate::registry::{Clinic, install};

/// Things as areas would know them.
static THINGS: LazyLock<Mutex<HashMap<Uuid, Value>>> = LazyLock::new(Mutex::default);
/// What fails, and how: `busy`, `refused`, `broken`, `panic`, and outside `hangs`; by the name of the thing.
static FAILING: LazyLock<Mutex<HashMap<String, &'static str>>> = LazyLock::new(Mutex::default);
/// What was sent outside: keys, each time.
static SENT: LazyLock<Mutex<Vec<(String, Uuid)>>> = LazyLock::new(Mutex::default);
/// Lets go what hangs.
static GATE: Semaphore = Semaphore::const_new(0);

fn failing(name: &str, how: Option<&'static str>) {
    let mut failing = FAILING.lock().expect("not poisoned");
    match how {
        Some(how) => drop(failing.insert(name.to_owned(), how)),
        None => drop(failing.remove(name)),
    }
}

fn fails(name: &str) -> Option<&'static str> {
    FAILING.lock().expect("not poisoned").get(name).copied()
}

static THING: Subject = Subject {
    name: "thing",
    permission: "services.read",
    fields: &[
        Field::new("id", Kind::Ref("thing"), r#""0190""#),
        Field::new("name", Kind::Text, r#""Chair""#),
        Field::new("secret", Kind::Text, r#""hidden""#).sensitive(),
        Field::new("count", Kind::Number, "1"),
        Field::new("parts", Kind::Text, "[]").many(),
        Field::new("start", Kind::Instant, r#""2026-11-30T06:00:00Z""#),
        Field::new("patient.id", Kind::Ref("patient"), r#""0190""#),
        Field::new("patient.givenName", Kind::Text, r#""Lina""#).sensitive(),
    ],
    load: |_, ids| {
        let things = THINGS.lock().expect("not poisoned");
        let found = ids.iter().filter_map(|id| Some((*id, things.get(id)?.clone()))).collect();
        Box::pin(async move { Ok(found) })
    },
    dates: &[DateOf {
        field: "start",
        due: |_, query| {
            let things = THINGS.lock().expect("not poisoned");
            let start = |thing: &Value| thing["start"].as_str()?.parse::<Timestamp>().ok();
            let mut due: Vec<_> = things.iter().filter_map(|(id, thing)| Some((start(thing)?, *id))).collect();
            due.retain(|one| {
                one.0 >= query.from && one.0 < query.until && query.after.is_none_or(|after| *one > after)
            });
            due.sort();
            due.truncate(usize::try_from(query.limit).expect("few"));
            Box::pin(async move { Ok(due) })
        },
    }],
    find: Some(|_, query| {
        let things = THINGS.lock().expect("not poisoned");
        let wanted = |thing: &Value| thing["name"] == query.filter["value"];
        let mut ids: Vec<_> = things.iter().filter(|(_, thing)| wanted(thing)).map(|(id, _)| *id).collect();
        ids.sort();
        ids.retain(|id| query.after.is_none_or(|after| *id > after));
        ids.truncate(usize::try_from(query.limit).expect("few"));
        Box::pin(async move { Ok(ids) })
    }),
    filters: &[platform::filter::Field { name: "name", column: "name", kind: platform::filter::Kind::Text }],
    patient: Some("patient.id"),
};

/// Leaves an entry in the ledger, whose id is the key; fails as it is told.
static COUNT: Action = Action {
    name: "test.count",
    permission: "services.write",
    fields: &[
        Field::new("name", Kind::Text, r#""x""#).required(),
        Field::new("secret", Kind::Text, r#""x""#).sensitive(),
    ],
    gives: &[Field::new("key", Kind::Text, r#""x""#), Field::new("secret", Kind::Text, r#""x""#).sensitive()],
    run: Run::Inside(|tx, call| {
        Box::pin(async move {
            tx.record(Change::done("count", "counted", call.key).with(json!({ "name": call.text("name") }))).await?;
            match fails(call.text("name").unwrap_or_default()) {
                Some("busy") => return Err(Error::unavailable("test.busy", "Later.")),
                Some("refused") => return Err(Error::conflict("test.refused", "Never.")),
                Some("broken") => {
                    sqlx::query("select 1 / 0").execute(tx.conn()).await?;
                }
                Some("panic") => panic!("told to"),
                _ => {}
            }
            Ok(json!({ "key": call.key, "secret": "told" }))
        })
    }),
};
/// Makes another thing, as a workflow that begins itself would.
static MAKE: Action = Action {
    name: "test.make",
    permission: "services.write",
    fields: &[Field::new("name", Kind::Text, r#""x""#).required()],
    gives: &[],
    run: Run::Inside(|tx, call| {
        Box::pin(async move {
            another(tx, call.text("name")).await?;
            Ok(json!({}))
        })
    }),
};
/// Another thing of that name is there, by whoever's hand.
async fn another(tx: &mut TenantTx, name: Option<&str>) -> platform::Result<()> {
    let id = Uuid::now_v7();
    remember(id, json!({ "id": id, "name": name }));
    tx.record(Change::done("make", "thing", id).event("thing.made", 1)).await
}
/// Makes another thing by a job, behind its transaction.
static MAKE_LATER: Action = Action {
    name: "test.make_later",
    permission: "services.write",
    fields: &[Field::new("name", Kind::Text, r#""x""#).required()],
    gives: &[],
    run: Run::Inside(|tx, call| {
        Box::pin(async move {
            tx.enqueue(&MAKING, &json!({ "name": call.text("name") }), None).await?;
            Ok(json!({}))
        })
    }),
};
const MAKING: JobKind = JobKind {
    name: "test.making",
    max_attempts: 1,
    run: |job| {
        Box::pin(async move {
            let payload = job.payload.clone();
            let work = async move |tx: &mut TenantTx| another(tx, payload["name"].as_str()).await;
            job.app.door.write(&Caller::system(job.practice), work).await
        })
    },
};
/// Tells that a thing has changed, of which another area makes another thing.
static CHANGE: Action = Action {
    name: "test.change",
    permission: "services.write",
    fields: &[Field::new("id", Kind::Ref("thing"), r#""0190""#).required()],
    gives: &[],
    run: Run::Inside(|tx, call| {
        Box::pin(async move {
            tx.record(Change::done("change", "thing", call.id("id")?).event("thing.turned", 1)).await?;
            Ok(json!({}))
        })
    }),
};
const FOLLOWER: Subscriber = Subscriber {
    name: "test",
    wants: |name| name == "thing.turned",
    handle: |tx, event| {
        Box::pin(async move {
            let name = THINGS.lock().expect("not poisoned").get(&event.subject_id).map(|thing| thing["name"].clone());
            another(tx, name.as_ref().and_then(Value::as_str)).await
        })
    },
};
/// What cannot be done yet.
static FLY: Action = Action {
    name: "test.fly",
    permission: "services.write",
    fields: &[],
    gives: &[],
    run: Run::NotYet("There are no wings in this practice."),
};
static SEND: Action = Action {
    name: "test.send",
    permission: "services.write",
    fields: &[Field::new("name", Kind::Text, r#""x""#).required()],
    gives: &[Field::new("n", Kind::Number, "1")],
    run: Run::Outside(|_, _, call| {
        Box::pin(async move {
            let name = call.text("name").unwrap_or_default().to_owned();
            let n = {
                let mut sent = SENT.lock().expect("not poisoned");
                sent.push((name.clone(), call.key));
                sent.len()
            };
            match fails(&name) {
                Some("busy") => Err(Error::unavailable("test.busy", "Later.")),
                Some("hangs") => {
                    let _place = GATE.acquire().await;
                    Ok(json!({ "n": n }))
                }
                Some(_) => Err(Error::conflict("test.refused", "Never.")),
                None => Ok(json!({ "n": n })),
            }
        })
    }),
};
static RARE: Action = Action {
    name: "test.rare",
    permission: "audit.export",
    fields: &[],
    gives: &[],
    run: Run::Inside(|_, _| Box::pin(async { Ok(json!({})) })),
};
static MADE: Trigger = Trigger { event: "thing.made", subject: "thing" };
static CHANGED: Trigger = Trigger { event: "thing.changed", subject: "thing" };
static RECIPE: Recipe = Recipe {
    name: "count_things",
    definition: r#"{"trigger":{"kind":"event","event":"thing.made"},"steps":[
        {"kind":"action","id":"count1","action":"test.count","fields":{"name":"{{ thing.name }}"}},
        {"kind":"action","id":"no1","action":"no.such"}]}"#,
    arabic: &[],
};

fn remember(id: Uuid, thing: Value) {
    THINGS.lock().expect("not poisoned").insert(id, thing);
}

async fn server() -> TestServer {
    server_with(Config::default()).await
}

async fn server_with(config: Config) -> TestServer {
    let blocks = Blocks {
        subjects: vec![&THING],
        triggers: vec![&MADE, &CHANGED],
        actions: vec![&COUNT, &MAKE, &MAKE_LATER, &CHANGE, &FLY, &SEND, &RARE],
        recipes: vec![&RECIPE],
    };
    install(blocks, Clinic::default()).expect("the blocks agree");
    let duties = Duties {
        subscribers: vec![FOLLOWER],
        listeners: crate::listeners(),
        turns: crate::turns(),
        jobs: [crate::jobs(), vec![MAKING]].concat(),
        ..Duties::default()
    };
    let routes = identity::routes().merge(crate::routes()).merge(platform::jobs::routes());
    TestServer::with(config, duties, |app| platform::http::surround(routes.split().0, app)).await
}

async fn with_owner() -> (TestServer, Person) {
    let server = server().await;
    let owner = server.owner_of("alpha").await;
    server.settle().await;
    (server, owner)
}

fn event(steps: &Value) -> Value {
    json!({ "trigger": { "kind": "event", "event": "thing.made" }, "steps": steps })
}

fn count(id: &str) -> Value {
    json!({ "kind": "action", "id": id, "action": "test.count", "fields": { "name": "{{ thing.name }}" } })
}

async fn make(owner: &Person, definition: &Value) -> Value {
    owner.post("/api/v1/workflows", &json!({ "name": "Test", "definition": definition })).await.expect(201)
}

async fn publish(owner: &Person, definition: &Value) -> Uuid {
    let made = make(owner, definition).await;
    let path = format!("/api/v1/workflows/{}/publish", made["id"].as_str().expect("an id"));
    owner.post(&path, &json!({ "version": made["version"] })).await.expect(200);
    serde_json::from_value(made["id"].clone()).expect("an id")
}

/// Something happens to a thing.
async fn tell(server: &TestServer, owner: &Person, name: &'static str, id: Uuid) {
    let caller = Caller::system(PracticeId(owner.practice()));
    let work = async move |tx: &mut TenantTx| tx.record(Change::done("happen", "thing", id).event(name, 1)).await;
    server.app.door.write(&caller, work).await.expect("it is told");
}

/// A thing of that name is made.
async fn happen(server: &TestServer, owner: &Person, name: &str) -> Uuid {
    let id = Uuid::now_v7();
    let thing = json!({ "id": id, "name": name, "secret": "hush", "count": 3, "parts": ["a", "b"],
                        "patient": { "id": PatientId::new(), "givenName": "Lina" } });
    remember(id, thing);
    tell(server, owner, "thing.made", id).await;
    id
}

async fn runs(owner: &Person, workflow: Uuid) -> Vec<Value> {
    let page = owner.get(&format!("/api/v1/workflow-runs?workflow={workflow}&limit=200")).await.expect(200);
    page["items"].as_array().expect("runs").clone()
}

async fn only_run(owner: &Person, workflow: Uuid) -> Value {
    let all = runs(owner, workflow).await;
    assert_eq!(all.len(), 1, "{all:?}");
    let path = format!("/api/v1/workflow-runs/{}", all[0]["id"].as_str().expect("an id"));
    owner.get(&path).await.expect(200)
}

/// How often things of that name were counted, and under how many keys.
async fn counted(server: &TestServer, name: &str) -> (usize, usize) {
    let keys: Vec<Uuid> = sqlx::query_scalar(
        "select resource_id from audit.entry where resource_type = 'counted' and detail ->> 'name' = $1",
    )
    .bind(name)
    .fetch_all(&mut server.database.conn().await)
    .await
    .expect("entries");
    (keys.len(), keys.iter().collect::<HashSet<_>>().len())
}

fn sent(name: &str) -> Vec<Uuid> {
    SENT.lock().expect("not poisoned").iter().filter(|(of, _)| of == name).map(|(_, key)| *key).collect()
}

/// Time passes, and whoever was signed in is so again.
async fn later(server: &TestServer, owner: &mut Person, minutes: i64) {
    server.clock.advance(SignedDuration::from_mins(minutes));
    let credentials = json!({ "email": "owner@alpha.example", "password": "a long test password" });
    owner.sign("/api/v1/auth/login", &credentials).await.expect(200);
}

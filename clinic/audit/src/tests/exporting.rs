//! The ledger taken out as files.

use jiff::SignedDuration;
use platform::http;
use platform::testing::{Person, TestServer};
use platform::worker::Duties;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{count, intruder, run, seal, work};
use crate::bundle;
use crate::evidence::Evidence;
use crate::note::Signer;

const PATH: &str = "/api/v1/audit/exports";

async fn start() -> (TestServer, Person) {
    let routes = identity::routes().merge(practice::routes()).merge(crate::routes());
    let duties = Duties { jobs: crate::jobs(), ..Duties::default() };
    let server =
        TestServer::with(platform::config::Config::default(), duties, |app| http::surround(routes.split().0, app))
            .await;
    let owner = server.owner_of("alpha").await;
    (server, owner)
}

/// Asks, waits, downloads: how it stood at the end, and the file.
async fn exported(server: &TestServer, person: &Person, body: Value) -> (Value, String) {
    let asked = person.post(PATH, &body).await.expect(201);
    server.settle().await;
    let path = format!("{PATH}/{}", asked["id"].as_str().expect("an id"));
    let export = person.get(&path).await.expect(200);
    assert_eq!(export["state"], "done", "{export}");
    let file = person.request(Method::GET, &format!("{path}/file")).send().await.expect("an answer");
    assert_eq!(file.status(), 200);
    let length = file.headers()["content-length"].to_str().expect("a number").to_owned();
    assert!(
        file.headers()["content-disposition"].to_str().expect("text").starts_with("attachment; filename=\"ledger-")
    );
    let text = file.text().await.expect("text");
    assert_eq!((text.len().to_string(), &export["bytes"]), (length, &json!(text.len())));
    (export, text)
}

#[tokio::test]
async fn a_table_is_made_kept_sealed_and_downloaded() {
    let (server, owner) = start().await;
    work(&owner, 2).await;
    let hostile = owner.request(Method::GET, "/api/v1/audit/00000000-0000-7000-8000-000000000000");
    Person::send(hostile.header("user-agent", "=HYPERLINK(\"http://x\",\"y\")")).await;
    let service = json!({ "nameEn": "x", "nameAr": "x", "durationMinutes": 30, "vatCategory": "standard",
                          "price": { "amountMinor": 100, "currency": "SAR" }, "colour": "teal" });
    let request = owner.request(Method::POST, "/api/v1/services").header("idempotency-key", Uuid::now_v7().to_string());
    let hostile = request.header("user-agent", "=HYPERLINK(\"http://x\",\"y\")").json(&service);
    Person::send(hostile).await.expect(201);
    seal(&server).await;
    let (export, text) =
        exported(&server, &owner, json!({ "format": "csv", "filter": { "resource": "service" } })).await;
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert_eq!((lines.len(), lines[4]), (5, ""), "a heading and three entries");
    assert!(lines[0].starts_with("\u{feff}at,actor kind,actor,"));
    assert!(lines[1].contains(",user,Test Owner,") && lines[1].contains(",create,service,"));
    assert!(lines[3].contains(",\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\","), "{}", lines[3]);
    assert_eq!((&export["done"], &export["total"], &export["createdBy"]), (&json!(3), &json!(3), &json!("Test Owner")));
    let stored: Vec<u8> = sqlx::query_scalar("select body from audit_export.chunk")
        .fetch_one(&mut server.database.conn().await)
        .await
        .expect("a chunk");
    assert!(!String::from_utf8_lossy(&stored).contains("service"));
    for action in ["export", "download"] {
        let said = owner.get(&format!("/api/v1/audit?action={action}&resource=ledger")).await.expect(200);
        assert_eq!(
            (said["items"].as_array().expect("items").len(), &said["items"][0]["resourceId"]),
            (1, &export["id"])
        );
    }
}

#[tokio::test]
async fn an_export_is_of_its_practice_and_goes_after_a_day() {
    let (server, owner) = start().await;
    let (export, _) = exported(&server, &owner, json!({ "format": "fhir" })).await;
    let path = format!("{PATH}/{}", export["id"].as_str().expect("an id"));
    let beta = server.owner_of("beta").await;
    let staff = server.colleague_of(&owner, "admin").await;
    for path in [path.clone(), format!("{path}/file")] {
        assert_eq!((beta.get(&path).await.status.as_u16(), staff.get(&path).await.code()), (404, "auth.forbidden"));
    }
    assert_eq!(beta.get(PATH).await.expect(200)["items"], json!([]));
    assert_eq!(owner.get(PATH).await.expect(200)["items"][0]["id"], export["id"]);
    let sweep = async || (crate::export::SWEEP.run)(server.app.clone()).await.expect("sweeps");
    sweep().await;
    assert_eq!(count(&server, "audit_export.chunk").await, 1);
    server.clock.advance(SignedDuration::from_hours(24));
    let mut owner = owner;
    let refresh = owner.refresh.clone().expect("a token");
    owner.renew(&refresh).await.expect(200);
    for path in [path.clone(), format!("{path}/file")] {
        assert_eq!(owner.get(&path).await.status, 404);
    }
    sweep().await;
    assert_eq!((count(&server, "audit_export.chunk").await, count(&server, "audit_export.request").await), (0, 0));
}

#[tokio::test]
async fn what_cannot_be_taken_out_is_refused_with_the_field() {
    let (server, owner) = start().await;
    let faults = async |body: Value| owner.post(PATH, &body).await.faults();
    assert_eq!(faults(json!({ "format": "bundle", "filter": { "action": "read" } })).await, ["/filter invalid"]);
    let upside_down = json!({ "from": "2026-02-01T00:00:00Z", "to": "2026-01-01T00:00:00Z" });
    assert_eq!(faults(json!({ "format": "csv", "filter": upside_down })).await, ["/filter/to out_of_range"]);
    assert_eq!(owner.post(PATH, &json!({ "format": "csv", "filter": { "limit": 1 } })).await.status, 422);
    let first = owner.post(PATH, &json!({ "format": "csv" })).await.expect(201);
    assert_eq!(owner.post(PATH, &json!({ "format": "csv" })).await.code(), "job.running");
    let file = format!("{PATH}/{}/file", first["id"].as_str().expect("an id"));
    assert_eq!(owner.get(&file).await.code(), "audit.export_not_ready");
    server.settle().await;
    let mut conn = intruder(&server).await;
    run(
        &mut conn,
        format!(
            "insert into audit.entry (practice_id, id, actor_kind, action, resource_type)
             select '{}', gen_random_uuid(), 'system', 'read', 'much' from generate_series(1, 250001)",
            owner.practice()
        ),
    )
    .await;
    let refused = owner.post(PATH, &json!({ "format": "csv", "filter": { "resource": "much" } })).await;
    assert_eq!(
        (refused.code(), refused.faults()),
        ("audit.export_too_large", vec!["/filter/from too_many".to_owned()])
    );
    owner.post(PATH, &json!({ "format": "csv", "filter": { "resource": "service" } })).await.expect(201);
}

#[tokio::test]
async fn a_bundle_that_was_downloaded_verifies() {
    let (server, owner) = start().await;
    work(&owner, 3).await;
    seal(&server).await;
    let (export, text) = exported(&server, &owner, json!({ "format": "bundle" })).await;
    let keys = Signer::of(&server.app).expect("keys").public_keys();
    let report = bundle::verify(text.as_bytes(), &keys, &Evidence::none()).expect("a bundle");
    assert_eq!((report.entries, report.wrong), (6, Vec::new()));
    assert_eq!(export["done"], 6);
}

/// Entries of every kind that there is, as FHIR.
async fn events() -> Vec<Value> {
    let (server, owner) = start().await;
    work(&owner, 2).await;
    let staff = server.colleague_of(&owner, "staff").await;
    assert_eq!(staff.get("/api/v1/audit").await.status, 403);
    run(
        &mut intruder(&server).await,
        format!(
            "insert into audit.entry (practice_id, id, actor_kind, action, resource_type, patient_id, outcome, detail)
             values ('{0}', gen_random_uuid(), 'voice', 'read', 'patient', gen_random_uuid(), 'error', '{{\"patients\": [\"x\"], \"empty\": \"\"}}')",
            owner.practice()
        ),
    )
    .await;
    let (_, text) = exported(&server, &owner, json!({ "format": "fhir" })).await;
    text.lines().map(|line| serde_json::from_str(line).expect("json")).collect()
}

#[tokio::test]
async fn events_say_who_did_what_to_whom() {
    let events = events().await;
    let of = |action: &str| events.iter().find(|event| event["subtype"][0]["code"] == action).expect("an event");
    let create = of("create");
    assert_eq!(
        (&create["action"], &create["outcome"], &create["type"]["code"]),
        (&json!("C"), &json!("0"), &json!("rest"))
    );
    assert_eq!((&create["agent"][0]["name"], &create["agent"][0]["requestor"]), (&json!("Test Owner"), &json!(true)));
    assert_eq!((&of("denied")["outcome"], &of("denied")["type"]["code"]), (&json!("4"), &json!("110113")));
    assert_eq!(of("login")["type"]["code"], "110114");
    assert_eq!((&of("read")["outcome"], &of("read")["entity"][1]["role"]["display"]), (&json!("8"), &json!("Patient")));
}

/// HL7's own schema of R4, kept beside a checkout by whoever has it.
#[tokio::test]
async fn events_are_what_the_schema_of_fhir_asks_for() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../../shared/contracts/fhir/fhir.r4.schema.trimmed.json");
    let Ok(text) = std::fs::read_to_string(path) else {
        eprintln!("skipped: there is no schema of FHIR R4 at {path}");
        return;
    };
    let mut schema: Value = serde_json::from_str(&text).expect("json");
    // of all resources only this one
    schema.as_object_mut().expect("an object").remove("oneOf");
    schema["$ref"] = json!("#/definitions/AuditEvent");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let events = events().await;
    assert!(events.len() >= 6);
    for event in &events {
        let faults: Vec<String> =
            validator.iter_errors(event).map(|fault| format!("{}: {fault}", fault.instance_path)).collect();
        assert_eq!(faults, Vec::<String>::new(), "{event}");
        // what a schema of JSON cannot ask for: these have no default
        for field in ["type", "recorded", "agent", "source"] {
            assert!(!event[field].is_null(), "{field}");
        }
    }
    let mut wrong = events[0].clone();
    wrong["outcome"] = json!("fine");
    assert!(!validator.is_valid(&wrong), "the schema refuses something");
}

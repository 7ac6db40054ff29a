//! The walls between practices, tried from inside the database as the roles that the server uses.

use std::time::Duration;

use platform::db::{Caller, Origin};
use platform::id::PracticeId;
use platform::testing::{Person, TestServer};
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _};
use uuid::Uuid;

use crate::product;

/// Every table that belongs to practices.
async fn tenant_tables(conn: &mut PgConnection) -> Vec<String> {
    let tables: Vec<String> = sqlx::query_scalar(
        "select c.oid::regclass::text from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'practice_id'
           join pg_namespace n on n.oid = c.relnamespace
          where c.relkind in ('r', 'p') and not c.relispartition and n.nspname not in ('auth', 'pg_catalog') order by 1",
    )
    .fetch_all(conn)
    .await
    .expect("tables");
    assert!(tables.len() >= 8, "{tables:?}");
    tables
}

/// Two practices with something in every table.
async fn furnished() -> (TestServer, [Uuid; 2]) {
    let server = product().await;
    let mut practices = [Uuid::nil(); 2];
    for (slot, slug) in practices.iter_mut().zip(["alpha", "beta"]) {
        let owner = server.owner_of(slug).await;
        let service = json!({ "nameEn": "Cleaning", "durationMinutes": 30, "price": { "amountMinor": 100, "currency": "SAR" },
                              "vatCategory": "standard", "colour": "teal" });
        owner.post("/api/v1/services", &service).await.expect(201);
        let location = owner.post("/api/v1/locations", &json!({ "name": "Olaya" })).await.expect(201);
        let room = json!({ "locationId": location["id"], "name": "Room 1", "kind": "room", "colour": "teal" });
        owner.post("/api/v1/rooms", &room).await.expect(201);
        hours_and_people(&owner, &location["id"]).await;
        cases(&owner).await;
        *slot = owner.practice();
        let mut conn = server.database.conn().await;
        conn.execute("set session_replication_role = replica").await.expect("no triggers for a fixture");
        for fixture in [
            "insert into jobs.job (practice_id, id, kind, payload, run_at) values ($1, gen_random_uuid(), 'test', '', 'infinity')",
            "insert into audit_export.request (practice_id, id, job_id, format, created_by, created_at, expires_at)
             select $1, id, id, 'csv', id, now(), 'infinity' from jobs.job where practice_id = $1 and kind = 'test'",
            "insert into audit_export.chunk (practice_id, request_id, run, number, body)
             select $1, id, id, 0, '' from audit_export.request where practice_id = $1",
            "insert into scheduling.recall (practice_id, id, patient_id, service_id, location_id, appointment_id, due_on,
                    next_on, status, created_at, updated_at)
             select practice_id, gen_random_uuid(), patient_id, service_id, location_id, id, '2031-01-01', '2031-01-01',
                    'due', now(), now() from scheduling.appointment where practice_id = $1 limit 1",
            "insert into scheduling.recall_attempt (practice_id, id, recall_id, kind, outcome, at)
             select practice_id, gen_random_uuid(), id, 'phone', 'reached', now() from scheduling.recall where practice_id = $1",
            "insert into patients.origin (practice_id, source, key, patient_id)
             select $1, 'test', id::text, id from patients.patient where practice_id = $1",
            "insert into scheduling.calcom_booking (practice_id, id, state, from_there, keep_ours, there, attempts, version, created_at, updated_at)
             values ($1, gen_random_uuid(), 'cancelled', false, false, 'none', 0, 1, now(), now())",
            "insert into scheduling.calcom_uid (practice_id, uid, booking_id, ended)
             select $1, id::text, id, false from scheduling.calcom_booking where practice_id = $1",
            "insert into scheduling.calcom_reservation (practice_id, hold_id, event_type_id, starts_at, uid, until)
             values ($1, gen_random_uuid(), 1, now(), 'x', now())",
            "insert into scheduling.calcom_sandbox (practice_id, uid, event_type_id, starts_at, ends_at, status)
             values ($1, 'x', 1, now(), now(), 'accepted')",
            "insert into scheduling.calcom_message (practice_id, id, trigger, uid, at, body, state, received_at)
             values ($1, gen_random_uuid(), 'x', 'x', now(), '', 'received', now())",
            "insert into messaging.attachment (practice_id, id, name, media_type, size, bytes, created_at)
             values ($1, gen_random_uuid(), '', 'text/plain', 1, '', now())",
            "insert into messaging.inbox (practice_id, id, provider, dedupe_key, body, state, received_at)
             values ($1, gen_random_uuid(), 'twilio', 'x', '', 'received', now())",
            "insert into voice.retell (practice_id, provider, enabled, api_key, api_key_last_four, webhook_token, version, updated_at)
             values ($1, 'sandbox', false, '', 'x', repeat('x', 32), 1, now())",
            "insert into voice.secret (practice_id, name, value, last_four, updated_at) values ($1, 'openai/x', '', 'abcd', now())",
            "insert into voice.retell_agent (practice_id, call_workflow_id, agent_id) values ($1, gen_random_uuid(), 'x')",
            "insert into voice.retell_message (practice_id, id, key, event, external_id, body, state, received_at)
             values ($1, gen_random_uuid(), 'x', 'x', 'x', '', 'received', now())",
            "insert into voice.retell_order (practice_id, call_id, state, variables) values ($1, gen_random_uuid(), 'waiting', '')",
            "insert into voice.retell_known (practice_id, call_id, reference, patient_id)
             values ($1, gen_random_uuid(), 'reference', gen_random_uuid())",
            "insert into voice.retell_done (practice_id, call_id, key, function, answer)
             values ($1, gen_random_uuid(), repeat('0', 64), 'book', '')",
            "insert into voice.retell_sandbox (practice_id, external_id, our_id, agent_id, is_web, private, step, began_at)
             values ($1, 'x', 'x', 'x', false, '', 0, now())",
            "insert into timeline.entry (practice_id, id, patient_id, at, kind, resource_type, resource_id, actor_kind, body)
             values ($1, gen_random_uuid(), gen_random_uuid(), now(), 'note', 'note', gen_random_uuid(), 'user', '')",
            "insert into notices.notice (practice_id, id, user_id, private, source, source_id, created_at)
             values ($1, gen_random_uuid(), gen_random_uuid(), '', 'mention', gen_random_uuid(), now())",
            "insert into webhooks.lane (practice_id, endpoint_id, lane, next_seq, pending, ready_at)
             select practice_id, id, 'x', 2, 0, now() from webhooks.endpoint where practice_id = $1",
            "insert into webhooks.delivery (practice_id, id, endpoint_id, lane, seq, event_id, event, happened_at, subject_type,
                    subject_id, fields, state, due_at, created_at, finished_at)
             select practice_id, gen_random_uuid(), id, 'x', 1, id, 'service.created', now(), 'service', id, '{}', 'delivered', now(), now(), now()
               from webhooks.endpoint where practice_id = $1",
            "insert into webhooks.attempt (practice_id, id, delivery_id, at, duration_ms)
             select practice_id, gen_random_uuid(), id, now(), 1 from webhooks.delivery where practice_id = $1",
            "insert into voice.flow (practice_id, id, call_workflow_id, number, hash, files, loaded_at)
             select practice_id, gen_random_uuid(), id, 1, repeat('0', 64), '[]', now() from voice.call_workflow where practice_id = $1",
            "insert into voice.case_import (practice_id, id, call_workflow_id, about, columns, dates, rows, state, created_at, updated_at, expires_at)
             select practice_id, gen_random_uuid(), id, '', '[]', 'dmy', 1, 'checked', now(), now(), 'infinity'
               from voice.call_workflow where practice_id = $1",
            "insert into voice.case_import_row (practice_id, import_id, number, body, outcome, report)
             select practice_id, id, 1, '', 'create', '[]' from voice.case_import where practice_id = $1",
            "insert into voice.call (practice_id, id, direction, runtime, transport, state, requested_by, review, created_at, updated_at)
             values ($1, gen_random_uuid(), 'outbound', 'native', 'text', 'queued', 'person', 'none', now(), now())",
            "insert into voice.turn (practice_id, call_id, seq, who, at_ms, private)
             select practice_id, id, 0, 'agent', 0, '' from voice.call where practice_id = $1",
            "insert into voice.finding (practice_id, call_id, target, key, private, state)
             select practice_id, id, 'case', 'x', '', 'open' from voice.call where practice_id = $1",
            "insert into automation.settings (practice_id, updated_at) values ($1, now())",
            "insert into automation.workflow (practice_id, id, name, status, draft, created_at, updated_at)
             values ($1, gen_random_uuid(), 'x', 'draft', '{}', now(), now())",
            "insert into automation.version (practice_id, workflow_id, number, definition, created_at)
             select practice_id, id, 1, '{}', now() from automation.workflow where practice_id = $1",
            "insert into automation.webhook (practice_id, workflow_id, token_hash, secret, address, rotated_at)
             select practice_id, id, '', '', '', now() from automation.workflow where practice_id = $1",
            "insert into automation.cursor (practice_id, workflow_id, upto, due_at)
             select practice_id, id, now(), 'infinity' from automation.workflow where practice_id = $1",
            "insert into automation.run (practice_id, id, workflow_id, version, cause, state, test, chain, data, started_at, ended_at)
             select practice_id, gen_random_uuid(), id, 1, 'x', 'done', false, '{}', '', now(), now()
               from automation.workflow where practice_id = $1",
            "insert into automation.step (practice_id, run_id, seq, step_id, iteration, kind, state, attempts, started_at, duration_us, data)
             select practice_id, id, 1, 'x', '{}', 'stop', 'done', 1, now(), 0, '' from automation.run where practice_id = $1",
            "insert into automation.wait (practice_id, run_id) select practice_id, id from automation.run where practice_id = $1",
            "insert into automation.rehearsal (practice_id, id, workflow_id, definition, state, since, until, created_at)
             select practice_id, gen_random_uuid(), id, '{}', 'done', now(), now(), now() from automation.workflow where practice_id = $1",
            "insert into automation.rehearsal_item (practice_id, rehearsal_id, seq, at, data)
             select practice_id, id, 1, now(), '' from automation.rehearsal where practice_id = $1",
        ] {
            sqlx::query(fixture).bind(*slot).execute(&mut conn).await.expect("a row");
        }
    }
    let mut sealer = audit::sealer::Sealer::new(&server.app);
    let mut conn = server.database.conn().await;
    // transactions of other tests on the same PostgreSQL may hold it up for a moment
    while count(&mut conn, "audit.head", &format!("practice_id = '{}'", practices[1])).await == 0 {
        sealer.catch_up().await.expect("seals");
    }
    (server, practices)
}

/// What the practice calls about, and whom.
async fn cases(owner: &Person) {
    let fields = json!([{ "key": "patient_name", "label": { "en": "Name" }, "type": "string" }]);
    let about = json!({ "slug": "prior_auth", "name": "Prior authorization", "fields": fields });
    let about = owner.post("/api/v1/call-workflows", &about).await.expect(201);
    let case = json!({ "callWorkflowId": about["id"], "fields": { "patient_name": "Ana" } });
    owner.post("/api/v1/cases", &case).await.expect(201);
}

/// What the practice writes to a patient, who has an e-mail address, and how.
async fn messages(owner: &Person, patient: &Value) {
    let quiet =
        json!({ "version": 0, "quietFrom": "21:00", "quietUntil": "07:00", "dailyCap": 3, "partPriceMinor": 0 });
    Person::send(owner.request(Method::PUT, "/api/v1/messaging-settings").json(&quiet)).await.expect(200);
    let channel = json!({ "channel": "email", "version": 0, "provider": "sandbox", "settings": {} });
    Person::send(owner.request(Method::PUT, "/api/v1/message-channels").json(&channel)).await.expect(200);
    let texts = json!({ "subjectEn": "S", "textEn": "T", "subjectAr": "S", "textAr": "T" });
    let template = json!({ "name": "Hello", "channel": "email", "purpose": "transactional", "texts": texts });
    let template = owner.post("/api/v1/message-templates", &template).await.expect(201)["id"].clone();
    let rule = json!({ "name": "Before", "channel": "email", "templateId": template, "offsetMinutes": 60,
        "serviceIds": [], "locationIds": [], "skipConfirmed": false, "enabled": true });
    owner.post("/api/v1/message-rules", &rule).await.expect(201);
    let message = json!({ "patientId": patient, "channel": "email", "templateId": template });
    owner.post("/api/v1/messages", &message).await.expect(201);
    let address = json!({ "channel": "email", "address": "gone@example.com" });
    owner.post("/api/v1/message-suppressions", &address).await.expect(201);
}

/// What the practice says of when and with whom it works.
async fn hours_and_people(owner: &Person, location: &Value) {
    let put = async |path: String, body: Value| {
        Person::send(owner.request(Method::PUT, &path).json(&body)).await.expect(200);
    };
    let service = owner.get("/api/v1/services").await.expect(200)["items"][0]["id"].clone();
    let provider = json!({ "version": 0, "locationIds": [location], "serviceIds": [service] });
    put(format!("/api/v1/providers/{}", owner.user()), provider).await;
    let sunday = json!([{ "weekday": 7, "intervals": [{ "from": "09:00", "to": "17:00" }] }]);
    put("/api/v1/hours".to_owned(), json!({ "owner": "practice", "version": 0, "week": sunday })).await;
    let absence =
        json!({ "owner": "practice", "kind": "closed", "from": "2026-12-24T00:00:00", "to": "2026-12-25T00:00:00" });
    owner.post("/api/v1/absences", &absence).await.expect(201);
    owner.post("/api/v1/onboarding/finish", &Value::Null).await.expect(200);
    let tag = owner.post("/api/v1/tags", &json!({ "name": "VIP", "colour": "red" })).await.expect(201)["id"].clone();
    let patient = owner.post("/api/v1/patients", &json!({ "givenName": "Sara", "tags": [tag] })).await.expect(201);
    let policies = format!("/api/v1/patients/{}/policies", patient["id"].as_str().expect("an id"));
    owner.post(&policies, &json!({ "payer": "Bupa", "memberId": "1" })).await.expect(201);
    let relatives = policies.replace("policies", "relatives");
    owner.post(&relatives, &json!({ "relationship": "mother", "name": "Huda" })).await.expect(201);
    let task =
        json!({ "title": "Call", "patientId": patient["id"], "assignee": { "kind": "person", "id": owner.user() } });
    owner.post("/api/v1/tasks", &task).await.expect(201);
    // a Sunday in Riyadh
    let visit = |start: &str| json!({ "serviceId": service, "locationId": location, "start": start, "providerIds": [owner.user()] });
    owner.post("/api/v1/holds", &visit("2030-06-02T08:00:00Z")).await.expect(201);
    let mut booked = visit("2030-06-02T10:00:00Z");
    booked["patientId"] = patient["id"].clone();
    owner.post("/api/v1/appointments", &booked).await.expect(201);
    let rules = owner.get("/api/v1/scheduling-settings").await.expect(200);
    let mut rules = rules.as_object().cloned().expect("rules");
    rules.retain(|field, _| field != "version" && field != "updatedAt");
    put("/api/v1/scheduling-settings".to_owned(), json!({ "version": 0, "rules": rules })).await;
    let online = json!({ "serviceId": service, "slug": "cleaning", "textEn": null, "textAr": null, "newPatients": true,
                         "deposit": false });
    let online = json!({ "enabled": true, "services": [online], "providerIds": null, "locationIds": null,
        "chooseProvider": true, "mostOpen": 3, "email": "no", "reason": "no", "origins": [] });
    put("/api/v1/online-booking".to_owned(), json!({ "version": 0, "rules": online })).await;
    let settings = json!({ "mode": "ask_me", "waveSize": 3, "waveMinutes": 30, "lastMinutes": 120 });
    put("/api/v1/waitlist-settings".to_owned(), json!({ "version": 0, "rules": settings })).await;
    let rule = format!("/api/v1/recall-rules/{}", service.as_str().expect("an id"));
    put(rule, json!({ "version": 0, "months": 6 })).await;
    let waits =
        json!({ "givenName": "Reem", "birthDate": "1990-05-17", "emails": [{ "address": "reem@example.com" }] });
    let waits = owner.post("/api/v1/patients", &waits).await.expect(201)["id"].clone();
    let wish = json!({ "patientId": waits, "serviceId": service, "locationId": location });
    owner.post("/api/v1/wishes", &wish).await.expect(201);
    booked["start"] = json!("2030-06-02T12:00:00Z");
    let visit = owner.post("/api/v1/appointments", &booked).await.expect(201)["id"].clone();
    let why = json!({ "version": 1, "by": "patient", "reason": "patient_ill" });
    owner.post(&format!("/api/v1/appointments/{}/cancel", visit.as_str().expect("an id")), &why).await.expect(200);
    let opening = owner.get("/api/v1/openings").await.expect(200)["items"][0]["id"].clone();
    let offer = format!("/api/v1/openings/{}/offer", opening.as_str().expect("an id"));
    owner.post(&offer, &json!({})).await.expect(200);
    put("/api/v1/calcom".to_owned(), json!({ "version": 0, "provider": "sandbox", "enabled": true })).await;
    let mapped = json!({ "serviceId": service, "providerId": null, "locationId": location, "eventTypeId": 1,
        "slug": "x", "title": "x", "lengthMinutes": 30 });
    put("/api/v1/calcom/mappings".to_owned(), json!({ "version": 1, "items": [mapped] })).await;
    messages(owner, &waits).await;
    owner.post("/api/v1/views", &json!({ "name": "Mine" })).await.expect(201);
    let field = json!({ "name": "Shoe size", "kind": "number" });
    owner.post("/api/v1/patient-fields", &field).await.expect(201);
    let twice = json!({ "givenName": "Ali", "birthDate": "1990-01-01" });
    let [one, other] = [owner.post("/api/v1/patients", &twice).await, owner.post("/api/v1/patients", &twice).await];
    let (one, other) = (one.expect(201), other.expect(201));
    let merge = json!({ "version": 1, "other": other["id"], "otherVersion": 1 });
    owner.post(&format!("/api/v1/patients/{}/merge", one["id"].as_str().expect("an id")), &merge).await.expect(201);
    owner.post("/api/v1/patients", &twice).await.expect(201);
    let import = owner.request(Method::POST, "/api/v1/imports").header("idempotency-key", Uuid::now_v7().to_string());
    Person::send(import.body("first name,last name\nSara,Ali\n")).await.expect(201);
    let endpoint = json!({ "url": "https://hooks.example.com/", "events": ["*"] });
    owner.post("/api/v1/webhook-endpoints", &endpoint).await.expect(201);
    let closing_day = json!({ "name": "Move", "date": "2026-12-24", "repeats": "none" });
    owner.post("/api/v1/closing-days", &closing_day).await.expect(201);
}

async fn count(conn: &mut PgConnection, table: &str, condition: &str) -> i64 {
    let statement = format!("select count(*) from {table} where {condition}");
    sqlx::query_scalar(AssertSqlSafe(statement))
        .fetch_one(conn)
        .await
        .unwrap_or_else(|error| panic!("{table}: {error}"))
}

#[tokio::test]
async fn without_a_practice_nothing_is_seen_and_with_one_only_its_own() {
    let (server, [alpha, beta]) = furnished().await;
    let mut admin = server.database.conn().await;
    let tables = tenant_tables(&mut admin).await;
    let mut app = server.database.conn_as("vantage_app").await;
    for table in &tables {
        assert!(count(&mut admin, table, &format!("practice_id = '{beta}'")).await > 0, "{table} has nothing to hide");
        assert_eq!(count(&mut app, table, "true").await, 0, "{table} without a practice");
    }
    let mut tx = app.begin().await.expect("begins");
    tx.execute(AssertSqlSafe(format!("select set_config('app.practice_id', '{alpha}', true)"))).await.expect("enters");
    for table in &tables {
        assert!(count(&mut tx, table, "true").await > 0, "{table} shows its own");
        assert_eq!(count(&mut tx, table, &format!("practice_id <> '{alpha}'")).await, 0, "{table} shows a neighbour's");
    }
    tx.commit().await.expect("commits");
    // after a commit the setting is '' and not null
    for table in &tables {
        assert_eq!(count(&mut app, table, "true").await, 0, "{table} after the transaction");
    }
}

#[tokio::test]
async fn a_neighbours_row_cannot_be_written() {
    let (server, [alpha, beta]) = furnished().await;
    let mut app = server.database.conn_as("vantage_app").await;
    let mut tx = app.begin().await.expect("begins");
    tx.execute(AssertSqlSafe(format!("select set_config('app.practice_id', '{alpha}', true)"))).await.expect("enters");
    let changed = tx
        .execute(AssertSqlSafe(format!("update practice.service set name_en = 'mine' where practice_id = '{beta}'")))
        .await
        .expect("runs");
    assert_eq!(changed.rows_affected(), 0);
    let moved = tx.execute(AssertSqlSafe(format!("update practice.service set practice_id = '{beta}'"))).await;
    assert_eq!(state(moved), "42501", "a row cannot be moved to a neighbour");
    for statement in [
        "truncate practice.service",
        "delete from audit.entry",
        "update audit.entry set action = 'x'",
        "select * from auth.user",
        "select * from auth.session",
        "create table practice.x ()",
        "set role vantage_owner",
        "alter table practice.service disable row level security",
    ] {
        let mut tx = app_in(&server, alpha).await;
        assert_eq!(state(tx.execute(AssertSqlSafe(statement.to_owned())).await), "42501", "{statement}");
    }
}

async fn app_in(server: &TestServer, practice: Uuid) -> PgConnection {
    let mut conn = server.database.conn_as("vantage_app").await;
    conn.execute(AssertSqlSafe(format!("begin; select set_config('app.practice_id', '{practice}', true)")))
        .await
        .expect("enters");
    conn
}

fn state<T>(result: sqlx::Result<T>) -> String {
    match result {
        Err(sqlx::Error::Database(error)) => error.code().unwrap_or_default().into_owned(),
        Err(other) => panic!("another error: {other}"),
        Ok(_) => "nothing".to_owned(),
    }
}

#[tokio::test]
async fn each_role_stays_in_its_own_rooms() {
    let (server, _) = furnished().await;
    for (role, statement) in [
        ("vantage_auth", "select * from practice.service"),
        ("vantage_auth", "select * from audit.entry"),
        ("vantage_auth", "select * from sec.data_key"),
        ("vantage_worker", "select * from outbox.event"),
        ("vantage_worker", "select * from auth.user"),
        ("vantage_worker", "select * from audit.entry"),
        ("vantage_worker", "select * from audit.seal"),
        ("vantage_app", "select * from audit.checkpoint"),
        ("vantage_app", "select claim.trees()"),
        ("vantage_worker", "select * from practice.service"),
        ("vantage_platform", "select * from practice.service"),
        ("vantage_platform", "select * from auth.user"),
        ("vantage_platform", "select sec.enter_as_system(gen_random_uuid())"),
        ("vantage_worker", "select sec.enter_as_system(gen_random_uuid())"),
    ] {
        let mut conn = server.database.conn_as(role).await;
        assert_eq!(state(conn.execute(statement).await), "42501", "{role}: {statement}");
    }
}

#[tokio::test]
async fn a_change_without_an_audit_entry_cannot_be_committed() {
    let (server, [alpha, _]) = furnished().await;
    let caller = Caller::system(PracticeId(alpha));
    let outcome = server
        .app
        .door
        .write(&caller, async move |tx| {
            sqlx::query("update practice.service set version = version + 1 where practice_id = $1")
                .bind(alpha)
                .execute(tx.conn())
                .await?;
            Ok(())
        })
        .await;
    assert_eq!(outcome.expect_err("refused").code(), "internal");
    let mut conn = server.database.conn().await;
    assert_eq!(count(&mut conn, "practice.service", "version <> 1").await, 0);
}

#[tokio::test]
async fn the_ledger_cannot_be_changed_even_by_its_owner() {
    let (server, _) = furnished().await;
    for table in ["audit.entry", "audit.seal", "audit.head", "audit.checkpoint"] {
        let column = if table == "audit.entry" { "action = 'x'" } else { "number = 0" };
        let column = if ["audit.seal", "audit.head"].contains(&table) { "practice_id = null" } else { column };
        for statement in
            [format!("update {table} set {column}"), format!("delete from {table}"), format!("truncate {table}")]
        {
            let mut conn = server.database.conn().await;
            assert_eq!(state(conn.execute(AssertSqlSafe(statement.clone())).await), "VT002", "{statement}");
        }
    }
}

#[tokio::test]
async fn a_request_dropped_at_any_moment_leaves_no_transaction_open() {
    let (server, [alpha, _]) = furnished().await;
    for micros in (0..4000).step_by(20) {
        let app = server.app.clone();
        let work = tokio::spawn(async move {
            let caller = Caller { origin: Origin::default(), ..Caller::system(PracticeId(alpha)) };
            app.door
                .write(&caller, async move |tx| {
                    sqlx::query("select pg_sleep(0.001)").execute(tx.conn()).await?;
                    Ok(())
                })
                .await
        });
        tokio::time::sleep(Duration::from_micros(micros)).await;
        work.abort();
    }
    nothing_stays_open(&server).await;
}

#[tokio::test]
async fn a_read_that_is_over_ends_though_nobody_needs_its_connection() {
    let server = product().await;
    let owner = server.owner_of("alpha").await;
    let reads = (0..20).map(|_| owner.get("/api/v1/services"));
    for answer in futures::future::join_all(reads).await {
        answer.expect(200);
    }
    nothing_stays_open(&server).await;
}

#[tokio::test]
async fn a_change_whose_error_was_overheard_is_not_taken_for_done() {
    let (server, [alpha, _]) = furnished().await;
    let deaf = async move |tx: &mut platform::db::TenantTx| {
        sqlx::query("update practice.service set price_minor = -1 where practice_id = $1")
            .bind(alpha)
            .execute(tx.conn())
            .await
            .expect_err("a check refuses it");
        Ok(())
    };
    server.app.door.write(&Caller::system(PracticeId(alpha)), deaf).await.expect_err("not committed");
    nothing_stays_open(&server).await;
}

async fn nothing_stays_open(server: &TestServer) {
    let mut conn = server.database.conn().await;
    let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
    loop {
        let open: i64 = sqlx::query("select count(*) from pg_stat_activity where datname = current_database() and application_name = 'vantage' and state like 'idle in transaction%'")
            .fetch_one(&mut conn).await.expect("a count").get(0);
        if open == 0 {
            break;
        }
        assert!(tokio::time::Instant::now() < deadline, "{open} connections stay inside a transaction");
        tokio::task::yield_now().await;
    }
}

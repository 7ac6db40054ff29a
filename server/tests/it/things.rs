//! A thing of every kind that a practice can have, for proofs that try them all.

use std::sync::atomic::{AtomicI64, Ordering};

use platform::testing::{Person, TestServer};
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

/// One thing of each kind that an operation names by id, in a practice. A new kind needs its line here.
pub async fn things(server: &TestServer, person: &Person) -> Vec<(&'static str, Uuid)> {
    let make = async |path: &str, body: Value| -> Uuid {
        let made = person.post(path, &body).await.expect(201);
        serde_json::from_value(made["id"].clone()).expect("an id")
    };
    let service = json!({ "nameEn": Uuid::now_v7(), "durationMinutes": 30, "price": { "amountMinor": 100, "currency": "SAR" },
                          "vatCategory": "standard", "colour": "teal" });
    let house = make("/api/v1/locations", json!({ "name": Uuid::now_v7() })).await;
    let room = json!({ "locationId": house, "name": Uuid::now_v7(), "kind": "room", "colour": "teal" });
    let absence =
        json!({ "owner": "practice", "kind": "closed", "from": "2026-12-24T00:00:00", "to": "2026-12-25T00:00:00" });
    let closing_day = json!({ "name": "Move", "date": "2026-12-24", "repeats": "none" });
    let insured =
        json!({ "givenName": "Noura", "birthDate": "1990-05-17", "emails": [{ "address": "noura@example.com" }] });
    let insured: Uuid = make("/api/v1/patients", insured).await;
    let policy = json!({ "payer": "Bupa", "memberId": "1" });
    let insurance = make(&format!("/api/v1/patients/{insured}/policies"), policy).await;
    let job = Uuid::now_v7();
    sqlx::query(
        "insert into jobs.job (practice_id, id, kind, payload, run_at) values ($1, $2, 'test', '', 'infinity')",
    )
    .bind(person.practice())
    .bind(job)
    .execute(&mut server.database.conn().await)
    .await
    .expect("a job");
    let (member, _) = server.member_of(person, "staff").await;
    let invite = json!({ "email": format!("{}@example.com", Uuid::now_v7().simple()), "role": "staff" });
    let role = json!({ "name": Uuid::now_v7(), "basedOn": "staff", "permissions": [] });
    let in_a_day = server.clock.now() + jiff::SignedDuration::from_hours(24);
    let key = json!({ "name": "Kiosk", "scopes": ["services.read"], "expiresAt": in_a_day });
    let (session, passkey, mut conn) = (Uuid::now_v7(), Uuid::now_v7(), server.database.conn().await);
    sqlx::query(
        "insert into auth.session (id, user_id, practice_id, expires_at) values ($1, $2, $3, now() + interval '1 day')",
    )
    .bind(session)
    .bind(person.user())
    .bind(person.practice())
    .execute(&mut conn)
    .await
    .expect("a session");
    sqlx::query(
        "insert into auth.passkey (id, user_id, credential_id, credential, name) values ($1, $2, $3, '{}', 'Laptop')",
    )
    .bind(passkey)
    .bind(person.user())
    .bind(passkey.as_bytes())
    .execute(&mut conn)
    .await
    .expect("a passkey");
    let (entry, patient) = (Uuid::now_v7(), Uuid::now_v7());
    sqlx::query(
        "insert into audit.entry (practice_id, id, actor_kind, action, resource_type, patient_id)
         values ($1, $2, 'system', 'read', 'patient', $3)",
    )
    .bind(person.practice())
    .bind(entry)
    .bind(patient)
    .execute(&mut server.database.conn().await)
    .await
    .expect("an entry");
    let administrator = server.administrator(&Uuid::now_v7().to_string()).await;
    let identity = Uuid::now_v7();
    sqlx::query("insert into auth.external_identity (id, issuer, subject, user_id) values ($1, 'test', $1::text, $2)")
        .bind(identity)
        .bind(person.user())
        .execute(&mut server.database.conn().await)
        .await
        .expect("an identity");
    let (appointment, hold) = visit(server, person, insured).await;
    let waitlist = waitlist(server, person).await;
    let webhooks = webhooks(server, person).await;
    let texts = json!({ "subjectEn": "S", "textEn": "T", "subjectAr": "S", "textAr": "T" });
    let template = json!({ "name": "Hello", "channel": "email", "purpose": "transactional", "texts": texts });
    let template = make("/api/v1/message-templates", template).await;
    let rule = json!({ "name": "Before", "channel": "email", "templateId": template, "offsetMinutes": 60,
        "serviceIds": [], "locationIds": [], "skipConfirmed": false, "enabled": true });
    let message = json!({ "patientId": insured, "channel": "email", "templateId": template });
    let message = async |state: &str| {
        let id = make("/api/v1/messages", message.clone()).await;
        in_state(server, person, id, state).await
    };
    let archived = json!({ "name": "Old", "channel": "email", "purpose": "transactional", "texts": texts });
    let archived = make("/api/v1/message-templates", archived).await;
    sqlx::query("update messaging.template set archived_at = now() where id = $1")
        .bind(archived)
        .execute(&mut without_triggers(server).await)
        .await
        .expect("an archived template");
    let suppressed = json!({ "channel": "email", "address": format!("{}@example.com", Uuid::now_v7().simple()) });
    let automated = automated(server, person).await;
    let (call_workflow, case, case_import) = voice(person).await;
    let (call, over) = (ordered(server, person).await, over(server, person, case).await);
    vec![
        ("/api/v1/call-workflows/", call_workflow),
        ("/api/v1/cases/", case),
        ("/api/v1/case-imports/", case_import),
        ("/api/v1/messages/{id}/assign", message("received").await),
        ("/api/v1/messages/{id}/read", message("received").await),
        ("/api/v1/messages/{id}/decide", message("unknown").await),
        ("/api/v1/messages/{id}/retry", message("failed").await),
        ("/api/v1/messages/{id}/headers", message("sent").await),
        ("/api/v1/messages/", message("queued").await),
        ("/api/v1/message-templates/{id}/restore", archived),
        ("/api/v1/message-rules/", make("/api/v1/message-rules", rule).await),
        ("/api/v1/message-suppressions/", make("/api/v1/message-suppressions", suppressed).await),
        ("/api/v1/message-templates/", template),
        ("/api/v1/support-access/", server.support_access(&administrator, person.practice()).await),
        ("/api/v1/jobs/", job),
        ("/api/v1/audit/patients/", patient),
        ("/api/v1/audit/exports/", ledger_file(server, person).await),
        ("/api/v1/audit/", entry),
        ("/api/v1/account/identities/", identity),
        ("/api/v1/services/", make("/api/v1/services", service).await),
        ("/api/v1/policies/", insurance),
        ("/api/v1/appointments/", appointment),
        ("/api/v1/holds/", hold),
        ("/api/v1/wishes/", waitlist.wish),
        ("/api/v1/openings/", waitlist.opening),
        ("/api/v1/recalls/", waitlist.recall),
        ("/api/v1/recall-rules/", waitlist.service),
        ("/api/v1/tasks/", make("/api/v1/tasks", json!({ "title": "Order gloves" })).await),
        ("/api/v1/webhook-endpoints/", webhooks.0),
        ("/api/v1/webhook-deliveries/", webhooks.1),
        // those that must be published, or have failed, before the others
        ("/api/v1/workflows/{id}/versions", automated.published),
        ("/api/v1/workflows/{id}/runs", automated.published),
        ("/api/v1/workflows/", automated.draft),
        ("/api/v1/workflow-runs/{id}/resume", automated.failed),
        ("/api/v1/workflow-runs/", automated.begun),
        ("/api/v1/workflow-rehearsals/", automated.rehearsal),
        ("/api/v1/calcom-bookings/", undecided(server, person).await),
        ("/api/v1/retell/calls/", call),
        ("/api/v1/calls/{id}/review", over),
        ("/api/v1/calls/{id}/findings", over),
        ("/api/v1/calls/", call),
        ("/fhir/R4/Appointment/", appointment),
        ("/fhir/R4/Coverage/", insurance),
        ("/fhir/R4/Organization/", person.practice()),
        ("/fhir/R4/Patient/", insured),
        ("/fhir/R4/Practitioner/", provider(server, person).await),
        ("/fhir/R4/Schedule/", provider(server, person).await),
        (
            "/api/v1/relatives/",
            make(&format!("/api/v1/patients/{insured}/relatives"), json!({ "relationship": "mother", "name": "Huda" }))
                .await,
        ),
        ("/api/v1/patients/", make("/api/v1/patients", json!({ "givenName": "Sara" })).await),
        ("/api/v1/imports/", import(server, person).await),
        ("/api/v1/merges/", merge(person).await),
        ("/api/v1/views/", make("/api/v1/views", json!({ "name": Uuid::now_v7() })).await),
        ("/api/v1/tags/", make("/api/v1/tags", json!({ "name": Uuid::now_v7(), "colour": "red" })).await),
        (
            "/api/v1/patient-fields/",
            make("/api/v1/patient-fields", json!({ "name": "Shoe size", "kind": "text" })).await,
        ),
        // one without rooms, which can be archived
        ("/api/v1/locations/", make("/api/v1/locations", json!({ "name": Uuid::now_v7() })).await),
        ("/api/v1/rooms/", make("/api/v1/rooms", room).await),
        ("/api/v1/staff/", member),
        ("/api/v1/invites/", make("/api/v1/invites", invite).await),
        ("/api/v1/roles/", make("/api/v1/roles", role).await),
        ("/api/v1/api-keys/", make("/api/v1/api-keys", key).await),
        ("/api/v1/providers/", provider(server, person).await),
        ("/api/v1/absences/", make("/api/v1/absences", absence).await),
        ("/api/v1/closing-days/", make("/api/v1/closing-days", closing_day).await),
        ("/api/v1/account/sessions/", session),
        ("/api/v1/account/passkeys/", passkey),
    ]
}

/// A purpose of calls, somebody in it, and a file with others.
async fn voice(person: &Person) -> (Uuid, Uuid, Uuid) {
    let made = |of: &Value| serde_json::from_value::<Uuid>(of["id"].clone()).expect("an id");
    let slug = format!("about_{}", Uuid::now_v7().simple());
    let fields = json!([{ "key": "patient_name", "label": { "en": "Name" }, "type": "string" }]);
    let about = json!({ "slug": slug, "name": "Prior authorization", "fields": fields });
    let about = person.post("/api/v1/call-workflows", &about).await.expect(201);
    let case = json!({ "callWorkflowId": about["id"], "fields": { "patient_name": "Ana" } });
    let case = person.post("/api/v1/cases", &case).await.expect(201);
    let address = format!("/api/v1/case-imports?callWorkflowId={}", made(&about));
    let import = person.request(Method::POST, &address).header("idempotency-key", Uuid::now_v7().to_string());
    let import = Person::send(import.body("patient_name\nSara\n")).await.expect(201);
    (made(&about), made(&case), made(&import))
}

/// An appointment of a patient, and a slot that is kept, at times that are nobody else's.
pub async fn visit(server: &TestServer, person: &Person, patient: Uuid) -> (Uuid, Uuid) {
    static HOURS: AtomicI64 = AtomicI64::new(0);
    let provider = provider(server, person).await;
    let hours = person.get("/api/v1/hours?owner=practice").await.expect(200);
    let always: Vec<_> =
        (1..=7).map(|day| json!({ "weekday": day, "intervals": [{ "from": "00:00", "to": "24:00" }] })).collect();
    let always = json!({ "owner": "practice", "version": hours["version"], "week": always });
    Person::send(person.request(Method::PUT, "/api/v1/hours").json(&always)).await.expect(200);
    let service = json!({ "nameEn": Uuid::now_v7(), "durationMinutes": 30, "price": { "amountMinor": 100, "currency": "SAR" },
                          "vatCategory": "standard", "colour": "teal" });
    let service = person.post("/api/v1/services", &service).await.expect(201);
    let place = person.post("/api/v1/locations", &json!({ "name": Uuid::now_v7() })).await.expect(201);
    let from: jiff::Timestamp = "2031-01-01T00:00:00Z".parse().expect("an instant");
    let start = from + jiff::SignedDuration::from_hours(HOURS.fetch_add(1, Ordering::Relaxed));
    let mut visit =
        json!({ "serviceId": service["id"], "locationId": place["id"], "providerIds": [provider], "start": start });
    let made = |of: Value| serde_json::from_value(of["id"].clone()).expect("an id");
    visit["start"] = json!(start + jiff::SignedDuration::from_mins(30));
    let hold = made(person.post("/api/v1/holds", &visit).await.expect(201));
    (visit["start"], visit["patientId"]) = (json!(start), json!(patient));
    (made(person.post("/api/v1/appointments", &visit).await.expect(201)), hold)
}

/// Workflows, and what they did.
struct Automated {
    draft: Uuid,
    published: Uuid,
    failed: Uuid,
    begun: Uuid,
    rehearsal: Uuid,
}

async fn automated(server: &TestServer, person: &Person) -> Automated {
    let made = |of: &Value| serde_json::from_value::<Uuid>(of["id"].clone()).expect("an id");
    let make = async |step: Value| {
        let definition = json!({ "trigger": { "kind": "hand" }, "steps": [step] });
        let workflow = json!({ "name": Uuid::now_v7(), "definition": definition });
        made(&person.post("/api/v1/workflows", &workflow).await.expect(201))
    };
    let begin = async |workflow: Uuid| {
        let path = format!("/api/v1/workflows/{workflow}");
        person.post(&format!("{path}/publish"), &json!({ "version": 1 })).await.expect(200);
        person.post(&format!("{path}/runs"), &json!({})).await.expect(201);
        let runs = person.get(&format!("/api/v1/workflow-runs?workflow={workflow}")).await.expect(200);
        made(&runs["items"][0])
    };
    let draft = make(json!({ "kind": "stop", "id": "s1" })).await;
    let published = make(json!({ "kind": "stop", "id": "s1", "outcome": "failed" })).await;
    let failed = begin(published).await;
    // one that is still under way when the worker has looked after all practices
    let waits = json!({ "kind": "wait", "id": "w1", "wait": { "for": "duration", "minutes": 60 } });
    let begun = begin(make(waits).await).await;
    for turn in automation::turns() {
        (turn.run)(server.app.clone()).await.expect("takes its turn");
    }
    // there is one at a time, and whoever asks for these things may have begun another before and after
    end_rehearsals(server, person).await;
    let rehearsal = format!("/api/v1/workflows/{draft}/rehearsals");
    let rehearsal = made(&person.post(&rehearsal, &json!({})).await.expect(202));
    end_rehearsals(server, person).await;
    Automated { draft, published, failed, begun, rehearsal }
}

/// One is under way at a time.
async fn end_rehearsals(server: &TestServer, person: &Person) {
    sqlx::query("update automation.rehearsal set state = 'done' where practice_id = $1")
        .bind(person.practice())
        .execute(&mut server.database.conn().await)
        .await
        .expect("it is over");
}

/// What somebody waits for, time that became free for it, and a recall; of a service with a rule.
struct Waitlist {
    service: Uuid,
    wish: Uuid,
    opening: Uuid,
    recall: Uuid,
}

async fn waitlist(server: &TestServer, person: &Person) -> Waitlist {
    static HOURS: AtomicI64 = AtomicI64::new(0);
    let made = |of: &Value| serde_json::from_value::<Uuid>(of["id"].clone()).expect("an id");
    let post = async |path: &str, body: Value| person.post(path, &body).await.expect(201);
    let service = json!({ "nameEn": Uuid::now_v7(), "durationMinutes": 30, "price": { "amountMinor": 100, "currency": "SAR" },
                          "vatCategory": "standard", "colour": "teal" });
    let service = post("/api/v1/services", service).await;
    let place = post("/api/v1/locations", json!({ "name": Uuid::now_v7() })).await;
    let waits =
        json!({ "givenName": "Reem", "birthDate": "1990-05-17", "emails": [{ "address": "reem@example.com" }] });
    let (waits, leaves) =
        (post("/api/v1/patients", waits).await, post("/api/v1/patients", json!({ "givenName": "Ali" })).await);
    let wish = json!({ "patientId": waits["id"], "serviceId": service["id"], "locationId": place["id"] });
    let wish = post("/api/v1/wishes", wish).await;
    let from: jiff::Timestamp = "2032-01-01T00:00:00Z".parse().expect("an instant");
    let start = from + jiff::SignedDuration::from_hours(HOURS.fetch_add(1, Ordering::Relaxed));
    let visit = json!({ "patientId": leaves["id"], "serviceId": service["id"], "locationId": place["id"], "start": start,
                        "providerIds": [person.user()] });
    let visit = post("/api/v1/appointments", visit).await;
    let why = json!({ "version": 1, "by": "patient", "reason": "patient_ill" });
    person.post(&format!("/api/v1/appointments/{}/cancel", made(&visit)), &why).await.expect(200);
    let openings = format!("/api/v1/openings?locationId={}", made(&place));
    let openings = person.get(&openings).await.expect(200);
    let rule = format!("/api/v1/recall-rules/{}", made(&service));
    person.put(&rule, &json!({ "version": 0, "months": 6 })).await.expect(200);
    let recall = Uuid::now_v7();
    let mut conn = without_triggers(server).await;
    sqlx::query(
        "insert into scheduling.recall (practice_id, id, patient_id, service_id, location_id, appointment_id, due_on,
                next_on, status, created_at, updated_at)
         select practice_id, $2, $3, service_id, location_id, id, '2031-01-01', '2031-01-01', 'due', now(), now()
           from scheduling.appointment where practice_id = $1 and id = $4",
    )
    .bind(person.practice())
    .bind(recall)
    .bind(made(&waits))
    .bind(made(&visit))
    .execute(&mut conn)
    .await
    .expect("a recall");
    Waitlist { service: made(&service), wish: made(&wish), opening: made(&openings["items"][0]), recall }
}

/// A connection for fixtures, whose changes need no entry in the ledger.
async fn without_triggers(server: &TestServer) -> PgConnection {
    let mut conn = server.database.conn().await;
    sqlx::raw_sql("set session_replication_role = replica")
        .execute(&mut conn)
        .await
        .expect("no triggers for a fixture");
    conn
}

/// A call that Retell is to make.
async fn ordered(server: &TestServer, person: &Person) -> Uuid {
    let (id, mut conn) = (Uuid::now_v7(), without_triggers(server).await);
    for sql in [
        "insert into voice.call (practice_id, id, direction, runtime, transport, state, requested_by, review, created_at,
                                 updated_at)
         values ($1, $2, 'outbound', 'retell', 'web', 'queued', 'person', 'none', now(), now())",
        "insert into voice.retell_order (practice_id, call_id, state, variables) values ($1, $2, 'waiting', '')",
    ] {
        sqlx::query(sql).bind(person.practice()).bind(id).execute(&mut conn).await.expect("a call");
    }
    id
}

/// A call about a case that is over.
async fn over(server: &TestServer, person: &Person, case: Uuid) -> Uuid {
    let (id, mut conn) = (Uuid::now_v7(), without_triggers(server).await);
    sqlx::query(
        "insert into voice.call (practice_id, id, case_id, direction, runtime, transport, state, requested_by, review, ended_at,
                                 created_at, updated_at)
         values ($1, $2, $3, 'outbound', 'native', 'text', 'ended', 'person', 'open', now(), now(), now())",
    )
    .bind(person.practice())
    .bind(id)
    .bind(case)
    .execute(&mut conn)
    .await
    .expect("a call");
    id
}

/// A message that has come so far; one that was received came from somebody unknown, one that was sent lies in the sandbox.
async fn in_state(server: &TestServer, person: &Person, id: Uuid, state: &str) -> Uuid {
    let mut conn = without_triggers(server).await;
    sqlx::query(
        "update messaging.message set state = $3, direction = case $3 when 'received' then 'in' else direction end,
                patient_id = case $3 when 'received' then null else patient_id end,
                provider = case $3 when 'sent' then 'sandbox' else provider end
          where practice_id = $1 and id = $2",
    )
    .bind(person.practice())
    .bind(id)
    .bind(state)
    .execute(&mut conn)
    .await
    .expect("a message");
    id
}

/// An endpoint of webhooks, and what it was told and did not take.
async fn webhooks(server: &TestServer, person: &Person) -> (Uuid, Uuid) {
    let new = json!({ "url": "https://hooks.example.com/", "events": ["*"] });
    let made = person.post("/api/v1/webhook-endpoints", &new).await.expect(201);
    let endpoint: Uuid = serde_json::from_value(made["endpoint"]["id"].clone()).expect("an id");
    let (delivery, mut conn) = (Uuid::now_v7(), without_triggers(server).await);
    // a practice has only so many, so those of before are gone
    for fixture in [
        "update webhooks.endpoint set deleted_at = now(), secret = null where practice_id = $1 and id not in ($2, $3) and deleted_at is null",
        "insert into webhooks.lane (practice_id, endpoint_id, lane, next_seq, pending, ready_at) values ($1, $2, $3::text, 2, 0, now())",
        "insert into webhooks.delivery (practice_id, id, endpoint_id, lane, seq, event_id, event, happened_at, subject_type,
                subject_id, fields, state, due_at, created_at, finished_at)
         values ($1, $3, $2, $3::text, 1, $3, 'service.created', now(), 'service', $3, '{}', 'failed', now(), now(), now())",
    ] {
        let fixture = sqlx::query(fixture).bind(person.practice()).bind(endpoint);
        fixture.bind(delivery).execute(&mut conn).await.expect("a delivery");
    }
    (endpoint, delivery)
}

/// A booking on which Cal.com and the practice cannot agree.
async fn undecided(server: &TestServer, person: &Person) -> Uuid {
    let (id, mut conn) = (Uuid::now_v7(), without_triggers(server).await);
    sqlx::query(
        "insert into scheduling.calcom_booking (practice_id, id, state, error_code, from_there, keep_ours, there, attempts,
                version, created_at, updated_at)
         values ($1, $2, 'needs_attention', 'taken', false, false, 'none', 0, 1, now(), now())",
    )
    .bind(person.practice())
    .bind(id)
    .execute(&mut conn)
    .await
    .expect("a booking");
    id
}

/// A file with a patient, of which a run was begun and stopped: every step may be the next.
async fn import(server: &TestServer, person: &Person) -> Uuid {
    let request = person.request(Method::POST, "/api/v1/imports");
    let request = request.header("idempotency-key", Uuid::now_v7().to_string());
    let made = Person::send(request.body("first name,last name\nSara,Ali\n")).await.expect(201);
    let id: Uuid = serde_json::from_value(made["id"].clone()).expect("an id");
    let mut conn = without_triggers(server).await;
    sqlx::query("update patients.import set state = 'checked', task = 'run' where id = $1")
        .bind(id)
        .execute(&mut conn)
        .await
        .expect("a run");
    id
}

/// Two patients who were put together.
async fn merge(person: &Person) -> Uuid {
    let [one, other] = [json!({ "givenName": "Huda" }), json!({ "givenName": "Hoda" })];
    let one = person.post("/api/v1/patients", &one).await.expect(201);
    let other = person.post("/api/v1/patients", &other).await.expect(201);
    let path = format!("/api/v1/patients/{}/merge", one["id"].as_str().expect("an id"));
    let body = json!({ "version": 1, "other": other["id"], "otherVersion": 1 });
    serde_json::from_value(person.post(&path, &body).await.expect(201)["id"].clone()).expect("an id")
}

/// Something that was taken out of the ledger, and is empty.
async fn ledger_file(server: &TestServer, person: &Person) -> Uuid {
    let mut conn = without_triggers(server).await;
    let export = Uuid::now_v7();
    for fixture in [
        "insert into jobs.job (practice_id, id, kind, payload, state, finished_at) values ($1, $2, 'test', '', 'done', now())",
        "insert into audit_export.request (practice_id, id, job_id, format, created_by, created_at, expires_at, run)
         values ($1, $2, $2, 'csv', $2, now(), now() + interval '1 day', $2)",
    ] {
        sqlx::query(fixture).bind(person.practice()).bind(export).execute(&mut conn).await.expect("a file");
    }
    export
}

/// A member's professional profile, as new.
async fn provider(server: &TestServer, person: &Person) -> Uuid {
    let mut conn = without_triggers(server).await;
    sqlx::query(
        "insert into practice.provider (practice_id, user_id, colour, bookable, all_services, updated_at)
         values ($1, $2, 'teal', true, true, now()) on conflict (practice_id, user_id) do update set version = 1",
    )
    .bind(person.practice())
    .bind(person.user())
    .execute(&mut conn)
    .await
    .expect("a profile");
    person.user()
}

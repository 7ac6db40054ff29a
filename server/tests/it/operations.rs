//! Every operation of the OpenAPI document, whoever wrote it: who may call it, what it refuses, and that another
//! practice's things look like things that do not exist. A new operation is covered the moment it is routed.

use std::sync::atomic::{AtomicI64, Ordering};

use platform::permission::{Role, UNDER_GRANT};
use platform::testing::{Answer, Person, TestServer};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::links::by_link;
use crate::product;

pub struct Operation {
    pub method: Method,
    pub path: String,
    pub permission: String,
    /// Schema of the body, when it takes one.
    pub body: Option<Value>,
}

fn document() -> Value {
    serde_json::from_str(&server::routes::document().expect("a document")).expect("json")
}

/// What practices call. The operations of the platform's administrators are apart in everything, and so are those of
/// patients who came by a link.
pub fn operations() -> Vec<Operation> {
    let apart = |operation: &Operation| operation.is_of_administrators() || operation.is_of_patients();
    all_operations().into_iter().filter(|operation| !apart(operation)).collect()
}

pub fn all_operations() -> Vec<Operation> {
    let document = document();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            all.push(Operation {
                method: method.to_uppercase().parse().expect("a method"),
                path: path.clone(),
                permission: operation["x-permission"]
                    .as_str()
                    .expect("every operation states its permission")
                    .to_owned(),
                body: operation["requestBody"]["content"]["application/json"].get("schema").cloned(),
            });
        }
    }
    let ids = document["paths"]
        .as_object()
        .expect("paths")
        .values()
        .flat_map(|item| item.as_object().expect("operations").values());
    let ids: std::collections::BTreeSet<_> = ids.map(|operation| operation["operationId"].to_string()).collect();
    assert_eq!(ids.len(), all.len(), "two operations share an id");
    assert!(all.len() >= 12, "the document lost operations");
    all
}

/// The least that a schema takes: what reaches the handler behind the validation.
fn sample(document: &Value, schema: &Value) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().expect("a name");
        return sample(document, &document["components"]["schemas"][name]);
    }
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let field = |name: &Value| {
        let name = name.as_str().expect("a name");
        let property = &schema["properties"][name];
        let word = property["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
        let words = word.map_or(&Value::Null, |word| &document["components"]["schemas"][word]["enum"]);
        let value = match (name, property["type"].as_str(), words[0].as_str()) {
            (_, _, Some(word)) => json!(word),
            (_, Some("integer"), _) => json!(1),
            ("password", ..) => json!("a long test password"),
            _ if property["format"] == "date" => json!("2031-01-01"),
            _ => json!("x"),
        };
        (name.to_owned(), value)
    };
    Value::Object(required.iter().map(field).collect())
}

impl Operation {
    pub async fn call(&self, person: &Person, id: Uuid, body: Option<Value>) -> Answer {
        let request = person.request(self.method.clone(), &self.path.replace("{id}", &id.to_string()));
        let request = request.header("idempotency-key", Uuid::now_v7().to_string());
        Person::send(match body {
            Some(body) => request.json(&body),
            None => request,
        })
        .await
    }

    fn is_of_administrators(&self) -> bool {
        self.path.starts_with("/api/v1/admin/")
    }

    pub fn is_of_patients(&self) -> bool {
        self.permission.starts_with("patient_link.")
    }

    /// What speaks FHIR has that standard's rules for parameters, which its own tests try.
    fn is_fhir(&self) -> bool {
        self.path.starts_with("/fhir/")
    }

    fn is_socket(&self) -> bool {
        self.path == "/api/v1/live"
    }

    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

#[tokio::test]
async fn each_role_may_what_the_table_says_and_nothing_else() {
    let server = product().await;
    let owner = server.owner_of("alpha").await;
    let mut told = Vec::new();
    for role in Role::ALL {
        let person = server.colleague_of(&owner, role.name()).await;
        for operation in operations().iter().filter(|o| o.permission != "anybody" && !o.path.contains("/logout")) {
            let answer = operation.call(&person, Uuid::now_v7(), operation.body.as_ref().map(|_| json!({}))).await;
            let refused = answer.status == 403;
            assert_ne!(answer.status, 401, "{} as {}", operation.name(), role.name());
            assert_eq!(
                refused,
                !role.may(&operation.permission),
                "{} as {}: {}",
                operation.name(),
                role.name(),
                answer.body
            );
            if refused {
                assert_eq!(answer.code(), "auth.forbidden");
                told.push(operation.permission.clone());
            }
        }
    }
    let mut conn = server.database.conn().await;
    let denied: i64 = sqlx::query_scalar("select count(*) from audit.entry where outcome = 'denied'")
        .fetch_one(&mut conn)
        .await
        .expect("a count");
    assert_eq!(usize::try_from(denied).expect("a count"), told.len(), "every refusal is in the ledger");
}

#[tokio::test]
async fn administrators_and_practices_are_strangers_to_each_other() {
    let server = product().await;
    let owner = server.owner_of("alpha").await;
    let administrator = server.administrator("noura").await;
    for operation in all_operations().iter().filter(|o| o.permission != "anybody" && !o.is_of_patients()) {
        assert_eq!(operation.permission == "vantage_admin", operation.is_of_administrators(), "{}", operation.name());
        let (stranger, refusal) = if operation.is_of_administrators() {
            (&owner, (401, "auth.required"))
        } else {
            (&administrator, (403, "support_access.required"))
        };
        let answer = operation.call(stranger, owner.practice(), operation.body.as_ref().map(|_| json!({}))).await;
        assert_eq!((answer.status.as_u16(), answer.code()), refusal, "{}", operation.name());
    }
}

#[tokio::test]
async fn under_an_access_support_reads_what_is_listed_and_the_ledger_has_all_of_it() {
    let server = product().await;
    let owner = server.owner_of("alpha").await;
    let administrator = server.administrator("noura").await;
    let access = server.support_access(&administrator, owner.practice()).await;
    let (mut looked, mut refused) = (0, 0);
    for operation in operations().iter().filter(|o| o.permission != "anybody") {
        let request = administrator
            .request(operation.method.clone(), &operation.path.replace("{id}", &Uuid::now_v7().to_string()));
        let request = request.header("x-vantage-grant", access.to_string());
        let answer = Person::send(if operation.body.is_some() { request.json(&json!({})) } else { request }).await;
        let readable = operation.method == Method::GET && !operation.is_fhir();
        let may = readable && UNDER_GRANT.contains(&operation.permission.as_str());
        if may {
            assert!(
                answer.status == 200 || answer.status == 404 || answer.status == 422,
                "{}: {}",
                operation.name(),
                answer.body
            );
            looked += 1;
        } else {
            assert_eq!((answer.status.as_u16(), answer.code()), (403, "auth.forbidden"), "{}", operation.name());
            refused += 1;
        }
    }
    let entries: (i64, i64) = sqlx::query_as(
        "select count(distinct request_id) filter (where outcome = 'ok' and action = 'read'),
                count(*) filter (where outcome = 'denied') from audit.entry where practice_id = $1 and actor_kind = 'break_glass'",
    )
    .bind(owner.practice())
    .fetch_one(&mut server.database.conn().await)
    .await
    .expect("counts");
    assert_eq!(entries, (looked, refused));
    assert!(looked >= 5 && refused >= 20, "{looked} {refused}");
}

#[tokio::test]
async fn nobody_comes_in_without_a_session() {
    let server = product().await;
    let mut forger = server.stranger();
    for operation in all_operations().iter().filter(|o| o.permission != "anybody") {
        for token in [None, Some("rubbish"), Some("eyJhbGciOiJub25lIn0.e30.")] {
            forger.token = token.map(str::to_owned);
            let answer = operation.call(&forger, Uuid::now_v7(), operation.body.as_ref().map(|_| json!({}))).await;
            assert_eq!((answer.status.as_u16(), answer.code()), (401, "auth.required"), "{}", operation.name());
        }
    }
}

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
    vec![
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
        ("/api/v1/calcom-bookings/", undecided(server, person).await),
        ("/fhir/R4/Appointment/", appointment),
        ("/fhir/R4/Coverage/", insurance),
        ("/fhir/R4/Organization/", person.practice()),
        ("/fhir/R4/Patient/", insured),
        ("/fhir/R4/Practitioner/", provider(server, person).await),
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
    let mut conn = server.database.conn().await;
    sqlx::raw_sql("set session_replication_role = replica")
        .execute(&mut conn)
        .await
        .expect("no triggers for a fixture");
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

/// A booking on which Cal.com and the practice cannot agree.
async fn undecided(server: &TestServer, person: &Person) -> Uuid {
    let (id, mut conn) = (Uuid::now_v7(), server.database.conn().await);
    sqlx::raw_sql("set session_replication_role = replica")
        .execute(&mut conn)
        .await
        .expect("no triggers for a fixture");
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
    let mut conn = server.database.conn().await;
    sqlx::raw_sql("set session_replication_role = replica")
        .execute(&mut conn)
        .await
        .expect("no triggers for a fixture");
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
    let mut conn = server.database.conn().await;
    sqlx::raw_sql("set session_replication_role = replica")
        .execute(&mut conn)
        .await
        .expect("no triggers for a fixture");
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
    let mut conn = server.database.conn().await;
    sqlx::raw_sql("set session_replication_role = replica")
        .execute(&mut conn)
        .await
        .expect("no triggers for a fixture");
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

#[tokio::test]
async fn the_neighbours_things_and_things_that_do_not_exist_answer_the_same() {
    let server = product().await;
    let document = document();
    let mut practices = Vec::new();
    let mut swept = 0;
    for operation in operations().iter().filter(|o| o.path.contains("{id}")) {
        // a practice has only so many roles and keys, so others go on after a while
        if swept % 30 == 0 {
            let owner = async |side: &str| server.owner_of(&format!("{side}-{swept}")).await;
            practices = vec![owner("alpha").await, owner("beta").await];
        }
        let [alpha, beta] = practices.as_slice() else { panic!("two practices") };
        // fresh ones each time, as the operation before may have changed them
        let (own, foreign) = (things(&server, alpha).await, things(&server, beta).await);
        let of = |things: &[(&str, Uuid)]| {
            let found = things.iter().find(|(prefix, _)| operation.path.starts_with(prefix));
            found.unwrap_or_else(|| panic!("{} needs a thing to be tried with", operation.name())).1
        };
        let mut body = operation.body.as_ref().map(|schema| sample(&document, schema));
        if let Some(other) = body.as_mut().and_then(|body| body.get_mut("other")) {
            *other = alpha.post("/api/v1/patients", &json!({ "givenName": "Sarah" })).await.expect(201)["id"].clone();
        }
        if let Some(cancelled) = body.as_mut().filter(|body| body.get("by").is_some()) {
            cancelled["reason"] = json!("patient_ill");
        }
        if let Some(relative) = body.as_mut().filter(|body| body.get("relationship").is_some()) {
            relative["name"] = json!("Huda");
        }
        let mine = operation.call(alpha, of(&own), body.clone()).await;
        assert!(mine.status.is_success(), "{} on one's own: {}", operation.name(), mine.body);
        let mut theirs = operation.call(alpha, of(&foreign), body.clone()).await;
        let mut nobodys = operation.call(alpha, Uuid::now_v7(), body).await;
        for answer in [&mut theirs, &mut nobodys] {
            answer.body["requestId"] = Value::Null;
        }
        assert_eq!(theirs.status, 404, "{}", operation.name());
        assert_eq!((theirs.status, &theirs.body), (nobodys.status, &nobodys.body), "{}", operation.name());
        swept += 1;
    }
    assert!(swept >= 6);
}

#[tokio::test]
async fn bodies_and_parameters_are_taken_strictly() {
    let server = product().await;
    let (owner, administrator) = (server.owner_of("alpha").await, server.administrator("noura").await);
    let things = things(&server, &owner).await;
    let [to_visit, to_offer] = by_link(&server, &owner).await;
    let strict = |o: &&Operation| !o.is_socket() && !o.is_fhir() && !o.path.contains("/logout");
    for operation in all_operations().iter().filter(strict) {
        let id =
            things.iter().find(|(prefix, _)| operation.path.starts_with(prefix)).map_or(Uuid::nil(), |(_, id)| *id);
        let person = match operation.permission.as_str() {
            "vantage_admin" => &administrator,
            "patient_link.appointment" => &to_visit,
            "patient_link.offer" => &to_offer,
            _ => &owner,
        };
        let path = operation.path.replace("{id}", &id.to_string());
        let unknown = Person::send(person.request(operation.method.clone(), &format!("{path}?nonsense=1"))).await;
        if operation.body.is_none() {
            assert_eq!((unknown.status.as_u16(), unknown.code()), (422, "validation.failed"), "{}", operation.name());
            continue;
        }
        let send = async |content_type: &str, body: Vec<u8>| {
            let request =
                person.request(operation.method.clone(), &path).header("idempotency-key", Uuid::now_v7().to_string());
            let answer = Person::send(request.header("content-type", content_type).body(body)).await;
            (answer.status.as_u16(), answer.code().to_owned(), answer.faults())
        };
        let named = |status: u16, code: &str| (status, code.to_owned(), Vec::new());
        let json = "application/json";
        assert_eq!(send("text/plain", b"{}".to_vec()).await, named(415, "body.media_type"), "{}", operation.name());
        assert_eq!(send(json, b"{".to_vec()).await, named(400, "body.malformed"), "{}", operation.name());
        assert_eq!(send(json, vec![b' '; 1_048_577]).await, named(413, "body.too_large"), "{}", operation.name());
        // the one operation that names a practice goes over to it
        let foreign = if operation.path.ends_with("/auth/switch") { "tenantId" } else { "practiceId" };
        let (status, code, faults) = send(json, format!(r#"{{"{foreign}":"x"}}"#).into_bytes()).await;
        assert_eq!(
            (status, code.as_str(), faults.first().map(String::as_str)),
            (422, "validation.failed", Some(format!("/{foreign} unknown_field").as_str())),
            "{}",
            operation.name()
        );
    }
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_with_a_request_id() {
    let server = product().await;
    let stranger = server.stranger();
    for (method, path, status, code) in [
        (Method::GET, "/api/v1/nothing", 404, "not_found"),
        (Method::DELETE, "/api/v1/services", 405, "method_not_allowed"),
        (Method::POST, "/not-an-api", 404, "not_found"),
    ] {
        let answer = Person::send(stranger.request(method, path)).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (status, code));
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        assert_eq!(answer.headers["x-request-id"], answer.body["requestId"].as_str().expect("an id"));
        assert_eq!(answer.headers["cache-control"], "no-store");
    }
}

#[tokio::test]
async fn writes_from_other_sites_are_refused() {
    let server = product().await;
    let owner = server.owner_of("alpha").await;
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        let answer = Person::send(owner.request(Method::POST, "/api/v1/auth/logout").header(name, value)).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (403, "origin.refused"), "{name}");
    }
    let answer =
        Person::send(owner.request(Method::POST, "/api/v1/auth/logout").header("sec-fetch-site", "same-origin")).await;
    assert_eq!(answer.status, 204);
}

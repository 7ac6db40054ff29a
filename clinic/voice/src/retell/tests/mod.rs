//! Retell: how it is connected, what it tells, what its agents ask for, what is asked of it.

mod comparing;
mod connecting;
mod functions;
mod inbound;
mod ordering;
mod peer;
mod telling;

use jiff::{SignedDuration, Timestamp};
use platform::config::Config;
use platform::http;
use platform::testing::{Answer, Person, TestServer};
use platform::worker::Duties;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

/// The key that everything is signed with.
const KEY: &str = "key_of_the_test";
/// Whose the number is that most calls are with.
const NUMBER: &str = "+966501234567";

/// A practice in Riyadh that is connected, with a doctor, a service of half an hour and a call workflow.
struct Clinic {
    server: TestServer,
    owner: Person,
    location: String,
    doctor: Person,
    service: String,
    workflow: Uuid,
    /// The end of the address of its webhooks.
    hook: String,
}

impl Clinic {
    /// Connected with the sandbox.
    async fn start() -> Self {
        Self::reaching("https://api.retellai.com", "sandbox").await
    }

    /// Connected with whoever is there.
    async fn reaching(origin: &str, provider: &str) -> Self {
        let below = identity::routes().merge(practice::routes()).merge(patients::routes());
        let routes = below.merge(scheduling::routes()).merge(tasks::routes()).merge(crate::routes());
        let duties = Duties { jobs: crate::jobs(), ..Duties::default() };
        let config = Config { retell_origins: origin.to_owned(), ..Config::default() };
        let server = TestServer::with(config, duties, |app| http::surround(routes.split().0, app)).await;
        let owner = server.owner_of("alpha").await;
        let location = made(&owner, "/api/v1/locations", &json!({ "name": "Olaya" })).await;
        let room = json!({ "locationId": location, "name": "One", "kind": "chair", "colour": "teal", "sort": 1 });
        made(&owner, "/api/v1/rooms", &room).await;
        let week: Vec<_> =
            (1..=7).map(|day| json!({ "weekday": day, "intervals": [{ "from": "08:00", "to": "17:00" }] })).collect();
        owner.put("/api/v1/hours", &json!({ "owner": "practice", "version": 0, "week": week })).await.expect(200);
        let doctor = server.colleague_of(&owner, "provider").await;
        owner.put(&format!("/api/v1/providers/{}", doctor.user()), &json!({ "version": 0 })).await.expect(200);
        let service = json!({ "nameEn": "Check-up", "nameAr": "فحص", "durationMinutes": 30,
            "price": { "amountMinor": 10_000, "currency": "SAR" }, "vatCategory": "standard", "colour": "teal" });
        let service = made(&owner, "/api/v1/services", &service).await;
        let workflow = workflow(&server, &owner).await;
        let new =
            json!({ "version": 0, "provider": provider, "enabled": true, "apiKey": KEY, "fromNumber": "+14157774444" });
        let told = owner.put("/api/v1/retell", &new).await.expect(200);
        let url = told["webhookUrl"].as_str().expect("an address").to_owned();
        let hook = url[url.find("/hooks/").expect("an address")..].to_owned();
        let mapping = json!({ "callWorkflowId": workflow, "agentId": "agent_1", "agentName": "Reception" });
        owner.put("/api/v1/retell/mappings", &json!({ "version": 1, "items": [mapping] })).await.expect(200);
        Self { server, owner, location, doctor, service, workflow, hook }
    }

    /// Somebody with this number, born on 17 May 1990.
    async fn patient(&self, name: &str, number: &str) -> String {
        let patient = json!({ "givenName": name, "familyName": "Test", "birthDate": "1990-05-17",
            "phones": [{ "number": number, "kind": "mobile", "preferred": true }] });
        made(&self.owner, "/api/v1/patients", &patient).await
    }

    /// A visit of somebody on a day from today at a local time.
    async fn visit(&self, patient: &str, days: i64, time: &str) -> Value {
        let visit = json!({ "patientId": patient, "serviceId": self.service, "locationId": self.location,
            "providerIds": [self.doctor.user()], "start": self.at(days, time) });
        self.owner.post("/api/v1/appointments", &visit).await.expect(201)
    }

    /// All visits, whatever became of them.
    async fn visits(&self) -> Vec<Value> {
        let page = self.owner.get("/api/v1/appointments?limit=200").await.expect(200);
        page["items"].as_array().expect("visits").clone()
    }

    /// A day from today in Riyadh.
    fn day(&self, days: i64) -> String {
        let today = self.server.clock.now().in_tz("Asia/Riyadh").expect("a zone").date();
        today.saturating_add(jiff::Span::new().days(days)).to_string()
    }

    fn at(&self, days: i64, time: &str) -> String {
        format!("{}T{time}:00+03:00", self.day(days))
    }

    /// Delivers a body to one of the practice's addresses, signed as at this instant.
    async fn deliver_at(&self, end: &str, body: &Value, at: Timestamp) -> Answer {
        let body = body.to_string();
        let signature = retell::sign(KEY.as_bytes(), body.as_bytes(), at);
        self.send(&format!("{}{end}", self.hook), &signature, body).await
    }

    async fn deliver(&self, end: &str, body: &Value) -> Answer {
        self.deliver_at(end, body, self.server.clock.now()).await
    }

    async fn send(&self, path: &str, signature: &str, body: String) -> Answer {
        let request = self.server.stranger().request(Method::POST, path);
        let request = request.header("x-retell-signature", signature).header("content-type", "application/json");
        Person::send(request.body(body)).await
    }

    /// A call that comes in, as Retell has it.
    fn call(&self, id: &str, more: &Value) -> Value {
        let began = self.server.clock.now().as_millisecond() - 30_000;
        let mut call = json!({ "call_id": id, "call_type": "phone_call", "direction": "inbound", "agent_id": "agent_1",
            "from_number": NUMBER, "to_number": "+14157774444", "call_status": "ongoing", "start_timestamp": began });
        for (name, value) in more.as_object().into_iter().flatten() {
            call[name] = value.clone();
        }
        call
    }

    /// Asks a function, as an agent does in a call.
    async fn ask(&self, call: &str, name: &str, args: &Value) -> Value {
        self.deliver("/functions", &json!({ "name": name, "call": self.call(call, &Value::Null), "args": args }))
            .await
            .expect(200)
    }

    /// Works off what is due, and what waits for its time as well, as often as it takes.
    async fn work(&self) {
        for _ in 0..12 {
            self.server.settle().await;
            let waiting = sqlx::query("update jobs.job set run_at = now() where state = 'queued'")
                .execute(&mut self.server.database.conn().await)
                .await
                .expect("brought forward");
            if waiting.rows_affected() == 0 {
                return;
            }
            self.server.clock.advance(SignedDuration::from_secs(80));
        }
    }

    /// One text of a query.
    async fn text(&self, sql: &'static str) -> String {
        let found: Option<String> =
            sqlx::query_scalar(sql).fetch_one(&mut self.server.database.conn().await).await.expect("a row");
        found.unwrap_or_default()
    }

    async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&mut self.server.database.conn().await).await.expect("a number")
    }
}

/// A call workflow, as it is entered elsewhere.
async fn workflow(server: &TestServer, owner: &Person) -> Uuid {
    let id = Uuid::now_v7();
    sqlx::query(
        "insert into voice.call_workflow (practice_id, id, slug, name, enabled, schema_version, created_at, updated_at)
         values ($1, $2, 'prior_auth', 'Prior authorization', true, 1, now(), now())",
    )
    .bind(owner.practice())
    .bind(id)
    .execute(&mut without_triggers(server).await)
    .await
    .expect("a call workflow");
    id
}

/// A case of it, with its schema: a number to call and what is to be found out.
async fn case(clinic: &Clinic, number: &str) -> Uuid {
    let id = Uuid::now_v7();
    let field = |key: &str, kind: &str| json!({ "key": key, "label": { "en": key }, "type": kind });
    let mut status = field("prior_auth_status", "select");
    status["options"] = json!(["Pending", "Approved"].map(|value| json!({ "value": value, "label": { "en": value } })));
    let mut secret = field("member_id", "string");
    secret["sensitive"] = json!(true);
    let schema = json!([field("insurance_phone", "phone"), status, field("reference_number", "string"), secret]);
    let values = json!({ "insurance_phone": number, "prior_auth_status": "Pending", "member_id": "47291" });
    let mut conn = without_triggers(&clinic.server).await;
    sqlx::query(
        "insert into voice.schema_version (practice_id, call_workflow_id, number, fields, created_at)
         values ($1, $2, 1, $3, now()) on conflict do nothing",
    )
    .bind(clinic.owner.practice())
    .bind(clinic.workflow)
    .bind(schema)
    .execute(&mut conn)
    .await
    .expect("a schema");
    sqlx::query(
        "insert into voice.case (practice_id, id, call_workflow_id, schema_version, fields, words, call_status, created_at,
                                 updated_at)
         values ($1, $2, $3, 1, $4, '{}', 'not_started', now(), now())",
    )
    .bind(clinic.owner.practice())
    .bind(id)
    .bind(clinic.workflow)
    .bind(values)
    .execute(&mut conn)
    .await
    .expect("a case");
    id
}

/// A connection that asks for no entry in the ledger, for what is entered elsewhere.
async fn without_triggers(server: &TestServer) -> PgConnection {
    let mut conn = server.database.conn().await;
    sqlx::raw_sql("set session_replication_role = replica").execute(&mut conn).await.expect("no triggers");
    conn
}

/// The id of something that was just made.
async fn made(person: &Person, path: &str, body: &Value) -> String {
    person.post(path, body).await.expect(201)["id"].as_str().expect("an id").to_owned()
}

//! What the tests of the area share: a practice that has what visits need, and a clock at ten in the morning there.

use std::sync::atomic::{AtomicU32, Ordering};

use jiff::SignedDuration;
use platform::config::Config;
use platform::http;
use platform::testing::{Answer, Person, TestServer};
use platform::worker::Duties;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

/// A practice in Riyadh that is open every day, with a doctor and a service of half an hour.
pub(crate) struct Clinic {
    pub server: TestServer,
    pub owner: Person,
    pub doctor: Uuid,
    pub location: String,
    pub service: String,
    patients: AtomicU32,
}

impl Clinic {
    pub async fn start() -> Self {
        Self::with(Config::default()).await
    }

    /// The same with other settings.
    pub async fn with(config: Config) -> Self {
        let routes = identity::routes()
            .merge(practice::routes())
            .merge(patients::routes())
            .merge(scheduling::routes())
            .merge(crate::routes());
        let duties = Duties {
            subscribers: [scheduling::subscribers(), crate::subscribers()].concat(),
            jobs: crate::jobs(),
            ..Duties::default()
        };
        let server = TestServer::with(config, duties, |app| http::surround(routes.split().0, app)).await;
        // ten in the morning of the next day in Riyadh: nothing is quiet
        let now = server.clock.now().in_tz("Asia/Riyadh").expect("a zone");
        let ten = now.tomorrow().expect("a day").with().time(jiff::civil::time(10, 0, 0, 0)).build().expect("a time");
        server.clock.advance(ten.timestamp().duration_since(now.timestamp()));
        let owner = server.owner_of("alpha").await;
        let location = made(&owner, "/api/v1/locations", &json!({ "name": "Olaya" })).await;
        let open = json!([{ "from": "00:00", "to": "23:45" }]);
        let week: Vec<_> = (1..=7).map(|day| json!({ "weekday": day, "intervals": open })).collect();
        put(&owner, "/api/v1/hours", &json!({ "owner": "practice", "version": 0, "week": week })).await.expect(200);
        let doctor = server.colleague_of(&owner, "provider").await.user();
        put(&owner, &format!("/api/v1/providers/{doctor}"), &json!({ "version": 0 })).await.expect(200);
        let service = json!({ "nameEn": "Consultation", "nameAr": "استشارة", "durationMinutes": 30,
            "price": { "amountMinor": 10_000, "currency": "SAR" }, "vatCategory": "standard", "colour": "teal" });
        let service = made(&owner, "/api/v1/services", &service).await;
        Self { server, owner, doctor, location, service, patients: AtomicU32::new(0) }
    }

    /// Somebody with a mobile of their own and an e-mail address, who has agreed to nothing and refused nothing.
    pub async fn patient(&self) -> (String, String) {
        self.patient_with(json!({})).await
    }

    /// The same, with what is said of them besides. Answers id and number.
    pub async fn patient_with(&self, besides: Value) -> (String, String) {
        let number = self.patients.fetch_add(1, Ordering::Relaxed);
        let phone = format!("+96650123{:04}", 1000 + number);
        let mut patient = json!({ "givenName": format!("Lina{number}"), "familyName": "Haddad", "language": "en",
            "birthDate": "1990-05-17", "phones": [{ "number": phone }],
            "emails": [{ "address": format!("lina{number}@example.com") }] });
        for (key, value) in besides.as_object().expect("fields") {
            patient[key] = value.clone();
        }
        (made(&self.owner, "/api/v1/patients", &patient).await, phone)
    }

    /// A visit of somebody, so many hours from now.
    pub async fn visit(&self, patient: &str, hours: i64) -> Value {
        let start = self.server.clock.now() + SignedDuration::from_hours(hours);
        let visit = json!({ "patientId": patient, "serviceId": self.service, "locationId": self.location,
            "providerIds": [self.doctor], "start": start });
        self.owner.post("/api/v1/appointments", &visit).await.expect(201)
    }

    /// Writes a text message to a patient.
    pub async fn text(&self, patient: &str, text: &str) -> Value {
        let message = json!({ "patientId": patient, "channel": "sms", "text": text });
        self.owner.post("/api/v1/messages", &message).await.expect(201)
    }

    /// Everything that is due happens.
    pub async fn settle(&self) {
        self.server.settle().await;
    }

    /// Time passes, and what recurs has its turn.
    pub async fn later(&mut self, by: SignedDuration) {
        self.server.clock.advance(by);
        self.look_after().await;
        let refresh = self.owner.refresh.clone().expect("a refresh token");
        self.owner.renew(&refresh).await.expect(200);
    }

    pub async fn look_after(&self) {
        for schedule in [crate::reminders::SCHEDULE, crate::deliver::SCHEDULE] {
            (schedule.run)(self.server.app.clone()).await.expect("looked after");
        }
        self.settle().await;
    }

    pub async fn message(&self, id: &str) -> Value {
        self.owner.get(&format!("/api/v1/messages/{id}")).await.expect(200)
    }

    /// The newest messages, as they stand after everything that was due.
    pub async fn messages(&self, query: &str) -> Vec<Value> {
        self.settle().await;
        let page = self.owner.get(&format!("/api/v1/messages?limit=100{query}")).await.expect(200);
        page["items"].as_array().expect("messages").clone()
    }

    /// Pretends that a patient answers a text message.
    pub async fn reply(&self, message: &str, text: &str) -> Value {
        let asked = json!({ "messageId": message, "text": text });
        let came = self.owner.post("/api/v1/message-sandbox/replies", &asked).await.expect(200);
        self.settle().await;
        came
    }

    pub async fn set_channel(&self, channel: &str, provider: &str, settings: Value, secret: Option<&str>) -> Value {
        let all = self.owner.get("/api/v1/message-channels").await.expect(200);
        let known = all["items"].as_array().expect("channels").iter().find(|known| known["channel"] == channel);
        let version = known.expect("a channel")["version"].clone();
        let mut body = json!({ "channel": channel, "version": version, "provider": provider, "settings": settings });
        if let Some(secret) = secret {
            body["secret"] = json!(secret);
        }
        put(&self.owner, "/api/v1/message-channels", &body).await.expect(200)
    }
}

/// The id of something.
pub(crate) fn id(of: &Value) -> String {
    of["id"].as_str().expect("an id").to_owned()
}

/// The id of something that was just made.
pub(crate) async fn made(person: &Person, path: &str, body: &Value) -> String {
    id(&person.post(path, body).await.expect(201))
}

/// PUT.
pub(crate) async fn put(person: &Person, path: &str, body: &Value) -> Answer {
    Person::send(person.request(Method::PUT, path).json(body)).await
}

/// All rows of a table as whoever has the database and not the key would read them.
pub(crate) async fn raw(server: &TestServer, table: &str) -> String {
    let sql =
        format!("select coalesce(string_agg(encode(convert_to(t::text, 'UTF8'), 'escape'), ' '), '') from {table} t");
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&mut server.database.conn().await).await.expect("a text")
}

/// The database as an earlier release may have left it is written without triggers, which want an audit entry.
pub(crate) async fn untriggered(server: &TestServer) -> sqlx::PgConnection {
    let mut conn = server.database.conn().await;
    sqlx::raw_sql("set session_replication_role = replica").execute(&mut conn).await.expect("no triggers");
    conn
}

/// One value of the database, as text.
pub(crate) async fn value(server: &TestServer, sql: &'static str) -> String {
    let value: Option<String> =
        sqlx::query_scalar(sql).fetch_one(&mut server.database.conn().await).await.expect("a value");
    value.unwrap_or_default()
}

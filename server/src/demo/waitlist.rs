//! The waitlist and the recalls of the demo: who waits for what, time that was given back, and who should come again.

use jiff::{SignedDuration, Span, Timestamp};
use platform::error::{Error, Result};
use serde_json::{Value, json};

use super::desk::Desk;

/// Services after which patients are asked to come again, by their English names, and after how many months.
const RULES: [(&str, i32); 3] = [("Consultation", 6), ("Cleaning", 6), ("Comprehensive examination", 12)];
/// So many patients wait.
const WAITING: usize = 9;
/// Visits of long ago, in days: overdue, due today, due soon.
const LONG_AGO: [i64; 7] = [231, 212, 197, 184, 183, 176, 169];

const NOTES: [(&str, &str); 2] = [
    ("Works nearby and can come within half an hour", "يعمل بالقرب ويستطيع الحضور خلال نصف ساعة"),
    ("Prefers a call before noon", "يفضل الاتصال قبل الظهر"),
];

struct Clinic<'a> {
    owner: &'a Desk,
    language: &'a str,
    services: Vec<Value>,
    places: Vec<Value>,
    providers: Vec<Value>,
    patients: Vec<Value>,
    now: Timestamp,
    zone: String,
}

/// Enters everybody who waits, frees a time for them, and lets visits of long ago ask for the next ones.
///
/// # Errors
/// 503 when the database is away.
pub async fn enter(owner: &Desk, language: &str, now: Timestamp) -> Result<()> {
    let list =
        async |path: &str| Ok::<_, Error>(owner.get(path).await?["items"].as_array().cloned().unwrap_or_default());
    let patients = owner.post("/api/v1/patients/query", json!({ "limit": 200 })).await?;
    let practice = owner.get("/api/v1/practice").await?;
    let clinic = Clinic {
        owner,
        language,
        services: list("/api/v1/services?limit=200").await?,
        places: list("/api/v1/locations?limit=200").await?,
        providers: list("/api/v1/providers?status=bookable").await?,
        // those from the end have the fewest appointments
        patients: patients["items"].as_array().cloned().unwrap_or_default().into_iter().rev().collect(),
        now,
        zone: practice["timeZone"].as_str().unwrap_or("UTC").to_owned(),
    };
    clinic.rules().await?;
    clinic.wishes().await?;
    clinic.openings().await?;
    clinic.recalls().await
}

impl Clinic<'_> {
    fn service(&self, number: usize) -> &Value {
        &self.services[number % self.services.len()]
    }

    fn patient(&self, number: usize) -> &Value {
        &self.patients[number % self.patients.len()]["id"]
    }

    async fn rules(&self) -> Result<()> {
        for (name, months) in RULES {
            if let Some(service) = self.services.iter().find(|service| service["nameEn"] == name) {
                let path = format!("/api/v1/recall-rules/{}", service["id"].as_str().unwrap_or_default());
                self.owner.put(&path, json!({ "version": 0, "months": months })).await?;
            }
        }
        Ok(())
    }

    /// Some can always come, some in the mornings or on certain days, and one is in pain.
    async fn wishes(&self) -> Result<()> {
        for number in 0..WAITING {
            let windows = match number % 3 {
                0 => json!([]),
                1 => json!([{ "weekdays": [], "from": "08:00", "to": "13:00" }]),
                _ => json!([{ "weekdays": [7, 1, 2], "from": "09:00", "to": "20:00" }]),
            };
            let note = NOTES.get(number / 3).map(|(en, ar)| if self.language == "ar" { ar } else { en });
            let providers: Vec<&Value> =
                if number == 4 { self.providers.iter().take(1).map(|one| &one["id"]).collect() } else { Vec::new() };
            let wish = json!({ "patientId": self.patient(number), "serviceId": self.service(number % 2)["id"],
                "locationId": self.places[0]["id"], "providerIds": providers, "windows": windows,
                "noticeMinutes": 60 * (number % 3), "urgent": number == 2, "note": note });
            self.owner.post("/api/v1/wishes", wish).await?;
        }
        Ok(())
    }

    /// Two visits of the days to come are called off; the first of the times is offered already.
    async fn openings(&self) -> Result<()> {
        let from = self.now + SignedDuration::from_hours(20);
        let to = from + SignedDuration::from_hours(24 * 6);
        let path = format!(
            "/api/v1/appointments?limit=200&from={from}&to={to}&locationId={}",
            self.places[0]["id"].as_str().unwrap_or_default()
        );
        let booked = self.owner.get(&path).await?;
        let booked = booked["items"].as_array().cloned().unwrap_or_default();
        let calm = booked.iter().filter(|visit| visit["status"] == "scheduled" || visit["status"] == "confirmed");
        for visit in calm.step_by(7).take(2) {
            let why = json!({ "version": visit["version"], "by": "patient", "reason": "patient_ill" });
            let path = format!("/api/v1/appointments/{}/cancel", visit["id"].as_str().unwrap_or_default());
            self.owner.post(&path, why).await?;
        }
        let openings = self.owner.get("/api/v1/openings").await?;
        let fitting = openings["items"].as_array().into_iter().flatten().find(|opening| {
            opening["matches"].as_array().is_some_and(|matches| matches.iter().any(|of| of["mayBeOffered"] == true))
        });
        if let Some(opening) = fitting {
            let path = format!("/api/v1/openings/{}/offer", opening["id"].as_str().unwrap_or_default());
            self.owner.post(&path, json!({})).await?;
        }
        Ok(())
    }

    /// Visits of half a year ago and around it, booked over whatever the hours were then.
    async fn recalls(&self) -> Result<()> {
        let Some(service) = self.services.iter().find(|service| service["nameEn"] == RULES[0].0) else { return Ok(()) };
        let today = self.now.in_tz(&self.zone).map_err(Error::internal)?.date();
        for (number, ago) in LONG_AGO.into_iter().enumerate() {
            let day = today.saturating_sub(Span::new().days(ago));
            let start = day.at(10, 0, 0, 0).in_tz(&self.zone).map_err(Error::internal)?.timestamp();
            let provider = &self.providers[number % self.providers.len()]["id"];
            let visit = json!({ "patientId": self.patient(WAITING + number), "serviceId": service["id"],
                "locationId": self.places[0]["id"], "providerIds": [provider], "start": start,
                "overbooking": if self.language == "ar" { "من السجلات القديمة" } else { "From the former records" } });
            let visit = self.owner.post("/api/v1/appointments", visit).await?;
            let path = format!("/api/v1/appointments/{}", visit["id"].as_str().unwrap_or_default());
            let done = json!({ "version": visit["version"], "status": "completed" });
            let done = self.owner.post(&format!("{path}/status"), done).await?;
            self.owner.post(&format!("{path}/check-out"), json!({ "version": done["version"] })).await?;
        }
        Ok(())
    }
}

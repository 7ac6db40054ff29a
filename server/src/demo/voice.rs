//! What the demo's clinics call about: their conversations, whom they call, and calls that are waiting to be made.

use std::fs;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use platform::App;
use platform::error::{Error, Result};
use rust_embed::RustEmbed;
use serde_json::{Value, json};

use super::desk::Desk;

/// The conversations that the product comes with.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../clients"]
struct Conversations;

/// A call workflow: its folder, and what it is called in English and in Arabic.
const WORKFLOWS: [(&str, &str, &str, &str); 3] = [
    ("alpha", "prior_auth", "Prior authorisation", "الموافقة المسبقة"),
    ("alpha", "patient_questions", "Patient questions", "أسئلة المرضى"),
    ("beta", "patient_questions", "Patient questions", "أسئلة المرضى"),
];

/// Insurers with the numbers of their lines for providers; all of them are invented.
const INSURERS: [(&str, &str); 4] = [
    ("Northwind Health", "+15550109990"),
    ("Acme Medical", "+15550109991"),
    ("Gulf Shield", "+966115550992"),
    ("Al Amal Insurance", "+966115550993"),
];
/// Codes of procedures (CDT: crown, root canal, implant, extraction).
const PROCEDURES: [&str; 4] = ["D2740", "D3330", "D6010", "D7240"];
const CASES: usize = 14;
/// Calls that wait when the demo begins.
const CALLS: usize = 3;

/// Puts the conversations where the server looks for them, unless there are some already.
///
/// # Errors
/// The folder cannot be written.
pub fn unpack(folder: &Path) -> Result<()> {
    if folder.exists() {
        return Ok(());
    }
    for name in Conversations::iter() {
        let Some(file) = Conversations::get(&name) else { continue };
        let path = folder.join(name.as_ref());
        fs::create_dir_all(path.parent().unwrap_or(folder)).map_err(Error::internal)?;
        fs::write(&path, file.data).map_err(Error::internal)?;
    }
    Ok(())
}

/// Makes the clinic's call workflows, enters whom to call, and asks for a few calls.
///
/// # Errors
/// 503 when the database is away.
pub async fn enter(app: &App, owner: &Desk, clinic: &str, now: Timestamp) -> Result<()> {
    let mut made = Vec::new();
    for (_, slug, name, name_ar) in WORKFLOWS.iter().filter(|(of, ..)| *of == clinic) {
        let fields = ::voice::schema_in(&app.config.clients_dir(), clinic, slug)?;
        let body = json!({ "slug": slug, "name": name, "nameAr": name_ar, "fields": fields });
        made.push((*slug, owner.post("/api/v1/call-workflows", body).await?));
    }
    ::voice::load_flows(app).await?;
    let patients = owner.post("/api/v1/patients/query", json!({ "limit": 100 })).await?;
    let patients = patients["items"].as_array().cloned().unwrap_or_default();
    for (slug, workflow) in made {
        let mut cases = Vec::new();
        for (number, patient) in patients.iter().filter(|one| !one["phone"].is_null()).take(CASES).enumerate() {
            let fields = if slug == "prior_auth" {
                authorisation(number, patient, now)
            } else {
                questions(number, patient, now)
            };
            let body = json!({ "callWorkflowId": workflow["id"], "patientId": patient["id"], "fields": fields });
            cases.push(owner.post("/api/v1/cases", body).await?);
        }
        // those about patients' answers may give people things to do, which the demo has of its own
        for case in cases.iter().take(CALLS).filter(|_| slug == "prior_auth") {
            owner.post("/api/v1/calls", json!({ "caseId": case["id"], "transport": "phone" })).await?;
        }
    }
    Ok(())
}

fn name(patient: &Value) -> String {
    let part = |key: &str| patient[key].as_str().unwrap_or_default().to_owned();
    [part("givenName"), part("familyName")].join(" ").trim().to_owned()
}

/// In so many days, at a full hour.
fn in_days(number: usize, now: Timestamp) -> String {
    let hours = i64::try_from(number).unwrap_or(0) * 24 + 48;
    now.checked_add(SignedDuration::from_hours(hours)).unwrap_or(now).to_string()
}

fn authorisation(number: usize, patient: &Value, now: Timestamp) -> Value {
    let (insurer, phone) = INSURERS[number % INSURERS.len()];
    json!({
        "patient_name": name(patient),
        "date_of_birth": patient["birthDate"].as_str().unwrap_or("1985-03-12"),
        "insurance_member_id": format!("VX{}", 47_291_300 + number * 37),
        "insurance_company_name": insurer,
        "insurance_phone": phone,
        "facility_name": "Alpha Dental Center",
        "provider_name": "Dr. Omar Al-Harbi",
        "provider_npi": "1234567893",
        "cpt_code": PROCEDURES[number % PROCEDURES.len()],
        "appointment_time": in_days(number, now),
        "supervisor_phone": "+966112345678",
    })
}

fn questions(number: usize, patient: &Value, now: Timestamp) -> Value {
    json!({
        "patient_name": name(patient),
        "date_of_birth": patient["birthDate"].as_str().unwrap_or("1985-03-12"),
        "phone": patient["phone"],
        "visit_at": in_days(number, now),
    })
}

use platform::testing::Person;
use reqwest::Method;
use reqwest::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use serde_json::{Value, json};

use crate::testing::start;

async fn enter(person: &Person, patient: &Value) -> String {
    let made = person.post("/api/v1/patients", patient).await.expect(201);
    made["id"].as_str().expect("an id").to_owned()
}

/// The document, as bytes.
async fn print(person: &Person, patient: &str, asked: &Value) -> Vec<u8> {
    let request = person.request(Method::POST, &format!("/api/v1/patients/{patient}/print")).json(asked);
    let answer = request.send().await.expect("an answer");
    let (status, headers) = (answer.status(), answer.headers().clone());
    let bytes = answer.bytes().await.expect("bytes").to_vec();
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&bytes));
    assert_eq!(
        (&headers[CONTENT_TYPE], &headers[CACHE_CONTROL]),
        (&"application/pdf".parse().expect("a value"), &"no-store".parse().expect("a value"))
    );
    assert_eq!(headers[CONTENT_DISPOSITION], "attachment; filename=\"patient-1.pdf\"");
    bytes
}

/// What another program reads in the document, without spaces and without marks that nobody sees.
fn read(pdf: &[u8]) -> String {
    bare(&pdf_extract::extract_text_from_mem(pdf).expect("a PDF with text"))
}

fn bare(text: &str) -> String {
    let unseen = |c: &char| c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2066}'..='\u{2069}');
    text.chars().filter(|c| !unseen(c)).collect()
}

/// Whether the text is there. Programs that read pages from the left have the letters of Arabic words from their end, and
/// those that are joined into one sign in their order: there the same letters beside each other count.
fn has(text: &str, part: &str) -> bool {
    let part = bare(part);
    if part.is_ascii() {
        return text.contains(&part);
    }
    let sorted = |letters: &[char]| {
        let mut letters = letters.to_vec();
        letters.sort_unstable();
        letters
    };
    let (all, wanted): (Vec<char>, Vec<char>) = (text.chars().collect(), part.chars().collect());
    all.windows(wanted.len()).any(|some| sorted(some) == sorted(&wanted))
}

fn sara() -> Value {
    json!({
        "givenName": "Sara", "familyName": "Alqahtani", "givenNameOther": "سارة", "familyNameOther": "القحطاني",
        "birthDate": "1988-03-02", "sex": "female", "language": "en", "contactMethod": "whatsapp",
        "phones": [{ "number": "0501234567", "preferred": true }, { "number": "+442079460018", "kind": "work" }],
        "emails": [{ "address": "sara@example.com", "kind": "home" }],
        "address": { "line1": "King Fahd Road 12", "line2": null, "city": "Riyadh", "region": null, "postalCode": "12345", "country": "SA" },
        "nationalId": "1098765432", "nationality": "SA", "leadSource": "A friend",
        "alerts": [{ "kind": "medication", "text": "Takes warfarin" }, { "kind": "allergy", "text": "Penicillin", "severe": true }],
        "medicalHistory": "Epilepsy since 2010.\nWell controlled.", "notes": "Afraid of needles",
        "consents": { "sms": { "granted": true, "source": "On paper", "at": "2026-01-05T10:00:00Z" }, "calls": { "granted": false } },
    })
}

#[tokio::test]
async fn a_record_has_everything_that_was_entered() {
    let (server, owner) = start().await;
    let practice = owner.get("/api/v1/practice").await.expect(200);
    let place = json!({ "line1": "Olaya Street 7", "line2": null, "city": "Riyadh", "region": null, "postalCode": null, "country": "SA" });
    let profile = json!({ "version": practice["version"], "address": place, "phone": "0112345678" });
    owner.patch("/api/v1/practice", &profile).await.expect(200);
    let field = json!({ "name": "Blood group", "kind": "select", "options": [{ "key": "ab", "name": "AB positive" }], "sensitive": true });
    owner.post("/api/v1/patient-fields", &field).await.expect(201);
    let tag = owner.post("/api/v1/tags", &json!({ "name": "Orthodontics", "colour": "teal" })).await.expect(201);
    let mut sara = sara();
    sara["tags"] = json!([tag["id"]]);
    sara["custom"] = json!({ "bloodGroup": "ab" });
    let patient = enter(&owner, &sara).await;
    let path = format!("/api/v1/patients/{patient}");
    for (payer, member) in [("Bupa Arabia", "BA-1"), ("Tawuniya", "TW-2")] {
        let policy =
            json!({ "payer": payer, "memberId": member, "plan": "Gold", "validTo": "2020-12-31", "holderName": "Ali" });
        let made = owner.post(&format!("{path}/policies"), &policy).await.expect(201);
        let verified = json!({ "version": 1, "eligibility": "active" });
        owner
            .post(&format!("/api/v1/policies/{}/verify", made["id"].as_str().expect("an id")), &verified)
            .await
            .expect(200);
    }
    let mother = json!({ "relationship": "mother", "name": "Huda Saleh", "phone": "0551234567", "emergency": true, "note": "Speaks Urdu" });
    owner.post(&format!("{path}/relatives"), &mother).await.expect(201);
    owner.post(&format!("{path}/notes"), &json!({ "text": "Called back\nafter ten" })).await.expect(201);
    owner.patch(&path, &json!({ "version": 1, "sex": "other" })).await.expect(200);

    let text = read(&print(&owner, &patient, &json!({})).await);
    for part in [
        "Practice alpha",
        "Olaya Street 7, Riyadh, Saudi Arabia",
        "+966 11 234 5678",
        "Patient record",
        "Sara Alqahtani",
        "القحطاني",
        "2 Mar 1988",
        "years",
        "Active",
        "Orthodontics",
        "Alerts and allergies",
        "Penicillin",
        "Serious",
        "Allergy",
        "Takes warfarin",
        "+966 50 123 4567",
        "Mobile · used first",
        "+44 20 7946 0018",
        "Work",
        "sara@example.com",
        "King Fahd Road 12, Riyadh 12345",
        "WhatsApp",
        "English",
        "1098765432",
        "Saudi Arabia",
        "A friend",
        "Agreed",
        "On paper · since 5 Jan 2026",
        "Refused",
        "Not asked",
        "Blood group",
        "AB positive",
        "Epilepsy since 2010.",
        "Well controlled.",
        "Afraid of needles",
        "Pays first",
        "Bupa Arabia",
        "BA-1",
        "Gold",
        "until 31 Dec 2020",
        "ended",
        "Covered",
        "by Test Owner",
        "Mother",
        "Huda Saleh called in an emergency",
        "+966 55 123 4567",
        "Speaks Urdu",
        "added a relative",
        "Pays second",
        "Tawuniya",
        "All 8 entries",
        "wrote a note",
        "Called back",
        "after ten",
        "Sex: Female → Other",
        "Cover: Not verified → Covered",
        "entered the patient",
        "Printed by Test Owner on",
        "(Asia/Riyadh)",
        "Page 1 of 3",
    ] {
        assert!(has(&text, part), "{part} is missing in {text}");
    }
    assert!(text.find("Penicillin") < text.find("Takeswarfarin"), "what is serious comes first");

    let sql =
        "select string_agg(action || ' ' || resource_type || ' ' || patient_id || ' ' || detail, '; ' order by action)
                 from audit.entry where action in ('export', 'read') and patient_id is not null";
    let told: String = sqlx::query_scalar(sql).fetch_one(&mut server.database.conn().await).await.expect("a text");
    let detail = r#"{"format": "pdf", "language": "en", "timeline": true}"#;
    assert_eq!(told, format!("export patient {patient} {detail}; read patient {patient} {{\"patients\": []}}"));
}

#[tokio::test]
async fn arabic_is_written_from_the_right_with_its_numbers_as_they_are() {
    let (_server, owner) = start().await;
    let mut sara = sara();
    sara["language"] = json!("ar");
    sara["notes"] = json!("تخاف من الإبر\nPrefers Dr. Smith, 10:30!");
    let patient = enter(&owner, &sara).await;
    let text = read(&print(&owner, &patient, &json!({})).await);
    for part in [
        "ملف المريض",
        "سارة",
        "القحطاني",
        "Sara Alqahtani",
        "1988",
        "مارس",
        "أنثى",
        "حساسية",
        "Penicillin",
        "خطير",
        "+966 50 123 4567",
        "sara@example.com",
        "واتساب",
        "العربية",
        "السعودية",
        "وافق",
        "On paper",
        "تخاف",
        "الإبر",
        "Prefers Dr. Smith, 10:30!",
        "أدخل المريض",
        "طبعه",
        "Test Owner",
    ] {
        assert!(has(&text, part), "{part} is missing in {text}");
    }
    let english = read(&print(&owner, &patient, &json!({ "language": "en", "timeline": false })).await);
    assert!(has(&english, "Medical history") && !has(&english, "What happened"), "{english}");
}

#[tokio::test]
async fn only_who_may_see_the_patient_prints_it() {
    let (server, owner) = start().await;
    let patient = enter(&owner, &sara()).await;
    let path = format!("/api/v1/patients/{patient}/print");
    let accountant = server.colleague_of(&owner, "accountant").await;
    assert_eq!(accountant.post(&path, &json!({})).await.code(), "auth.forbidden");
    let receptionist = server.colleague_of(&owner, "receptionist").await;
    print(&receptionist, &patient, &json!({ "timeline": false })).await;
    let neighbour = server.owner_of("beta").await;
    let nobody = format!("/api/v1/patients/{}/print", uuid::Uuid::now_v7());
    let (theirs, none) = (neighbour.post(&path, &json!({})).await, neighbour.post(&nobody, &json!({})).await);
    assert_eq!((theirs.status.as_u16(), theirs.code(), none.status.as_u16()), (404, "not_found", 404));
    for body in [json!({ "language": "fr" }), json!({ "paper": "a3" }), json!({ "timeline": null })] {
        assert_eq!(owner.post(&path, &body).await.status, 422, "{body}");
    }
    let exports: i64 = sqlx::query_scalar("select count(*) from audit.entry where action = 'export'")
        .fetch_one(&mut server.database.conn().await)
        .await
        .expect("a count");
    assert_eq!(exports, 1);
}

#[tokio::test]
async fn a_deleted_patient_says_so() {
    let (_server, owner) = start().await;
    let patient = enter(&owner, &json!({ "givenName": "Noura" })).await;
    owner.post(&format!("/api/v1/patients/{patient}/delete"), &json!({ "version": 1 })).await.expect(200);
    let text = read(&print(&owner, &patient, &json!({})).await);
    assert!(has(&text, "Deleted on") && has(&text, "No alerts") && has(&text, "No insurance policies"), "{text}");
}

#[tokio::test]
async fn hostile_texts_stay_texts() {
    let (_server, owner) = start().await;
    let hostile = "#panic() $x$ ] } \\u{41} *b* {name} \"); <a> //c";
    let patient = enter(
        &owner,
        &json!({ "givenName": hostile, "familyName": "\u{202e}gnp.exe", "notes": format!("{hostile}\n\n{}", "W".repeat(2000)),
                 "medicalHistory": "🦷 \u{2067}\u{2067}x", "alerts": [{ "kind": "other", "text": hostile }] }),
    )
    .await;
    owner.post(&format!("/api/v1/patients/{patient}/notes"), &json!({ "text": hostile })).await.expect(201);
    for language in ["en", "ar"] {
        let text = read(&print(&owner, &patient, &json!({ "language": language })).await);
        assert!(text.matches(&bare(hostile)).count() >= 4 && has(&text, "gnp.exe"), "{text}");
    }
}

#[tokio::test]
async fn a_long_history_is_cut_and_says_so() {
    let (_server, owner) = start().await;
    let patient = enter(&owner, &json!({ "givenName": "Noura" })).await;
    for i in 0..205 {
        owner
            .post(&format!("/api/v1/patients/{patient}/notes"), &json!({ "text": format!("Visit {i}.") }))
            .await
            .expect(201);
    }
    let text = read(&print(&owner, &patient, &json!({})).await);
    assert!(
        has(&text, "The latest 200 of 206 entries") && has(&text, "Visit 204.") && has(&text, "Visit 5."),
        "{text}"
    );
    assert!(!has(&text, "Visit 4.") && !has(&text, "entered the patient"), "{text}");
}

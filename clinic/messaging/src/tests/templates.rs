//! Templates: those of the product, those of the practice, and what they become.

use serde_json::{Value, json};

use crate::testing::{Clinic, id};

fn texts(text: &str) -> Value {
    json!({ "subjectEn": null, "textEn": text, "subjectAr": null, "textAr": format!("مرحبا {text}") })
}

#[tokio::test]
async fn those_of_the_product_are_there_until_the_practice_has_its_own() {
    let clinic = Clinic::start().await;
    let all = clinic.owner.get("/api/v1/message-templates?channel=sms").await.expect(200);
    let all = all["items"].as_array().expect("templates");
    assert!(all.len() >= 8 && all.iter().all(|one| one["version"] == 0 && one["channel"] == "sms"));
    let own = all.iter().find(|one| one["key"] == "day_before_reminder.sms").expect("a reminder");
    let path = format!("/api/v1/message-templates/{}", id(own));
    let change = json!({ "version": 0, "texts": texts("Tomorrow at {{ appointment.time }}!") });
    let changed = clinic.owner.patch(&path, &change).await.expect(200);
    assert_eq!((changed["version"].as_i64(), changed["number"].as_i64()), (Some(1), Some(1)));
    let renamed = clinic.owner.patch(&path, &json!({ "version": 1, "name": "Ours" })).await.expect(200);
    assert_eq!((renamed["number"].as_i64(), renamed["key"].as_str()), (Some(1), Some("day_before_reminder.sms")));
    clinic.owner.patch(&path, &json!({ "version": 1, "name": "Late" })).await.expect(409);
    let again = json!({ "version": 2, "texts": texts("See you at {{ appointment.time }}") });
    clinic.owner.patch(&path, &again).await.expect(200);
    let versions = clinic.owner.get(&format!("{path}/versions")).await.expect(200);
    assert_eq!(versions["items"].as_array().expect("versions").len(), 2);
    assert_eq!(versions["items"][1]["texts"]["textEn"], "Tomorrow at {{ appointment.time }}!");
    clinic.owner.post(&format!("{path}/archive"), &json!({ "version": 3 })).await.expect(200);
    let left = clinic.owner.get("/api/v1/message-templates?channel=sms").await.expect(200);
    assert_eq!(left["items"].as_array().expect("templates").len(), all.len() - 1);
    clinic.owner.post(&format!("{path}/restore"), &json!({ "version": 4 })).await.expect(200);
}

#[tokio::test]
async fn what_nobody_declared_is_refused_with_its_place() {
    let clinic = Clinic::start().await;
    let new = json!({ "name": "New", "channel": "sms", "purpose": "transactional",
        "texts": texts("Dear {{ patient.givenName }}\nyour {{ patient.iban }}") });
    let refused = clinic.owner.post("/api/v1/message-templates", &new).await;
    assert_eq!(
        refused.faults(),
        ["/texts/textAr template.unknown_variable", "/texts/textEn template.unknown_variable"]
    );
    assert!(refused.body.to_string().contains("(line 2, column 9)"), "{}", refused.body);
    let email = json!({ "name": "New", "channel": "email", "purpose": "marketing", "texts": texts("Plain") });
    let refused = clinic.owner.post("/api/v1/message-templates", &email).await;
    assert_eq!(refused.faults(), ["/texts/subjectAr required", "/texts/subjectEn required"]);
    let receptionist = clinic.server.colleague_of(&clinic.owner, "receptionist").await;
    let plain = json!({ "name": "New", "channel": "sms", "purpose": "marketing", "texts": texts("Plain") });
    receptionist.post("/api/v1/message-templates", &plain).await.expect(403);
    clinic.owner.post("/api/v1/message-templates", &plain).await.expect(201);
}

#[tokio::test]
async fn a_preview_is_what_would_be_sent_with_its_parts_and_their_price() {
    let clinic = Clinic::start().await;
    let (patient, _) = clinic.patient_with(json!({ "language": "ar", "givenName": "<Lina>" })).await;
    let visit = clinic.visit(&patient, 24).await;
    let all = clinic.owner.get("/api/v1/message-templates").await.expect(200);
    let by = |key: &str| {
        let found = all["items"].as_array().expect("templates").iter().find(|one| one["key"] == key);
        id(found.expect("a template"))
    };
    let show = async |body: Value| clinic.owner.post("/api/v1/message-templates/preview", &body).await.expect(200);
    let sms =
        show(json!({ "channel": "sms", "templateId": by("day_before_reminder.sms"), "appointmentId": visit["id"] }))
            .await;
    assert_eq!((sms["language"].as_str(), sms["sms"]["encoding"].as_str()), (Some("ar"), Some("ucs2")));
    assert!(sms["text"].as_str().expect("a text").contains("الساعة 10:00") && sms["problems"] == json!([]));
    let email = show(json!({ "channel": "email", "templateId": by("confirm.email"), "appointmentId": visit["id"], "language": "en" })).await;
    let html = email["html"].as_str().expect("a page");
    assert!(html.contains("&lt;Lina&gt;") && !html.contains("<Lina>") && html.contains("/v#vl_"));
    assert!(email["subject"].as_str().expect("a subject").starts_with("Please confirm your visit on "));
    let sample =
        show(json!({ "channel": "sms", "texts": texts("Hello {{ patient.givenName }}"), "language": "en" })).await;
    assert_eq!((sample["text"].as_str(), sample["sms"]["parts"].as_i64()), (Some("Hello Lina"), Some(1)));
    let broken = show(json!({ "channel": "sms", "texts": texts("{{ patient.iban }}"), "language": "en" })).await;
    assert_eq!(broken["problems"][0]["code"], "template.unknown_variable");
    let without = json!({ "channel": "sms", "templateId": by("day_before_reminder.sms"), "patientId": patient });
    assert_eq!(show(without).await["problems"][0]["code"], "template.missing_value");
    let none = clinic.owner.post("/api/v1/message-templates/preview", &json!({ "channel": "sms" })).await;
    assert_eq!(none.faults(), ["/texts required"]);
}

#[tokio::test]
async fn a_message_from_a_template_opens_the_visit_and_says_which_version_it_was() {
    let clinic = Clinic::start().await;
    let (patient, _) = clinic.patient().await;
    let visit = clinic.visit(&patient, 30).await;
    let all = clinic.owner.get("/api/v1/message-templates?channel=sms").await.expect(200);
    let template = all["items"].as_array().expect("templates").iter().find(|one| one["key"] == "confirm.sms").cloned();
    let template = template.expect("a template");
    let message =
        json!({ "patientId": patient, "channel": "sms", "templateId": template["id"], "appointmentId": visit["id"] });
    let sent = clinic.owner.post("/api/v1/messages", &message).await.expect(201);
    assert_eq!((sent["templateId"].clone(), sent["templateNumber"].as_i64()), (template["id"].clone(), Some(0)));
    let text = sent["text"].as_str().expect("a text");
    let token = text.split_once("/v#").expect("a link").1.split_whitespace().next().expect("a token").to_owned();
    let opened = json!({ "token": token, "dateOfBirth": "1990-05-17" });
    clinic.server.stranger().post("/api/v1/patient-links/open", &opened).await.expect(200);
    let (other, _) = clinic.patient().await;
    let wrong =
        json!({ "patientId": other, "channel": "sms", "templateId": template["id"], "appointmentId": visit["id"] });
    assert_eq!(clinic.owner.post("/api/v1/messages", &wrong).await.faults(), ["/appointmentId invalid"]);
    let bare = json!({ "patientId": patient, "channel": "sms", "templateId": template["id"] });
    assert_eq!(clinic.owner.post("/api/v1/messages", &bare).await.faults(), ["/templateId template.missing_value"]);
}

#[tokio::test]
async fn a_link_counts_before_it_is_made_as_it_will_when_it_is() {
    let clinic = Clinic::start().await;
    let (patient, _) = clinic.patient().await;
    let visit = clinic.visit(&patient, 24).await;
    let text = format!("{} {{{{ visit.link }}}}", "See you. ".repeat(11));
    let message = json!({ "patientId": patient, "channel": "sms", "text": text, "appointmentId": visit["id"] });
    let draft = clinic.owner.post("/api/v1/messages/preview", &message).await.expect(200);
    let sent = clinic.owner.post("/api/v1/messages", &message).await.expect(201);
    let length = |of: &Value| of["text"].as_str().map(|text| text.chars().count());
    assert_eq!(length(&draft), length(&sent));
    assert_eq!((draft["sms"]["encoding"].as_str(), &draft["sms"]["parts"]), (Some("gsm7"), &sent["parts"]));
    assert_ne!(draft["text"], sent["text"], "no link is made by looking");
    let sampled = json!({ "channel": "sms", "texts": texts(&text), "language": "en" });
    let sampled = clinic.owner.post("/api/v1/message-templates/preview", &sampled).await.expect(200);
    assert_eq!((length(&sampled), &sampled["sms"]["parts"]), (length(&sent), &sent["parts"]));
    let long = json!({ "patientId": patient, "channel": "sms", "text": "{{ practice.name }}".repeat(400) });
    let long = clinic.owner.post("/api/v1/messages/preview", &long).await.expect(200);
    assert_eq!(long["problems"][0]["code"], "message.too_long");
}

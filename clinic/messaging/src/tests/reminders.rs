//! Reminders by rules: once for each beginning of a visit, and never of one that is no longer so.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::testing::{Clinic, id, made, put};

async fn rule(clinic: &Clinic, offset: i64, skip_confirmed: bool) -> String {
    let all = clinic.owner.get("/api/v1/message-templates?channel=sms").await.expect(200);
    let template =
        all["items"].as_array().expect("templates").iter().find(|one| one["key"] == "day_before_reminder.sms");
    let rule = json!({ "name": "The day before", "channel": "sms", "templateId": template.expect("a template")["id"],
        "offsetMinutes": offset, "serviceIds": [clinic.service], "locationIds": [], "skipConfirmed": skip_confirmed, "enabled": true });
    made(&clinic.owner, "/api/v1/message-rules", &rule).await
}

async fn reminders(clinic: &Clinic) -> Vec<Value> {
    clinic.messages("&source=rule").await
}

#[tokio::test]
async fn a_visit_is_reminded_of_once_at_its_time_and_again_when_it_was_moved() {
    let mut clinic = Clinic::start().await;
    let rule = rule(&clinic, 24 * 60, false).await;
    let (patient, phone) = clinic.patient().await;
    let visit = clinic.visit(&patient, 26).await;
    clinic.later(SignedDuration::from_mins(60)).await;
    assert_eq!(reminders(&clinic).await.len(), 0, "an hour too early");
    clinic.later(SignedDuration::from_mins(61)).await;
    clinic.look_after().await;
    let sent = reminders(&clinic).await;
    assert_eq!(sent.len(), 1, "once, however often one looks");
    assert_eq!((sent[0]["state"].as_str(), sent[0]["address"].as_str()), (Some("sent"), Some(phone.as_str())));
    assert_eq!(
        (sent[0]["sourceId"].as_str(), sent[0]["appointmentId"].clone()),
        (Some(rule.as_str()), visit["id"].clone())
    );
    let came = clinic.reply(&id(&sent[0]), "نعم").await;
    assert_eq!(came["reason"], "confirm");
    let start = clinic.server.clock.now() + SignedDuration::from_hours(48);
    let path = format!("/api/v1/appointments/{}/move", id(&visit));
    let version =
        clinic.owner.get(&format!("/api/v1/appointments/{}", id(&visit))).await.expect(200)["version"].clone();
    clinic.owner.post(&path, &json!({ "version": version, "start": start })).await.expect(200);
    clinic.later(SignedDuration::from_hours(25)).await;
    assert_eq!(reminders(&clinic).await.len(), 2, "the new time is reminded of by itself");
}

#[tokio::test]
async fn what_waits_for_the_morning_is_taken_back_when_the_visit_is_cancelled_or_confirmed() {
    let mut clinic = Clinic::start().await;
    let skipping = rule(&clinic, 12 * 60, true).await;
    // now it is ten; visits tomorrow at eleven are reminded of at eleven in the evening, which is quiet
    let (one, _) = clinic.patient().await;
    let (two, _) = clinic.patient().await;
    let (three, _) = clinic.patient().await;
    let cancelled = clinic.visit(&one, 25).await;
    let confirmed = clinic.visit(&two, 26).await;
    let kept = clinic.visit(&three, 27).await;
    clinic.later(SignedDuration::from_hours(16)).await;
    let waiting = reminders(&clinic).await;
    assert_eq!(waiting.len(), 3);
    assert!(waiting.iter().all(|one| one["state"] == "queued" && one["reason"] == "quiet_hours"));
    let reasons = clinic.owner.get("/api/v1/scheduling-settings").await.expect(200);
    let reason = reasons["reasons"].as_array().expect("reasons").iter().find(|one| one["by"] == "patient");
    let why = json!({ "version": 1, "by": "patient", "reason": reason.expect("a reason")["key"] });
    clinic.owner.post(&format!("/api/v1/appointments/{}/cancel", id(&cancelled)), &why).await.expect(200);
    let status = json!({ "version": 1, "status": "confirmed" });
    clinic.owner.post(&format!("/api/v1/appointments/{}/status", id(&confirmed)), &status).await.expect(200);
    clinic.later(SignedDuration::from_hours(6)).await;
    let all = reminders(&clinic).await;
    let of = |visit: &Value| {
        let found = all.iter().find(|one| one["appointmentId"] == visit["id"]).expect("a message");
        (found["state"].as_str().expect("a state").to_owned(), found["reason"].clone())
    };
    assert_eq!(of(&cancelled), ("cancelled".to_owned(), json!("visit_cancelled")));
    assert_eq!(of(&confirmed), ("cancelled".to_owned(), json!("visit_confirmed")));
    assert_eq!(of(&kept), ("sent".to_owned(), Value::Null));
    clinic.owner.post(&format!("/api/v1/message-rules/{skipping}/archive"), &json!({ "version": 1 })).await.expect(200);
    assert_eq!(clinic.owner.get("/api/v1/message-rules").await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn who_cannot_be_reached_is_noted_with_the_reason_and_rules_name_what_there_is() {
    let mut clinic = Clinic::start().await;
    let id_of = rule(&clinic, 24 * 60, false).await;
    let (patient, _) = clinic.patient_with(json!({ "phones": [] })).await;
    clinic.visit(&patient, 25).await;
    clinic.later(SignedDuration::from_hours(2)).await;
    clinic.look_after().await;
    let noted = reminders(&clinic).await;
    assert_eq!(
        (noted.len(), noted[0]["state"].as_str(), noted[0]["reason"].as_str()),
        (1, Some("suppressed"), Some("no_address"))
    );
    let rule = clinic.owner.get(&format!("/api/v1/message-rules/{id_of}")).await.expect(200);
    let mut fields = json!({});
    for key in
        ["name", "channel", "templateId", "offsetMinutes", "serviceIds", "locationIds", "skipConfirmed", "enabled"]
    {
        fields[key] = rule[key].clone();
    }
    let change = async |key: &str, value: Value| {
        let mut fields = fields.clone();
        fields[key] = value;
        put(&clinic.owner, &format!("/api/v1/message-rules/{id_of}"), &json!({ "version": 1, "rule": fields })).await
    };
    let nobody = uuid::Uuid::now_v7();
    assert_eq!(change("templateId", json!(nobody)).await.faults(), ["/rule/templateId invalid"]);
    assert_eq!(change("channel", json!("email")).await.faults(), ["/rule/templateId invalid"]);
    assert_eq!(change("serviceIds", json!([nobody])).await.faults(), ["/rule/serviceIds/0 not_found"]);
    assert_eq!(change("locationIds", json!([nobody])).await.faults(), ["/rule/locationIds/0 not_found"]);
    change("enabled", json!(false)).await.expect(200);
    change("enabled", json!(false)).await.expect(409);
}

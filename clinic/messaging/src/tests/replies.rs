//! What patients answer by text message, and what follows.

use serde_json::{Value, json};

use crate::testing::{Clinic, id};

async fn asked(clinic: &Clinic, patient: &str, visit: &Value) -> String {
    let all = clinic.owner.get("/api/v1/message-templates?channel=sms").await.expect(200);
    let template = all["items"].as_array().expect("templates").iter().find(|one| one["key"] == "confirm.sms");
    let template = template.expect("a template")["id"].clone();
    let message =
        json!({ "patientId": patient, "channel": "sms", "templateId": template, "appointmentId": visit["id"] });
    let sent = clinic.owner.post("/api/v1/messages", &message).await.expect(201);
    clinic.settle().await;
    id(&sent)
}

async fn status(clinic: &Clinic, visit: &Value) -> String {
    let visit = clinic.owner.get(&format!("/api/v1/appointments/{}", id(visit))).await.expect(200);
    visit["status"].as_str().expect("a status").to_owned()
}

async fn unread(clinic: &Clinic) -> Vec<Value> {
    let page = clinic.owner.get("/api/v1/message-inbox").await.expect(200);
    page["items"].as_array().expect("messages").clone()
}

#[tokio::test]
async fn a_word_confirms_the_visit_and_is_answered_in_the_patients_language() {
    let clinic = Clinic::start().await;
    for (language, word, thanks) in
        [("ar", "نعم", "تم تأكيد موعدكم"), ("en", "Yes!", "your visit is confirmed"), ("ar", "١", "تم")]
    {
        let (patient, phone) = clinic.patient_with(json!({ "language": language })).await;
        let visit = clinic.visit(&patient, 30 + i64::from(word.len() as u8)).await;
        let question = asked(&clinic, &patient, &visit).await;
        let came = clinic.reply(&question, word).await;
        assert_eq!((came["reason"].as_str(), came["patientId"].as_str()), (Some("confirm"), Some(patient.as_str())));
        assert_eq!(came["answersId"], question.as_str());
        assert_eq!(status(&clinic, &visit).await, "confirmed");
        assert_eq!(clinic.message(&question).await["state"], "replied");
        let page = clinic.owner.get(&format!("/api/v1/patients/{patient}/conversation")).await.expect(200);
        let talk = page["items"].as_array().expect("messages");
        assert_eq!(talk.len(), 3, "asked, answered, thanked");
        assert!(talk[0]["text"].as_str().expect("a text").contains(thanks), "{word}");
        assert_eq!((talk[0]["state"].as_str(), talk[0]["address"].as_str()), (Some("sent"), Some(phone.as_str())));
        // once more changes nothing
        clinic.reply(&question, word).await;
        assert_eq!(status(&clinic, &visit).await, "confirmed");
    }
    assert_eq!(unread(&clinic).await.len(), 0, "who confirms has been served");
}

#[tokio::test]
async fn who_wants_to_cancel_waits_for_a_person() {
    let clinic = Clinic::start().await;
    let (patient, _) = clinic.patient().await;
    let visit = clinic.visit(&patient, 30).await;
    let question = asked(&clinic, &patient, &visit).await;
    let came = clinic.reply(&question, "2").await;
    assert_eq!(came["reason"], "cancel");
    assert_eq!(status(&clinic, &visit).await, "scheduled", "only people cancel");
    let waiting = unread(&clinic).await;
    assert_eq!((waiting.len(), &waiting[0]["id"]), (1, &came["id"]));
    let read = format!("/api/v1/messages/{}/read", id(&came));
    clinic.owner.post(&read, &json!({})).await.expect(200);
    clinic.owner.post(&read, &json!({})).await.expect(200);
    assert_eq!(unread(&clinic).await.len(), 0);
}

#[tokio::test]
async fn what_is_no_word_is_a_conversation_and_so_is_a_word_without_a_question() {
    let clinic = Clinic::start().await;
    let (patient, _) = clinic.patient().await;
    let plain = id(&clinic.text(&patient, "How are you?").await);
    clinic.settle().await;
    for text in ["Yes", "Better, thank you. Can I come on Monday?"] {
        let came = clinic.reply(&plain, text).await;
        assert_eq!(came["reason"], Value::Null, "{text}");
    }
    assert_eq!(unread(&clinic).await.len(), 2);
    assert_eq!(clinic.messages("&direction=out").await.len(), 1, "nobody is thanked");
    let events =
        crate::testing::value(&clinic.server, "select count(*)::text from outbox.event where name = 'message.replied'");
    assert_eq!(events.await, "2");
    let timeline = clinic.owner.get(&format!("/api/v1/patients/{patient}/timeline?resource=message")).await.expect(200);
    assert_eq!(timeline["items"][0]["kind"], "message.replied");
}

#[tokio::test]
async fn a_visit_that_was_moved_meanwhile_is_not_confirmed_by_the_old_question() {
    let clinic = Clinic::start().await;
    let (patient, _) = clinic.patient().await;
    let visit = clinic.visit(&patient, 30).await;
    let question = asked(&clinic, &patient, &visit).await;
    let start = clinic.server.clock.now() + jiff::SignedDuration::from_hours(54);
    let path = format!("/api/v1/appointments/{}/move", id(&visit));
    clinic.owner.post(&path, &json!({ "version": 1, "start": start })).await.expect(200);
    let came = clinic.reply(&question, "1").await;
    assert_eq!(came["reason"], Value::Null);
    assert_eq!(status(&clinic, &visit).await, "scheduled");
    assert_eq!(unread(&clinic).await.len(), 1, "a person reads it");
}

#[tokio::test]
async fn stop_ends_messages_is_confirmed_and_start_begins_them_again() {
    let clinic = Clinic::start().await;
    let (patient, phone) = clinic.patient().await;
    let plain = id(&clinic.text(&patient, "Hello").await);
    clinic.settle().await;
    clinic.reply(&plain, "إيقاف").await;
    let said = clinic.messages("&direction=out").await;
    assert!(said[0]["text"].as_str().expect("a text").contains("no more messages") && said[0]["state"] == "sent");
    let record = clinic.owner.get(&format!("/api/v1/patients/{patient}")).await.expect(200);
    assert_eq!(record["consents"]["sms"]["granted"], false);
    let message = json!({ "patientId": patient, "channel": "sms", "text": "T" });
    let refused = clinic.owner.post("/api/v1/messages", &message).await;
    assert_eq!(refused.body["current"]["reason"], "stopped");
    let listed = clinic.owner.get("/api/v1/message-suppressions").await.expect(200);
    assert_eq!(
        (listed["items"][0]["address"].as_str(), listed["items"][0]["reason"].as_str()),
        (Some(phone.as_str()), Some("stop"))
    );
    clinic.reply(&plain, "START").await;
    let record = clinic.owner.get(&format!("/api/v1/patients/{patient}")).await.expect(200);
    assert_eq!(record["consents"]["sms"]["granted"], true);
    clinic.owner.post("/api/v1/messages", &message).await.expect(201);
}

#[tokio::test]
async fn of_several_with_one_number_the_one_who_was_written_to_last_is_meant() {
    let clinic = Clinic::start().await;
    let (mother, phone) = clinic.patient().await;
    let (child, _) = clinic.patient_with(json!({ "phones": [{ "number": phone }] })).await;
    let first = id(&clinic.text(&mother, "To the mother").await);
    clinic.settle().await;
    assert_eq!(clinic.reply(&first, "Hello").await["patientId"], mother.as_str());
    clinic.server.clock.advance(jiff::SignedDuration::from_secs(60));
    clinic.text(&child, "About the child").await;
    clinic.settle().await;
    assert_eq!(clinic.reply(&first, "Hello again").await["patientId"], child.as_str());
}

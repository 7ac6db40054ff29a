//! Writing to patients: what goes out, what waits, what is refused, and what is kept of it.

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::testing::{Clinic, id, made, put, raw, value};
use platform::testing::Person;

#[tokio::test]
async fn a_message_goes_into_the_mailbox_the_ledger_and_the_timeline() {
    let clinic = Clinic::start().await;
    let (patient, phone) = clinic.patient().await;
    let queued = clinic.text(&patient, "Dear {{ patient.givenName }}, your crown is here. {{ practice.name }}").await;
    assert_eq!((queued["state"].as_str(), queued["address"].as_str()), (Some("queued"), Some(phone.as_str())));
    assert_eq!(queued["parts"], 1);
    let sent = clinic.messages("&provider=sandbox&direction=out").await;
    assert_eq!(sent.len(), 1);
    assert_eq!((sent[0]["state"].as_str(), sent[0]["provider"].as_str()), (Some("sent"), Some("sandbox")));
    assert!(sent[0]["text"].as_str().expect("a text").starts_with("Dear Lina0, your crown is here."));
    let timeline = clinic.owner.get(&format!("/api/v1/patients/{patient}/timeline?resource=message")).await.expect(200);
    let entry = &timeline["items"][0];
    assert_eq!(entry["kind"], "message.sent");
    let said = entry["changes"].as_array().expect("changes").iter().find(|change| change["field"] == "text");
    assert!(said.expect("the text")["after"].as_str().expect("a text").contains("crown"));
    for table in ["messaging.message", "outbox.event", "jobs.job", "audit.entry", "timeline.entry"] {
        let rows = raw(&clinic.server, table).await;
        assert!(!rows.contains("crown") && !rows.contains(&phone), "{table} can be read without the key");
    }
    let events = value(
        &clinic.server,
        "select string_agg(name, ',' order by name) from outbox.event where name like 'message.%'",
    );
    assert_eq!(events.await, "message.queued,message.sending,message.sent");
}

#[tokio::test]
async fn the_same_request_is_one_message() {
    let clinic = Clinic::start().await;
    let (patient, _) = clinic.patient().await;
    let (key, message) = (Uuid::now_v7(), json!({ "patientId": patient, "channel": "sms", "text": "Once" }));
    let first = clinic.owner.post_under(key, "/api/v1/messages", &message).await.expect(201);
    let again = clinic.owner.post_under(key, "/api/v1/messages", &message).await.expect(201);
    assert_eq!(first["id"], again["id"]);
    assert_eq!(clinic.messages("").await.len(), 1);
}

#[tokio::test]
async fn an_email_takes_files_along_which_lie_sealed() {
    let clinic = Clinic::start().await;
    let (patient, _) = clinic.patient().await;
    let give = async |name: &str, kind: &str, bytes: Vec<u8>| {
        let request = clinic.owner.request(Method::POST, "/api/v1/message-attachments");
        let request = request.header("idempotency-key", Uuid::now_v7().to_string()).header("x-file-name", name);
        Person::send(request.header("content-type", kind).body(bytes)).await
    };
    let file = give("%D9%81%D8%A7%D8%AA%D9%88%D8%B1%D8%A9.pdf", "application/pdf", b"%PDF-secretly".to_vec()).await;
    let file = file.expect(201);
    assert_eq!((file["name"].as_str(), file["size"].as_i64()), (Some("فاتورة.pdf"), Some(13)));
    assert_eq!(give("run.exe", "application/x-msdownload", vec![1]).await.code(), "attachment.wrong_type");
    let script = b"<script>alert(1)</script>".to_vec();
    for (name, kind, bytes) in [
        ("plan.exe", "application/pdf", b"%PDF-1.7".to_vec()),
        ("plan.pdf", "application/pdf", b"MZ\x90\0".to_vec()),
        ("plan.html", "text/plain", script),
        ("plan%E2%80%AEfdp.exe", "application/pdf", b"%PDF-1.7".to_vec()),
    ] {
        let refused = give(name, kind, bytes).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (415, "attachment.misnamed"), "{name}");
    }
    let far = give("..%2F..%2Fplan.pdf", "application/pdf", b"%PDF-1.7".to_vec()).await.expect(201);
    assert_eq!(far["name"], "plan.pdf");
    assert_eq!(give("large.pdf", "application/pdf", vec![0; 10 * 1024 * 1024 + 1]).await.status, 413);
    let email = json!({ "patientId": patient, "channel": "email", "subject": "Your invoice", "text": "Here it is.",
        "replyTo": "desk@example.com", "attachments": [file["id"]] });
    let sent = clinic.owner.post("/api/v1/messages", &email).await.expect(201);
    assert_eq!(sent["attachments"][0]["name"], "فاتورة.pdf");
    let again = clinic.owner.post("/api/v1/messages", &email).await;
    assert_eq!(again.faults(), ["/attachments invalid"], "a file goes along once");
    assert!(!raw(&clinic.server, "messaging.attachment").await.contains("secretly"));
    let (sms, text) = (
        json!({ "patientId": patient, "channel": "sms", "text": "x", "attachments": [file["id"]] }),
        "/attachments invalid",
    );
    assert_eq!(clinic.owner.post("/api/v1/messages", &sms).await.faults(), [text]);
    let bare = json!({ "patientId": patient, "channel": "email", "text": "No subject" });
    assert_eq!(clinic.owner.post("/api/v1/messages", &bare).await.faults(), ["/subject required"]);
}

#[tokio::test]
async fn what_must_not_go_out_is_refused_with_its_reason() {
    let clinic = Clinic::start().await;
    let refused = async |patient: &str, channel: &str, purpose: &str| -> String {
        let message =
            json!({ "patientId": patient, "channel": channel, "purpose": purpose, "subject": "S", "text": "T" });
        let answer = clinic.owner.post("/api/v1/messages", &message).await;
        if answer.status == 201 {
            return "sent".to_owned();
        }
        assert_eq!(answer.code(), "message.hindered");
        answer.body["current"]["reason"].as_str().expect("a reason").to_owned()
    };
    let no = json!({ "sms": { "granted": false }, "email": null, "calls": null });
    let yes = json!({ "sms": { "granted": true }, "email": null, "calls": null });
    let (plain, _) = clinic.patient().await;
    let (unwilling, _) = clinic.patient_with(json!({ "consents": no })).await;
    let (willing, _) = clinic.patient_with(json!({ "consents": yes })).await;
    let (dead, _) = clinic.patient_with(json!({ "status": "deceased" })).await;
    let (silent, _) = clinic.patient_with(json!({ "phones": [], "emails": [] })).await;
    assert_eq!(refused(&plain, "sms", "transactional").await, "sent");
    assert_eq!(refused(&plain, "sms", "marketing").await, "not_agreed");
    assert_eq!(refused(&willing, "sms", "marketing").await, "sent");
    assert_eq!(refused(&willing, "email", "marketing").await, "not_agreed");
    assert_eq!(refused(&unwilling, "sms", "transactional").await, "refused");
    assert_eq!(refused(&unwilling, "email", "transactional").await, "sent");
    assert_eq!(refused(&dead, "sms", "transactional").await, "deceased");
    assert_eq!(refused(&silent, "email", "transactional").await, "no_address");
    let asked = json!({ "patientIds": [plain, unwilling, willing, dead, silent, Uuid::now_v7()], "channel": "sms", "purpose": "marketing" });
    let reach = clinic.owner.post("/api/v1/messages/reach", &asked).await.expect(200);
    let reasons: Vec<&Value> = reach["items"].as_array().expect("items").iter().map(|item| &item["reason"]).collect();
    assert_eq!(json!(reasons), json!(["not_agreed", "refused", null, "deceased", "no_address", "unknown"]));
    assert_eq!(reach["reached"], 1);
}

#[tokio::test]
async fn suppressed_addresses_get_nothing_until_somebody_takes_them_off_with_a_reason() {
    let clinic = Clinic::start().await;
    let (patient, phone) = clinic.patient().await;
    let entry =
        made(&clinic.owner, "/api/v1/message-suppressions", &json!({ "channel": "sms", "address": phone })).await;
    let message = json!({ "patientId": patient, "channel": "sms", "text": "T" });
    let refused = clinic.owner.post("/api/v1/messages", &message).await;
    assert_eq!(refused.body["current"]["reason"], "suppressed_by_hand");
    let listed = clinic.owner.get("/api/v1/message-suppressions").await.expect(200);
    assert_eq!(listed["items"][0]["address"], phone.as_str());
    assert!(!raw(&clinic.server, "messaging.suppression").await.contains(&phone));
    let path = format!("/api/v1/message-suppressions/{entry}/remove");
    clinic.owner.post(&path, &json!({ "reason": "x" })).await.expect(422);
    clinic.owner.post(&path, &json!({ "reason": "The patient asked for it" })).await.expect(200);
    clinic.owner.post("/api/v1/messages", &message).await.expect(201);
}

#[tokio::test]
async fn a_bounce_is_noted_and_ends_mails_to_the_address() {
    let clinic = Clinic::start().await;
    let (patient, _) = clinic.patient().await;
    let email = json!({ "patientId": patient, "channel": "email", "subject": "S", "text": "T" });
    let sent = clinic.owner.post("/api/v1/messages", &email).await.expect(201);
    let early = json!({ "messageId": sent["id"] });
    assert_eq!(clinic.owner.post("/api/v1/message-sandbox/bounces", &early).await.code(), "message.not_in_sandbox");
    clinic.settle().await;
    let came_back = clinic.owner.post("/api/v1/message-sandbox/bounces", &early).await.expect(200);
    assert_eq!((came_back["state"].as_str(), came_back["reason"].as_str()), (Some("bounced"), Some("sandbox.bounce")));
    let refused = clinic.owner.post("/api/v1/messages", &email).await;
    assert_eq!(refused.body["current"]["reason"], "bounced");
    let sms = json!({ "patientId": patient, "channel": "sms", "text": "T" });
    clinic.owner.post("/api/v1/messages", &sms).await.expect(201);
}

#[tokio::test]
async fn what_is_planned_for_the_night_waits_until_morning_and_can_be_taken_back() {
    let mut clinic = Clinic::start().await;
    let (patient, _) = clinic.patient().await;
    // it is ten in Riyadh; in fourteen hours it is midnight
    let at = clinic.server.clock.now() + SignedDuration::from_hours(14);
    let message = json!({ "patientId": patient, "channel": "sms", "text": "T", "notBefore": at });
    let planned = clinic.owner.post("/api/v1/messages", &message).await.expect(201);
    assert_eq!((planned["state"].as_str(), planned["reason"].as_str()), (Some("queued"), Some("quiet_hours")));
    let seven = clinic.server.clock.now() + SignedDuration::from_hours(21);
    assert_eq!(planned["notBefore"], json!(seven));
    let other = clinic.owner.post("/api/v1/messages", &message).await.expect(201);
    let path = format!("/api/v1/messages/{}/cancel", id(&other));
    let cancelled = clinic.owner.post(&path, &json!({ "version": 1 })).await.expect(200);
    assert_eq!(cancelled["state"], "cancelled");
    clinic.later(SignedDuration::from_hours(20)).await;
    assert_eq!(clinic.message(&id(&planned)).await["state"], "queued", "at six it is still quiet");
    clinic.later(SignedDuration::from_hours(1)).await;
    assert_eq!(clinic.message(&id(&planned)).await["state"], "sent");
    assert_eq!(clinic.message(&id(&other)).await["state"], "cancelled");
    let late = clinic.owner.post(&path, &json!({ "version": 2 })).await;
    assert_eq!(late.code(), "message.not_queued");
}

#[tokio::test]
async fn what_was_allowed_when_it_was_asked_for_is_looked_at_again_when_it_goes_out() {
    let mut clinic = Clinic::start().await;
    let (patient, phone) = clinic.patient().await;
    let at = clinic.server.clock.now() + SignedDuration::from_hours(2);
    let message = json!({ "patientId": patient, "channel": "sms", "text": "T", "notBefore": at });
    let planned = clinic.owner.post("/api/v1/messages", &message).await.expect(201);
    made(&clinic.owner, "/api/v1/message-suppressions", &json!({ "channel": "sms", "address": phone })).await;
    clinic.later(SignedDuration::from_hours(3)).await;
    let held = clinic.message(&id(&planned)).await;
    assert_eq!((held["state"].as_str(), held["reason"].as_str()), (Some("suppressed"), Some("suppressed_by_hand")));
}

#[tokio::test]
async fn settings_say_when_it_is_quiet_and_what_a_text_costs() {
    let clinic = Clinic::start().await;
    let usual = clinic.owner.get("/api/v1/messaging-settings").await.expect(200);
    assert_eq!((usual["quietFrom"].as_str(), usual["quietUntil"].as_str()), (Some("21:00"), Some("07:00")));
    let new = json!({ "version": 0, "quietFrom": "22:00", "quietUntil": "22:00", "dailyCap": 1, "partPriceMinor": 12 });
    put(&clinic.owner, "/api/v1/messaging-settings", &new).await.expect(200);
    put(&clinic.owner, "/api/v1/messaging-settings", &new).await.expect(409);
    let wrong =
        json!({ "version": 1, "quietFrom": "24:00", "quietUntil": "7:00", "dailyCap": 1, "partPriceMinor": 12 });
    assert_eq!(
        put(&clinic.owner, "/api/v1/messaging-settings", &wrong).await.faults(),
        ["/quietFrom invalid", "/quietUntil invalid"]
    );
    let (patient, _) = clinic.patient().await;
    let sent = clinic.text(&patient, &"ن".repeat(71)).await;
    assert_eq!((sent["parts"].as_i64(), sent["priceMinor"].as_i64()), (Some(2), Some(24)), "Arabic takes short parts");
    // one a day: what waits for the night counts for the day on which it goes out
    let plan = async |hours: i64| {
        let at = clinic.server.clock.now() + SignedDuration::from_hours(hours);
        let message = json!({ "patientId": patient, "channel": "sms", "text": "T", "notBefore": at });
        clinic.owner.post("/api/v1/messages", &message).await
    };
    plan(1).await.expect(201);
    assert_eq!(plan(2).await.body["current"]["reason"], "daily_cap");
    plan(26).await.expect(201);
}

#[tokio::test]
async fn while_somebody_writes_they_see_what_it_becomes_and_whether_it_goes_out() {
    let clinic = Clinic::start().await;
    let (patient, phone) = clinic.patient().await;
    let show = async |body: Value| clinic.owner.post("/api/v1/messages/preview", &body).await.expect(200);
    let draft = |text: &str, besides: Value| {
        let mut draft = json!({ "patientId": patient, "channel": "sms", "text": text });
        for (key, value) in besides.as_object().expect("fields") {
            draft[key] = value.clone();
        }
        draft
    };
    let plain = show(draft("Dear {{ patient.givenName }}", json!({}))).await;
    assert_eq!((plain["text"].as_str(), plain["address"].as_str()), (Some("Dear Lina0"), Some(phone.as_str())));
    assert_eq!((plain["hindrance"].clone(), plain["sms"]["parts"].as_i64()), (Value::Null, Some(1)));
    let wrong = show(draft("Dear {{ patient.givenName", json!({}))).await;
    assert_eq!(wrong["problems"][0]["code"], "template.syntax");
    let marketing = show(draft("Buy", json!({ "purpose": "marketing" }))).await;
    assert_eq!(marketing["hindrance"], "not_agreed");
    let night = clinic.server.clock.now() + SignedDuration::from_hours(14);
    let late = show(draft("T", json!({ "notBefore": night }))).await;
    assert_eq!((late["hindrance"].as_str(), late["waitsUntil"].is_string()), (Some("quiet_hours"), true));
    assert_eq!(clinic.messages("").await.len(), 0, "nothing is sent");
    let variables = clinic.owner.get("/api/v1/message-variables").await.expect(200);
    assert!(variables["items"].as_array().expect("variables").iter().any(|one| one["name"] == "visit.link"));
}

#[tokio::test]
async fn lists_say_whose_messages_they_are_and_can_be_narrowed() {
    let clinic = Clinic::start().await;
    let (patient, _) = clinic.patient().await;
    let (other, _) = clinic.patient().await;
    let first = clinic.text(&patient, "One").await;
    clinic.text(&other, "Two").await;
    let all = clinic.messages("&state=sent,failed").await;
    assert_eq!((all.len(), all[1]["patient"]["givenName"].as_str()), (2, Some("Lina0")));
    assert_eq!(clinic.messages("&state=failed,bounced").await.len(), 0);
    assert_eq!(clinic.messages(&format!("&patientId={patient}")).await.len(), 1);
    assert_eq!(clinic.messages("&channel=email").await.len(), 0);
    let page = clinic.owner.get("/api/v1/messages?limit=1").await.expect(200);
    let next = page["nextCursor"].as_str().expect("a cursor");
    let next = clinic.owner.get(&format!("/api/v1/messages?limit=1&cursor={next}")).await.expect(200);
    assert_eq!((&next["items"][0]["id"], next["nextCursor"].clone()), (&first["id"], Value::Null));
    assert_eq!(clinic.owner.get("/api/v1/messages?state=gone").await.faults(), ["?state invalid"]);
    clinic.reply(&id(&first), "What is it about?").await;
    let counts = clinic.owner.get("/api/v1/message-counts").await.expect(200);
    assert_eq!(counts, json!({ "unread": 1, "unmatched": 0, "unknown": 0, "failed": 0 }));
    let read =
        Person::send(clinic.owner.request(Method::POST, &format!("/api/v1/patients/{patient}/conversation/read")))
            .await;
    assert_eq!(read.status, 204);
    let counts = clinic.owner.get("/api/v1/message-counts").await.expect(200);
    assert_eq!(counts["unread"], 0);
    let accountant = clinic.server.colleague_of(&clinic.owner, "accountant").await;
    accountant.get("/api/v1/messages").await.expect(403);
}

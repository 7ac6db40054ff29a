//! Recalls: what follows from visits, what ends them, and what the front desk does in between.

use platform::mail;
use serde_json::{Value, json};

use crate::testing::{Clinic, id, made, put};

/// A clinic that asks patients to come again half a year after the service.
async fn clinic() -> Clinic {
    let clinic = Clinic::start().await;
    let path = format!("/api/v1/recall-rules/{}", clinic.service);
    put(&clinic.owner, &path, &json!({ "version": 0, "months": 6 })).await.expect(200);
    clinic
}

/// Brings a visit to another stage, and lets the product hear of it.
async fn come(clinic: &Clinic, visit: &Value, status: &str) -> Value {
    let path = format!("/api/v1/appointments/{}", id(visit));
    let now = clinic.owner.get(&path).await.expect(200);
    let to = json!({ "version": now["version"], "status": status });
    let after = clinic.owner.post(&format!("{path}/status"), &to).await.expect(200);
    clinic.server.settle().await;
    after
}

async fn cancel(clinic: &Clinic, visit: &Value) {
    let why = json!({ "version": visit["version"], "by": "patient", "reason": "patient_ill" });
    clinic.owner.post(&format!("/api/v1/appointments/{}/cancel", id(visit)), &why).await.expect(200);
    clinic.server.settle().await;
}

async fn listed(clinic: &Clinic, query: &str) -> Vec<Value> {
    let page = clinic.owner.get(&format!("/api/v1/recalls?{query}")).await.expect(200);
    page["items"].as_array().expect("recalls").clone()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

/// A completed visit, and the recall that follows from it.
async fn recalled(clinic: &Clinic, time: &str) -> (Value, Value) {
    let visit = clinic.booked(time).await;
    come(clinic, &visit, "completed").await;
    let patient = text(&visit["patientId"]).to_owned();
    let recall = listed(clinic, &format!("patientId={patient}")).await.pop().expect("a recall");
    (visit, recall)
}

#[tokio::test]
async fn a_completed_visit_proposes_one_recall() {
    let clinic = clinic().await;
    let (visit, recall) = recalled(&clinic, "09:00").await;
    assert_eq!((text(&recall["dueOn"]), text(&recall["status"])), ("2030-12-02", "due"));
    assert_eq!((&recall["serviceId"], &recall["appointmentId"]), (&json!(clinic.service), &visit["id"]));

    come(&clinic, &visit, "arrived").await;
    assert_eq!(listed(&clinic, "").await, [Value::Null; 0], "it was not completed after all");
    assert_eq!(listed(&clinic, "state=dismissed").await[0]["dismissedFor"], "undone");
    come(&clinic, &visit, "completed").await;
    let again = listed(&clinic, "").await;
    assert_eq!((again.len(), &again[0]["id"]), (1, &recall["id"]), "the same one");
    let other = clinic.booked("10:00").await;
    let path = format!("/api/v1/recall-rules/{}", clinic.service);
    put(&clinic.owner, &path, &json!({ "version": 1, "months": 6, "active": false })).await.expect(200);
    come(&clinic, &other, "completed").await;
    assert_eq!(listed(&clinic, "").await.len(), 1, "the rule does not hold any more");
}

#[tokio::test]
async fn it_is_due_on_a_day_of_the_place() {
    let clinic = clinic().await;
    for (start, due) in [
        ("2030-08-31T09:00:00+03:00", "2031-02-28"),
        // 01:00 of the next day in Riyadh
        ("2030-06-02T22:00:00Z", "2030-12-03"),
    ] {
        let mut visit = clinic.visit(&clinic.patient().await, "09:00");
        (visit["start"], visit["overbooking"]) = (json!(start), json!("Out of hours"));
        let visit = clinic.owner.post("/api/v1/appointments", &visit).await.expect(201);
        come(&clinic, &visit, "completed").await;
        let recalls = listed(&clinic, &format!("patientId={}", text(&visit["patientId"]))).await;
        assert_eq!(text(&recalls[0]["dueOn"]), due);
    }
}

#[tokio::test]
async fn booking_ends_it_and_cancelling_brings_it_back() {
    let clinic = clinic().await;
    let (visit, recall) = recalled(&clinic, "09:00").await;
    let patient = text(&visit["patientId"]);
    let stands = async || clinic.owner.get(&format!("/api/v1/recalls/{}", id(&recall))).await.expect(200);
    let next = clinic.owner.post("/api/v1/appointments", &clinic.visit(patient, "11:00")).await.expect(201);
    clinic.server.settle().await;
    let booked = stands().await;
    assert_eq!((text(&booked["status"]), &booked["bookedId"]), ("booked", &next["id"]));
    let refused = clinic
        .owner
        .post(
            &format!("/api/v1/recalls/{}/dismiss", id(&recall)),
            &json!({ "version": booked["version"], "reason": "other" }),
        )
        .await;
    assert_eq!(refused.code(), "recall.over");
    cancel(&clinic, &next).await;
    assert_eq!(stands().await["status"], "due");

    let next = clinic.owner.post("/api/v1/appointments", &clinic.visit(patient, "11:00")).await.expect(201);
    clinic.server.settle().await;
    come(&clinic, &next, "completed").await;
    assert_eq!(stands().await["status"], "done");
    let open = listed(&clinic, &format!("patientId={patient}")).await;
    assert_eq!((open.len(), &open[0]["appointmentId"]), (1, &next["id"]), "and the next one follows");
    come(&clinic, &next, "arrived").await;
    assert_eq!(stands().await["status"], "booked", "they are here, and not treated yet");
}

#[tokio::test]
async fn who_has_an_appointment_already_is_not_asked() {
    let clinic = clinic().await;
    let patient = clinic.patient().await;
    let first = clinic.owner.post("/api/v1/appointments", &clinic.visit(&patient, "09:00")).await.expect(201);
    let second = clinic.owner.post("/api/v1/appointments", &clinic.visit(&patient, "10:00")).await.expect(201);
    come(&clinic, &first, "completed").await;
    assert_eq!(listed(&clinic, "").await, [Value::Null; 0]);
    assert_eq!(listed(&clinic, "state=booked").await[0]["bookedId"], second["id"]);
    cancel(&clinic, &second).await;
    assert_eq!(listed(&clinic, "").await.len(), 1);
}

#[tokio::test]
async fn another_service_asks_for_its_own_and_takes_the_place_of_the_older() {
    let clinic = clinic().await;
    let check_up = json!({ "nameEn": "Check-up", "durationMinutes": 30, "price": { "amountMinor": 100, "currency": "SAR" },
        "vatCategory": "standard", "colour": "teal" });
    let check_up = made(&clinic.owner, "/api/v1/services", &check_up).await;
    let rule = |version: i32, months: i32| json!({ "version": version, "months": months, "recallServiceId": check_up });
    put(&clinic.owner, &format!("/api/v1/recall-rules/{}", clinic.service), &rule(1, 3)).await.expect(200);
    let (first, older) = recalled(&clinic, "09:00").await;
    assert_eq!((&older["serviceId"], text(&older["dueOn"])), (&json!(check_up), "2030-09-02"));
    let second = clinic.owner.post("/api/v1/appointments", &clinic.visit(text(&first["patientId"]), "10:00")).await;
    come(&clinic, &second.expect(201), "completed").await;
    assert_eq!(listed(&clinic, "").await.len(), 1);
    let replaced = clinic.owner.get(&format!("/api/v1/recalls/{}", id(&older))).await.expect(200);
    assert_eq!((text(&replaced["status"]), text(&replaced["dismissedFor"])), ("dismissed", "replaced"));
}

#[tokio::test]
async fn what_the_front_desk_does() {
    let clinic = clinic().await;
    let (_, recall) = recalled(&clinic, "09:00").await;
    let path = format!("/api/v1/recalls/{}", id(&recall));
    let act = async |what: &str, body: Value| clinic.owner.post(&format!("{path}/{what}"), &body).await;
    let attempt = json!({ "version": 1, "kind": "phone", "outcome": "no_answer", "note": " Rang twice " });
    let tried = act("attempts", attempt.clone()).await.expect(200);
    assert_eq!((text(&tried["status"]), &tried["attempts"]), ("contacted", &json!(1)));
    let first = &tried["tried"][0];
    assert_eq!(
        (text(&first["outcome"]), text(&first["note"]), text(&first["by"])),
        ("no_answer", "Rang twice", "Test Owner")
    );
    assert_eq!(act("attempts", attempt).await.code(), "version.stale");
    let snoozed = act("snooze", json!({ "version": 2, "until": "2031-01-15" })).await.expect(200);
    assert_eq!((text(&snoozed["dueOn"]), text(&snoozed["nextOn"])), ("2030-12-02", "2031-01-15"));
    assert_eq!(act("snooze", json!({ "version": 3, "until": "2020-01-01" })).await.faults(), ["/until out_of_range"]);
    let dismissed = act("dismiss", json!({ "version": 3, "reason": "elsewhere" })).await.expect(200);
    assert_eq!((text(&dismissed["status"]), text(&dismissed["dismissedFor"])), ("dismissed", "elsewhere"));
    let back = act("reopen", json!({ "version": 4 })).await.expect(200);
    assert_eq!(back["status"], "contacted", "somebody has tried");
    let mut conn = clinic.server.database.conn().await;
    let clear: i64 = sqlx::query_scalar("select count(*) from scheduling.recall_attempt a where a::text like '%Rang%'")
        .fetch_one(&mut conn)
        .await
        .expect("a count");
    assert_eq!(clear, 0, "notes are sealed");
}

#[tokio::test]
async fn who_agrees_is_written_to_with_one_click() {
    let clinic = clinic().await;
    for (time, name, email, consent, code) in [
        ("09:00", "yes", json!([{ "address": "yes@example.com" }]), Value::Null, ""),
        ("10:00", "no", json!([{ "address": "no@example.com" }]), json!({ "granted": false }), "recall.no_consent"),
        ("11:00", "none", json!([]), Value::Null, "recall.no_email"),
    ] {
        let patient = json!({ "givenName": name, "emails": email, "language": "ar", "consents": { "email": consent } });
        let patient = made(&clinic.owner, "/api/v1/patients", &patient).await;
        let visit = clinic.owner.post("/api/v1/appointments", &clinic.visit(&patient, time)).await.expect(201);
        come(&clinic, &visit, "completed").await;
        let recall = listed(&clinic, &format!("patientId={patient}")).await.remove(0);
        assert_eq!(recall["mayBeWrittenTo"] == true, code.is_empty());
        let sent = clinic.owner.post(&format!("/api/v1/recalls/{}/send", id(&recall)), &json!({ "version": 1 })).await;
        assert_eq!(sent.code(), code);
    }
    clinic.server.settle().await;
    let mails = mail::list(&clinic.server.app, Some("sandbox"), None, 50).await.expect("mails");
    let recalls: Vec<_> = mails.into_iter().filter(|mail| mail.kind.starts_with("recall")).collect();
    assert_eq!(recalls.len(), 1);
    assert!(recalls[0].mail.as_ref().expect("kept").subject.expose().contains("حان وقت"));
}

#[tokio::test]
async fn the_list_begins_with_who_is_overdue() {
    let clinic = clinic().await;
    let (_, first) = recalled(&clinic, "09:00").await;
    let (_, second) = recalled(&clinic, "10:00").await;
    let put_off = json!({ "version": 1, "until": "2030-11-20" });
    clinic.owner.post(&format!("/api/v1/recalls/{}/snooze", id(&second)), &put_off).await.expect(200);
    let ids = |recalls: Vec<Value>| recalls.iter().map(id).collect::<Vec<_>>();
    assert_eq!(ids(listed(&clinic, "").await), [id(&second), id(&first)]);
    assert_eq!(ids(listed(&clinic, "to=2030-11-30").await), [id(&second)]);
    assert_eq!(ids(listed(&clinic, "from=2030-12-01&to=2030-12-31").await), [id(&first)]);
    assert_eq!(
        ids(listed(&clinic, &format!("serviceId={}&sort=-nextOn", clinic.service)).await),
        [id(&first), id(&second)]
    );
    assert_eq!(listed(&clinic, "state=contacted").await, [Value::Null; 0]);
    let page = clinic.owner.get("/api/v1/recalls?limit=1").await.expect(200);
    let next = listed(&clinic, &format!("limit=1&cursor={}", text(&page["nextCursor"]))).await;
    assert_eq!(ids(next), [id(&first)]);
}

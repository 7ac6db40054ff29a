//! What agents may ask for, and what they may not.

use std::time::Instant;

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{Clinic, NUMBER};

/// The reference of the patient who has the number of the call.
async fn caller(clinic: &Clinic, call: &str) -> String {
    let found = clinic.ask(call, "find_patient", &json!({})).await;
    found["patient"].as_str().expect("a reference").to_owned()
}

#[tokio::test]
async fn somebody_is_known_by_number_or_by_name_and_date_of_birth_and_nothing_else_is_told() {
    let clinic = Clinic::start().await;
    clinic.patient("Noura", NUMBER).await;
    let found = clinic.ask("c1", "find_patient", &json!({})).await;
    let mut fields: Vec<_> = found.as_object().expect("fields").keys().collect();
    fields.sort_unstable();
    assert_eq!(fields, ["ok", "patient", "say"]);
    assert!(!found.to_string().contains("Noura"));
    assert_eq!(caller(&clinic, "c1").await, found["patient"], "the same in the same call");
    assert_ne!(caller(&clinic, "c2").await, found["patient"], "and another one in another");

    clinic.patient("Sara", "+966501111111").await;
    let sara = |name: &str, born: &str| json!({ "name": name, "date_of_birth": born });
    let known = async |args: Value| clinic.ask("c1", "find_patient", &args).await["ok"] == json!(true);
    assert!(known(sara("test SARA", "1990-05-17")).await, "words in any order");
    for wrong in [
        sara("Sara Test", "1990-05-18"),
        sara("Sarah Test", "1990-05-17"),
        json!({ "name": "Sara Test" }),
        json!({ "name": "Nobody" }),
        json!({ "name": ["Sara Test"], "date_of_birth": 5, "patient": "x", "name ": "Sara" }),
    ] {
        let answer = clinic.ask("c1", "find_patient", &wrong).await;
        let is_caller = wrong["name"].is_array();
        assert_eq!(answer["ok"], json!(is_caller), "{wrong}: what is no text is as if it was not there");
    }

    // a number that two have leads to nobody, until the name tells them apart
    clinic.patient("Huda", NUMBER).await;
    assert!(!known(json!({})).await);
    assert!(known(json!({ "name": "Huda Test" })).await);
}

#[tokio::test]
async fn a_visit_is_booked_once_moved_and_cancelled() {
    let clinic = Clinic::start().await;
    let noura = clinic.patient("Noura", NUMBER).await;
    let patient = caller(&clinic, "c1").await;
    let free = clinic.ask("c1", "get_slots", &json!({ "service": "check-up", "from": clinic.day(3), "days": 2 })).await;
    let slots = free["slots"].as_array().expect("slots");
    assert_eq!((slots.len(), &slots[0]["start"]), (6, &json!(clinic.at(3, "08:00"))));
    assert!(free["say"].as_str().expect("a text").starts_with("Free: "));

    let book = json!({ "patient": patient, "service": "فحص", "start": slots[0]["start"], "reason": "Toothache" });
    let booked = clinic.ask("c1", "book", &book).await;
    assert_eq!((&booked["ok"], &booked["start"]), (&json!(true), &slots[0]["start"]));
    assert_eq!(clinic.ask("c1", "book", &book).await, booked, "asked again it is the same visit");
    assert_eq!(clinic.visits().await.len(), 1);
    let local = json!({ "patient": patient, "start": format!("{}T08:00", clinic.day(3)) });
    assert_eq!(clinic.ask("c1", "book", &local).await["ok"], false, "taken, by a local time as well");

    let shift = json!({ "patient": patient, "start": clinic.at(4, "09:00") });
    let moved = clinic.ask("c1", "reschedule", &shift).await;
    assert_eq!((&moved["ok"], &moved["start"]), (&json!(true), &json!(clinic.at(4, "09:00"))));
    assert_eq!(clinic.ask("c1", "reschedule", &shift).await, moved);
    let cancel = json!({ "patient": patient, "visit": clinic.day(4) });
    let cancelled = clinic.ask("c1", "cancel", &cancel).await;
    assert_eq!(cancelled["ok"], true);
    assert_eq!(clinic.ask("c1", "cancel", &cancel).await, cancelled);
    let visit = clinic.visits().await.remove(0);
    let of = |name: &str| visit[name].clone();
    assert_eq!((of("status"), of("moves"), of("patientMoves")), (json!("cancelled"), json!(1), json!(1)));
    assert_eq!(visit["cancellation"]["by"], "patient");

    // named and standing again it is cancelled again, whatever was asked before
    clinic.visit(&noura, 4, "09:00").await;
    assert_eq!(clinic.ask("c1", "cancel", &cancel).await["ok"], true);
    assert!(clinic.visits().await.iter().all(|visit| visit["status"] == "cancelled"));
}

#[tokio::test]
async fn nobody_reaches_what_is_anothers() {
    let clinic = Clinic::start().await;
    clinic.patient("Noura", NUMBER).await;
    let sara = clinic.patient("Sara", "+966501111111").await;
    clinic.visit(&sara, 5, "10:00").await;
    let reference = caller(&clinic, "c1").await;
    let ok = async |call: &str, name: &str, args: Value| clinic.ask(call, name, &args).await["ok"] == json!(true);
    let start = clinic.at(6, "10:00");
    for (call, patient) in [("c2", reference.as_str()), ("c1", sara.as_str()), ("c1", "p_guessed"), ("c1", "")] {
        for name in ["book", "reschedule", "cancel"] {
            let args =
                json!({ "patient": patient, "start": start, "visit": clinic.at(5, "10:00"), "service": "Check-up" });
            assert!(!ok(call, name, args).await, "{call} {name} {patient}");
        }
    }
    // her own reference does not reach the other's visit
    let theirs = json!({ "patient": reference, "visit": clinic.at(5, "10:00"), "start": start });
    assert!(!ok("c1", "cancel", theirs.clone()).await && !ok("c1", "reschedule", theirs).await);
    for name in ["delete_patient", "read_record", "FIND_PATIENT", "book; cancel", "__proto__"] {
        assert!(!ok("c1", name, json!({ "patient": reference })).await, "{name}");
    }
    let visits = clinic.visits().await;
    assert!(visits.len() == 1 && visits[0]["status"] == "scheduled", "{visits:?}");

    // what is over answers nothing any more
    let over = clinic.call("c1", &json!({ "call_status": "ended" }));
    clinic.deliver("", &json!({ "event": "call_ended", "call": over })).await.expect(204);
    clinic.work().await;
    assert!(!ok("c1", "find_patient", json!({})).await);
}

#[tokio::test]
async fn the_practices_rules_for_patients_hold_on_the_telephone_too() {
    let clinic = Clinic::start().await;
    let noura = clinic.patient("Noura", NUMBER).await;
    let reference = caller(&clinic, "c1").await;
    // within a day nobody cancels or moves by themselves; two months ahead nobody moves beyond the horizon
    clinic.visit(&noura, 5, "10:00").await;
    clinic.server.clock.advance(SignedDuration::from_hours(5 * 24 - 20));
    let about = |start: String| json!({ "patient": reference, "start": start });
    for name in ["cancel", "reschedule"] {
        let answer = clinic.ask("c1", name, &about(clinic.at(3, "10:00"))).await;
        assert_eq!(answer["ok"], false, "{name} {answer}");
    }
    for start in [clinic.at(200, "10:00"), clinic.at(3, "10:07"), clinic.at(3, "23:00"), "soon".to_owned()] {
        assert_eq!(clinic.ask("c1", "book", &about(start.clone())).await["ok"], false, "{start}");
    }
    let again = caller(&clinic, "c1").await;
    assert_eq!(again, reference);
}

#[tokio::test]
async fn a_message_becomes_one_task() {
    let clinic = Clinic::start().await;
    clinic.patient("Noura", NUMBER).await;
    let reference = caller(&clinic, "c1").await;
    let message = json!({ "message": "Please call me back.", "patient": reference, "urgency": "high" });
    let taken = clinic.ask("c1", "take_message", &message).await;
    assert_eq!((&taken["ok"], clinic.ask("c1", "take_message", &message).await == taken), (&json!(true), true));
    assert_eq!(clinic.ask("c1", "take_message", &json!({ "message": "x".repeat(2001) })).await["ok"], false);
    let tasks = clinic.owner.get("/api/v1/tasks").await.expect(200);
    let tasks = tasks["items"].as_array().expect("tasks");
    assert_eq!(tasks.len(), 1);
    assert_eq!((&tasks[0]["priority"], &tasks[0]["source"]["kind"]), (&json!("high"), &json!("workflow")));
    let text = tasks[0]["text"].as_str().expect("a text");
    assert!(text.starts_with("Please call me back.") && text.contains(NUMBER), "{text}");
    assert!(clinic.count("select count(*) from voice.turn").await == 0, "nothing was said yet");
}

#[tokio::test]
async fn answers_come_soon() {
    let clinic = Clinic::start().await;
    for number in 0..40 {
        clinic.patient(&format!("P{number}"), &format!("+9665011111{number:02}")).await;
    }
    clinic.patient("Noura", NUMBER).await;
    let reference = caller(&clinic, "c1").await;
    let mut took = Vec::new();
    for round in 0..12 {
        for (name, args) in [
            ("find_patient", json!({})),
            ("get_slots", json!({ "from": clinic.day(3 + round) })),
            ("book", json!({ "patient": reference, "start": clinic.at(3 + round, "11:00") })),
            (
                "reschedule",
                json!({ "patient": reference, "start": clinic.at(3 + round, "13:00"),
                "visit": clinic.at(3 + round, "11:00") }),
            ),
        ] {
            let begun = Instant::now();
            assert_eq!(clinic.ask("c1", name, &args).await["ok"], true, "{name} {args}");
            took.push((begun.elapsed().as_millis(), name));
        }
    }
    took.sort_unstable();
    let at = |percent: usize| took[(took.len() * percent / 100).min(took.len() - 1)].0;
    eprintln!("functions over HTTP, a debug build: p50 {} ms, p95 {} ms, slowest {:?}", at(50), at(95), took.last());
}

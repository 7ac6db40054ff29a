//! Workflows and people who want the same at the same moment.

use std::collections::BTreeSet;

use automation::testing::Engine;
use futures::future::{join, join_all};
use serde_json::{Value, json};

use crate::blocks::blocks;
use crate::testing::{Clinic, at};

async fn booked(clinic: &Clinic) -> BTreeSet<(String, String)> {
    let all = clinic.owner.get("/api/v1/appointments?limit=200").await.expect(200);
    let one = |visit: &Value| (visit["start"].to_string(), visit["providerIds"][0].to_string());
    let items = all["items"].as_array().expect("items");
    let places: BTreeSet<_> = items.iter().map(one).collect();
    assert_eq!(places.len(), items.len(), "nobody is booked twice");
    places
}

#[tokio::test]
async fn of_all_who_want_one_time_as_many_get_it_as_there_are_chairs() {
    let clinic = Clinic::start().await;
    let engine = Engine::of(&clinic.server, &clinic.owner, blocks());
    let mut patients = Vec::new();
    for _ in 0..10 {
        patients.push(clinic.patient().await);
    }
    let input = json!({ "serviceId": clinic.service, "start": at("09:00") });
    let (workflows, people) = patients.split_at(5);
    let visits: Vec<Value> = people.iter().map(|patient| clinic.visit(patient, "09:00")).collect();
    let by_workflow = join_all(workflows.iter().map(|one| engine.run("appointment.book", Some(one), input.clone())));
    let by_hand = join_all(visits.iter().map(|visit| clinic.owner.post("/api/v1/appointments", visit)));
    let (by_workflow, by_hand) = join(by_workflow, by_hand).await;
    let refusals: Vec<&str> =
        by_workflow.iter().filter_map(|done| done.as_ref().err()).map(|error| error.code()).collect();
    assert!(refusals.iter().all(|code| code.starts_with("appointment.") && code.ends_with("_busy")), "{refusals:?}");
    let done = by_workflow.iter().filter(|done| done.is_ok()).count();
    let done = done + by_hand.iter().filter(|answer| answer.status == 201).count();
    assert_eq!((done, booked(&clinic).await.len()), (2, 2));
}

#[tokio::test]
async fn all_who_want_the_first_free_time_get_another() {
    let clinic = Clinic::start().await;
    let engine = Engine::of(&clinic.server, &clinic.owner, blocks());
    let mut patients = Vec::new();
    for _ in 0..8 {
        patients.push(clinic.patient().await);
    }
    let input = json!({ "serviceId": clinic.service, "from": at("08:00"), "withinDays": 1 });
    let all = join_all(patients.iter().map(|one| engine.run("appointment.book", Some(one), input.clone()))).await;
    assert!(all.iter().all(Result::is_ok), "{all:?}");
    let starts: BTreeSet<String> = booked(&clinic).await.into_iter().map(|(start, _)| start).collect();
    assert_eq!(
        (starts.len(), starts.last().map(String::as_str)),
        (4, Some("\"2030-06-02T07:15:00Z\"")),
        "two at a time"
    );
}

#[tokio::test]
async fn moves_and_bookings_wait_for_each_other() {
    let clinic = Clinic::start().await;
    let engine = Engine::of(&clinic.server, &clinic.owner, blocks());
    let mut visits = Vec::new();
    for time in ["08:00", "08:45", "09:30", "10:15"] {
        visits.push(clinic.booked(time).await);
    }
    let patient = clinic.patient().await;
    let moved = join_all(visits.iter().map(|visit| {
        engine.run(
            "appointment.move",
            None,
            json!({ "appointmentId": visit["id"], "from": at("13:00"), "withinDays": 1 }),
        )
    }));
    let input = json!({ "serviceId": clinic.service, "providerId": clinic.doctor(0), "from": at("13:00") });
    let booking = engine.run("appointment.book", Some(&patient), input);
    let (moved, new) = join(moved, booking).await;
    assert!(moved.iter().all(Result::is_ok) && new.is_ok(), "{moved:?} {new:?}");
    assert_eq!(booked(&clinic).await.len(), 5);
}

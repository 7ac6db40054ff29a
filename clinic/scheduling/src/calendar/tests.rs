//! The calendar and the list, as the front desk sees them.

use serde_json::{Value, json};

use crate::testing::{Clinic, DAY, at, id, local};

#[tokio::test]
async fn a_day_with_everything_that_is_on_it() {
    let clinic = Clinic::start().await;
    let (early, late) = (clinic.booked("09:00").await, clinic.booked("14:00").await);
    let why = json!({ "version": late["version"], "by": "patient", "reason": "patient_ill" });
    clinic.owner.post(&format!("/api/v1/appointments/{}/cancel", id(&late)), &why).await.expect(200);
    let path = format!("/api/v1/calendar?locationId={}&from={DAY}&to={DAY}", clinic.location);
    let day = clinic.owner.get(&path).await.expect(200);
    assert_eq!((&day["timeZone"], &day["more"]), (&json!("Asia/Riyadh"), &json!(false)));
    let open = day["hours"].as_array().expect("hours");
    assert_eq!(open.len(), 2);
    let spans: Vec<_> = open[0]["open"]
        .as_array()
        .expect("spans")
        .iter()
        .map(|span| (local(&span["start"]), local(&span["end"])))
        .collect();
    assert_eq!(spans, [("08:00".into(), "12:00".into()), ("13:00".into(), "17:00".into())]);
    let items = day["items"].as_array().expect("items");
    let seen: Vec<_> =
        items.iter().map(|item| (id(item), item["status"].clone(), item["patient"]["givenName"].clone())).collect();
    assert_eq!(
        seen,
        [(id(&early), json!("scheduled"), json!("Patient 0")), (id(&late), json!("cancelled"), json!("Patient 1"))]
    );

    let numbers = format!("/api/v1/calendar/days?locationId={}&from=2030-06-01&to=2030-06-30", clinic.location);
    let numbers = clinic.owner.get(&numbers).await.expect(200);
    assert_eq!(numbers["items"], json!([{ "date": DAY, "appointments": 1, "lost": 1, "minutes": 30 }]));
    let week = format!("/api/v1/calendar?locationId={}&from={DAY}&to=2030-06-09", clinic.location);
    assert_eq!(clinic.owner.get(&week).await.faults(), ["?to out_of_range"]);
}

#[tokio::test]
async fn a_list_by_who_when_and_how_far() {
    let clinic = Clinic::start().await;
    let first = clinic.booked("09:00").await;
    let mut second = clinic.visit(first["patientId"].as_str().expect("a patient"), "15:00");
    second["providerIds"] = json!([clinic.doctor(1)]);
    let second = clinic.owner.post("/api/v1/appointments", &second).await.expect(201);
    let third = clinic.booked("11:00").await;
    let list = async |query: &str| {
        let page = clinic.owner.get(&format!("/api/v1/appointments?{query}")).await.expect(200);
        (page["items"].as_array().expect("items").iter().map(id).collect::<Vec<_>>(), page["nextCursor"].clone())
    };
    let [one, two, three] = [id(&first), id(&second), id(&third)];
    assert_eq!(list("").await.0, [one.clone(), three.clone(), two.clone()]);
    assert_eq!(list("sort=-start").await.0, [two.clone(), three.clone(), one.clone()]);
    assert_eq!(
        list(&format!("patientId={}", first["patientId"].as_str().expect("a patient"))).await.0,
        [one.clone(), two.clone()]
    );
    assert_eq!(list(&format!("providerId={}", clinic.doctor(1))).await.0, std::slice::from_ref(&two));
    assert_eq!(list("status=confirmed").await.0, [""; 0]);
    let from = at("11:00").replace('+', "%2B");
    assert_eq!(list(&format!("from={from}")).await.0, [three.clone(), two.clone()]);
    assert_eq!(list(&format!("to={from}")).await.0, std::slice::from_ref(&one));
    let (page, next) = list("limit=2").await;
    assert_eq!(page, [one, three]);
    let rest = list(&format!("limit=2&cursor={}", next.as_str().expect("a cursor"))).await;
    assert_eq!(rest, (vec![two], Value::Null));
}

#[tokio::test]
async fn nobody_sees_the_neighbours_calendar() {
    let clinic = Clinic::start().await;
    let booked = clinic.booked("09:00").await;
    let beta = clinic.server.owner_of("beta").await;
    let day = format!("/api/v1/calendar?locationId={}&from={DAY}&to={DAY}", clinic.location);
    assert_eq!(beta.get(&day).await.status, 404);
    assert_eq!(beta.get(&format!("/api/v1/appointments/{}", id(&booked))).await.status, 404);
    assert_eq!(beta.get("/api/v1/appointments").await.expect(200)["items"], json!([]));
    // what is somebody else's cannot be booked, by whatever name it is called
    let visit = clinic.visit(booked["patientId"].as_str().expect("a patient"), "10:00");
    assert_eq!(beta.post("/api/v1/appointments", &visit).await.faults(), ["/serviceId not_found"]);
}

#[tokio::test]
async fn who_was_merged_has_one_list() {
    let clinic = Clinic::start().await;
    let (kept, other) = (clinic.patient().await, clinic.patient().await);
    let visit = clinic.owner.post("/api/v1/appointments", &clinic.visit(&other, "09:00")).await.expect(201);
    let merge = json!({ "version": 1, "other": other, "otherVersion": 1 });
    clinic.owner.post(&format!("/api/v1/patients/{kept}/merge"), &merge).await.expect(201);
    let list = clinic.owner.get(&format!("/api/v1/appointments?patientId={kept}")).await.expect(200);
    assert_eq!(list["items"][0]["id"], visit["id"]);
}

/// Filters of patients know when somebody was here last and comes next.
#[tokio::test]
async fn patients_are_found_by_their_visits() {
    let clinic = Clinic::start().await;
    let (first, second) = (clinic.booked("09:00").await, clinic.booked("10:00").await);
    let found = async |field: &str, op: &str, value: Value| {
        let filter = if value.is_null() {
            json!({ "field": field, "op": op })
        } else {
            json!({ "field": field, "op": op, "value": value })
        };
        let page = clinic.owner.post("/api/v1/patients/query", &json!({ "filter": filter })).await.expect(200);
        page["items"].as_array().expect("items").iter().map(|item| json!(item["id"])).collect::<Vec<_>>()
    };
    assert_eq!(found("nextVisit", "lte", json!(at("09:00"))).await, [first["patientId"].clone()]);
    assert_eq!(found("lastVisit", "empty", Value::Null).await.len(), 2);
    let status = json!({ "version": 1, "status": "arrived" });
    clinic.owner.post(&format!("/api/v1/appointments/{}/status", id(&first)), &status).await.expect(200);
    assert_eq!(found("lastVisit", "gte", json!(at("09:00"))).await, [first["patientId"].clone()]);
    assert_eq!(found("nextVisit", "empty", Value::Null).await, [first["patientId"].clone()]);
    let why = json!({ "version": 1, "by": "clinic", "reason": "clinic_mistake" });
    clinic.owner.post(&format!("/api/v1/appointments/{}/cancel", id(&second)), &why).await.expect(200);
    assert_eq!(found("nextVisit", "empty", Value::Null).await.len(), 2);
}

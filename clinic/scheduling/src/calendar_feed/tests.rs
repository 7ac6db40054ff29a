use platform::testing::Person;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::testing::{Clinic, id};

/// What a calendar program gets, which sends no more than that.
async fn fetch(clinic: &Clinic, url: &str, tag: Option<&str>) -> (u16, reqwest::header::HeaderMap, String) {
    let path = url.split_once("/api/").expect("an address").1;
    let mut request = clinic.server.stranger().request(Method::GET, &format!("/api/{path}"));
    if let Some(tag) = tag {
        request = request.header("if-none-match", tag);
    }
    let answer = request.send().await.expect("an answer");
    (answer.status().as_u16(), answer.headers().clone(), answer.text().await.expect("a text"))
}

async fn address(person: &Person, provider: Uuid) -> String {
    let made = person.post(&format!("/api/v1/providers/{provider}/calendar-feed"), &Value::Null).await.expect(201);
    made["url"].as_str().expect("an address").to_owned()
}

/// Of the first doctor, the day after tomorrow at this hour, which is within everybody's working hours.
async fn soon(clinic: &Clinic, hour: i64) -> Value {
    let patient = clinic.patient().await;
    let day = clinic.server.clock.now().in_tz("Asia/Riyadh").expect("a zone").start_of_day().expect("a day");
    let mut visit = clinic.visit(&patient, "09:00");
    visit["start"] = json!(day.timestamp() + jiff::SignedDuration::from_hours(48 + hour));
    clinic.owner.post("/api/v1/appointments", &visit).await.expect(201)
}

#[tokio::test]
async fn a_calendar_shows_what_a_provider_has_to_do_and_names_nobody() {
    let clinic = Clinic::start().await;
    let (kept, cancelled) = (soon(&clinic, 9).await, soon(&clinic, 10).await);
    clinic.booked("09:00").await; // years ahead
    let url = address(&clinic.owner, clinic.doctor(0)).await;
    let why = json!({ "version": 1, "by": "patient", "reason": "patient_ill" });
    clinic.owner.post(&format!("/api/v1/appointments/{}/cancel", id(&cancelled)), &why).await.expect(200);
    let (status, headers, text) = fetch(&clinic, &url, None).await;
    assert_eq!((status, &headers["content-type"]), (200, &"text/calendar; charset=utf-8".parse().expect("a value")));
    assert_eq!(headers["cache-control"], "private, no-cache");
    assert!(headers.contains_key("last-modified"));
    assert_eq!(text.matches("BEGIN:VEVENT").count(), 1, "{text}");
    assert!(text.contains(&format!("UID:{}", id(&kept))) && text.contains("SUMMARY:Consultation · 1\r\n"), "{text}");
    assert!(text.contains("LOCATION:Olaya") && !text.contains("Patient 0") && !text.contains("Test"), "{text}");
    let tag = headers["etag"].to_str().expect("a tag").to_owned();
    let (status, _, nothing) = fetch(&clinic, &url, Some(&tag)).await;
    assert_eq!((status, nothing.as_str()), (304, ""));
    soon(&clinic, 11).await;
    assert_eq!(fetch(&clinic, &url, Some(&tag)).await.0, 200);
    // looked at twice; what a program had already is no look
    let looks: Vec<(Option<Uuid>, i64)> = sqlx::query_as(
        "select actor_id, jsonb_array_length(detail -> 'ids')::bigint from audit.entry
          where actor_kind = 'calendar_feed' and action = 'read' order by at, id",
    )
    .fetch_all(&mut clinic.server.database.conn().await)
    .await
    .expect("entries");
    assert_eq!(looks, [(Some(clinic.doctor(0)), 1), (Some(clinic.doctor(0)), 2)]);
}

#[tokio::test]
async fn an_address_serves_until_it_is_replaced_ended_or_its_provider_is_gone() {
    let clinic = Clinic::start().await;
    let doctor = &clinic.doctors[0];
    let path = format!("/api/v1/providers/{}/calendar-feed", doctor.user());
    assert_eq!(doctor.get(&path).await.expect(200), json!({ "createdAt": null, "lastReadAt": null }));
    let first = address(doctor, doctor.user()).await;
    assert_eq!(fetch(&clinic, &first, None).await.0, 200);
    let second = address(doctor, doctor.user()).await;
    assert_eq!((fetch(&clinic, &first, None).await.0, fetch(&clinic, &second, None).await.0), (404, 200));
    assert!(doctor.get(&path).await.expect(200)["lastReadAt"].is_string());
    for forged in [
        first.replace(".ics", ""),
        first.replace(".ics", "A.ics"),
        first.replace("/api/v1/calendar-feeds/", "/api/v1/calendar-feeds/x"),
    ] {
        assert_eq!(fetch(&clinic, &forged, None).await.0, 404);
    }
    let staff = clinic.owner.get("/api/v1/staff").await.expect(200);
    let member = staff["items"]
        .as_array()
        .expect("people")
        .iter()
        .find(|one| one["id"] == json!(doctor.user()))
        .expect("the doctor");
    let away = json!({ "version": member["version"] });
    clinic.owner.post(&format!("/api/v1/staff/{}/suspend", doctor.user()), &away).await.expect(200);
    assert_eq!(fetch(&clinic, &second, None).await.0, 404, "who does not work here shows nothing");
    let other = address(&clinic.owner, clinic.doctor(1)).await;
    let other_path = format!("/api/v1/providers/{}/calendar-feed", clinic.doctor(1));
    assert_eq!(Person::send(clinic.owner.request(Method::DELETE, &other_path)).await.status, 204);
    assert_eq!(fetch(&clinic, &other, None).await.0, 404);
}

#[tokio::test]
async fn providers_have_their_own_and_whoever_decides_about_appointments_has_all() {
    let clinic = Clinic::start().await;
    let [one, other] = &clinic.doctors;
    let path = format!("/api/v1/providers/{}/calendar-feed", other.user());
    for method in [Method::GET, Method::POST, Method::DELETE] {
        let answer = Person::send(one.request(method, &path)).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (403, "auth.forbidden"));
    }
    let receptionist = clinic.server.colleague_of(&clinic.owner, "receptionist").await;
    assert_eq!(receptionist.get(&path).await.status, 403);
    let own = format!("/api/v1/providers/{}/calendar-feed", receptionist.user());
    assert_eq!(receptionist.get(&own).await.status, 404, "nobody who sees patients");
    address(&clinic.owner, other.user()).await;
}

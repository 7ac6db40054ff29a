//! Wishes as they are entered, changed and found.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{asked, clinic, freed, text, waiter, wish_of};
use crate::testing::{Clinic, id};

#[tokio::test]
async fn a_wish_from_beginning_to_end() {
    let clinic = Clinic::start().await;
    let patient = clinic.patient().await;
    let window = json!({ "weekdays": [3, 1, 3], "from": "08:00", "to": "12:00" });
    let wish = json!({ "providerIds": [clinic.doctor(0), clinic.doctor(0)], "windows": [window], "earliest": "2030-06-01",
        "latest": "2030-07-01", "noticeMinutes": 120, "urgent": true, "note": "  Works at night " });
    let wish = wish_of(&clinic, &patient, wish).await;
    assert_eq!(wish["providerIds"], json!([clinic.doctor(0)]), "once each");
    assert_eq!((&wish["windows"][0]["weekdays"], text(&wish["note"])), (&json!([1, 3]), "Works at night"));
    let path = format!("/api/v1/wishes/{}", id(&wish));
    assert_eq!(clinic.owner.get(&path).await.expect(200), wish);
    let changed = clinic.owner.patch(&path, &json!({ "version": 1, "urgent": false, "note": null })).await.expect(200);
    assert_eq!(
        (&changed["urgent"], &changed["note"], &changed["noticeMinutes"]),
        (&json!(false), &Value::Null, &json!(120))
    );
    assert_eq!(clinic.owner.patch(&path, &json!({ "version": 1, "urgent": true })).await.code(), "version.stale");
    let withdrawn = clinic.owner.post(&format!("{path}/withdraw"), &json!({ "version": 2 })).await.expect(200);
    assert_eq!(withdrawn["status"], "withdrawn");
    assert_eq!(clinic.owner.patch(&path, &json!({ "version": 3, "urgent": true })).await.code(), "wish.over");
    let renewed = clinic.owner.post(&format!("{path}/renew"), &json!({ "version": 3 })).await.expect(200);
    assert_eq!((text(&renewed["status"]), &renewed["createdAt"]), ("waiting", &wish["createdAt"]));

    let timeline = clinic.owner.get(&format!("/api/v1/patients/{patient}/timeline?resource=wish")).await.expect(200);
    let kinds: Vec<_> =
        timeline["items"].as_array().expect("entries").iter().map(|entry| text(&entry["kind"])).collect();
    assert_eq!(kinds, ["wish.renewed", "wish.withdrawn", "wish.changed", "wish.created"]);
    let mut conn = clinic.server.database.conn().await;
    let clear: i64 = sqlx::query_scalar("select count(*) from scheduling.wish where wish::text like '%Works%'")
        .fetch_one(&mut conn)
        .await
        .expect("a count");
    assert_eq!(clear, 0, "notes are sealed");
}

#[tokio::test]
async fn what_does_not_fit_is_refused_with_its_field() {
    let clinic = Clinic::start().await;
    let patient = clinic.patient().await;
    let nobody = Uuid::now_v7();
    let theirs = clinic.booked("09:00").await;
    let window = |from: &str, to: &str| json!({ "windows": [{ "weekdays": [1], "from": from, "to": to }] });
    for (wish, fault) in [
        (json!({ "patientId": nobody }), "/patientId not_found"),
        (json!({ "serviceId": nobody }), "/serviceId not_found"),
        (json!({ "locationId": nobody }), "/locationId not_found"),
        (json!({ "providerIds": [nobody] }), "/providerIds not_found"),
        (json!({ "givesUpId": theirs["id"] }), "/givesUpId not_found"),
        (json!({ "givesUpId": nobody }), "/givesUpId not_found"),
        (json!({ "earliest": "2030-06-02", "latest": "2030-06-01" }), "/latest out_of_order"),
        (json!({ "noticeMinutes": -1 }), "/noticeMinutes out_of_range"),
        (window("12:00", "08:00"), "/windows/0/to out_of_order"),
        (window("8", "12:00"), "/windows/0/from invalid_time"),
    ] {
        let mut asked = json!({ "patientId": patient, "serviceId": clinic.service, "locationId": clinic.location });
        asked.as_object_mut().expect("fields").extend(wish.as_object().cloned().expect("fields"));
        let refused = clinic.owner.post("/api/v1/wishes", &asked).await;
        assert_eq!((refused.status.as_u16(), refused.faults()), (422, vec![fault.to_owned()]), "{wish}");
    }
    let wish = wish_of(&clinic, &patient, json!({})).await;
    let other = json!({ "version": 1, "patientId": clinic.patient().await });
    let refused = clinic.owner.patch(&format!("/api/v1/wishes/{}", id(&wish)), &other).await;
    assert_eq!(refused.faults(), ["/patientId fixed"]);
}

#[tokio::test]
async fn the_list_shows_who_has_waited_longest() {
    let clinic = Clinic::start().await;
    let (one, other) = (clinic.patient().await, clinic.patient().await);
    for patient in [&one, &other, &one] {
        wish_of(&clinic, patient, json!({})).await;
        clinic.server.clock.advance(jiff::SignedDuration::from_secs(1));
    }
    let list = async |query: String| {
        let page = clinic.owner.get(&format!("/api/v1/wishes?{query}")).await.expect(200);
        let who = page["items"].as_array().expect("wishes").iter().map(|wish| text(&wish["patient"]["id"]).to_owned());
        (who.collect::<Vec<_>>(), page["nextCursor"].clone())
    };
    assert_eq!(list(String::new()).await.0, [one.clone(), other.clone(), one.clone()]);
    let (first, cursor) = list("limit=2".to_owned()).await;
    assert_eq!(first, [one.clone(), other.clone()]);
    assert_eq!(list(format!("limit=2&cursor={}", text(&cursor))).await, (vec![one.clone()], Value::Null));
    assert_eq!(list(format!("patientId={other}")).await.0, std::slice::from_ref(&other));
    assert_eq!(list(format!("serviceId={}&locationId={}", clinic.service, clinic.location)).await.0.len(), 3);
    assert_eq!(list("status=withdrawn".to_owned()).await.0, [""; 0]);
}

#[tokio::test]
async fn who_withdraws_is_offered_nothing_and_the_next_one_is() {
    let clinic = clinic("automatic", 1).await;
    let first = waiter(&clinic, "first", json!({ "urgent": true })).await;
    waiter(&clinic, "second", json!({})).await;
    freed(&clinic, "09:00").await;
    let path = format!("/api/v1/wishes/{}/withdraw", first.wish);
    clinic.owner.post(&path, &json!({ "version": 1 })).await.expect(200);
    clinic.server.settle().await;
    let opening = super::opening_at(&clinic, "09:00").await;
    assert_eq!(asked(&opening), ["first withdrawn", "second sent"]);
}

#[tokio::test]
async fn what_is_wished_for_anew_is_not_what_was_offered() {
    let clinic = clinic("automatic", 1).await;
    let first = waiter(&clinic, "first", json!({ "urgent": true })).await;
    freed(&clinic, "09:00").await;
    let path = format!("/api/v1/wishes/{}", first.wish);
    clinic.owner.patch(&path, &json!({ "version": 1, "noticeMinutes": 60 })).await.expect(200);
    assert_eq!(asked(&super::opening_at(&clinic, "09:00").await), ["first sent"], "it is still that visit");
    let other = json!({ "version": 2, "providerIds": [clinic.doctor(1)] });
    clinic.owner.patch(&path, &other).await.expect(200);
    assert_eq!(asked(&super::opening_at(&clinic, "09:00").await), ["first withdrawn"]);
}

//! Professional profiles as the front end uses them.

use platform::testing::TestServer;
use platform::worker::Duties;
use serde_json::{Value, json};

use crate::testing::{column, location, made, provider, put, start};

#[tokio::test]
async fn a_profile_from_beginning_to_end() {
    let (server, owner) = start().await;
    let doctor = server.colleague_of(&owner, "provider").await;
    let path = format!("/api/v1/providers/{}", doctor.user());
    assert_eq!(owner.get(&path).await.status, 404, "a member without a profile has none");
    let olaya = location(&owner, "Olaya").await;
    let service = json!({ "nameEn": "Cleaning", "durationMinutes": 45, "price": { "amountMinor": 1, "currency": "SAR" },
                          "vatCategory": "standard", "colour": "teal" });
    let service = made(&owner, "/api/v1/services", &service).await;
    let new = json!({ "title": " Dr. ", "titleAr": "د.", "specialty": "Endodontics", "licenceNumber": "12-D-3456",
        "version": 0, "colour": "violet", "bookable": false, "locationIds": [olaya, olaya], "serviceIds": [service] });
    let created = put(&owner, &path, &new).await.expect(200);
    assert_eq!(
        (&created["title"], &created["locationIds"], &created["version"]),
        (&json!("Dr."), &json!([olaya]), &json!(1))
    );
    assert_eq!(doctor.get(&path).await.expect(200), created);

    assert_eq!(put(&owner, &path, &new).await.body["current"], created);
    let replaced = put(&owner, &path, &json!({ "version": 1 })).await.expect(200);
    assert_eq!(
        (&replaced["title"], &replaced["serviceIds"], &replaced["locationIds"]),
        (&Value::Null, &Value::Null, &json!([]))
    );
    assert_eq!((&replaced["bookable"], &replaced["version"]), (&json!(true), &json!(2)));
    let nothing = put(&owner, &path, &json!({ "version": 2, "serviceIds": [] })).await.expect(200);
    assert_eq!(nothing["serviceIds"], json!([]), "nothing is not everything");
    assert_eq!(put(&doctor, &path, &json!({ "version": 3 })).await.status, 403);
}

#[tokio::test]
async fn only_members_places_and_services_of_the_practice() {
    let (server, owner) = start().await;
    let beta = server.owner_of("beta").await;
    let foreign = location(&beta, "Olaya").await;
    assert_eq!(put(&owner, &format!("/api/v1/providers/{}", beta.user()), &json!({ "version": 0 })).await.status, 404);
    let own = format!("/api/v1/providers/{}", owner.user());
    assert_eq!(
        put(&owner, &own, &json!({ "version": 0, "locationIds": [foreign] })).await.faults(),
        ["/locationIds not_found"]
    );
    assert_eq!(
        put(&owner, &own, &json!({ "version": 0, "serviceIds": [foreign] })).await.faults(),
        ["/serviceIds not_found"]
    );
    assert_eq!(
        put(&owner, &own, &json!({ "version": 0, "title": "x".repeat(61) })).await.faults(),
        ["/title too_long"]
    );
    assert_eq!(owner.get(&own).await.status, 404, "nothing of it was kept");
}

#[tokio::test]
async fn two_first_profiles_at_once_are_one() {
    let (_server, owner) = start().await;
    let path = format!("/api/v1/providers/{}", owner.user());
    let (one, other) = (json!({ "version": 0, "title": "Dr." }), json!({ "version": 0, "title": "Prof." }));
    let (one, other) = futures::future::join(put(&owner, &path, &one), put(&owner, &path, &other)).await;
    let mut codes = [one.status.as_u16(), other.status.as_u16()];
    codes.sort_unstable();
    assert_eq!(codes, [200, 409]);
}

#[tokio::test]
async fn lists_in_pages() {
    let (server, owner) = start().await;
    let mut ids = Vec::new();
    for i in 0..3 {
        let doctor = server.colleague_of(&owner, "provider").await;
        let path = format!("/api/v1/providers/{}", doctor.user());
        put(&owner, &path, &json!({ "version": 0, "bookable": i != 1 })).await.expect(200);
        ids.push(json!(doctor.user()));
    }
    assert_eq!(column(&owner, "/api/v1/providers", "id").await, ids);
    assert_eq!(column(&owner, "/api/v1/providers?status=bookable", "id").await, [ids[0].clone(), ids[2].clone()]);
    let first = owner.get("/api/v1/providers?limit=2").await.expect(200);
    let next = first["nextCursor"].as_str().expect("a next page");
    assert_eq!(column(&owner, &format!("/api/v1/providers?limit=2&cursor={next}"), "id").await, [ids[2].clone()]);
}

#[tokio::test]
async fn with_whoever_has_left_nobody_makes_an_appointment() {
    let duties = Duties { subscribers: crate::subscribers(), ..Duties::default() };
    let server = TestServer::start(identity::routes().merge(crate::routes()), duties).await;
    let owner = server.owner_of("alpha").await;
    let doctor = server.colleague_of(&owner, "provider").await;
    for member in [&owner, &doctor] {
        provider(&owner, member.user(), &json!({ "title": "Dr.", "version": 0 })).await;
    }
    let leave = format!("/api/v1/staff/{}/remove", doctor.user());
    owner.post(&leave, &json!({ "version": 1 })).await.expect(204);
    server.settle().await;
    let bookable = column(&owner, "/api/v1/providers?status=bookable", "id").await;
    assert_eq!(bookable, [json!(owner.user())]);
    let profile = owner.get(&format!("/api/v1/providers/{}", doctor.user())).await.expect(200);
    assert_eq!(
        (&profile["title"], &profile["bookable"], &profile["version"]),
        (&json!("Dr."), &json!(false), &json!(2))
    );
}

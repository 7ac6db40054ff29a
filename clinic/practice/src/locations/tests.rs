//! Locations as the front end uses them.

use serde_json::{Value, json};

use crate::testing::{column, location, start};

#[tokio::test]
async fn a_location_from_beginning_to_end() {
    let (_server, owner) = start().await;
    let new = json!({ "name": " Olaya ", "nameAr": "العليا", "phone": "011 234 5678", "timeZone": "Asia/Riyadh",
        "address": { "line1": "Olaya Street 1", "line2": null, "city": "Riyadh", "region": null, "postalCode": "12211", "country": "SA" } });
    let created = owner.post("/api/v1/locations", &new).await.expect(201);
    assert_eq!((&created["name"], &created["phone"]), (&json!("Olaya"), &json!("+966112345678")));
    let path = format!("/api/v1/locations/{}", created["id"].as_str().expect("an id"));
    assert_eq!(owner.get(&path).await.expect(200), created);

    let change = json!({ "version": 1, "nameAr": null, "timeZone": null });
    let changed = owner.patch(&path, &change).await.expect(200);
    assert_eq!(
        (&changed["nameAr"], &changed["timeZone"], &changed["address"]),
        (&Value::Null, &Value::Null, &created["address"])
    );
    let stale = owner.patch(&path, &change).await;
    assert_eq!((stale.code(), &stale.body["current"]), ("version.stale", &changed));

    owner.post(&format!("{path}/archive"), &json!({ "version": 2 })).await.expect(200);
    assert_eq!(column(&owner, "/api/v1/locations", "name").await, [""; 0]);
    assert_eq!(column(&owner, "/api/v1/locations?status=archived", "name").await, ["Olaya"]);
    let restored = owner.post(&format!("{path}/restore"), &json!({ "version": 3 })).await.expect(200);
    assert_eq!((&restored["archivedAt"], &restored["version"]), (&Value::Null, &json!(4)));
}

#[tokio::test]
async fn a_telephone_is_read_with_the_country_of_the_address() {
    let (_server, owner) = start().await;
    let address = json!({ "line1": "Sheikh Zayed Road", "city": "Dubai", "country": "AE" });
    let created = owner
        .post("/api/v1/locations", &json!({ "name": "Dubai", "phone": "04 234 5678", "address": address }))
        .await
        .expect(201);
    assert_eq!(created["phone"], "+97142345678");
    let path = format!("/api/v1/locations/{}", created["id"].as_str().expect("an id"));
    let home = json!({ "line1": "King Road", "city": "Riyadh", "country": "SA" });
    let change = json!({ "version": 1, "phone": "011 234 5678", "address": home });
    assert_eq!(owner.patch(&path, &change).await.expect(200)["phone"], "+966112345678");
}

#[tokio::test]
async fn every_fault_names_its_field() {
    let (_server, owner) = start().await;
    let whole = json!({ "line1": "x", "city": "y", "country": "SA" });
    let with = |field: &str, value: Value| {
        let mut address = whole.clone();
        address[field] = value;
        json!({ "name": "Olaya", "address": address })
    };
    for (body, fault) in [
        (json!({ "name": " " }), "/name required"),
        (json!({ "name": "x".repeat(121) }), "/name too_long"),
        (json!({ "name": "Olaya", "phone": "12" }), "/phone invalid_phone"),
        (json!({ "name": "Olaya", "phone": "1".repeat(41) }), "/phone too_long"),
        (json!({ "name": "Olaya", "timeZone": "Riyadh" }), "/timeZone invalid_time_zone"),
        (with("country", json!("XX")), "/address/country invalid_country"),
        (with("postalCode", json!("1".repeat(21))), "/address/postalCode too_long"),
        (with("line1", json!("")), "/address/line1 required"),
        (with("planet", json!("Mars")), "/address/planet unknown_field"),
    ] {
        let answer = owner.post("/api/v1/locations", &body).await;
        assert_eq!((answer.status.as_u16(), answer.faults()), (422, vec![fault.to_owned()]));
    }
    location(&owner, "Olaya").await;
    let answer = owner.post("/api/v1/locations", &json!({ "name": "OLAYA" })).await;
    assert_eq!((answer.code(), answer.faults()), ("location.name_taken", vec!["/name taken".to_owned()]));
}

#[tokio::test]
async fn pages_and_search() {
    let (_server, owner) = start().await;
    for name in ["Delta", "alpha", "Charlie", "bravo"] {
        location(&owner, name).await;
    }
    let page = owner.get("/api/v1/locations?limit=3").await.expect(200);
    let next = page["nextCursor"].as_str().expect("a next page").to_owned();
    assert_eq!(column(&owner, "/api/v1/locations?limit=3", "name").await, ["alpha", "bravo", "Charlie"]);
    assert_eq!(column(&owner, &format!("/api/v1/locations?limit=3&cursor={next}"), "name").await, ["Delta"]);
    assert_eq!(
        column(&owner, "/api/v1/locations?sort=-name&q=A", "name").await,
        ["Delta", "Charlie", "bravo", "alpha"]
    );
    assert_eq!(column(&owner, "/api/v1/locations?sort=updatedAt", "name").await.len(), 4);
}

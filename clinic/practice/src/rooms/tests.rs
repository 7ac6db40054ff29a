//! Rooms as the front end uses them.

use platform::testing::Person;
use serde_json::{Value, json};

use crate::testing::{column, location, made, start};

async fn room(person: &Person, location: &str, name: &str, sort: i32) -> String {
    let body = json!({ "locationId": location, "name": name, "kind": "chair", "colour": "teal", "sort": sort });
    made(person, "/api/v1/rooms", &body).await
}

#[tokio::test]
async fn a_room_from_beginning_to_end() {
    let (_server, owner) = start().await;
    let (olaya, malaz) = (location(&owner, "Olaya").await, location(&owner, "Malaz").await);
    let new = json!({ "locationId": olaya, "name": " Room 1 ", "nameAr": "غرفة 1", "kind": "room", "colour": "blue" });
    let created = owner.post("/api/v1/rooms", &new).await.expect(201);
    assert_eq!(
        (&created["name"], &created["sort"], &created["locationId"]),
        (&json!("Room 1"), &json!(0), &json!(olaya))
    );
    let path = format!("/api/v1/rooms/{}", created["id"].as_str().expect("an id"));
    assert_eq!(owner.get(&path).await.expect(200), created);

    let change = json!({ "version": 1, "locationId": malaz, "kind": "chair", "sort": 7 });
    let changed = owner.patch(&path, &change).await.expect(200);
    assert_eq!(
        (&changed["locationId"], &changed["sort"], &changed["colour"]),
        (&json!(malaz), &json!(7), &json!("blue"))
    );
    let stale = owner.patch(&path, &change).await;
    assert_eq!((stale.code(), &stale.body["current"]), ("version.stale", &changed));

    owner.post(&format!("{path}/archive"), &json!({ "version": 2 })).await.expect(200);
    assert_eq!(column(&owner, "/api/v1/rooms", "name").await, [""; 0]);
    let restored = owner.post(&format!("{path}/restore"), &json!({ "version": 3 })).await.expect(200);
    assert_eq!((&restored["archivedAt"], &restored["version"]), (&Value::Null, &json!(4)));
}

#[tokio::test]
async fn a_room_needs_a_location_in_use_and_a_location_keeps_its_rooms() {
    let (server, owner) = start().await;
    let beta = server.owner_of("beta").await;
    let (olaya, foreign) = (location(&owner, "Olaya").await, location(&beta, "Olaya").await);
    for unknown in [foreign.as_str(), "00000000-0000-0000-0000-000000000000"] {
        let body = json!({ "locationId": unknown, "name": "Room 1", "kind": "room", "colour": "blue" });
        let answer = owner.post("/api/v1/rooms", &body).await;
        assert_eq!((answer.status.as_u16(), answer.faults()), (422, vec!["/locationId not_found".to_owned()]));
    }
    let room = room(&owner, &olaya, "Room 1", 0).await;
    let answer = owner.patch(&format!("/api/v1/rooms/{room}"), &json!({ "version": 1, "locationId": foreign })).await;
    assert_eq!(answer.faults(), ["/locationId not_found"]);

    let archive = format!("/api/v1/locations/{olaya}/archive");
    assert_eq!(owner.post(&archive, &json!({ "version": 1 })).await.code(), "location.has_rooms");
    owner.post(&format!("/api/v1/rooms/{room}/archive"), &json!({ "version": 1 })).await.expect(200);
    owner.post(&archive, &json!({ "version": 1 })).await.expect(200);
    let restore = format!("/api/v1/rooms/{room}/restore");
    assert_eq!(owner.post(&restore, &json!({ "version": 2 })).await.code(), "room.location_archived");
    owner.post(&format!("/api/v1/locations/{olaya}/restore"), &json!({ "version": 2 })).await.expect(200);
    owner.post(&restore, &json!({ "version": 2 })).await.expect(200);
}

#[tokio::test]
async fn names_are_unique_within_a_location() {
    let (_server, owner) = start().await;
    let (olaya, malaz) = (location(&owner, "Olaya").await, location(&owner, "Malaz").await);
    room(&owner, &olaya, "Room 1", 0).await;
    let other = room(&owner, &malaz, "room 1", 0).await;
    let answer = owner.patch(&format!("/api/v1/rooms/{other}"), &json!({ "version": 1, "locationId": olaya })).await;
    assert_eq!((answer.code(), answer.faults()), ("room.name_taken", vec!["/name taken".to_owned()]));
}

#[tokio::test]
async fn lists_are_in_the_practices_own_order() {
    let (_server, owner) = start().await;
    let (olaya, malaz) = (location(&owner, "Olaya").await, location(&owner, "Malaz").await);
    for (place, name, sort) in [(&olaya, "C", 1), (&malaz, "B", 3), (&olaya, "A", 2)] {
        room(&owner, place, name, sort).await;
    }
    assert_eq!(column(&owner, "/api/v1/rooms", "name").await, ["C", "A", "B"]);
    assert_eq!(column(&owner, "/api/v1/rooms?sort=-name", "name").await, ["C", "B", "A"]);
    assert_eq!(column(&owner, &format!("/api/v1/rooms?locationId={olaya}"), "name").await, ["C", "A"]);
    assert_eq!(column(&owner, "/api/v1/rooms?q=b", "name").await, ["B"]);
    let first = owner.get("/api/v1/rooms?limit=2").await.expect(200);
    let next = first["nextCursor"].as_str().expect("a next page");
    assert_eq!(column(&owner, &format!("/api/v1/rooms?limit=2&cursor={next}"), "name").await, ["B"]);
    assert_eq!(owner.get("/api/v1/rooms?locationId=x").await.faults(), ["?locationId wrong_type"]);
}

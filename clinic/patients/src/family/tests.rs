//! Families as the front desk enters and uses them.

use platform::testing::Person;
use serde_json::{Value, json};

use crate::testing::{enter, id, raw, start};

async fn relate(person: &Person, patient: &str, relative: &Value) -> Value {
    person.post(&format!("/api/v1/patients/{patient}/relatives"), relative).await.expect(201)
}

/// Who they are to the patient, and their names.
async fn family(person: &Person, patient: &str) -> Vec<(String, String)> {
    let family = person.get(&format!("/api/v1/patients/{patient}/relatives")).await.expect(200);
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let name = |item: &Value| match &item["person"] {
        Value::Null => text(&item["relative"]["name"]),
        patient => text(&patient["givenName"]),
    };
    family["items"].as_array().expect("items").iter().map(|item| (text(&item["seenAs"]), name(item))).collect()
}

async fn found(person: &Person, q: &str) -> Vec<Value> {
    let found = person.post("/api/v1/patients/search", &json!({ "q": q })).await.expect(200);
    found["items"].as_array().expect("items").iter().map(|one| one["givenName"].clone()).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(kin, name)| ((*kin).to_owned(), (*name).to_owned())).collect()
}

#[tokio::test]
async fn patients_see_each_other_each_from_their_side() {
    let (_server, owner) = start().await;
    let [child, mother] = [json!({ "givenName": "Omar" }), json!({ "givenName": "Huda" })];
    let [child, mother] = [id(&enter(&owner, &child).await), id(&enter(&owner, &mother).await)];
    let made =
        relate(&owner, &child, &json!({ "relationship": "mother", "relatedId": mother, "guardian": true })).await;
    assert_eq!(family(&owner, &child).await, pairs(&[("mother", "Huda")]));
    assert_eq!(family(&owner, &mother).await, pairs(&[("child", "Omar")]));

    // once is enough, from whichever side
    let again = json!({ "relationship": "child", "relatedId": child });
    let refused = owner.post(&format!("/api/v1/patients/{mother}/relatives"), &again).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "relative.exists"));

    let at = format!("/api/v1/relatives/{}", id(&made));
    owner.patch(&at, &json!({ "version": 1, "relationship": "guardian" })).await.expect(200);
    assert_eq!(family(&owner, &mother).await, pairs(&[("ward", "Omar")]));
    assert_eq!(owner.patch(&at, &json!({ "version": 1, "note": "Late" })).await.status, 409);
    owner.post(&format!("{at}/delete"), &json!({ "version": 2 })).await.expect(200);
    assert_eq!((family(&owner, &child).await, family(&owner, &mother).await), (vec![], vec![]));
    owner.post(&format!("{at}/restore"), &json!({ "version": 3 })).await.expect(200);
    assert_eq!(family(&owner, &child).await, pairs(&[("guardian", "Huda")]));
}

#[tokio::test]
async fn a_child_is_found_by_the_number_of_its_mother() {
    let (server, owner) = start().await;
    let child = id(&enter(&owner, &json!({ "givenName": "Omar", "phones": [{ "number": "0555000111" }] })).await);
    let mother = json!({ "relationship": "mother", "name": "Huda Salem", "phone": "0501234567", "emergency": true, "note": "Works nights" });
    let made = relate(&owner, &child, &mother).await;
    assert_eq!(made["phone"], "+966501234567");
    assert_eq!(found(&owner, "4567").await, ["Omar"]);
    let kept = raw(&server, "patients.relative").await;
    assert!(!kept.contains("Huda") && !kept.contains("nights"), "{kept}");

    // changing the child leaves it so, changing the mother does not
    owner.patch(&format!("/api/v1/patients/{child}"), &json!({ "version": 1, "notes": "Shy" })).await.expect(200);
    assert_eq!(found(&owner, "0501234567").await, ["Omar"]);
    let at = format!("/api/v1/relatives/{}", id(&made));
    owner.patch(&at, &json!({ "version": 1, "phone": "0507654321" })).await.expect(200);
    assert_eq!((found(&owner, "4567").await.len(), found(&owner, "4321").await.len()), (0, 1));
    owner.post(&format!("{at}/delete"), &json!({ "version": 2 })).await.expect(200);
    assert_eq!((found(&owner, "4321").await.len(), found(&owner, "0111").await.len()), (0, 1));
}

#[tokio::test]
async fn a_family_stays_together_when_one_was_entered_twice() {
    let (_server, owner) = start().await;
    let mut made = Vec::new();
    for name in ["Omar", "Umar", "Huda"] {
        made.push(id(&enter(&owner, &json!({ "givenName": name })).await));
    }
    let [child, twice, mother] = [&made[0], &made[1], &made[2]];
    relate(&owner, twice, &json!({ "relationship": "mother", "relatedId": mother })).await;
    relate(&owner, twice, &json!({ "relationship": "father", "name": "Salem", "phone": "0501234567" })).await;
    let body = json!({ "version": 1, "other": twice, "otherVersion": 1 });
    let merge = owner.post(&format!("/api/v1/patients/{child}/merge"), &body).await.expect(201);
    assert_eq!(family(&owner, child).await, pairs(&[("mother", "Huda"), ("father", "Salem")]));
    assert_eq!(family(&owner, mother).await, pairs(&[("child", "Omar")]), "who was merged is shown as who is kept");
    assert_eq!(found(&owner, "4567").await, ["Omar"]);
    owner.post(&format!("/api/v1/merges/{}/undo", id(&merge)), &json!({ "version": 1 })).await.expect(200);
    assert_eq!(family(&owner, child).await, vec![]);
    assert_eq!(family(&owner, mother).await, pairs(&[("child", "Umar")]));
    assert_eq!(found(&owner, "4567").await, ["Umar"]);
}

#[tokio::test]
async fn what_is_wrong_is_said_with_its_field() {
    let (_server, owner) = start().await;
    let patient = id(&enter(&owner, &json!({ "givenName": "Omar" })).await);
    let other = id(&enter(&owner, &json!({ "givenName": "Huda" })).await);
    let nobody = uuid::Uuid::now_v7();
    for (relative, fault) in [
        (json!({ "relationship": "mother" }), "/name required"),
        (json!({ "relationship": "mother", "name": "  " }), "/name required"),
        (json!({ "relationship": "aunt", "name": "Huda" }), "/relationship invalid"),
        (json!({ "relationship": "mother", "name": "Huda", "phone": "12345" }), "/phone invalid_phone"),
        (json!({ "relationship": "mother", "name": "Huda", "email": "nobody" }), "/email invalid_email"),
        (json!({ "relationship": "mother", "relatedId": patient }), "/relatedId invalid"),
        (json!({ "relationship": "mother", "relatedId": nobody }), "/relatedId unknown"),
        (json!({ "relationship": "mother", "relatedId": other, "phone": "0501234567" }), "/relatedId exclusive"),
    ] {
        let refused = owner.post(&format!("/api/v1/patients/{patient}/relatives"), &relative).await;
        assert_eq!((refused.status.as_u16(), refused.faults()), (422, vec![fault.to_owned()]), "{relative}");
    }
    for i in 0..40 {
        relate(&owner, &patient, &json!({ "relationship": "friend", "name": format!("Friend {i}") })).await;
    }
    let one_more = json!({ "relationship": "friend", "name": "One more" });
    let refused = owner.post(&format!("/api/v1/patients/{patient}/relatives"), &one_more).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "relative.too_many"));
}

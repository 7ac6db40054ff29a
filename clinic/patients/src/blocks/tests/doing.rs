//! Actions.

use automation::testing::Engine;
use platform::testing::Person;
use serde_json::{Value, json};

use crate::blocks::blocks;
use crate::testing::{enter, id, patient, start};

async fn read(owner: &Person, id: &str) -> Value {
    owner.get(&format!("/api/v1/patients/{id}")).await.expect(200)
}

const NOBODY: &str = "01a1fe12-4833-7244-b58d-60b3e8635e4d";

#[tokio::test]
async fn some_fields_are_changed_and_all_else_stays() {
    let (server, owner) = start().await;
    let engine = Engine::of(&server, &owner, blocks());
    let sara =
        json!({ "givenName": "Sara", "notes": "careful", "phones": [{ "number": "0501234567", "preferred": true }] });
    let sara = id(&enter(&owner, &sara).await);
    let new = json!({ "status": "inactive", "language": "ur", "contactMethod": "whatsapp", "phone": "050 765 4321",
                      "email": "sara@example.com", "leadSource": "  ", "patientId": null });
    assert_eq!(engine.run("patient.update", Some(&sara), new.clone()).await.expect("done"), json!({ "changed": true }));
    let now = read(&owner, &sara).await;
    for (field, value) in [
        ("status", json!("inactive")),
        ("language", json!("ur")),
        ("contactMethod", json!("whatsapp")),
        ("notes", json!("careful")),
        ("leadSource", Value::Null),
        ("version", json!(2)),
        (
            "phones",
            json!([{ "number": "+966501234567", "kind": "mobile", "preferred": false },
                   { "number": "+966507654321", "kind": "mobile", "preferred": true }]),
        ),
        ("emails", json!([{ "address": "sara@example.com", "kind": "mobile", "preferred": true }])),
    ] {
        assert_eq!(now[field], value, "{field}");
    }
    let again = engine.run("patient.update", Some(&sara), new).await.expect("done");
    assert_eq!((again, &read(&owner, &sara).await), (json!({ "changed": false }), &now), "twice is once");
    let told = owner.get(&format!("/api/v1/patients/{sara}/timeline")).await.expect(200);
    assert_eq!(
        (&told["items"][0]["kind"], &told["items"][0]["actorKind"]),
        (&json!("patient.changed"), &json!("system"))
    );
    for (input, refusal) in [
        (json!({ "status": "deceased" }), "/status step.input"),
        (json!({ "status": "gone" }), "/status step.input"),
        (json!({ "language": "Arabic" }), "/language invalid"),
        (json!({ "phone": "12" }), "/phone invalid_phone"),
        (json!({ "email": "a@b" }), "/email invalid_email"),
        (json!({ "leadSource": "x".repeat(81) }), "/leadSource too_long"),
        (json!({ "leadSource": 5 }), "/leadSource step.input"),
        (json!({ "patientId": NOBODY }), "/patientId not_found"),
        (json!({ "patientId": "x" }), "/patientId step.input"),
    ] {
        assert_eq!(engine.refused("patient.update", Some(&sara), input.clone()).await, refusal, "{input}");
    }
    assert_eq!(engine.refused("patient.update", None, json!({})).await, "/patientId step.input");
    assert_eq!(read(&owner, &sara).await, now, "nothing of a refusal is left");
    owner.post(&format!("/api/v1/patients/{sara}/delete"), &json!({ "version": 2 })).await.expect(200);
    assert_eq!(engine.refused("patient.update", Some(&sara), json!({ "language": "ar" })).await, "patient.deleted");
}

#[tokio::test]
async fn own_fields_take_text_as_their_kind_wants_it() {
    let (server, owner) = start().await;
    let engine = Engine::of(&server, &owner, blocks());
    for (name, kind) in
        [("Score", "number"), ("Fasting", "boolean"), ("Since", "date"), ("Note", "text"), ("Mobile", "phone")]
    {
        owner.post("/api/v1/patient-fields", &json!({ "name": name, "kind": kind })).await.expect(201);
    }
    let options = json!([{ "key": "a", "name": "A" }, { "key": "b", "name": "B" }, { "key": "c", "name": "C" }]);
    let several = json!({ "name": "Wishes", "kind": "multiSelect", "options": options });
    owner.post("/api/v1/patient-fields", &several).await.expect(201);
    let secret = json!({ "name": "Belief", "kind": "text", "sensitive": true });
    owner.post("/api/v1/patient-fields", &secret).await.expect(201);
    let sara = id(&enter(&owner, &patient("Sara", "Ali")).await);
    let set = async |field: &str, value: Value| {
        engine.run("patient.set_custom_field", Some(&sara), json!({ "field": field, "value": value })).await
    };
    for (field, given, kept) in [
        ("score", json!(" 7 "), json!(7)),
        ("score", json!("7.5"), json!(7.5)),
        ("score", json!(8), json!(8)),
        ("fasting", json!("true"), json!(true)),
        ("since", json!("2026-03-01"), json!("2026-03-01")),
        ("note", json!(42), json!("42")),
        ("mobile", json!("0501234567"), json!("+966501234567")),
        ("wishes", json!("c, a"), json!(["a", "c"])),
        ("wishes", json!(["b"]), json!(["b"])),
        ("belief", json!("secret"), json!("secret")),
        ("score", json!(""), Value::Null),
        ("note", Value::Null, Value::Null),
    ] {
        assert_eq!(set(field, given.clone()).await.expect("done"), json!({ "changed": true }), "{field} {given}");
        assert_eq!(read(&owner, &sara).await["custom"][field], kept, "{field} {given}");
    }
    assert_eq!(set("belief", json!("secret")).await.expect("done"), json!({ "changed": false }));
    for (input, refusal) in [
        (json!({ "field": "score", "value": "many" }), "/value wrong_type"),
        (json!({ "field": "since", "value": "yesterday" }), "/value wrong_type"),
        (json!({ "field": "wishes", "value": "a,z" }), "/value unknown"),
        (json!({ "field": "nothing", "value": "a" }), "/field not_found"),
        (json!({ "value": "a" }), "/field step.input"),
    ] {
        assert_eq!(engine.refused("patient.set_custom_field", Some(&sara), input.clone()).await, refusal, "{input}");
    }
}

#[tokio::test]
async fn tags_and_notes_are_put_on_whoever_was_kept() {
    let (server, owner) = start().await;
    let engine = Engine::of(&server, &owner, blocks());
    let tag = id(&owner.post("/api/v1/tags", &json!({ "name": "VIP", "colour": "red" })).await.expect(201));
    let (kept, other) =
        (id(&enter(&owner, &patient("Sara", "Ali")).await), id(&enter(&owner, &patient("Sarah", "Ali")).await));
    let merge = json!({ "version": 1, "other": other, "otherVersion": 1, "take": [] });
    owner.post(&format!("/api/v1/patients/{kept}/merge"), &merge).await.expect(201);
    let with = json!({ "tagId": tag });
    for (action, changed, tags) in [
        ("tag.add", true, json!([tag])),
        ("tag.add", false, json!([tag])),
        ("tag.remove", true, json!([])),
        ("tag.remove", false, json!([])),
    ] {
        let done = engine.run(action, Some(&other), with.clone()).await.expect("done");
        assert_eq!((done, &read(&owner, &kept).await["tags"]), (json!({ "changed": changed }), &tags), "{action}");
    }
    assert_eq!(engine.refused("tag.add", Some(&kept), json!({ "tagId": NOBODY })).await, "/tagId not_found");
    assert_eq!(engine.refused("tag.add", Some(&kept), json!({})).await, "/tagId step.input");
    let done = engine.run("note.add", Some(&other), json!({ "text": " Asked twice \n" })).await.expect("done");
    let told = owner.get(&format!("/api/v1/patients/{kept}/timeline?resource=note")).await.expect(200);
    assert_eq!((&told["items"][0]["resourceId"], &told["items"][0]["actorKind"]), (&done["noteId"], &json!("system")));
    assert_eq!(engine.refused("note.add", Some(&kept), json!({ "text": "  " })).await, "/text step.input");
    assert_eq!(engine.refused("note.add", Some(&kept), json!({ "text": "x".repeat(10_001) })).await, "/text too_long");
}

//! Custom fields as a practice uses them.

use platform::testing::Person;
use serde_json::{Value, json};

use crate::testing::{enter, id, raw, start};

const FIELDS: &str = "/api/v1/patient-fields";

async fn field(owner: &Person, new: &Value) -> Value {
    owner.post(FIELDS, new).await.expect(201)
}

async fn with_custom(owner: &Person, custom: &Value) -> Value {
    enter(owner, &json!({ "givenName": "Sara", "custom": custom })).await
}

#[tokio::test]
async fn a_field_is_made_used_and_put_away() {
    let (_server, owner) = start().await;
    let blood = field(
        &owner,
        &json!({ "name": "Blood type", "nameAr": "فصيلة الدم", "kind": "select", "listed": true,
                 "options": [{ "name": "A+" }, { "name": "0-", "key": "zero" }, { "name": "A+" }] }),
    )
    .await;
    assert_eq!((&blood["key"], &blood["rank"]), (&json!("bloodType"), &json!(1)));
    let keys: Vec<&Value> = blood["options"].as_array().expect("options").iter().map(|one| &one["key"]).collect();
    assert_eq!(keys, ["a", "zero", "a2"]);
    let arabic = field(&owner, &json!({ "name": "الطبيب السابق", "kind": "text" })).await;
    assert_eq!((&arabic["key"], &arabic["rank"]), (&json!("field"), &json!(2)));

    let sara = with_custom(&owner, &json!({ "bloodType": "zero", "field": "  Dr. Huda " })).await;
    assert_eq!(sara["custom"], json!({ "bloodType": "zero", "field": "Dr. Huda" }));
    let page = owner.post("/api/v1/patients/query", &json!({})).await.expect(200);
    assert_eq!(page["items"][0]["custom"], sara["custom"]);

    let path = format!("{FIELDS}/{}", id(&blood));
    let without = owner.patch(&path, &json!({ "version": 1, "options": [{ "name": "A+", "key": "a" }] })).await;
    assert_eq!(without.faults(), ["/options missing"]);
    let options = json!([{ "name": "A+", "key": "a" }, { "name": "0-", "key": "zero", "archived": true }, { "name": "A2", "key": "a2" }]);
    owner.patch(&path, &json!({ "version": 1, "options": options })).await.expect(200);
    let patient = format!("/api/v1/patients/{}", id(&sara));
    // who has an archived option keeps it
    let kept = owner.patch(&patient, &json!({ "version": 1, "custom": { "bloodType": "zero" } })).await.expect(200);
    assert_eq!(kept["custom"], json!({ "bloodType": "zero" }));
    let other = owner.post("/api/v1/patients", &json!({ "givenName": "Ali", "custom": { "bloodType": "zero" } })).await;
    assert_eq!(other.faults(), ["/custom/bloodType unknown"]);

    owner.post(&format!("{path}/archive"), &json!({ "version": 2 })).await.expect(200);
    let changed = owner.patch(&patient, &json!({ "version": 2, "custom": { "bloodType": "a", "field": "X" } })).await;
    assert_eq!(changed.expect(200)["custom"], json!({ "bloodType": "zero", "field": "X" }), "what is put away stays");
}

#[tokio::test]
async fn every_kind_has_its_one_written_way_and_refuses_the_rest() {
    let (_server, owner) = start().await;
    let options = json!([{ "name": "One" }, { "name": "Two" }]);
    for (kind, given, kept, wrong, code) in [
        ("text", json!(" a "), json!("a"), json!(1), "wrong_type"),
        ("text", json!(""), Value::Null, json!("\u{7}"), "invalid"),
        ("number", json!(-2.5), json!(-2.5), json!("2"), "wrong_type"),
        ("number", json!(7), json!(7), json!(1e16), "out_of_range"),
        ("date", json!("2026-02-28"), json!("2026-02-28"), json!("2026-02-30"), "wrong_type"),
        ("dateTime", json!("2026-03-01T12:30:00+03:00"), json!("2026-03-01T09:30:00Z"), json!("noon"), "wrong_type"),
        ("boolean", json!(false), json!(false), json!("no"), "wrong_type"),
        ("phone", json!("050 123 4567"), json!("+966501234567"), json!("12"), "invalid_phone"),
        ("email", json!(" a@b.example "), json!("a@b.example"), json!("a@b"), "invalid_email"),
        ("select", json!("two"), json!("two"), json!("three"), "unknown"),
        ("multiSelect", json!(["two", "one", "two"]), json!(["one", "two"]), json!(["one", "x"]), "unknown"),
        ("multiSelect", json!([]), Value::Null, json!("one"), "wrong_type"),
    ] {
        let options = if kind.ends_with("elect") { options.clone() } else { json!([]) };
        let made = field(&owner, &json!({ "name": kind, "kind": kind, "options": options })).await;
        let key = made["key"].as_str().expect("a key").to_owned();
        let sara = with_custom(&owner, &json!({ key.clone(): given })).await;
        assert_eq!(sara["custom"].get(&key).unwrap_or(&Value::Null), &kept, "{kind}");
        let body = json!({ "givenName": "Ali", "custom": { key.clone(): wrong } });
        let refused = owner.post("/api/v1/patients", &body).await;
        assert_eq!(refused.faults(), [format!("/custom/{key} {code}")], "{kind}");
    }
    let refused = owner.post("/api/v1/patients", &json!({ "givenName": "Ali", "custom": { "a/b": 1 } })).await;
    assert_eq!(refused.faults(), ["/custom/a~1b unknown_field"]);
}

#[tokio::test]
async fn what_is_required_is_asked_for_and_what_has_a_default_is_filled_in() {
    let (_server, owner) = start().await;
    let old = enter(&owner, &json!({ "givenName": "Huda" })).await;
    field(&owner, &json!({ "name": "File", "kind": "text", "required": true })).await;
    field(&owner, &json!({ "name": "Branch", "kind": "text", "required": true, "default": " North " })).await;
    let without = owner.post("/api/v1/patients", &json!({ "givenName": "Ali" })).await;
    assert_eq!(without.faults(), ["/custom/file required"]);
    let sara = with_custom(&owner, &json!({ "file": "A-1" })).await;
    assert_eq!(sara["custom"], json!({ "file": "A-1", "branch": "North" }));
    let path = format!("/api/v1/patients/{}", id(&sara));
    let emptied = owner.patch(&path, &json!({ "version": 1, "custom": { "branch": "South", "file": null } })).await;
    assert_eq!(emptied.faults(), ["/custom/file required"]);
    // whoever was there before the field goes on without it
    let path = format!("/api/v1/patients/{}", id(&old));
    let changed = owner.patch(&path, &json!({ "version": 1, "familyName": "Ali" })).await.expect(200);
    assert_eq!(changed["custom"], json!({}));
}

#[tokio::test]
async fn what_is_sensitive_is_sealed_and_in_no_list() {
    let (server, owner) = start().await;
    field(&owner, &json!({ "name": "Secret", "kind": "text", "sensitive": true })).await;
    let sara = with_custom(&owner, &json!({ "secret": "quinquagesima" })).await;
    let read = owner.get(&format!("/api/v1/patients/{}", id(&sara))).await.expect(200);
    assert_eq!(read["custom"], json!({ "secret": "quinquagesima" }));
    let page = owner.post("/api/v1/patients/query", &json!({})).await.expect(200);
    assert_eq!(page["items"][0]["custom"], json!({}));
    let filter = json!({ "filter": { "field": "custom.secret", "op": "eq", "value": "quinquagesima" } });
    assert_eq!(owner.post("/api/v1/patients/query", &filter).await.status, 422);
    for table in ["patients.patient", "audit.entry", "timeline.entry", "outbox.event", "api.idempotency_key"] {
        assert!(!raw(&server, table).await.contains("quinquagesima"), "{table}");
    }
    let listed = json!({ "name": "Other", "kind": "text", "sensitive": true, "listed": true });
    assert_eq!(owner.post(FIELDS, &listed).await.faults(), ["/listed invalid"]);
}

#[tokio::test]
async fn lists_are_filtered_by_the_practice_s_own_fields() {
    let (_server, owner) = start().await;
    for (name, kind) in
        [("Shoe", "number"), ("Since", "date"), ("Seen", "dateTime"), ("Vip", "boolean"), ("Word", "text")]
    {
        field(&owner, &json!({ "name": name, "kind": kind })).await;
    }
    let options = json!([{ "name": "Tea" }, { "name": "Milk" }]);
    field(&owner, &json!({ "name": "Likes", "kind": "multiSelect", "options": options })).await;
    for (name, custom) in [
        (
            "Ali",
            json!({ "shoe": 42.5, "since": "2020-01-01", "seen": "2026-01-01T00:00:00Z", "vip": true, "word": "Kiwi" }),
        ),
        ("Huda", json!({ "shoe": 9, "likes": ["tea", "milk"], "vip": false })),
        ("Zaid", json!({ "likes": ["milk"] })),
    ] {
        enter(&owner, &json!({ "givenName": name, "custom": custom })).await;
    }
    for (field, op, value, expected) in [
        ("shoe", "gt", json!(10), vec!["Ali"]),
        ("shoe", "lt", json!(42.5), vec!["Huda"]),
        ("shoe", "empty", Value::Null, vec!["Zaid"]),
        ("since", "lte", json!("2020-01-01"), vec!["Ali"]),
        ("seen", "gte", json!("2026-01-01T03:00:00+03:00"), vec!["Ali"]),
        ("vip", "eq", json!(true), vec!["Ali"]),
        ("vip", "ne", json!(true), vec!["Huda", "Zaid"]),
        ("word", "contains", json!("kiw"), vec!["Ali"]),
        ("likes", "eq", json!("milk"), vec!["Huda", "Zaid"]),
        ("likes", "ne", json!("tea"), vec!["Ali", "Zaid"]),
        ("likes", "in", json!(["tea", "coffee"]), vec!["Huda"]),
        ("likes", "empty", Value::Null, vec!["Ali"]),
    ] {
        let filter = json!({ "field": format!("custom.{field}"), "op": op, "value": value });
        let page = owner.post("/api/v1/patients/query", &json!({ "filter": filter })).await.expect(200);
        let found: Vec<&Value> = page["items"].as_array().expect("items").iter().map(|one| &one["givenName"]).collect();
        assert_eq!(found, expected, "{field} {op} {value}");
    }
    for (field, op, value) in [("nothing", "eq", json!(1)), ("shoe", "eq", json!("9")), ("likes", "lt", json!("tea"))] {
        let filter = json!({ "field": format!("custom.{field}"), "op": op, "value": value });
        assert_eq!(owner.post("/api/v1/patients/query", &json!({ "filter": filter })).await.status, 422, "{field}");
    }
}

#[tokio::test]
async fn fields_are_ordered_and_history_names_each() {
    let (_server, owner) = start().await;
    let a = field(&owner, &json!({ "name": "A", "kind": "text" })).await;
    let b = field(&owner, &json!({ "name": "B", "kind": "text" })).await;
    let taken = owner.post(FIELDS, &json!({ "name": "C", "key": "a", "kind": "text" })).await;
    assert_eq!((taken.status.as_u16(), taken.code()), (409, "patient_field.key_taken"));
    let order = format!("{FIELDS}/order");
    for ids in [json!([id(&a)]), json!([id(&a), id(&a)]), json!([id(&a), id(&b), id(&b)])] {
        assert_eq!(owner.post(&order, &json!({ "ids": ids })).await.code(), "patient_field.others");
    }
    let ordered = owner.post(&order, &json!({ "ids": [id(&b), id(&a)] })).await.expect(200);
    let keys: Vec<&Value> = ordered["items"].as_array().expect("items").iter().map(|one| &one["key"]).collect();
    assert_eq!(keys, ["b", "a"]);

    let sara = with_custom(&owner, &json!({ "a": "old", "b": "same" })).await;
    let path = format!("/api/v1/patients/{}", id(&sara));
    owner.patch(&path, &json!({ "version": 1, "custom": { "a": "new", "b": "same" } })).await.expect(200);
    let told = owner.get(&format!("{path}/timeline")).await.expect(200);
    let changes = told["items"][0]["changes"].as_array().expect("changes");
    let own: Vec<&Value> = changes.iter().filter(|one| one["field"].to_string().contains("custom")).collect();
    assert_eq!(own, [&json!({ "field": "custom.a", "before": "old", "after": "new" })]);
}

#[tokio::test]
async fn only_who_configures_makes_fields() {
    let (server, owner) = start().await;
    let desk = server.colleague_of(&owner, "receptionist").await;
    let refused = desk.post(FIELDS, &json!({ "name": "A", "kind": "text" })).await;
    assert_eq!(refused.status, 403);
    desk.get(FIELDS).await.expect(200);
    let wrong = owner.post(FIELDS, &json!({ "name": "A", "kind": "select" })).await;
    assert_eq!(wrong.faults(), ["/options required"]);
    let wrong = owner.post(FIELDS, &json!({ "name": "A", "kind": "text", "options": [{ "name": "x" }] })).await;
    assert_eq!(wrong.faults(), ["/options invalid"]);
    let wrong = owner.post(FIELDS, &json!({ "name": "A", "kind": "date", "default": "soon" })).await;
    assert_eq!(wrong.faults(), ["/default wrong_type"]);
}

//! Lists as the front desk uses them.

use platform::testing::Person;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::testing::{enter, id, start};

async fn names(person: &Person, query: &Value) -> Vec<String> {
    let page = person.post("/api/v1/patients/query", query).await.expect(200);
    let name = |item: &Value| item["givenName"].as_str().expect("a name").to_owned();
    page["items"].as_array().expect("items").iter().map(name).collect()
}

#[tokio::test]
async fn every_order_walks_through_all_pages() {
    let (_server, owner) = start().await;
    for (name, born) in [
        ("Noura", Some("1990-01-01")),
        ("Ali", None),
        ("Omar", Some("2001-05-05")),
        ("هدى", None),
        ("Zaid", Some("1950-12-31")),
    ] {
        enter(&owner, &json!({ "givenName": name, "birthDate": born })).await;
    }
    for sort in [
        "name",
        "-name",
        "number",
        "-number",
        "birthDate",
        "-birthDate",
        "createdAt",
        "-createdAt",
        "updatedAt",
        "-updatedAt",
    ] {
        let whole = names(&owner, &json!({ "sort": sort })).await;
        let (mut walked, mut cursor) = (Vec::new(), Value::Null);
        loop {
            let page = owner
                .post("/api/v1/patients/query", &json!({ "sort": sort, "limit": 2, "cursor": cursor }))
                .await
                .expect(200);
            walked.extend(
                page["items"]
                    .as_array()
                    .expect("items")
                    .iter()
                    .map(|item| item["givenName"].as_str().expect("a name").to_owned()),
            );
            cursor = page["nextCursor"].clone();
            if cursor.is_null() {
                break;
            }
        }
        assert_eq!((walked.len(), &walked), (5, &whole), "{sort}");
    }
    assert_eq!(names(&owner, &json!({ "sort": "birthDate", "limit": 3 })).await, ["Zaid", "Noura", "Omar"]);
}

#[tokio::test]
async fn lists_are_filtered_by_what_patients_have() {
    let (_server, owner) = start().await;
    let tag = |name: &'static str| {
        let owner = owner.clone();
        async move { id(&owner.post("/api/v1/tags", &json!({ "name": name, "colour": "red" })).await.expect(201)) }
    };
    let (vip, late) = (tag("VIP").await, tag("Late").await);
    enter(&owner, &json!({ "givenName": "Ali", "tags": [vip, late], "status": "lead", "birthDate": "1990-01-01" }))
        .await;
    enter(&owner, &json!({ "givenName": "Huda", "tags": [late], "consents": { "sms": { "granted": true } } })).await;
    enter(&owner, &json!({ "givenName": "Zaid", "consents": { "sms": { "granted": false } } })).await;
    for (filter, expected) in [
        (json!({ "field": "tag", "op": "eq", "value": vip }), vec!["Ali"]),
        (json!({ "field": "tag", "op": "ne", "value": vip }), vec!["Huda", "Zaid"]),
        (json!({ "field": "tag", "op": "in", "value": [vip, late] }), vec!["Ali", "Huda"]),
        (json!({ "field": "tag", "op": "empty" }), vec!["Zaid"]),
        (json!({ "field": "status", "op": "eq", "value": "lead" }), vec!["Ali"]),
        (json!({ "field": "birthDate", "op": "lt", "value": "1990-01-02" }), vec!["Ali"]),
        (json!({ "field": "consentSms", "op": "eq", "value": true }), vec!["Huda"]),
        (json!({ "not": { "field": "consentSms", "op": "eq", "value": true } }), vec!["Ali", "Zaid"]),
    ] {
        assert_eq!(names(&owner, &json!({ "filter": filter })).await, expected, "{filter}");
    }
    let refused =
        owner.post("/api/v1/patients/query", &json!({ "filter": { "field": "tag", "op": "lt", "value": vip } })).await;
    assert_eq!(refused.status, 422);
}

#[tokio::test]
async fn a_deleted_tag_comes_off_and_the_rest_stays() {
    let (_server, owner) = start().await;
    let tag = owner.post("/api/v1/tags", &json!({ "name": "VIP", "colour": "red" })).await.expect(201);
    let taken = owner.post("/api/v1/tags", &json!({ "name": "vip", "colour": "blue" })).await;
    assert_eq!((taken.status.as_u16(), taken.code()), (409, "tag.name_taken"));
    enter(&owner, &json!({ "givenName": "Ali", "tags": [id(&tag)] })).await;
    let tags = owner.get("/api/v1/tags").await.expect(200);
    assert_eq!((&tags["items"][0]["name"], &tags["items"][0]["patients"]), (&json!("VIP"), &json!(1)));
    owner.post(&format!("/api/v1/tags/{}/delete", id(&tag)), &json!({ "version": 1 })).await.expect(200);
    let page = owner.post("/api/v1/patients/query", &json!({})).await.expect(200);
    assert_eq!((&page["items"][0]["givenName"], &page["items"][0]["tags"]), (&json!("Ali"), &json!([])));
}

/// A filter as anybody would read it: over the patients as the list shows them, one at a time.
fn holds(filter: &Value, patient: &Value) -> bool {
    let parts = |key: &str| {
        filter[key].as_array().map(|parts| parts.iter().map(|part| holds(part, patient)).collect::<Vec<_>>())
    };
    if let Some(all) = parts("all") {
        return all.into_iter().all(|part| part);
    }
    if let Some(any) = parts("any") {
        return any.into_iter().any(|part| part);
    }
    if !filter["not"].is_null() {
        return !holds(&filter["not"], patient);
    }
    let (op, wanted) = (filter["op"].as_str().expect("an operator"), &filter["value"]);
    let field = filter["field"].as_str().expect("a field");
    if field == "tag" {
        let tags = patient["tags"].as_array().expect("tags");
        return match op {
            "eq" => tags.contains(wanted),
            "ne" => !tags.contains(wanted),
            "in" => tags.iter().any(|tag| wanted.as_array().expect("a list").contains(tag)),
            _ => tags.is_empty(),
        };
    }
    let value = &patient[field];
    // what is nothing is only different, and only empty
    if value.is_null() {
        return matches!(op, "ne" | "empty");
    }
    let order = match (value.as_i64(), wanted.as_i64()) {
        (Some(value), Some(wanted)) => value.cmp(&wanted),
        _ => value.as_str().cmp(&wanted.as_str()),
    };
    match op {
        "eq" => order.is_eq(),
        "ne" => order.is_ne(),
        "lt" => order.is_lt(),
        "lte" => order.is_le(),
        "gt" => order.is_gt(),
        "gte" => order.is_ge(),
        "contains" => {
            value.as_str().expect("a text").to_lowercase().contains(&wanted.as_str().expect("a text").to_lowercase())
        }
        "in" => wanted.as_array().expect("a list").contains(value),
        _ => false,
    }
}

/// Any filter over these fields, up to three levels deep.
fn filters(tags: Vec<String>) -> impl Strategy<Value = Value> {
    let text = |field: &'static str, values: &'static [&'static str]| {
        let value = prop::sample::select(values);
        prop_oneof![
            (prop::sample::select(&["eq", "ne", "contains"][..]), value.clone())
                .prop_map(move |(op, value)| json!({ "field": field, "op": op, "value": value })),
            prop::collection::vec(value, 0..3)
                .prop_map(move |values| json!({ "field": field, "op": "in", "value": values })),
            Just(json!({ "field": field, "op": "empty" })),
        ]
    };
    let compared = prop::sample::select(&["eq", "ne", "lt", "lte", "gt", "gte"][..]);
    let status = (prop::sample::select(&["eq", "ne"][..]), prop::sample::select(&["lead", "active", "inactive"][..]))
        .prop_map(|(op, value)| json!({ "field": "status", "op": op, "value": value }));
    let number =
        (compared.clone(), 0..14).prop_map(|(op, value)| json!({ "field": "number", "op": op, "value": value }));
    let born = (compared, prop::sample::select(&["1950-06-15", "1990-01-01", "2001-05-05"][..]))
        .prop_map(|(op, value)| json!({ "field": "birthDate", "op": op, "value": value }));
    let tag = (prop::sample::select(&["eq", "ne"][..]), prop::sample::select(tags.clone()))
        .prop_map(|(op, tag)| json!({ "field": "tag", "op": op, "value": tag }));
    let leaf = prop_oneof![
        text("givenName", &["Sara", "sar", "هدى", "Z", "%", "_"]),
        text("familyName", &["Ali", "al", "Al-Harbi"]),
        status,
        number,
        born,
        tag,
        Just(json!({ "field": "tag", "op": "in", "value": tags })),
        Just(json!({ "field": "tag", "op": "empty" })),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let parts = prop::collection::vec(inner.clone(), 0..4);
        prop_oneof![
            parts.clone().prop_map(|parts| json!({ "all": parts })),
            parts.prop_map(|parts| json!({ "any": parts })),
            inner.prop_map(|part| json!({ "not": part })),
        ]
    })
}

#[tokio::test]
async fn any_filter_finds_what_a_reader_would() {
    let (_server, owner) = start().await;
    let mut tags = Vec::new();
    for name in ["VIP", "Late", "Family"] {
        tags.push(id(&owner.post("/api/v1/tags", &json!({ "name": name, "colour": "red" })).await.expect(201)));
    }
    for n in 0..12_usize {
        let tagged: Vec<&String> =
            tags.iter().enumerate().filter(|(i, _)| (n >> i) & 1 == 1).map(|(_, tag)| tag).collect();
        let given = ["Sara", "sarah", "هدى", "Zaid %", "O_mar"][n % 5];
        let family = [None, Some("Ali"), Some("Al-Harbi")][n % 3];
        let born = [None, Some("1950-06-15"), Some("1990-01-01"), Some("2001-05-05")][n % 4];
        let status = ["active", "lead", "inactive", "active", "lead"][n % 5];
        let patient =
            json!({ "givenName": given, "familyName": family, "birthDate": born, "status": status, "tags": tagged });
        enter(&owner, &patient).await;
    }
    let all = owner.post("/api/v1/patients/query", &json!({ "sort": "number" })).await.expect(200);
    let all = all["items"].as_array().expect("items");
    let (strategy, mut runner) = (filters(tags), TestRunner::deterministic());
    let (mut some, mut none) = (0, 0);
    for _ in 0..150 {
        let filter = strategy.new_tree(&mut runner).expect("a filter").current();
        let found =
            owner.post("/api/v1/patients/query", &json!({ "filter": filter, "sort": "number" })).await.expect(200);
        let found: Vec<&Value> = found["items"].as_array().expect("items").iter().map(|item| &item["number"]).collect();
        let expected: Vec<&Value> =
            all.iter().filter(|patient| holds(&filter, patient)).map(|item| &item["number"]).collect();
        assert_eq!(found, expected, "{filter}");
        *if found.is_empty() { &mut none } else { &mut some } += 1;
    }
    assert!(some >= 50 && none >= 10, "the filters tell something: {some} {none}");
}

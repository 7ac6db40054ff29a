//! Patients entered twice, as the front desk finds and mends them.

use platform::testing::Person;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::testing::{enter, id, start};

async fn pairs(person: &Person) -> Vec<(String, String, String)> {
    let page = person.get("/api/v1/duplicates").await.expect(200);
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let pair = |item: &Value| (text(&item["one"]["id"]), text(&item["other"]["id"]), text(&item["rule"]));
    page["items"].as_array().expect("items").iter().map(pair).collect()
}

async fn read(person: &Person, id: &str) -> Value {
    person.get(&format!("/api/v1/patients/{id}")).await.expect(200)
}

async fn policies(person: &Person, id: &str) -> Vec<Value> {
    let answer = person.get(&format!("/api/v1/patients/{id}/policies")).await.expect(200);
    answer["items"].as_array().expect("items").iter().map(|one| json!([one["id"], one["rank"], one["payer"]])).collect()
}

async fn found(person: &Person, q: &str) -> Vec<Value> {
    let found = person.post("/api/v1/patients/search", &json!({ "q": q })).await.expect(200);
    found["items"].as_array().expect("items").iter().map(|one| one["id"].clone()).collect()
}

async fn merge(person: &Person, kept: &str, other: &str, take: &[&str]) -> Value {
    let (one, two) = (read(person, kept).await, read(person, other).await);
    let body = json!({ "version": one["version"], "other": other, "otherVersion": two["version"], "take": take });
    person.post(&format!("/api/v1/patients/{kept}/merge"), &body).await.expect(201)
}

async fn undo(person: &Person, merge: &Value) -> Value {
    person
        .post(&format!("/api/v1/merges/{}/undo", id(merge)), &json!({ "version": merge["version"] }))
        .await
        .expect(200)
}

#[tokio::test]
async fn pairs_are_found_told_apart_and_forgotten_when_they_differ() {
    let (_server, owner) = start().await;
    let sara = json!({ "givenName": "Sara", "familyName": "Al-Qahtani", "birthDate": "1990-02-28" });
    let [a, b] = [id(&enter(&owner, &sara).await), id(&enter(&owner, &sara).await)];
    let omar = |number: &str| json!({ "givenName": "Omar", "nationalId": number });
    let [c, d] = [id(&enter(&owner, &omar("10 98")).await), id(&enter(&owner, &omar("1098")).await)];
    enter(&owner, &json!({ "givenName": "Sara", "familyName": "Al-Qahtani", "birthDate": "1991-02-28" })).await;
    let expected = [(c, d.clone(), "nationalId".to_owned()), (a.clone(), b.clone(), "nameAndBirthDate".to_owned())];
    assert_eq!(pairs(&owner).await, expected);

    // what differs by now is no pair any more
    owner.patch(&format!("/api/v1/patients/{d}"), &json!({ "version": 1, "nationalId": "1099" })).await.expect(200);
    assert_eq!(pairs(&owner).await, [expected[1].clone()]);

    let pair = json!({ "one": b, "other": a });
    owner.post("/api/v1/duplicates/dismiss", &pair).await.expect(204);
    assert_eq!(pairs(&owner).await, []);
    let change = json!({ "version": 1, "phones": [{ "number": "0501234567" }] });
    owner.patch(&format!("/api/v1/patients/{a}"), &change).await.expect(200);
    assert_eq!(pairs(&owner).await, [], "who was told apart stays apart");
    owner.post("/api/v1/duplicates/reopen", &pair).await.expect(204);
    assert_eq!(pairs(&owner).await.len(), 1);
    owner.post(&format!("/api/v1/patients/{b}/delete"), &json!({ "version": 1 })).await.expect(200);
    assert_eq!(pairs(&owner).await, [], "who is deleted is no pair");
}

#[tokio::test]
async fn pages_pass_nobody_over_though_pairs_are_found_at_one_instant() {
    let (_server, owner) = start().await;
    let sara = json!({ "givenName": "Sara", "familyName": "Al-Qahtani", "birthDate": "1990-02-28" });
    let late = id(&enter(&owner, &json!({ "givenName": "Nobody yet" })).await);
    for _ in 0..3 {
        enter(&owner, &sara).await;
    }
    let mut change = sara.clone();
    change["version"] = json!(1);
    owner.patch(&format!("/api/v1/patients/{late}"), &change).await.expect(200);
    let whole = pairs(&owner).await;
    assert_eq!(whole.len(), 6, "three of the later ones, three with the first");

    let mut seen = Vec::new();
    let mut cursor = String::new();
    while seen.len() < 10 {
        let page = owner.get(&format!("/api/v1/duplicates?limit=1{cursor}")).await.expect(200);
        seen.push((page["items"][0]["one"]["id"].clone(), page["items"][0]["other"]["id"].clone()));
        let Some(next) = page["nextCursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    let expected: Vec<(Value, Value)> = whole.iter().map(|(one, other, _)| (json!(one), json!(other))).collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn one_keeps_what_both_had_and_both_come_back() {
    let (_server, owner) = start().await;
    let kept = json!({ "givenName": "Sara", "familyName": "Al-Qahtani", "phones": [{ "number": "0501234567" }],
                       "notes": "Mornings", "alerts": [{ "kind": "allergy", "text": "Latex" }] });
    let other = json!({ "givenName": "سارة", "familyName": "القحطاني", "phones": [{ "number": "0559876543" }],
                        "notes": "Afraid of needles", "birthDate": "1990-02-28", "sex": "female" });
    let [one, two] = [id(&enter(&owner, &kept).await), id(&enter(&owner, &other).await)];
    for (patient, payer) in [(&one, "Bupa"), (&two, "Tawuniya")] {
        let policy = json!({ "payer": payer, "memberId": "1" });
        owner.post(&format!("/api/v1/patients/{patient}/policies"), &policy).await.expect(201);
    }
    owner.post(&format!("/api/v1/patients/{two}/notes"), &json!({ "text": "Called" })).await.expect(201);
    let before = (read(&owner, &one).await, read(&owner, &two).await);

    let merged = merge(&owner, &one, &two, &["givenName"]).await;
    assert_eq!(
        (&merged["keptId"], &merged["mergedId"], &merged["mergedNumber"]),
        (&json!(one), &json!(two), &json!(2))
    );
    let now = read(&owner, &one).await;
    assert_eq!(
        (&now["givenName"], &now["familyName"], &now["givenNameOther"], &now["birthDate"], &now["notes"]),
        (
            &json!("سارة"),
            &json!("Al-Qahtani"),
            &json!("سارة"),
            &json!("1990-02-28"),
            &json!("Mornings\n\nAfraid of needles")
        )
    );
    let numbers: Vec<&Value> = now["phones"].as_array().expect("phones").iter().map(|one| &one["number"]).collect();
    assert_eq!(numbers, ["+966501234567", "+966559876543"]);
    assert_eq!(policies(&owner, &one).await.len(), 2);
    let told = owner.get(&format!("/api/v1/patients/{one}/timeline?resource=note")).await.expect(200);
    assert_eq!(told["items"].as_array().expect("items").len(), 1, "the other one's history is shown");
    let gone = read(&owner, &two).await;
    assert!(gone["deletedAt"].is_string() && gone["mergedInto"] == json!(one), "{gone}");
    assert_eq!(found(&owner, "2").await, [json!(one)], "the number that was given still finds");
    let refused = owner.post(&format!("/api/v1/patients/{two}/restore"), &json!({ "version": gone["version"] })).await;
    assert_eq!(refused.code(), "patient.merged");
    let held = owner.get(&format!("/api/v1/patients/{one}/merges")).await.expect(200);
    assert_eq!(held["items"][0]["id"], merged["id"]);

    // what people change afterwards stays theirs
    let change = json!({ "version": now["version"], "leadSource": "A friend" });
    owner.patch(&format!("/api/v1/patients/{one}"), &change).await.expect(200);
    undo(&owner, &merged).await;
    let after = (read(&owner, &one).await, read(&owner, &two).await);
    for (field, value) in before.0.as_object().expect("a record") {
        let expected = if field == "leadSource" { &json!("A friend") } else { value };
        assert!(["version", "updatedAt"].contains(&&**field) || after.0[field] == *expected, "{field}");
    }
    assert_eq!((&after.1["deletedAt"], &after.1["mergedInto"]), (&Value::Null, &Value::Null));
    assert_eq!(policies(&owner, &two).await[0][2], json!("Tawuniya"));
    assert_eq!(found(&owner, "2").await, [json!(two)]);
}

#[tokio::test]
async fn what_cannot_be_merged_says_why() {
    let (_server, owner) = start().await;
    let [one, two] = [
        id(&enter(&owner, &json!({ "givenName": "A" })).await),
        id(&enter(&owner, &json!({ "givenName": "B" })).await),
    ];
    let path = format!("/api/v1/patients/{one}/merge");
    let body = |other: &str, version: i32, take: &[&str]| json!({ "version": version, "other": other, "otherVersion": 1, "take": take });
    assert_eq!(owner.post(&path, &body(&one, 1, &[])).await.faults(), ["/other invalid"]);
    assert_eq!(owner.post(&path, &body(&two, 7, &[])).await.code(), "version.stale");
    assert_eq!(owner.post(&path, &body(&two, 1, &["familyName", "shoe"])).await.faults(), ["/take/1 unknown_field"]);
    assert_eq!(owner.post(&path, &body(&uuid::Uuid::now_v7().to_string(), 1, &[])).await.status, 404);
    let merged = merge(&owner, &one, &two, &[]).await;
    assert_eq!(
        owner.post(&path, &json!({ "version": 2, "other": two, "otherVersion": 2 })).await.code(),
        "patient.deleted"
    );
    let undone = undo(&owner, &merged).await;
    assert!(undone["undoneAt"].is_string());
    let stale = owner.post(&format!("/api/v1/merges/{}/undo", id(&merged)), &json!({ "version": 1 })).await;
    assert_eq!(stale.code(), "version.stale");
}

/// A patient with anything in it.
fn anybody() -> impl Strategy<Value = Value> {
    let text = || prop::option::of(prop::sample::select(&["Sara", "سارة", "Omar", "Al-Harbi"][..]));
    let phones = prop::collection::vec(prop::sample::select(&["0501234567", "0559876543", "0112345678"][..]), 0..3);
    let answer = || prop::option::of(any::<bool>());
    let alerts = prop::collection::vec(prop::sample::select(&["Latex", "Nuts"][..]), 0..2);
    (
        (prop::sample::select(&["Sara", "سارة", "Huda"][..]), text(), text(), text()),
        (prop::option::of(1950..2020), prop::sample::select(&["male", "female", "unknown"][..]), phones, alerts),
        (answer(), answer(), prop::option::of(prop::sample::select(&["1", "2"][..])), text(), text()),
        prop::sample::subsequence(&["givenName", "birthDate", "phones", "notes", "custom", "consents"][..], 0..4),
    )
        .prop_map(|((given, family, given_other, family_other), (year, sex, phones, alerts), (sms, calls, paper, notes, own), take)| {
            let consent = |granted: Option<bool>| granted.map(|granted| json!({ "granted": granted, "source": "paper" }));
            let number = |number: &&str| json!({ "number": number });
            json!({ "take": take, "patient": {
                "givenName": given, "familyName": family, "givenNameOther": given_other, "familyNameOther": family_other,
                "birthDate": year.map(|year: i32| format!("{year}-01-01")), "sex": sex,
                "phones": phones.iter().map(number).collect::<Vec<_>>(), "nationalId": paper, "notes": notes,
                "alerts": alerts.iter().map(|text| json!({ "kind": "allergy", "text": text })).collect::<Vec<_>>(),
                "consents": { "sms": consent(sms), "calls": consent(calls) },
                "custom": own.map_or(json!({}), |own| json!({ "own": own, "secret": own })) } })
        })
}

/// Merge, then undo: nothing that anybody reads or finds is another.
#[tokio::test]
async fn merge_then_undo_is_the_identity() {
    let (_server, owner) = start().await;
    for (name, sensitive) in [("Own", false), ("Secret", true)] {
        let field = json!({ "name": name, "kind": "text", "sensitive": sensitive });
        owner.post("/api/v1/patient-fields", &field).await.expect(201);
    }
    let mut runner = TestRunner::deterministic();
    let look = async |one: &str, two: &str| {
        let bare = |mut record: Value| {
            for changing in ["version", "updatedAt"] {
                record[changing] = Value::Null;
            }
            record
        };
        let mut seen = vec![bare(read(&owner, one).await), bare(read(&owner, two).await)];
        for q in ["sara", "harbi", "4567", "6543", "1", "2"] {
            seen.push(found(&owner, q).await.into());
        }
        for patient in [one, two] {
            seen.push(policies(&owner, patient).await.into());
        }
        seen
    };
    for case in 0..25 {
        let strategy = (anybody(), anybody());
        let (one, two) = strategy.new_tree(&mut runner).expect("two patients").current();
        let take: Vec<&str> = one["take"].as_array().expect("fields").iter().filter_map(Value::as_str).collect();
        let [one, two] = [id(&enter(&owner, &one["patient"]).await), id(&enter(&owner, &two["patient"]).await)];
        for (patient, count) in [(&one, case % 3), (&two, case % 4)] {
            for n in 0..count {
                let policy = json!({ "payer": format!("Payer {n}"), "memberId": "1", "rank": n * 2 + 1 });
                owner.post(&format!("/api/v1/patients/{patient}/policies"), &policy).await.expect(201);
            }
        }
        let before = look(&one, &two).await;
        let merged = merge(&owner, &one, &two, &take).await;
        assert_ne!(look(&one, &two).await, before);
        undo(&owner, &merged).await;
        assert_eq!(look(&one, &two).await, before, "case {case}");
        for patient in [&one, &two] {
            let version = read(&owner, patient).await["version"].clone();
            owner.post(&format!("/api/v1/patients/{patient}/delete"), &json!({ "version": version })).await.expect(200);
        }
    }
}

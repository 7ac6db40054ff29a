//! Loading, finding, and what is due.

use automation::testing::{Engine, uuid};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use platform::testing::{Person, sign_up_body};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::blocks::blocks;
use crate::testing::{enter, id, patient, start};

async fn tag(owner: &Person, name: &str) -> String {
    id(&owner.post("/api/v1/tags", &json!({ "name": name, "colour": "red" })).await.expect(201))
}

async fn own_field(owner: &Person, body: &Value) {
    owner.post("/api/v1/patient-fields", body).await.expect(201);
}

#[tokio::test]
async fn a_workflow_sees_a_patient() {
    let (server, owner) = start().await;
    let engine = Engine::of(&server, &owner, blocks());
    engine.check_declarations();
    let vip = tag(&owner, "VIP").await;
    own_field(&owner, &json!({ "name": "Referred by", "key": "referredBy", "kind": "text" })).await;
    own_field(&owner, &json!({ "name": "Belief", "key": "belief", "kind": "text", "sensitive": true })).await;
    let lina = json!({
        "givenName": "Lina", "familyName": "Al-Harbi", "givenNameOther": "لينا", "familyNameOther": "الحربي",
        "birthDate": "1990-05-17", "sex": "female", "language": "ar", "tags": [vip], "leadSource": "Web",
        "phones": [{ "number": "0501234567" }, { "number": "0507654321", "preferred": true }],
        "emails": [{ "address": "lina@example.com" }], "contactMethod": "sms",
        "consents": { "sms": { "granted": true }, "email": { "granted": false } },
        "custom": { "referredBy": "Dr. Salem", "belief": "secret" },
    });
    let lina = id(&enter(&owner, &lina).await);
    let seen = engine.one("patient", &lina).await;
    engine.check_declared("patient", &seen);
    for (field, value) in [
        ("givenName", json!("لينا")),
        ("fullName", json!("لينا الحربي")),
        ("birthDate", json!("1990-05-17")),
        ("phone", json!("+966507654321")),
        ("email", json!("lina@example.com")),
        ("tags", json!([vip])),
        ("tagNames", json!(["VIP"])),
        ("consents", json!({ "sms": true, "email": false, "calls": null })),
        ("custom", json!({ "referredBy": "Dr. Salem" })),
        ("contactMethod", json!("sms")),
        ("lastVisit", Value::Null),
    ] {
        assert_eq!(seen[field], value, "{field}");
    }
    assert!(!seen.to_string().contains("secret"));
    let today = server.clock.now().in_tz("Asia/Riyadh").expect("a zone").date();
    let age = today.since(Date::constant(1990, 5, 17)).expect("a span").get_days() / 366;
    assert!((i64::from(age)..=i64::from(age) + 1).contains(&seen["age"].as_i64().expect("an age")));
    // who speaks English is called in Latin letters, also where the Arabic ones were entered first
    let other = json!({ "givenName": "سارة", "familyName": "علي", "givenNameOther": "Sara", "language": "en" });
    let other = engine.one("patient", &id(&enter(&owner, &other).await)).await;
    assert_eq!(
        (&other["givenName"], &other["fullName"], &other["age"]),
        (&json!("Sara"), &json!("Sara علي"), &Value::Null)
    );
    let bare = engine.one("patient", &id(&enter(&owner, &patient("Omar", "Ali")).await)).await;
    engine.check_declared("patient", &bare);
    assert_eq!((&bare["language"], &bare["custom"]), (&json!("en"), &json!({ "referredBy": null })));
}

#[tokio::test]
async fn who_was_merged_is_who_was_kept_and_who_was_deleted_is_nobody() {
    let (server, owner) = start().await;
    let engine = Engine::of(&server, &owner, blocks());
    let (kept, other) =
        (id(&enter(&owner, &patient("Sara", "Ali")).await), id(&enter(&owner, &patient("Sarah", "Ali")).await));
    let policy = json!({ "payer": "Bupa", "memberId": "1", "validTo": "2027-03-31" });
    let policy = id(&owner.post(&format!("/api/v1/patients/{other}/policies"), &policy).await.expect(201));
    let merge = json!({ "version": 1, "other": other, "otherVersion": 1, "take": [] });
    owner.post(&format!("/api/v1/patients/{kept}/merge"), &merge).await.expect(201);
    let (seen, _) = engine.load("patient", &[uuid(&kept), uuid(&other)]).await;
    assert_eq!((&seen[0], &seen[0]["id"]), (&seen[1], &json!(kept)));
    let seen = engine.one("policy", &policy).await;
    engine.check_declared("policy", &seen);
    assert_eq!((&seen["patient"]["id"], &seen["validUntil"]), (&json!(kept), &json!("2027-03-31")));
    let of_kept = json!({ "field": "patient", "op": "eq", "value": kept });
    assert_eq!(engine.find("policy", of_kept, 5).await.expect("found"), [uuid(&policy)]);
    let gone = id(&enter(&owner, &patient("Gone", "Ali")).await);
    owner.post(&format!("/api/v1/patients/{gone}/delete"), &json!({ "version": 1 })).await.expect(200);
    assert_eq!(engine.load("patient", &[uuid(&gone), Uuid::now_v7()]).await.0, [Value::Null, Value::Null]);
    let beta = server.owner_of("beta").await;
    let strange = id(&enter(&beta, &patient("Not", "Ours")).await);
    assert_eq!(engine.one("patient", &strange).await, Value::Null);
}

#[tokio::test]
async fn many_cost_as_many_statements_as_few() {
    let (server, owner) = start().await;
    let engine = Engine::of(&server, &owner, blocks());
    let vip = tag(&owner, "VIP").await;
    let (mut patients, mut policies) = (Vec::new(), Vec::new());
    for number in 0..12 {
        let one = json!({ "givenName": format!("P{number}"), "tags": [vip], "notes": "sealed" });
        let one = id(&enter(&owner, &one).await);
        let policy = json!({ "payer": "Bupa", "memberId": number.to_string() });
        policies.push(uuid(&id(&owner.post(&format!("/api/v1/patients/{one}/policies"), &policy).await.expect(201))));
        patients.push(uuid(&one));
    }
    for (subject, ids) in [("patient", &patients), ("policy", &policies)] {
        // the first look also fetches the practice's key
        engine.load(subject, ids).await;
        let (few, many) = (engine.load(subject, &ids[..2]).await.1, engine.load(subject, ids).await.1);
        assert!(few == many && (3..10).contains(&few), "{subject}: {few} for two, {many} for twelve");
    }
}

#[tokio::test]
async fn lists_are_found_in_the_grammar_of_lists() {
    let (server, owner) = start().await;
    let engine = Engine::of(&server, &owner, blocks());
    let mut ids = Vec::new();
    for number in 0..7 {
        let status = if number % 2 == 0 { "lead" } else { "active" };
        ids.push(uuid(&id(&enter(&owner, &json!({ "givenName": format!("P{number}"), "status": status })).await)));
    }
    for everything in [Value::Null, json!({})] {
        assert_eq!(engine.find("patient", everything, 3).await.expect("found"), ids);
    }
    let leads =
        json!({ "all": [{ "field": "status", "op": "eq", "value": "lead" }, { "field": "email", "op": "empty" }] });
    assert_eq!(engine.find("patient", leads, 2).await.expect("found"), [ids[0], ids[2], ids[4], ids[6]]);
    let wrong = engine.find("patient", json!({ "field": "secret", "op": "empty" }), 2).await.expect_err("refused");
    assert_eq!(wrong.into_faults()[0].pointer, "/filter/field");
}

/// A birthday comes once a year, on its local day, whatever page it is on; 29 February on 28 in common years; never to who
/// has died, and not on the day of birth.
#[tokio::test]
async fn birthdays_come_every_year() {
    let (server, owner) = start().await;
    let engine = Engine::of(&server, &owner, blocks());
    let mut born = Vec::new();
    for (date, status) in [
        ("1990-02-28", "active"),
        ("2004-02-29", "active"),
        ("1990-03-01", "active"),
        ("2024-02-29", "active"),
        ("1950-02-28", "deceased"),
        ("1970-12-31", "inactive"),
    ] {
        let one = json!({ "givenName": "P", "birthDate": date, "status": status });
        born.push(uuid(&id(&enter(&owner, &one).await)));
    }
    let riyadh = |day: &str| day.parse::<Date>().expect("a day").in_tz("Asia/Riyadh").expect("a zone").timestamp();
    let due = async |from: &str, until: &str| engine.due("patient", "birthDate", from, until, 2).await;
    let common = due("2027-02-27T00:00:00Z", "2027-03-02T00:00:00Z").await;
    let feast = riyadh("2027-02-28");
    assert_eq!(common, [(feast, born[0]), (feast, born[1]), (feast, born[3]), (riyadh("2027-03-01"), born[2])]);
    let leap = due("2028-02-27T21:00:00Z", "2028-02-28T21:00:00.000000001Z").await;
    assert_eq!(
        leap,
        [(riyadh("2028-02-28"), born[0]), (riyadh("2028-02-29"), born[1]), (riyadh("2028-02-29"), born[3])]
    );
    assert_eq!(due("2028-02-27T21:00:01Z", "2028-02-28T21:00:00Z").await, [], "an instant later and earlier");
    assert_eq!(due("2024-02-28T00:00:00Z", "2024-02-29T00:00:00Z").await, [(riyadh("2024-02-29"), born[1])]);
    let years = due("2026-01-01T00:00:00Z", "2036-01-01T00:00:00Z").await;
    assert_eq!(years.len(), 5 * 10, "{years:?}");
}

#[tokio::test]
async fn policies_end_on_their_last_day_where_the_practice_is() {
    let (server, _) = start().await;
    let mut sign_up = sign_up_body("beta");
    sign_up["timeZone"] = json!("America/New_York");
    let mut owner = server.stranger();
    owner.sign("/api/v1/auth/signup", &sign_up).await.expect(201);
    let engine = Engine::of(&server, &owner, blocks());
    let one = id(&enter(&owner, &patient("Sara", "Ali")).await);
    let mut ends = Vec::new();
    for (number, day) in (1..).zip(["2026-03-08", "2026-03-09", "2026-11-01", "2026-11-02"]) {
        let policy = json!({ "payer": "Bupa", "memberId": "1", "rank": number, "validTo": day });
        let policy = owner.post(&format!("/api/v1/patients/{one}/policies"), &policy).await.expect(201);
        let begins = day.parse::<Date>().expect("a day").to_zoned(TimeZone::get("America/New_York").expect("a zone"));
        ends.push((begins.expect("a day").timestamp(), uuid(&id(&policy))));
    }
    let due = async |from: &str, until: &str| engine.due("policy", "validUntil", from, until, 1).await;
    assert_eq!(due("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z").await, ends);
    // hour by hour, each comes once
    let mut hourly = Vec::new();
    let mut from: Timestamp = "2026-03-07T00:30:00Z".parse().expect("an instant");
    for _ in 0..96 {
        let until = from + SignedDuration::from_hours(1);
        hourly.extend(due(&from.to_string(), &until.to_string()).await);
        from = until;
    }
    assert_eq!(hourly, ends[..2]);
}

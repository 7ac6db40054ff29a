//! Patients of whom everything is made up by chance, within what a record takes.

use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

/// So many patients, each as it is entered and with the policies to enter.
pub fn patients(count: usize) -> Vec<(Value, Vec<Value>)> {
    let mut runner = TestRunner::default();
    let mut patients: Vec<_> = vec(patient(), count).new_tree(&mut runner).expect("patients").current();
    for (i, (patient, _)) in patients.iter_mut().enumerate() {
        // national ids tell one from another
        if let Some(id) = patient["nationalId"].as_str() {
            patient["nationalId"] = json!(format!("{id}-{i}"));
        }
    }
    patients
}

fn patient() -> impl Strategy<Value = (Value, Vec<Value>)> {
    (person(), contacts(), home(), vec(policy(), 0..4)).prop_map(|(mut patient, contacts, home, policies)| {
        patient["phones"] = contacts["phones"].clone();
        patient["emails"] = contacts["emails"].clone();
        patient["address"] = home;
        (patient, policies)
    })
}

fn person() -> impl Strategy<Value = Value> {
    let arabic = || "[ابتثجحخدذرزسشصضطظعغفقكلمنهوي]{4,12}( [ابتثجحخدذرزسشصضطظعغفقكلمنهوي]{2,8})?";
    let latin = || "[A-Z][a-zäéñ'’-]{3,12}[a-z]( [A-Z][a-z]{1,8})?";
    let names = prop_oneof![
        (latin(), option::of(latin()), option::of(arabic()), option::of(arabic())),
        (arabic(), option::of(arabic()), option::of(latin()), option::of(latin())),
    ];
    let born = option::of((1900..2026_i32, 1..13_i32, 1..29_i32).prop_map(|(y, m, d)| format!("{y}-{m:02}-{d:02}")));
    let papers = (option::of("[0-9A-Z]{6,12}"), option::of(select(vec!["ar", "en", "ur", "fil"])));
    let kinds = (select(vec!["male", "female", "other", "unknown"]), select(vec!["active", "inactive", "deceased"]));
    let texts = (option::of("[ -~]{0,40}[a-z]"), option::of("[a-zا-ي\n ]{0,80}[a-z]"));
    (names, born, papers, kinds, texts).prop_map(|(names, born, (national, language), (sex, status), (history, notes))| {
        json!({ "givenName": names.0, "familyName": names.1, "givenNameOther": names.2, "familyNameOther": names.3, "birthDate": born,
                "nationalId": national, "language": language, "sex": sex, "status": status, "medicalHistory": history, "notes": notes,
                "alerts": history.iter().map(|text| json!({ "kind": "allergy", "text": text, "severe": true })).collect::<Vec<_>>() })
    })
}

fn contacts() -> impl Strategy<Value = Value> {
    let kind = || select(vec!["mobile", "home", "work", "other"]);
    let phone = prop_oneof!["\\+96650[0-9]{7}", "\\+44207946[0-9]{4}"];
    let phones = (btree_set(phone, 0..4), vec(kind(), 4), 0..6_usize);
    let emails = (btree_set("[a-z]{3,10}\\.[a-z]{3,10}@example\\.com", 0..3), vec(kind(), 4), 0..5_usize);
    (phones, emails).prop_map(|((phones, phone_kinds, preferred), (emails, email_kinds, first))| {
        let point = |key: &str, values: Vec<String>, kinds: Vec<&str>, preferred: usize| {
            let one = |(i, (value, kind)): (usize, (String, &str))| json!({ key: value, "kind": kind, "preferred": i == preferred });
            values.into_iter().zip(kinds).enumerate().map(one).collect::<Value>()
        };
        json!({ "phones": point("number", phones.into_iter().collect(), phone_kinds, preferred),
                "emails": point("address", emails.into_iter().collect(), email_kinds, first) })
    })
}

fn home() -> impl Strategy<Value = Value> {
    let word = || "[A-Zا-ي][a-zا-ي0-9 ,]{0,20}[a-zا-ي0-9]";
    let home = (
        word(),
        option::of(word()),
        word(),
        option::of(word()),
        option::of("[0-9]{5}"),
        select(vec!["SA", "GB", "DE"]),
    );
    option::of(home).prop_map(|home| {
        home.map_or(Value::Null, |(line1, line2, city, region, code, country)| {
            json!({ "line1": line1, "line2": line2, "city": city, "region": region, "postalCode": code, "country": country })
        })
    })
}

fn policy() -> impl Strategy<Value = Value> {
    let word = || "[A-Zا-ي][a-zا-ي ]{0,20}[a-zا-ي]";
    let holder = option::of((word(), option::of("\\+96655[0-9]{7}")));
    let days =
        (option::of(select(vec!["2025-01-01", "2026-02-28"])), option::of(select(vec!["2026-12-31", "2027-01-01"])));
    (word(), option::of(word()), "[A-Z0-9-]{1,12}[0-9]", option::of("[A-Z0-9]{1,9}"), holder, days).prop_map(
        |(payer, plan, member, group, holder, (from, to))| {
            let (name, phone) = holder.map_or((None, None), |(name, phone)| (Some(name), phone));
            json!({ "payer": payer, "plan": plan, "memberId": member, "groupId": group, "holderName": name, "holderPhone": phone,
                    "validFrom": from, "validTo": to })
        },
    )
}

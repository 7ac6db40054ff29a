//! Files that go out, and come in again.

use platform::testing::Person;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::PatientExportFormat;
use super::table::write;
use crate::testing::{enter, id, start};

async fn take(person: &Person, body: &Value) -> Vec<u8> {
    let response = person.request(Method::POST, "/api/v1/patients/export").json(body).send().await.expect("an answer");
    assert_eq!(response.status().as_u16(), 200);
    response.bytes().await.expect("a body").to_vec()
}

#[tokio::test]
async fn what_the_list_shows_is_taken_out_and_the_ledger_knows() {
    let (server, owner) = start().await;
    let tag = owner.post("/api/v1/tags", &json!({ "name": "VIP; new", "colour": "red" })).await.expect(201);
    let sara = json!({ "givenName": "Sara", "familyName": "=1+1", "phones": [{ "number": "0501234567" }], "tags": [tag["id"]],
                       "notes": "two\nlines, \"quoted\"" });
    let sara = enter(&owner, &sara).await;
    enter(&owner, &json!({ "givenName": "Omar" })).await;
    let columns = json!(["number", "givenName", "familyName", "phone", "tags", "notes"]);
    let asked = json!({ "format": "csv", "columns": columns, "q": "sara" });
    let text = String::from_utf8(take(&owner, &asked).await).expect("text");
    let expected = "\u{feff}number,givenName,familyName,phone,tags,notes\r\n\
                    1,Sara,'=1+1,'+966501234567,VIP\\; new,\"two\nlines, \"\"quoted\"\"\"\r\n";
    assert_eq!(text, expected);
    let asked = json!({ "format": "csv", "columns": ["number"], "sort": "-number" });
    assert_eq!(take(&owner, &asked).await, "\u{feff}number\r\n2\r\n1\r\n".as_bytes());
    let refused = owner.post("/api/v1/patients/export", &json!({ "format": "csv", "columns": ["number", "x"] })).await;
    assert_eq!((refused.status.as_u16(), refused.faults()), (422, vec!["/columns/1 unknown".to_owned()]));
    let colleague = server.colleague_of(&owner, "receptionist").await;
    assert_eq!(colleague.post("/api/v1/patients/export", &json!({ "format": "csv" })).await.status, 403);

    let sql = "select count(*) filter (where action = 'export'), count(*) filter (where detail -> 'patients' ? $1)
                 from audit.entry where action in ('export', 'read') and resource_type = 'patient'";
    let (exports, looks): (i64, i64) =
        sqlx::query_as(sql).bind(id(&sara)).fetch_one(&mut server.database.conn().await).await.expect("counts");
    assert_eq!((exports, looks), (2, 2));
}

#[tokio::test]
async fn those_that_were_chosen_are_taken_out_and_nobody_else() {
    let (server, owner) = start().await;
    let mut ids = Vec::new();
    for name in ["Sara", "Omar", "Lina"] {
        ids.push(id(&enter(&owner, &json!({ "givenName": name })).await));
    }
    let asked =
        json!({ "format": "csv", "columns": ["givenName"], "ids": [ids[2], ids[0], Uuid::now_v7()], "sort": "number" });
    assert_eq!(take(&owner, &asked).await, "\u{feff}givenName\r\nSara\r\nLina\r\n".as_bytes());
    let asked = json!({ "format": "csv", "columns": ["givenName"], "ids": ids, "q": "omar" });
    assert_eq!(take(&owner, &asked).await, "\u{feff}givenName\r\nOmar\r\n".as_bytes());
    let nobody = json!({ "format": "csv", "columns": ["givenName"], "ids": [] });
    assert_eq!(take(&owner, &nobody).await, "\u{feff}givenName\r\n".as_bytes());
    let neighbour = server.owner_of("beta").await;
    let asked = json!({ "format": "csv", "columns": ["givenName"], "ids": ids });
    assert_eq!(take(&neighbour, &asked).await, "\u{feff}givenName\r\n".as_bytes());
    let many: Vec<Uuid> = (0..501).map(|_| Uuid::now_v7()).collect();
    let refused = owner.post("/api/v1/patients/export", &json!({ "format": "csv", "ids": many })).await;
    assert_eq!((refused.status.as_u16(), refused.faults()), (422, vec!["/ids too_long".to_owned()]));
}

/// A record with as much in it as there can be. Nothing that is trimmed, and nobody like anybody else.
fn anybody(number: usize, tags: Vec<String>) -> impl Strategy<Value = Value> {
    let line = || "[a-zA-Zء-ي=+@'!;\\\\\"-][a-zA-Zء-ي ,.;'\"=+@!\\\\-]{0,10}[a-zA-Zء-ي.;!\\\\\"'-]";
    let name = move || line().prop_map(move |text| format!("{text}{number}"));
    let maybe = move || proptest::option::of(line());
    let notes = proptest::option::of("[=+@'-]?[a-z]{1,5}\n[a-z;, \"]{0,10}[a-z]");
    let names = (name(), proptest::option::of(name()), maybe(), maybe());
    let kind = || proptest::sample::select(vec!["mobile", "home", "work", "other"]);
    let phone = (0..9_999_999_u32, kind(), any::<bool>())
        .prop_map(|(n, kind, star)| json!({ "number": format!("+96650{:07}", n), "kind": kind, "preferred": star }));
    let email = ("[a-z]{3,8}", kind(), any::<bool>()).prop_map(
        |(word, kind, star)| json!({ "address": format!("{word}@clinic.example"), "kind": kind, "preferred": star }),
    );
    let alert = (proptest::sample::select(vec!["allergy", "condition", "medication", "other"]), line(), any::<bool>())
        .prop_map(|(kind, text, severe)| json!({ "kind": kind, "text": text, "severe": severe }));
    let consent = proptest::option::of((any::<bool>(), 0..1_000_000_000_i64, proptest::option::of(line())).prop_map(
        |(granted, at, source)| {
            let at = jiff::Timestamp::from_second(at).expect("an instant").to_string();
            json!({ "granted": granted, "at": at, "source": source })
        },
    ));
    let address = proptest::option::of((line(), maybe(), line(), maybe(), maybe()).prop_map(
        |(line1, line2, city, region, code)| {
            json!({ "line1": line1, "line2": line2, "city": city, "region": region, "postalCode": code, "country": "KW" })
        },
    ));
    let rest = (
        proptest::option::of((1900..2020_i16, 1..=12_i8, 1..=28_i8).prop_map(|(y, m, d)| format!("{y}-{m:02}-{d:02}"))),
        proptest::sample::select(vec!["male", "female", "other", "unknown"]),
        proptest::sample::select(vec!["lead", "active", "inactive", "deceased"]),
        proptest::option::of(proptest::sample::select(vec!["call", "sms", "whatsapp", "email"])),
        proptest::option::of(proptest::sample::select(vec!["ar", "en", "haw"])),
        (maybe(), notes.clone(), notes),
    );
    let many = (
        proptest::collection::vec(phone, 0..4),
        proptest::collection::vec(email, 0..4),
        proptest::collection::vec(alert, 0..5),
        [consent.clone(), consent.clone(), consent],
        address,
        proptest::sample::subsequence(tags.clone(), 0..=tags.len()),
        (
            proptest::option::of(any::<i32>()),
            proptest::option::of(any::<bool>()),
            maybe(),
            proptest::option::of(0..3_usize),
        ),
    );
    (names, rest, many).prop_map(move |(names, rest, (phones, emails, alerts, [sms, email, calls], address, tags, own))| {
        let custom = json!({ "size": own.0, "smokes": own.1, "secret": own.2,
                             "drink": own.3.map(|n| ["tea", "coffee", "o0"][n]) });
        let (birth_date, sex, status, contact_method, language, (lead_source, history, notes)) = rest;
        json!({ "givenName": names.0, "familyName": names.1, "givenNameOther": names.2, "familyNameOther": names.3,
                "birthDate": birth_date, "sex": sex, "status": status, "contactMethod": contact_method, "language": language,
                "leadSource": lead_source, "medicalHistory": history, "notes": notes, "phones": phones, "emails": emails,
                "alerts": alerts, "consents": { "sms": sms, "email": email, "calls": calls }, "address": address,
                "nationalId": format!("{}", 1_000_000_000 + number), "nationality": "SA", "tags": tags,
                "custom": custom })
    })
}

/// What is taken out of one practice and imported anew is what it was, as CSV and as a workbook.
#[tokio::test]
async fn what_goes_out_comes_in_as_it_was() {
    let (server, owner) = start().await;
    let mut tags = Vec::new();
    for name in ["VIP", "a; b", "!", "\\x"] {
        tags.push(id(&owner.post("/api/v1/tags", &json!({ "name": name, "colour": "red" })).await.expect(201)));
    }
    let options =
        json!([{ "name": "Tea" }, { "name": "Coffee; black", "key": "coffee" }, { "name": "tea", "key": "o0" }]);
    for field in [
        json!({ "name": "Size", "kind": "number" }),
        json!({ "name": "Smokes", "kind": "boolean" }),
        json!({ "name": "Secret", "kind": "text", "sensitive": true }),
        json!({ "name": "Drink", "kind": "select", "options": options }),
    ] {
        owner.post("/api/v1/patient-fields", &field).await.expect(201);
    }
    let mut runner = TestRunner::default();
    let mut entered = Vec::new();
    for number in 0..60 {
        let body = anybody(number, tags.clone()).new_tree(&mut runner).expect("a value").current();
        entered.push(enter(&owner, &body).await);
    }
    for format in ["csv", "xlsx"] {
        let file = take(&owner, &json!({ "format": format, "sort": "number" })).await;
        for patient in &entered {
            let path = format!("/api/v1/patients/{}/delete", id(patient));
            owner.post(&path, &json!({ "version": patient["version"] })).await.expect(200);
        }
        let request =
            owner.request(Method::POST, "/api/v1/imports").header("idempotency-key", Uuid::now_v7().to_string());
        let made = Person::send(request.body(file)).await.expect(201);
        let path = format!("/api/v1/imports/{}", id(&made));
        for step in ["check", "run"] {
            let version = owner.get(&path).await.expect(200)["version"].clone();
            owner.post(&format!("{path}/{step}"), &json!({ "version": version })).await.expect(200);
            server.settle().await;
        }
        let now = owner.get(&path).await.expect(200);
        let faults = owner.get(&format!("{path}/rows?outcome=fault&limit=200")).await.expect(200);
        assert_eq!(now["outcomes"], json!({ "created": entered.len() }), "{format}: {faults}");
        let page = owner.post("/api/v1/patients/query", &json!({ "sort": "number", "limit": 200 })).await.expect(200);
        let mut again = Vec::new();
        for (item, was) in page["items"].as_array().expect("items").iter().zip(&entered) {
            let is = owner.get(&format!("/api/v1/patients/{}", id(item))).await.expect(200);
            assert_eq!(plain(&is), plain(was), "{format}");
            again.push(is);
        }
        assert_eq!(again.len(), entered.len());
        entered = again;
    }
}

/// The record without what is the row's own; alerts of a kind keep their order.
fn plain(record: &Value) -> Value {
    let mut record = record.clone();
    for field in ["id", "number", "version", "createdAt", "updatedAt"] {
        record[field] = Value::Null;
    }
    let alerts = record["alerts"].as_array_mut().expect("alerts");
    alerts.sort_by_key(|alert| {
        ["allergy", "condition", "medication", "other"].iter().position(|kind| alert["kind"] == *kind)
    });
    record
}

#[test]
fn a_workbook_has_text_and_no_formula() {
    let table = [vec!["a".to_owned()], vec!["=1+1".to_owned()]];
    let book = write(PatientExportFormat::Xlsx, &table).expect("a file");
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(book)).expect("an archive");
    let mut sheet = String::new();
    let mut file = archive.by_name("xl/worksheets/sheet1.xml").expect("a sheet");
    std::io::Read::read_to_string(&mut file, &mut sheet).expect("text");
    assert!(sheet.contains("t=\"s\"") && !sheet.contains("<f>"), "{sheet}");
}

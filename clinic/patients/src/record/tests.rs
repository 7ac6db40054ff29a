//! The record as the front desk uses it.

use platform::testing::Person;
use reqwest::Method;
use serde_json::{Value, json};

use crate::testing::{enter, id, patient, raw, start};

async fn timeline(person: &Person, id: &str) -> Value {
    person.get(&format!("/api/v1/patients/{id}/timeline")).await.expect(200)["items"].clone()
}

fn kinds(timeline: &Value) -> Vec<&str> {
    timeline.as_array().expect("items").iter().map(|entry| entry["kind"].as_str().expect("a kind")).collect()
}

#[tokio::test]
async fn a_patient_from_beginning_to_end() {
    let (_server, owner) = start().await;
    let made =
        enter(&owner, &json!({ "givenName": " Sara ", "familyName": "Al-Qahtani", "birthDate": "1990-02-28" })).await;
    assert_eq!((&made["givenName"], &made["number"], &made["version"]), (&json!("Sara"), &json!(1), &json!(1)));
    assert_eq!((&made["sex"], &made["status"], &made["phones"]), (&json!("unknown"), &json!("active"), &json!([])));
    let path = format!("/api/v1/patients/{}", id(&made));
    assert_eq!(owner.get(&path).await.expect(200), made);

    let change = json!({ "version": 1, "familyName": null, "phones": [{ "number": "050 123 4567" }] });
    let changed = owner.patch(&path, &change).await.expect(200);
    assert_eq!((&changed["familyName"], &changed["birthDate"]), (&Value::Null, &json!("1990-02-28")));
    assert_eq!(changed["phones"], json!([{ "number": "+966501234567", "kind": "mobile", "preferred": false }]));
    assert_eq!(owner.get(&path).await.expect(200), changed);

    let deleted = owner.post(&format!("{path}/delete"), &json!({ "version": 2 })).await.expect(200);
    assert!(deleted["deletedAt"].is_string());
    let page = owner.post("/api/v1/patients/query", &json!({})).await.expect(200);
    assert_eq!(page["items"], json!([]));
    let refused = owner.patch(&path, &json!({ "version": 3, "givenName": "X" })).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "patient.deleted"));
    let restored = owner.post(&format!("{path}/restore"), &json!({ "version": 3 })).await.expect(200);
    assert_eq!(
        (&restored["deletedAt"], &restored["number"], &restored["version"]),
        (&Value::Null, &json!(1), &json!(4))
    );

    let told = timeline(&owner, &id(&made)).await;
    assert_eq!(kinds(&told), ["patient.restored", "patient.deleted", "patient.changed", "patient.created"]);
    let family = json!({ "field": "familyName", "before": "Al-Qahtani", "after": null });
    assert!(told[2]["changes"].as_array().expect("changes").contains(&family), "{told}");
}

#[tokio::test]
async fn what_is_not_right_is_named_and_nothing_is_entered() {
    let (_server, owner) = start().await;
    for (body, pointer, code) in [
        (json!({}), "/givenName", "required"),
        (json!({ "givenName": " " }), "/givenName", "required"),
        (json!({ "givenName": "x".repeat(81) }), "/givenName", "too_long"),
        (json!({ "givenName": "A", "name": "B" }), "/name", "unknown_field"),
        (json!({ "givenName": "A", "birthDate": "1990-02-30" }), "/birthDate", "wrong_type"),
        (json!({ "givenName": "A", "birthDate": "2190-02-28" }), "/birthDate", "out_of_range"),
        (
            json!({ "givenName": "A", "phones": [{ "number": "+966501234567" }, { "number": "12345" }] }),
            "/phones/1/number",
            "invalid_phone",
        ),
        (json!({ "givenName": "A", "emails": [{ "address": "a@b" }] }), "/emails/0/address", "invalid_email"),
        (json!({ "givenName": "A", "nationality": "XX1" }), "/nationality", "invalid_country"),
        (json!({ "givenName": "A", "tags": ["01a1fe12-4833-7244-b58d-60b3e8635e4d"] }), "/tags", "unknown"),
        (json!({ "givenName": "A", "medicalHistory": "a\u{0}b" }), "/medicalHistory", "invalid"),
    ] {
        let answer = owner.post("/api/v1/patients", &body).await;
        let fault = &answer.body["errors"][0];
        assert_eq!(
            (answer.status.as_u16(), &fault["pointer"], &fault["code"]),
            (422, &json!(pointer), &json!(code)),
            "{body}"
        );
    }
    let page = owner.post("/api/v1/patients/query", &json!({})).await.expect(200);
    assert_eq!(page["items"], json!([]));
    assert_eq!(enter(&owner, &patient("Sara", "Ali")).await["number"], json!(1), "refusals take no number");
}

#[tokio::test]
async fn the_second_of_two_who_change_the_same_version_is_told_what_is_there_now() {
    let (_server, owner) = start().await;
    let path = format!("/api/v1/patients/{}", id(&enter(&owner, &patient("Sara", "Ali")).await));
    let (one, other) = (json!({ "version": 1, "leadSource": "Web" }), json!({ "version": 1, "leadSource": "Friend" }));
    let (one, other) = futures::future::join(owner.patch(&path, &one), owner.patch(&path, &other)).await;
    let (won, lost) = if one.status == 200 { (one, other) } else { (other, one) };
    assert_eq!((lost.status.as_u16(), lost.code()), (409, "version.stale"));
    assert_eq!(lost.body["current"], won.expect(200));
}

#[tokio::test]
async fn numbers_are_given_once_however_many_enter_at_a_time() {
    let (_server, owner) = start().await;
    let entering = (0..16).map(|i| {
        let owner = owner.clone();
        async move { enter(&owner, &patient(&format!("P{i}"), "Ali")).await["number"].as_i64().expect("a number") }
    });
    let mut numbers = futures::future::join_all(entering).await;
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=16).collect::<Vec<i64>>());
}

/// Whoever has the database and not the key reads no national id, no history, and no timeline.
#[tokio::test]
async fn what_is_secret_lies_sealed() {
    let (server, owner) = start().await;
    let secret = json!({ "givenName": "Sara", "nationalId": "1098765432", "nationality": "SA", "medicalHistory": "epilepsy",
                         "notes": "pays late" });
    let made = enter(&owner, &secret).await;
    assert_eq!((&made["nationalId"], &made["medicalHistory"]), (&json!("1098765432"), &json!("epilepsy")));
    let path = format!("/api/v1/patients/{}", id(&made));
    assert_eq!(owner.get(&path).await.expect(200), made);
    for table in ["patients.patient", "timeline.entry", "audit.entry", "outbox.event", "api.idempotency_key"] {
        let all = raw(&server, table).await;
        for value in ["1098765432", "epilepsy", "pays late"] {
            assert!(!all.contains(value), "{table} shows {value}");
        }
    }
}

#[tokio::test]
async fn who_looks_at_a_patient_is_in_the_ledger() {
    let (server, owner) = start().await;
    let patient = id(&enter(&owner, &patient("Sara", "Ali")).await);
    owner.get(&format!("/api/v1/patients/{patient}")).await.expect(200);
    owner.get(&format!("/api/v1/patients/{patient}/timeline")).await.expect(200);
    owner.post("/api/v1/patients/query", &json!({ "q": "sara" })).await.expect(200);
    owner.post("/api/v1/patients/search", &json!({ "q": "sara" })).await.expect(200);
    let sql = "select string_agg(action || ' ' || resource_type || ' ' || coalesce(patient_id::text, detail ->> 'patients')
                                 || coalesce(detail ->> 'filter', ''), '; ' order by at) from audit.entry where action = 'read'";
    let read: String = sqlx::query_scalar(sql).fetch_one(&mut server.database.conn().await).await.expect("a text");
    let list = format!("read patient [\"{patient}\"][\"q\"]");
    assert_eq!(read, format!("read patient {patient}; read timeline {patient}; {list}; {list}"));
}

#[tokio::test]
async fn support_reads_the_record_it_was_told_and_searches_for_nobody() {
    let (server, owner) = start().await;
    let patient = id(&enter(&owner, &patient("Sara", "Ali")).await);
    let administrator = server.administrator("noura").await;
    let grant = server.support_access(&administrator, owner.practice()).await.to_string();
    let ask = async |method: Method, path: &str, body: Value| {
        let request = administrator.request(method, path).header("x-vantage-grant", &grant);
        Person::send(if body.is_null() { request } else { request.json(&body) }).await
    };
    let path = format!("/api/v1/patients/{patient}");
    ask(Method::GET, &path, Value::Null).await.expect(200);
    for (method, path, body) in [
        (Method::POST, "/api/v1/patients/search", json!({ "q": "sara" })),
        (Method::POST, "/api/v1/patients/query", json!({})),
        (Method::PATCH, &*path, json!({ "version": 1, "givenName": "X" })),
    ] {
        assert_eq!(ask(method, path, body).await.status, 403, "{path}");
    }
    let sql = "select count(*) from audit.entry where actor_kind = 'break_glass' and action = 'read'
                and resource_type = 'patient' and patient_id is not null";
    let seen: i64 = sqlx::query_scalar(sql).fetch_one(&mut server.database.conn().await).await.expect("a count");
    assert_eq!(seen, 1);
}

#[tokio::test]
async fn notes_are_written_and_mention_people_of_the_practice() {
    let (_server, owner) = start().await;
    let patient = id(&enter(&owner, &patient("Sara", "Ali")).await);
    let path = format!("/api/v1/patients/{patient}/notes");
    let me = owner.user();
    owner.post(&path, &json!({ "text": "  Call back\nafter ten ", "mentions": [me] })).await.expect(201);
    let told = timeline(&owner, &patient).await;
    assert_eq!(kinds(&told), ["note", "patient.created"]);
    let text = json!({ "field": "text", "before": null, "after": "Call back\nafter ten" });
    assert!(told[0]["changes"].as_array().expect("changes").contains(&text), "{told}");
    let stranger =
        owner.post(&path, &json!({ "text": "x", "mentions": ["01a1fe12-4833-7244-b58d-60b3e8635e4d"] })).await;
    assert_eq!((stranger.status.as_u16(), &stranger.body["errors"][0]["pointer"]), (422, &json!("/mentions/0")));
    let notes = owner.get(&format!("/api/v1/patients/{patient}/timeline?resource=note&limit=1")).await.expect(200);
    assert_eq!((kinds(&notes["items"]), &notes["nextCursor"]), (vec!["note"], &Value::Null));
}

#[tokio::test]
async fn a_preferred_number_and_consents_are_kept_in_order() {
    let (_server, owner) = start().await;
    let made = enter(
        &owner,
        &json!({ "givenName": "Sara",
                 "phones": [{ "number": "0501234567" }, { "number": "+44 20 7946 0018", "kind": "work", "preferred": true },
                            { "number": "0501234568", "preferred": true }],
                 "consents": { "sms": { "granted": true, "source": "paper" }, "calls": { "granted": false, "at": "2026-01-05T10:00:00Z" } } }),
    )
    .await;
    let marks: Vec<&Value> =
        made["phones"].as_array().expect("phones").iter().map(|phone| &phone["preferred"]).collect();
    assert_eq!(marks, [&json!(false), &json!(true), &json!(false)]);
    assert!(made["consents"]["sms"]["at"].is_string());
    assert_eq!(
        (&made["consents"]["calls"]["at"], &made["consents"]["email"]),
        (&json!("2026-01-05T10:00:00Z"), &Value::Null)
    );
    let page = owner.post("/api/v1/patients/query", &json!({})).await.expect(200);
    assert_eq!(page["items"][0]["phone"], json!("+442079460018"));
}

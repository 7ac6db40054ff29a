//! Cases as people enter, change and see them.

use platform::testing::{Person, TestServer};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use crate::testing::{case, field, path, prior_auth, start, workflow};

async fn column(server: &TestServer, sql: String) -> Vec<String> {
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut server.database.conn().await).await.expect("rows")
}

async fn patient(person: &Person, name: &str) -> Value {
    person.post("/api/v1/patients", &json!({ "givenName": name, "familyName": "Diaz" })).await.expect(201)
}

#[tokio::test]
async fn a_case_is_entered_changed_deleted_and_restored() {
    let (server, owner) = start().await;
    let about = workflow(&owner, "prior_auth", &prior_auth()).await;
    let ana = patient(&owner, "Ana").await;
    let fields = json!({ "patient_name": " Ana Diaz ", "member_id": "quinquagesima", "phone": "050 123 4567",
                         "born": "1985-03-12", "visits": 3, "urgent": true, "at": "2026-05-01T09:30:00+03:00" });
    let new = json!({ "callWorkflowId": about["id"], "patientId": ana["id"], "fields": fields });
    let made = owner.post("/api/v1/cases", &new).await.expect(201);
    let kept = json!({ "patient_name": "Ana Diaz", "phone": "+966501234567", "born": "1985-03-12", "visits": 3,
                       "urgent": true, "at": "2026-05-01T06:30:00Z", "status": "open" });
    assert_eq!((&made["fields"], &made["sensitiveKeys"]), (&kept, &json!(["member_id"])));
    assert_eq!(
        (&made["callStatus"], &made["calls"], &made["lastCallAt"]),
        (&json!("not_started"), &json!(0), &Value::Null)
    );
    assert_eq!((&made["patientId"], &made["patient"]["givenName"]), (&ana["id"], &json!("Ana")));
    let path = path("cases", &made);
    assert_eq!(owner.get(&path).await.expect(200), made);

    let change = json!({ "version": 1, "fields": { "visits": null, "member_id": "x-2", "status": "approved", "notes": " a\nb " } });
    let changed = owner.patch(&path, &change).await.expect(200);
    assert_eq!((&changed["fields"]["status"], &changed["fields"]["notes"]), (&json!("approved"), &json!("a\nb")));
    assert_eq!((changed["fields"].get("visits"), &changed["version"]), (None, &json!(2)));
    let same = owner.patch(&path, &json!({ "version": 2, "fields": { "status": "approved", "visits": null } })).await;
    assert_eq!(same.expect(200)["version"], 2, "what is as it was is no change");
    let stale = owner.patch(&path, &change).await;
    assert_eq!((stale.code(), &stale.body["current"]["version"]), ("version.stale", &json!(2)));

    let gone = owner.post(&format!("{path}/delete"), &json!({ "version": 2 })).await.expect(200);
    assert!(gone["deletedAt"].is_string());
    assert_eq!(owner.patch(&path, &json!({ "version": 3, "fields": { "visits": 1 } })).await.code(), "case.deleted");
    let back = owner.post(&format!("{path}/restore"), &json!({ "version": 3 })).await.expect(200);
    assert_eq!((&back["deletedAt"], &back["fields"]), (&Value::Null, &changed["fields"]));

    let unlinked = owner.patch(&path, &json!({ "version": 4, "patientId": null })).await.expect(200);
    assert_eq!((&unlinked["patientId"], &unlinked["patient"]), (&Value::Null, &Value::Null));
    let told =
        owner.get(&format!("/api/v1/patients/{}/timeline", ana["id"].as_str().expect("an id"))).await.expect(200);
    let kinds: Vec<&Value> = told["items"].as_array().expect("items").iter().map(|entry| &entry["kind"]).collect();
    assert_eq!(
        kinds,
        ["case.changed", "case.restored", "case.deleted", "case.changed", "case.created", "patient.created"]
    );
    let events =
        "select name || ' ' || version from outbox.event where subject_type = 'case' order by version".to_owned();
    let expected = ["case.created 1", "case.changed 2", "case.deleted 3", "case.restored 4", "case.changed 5"];
    assert_eq!(column(&server, events).await, expected);
}

#[tokio::test]
async fn what_is_not_right_is_named() {
    let (_server, owner) = start().await;
    let about = workflow(&owner, "prior_auth", &prior_auth()).await;
    let refused = async |fields: Value| {
        owner.post("/api/v1/cases", &json!({ "callWorkflowId": about["id"], "fields": fields })).await.faults()
    };
    assert_eq!(refused(json!({})).await, ["/fields/patient_name required"]);
    let wrong = json!({ "patient_name": "A", "phone": "12", "born": "0000-01-01", "visits": "3", "urgent": 1, "at": "noon",
                        "status": "x", "a/b": 1 });
    let expected = [
        "/fields/at format",
        "/fields/a~1b unknown",
        "/fields/born format",
        "/fields/phone format",
        "/fields/status choice",
        "/fields/urgent type",
        "/fields/visits type",
    ];
    assert_eq!(refused(wrong).await, expected);
    let made = case(&owner, &about, json!({ "patient_name": "Ana" })).await;
    let path = path("cases", &made);
    let emptied = owner.patch(&path, &json!({ "version": 1, "fields": { "patient_name": " ", "x": 1 } })).await;
    assert_eq!(emptied.faults(), ["/fields/patient_name required", "/fields/x unknown"]);
    let nobody = owner.patch(&path, &json!({ "version": 1, "patientId": owner.user() })).await;
    assert_eq!(nobody.faults(), ["/patientId not_found"]);
    let nothing = owner.post("/api/v1/cases", &json!({ "callWorkflowId": made["id"], "fields": {} })).await;
    assert_eq!(nothing.faults(), ["/callWorkflowId not_found"]);
    let nothing = owner.post("/api/v1/cases/query", &json!({ "callWorkflowId": made["id"] })).await;
    assert_eq!(nothing.faults(), ["/callWorkflowId not_found"]);
}

#[tokio::test]
async fn what_is_sensitive_is_sealed_shown_on_demand_and_each_look_is_noted() {
    let (server, owner) = start().await;
    let about = workflow(&owner, "prior_auth", &prior_auth()).await;
    let made = case(&owner, &about, json!({ "patient_name": "Ana", "member_id": "quinquagesima" })).await;
    let path = path("cases", &made);
    owner.patch(&path, &json!({ "version": 1, "fields": { "member_id": "quinquagesima-2" } })).await.expect(200);
    let closed = owner.get(&path).await.expect(200);
    assert_eq!(closed["fields"], json!({ "patient_name": "Ana", "status": "open" }));
    let open = owner.get(&format!("{path}?sensitive=true")).await.expect(200);
    assert_eq!(open["fields"]["member_id"], "quinquagesima-2");
    let ask = |more: Value| {
        let mut ask = json!({ "callWorkflowId": about["id"] });
        for (key, value) in more.as_object().expect("members") {
            ask[key] = value.clone();
        }
        ask
    };
    let list = owner.post("/api/v1/cases/query", &ask(json!({}))).await.expect(200);
    assert_eq!(
        (&list["items"][0]["fields"], &list["items"][0]["sensitiveKeys"]),
        (&closed["fields"], &json!(["member_id"]))
    );
    let found = owner.post("/api/v1/cases/query", &ask(json!({ "search": "quinqua" }))).await.expect(200);
    assert_eq!(found["items"], json!([]), "nobody finds a case by what is sensitive");
    let filter = json!({ "filter": { "field": "fields.member_id", "op": "empty" } });
    assert_eq!(owner.post("/api/v1/cases/query", &ask(filter)).await.faults(), ["/filter/field invalid"]);
    assert_eq!(
        owner.post("/api/v1/cases/query", &ask(json!({ "sort": "fields.member_id" }))).await.faults(),
        ["/sort invalid"]
    );
    for table in
        ["voice.case", "voice.case_term", "audit.entry", "timeline.entry", "outbox.event", "api.idempotency_key"]
    {
        let sql = format!(
            "select coalesce(string_agg(encode(convert_to(t::text, 'UTF8'), 'escape'), ' '), '') from {table} t"
        );
        assert!(!column(&server, sql).await.concat().contains("quinqua"), "{table}");
    }
    let looks = "select resource_type || ' ' || coalesce(detail ->> 'filter', '') from audit.entry
                  where action = 'read' order by id";
    let looks = column(&server, looks.to_owned()).await;
    assert_eq!(looks, ["case ", "case_sensitive ", "case []", r#"case ["search"]"#]);
    let written = "select detail ->> 'sensitive' from audit.entry where resource_type = 'case' and action = 'update'";
    assert_eq!(column(&server, written.to_owned()).await, [r#"["member_id"]"#]);
}

/// The names of the cases that a query answers, in its order.
async fn names(person: &Person, about: &Value, ask: Value) -> Vec<String> {
    let mut body = json!({ "callWorkflowId": about["id"] });
    for (key, value) in ask.as_object().expect("members") {
        body[key] = value.clone();
    }
    let page = person.post("/api/v1/cases/query", &body).await.expect(200);
    let name = |item: &Value| item["fields"]["patient_name"].as_str().expect("a name").to_owned();
    page["items"].as_array().expect("items").iter().map(name).collect()
}

#[tokio::test]
async fn cases_are_searched_filtered_and_sorted() {
    let (server, owner) = start().await;
    let about = workflow(&owner, "prior_auth", &prior_auth()).await;
    // a field of the same key that holds something else
    let other = workflow(
        &owner,
        "other",
        &json!([field("visits", "string", &json!({})), field("patient_name", "string", &json!({}))]),
    )
    .await;
    case(&owner, &other, json!({ "patient_name": "Ana", "visits": "many" })).await;
    case(
        &owner,
        &about,
        json!({ "patient_name": "Ana Diaz", "phone": "0501234567", "visits": 3, "born": "1985-03-12", "urgent": true }),
    )
    .await;
    case(
        &owner,
        &about,
        json!({ "patient_name": "محمد القحطاني", "visits": 10.5, "at": "2026-05-01T06:30:00Z", "status": "approved" }),
    )
    .await;
    case(&owner, &about, json!({ "patient_name": "ben-Ali O'Neil 4711", "phone": "+15550100001", "born": "1990-01-01", "urgent": false })).await;
    for (search, expected) in [
        ("an", vec!["Ana Diaz"]),
        ("DIA ana", vec!["Ana Diaz"]),
        ("ana ben", vec![]),
        ("قحطاني", vec!["محمد القحطاني"]),
        ("مُحَمَّد", vec!["محمد القحطاني"]),
        ("4567", vec!["Ana Diaz"]),
        ("٤٥٦٧", vec!["Ana Diaz"]),
        ("0501234567", vec!["Ana Diaz"]),
        ("4711", vec!["ben-Ali O'Neil 4711"]),
        ("oneil", vec!["ben-Ali O'Neil 4711"]),
        ("10", vec!["محمد القحطاني"]),
        ("--", vec![]),
        ("", vec!["Ana Diaz", "محمد القحطاني", "ben-Ali O'Neil 4711"]),
    ] {
        assert_eq!(names(&owner, &about, json!({ "search": search })).await, expected, "{search}");
    }
    let (ana, mo, ben) = ("Ana Diaz", "محمد القحطاني", "ben-Ali O'Neil 4711");
    for (field, op, value, expected) in [
        ("fields.visits", "gt", json!(3), vec![mo]),
        ("fields.visits", "empty", Value::Null, vec![ben]),
        ("fields.born", "lt", json!("1990-01-01"), vec![ana]),
        ("fields.at", "gte", json!("2026-05-01T09:30:00+03:00"), vec![mo]),
        ("fields.urgent", "eq", json!(false), vec![ben]),
        ("fields.patient_name", "contains", json!("DIAZ"), vec![ana]),
        ("fields.status", "in", json!(["approved"]), vec![mo]),
        ("fields.phone", "eq", json!("+15550100001"), vec![ben]),
        ("callStatus", "eq", json!("not_started"), vec![ana, mo, ben]),
        ("callStatus", "ne", json!("not_started"), vec![]),
        ("patientId", "empty", Value::Null, vec![ana, mo, ben]),
        ("lastCallAt", "empty", Value::Null, vec![ana, mo, ben]),
        ("calls", "lt", json!(1), vec![ana, mo, ben]),
    ] {
        let filter = json!({ "filter": { "field": field, "op": op, "value": value } });
        assert_eq!(names(&owner, &about, filter).await, expected, "{field} {op}");
    }
    for (sort, expected) in [
        ("createdAt", [ana, mo, ben]),
        ("-createdAt", [ben, mo, ana]),
        ("fields.visits", [ana, mo, ben]),
        ("-fields.visits", [ben, mo, ana]),
        ("fields.born", [ana, ben, mo]),
        ("fields.patient_name", [ana, ben, mo]),
        ("-fields.at", [ben, ana, mo]),
        ("fields.urgent", [mo, ben, ana]),
        ("lastCallAt", [ana, mo, ben]),
    ] {
        let expected = if sort == "-fields.at" { [ben, ana, mo] } else { expected };
        // one by one, so that each cursor is tried
        let (mut found, mut cursor) = (Vec::new(), Value::Null);
        loop {
            let ask = json!({ "callWorkflowId": about["id"], "sort": sort, "limit": 1, "cursor": cursor });
            let page = owner.post("/api/v1/cases/query", &ask).await;
            assert_eq!(page.status, 200, "{sort} {cursor}: {}", page.body);
            let page = page.body;
            found.push(page["items"][0]["fields"]["patient_name"].as_str().expect("a name").to_owned());
            cursor = page["nextCursor"].clone();
            if cursor.is_null() {
                break;
            }
        }
        assert_eq!(found, expected, "{sort}");
    }
    assert_eq!(
        server
            .owner_of("beta")
            .await
            .post("/api/v1/cases/query", &json!({ "callWorkflowId": about["id"] }))
            .await
            .status,
        422
    );
}

#[tokio::test]
async fn patients_are_hidden_from_whoever_may_not_see_them() {
    let (server, owner) = start().await;
    let about = workflow(&owner, "prior_auth", &prior_auth()).await;
    let ana = patient(&owner, "Ana").await;
    let new = json!({ "callWorkflowId": about["id"], "patientId": ana["id"], "fields": { "patient_name": "Ana" } });
    let made = owner.post("/api/v1/cases", &new).await.expect(201);
    let role = json!({ "name": "Caller", "basedOn": "receptionist", "permissions": ["cases.read", "cases.write"] });
    let role = owner.post("/api/v1/roles", &role).await.expect(201);
    let (id, email) = server.member_of(&owner, "receptionist").await;
    owner.patch(&format!("/api/v1/staff/{id}"), &json!({ "version": 1, "customRoleId": role["id"] })).await.expect(200);
    let mut caller = server.stranger();
    caller.sign("/api/v1/auth/login", &json!({ "email": email, "password": "a long test password" })).await.expect(200);
    let path = path("cases", &made);
    let seen = caller.get(&path).await.expect(200);
    assert_eq!((&seen["patientId"], &seen["patient"], &seen["fields"]), (&Value::Null, &Value::Null, &made["fields"]));
    let linked = caller.patch(&path, &json!({ "version": 1, "patientId": null })).await;
    assert_eq!((linked.status.as_u16(), linked.code()), (403, "case.patient_hidden"));
    caller.patch(&path, &json!({ "version": 1, "fields": { "notes": "x" } })).await.expect(200);
    assert_eq!(owner.get(&path).await.expect(200)["patientId"], ana["id"], "it is still who it was");
}

#[tokio::test]
async fn the_same_request_enters_one_case() {
    let (_server, owner) = start().await;
    let about = workflow(&owner, "prior_auth", &prior_auth()).await;
    let new = json!({ "callWorkflowId": about["id"], "fields": { "patient_name": "Ana" } });
    let key = uuid::Uuid::now_v7().to_string();
    let send = async || {
        let request = owner.request(Method::POST, "/api/v1/cases").header("idempotency-key", &key);
        Person::send(request.json(&new)).await.expect(201)
    };
    assert_eq!(send().await, send().await);
    assert_eq!(names(&owner, &about, json!({})).await, ["Ana"]);
}

/// What a reader of the fields' description would say of a value: is it kept, and as what.
fn oracle(kind: &str, value: &Value) -> Option<Value> {
    let text = value.as_str().map(str::trim);
    match (kind, value, text) {
        ("number", Value::Number(_), _) | ("boolean", Value::Bool(_), _) => Some(value.clone()),
        ("string", _, Some(text)) => {
            (text.chars().count() <= 200 && !text.contains(char::is_control)).then(|| text.into())
        }
        ("text", _, Some(text)) => (text.chars().count() <= 4000).then(|| text.into()),
        ("date", _, Some("2026-05-01" | "1985-03-12")) => Some(text.into()),
        ("select", _, Some("open" | "approved")) => Some(text.into()),
        ("phone", _, Some("050 123 4567" | "+966501234567")) => Some("+966501234567".into()),
        _ => None,
    }
}

#[tokio::test]
async fn any_values_are_kept_or_refused_as_their_fields_say() {
    let (_server, owner) = start().await;
    let about = workflow(&owner, "prior_auth", &prior_auth()).await;
    let kinds = [
        ("patient_name", "string"),
        ("phone", "phone"),
        ("born", "date"),
        ("visits", "number"),
        ("urgent", "boolean"),
        ("status", "select"),
        ("notes", "text"),
    ];
    let values = prop::sample::select(vec![
        json!("Ana"),
        json!(" x "),
        json!(""),
        Value::Null,
        json!(true),
        json!(7),
        json!(-1.5),
        json!("2026-05-01"),
        json!("2026-02-30"),
        json!("1985-03-12"),
        json!("open"),
        json!("approved"),
        json!("a\nb"),
        json!("x".repeat(201)),
        json!("050 123 4567"),
        json!("+966501234567"),
        json!("12"),
        json!(["a"]),
        json!({ "a": 1 }),
    ]);
    let cases = prop::collection::btree_map(prop::sample::select(kinds.to_vec()), values, 0..5);
    let (mut runner, mut kept, mut refused) = (TestRunner::deterministic(), 0, 0);
    for _ in 0..400 {
        let given = cases.new_tree(&mut runner).expect("values").current();
        let says_nothing = |value: &Value| value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty());
        let told = given.iter().filter(|(_, value)| !says_nothing(value));
        let right: Vec<_> = told.map(|((key, kind), value)| (*key, oracle(kind, value))).collect();
        let mut wrong: Vec<String> =
            right.iter().filter(|(_, value)| value.is_none()).map(|(key, _)| format!("/fields/{key}")).collect();
        let mut expected = serde_json::Map::from_iter(
            right.iter().filter_map(|(key, value)| Some(((*key).to_owned(), value.clone()?))),
        );
        if !given.contains_key(&("status", "select")) {
            expected.insert("status".to_owned(), json!("open"));
        }
        if !right.iter().any(|(key, _)| *key == "patient_name") {
            wrong.push("/fields/patient_name".to_owned());
        }
        let fields: serde_json::Map<_, _> =
            given.iter().map(|((key, _), value)| ((*key).to_owned(), value.clone())).collect();
        let answer = owner.post("/api/v1/cases", &json!({ "callWorkflowId": about["id"], "fields": fields })).await;
        if wrong.is_empty() {
            assert_eq!(answer.expect(201)["fields"], Value::Object(expected), "{fields:?}");
            kept += 1;
        } else {
            let mut faults: Vec<String> =
                answer.faults().iter().filter_map(|it| it.split(' ').next().map(str::to_owned)).collect();
            faults.sort();
            wrong.sort();
            assert_eq!(faults, wrong, "{fields:?}");
            refused += 1;
        }
    }
    assert!(kept >= 10 && refused >= 40, "both happened: {kept} {refused}");
}

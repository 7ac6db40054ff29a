//! Files with cases: what becomes of their rows, and that what goes out comes in again.

use platform::testing::{Answer, Person, TestServer};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use reqwest::Method;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::testing::{case, field, path, prior_auth, start, workflow};

async fn give(person: &Person, about: &Value, file: impl Into<Vec<u8>>) -> Answer {
    let address = format!("/api/v1/case-imports?callWorkflowId={}", about["id"].as_str().expect("an id"));
    let request = person.request(Method::POST, &address).header("idempotency-key", Uuid::now_v7().to_string());
    Person::send(request.body(file.into())).await
}

async fn run(server: &TestServer, person: &Person, import: &Value) -> Value {
    let path = path("case-imports", import);
    person.post(&format!("{path}/run"), &json!({ "version": import["version"] })).await.expect(200);
    server.settle().await;
    person.get(&path).await.expect(200)
}

async fn rows(person: &Person, import: &Value) -> Vec<(Value, Value, Vec<String>)> {
    let page = person.get(&format!("{}/rows?limit=200", path("case-imports", import))).await.expect(200);
    let fault = |fault: &Value| format!("{} {}", fault["field"], fault["code"]).replace('"', "");
    let row = |row: &Value| {
        let faults = row["faults"].as_array().expect("faults").iter().map(fault).collect();
        (row["number"].clone(), row["outcome"].clone(), faults)
    };
    page["items"].as_array().expect("items").iter().map(row).collect()
}

async fn exported(person: &Person, about: &Value, more: &Value) -> String {
    let mut body = json!({ "callWorkflowId": about["id"] });
    for (key, value) in more.as_object().into_iter().flatten() {
        body[key] = value.clone();
    }
    let request = person.request(Method::POST, "/api/v1/cases/export").json(&body);
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    answer.text().await.expect("a text")
}

#[tokio::test]
async fn a_file_is_judged_and_what_is_right_of_it_is_entered() {
    let (server, owner) = start().await;
    let mut fields = prior_auth();
    fields[0]["label"] = json!({ "en": "Patient name", "ar": "اسم المريض" });
    let about = workflow(&owner, "prior_auth", &fields).await;
    case(&owner, &about, json!({ "patient_name": "Huda" })).await;
    let file = "اسم المريض;Member ID;phone;BORN;visits;urgent;status;colour\n\
                Ana Diaz;47291;050 123 4567;12/03/1985;٣;نعم;approved;red\n\
                Huda;;;;;;;\n\
                ;;;;;;;x\n\
                Ana Diaz;;;;;;;\n\
                Ali;;12;1985;many;maybe;shut;\n\
                Reem;'+1;'+966501234568;;1,5;no;Open;\n\
                Zaid;;;;;;;;more\n";
    let import = give(&owner, &about, file).await.expect(201);
    let column = |column: &Value| column["field"].as_str().unwrap_or("-").to_owned();
    let columns: Vec<String> = import["columns"].as_array().expect("columns").iter().map(column).collect();
    assert_eq!(columns, ["patient_name", "member_id", "phone", "born", "visits", "urgent", "status", "-"]);
    assert_eq!((&import["rows"], &import["state"]), (&json!(7), &json!("checked")));
    assert_eq!(import["outcomes"], json!({ "create": 2, "duplicate": 2, "fault": 3 }));
    let expected: [(i32, &str, &[&str]); 7] = [
        (2, "create", &[]),
        (3, "duplicate", &[]),
        (4, "fault", &["patient_name required"]),
        (5, "duplicate", &[]),
        (
            6,
            "fault",
            &["born invalid_date", "visits invalid_number", "urgent invalid_answer", "status choice", "phone format"],
        ),
        (7, "create", &[]),
        (8, "fault", &[" too_many_cells"]),
    ];
    for (found, (number, outcome, faults)) in rows(&owner, &import).await.into_iter().zip(expected) {
        let faults = faults.iter().map(|fault| (*fault).to_owned()).collect::<Vec<_>>();
        assert_eq!(found, (json!(number), json!(outcome), faults));
    }
    let list = json!({ "callWorkflowId": about["id"], "sort": "fields.patient_name" });
    let before = owner.post("/api/v1/cases/query", &list).await.expect(200);
    assert_eq!(before["items"].as_array().expect("items").len(), 1, "nothing is entered yet");

    let entered = run(&server, &owner, &import).await;
    assert_eq!((&entered["state"], &entered["job"]["state"]), (&json!("entered"), &json!("done")));
    assert_eq!(entered["outcomes"], json!({ "created": 2, "duplicate": 2, "fault": 3 }));
    let after = owner.post("/api/v1/cases/query", &list).await.expect(200);
    let ana = &after["items"][0];
    let kept = json!({ "patient_name": "Ana Diaz", "phone": "+966501234567", "born": "1985-03-12", "visits": 3,
                       "urgent": true, "status": "approved" });
    assert_eq!((&ana["fields"], &ana["sensitiveKeys"]), (&kept, &json!(["member_id"])));
    let reem = owner.get(&format!("{}?sensitive=true", path("cases", &after["items"][2]))).await.expect(200);
    let kept = json!({ "patient_name": "Reem", "member_id": "+1", "phone": "+966501234568", "visits": 1.5, "urgent": false,
                       "status": "open" });
    assert_eq!(reem["fields"], kept);
    let again =
        owner.post(&format!("{}/run", path("case-imports", &import)), &json!({ "version": entered["version"] })).await;
    assert_eq!((again.status.as_u16(), again.code()), (409, "case_import.begun"));
}

#[tokio::test]
async fn columns_are_matched_by_hand_where_they_are_not_known() {
    let (server, owner) = start().await;
    let about = workflow(&owner, "prior_auth", &prior_auth()).await;
    let import = give(&owner, &about, "who,day\nAna,03/12/1985\n").await.expect(201);
    assert_eq!(import["outcomes"], json!({ "fault": 1 }));
    let path = path("case-imports", &import);
    let change = |columns: Value| json!({ "version": 1, "columns": columns, "dates": "mdy" });
    for (columns, fault) in [
        (json!(["patient_name"]), "/columns length"),
        (json!(["patient_name", "patient_name"]), "/columns/1 duplicate"),
        (json!(["patient_name", "nothing"]), "/columns/1 unknown"),
    ] {
        assert_eq!(owner.patch(&path, &change(columns)).await.faults(), [fault]);
    }
    let matched = owner.patch(&path, &change(json!(["patient_name", "born"]))).await.expect(200);
    assert_eq!((&matched["outcomes"], &matched["version"]), (&json!({ "create": 1 }), &json!(2)));
    run(&server, &owner, &matched).await;
    let file = exported(&owner, &about, &json!({})).await;
    assert!(file.contains("1985-03-12"), "{file}");
    assert_eq!(owner.patch(&path, &json!({ "version": 4, "dates": "dmy" })).await.code(), "case_import.begun");
    let nothing = give(&owner, &json!({ "id": Uuid::now_v7() }), "a\nb\n").await;
    assert_eq!(nothing.faults(), ["?callWorkflowId not_found"]);
    assert_eq!(give(&owner, &about, "{\"resourceType\":\"Patient\"}").await.code(), "import.unknown_format");
}

#[tokio::test]
async fn what_goes_out_is_chosen_guarded_and_noted() {
    let (server, owner) = start().await;
    let about = workflow(&owner, "prior_auth", &prior_auth()).await;
    let fields = json!({ "patient_name": "=cmd|'/C calc'!A0", "member_id": "47291", "phone": "0501234567" });
    case(&owner, &about, fields).await;
    case(&owner, &about, json!({ "patient_name": "Ali", "status": "approved" })).await;
    let headings = "\u{feff}at,born,notes,patient_name,status,urgent,visits,phone,callStatus,calls,lastCallAt\r\n";
    let filter = json!({ "filter": { "field": "fields.status", "op": "eq", "value": "open" } });
    let file = exported(&owner, &about, &filter).await;
    assert_eq!(file, format!("{headings},,,'=cmd|'/C calc'!A0,open,,,'+966501234567,not_started,0,\r\n"));
    let whole = exported(&owner, &about, &json!({ "sensitive": true, "sort": "fields.patient_name" })).await;
    let lines: Vec<&str> = whole.lines().collect();
    assert_eq!((lines.len(), lines[0].contains("member_id"), lines[1].contains("47291")), (3, true, true));
    let looks: Vec<String> = sqlx::query_scalar(
        "select resource_type || ' ' || action || ' ' || coalesce(jsonb_array_length(detail -> 'ids')::text, '') from audit.entry
          where action in ('export', 'read') order by id",
    )
    .fetch_all(&mut server.database.conn().await)
    .await
    .expect("looks");
    assert_eq!(looks, ["case export ", "case read 1", "case export ", "case_sensitive read 2"]);
    let desk = server.colleague_of(&owner, "receptionist").await;
    assert_eq!(desk.post("/api/v1/cases/export", &json!({ "callWorkflowId": about["id"] })).await.status, 403);
}

/// Any values of any fields, as a person may have entered them.
fn any_values() -> impl Strategy<Value = Map<String, Value>> {
    let text = prop::sample::select(vec![
        "Ana",
        "-",
        "--",
        "'",
        "'=1",
        "=1+1",
        "+966",
        "@x",
        "a,b;c|d",
        "\"quoted\" 'text'",
        "محمد\u{200f}",
        "x\u{301}",
        "1e5",
        "نعم",
        "\u{feff}a",
    ]);
    let long = prop::sample::select(vec!["two\nlines", "a\ttab", "- item\n- item", "=1\n\"2\"", "\u{2028}x"]);
    let day =
        (1_i64..200_000).prop_map(|day| jiff::Timestamp::from_second(day * 40_003).expect("an instant").to_string());
    let number =
        prop_oneof![any::<i32>().prop_map(Value::from), (-1e12..1e12).prop_map(|n: f64| Value::from(n / 1024.0))];
    let some = |strategy: BoxedStrategy<Value>| prop::option::of(strategy);
    (
        text.clone().prop_map(Value::from),
        some(text.prop_map(Value::from).boxed()),
        some(long.prop_map(Value::from).boxed()),
        some(number.boxed()),
        some(day.clone().prop_map(|at| Value::from(&at[..10])).boxed()),
        some(day.prop_map(Value::from).boxed()),
        some(any::<bool>().prop_map(Value::from).boxed()),
        some(prop::sample::select(vec![Value::from("open"), Value::from("approved")]).boxed()),
    )
        .prop_map(|(name, member, notes, visits, born, at, urgent, status)| {
            let given = [
                ("member_id", member),
                ("notes", notes),
                ("visits", visits),
                ("born", born),
                ("at", at),
                ("urgent", urgent),
            ];
            let mut values =
                Map::from_iter(given.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))));
            values.insert("patient_name".to_owned(), name);
            values.insert("status".to_owned(), status.unwrap_or(Value::Null));
            values
        })
}

#[tokio::test]
async fn what_goes_out_comes_in_again_as_it_was() {
    let (server, owner) = start().await;
    // nothing is required, so that no row is a duplicate
    let mut fields = prior_auth();
    fields[0]["required"] = json!(false);
    let (from, to) = (workflow(&owner, "from", &fields).await, workflow(&owner, "to", &fields).await);
    let (mut runner, strategy) = (TestRunner::deterministic(), any_values());
    for _ in 0..60 {
        case(&owner, &from, Value::Object(strategy.new_tree(&mut runner).expect("values").current())).await;
    }
    let whole = json!({ "sensitive": true });
    let file = exported(&owner, &from, &whole).await;
    let import = give(&owner, &to, file.clone()).await.expect(201);
    assert_eq!(import["outcomes"], json!({ "create": 60 }), "{:?}", rows(&owner, &import).await);
    run(&server, &owner, &import).await;
    let sorted = |file: &str| {
        let mut reader = csv::Reader::from_reader(file.as_bytes());
        let mut rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
        rows.sort_by(|a, b| a.iter().cmp(b.iter()));
        rows
    };
    assert_eq!(sorted(&exported(&owner, &to, &whole).await), sorted(&file));
}

#[tokio::test]
async fn a_full_file_is_judged_and_entered_within_the_time_of_a_request() {
    let (server, owner) = start().await;
    let about =
        workflow(&owner, "prior_auth", &json!([field("patient_name", "string", &json!({ "required": true }))])).await;
    let mut file = "patient_name\n".to_owned();
    for n in 0..20_001 {
        file.push_str(&format!("Patient {n}\n"));
    }
    assert_eq!(give(&owner, &about, file.clone()).await.code(), "import.too_many_rows");
    let file = file.trim_end().rsplit_once('\n').expect("lines").0.to_owned();
    let import = give(&owner, &about, file).await.expect(201);
    assert_eq!(import["outcomes"], json!({ "create": 20_000 }));
    let entered = run(&server, &owner, &import).await;
    assert_eq!(entered["outcomes"], json!({ "created": 20_000 }));
    crate::case::plans::look(&server, &owner, &about).await;
}

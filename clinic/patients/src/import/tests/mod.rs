//! Imports as somebody does them who comes from another system.

mod bad;
mod real;

use platform::testing::{Answer, Person, TestServer};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::testing::{enter, id, start};

/// Gives a file.
async fn give(person: &Person, file: impl Into<Vec<u8>>, how: &str) -> Answer {
    let request = person.request(Method::POST, &format!("/api/v1/imports{how}"));
    let request = request.header("idempotency-key", Uuid::now_v7().to_string()).header("x-file-name", "%D9%85.csv");
    Person::send(request.header("content-type", "text/csv").body(file.into())).await
}

/// Does a step, and waits for its end.
async fn step(server: &TestServer, person: &Person, import: &Value, step: &str) -> Value {
    let path = format!("/api/v1/imports/{}", id(import));
    let now = person.get(&path).await.expect(200);
    person.post(&format!("{path}/{step}"), &json!({ "version": now["version"] })).await.expect(200);
    server.settle().await;
    person.get(&path).await.expect(200)
}

/// Gives a file, checks and runs it.
async fn import(server: &TestServer, person: &Person, file: impl Into<Vec<u8>>) -> Value {
    let made = give(person, file, "").await.expect(201);
    step(server, person, &made, "check").await;
    step(server, person, &made, "run").await
}

async fn rows(person: &Person, import: &Value, outcome: &str) -> Vec<Value> {
    let path = format!("/api/v1/imports/{}/rows?limit=200&outcome={outcome}", id(import));
    person.get(&path).await.expect(200)["items"].as_array().expect("rows").clone()
}

/// Notes of the rows of an outcome: `row field code`.
async fn notes(person: &Person, import: &Value, outcome: &str) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let told = |row: &Value| {
        let note = |note: &Value| format!("{} {} {}", row["number"], text(&note["field"]), text(&note["code"]));
        row["notes"].as_array().expect("notes").iter().map(note).collect::<Vec<_>>()
    };
    rows(person, import, outcome).await.iter().flat_map(told).collect()
}

async fn patients(person: &Person) -> Vec<Value> {
    let query = json!({ "limit": 200, "sort": "number" });
    person.post("/api/v1/patients/query", &query).await.expect(200)["items"].as_array().expect("items").clone()
}

async fn record(person: &Person, patient: &Value) -> Value {
    person.get(&format!("/api/v1/patients/{}", id(patient))).await.expect(200)
}

const CLINIC: &str = "\
File no;First name;الاسم الأخير;Date of birth;Gender;Mobile;E-mail;City;Street;Nationality;Allergies
1001;Sara;القحطاني;28/02/1990;F;050 123 4567;sara@clinic.example;Riyadh;Olaya St;Saudi;Penicillin; Nuts
1002;Omar;Al-Otaibi;1985-12-03;male;+966551112222;;;;سعودي;
1003;;Nobody;01/01/1980;m;;;;;;
1004;Reem;Ali;31/02/1990;f;;;;;;
1005;Ali;Hassan;;m;12;not an address;Jeddah;;Atlantis;
1001;Sara;القحطاني;28/02/1990;F;050 123 4567;;;;;
";

#[tokio::test]
async fn a_file_from_beginning_to_end() {
    let (server, owner) = start().await;
    let file = CLINIC.replace("Penicillin; Nuts", "\"! Penicillin; Nuts\"").replace("الاسم الأخير", "Surname");
    let made = give(&owner, file.clone(), "").await.expect(201);
    assert_eq!((&made["format"], &made["delimiter"], &made["encoding"]), (&json!("csv"), &json!(";"), &json!("utf-8")));
    assert_eq!((&made["files"], &made["rows"], &made["dates"]), (&json!(["م.csv"]), &json!(6), &json!("dmy")));
    let fields: Vec<&str> = made["columns"]
        .as_array()
        .expect("columns")
        .iter()
        .map(|column| column["field"].as_str().unwrap_or("-"))
        .collect();
    let expected = [
        "externalId",
        "givenName",
        "familyName",
        "birthDate",
        "sex",
        "phone",
        "email",
        "city",
        "addressLine1",
        "nationality",
        "allergies",
    ];
    assert_eq!(fields, expected);

    let checked = step(&server, &owner, &made, "check").await;
    assert_eq!((&checked["state"], &checked["task"]), (&json!("checked"), &Value::Null));
    assert_eq!(checked["outcomes"], json!({ "create": 3, "fault": 2, "skip": 1 }));
    assert_eq!(notes(&owner, &made, "fault").await, ["4 givenName required", "5 birthDate invalid_date"]);
    let expected = [
        "6 phone invalid_phone",
        "6 email invalid_email",
        "6 nationality invalid_country",
        "6 city incomplete_address",
    ];
    assert_eq!(notes(&owner, &made, "create").await, expected);
    assert_eq!(rows(&owner, &made, "skip").await[0]["like"], json!({ "rule": "origin", "patientId": null, "row": 2 }));
    assert_eq!(patients(&owner).await.len(), 0, "a dry run enters nobody");

    let run = step(&server, &owner, &made, "run").await;
    assert_eq!((&run["state"], &run["job"]["state"]), (&json!("entered"), &json!("done")));
    assert_eq!(run["outcomes"], json!({ "created": 3, "fault": 2, "skipped": 1 }));
    let entered = patients(&owner).await;
    assert_eq!(entered.iter().map(|patient| &patient["givenName"]).collect::<Vec<_>>(), ["Sara", "Omar", "Ali"]);
    let sara = record(&owner, &entered[0]).await;
    let alert = |text: &str, severe| json!({ "kind": "allergy", "text": text, "severe": severe });
    assert_eq!(
        (&sara["birthDate"], &sara["sex"], &sara["nationality"], &sara["alerts"]),
        (
            &json!("1990-02-28"),
            &json!("female"),
            &json!("SA"),
            &json!([alert("Penicillin", true), alert("Nuts", false)])
        )
    );
    assert_eq!(sara["phones"], json!([{ "number": "+966501234567", "kind": "mobile", "preferred": false }]));
    assert_eq!((&sara["address"]["line1"], &sara["address"]["country"]), (&json!("Olaya St"), &json!("SA")));
    let ali = record(&owner, &entered[2]).await;
    assert_eq!(ali["notes"], "nationality: Atlantis\nphone: 12\nemail: not an address\naddress: Jeddah");
    let told = owner.get(&format!("/api/v1/patients/{}/timeline", id(&sara))).await.expect(200);
    assert_eq!(told["items"][0]["kind"], "patient.created");
    let found = owner.post("/api/v1/patients/search", &json!({ "q": "otaibi" })).await.expect(200);
    assert_eq!(found["items"][0]["givenName"], "Omar");

    let again = import(&server, &owner, file).await;
    assert_eq!(again["outcomes"]["skipped"], json!(4), "the same file enters nobody: {}", again["outcomes"]);
    assert_eq!(patients(&owner).await.len(), 3);
}

#[tokio::test]
async fn the_whole_is_taken_back_but_who_was_changed_since() {
    let (server, owner) = start().await;
    let file = "givenName,familyName,birthDate\nSara,Ali,1990-01-01\nOmar,Ali,1990-01-02\nReem,Ali,1990-01-03\n";
    let made = import(&server, &owner, file).await;
    let all = patients(&owner).await;
    let path = format!("/api/v1/patients/{}", id(&all[0]));
    owner.patch(&path, &json!({ "version": 1, "leadSource": "Web" })).await.expect(200);
    server.clock.advance(jiff::SignedDuration::from_secs(60));
    let note = json!({ "text": "Called" });
    owner.post(&format!("/api/v1/patients/{}/notes", id(&all[1])), &note).await.expect(201);
    let undone = step(&server, &owner, &made, "undo").await;
    assert_eq!((&undone["state"], &undone["outcomes"]), (&json!("undone"), &json!({ "kept": 2, "undone": 1 })));
    let left = patients(&owner).await;
    assert_eq!(left.iter().map(|patient| &patient["givenName"]).collect::<Vec<_>>(), ["Sara", "Omar"]);
    // who was taken back is entered by the next import of the same file
    let again = import(&server, &owner, file).await;
    assert_eq!(again["outcomes"], json!({ "created": 1, "skipped": 2 }));
}

#[tokio::test]
async fn duplicates_are_left_out_entered_or_put_together_as_one_says() {
    let (server, owner) = start().await;
    let known = json!({ "givenName": "Sara", "familyName": "Ali", "nationalId": "1098765432", "birthDate": "1990-01-01",
                        "phones": [{ "number": "0501234567" }], "leadSource": "Web", "notes": "old" });
    let known = enter(&owner, &known).await;
    let file = "first name,last name,national id,dob,phone,city,address,notes\n\
                Sarah,Aly,10 9876 5432,1990-01-01,0559876543,Riyadh,Olaya,\n\
                SARA,ALI,,1990-01-01,,,,\n\
                Sara,Ali,,,050 123 4567,,,\n\
                Sara,Ali,,1991-05-05,050 123 4567,,,\n\
                Sara,Ali,2222222222,1990-01-01,,,,\n";
    let made = give(&owner, file, "").await.expect(201);
    step(&server, &owner, &made, "check").await;
    let rules = |rows: Vec<Value>| rows.iter().map(|row| row["like"]["rule"].clone()).collect::<Vec<_>>();
    let skipped = rows(&owner, &made, "skip").await;
    assert_eq!(rules(skipped.clone()), ["nationalId", "nameAndBirthDate", "nameAndPhone"]);
    assert!(skipped.iter().all(|row| row["like"]["patientId"] == known["id"]), "{skipped:?}");
    assert_eq!(rows(&owner, &made, "create").await.len(), 2, "another birthday, and another national id");

    let path = format!("/api/v1/imports/{}", id(&made));
    let change = async |duplicates: &str| {
        let now = owner.get(&path).await.expect(200);
        let change = json!({ "version": now["version"], "duplicates": duplicates });
        owner.patch(&path, &change).await.expect(200)
    };
    assert_eq!(change("create").await["state"], "open");
    assert_eq!(step(&server, &owner, &made, "check").await["outcomes"], json!({ "create": 5 }));
    change("update").await;
    assert_eq!(step(&server, &owner, &made, "check").await["outcomes"], json!({ "create": 2, "skip": 2, "update": 1 }));
    let run = step(&server, &owner, &made, "run").await;
    assert_eq!(run["outcomes"], json!({ "created": 2, "skipped": 2, "updated": 1 }));
    let now = record(&owner, &known).await;
    assert_eq!((&now["givenName"], &now["leadSource"], &now["notes"]), (&json!("Sarah"), &json!("Web"), &json!("old")));
    assert_eq!((now["phones"].as_array().map(Vec::len), &now["address"]["city"]), (Some(2), &json!("Riyadh")));
    let undone = step(&server, &owner, &made, "undo").await;
    assert_eq!(undone["outcomes"], json!({ "skipped": 2, "undone": 3 }));
    let mut back = record(&owner, &known).await;
    back["version"] = known["version"].clone();
    back["updatedAt"] = known["updatedAt"].clone();
    assert_eq!(back, known);
}

#[tokio::test]
async fn a_run_follows_a_dry_run_and_one_step_is_taken_at_a_time() {
    let (server, owner) = start().await;
    let made = give(&owner, "first name,x\nSara,1\n", "").await.expect(201);
    let path = format!("/api/v1/imports/{}", id(&made));
    let ask = async |step: &str, version: i32| {
        let answer = owner.post(&format!("{path}/{step}"), &json!({ "version": version })).await;
        (answer.status.as_u16(), answer.code().to_owned())
    };
    let refused = |code: &str| (409, code.to_owned());
    assert_eq!(ask("run", 1).await, refused("import.unchecked"));
    assert_eq!(ask("undo", 1).await, refused("import.not_entered"));
    assert_eq!(ask("check", 7).await, refused("version.stale"));
    assert_eq!(ask("check", 1).await.0, 200);
    assert_eq!(ask("check", 2).await, refused("import.busy"));
    assert_eq!(owner.patch(&path, &json!({ "version": 2, "dates": "mdy" })).await.code(), "import.busy");
    let cancelled = owner.post(&format!("{path}/cancel"), &json!({})).await.expect(200);
    assert_eq!((&cancelled["task"], &cancelled["job"]["state"]), (&json!("check"), &json!("cancelled")));
    server.settle().await;
    assert_eq!(step(&server, &owner, &made, "check").await["state"], "checked");
    let changed = owner.patch(&path, &json!({ "version": 4, "columns": [null, "givenName"] })).await.expect(200);
    assert_eq!(changed["state"], "open");
    assert_eq!(ask("run", 5).await, refused("import.unchecked"));
    step(&server, &owner, &made, "check").await;
    let run = step(&server, &owner, &made, "run").await;
    assert_eq!(run["outcomes"], json!({ "created": 1 }));
    assert_eq!(patients(&owner).await[0]["givenName"], "1");
    let version = i32::try_from(run["version"].as_i64().expect("a version")).expect("small");
    assert_eq!(ask("check", version).await, refused("import.begun"));
    let columns = json!({ "version": version, "columns": ["givenName", null] });
    assert_eq!(owner.patch(&path, &columns).await.code(), "import.begun");
    assert_eq!(ask("delete", version).await.0, 200);
    assert_eq!(owner.get(&path).await.status, 404);
    assert_eq!(patients(&owner).await.len(), 1);
}

/// A run that stops keeps what it has entered; running again goes on behind that.
#[tokio::test]
async fn a_run_that_was_stopped_goes_on() {
    let (server, owner) = start().await;
    let line = |i: usize| format!("P{i},Ali,{}-01-01\n", 1900 + i);
    let file = "first,last,birth date\n".to_owned() + &(0..120).map(line).collect::<String>();
    let made = give(&owner, file, "").await.expect(201);
    step(&server, &owner, &made, "check").await;
    // as if the process had died behind the first hundred rows
    let import: crate::import::ImportId = serde_json::from_value(made["id"].clone()).expect("an id");
    let caller = platform::db::Caller::system(platform::id::PracticeId(owner.practice()));
    let work = crate::import::work::Work { import, task: crate::import::ImportTask::Run, by: None };
    let first = crate::import::work::Hears::Stops(100);
    let stopped = crate::import::work::go(server.app.clone(), caller, work, first).await;
    assert_eq!(stopped.expect_err("stops").code(), "job.cancelled");
    assert_eq!(patients(&owner).await.len(), 100);
    let run = step(&server, &owner, &made, "run").await;
    assert_eq!(run["outcomes"], json!({ "created": 120 }));
    assert_eq!(patients(&owner).await.len(), 120);
}

/// Whoever has the database and not the key reads nothing of a file.
#[tokio::test]
async fn a_file_lies_sealed_and_goes_after_its_days() {
    let (server, owner) = start().await;
    let file = "first name,Mother Huda,national id,dob\nSarasecret,Xavier,1098765432,1990-13-45\n";
    let made = give(&owner, file, "").await.expect(201);
    step(&server, &owner, &made, "check").await;
    assert_eq!(rows(&owner, &made, "fault").await[0]["cells"][0], "Sarasecret");
    let mut conn = server.database.conn().await;
    for table in ["patients.import", "patients.import_row", "jobs.job", "audit.entry", "outbox.event"] {
        let sql = format!(
            "select coalesce(string_agg(encode(convert_to(t::text, 'UTF8'), 'escape'), ' '), '') from {table} t"
        );
        let all: String = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&mut conn).await.expect("a text");
        for value in ["Sarasecret", "Huda", "Xavier", "1098765432", "1990-13-45"] {
            assert!(!all.contains(value), "{table} shows {value}");
        }
    }
    let mut kept = async || {
        (crate::import::SWEEP.run)(server.app.clone()).await.expect("sweeps");
        let sql = "select (select count(*) from patients.import) + (select count(*) from patients.import_row)";
        sqlx::query_scalar::<_, i64>(sql).fetch_one(&mut conn).await.expect("a count")
    };
    assert_eq!(kept().await, 2);
    server.clock.advance(jiff::SignedDuration::from_hours(24 * 31));
    assert_eq!(kept().await, 0);
}

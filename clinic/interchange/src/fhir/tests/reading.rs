//! Reading by address.

use platform::testing::Person;
use reqwest::Method;
use serde_json::{Value, json};

use super::get;
use crate::testing::{enter, id, start, whole};

#[tokio::test]
async fn a_patient_with_its_version() {
    let (server, owner) = start().await;
    let made = whole(&owner).await;
    let answer = get(&owner, &format!("Patient/{}", id(&made))).await;
    let header = |name: &str| answer.headers[name].to_str().expect("text").to_owned();
    assert_eq!(header("content-type"), "application/fhir+json; fhirVersion=4.0");
    assert_eq!((header("etag"), header("cache-control")), ("W/\"1\"".to_owned(), "no-store".to_owned()));
    assert!(header("last-modified").ends_with(" GMT"), "{}", header("last-modified"));
    let patient = answer.expect(200);
    let practice = owner.practice();
    assert_eq!(patient["identifier"][0]["value"], json!("1"));
    assert_eq!(patient["identifier"][0]["system"], json!(format!("urn:vantage:practice:{practice}:patient-number")));
    assert_eq!((&patient["identifier"][1]["value"], &patient["active"]), (&json!("1098765432"), &json!(true)));
    assert_eq!(patient["name"][0]["family"], json!("القحطاني"));
    assert_eq!(patient["name"][1]["extension"][0]["valueCode"], json!("und-Latn"));
    assert_eq!(
        patient["telecom"][0],
        json!({ "system": "phone", "value": "+966501234567", "use": "mobile", "rank": 1 })
    );
    assert_eq!(
        (&patient["meta"]["tag"][0]["display"], &patient["meta"]["lastUpdated"]),
        (&json!("VIP"), &made["updatedAt"])
    );
    assert_eq!(patient["managingOrganization"]["reference"], json!(format!("Organization/{practice}")));
    let sql =
        "select count(*) from audit.entry where action = 'read' and resource_type = 'patient' and patient_id = $1";
    let patient: uuid::Uuid = serde_json::from_value(made["id"].clone()).expect("an id");
    let mut conn = server.database.conn().await;
    let seen: i64 = sqlx::query_scalar(sql).bind(patient).fetch_one(&mut conn).await.expect("a count");
    assert_eq!(seen, 2, "by the product, and by FHIR");
}

#[tokio::test]
async fn who_is_not_there_any_more() {
    let (_server, owner) = start().await;
    let [kept, other, gone] = ["Huda", "Hoda", "Reem"].map(|name| json!({ "givenName": name, "status": "deceased" }));
    let (kept, other, gone) = (enter(&owner, &kept).await, enter(&owner, &other).await, enter(&owner, &gone).await);
    let policy = json!({ "payer": "Bupa", "memberId": "1" });
    let policy = owner.post(&format!("/api/v1/patients/{}/policies", id(&gone)), &policy).await.expect(201);
    let merge = json!({ "version": 1, "other": other["id"], "otherVersion": 1 });
    owner.post(&format!("/api/v1/patients/{}/merge", id(&kept)), &merge).await.expect(201);
    owner.post(&format!("/api/v1/patients/{}/delete", id(&gone)), &json!({ "version": 1 })).await.expect(200);

    let merged = get(&owner, &format!("Patient/{}", id(&other))).await.expect(200);
    assert_eq!((&merged["active"], &merged["deceasedBoolean"]), (&json!(false), &json!(true)));
    let replaced = json!([{ "other": { "reference": format!("Patient/{}", id(&kept)) }, "type": "replaced-by" }]);
    assert_eq!(merged["link"], replaced);
    for path in [
        format!("Patient/{}", id(&gone)),
        format!("Patient/{}/$everything", id(&gone)),
        format!("Coverage/{}", id(&policy)),
    ] {
        let answer = get(&owner, &path).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (410, "resource.deleted"), "{path}");
        assert_eq!(answer.body["issue"][0]["code"], json!("deleted"));
    }
    let all = get(&owner, "Patient").await.expect(200);
    assert_eq!((super::names(&all), &all["total"]), (vec!["Huda"], &json!(1)));
    assert_eq!(get(&owner, "Coverage").await.expect(200)["total"], json!(0));
}

#[tokio::test]
async fn errors_are_outcomes() {
    let (server, owner) = start().await;
    let staff = server.colleague_of(&owner, "accountant").await;
    let nobody = server.stranger();
    let missing = format!("Patient/{}", uuid::Uuid::now_v7());
    for (person, method, path, status, code, kind) in [
        (&nobody, Method::GET, "Patient", 401, "auth.required", "login"),
        (&staff, Method::GET, "Patient?name=sara", 403, "auth.forbidden", "forbidden"),
        (&owner, Method::GET, &*missing, 404, "not_found", "not-found"),
        (&owner, Method::GET, "Patient/x", 404, "not_found", "not-found"),
        (&owner, Method::GET, "Nothing", 404, "not_found", "not-found"),
        (&owner, Method::PUT, "Patient", 405, "method_not_allowed", "not-supported"),
        (&owner, Method::GET, "Patient?_format=xml", 406, "format.not_acceptable", "not-supported"),
        (&owner, Method::GET, "metadata?_format=xml", 406, "format.not_acceptable", "not-supported"),
    ] {
        let answer = Person::send(person.request(method, &format!("/fhir/R4/{path}"))).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (status, code), "{path}");
        assert_eq!(answer.headers["content-type"], "application/fhir+json; fhirVersion=4.0", "{path}");
        let issue = &answer.body["issue"][0];
        assert_eq!((&issue["severity"], &issue["code"]), (&json!("error"), &json!(kind)), "{path}");
        assert_eq!(answer.body["resourceType"], json!("OperationOutcome"));
    }
    let problem = owner.get(&format!("/api/v1/patients/{}", uuid::Uuid::now_v7())).await;
    assert_eq!(problem.headers["content-type"], "application/problem+json");
}

#[tokio::test]
async fn programs_come_with_their_keys() {
    let (server, owner) = start().await;
    let made = enter(&owner, &json!({ "givenName": "Sara" })).await;
    let in_a_day = server.clock.now() + jiff::SignedDuration::from_hours(24);
    let key = async |scope: &str| {
        let key = json!({ "name": scope, "scopes": [scope], "expiresAt": in_a_day });
        let key = owner.post("/api/v1/api-keys", &key).await.expect(201);
        let mut program = server.stranger();
        program.token = key["key"].as_str().map(str::to_owned);
        program
    };
    let (reader, other) = (key("patients.read").await, key("services.read").await);
    let path = format!("Patient/{}", id(&made));
    assert_eq!(get(&reader, &path).await.expect(200)["name"][0]["given"], json!(["Sara"]));
    assert_eq!(get(&reader, "Patient?name=sara").await.expect(200)["total"], json!(1));
    assert_eq!(get(&reader, "Organization").await.status, 403);
    assert_eq!(get(&other, &path).await.status, 403);
}

#[tokio::test]
async fn the_practice_and_who_works_in_it() {
    let (_server, owner) = start().await;
    let change = json!({ "version": 1, "vatNumber": "300000000000003", "phone": "0112345678", "legalName": "Alpha LLC",
                         "address": { "line1": "Olaya 1", "line2": null, "city": "Riyadh", "region": null, "postalCode": null, "country": "SA" } });
    owner.patch("/api/v1/practice", &change).await.expect(200);
    let id = owner.practice();
    let practice = get(&owner, &format!("Organization/{id}")).await.expect(200);
    assert_eq!((&practice["name"], &practice["alias"]), (&json!("Practice alpha"), &json!(["Alpha LLC"])));
    assert_eq!(
        (&practice["telecom"][0]["value"], &practice["identifier"][0]["value"]),
        (&json!("+966112345678"), &json!("300000000000003"))
    );
    let profile = json!({ "version": 0, "title": "Dr.", "specialty": "Dentist", "licenceNumber": "L-1" });
    let request = owner.request(Method::PUT, &format!("/api/v1/providers/{}", owner.user())).json(&profile);
    Person::send(request).await.expect(200);
    let one = get(&owner, &format!("Practitioner/{}", owner.user())).await.expect(200);
    assert_eq!(one["name"], json!([{ "text": "Test Owner", "prefix": ["Dr."] }]));
    assert_eq!(
        (&one["identifier"][0]["value"], &one["qualification"][0]["code"]["text"]),
        (&json!("L-1"), &json!("Dentist"))
    );
    for (search, expected) in [
        ("Practitioner?name=own", 1),
        ("Practitioner?name=est", 0),
        ("Practitioner?name:exact=Test%20Owner", 1),
        ("Practitioner", 1),
        ("Organization?name=prac", 1),
        ("Organization?name=alpha", 0),
        ("Organization?name:exact=Practice%20alpha", 1),
    ] {
        assert_eq!(get(&owner, search).await.expect(200)["total"], json!(expected), "{search}");
    }
    for (kind, id) in [("Organization", id), ("Practitioner", owner.user())] {
        assert_eq!(get(&owner, &format!("{kind}?_id={id}")).await.expect(200)["total"], json!(1));
        assert_eq!(get(&owner, &format!("{kind}?_id={}", uuid::Uuid::now_v7())).await.expect(200)["total"], json!(0));
        assert_eq!(get(&owner, &format!("{kind}/{}", uuid::Uuid::now_v7())).await.status, 404);
    }
}

/// The statement says of each resource what the server then does.
#[tokio::test]
async fn the_statement_is_true() {
    let (server, owner) = start().await;
    let statement = get(&server.stranger(), "metadata").await.expect(200);
    assert_eq!(statement["fhirVersion"], json!("4.0.1"));
    let resources = statement["rest"][0]["resource"].as_array().expect("resources");
    assert_eq!(resources.len(), 7);
    for resource in resources {
        let kind = resource["type"].as_str().expect("a kind");
        for parameter in resource["searchParam"].as_array().expect("parameters") {
            let name = parameter["name"].as_str().expect("a name");
            let value = if parameter["type"] == "date" { "2026-01-05" } else { "x" };
            // of slots it must be said whose
            let whose = if kind == "Slot" && name != "schedule" { "schedule=x&" } else { "" };
            let request = owner.request(Method::GET, &format!("/fhir/R4/{kind}?{whose}{name}={value}"));
            let answer = Person::send(request.header("prefer", "handling=strict")).await;
            assert_eq!(answer.expect(200)["entry"], Value::Null, "{kind}?{name}");
        }
    }
}

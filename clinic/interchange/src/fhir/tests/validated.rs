//! Everything that is answered, before the eyes of a validator of FHIR.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use platform::testing::Person;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{clinic, found, get, made_up, pages};
use crate::testing::{enter, id, start, visits, whole};

/// What the validator has against each of these.
fn faults(resources: &[Value]) -> Vec<String> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let python = Path::new(root).join("target/fhir-validator/bin/python");
    assert!(python.exists(), "the validator is not installed: `./dev test` does that");
    let mut process = Command::new(python)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/fhir-validator/validate.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python");
    let mut input = process.stdin.take().expect("a pipe");
    let lines: String = resources.iter().map(|resource| resource.to_string() + "\n").collect();
    let writing = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = process.wait_with_output().expect("an end");
    writing.join().expect("a thread").expect("all is read");
    let told: Vec<String> = String::from_utf8(output.stdout).expect("text").lines().map(str::to_owned).collect();
    assert_eq!(told.len(), resources.len(), "a line for each");
    told
}

/// A practice in which there is something of every kind, and everything that it answers.
async fn answers() -> Vec<Value> {
    let (server, owner) = start().await;
    whole(&owner).await;
    clinic(&owner).await;
    let policy = json!({ "payer": "Bupa", "memberId": "1" });
    for status in ["lead", "inactive", "deceased"] {
        let patient = enter(&owner, &json!({ "givenName": "Huda", "status": status, "contactMethod": "email" })).await;
        owner.post(&format!("/api/v1/patients/{}/policies", id(&patient)), &policy).await.expect(201);
    }
    for (patient, policies) in made_up::patients(25) {
        let made = id(&enter(&owner, &patient).await);
        for policy in policies {
            owner.post(&format!("/api/v1/patients/{made}/policies"), &policy).await.expect(201);
        }
    }
    let [kept, other] = [json!({ "givenName": "Reem" }), json!({ "givenName": "Rim" })];
    let (kept, other) = (enter(&owner, &kept).await, enter(&owner, &other).await);
    let merge = json!({ "version": 1, "other": other["id"], "otherVersion": 1 });
    owner.post(&format!("/api/v1/patients/{}/merge", id(&kept)), &merge).await.expect(201);
    let profile = json!({ "version": 0, "title": "Dr.", "specialty": "Dentist", "licenceNumber": "L-1" });
    let change = json!({ "version": 1, "vatNumber": "300000000000003", "phone": "0112345678", "email": "a@example.com",
                         "address": { "line1": "Olaya 1", "line2": null, "city": "Riyadh", "region": null, "postalCode": null, "country": "SA" } });
    owner.patch("/api/v1/practice", &change).await.expect(200);
    let request = owner.request(Method::PUT, &format!("/api/v1/providers/{}", owner.user())).json(&profile);
    Person::send(request).await.expect(200);
    let week = json!([{ "weekday": 7, "intervals": [{ "from": "09:00", "to": "14:00" }] }]);
    let hours = json!({ "owner": "practice", "version": 0, "week": week });
    Person::send(owner.request(Method::PUT, "/api/v1/hours").json(&hours)).await.expect(200);
    visits(&owner, &kept, &["scheduled", "confirmed", "arrived", "in_chair", "completed"]).await;

    let mut all = Vec::new();
    for search in [
        "Patient?_count=7",
        "Coverage?_count=5",
        "Appointment?_count=4",
        "Schedule",
        &format!("Slot?schedule={}&start=2030-06-02", owner.user()),
        "Practitioner",
        "Organization",
        "Patient?name=huda&hair=long",
        "Patient?name=x",
    ] {
        all.extend(pages(&owner, search).await);
    }
    let listed: Vec<Value> = all.iter().flat_map(|bundle| found(bundle).into_iter().cloned()).collect();
    for resource in &listed {
        let path = format!("{}/{}", resource["resourceType"].as_str().expect("a kind"), id(resource));
        let read = get(&owner, &path).await.expect(200);
        assert_eq!(read, *resource, "read and searched are the same");
        if path.starts_with("Patient/") {
            all.push(get(&owner, &format!("{path}/$everything")).await.expect(200));
        }
        all.push(read);
    }
    all.push(get(&owner, &format!("Patient/{}", id(&other))).await.expect(200));
    all.push(get(&owner, "metadata").await.expect(200));
    let stranger = server.stranger();
    for (person, path) in
        [(&stranger, "Patient"), (&owner, "Patient?birthdate=soon"), (&owner, "Patient?name:x=y"), (&owner, "Nothing")]
    {
        all.push(get(person, path).await.body);
    }
    all.push(get(&owner, &format!("Patient/{}", Uuid::now_v7())).await.body);
    all
}

#[tokio::test]
async fn everything_is_valid_and_the_validator_sees_what_is_not() {
    let all = answers().await;
    assert!(all.len() > 100, "{}", all.len());
    for (resource, fault) in all.iter().zip(faults(&all)) {
        assert_eq!(fault, "", "{resource}");
    }
    // each of these spoils a resource that was valid, alone or in a bundle
    let spoil = |wanted: &str, pointer: &str, value: Value| {
        let mut wrong = all
            .iter()
            .find(|one| one["resourceType"] == wanted && one.pointer(pointer).is_some())
            .expect(pointer)
            .clone();
        *wrong.pointer_mut(pointer).expect("a place") = value;
        wrong
    };
    let wrong = [
        spoil("Patient", "/gender", json!("f")),
        spoil("Patient", "/birthDate", json!("28.02.1990")),
        spoil("Patient", "/name/0", json!({ "first": "Sara" })),
        spoil("Coverage", "/beneficiary", Value::Null),
        spoil("Coverage", "/contained/0/id", json!("nobody")),
        spoil("Bundle", "/type", json!("searched")),
        spoil("Bundle", "/entry/0/resource/active", json!("perhaps")),
        spoil("CapabilityStatement", "/rest/0/mode", json!("both")),
        spoil("OperationOutcome", "/issue/0/severity", json!("bad")),
    ];
    for (resource, fault) in wrong.iter().zip(faults(&wrong)) {
        assert_ne!(fault, "", "{resource}");
    }
}

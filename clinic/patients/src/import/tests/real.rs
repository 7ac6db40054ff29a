//! Lists of the invented people of Synthea, as its own programs write them. They lie beside a checkout where somebody has
//! them; elsewhere these tests say that they were skipped.

use serde_json::json;

use super::{give, import, patients, record, rows, step};
use crate::testing::start;

fn file(name: &str) -> Option<Vec<u8>> {
    let path = format!("{}/../../../../shared/data/synthea/{name}", env!("CARGO_MANIFEST_DIR"));
    let file = std::fs::read(&path).ok();
    if file.is_none() {
        eprintln!("skipped: there is no {path}");
    }
    file
}

#[tokio::test]
async fn a_thousand_patients_as_csv() {
    let Some(csv) = file("patients-1000.csv") else { return };
    let (server, owner) = start().await;
    let made = import(&server, &owner, csv.clone()).await;
    assert_eq!(made["outcomes"], json!({ "created": 1144 }), "{:?}", rows(&owner, &made, "fault").await);
    let found = owner.post("/api/v1/patients/search", &json!({ "q": "999-53-8547" })).await.expect(200);
    let andrew = record(&owner, &found["items"][0]).await;
    assert_eq!((&andrew["givenName"], &andrew["familyName"]), (&json!("Andrew29"), &json!("Goldner995")));
    assert_eq!((&andrew["language"], &andrew["birthDate"]), (&json!("ru"), &json!("1943-03-17")));
    assert_eq!((&andrew["address"]["city"], &andrew["address"]["country"]), (&json!("Bloom"), &json!("US")));
    assert_eq!(andrew["notes"], "phone: 555-806-9773", "a number that no country has");
    assert_eq!(import(&server, &owner, csv).await["outcomes"], json!({ "skipped": 1144 }));
    let undone = step(&server, &owner, &made, "undo").await;
    assert_eq!(undone["outcomes"], json!({ "undone": 1144 }));
    assert_eq!(patients(&owner).await.len(), 0);
}

#[tokio::test]
async fn the_tables_of_synthea_itself() {
    let Some(csv) = file("csv-27/patients.csv") else { return };
    let (server, owner) = start().await;
    let made = import(&server, &owner, csv).await;
    assert_eq!(made["outcomes"], json!({ "created": 27 }), "{:?}", rows(&owner, &made, "fault").await);
    let all = patients(&owner).await;
    let maynard = record(&owner, &all[0]).await;
    assert_eq!((&maynard["givenName"], &maynard["sex"]), (&json!("Maynard46"), &json!("male")));
    assert_eq!(
        (&maynard["nationalId"], &maynard["address"]["region"]),
        (&json!("999-17-5017"), &json!("Massachusetts"))
    );
    // a table of something else has nothing to be called by
    let Some(payers) = file("csv-27/claims.csv") else { return };
    let made = give(&owner, payers, "").await.expect(201);
    let path = format!("/api/v1/imports/{}/check", crate::testing::id(&made));
    assert_eq!(owner.post(&path, &json!({ "version": 1 })).await.faults(), ["/columns required"]);
}

#[tokio::test]
async fn resources_of_fhir() {
    for (folder, count) in [("fhir-r4-10", 13), ("fhir-r4-100", 120)] {
        let Some(ndjson) = file(&format!("{folder}/Patient.ndjson")) else { return };
        let (server, owner) = start().await;
        let mut all = ndjson;
        all.extend(file(&format!("{folder}/Organization.ndjson")).unwrap_or_default());
        let made = import(&server, &owner, all.clone()).await;
        assert_eq!(made["outcomes"], json!({ "created": count }), "{:?}", rows(&owner, &made, "fault").await);
        assert_eq!(
            (&made["source"], &made["format"]),
            (&json!("fhir:http://hospital.smarthealthit.org"), &json!("fhir"))
        );
        assert_eq!(import(&server, &owner, all).await["outcomes"], json!({ "skipped": count }));
        let dead = json!({ "limit": 200, "filter": { "field": "status", "op": "eq", "value": "deceased" } });
        let dead = owner.post("/api/v1/patients/query", &dead).await.expect(200);
        assert_eq!(dead["items"].as_array().map(Vec::len), Some(if count == 13 { 3 } else { 20 }));
        let first = record(&owner, &patients(&owner).await[0]).await;
        assert_eq!((&first["sex"].is_string(), &first["language"]), (&true, &json!("en")));
        assert!(first["nationalId"].as_str().is_some_and(|id| id.starts_with("999-")));
    }
}

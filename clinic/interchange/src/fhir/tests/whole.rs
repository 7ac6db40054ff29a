//! A whole record in one bundle, and back again.

use platform::testing::{Person, TestServer};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{found, get, made_up};
use crate::testing::{enter, id, start, whole};

/// Resources of a kind in a bundle.
fn of<'a>(bundle: &'a Value, kind: &str) -> Vec<&'a Value> {
    let entries = bundle["entry"].as_array().expect("entries");
    entries.iter().map(|entry| &entry["resource"]).filter(|resource| resource["resourceType"] == kind).collect()
}

#[tokio::test]
async fn a_bundle_has_all_that_is_kept() {
    let (server, owner) = start().await;
    let made = whole(&owner).await;
    let path = format!("Patient/{}/$everything", id(&made));
    let bundle = get(&owner, &path).await.expect(200);
    assert_eq!((found(&bundle).len(), &bundle["total"]), (1, &json!(1)));
    let counts: Vec<usize> = ["Coverage", "Organization", "AllergyIntolerance", "Flag", "DocumentReference", "Consent"]
        .map(|kind| of(&bundle, kind).len())
        .to_vec();
    assert_eq!(counts, [2, 1, 1, 3, 3, 3]);
    assert_eq!(of(&bundle, "AllergyIntolerance")[0]["criticality"], json!("high"));
    let texts: Vec<&Value> =
        of(&bundle, "DocumentReference").iter().map(|text| &text["content"][0]["attachment"]["title"]).collect();
    assert_eq!(texts, ["Medical history", "Remarks", "Note"]);
    let denied: Vec<&Value> = of(&bundle, "Consent").iter().map(|consent| &consent["provision"]["type"]).collect();
    assert_eq!(denied, ["deny", "permit", "permit"]);
    let relatives = of(&bundle, "RelatedPerson");
    let name = |i: usize| (&relatives[i]["name"][0], &relatives[i]["telecom"][0]["value"]);
    assert_eq!(name(0), (&json!({ "text": "Huda Saleh" }), &json!("+966551234567")));
    assert_eq!(name(1), (&json!({ "family": "Ali", "given": ["Lama"] }), &json!("+966551112223")));
    let roles: Vec<&Value> =
        relatives[0]["relationship"].as_array().expect("roles").iter().map(|role| &role["coding"][0]["code"]).collect();
    assert_eq!(roles, ["MTH", "GUARD", "C"]);
    let text = bundle.to_string();
    for kept in ["A friend", "whatsapp", "38.5", "patient-nationality", "Q2FsbCBiYWNr"] {
        assert!(text.contains(kept), "{kept} is in no resource");
    }
    let urls: std::collections::BTreeSet<&str> =
        bundle["entry"].as_array().expect("entries").iter().filter_map(|entry| entry["fullUrl"].as_str()).collect();
    assert_eq!(urls.len(), bundle["entry"].as_array().map_or(0, Vec::len), "no two entries have one address");
    let again = get(&owner, &path).await.expect(200);
    assert_eq!(again["entry"], bundle["entry"], "what has no address has the same name each time");
    let sql = "select string_agg(resource_type, ' ' order by resource_type) from audit.entry
                where action = 'read' and request_id = (select request_id from audit.entry order by at desc, id desc limit 1)";
    let looks: String = sqlx::query_scalar(sql).fetch_one(&mut server.database.conn().await).await.expect("looks");
    assert_eq!(looks, "patient policies relatives timeline");
}

/// Imports a file: gives, checks and runs it.
async fn import(server: &TestServer, person: &Person, file: String) -> Value {
    let request = person.request(Method::POST, "/api/v1/imports").header("idempotency-key", Uuid::now_v7().to_string());
    let mut import = Person::send(request.header("x-file-name", "r.json").body(file)).await.expect(201);
    let path = format!("/api/v1/imports/{}", id(&import));
    for step in ["check", "run"] {
        person.post(&format!("{path}/{step}"), &json!({ "version": import["version"] })).await.expect(200);
        server.settle().await;
        import = person.get(&path).await.expect(200);
    }
    import
}

/// What of a record and its policies must come back as it was.
async fn kept(person: &Person, patient: &str) -> (Value, Vec<Value>, Vec<Value>) {
    let only = |value: &Value, fields: &[&str]| {
        fields.iter().map(|field| ((*field).to_owned(), value[*field].clone())).collect()
    };
    let path = format!("/api/v1/patients/{patient}");
    let record = person.get(&path).await.expect(200);
    let policies = person.get(&format!("{path}/policies")).await.expect(200);
    let of_record = [
        "givenName",
        "familyName",
        "givenNameOther",
        "familyNameOther",
        "birthDate",
        "sex",
        "status",
        "phones",
        "emails",
        "address",
        "language",
        "nationalId",
    ];
    let of_policy = ["payer", "plan", "memberId", "groupId", "holderName", "holderPhone", "validFrom", "validTo"];
    let policies = policies["items"].as_array().expect("policies").iter().map(|policy| only(policy, &of_policy));
    let family = person.get(&format!("{path}/relatives")).await.expect(200);
    let of_relative = ["relationship", "name", "phone", "email", "emergency", "guardian", "note"];
    let family = family["items"].as_array().expect("relatives").iter().map(|one| only(&one["relative"], &of_relative));
    (only(&record, &of_record), policies.collect(), family.collect())
}

#[tokio::test]
async fn what_goes_out_comes_in_as_it_was() {
    let (server, owner) = start().await;
    let (mut file, mut before) = (String::new(), Vec::new());
    for (i, (patient, policies)) in made_up::patients(30).into_iter().enumerate() {
        let made = id(&enter(&owner, &patient).await);
        let relative = ["mother", "father", "spouse", "friend", "relative", "sibling"][i % 6];
        let relative = json!({ "relationship": relative, "name": format!("Huda {i}"), "phone": "0551234567", "emergency": i % 2 == 0,
                               "guardian": i % 3 == 0, "note": (i % 4 == 0).then_some("Speaks Urdu") });
        owner.post(&format!("/api/v1/patients/{made}/relatives"), &relative).await.expect(201);
        for policy in policies {
            owner.post(&format!("/api/v1/patients/{made}/policies"), &policy).await.expect(201);
        }
        file += &(get(&owner, &format!("Patient/{made}/$everything")).await.expect(200).to_string() + "\n");
        before.push(kept(&owner, &made).await);
    }
    let other = server.owner_of("beta").await;
    let done = import(&server, &other, file).await;
    assert_eq!(done["outcomes"], json!({ "created": before.len() }));
    let list = other.post("/api/v1/patients/query", &json!({ "limit": 200, "sort": "number" })).await.expect(200);
    for (patient, before) in list["items"].as_array().expect("items").iter().zip(before) {
        assert_eq!(kept(&other, &id(patient)).await, before);
    }
}

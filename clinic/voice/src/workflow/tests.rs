//! Call workflows as people make them, and what stays of fields once cases have values.

use serde_json::{Value, json};

use crate::testing::{case, field, path, prior_auth, start, workflow};

#[tokio::test]
async fn a_call_workflow_is_made_read_and_changed() {
    let (server, owner) = start().await;
    let made = workflow(&owner, "prior_auth", &prior_auth()).await;
    assert_eq!(
        (&made["slug"], &made["enabled"], &made["schemaVersion"]),
        (&json!("prior_auth"), &json!(true), &json!(1))
    );
    assert_eq!((&made["flow"], &made["cases"]), (&Value::Null, &json!(0)));
    case(&owner, &made, json!({ "patient_name": "Ana" })).await;
    let path = path("call-workflows", &made);
    let read = owner.get(&path).await.expect(200);
    assert_eq!((&read["cases"], &read["fields"]), (&json!(1), &made["fields"]));
    assert_eq!(owner.get("/api/v1/call-workflows").await.expect(200)["items"], json!([read]));

    let change = json!({ "version": 1, "name": " Approvals ", "nameAr": null, "enabled": false });
    let changed = owner.patch(&path, &change).await.expect(200);
    assert_eq!(
        (&changed["name"], &changed["nameAr"], &changed["version"]),
        (&json!("Approvals"), &Value::Null, &json!(2))
    );
    assert_eq!((&changed["schemaVersion"], &changed["enabled"]), (&json!(1), &json!(false)));
    let stale = owner.patch(&path, &json!({ "version": 1, "name": "X" })).await;
    assert_eq!((stale.status.as_u16(), stale.code()), (409, "version.stale"));
    // what is as it was is no version
    let same = owner.patch(&path, &json!({ "version": 2, "fields": prior_auth() })).await.expect(200);
    assert_eq!((&same["version"], &same["schemaVersion"]), (&json!(2), &json!(1)));

    let mut fields = prior_auth();
    fields.as_array_mut().expect("fields").push(field("cpt_code", "string", &json!({})));
    let more = owner.patch(&path, &json!({ "version": 2, "fields": fields })).await.expect(200);
    assert_eq!((&more["version"], &more["schemaVersion"]), (&json!(3), &json!(2)));
    let versions = owner.get(&format!("{path}/schema-versions")).await.expect(200);
    let numbers: Vec<&Value> = versions["items"].as_array().expect("items").iter().map(|one| &one["number"]).collect();
    assert_eq!(numbers, [2, 1]);
    assert_eq!((&versions["items"][1]["fields"], &versions["items"][0]["fields"]), (&made["fields"], &more["fields"]));
    assert!(versions["items"][0]["createdBy"].is_string(), "{versions}");

    let taken = json!({ "slug": "prior_auth", "name": "Another", "fields": [] });
    assert_eq!(owner.post("/api/v1/call-workflows", &taken).await.code(), "call_workflow.slug_taken");
    let desk = server.colleague_of(&owner, "receptionist").await;
    assert_eq!(desk.patch(&path, &json!({ "version": 3, "name": "X" })).await.status, 403);
    desk.get(&path).await.expect(200);
}

#[tokio::test]
async fn fields_that_cannot_be_filled_in_are_named() {
    let (_server, owner) = start().await;
    let refused = async |fields: Value| {
        let new = json!({ "slug": "x", "name": "X", "fields": fields });
        owner.post("/api/v1/call-workflows", &new).await.faults()
    };
    let twice = json!([field("a", "string", &json!({})), field("a", "number", &json!({ "default": "x" }))]);
    assert_eq!(refused(twice).await, ["/fields/1/default type", "/fields/1/key duplicate"]);
    let hidden = json!([field("a", "string", &json!({ "sensitive": true, "displayInList": true }))]);
    assert_eq!(refused(hidden).await, ["/fields/0/displayInList format"]);
    assert_eq!(refused(json!([field("a", "select", &json!({}))])).await, ["/fields/0/options choice"]);
    assert_eq!(refused(json!([field("a", "colour", &json!({}))])).await, ["/fields/0/type invalid"]);
    assert_eq!(refused(json!([field("A b", "string", &json!({}))])).await, ["/fields/0/key format"]);
    let bad = owner.post("/api/v1/call-workflows", &json!({ "slug": "Prior-Auth", "name": "X", "fields": [] })).await;
    assert_eq!(bad.faults(), ["/slug invalid"]);
}

#[tokio::test]
async fn what_a_field_holds_stays_while_cases_have_values_of_it() {
    let (_server, owner) = start().await;
    let made = workflow(&owner, "prior_auth", &prior_auth()).await;
    let path = path("call-workflows", &made);
    let with = |key: &str, member: &str, value: Value| {
        let mut fields = prior_auth();
        let found = fields.as_array_mut().expect("fields").iter_mut().find(|field| field["key"] == key);
        found.expect("the field")[member] = value;
        fields
    };
    let one = case(&owner, &made, json!({ "patient_name": "Ana", "member_id": "47291", "visits": 3 })).await;
    for (version, key, member, value) in [
        (1, "visits", "type", json!("string")),
        (1, "member_id", "sensitive", json!(false)),
        (1, "visits", "sensitive", json!(true)),
    ] {
        let mut fields = with(key, member, value);
        if member == "sensitive" && key == "visits" {
            fields[4]["displayInList"] = json!(false);
        }
        let place = if key == "visits" { 4 } else { 1 };
        let refused = owner.patch(&path, &json!({ "version": version, "fields": fields })).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (409, "call_workflow.field_in_use"), "{key}");
        assert_eq!(refused.faults(), [format!("/fields/{place}/{member} in_use")]);
    }
    // nobody has a value of this one
    owner.patch(&path, &json!({ "version": 1, "fields": with("born", "type", json!("string")) })).await.expect(200);

    // what is left out is shown no more, and still there
    let mut fields = prior_auth();
    fields.as_array_mut().expect("fields").retain(|field| field["key"] != "visits" && field["key"] != "member_id");
    owner.patch(&path, &json!({ "version": 2, "fields": fields })).await.expect(200);
    let case_path = crate::testing::path("cases", &one);
    let shown = owner.get(&format!("{case_path}?sensitive=true")).await.expect(200);
    assert_eq!(shown["fields"], json!({ "patient_name": "Ana", "status": "open" }));
    assert_eq!(shown["sensitiveKeys"], json!([]));
    owner.patch(&case_path, &json!({ "version": 1, "fields": { "patient_name": "Anna" } })).await.expect(200);
    let again = owner.patch(&path, &json!({ "version": 3, "fields": with("visits", "type", json!("string")) })).await;
    assert_eq!(again.code(), "call_workflow.field_in_use", "it comes back as what it was, or not at all");
    owner.patch(&path, &json!({ "version": 3, "fields": prior_auth() })).await.expect(200);
    let shown = owner.get(&format!("{case_path}?sensitive=true")).await.expect(200);
    let expected = json!({ "patient_name": "Anna", "status": "open", "visits": 3, "member_id": "47291" });
    assert_eq!(shown["fields"], expected);
}

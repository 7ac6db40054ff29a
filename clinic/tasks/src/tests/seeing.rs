//! Whoever may not see patients sees tasks without them; whoever looks is in the ledger.

use serde_json::{Value, json};

use super::{act, column, path, patient, start, task, titles};

#[tokio::test]
async fn accountants_see_tasks_without_their_patients_and_change_nothing_about_them() {
    let (server, owner) = start().await;
    let sara = patient(&owner, "Sara").await;
    let accountant = server.colleague_of(&owner, "accountant").await;
    let made = task(&owner, "Send the invoice", json!({ "patientId": sara["id"] })).await;
    let seen = accountant.get(&path(&made)).await.expect(200);
    assert_eq!(
        [&seen["title"], &seen["patientId"], &seen["patient"]],
        [&json!("Send the invoice"), &Value::Null, &Value::Null]
    );
    let listed = accountant.get("/api/v1/tasks").await.expect(200);
    assert_eq!(listed["items"][0], seen);
    let sara_id = sara["id"].as_str().expect("an id");
    assert!(!listed.to_string().contains(sara_id));

    let refused = (403, "task.patient_hidden");
    let told = |answer: platform::testing::Answer| (answer.status.as_u16(), answer.code().to_owned());
    let refused = (refused.0, refused.1.to_owned());
    assert_eq!(told(accountant.get(&format!("/api/v1/tasks?patientId={sara_id}")).await), refused);
    assert_eq!(told(accountant.post("/api/v1/tasks", &json!({ "title": "x", "patientId": sara_id })).await), refused);
    let other = json!({ "version": 1, "patientId": null });
    assert_eq!(told(accountant.patch(&path(&made), &other).await), refused);

    let changed = accountant.patch(&path(&made), &json!({ "version": 1, "title": "Sent" })).await.expect(200);
    assert_eq!(changed["patientId"], Value::Null);
    let stale = accountant.patch(&path(&made), &json!({ "version": 1, "title": "x" })).await;
    assert_eq!((stale.status.as_u16(), &stale.body["current"]), (409, &changed));
    assert!(!act(&accountant, &changed, "complete").await.to_string().contains(sara_id));
    assert_eq!(owner.get(&path(&made)).await.expect(200)["patientId"], sara["id"], "it stays");
}

#[tokio::test]
async fn every_look_is_in_the_ledger_with_whom_it_was_at() {
    let (server, owner) = start().await;
    let sara = patient(&owner, "Sara").await;
    let made = task(&owner, "Call", json!({ "patientId": sara["id"] })).await;
    titles(&owner, "mine=true&unassigned=true").await;
    titles(&owner, "").await;
    owner.get(&path(&made)).await.expect(200);
    let looks =
        "select detail::text from audit.entry where practice_id = $1 and resource_type = 'task' and action = 'read'
                  order by at, id";
    let looks: Vec<Value> =
        column(&server, &owner, looks).await.iter().map(|detail| serde_json::from_str(detail).expect("json")).collect();
    let filters: Vec<_> = looks.iter().map(|look| look["filter"].clone()).collect();
    assert_eq!(filters, [json!(["status", "mine", "assignee"]), json!(["status"]), Value::Null]);
    assert_eq!(looks[1]["patients"], json!([sara["id"]]));
    let at_one = "select resource_id::text from audit.entry where practice_id = $1 and resource_type = 'task'
                   and action = 'read' and patient_id is not null";
    assert_eq!(column(&server, &owner, at_one).await, [made["id"].as_str().expect("an id")]);
}

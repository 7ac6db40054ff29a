//! Whoever cannot come in keeps no tasks in silence.

use platform::testing::Person;
use serde_json::{Value, json};

use super::{member, own_role, path, start, task, titles};

async fn shown(person: &Person, task: &Value) -> (Value, Value, Value) {
    let item = person.get(&path(task)).await.expect(200);
    (item["assignee"].clone(), item["assigneeName"].clone(), item["wasAssignedTo"].clone())
}

#[tokio::test]
async fn what_somebody_had_is_nobodys_while_they_are_suspended_and_theirs_again_afterwards() {
    let (server, owner) = start().await;
    let (id, _) = server.member_of(&owner, "hygienist").await;
    let theirs = json!({ "kind": "person", "id": id });
    let made = task(&owner, "Sharpen", json!({ "assignee": theirs })).await;
    let of_theirs = format!("assigneeId={id}");
    assert_eq!(shown(&owner, &made).await, (theirs.clone(), json!("hygienist"), Value::Null));
    assert_eq!((titles(&owner, &of_theirs).await.len(), titles(&owner, "unassigned=true").await.len()), (1, 0));

    member(&owner, id, "suspend").await;
    assert_eq!(shown(&owner, &made).await, (Value::Null, Value::Null, json!("hygienist")));
    assert_eq!((titles(&owner, &of_theirs).await.len(), titles(&owner, "unassigned=true").await.len()), (0, 1));
    assert_eq!(owner.get("/api/v1/tasks/counts").await.expect(200)["unassigned"], 1);
    let again = owner.post("/api/v1/tasks", &json!({ "title": "x", "assignee": theirs })).await;
    assert_eq!(again.faults(), ["/assignee not_found"], "nothing new for them");
    let changed = owner.patch(&path(&made), &json!({ "version": 1, "priority": "high" })).await.expect(200);
    assert_eq!(changed["wasAssignedTo"], "hygienist", "other fields can be changed meanwhile");

    member(&owner, id, "restore").await;
    assert_eq!(shown(&owner, &made).await, (theirs, json!("hygienist"), Value::Null));
    member(&owner, id, "remove").await;
    assert_eq!(shown(&owner, &made).await, (Value::Null, Value::Null, json!("hygienist")));
    let given = json!({ "version": 2, "assignee": { "kind": "person", "id": owner.user() } });
    let given = owner.patch(&path(&made), &given).await.expect(200);
    assert_eq!((&given["assigneeName"], &given["wasAssignedTo"]), (&json!("Test Owner"), &Value::Null));
}

#[tokio::test]
async fn what_an_archived_role_had_is_nobodys() {
    let (_server, owner) = start().await;
    let role = own_role(&owner, "Night desk", &["tasks.read"]).await;
    let made = task(&owner, "Lock up", json!({ "assignee": { "kind": "own_role", "id": role["id"] } })).await;
    assert_eq!(shown(&owner, &made).await.1, "Night desk");
    let archive = format!("/api/v1/roles/{}/archive", role["id"].as_str().expect("an id"));
    owner.post(&archive, &json!({ "version": role["version"] })).await.expect(200);
    assert_eq!(shown(&owner, &made).await, (Value::Null, Value::Null, json!("Night desk")));
    assert_eq!(titles(&owner, "unassigned=true").await, ["Lock up"]);
}

#[tokio::test]
async fn the_neighbours_people_and_roles_cannot_be_given_anything() {
    let (server, owner) = start().await;
    let neighbour = server.owner_of("beta").await;
    let role = own_role(&neighbour, "Desk", &["tasks.read"]).await;
    let theirs = super::patient(&neighbour, "Noura").await;
    for (field, value, fault) in [
        ("assignee", json!({ "kind": "person", "id": neighbour.user() }), "/assignee not_found"),
        ("assignee", json!({ "kind": "own_role", "id": role["id"] }), "/assignee not_found"),
        ("patientId", theirs["id"].clone(), "/patientId not_found"),
    ] {
        let mut body = json!({ "title": "x" });
        body[field] = value;
        assert_eq!(owner.post("/api/v1/tasks", &body).await.faults(), [fault]);
    }
}

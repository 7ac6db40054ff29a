//! What people see of workflows and runs, and who may do what with them.

use super::*;

#[tokio::test]
async fn what_is_sensitive_is_redacted_and_nothing_lies_in_the_clear() {
    let (server, owner) = with_owner().await;
    let steps = json!([
        { "kind": "action", "id": "set1", "action": "variable.set", "fields": { "name": "who", "value": "Dear {{ patient.givenName }}" } },
        { "kind": "action", "id": "f1", "action": "text.format", "fields": { "text": "{{ vars.who }}, {{ thing.name }}" } },
        { "kind": "action", "id": "c1", "action": "test.count", "fields": { "name": "{{ thing.name }}", "secret": "written out" } },
        { "kind": "action", "id": "f2", "action": "records.find", "fields": { "subject": "thing", "filter": { "field": "name", "op": "eq", "value": "{{ thing.name }}" } } },
        { "kind": "wait", "id": "w1", "wait": { "for": "duration", "minutes": 5 } }]);
    let workflow = publish(&owner, &event(&steps)).await;
    happen(&server, &owner, "redacted").await;
    server.settle().await;
    let run = only_run(&owner, workflow).await;
    let hidden = json!({ "redacted": true });
    let step = |n: usize| run["steps"][n].clone();
    assert_eq!((&step(0)["input"]["value"], &step(0)["output"]), (&hidden, &hidden));
    assert_eq!((&step(1)["input"]["text"], &step(1)["output"]), (&hidden, &hidden));
    assert_eq!((&step(2)["input"]["name"], &step(2)["input"]["secret"]), (&json!("redacted"), &hidden));
    assert_eq!((&step(2)["output"]["secret"], step(2)["output"]["key"].is_string()), (&hidden, true));
    let found = &step(3)["output"]["items"][0];
    assert_eq!(
        (&found["name"], &found["secret"], &found["patient"]["givenName"]),
        (&json!("redacted"), &hidden, &hidden)
    );
    // whom it is about is not what it was told of them
    assert_eq!(run["subject"]["label"], "Lina");
    let mut history = run.clone();
    history["subject"] = Value::Null;
    assert!(!history.to_string().contains("Lina"), "{run}");
    let clear: Vec<String> = sqlx::query_scalar(
        "select s::text from automation.step s union all select r::text from automation.run r
         union all select encode(s.data, 'escape') from automation.step s
         union all select encode(r.data, 'escape') from automation.run r",
    )
    .fetch_all(&mut server.database.conn().await)
    .await
    .expect("rows");
    assert!(clear.len() >= 8 && clear.iter().all(|row| !row.contains("Lina") && !row.contains("hush")));
    let looks: i64 = sqlx::query_scalar(
        "select count(*) from audit.entry where action = 'read' and resource_type = 'run' and patient_id is not null",
    )
    .fetch_one(&mut server.database.conn().await)
    .await
    .expect("a count");
    assert_eq!(looks, 1);
}

#[tokio::test]
async fn whom_runs_are_about_is_for_those_who_may_see_patients() {
    let (server, owner) = with_owner().await;
    let workflow = publish(&owner, &event(&json!([count("c1")]))).await;
    happen(&server, &owner, "named").await;
    server.settle().await;
    let role = json!({ "name": "Automation", "basedOn": "staff", "permissions": ["session.read", "workflows.read"] });
    let role = owner.post("/api/v1/roles", &role).await.expect(201);
    let mut stranger = server.colleague_of(&owner, "staff").await;
    let member = format!("/api/v1/staff/{}", stranger.user());
    owner.patch(&member, &json!({ "version": 1, "customRoleId": role["id"] })).await.expect(200);
    let refresh = stranger.refresh.clone().expect("a token");
    stranger.renew(&refresh).await.expect(200);
    for (person, name) in [(&owner, json!("Lina")), (&stranger, Value::Null)] {
        let line = runs(person, workflow).await.remove(0);
        let run = only_run(person, workflow).await;
        for shown in [&line, &run] {
            assert_eq!((&shown["subject"]["label"], shown["patientId"].is_null()), (&name, name.is_null()));
        }
    }
    let looks: i64 = sqlx::query_scalar(
        "select count(*) from audit.entry where action = 'read' and resource_type = 'run' and resource_id is null and actor_id = $1",
    )
    .bind(owner.user())
    .fetch_one(&mut server.database.conn().await)
    .await
    .expect("a count");
    assert!(looks >= 1, "lists that name patients are looks at them");
}

#[tokio::test]
async fn drafts_are_written_published_compared_and_copied() {
    let (_server, owner) = with_owner().await;
    let made = make(&owner, &json!({ "trigger": null, "steps": [] })).await;
    let path = format!("/api/v1/workflows/{}", made["id"].as_str().expect("an id"));
    let refused = owner.post(&format!("{path}/publish"), &json!({ "version": 1 })).await;
    assert_eq!(refused.faults(), ["/definition/steps workflow.empty", "/definition/trigger trigger.missing"]);
    let unfinished = json!({ "trigger": null, "steps": [{ "kind": "action", "id": "a", "action": "", "colour": 1 }] });
    let refused = owner.patch(&path, &json!({ "version": 1, "definition": unfinished })).await;
    assert_eq!(refused.faults(), ["/definition/steps/0/colour unknown_field"]);
    let first = event(&json!([count("c1")]));
    let changed =
        owner.patch(&path, &json!({ "version": 1, "name": "Counting", "definition": first })).await.expect(200);
    assert_eq!(
        (&changed["name"], &changed["hasChanges"], &changed["status"]),
        (&json!("Counting"), &json!(true), &json!("draft"))
    );
    assert_eq!(owner.patch(&path, &json!({ "version": 1, "name": "Late" })).await.code(), "version.stale");
    let published = owner.post(&format!("{path}/publish"), &json!({ "version": 2 })).await.expect(200);
    assert_eq!((&published["publishedVersion"], &published["hasChanges"]), (&json!(1), &json!(false)));
    let second = event(&json!([count("c1"), count("c2")]));
    owner.patch(&path, &json!({ "version": 3, "definition": second })).await.expect(200);
    let diff = owner.get(&format!("{path}/diff")).await.expect(200);
    assert_eq!(diff, json!({ "changes": [{ "kind": "added", "step": "c2", "fields": [] }] }));
    let again = owner.post(&format!("{path}/publish"), &json!({ "version": 4 })).await.expect(200);
    assert_eq!(again["publishedVersion"], 2);
    let versions = owner.get(&format!("{path}/versions")).await.expect(200);
    assert_eq!(versions["items"].as_array().expect("versions").len(), 2);
    let old = owner.get(&format!("{path}/versions/1")).await.expect(200);
    assert_eq!(old["definition"]["steps"].as_array().expect("steps").len(), 1);
    let copy = owner.post(&format!("{path}/duplicate"), &json!({})).await.expect(201);
    assert_eq!((&copy["name"], &copy["status"]), (&json!("Counting (2)"), &json!("draft")));
    let recipe =
        owner.post("/api/v1/workflows", &json!({ "name": "Ready", "recipe": "count_things" })).await.expect(201);
    assert_eq!(recipe["definition"]["steps"][0]["id"], "count1");
    let both = json!({ "name": "Both", "recipe": "count_things", "definition": {} });
    assert_eq!(owner.post("/api/v1/workflows", &both).await.faults(), ["/recipe invalid"]);
}

#[tokio::test]
async fn the_catalog_says_what_there_is_and_the_check_what_is_wrong() {
    let (_server, owner) = with_owner().await;
    let blocks = owner.get("/api/v1/workflow-blocks").await.expect(200);
    let names: Vec<_> = blocks["actions"].as_array().expect("actions").iter().map(|a| a["name"].clone()).collect();
    assert!(names.contains(&json!("records.find")) && names.contains(&json!("test.count")));
    let recipe = &blocks["recipes"][0];
    assert_eq!((&recipe["usable"], &recipe["missing"]), (&json!(false), &json!(["no.such"])));
    let definition = event(
        &json!([{ "kind": "action", "id": "c1", "action": "test.count", "fields": { "name": "{{ thing.colour }}" } }]),
    );
    let checked = owner.post("/api/v1/workflows/check", &json!({ "definition": definition })).await.expect(200);
    assert_eq!(checked["problems"][0]["pointer"], "/steps/0/fields/name");
    assert_eq!(checked["problems"][0]["code"], "variable.unknown");
    let known: Vec<_> =
        checked["variables"]["c1"].as_array().expect("variables").iter().map(|v| v["key"].clone()).collect();
    assert!(known.contains(&json!("thing.secret")) && known.contains(&json!("patient.givenName")));
    let malformed =
        owner.post("/api/v1/workflows/check", &json!({ "definition": { "steps": [{ "kind": "fly" }] } })).await;
    assert_eq!(malformed.faults(), ["/definition/steps/0/kind invalid"]);
}

#[tokio::test]
async fn what_cannot_be_done_yet_is_drafted_and_neither_published_nor_tried() {
    let (server, owner) = with_owner().await;
    let blocks = owner.get("/api/v1/workflow-blocks").await.expect(200);
    let available = |name: &str| {
        let all = blocks["actions"].as_array().expect("actions");
        all.iter().find(|action| action["name"] == name).expect("an action")["available"].clone()
    };
    assert_eq!((available("test.fly"), available("test.count")), (json!(false), json!(true)));
    let definition = event(&json!([{ "kind": "action", "id": "f1", "action": "test.fly", "fields": {} }]));
    let checked = owner.post("/api/v1/workflows/check", &json!({ "definition": definition })).await.expect(200);
    let why = json!([{ "pointer": "/steps/0/action", "code": "action.unavailable", "severity": "error",
                       "message": "There are no wings in this practice." }]);
    assert_eq!(checked["problems"], why);
    let made = make(&owner, &definition).await;
    let path = format!("/api/v1/workflows/{}", made["id"].as_str().expect("an id"));
    let refused = owner.post(&format!("{path}/publish"), &json!({ "version": 1 })).await;
    assert_eq!(refused.faults(), ["/definition/steps/0/action action.unavailable"]);
    let thing = happen(&server, &owner, "wings").await;
    let tried = owner.post(&format!("{path}/tests"), &json!({ "version": 1, "subjectId": thing })).await;
    assert!(tried.status.is_client_error(), "{}", tried.body);
}

#[tokio::test]
async fn what_was_published_and_cannot_be_done_any_more_fails_and_says_why() {
    let (server, owner) = with_owner().await;
    let workflow = publish(&owner, &event(&json!([count("c1")]))).await;
    let flying = "update automation.version set definition =
                  replace(definition::text, 'test.count', 'test.fly')::jsonb where practice_id = $1";
    let mut conn = server.database.conn().await;
    sqlx::raw_sql("set session_replication_role = replica").execute(&mut conn).await.expect("no triggers");
    sqlx::query(flying).bind(owner.practice()).execute(&mut conn).await.expect("changed");
    happen(&server, &owner, "flying").await;
    server.settle().await;
    let run = only_run(&owner, workflow).await;
    assert_eq!((&run["state"], &run["error"]["code"]), (&json!("failed"), &json!("action.unavailable")));
}

#[tokio::test]
async fn nobody_publishes_what_they_may_not_do() {
    let (server, owner) = with_owner().await;
    let rare = json!({ "kind": "action", "id": "r1", "action": "test.rare", "fields": {} });
    let definition = event(&json!([rare]));
    let admin = server.colleague_of(&owner, "admin").await;
    let made = make(&admin, &definition).await;
    let path = format!("/api/v1/workflows/{}", made["id"].as_str().expect("an id"));
    let refused = admin.post(&format!("{path}/publish"), &json!({ "version": 1 })).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (403, "workflow.beyond_rights"));
    let thing = happen(&server, &owner, "rare").await;
    assert_eq!(
        admin.post(&format!("{path}/tests"), &json!({ "version": 1, "subjectId": thing })).await.code(),
        "workflow.beyond_rights"
    );
    owner.post(&format!("{path}/publish"), &json!({ "version": 1 })).await.expect(200);
}

#[tokio::test]
async fn what_was_deleted_does_nothing_any_more_and_its_runs_stay() {
    let (server, mut owner) = with_owner().await;
    let steps = json!([{ "kind": "wait", "id": "w1", "wait": { "for": "duration", "minutes": 5 } }, count("c1")]);
    let workflow = publish(&owner, &event(&steps)).await;
    happen(&server, &owner, "deleted").await;
    server.settle().await;
    let path = format!("/api/v1/workflows/{workflow}");
    Person::send(owner.request(reqwest::Method::DELETE, &path).json(&json!({ "version": 2 }))).await.expect(200);
    assert_eq!(owner.get(&path).await.status, 404);
    happen(&server, &owner, "deleted").await;
    later(&server, &mut owner, 10).await;
    server.settle().await;
    let all = runs(&owner, workflow).await;
    assert_eq!((all.len(), &all[0]["state"], counted(&server, "deleted").await), (1, &json!("cancelled"), (0, 0)));
}

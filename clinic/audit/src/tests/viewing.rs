//! Looking through the ledger, and what looking leaves behind.

use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::{count, intruder, run, seal, start, work};

fn actions(page: &Value) -> Vec<String> {
    let item = |item: &Value| {
        format!("{} {}", item["action"].as_str().expect("a word"), item["resourceType"].as_str().expect("a word"))
    };
    page["items"].as_array().expect("items").iter().map(item).collect()
}

#[tokio::test]
async fn the_ledger_is_filtered_and_paged() {
    let (server, owner) = start().await;
    let beta = server.owner_of("beta").await;
    work(&owner, 5).await;
    work(&beta, 2).await;
    let all = owner.get("/api/v1/audit").await.expect(200);
    assert_eq!(all["items"].as_array().expect("items").len(), 8);
    assert_eq!(all["items"][0]["actor"]["name"], "Test Owner");
    assert_eq!(all["items"][0]["sealed"], false);
    assert!(all["items"][0]["fields"].as_array().expect("names").contains(&json!("nameEn")));
    assert_eq!(actions(&owner.get("/api/v1/audit?action=login").await.expect(200)), ["login session"]);
    assert_eq!(
        owner.get("/api/v1/audit?resource=service").await.expect(200)["items"].as_array().expect("items").len(),
        5
    );
    let service = all["items"][0]["resourceId"].as_str().expect("an id");
    let one = owner.get(&format!("/api/v1/audit?resource=service&resourceId={service}")).await.expect(200);
    assert_eq!(actions(&one), ["create service"]);
    assert_eq!(
        actions(&owner.get(&format!("/api/v1/audit?who={}", beta.user())).await.expect(200)),
        Vec::<String>::new()
    );
    assert_eq!(actions(&owner.get("/api/v1/audit?to=2020-01-01T00:00:00Z").await.expect(200)), Vec::<String>::new());
    let staff = server.colleague_of(&owner, "staff").await;
    assert_eq!(staff.get("/api/v1/audit").await.code(), "auth.forbidden");
    let denied = owner.get("/api/v1/audit?outcome=denied").await.expect(200);
    assert_eq!(actions(&denied), ["denied audit"]);
    assert_eq!(denied["items"][0]["actor"]["name"], "staff");
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = owner.get(&format!("/api/v1/audit?limit=3{cursor}")).await.expect(200);
        seen.extend(page["items"].as_array().expect("items").iter().map(|item| item["id"].clone()));
        let Some(next) = page["nextCursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    let distinct: std::collections::BTreeSet<String> = seen.iter().map(ToString::to_string).collect();
    assert_eq!((seen.len(), distinct.len()), (10, 10));
}

#[tokio::test]
async fn an_entry_shows_before_and_after_and_the_look_is_an_entry() {
    let (server, owner) = start().await;
    work(&owner, 1).await;
    let created = owner.get("/api/v1/audit?resource=service").await.expect(200)["items"][0].clone();
    let service = created["resourceId"].as_str().expect("an id").to_owned();
    owner
        .patch(&format!("/api/v1/services/{service}"), &json!({ "version": 1, "durationMinutes": 45 }))
        .await
        .expect(200);
    let id = owner.get("/api/v1/audit?action=update").await.expect(200)["items"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let path = format!("/api/v1/audit/{id}");
    let entry = owner.get(&path).await.expect(200);
    let change = json!({ "field": "durationMinutes", "before": 30, "after": 45, "readable": true });
    assert_eq!((&entry["changes"], &entry["proof"]["state"]), (&json!([change]), &json!("waiting")));
    let looks = owner.get("/api/v1/audit?action=read").await.expect(200);
    assert_eq!((actions(&looks), &looks["items"][0]["resourceId"]), (vec!["read audit_entry".to_owned()], &json!(id)));
    seal(&server).await;
    let earliest = format!(
        "select min(h.checkpoint) from audit.head h, audit.seal s
          where h.practice_id = s.practice_id and h.size > s.seq and s.entry_id = '{id}'"
    );
    let earliest: i64 =
        sqlx::query_scalar(AssertSqlSafe(earliest)).fetch_one(&mut server.database.conn().await).await.expect("one");
    let entry = owner.get(&path).await.expect(200);
    assert_eq!(
        (&entry["sealed"], &entry["proof"]["state"], &entry["proof"]["checkpoint"]),
        (&json!(true), &json!("signed"), &json!(earliest))
    );
    // when the key is gone, that is said, and everything else is still there
    run(
        &mut intruder(&server).await,
        "update audit.entry set changes = jsonb_set(changes, '{0,before}', '\"AAAA\"') where action = 'update'",
    )
    .await;
    let entry = owner.get(&path).await.expect(200);
    assert_eq!(
        entry["changes"][0],
        json!({ "field": "durationMinutes", "before": null, "after": 45, "readable": false })
    );
    let beta = server.owner_of("beta").await;
    assert_eq!(beta.get(&path).await.status, 404);
    assert_eq!(count(&server, "audit.entry where action = 'read'").await, 3, "what was not found was not seen");
}

#[tokio::test]
async fn who_looked_at_a_patient_is_told_and_asking_is_told_as_well() {
    let (server, owner) = start().await;
    let (patient, other) = (Uuid::now_v7(), Uuid::now_v7());
    let mut conn = intruder(&server).await;
    for (minutes, patient_id, detail) in [
        (3, format!("'{patient}'"), "{}".to_owned()),
        (2, "null".to_owned(), json!({ "patients": [other, patient], "filter": ["name"] }).to_string()),
        (1, format!("'{other}'"), "{}".to_owned()),
    ] {
        run(
            &mut conn,
            format!(
                "insert into audit.entry (practice_id, at, id, actor_kind, action, resource_type, patient_id, detail)
                 values ('{}', now() - interval '{minutes} minutes', gen_random_uuid(), 'user', 'read', 'patient', {patient_id}, '{detail}')",
                owner.practice()
            ),
        )
        .await;
    }
    let path = format!("/api/v1/audit/patients/{patient}");
    let seen = owner.get(&path).await.expect(200);
    assert_eq!(actions(&seen), ["read patient", "read patient"]);
    let first = owner.get(&format!("{path}?limit=1")).await.expect(200);
    assert_eq!(actions(&first), ["read audit_patient"]);
    let next =
        owner.get(&format!("{path}?limit=2&cursor={}", first["nextCursor"].as_str().expect("more"))).await.expect(200);
    assert_eq!(actions(&next), ["read patient", "read patient"]);
    assert_eq!(owner.get(&format!("/api/v1/audit/patients/{}", Uuid::now_v7())).await.status, 404);
}

#[tokio::test]
async fn what_must_be_recorded_is_not_answered_without_an_entry() {
    let (server, owner) = start().await;
    let caller = platform::db::Caller::system(platform::id::PracticeId(owner.practice()));
    let outcome = server.app.door.read_recorded(&caller, async |_| Ok(1)).await;
    assert_eq!(outcome.expect_err("refused").code(), "internal");
}

//! Policies as the front desk uses them.

use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use crate::testing::{enter, id, patient, start};

fn policy(payer: &str, member: &str) -> Value {
    json!({ "payer": payer, "memberId": member })
}

#[tokio::test]
async fn a_policy_from_beginning_to_end() {
    let (_server, owner) = start().await;
    let patient = id(&enter(&owner, &patient("Sara", "Ali")).await);
    let policies = format!("/api/v1/patients/{patient}/policies");
    let new = json!({ "payer": " Bupa ", "plan": "Gold", "memberId": "M-1", "holderName": "Ali", "holderPhone": "0501234567",
                      "validFrom": "2026-01-01", "validTo": "2026-12-31",
                      "cards": [{ "name": "front.jpg", "mediaType": "image/jpeg", "bytes": 1000 }] });
    let made = owner.post(&policies, &new).await.expect(201);
    assert_eq!((&made["payer"], &made["rank"], &made["eligibility"]), (&json!("Bupa"), &json!(1), &json!("unknown")));
    assert_eq!(made["holderPhone"], json!("+966501234567"));
    let second = owner.post(&policies, &policy("Tawuniya", "T-1")).await.expect(201);
    assert_eq!(second["rank"], json!(2));
    let path = format!("/api/v1/policies/{}", id(&made));
    let said = json!({ "version": 1, "eligibility": "active" });
    let verified = owner.post(&format!("{path}/verify"), &said).await.expect(200);
    assert_eq!((&verified["eligibility"], &verified["verifiedBy"]), (&json!("active"), &json!(owner.user())));
    let renamed = owner.patch(&path, &json!({ "version": 2, "plan": "Silver" })).await.expect(200);
    assert_eq!((&renamed["plan"], &renamed["eligibility"]), (&json!("Silver"), &json!("active")));
    let renumbered = owner.patch(&path, &json!({ "version": 3, "memberId": "M-2" })).await.expect(200);
    assert_eq!((&renumbered["eligibility"], &renumbered["verifiedAt"]), (&json!("unknown"), &Value::Null));
    owner.post(&format!("{path}/delete"), &json!({ "version": 4 })).await.expect(200);
    let left = owner.get(&policies).await.expect(200);
    assert_eq!(left["items"], json!([second]));
    assert_eq!(owner.patch(&path, &json!({ "version": 5, "plan": "X" })).await.status, 404);
}

#[tokio::test]
async fn what_was_deleted_comes_back_to_its_place_or_behind_the_others() {
    let (_server, owner) = start().await;
    let patient = id(&enter(&owner, &patient("Sara", "Ali")).await);
    let policies = format!("/api/v1/patients/{patient}/policies");
    let first = id(&owner.post(&policies, &policy("Bupa", "1")).await.expect(201));
    owner.post(&policies, &policy("Tawuniya", "2")).await.expect(201);
    let path = format!("/api/v1/policies/{first}");
    for (round, rank) in [(0, 1), (1, 3)] {
        owner.post(&format!("{path}/delete"), &json!({ "version": 1 + 2 * round })).await.expect(200);
        if round == 1 {
            owner.post(&policies, &json!({ "payer": "Malath", "memberId": "3", "rank": 1 })).await.expect(201);
        }
        let stale = owner.post(&format!("{path}/restore"), &json!({ "version": 1 })).await;
        assert_eq!((stale.status.as_u16(), stale.code()), (409, "version.stale"));
        let back = owner.post(&format!("{path}/restore"), &json!({ "version": 2 + 2 * round })).await.expect(200);
        assert_eq!((&back["rank"], &back["deletedAt"]), (&json!(rank), &Value::Null));
    }
    assert_eq!(owner.get(&policies).await.expect(200)["items"].as_array().map(Vec::len), Some(3));
}

#[tokio::test]
async fn what_is_not_right_is_named() {
    let (_server, owner) = start().await;
    let patient = id(&enter(&owner, &patient("Sara", "Ali")).await);
    let policies = format!("/api/v1/patients/{patient}/policies");
    owner.post(&policies, &policy("Bupa", "1")).await.expect(201);
    for (body, status, pointer) in [
        (json!({ "payer": "Bupa" }), 422, "/memberId"),
        (json!({ "memberId": "1" }), 422, "/payer"),
        (
            json!({ "payer": "Bupa", "memberId": "1", "validFrom": "2026-02-01", "validTo": "2026-01-31" }),
            422,
            "/validTo",
        ),
        (json!({ "payer": "Bupa", "memberId": "1", "holderPhone": "12345" }), 422, "/holderPhone"),
        (json!({ "payer": "Bupa", "memberId": "1", "rank": 1 }), 409, "/rank"),
        (json!({ "payer": "Bupa", "memberId": "1", "rank": 10 }), 422, "/rank"),
    ] {
        let answer = owner.post(&policies, &body).await;
        let at = &answer.body["errors"][0]["pointer"];
        assert_eq!((answer.status.as_u16(), at), (status, &json!(pointer)), "{body}");
    }
}

#[tokio::test]
async fn the_worklist_has_what_nobody_made_sure_of_longest_first() {
    let (server, owner) = start().await;
    let mut made = Vec::new();
    for (name, valid_to) in
        [("Never", None), ("Fresh", None), ("Stale", None), ("Over", Some("2020-01-01")), ("Refused", None)]
    {
        let patient = id(&enter(&owner, &patient(name, "Ali")).await);
        let new = json!({ "payer": "Bupa", "memberId": name, "validTo": valid_to });
        made.push(id(&owner.post(&format!("/api/v1/patients/{patient}/policies"), &new).await.expect(201)));
    }
    for (policy, eligibility) in [(1, "active"), (2, "active"), (4, "inactive")] {
        let path = format!("/api/v1/policies/{}/verify", made[policy]);
        owner.post(&path, &json!({ "version": 1, "eligibility": eligibility })).await.expect(200);
    }
    let sql =
        format!("update patients.policy set verified_at = verified_at - interval '31 days' where id = '{}'", made[2]);
    let mut conn = server.database.conn().await;
    sqlx::raw_sql("set session_replication_role = replica").execute(&mut conn).await.expect("no triggers");
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut conn).await.expect("a month passes");
    let names = |page: &Value| -> Vec<String> {
        let items = page["items"].as_array().expect("items");
        items.iter().map(|item| item["givenName"].as_str().expect("a name").to_owned()).collect()
    };
    let page = owner.get("/api/v1/policies/unverified").await.expect(200);
    assert_eq!(names(&page), ["Never", "Stale", "Refused"]);
    assert_eq!(names(&owner.get("/api/v1/policies/unverified?days=60").await.expect(200)), ["Never", "Refused"]);
    let first = owner.get("/api/v1/policies/unverified?limit=2").await.expect(200);
    let next = format!("/api/v1/policies/unverified?limit=2&cursor={}", first["nextCursor"].as_str().expect("more"));
    assert_eq!(
        (names(&first), names(&owner.get(&next).await.expect(200))),
        (vec!["Never".into(), "Stale".into()], vec!["Refused".to_owned()])
    );
}

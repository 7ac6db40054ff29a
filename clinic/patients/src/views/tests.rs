//! Saved views as people of a practice use them.

use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use crate::testing::{enter, id, patient, start};

fn names(views: &Value) -> Vec<&str> {
    views["items"].as_array().expect("items").iter().map(|view| view["name"].as_str().expect("a name")).collect()
}

#[tokio::test]
async fn a_view_is_ones_own_until_it_is_shared() {
    let (server, owner) = start().await;
    let colleague = server.colleague_of(&owner, "receptionist").await;
    let filter = json!({ "all": [{ "field": "familyName", "op": "eq", "value": "Haddad" }] });
    let new = json!({ "name": " Haddads ", "filter": filter, "sort": "-number", "columns": ["number", "custom.size"] });
    let view = owner.post("/api/v1/views", &new).await.expect(201);
    assert_eq!((&view["name"], &view["filter"], &view["shared"]), (&json!("Haddads"), &filter, &json!(false)));
    let path = format!("/api/v1/views/{}", id(&view));
    assert_eq!(colleague.get("/api/v1/views").await.expect(200)["items"], json!([]));
    assert_eq!(colleague.patch(&path, &json!({ "version": 1, "name": "X" })).await.status, 404);

    owner.post(&format!("{path}/share"), &json!({ "version": 1 })).await.expect(200);
    assert_eq!(names(&colleague.get("/api/v1/views").await.expect(200)), ["Haddads"]);
    let refused = colleague.patch(&path, &json!({ "version": 2, "name": "X" })).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (403, "view.not_yours"));
    assert_eq!(colleague.post(&format!("{path}/delete"), &json!({ "version": 2 })).await.status, 403);
    colleague.post(&format!("{path}/unshare"), &json!({ "version": 2 })).await.expect(200);
    assert_eq!(colleague.get("/api/v1/views").await.expect(200)["items"], json!([]));

    let stale = owner.patch(&path, &json!({ "version": 2, "name": "X" })).await;
    assert_eq!((stale.status.as_u16(), stale.code()), (409, "version.stale"));
    let all = owner.patch(&path, &json!({ "version": 3, "filter": null })).await.expect(200);
    assert_eq!((&all["filter"], &all["sort"]), (&Value::Null, &json!("-number")));
    owner.post(&format!("{path}/delete"), &json!({ "version": 4 })).await.expect(200);
    assert_eq!(owner.get("/api/v1/views").await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn what_a_view_filters_by_is_not_readable_in_the_database() {
    let (server, owner) = start().await;
    let filter = json!({ "field": "familyName", "op": "eq", "value": "Haddad" });
    owner.post("/api/v1/views", &json!({ "name": "Mine", "filter": filter })).await.expect(201);
    let sql = "select count(*) from patients.view where position('Haddad'::bytea in filter) > 0 or position('field'::bytea in filter) > 0";
    let mut conn = server.database.conn().await;
    let found: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut conn).await.expect("a count");
    assert_eq!(found, 0);
}

#[tokio::test]
async fn what_is_wrong_with_a_view_is_named() {
    let (_server, owner) = start().await;
    owner.post("/api/v1/views", &json!({ "name": "Mine" })).await.expect(201);
    for (body, status, pointer) in [
        (json!({}), 422, "/name"),
        (json!({ "name": "MINE" }), 409, "/name"),
        (json!({ "name": "A", "sort": "secret" }), 422, "/sort"),
        (json!({ "name": "A", "columns": ["a b"] }), 422, "/columns/0"),
        (json!({ "name": "A", "filter": { "field": "status", "op": "eq", "value": "absent" } }), 422, "/filter/value"),
        (
            json!({ "name": "A", "filter": { "any": [{ "field": "custom.none", "op": "empty" }] } }),
            422,
            "/filter/any/0/field",
        ),
    ] {
        let answer = owner.post("/api/v1/views", &body).await;
        let at = &answer.body["errors"][0]["pointer"];
        assert_eq!((answer.status.as_u16(), at), (status, &json!(pointer)), "{body}");
    }
}

#[tokio::test]
async fn views_are_put_into_an_order_and_there_are_not_too_many() {
    let (_server, owner) = start().await;
    let mut ids = Vec::new();
    for n in 0..30 {
        ids.push(id(&owner.post("/api/v1/views", &json!({ "name": format!("View {n}") })).await.expect(201)));
    }
    let too_many = owner.post("/api/v1/views", &json!({ "name": "One more" })).await;
    assert_eq!((too_many.status.as_u16(), too_many.code()), (409, "view.too_many"));
    ids.reverse();
    let ordered = owner.post("/api/v1/views/order", &json!({ "ids": ids })).await.expect(200);
    assert_eq!(names(&ordered)[..2], ["View 29", "View 28"]);
    let others = owner.post("/api/v1/views/order", &json!({ "ids": ids[1..] })).await;
    assert_eq!((others.status.as_u16(), others.code()), (409, "view.others"));
}

#[tokio::test]
async fn a_list_is_counted_and_what_it_can_be_filtered_by_is_described() {
    let (_server, owner) = start().await;
    let sara = id(&enter(&owner, &patient("Sara", "Ali")).await);
    enter(&owner, &patient("Omar", "Ali")).await;
    let policy = json!({ "payer": "Bupa Arabia", "memberId": "1" });
    owner.post(&format!("/api/v1/patients/{sara}/policies"), &policy).await.expect(201);
    for (asked, count) in [
        (json!({}), 2),
        (json!({ "q": "sara" }), 1),
        (json!({ "deleted": true }), 0),
        (json!({ "filter": { "field": "payer", "op": "contains", "value": "bupa" } }), 1),
        (json!({ "filter": { "field": "payer", "op": "empty" } }), 1),
        (json!({ "filter": { "field": "eligibility", "op": "eq", "value": "unknown" } }), 1),
        (json!({ "filter": { "field": "eligibility", "op": "in", "value": ["active", "pending"] } }), 0),
    ] {
        let told = owner.post("/api/v1/patients/count", &asked).await.expect(200);
        assert_eq!(told, json!({ "count": count, "more": false }), "{asked}");
    }
    owner.post("/api/v1/patient-fields", &json!({ "name": "Shoe size", "kind": "number" })).await.expect(201);
    let described = owner.get("/api/v1/patients/fields").await.expect(200);
    let field = |name: &str| {
        let items = described["items"].as_array().expect("items");
        items.iter().find(|field| field["name"] == name).expect("the field").clone()
    };
    assert_eq!(field("sex")["choices"], json!(["male", "female", "other", "unknown"]));
    assert_eq!(field("payer")["choices"], json!(["Bupa Arabia"]));
    assert_eq!(field("custom.shoeSize")["kind"], json!("number"));
    assert_eq!(
        field("tag"),
        json!({ "name": "tag", "kind": "id", "operators": ["eq", "ne", "in", "empty"], "choices": [] })
    );
    for described in described["items"].as_array().expect("items") {
        let filter = json!({ "field": described["name"], "op": described["operators"][0], "value": {} });
        let refused = owner.post("/api/v1/patients/query", &json!({ "filter": filter })).await;
        assert_eq!((refused.status.as_u16(), &refused.body["errors"][0]["pointer"]), (422, &json!("/filter/value")));
    }
    for (asked, pointer) in [(json!({ "sort": "secret" }), "/sort"), (json!({ "cursor": "x" }), "/cursor")] {
        let refused = owner.post("/api/v1/patients/query", &asked).await;
        assert_eq!(refused.body["errors"][0]["pointer"], json!(pointer));
    }
}

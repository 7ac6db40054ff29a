//! What workflows see of cases.

use automation::testing::{Engine, uuid};
use serde_json::{Value, json};

use crate::testing::{case, path, prior_auth, start, workflow};

#[tokio::test]
async fn a_case_has_what_it_declares_and_many_take_as_many_statements_as_one() {
    let (server, owner) = start().await;
    let engine = Engine::of(&server, &owner, crate::blocks());
    let about = workflow(&owner, "prior_auth", &prior_auth()).await;
    let sara = owner.post("/api/v1/patients", &json!({ "givenName": "Sara" })).await.expect(201);
    let fields = json!({ "patient_name": "Sara", "member_id": "quinquagesima" });
    let new = json!({ "callWorkflowId": about["id"], "patientId": sara["id"], "fields": fields });
    let made = owner.post("/api/v1/cases", &new).await.expect(201);
    let id = |of: &Value| of["id"].as_str().expect("an id").to_owned();
    let seen = engine.one("case", &id(&made)).await;
    engine.check_declared("case", &seen);
    assert_eq!((&seen["workflow"], &seen["callStatus"]), (&json!("prior_auth"), &json!("not_started")));
    assert_eq!(seen["fields"], json!({ "patient_name": "Sara", "status": "open" }), "nothing that is sensitive");
    assert_eq!(seen["patient"]["givenName"], "Sara");

    let (other, gone) = (
        case(&owner, &about, json!({ "patient_name": "Ali" })).await,
        case(&owner, &about, json!({ "patient_name": "Zaid" })).await,
    );
    owner.post(&format!("{}/delete", path("cases", &gone)), &json!({ "version": 1 })).await.expect(200);
    let ids: Vec<uuid::Uuid> = [&made, &other, &gone].map(|one| uuid(&id(one))).to_vec();
    let (one, statements) = engine.load("case", &ids[..1]).await;
    let (all, for_all) = engine.load("case", &ids).await;
    assert_eq!((&one[0]["calls"], statements), (&json!(0), for_all));
    assert_eq!((&all[1]["patient"], &all[2]), (&Value::Null, &Value::Null), "about nobody; deleted");
    engine.check_declarations();
}

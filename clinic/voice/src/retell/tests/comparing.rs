//! What was never told is found.

use jiff::SignedDuration;
use serde_json::json;

use super::{Clinic, case};

#[tokio::test]
async fn lost_webhooks_are_made_up_for() {
    let clinic = Clinic::start().await;
    let case = case(&clinic, "+14155550109").await;
    let body = json!({ "callWorkflowId": clinic.workflow, "transport": "phone", "caseId": case });
    clinic.owner.post("/api/v1/retell/calls", &body).await.expect(201);
    clinic.work().await;
    // as if nothing had come of any of it
    sqlx::raw_sql(
        "set session_replication_role = replica; delete from voice.retell_message; delete from voice.turn;
         delete from voice.finding; update voice.call set state = 'dialing', outcome = null, ended_at = null, turns = 0",
    )
    .execute(&mut clinic.server.database.conn().await)
    .await
    .expect("lost");
    let compare = async || {
        (super::super::compare::SCHEDULE.run)(clinic.server.app.clone()).await.expect("asked for");
        clinic.work().await;
    };
    clinic.server.clock.advance(SignedDuration::from_mins(3));
    compare().await;
    let row = "select concat_ws(' ', state, outcome, turns, (select count(*) from voice.turn)) from voice.call";
    assert_eq!(clinic.text(row).await, "ended completed 2 7");
    assert_eq!(clinic.count("select count(*) from voice.retell_message").await, 1);
    clinic.server.clock.advance(SignedDuration::from_mins(5));
    compare().await;
    assert_eq!(clinic.count("select count(*) from voice.retell_message").await, 1, "what is known is not looked up");
    assert_eq!(clinic.text("select (compared_until is not null)::text from voice.retell").await, "true");
}

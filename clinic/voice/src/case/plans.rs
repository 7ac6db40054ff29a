//! That lists of many cases are read by indexes: what PostgreSQL says it would do as the role of the server, whose rows are
//! filtered by its practice.

use dialogue::Schema;
use platform::db::{Caller, TenantTx};
use platform::filter::Filter;
use platform::testing::{Person, TestServer};
use serde_json::{Value, json};
use sqlx::{QueryBuilder, Row as _};

use super::list::{Which, fill};
use crate::{CallWorkflowId, workflow};

/// Looks at the plans of a call workflow with 20,000 cases.
pub async fn look(server: &TestServer, owner: &Person, about: &Value) {
    sqlx::raw_sql("analyze voice.case; analyze voice.case_term")
        .execute(&mut server.database.conn().await)
        .await
        .expect("analyzed");
    let id = CallWorkflowId(serde_json::from_value(about["id"].clone()).expect("an id"));
    let practice = platform::id::PracticeId(owner.practice());
    let status = json!({ "field": "callStatus", "op": "eq", "value": "queued" });
    for (search, filter, index) in [
        (None, None, "case_by_time"),
        (None, Some(status), "case_by_status"),
        (Some("1999"), None, "case_term_pkey"),
        (Some("1999 1234"), None, "case_term_pkey"),
    ] {
        let filter = filter.map(|filter| Filter::read(&filter).expect("a filter"));
        let look = async |tx: &mut TenantTx| {
            let (_, schema): (i32, Schema) = workflow::schema(tx, id, false).await?;
            let which = Which { workflow: id, search, filter: filter.as_ref(), deleted: false };
            let mut query = QueryBuilder::new("explain select ");
            fill(&mut query, tx, &schema, which, (Some("-createdAt"), None, 50))?;
            let rows = query.build().fetch_all(tx.conn()).await?;
            Ok(rows.iter().map(|row| row.get::<String, _>(0)).collect::<Vec<_>>().join("\n"))
        };
        let plan = server.app.door.read(&Caller::system(practice), look).await.expect("a plan");
        assert!(plan.contains(index) && !plan.contains("Seq Scan"), "{search:?}: {plan}");
    }
}

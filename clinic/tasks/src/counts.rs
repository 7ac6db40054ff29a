//! How much there is to do: the numbers beside the tabs, in one query.

use platform::Result;
use platform::db::TenantTx;
use platform::guard::Can;
use platform::permission::tasks as may;
use platform::route;
use platform::routes::{Json, Routes};
use serde::Serialize;
use sqlx::{FromRow, QueryBuilder};
use utoipa::ToSchema;

use crate::{assignee, due, row};

/// The route of the numbers.
pub fn routes() -> Routes {
    Routes::new().route(route!(counts))
}

/// What is done is counted so far: beyond it nobody reads the number.
const MOST: i64 = 1000;

/// How many tasks there are.
#[derive(Debug, Serialize, ToSchema, FromRow)]
#[serde(rename_all = "camelCase")]
struct TaskCounts {
    /// What is open.
    open: i64,
    /// What is open and one's own, or one's role's.
    mine: i64,
    /// What is open and too late.
    overdue: i64,
    /// What is open and nobody's.
    unassigned: i64,
    /// What is done; 1000 stands for so many and more.
    done: i64,
}

/// How many tasks there are.
#[utoipa::path(get, path = "/api/v1/tasks/counts", tag = "tasks", responses((status = 200, body = TaskCounts)))]
async fn counts(who: Can<may::Read>) -> Result<Json<TaskCounts>> {
    who.read(async move |tx| count(tx).await).await.map(Json)
}

async fn count(tx: &mut TenantTx) -> Result<TaskCounts> {
    let (now, assignable) = (due::local_now(tx).await?, assignee::assignable(tx).await?);
    let mut query = QueryBuilder::new("select count(*) as open, count(*) filter (where ");
    assignee::push_mine(&tx.caller().actor.clone(), &mut query);
    query.push(") as mine, count(*) filter (where ");
    row::push_late(now, &mut query);
    query.push(") as overdue, count(*) filter (where ");
    assignable.push_nobodys(&mut query);
    query.push(") as unassigned, (select count(*) from (select from tasks.task d where d.practice_id = ");
    query.push_bind(tx.practice()).push(" and d.status = 'done' and d.deleted_at is null order by d.done_at limit ");
    query.push_bind(MOST);
    query.push(") d) as done from tasks.task t where t.practice_id = ").push_bind(tx.practice());
    query.push(" and t.status = 'open' and t.deleted_at is null");
    Ok(query.build_query_as().fetch_one(tx.conn()).await?)
}

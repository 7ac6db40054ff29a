//! The calls of what stands in for Retell.

use std::collections::BTreeMap;

use jiff::Timestamp;
use platform::Result;
use platform::crypto::Place;
use platform::db::TenantTx;
use platform::error::Error;
use platform::record::Change;
use retell::Variables;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

/// Calls that are listed.
const MOST: i64 = 500;

/// A call, and how much of it was played.
#[derive(Clone)]
pub struct Played {
    /// Its name there.
    pub id: String,
    /// Our id of it.
    pub our_id: String,
    /// Who speaks.
    pub agent: String,
    /// In a browser.
    pub is_web: bool,
    /// From which number to which.
    pub numbers: Option<(String, String)>,
    /// What the agent knows.
    pub variables: Variables,
    /// Registered, under way, over, analysed: 0 to 3.
    pub step: u8,
    /// When it was begun.
    pub began: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct Private {
    numbers: Option<(String, String)>,
    variables: BTreeMap<String, String>,
}

struct Row {
    external_id: String,
    our_id: String,
    agent_id: String,
    is_web: bool,
    private: Vec<u8>,
    step: i32,
    began_at: jiff_sqlx::Timestamp,
}

fn place(our_id: &str) -> Place<'static> {
    // the id of the call here; another text names nothing else
    Place { table: "voice.retell_sandbox", column: "private", row: our_id.parse().unwrap_or_default() }
}

/// Enters a call.
///
/// # Errors
/// 503 when the database is away.
pub async fn enter(tx: &mut TenantTx, call: &Played) -> Result<()> {
    let private = Private { numbers: call.numbers.clone(), variables: call.variables.0.clone() };
    let private = serde_json::to_vec(&private).map_err(Error::internal)?;
    let sealed = tx.seal(place(&call.our_id), &private).await?;
    let practice = tx.practice();
    sqlx::query!(
        "insert into voice.retell_sandbox (practice_id, external_id, our_id, agent_id, is_web, private, step, began_at)
         values ($1, $2, $3, $4, $5, $6, 0, $7)",
        practice,
        call.id,
        call.our_id,
        call.agent,
        call.is_web,
        sealed,
        jiff_sqlx::Timestamp::from(call.began) as _,
    )
    .execute(tx.conn())
    .await?;
    record(tx, "dial", call).await
}

/// Notes how much was played.
///
/// # Errors
/// 503 when the database is away.
pub async fn step(tx: &mut TenantTx, call: &Played) -> Result<()> {
    let practice = tx.practice();
    sqlx::query!(
        "update voice.retell_sandbox set step = $3 where practice_id = $1 and external_id = $2",
        practice,
        call.id,
        i32::from(call.step),
    )
    .execute(tx.conn())
    .await?;
    record(tx, "play", call).await
}

async fn record(tx: &mut TenantTx, what: &'static str, call: &Played) -> Result<()> {
    let practice = tx.practice();
    tx.record(Change::done(what, "retell_sandbox", practice).with(json!({ "call": call.id, "step": call.step }))).await
}

/// A call; locked until the end of the transaction where it is to be changed.
///
/// # Errors
/// 404.
pub async fn find(tx: &mut TenantTx, id: &str, to_change: bool) -> Result<Played> {
    let practice = tx.practice();
    if to_change {
        sqlx::query!(
            "select from voice.retell_sandbox where practice_id = $1 and external_id = $2 for update",
            practice,
            id,
        )
        .fetch_optional(tx.conn())
        .await?;
    }
    let row = sqlx::query_as!(
        Row,
        r#"select external_id, our_id, agent_id, is_web, private, step, began_at as "began_at: jiff_sqlx::Timestamp"
             from voice.retell_sandbox where practice_id = $1 and external_id = $2"#,
        practice,
        id,
    );
    let row = row.fetch_optional(tx.conn()).await?.ok_or_else(Error::not_found)?;
    open(tx, row).await
}

/// Those that began then or later, the oldest first; of one id of ours, where one is named.
///
/// # Errors
/// 503 when the database is away.
pub async fn since(tx: &mut TenantTx, since: Timestamp, our_id: Option<&str>) -> Result<Vec<Played>> {
    let practice = tx.practice();
    let rows = sqlx::query_as!(
        Row,
        r#"select external_id, our_id, agent_id, is_web, private, step, began_at as "began_at: jiff_sqlx::Timestamp"
             from voice.retell_sandbox
            where practice_id = $1 and began_at >= $2 and ($3::text is null or our_id = $3)
            order by began_at, external_id limit $4"#,
        practice,
        jiff_sqlx::Timestamp::from(since) as _,
        our_id,
        MOST,
    );
    let mut calls = Vec::new();
    for row in rows.fetch_all(tx.conn()).await? {
        calls.push(open(tx, row).await?);
    }
    Ok(calls)
}

async fn open(tx: &mut TenantTx, row: Row) -> Result<Played> {
    let private = tx.open(place(&row.our_id), &row.private).await?;
    let Private { numbers, variables } = serde_json::from_slice(&private).map_err(Error::internal)?;
    Ok(Played {
        id: row.external_id,
        our_id: row.our_id,
        agent: row.agent_id,
        is_web: row.is_web,
        numbers,
        variables: Variables(variables),
        step: u8::try_from(row.step).unwrap_or(3),
        began: row.began_at.to_jiff(),
    })
}

/// The call workflows, each of which has an agent: id and name.
///
/// # Errors
/// 503 when the database is away.
pub async fn workflows(tx: &mut TenantTx) -> Result<Vec<(Uuid, String)>> {
    let practice = tx.practice();
    let rows =
        sqlx::query!("select id, name from voice.call_workflow where practice_id = $1 order by name, id", practice);
    Ok(rows.fetch_all(tx.conn()).await?.into_iter().map(|row| (row.id, row.name)).collect())
}

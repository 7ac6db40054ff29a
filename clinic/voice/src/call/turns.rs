//! What was said in a call, line by line.

use garde::Validate;
use platform::crypto::Place;
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::{Path, Query};
use platform::guard::Can;
use platform::permission::calls as may;
use platform::record::Look;
use platform::routes::{Json, Routes};
use platform::{Result, route, undisclosed};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::row;
use crate::CallId;

/// The route of what was said.
pub fn routes() -> Routes {
    Routes::new().route(route!(turns))
}

/// The most lines of a call that are kept; a call of an hour has some four hundred.
pub const MOST: usize = 5000;

/// Who said or did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[schema(as = TurnWho)]
pub enum Who {
    /// The agent.
    Agent,
    /// The other side.
    Caller,
    /// Somebody of the practice who took the call over.
    Staff,
    /// The agent did something: what it called, and with what.
    Tool,
    /// Keys were pressed.
    Key,
    /// Something happened: music, a beep, a transfer.
    Note,
}

/// A line to be kept.
#[derive(Clone, Serialize, Deserialize)]
pub struct NewTurn {
    /// Who said it.
    pub who: Who,
    /// Where in the flow that was.
    pub node: Option<String>,
    /// Milliseconds since the beginning of the call.
    pub at_ms: i32,
    /// When it was over.
    pub ended_ms: Option<i32>,
    /// As it was said.
    pub text: String,
    /// With what is sensitive left out.
    pub redacted: String,
    /// Cut off by the other side.
    pub interrupted: bool,
    /// Milliseconds of each part of an answer.
    pub latency: Option<Value>,
}

/// A line of what was said.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CallTurn)]
pub struct Turn {
    /// Its place, from 0.
    pub seq: i32,
    /// Who said it.
    pub who: Who,
    /// Where in the flow that was.
    #[schema(required)]
    pub node: Option<String>,
    /// Milliseconds since the beginning of the call.
    pub at_ms: i32,
    /// When it was over.
    #[schema(required)]
    pub ended_ms: Option<i32>,
    /// The words; with what is sensitive left out, unless it was asked for as it was.
    pub text: String,
    /// Whether something is left out.
    pub is_redacted: bool,
    /// Cut off by the other side.
    pub interrupted: bool,
    /// Milliseconds of each part of an answer.
    #[schema(required)]
    pub latency: Option<Value>,
}

undisclosed!(NewTurn, Turn);

/// What is sealed of a line.
#[derive(Serialize, Deserialize)]
struct Words {
    text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    redacted: Option<String>,
}

/// How to show what was said.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Shown {
    /// As it was said, with nothing left out: the ledger says so.
    #[garde(skip)]
    #[serde(default)]
    original: bool,
}

/// All lines of a call.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CallTurns)]
struct Turns {
    items: Vec<Turn>,
}

/// What was said in a call.
#[utoipa::path(get, path = "/api/v1/calls/{id}/turns", tag = "voice",
    params(("id" = Uuid, Path, description = "The call"), Shown), responses((status = 200, body = Turns)))]
async fn turns(who: Can<may::Read>, Path(id): Path<CallId>, Query(shown): Query<Shown>) -> Result<Json<Turns>> {
    who.read_recorded(async move |tx| {
        let call = row::find(tx, id).await?.call();
        let items = of(tx, id, shown.original).await?;
        let what = if shown.original { "call_transcript_original" } else { "call_transcript" };
        tx.record_read(Look::at(what, id.uuid()).of_patient(call.patient_id)).await?;
        Ok(Json(Turns { items }))
    })
    .await
}

fn place(id: CallId, column: &str) -> Place<'_> {
    Place { table: "voice.turn", column, row: id.uuid() }
}

/// Lines are sealed to their number: none can be put in another's place.
fn column(seq: i32) -> String {
    format!("private.{seq}")
}

async fn of(tx: &mut TenantTx, id: CallId, original: bool) -> Result<Vec<Turn>> {
    let practice = tx.practice();
    let rows = sqlx::query!(
        r#"select seq, who as "who: Who", node, at_ms, ended_ms, private, interrupted, latency from voice.turn
            where practice_id = $1 and call_id = $2 order by seq limit 5000"#,
        practice,
        id.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    let mut turns = Vec::with_capacity(rows.len());
    for row in rows {
        let column = column(row.seq);
        let plain = tx.open(place(id, &column), &row.private).await?;
        let words: Words = serde_json::from_slice(&plain).map_err(Error::internal)?;
        let (text, is_redacted) = match words.redacted {
            Some(redacted) if !original => (redacted, true),
            _ => (words.text, false),
        };
        turns.push(Turn {
            seq: row.seq,
            who: row.who,
            node: row.node,
            at_ms: row.at_ms,
            ended_ms: row.ended_ms,
            text,
            is_redacted,
            interrupted: row.interrupted,
            latency: row.latency,
        });
    }
    Ok(turns)
}

/// Writes the lines of a call, all at once, in a transaction that records the call.
///
/// # Errors
/// 503 when the database is away.
pub async fn write(tx: &mut TenantTx, id: CallId, turns: &[NewTurn]) -> Result<()> {
    let turns = &turns[..turns.len().min(MOST)];
    let mut sealed = Vec::with_capacity(turns.len());
    for (seq, turn) in (0_i32..).zip(turns) {
        let redacted = (turn.redacted != turn.text).then(|| turn.redacted.clone());
        let words = Words { text: turn.text.clone(), redacted };
        let column = column(seq);
        sealed.push(tx.seal(place(id, &column), &serde_json::to_vec(&words).map_err(Error::internal)?).await?);
    }
    let practice = tx.practice();
    sqlx::query!(
        "insert into voice.turn (practice_id, call_id, seq, who, node, at_ms, ended_ms, private, interrupted, latency)
         select $1, $2, t.seq, t.who, t.node, t.at_ms, t.ended_ms, t.private, t.interrupted, t.latency
           from unnest($3::int[], $4::text[], $5::text[], $6::int[], $7::int[], $8::bytea[], $9::bool[], $10::jsonb[])
                t (seq, who, node, at_ms, ended_ms, private, interrupted, latency)
         on conflict do nothing",
        practice,
        id.uuid(),
        &(0_i32..).take(turns.len()).collect::<Vec<_>>(),
        &turns.iter().map(|turn| turn.who).collect::<Vec<_>>() as _,
        &turns.iter().map(|turn| turn.node.clone()).collect::<Vec<_>>() as _,
        &turns.iter().map(|turn| turn.at_ms).collect::<Vec<_>>(),
        &turns.iter().map(|turn| turn.ended_ms.map(|end| end.max(turn.at_ms))).collect::<Vec<_>>() as _,
        &sealed,
        &turns.iter().map(|turn| turn.interrupted).collect::<Vec<_>>(),
        &turns.iter().map(|turn| turn.latency.clone()).collect::<Vec<_>>() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

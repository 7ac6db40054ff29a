//! What a call found out, field by field: as a difference to what is known, to be taken over or not.

use std::collections::HashMap;

use garde::Validate;
use jiff::Timestamp;
use platform::crypto::Place;
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::{Body, Path};
use platform::guard::Can;
use platform::permission::calls as may;
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::{Result, route, undisclosed};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{CallDetail, State, detail, locked_at, reviewed};
use crate::{CallId, case};

/// The route of deciding.
pub fn routes() -> Routes {
    Routes::new().route(route!(decide))
}

/// Whose field it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[schema(as = FindingTarget)]
pub enum Target {
    /// The case's.
    Case,
    /// The patient's.
    Patient,
}

/// How it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[schema(as = FindingState)]
pub enum FindingState {
    /// Nobody has decided.
    Open,
    /// It is in the record.
    Accepted,
    /// It is not to be.
    Dismissed,
}

/// Something that a call found out.
#[derive(Clone)]
pub struct NewFinding {
    /// Whose field.
    pub target: Target,
    /// Which.
    pub key: String,
    /// What was heard.
    pub value: Value,
    /// What was known before.
    pub before: Value,
    /// The words it was heard in.
    pub quote: Option<String>,
    /// The line it was heard in.
    pub turn: Option<i32>,
    /// It went into the record with the end of the call, as its flow says.
    pub is_written: bool,
}

/// Something that a call found out.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// Whose field.
    pub target: Target,
    /// Which.
    pub key: String,
    /// What was heard.
    pub value: Value,
    /// What was known before.
    pub before: Value,
    /// The words it was heard in.
    #[schema(required)]
    pub quote: Option<String>,
    /// The line it was heard in.
    #[schema(required)]
    pub turn: Option<i32>,
    /// How it stands.
    pub state: FindingState,
    /// When somebody decided.
    #[schema(required)]
    pub decided_at: Option<Timestamp>,
    /// Who did.
    #[schema(required)]
    pub decided_by: Option<Uuid>,
}

undisclosed!(NewFinding, Finding);

/// What is sealed of it.
#[derive(Serialize, Deserialize)]
struct Sealed {
    value: Value,
    #[serde(default)]
    before: Value,
    #[serde(default)]
    quote: Option<String>,
}

/// What goes into the record, and what does not.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct FindingDecision {
    /// The version of the call that the decision is based on.
    #[garde(skip)]
    version: i32,
    /// Keys of the case's fields that are taken over.
    #[garde(length(max = 60), inner(length(max = 60)))]
    #[serde(default)]
    accept: Vec<String>,
    /// Keys of fields that are not.
    #[garde(length(max = 60), inner(length(max = 60)))]
    #[serde(default)]
    dismiss: Vec<String>,
}

/// Take over what a call found out, field by field, or dismiss it. When nothing is left to decide, the call counts as looked
/// at.
#[utoipa::path(post, path = "/api/v1/calls/{id}/findings", tag = "voice", request_body = FindingDecision,
    params(("id" = Uuid, Path, description = "The call")), responses((status = 200, body = CallDetail)))]
async fn decide(
    who: Can<may::Review>,
    Path(id): Path<CallId>,
    Body(decision): Body<FindingDecision>,
) -> Result<Json<CallDetail>> {
    who.write(async move |tx| {
        let call = locked_at(tx, id, decision.version).await?;
        let Some(case) = call.case_id.filter(|_| call.state == State::Ended) else {
            return Err(Error::conflict("call.no_case", "Say first which case this call is about."));
        };
        let known: HashMap<String, Finding> = of(tx, id)
            .await?
            .into_iter()
            .filter(|finding| finding.target == Target::Case)
            .map(|finding| (finding.key.clone(), finding))
            .collect();
        let (mut values, mut accepted, mut dismissed) = (dialogue::Values::new(), Vec::new(), Vec::new());
        for key in &decision.accept {
            let finding = known.get(key).ok_or_else(no_such)?;
            values.insert(key.clone(), finding.value.clone());
            accepted.push(key.clone());
        }
        for key in &decision.dismiss {
            known.get(key).ok_or_else(no_such)?;
            dismissed.push(key.clone());
        }
        if !values.is_empty() {
            case::write_back(tx, case, &values).await?;
        }
        set_state(tx, id, &accepted, FindingState::Accepted).await?;
        set_state(tx, id, &dismissed, FindingState::Dismissed).await?;
        tx.record(Change::done("decide", "call_finding", id.uuid())).await?;
        let is_left = of(tx, id).await?.iter().any(|finding| finding.state == FindingState::Open);
        reviewed(tx, &call, !is_left).await?;
        detail(tx, id).await.map(Json)
    })
    .await
}

fn no_such() -> Error {
    Error::invalid(Vec::new()).at("/accept", "not_found", "The call has found out nothing about this field.")
}

async fn set_state(tx: &mut TenantTx, id: CallId, keys: &[String], state: FindingState) -> Result<()> {
    if keys.is_empty() {
        return Ok(());
    }
    let (practice, now, by) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()), tx.caller().actor.id());
    sqlx::query!(
        "update voice.finding set state = $4, decided_at = $5, decided_by = $6
          where practice_id = $1 and call_id = $2 and target = 'case' and key = any($3)",
        practice,
        id.uuid(),
        keys,
        state as FindingState,
        now as _,
        by,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

fn place(id: CallId, column: &str) -> Place<'_> {
    Place { table: "voice.finding", column, row: id.uuid() }
}

/// A value opens only as that of its field.
fn column(target: Target, key: &str) -> String {
    format!("{}.{key}", if target == Target::Case { "case" } else { "patient" })
}

/// What a call found out.
///
/// # Errors
/// 503 when the database is away.
pub async fn of(tx: &mut TenantTx, id: CallId) -> Result<Vec<Finding>> {
    let practice = tx.practice();
    let rows = sqlx::query!(
        r#"select target as "target: Target", key, private, turn, state as "state: FindingState", decided_at, decided_by
             from voice.finding where practice_id = $1 and call_id = $2 order by target, key"#,
        practice,
        id.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    let mut findings = Vec::with_capacity(rows.len());
    for row in rows {
        let column = column(row.target, &row.key);
        let plain = tx.open(place(id, &column), &row.private).await?;
        let sealed: Sealed = serde_json::from_slice(&plain).map_err(Error::internal)?;
        findings.push(Finding {
            target: row.target,
            key: row.key,
            value: sealed.value,
            before: sealed.before,
            quote: sealed.quote,
            turn: row.turn,
            state: row.state,
            decided_at: row.decided_at.map(|at| at.to_jiff()),
            decided_by: row.decided_by,
        });
    }
    Ok(findings)
}

/// What these calls found out about their cases, by field: what was dismissed is not.
///
/// # Errors
/// 503 when the database is away.
pub async fn found_by(tx: &mut TenantTx, ids: &[Uuid]) -> Result<HashMap<Uuid, Map<String, Value>>> {
    let practice = tx.practice();
    let rows = sqlx::query!(
        "select call_id, key, private from voice.finding
          where practice_id = $1 and call_id = any($2) and target = 'case' and state <> 'dismissed' order by call_id, key",
        practice,
        ids,
    )
    .fetch_all(tx.conn())
    .await?;
    let mut found = HashMap::<Uuid, Map<String, Value>>::new();
    for row in rows {
        let column = column(Target::Case, &row.key);
        let plain = tx.open(place(CallId(row.call_id), &column), &row.private).await?;
        let sealed: Sealed = serde_json::from_slice(&plain).map_err(Error::internal)?;
        found.entry(row.call_id).or_default().insert(row.key, sealed.value);
    }
    Ok(found)
}

/// Writes what a call found out, in a transaction that records the call.
///
/// # Errors
/// 503 when the database is away.
pub async fn write(tx: &mut TenantTx, id: CallId, findings: &[NewFinding]) -> Result<()> {
    let mut sealed = Vec::with_capacity(findings.len());
    for finding in findings {
        let words =
            Sealed { value: finding.value.clone(), before: finding.before.clone(), quote: finding.quote.clone() };
        let column = column(finding.target, &finding.key);
        sealed.push(tx.seal(place(id, &column), &serde_json::to_vec(&words).map_err(Error::internal)?).await?);
    }
    let state = |finding: &NewFinding| if finding.is_written { FindingState::Accepted } else { FindingState::Open };
    let practice = tx.practice();
    sqlx::query!(
        "insert into voice.finding (practice_id, call_id, target, key, private, turn, state)
         select $1, $2, f.target, f.key, f.private, f.turn, f.state
           from unnest($3::text[], $4::text[], $5::bytea[], $6::int[], $7::text[]) f (target, key, private, turn, state)
         on conflict do nothing",
        practice,
        id.uuid(),
        &findings.iter().map(|finding| finding.target).collect::<Vec<_>>() as _,
        &findings.iter().map(|finding| finding.key.clone()).collect::<Vec<_>>(),
        &sealed,
        &findings.iter().map(|finding| finding.turn).collect::<Vec<_>>() as _,
        &findings.iter().map(state).collect::<Vec<_>>() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

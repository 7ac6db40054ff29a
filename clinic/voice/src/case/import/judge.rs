//! What becomes of each row.

use std::collections::{HashMap, HashSet};

use dialogue::{Field, Schema, Values};
use platform::Result;
use platform::db::TenantTx;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use super::RowOutcome;
use super::store::{Row, Stored};
use crate::CallWorkflowId;
use crate::case::{cells, values};

/// Something that is wrong with a row; never what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noted {
    /// The field; empty for the row as a whole.
    pub field: String,
    /// Stable name of what it is.
    pub code: String,
    /// What would be right, in English.
    pub message: String,
}

/// What a row was found to be.
pub struct Verdict {
    /// Which row.
    pub number: i32,
    /// What becomes of it.
    pub outcome: RowOutcome,
    /// What is wrong.
    pub report: Vec<Noted>,
    /// Of which case it is a duplicate, or as which it was entered.
    pub case: Option<Uuid>,
}

/// Judges all rows of an import, of which none is entered yet.
///
/// # Errors
/// 503 when the database is away.
pub async fn judge(tx: &mut TenantTx, import: &Stored, schema: &Schema, rows: &[Row]) -> Result<Vec<Verdict>> {
    let country = patients::country(tx).await?;
    let keys = told_apart_by(schema);
    let there = there(tx, import.workflow, &keys).await?;
    let mut seen = HashSet::new();
    let verdict = |row: &Row| {
        let (number, fault) = (row.number, RowOutcome::Fault);
        match said(import, schema, row, &country) {
            Err(report) => Verdict { number, outcome: fault, report, case: None },
            Ok(values) => {
                let who = who(&keys, &values);
                let case = who.as_ref().and_then(|who| there.get(who).copied());
                let is_again = who.is_some_and(|who| !seen.insert(who));
                let outcome = if case.is_some() || is_again { RowOutcome::Duplicate } else { RowOutcome::Create };
                Verdict { number, outcome, report: Vec::new(), case }
            }
        }
    };
    Ok(rows.iter().map(verdict).collect())
}

/// The values of a row as they are kept.
///
/// # Errors
/// Everything that is wrong with it.
pub fn said(import: &Stored, schema: &Schema, row: &Row, country: &str) -> Result<Values, Vec<Noted>> {
    let (mut given, mut report) = (Values::new(), Vec::new());
    for (cell, key) in row.cells.iter().zip(&import.columns) {
        let Some(field) = key.as_ref().and_then(|key| schema.field(key)) else { continue };
        match cells::value(field, cell, import.dates) {
            // what must be there gets its default, and what is empty on purpose stays so
            Ok(Value::Null) if field.required => {}
            Ok(value) => drop(given.insert(field.key.clone(), value)),
            Err((code, message)) => report.push(noted(&field.key, code, message)),
        }
    }
    if row.cells.len() > import.columns.len() {
        report.push(noted("", "too_many_cells", "This row has more cells than there are headings."));
    }
    let told = |report: &[Noted], key: &str| report.iter().any(|noted| noted.field == key);
    match values::of_new(schema, &given, country) {
        Ok(values) if report.is_empty() => Ok(values),
        Ok(_) => Err(report),
        Err(faults) => {
            for fault in faults {
                let key = fault.pointer.trim_start_matches("/fields/");
                if !told(&report, key) {
                    report.push(noted(key, &fault.code, &fault.message));
                }
            }
            Err(report)
        }
    }
}

fn noted(field: &str, code: &str, message: &str) -> Noted {
    Noted { field: field.to_owned(), code: code.to_owned(), message: message.to_owned() }
}

/// By what one case is told from another: the required fields that can be compared without being opened.
fn told_apart_by(schema: &Schema) -> Vec<String> {
    let is_telling = |field: &&Field| field.required && !field.sensitive;
    schema.fields.iter().filter(is_telling).map(|field| field.key.clone()).collect()
}

/// What stands for the values by which a case is told apart; none where nothing tells.
fn who(keys: &[String], values: &Values) -> Option<Vec<Value>> {
    (!keys.is_empty()).then(|| keys.iter().map(|key| values.get(key).cloned().unwrap_or_default()).collect())
}

/// The cases that there are, by what tells them apart.
async fn there(tx: &mut TenantTx, id: CallWorkflowId, keys: &[String]) -> Result<HashMap<Vec<Value>, Uuid>> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let practice = tx.practice();
    let rows = sqlx::query!(
        r#"select c.id, c.fields as "fields: Json<Values>" from voice.case c
            where c.practice_id = $1 and c.call_workflow_id = $2 and c.deleted_at is null"#,
        practice,
        id.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().filter_map(|row| Some((who(keys, &row.fields.0)?, row.id))).collect())
}

//! What was found of rows, and as whom they were entered: written to many rows at once.

use platform::Result;
use platform::db::TenantTx;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::{ImportId, RowOutcome};
use crate::columns::Fault;
use crate::likeness::Rule;

/// Something about a row, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noted {
    #[serde(flatten)]
    pub fault: Fault,
    /// The row is not entered because of it.
    pub is_fault: bool,
}

/// What a row was found to be.
#[derive(Debug, Default)]
pub struct Verdicts {
    numbers: Vec<i32>,
    outcomes: Vec<&'static str>,
    reports: Vec<serde_json::Value>,
    like_patients: Vec<Option<Uuid>>,
    like_rows: Vec<Option<i32>>,
    like_rules: Vec<Option<&'static str>>,
    patients: Vec<Option<Uuid>>,
    versions: Vec<Option<i32>>,
    before: Vec<Option<Vec<u8>>>,
}

/// Who a row is like.
#[derive(Clone, Copy, Debug)]
pub struct LikeWhom {
    pub rule: Rule,
    pub patient: Option<Uuid>,
    pub row: Option<i32>,
}

/// As whom a row was entered: who, at which version, and what the patient was before, sealed.
#[derive(Debug)]
pub struct Entered {
    pub patient: Uuid,
    pub version: i32,
    pub before: Option<Vec<u8>>,
}

impl RowOutcome {
    /// The word for it in the table.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Fault => "fault",
            Self::Create => "create",
            Self::Update => "update",
            Self::Skip => "skip",
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Skipped => "skipped",
            Self::Undone => "undone",
            Self::Kept => "kept",
        }
    }
}

impl Verdicts {
    /// Adds what was found of a row.
    pub fn add(
        &mut self,
        number: i32,
        outcome: RowOutcome,
        report: &[Noted],
        like: Option<LikeWhom>,
        entered: Option<Entered>,
    ) {
        self.numbers.push(number);
        self.outcomes.push(outcome.word());
        self.reports.push(json!(report));
        self.like_patients.push(like.and_then(|like| like.patient));
        self.like_rows.push(like.and_then(|like| like.row));
        self.like_rules.push(like.map(|like| like.rule.word()));
        self.patients.push(entered.as_ref().map(|entered| entered.patient));
        self.versions.push(entered.as_ref().map(|entered| entered.version));
        self.before.push(entered.and_then(|entered| entered.before));
    }

    /// Writes them to the rows.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn save(&self, tx: &mut TenantTx, import: ImportId) -> Result<()> {
        let practice = tx.practice();
        sqlx::query!(
            "update patients.import_row r
                set outcome = v.outcome, report = v.report, like_patient = v.like_patient, like_row = v.like_row,
                    like_rule = v.like_rule, patient_id = v.patient, patient_version = v.version, before = v.before
               from unnest($3::int[], $4::text[], $5::jsonb[], $6::uuid[], $7::int[], $8::text[], $9::uuid[], $10::int[],
                           $11::bytea[])
                    v (number, outcome, report, like_patient, like_row, like_rule, patient, version, before)
              where r.practice_id = $1 and r.import_id = $2 and r.number = v.number",
            practice,
            import.uuid(),
            &self.numbers,
            &self.outcomes as _,
            &self.reports,
            &self.like_patients as _,
            &self.like_rows as _,
            &self.like_rules as _,
            &self.patients as _,
            &self.versions as _,
            &self.before as _,
        )
        .execute(tx.conn())
        .await?;
        Ok(())
    }
}

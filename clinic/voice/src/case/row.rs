//! Cases as they lie in their table.

use dialogue::{Schema, Values};
use platform::crypto::Place;
use platform::db::TenantTx;
use platform::error::Error;
use platform::id::PatientId;
use platform::{Result, undisclosed};
use serde::Serialize;
use serde_json::Value;
use sqlx::FromRow;
use sqlx::types::Json;
use uuid::Uuid;

use super::{CallStatus, Case, terms};
use crate::{CallWorkflowId, CaseId};

/// The columns of a [`Row`], of a case `c`.
pub const COLUMNS: &str =
    "c.id, c.call_workflow_id, c.patient_id, c.schema_version, c.fields, c.private, c.private_keys,
    c.call_status, c.calls, c.last_call_at, c.deleted_at, c.version, c.created_at, c.updated_at";

/// A row.
#[derive(FromRow)]
pub struct Row {
    id: Uuid,
    call_workflow_id: Uuid,
    patient_id: Option<Uuid>,
    schema_version: i32,
    fields: Json<Values>,
    private: Option<Vec<u8>>,
    private_keys: Vec<String>,
    call_status: CallStatus,
    calls: i32,
    last_call_at: Option<jiff_sqlx::Timestamp>,
    deleted_at: Option<jiff_sqlx::Timestamp>,
    version: i32,
    created_at: jiff_sqlx::Timestamp,
    updated_at: jiff_sqlx::Timestamp,
}

undisclosed!(Row);

fn place(id: Uuid) -> Place<'static> {
    Place { table: "voice.case", column: "private", row: id }
}

impl Row {
    /// The case, of whose sensitive values only the keys are there.
    pub fn closed(self) -> Case {
        let private = self.private_keys.iter().map(|key| (key.clone(), Value::Null)).collect();
        self.with(private)
    }

    /// The whole case.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn open(self, tx: &mut TenantTx) -> Result<Case> {
        let private = match &self.private {
            Some(sealed) => serde_json::from_slice(&tx.open(place(self.id), sealed).await?).map_err(Error::internal)?,
            None => Values::new(),
        };
        Ok(self.with(private))
    }

    fn with(self, private: Values) -> Case {
        Case {
            id: CaseId(self.id),
            workflow: CallWorkflowId(self.call_workflow_id),
            patient: self.patient_id.map(PatientId),
            schema_version: self.schema_version,
            fields: self.fields.0,
            private,
            call_status: self.call_status,
            calls: self.calls,
            last_call_at: self.last_call_at.map(|at| at.to_jiff()),
            deleted_at: self.deleted_at.map(|at| at.to_jiff()),
            version: self.version,
            created_at: self.created_at.to_jiff(),
            updated_at: self.updated_at.to_jiff(),
        }
    }
}

/// The case, deleted or not.
///
/// # Errors
/// 404.
pub async fn find(tx: &mut TenantTx, id: CaseId) -> Result<Case> {
    some(tx, &[id.uuid()]).await?.pop().ok_or_else(Error::not_found)
}

/// The case, which nobody else changes until the end of the transaction.
///
/// # Errors
/// 404.
pub async fn lock(tx: &mut TenantTx, id: CaseId) -> Result<Case> {
    let practice = tx.practice();
    sqlx::query!("select from voice.case where practice_id = $1 and id = $2 for no key update", practice, id.uuid())
        .fetch_optional(tx.conn())
        .await?;
    find(tx, id).await
}

/// Those of these cases that there are, deleted or not, with what is sensitive, in no order.
///
/// # Errors
/// 503 when the database is away.
pub async fn some(tx: &mut TenantTx, ids: &[Uuid]) -> Result<Vec<Case>> {
    let practice = tx.practice();
    let rows = sqlx::query_as!(
        Row,
        r#"select c.id, c.call_workflow_id, c.patient_id, c.schema_version, c.fields as "fields: Json<Values>", c.private,
                  c.private_keys, c.call_status as "call_status: CallStatus", c.calls, c.last_call_at, c.deleted_at,
                  c.version, c.created_at, c.updated_at
             from voice.case c where c.practice_id = $1 and c.id = any($2)"#,
        practice,
        ids,
    )
    .fetch_all(tx.conn())
    .await?;
    let mut cases = Vec::with_capacity(rows.len());
    for row in rows {
        cases.push(row.open(tx).await?);
    }
    Ok(cases)
}

/// A row of the table, by the names of its columns.
#[derive(Serialize)]
struct Written<'a> {
    id: Uuid,
    call_workflow_id: Uuid,
    patient_id: Option<Uuid>,
    schema_version: i32,
    fields: &'a Values,
    private: Option<String>,
    private_keys: Vec<&'a String>,
    call_status: CallStatus,
    deleted_at: Option<jiff::Timestamp>,
    version: i32,
    created_at: jiff::Timestamp,
    updated_at: jiff::Timestamp,
}

impl<'a> Written<'a> {
    async fn of(tx: &mut TenantTx, case: &'a Case) -> Result<Self> {
        let private = if case.private.is_empty() {
            None
        } else {
            let plain = serde_json::to_vec(&case.private).map_err(Error::internal)?;
            let sealed = tx.seal(place(case.id.uuid()), &plain).await?;
            // as PostgreSQL writes bytes
            Some(sealed.iter().fold("\\x".to_owned(), |text, byte| text + &format!("{byte:02x}")))
        };
        Ok(Self {
            id: case.id.uuid(),
            call_workflow_id: case.workflow.uuid(),
            patient_id: case.patient.map(PatientId::uuid),
            schema_version: case.schema_version,
            fields: &case.fields,
            private,
            private_keys: case.private.keys().collect(),
            call_status: case.call_status,
            deleted_at: case.deleted_at,
            version: case.version,
            created_at: case.created_at,
            updated_at: case.updated_at,
        })
    }
}

/// Writes cases of one call workflow, for the first time or again, with what they are found by. How many calls there were
/// is written by calls alone.
///
/// # Errors
/// 503 when the database is away.
pub async fn save_all(tx: &mut TenantTx, schema: &Schema, cases: &[Case]) -> Result<()> {
    let (practice, by) = (tx.practice(), tx.caller().actor.id());
    let mut rows = Vec::with_capacity(cases.len());
    for case in cases {
        rows.push(Written::of(tx, case).await?);
    }
    sqlx::query!(
        "insert into voice.case (practice_id, id, call_workflow_id, patient_id, schema_version, fields, private,
                private_keys, call_status, calls, created_by, deleted_at, version, created_at, updated_at)
         select $1, id, call_workflow_id, patient_id, schema_version, fields, private, private_keys, call_status, 0, $3,
                deleted_at, version, created_at, updated_at
           from jsonb_populate_recordset(null::voice.case, $2)
         on conflict (practice_id, id) do update
            set patient_id = excluded.patient_id, schema_version = excluded.schema_version, fields = excluded.fields,
                private = excluded.private, private_keys = excluded.private_keys, call_status = excluded.call_status,
                deleted_at = excluded.deleted_at, version = excluded.version, updated_at = excluded.updated_at",
        practice,
        Json(&rows) as _,
        by,
    )
    .execute(tx.conn())
    .await?;
    terms::save_all(tx, schema, cases).await
}

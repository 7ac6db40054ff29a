//! Custom fields as they lie in their table.

use platform::Result;
use platform::db::TenantTx;
use platform::record::Change;
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use super::{CustomField, FieldId, FieldKind, FieldOption};

struct Row {
    id: Uuid,
    key: String,
    name: String,
    name_ar: Option<String>,
    kind: FieldKind,
    options: Json<Vec<FieldOption>>,
    required: bool,
    initial: Option<Value>,
    listed: bool,
    sensitive: bool,
    rank: i32,
    archived_at: Option<jiff_sqlx::Timestamp>,
    version: i32,
    created_at: jiff_sqlx::Timestamp,
    updated_at: jiff_sqlx::Timestamp,
}

impl From<Row> for CustomField {
    fn from(row: Row) -> Self {
        Self {
            id: FieldId(row.id),
            key: row.key,
            name: row.name,
            name_ar: row.name_ar,
            kind: row.kind,
            options: row.options.0,
            required: row.required,
            default: row.initial,
            listed: row.listed,
            sensitive: row.sensitive,
            rank: row.rank,
            archived_at: row.archived_at.map(|at| at.to_jiff()),
            version: row.version,
            created_at: row.created_at.to_jiff(),
            updated_at: row.updated_at.to_jiff(),
        }
    }
}

/// All custom fields of the practice in their order, archived ones included.
///
/// # Errors
/// 503 when the database is away.
pub async fn all(tx: &mut TenantTx) -> Result<Vec<CustomField>> {
    let practice = tx.practice();
    let rows = sqlx::query_as!(
        Row,
        r#"select id, key, name, name_ar, kind as "kind: FieldKind", options as "options: Json<Vec<FieldOption>>", required,
                  initial, listed, sensitive, rank, archived_at, version, created_at, updated_at
             from patients.field where practice_id = $1 order by rank, id"#,
        practice,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(CustomField::from).collect())
}

/// The same, and nobody else makes or changes any until the end of the transaction.
///
/// # Errors
/// 503 when the database is away.
pub async fn locked(tx: &mut TenantTx) -> Result<Vec<CustomField>> {
    tx.one_by_one().await?;
    all(tx).await
}

/// Enters a field.
///
/// # Errors
/// 503 when the database is away.
pub async fn insert(tx: &mut TenantTx, field: &CustomField) -> Result<()> {
    let practice = tx.practice();
    sqlx::query!(
        "insert into patients.field (practice_id, id, key, name, name_ar, kind, options, required, initial, listed,
                sensitive, rank, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)",
        practice,
        field.id.uuid(),
        field.key,
        field.name,
        field.name_ar,
        field.kind as FieldKind,
        Json(&field.options) as _,
        field.required,
        field.default,
        field.listed,
        field.sensitive,
        field.rank,
        jiff_sqlx::Timestamp::from(field.created_at) as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Writes what is different about a field, with its next version, audit entry and event.
///
/// # Errors
/// 503 when the database is away.
pub async fn change(
    tx: &mut TenantTx,
    before: &CustomField,
    after: CustomField,
    event: &'static str,
) -> Result<CustomField> {
    if after == *before {
        return Ok(after);
    }
    let after = CustomField { version: before.version + 1, updated_at: tx.now(), ..after };
    let practice = tx.practice();
    sqlx::query!(
        "update patients.field set name = $3, name_ar = $4, options = $5, required = $6, initial = $7, listed = $8,
                rank = $9, archived_at = $10, version = $11, updated_at = $12
          where practice_id = $1 and id = $2",
        practice,
        after.id.uuid(),
        after.name,
        after.name_ar,
        Json(&after.options) as _,
        after.required,
        after.default,
        after.listed,
        after.rank,
        after.archived_at.map(jiff_sqlx::Timestamp::from) as _,
        after.version,
        jiff_sqlx::Timestamp::from(after.updated_at) as _,
    )
    .execute(tx.conn())
    .await?;
    tx.record(Change::updated("patient_field", after.id.uuid(), before, &after).event(event, after.version)).await?;
    Ok(after)
}

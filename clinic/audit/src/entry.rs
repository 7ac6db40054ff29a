//! One entry with what was before and after, and what was seen of one patient. Both looks are entries themselves.

use garde::Validate;
use jiff::Timestamp;
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::{Path, Query};
use platform::guard::Can;
use platform::id::PatientId;
use platform::page::{MAX_LIMIT, Order, default_limit};
use platform::permission::audit as may;
use platform::phi::Phi;
use platform::record::{Look, OpenedChange};
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::QueryBuilder;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::list::{AuditEntry, AuditPage, COLUMNS, Row, SORTS, described, page};

platform::id!(
    /// An entry of the ledger.
    EntryId
);

/// The routes of single entries and of patients.
pub fn routes() -> Routes {
    Routes::new().route(route!(read)).route(route!(patient))
}

/// An entry with everything that is known of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AuditEntryDetail {
    #[serde(flatten)]
    entry: AuditEntry,
    /// Names, numbers and ids beside the fields.
    detail: Value,
    /// What was before and after.
    changes: Vec<AuditChange>,
    /// How far it is sealed.
    proof: AuditProof,
}

/// One field, before and after.
#[derive(Debug, Serialize, ToSchema)]
struct AuditChange {
    /// Its name.
    field: String,
    /// Its value before; null when there was none.
    #[schema(required, value_type = Value)]
    before: Option<Phi<Value>>,
    /// Its value after; null when there is none.
    #[schema(required, value_type = Value)]
    after: Option<Phi<Value>>,
    /// False when the values cannot be read any more: their key was destroyed.
    readable: bool,
}

/// How far an entry is sealed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AuditProof {
    /// Where it is.
    state: ProofState,
    /// Its place in the practice's tree.
    #[schema(required)]
    seq: Option<i64>,
    /// Number of the first checkpoint that covers it.
    #[schema(required)]
    checkpoint: Option<i64>,
    /// When it was sealed.
    #[schema(required)]
    sealed_at: Option<Timestamp>,
}

/// How far an entry is sealed.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum ProofState {
    /// Not yet in the tree.
    Waiting,
    /// In the tree, and the tree not yet signed.
    Sealed,
    /// Under a signed checkpoint.
    Signed,
}

impl From<OpenedChange> for AuditChange {
    fn from(change: OpenedChange) -> Self {
        let OpenedChange { field, before, after, readable } = change;
        Self { field, before, after, readable }
    }
}

/// An entry with what was before and after.
#[utoipa::path(get, path = "/api/v1/audit/{id}", tag = "audit",
    params(("id" = Uuid, Path, description = "The entry")), responses((status = 200, body = AuditEntryDetail)))]
async fn read(who: Can<may::Read>, Path(id): Path<EntryId>) -> Result<Json<AuditEntryDetail>> {
    who.read_recorded(async move |tx| {
        let row = find(tx, id.uuid()).await?;
        let patient = row.patient_id.map(PatientId);
        let stored = sqlx::query!(
            "select detail, changes from audit.entry where practice_id = $1 and at = $2 and id = $3",
            tx.practice(),
            row.at as _,
            row.id,
        )
        .fetch_one(tx.conn())
        .await?;
        let changes = tx.open_changes(row.id, &stored.changes).await?;
        let proof = proof(tx, row.id).await?;
        tx.record_read(Look::at("audit_entry", id.uuid()).of_patient(patient)).await?;
        let entry = described(tx, vec![row]).await?.pop().ok_or_else(Error::not_found)?;
        let changes = changes.into_iter().map(AuditChange::from).collect();
        Ok(Json(AuditEntryDetail { entry, detail: stored.detail, changes, proof }))
    })
    .await
}

/// Ids hold the time they were made at (RFC 9562 §5.7), which is near that of the transaction; so only a small part of
/// the ledger is looked through.
async fn find(tx: &mut TenantTx, id: Uuid) -> Result<Row> {
    let (seconds, nanos) = id.get_timestamp().ok_or_else(Error::not_found)?.to_unix();
    let made = i64::try_from(seconds)
        .ok()
        .and_then(|seconds| Timestamp::new(seconds, i32::try_from(nanos).ok()?).ok())
        .ok_or_else(Error::not_found)?;
    let near = jiff::SignedDuration::from_hours(1);
    let mut query = QueryBuilder::new(COLUMNS);
    query.push_bind(tx.practice());
    for (compare, at) in [(" and e.at > ", made.saturating_sub(near)), (" and e.at < ", made.saturating_add(near))] {
        query.push(compare).push_bind(jiff_sqlx::Timestamp::from(at.map_err(Error::internal)?));
    }
    query.push(" and e.id = ").push_bind(id);
    query.build_query_as().fetch_optional(tx.conn()).await?.ok_or_else(Error::not_found)
}

async fn proof(tx: &mut TenantTx, id: Uuid) -> Result<AuditProof> {
    let row = sqlx::query!(
        r#"select s.seq, s.sealed_at,
                  (select h.checkpoint from audit.head h
                    where h.practice_id = s.practice_id and h.size > s.seq order by h.size limit 1) as checkpoint
             from audit.seal s where s.practice_id = $1 and s.entry_id = $2"#,
        tx.practice(),
        id,
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else {
        return Ok(AuditProof { state: ProofState::Waiting, seq: None, checkpoint: None, sealed_at: None });
    };
    let state = if row.checkpoint.is_some() { ProofState::Signed } else { ProofState::Sealed };
    Ok(AuditProof { state, seq: Some(row.seq), checkpoint: row.checkpoint, sealed_at: Some(row.sealed_at.to_jiff()) })
}

/// Which part of what was seen of a patient.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PatientEntries {
    /// Rows of a page, at most 200.
    #[garde(range(min = 1, max = MAX_LIMIT))]
    #[serde(default = "default_limit")]
    #[param(default = 50, minimum = 1, maximum = 200)]
    limit: u32,
    /// The nextCursor of the page before.
    #[garde(inner(length(max = 2000)))]
    cursor: Option<String>,
}

/// Who did and saw what of one patient: single records, and lists that the patient was on.
#[utoipa::path(get, path = "/api/v1/audit/patients/{id}", tag = "audit",
    params(("id" = Uuid, Path, description = "The patient"), PatientEntries), responses((status = 200, body = AuditPage)))]
async fn patient(
    who: Can<may::Read>,
    Path(id): Path<PatientId>,
    Query(asked): Query<PatientEntries>,
) -> Result<Json<AuditPage>> {
    let order = Order::parse(SORTS, Some("-at"), asked.cursor.as_deref(), asked.limit)?;
    let first = asked.cursor.is_none();
    who.read_recorded(async move |tx| {
        let mut rows: Vec<Row> = Vec::new();
        // two walks, each along its own index; then the newest of both
        for on_a_list in [false, true] {
            let mut query = QueryBuilder::new(COLUMNS);
            query.push_bind(tx.practice());
            if on_a_list {
                query.push(" and e.patient_id is null and e.action = 'read' and e.detail -> 'patients' ? ");
                query.push_bind(id.to_string());
            } else {
                query.push(" and e.patient_id = ").push_bind(id.uuid());
            }
            order.push("e.id", &mut query)?;
            rows.extend(query.build_query_as::<Row>().fetch_all(tx.conn()).await?);
        }
        // of a patient there is at least the entry of coming into being
        if first && rows.is_empty() {
            return Err(Error::not_found());
        }
        rows.sort_by_key(|row| std::cmp::Reverse((row.at.to_jiff(), row.id)));
        rows.truncate(asked.limit as usize + 1);
        tx.record_read(Look::at("audit_patient", id.uuid()).of_patient(Some(id))).await?;
        page(tx, &order, rows).await
    })
    .await
    .map(Json)
}

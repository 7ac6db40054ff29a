//! Notices as those whom they are for see them: with names, and without what they may not see.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use patients::PatientName;
use platform::db::TenantTx;
use platform::error::Error;
use platform::guard::Can;
use platform::id::PatientId;
use platform::permission::{Permission as _, appointments, patients as may_patients};
use platform::phi::Phi;
use platform::record::Look;
use platform::{Result, people, undisclosed};
use serde::Serialize;
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::tell::{Private, place};

/// What the one who looks may see of what a notice is about.
#[derive(Clone, Copy, Debug)]
pub struct Eyes {
    patients: bool,
    appointments: bool,
}

impl Eyes {
    /// Those of a caller.
    pub fn of<P>(who: &Can<P>) -> Self {
        Self { patients: who.may(may_patients::Read::NAME), appointments: who.may(appointments::Read::NAME) }
    }
}

/// Something that oneself was told.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NoticeItem {
    /// Its id.
    pub id: Uuid,
    /// What it comes of.
    pub source: NoticeSource,
    /// What it says; nothing where somebody was mentioned in a note, which is read with the patient.
    #[schema(required)]
    text: Option<String>,
    /// The patient it is about; who was merged is shown as who was kept.
    #[schema(required)]
    pub patient: Option<PatientName>,
    /// The appointment it is about.
    #[schema(required)]
    pub appointment_id: Option<Uuid>,
    /// Who mentioned one.
    #[schema(required, value_type = Option<String>)]
    pub by: Option<Phi<String>>,
    /// Since when one has read it.
    #[schema(required)]
    pub read_at: Option<Timestamp>,
    /// When one was told.
    pub created_at: Timestamp,
}

/// What a notice comes of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum NoticeSource {
    /// An automation.
    Workflow,
    /// A note that mentions one.
    Mention,
}

/// A row.
#[derive(FromRow)]
pub struct Row {
    /// Its id.
    pub id: Uuid,
    private: Vec<u8>,
    patient_id: Option<Uuid>,
    appointment_id: Option<Uuid>,
    source: NoticeSource,
    created_by: Option<Uuid>,
    read_at: Option<jiff_sqlx::Timestamp>,
    /// When it was told.
    pub created_at: jiff_sqlx::Timestamp,
}

undisclosed!(NoticeItem, Row);

/// The columns of a [`Row`] of a notice `n`.
pub const COLUMNS: &str =
    "n.id, n.private, n.patient_id, n.appointment_id, n.source, n.created_by, n.read_at, n.created_at";

/// Notices as they are shown to the one they are for; that is written to the ledger.
///
/// # Errors
/// 503 when the database is away.
pub async fn looked_at(tx: &mut TenantTx, rows: Vec<Row>, eyes: Eyes, filter: &[&str]) -> Result<Vec<NoticeItem>> {
    let patients = if eyes.patients { patients_of(tx, &rows).await? } else { HashMap::new() };
    let authors = people::names(tx, rows.iter().filter_map(|row| row.created_by)).await?;
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        let private = tx.open(place(row.id), &row.private).await?;
        let Private { text } = serde_json::from_slice(&private).map_err(Error::internal)?;
        items.push(NoticeItem {
            id: row.id,
            source: row.source,
            text,
            patient: row.patient_id.and_then(|id| patients.get(&id)).cloned(),
            appointment_id: row.appointment_id.filter(|_| eyes.appointments),
            by: row.created_by.and_then(|id| authors.get(&id)).cloned(),
            read_at: row.read_at.map(|at| at.to_jiff()),
            created_at: row.created_at.to_jiff(),
        });
    }
    let ids: Vec<Uuid> = items.iter().map(|item| item.id).collect();
    let seen: BTreeSet<PatientId> = items.iter().filter_map(|item| Some(item.patient.as_ref()?.id)).collect();
    let seen: Vec<PatientId> = seen.into_iter().collect();
    tx.record_read(Look::list("notice", &ids, filter).of_patients(&seen)).await?;
    Ok(items)
}

/// By the ids that the rows have.
async fn patients_of(tx: &mut TenantTx, rows: &[Row]) -> Result<HashMap<Uuid, PatientName>> {
    let named: BTreeSet<Uuid> = rows.iter().filter_map(|row| row.patient_id).collect();
    if named.is_empty() {
        return Ok(HashMap::new());
    }
    let kept = patients::kept_as(tx, &named.into_iter().collect::<Vec<_>>()).await?;
    let items = patients::items_of(tx, &kept.values().copied().collect::<Vec<_>>()).await?;
    let known: HashMap<Uuid, PatientName> =
        items.into_iter().map(|item| (item.id.uuid(), PatientName::from(item))).collect();
    Ok(kept.into_iter().filter_map(|(asked, kept)| Some((asked, known.get(&kept)?.clone()))).collect())
}

//! Recalls: patients who should come again, as follows from the visits that were completed.

mod follow;
mod list;
mod row;
mod rules;
mod staff;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use jiff::civil::Date;
use platform::db::TenantTx;
use platform::id::PatientId;
use platform::outbox::Subscriber;
use platform::phi::Phi;
use platform::record::Change;
use platform::routes::Routes;
use platform::{Result, undisclosed};
use practice::{LocationId, ServiceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::appointment::AppointmentId;

pub use row::find_all;

platform::id!(
    /// That a patient should come again.
    RecallId
);

/// The routes of recalls.
pub fn routes() -> Routes {
    list::routes().merge(staff::routes()).merge(rules::routes())
}

/// Follows what becomes of appointments: completed visits are what recalls follow from, and booked ones end them. It goes
/// by how the appointment stands, so that hearing of it twice, or late, comes to the same.
pub const SUBSCRIBER: Subscriber = Subscriber {
    name: "recalls",
    wants: |event| {
        let told = ["booked", "moved", "completed", "checked_out", "cancelled", "no_show", "reinstated"];
        let back = ["unconfirmed", "confirmed", "arrived", "seated"];
        event.strip_prefix("appointment.").is_some_and(|what| told.contains(&what) || back.contains(&what))
    },
    handle: |tx, event| {
        let appointment = AppointmentId(event.subject_id);
        Box::pin(async move { follow::follow(tx, appointment).await })
    },
};

/// Where a recall stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum RecallStatus {
    /// Nobody has tried to reach the patient yet.
    Due,
    /// Somebody has.
    Contacted,
    /// They have an appointment.
    Booked,
    /// They came.
    Done,
    /// They are not asked any more.
    Dismissed,
}

/// Why a patient is not asked any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum DismissedFor {
    /// They do not want to come.
    Declined,
    /// They go somewhere else.
    Elsewhere,
    /// There is no need.
    NotNeeded,
    /// Nobody reaches them.
    Unreachable,
    /// Anything else.
    Other,
    /// The visit that it followed from turned out not to be completed.
    Undone,
    /// A later visit asks for the same.
    Replaced,
}

/// How somebody tried to reach a patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum AttemptKind {
    /// By telephone.
    Phone,
    /// By text message.
    Sms,
    /// By e-mail.
    Email,
    /// By letter.
    Letter,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum AttemptOutcome {
    /// It was sent.
    Sent,
    /// Nobody answered.
    NoAnswer,
    /// A message was left.
    MessageLeft,
    /// They will call back.
    WillCallBack,
    /// They were spoken to.
    Reached,
    /// They do not want to come.
    Declined,
}

/// That a patient should come again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Recall {
    /// Its id.
    pub id: RecallId,
    /// Who.
    pub patient_id: PatientId,
    /// For what.
    pub service_id: ServiceId,
    /// Where they were.
    pub location_id: LocationId,
    /// The visit that it follows from.
    pub appointment_id: AppointmentId,
    /// The local day on which it is due.
    #[schema(format = Date, value_type = String)]
    pub due_on: Date,
    /// The local day on which it is to be looked at next: later than it is due where somebody has put it off.
    #[schema(format = Date, value_type = String)]
    pub next_on: Date,
    /// Where it stands.
    pub status: RecallStatus,
    /// Why the patient is not asked any more.
    #[schema(required)]
    pub dismissed_for: Option<DismissedFor>,
    /// The appointment that came of it.
    #[schema(required)]
    pub booked_id: Option<AppointmentId>,
    /// How often somebody tried to reach them.
    pub attempts: i32,
    /// When somebody last did.
    #[schema(required)]
    pub last_attempt_at: Option<Timestamp>,
    /// Goes up with each change.
    pub version: i32,
    /// When it was proposed.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// That somebody tried to reach a patient.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecallAttempt {
    /// Its id.
    pub id: Uuid,
    /// How.
    pub kind: AttemptKind,
    /// What came of it.
    pub outcome: AttemptOutcome,
    /// What was said. Encrypted.
    #[schema(required)]
    pub note: Option<String>,
    /// Who; null for the product itself.
    #[schema(required, value_type = Option<String>)]
    pub by: Option<Phi<String>>,
    /// When.
    pub at: Timestamp,
}

undisclosed!(RecallAttempt);

impl Recall {
    /// Whether the patient is still to be asked.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.status, RecallStatus::Due | RecallStatus::Contacted)
    }

    /// As it was before anything came of it.
    #[must_use]
    pub fn reopened(&self) -> Self {
        let status = if self.attempts > 0 { RecallStatus::Contacted } else { RecallStatus::Due };
        Self { status, dismissed_for: None, booked_id: None, ..self.clone() }
    }
}

/// Writes a change of a recall everywhere it belongs.
///
/// # Errors
/// 503 when the database is away.
async fn save(tx: &mut TenantTx, before: &Recall, after: Recall, event: &'static str) -> Result<Recall> {
    let after = Recall { version: before.version + 1, updated_at: tx.now(), ..after };
    row::update(tx, &after).await?;
    let change = Change::updated("recall", after.id.uuid(), before, &after);
    tx.record(change.on_timeline(after.patient_id, event).event(event, after.version)).await?;
    Ok(after)
}

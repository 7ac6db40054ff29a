//! What the course of an appointment means for recalls.

use jiff::Span as Later;
use jiff::tz::TimeZone;
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use platform::record::Change;
use practice::ServiceId;

use super::rules::{self, RecallRule};
use super::{DismissedFor, Recall, RecallId, RecallStatus, row, save};
use crate::appointment::{self, Appointment, AppointmentId, Status};

/// Brings the recalls of a patient in line with how an appointment stands.
///
/// # Errors
/// 503 when the database is away.
pub async fn follow(tx: &mut TenantTx, id: AppointmentId) -> Result<()> {
    let visit = appointment::find(tx, id).await?;
    for recall in row::booked_as(tx, id).await? {
        if recall.service_id != visit.service_id || !visit.status.occupies() {
            save(tx, &recall, recall.reopened(), "recall.reopened").await?;
        } else {
            stop(tx, recall, &visit).await?;
        }
    }
    if visit.status.occupies() {
        for recall in row::open_of(tx, visit.patient_id, visit.service_id).await? {
            if recall.appointment_id != id {
                stop(tx, recall, &visit).await?;
            }
        }
    }
    let proposed = row::following(tx, id).await?;
    match (proposed, visit.status) {
        (Some(recall), Status::Completed) if recall.dismissed_for == Some(DismissedFor::Undone) => {
            save(tx, &recall, recall.reopened(), "recall.reopened").await?;
        }
        (None, Status::Completed) => {
            if let Some(rule) = rules::after(tx, visit.service_id).await? {
                propose(tx, &visit, &rule).await?;
            }
        }
        (Some(recall), status) if status != Status::Completed && recall.is_open() => {
            let after =
                Recall { status: RecallStatus::Dismissed, dismissed_for: Some(DismissedFor::Undone), ..recall.clone() };
            save(tx, &recall, after, "recall.dismissed").await?;
        }
        _ => {}
    }
    Ok(())
}

/// The patient has an appointment, or was there: they are not asked any more.
async fn stop(tx: &mut TenantTx, recall: Recall, visit: &Appointment) -> Result<()> {
    let (status, event) = match visit.status {
        Status::Completed => (RecallStatus::Done, "recall.done"),
        _ => (RecallStatus::Booked, "recall.booked"),
    };
    if recall.status != status {
        let after = Recall { status, booked_id: Some(visit.id), ..recall.clone() };
        save(tx, &recall, after, event).await?;
    }
    Ok(())
}

/// Whoever was completed now takes the place of what was asked for before.
async fn propose(tx: &mut TenantTx, visit: &Appointment, rule: &RecallRule) -> Result<()> {
    for older in row::open_of(tx, visit.patient_id, rule.recall_service_id).await? {
        let dismissed_for = Some(DismissedFor::Replaced);
        let after = Recall { status: RecallStatus::Dismissed, dismissed_for, ..older.clone() };
        save(tx, &older, after, "recall.dismissed").await?;
    }
    let zone = TimeZone::get(&visit.time_zone).map_err(Error::internal)?;
    let day = visit.start.to_zoned(zone).date();
    // a day that the month lacks becomes its last
    let due_on = day.checked_add(Later::new().months(rule.months)).map_err(Error::internal)?;
    let booked_id = next_visit(tx, visit, rule.recall_service_id).await?;
    let now = tx.now();
    let recall = Recall {
        id: RecallId::new(),
        patient_id: visit.patient_id,
        service_id: rule.recall_service_id,
        location_id: visit.location_id,
        appointment_id: visit.id,
        due_on,
        next_on: due_on,
        status: if booked_id.is_some() { RecallStatus::Booked } else { RecallStatus::Due },
        dismissed_for: None,
        booked_id,
        attempts: 0,
        last_attempt_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    if row::insert(tx, &recall).await? {
        let change = Change::created("recall", recall.id.uuid(), &recall);
        tx.record(change.on_timeline(recall.patient_id, "recall.proposed").event("recall.proposed", 1)).await?;
    }
    Ok(())
}

/// What the patient has booked already.
async fn next_visit(tx: &mut TenantTx, after: &Appointment, service: ServiceId) -> Result<Option<AppointmentId>> {
    let practice = tx.practice();
    let id = sqlx::query_scalar!(
        "select id from scheduling.appointment
          where practice_id = $1 and patient_id = $2 and service_id = $3 and starts_at > $4
            and status in ('scheduled', 'confirmed') order by starts_at, id limit 1",
        practice,
        after.patient_id.uuid(),
        service.uuid(),
        jiff_sqlx::Timestamp::from(after.start) as _,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(id.map(AppointmentId))
}

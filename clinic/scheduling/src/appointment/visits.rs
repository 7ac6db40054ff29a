//! What a patient's appointments say of when they were here last and come next.

use platform::Result;
use platform::db::TenantTx;
use platform::id::PatientId;

/// Looks it up and tells it to the patient's record, after any change of an appointment.
///
/// # Errors
/// 503 when the database is away.
pub async fn tell(tx: &mut TenantTx, patient: PatientId) -> Result<()> {
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    let row = sqlx::query!(
        r#"select max(starts_at) filter (where status in ('arrived', 'in_chair', 'completed')) as "last: jiff_sqlx::Timestamp",
                  min(starts_at) filter (where status in ('scheduled', 'confirmed') and starts_at > $3) as "next: jiff_sqlx::Timestamp"
             from scheduling.appointment where practice_id = $1 and patient_id = $2"#,
        practice,
        patient.uuid(),
        now as _,
    )
    .fetch_one(tx.conn())
    .await?;
    patients::set_visits(tx, patient, row.last.map(|at| at.to_jiff()), row.next.map(|at| at.to_jiff())).await
}

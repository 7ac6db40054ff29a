//! Wishes as they lie in their table.

use jiff::Timestamp;
use platform::crypto::Place;
use platform::db::TenantTx;
use platform::error::{Error, OnConstraint as _};
use platform::id::{PatientId, UserId};
use platform::{Result, undisclosed};
use practice::{LocationId, ServiceId};
use sqlx::FromRow;
use sqlx::types::Json;
use uuid::Uuid;

use super::window::WishWindow;
use super::{Wish, WishFields, WishId, WishStatus};
use crate::appointment::AppointmentId;

/// A row.
#[derive(FromRow)]
pub struct Row {
    id: Uuid,
    patient_id: Uuid,
    service_id: Uuid,
    location_id: Uuid,
    provider_ids: Vec<Uuid>,
    windows: Json<Vec<WishWindow>>,
    earliest: Option<jiff_sqlx::Date>,
    latest: Option<jiff_sqlx::Date>,
    notice_minutes: i32,
    urgent: bool,
    private: Option<Vec<u8>>,
    gives_up_id: Option<Uuid>,
    status: WishStatus,
    booked_id: Option<Uuid>,
    version: i32,
    created_at: jiff_sqlx::Timestamp,
    updated_at: jiff_sqlx::Timestamp,
}

undisclosed!(Row);

/// The columns of a [`Row`] of `scheduling.wish w`.
pub const COLUMNS: &str = "w.id, w.patient_id, w.service_id, w.location_id, w.provider_ids, w.windows, w.earliest,
    w.latest, w.notice_minutes, w.urgent, w.private, w.gives_up_id, w.status, w.booked_id, w.version, w.created_at,
    w.updated_at";

fn place(id: Uuid) -> Place<'static> {
    Place { table: "scheduling.wish", column: "private", row: id }
}

impl Row {
    /// Its id.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// Since when the patient waits.
    pub fn created(&self) -> Timestamp {
        self.created_at.to_jiff()
    }

    /// The wish, with what was sealed.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn open(self, tx: &mut TenantTx) -> Result<Wish> {
        let note = match &self.private {
            Some(sealed) => Some(String::from_utf8(tx.open(place(self.id), sealed).await?).map_err(Error::internal)?),
            None => None,
        };
        Ok(self.closed(note))
    }

    /// The wish without what was sealed.
    pub fn without_note(self) -> Wish {
        self.closed(None)
    }

    fn closed(self, note: Option<String>) -> Wish {
        let fields = WishFields {
            patient_id: PatientId(self.patient_id),
            service_id: ServiceId(self.service_id),
            location_id: LocationId(self.location_id),
            provider_ids: self.provider_ids.into_iter().map(UserId).collect(),
            windows: self.windows.0,
            earliest: self.earliest.map(|date| date.to_jiff()),
            latest: self.latest.map(|date| date.to_jiff()),
            notice_minutes: self.notice_minutes,
            urgent: self.urgent,
            note,
            gives_up_id: self.gives_up_id.map(AppointmentId),
        };
        Wish {
            id: WishId(self.id),
            fields,
            status: self.status,
            booked_id: self.booked_id.map(AppointmentId),
            version: self.version,
            created_at: self.created_at.to_jiff(),
            updated_at: self.updated_at.to_jiff(),
        }
    }
}

/// The wish.
///
/// # Errors
/// 404.
pub async fn find(tx: &mut TenantTx, id: WishId) -> Result<Wish> {
    one(tx, id, "").await
}

/// Those of these wishes that there are.
///
/// # Errors
/// 503 when the database is away.
pub async fn find_all(tx: &mut TenantTx, ids: &[Uuid]) -> Result<Vec<Wish>> {
    let mut query = sqlx::QueryBuilder::new("select ");
    query.push(COLUMNS).push(" from scheduling.wish w where w.practice_id = ").push_bind(tx.practice());
    query.push(" and w.id = any(").push_bind(ids.to_vec()).push(")");
    let rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
    let mut wishes = Vec::with_capacity(rows.len());
    for row in rows {
        wishes.push(row.open(tx).await?);
    }
    Ok(wishes)
}

/// The wish, which nobody else changes until the end of the transaction.
///
/// # Errors
/// 404.
pub async fn lock(tx: &mut TenantTx, id: WishId) -> Result<Wish> {
    one(tx, id, " for no key update").await
}

async fn one(tx: &mut TenantTx, id: WishId, lock: &str) -> Result<Wish> {
    let mut query = sqlx::QueryBuilder::new("select ");
    query.push(COLUMNS).push(" from scheduling.wish w where w.practice_id = ").push_bind(tx.practice());
    query.push(" and w.id = ").push_bind(id.uuid()).push(lock);
    let row: Option<Row> = query.build_query_as().fetch_optional(tx.conn()).await?;
    row.ok_or_else(Error::not_found)?.open(tx).await
}

/// Writes the wish, for the first time or again.
///
/// # Errors
/// 422 for what does not exist.
pub async fn save(tx: &mut TenantTx, wish: &Wish) -> Result<()> {
    let of = &wish.fields;
    let private = match &of.note {
        Some(note) => Some(tx.seal(place(wish.id.uuid()), note.as_bytes()).await?),
        None => None,
    };
    let practice = tx.practice();
    let day = |day: Option<jiff::civil::Date>| day.map(jiff_sqlx::Date::from);
    let unknown =
        |pointer: &'static str, text: &'static str| move || Error::invalid(Vec::new()).at(pointer, "not_found", text);
    sqlx::query!(
        "insert into scheduling.wish (practice_id, id, patient_id, service_id, location_id, provider_ids, windows,
                earliest, latest, notice_minutes, urgent, private, gives_up_id, status, booked_id, version, created_at,
                updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
         on conflict (practice_id, id) do update
            set service_id = $4, location_id = $5, provider_ids = $6, windows = $7, earliest = $8, latest = $9,
                notice_minutes = $10, urgent = $11, private = $12, gives_up_id = $13, status = $14, booked_id = $15,
                version = $16, updated_at = $18",
        practice,
        wish.id.uuid(),
        of.patient_id.uuid(),
        of.service_id.uuid(),
        of.location_id.uuid(),
        &of.provider_ids.iter().map(|id| id.uuid()).collect::<Vec<_>>(),
        Json(&of.windows) as _,
        day(of.earliest) as _,
        day(of.latest) as _,
        of.notice_minutes,
        of.urgent,
        private,
        of.gives_up_id.map(AppointmentId::uuid),
        wish.status as WishStatus,
        wish.booked_id.map(AppointmentId::uuid),
        wish.version,
        jiff_sqlx::Timestamp::from(wish.created_at) as _,
        jiff_sqlx::Timestamp::from(wish.updated_at) as _,
    )
    .execute(tx.conn())
    .await
    .on_constraint("wish_of_patient", unknown("/patientId", "Choose a patient of the practice."))
    .on_constraint("wish_for_service", unknown("/serviceId", "Choose among the practice's services."))
    .on_constraint("wish_at_location", unknown("/locationId", "Choose among the practice's locations."))
    .on_constraint("wish_gives_up", unknown("/givesUpId", "Choose an appointment of the patient."))?;
    Ok(())
}

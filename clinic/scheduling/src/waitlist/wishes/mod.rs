//! Wishes: what a patient waits for, and what becomes of it.

mod list;
pub mod row;
pub mod window;

use garde::Validate;
use jiff::Timestamp;
use jiff::civil::Date;
use platform::change::Change as FieldsChange;
use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::error::Error;
use platform::extract::{Body, Path};
use platform::guard::Can;
use platform::id::{PatientId, UserId};
use platform::idempotency::{IdempotencyKey, Once};
use platform::permission::waitlist as may;
use platform::record::{Change, Look};
use platform::routes::{Json, Routes};
use platform::shared::AtVersion;
use platform::{Result, route, undisclosed, validate};
use practice::{LocationId, ServiceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::offers;
use crate::appointment::{self, AppointmentId, Status};
use window::WishWindow;

pub use row::{find, find_all, lock};

platform::id!(
    /// What a patient waits for.
    WishId
);

/// The routes of wishes.
pub fn routes() -> Routes {
    list::routes()
        .route(route!(create))
        .route(route!(read))
        .route(route!(change))
        .route(route!(withdraw))
        .route(route!(renew))
}

/// Where a wish stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum WishStatus {
    /// The patient waits.
    #[default]
    Waiting,
    /// They have what they waited for.
    Fulfilled,
    /// They wait no more.
    Withdrawn,
}

/// What is entered about a wish.
#[derive(Clone, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct WishFields {
    /// Who waits; stays as it is.
    #[garde(skip)]
    #[schema(required)]
    pub patient_id: PatientId,
    /// For what.
    #[garde(skip)]
    #[schema(required)]
    pub service_id: ServiceId,
    /// At which location.
    #[garde(skip)]
    #[schema(required)]
    pub location_id: LocationId,
    /// With any of these; with anybody who does it, where there are none.
    #[garde(length(max = 20))]
    #[schema(required)]
    pub provider_ids: Vec<UserId>,
    /// When the patient could come: within any of these; at any time, where there are none.
    #[garde(length(max = 20), dive)]
    #[schema(required)]
    pub windows: Vec<WishWindow>,
    /// First local day.
    #[garde(skip)]
    #[schema(required, format = Date, value_type = Option<String>)]
    pub earliest: Option<Date>,
    /// Last local day.
    #[garde(skip)]
    #[schema(required, format = Date, value_type = Option<String>)]
    pub latest: Option<Date>,
    /// How many minutes before the visit the patient must know.
    #[garde(range(min = 0, max = 43_200))]
    #[schema(required)]
    pub notice_minutes: i32,
    /// Comes before all others.
    #[garde(skip)]
    #[schema(required)]
    pub urgent: bool,
    /// What else was said. Encrypted.
    #[garde(inner(length(chars, max = 1000), custom(validate::text)))]
    #[schema(required)]
    pub note: Option<String>,
    /// An appointment of the patient that is moved when an earlier time is found, instead of booking another one.
    #[garde(skip)]
    #[schema(required)]
    pub gives_up_id: Option<AppointmentId>,
}

/// Nothing yet: who, what and where are no defaults of anybody, and refused as such.
impl Default for WishFields {
    fn default() -> Self {
        Self {
            patient_id: PatientId(Uuid::nil()),
            service_id: ServiceId(Uuid::nil()),
            location_id: LocationId(Uuid::nil()),
            provider_ids: Vec::new(),
            windows: Vec::new(),
            earliest: None,
            latest: None,
            notice_minutes: 0,
            urgent: false,
            note: None,
            gives_up_id: None,
        }
    }
}

/// What a patient waits for.
#[derive(Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Wish {
    /// Its id.
    pub id: WishId,
    /// What was entered about it.
    #[serde(flatten)]
    pub fields: WishFields,
    /// Where it stands.
    pub status: WishStatus,
    /// The appointment that came of it.
    #[schema(required)]
    pub booked_id: Option<AppointmentId>,
    /// Goes up with each change.
    pub version: i32,
    /// Since when the patient waits.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

undisclosed!(WishFields, Wish);

/// Enter what a patient waits for.
#[utoipa::path(post, path = "/api/v1/wishes", tag = "scheduling", request_body = WishFields,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = Wish)))]
async fn create(who: Can<may::Write>, key: IdempotencyKey, Body(new): Body<WishFields>) -> Result<Once> {
    let request = key.of("wish.create", &new)?;
    who.create_once(request, async move |tx| enter(tx, new.clone()).await).await
}

/// What a patient waits for.
#[utoipa::path(get, path = "/api/v1/wishes/{id}", tag = "scheduling",
    params(("id" = Uuid, Path, description = "The wish")), responses((status = 200, body = Wish)))]
async fn read(who: Can<may::Read>, Path(id): Path<WishId>) -> Result<Json<Wish>> {
    who.read_recorded(async move |tx| {
        let wish = find(tx, id).await?;
        tx.record_read(Look::at("wish", id.uuid()).of_patient(Some(wish.fields.patient_id))).await?;
        Ok(Json(wish))
    })
    .await
}

/// Change what a patient waits for. What was offered already stays offered, unless it was something else, somewhere else or
/// with somebody else.
#[utoipa::path(patch, path = "/api/v1/wishes/{id}", tag = "scheduling", request_body = FieldsChange<WishFields>,
    params(("id" = Uuid, Path, description = "The wish")), responses((status = 200, body = Wish)))]
async fn change(who: Can<may::Write>, Path(id): Path<WishId>, change: FieldsChange<WishFields>) -> Result<Json<Wish>> {
    who.write(async move |tx| {
        let before = find_at(tx, id, change.version).await?;
        if before.status != WishStatus::Waiting {
            return Err(over(&before));
        }
        let fields = change.apply(&before.fields)?.tidied();
        if fields.patient_id != before.fields.patient_id {
            let text = "A wish stays its patient's: withdraw it, and enter another one.";
            return Err(Error::invalid(Vec::new()).at("/patientId", "fixed", text));
        }
        check(tx, &fields).await?;
        let offered = |of: &WishFields| (of.service_id, of.location_id, of.provider_ids.clone());
        if offered(&fields) != offered(&before.fields) {
            offers::withdraw_of(tx, id).await?;
        }
        let after = Wish { fields, ..before.clone() };
        save(tx, &before, after, "wish.changed").await.map(Json)
    })
    .await
}

/// Note that a patient waits no more. What was offered to them is withdrawn.
#[utoipa::path(post, path = "/api/v1/wishes/{id}/withdraw", tag = "scheduling", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The wish")), responses((status = 200, body = Wish)))]
async fn withdraw(who: Can<may::Write>, Path(id): Path<WishId>, Body(at): Body<AtVersion>) -> Result<Json<Wish>> {
    who.write(async move |tx| {
        let before = find_at(tx, id, at.version).await?;
        match before.status {
            WishStatus::Withdrawn => return Ok(Json(before)),
            WishStatus::Fulfilled => return Err(over(&before)),
            WishStatus::Waiting => {}
        }
        offers::withdraw_of(tx, id).await?;
        let after = Wish { status: WishStatus::Withdrawn, ..before.clone() };
        save(tx, &before, after, "wish.withdrawn").await.map(Json)
    })
    .await
}

/// Let a patient wait again, for as long as they have waited before.
#[utoipa::path(post, path = "/api/v1/wishes/{id}/renew", tag = "scheduling", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The wish")), responses((status = 200, body = Wish)))]
async fn renew(who: Can<may::Write>, Path(id): Path<WishId>, Body(at): Body<AtVersion>) -> Result<Json<Wish>> {
    who.write(async move |tx| {
        let before = find_at(tx, id, at.version).await?;
        if before.status == WishStatus::Waiting {
            return Ok(Json(before));
        }
        let after = Wish { status: WishStatus::Waiting, booked_id: None, ..before.clone() };
        save(tx, &before, after, "wish.renewed").await.map(Json)
    })
    .await
}

/// Enters a wish, with audit entry, timeline entry and event.
///
/// # Errors
/// 422 for what does not exist or does not fit together.
pub async fn enter(tx: &mut TenantTx, fields: WishFields) -> Result<Wish> {
    let fields = fields.tidied();
    if !patients::is_present(tx, fields.patient_id).await? {
        return Err(unknown("/patientId", "Choose a patient of the practice."));
    }
    check(tx, &fields).await?;
    let now = tx.now();
    let wish = Wish {
        id: WishId::new(),
        fields,
        status: WishStatus::Waiting,
        booked_id: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    row::save(tx, &wish).await?;
    let change = Change::created("wish", wish.id.uuid(), &wish);
    tx.record(change.on_timeline(wish.fields.patient_id, "wish.created").event("wish.created", 1)).await?;
    Ok(wish)
}

/// What a wish must fit besides its form.
async fn check(tx: &mut TenantTx, fields: &WishFields) -> Result<()> {
    if fields.earliest.zip(fields.latest).is_some_and(|(earliest, latest)| latest < earliest) {
        let text = "Choose a last day that is not before the first.";
        return Err(Error::invalid(Vec::new()).at("/latest", "out_of_order", text));
    }
    let all = practice::providers(tx).await?;
    let is_known = |id: &UserId| all.iter().any(|provider| provider.id == *id && provider.bookable);
    if !fields.provider_ids.iter().all(is_known) {
        return Err(unknown("/providerIds", "Choose among those with whom appointments can be made."));
    }
    let Some(id) = fields.gives_up_id else { return Ok(()) };
    let of_patient = match appointment::find(tx, id).await {
        Ok(found) => found.patient_id == fields.patient_id && can_be_moved(found.status),
        Err(error) if error.code() == "not_found" => false,
        Err(error) => return Err(error),
    };
    if of_patient {
        Ok(())
    } else {
        Err(unknown("/givesUpId", "Choose an appointment of the patient that is to come."))
    }
}

/// Whether an appointment can still be given up for another time.
pub fn can_be_moved(status: Status) -> bool {
    matches!(status, Status::Scheduled | Status::Confirmed)
}

fn unknown(pointer: &str, text: &str) -> Error {
    Error::invalid(Vec::new()).at(pointer, "not_found", text)
}

fn over(wish: &Wish) -> Error {
    Error::conflict("wish.over", "The patient does not wait any more; renew the wish first.").showing(wish)
}

impl WishFields {
    /// Without blanks around the note, and without what was named twice.
    fn tidied(mut self) -> Self {
        self.note = self.note.map(|note| note.trim().to_owned()).filter(|note| !note.is_empty());
        let mut named = std::collections::HashSet::new();
        self.provider_ids.retain(|id| named.insert(*id));
        for window in &mut self.windows {
            window.weekdays.sort_unstable();
            window.weekdays.dedup();
        }
        self
    }
}

/// The wish at this version, locked until the end of the transaction.
async fn find_at(tx: &mut TenantTx, id: WishId, version: i32) -> Result<Wish> {
    let wish = lock(tx, id).await?;
    check_version(version, wish.version, &wish)?;
    Ok(wish)
}

/// Writes a change of a wish everywhere it belongs.
///
/// # Errors
/// 422 for what does not exist.
pub async fn save(tx: &mut TenantTx, before: &Wish, after: Wish, event: &'static str) -> Result<Wish> {
    let after = Wish { version: before.version + 1, updated_at: tx.now(), ..after };
    row::save(tx, &after).await?;
    let change = Change::updated("wish", after.id.uuid(), before, &after);
    tx.record(change.on_timeline(after.fields.patient_id, event).event(event, after.version)).await?;
    Ok(after)
}

//! How a practice gives appointments: the rhythm, notice and horizon, the rules for patients, reasons for cancelling.

use std::collections::HashSet;

use garde::Validate;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span as Days, Timestamp};
use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::error::Error;
use platform::extract::Body;
use platform::guard::Can;
use platform::permission::appointments as may;
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::{Result, route, validate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The routes of the settings.
pub fn routes() -> Routes {
    Routes::new().route(route!(read)).route(route!(set))
}

/// Who cancels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum CancelledBy {
    /// The patient, or somebody for them.
    Patient,
    /// Who would have seen them.
    Provider,
    /// The practice.
    Clinic,
}

/// A reason for cancelling.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CancelReason {
    /// What appointments keep of it; never changes.
    #[garde(length(chars, max = 60), custom(key_is_plain))]
    pub key: String,
    /// Whose reason it is.
    #[garde(skip)]
    pub by: CancelledBy,
    /// In English.
    #[garde(length(chars, max = 120), custom(validate::line))]
    pub name_en: String,
    /// In Arabic.
    #[garde(inner(length(chars, max = 120), custom(validate::line)))]
    #[schema(required)]
    pub name_ar: Option<String>,
    /// No longer offered.
    #[garde(skip)]
    pub archived: bool,
}

/// What a practice decides about its appointments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SchedulingRules {
    /// Minutes from one beginning that is offered to the next, counted from local midnight.
    #[garde(range(min = 5, max = 120))]
    pub slot_minutes: i32,
    /// Patients book by themselves at least so long before.
    #[garde(range(min = 0, max = 43_200))]
    pub notice_minutes: i32,
    /// And at most so many days ahead.
    #[garde(range(min = 1, max = 730))]
    pub horizon_days: i32,
    /// Patients cancel by themselves at least so long before.
    #[garde(range(min = 0, max = 43_200))]
    pub cancel_cutoff_minutes: i32,
    /// And move at least so long before,
    #[garde(range(min = 0, max = 43_200))]
    pub move_cutoff_minutes: i32,
    /// at most so many times.
    #[garde(range(min = 0, max = 99))]
    pub most_moves: i32,
    /// How long a slot is kept for somebody who is deciding.
    #[garde(range(min = 1, max = 60))]
    pub hold_minutes: i32,
    /// Why appointments are cancelled, in the order of the list.
    #[garde(length(min = 1, max = 60), dive, custom(keys_differ))]
    pub reasons: Vec<CancelReason>,
}

impl SchedulingRules {
    /// From when on patients can have a visit that they choose themselves.
    #[must_use]
    pub fn earliest(&self, now: Timestamp) -> Timestamp {
        now + SignedDuration::from_mins(self.notice_minutes.into())
    }

    /// The last local day on which they can.
    #[must_use]
    pub fn last_day(&self, now: Timestamp, zone: &TimeZone) -> Date {
        now.to_zoned(zone.clone()).date().saturating_add(Days::new().days(self.horizon_days))
    }
}

/// The rules, and where they stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SchedulingSettings {
    /// The rules.
    #[serde(flatten)]
    pub rules: SchedulingRules,
    /// Goes up with each change; 0 when the practice has not decided anything.
    pub version: i32,
    /// When they were last changed.
    #[schema(required)]
    pub updated_at: Option<Timestamp>,
}

/// Rules in place of those that there are.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSchedulingSettings {
    /// The version that the change is based on; 0 when nothing was decided yet.
    #[garde(skip)]
    version: i32,
    #[garde(dive)]
    rules: SchedulingRules,
}

fn key_is_plain(value: &str, (): &()) -> garde::Result {
    let right = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !value.is_empty() && value.chars().all(right) {
        return Ok(());
    }
    Err(garde::Error::new("invalid: A key consists of small letters, digits and underscores."))
}

fn keys_differ(reasons: &[CancelReason], (): &()) -> garde::Result {
    let keys: HashSet<&str> = reasons.iter().map(|reason| reason.key.as_str()).collect();
    if keys.len() == reasons.len() {
        return Ok(());
    }
    Err(garde::Error::new("duplicate: Two reasons have the same key; give each one of its own."))
}

impl Default for SchedulingRules {
    fn default() -> Self {
        let reason = |key: &str, by, name_en: &str, name_ar: &str| CancelReason {
            key: key.to_owned(),
            by,
            name_en: name_en.to_owned(),
            name_ar: Some(name_ar.to_owned()),
            archived: false,
        };
        Self {
            slot_minutes: 15,
            notice_minutes: 120,
            horizon_days: 90,
            cancel_cutoff_minutes: 1440,
            move_cutoff_minutes: 1440,
            most_moves: 3,
            hold_minutes: 10,
            reasons: vec![
                reason("patient_ill", CancelledBy::Patient, "Patient is ill", "المريض متوعك"),
                reason("patient_busy", CancelledBy::Patient, "Patient cannot make it", "لا يناسب المريض"),
                reason("patient_elsewhere", CancelledBy::Patient, "Treated elsewhere", "عولج في مكان آخر"),
                reason("patient_cost", CancelledBy::Patient, "Cost or insurance", "التكلفة أو التأمين"),
                reason("provider_ill", CancelledBy::Provider, "Provider is ill", "الطبيب متوعك"),
                reason("provider_away", CancelledBy::Provider, "Provider is away", "الطبيب غائب"),
                reason("clinic_closed", CancelledBy::Clinic, "Clinic is closed", "العيادة مغلقة"),
                reason("clinic_equipment", CancelledBy::Clinic, "Room or equipment", "الغرفة أو الأجهزة"),
                reason("clinic_mistake", CancelledBy::Clinic, "Booked by mistake", "حُجز بالخطأ"),
            ],
        }
    }
}

/// How the practice gives appointments.
#[utoipa::path(get, path = "/api/v1/scheduling-settings", tag = "scheduling", responses((status = 200, body = SchedulingSettings)))]
async fn read(who: Can<may::Read>) -> Result<Json<SchedulingSettings>> {
    who.read(async |tx| find(tx).await).await.map(Json)
}

/// Decide how the practice gives appointments. A reason that was used is archived, not left out.
#[utoipa::path(put, path = "/api/v1/scheduling-settings", tag = "scheduling", request_body = NewSchedulingSettings,
    responses((status = 200, body = SchedulingSettings)))]
async fn set(who: Can<may::Configure>, Body(new): Body<NewSchedulingSettings>) -> Result<Json<SchedulingSettings>> {
    who.write(async move |tx| decide(tx, &new).await).await.map(Json)
}

async fn decide(tx: &mut TenantTx, new: &NewSchedulingSettings) -> Result<SchedulingSettings> {
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    tx.one_by_one().await?;
    let before = find(tx).await?;
    check_version(new.version, before.version, &before)?;
    for old in &before.rules.reasons {
        if !new.rules.reasons.iter().any(|reason| reason.key == old.key) {
            let text = "Reasons that appointments may have been cancelled for stay: archive them instead.";
            return Err(Error::invalid(Vec::new()).at("/rules/reasons", "missing", text));
        }
    }
    let rules = &new.rules;
    sqlx::query!(
        "insert into scheduling.settings (practice_id, slot_minutes, notice_minutes, horizon_days,
                cancel_cutoff_minutes, move_cutoff_minutes, most_moves, hold_minutes, reasons, version, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (practice_id) do update
            set slot_minutes = $2, notice_minutes = $3, horizon_days = $4, cancel_cutoff_minutes = $5,
                move_cutoff_minutes = $6, most_moves = $7, hold_minutes = $8, reasons = $9, version = $10, updated_at = $11",
        practice,
        rules.slot_minutes,
        rules.notice_minutes,
        rules.horizon_days,
        rules.cancel_cutoff_minutes,
        rules.move_cutoff_minutes,
        rules.most_moves,
        rules.hold_minutes,
        sqlx::types::Json(&rules.reasons) as _,
        new.version + 1,
        now as _,
    )
    .execute(tx.conn())
    .await?;
    let after = find(tx).await?;
    let change = Change::updated("scheduling_settings", practice, &before, &after);
    tx.record(change.event("scheduling_settings.changed", after.version)).await?;
    Ok(after)
}

/// How the practice gives appointments: what it decided, or what the product suggests.
///
/// # Errors
/// 503 when the database is away.
pub async fn find(tx: &mut TenantTx) -> Result<SchedulingSettings> {
    let practice = tx.practice();
    let row = sqlx::query!(
        r#"select slot_minutes, notice_minutes, horizon_days, cancel_cutoff_minutes, move_cutoff_minutes, most_moves,
                  hold_minutes, reasons as "reasons: sqlx::types::Json<Vec<CancelReason>>", version,
                  updated_at as "updated_at: jiff_sqlx::Timestamp"
             from scheduling.settings where practice_id = $1"#,
        practice,
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else {
        return Ok(SchedulingSettings { rules: SchedulingRules::default(), version: 0, updated_at: None });
    };
    let rules = SchedulingRules {
        slot_minutes: row.slot_minutes,
        notice_minutes: row.notice_minutes,
        horizon_days: row.horizon_days,
        cancel_cutoff_minutes: row.cancel_cutoff_minutes,
        move_cutoff_minutes: row.move_cutoff_minutes,
        most_moves: row.most_moves,
        hold_minutes: row.hold_minutes,
        reasons: row.reasons.0,
    };
    Ok(SchedulingSettings { rules, version: row.version, updated_at: Some(row.updated_at.to_jiff()) })
}

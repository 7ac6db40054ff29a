//! How a practice offers time that becomes free.

use garde::Validate;
use jiff::{SignedDuration, Timestamp};
use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::extract::Body;
use platform::guard::Can;
use platform::permission::{appointments, waitlist as may};
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::{Result, route};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The routes of the settings.
pub fn routes() -> Routes {
    Routes::new().route(route!(read)).route(route!(set))
}

/// Who offers what becomes free.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum WaitlistMode {
    /// The product, by e-mail, to those who fit best.
    Automatic,
    /// Staff, who see who fits.
    AskMe,
    /// Nobody.
    Off,
}

/// What a practice decides about its waitlist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WaitlistRules {
    /// Who offers.
    #[garde(skip)]
    pub mode: WaitlistMode,
    /// How many are asked at once.
    #[garde(range(min = 1, max = 20))]
    pub wave_size: i32,
    /// For how many minutes, before the next ones are.
    #[garde(range(min = 5, max = 1440))]
    pub wave_minutes: i32,
    /// So many minutes before it begins, a time is offered to nobody any more.
    #[garde(range(min = 0, max = 10_080))]
    pub last_minutes: i32,
}

impl WaitlistRules {
    /// When a visit that begins at `start` is offered for the last time.
    pub fn latest(&self, start: Timestamp) -> Timestamp {
        start.saturating_sub(SignedDuration::from_mins(self.last_minutes.into())).unwrap_or(Timestamp::MIN)
    }
}

/// As the product suggests.
impl Default for WaitlistRules {
    fn default() -> Self {
        Self { mode: WaitlistMode::AskMe, wave_size: 3, wave_minutes: 30, last_minutes: 120 }
    }
}

/// The rules, and where they stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WaitlistSettings {
    /// The rules.
    #[serde(flatten)]
    pub rules: WaitlistRules,
    /// Goes up with each change; 0 when the practice has not decided anything.
    pub version: i32,
    /// When they were last changed.
    #[schema(required)]
    pub updated_at: Option<Timestamp>,
}

/// Rules in place of those that there are.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewWaitlistSettings {
    /// The version that the change is based on; 0 when nothing was decided yet.
    #[garde(skip)]
    version: i32,
    /// The rules.
    #[garde(dive)]
    rules: WaitlistRules,
}

/// How the practice offers time that becomes free.
#[utoipa::path(get, path = "/api/v1/waitlist-settings", tag = "scheduling", responses((status = 200, body = WaitlistSettings)))]
async fn read(who: Can<may::Read>) -> Result<Json<WaitlistSettings>> {
    who.read(async |tx| find(tx).await).await.map(Json)
}

/// Decide how the practice offers time that becomes free. It holds at once, also for what is being offered.
#[utoipa::path(put, path = "/api/v1/waitlist-settings", tag = "scheduling", request_body = NewWaitlistSettings,
    responses((status = 200, body = WaitlistSettings)))]
async fn set(
    who: Can<appointments::Configure>,
    Body(new): Body<NewWaitlistSettings>,
) -> Result<Json<WaitlistSettings>> {
    who.write(async move |tx| decide(tx, &new).await).await.map(Json)
}

async fn decide(tx: &mut TenantTx, new: &NewWaitlistSettings) -> Result<WaitlistSettings> {
    let (practice, now, rules) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()), new.rules);
    tx.one_by_one().await?;
    let before = find(tx).await?;
    check_version(new.version, before.version, &before)?;
    sqlx::query!(
        "insert into scheduling.waitlist_settings (practice_id, mode, wave_size, wave_minutes, last_minutes, version,
                updated_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (practice_id) do update
            set mode = $2, wave_size = $3, wave_minutes = $4, last_minutes = $5, version = $6, updated_at = $7",
        practice,
        rules.mode as WaitlistMode,
        rules.wave_size,
        rules.wave_minutes,
        rules.last_minutes,
        new.version + 1,
        now as _,
    )
    .execute(tx.conn())
    .await?;
    // what is open is looked at again under the new rules
    sqlx::query!(
        "update scheduling.opening set next_at = $2 where practice_id = $1 and status = 'open' and next_at > $2",
        practice,
        now as _,
    )
    .execute(tx.conn())
    .await?;
    let after = find(tx).await?;
    let change = Change::updated("waitlist_settings", practice, &before, &after);
    tx.record(change.event("waitlist_settings.changed", after.version)).await?;
    Ok(after)
}

/// How the practice offers: what it decided, or what the product suggests.
///
/// # Errors
/// 503 when the database is away.
pub async fn find(tx: &mut TenantTx) -> Result<WaitlistSettings> {
    let practice = tx.practice();
    let row = sqlx::query!(
        r#"select mode as "mode: WaitlistMode", wave_size, wave_minutes, last_minutes, version,
                  updated_at as "updated_at: jiff_sqlx::Timestamp"
             from scheduling.waitlist_settings where practice_id = $1"#,
        practice,
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else {
        return Ok(WaitlistSettings { rules: WaitlistRules::default(), version: 0, updated_at: None });
    };
    let rules = WaitlistRules {
        mode: row.mode,
        wave_size: row.wave_size,
        wave_minutes: row.wave_minutes,
        last_minutes: row.last_minutes,
    };
    Ok(WaitlistSettings { rules, version: row.version, updated_at: Some(row.updated_at.to_jiff()) })
}

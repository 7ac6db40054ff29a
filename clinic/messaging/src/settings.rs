//! When messages go out by themselves, how many one patient gets, and what a text message costs.

use garde::Validate;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use platform::Result;
use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::error::Error;
use platform::extract::Body;
use platform::guard::Can;
use platform::permission::messages as may;
use platform::record::Change;
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::judge::Quiet;

/// The routes of the settings.
pub fn routes() -> Routes {
    Routes::new().route(route!(read)).route(route!(set))
}

/// When messages go out, and what they cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessagingSettings {
    /// Nothing goes out by itself from this local time on,
    pub quiet_from: String,
    /// until this one. The same time twice is no quiet at all.
    pub quiet_until: String,
    /// Messages that one patient gets a day by themselves.
    pub daily_cap: i32,
    /// What a part of a text message costs, in minor units of the practice's currency.
    pub part_price_minor: i64,
    /// Goes up with each change; 0 as the product suggests.
    pub version: i32,
}

/// How it is to be.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewMessagingSettings {
    /// The version that the change is based on.
    #[garde(skip)]
    version: i32,
    /// `21:00`
    #[garde(custom(time_of_day))]
    quiet_from: String,
    /// `07:00`
    #[garde(custom(time_of_day))]
    quiet_until: String,
    #[garde(range(min = 1, max = 100))]
    daily_cap: i32,
    #[garde(range(min = 0, max = 100_000))]
    part_price_minor: i64,
}

fn time_of_day(value: &str, (): &()) -> garde::Result {
    match minutes(value) {
        Some(_) => Ok(()),
        None => Err(garde::Error::new("invalid: A time of the day is written as 21:00.")),
    }
}

fn minutes(text: &str) -> Option<i32> {
    let (hour, minute) = text.split_once(':')?;
    let two = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !two(hour) || !two(minute) {
        return None;
    }
    let (hour, minute): (i32, i32) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

fn shown(minutes: i32) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

impl MessagingSettings {
    /// The quiet hours.
    pub fn quiet(&self) -> Quiet {
        let time = |text: &str| {
            let minutes = minutes(text).unwrap_or_default();
            let part = |value: i32| i8::try_from(value).unwrap_or_default();
            Time::new(part(minutes / 60), part(minutes % 60), 0, 0).unwrap_or_default()
        };
        Quiet { from: time(&self.quiet_from), until: time(&self.quiet_until) }
    }
}

/// When messages go out by themselves, and what text messages cost.
#[utoipa::path(get, path = "/api/v1/messaging-settings", tag = "messaging", responses((status = 200, body = MessagingSettings)))]
async fn read(who: Can<may::Read>) -> Result<Json<MessagingSettings>> {
    who.read(async |tx| find(tx).await).await.map(Json)
}

/// Change when messages go out by themselves, and what text messages cost.
#[utoipa::path(put, path = "/api/v1/messaging-settings", tag = "messaging", request_body = NewMessagingSettings,
    responses((status = 200, body = MessagingSettings)))]
async fn set(who: Can<may::Configure>, Body(new): Body<NewMessagingSettings>) -> Result<Json<MessagingSettings>> {
    who.write(async move |tx| {
        tx.one_by_one().await?;
        let before = find(tx).await?;
        check_version(new.version, before.version, &before)?;
        let after = MessagingSettings {
            quiet_from: new.quiet_from.clone(),
            quiet_until: new.quiet_until.clone(),
            daily_cap: new.daily_cap,
            part_price_minor: new.part_price_minor,
            version: before.version + 1,
        };
        let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
        sqlx::query!(
            "insert into messaging.settings (practice_id, quiet_from, quiet_until, daily_cap, part_price_minor, version, updated_at)
             values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (practice_id) do update set quiet_from = $2, quiet_until = $3, daily_cap = $4,
                    part_price_minor = $5, version = $6, updated_at = $7",
            practice,
            minutes(&after.quiet_from).unwrap_or_default(),
            minutes(&after.quiet_until).unwrap_or_default(),
            after.daily_cap,
            after.part_price_minor,
            after.version,
            now as _,
        )
        .execute(tx.conn())
        .await?;
        let change = Change::updated("messaging_settings", practice, &before, &after);
        tx.record(change.event("messaging_settings.changed", after.version)).await?;
        Ok(Json(after))
    })
    .await
}

/// The practice's settings, or what the product suggests: quiet from nine in the evening to seven in the morning, ten
/// messages a day.
///
/// # Errors
/// 503 when the database is away.
pub async fn find(tx: &mut TenantTx) -> Result<MessagingSettings> {
    let practice = tx.practice();
    let row = sqlx::query!(
        "select quiet_from, quiet_until, daily_cap, part_price_minor, version from messaging.settings where practice_id = $1",
        practice,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(match row {
        Some(row) => MessagingSettings {
            quiet_from: shown(row.quiet_from),
            quiet_until: shown(row.quiet_until),
            daily_cap: row.daily_cap,
            part_price_minor: row.part_price_minor,
            version: row.version,
        },
        None => MessagingSettings {
            quiet_from: shown(21 * 60),
            quiet_until: shown(7 * 60),
            daily_cap: 10,
            part_price_minor: 0,
            version: 0,
        },
    })
}

/// The practice's time zone.
///
/// # Errors
/// 503 when the database is away.
pub async fn zone(tx: &mut TenantTx) -> Result<TimeZone> {
    let name = practice::practice(tx).await?.time_zone;
    TimeZone::get(&name).map_err(Error::internal)
}

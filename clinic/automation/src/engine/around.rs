//! What surrounds decisions in a practice: its name, zone, hours, and which workflows are published.

use jiff::tz::TimeZone;
use platform::db::TenantTx;
use platform::error::Result;
use serde_json::{Value, json};

use crate::decide::Surroundings;
use crate::hours::Quiet;
use crate::registry::registry;

/// What one look at the practice tells.
#[derive(Clone, Debug)]
pub struct Info {
    /// Its name.
    pub name: String,
    /// Its zone, by name.
    pub time_zone: String,
    /// Its currency.
    pub currency: String,
    /// Its language.
    pub language: String,
    /// Its quiet hours.
    pub quiet: Option<Quiet>,
    /// Changes with what is published.
    pub revision: i64,
    /// Whether some run waits for something to happen.
    pub any_waits: bool,
}

impl Info {
    /// Its zone.
    #[must_use]
    pub fn zone(&self) -> TimeZone {
        TimeZone::get(&self.time_zone).unwrap_or(TimeZone::UTC)
    }
}

/// Looks at the practice of the transaction.
///
/// # Errors
/// 503 when the database is away.
pub async fn info(tx: &mut TenantTx) -> Result<Info> {
    let practice = tx.practice();
    let row = sqlx::query!(
        r#"select p.name, p.time_zone, p.currency, p.language, s.quiet_from as "quiet_from?", s.quiet_until as "quiet_until?",
                  coalesce(s.revision, 0) as "revision!", s.practice_id is not null as "set!",
                  exists (select from automation.wait w where w.practice_id = $1) as "any_waits!"
             from platform.practice p left join automation.settings s on s.practice_id = p.practice_id
            where p.practice_id = $1"#,
        practice,
    )
    .fetch_one(tx.conn())
    .await?;
    let quiet = match (row.quiet_from, row.quiet_until) {
        (Some(from), Some(until)) => Some(Quiet { from: from.to_jiff(), until: until.to_jiff() }),
        _ if row.set => None,
        _ => Some(crate::settings::usual_quiet()),
    };
    Ok(Info {
        name: row.name,
        time_zone: row.time_zone,
        currency: row.currency,
        language: row.language,
        quiet,
        revision: row.revision,
        any_waits: row.any_waits,
    })
}

/// What surrounds a decision at this instant. What else the clinic tells of itself is asked only where it is used.
///
/// # Errors
/// 503 when the database is away.
pub async fn around(tx: &mut TenantTx, info: &Info, facts: bool, opening: bool) -> Result<Surroundings> {
    let now = tx.now();
    let zone = info.zone();
    let mut practice = json!({ "name": info.name, "nameAr": null, "phone": null, "timeZone": info.time_zone,
        "currency": info.currency, "language": info.language, "now": now,
        "today": now.to_zoned(zone.clone()).date() });
    if let (true, Some(more)) = (facts, registry().clinic.facts)
        && let (Value::Object(practice), Value::Object(more)) = (&mut practice, more(tx).await?)
    {
        practice.extend(more);
    }
    let opening = match registry().clinic.opening {
        Some(next) if opening => next(tx, now).await?,
        _ => now,
    };
    Ok(Surroundings { now, practice, zone, quiet: info.quiet, opening })
}

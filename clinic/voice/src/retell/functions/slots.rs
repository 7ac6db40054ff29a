//! What is free.

use jiff::Span;
use platform::Result;
use platform::db::TenantTx;
use scheduling::on_call;
use serde_json::json;

use super::{Answer, Asked, local, spoken};

/// Times that are answered: more than a few nobody remembers who only hears them.
const MOST: usize = 6;
/// Days that are looked at when nothing is said, and at most.
const DAYS: i64 = 14;
const MOST_DAYS: i64 = 31;

/// Finds the first free times from a day on, spread over the days.
///
/// # Errors
/// 503 when the database is away.
pub async fn get(tx: &mut TenantTx, asked: &Asked) -> Result<Answer> {
    let arguments = &asked.arguments;
    let choice = on_call::choose(tx, arguments.text("service", 120), arguments.text("location", 120)).await?;
    let choice = match choice {
        Ok(choice) => choice,
        Err(among) => return Ok(Answer::choose("Ask which of these it is:", &among)),
    };
    let today = tx.now().to_zoned(choice.zone.clone()).date();
    let first = arguments.day("from").unwrap_or(today).max(today);
    let days = arguments.number("days").unwrap_or(DAYS).clamp(1, MOST_DAYS);
    let last = first.saturating_add(Span::new().days(days - 1));
    let patient = asked.patient(tx).await?;
    let free = on_call::free(tx, &choice, (first, last), patient).await?;
    let mut offered = Vec::new();
    // two of each day first, so that a caller who cannot on one day hears of another
    for per_day in [2, MOST] {
        for slot in &free {
            let day = slot.start.to_zoned(choice.zone.clone()).date();
            let of_day = offered.iter().filter(|at: &&jiff::Timestamp| at.to_zoned(choice.zone.clone()).date() == day);
            if offered.len() < MOST && !offered.contains(&slot.start) && of_day.count() < per_day {
                offered.push(slot.start);
            }
        }
    }
    offered.sort_unstable();
    if offered.is_empty() {
        return Ok(Answer::not("Nothing is free on these days; ask for other ones, or offer to take a message."));
    }
    let said: Vec<_> = offered.iter().map(|start| spoken(*start, &choice.zone)).collect();
    let slots: Vec<_> = offered.iter().map(|start| json!({ "start": local(*start, &choice.zone) })).collect();
    let zone = choice.zone.iana_name();
    let fields = json!({ "service": choice.service.name_en, "slots": slots, "time_zone": zone });
    Ok(Answer::done(format!("Free: {}.", said.join("; ")), fields))
}

//! What is free near a time that is taken.

use jiff::tz::TimeZone;
use jiff::{Span as Days, Timestamp};
use platform::db::Caller;
use platform::error::Error;
use platform::guard::Can;
use platform::{App, Result};
use serde_json::{Map, Value, json};

use super::{Slot, Wanted, free_everywhere};
use crate::appointment::AppointmentId;
use crate::appointment::occupy::Rooms;
use crate::appointment::plan::Asked;

/// How many days from a time that is taken others are looked for.
const NEAR_DAYS: i32 = 14;
/// How many of them are shown.
pub const ALTERNATIVES: usize = 3;

/// The outcome; where it is that something was taken or closed, with what is free near that time: first with the same
/// provider, then with others.
///
/// # Errors
/// Those of the outcome.
pub fn with_alternatives<P, T: Send>(
    who: &Can<P>,
    asked: Asked,
    moving: Option<AppointmentId>,
    outcome: Result<T>,
) -> impl Future<Output = Result<T>> + Send + use<P, T> {
    let (app, caller) = (who.app().clone(), who.caller().clone());
    async move {
        let error = match outcome {
            Err(error) if is_taken(&error) => error,
            other => return other,
        };
        let mut shown = match error.shown() {
            Some(Value::Object(shown)) => shown.clone(),
            _ => Map::new(),
        };
        shown.entry("busy").or_insert_with(|| json!([]));
        shown.insert("alternatives".to_owned(), json!(near(&app, &caller, &asked, moving).await.unwrap_or_default()));
        Err(error.showing(&shown))
    }
}

/// Whether a refusal says that something is taken, or closed.
#[must_use]
pub fn is_taken(error: &Error) -> bool {
    error.code() == "appointment.closed" || error.code().ends_with("_busy")
}

async fn near(app: &App, caller: &Caller, asked: &Asked, moving: Option<AppointmentId>) -> Result<Vec<Slot>> {
    let day = asked.start.to_zoned(TimeZone::UTC).date();
    let holders = moving.map(AppointmentId::uuid).into_iter().chain(asked.hold.map(|hold| hold.uuid()));
    let mut wanted = Wanted {
        service: asked.service,
        location: asked.location,
        only: Some(asked.providers.iter().take(1).copied().collect()),
        together: asked.providers.iter().skip(1).copied().collect(),
        rooms: match &asked.rooms {
            Some(Rooms::These(rooms)) => rooms.clone(),
            _ => Vec::new(),
        },
        first: day.yesterday().map_err(Error::internal)?,
        last: day.saturating_add(Days::new().days(NEAR_DAYS)),
        minutes: asked.minutes,
        part: None,
        patient: asked.patient,
        ignoring: holders.collect(),
        earliest: app.now(),
    };
    let mut slots = free_everywhere(app, caller, wanted.clone()).await?.items;
    if slots.len() < ALTERNATIVES {
        wanted.only = None;
        slots = free_everywhere(app, caller, wanted).await?.items;
    }
    Ok(nearest(slots, asked.start))
}

/// Three slots near a time, in order.
#[must_use]
pub fn nearest(mut slots: Vec<Slot>, to: Timestamp) -> Vec<Slot> {
    slots.sort_by_key(|slot| slot.start.duration_since(to).abs());
    slots.truncate(ALTERNATIVES);
    slots.sort_by_key(|slot| slot.start);
    slots
}

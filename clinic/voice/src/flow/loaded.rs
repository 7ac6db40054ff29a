//! A conversation as calls use it: read once, and shared by all calls of its version.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use dialogue::scenario::{Scenario, Side};
use dialogue::services::{Day, Services, Window};
use dialogue::{Context, Flow, Folder, Piece, Question, Schema, Script};
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _, Zoned};
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use uuid::Uuid;

use super::{FlowFile, check, files_of};
use crate::call::{Call, Direction, Transport};
use crate::{FlowId, workflow};

/// Versions that are kept in memory; the oldest give way.
const KEPT: usize = 500;
/// How far it is looked for a time at which calls are allowed.
const FAR: i64 = 14;

/// A conversation and everything beside it.
pub struct Loaded {
    /// How calls go.
    pub flow: Arc<Flow>,
    /// Who takes part in them.
    pub services: Services,
    /// The fields of cases.
    pub schema: Schema,
    script: Script,
    scenarios: Vec<Scenario>,
    language: String,
}

/// The conversation of that version, with the fields that its cases have now.
///
/// # Errors
/// 409 `call.no_flow` when its files do not fit these fields.
pub async fn loaded(tx: &mut TenantTx, id: FlowId) -> Result<Arc<Loaded>> {
    let practice = tx.practice();
    let row = sqlx::query!(
        "select f.call_workflow_id, w.schema_version, p.language
           from voice.flow f
           join voice.call_workflow w on w.practice_id = f.practice_id and w.id = f.call_workflow_id
           join platform.practice p on p.practice_id = f.practice_id
          where f.practice_id = $1 and f.id = $2",
        practice,
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(Error::not_found)?;
    let key = (id.uuid(), row.schema_version, row.language.clone());
    if let Some(known) = kept().get(&key) {
        return Ok(Arc::clone(known));
    }
    let (_, schema) = workflow::schema(tx, crate::CallWorkflowId(row.call_workflow_id), false).await?;
    let loaded = Arc::new(Loaded::read(&files_of(tx, id).await?, &schema, row.language).ok_or_else(unfit)?);
    let mut kept = kept();
    if kept.len() >= KEPT {
        kept.clear();
    }
    kept.insert(key, Arc::clone(&loaded));
    Ok(loaded)
}

fn unfit() -> Error {
    Error::conflict("call.no_flow", "The conversation does not fit the fields of its cases; see what is wrong with it.")
}

/// By version, fields and language.
type Kept = HashMap<(Uuid, i32, String), Arc<Loaded>>;

fn kept() -> std::sync::MutexGuard<'static, Kept> {
    static KEPT: LazyLock<Mutex<Kept>> = LazyLock::new(Mutex::default);
    KEPT.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Loaded {
    fn read(files: &[FlowFile], schema: &Schema, language: String) -> Option<Self> {
        let Folder { flow, services, schema, script, scenarios, .. } = check::folder(files, schema).ok()?;
        let language = match flow.locale.split('-').next() {
            Some("practice") | None => language,
            Some(fixed) => fixed.to_owned(),
        };
        Some(Self { flow, services, schema, script, scenarios, language })
    }

    /// The script's answer to a question in a node.
    #[must_use]
    pub fn answer(&self, node: &str, question: &Question, context: &Context) -> Vec<Piece> {
        self.script.answer_for(node, question, &self.flow, context)
    }

    /// The language of its calls: `en` or `ar`.
    #[must_use]
    pub fn language(&self) -> &str {
        &self.language
    }

    /// Calls that a practice may have at the same time, where the flow says it.
    #[must_use]
    pub fn at_once(&self) -> Option<i64> {
        self.services.schedule.concurrency.map(i64::from)
    }

    /// The other side of a call as one of the scenarios plays it, in the words of this very case; nobody, for one call in
    /// twelve and where there are no scenarios.
    #[must_use]
    pub fn other_side(&self, seed: u128, context: &Context) -> Option<Vec<Side>> {
        let count = self.scenarios.len() as u128;
        if count == 0 || seed.is_multiple_of(12) {
            return None;
        }
        let place = usize::try_from(seed % count).unwrap_or_default();
        self.scenarios.get(place).map(|scenario| scenario.other_side(context))
    }

    /// When a call that reached nobody is tried again, if it is: whoever has called us may call again.
    #[must_use]
    pub fn again_at(&self, call: &Call, now: Timestamp) -> Option<Timestamp> {
        let retry = &self.services.schedule.retry;
        let tries = u32::try_from(call.attempt).unwrap_or(u32::MAX);
        let is_ours = call.direction == Direction::Outbound && call.transport == Transport::Phone;
        if !is_ours || tries >= retry.max_attempts {
            return None;
        }
        let place = usize::try_from(tries.saturating_sub(1)).unwrap_or_default();
        let minutes = retry.backoff_minutes.get(place).or(retry.backoff_minutes.last()).copied().unwrap_or(60);
        // never more often on one day than allowed: the first of the next day's tries waits a day
        let minutes = if tries.is_multiple_of(retry.per_day.max(1)) { minutes.max(24 * 60) } else { minutes };
        now.checked_add(SignedDuration::from_mins(minutes.into())).ok()
    }

    /// When calls are allowed again, by the clocks where the callee is; nothing, when they are now.
    #[must_use]
    pub fn opens_at(&self, number: &str, now: Timestamp, practice: &TimeZone) -> Option<Timestamp> {
        let windows = &self.services.schedule.windows;
        if windows.is_empty() || windows.iter().any(|window| is_open(window, &local(window, number, now, practice))) {
            return None;
        }
        let next = windows.iter().filter_map(|window| opening(window, &local(window, number, now, practice)));
        next.min().or_else(|| now.checked_add(SignedDuration::from_hours(24)).ok())
    }
}

/// What the clocks show by which a window goes: the zone that it names, that of the callee's country, else the practice's.
fn local(window: &Window, number: &str, now: Timestamp, practice: &TimeZone) -> Zoned {
    let named = window.tz.as_deref().and_then(|name| TimeZone::get(name).ok());
    let zone = named.or_else(|| zone_of(number)).unwrap_or_else(|| practice.clone());
    now.to_zoned(zone)
}

/// Countries that have one zone, by their calling codes (ITU-T E.164; IANA zone1970.tab).
const ZONES: [(&str, &str); 14] = [
    ("+966", "Asia/Riyadh"),
    ("+971", "Asia/Dubai"),
    ("+965", "Asia/Kuwait"),
    ("+973", "Asia/Bahrain"),
    ("+974", "Asia/Qatar"),
    ("+968", "Asia/Muscat"),
    ("+962", "Asia/Amman"),
    ("+961", "Asia/Beirut"),
    ("+20", "Africa/Cairo"),
    ("+44", "Europe/London"),
    ("+49", "Europe/Berlin"),
    ("+33", "Europe/Paris"),
    ("+90", "Europe/Istanbul"),
    ("+91", "Asia/Kolkata"),
];

fn zone_of(number: &str) -> Option<TimeZone> {
    let (_, zone) = ZONES.iter().find(|(code, _)| number.starts_with(code))?;
    TimeZone::get(zone).ok()
}

fn is_open(window: &Window, now: &Zoned) -> bool {
    let minute = u16::try_from(i32::from(now.hour()) * 60 + i32::from(now.minute())).unwrap_or_default();
    window.days.contains(&day(now.weekday())) && (window.from.0..window.to.0).contains(&minute)
}

/// The next beginning of a window.
fn opening(window: &Window, now: &Zoned) -> Option<Timestamp> {
    (0..=FAR).find_map(|days| {
        let date = now.date().checked_add(days.days()).ok()?;
        if !window.days.contains(&day(date.weekday())) {
            return None;
        }
        let begins = date.to_zoned(now.time_zone().clone()).ok()?;
        let begins = begins.checked_add(i64::from(window.from.0).minutes()).ok()?;
        (begins > *now).then(|| begins.timestamp())
    })
}

fn day(weekday: Weekday) -> Day {
    match weekday {
        Weekday::Monday => Day::Mon,
        Weekday::Tuesday => Day::Tue,
        Weekday::Wednesday => Day::Wed,
        Weekday::Thursday => Day::Thu,
        Weekday::Friday => Day::Fri,
        Weekday::Saturday => Day::Sat,
        Weekday::Sunday => Day::Sun,
    }
}

/// The fields of cases that lie beside a conversation, for whoever makes the call workflow of it.
///
/// # Errors
/// There is no such file, or it cannot be read.
pub fn schema_in(folder: &Path, practice: &str, workflow: &str) -> Result<Schema> {
    let path = folder.join(practice).join(workflow).join("schema.yaml");
    let text = std::fs::read_to_string(&path).map_err(Error::internal)?;
    dialogue::read_schema(&text).map_err(|faults| {
        let first = faults.first().map(ToString::to_string).unwrap_or_default();
        Error::internal(format!("{}: {first}", path.display()))
    })
}

/// The keys that the conversations in use name, and in which call workflows.
///
/// # Errors
/// 503 when the database is away.
pub async fn secrets_named(tx: &mut TenantTx) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let mut named = BTreeMap::<String, BTreeSet<String>>::new();
    for workflow in workflow::all(tx).await? {
        let Some(flow) = &workflow.flow else { continue };
        let files = files_of(tx, flow.id).await?;
        let text = files.iter().find(|file| file.name == "services.yaml").map(|file| file.text.as_str());
        let Some(Ok(services)) = text.map(Services::read) else { continue };
        for name in services.secrets() {
            named.entry(name.to_owned()).or_default().insert(workflow.slug.clone());
        }
    }
    Ok(named)
}

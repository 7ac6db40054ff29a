//! Slot (hl7.org/fhir/R4/slot.html): a piece of somebody's working time, as long as the practice's rhythm, free or
//! taken. Slots are worked out when they are asked for; the id is the schedule's and the second in which one begins.

use jiff::{Span as Hours, Timestamp};
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::Path;
use platform::guard::Can;
use platform::id::UserId;
use platform::permission::appointments as may;
use platform::routes::Routes;
use platform::{Result, route};
use practice::Span;
use scheduling::{Piece, Standing};
use serde_json::{Value, json};

use super::answer::{Because, Resource, base, entry, page, reference};
use super::asked::{self, InJson, Known, Parameter, Search, alternatives, unfit};
use super::moments::instants;

/// The routes of slots.
pub fn routes() -> Routes {
    Routes::new().route(route!(read)).route(route!(search)).route(route!(search_by_form))
}

/// Days that can be asked for at once.
const MOST_DAYS: i64 = 31;

const fn parameter(name: &'static str, kind: &'static str, about: &'static str) -> Parameter {
    Parameter { name, kind, about, personal: false, modifiers: &[] }
}

/// What slots can be searched by.
pub const PARAMETERS: &[Parameter] = &[
    parameter("schedule", "reference", "Whose; this must be said, once, for one schedule."),
    parameter("start", "date", "When it begins: from now on unless said, and 31 days at most."),
    parameter("status", "token", "free, busy or busy-tentative."),
];

/// A slot.
#[utoipa::path(get, path = "/fhir/R4/Slot/{slot}", tag = "interchange",
    params(("slot" = String, Path, description = "Its id, as a search named it"),
           ("_format" = Option<String>, Query, description = "`json`")),
    responses((status = 200, content_type = "application/fhir+json", body = Resource)))]
async fn read(who: Can<may::Read>, Path(id): Path<String>, _: InJson) -> Result<Resource> {
    let (schedule, start) = parse(&id).ok_or_else(Error::not_found)?;
    who.read(async move |tx| {
        let end = start.checked_add(Hours::new().seconds(1)).map_err(|_| Error::not_found())?;
        let pieces = scheduling::agenda(tx, schedule, Span { start, end }).await?;
        let piece = pieces.first().ok_or_else(Error::not_found)?;
        Ok(Resource::plain(resource(schedule, piece)))
    })
    .await
}

/// Search for slots of a schedule.
#[utoipa::path(get, path = "/fhir/R4/Slot", tag = "interchange",
    params(("schedule" = Option<String>, Query), ("start" = Option<String>, Query), ("status" = Option<String>, Query),
           ("_count" = Option<u32>, Query, description = "At most 200"), ("_format" = Option<String>, Query)),
    responses((status = 200, content_type = "application/fhir+json", body = Resource)))]
async fn search(who: Can<may::Read>, search: Search) -> Result<Resource> {
    found(who, search).await
}

/// Search for slots of a schedule, with what is searched by in the body.
#[utoipa::path(post, path = "/fhir/R4/Slot/_search", tag = "interchange",
    params(("_format" = Option<String>, Query)),
    request_body(content_type = "application/x-www-form-urlencoded", content = Object),
    responses((status = 200, content_type = "application/fhir+json", body = Resource)))]
async fn search_by_form(who: Can<may::Read>, search: Search) -> Result<Resource> {
    found(who, search).await
}

async fn found(who: Can<may::Read>, search: Search) -> Result<Resource> {
    let app = who.app().clone();
    who.read(async move |tx| {
        let known = search.clone().known(tx, PARAMETERS).await?;
        let wanted = Wanted::read(&known, tx.now())?;
        let pieces = wanted.find(tx).await?;
        let (shown, next) = asked::cut(&known, pieces, |(_, piece)| piece.span.start)?;
        let base = base(&app);
        let entries = shown.iter().map(|piece| entry(&base, resource(piece.0, &piece.1), Because::Match)).collect();
        let links = known.links(tx, &app, "Slot", next).await?;
        Ok(page(tx.now(), &known, links, entries))
    })
    .await
}

/// What is looked for.
struct Wanted {
    /// None where what was said names nobody.
    schedule: Option<UserId>,
    /// In which all of it lies.
    window: Span,
    /// Of several, one must hold.
    begins: Vec<Vec<std::ops::Range<Timestamp>>>,
    statuses: Option<Vec<String>>,
}

impl Wanted {
    fn read(known: &Known, now: Timestamp) -> Result<Self> {
        let (mut schedules, mut begins, mut statuses) = (None, Vec::new(), None);
        for (parameter, _, value) in &known.by {
            match parameter.name {
                "schedule" => schedules = Some(asked::ids("schedule", value, "Schedule")?),
                "start" => begins.push(instants("start", value)?),
                _ => statuses = Some(alternatives("status", value)?),
            }
        }
        let schedule = match schedules.as_deref() {
            Some([]) => None,
            Some([one]) => Some(UserId(*one)),
            _ => return Err(unfit("schedule", "Say whose slots, one schedule.")),
        };
        Ok(Self { schedule, window: window(&begins, now)?, begins, statuses })
    }

    async fn find(&self, tx: &mut TenantTx) -> Result<Vec<(UserId, Piece)>> {
        let Some(schedule) = self.schedule else { return Ok(Vec::new()) };
        let pieces = match scheduling::agenda(tx, schedule, self.window).await {
            // a search for what is not there finds nothing
            Err(error) if error.code() == "not_found" => Vec::new(),
            found => found?,
        };
        Ok(pieces.into_iter().filter(|piece| self.has(piece)).map(|piece| (schedule, piece)).collect())
    }

    fn has(&self, piece: &Piece) -> bool {
        self.begins.iter().all(|ranges| ranges.iter().any(|range| range.contains(&piece.span.start)))
            && self
                .statuses
                .as_ref()
                .is_none_or(|codes| codes.iter().any(|code| code.rsplit('|').next() == Some(code_of(piece.standing))))
    }
}

/// From the first instant that is asked for to the last one; open ends are now, and as far as one may look.
fn window(begins: &[Vec<std::ops::Range<Timestamp>>], now: Timestamp) -> Result<Span> {
    let long = Hours::new().hours(MOST_DAYS * 24);
    let too_long = || unfit("start", "Ask for 31 days at most.");
    let first = begins.iter().filter_map(|ranges| ranges.iter().map(|range| range.start).min()).max();
    let last = begins.iter().filter_map(|ranges| ranges.iter().map(|range| range.end).max()).min();
    let is_open = |at: &Timestamp| at.to_zoned(jiff::tz::TimeZone::UTC).year() <= 1;
    let start = first.filter(|first| !is_open(first)).unwrap_or(now);
    let furthest = start.checked_add(long).map_err(|_| too_long())?;
    match last.filter(|last| *last < Timestamp::MAX) {
        None => Ok(Span { start, end: furthest }),
        Some(end) if end > furthest => Err(too_long()),
        Some(end) => Ok(Span { start, end: end.max(start) }),
    }
}

fn code_of(standing: Standing) -> &'static str {
    match standing {
        Standing::Free => "free",
        Standing::Held => "busy-tentative",
        Standing::Taken => "busy",
    }
}

fn parse(id: &str) -> Option<(UserId, Timestamp)> {
    let (schedule, second) = id.split_once('.')?;
    Some((UserId(schedule.parse().ok()?), Timestamp::from_second(second.parse().ok()?).ok()?))
}

/// The resource.
fn resource(schedule: UserId, piece: &Piece) -> Value {
    json!({
        "resourceType": "Slot",
        "id": format!("{schedule}.{}", piece.span.start.as_second()),
        "schedule": reference("Schedule", schedule),
        "status": code_of(piece.standing),
        "start": piece.span.start,
        "end": piece.span.end,
    })
}

//! What Cal.com says of its slots, as each process remembers it for a moment. Whoever looks for a time asks for days of their
//! own, so whole blocks of days are asked for, which are the same for all; once, however many wait for it; and not again at
//! once where there was no answer. So strangers who look for times cannot use up the requests that a practice has there.

use std::collections::{HashMap, HashSet, VecDeque};
use std::ops::Range;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use calcom::{Failure, Provider};
use jiff::{SignedDuration, Timestamp};
use platform::Result;
use platform::error::Error;
use practice::Span;
use tokio::sync::OnceCell;
use uuid::Uuid;

/// How long an answer is believed.
const FRESH: SignedDuration = SignedDuration::from_secs(20);
/// How long nobody asks again what was not answered.
const REFUSED: SignedDuration = SignedDuration::from_secs(10);
/// Days that are asked for at once, counted from 1970: two or three calls for the month that can be asked for here.
const BLOCK: i64 = 16 * DAY;
const DAY: i64 = 24 * 3600;
/// Answers that are kept.
const MOST: usize = 2000;
/// Questions of a practice within a minute: half of the 120 requests that Cal.com takes from one key
/// (<https://cal.com/docs/api-reference/v2/introduction#rate-limits>), the other half being for bookings.
const MOST_A_MINUTE: usize = 60;

/// When an event type of a practice is free during a block of days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Question {
    /// Whose it is.
    pub practice: Uuid,
    /// Of what.
    pub event_type: i64,
    /// Which block, counted from 1970.
    pub block: i64,
}

/// Beginnings that are free.
pub type Starts = Arc<HashSet<Timestamp>>;

/// What came of a question; nothing as long as somebody waits for it.
type Cell = Arc<OnceCell<Result<Starts, Failure>>>;

struct Entry {
    asked_at: Timestamp,
    cell: Cell,
}

/// How a practice may ask.
#[derive(Default)]
struct Restraint {
    /// Not before.
    until: Option<Timestamp>,
    /// When it did, within the last minute.
    asked: VecDeque<Timestamp>,
}

#[derive(Default)]
struct Memory {
    entries: HashMap<Question, Entry>,
    restraints: HashMap<Uuid, Restraint>,
}

static MEMORY: LazyLock<Mutex<Memory>> = LazyLock::new(Mutex::default);

fn memory() -> MutexGuard<'static, Memory> {
    MEMORY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The blocks that cover this, without those that are past.
pub fn blocks(during: Span, now: Timestamp) -> impl Iterator<Item = i64> {
    let block = |at: Timestamp| at.as_second().div_euclid(BLOCK);
    block(during.start.max(now))..=block(during.end)
}

/// When it is free, as remembered or as Cal.com says now; nothing when that cannot be found out.
///
/// # Errors
/// For days that no calendar has.
pub async fn answer(question: Question, now: Timestamp, provider: &dyn Provider) -> Result<Option<Starts>> {
    let during = question.during(now)?;
    let Some(cell) = memory().cell(question, now) else { return Ok(None) };
    let asked = cell.get_or_init(async || {
        let starts = provider.slots(question.event_type, during).await;
        if let Err(Failure::Limited(pause)) = &starts {
            memory().restrain(question.practice, now, SignedDuration::try_from(*pause).unwrap_or(REFUSED));
        }
        starts.map(|starts| Arc::new(starts.into_iter().collect()))
    });
    Ok(asked.await.clone().ok())
}

/// Forgets what is remembered of a practice, after something was booked. What was not answered is not asked for sooner.
pub fn forget(practice: Uuid) {
    let was_refused = |entry: &Entry| matches!(entry.cell.get(), Some(Err(_)));
    memory().entries.retain(|question, entry| question.practice != practice || was_refused(entry));
}

impl Question {
    /// Without days that are past, of which nobody wants to know.
    fn during(self, now: Timestamp) -> Result<Range<Timestamp>> {
        let instant = |second: i64| Timestamp::from_second(second).map_err(Error::internal);
        let today = now.as_second().div_euclid(DAY) * DAY;
        Ok(instant(today.max(self.block * BLOCK))?..instant((self.block + 1) * BLOCK)?)
    }
}

impl Entry {
    fn is_fresh(&self, now: Timestamp) -> bool {
        let lasts = if matches!(self.cell.get(), Some(Err(_))) { REFUSED } else { FRESH };
        now.duration_since(self.asked_at) < lasts
    }
}

impl Memory {
    /// Where the answer is, or will be; nothing when it is not to be asked for now.
    fn cell(&mut self, question: Question, now: Timestamp) -> Option<Cell> {
        if let Some(entry) = self.entries.get(&question).filter(|entry| entry.is_fresh(now)) {
            return Some(Arc::clone(&entry.cell));
        }
        let Restraint { until, asked } = self.restraints.entry(question.practice).or_default();
        if until.is_some_and(|until| now < until) {
            return None;
        }
        asked.retain(|at| now.duration_since(*at) < SignedDuration::from_mins(1));
        if asked.len() >= MOST_A_MINUTE {
            return None;
        }
        asked.push_back(now);
        self.make_room(now);
        let entry = Entry { asked_at: now, cell: Cell::default() };
        let cell = Arc::clone(&entry.cell);
        self.entries.insert(question, entry);
        Some(cell)
    }

    fn make_room(&mut self, now: Timestamp) {
        if self.entries.len() < MOST {
            return;
        }
        self.entries.retain(|_, entry| entry.is_fresh(now));
        let oldest = self.entries.iter().min_by_key(|(_, entry)| entry.asked_at).map(|(question, _)| *question);
        if let (true, Some(oldest)) = (self.entries.len() >= MOST, oldest) {
            self.entries.remove(&oldest);
        }
    }

    fn restrain(&mut self, practice: Uuid, now: Timestamp, pause: SignedDuration) {
        self.restraints.entry(practice).or_default().until = now.checked_add(pause).ok();
    }
}

//! What is gone from a ledger, and whether it left after its years or was taken away.

use std::collections::BTreeMap;

use jiff::Timestamp;
use platform::config::SIX_YEARS;
use uuid::Uuid;

use crate::check::Signed;
use crate::leaf::Entry;
use crate::retention::months_later;

/// An entry that is not there any more.
#[derive(Clone, Copy, Debug)]
pub struct Missing {
    /// Place in the tree.
    pub seq: u64,
    /// Its id.
    pub id: Uuid,
    /// When it happened, in microseconds.
    pub at: i64,
}

/// What left after its years, as the ledger itself says under a signed checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retired {
    /// Everything before this.
    pub before: Timestamp,
    /// So many entries.
    pub entries: u64,
    /// The checkpoint that signed it.
    pub checkpoint: i64,
}

/// Gathers both in one walk.
#[derive(Debug)]
pub struct Retirement {
    months: u32,
    /// Per month (its beginning, in microseconds): how many are gone, and the first of them.
    missing: BTreeMap<i64, (u64, Missing)>,
    /// When the oldest entry happened that is still there.
    oldest: i64,
    said: Vec<Retired>,
}

impl Retirement {
    /// Entries may leave after six years, or after so many months where the settings say less.
    pub fn after(months: u32) -> Self {
        Self { months: months.min(SIX_YEARS), missing: BTreeMap::new(), oldest: i64::MAX, said: Vec::new() }
    }

    /// An entry that is gone.
    pub fn missing(&mut self, missing: Missing) {
        self.missing.entry(month(missing.at)).or_insert((0, missing)).0 += 1;
    }

    /// An entry that is there, with the first signature over it. One that says that entries leave is believed when the
    /// product wrote it and it was signed when their years were over.
    pub fn present(&mut self, entry: &Entry, signed: Option<&Signed>) {
        self.oldest = self.oldest.min(entry.at);
        if entry.action != "retire" || entry.resource_type != "ledger" || entry.actor_kind != "system" {
            return;
        }
        let detail: serde_json::Value = serde_json::from_str(&entry.detail).unwrap_or_default();
        let before = detail["before"].as_str().and_then(|before| before.parse::<Timestamp>().ok());
        let (Some(before), Some(entries), Some(signed)) = (before, detail["entries"].as_u64(), signed) else { return };
        let over = months_later(before, self.months).ok();
        if signed.at.zip(over).is_some_and(|(at, over)| at >= over) {
            self.said.push(Retired { before, entries, checkpoint: signed.checkpoint });
        }
    }

    /// What left, if it is exactly what the ledger says; else the first entry that is gone.
    pub fn conclude(&self) -> (Option<Retired>, Option<Missing>) {
        let gone = self.missing.values().map(|(_, first)| *first).min_by_key(|missing| missing.seq);
        let is_all = |said: &&Retired| {
            let before = said.before.as_microsecond();
            let left: u64 = self.missing.range(..before).map(|(_, (count, _))| count).sum();
            left == said.entries && self.oldest >= before && self.missing.range(before..).next().is_none()
        };
        match gone {
            None => (None, None),
            Some(first) => match self.said.iter().rev().find(is_all) {
                Some(said) => (Some(*said), None),
                None => (None, Some(first)),
            },
        }
    }
}

/// When the month began that an instant lies in.
fn month(at: i64) -> i64 {
    let at = Timestamp::from_microsecond(at).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(jiff::tz::TimeZone::UTC);
    let first = at.date().first_of_month().to_zoned(jiff::tz::TimeZone::UTC);
    first.map_or(0, |first| first.timestamp().as_microsecond())
}

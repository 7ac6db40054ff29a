//! Walks through a practice's leaves in order and says what is the first thing that is not as it was sealed.

use std::collections::BTreeMap;
use std::fmt;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::leaf::Entry;
use crate::merkle::{Frontier, Hash};
use crate::retired::{Missing, Retired, Retirement};

/// How long a transaction may take at most: an entry bears the time of its transaction's beginning.
pub const LONGEST_TRANSACTION: SignedDuration = SignedDuration::from_mins(10);

/// What is wrong with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Its contents are not those that were sealed.
    Changed,
    /// It is gone.
    Removed,
    /// It stands in another place than it was sealed in.
    Reordered,
    /// It was put in later.
    Inserted,
    /// The newest entries are gone: a checkpoint has seen more than there are.
    NewestRemoved,
    /// Somewhere in a range that a checkpoint signed; which one cannot be told.
    Unclear,
}

/// The first thing that is wrong in a practice's ledger.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Whose ledger.
    pub practice: Uuid,
    /// What.
    pub wrong: Wrong,
    /// Place in the tree, if it has one.
    pub seq: Option<u64>,
    /// Which entry, if that can be told.
    pub entry: Option<Uuid>,
    /// How it shows.
    pub why: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "practice {}: ", self.practice)?;
        match self.entry {
            Some(entry) => write!(f, "entry {entry}")?,
            None => f.write_str("an entry")?,
        }
        if let Some(seq) = self.seq {
            write!(f, " at place {seq}")?;
        }
        let wrong = match self.wrong {
            Wrong::Changed => "was changed",
            Wrong::Removed => "was removed",
            Wrong::Reordered => "was moved",
            Wrong::Inserted => "was put in later",
            Wrong::NewestRemoved => "and all after it were removed",
            Wrong::Unclear => "or one near it was changed, moved, removed or put in",
        };
        write!(f, " {wrong}: {}", self.why)
    }
}

/// A root that was signed for a size of the tree.
#[derive(Clone, Copy, Debug)]
pub struct Signed {
    /// The root.
    pub root: Hash,
    /// By which checkpoint.
    pub checkpoint: i64,
    /// When that was signed.
    pub at: Option<Timestamp>,
    /// When the checkpoint before that was signed, which had not seen what is new in this one.
    pub unseen_at: Option<Timestamp>,
}

/// One step of the walk.
#[derive(Clone, Debug)]
pub enum Step {
    /// A leaf with its entry, or without when that is gone.
    Leaf {
        /// Place that it claims.
        seq: u64,
        /// The leaf that is stored.
        leaf: Hash,
        /// The subtrees that it is said to complete.
        nodes: Vec<Hash>,
        /// Id of the entry.
        id: Uuid,
        /// When it happened, in microseconds.
        at: i64,
        /// The entry.
        entry: Option<Box<Entry>>,
    },
    /// Leaves that are not shown, as one complete subtree.
    Covered {
        /// The first of them.
        from: u64,
        /// There are two to the power of this.
        level: u32,
        /// The subtree's hash.
        hash: Hash,
    },
}

/// The walk.
#[derive(Debug)]
pub struct Checker<'a> {
    practice: Uuid,
    signed: &'a BTreeMap<u64, Signed>,
    frontier: Frontier,
    finding: Option<Finding>,
    /// What the changed entry's contents hash to: found in another place, it was moved and not changed.
    astray: Option<Hash>,
    /// What is gone, and what the ledger says of leaving after its years.
    retired: Retirement,
    /// Transaction and id of the entry before.
    before: Option<(u128, Uuid)>,
    /// The first entry that stands before one of an earlier transaction. No proof: a restored database counts anew.
    out_of_order: Option<(u64, Uuid)>,
    /// Up to this size a signed root agrees.
    agreed: u64,
    /// Ids since then.
    since: Vec<(u64, Uuid)>,
}

/// How the walk ended.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Leaves.
    pub size: u64,
    /// The root they lead to.
    pub root: Hash,
    /// The first thing that is wrong.
    pub finding: Option<Finding>,
    /// Up to this size a signed root agrees.
    pub agreed: u64,
    /// What left after its years.
    pub retired: Option<Retired>,
}

impl<'a> Checker<'a> {
    /// For a practice, with the roots that were signed, by size. Entries may leave after so many months.
    #[must_use]
    pub fn new(practice: Uuid, signed: &'a BTreeMap<u64, Signed>, retention_months: u32) -> Self {
        Self {
            practice,
            signed,
            frontier: Frontier::default(),
            finding: None,
            astray: None,
            retired: Retirement::after(retention_months),
            before: None,
            out_of_order: None,
            agreed: 0,
            since: Vec::new(),
        }
    }

    fn found(&mut self, wrong: Wrong, seq: Option<u64>, entry: Option<Uuid>, why: impl Into<String>) {
        let practice = self.practice;
        self.finding.get_or_insert_with(|| Finding { practice, wrong, seq, entry, why: why.into() });
    }

    /// Takes the next step. Steps come in the order of places.
    pub fn step(&mut self, step: Step) {
        match step {
            Step::Leaf { seq, leaf, nodes, id, at, entry } => {
                if !self.in_place(seq, Some(id)) {
                    return;
                }
                self.leaf(seq, leaf, &nodes, Missing { seq, id, at }, entry.as_deref());
            }
            Step::Covered { from, level, hash } => {
                if self.in_place(from, None) && !self.frontier.push_subtree(level, hash) {
                    self.found(
                        Wrong::Unclear,
                        Some(from),
                        None,
                        "what stands for the entries that are not shown does not fit",
                    );
                }
            }
        }
        self.compare();
    }

    /// After the first finding the walk only goes on while the next steps can make it more precise.
    fn goes_on(&self) -> bool {
        let Some(finding) = &self.finding else { return true };
        self.astray.is_some()
            || finding.wrong == Wrong::Unclear && finding.seq.is_some_and(|seq| seq + 1 == self.frontier.size())
    }

    /// Whether a step stands where the one before ended.
    fn in_place(&mut self, seq: u64, id: Option<Uuid>) -> bool {
        let next = self.frontier.size();
        if !self.goes_on() {
            return false;
        }
        if seq > next {
            self.found(Wrong::Removed, Some(next), None, format!("the next one there is stands at place {seq}"));
        } else if seq < next {
            let known = self.since.iter().any(|(_, known)| Some(*known) == id);
            let wrong = if known { Wrong::Inserted } else { Wrong::Reordered };
            self.found(wrong, Some(seq), id, format!("it comes after place {}", next - 1));
        }
        seq == next
    }

    fn leaf(&mut self, seq: u64, stored: Hash, nodes: &[Hash], place: Missing, entry: Option<&Entry>) {
        let id = place.id;
        if self.astray == Some(stored)
            && let Some(finding) = &mut self.finding
        {
            finding.wrong = Wrong::Reordered;
            finding.why = format!("it was sealed at place {seq}");
            self.astray = None;
        }
        match entry {
            None => self.retired.missing(place),
            Some(entry) => {
                let real = entry.leaf();
                if real != stored && self.finding.is_none() {
                    self.found(
                        Wrong::Changed,
                        Some(seq),
                        Some(id),
                        "its contents do not have the hash that was sealed",
                    );
                    self.astray = Some(real);
                }
                self.note_order(seq, entry);
                let signed = self.signed.range(seq + 1..).next();
                self.retired.present(entry, signed.map(|(_, signed)| signed));
                self.check_time(seq, entry);
            }
        }
        self.since.push((seq, id));
        if self.frontier.push(stored) != nodes {
            let suspect = self.out_of_order.filter(|(moved, _)| *moved >= self.agreed);
            let why = "the hashes above it are not those of the entries below";
            match suspect {
                Some((moved, id)) => self.found(Wrong::Reordered, Some(moved), Some(id), why),
                None => self.found(Wrong::Unclear, Some(seq), Some(id), why),
            }
        }
    }

    fn note_order(&mut self, seq: u64, entry: &Entry) {
        let key = (entry.xid.parse().unwrap_or(u128::MAX), entry.id);
        if self.before.is_some_and(|before| key < before) && self.out_of_order.is_none_or(|(at, _)| at < self.agreed) {
            let moved = self.since.last().copied();
            self.out_of_order = moved.or(Some((seq, entry.id)));
        }
        if let (Some((moved, id)), Some(finding)) = (self.out_of_order, &mut self.finding)
            && (finding.wrong, finding.seq) == (Wrong::Unclear, Some(moved))
        {
            (finding.wrong, finding.entry) = (Wrong::Reordered, Some(id));
        }
        self.before = Some(key);
    }

    /// An entry that a checkpoint has not seen cannot have happened long before it.
    fn check_time(&mut self, seq: u64, entry: &Entry) {
        let Some((_, signed)) = self.signed.range(seq + 1..).next() else { return };
        let Some(unseen) = signed.unseen_at.and_then(|at| at.checked_sub(LONGEST_TRANSACTION).ok()) else { return };
        if entry.at < unseen.as_microsecond() {
            let why = format!(
                "it claims to be older than a checkpoint that has not seen it (the one before {})",
                signed.checkpoint
            );
            self.found(Wrong::Inserted, Some(seq), Some(entry.id), why);
        }
    }

    /// Where a root was signed for this size, it must be ours.
    fn compare(&mut self) {
        let size = self.frontier.size();
        let Some(signed) = self.signed.get(&size) else { return };
        if signed.root == self.frontier.root() {
            self.agreed = size;
            self.since.clear();
            return;
        }
        let why =
            format!("checkpoint {} signed another root for places {} to {}", signed.checkpoint, self.agreed, size - 1);
        match self.out_of_order.filter(|(moved, _)| *moved >= self.agreed) {
            Some((moved, id)) => self.found(Wrong::Reordered, Some(moved), Some(id), why),
            None => {
                let first = self.since.first().copied();
                self.found(Wrong::Unclear, first.map(|(seq, _)| seq), first.map(|(_, id)| id), why);
            }
        }
    }

    /// Ends the walk.
    #[must_use]
    pub fn finish(mut self) -> Outcome {
        let (size, root) = (self.frontier.size(), self.frontier.root());
        let (retired, gone) = self.retired.conclude();
        if let Some(gone) = gone
            && self.finding.as_ref().is_none_or(|finding| finding.seq.is_none_or(|seq| seq > gone.seq))
        {
            self.finding = None;
            self.found(Wrong::Removed, Some(gone.seq), Some(gone.id), "it was sealed and is not there any more");
        }
        if let Some((signed_size, signed)) = self.signed.last_key_value()
            && *signed_size > size
        {
            let why = format!("checkpoint {} has seen {signed_size} entries", signed.checkpoint);
            self.found(Wrong::NewestRemoved, Some(size), None, why);
        }
        Outcome { size, root, finding: self.finding, agreed: self.agreed, retired }
    }
}

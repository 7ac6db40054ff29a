//! A bundle: entries of a practice with everything that proves them, signed, to be verified anywhere.
//!
//! Lines of JSON. The first says whose and which, with a signed checkpoint and the path to it; then, in the order of
//! the tree, entries with their leaves, and hashes that stand for whatever is not in the bundle; last a signature over
//! all lines before it. Values of fields are in it as they lie in the ledger, sealed with the practice's key.

use std::io::BufRead;

use aws_lc_rs::digest::{Context, SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use platform::config::SIX_YEARS;
use platform::db::Caller;
use platform::{App, Error, Result};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::check::{Checker, Finding, Step, Wrong};
use crate::checkpoint::{self, Checkpoint, Head};
use crate::evidence::Evidence;
use crate::leaf::Entry;
use crate::merkle::{self, Hash};
use crate::note::{self, PublicKey, Signer};
use crate::store::{self, Sealed, SignedHead};

/// First line of what is signed at a bundle's end.
const ORIGIN: &str = "vantage.ledger/bundle";

/// The first line.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Header {
    /// Version of the format.
    vantage_ledger: u32,
    practice: Uuid,
    from: Timestamp,
    to: Timestamp,
    /// Leaves of the practice's tree at the checkpoint.
    size: u64,
    /// Signed note over the heads of all practices.
    checkpoint: String,
    /// Where the practice's head is among them, and the path that proves it.
    place: u64,
    path: Vec<String>,
}

/// Any other line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Line {
    Entry { seq: u64, leaf: String, nodes: Vec<String>, entry: Box<Entry> },
    Covered { from: u64, level: u32, hash: String },
    Signature { signature: String },
}

fn text(hash: &Hash) -> String {
    STANDARD.encode(hash)
}

fn line(line: &impl Serialize) -> Result<String> {
    Ok(serde_json::to_string(line).map_err(Error::internal)? + "\n")
}

/// Writes a bundle, a piece at a time.
pub struct Writer {
    app: App,
    caller: Caller,
    from: Timestamp,
    to: Timestamp,
    stage: Stage,
    digest: Context,
    entries: u64,
}

enum Stage {
    Begin,
    Leaves { next: u64, last: u64, size: u64 },
    Done,
}

impl Writer {
    /// For what happened from `from` up to `to` in the caller's practice, as far as it is sealed and signed.
    #[must_use]
    pub fn new(app: &App, caller: Caller, from: Timestamp, to: Timestamp) -> Self {
        let digest = Context::new(&SHA256);
        Self { app: app.clone(), caller, from, to, stage: Stage::Begin, digest, entries: 0 }
    }

    /// Entries written so far.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.entries
    }

    /// The next piece, and how many places of the tree are still to come; nothing at the end.
    ///
    /// # Errors
    /// 409 `audit.nothing_sealed` before the first checkpoint, 503 when the database is away.
    pub async fn piece(&mut self) -> Result<Option<String>> {
        let piece = match self.stage {
            Stage::Begin => self.begin().await?,
            Stage::Leaves { next, last, size } if next <= last => self.leaves(next, last, size).await?,
            Stage::Leaves { last, size, .. } => self.end(last, size).await?,
            Stage::Done => return Ok(None),
        };
        Ok(Some(piece))
    }

    async fn begin(&mut self) -> Result<String> {
        let (from, to) = (self.from, self.to);
        let found = self.app.door.read(&self.caller, async move |tx| {
            let Some(head) = store::newest_head(tx).await? else { return Ok(None) };
            let note = store::note(tx, head.checkpoint).await?;
            let span = store::span(tx, from, to).await?;
            let span =
                span.map(|(first, last)| (first, last.min(head.head.size - 1))).filter(|(first, last)| first <= last);
            let mut covers = Vec::new();
            // nothing in that time: the whole tree is covered
            let until = span.map_or(head.head.size, |(first, _)| first);
            for (level, index) in merkle::cover(0, until) {
                covers.push((index << level, level, store::node(tx, level, index).await?));
            }
            Ok(Some((head, note, span, covers)))
        });
        let (SignedHead { head, place, proof, .. }, checkpoint, span, covers) = found.await?.ok_or_else(|| {
            Error::conflict("audit.nothing_sealed", "Nothing has been sealed yet; try again in a moment.")
        })?;
        let header = Header {
            vantage_ledger: 1,
            practice: self.caller.practice.uuid(),
            from,
            to,
            size: head.size,
            checkpoint,
            place,
            path: proof.iter().map(text).collect(),
        };
        let (next, last) = span.unwrap_or((head.size, head.size - 1));
        self.stage = Stage::Leaves { next, last, size: head.size };
        let mut piece = line(&header)?;
        for cover in covers {
            piece += &covered(cover)?;
        }
        Ok(self.digested(piece))
    }

    async fn leaves(&mut self, next: u64, last: u64, size: u64) -> Result<String> {
        let rows = self.app.door.read(&self.caller, async move |tx| store::page(tx, next, store::PAGE).await).await?;
        let after = rows.last().map(|row| row.seq + 1).ok_or_else(|| Error::internal("a leaf is missing"))?;
        let mut piece = String::new();
        for row in rows.into_iter().filter(|row| row.seq <= last) {
            let inside = row.entry_at >= self.from.as_microsecond() && row.entry_at < self.to.as_microsecond();
            let Sealed { seq, leaf, nodes, entry, .. } = row;
            piece += &match entry.filter(|_| inside) {
                Some(entry) => {
                    self.entries += 1;
                    let nodes = nodes.iter().map(text).collect();
                    line(&Line::Entry { seq, leaf: text(&leaf), nodes, entry: Box::new(entry) })?
                }
                None => covered((seq, 0, leaf))?,
            };
        }
        self.stage = Stage::Leaves { next: after, last, size };
        Ok(self.digested(piece))
    }

    async fn end(&mut self, last: u64, size: u64) -> Result<String> {
        let covers = self.app.door.read(&self.caller, async move |tx| {
            let mut covers = Vec::new();
            for (level, index) in merkle::cover(last + 1, size) {
                covers.push((index << level, level, store::node(tx, level, index).await?));
            }
            Ok(covers)
        });
        let mut piece = String::new();
        for cover in covers.await? {
            piece += &covered(cover)?;
        }
        let piece = self.digested(piece);
        let digest = self.digest.clone().finish();
        let signed = statement(self.caller.practice.uuid(), self.entries, digest.as_ref());
        let signature = Signer::of(&self.app)?.sign(&signed);
        self.stage = Stage::Done;
        Ok(piece + &line(&Line::Signature { signature })?)
    }

    fn digested(&mut self, piece: String) -> String {
        self.digest.update(piece.as_bytes());
        piece
    }
}

fn covered((from, level, hash): (u64, u32, Hash)) -> Result<String> {
    line(&Line::Covered { from, level, hash: text(&hash) })
}

/// What is signed at the end.
fn statement(practice: Uuid, entries: u64, digest: &[u8]) -> String {
    format!("{ORIGIN}\npractice {practice}\nentries {entries}\nsha256 {}\n", STANDARD.encode(digest))
}

/// What verifying a bundle came to.
#[derive(Debug)]
pub struct Report {
    /// Whose ledger.
    pub practice: Uuid,
    /// From when.
    pub from: Timestamp,
    /// Until when, not included.
    pub to: Timestamp,
    /// Entries in the bundle.
    pub entries: u64,
    /// Leaves of the tree at the checkpoint.
    pub size: u64,
    /// The checkpoint, when a trusted key signed it.
    pub checkpoint: Option<Checkpoint>,
    /// What is wrong, the most precise first. Empty: the bundle is what was signed.
    pub wrong: Vec<String>,
}

/// Verifies a bundle with nothing but the public key, and the checkpoint file for whoever has it.
///
/// # Errors
/// When it cannot be read, or does not begin as a bundle does.
pub fn verify(mut input: impl BufRead, trusted: &[PublicKey], evidence: &Evidence) -> Result<Report> {
    let not_one = || Error::internal("this is not a bundle of the ledger");
    let mut raw = String::new();
    input.read_line(&mut raw).map_err(Error::internal)?;
    let header: Header = serde_json::from_str(&raw).map_err(|_| not_one())?;
    if header.vantage_ledger != 1 {
        return Err(Error::internal("this bundle is of another version"));
    }
    let checkpoint = Checkpoint::read(&header.checkpoint, trusted);
    let signed = evidence.of(header.practice);
    let mut digest = Context::new(&SHA256);
    digest.update(raw.as_bytes());
    let (mut entries, mut wrong, mut signature, mut number) = (0, Vec::new(), None, 1);
    if checkpoint.is_none() {
        wrong.push("the checkpoint was not signed by this key".to_owned());
    }
    let mut checker = Checker::new(header.practice, signed, SIX_YEARS);
    loop {
        raw.clear();
        if input.read_line(&mut raw).map_err(Error::internal)? == 0 {
            break;
        }
        number += 1;
        let step = match serde_json::from_str(&raw) {
            Ok(Line::Signature { signature: note }) => {
                signature = Some(note);
                break;
            }
            Ok(line) => step_of(line),
            Err(_) => None,
        };
        digest.update(raw.as_bytes());
        let Some(step) = step else {
            wrong.push(format!("line {number} cannot be read"));
            continue;
        };
        entries += u64::from(matches!(step, Step::Leaf { .. }));
        checker.step(step);
    }
    let outcome = checker.finish();
    wrong.splice(0..0, outcome.finding.iter().map(ToString::to_string));
    if outcome.finding.is_none() {
        wrong.extend(
            tree_fault(&header, outcome.size, outcome.root, checkpoint.as_ref()).map(|finding| finding.to_string()),
        );
    }
    let statement = statement(header.practice, entries, digest.finish().as_ref());
    let good = signature.as_deref().and_then(|signature| note::verify(signature, trusted));
    if good.is_none_or(|text| !text.starts_with(&statement)) {
        wrong.push("the bundle as a whole is not as it was signed".to_owned());
    }
    let Header { practice, from, to, size, .. } = header;
    Ok(Report { practice, from, to, entries, size, checkpoint, wrong })
}

fn step_of(line: Line) -> Option<Step> {
    match line {
        Line::Entry { seq, leaf, nodes, entry } => {
            let nodes = nodes.iter().map(|node| checkpoint::hash(node)).collect::<Option<_>>()?;
            let (id, at) = (entry.id, entry.at);
            Some(Step::Leaf { seq, leaf: checkpoint::hash(&leaf)?, nodes, id, at, entry: Some(entry) })
        }
        Line::Covered { from, level, hash } => Some(Step::Covered { from, level, hash: checkpoint::hash(&hash)? }),
        Line::Signature { .. } => None,
    }
}

/// Whether the leaves lead to the head that the checkpoint signed.
fn tree_fault(header: &Header, size: u64, root: Hash, checkpoint: Option<&Checkpoint>) -> Option<Finding> {
    let finding = |wrong, seq, why: &str| {
        Some(Finding { practice: header.practice, wrong, seq, entry: None, why: why.to_owned() })
    };
    if size < header.size {
        return finding(Wrong::NewestRemoved, Some(size), "the bundle ends before the tree does");
    }
    let checkpoint = checkpoint?;
    let path: Option<Vec<Hash>> = header.path.iter().map(|hash| checkpoint::hash(hash)).collect();
    let leaf = Head { size, root }.leaf(header.practice);
    let reached = path.and_then(|path| merkle::root_of(leaf, header.place, checkpoint.practices, &path));
    if size > header.size || reached != Some(checkpoint.root) {
        return finding(Wrong::Unclear, None, "its entries do not lead to what the checkpoint signed");
    }
    None
}

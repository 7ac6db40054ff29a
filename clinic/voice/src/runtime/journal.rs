//! What was said in a call so far, in a file beside the process: a call has no database until it is over, and what was said
//! must outlive a process that dies in the middle of it.
//!
//! Each process has a folder of its own below `calls` in the data folder, and holds a lock in it while it lives. A folder whose
//! lock can be taken is one of a process that is gone: its calls are closed from their journals. Every entry is sealed with the
//! practice's key.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use platform::crypto::{Place, Sealer};
use platform::db::{Caller, TenantTx};
use platform::error::{Error, Result};
use platform::id::PracticeId;
use platform::{App, undisclosed};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::CallId;
use crate::call::NewTurn;
use crate::call::finish::{Finished, finish};
use crate::call::{EndedBy, NewFinding, Target, Told};

/// How often what was noted goes into the file: no more than this is lost with a process.
const EVERY: Duration = Duration::from_secs(1);
/// Entries that wait for the file.
const WAITING: usize = 1024;
/// The largest entry that is read.
const LARGEST: usize = 1 << 20;

/// Something that happened in a call.
#[derive(Clone, Serialize, Deserialize)]
pub enum Entry {
    /// Somebody answered.
    Answered(Timestamp),
    /// A line, or the same line with more in it.
    Turn(i32, NewTurn),
    /// Something was found out.
    Found {
        /// The field of the case.
        key: String,
        /// What was heard.
        value: Value,
        /// In which words.
        quote: Option<String>,
    },
}

undisclosed!(Entry);

/// The journal of one call.
#[derive(Debug)]
pub struct Journal {
    to: mpsc::Sender<Entry>,
    writer: JoinHandle<()>,
    path: PathBuf,
}

impl Journal {
    /// Begins one.
    ///
    /// # Errors
    /// The data folder cannot be written.
    pub fn begin(app: &App, practice: PracticeId, call: CallId, sealer: Sealer) -> Result<Self> {
        let folder = own_folder(&app.config.data_dir)?;
        let path = folder.join(format!("{practice}.{call}"));
        let file = fs::OpenOptions::new().create_new(true).append(true).open(&path).map_err(Error::internal)?;
        let (to, from) = mpsc::channel(WAITING);
        let writer = tokio::spawn(write(tokio::fs::File::from_std(file), from, sealer, call));
        Ok(Self { to, writer, path })
    }

    /// Notes something, at once: when the disk does not keep up, the newest entries are lost and the call goes on.
    pub fn note(&self, entry: Entry) {
        let _ = self.to.try_send(entry);
    }

    /// Forgets it: what it holds is in the database.
    pub async fn done(self) {
        drop(self.to);
        let _ = self.writer.await;
        let _ = tokio::fs::remove_file(&self.path).await;
    }
}

/// Seals entries to their place and appends them, once a second.
async fn write(mut file: tokio::fs::File, mut from: mpsc::Receiver<Entry>, sealer: Sealer, call: CallId) {
    let mut beat = tokio::time::interval(EVERY);
    let (mut waiting, mut place) = (Vec::new(), 0_u32);
    loop {
        tokio::select! {
            entry = from.recv() => match entry {
                Some(entry) => {
                    if let Some(sealed) = sealed(&sealer, call, place, &entry) {
                        let length = u32::try_from(sealed.len()).unwrap_or(u32::MAX);
                        waiting.extend_from_slice(&length.to_be_bytes());
                        waiting.extend_from_slice(&sealed);
                        place += 1;
                    }
                }
                None => break,
            },
            _ = beat.tick() => keep(&mut file, &mut waiting).await,
        }
    }
    keep(&mut file, &mut waiting).await;
}

async fn keep(file: &mut tokio::fs::File, waiting: &mut Vec<u8>) {
    if waiting.is_empty() {
        return;
    }
    let kept = async {
        file.write_all(waiting).await?;
        file.flush().await
    };
    if let Err(error) = kept.await {
        tracing::warn!(%error, "the journal of a call cannot be written");
    }
    waiting.clear();
}

fn column(place: u32) -> String {
    format!("journal.{place}")
}

fn sealed(sealer: &Sealer, call: CallId, place: u32, entry: &Entry) -> Option<Vec<u8>> {
    let column = column(place);
    let plain = serde_json::to_vec(entry).ok()?;
    sealer.seal(Place { table: "voice.call", column: &column, row: call.uuid() }, &plain).ok()
}

/// A folder of this process, and the lock in it.
type Folder = (PathBuf, File);

/// The folder of this process, with its lock.
fn own_folder(data: &Path) -> Result<PathBuf> {
    static OWN: LazyLock<Mutex<Vec<Folder>>> = LazyLock::new(Mutex::default);
    let mut own = OWN.lock().unwrap_or_else(PoisonError::into_inner);
    let all = data.join("calls");
    if let Some((folder, _)) = own.iter().find(|(folder, _)| folder.starts_with(&all)) {
        return Ok(folder.clone());
    }
    let folder = all.join(Uuid::now_v7().to_string());
    fs::create_dir_all(&folder).map_err(Error::internal)?;
    let lock = File::create(folder.join("lock")).map_err(Error::internal)?;
    lock.lock().map_err(Error::internal)?;
    own.push((folder.clone(), lock));
    Ok(folder)
}

/// How often it is looked for processes that are gone.
const LOOK: Duration = Duration::from_secs(10);

/// Closes the calls of processes that are gone, until the app stops.
pub async fn watch(app: App) {
    while !app.stop.is_cancelled() {
        if let Err(error) = recover(app.clone()).await {
            tracing::debug!(%error, "calls of processes that are gone could not be closed");
        }
        tokio::select! {
            () = app.stop.cancelled() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// Closes the calls of processes that are gone.
///
/// # Errors
/// 503 when the database is away; they are tried again.
pub async fn recover(app: App) -> Result<()> {
    let Ok(folders) = fs::read_dir(app.config.data_dir.join("calls")) else { return Ok(()) };
    for folder in folders.flatten().map(|entry| entry.path()) {
        let Ok(lock) = File::open(folder.join("lock")) else { continue };
        if lock.try_lock().is_err() {
            continue;
        }
        for journal in fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
            if let Some((practice, call)) = named(&journal) {
                close(&app, practice, call, &journal).await?;
            }
        }
        let _ = fs::remove_dir_all(&folder);
    }
    Ok(())
}

fn named(path: &Path) -> Option<(PracticeId, CallId)> {
    let (practice, call) = path.file_name()?.to_str()?.split_once('.')?;
    Some((PracticeId(practice.parse().ok()?), CallId(call.parse().ok()?)))
}

/// Writes what a journal holds into its call, which was interrupted.
async fn close(app: &App, practice: PracticeId, call: CallId, path: &Path) -> Result<()> {
    let mut bytes = Vec::new();
    File::open(path).and_then(|mut file| file.read_to_end(&mut bytes)).map_err(Error::internal)?;
    let now = app.now();
    let closed = app
        .door
        .write(&Caller::system(practice), async move |tx| {
            let entries = opened(tx, call, &bytes).await;
            finish(tx, call, &interrupted(entries, now)).await.map(drop)
        })
        .await;
    match closed {
        // the practice is gone, or the call is: nobody waits for it
        Err(error) if error.status().is_client_error() => Ok(()),
        other => other,
    }
}

/// Everything up to the first entry that was not written whole.
async fn opened(tx: &mut TenantTx, call: CallId, mut bytes: &[u8]) -> Vec<Entry> {
    let mut entries = Vec::new();
    for place in 0_u32.. {
        let Some((length, rest)) = bytes.split_first_chunk::<4>() else { break };
        let length = u32::from_be_bytes(*length) as usize;
        let Some((sealed, rest)) = rest.split_at_checked(length).filter(|_| length <= LARGEST) else { break };
        let column = column(place);
        let Ok(plain) = tx.open(Place { table: "voice.call", column: &column, row: call.uuid() }, sealed).await else {
            break;
        };
        let Ok(entry) = serde_json::from_slice(&plain) else { break };
        entries.push(entry);
        bytes = rest;
    }
    entries
}

/// What an interrupted call leaves behind: its lines, and what it found out, for people to decide.
fn interrupted(entries: Vec<Entry>, now: Timestamp) -> Finished {
    let (mut answered_at, mut turns, mut findings) = (None, Vec::<(i32, NewTurn)>::new(), Vec::<NewFinding>::new());
    for entry in entries {
        match entry {
            Entry::Answered(at) => answered_at = Some(at),
            Entry::Turn(seq, turn) => match turns.iter_mut().find(|(known, _)| *known == seq) {
                Some((_, known)) => *known = turn,
                None => turns.push((seq, turn)),
            },
            Entry::Found { key, value, quote } => {
                findings.retain(|finding| finding.key != key);
                let (before, turn) = (Value::Null, None);
                findings.push(NewFinding { target: Target::Case, key, value, before, quote, turn, is_written: false });
            }
        }
    }
    turns.sort_by_key(|(seq, _)| *seq);
    let last = turns.iter().map(|(_, turn)| turn.ended_ms.unwrap_or(turn.at_ms)).max().unwrap_or(0);
    let spoke =
        answered_at.and_then(|at: Timestamp| at.checked_add(Duration::from_millis(last.unsigned_abs().into())).ok());
    Finished {
        outcome: None,
        ended_by: EndedBy::Interrupted,
        error_code: None,
        answered_at,
        ended_at: spoke.map_or(now, |at| at.min(now)),
        hold_ms: 0,
        turns: turns.into_iter().map(|(_, turn)| turn).collect(),
        told: Told::default(),
        values: dialogue::Values::new(),
        findings,
        cost_micros: 0,
        costs: Value::Object(serde_json::Map::new()),
        latencies: Vec::new(),
        again_at: None,
    }
}

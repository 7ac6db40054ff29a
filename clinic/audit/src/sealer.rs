//! The sealer: turns entries into leaves of their practices' trees, and signs the trees' heads about twice a second.
//!
//! It goes by transactions and never by ids or times, which do not follow the order of commits: whatever belongs to a
//! transaction below the oldest that still runs is there for good, so everything up to that is taken in order, once.
//! The leaves are hashed in the database, so this process sees no contents. Several processes may run one; an advisory
//! lock lets one through at a time, and who finds that another one has sealed meanwhile reads the trees anew. Seals,
//! bookmark and checkpoint commit together, so killing it at any point neither skips an entry nor seals one twice.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use platform::db::WorkerTx;
use platform::record::oldest_unsealed;
use platform::{App, Error, Result};
use tokio::time::Instant;
use uuid::Uuid;

use crate::checkpoint::{Checkpoint, CheckpointFile, Head, Heads, Record};
use crate::merkle::{Frontier, Hash};
use crate::note::Signer;

/// Entries sealed in one transaction.
const BATCH: i32 = 5000;
/// Pause when there is nothing to seal.
const PAUSE: Duration = Duration::from_millis(100);
/// The least time between two checkpoints, but for large batches. With the pause and the work of both, an entry waits less
/// than a second.
const BETWEEN: SignedDuration = SignedDuration::from_millis(500);
/// A batch this large is signed at once: what it took to seal it was wait enough.
const MANY: i32 = 1000;
/// An entry that has waited this long is an alarm: a transaction holds all of them up.
const ALARM: f64 = 30.0;

/// Seals until the app stops.
pub async fn run(app: App) {
    let mut sealer = Sealer::new(&app);
    let (mut away, mut looked) = (false, None);
    while !app.stop.is_cancelled() {
        match sealer.turn().await {
            Ok(Some(BATCH)) => continue,
            Ok(_) => away = false,
            Err(error) => {
                if !std::mem::replace(&mut away, true) {
                    tracing::warn!(%error, "the ledger cannot be sealed at the moment; it is tried again");
                }
            }
        }
        watch_lag(&app, &mut looked).await;
        tokio::select! {
            () = app.stop.cancelled() => {}
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

/// Once in ten seconds: a word in the log when entries wait too long.
async fn watch_lag(app: &App, looked: &mut Option<Instant>) {
    if looked.is_some_and(|at| at.elapsed() < Duration::from_secs(10)) {
        return;
    }
    *looked = Some(Instant::now());
    if let Ok(seconds) = oldest_unsealed(app).await
        && seconds > ALARM
    {
        tracing::error!(
            seconds,
            "entries of the ledger wait to be sealed: look for the oldest transaction (pg_stat_activity.backend_xid)"
        );
    }
}

/// What has been read of the trees, and where checkpoints go.
#[derive(Debug)]
pub struct Sealer {
    app: App,
    trees: HashMap<Uuid, Tree>,
    /// How far it was sealed when `trees` were true.
    bookmark: Option<String>,
    file: Option<CheckpointFile>,
    /// When the next checkpoint may be signed.
    next_checkpoint: Timestamp,
}

#[derive(Clone, Debug, Default)]
struct Tree {
    frontier: Frontier,
    /// Size at its last checkpoint.
    signed: u64,
}

/// An entry that is to be sealed.
struct Unsealed {
    practice: Uuid,
    entry: Uuid,
    at: jiff_sqlx::Timestamp,
    leaf: Hash,
}

impl Sealer {
    /// One that knows nothing yet.
    #[must_use]
    pub fn new(app: &App) -> Self {
        Self { app: app.clone(), trees: HashMap::new(), bookmark: None, file: None, next_checkpoint: Timestamp::MIN }
    }

    /// Signs what was sealed before, when that is due, and seals a batch; answers how many entries were looked at, or
    /// nothing when another process has the turn.
    ///
    /// # Errors
    /// 503 when the database is away, 500 when the file cannot be written. The next turn begins from what is stored.
    pub async fn turn(&mut self) -> Result<Option<i32>> {
        let outcome = self.attempt().await;
        if outcome.is_err() {
            self.bookmark = None;
        }
        outcome
    }

    /// Seals everything that can be sealed, and signs it; false when another process is about to.
    ///
    /// # Errors
    /// As [`Sealer::turn`].
    pub async fn catch_up(&mut self) -> Result<bool> {
        loop {
            self.next_checkpoint = Timestamp::MIN;
            match self.turn().await? {
                None => return Ok(false),
                // it has signed what the turns before it sealed
                Some(0) => return Ok(true),
                Some(_) => {}
            }
        }
    }

    async fn attempt(&mut self) -> Result<Option<i32>> {
        let Some(mut tx) = self.begin().await? else { return Ok(None) };
        let grown = self.sign(&mut tx).await?;
        if !grown.is_empty() {
            // whoever waits for the signature shall not wait for the next batch as well
            tx.commit().await?;
            for (practice, size) in grown {
                if let Some(tree) = self.trees.get_mut(&practice) {
                    tree.signed = size;
                }
            }
            let Some(next) = self.begin().await? else { return Ok(None) };
            tx = next;
        }
        let (looked_at, bookmark) = seal(&mut tx, &mut self.trees).await?;
        tx.commit().await?;
        self.bookmark = bookmark.or(self.bookmark.take());
        if looked_at >= MANY {
            self.next_checkpoint = Timestamp::MIN;
        }
        Ok(Some(looked_at))
    }

    /// A transaction that has the turn, with the trees as they are; nothing when another process has it.
    async fn begin(&mut self) -> Result<Option<WorkerTx>> {
        let mut tx = self.app.db().worker().await?;
        let bookmark = sqlx::query_scalar!("select claim.seal_turn()").fetch_one(tx.conn()).await?;
        if bookmark.is_none() {
            return Ok(None);
        }
        if self.bookmark != bookmark {
            self.trees = read_trees(&mut tx).await?;
            self.bookmark = bookmark;
        }
        Ok(Some(tx))
    }

    /// A checkpoint over what is committed, if there is anything new and the last one is old enough; answers which
    /// trees it signs anew, with their sizes. First into the file, then into the database, whose transaction is still
    /// to be committed: the file never lacks what the database shows.
    async fn sign(&mut self, tx: &mut WorkerTx) -> Result<Vec<(Uuid, u64)>> {
        let unsigned = self.trees.iter().filter(|(_, tree)| tree.frontier.size() > tree.signed);
        let grown: Vec<(Uuid, u64)> = unsigned.map(|(id, tree)| (*id, tree.frontier.size())).collect();
        let now = self.app.now();
        if grown.is_empty() || now < self.next_checkpoint {
            return Ok(Vec::new());
        }
        let previous = sqlx::query_scalar!("select claim.newest_checkpoint()").fetch_one(tx.conn()).await?.unwrap_or(0);
        let mut file = match self.file.take() {
            Some(file) => file,
            None => open_file(&self.app).await?,
        };
        let head = |tree: &Tree| Head { size: tree.frontier.size(), root: tree.frontier.root() };
        let heads: BTreeMap<Uuid, Head> = self.trees.iter().map(|(practice, tree)| (*practice, head(tree))).collect();
        let tree = Heads::new(&heads);
        let number = previous.max(file.last.unwrap_or(0)) + 1;
        let checkpoint = Checkpoint { number, at: now, practices: heads.len() as u64, root: tree.root() };
        let note = checkpoint.sign(&Signer::of(&self.app)?);
        // whoever reads only this file must find every head in it
        let all = file.last.is_none_or(|last| last != previous);
        let told: Vec<Uuid> =
            if all { heads.keys().copied().collect() } else { grown.iter().map(|(id, _)| *id).collect() };
        let record = Record::new(number, note.clone(), all, told.iter().filter_map(|id| Some((*id, *heads.get(id)?))));
        let (file, appended) = tokio::task::spawn_blocking(move || {
            let appended = file.append(&record);
            (file, appended)
        })
        .await
        .map_err(Error::internal)?;
        self.file = Some(file);
        appended.map_err(Error::internal)?;
        keep(tx, &checkpoint, &note, &grown, &heads, &tree).await?;
        self.next_checkpoint = now.saturating_add(BETWEEN).map_err(Error::internal)?;
        Ok(grown)
    }
}

async fn open_file(app: &App) -> Result<CheckpointFile> {
    let path = app.config.checkpoint_file();
    tokio::task::spawn_blocking(move || CheckpointFile::open(&path))
        .await
        .map_err(Error::internal)?
        .map_err(Error::internal)
}

async fn read_trees(tx: &mut WorkerTx) -> Result<HashMap<Uuid, Tree>> {
    let rows = sqlx::query!(
        r#"select practice_id as "practice_id!", size as "size!", peaks as "peaks!", signed from claim.trees()"#
    )
    .fetch_all(tx.conn())
    .await?;
    let tree = |size: i64, peaks: Vec<Vec<u8>>, signed: Option<i64>| {
        let peaks = peaks.into_iter().map(Hash::try_from).collect::<std::result::Result<_, _>>().ok()?;
        let frontier = Frontier::resume(u64::try_from(size).ok()?, peaks)?;
        Some(Tree { frontier, signed: u64::try_from(signed.unwrap_or(0)).ok()? })
    };
    rows.into_iter()
        .map(|row| {
            let tree = tree(row.size, row.peaks, row.signed);
            tree.map(|tree| (row.practice_id, tree)).ok_or_else(|| {
                Error::internal(format!(
                    "the seals of practice {} are damaged: run `vantage audit verify`",
                    row.practice_id
                ))
            })
        })
        .collect()
}

/// Seals the next batch; answers how many entries it saw, and how far it is sealed now.
async fn seal(tx: &mut WorkerTx, trees: &mut HashMap<Uuid, Tree>) -> Result<(i32, Option<String>)> {
    let rows = sqlx::query!(
        r#"select practice_id as "practice_id!", entry_id as "entry_id!", entry_at as "entry_at!", leaf as "leaf!",
                  is_sealed as "is_sealed!", xid as "xid!", bookmark as "bookmark!" from claim.unsealed($1)"#,
        BATCH,
    )
    .fetch_all(tx.conn())
    .await?;
    let Some(last) = rows.last() else { return Ok((0, None)) };
    let (bookmark, xid, entry) = (last.bookmark.clone(), last.xid.clone(), last.entry_id);
    let looked_at = i32::try_from(rows.len()).unwrap_or(BATCH);
    let mut batch = Vec::with_capacity(rows.len());
    for row in rows.into_iter().filter(|row| !row.is_sealed) {
        let leaf = row.leaf.try_into().map_err(|_| Error::internal("a leaf is 32 bytes"))?;
        batch.push(Unsealed { practice: row.practice_id, entry: row.entry_id, at: row.entry_at, leaf });
    }
    let (mut seqs, mut nodes) = (Vec::with_capacity(batch.len()), Vec::with_capacity(batch.len()));
    for unsealed in &batch {
        let frontier = &mut trees.entry(unsealed.practice).or_default().frontier;
        seqs.push(i64::try_from(frontier.size()).map_err(Error::internal)?);
        nodes.push(frontier.push(unsealed.leaf).concat());
    }
    let practices: Vec<Uuid> = batch.iter().map(|unsealed| unsealed.practice).collect();
    let entries: Vec<Uuid> = batch.iter().map(|unsealed| unsealed.entry).collect();
    let times: Vec<jiff_sqlx::Timestamp> = batch.iter().map(|unsealed| unsealed.at).collect();
    let leaves: Vec<Vec<u8>> = batch.iter().map(|unsealed| unsealed.leaf.to_vec()).collect();
    let bookmark = sqlx::query_scalar!(
        "select claim.seal($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &practices,
        &seqs,
        &entries,
        &times as _,
        &leaves,
        &nodes,
        bookmark,
        xid,
        entry,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok((looked_at, bookmark))
}

/// Writes the checkpoint and the heads that grew into the database.
async fn keep(
    tx: &mut WorkerTx,
    checkpoint: &Checkpoint,
    note: &str,
    grown: &[(Uuid, u64)],
    heads: &BTreeMap<Uuid, Head>,
    tree: &Heads,
) -> Result<()> {
    let practices: Vec<Uuid> = grown.iter().map(|(practice, _)| *practice).collect();
    let (mut sizes, mut roots, mut places, mut proofs) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for practice in &practices {
        let (Some(head), Some((place, path))) = (heads.get(practice), tree.prove(*practice)) else {
            return Err(Error::internal("a practice without a head"));
        };
        sizes.push(i64::try_from(head.size).map_err(Error::internal)?);
        roots.push(head.root.to_vec());
        places.push(i64::try_from(place).map_err(Error::internal)?);
        proofs.push(path.concat());
    }
    sqlx::query!(
        "select claim.checkpoint($1, $2, $3, $4, $5, $6, $7, $8)",
        checkpoint.number,
        jiff_sqlx::Timestamp::from(checkpoint.at) as _,
        note,
        &practices,
        &sizes,
        &roots,
        &places,
        &proofs,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

//! `vantage audit prove`: that one entry is in what was signed, and that the proof is right.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use platform::db::{Caller, TenantTx};
use platform::id::PracticeId;
use platform::{App, Error, Result};
use serde::Serialize;
use uuid::Uuid;

use crate::checkpoint::{Checkpoint, Head};
use crate::leaf::Entry;
use crate::merkle::{self, Hash};
use crate::note::PublicKey;
use crate::store;

/// From an entry to a signed checkpoint (RFC 6962 §2.1.1, twice: in the practice's tree, and in that of the heads).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Proof {
    /// The entry, as it is hashed.
    pub entry: Entry,
    /// Its place in the practice's tree.
    pub seq: u64,
    /// The tree's size at the checkpoint.
    pub size: u64,
    /// Siblings from the leaf to the root, in base64.
    pub path: Vec<String>,
    /// The practice's place among the heads.
    pub head_place: u64,
    /// Siblings from the head to the checkpoint's root, in base64.
    pub head_path: Vec<String>,
    /// The signed note.
    pub checkpoint: String,
}

impl Proof {
    /// Whether the proof leads from the entry to a checkpoint that one of these keys signed.
    #[must_use]
    pub fn holds(&self, trusted: &[PublicKey]) -> bool {
        let hashes =
            |path: &[String]| -> Option<Vec<Hash>> { path.iter().map(|hash| crate::checkpoint::hash(hash)).collect() };
        let holds = || {
            let root = merkle::root_of(self.entry.leaf(), self.seq, self.size, &hashes(&self.path)?)?;
            let checkpoint = Checkpoint::read(&self.checkpoint, trusted)?;
            let head = Head { size: self.size, root }.leaf(self.entry.practice_id);
            let signed = merkle::root_of(head, self.head_place, checkpoint.practices, &hashes(&self.head_path)?)?;
            Some(signed == checkpoint.root)
        };
        holds() == Some(true)
    }
}

/// Finds the entry in any practice and proves it.
///
/// # Errors
/// 404 when no practice has such an entry, 409 `audit.not_sealed` while it waits to be sealed and signed.
pub async fn prove(app: &App, entry: Uuid) -> Result<Proof> {
    let mut tx = app.db().platform("proof of a ledger entry").await?;
    let practices = sqlx::query_scalar!("select practice_id from platform.practice order by practice_id")
        .fetch_all(tx.conn())
        .await?;
    tx.commit().await?;
    for practice in practices {
        let caller = Caller::system(PracticeId(practice));
        let found = app.door.read(&caller, async move |tx| prove_here(tx, entry).await).await?;
        if let Some(proof) = found {
            return Ok(proof);
        }
    }
    Err(Error::not_found())
}

/// Proves an entry of this practice; nothing when it has no such entry under seal.
///
/// # Errors
/// 409 `audit.not_sealed` while no checkpoint covers it.
pub async fn prove_here(tx: &mut TenantTx, entry: Uuid) -> Result<Option<Proof>> {
    let seq = sqlx::query_scalar!(
        "select seq from audit.seal where practice_id = $1 and entry_id = $2",
        tx.practice(),
        entry
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(seq) = seq else { return Ok(None) };
    let seq = u64::try_from(seq).map_err(Error::internal)?;
    let not_yet = || Error::conflict("audit.not_sealed", "No checkpoint covers this entry yet; try again in a moment.");
    let head = store::newest_head(tx).await?.filter(|head| head.head.size > seq).ok_or_else(not_yet)?;
    let entry =
        store::page(tx, seq, 1).await?.into_iter().next().and_then(|row| row.entry).ok_or_else(Error::not_found)?;
    let mut path = Vec::new();
    for part in merkle::path(seq, head.head.size) {
        path.push(STANDARD.encode(store::part(tx, &part).await?));
    }
    let checkpoint = store::note(tx, head.checkpoint).await?;
    let head_path = head.proof.iter().map(|hash| STANDARD.encode(hash)).collect();
    Ok(Some(Proof { entry, seq, size: head.head.size, path, head_place: head.place, head_path, checkpoint }))
}

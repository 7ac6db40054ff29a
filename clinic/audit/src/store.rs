//! Reading the sealed ledger of a practice, in the order of its tree.

use jiff::Timestamp;
use platform::db::TenantTx;
use platform::{Error, Result};
use uuid::Uuid;

use crate::checkpoint::Head;
use crate::leaf::Entry;
use crate::merkle::{Hash, Part};

/// Rows read at a time.
pub const PAGE: i64 = 2000;

/// A leaf as it is stored, with the entry under it.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// Place in the tree.
    pub seq: u64,
    /// The leaf.
    pub leaf: Hash,
    /// Hashes of the subtrees it completes.
    pub nodes: Vec<Hash>,
    /// Id of the entry.
    pub entry_id: Uuid,
    /// When it happened, in microseconds.
    pub entry_at: i64,
    /// The entry; none when it is gone.
    pub entry: Option<Entry>,
}

/// A head of this practice as it was signed, with what leads to the checkpoint.
#[derive(Clone, Debug)]
pub struct SignedHead {
    /// The head.
    pub head: Head,
    /// Number of the checkpoint.
    pub checkpoint: i64,
    /// Place in the tree of heads.
    pub place: u64,
    /// Path in the tree of heads.
    pub proof: Vec<Hash>,
}

/// Reads a hash that the database holds.
pub(crate) fn hash(bytes: &[u8]) -> Result<Hash> {
    bytes.try_into().map_err(|_| Error::internal("a hash has 32 bytes"))
}

pub(crate) fn hashes(bytes: &[u8]) -> Result<Vec<Hash>> {
    bytes.chunks(32).map(hash).collect()
}

fn unsigned(number: i64) -> Result<u64> {
    u64::try_from(number).map_err(Error::internal)
}

/// The leaves from `seq` on, at most so many.
///
/// # Errors
/// 503 when the database is away.
pub async fn page(tx: &mut TenantTx, seq: u64, limit: i64) -> Result<Vec<Sealed>> {
    let rows = sqlx::query!(
        r#"select s.seq, s.leaf, s.nodes, s.entry_id, (extract(epoch from s.entry_at) * 1000000)::bigint as "entry_at!",
                  e.xid::text as "xid?", e.request_id, e.actor_kind as "actor_kind?", e.actor_id, e.action as "action?",
                  e.resource_type as "resource_type?", e.resource_id, e.patient_id, e.outcome as "outcome?", e.ip,
                  e.user_agent, e.detail::text as "detail?", e.changes::text as "changes?"
             from audit.seal s
             left join audit.entry e on e.practice_id = s.practice_id and e.at = s.entry_at and e.id = s.entry_id
            where s.practice_id = $1 and s.seq >= $2 order by s.seq limit $3"#,
        tx.practice(),
        i64::try_from(seq).map_err(Error::internal)?,
        limit,
    )
    .fetch_all(tx.conn())
    .await?;
    let practice_id = tx.practice();
    rows.into_iter()
        .map(|row| {
            let entry = (|| {
                Some(Entry {
                    practice_id,
                    at: row.entry_at,
                    id: row.entry_id,
                    xid: row.xid?,
                    request_id: row.request_id,
                    actor_kind: row.actor_kind?,
                    actor_id: row.actor_id,
                    action: row.action?,
                    resource_type: row.resource_type?,
                    resource_id: row.resource_id,
                    patient_id: row.patient_id,
                    outcome: row.outcome?,
                    ip: row.ip,
                    user_agent: row.user_agent,
                    detail: row.detail?,
                    changes: row.changes?,
                })
            })();
            Ok(Sealed {
                seq: unsigned(row.seq)?,
                leaf: hash(&row.leaf)?,
                nodes: hashes(&row.nodes)?,
                entry_id: row.entry_id,
                entry_at: row.entry_at,
                entry,
            })
        })
        .collect()
}

/// The hash of a complete subtree.
///
/// # Errors
/// 404 when its last leaf is not there.
pub async fn node(tx: &mut TenantTx, level: u32, index: u64) -> Result<Hash> {
    let last = (index + 1).checked_shl(level).unwrap_or(0).wrapping_sub(1);
    let row = sqlx::query!(
        "select leaf, nodes from audit.seal where practice_id = $1 and seq = $2",
        tx.practice(),
        i64::try_from(last).map_err(Error::internal)?,
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(Error::not_found)?;
    if level == 0 {
        return hash(&row.leaf);
    }
    hashes(&row.nodes)?.get(level as usize - 1).copied().ok_or_else(Error::not_found)
}

/// The hash of a part of the tree.
///
/// # Errors
/// As [`node`].
pub async fn part(tx: &mut TenantTx, part: &Part) -> Result<Hash> {
    let mut found = Vec::new();
    for (level, index) in part.nodes() {
        found.push(node(tx, *level, *index).await?);
    }
    let mut found = found.into_iter();
    part.hash(&mut |_, _| found.next().ok_or_else(Error::not_found))
}

/// The newest head that was signed; none before the first checkpoint.
///
/// # Errors
/// 503 when the database is away.
pub async fn newest_head(tx: &mut TenantTx) -> Result<Option<SignedHead>> {
    Ok(heads_from(tx, None, 1).await?.pop())
}

/// Heads below that size, the largest first.
///
/// # Errors
/// 503 when the database is away.
pub async fn heads_from(tx: &mut TenantTx, below: Option<u64>, limit: i64) -> Result<Vec<SignedHead>> {
    let rows = sqlx::query!(
        "select size, root, checkpoint, place, proof from audit.head
          where practice_id = $1 and size < $2 order by size desc limit $3",
        tx.practice(),
        below.and_then(|below| i64::try_from(below).ok()).unwrap_or(i64::MAX),
        limit,
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(SignedHead {
                head: Head { size: unsigned(row.size)?, root: hash(&row.root)? },
                checkpoint: row.checkpoint,
                place: unsigned(row.place)?,
                proof: hashes(&row.proof)?,
            })
        })
        .collect()
}

/// The note of a checkpoint.
///
/// # Errors
/// 404 when there is none of that number.
pub async fn note(tx: &mut TenantTx, number: i64) -> Result<String> {
    let note = sqlx::query_scalar!("select audit.checkpoint_note($1)", number).fetch_one(tx.conn()).await?;
    note.ok_or_else(Error::not_found)
}

/// The places in the tree between which everything lies that happened in a span of time; none when nothing did.
///
/// # Errors
/// 503 when the database is away.
pub async fn span(tx: &mut TenantTx, from: Timestamp, to: Timestamp) -> Result<Option<(u64, u64)>> {
    let row = sqlx::query!(
        "select min(s.seq) as first, max(s.seq) as last from audit.entry e
           join audit.seal s on s.practice_id = e.practice_id and s.entry_id = e.id
          where e.practice_id = $1 and e.at >= $2 and e.at < $3",
        tx.practice(),
        jiff_sqlx::Timestamp::from(from) as _,
        jiff_sqlx::Timestamp::from(to) as _,
    )
    .fetch_one(tx.conn())
    .await?;
    row.first.zip(row.last).map(|(first, last)| Ok((unsigned(first)?, unsigned(last)?))).transpose()
}

//! What was signed: the roots of practices' trees, gathered from the checkpoint file and from the database.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use jiff::Timestamp;
use platform::{App, Result};
use uuid::Uuid;

use crate::check::Signed;
use crate::checkpoint::{self, Checkpoint, CheckpointFile, Head, Heads, Record};
use crate::merkle::{self, Hash};
use crate::note::{self, PublicKey};
use crate::store::SignedHead;

/// The roots that a trusted key signed, by practice and size.
#[derive(Debug, Default)]
pub struct Evidence {
    roots: HashMap<Uuid, BTreeMap<u64, Signed>>,
    checkpoints: BTreeMap<i64, Known>,
    /// What could not be believed.
    pub wrong: Vec<String>,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    at: Timestamp,
    practices: u64,
    root: Hash,
}

/// For a practice of which nothing was signed.
static NOTHING: BTreeMap<u64, Signed> = BTreeMap::new();

impl Evidence {
    /// Nothing but what is verified itself.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// The roots of a practice, by size.
    #[must_use]
    pub fn of(&self, practice: Uuid) -> &BTreeMap<u64, Signed> {
        self.roots.get(&practice).unwrap_or(&NOTHING)
    }

    /// Practices of which something was signed.
    pub fn practices(&self) -> impl Iterator<Item = Uuid> {
        self.roots.keys().copied()
    }

    /// How many checkpoints, and the newest one's number.
    #[must_use]
    pub fn checkpoints(&self) -> (usize, Option<i64>) {
        (self.checkpoints.len(), self.checkpoints.last_key_value().map(|(number, _)| *number))
    }

    /// When the newest checkpoint was signed.
    #[must_use]
    pub fn newest(&self) -> Option<Timestamp> {
        self.checkpoints.last_key_value().map(|(_, known)| known.at)
    }

    /// Adds what a checkpoint file holds. Keys that a trusted key vouches for are trusted from then on.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn add_file(&mut self, path: &Path, trusted: &mut Vec<PublicKey>) -> Result<()> {
        let records = CheckpointFile::records(path)?;
        trust_whom_they_name(records.iter().map(|record| record.note.as_str()), trusted);
        let mut heads: BTreeMap<Uuid, Head> = BTreeMap::new();
        for record in &records {
            if let Err(why) = self.add_record(record, &mut heads, trusted) {
                self.wrong.push(format!("{}: checkpoint {} {why}", path.display(), record.number));
            }
        }
        Ok(())
    }

    fn add_record(
        &mut self,
        record: &Record,
        heads: &mut BTreeMap<Uuid, Head>,
        trusted: &[PublicKey],
    ) -> std::result::Result<(), &'static str> {
        if record.all {
            heads.clear();
        }
        for (practice, size, root) in &record.heads {
            let root = checkpoint::hash(root).ok_or("has a root that is none")?;
            heads.insert(*practice, Head { size: *size, root });
        }
        let checkpoint = Checkpoint::read(&record.note, trusted).ok_or("was not signed by a key that is trusted")?;
        if Heads::new(heads).root() != checkpoint.root {
            return Err("does not fit the heads beside it");
        }
        self.add_checkpoint(&checkpoint);
        for (practice, size, _) in &record.heads {
            if let Some(head) = heads.get(practice) {
                self.add_root(*practice, *size, head.root, checkpoint.number);
            }
        }
        Ok(())
    }

    fn add_checkpoint(&mut self, checkpoint: &Checkpoint) {
        let Checkpoint { number, at, practices, root } = *checkpoint;
        self.checkpoints.insert(number, Known { at, practices, root });
    }

    /// The earliest checkpoint that signed a size counts: what it had not seen is told by the one before it.
    fn add_root(&mut self, practice: Uuid, size: u64, root: Hash, checkpoint: i64) {
        let known = self.roots.entry(practice).or_default();
        match known.get(&size) {
            Some(signed) if signed.root != root => {
                let first = signed.checkpoint;
                self.wrong.push(format!(
                    "practice {practice}: checkpoints {first} and {checkpoint} signed different roots for {size} entries"
                ));
            }
            Some(signed) if signed.checkpoint <= checkpoint => {}
            _ => {
                known.insert(size, Signed { root, checkpoint, at: None, unseen_at: None });
            }
        }
    }

    /// Adds the checkpoints that the database holds.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn add_checkpoints(&mut self, app: &App, trusted: &mut Vec<PublicKey>) -> Result<()> {
        let mut after = 0;
        let mut unknown = Vec::new();
        loop {
            let mut tx = app.db().worker().await?;
            let rows =
                sqlx::query!(r#"select number as "number!", note as "note!" from claim.checkpoints($1, 1000)"#, after)
                    .fetch_all(tx.conn())
                    .await?;
            tx.commit().await?;
            let Some(last) = rows.last() else { break };
            after = last.number;
            trust_whom_they_name(rows.iter().map(|row| row.note.as_str()), trusted);
            unknown.extend(rows.into_iter().filter(|row| {
                let checkpoint = Checkpoint::read(&row.note, trusted).filter(|read| read.number == row.number);
                checkpoint.inspect(|checkpoint| self.add_checkpoint(checkpoint)).is_none()
            }));
        }
        // signed by a key that a later checkpoint vouches for
        for row in unknown {
            match Checkpoint::read(&row.note, trusted).filter(|read| read.number == row.number) {
                Some(checkpoint) => self.add_checkpoint(&checkpoint),
                None => self.wrong.push(format!("checkpoint {} was not signed by a key that is trusted", row.number)),
            }
        }
        Ok(())
    }

    /// Adds a head that the database holds, if its path leads to a checkpoint that is known.
    pub fn add_head(&mut self, practice: Uuid, signed: &SignedHead) {
        let SignedHead { head, checkpoint, place, proof } = signed;
        let known = self.checkpoints.get(checkpoint);
        let reached = known.and_then(|known| merkle::root_of(head.leaf(practice), *place, known.practices, proof));
        if reached.is_some() && reached == known.map(|known| known.root) {
            self.add_root(practice, head.size, head.root, *checkpoint);
        } else {
            self.wrong.push(format!(
                "practice {practice}: checkpoint {checkpoint} did not sign the root for {} entries",
                head.size
            ));
        }
    }

    /// Once all is added: when each root was signed, and what each checkpoint had not seen had not happened when the one before it was signed.
    pub fn date(&mut self) {
        for signed in self.roots.values_mut().flat_map(BTreeMap::values_mut) {
            signed.at = self.checkpoints.get(&signed.checkpoint).map(|known| known.at);
            signed.unseen_at = self.checkpoints.range(..signed.checkpoint).next_back().map(|(_, known)| known.at);
        }
    }
}

/// A note that a trusted key signed names all that signed it.
fn trust_whom_they_name<'a>(notes: impl Iterator<Item = &'a str> + Clone, trusted: &mut Vec<PublicKey>) {
    loop {
        let named: Vec<PublicKey> = notes
            .clone()
            // only a note with a key that is still unknown can teach anything
            .filter(|note| note::keys_named(note).any(|key| !trusted.contains(&key)))
            .filter_map(|note| note::verify(note, trusted))
            .flat_map(note::keys_named)
            .filter(|key| !trusted.contains(key))
            .collect();
        if named.is_empty() {
            return;
        }
        for key in named {
            if !trusted.contains(&key) {
                trusted.push(key);
            }
        }
    }
}

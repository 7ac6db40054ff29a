//! Checkpoints: one signed note over the heads of all practices' trees, and the file outside of the database that
//! keeps them.
//!
//! The heads (practice, size, root), in the order of practices' ids, are the leaves of one more Merkle tree; the note
//! holds its root. So a practice's head is proved by a short path that tells nothing of its neighbours. The file holds
//! a line of JSON for each checkpoint, with the heads that grew since the line before.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use platform::{Error, Result};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::merkle::{self, Frontier, Hash};
use crate::note::{self, ORIGIN, PublicKey, Signer};

/// A tree as it stood at a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Leaves.
    pub size: u64,
    /// Root.
    pub root: Hash,
}

impl Head {
    /// Its leaf in the tree of heads: id of the practice, size in eight bytes (the highest first), root.
    #[must_use]
    pub fn leaf(&self, practice: Uuid) -> Hash {
        merkle::leaf_hash(&[practice.as_bytes().as_slice(), &self.size.to_be_bytes(), &self.root].concat())
    }
}

/// What a checkpoint says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Goes up by one.
    pub number: i64,
    /// When it was signed.
    pub at: Timestamp,
    /// Practices whose heads it covers.
    pub practices: u64,
    /// Root of the tree of heads.
    pub root: Hash,
}

impl Checkpoint {
    /// Signs it (c2sp.org/tlog-checkpoint: origin, size, root, then lines of our own).
    #[must_use]
    pub fn sign(&self, signer: &Signer) -> String {
        let root = STANDARD.encode(self.root);
        signer.sign(&format!("{ORIGIN}\n{}\n{root}\nnumber {}\ntime {}\n", self.practices, self.number, self.at))
    }

    /// Reads a note that one of these keys signed.
    #[must_use]
    pub fn read(note: &str, trusted: &[PublicKey]) -> Option<Self> {
        let mut lines = note::verify(note, trusted)?.lines();
        (lines.next()? == ORIGIN).then_some(())?;
        let practices = lines.next()?.parse().ok()?;
        let root = hash(lines.next()?)?;
        let number = lines.next()?.strip_prefix("number ")?.parse().ok()?;
        let at = lines.next()?.strip_prefix("time ")?.parse().ok()?;
        Some(Self { number, at, practices, root })
    }
}

/// Reads a hash in base64.
pub(crate) fn hash(text: &str) -> Option<Hash> {
    STANDARD.decode(text).ok()?.try_into().ok()
}

/// The tree of heads.
#[derive(Debug)]
pub struct Heads {
    practices: Vec<Uuid>,
    /// Hashes of every complete subtree, level by level.
    levels: Vec<Vec<Hash>>,
    root: Hash,
}

impl Heads {
    /// Over these.
    #[must_use]
    pub fn new(heads: &BTreeMap<Uuid, Head>) -> Self {
        let mut levels: Vec<Vec<Hash>> = vec![Vec::with_capacity(heads.len())];
        let mut frontier = Frontier::default();
        for (practice, head) in heads {
            let leaf = head.leaf(*practice);
            levels[0].push(leaf);
            for (level, node) in (1..).zip(frontier.push(leaf)) {
                if levels.len() == level {
                    levels.push(Vec::new());
                }
                levels[level].push(node);
            }
        }
        Self { practices: heads.keys().copied().collect(), levels, root: frontier.root() }
    }

    /// Its root.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.root
    }

    /// A practice's place in it and the path that proves its head.
    #[must_use]
    pub fn prove(&self, practice: Uuid) -> Option<(u64, Vec<Hash>)> {
        let place = self.practices.binary_search(&practice).ok()? as u64;
        let mut node = |level: u32, index: u64| {
            let index = usize::try_from(index).map_err(|_| ())?;
            self.levels.get(level as usize).and_then(|nodes| nodes.get(index)).copied().ok_or(())
        };
        let path = merkle::path(place, self.practices.len() as u64);
        path.iter().map(|part| part.hash(&mut node)).collect::<Result<_, ()>>().ok().map(|path| (place, path))
    }
}

/// A line of the file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    /// Number of the checkpoint.
    pub number: i64,
    /// The signed note.
    pub note: String,
    /// Whether the heads of all practices follow, or only of those that grew since the checkpoint before.
    pub all: bool,
    /// Practice, size, root in base64.
    pub heads: Vec<(Uuid, u64, String)>,
}

impl Record {
    /// With these heads.
    #[must_use]
    pub fn new(number: i64, note: String, all: bool, heads: impl Iterator<Item = (Uuid, Head)>) -> Self {
        let heads = heads.map(|(practice, head)| (practice, head.size, STANDARD.encode(head.root))).collect();
        Self { number, note, all, heads }
    }
}

/// Where the checkpoints lie that the database cannot reach.
#[derive(Debug)]
pub struct CheckpointFile {
    path: PathBuf,
    /// Number of the last checkpoint in it.
    pub last: Option<i64>,
}

/// A file larger than this is put aside and a new one begun; the old one may be moved to wherever it is kept for good.
const LARGEST: u64 = 64 * 1024 * 1024;

impl CheckpointFile {
    /// Opens it, and cuts off a line that was not finished when the machine stopped.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub fn open(path: &Path) -> std::io::Result<Self> {
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        let (mut good, mut last) = (0, None);
        let mut reader = BufReader::new(&file);
        let mut line = String::new();
        while reader.read_line(&mut line)? > 0 && line.ends_with('\n') {
            let Ok(record) = serde_json::from_str::<Record>(&line) else { break };
            good += line.len() as u64;
            last = Some(record.number);
            line.clear();
        }
        if good < file.metadata()?.len() {
            tracing::warn!(file = %path.display(), "the last checkpoint in the file was not finished; it is cut off");
            file.set_len(good)?;
            file.sync_all()?;
        }
        Ok(Self { path: path.to_owned(), last })
    }

    /// Appends a checkpoint. When this returns it is on the disk.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn append(&mut self, record: &Record) -> std::io::Result<()> {
        let mut line = serde_json::to_string(record)?;
        line.push('\n');
        let mut file = OpenOptions::new().append(true).create(true).open(&self.path)?;
        let end = file.seek(SeekFrom::End(0))?;
        if let Err(error) = file.write_all(line.as_bytes()).and_then(|()| file.sync_data()) {
            // half a line would hide the next one
            let _ = file.set_len(end);
            return Err(error);
        }
        if end == 0 {
            File::open(self.path.parent().unwrap_or(Path::new(".")))?.sync_all()?;
        }
        self.last = Some(record.number);
        if end > LARGEST {
            std::fs::rename(&self.path, self.path.with_extension(format!("{}.log", record.number)))?;
            self.last = None;
        }
        Ok(())
    }

    /// Every finished line of a file.
    ///
    /// # Errors
    /// When it cannot be read, or a line in the middle is not a checkpoint.
    pub fn records(path: &Path) -> Result<Vec<Record>> {
        let describe = |what: String| Error::internal(format!("{}: {what}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|error| describe(error.to_string()))?;
        let finished = text.rfind('\n').map_or("", |end| &text[..=end]);
        let read = |(number, line): (usize, &str)| {
            serde_json::from_str(line).map_err(|_| describe(format!("line {} is not a checkpoint", number + 1)))
        };
        finished.lines().enumerate().map(read).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heads(count: u128) -> BTreeMap<Uuid, Head> {
        (1..=count)
            .map(|i| (Uuid::from_u128(i * 7), Head { size: i as u64, root: merkle::leaf_hash(&[i as u8]) }))
            .collect()
    }

    #[test]
    fn each_head_is_proved_by_its_own_path() {
        for count in [1, 2, 3, 8, 13] {
            let heads = heads(count);
            let tree = Heads::new(&heads);
            for (practice, head) in &heads {
                let (place, path) = tree.prove(*practice).expect("a path");
                assert_eq!(merkle::root_of(head.leaf(*practice), place, heads.len() as u64, &path), Some(tree.root()));
                let grown = Head { size: head.size + 1, ..*head };
                assert_ne!(merkle::root_of(grown.leaf(*practice), place, heads.len() as u64, &path), Some(tree.root()));
            }
        }
    }

    #[test]
    fn the_file_survives_a_line_cut_short() {
        let path = std::env::temp_dir().join(format!("vantage-checkpoints-{}", Uuid::now_v7()));
        let record = |number| Record::new(number, "note".to_owned(), true, heads(2).into_iter());
        let mut file = CheckpointFile::open(&path).expect("opens");
        assert_eq!(file.last, None);
        file.append(&record(1)).expect("appends");
        file.append(&record(2)).expect("appends");
        let whole = std::fs::read(&path).expect("bytes");
        for cut in 1..whole.len() {
            std::fs::write(&path, &whole[..cut]).expect("cut");
            let read = CheckpointFile::records(&path).expect("reads");
            let mut file = CheckpointFile::open(&path).expect("opens");
            assert_eq!(file.last, read.last().map(|record| record.number), "{cut}");
            file.append(&record(9)).expect("appends");
            let after = CheckpointFile::records(&path).expect("reads");
            assert_eq!((after.len(), after.last().expect("one").number), (read.len() + 1, 9), "{cut}");
        }
        std::fs::remove_file(path).expect("removed");
    }
}

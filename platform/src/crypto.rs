//! Envelope encryption: a root key wraps one data key per practice, which seals values bound to their place.

use std::collections::HashMap;
use std::fmt;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::aead::{AES_256_GCM, Aad, RandomizedNonceKey};
use aws_lc_rs::{hkdf, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use uuid::Uuid;

use crate::db::TenantTx;
use crate::error::{Error, Result};
use crate::phi::Secret;

const KEY_BYTES: usize = 32;
/// First byte of everything sealed with a practice's key; another form gets another number.
const FORM: u8 = 1;
/// First byte of what is sealed with the installation's key.
const INSTALLATION_FORM: u8 = 2;

/// The installation's root keys: the first wraps, the others still unwrap until a rotation is through.
#[derive(Clone, Debug)]
pub struct RootKeys(Arc<Vec<(String, Secret)>>);

/// A practice's key, unwrapped.
pub struct DataKey {
    id: Uuid,
    key: RandomizedNonceKey,
    /// For blind indexes.
    blind: hmac::Key,
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DataKey({})", self.id)
    }
}

/// Root keys, and the data keys unwrapped so far.
#[derive(Clone, Debug)]
pub struct Keys {
    root: RootKeys,
    /// By practice and id.
    known: Arc<Mutex<KnownKeys>>,
    /// The data key that each practice seals with.
    current: Arc<Mutex<HashMap<Uuid, Uuid>>>,
    /// Each practice's first data key.
    first: Arc<Mutex<HashMap<Uuid, Uuid>>>,
}

/// Which data key of a practice.
#[derive(Clone, Copy)]
enum Which {
    /// The newest, which seals.
    Current,
    /// The oldest, which blind indexes are made with: they must stay what they are.
    First,
    /// This one, to open what it sealed.
    Id(Uuid),
}

type KnownKeys = HashMap<(Uuid, Uuid), Arc<DataKey>>;

/// Where a sealed value lies. It opens nowhere else.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// `schema.table`.
    pub table: &'a str,
    /// Column, or field of a JSON column.
    pub column: &'a str,
    /// Id of the row.
    pub row: Uuid,
}

impl RootKeys {
    /// Reads the keys from text: a line per key, `name:base64 of 32 bytes`, the current one first.
    ///
    /// # Errors
    /// When a line is not of that form.
    pub fn parse(text: &str) -> Result<Self> {
        let keys = text
            .split_whitespace()
            .map(|line| {
                let (name, key) = line.split_once(':')?;
                let key = STANDARD.decode(key).ok().filter(|key| key.len() == KEY_BYTES)?;
                Some((name.to_owned(), Secret::new(key)))
            })
            .collect::<Option<Vec<_>>>()
            .filter(|keys| !keys.is_empty())
            .ok_or_else(|| {
                Error::internal("the root key is not of the form name:base64 (32 bytes); see `vantage key init`")
            })?;
        Ok(Self(Arc::new(keys)))
    }

    /// Reads the key file, which nobody but its owner may read.
    ///
    /// # Errors
    /// When it is missing, unreadable, or readable by others.
    pub fn load(path: &Path) -> Result<Self> {
        let describe = |what: &str| Error::internal(format!("root key {}: {what}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|e| describe(&e.to_string()))?;
        let mode = std::fs::metadata(path).map_err(|e| describe(&e.to_string()))?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(describe("others may read it; chmod 0400"));
        }
        Self::parse(&text)
    }

    /// A fresh key in front of `older`, written to the file all at once with mode 0400.
    ///
    /// # Errors
    /// When there is a file already (unless rotating) or it cannot be written.
    pub fn create(path: &Path, older: Option<&Self>) -> Result<Self> {
        if older.is_none() && path.exists() {
            return Err(Error::internal(format!(
                "{} exists; a new root key would lock every practice out",
                path.display()
            )));
        }
        let mut bytes = vec![0; KEY_BYTES];
        aws_lc_rs::rand::fill(&mut bytes).map_err(|_| Error::internal("no randomness"))?;
        let mut keys = vec![(Uuid::now_v7().to_string(), Secret::new(bytes))];
        keys.extend(older.iter().flat_map(|keys| keys.0.iter().cloned()));
        Self(Arc::new(keys)).store(path)
    }

    /// Whether a rotation was begun and not finished.
    #[must_use]
    pub fn is_rotating(&self) -> bool {
        self.0.len() > 1
    }

    /// Only the current key, once nothing is wrapped by the others.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn forget_older(&self, path: &Path) -> Result<Self> {
        Self(Arc::new(self.0[..1].to_vec())).store(path)
    }

    fn store(self, path: &Path) -> Result<Self> {
        let text: String =
            self.0.iter().map(|(name, key)| format!("{name}:{}\n", STANDARD.encode(key.expose()))).collect();
        let next = PathBuf::from(format!("{}.new", path.display()));
        let write = || -> std::io::Result<()> {
            let _ = std::fs::remove_file(&next);
            let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o400).open(&next)?;
            std::io::Write::write_all(&mut file, text.as_bytes())?;
            file.sync_all()?;
            std::fs::rename(&next, path)?;
            // the name as well must outlive a power failure: keys are wrapped with this next
            std::fs::File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
        };
        write().map_err(Error::internal)?;
        Ok(self)
    }

    /// Name of the key that wraps.
    #[must_use]
    pub fn current(&self) -> &str {
        &self.0[0].0
    }

    /// Keys for another purpose (signing access tokens), one derived from each root key, the current one first
    /// (HKDF-SHA256, RFC 5869).
    ///
    /// # Errors
    /// Never in practice: the length is fixed.
    pub fn derive(&self, purpose: &str) -> Result<Vec<Secret>> {
        self.0.iter().map(|(_, root)| derive(root, purpose)).collect()
    }

    /// How everything begins that [`RootKeys::seal`] seals with the current key: the form, and the key's name.
    #[must_use]
    pub fn mark(&self) -> Vec<u8> {
        mark(self.current())
    }

    /// Seals a value that belongs to no practice (a mail, a second factor) to its place. What is kept for long must be
    /// sealed anew when the root key is changed: the mark says what still waits for that.
    ///
    /// # Errors
    /// Never in practice.
    pub fn seal(&self, place: Place<'_>, value: &[u8]) -> Result<Vec<u8>> {
        let (name, key) = &self.0[0];
        let body = seal_with(&installation_key(key)?, &aad(Uuid::nil(), place.table, place.column, place.row), value)?;
        Ok([mark(name), body].concat())
    }

    /// Opens what was sealed to this place, with the current root key or an older one that is still there.
    ///
    /// # Errors
    /// 500 when it was changed, moved, or sealed by a key that is gone.
    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>> {
        let (key, body) = self
            .0
            .iter()
            .find_map(|(name, key)| Some((key, sealed.strip_prefix(mark(name).as_slice())?)))
            .ok_or_else(|| Error::internal("a value is not sealed by any of the root keys"))?;
        open_with(&installation_key(key)?, &aad(Uuid::nil(), place.table, place.column, place.row), body)
    }

    fn cipher(&self, name: &str) -> Result<RandomizedNonceKey> {
        let (_, key) = self
            .0
            .iter()
            .find(|(known, _)| known == name)
            .ok_or_else(|| Error::internal(format!("root key {name} is missing")))?;
        RandomizedNonceKey::new(&AES_256_GCM, key.expose()).map_err(|_| Error::internal("root key"))
    }

    pub(crate) fn wrap(&self, practice: Uuid, id: Uuid, key: &Secret) -> Result<Vec<u8>> {
        seal_with(&self.cipher(self.current())?, &aad(practice, "sec.data_key", "wrapped", id), key.expose())
    }

    pub(crate) fn unwrap(&self, root: &str, practice: Uuid, id: Uuid, wrapped: &[u8]) -> Result<Secret> {
        open_with(&self.cipher(root)?, &aad(practice, "sec.data_key", "wrapped", id), wrapped).map(Secret::new)
    }
}

/// Seals and opens a practice's values away from its transactions, for what goes on without a database: a call.
#[derive(Clone, Debug)]
pub struct Sealer {
    practice: Uuid,
    key: Arc<DataKey>,
}

impl Sealer {
    /// Seals a value to its place, as [`TenantTx::seal`] does; [`TenantTx::open`] opens it.
    ///
    /// # Errors
    /// Never in practice.
    pub fn seal(&self, place: Place<'_>, value: &[u8]) -> Result<Vec<u8>> {
        let mut sealed = vec![FORM];
        sealed.extend_from_slice(self.key.id.as_bytes());
        sealed.extend(seal_with(&self.key.key, &aad(self.practice, place.table, place.column, place.row), value)?);
        Ok(sealed)
    }
}

impl Keys {
    /// With these root keys.
    #[must_use]
    pub fn new(root: RootKeys) -> Self {
        Self { root, known: Arc::default(), current: Arc::default(), first: Arc::default() }
    }

    /// The root keys.
    #[must_use]
    pub fn root(&self) -> &RootKeys {
        &self.root
    }

    fn known(&self, practice: Uuid, which: Which) -> Option<Arc<DataKey>> {
        let id = match which {
            Which::Current => lock(&self.current).get(&practice).copied()?,
            Which::First => lock(&self.first).get(&practice).copied()?,
            Which::Id(id) => id,
        };
        lock(&self.known).get(&(practice, id)).cloned()
    }

    fn remember(&self, practice: Uuid, key: &Arc<DataKey>, which: Which) {
        lock(&self.known).insert((practice, key.id), Arc::clone(key));
        match which {
            Which::Current => lock(&self.current).insert(practice, key.id),
            Which::First => lock(&self.first).insert(practice, key.id),
            Which::Id(_) => None,
        };
    }
}

impl TenantTx {
    /// Makes the practice's data key; part of signing up.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn create_data_key(&mut self) -> Result<()> {
        let (practice, id) = (self.practice(), Uuid::now_v7());
        let mut bytes = vec![0; KEY_BYTES];
        aws_lc_rs::rand::fill(&mut bytes).map_err(|_| Error::internal("no randomness"))?;
        let key = Secret::new(bytes);
        let root = self.keys().root.clone();
        sqlx::query!(
            "insert into sec.data_key (practice_id, id, root_key, wrapped) values ($1, $2, $3, $4)",
            practice,
            id,
            root.current(),
            root.wrap(practice, id, &key)?,
        )
        .execute(self.conn())
        .await?;
        // only for this transaction: a key that is rolled back must not be used by the next one
        self.key = Some(Arc::new(data_key(id, &key)?));
        Ok(())
    }

    /// Seals a value to its place.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn seal(&mut self, place: Place<'_>, value: &[u8]) -> Result<Vec<u8>> {
        self.sealer().await?.seal(place, value)
    }

    /// What seals values of the practice outside of transactions.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn sealer(&mut self) -> Result<Sealer> {
        Ok(Sealer { practice: self.practice(), key: self.data_key(Which::Current).await? })
    }

    /// Opens what was sealed to this place.
    ///
    /// # Errors
    /// 500 when it was changed, moved, or sealed by a key that is gone.
    pub async fn open(&mut self, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>> {
        let (id, body) = match sealed {
            [FORM, rest @ ..] if rest.len() > 16 => rest.split_at(16),
            _ => return Err(Error::internal("not a sealed value")),
        };
        let key = self.data_key(Which::Id(Uuid::from_slice(id).map_err(Error::internal)?)).await?;
        open_with(&key.key, &aad(self.practice(), place.table, place.column, place.row), body)
    }

    /// What stands for a value where equal ones must be found again without anybody being able to read them: HMAC-SHA256
    /// (RFC 2104) in hexadecimal, under a key of the practice alone. The same text in another column, or with another
    /// practice, gives something else. Whoever looks for a value writes it in one way first.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn blind(&mut self, table: &str, column: &str, value: &str) -> Result<String> {
        Ok(self.mac(table, column, value).await?.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The same as bytes. It stays what it is when the root key is changed.
    pub(crate) async fn mac(&mut self, table: &str, column: &str, value: &str) -> Result<Vec<u8>> {
        let key = self.data_key(Which::First).await?;
        let text = [table.as_bytes(), b"\0", column.as_bytes(), b"\0", value.as_bytes()].concat();
        Ok(hmac::sign(&key.blind, &text).as_ref().to_vec())
    }

    async fn data_key(&mut self, which: Which) -> Result<Arc<DataKey>> {
        let practice = self.practice();
        // one that was made in this very transaction is the practice's only one
        if let Some(own) = self.key.as_ref().filter(|key| !matches!(which, Which::Id(id) if id != key.id)) {
            return Ok(Arc::clone(own));
        }
        if let Some(known) = self.keys().known(practice, which) {
            return Ok(known);
        }
        let id = if let Which::Id(id) = which { Some(id) } else { None };
        let row = sqlx::query!(
            "select id, root_key, wrapped from sec.data_key where practice_id = $1 and ($2::uuid is null or id = $2)
              order by case when $3 then id end, id desc limit 1",
            practice,
            id,
            matches!(which, Which::First),
        )
        .fetch_optional(self.conn())
        .await?
        .ok_or_else(|| Error::internal("the practice has no such data key"))?;
        let key = self.keys().root.unwrap(&row.root_key, practice, row.id, &row.wrapped)?;
        let key = Arc::new(data_key(row.id, &key)?);
        self.keys().remember(practice, &key, which);
        Ok(key)
    }

    /// Wraps the practice's data keys anew with the current root key; answers how many were still under another.
    ///
    /// # Errors
    /// 500 when an older root key is missing.
    pub async fn rewrap_data_keys(&mut self) -> Result<u64> {
        let (practice, root) = (self.practice(), self.keys().root.clone());
        let rows = sqlx::query!(
            "select id, root_key, wrapped from sec.data_key where practice_id = $1 and root_key <> $2 for update",
            practice,
            root.current(),
        )
        .fetch_all(self.conn())
        .await?;
        for row in &rows {
            let key = root.unwrap(&row.root_key, practice, row.id, &row.wrapped)?;
            sqlx::query!(
                "update sec.data_key set root_key = $3, wrapped = $4 where practice_id = $1 and id = $2",
                practice,
                row.id,
                root.current(),
                root.wrap(practice, row.id, &key)?,
            )
            .execute(self.conn())
            .await?;
        }
        Ok(rows.len() as u64)
    }
}

/// The form, the length of the key's name, the name.
fn mark(name: &str) -> Vec<u8> {
    [&[INSTALLATION_FORM, u8::try_from(name.len()).unwrap_or(u8::MAX)], name.as_bytes()].concat()
}

fn installation_key(root: &Secret) -> Result<RandomizedNonceKey> {
    let key = derive(root, "installation")?;
    RandomizedNonceKey::new(&AES_256_GCM, key.expose()).map_err(|_| Error::internal("installation key"))
}

fn derive(root: &Secret, purpose: &str) -> Result<Secret> {
    let failed = |_| Error::internal("key derivation");
    let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, b"vantage").extract(root.expose());
    let info = [purpose.as_bytes()];
    let okm = prk.expand(&info, hkdf::HKDF_SHA256).map_err(failed)?;
    let mut key = vec![0; KEY_BYTES];
    okm.fill(&mut key).map_err(failed)?;
    Ok(Secret::new(key))
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn data_key(id: Uuid, key: &Secret) -> Result<DataKey> {
    let blind = hmac::Key::new(hmac::HMAC_SHA256, derive(key, "blind index")?.expose());
    let key = RandomizedNonceKey::new(&AES_256_GCM, key.expose()).map_err(|_| Error::internal("data key"))?;
    Ok(DataKey { id, key, blind })
}

/// What a value is bound to. The parts cannot run into each other: table and column hold no zero byte.
fn aad(practice: Uuid, table: &str, column: &str, row: Uuid) -> Vec<u8> {
    [practice.as_bytes(), table.as_bytes(), b"\0", column.as_bytes(), b"\0", row.as_bytes()].concat()
}

fn seal_with(key: &RandomizedNonceKey, aad: &[u8], value: &[u8]) -> Result<Vec<u8>> {
    let mut body = value.to_vec();
    let nonce = key.seal_in_place_append_tag(Aad::from(aad), &mut body).map_err(|_| Error::internal("sealing"))?;
    Ok([nonce.as_ref().as_slice(), &body].concat())
}

fn open_with(key: &RandomizedNonceKey, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>> {
    let failed = || Error::internal("a sealed value does not open here");
    let (nonce, body) = sealed.split_at_checked(12).ok_or_else(failed)?;
    let nonce = aws_lc_rs::aead::Nonce::try_assume_unique_for_key(nonce).map_err(|_| failed())?;
    let mut body = body.to_vec();
    let opened = key.open_in_place(nonce, Aad::from(aad), &mut body).map_err(|_| failed())?;
    Ok(opened.to_vec())
}

/// SHA-256, for tokens and request bodies.
#[must_use]
pub fn sha256(bytes: &[u8]) -> Vec<u8> {
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes).as_ref().to_vec()
}

/// Whether two secrets are the same, in a time that does not tell how much of them is.
#[must_use]
pub fn equal(one: &[u8], other: &[u8]) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(one, other).is_ok()
}

/// 256 random bits, for tokens that are handed out.
///
/// # Errors
/// When the operating system has no randomness to give.
pub fn random_token() -> Result<[u8; 32]> {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| Error::internal("no randomness"))?;
    Ok(bytes)
}

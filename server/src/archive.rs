//! `vantage archive`: a practice taken out into a file, and taken in elsewhere.
//!
//! The file is encrypted with a passphrase in the format of <https://age-encryption.org/v1>, so that it can be opened
//! without Vantage too; inside are lines of JSON (`platform/src/archive/mod.rs`), compressed as gzip (RFC 1952).

use std::fs::File;
use std::io::{BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use age::secrecy::{ExposeSecret as _, SecretString};
use age::{Decryptor, Encryptor, scrypt};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::Subcommand;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use platform::archive::{Archived, take_in, take_out};
use platform::config::Config;
use platform::db::{self, migrate};
use platform::{Error, Result};
use rand::RngCore as _;

use crate::{cli, serve};

/// How hard a passphrase may be to try, as a power of two: 22 takes a slow machine half a minute.
const MOST_WORK: u8 = 22;

/// Out or in.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write everything that a practice has into an encrypted file.
    Export {
        /// The practice's address.
        #[arg(long)]
        practice: String,
        /// Where to; a file that is there stays.
        #[arg(long)]
        file: PathBuf,
        /// A file with the passphrase; without it one is made and printed.
        #[arg(long)]
        passphrase_file: Option<PathBuf>,
    },
    /// Enter the practice of such a file: whole, or not at all.
    Import {
        /// The file.
        #[arg(long)]
        file: PathBuf,
        /// A file with the passphrase.
        #[arg(long)]
        passphrase_file: PathBuf,
        /// Another address for the practice, where its own is taken.
        #[arg(long)]
        slug: Option<String>,
    },
}

/// Runs the command.
///
/// # Errors
/// When there is no such practice or file, the passphrase is wrong, or the file is not one that can be taken in.
pub async fn run(config: Config, command: Command) -> Result<()> {
    let place = serve::database(&config).await?;
    migrate::check(&mut db::connect(&place.options).await?).await?;
    let keys = serve::root_keys(&config)?;
    match command {
        Command::Export { practice, file, passphrase_file } => {
            let (passphrase, is_new) = match passphrase_file {
                Some(path) => (read_passphrase(&path)?, false),
                None => (new_passphrase(), true),
            };
            let mut out = sealed(create(&file)?, passphrase.clone())?;
            let archived = match take_out(&place.options, &keys, &practice, &mut out).await {
                Ok(archived) => archived,
                Err(error) => return std::fs::remove_file(&file).map_err(Error::internal).and(Err(error)),
            };
            finish(out)?;
            report("written", &archived)?;
            if is_new {
                cli::print(&format!("passphrase: {}\n", passphrase.expose_secret()))?;
            }
            Ok(())
        }
        Command::Import { file, passphrase_file, slug } => {
            let mut input = opened(&file, read_passphrase(&passphrase_file)?)?;
            report("entered", &take_in(&place.options, &keys, &mut input, slug.as_deref()).await?)?;
            cli::print("people choose a password with \"Forgotten password\"; programs need new keys\n")
        }
    }
}

fn report(done: &str, archived: &Archived) -> Result<()> {
    let Archived { slug, people, rows, ledger } = archived;
    cli::print(&format!(
        "{slug}: {rows} rows {done}, {people} people; {ledger} entries of the ledger are in the file\n"
    ))
}

fn new_passphrase() -> SecretString {
    let mut bytes = [0; 24];
    rand::rng().fill_bytes(&mut bytes);
    SecretString::from(URL_SAFE_NO_PAD.encode(bytes))
}

fn read_passphrase(path: &Path) -> Result<SecretString> {
    let text = std::fs::read_to_string(path).map_err(|error| about(path, &error))?;
    let text = text.trim();
    if text.chars().count() < 12 {
        return Err(Error::internal(format!("{}: a passphrase has at least 12 characters", path.display())));
    }
    Ok(SecretString::from(text.to_owned()))
}

fn about(path: &Path, error: &dyn std::fmt::Display) -> Error {
    Error::internal(format!("{}: {error}", path.display()))
}

type Sealed = GzEncoder<age::stream::StreamWriter<BufWriter<File>>>;

fn create(path: &Path) -> Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    file.map_err(|error| about(path, &error))
}

fn sealed(file: File, passphrase: SecretString) -> Result<Sealed> {
    let out = Encryptor::with_user_passphrase(passphrase).wrap_output(BufWriter::new(file)).map_err(Error::internal)?;
    Ok(GzEncoder::new(out, Compression::default()))
}

fn finish(out: Sealed) -> Result<()> {
    let write = || -> std::io::Result<()> {
        let mut file = out.finish()?.finish()?;
        file.flush()?;
        file.get_ref().sync_all()
    };
    write().map_err(Error::internal)
}

fn opened(path: &Path, passphrase: SecretString) -> Result<BufReader<GzDecoder<impl std::io::Read>>> {
    let file = File::open(path).map_err(|error| about(path, &error))?;
    let sealed = Decryptor::new_buffered(BufReader::new(file)).map_err(|error| about(path, &error))?;
    let mut identity = scrypt::Identity::new(passphrase);
    identity.set_max_work_factor(MOST_WORK);
    let plain = sealed.decrypt(std::iter::once(&identity as &dyn age::Identity)).map_err(|error| match error {
        age::DecryptError::DecryptionFailed => Error::internal("the passphrase is not that of this file"),
        error => about(path, &error),
    })?;
    Ok(BufReader::new(GzDecoder::new(plain)))
}

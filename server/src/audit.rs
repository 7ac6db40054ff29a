//! `vantage audit`: the ledger verified, proved and taken out, from the command line.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use ::audit::evidence::Evidence;
use ::audit::note::{PublicKey, Signer};
use ::audit::{Retired, bundle, prove, record_export, verify};
use clap::Subcommand;
use jiff::Timestamp;
use platform::config::Config;
use platform::db::Caller;
use platform::id::PracticeId;
use platform::{App, Error, Result};
use uuid::Uuid;

use crate::{cli, serve};

/// What to do with the ledger.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Recompute everything and name what was changed, removed, moved or put in. Without a file: the whole database,
    /// against its checkpoints and those in the data folder.
    Verify {
        /// Verify this bundle instead. Needs no database, only the public key.
        #[arg(long, requires = "public_key")]
        export: Option<PathBuf>,
        /// The key that signatures must be of, as `vantage audit key` prints it; may be given several times.
        #[arg(long)]
        public_key: Vec<PublicKey>,
        /// A checkpoint file to hold it against; may be given several times.
        #[arg(long)]
        checkpoints: Vec<PathBuf>,
    },
    /// Print the proof that an entry is in what was signed.
    Prove {
        /// Id of the entry.
        entry: Uuid,
    },
    /// Write a signed bundle of a practice's ledger.
    Export {
        /// The practice's address.
        #[arg(long)]
        practice: String,
        /// From when, such as 2026-01-01T00:00:00Z; without it from the beginning.
        #[arg(long)]
        from: Option<Timestamp>,
        /// Until when, not included; without it up to now.
        #[arg(long)]
        to: Option<Timestamp>,
        /// Where to; without it to standard output.
        #[arg(long)]
        output: Option<PathBuf>,
    },
    /// Print the public key that checkpoints and bundles are signed with.
    Key,
}

/// Runs the command.
///
/// # Errors
/// When the ledger is not as it was sealed, or something is missing.
pub async fn run(config: Config, command: Command) -> Result<()> {
    if let Command::Verify { export: Some(export), public_key, checkpoints } = &command {
        return verify_bundle(export, public_key.clone(), checkpoints);
    }
    let place = serve::database(&config).await?;
    let app = serve::start_app(config, &place)?;
    let outcome = match command {
        Command::Verify { public_key, checkpoints, .. } => verify_all(&app, checkpoints, public_key).await,
        Command::Prove { entry } => prove_entry(&app, entry).await,
        Command::Export { practice, from, to, output } => export(&app, &practice, from, to, output.as_deref()).await,
        Command::Key => Signer::of(&app)?.public_keys().iter().try_for_each(|key| cli::print(&format!("{key}\n"))),
    };
    app.db().close().await;
    outcome
}

async fn verify_all(app: &App, mut files: Vec<PathBuf>, keys: Vec<PublicKey>) -> Result<()> {
    if files.is_empty() {
        files = checkpoint_files(&app.config.data_dir);
    }
    let report = verify::verify(app, &files, keys).await?;
    for ledger in &report.practices {
        cli::print(&format!(
            "practice {}: {} entries sealed, {} under a signed root, {} wait\n",
            ledger.practice, ledger.size, ledger.agreed, ledger.waiting
        ))?;
        if let Some(Retired { before, entries, checkpoint }) = ledger.retired {
            cli::print(&format!(
                "  {entries} entries before {before} are past their retention, as checkpoint {checkpoint} signed\n"
            ))?;
        }
    }
    cli::print(&format!("{} checkpoints, {} files\n", report.checkpoints, files.len()))?;
    conclude(&report.wrong)
}

/// The present checkpoint file and those that were put aside when they had become large.
fn checkpoint_files(folder: &Path) -> Vec<PathBuf> {
    let is_one = |name: &str| name.starts_with("checkpoints.") && name.ends_with("log");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.file_name().to_str().is_some_and(is_one))
        .map(|entry| entry.path())
        .collect();
    files.sort();
    files
}

fn verify_bundle(export: &Path, mut keys: Vec<PublicKey>, checkpoints: &[PathBuf]) -> Result<()> {
    let mut evidence = Evidence::none();
    for file in checkpoints {
        evidence.add_file(file, &mut keys)?;
    }
    evidence.date();
    let file = File::open(export).map_err(|error| Error::internal(format!("{}: {error}", export.display())))?;
    let report = bundle::verify(BufReader::new(file), &keys, &evidence)?;
    cli::print(&format!(
        "practice {}: {} of {} entries, from {} to {}\n",
        report.practice, report.entries, report.size, report.from, report.to
    ))?;
    if let Some(checkpoint) = &report.checkpoint {
        cli::print(&format!("under checkpoint {} of {}\n", checkpoint.number, checkpoint.at))?;
    }
    conclude(&[report.wrong, evidence.wrong].concat())
}

fn conclude(wrong: &[String]) -> Result<()> {
    for line in wrong {
        cli::print(&format!("WRONG: {line}\n"))?;
    }
    match wrong.first() {
        None => cli::print("everything is as it was sealed\n"),
        Some(_) => Err(Error::internal("the ledger is not as it was sealed")),
    }
}

async fn prove_entry(app: &App, entry: Uuid) -> Result<()> {
    let proof = prove::prove(app, entry).await?;
    if !proof.holds(&Signer::of(app)?.public_keys()) {
        return Err(Error::internal("the proof does not hold: run `vantage audit verify`"));
    }
    let text = serde_json::to_string_pretty(&proof).map_err(Error::internal)?;
    cli::print(&format!("{text}\n"))
}

async fn export(
    app: &App,
    slug: &str,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    output: Option<&Path>,
) -> Result<()> {
    let mut tx = app.db().platform("export of a practice's ledger").await?;
    let practice = sqlx::query_scalar!("select practice_id from platform.practice where slug = $1", slug)
        .fetch_optional(tx.conn())
        .await?
        .ok_or_else(|| Error::internal(format!("there is no practice {slug}")))?;
    tx.commit().await?;
    let caller = Caller::system(PracticeId(practice));
    record_export(app, &caller, "bundle").await?;
    let mut writer =
        bundle::Writer::new(app, caller, from.unwrap_or(Timestamp::UNIX_EPOCH), to.unwrap_or_else(|| app.now()));
    let mut file = output.map(File::create).transpose().map_err(Error::internal)?.map(BufWriter::new);
    while let Some(piece) = writer.piece().await? {
        match &mut file {
            Some(file) => file.write_all(piece.as_bytes()).map_err(Error::internal)?,
            None => cli::print(&piece)?,
        }
    }
    if let Some(mut file) = file {
        file.flush().and_then(|()| file.get_ref().sync_all()).map_err(Error::internal)?;
        cli::print(&format!("{} entries\n", writer.entries()))?;
    }
    Ok(())
}

//! `vantage import`: patients from a file, from the command line.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use patients::{Duplicates, FileImport, import_file};
use platform::config::Config;
use platform::db::{self, Caller, migrate};
use platform::id::PracticeId;
use platform::{App, Error, Result};
use uuid::Uuid;

use crate::{cli, serve};

/// Whose patients, from where.
#[derive(Debug, Args)]
pub struct Command {
    /// The practice's address.
    #[arg(long)]
    practice: String,
    /// CSV, XLSX or FHIR R4; of FHIR several may be given, which are read as one.
    #[arg(long, required = true)]
    file: Vec<PathBuf>,
    /// E-mail of the member of the practice for whom it is done, for the ledger.
    #[arg(long = "as")]
    on_behalf: Option<String>,
    /// Only say what would become of each row.
    #[arg(long)]
    dry_run: bool,
    /// What happens to rows that are likely somebody whom the practice has.
    #[arg(long, value_enum, default_value = "skip")]
    duplicates: Likely,
    /// How the text is encoded, such as windows-1256; without it the file is looked at.
    #[arg(long)]
    encoding: Option<String>,
}

/// As [`Duplicates`].
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Likely {
    Skip,
    Create,
    Update,
}

/// Runs the command.
///
/// # Errors
/// When there is no such practice, member or file, or nothing can be made of it.
pub async fn run(config: Config, command: Command) -> Result<()> {
    let place = serve::database(&config).await?;
    migrate::check(&mut db::connect(&place.options).await?).await?;
    let app = serve::start_app(config, &place)?;
    let outcome = import(&app, command).await;
    app.db().close().await;
    outcome
}

async fn import(app: &App, command: Command) -> Result<()> {
    let mut tx = app.db().platform("import of patients").await?;
    let practice = sqlx::query_scalar!("select practice_id from platform.practice where slug = $1", command.practice)
        .fetch_optional(tx.conn())
        .await?
        .ok_or_else(|| Error::internal(format!("there is no practice {}", command.practice)))?;
    tx.commit().await?;
    let by = match &command.on_behalf {
        Some(email) => Some(member(app, practice, email).await?),
        None => None,
    };
    let (mut bytes, mut names) = (Vec::new(), Vec::new());
    for path in &command.file {
        let read = std::fs::read(path);
        bytes.extend(read.map_err(|error| Error::internal(format!("{}: {error}", path.display())))?);
        bytes.push(b'\n');
        names.push(path.file_name().unwrap_or_default().to_string_lossy().into_owned());
    }
    // a workbook ends where it ends
    if let [_] = command.file.as_slice() {
        bytes.pop();
    }
    let duplicates = match command.duplicates {
        Likely::Skip => Duplicates::Skip,
        Likely::Create => Duplicates::Create,
        Likely::Update => Duplicates::Update,
    };
    let asked = FileImport { bytes, names, by, dry_run: command.dry_run, duplicates, encoding: command.encoding };
    import_file(app, &Caller::system(PracticeId(practice)), asked, |line| {
        let _ = cli::print(&format!("{line}\n"));
    })
    .await
}

/// The member of the practice with this e-mail.
async fn member(app: &App, practice: Uuid, email: &str) -> Result<Uuid> {
    let mut tx = app.db().auth().await?;
    let found = sqlx::query_scalar!(
        "select u.id from auth.user u join auth.membership m on m.user_id = u.id
          where u.email = $1 and m.practice_id = $2",
        email.to_lowercase(),
        practice,
    )
    .fetch_optional(tx.conn())
    .await?;
    tx.commit().await?;
    found.ok_or_else(|| Error::internal("nobody with this e-mail works in that practice"))
}

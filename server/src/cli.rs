//! The commands of the binary.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use platform::Result;
use platform::config::Config;
use platform::db::{self, migrate};
use platform::telemetry;

use crate::{admin, archive, audit, demo, flows, import, keys, mails, routes, serve, simulate};

/// Runs a medical or dental practice: patients, calendar, calls, automations, invoices.
#[derive(Debug, Parser)]
#[command(name = "vantage", version)]
pub struct Cli {
    /// Settings file (TOML); the environment overrides it.
    #[arg(long, global = true, env = "VANTAGE_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the web interface and the API, and work in the background.
    Serve {
        /// Leave the background work to other processes.
        #[arg(long)]
        no_workers: bool,
    },
    /// Only work in the background.
    Work,
    /// Apply pending migrations, and set the roles' passwords.
    Migrate,
    /// Serve two practices with invented people, on a private PostgreSQL, with nothing to configure.
    Demo,
    /// Make or rotate the root key.
    Key {
        #[command(subcommand)]
        command: keys::Command,
    },
    /// Make, reset or remove an administrator of the platform.
    Admin {
        #[command(subcommand)]
        command: admin::Command,
    },
    /// Print the mails that were kept because no server for outgoing mail is set.
    Mails,
    /// Verify, prove or take out the ledger.
    Audit {
        #[command(subcommand)]
        command: audit::Command,
    },
    /// Enter patients from a file: CSV, XLSX or FHIR R4.
    Import(import::Command),
    /// Take a whole practice out into a file, or in from one.
    Archive {
        #[command(subcommand)]
        command: archive::Command,
    },
    /// Check conversations of calls, or try them.
    Flows {
        #[command(subcommand)]
        command: flows::Command,
    },
    /// Play what a service outside would send, to a server that runs.
    Simulate {
        #[command(subcommand)]
        command: simulate::Command,
    },
    /// Print the OpenAPI 3.1 document of the API.
    Openapi,
    /// Print every setting with its value and meaning.
    Config,
}

impl Cli {
    /// Runs the command.
    ///
    /// # Errors
    /// Whatever stopped it, fit for a person to read.
    pub async fn run(self) -> Result<()> {
        let config = Config::load(self.config.as_deref())?;
        match self.command {
            Command::Openapi => print(&routes::document()?),
            Command::Config => print(&config.describe()),
            Command::Admin { command } => admin::run(config, command).await,
            Command::Import(command) => with_logs(config, async move |config| import::run(config, command).await).await,
            Command::Archive { command } => {
                with_logs(config, async move |config| archive::run(config, command).await).await
            }
            Command::Mails => mails::run(config).await,
            Command::Flows { command } => flows::run(&command),
            Command::Simulate { command } => simulate::run(command).await,
            Command::Migrate => with_logs(config, migrate_only).await,
            Command::Key { command } => with_logs(config, async move |config| keys::run(config, command).await).await,
            Command::Audit { command } => {
                with_logs(config, async move |config| audit::run(config, command).await).await
            }
            Command::Serve { no_workers } => serve::run(config, serve::Mode::Serve { workers: !no_workers }).await,
            Command::Work => serve::run(config, serve::Mode::Work).await,
            Command::Demo => demo::run(config).await,
        }
    }
}

async fn with_logs(config: Config, work: impl AsyncFnOnce(Config) -> Result<()>) -> Result<()> {
    let telemetry = telemetry::start(&Config { log_format: "text".to_owned(), ..config.clone() })?;
    let outcome = work(config).await;
    telemetry.stop();
    outcome
}

async fn migrate_only(config: Config) -> Result<()> {
    let place = serve::database(&config).await?;
    let applied = migrate::migrate(&place.options, &config.database_passwords()?).await?;
    for name in &applied {
        tracing::info!(name, "applied");
    }
    tracing::info!(applied = applied.len(), "the database is current");
    migrate::check(&mut db::connect(&place.options).await?).await
}

/// For output that other programs read.
#[expect(clippy::print_stdout, reason = "this is what the command is for")]
pub fn print(text: &str) -> Result<()> {
    print!("{text}");
    Ok(())
}

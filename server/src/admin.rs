//! `vantage admin`: accounts of the platform's administrators, which are made on the server and nowhere else.

use clap::Subcommand;
use platform::clock::Clock;
use platform::config::Config;
use platform::db::{self, migrate};
use platform::phi::Phi;
use platform::{App, Result};

use crate::{cli, demo, serve};

/// What to do with administrators.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Make an administrator, and print the link with which they set password and authenticator app up.
    Create {
        /// Their e-mail.
        #[arg(long)]
        email: String,
        /// Their name, as practices read it.
        #[arg(long)]
        name: String,
    },
    /// Take password and authenticator app away, end all sessions, and print a new link; brings a removed one back.
    Reset {
        /// Their e-mail.
        #[arg(long)]
        email: String,
    },
    /// Take an administrator's account away. What they did stays in the ledger.
    Remove {
        /// Their e-mail.
        #[arg(long)]
        email: String,
    },
    /// Print the code that the demo's administrator signs in with now.
    Code,
}

/// Runs the command.
///
/// # Errors
/// When there is an administrator with this e-mail already (create) or none (reset, remove), or the database is away.
pub async fn run(config: Config, command: Command) -> Result<()> {
    if matches!(command, Command::Code) {
        return cli::print(&format!("{}\n", demo::authenticator()?.code_at(Clock::System.now())));
    }
    let place = serve::database(&config).await?;
    migrate::check(&mut db::connect(&place.options).await?).await?;
    let app = serve::start_app(config, &place)?;
    let outcome = change(&app, command).await;
    app.db().close().await;
    outcome
}

async fn change(app: &App, command: Command) -> Result<()> {
    match command {
        Command::Create { email, name } => show(&administration::create(app, &email, &name).await?),
        Command::Reset { email } => show(&administration::reset(app, &email).await?),
        Command::Remove { email } => {
            administration::remove(app, &email).await?;
            cli::print("Removed; every session has ended.\n")
        }
        Command::Code => Ok(()),
    }
}

fn show(link: &Phi<String>) -> Result<()> {
    cli::print(&format!("Give them this link; it serves once, and for a day:\n\n  {}\n", link.expose()))
}

//! `vantage key`: the root key that wraps every practice's key.

use clap::Subcommand;
use platform::config::Config;
use platform::crypto::RootKeys;
use platform::db::Caller;
use platform::id::PracticeId;
use platform::mail;
use platform::{Error, Result};

use crate::serve;

/// What to do with the root key.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum Command {
    /// Make the first root key.
    Init,
    /// Make a new root key and wrap every practice's key with it. The old one is kept until `retire`.
    Rotate,
    /// Forget older root keys, once every server has been restarted with the new one.
    Retire,
}

/// Runs the command.
///
/// # Errors
/// When there is a key already (init) or none (rotate, retire), or the database is away.
pub async fn run(config: Config, command: Command) -> Result<()> {
    if !config.root_key.is_empty() {
        return Err(Error::internal(
            "the root key is in the settings and not in a file: change it there, the new one in front",
        ));
    }
    let file = config.root_key_file();
    match command {
        Command::Init => {
            std::fs::create_dir_all(&config.data_dir).map_err(Error::internal)?;
            RootKeys::create(&file, None)?;
            tracing::info!(file = %file.display(), "made the root key; keep a copy of it in a safe place, apart from the backups");
            Ok(())
        }
        Command::Rotate => rotate(config).await,
        Command::Retire => retire(config).await,
    }
}

/// A new key in front, then every practice's keys wrapped anew. The old key stays in the file: servers that were
/// started with it wrap with it until they are restarted. Whatever interrupts this, every key can be unwrapped, and
/// running it again finishes it.
async fn rotate(config: Config) -> Result<()> {
    let file = config.root_key_file();
    let current = RootKeys::load(&file)?;
    if !current.is_rotating() {
        RootKeys::create(&file, Some(&current))?;
    }
    let wrapped = rewrap_all(config).await?;
    tracing::info!(wrapped, "the new root key is in place; restart every server, then run `vantage key retire`");
    Ok(())
}

/// What servers wrapped with an older key since the rotation is wrapped anew before that key is forgotten.
async fn retire(config: Config) -> Result<()> {
    let file = config.root_key_file();
    let current = RootKeys::load(&file)?;
    let wrapped = rewrap_all(config).await?;
    current.forget_older(&file)?;
    tracing::info!(wrapped, "older root keys are forgotten");
    Ok(())
}

async fn rewrap_all(config: Config) -> Result<u64> {
    let place = serve::database(&config).await?;
    let app = serve::start_app(config, &place)?;
    let mut tx = app.db().platform("root key rotation").await?;
    let practices = sqlx::query_scalar!("select practice_id from platform.practice order by practice_id")
        .fetch_all(tx.conn())
        .await?;
    tx.commit().await?;
    let mut wrapped = 0;
    for practice in practices {
        wrapped +=
            app.door.write(&Caller::system(PracticeId(practice)), async |tx| tx.rewrap_data_keys().await).await?;
    }
    wrapped += mail::reseal(&app).await? + identity::reseal(&app).await?;
    app.db().close().await;
    Ok(wrapped)
}

//! `vantage key`: the root key that wraps every practice's key.

use clap::Subcommand;
use platform::Result;
use platform::config::Config;
use platform::crypto::RootKeys;
use platform::db::Caller;
use platform::id::PracticeId;

use crate::serve;

/// What to do with the root key.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum Command {
    /// Make the first root key.
    Init,
    /// Make a new root key and wrap every practice's key with it. May be interrupted and run again.
    Rotate,
}

/// Runs the command.
///
/// # Errors
/// When there is a key already (init) or none (rotate), or the database is away.
pub async fn run(config: Config, command: Command) -> Result<()> {
    let file = config.root_key_file();
    match command {
        Command::Init => {
            std::fs::create_dir_all(&config.data_dir).map_err(platform::Error::internal)?;
            RootKeys::create(&file, None)?;
            tracing::info!(file = %file.display(), "made the root key; keep a copy of it in a safe place, apart from the backups");
            Ok(())
        }
        Command::Rotate => rotate(config).await,
    }
}

/// A new key in front, every practice's keys wrapped anew, the old key forgotten: in this order, so that whatever
/// interrupts it, every key can be unwrapped and running it again finishes it. Running servers keep their old keys
/// in memory; they need a restart before the old key is forgotten.
async fn rotate(config: Config) -> Result<()> {
    let file = config.root_key_file();
    let current = RootKeys::load(&file)?;
    let place = serve::database(&config).await?;
    let next = if current.is_rotating() { current } else { RootKeys::create(&file, Some(&current))? };
    let app = serve::start_app(config, &place)?;
    let mut tx = app.db().platform("root key rotation").await?;
    let practices = sqlx::query_scalar!("select practice_id from platform.practice order by practice_id").fetch_all(tx.conn()).await?;
    tx.commit().await?;
    let mut wrapped = 0;
    for practice in &practices {
        wrapped += app.door.write(&Caller::system(PracticeId(*practice)), async |tx| tx.rewrap_data_keys().await).await?;
    }
    next.forget_older(&file)?;
    tracing::info!(practices = practices.len(), wrapped, "the root key is rotated; restart running servers");
    Ok(())
}

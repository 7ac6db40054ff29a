//! Starting and stopping: database, checks, workers, and the server itself.

use platform::clock::Clock;
use platform::config::Config;
use platform::crypto::RootKeys;
use platform::db::{self, Db, migrate};
use platform::error::{Error, Result};
use platform::postgres::{PrivatePostgres, Settings};
use platform::{App, live, outbox, telemetry, worker};
use sqlx::postgres::PgConnectOptions;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::{connections, routes, storage};

/// What a process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Answers requests, and works in the background if asked to.
    Serve {
        /// Whether to.
        workers: bool,
    },
    /// Only works in the background.
    Work,
}

/// A database to connect to, and the private PostgreSQL behind it when that is ours.
#[derive(Debug)]
pub struct Place {
    /// How to connect as administrator.
    pub options: PgConnectOptions,
    /// Kept as long as it is needed; dropping it stops it.
    pub _private: Option<PrivatePostgres>,
}

/// The database that the settings name, started if it is the private one.
///
/// # Errors
/// Says what is missing.
pub async fn database(config: &Config) -> Result<Place> {
    if !config.database_url.is_empty() {
        return Ok(Place { options: db::parse_address(&config.database_url)?, _private: None });
    }
    let settings =
        Settings { folder: config.data_dir.clone(), programs: config.postgres_bin.clone(), options: Vec::new() };
    let private =
        tokio::task::spawn_blocking(move || PrivatePostgres::start(&settings)).await.map_err(Error::internal)??;
    private.ensure_database().await?;
    Ok(Place { options: private.options(), _private: Some(private) })
}

/// Runs until it is told to stop.
///
/// # Errors
/// Whatever keeps it from starting.
pub async fn run(config: Config, mode: Mode) -> Result<()> {
    let telemetry = telemetry::start(&config)?;
    let place = database(&config).await?;
    migrate::check(&mut db::connect(&place.options).await?).await?;
    let app = start_app(config, &place)?;
    let outcome = run_app(app, mode, &telemetry, || Ok(())).await;
    telemetry.stop();
    drop(place);
    outcome
}

/// An app on a checked database.
///
/// # Errors
/// When the root key is missing.
pub fn start_app(config: Config, place: &Place) -> Result<App> {
    let root = root_keys(&config)?;
    let db = Db::open(&config, &place.options)?;
    App::new(config, db, root, Clock::System)
}

/// The root keys of the settings or of their file.
///
/// # Errors
/// When they are missing.
pub fn root_keys(config: &Config) -> Result<RootKeys> {
    if config.root_key.is_empty() { RootKeys::load(&config.root_key_file()) } else { RootKeys::parse(&config.root_key) }
}

/// Serves and works until a signal comes; then what is under way is finished.
///
/// # Errors
/// When the address is taken.
pub async fn run_app(
    app: App,
    mode: Mode,
    telemetry: &telemetry::Telemetry,
    ready: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let stop_on_signal = tokio::spawn(wait_for_signal(app.clone()));
    let background = match mode {
        Mode::Serve { workers: false } => Some(tokio::spawn(outbox::tell_others(app.clone()))),
        _ => Some(worker::spawn(&app, routes::duties())),
    };
    let watch = tokio::spawn(storage::watch(app.clone()));
    let upkeep = telemetry.spawn_upkeep();
    if let Mode::Serve { .. } = mode {
        let listener = TcpListener::bind(&app.config.listen)
            .await
            .map_err(|error| Error::internal(format!("cannot listen on {}: {error}", app.config.listen)))?;
        tokio::spawn(live::listen(app.clone()));
        tokio::spawn(administration::watch(app.clone()));
        worker::spawn_loops(&app, voice::calling());
        let router = routes::all(&app, telemetry)?;
        tracing::info!(listen = %app.config.listen, "serving");
        ready()?;
        connections::serve(&app, listener, router).await;
    } else {
        ready()?;
        app.stop.cancelled().await;
    }
    if let Some(background) = background {
        let _ = tokio::time::timeout(std::time::Duration::from_secs(20), background).await;
    }
    let _ = tokio::time::timeout(std::time::Duration::from_secs(5), app.caught_up()).await;
    watch.abort();
    upkeep.abort();
    stop_on_signal.abort();
    app.db().close().await;
    tracing::info!("stopped");
    Ok(())
}

async fn wait_for_signal(app: App) {
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    tracing::info!("stopping after what is under way; once more to stop at once");
    app.stop.cancel();
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    std::process::exit(130);
}

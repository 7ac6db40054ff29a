//! For the tests of every area: a real PostgreSQL with a database per test, a real server on loopback, people who sign
//! in. A test says what time it is, and nothing happens in the background unless it asks for it.

mod person;
mod postgres;
mod statements;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use sqlx::postgres::PgConnectOptions;
use tokio::net::TcpListener;

use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::crypto::RootKeys;
use crate::db::Db;
use crate::jobs::UnderWay;
use crate::live;
use crate::mail;
use crate::outbox;
use crate::routes::Routes;
use crate::worker::Duties;
use crate::{error::Result, http};
pub use person::{Answer, Person, sign_up_body};
pub use postgres::{TestDatabase, cluster};
pub use statements::statements;

/// A root key that opens nothing outside of tests.
pub const ROOT_KEY: &str = "test:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

/// A server of its own, on a database of its own.
#[derive(Debug)]
pub struct TestServer {
    /// What it is made of.
    pub app: App,
    /// Its time; starts now and moves when told to.
    pub clock: Clock,
    /// Its database, to look at from outside.
    pub database: TestDatabase,
    /// Where it listens.
    pub address: SocketAddr,
    duties: Arc<Duties>,
    _folder: Folder,
}

/// What a server writes outside of its database; goes away with it.
#[derive(Debug)]
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl TestServer {
    /// Starts with these routes.
    pub async fn start(routes: Routes, duties: Duties) -> Self {
        Self::with(Config::default(), duties, |app| http::surround(routes.split().0, app)).await
    }

    /// Starts with a router made for the app, and settings that differ from the usual ones.
    pub async fn with(config: Config, duties: Duties, router: impl FnOnce(&App) -> Result<axum::Router>) -> Self {
        let database = TestDatabase::new().await;
        Self::on(database, config, duties, router).await
    }

    /// Starts on a database that is there already.
    pub async fn on(
        database: TestDatabase,
        config: Config,
        duties: Duties,
        router: impl FnOnce(&App) -> Result<axum::Router>,
    ) -> Self {
        let _ = tracing_subscriber::fmt().with_test_writer().with_env_filter("warn").try_init();
        #[expect(clippy::disallowed_methods, reason = "a test begins at the present and goes on as it says")]
        let clock = Clock::fixed(Timestamp::now());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let folder = std::env::temp_dir().join(format!("vantage-test-{}", uuid::Uuid::now_v7()));
        let config = Config {
            data_dir: folder.clone(),
            media_url: format!("http://{address}"),
            sign_ins_per_minute: 10_000,
            sign_ups_per_hour: 10_000,
            rate_per_address: 100_000,
            rate_per_user: 100_000,
            rate_per_practice: 100_000,
            database_connections: 8,
            ..config
        };
        let app = app_on(&database.options, config, clock.clone());
        let router = router(&app).expect("a router").into_make_service_with_connect_info::<SocketAddr>();
        let stop = app.stop.clone();
        tokio::spawn(async move {
            let _ = axum::serve(listener, router).with_graceful_shutdown(async move { stop.cancelled().await }).await;
        });
        Self { app, clock, database, address, duties: Arc::new(duties), _folder: Folder(folder) }
    }

    /// The address of a path.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Waits for the work behind answers, tells every event, runs every job and sends every mail that is due, until
    /// nothing is left.
    pub async fn settle(&self) {
        let mut under_way = UnderWay::default();
        self.app.caught_up().await;
        while outbox::dispatch(&self.app, &self.duties).await.expect("dispatches")
            + under_way.take(&self.app, &self.duties).await.expect("runs")
            + mail::turn(&self.app).await.expect("sends")
            + self.turns().await
            > 0
        {
            under_way.finish().await;
        }
    }

    async fn turns(&self) -> usize {
        let mut done = 0;
        for turn in &self.duties.turns {
            done += (turn.run)(self.app.clone()).await.expect("takes its turn");
        }
        self.app.caught_up().await;
        done
    }

    /// Listens for live updates, as a server process does.
    pub fn listen(&self) {
        tokio::spawn(live::listen(self.app.clone()));
    }
}

/// An app on a database, with the tests' root key.
#[must_use]
pub fn app_on(options: &PgConnectOptions, config: Config, clock: Clock) -> App {
    app_with(options, config, clock, RootKeys::parse(ROOT_KEY).expect("a key"))
}

/// An app on a database, with root keys of its own.
#[must_use]
pub fn app_with(options: &PgConnectOptions, config: Config, clock: Clock, root: RootKeys) -> App {
    let db = Db::open(&config, options).expect("pools");
    App::new(config, db, root, clock).expect("an app")
}

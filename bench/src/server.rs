//! The server under load: a demo of its own in a folder of its own, and the way to its PostgreSQL.

use std::net::{SocketAddr, TcpListener};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use platform::App;
use platform::clock::Clock;
use platform::config::Config;
use platform::crypto::RootKeys;
use platform::db::{Db, parse_address};
use sqlx::postgres::PgConnectOptions;
use tokio::io::AsyncWriteExt as _;

use crate::Result;
use crate::usage::{self, Cpu, Memory};

/// A limit that no load reaches: limits are not what is measured.
const NO_LIMIT: &str = "1000000";
/// How long the server may take to answer for the first time; it makes a database cluster meanwhile.
const START: Duration = Duration::from_secs(120);
/// How long it may take to stop before it is killed.
const STOP: Duration = Duration::from_secs(40);

/// A running `vantage demo`. Dropping it stops it and removes its folder, whatever happened before.
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its PostgreSQL.
    pub database: Database,
    child: Child,
    folder: PathBuf,
}

/// The server's private PostgreSQL.
#[derive(Debug)]
pub struct Database {
    /// Folder of its unix socket.
    pub socket: PathBuf,
    /// Folder of psql and pgbench.
    pub programs: PathBuf,
    /// Process id of the postmaster.
    pid: u32,
}

impl Server {
    /// Starts the `vantage` that was built beside this program and waits until it answers.
    pub async fn start(programs: Option<&Path>) -> Result<Self> {
        Self::start_with(programs, &[]).await
    }

    /// The same with these settings.
    pub async fn start_with(programs: Option<&Path>, settings: &[(&str, &str)]) -> Result<Self> {
        let binary = std::env::current_exe()?.with_file_name("vantage");
        let folder = std::env::temp_dir().join(format!("vantage-bench-{}", std::process::id()));
        // free a moment ago; nobody else hands out ports so quickly
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        std::fs::create_dir(&folder)?;
        let child = Command::new(&binary)
            .arg("demo")
            .env("VANTAGE_DATA_DIR", &folder)
            .env("VANTAGE_LISTEN", address.to_string())
            .env("VANTAGE_PUBLIC_URL", format!("http://{address}"))
            .env("VANTAGE_RATE_PER_ADDRESS", NO_LIMIT)
            .env("VANTAGE_RATE_PER_USER", NO_LIMIT)
            .env("VANTAGE_RATE_PER_PRACTICE", NO_LIMIT)
            .env("VANTAGE_SIGN_INS_PER_MINUTE", NO_LIMIT)
            .env("VANTAGE_SIGN_UPS_PER_HOUR", NO_LIMIT)
            .env_remove("DATABASE_URL")
            .env_remove("VANTAGE_DATABASE_URL")
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            // Ctrl-C in a terminal reaches the whole group; the server stops when we say so, once
            .process_group(0)
            .spawn()
            .map_err(|error| format!("{}: {error}", binary.display()))?;
        let database = Database { socket: PathBuf::new(), programs: PathBuf::new(), pid: 0 };
        let mut server = Self { address, database, child, folder };
        server.wait_until_healthy().await?;
        server.database = Database::of(&server.folder.join("postgres"), programs)?;
        Ok(server)
    }

    async fn wait_until_healthy(&mut self) -> Result<()> {
        let client = reqwest::Client::builder().timeout(Duration::from_secs(2)).build()?;
        let url = format!("http://{}/healthz", self.address);
        let started = Instant::now();
        while !client.get(&url).send().await.is_ok_and(|answer| answer.status().is_success()) {
            if let Some(status) = self.child.try_wait()? {
                return Err(format!("the server ended at once ({status})").into());
            }
            if started.elapsed() > START {
                return Err("the server does not answer".into());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }

    /// The server's process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Memory of the server's process, without PostgreSQL; `None` where the system does not tell.
    pub fn memory(&self) -> Option<Memory> {
        usage::memory(self.child.id())
    }

    /// CPU time used so far; `None` where the system does not tell.
    pub fn cpu(&self) -> Option<Cpu> {
        usage::cpu(self.child.id(), self.database.pid)
    }

    /// Keeps PostgreSQL and everybody else on cores of their own; see [`usage::part`].
    pub fn part(&self) -> Result<()> {
        usage::part(self.child.id(), self.database.pid)
    }

    /// What opens tenant transactions in this process, on the server's PostgreSQL and with its keys.
    pub fn app(&self, connections: u32) -> Result<App> {
        let config = Config { data_dir: self.scratch(""), database_connections: connections, ..Config::default() };
        let db = Db::open(&config, &self.database.address()?).map_err(told)?;
        let keys = RootKeys::load(&config.root_key_file()).map_err(told)?;
        Ok(App::new(config, db, keys, Clock::System).map_err(told)?)
    }

    /// A path in the server's folder, for files that should go away with it.
    pub fn scratch(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg("-INT").arg(self.child.id().to_string()).status();
        let asked = Instant::now();
        while let Ok(None) = self.child.try_wait() {
            if asked.elapsed() > STOP {
                let _ = self.child.kill();
                let _ = self.child.wait();
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Database {
    fn of(folder: &Path, programs: Option<&Path>) -> Result<Self> {
        let pid = postmaster(folder)?;
        let programs = match programs {
            Some(programs) => programs.to_owned(),
            None => usage::program_folder(pid).ok_or("where are psql and pgbench? Set VANTAGE_POSTGRES_BIN.")?,
        };
        Ok(Self { socket: folder.join("socket"), programs, pid })
    }

    /// How to connect as the administrator.
    pub fn address(&self) -> Result<PgConnectOptions> {
        Ok(parse_address(&self.url()).map_err(told)?)
    }

    /// The same as a text.
    pub fn url(&self) -> String {
        format!("postgres://postgres@localhost/vantage?host={}", self.socket.display())
    }

    /// Has PostgreSQL keep when each transaction was committed. It is ended for that; the server starts it again.
    pub async fn keep_commit_times(&mut self) -> Result<()> {
        self.run("alter system set track_commit_timestamp = on").await?;
        let before = self.pid;
        let _ = Command::new("kill").arg("-INT").arg(before.to_string()).status();
        let asked = Instant::now();
        while self.pid == before || self.run("show track_commit_timestamp").await.is_ok_and(|now| now.trim() != "on") {
            if asked.elapsed() > START {
                return Err("PostgreSQL did not come back".into());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
            let folder = self.socket.parent().ok_or("a socket without a folder")?;
            self.pid = postmaster(folder).unwrap_or(before);
        }
        while self.run("select 1").await.is_err() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }

    /// Runs SQL as the administrator, who stands above row-level security, and answers what it printed.
    pub async fn run(&self, sql: &str) -> Result<String> {
        let mut psql = tokio::process::Command::new(self.programs.join("psql"))
            .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"])
            .args(["--username=postgres", "--dbname=vantage"])
            .arg("--host")
            .arg(&self.socket)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        if let Some(mut input) = psql.stdin.take() {
            input.write_all(sql.as_bytes()).await?;
        }
        let output = psql.wait_with_output().await?;
        if !output.status.success() {
            return Err(format!("psql: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Waits until the workers have told every event, so that one measurement does not pay for the one before.
    pub async fn settle(&self) -> Result<()> {
        while self.run("select exists(select from outbox.lane where pending > 0)").await?.trim() == "t" {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Ok(())
    }
}

fn postmaster(folder: &Path) -> Result<u32> {
    let text = std::fs::read_to_string(folder.join("data/postmaster.pid"))?;
    Ok(text.lines().next().unwrap_or_default().trim().parse()?)
}

/// An error of the platform, for a person to read.
pub fn told(error: platform::Error) -> String {
    error.to_string()
}

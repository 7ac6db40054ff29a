//! The real binary as a child process, on a data folder and a port of its own.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use tokio::sync::{Mutex, MutexGuard};
use uuid::Uuid;

/// The tests run one after the other: each wants both cores.
static TURN: Mutex<()> = Mutex::const_new(());

/// Waits for the turn of this test.
pub async fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().await
}

/// Looks again and again until there is something, and fails when that takes too long.
pub async fn eventually<T>(what: &str, limit: Duration, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(started.elapsed() < limit, "not within {limit:?}: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// `kill -name pid`; a process that has gone already is no fault.
pub fn signal(pid: u32, name: &str) {
    let _ = Command::new("kill").arg(format!("-{name}")).arg(pid.to_string()).stderr(Stdio::null()).status();
}

/// A folder that goes away with its owner. PostgreSQL's own user must be able to reach it.
#[derive(Debug)]
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let digits = Uuid::new_v4().simple().to_string();
        Self(std::env::temp_dir().join(format!("vantage-faults-{name}-{}", &digits[..8])))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// `vantage demo` on a folder; killed when dropped, and its PostgreSQL with it.
#[derive(Debug)]
pub struct Running {
    pub data: PathBuf,
    pub port: u16,
    log: PathBuf,
    settings: Vec<(&'static str, String)>,
    child: Option<Child>,
}

impl Running {
    /// Starts on the folder, and waits until it is ready.
    pub async fn start(data: &Path, settings: &[(&'static str, &str)]) -> Self {
        let mut running = Self::launched(data, settings);
        running.ready().await;
        running
    }

    /// Starts on the folder, without waiting.
    pub fn launched(data: &Path, settings: &[(&'static str, &str)]) -> Self {
        let settings = settings.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let port = free_port();
        let mut running = Self {
            data: data.to_owned(),
            port,
            log: data.with_extension(format!("{port}.log")),
            settings,
            child: None,
        };
        running.launch();
        running
    }

    /// Starts it again after its end.
    pub fn launch(&mut self) {
        assert!(self.child.is_none(), "it runs already");
        let log = File::options().create(true).append(true).open(&self.log).expect("a log");
        let mut command = Command::new(env!("CARGO_BIN_EXE_vantage"));
        command.arg("demo").env_remove("DATABASE_URL").env("VANTAGE_DATA_DIR", &self.data);
        command.env("VANTAGE_LISTEN", format!("127.0.0.1:{}", self.port)).env("VANTAGE_PUBLIC_URL", self.url(""));
        for name in
            ["RATE_PER_ADDRESS", "RATE_PER_USER", "RATE_PER_PRACTICE", "SIGN_INS_PER_MINUTE", "SIGN_UPS_PER_HOUR"]
        {
            command.env(format!("VANTAGE_{name}"), "1000000");
        }
        for (name, value) in &self.settings {
            command.env(name, value);
        }
        command.stdin(Stdio::null()).stdout(log.try_clone().expect("a log")).stderr(log);
        self.child = Some(command.spawn().expect("the binary runs"));
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Waits until it answers and has its database.
    pub async fn ready(&mut self) {
        let url = self.url("/readyz");
        let started = Instant::now();
        while !is_ready(&url).await {
            assert!(!self.ended(), "the server ended: {}", self.last_words());
            assert!(
                started.elapsed() < Duration::from_secs(60),
                "the server does not get ready: {}",
                self.last_words()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Whether the process has ended by itself.
    pub fn ended(&mut self) -> bool {
        self.child.as_mut().is_none_or(|child| child.try_wait().expect("a child").is_some())
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("kills");
            child.wait().expect("ends");
        }
    }

    /// Ctrl-C, and how it ended.
    pub async fn interrupt(&mut self) -> ExitStatus {
        let mut child = self.child.take().expect("it runs");
        signal(child.id(), "INT");
        eventually("the server ends on SIGINT", Duration::from_secs(15), async || child.try_wait().expect("a child"))
            .await
    }

    fn postmaster_file(&self) -> PathBuf {
        self.data.join("postgres/data/postmaster.pid")
    }

    pub fn has_postmaster_file(&self) -> bool {
        self.postmaster_file().exists()
    }

    /// The postmaster that the file names, while its process lives.
    pub fn postmaster(&self) -> Option<u32> {
        let text = fs::read_to_string(self.postmaster_file()).ok()?;
        let pid: u32 = text.lines().next()?.trim().parse().ok()?;
        let command = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        String::from_utf8_lossy(&command).contains("postgres").then_some(pid)
    }

    /// A connection as the administrator of the private PostgreSQL.
    pub async fn sql(&self) -> PgConnection {
        self.try_sql().await.expect("a connection")
    }

    pub async fn try_sql(&self) -> sqlx::Result<PgConnection> {
        PgConnection::connect_with(&self.options()).await
    }

    /// How its administrator connects.
    pub fn options(&self) -> PgConnectOptions {
        let socket = self.data.join("postgres/socket");
        PgConnectOptions::new_without_pgpass().socket(socket).port(5432).username("postgres").database("vantage")
    }

    /// Runs another command of the binary on the same folder; what it printed.
    pub async fn command(&self, words: &[&str]) -> Result<String, String> {
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_vantage"));
        command.args(words).env_remove("DATABASE_URL").env("VANTAGE_DATA_DIR", &self.data);
        let done = command.stdin(Stdio::null()).output().await.expect("the binary runs");
        let [out, err] = [done.stdout, done.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        if done.status.success() { Ok(out) } else { Err(format!("{out}{err}")) }
    }

    fn last_words(&self) -> String {
        let mut text = String::new();
        for log in [&self.log, &self.data.join("postgres.log")] {
            let whole = fs::read_to_string(log).unwrap_or_default();
            let lines: Vec<&str> = whole.lines().rev().take(15).collect();
            text += &format!("\n{}:\n{}", log.display(), lines.into_iter().rev().collect::<Vec<_>>().join("\n"));
        }
        text
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.last_words());
        }
        let had_child = self.child.is_some();
        self.kill();
        let started = Instant::now();
        while had_child && self.postmaster().is_some() && started.elapsed() < Duration::from_secs(5) {
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = fs::remove_file(&self.log);
    }
}

/// Whether a server says that it is ready.
pub async fn is_ready(url: &str) -> bool {
    let http = reqwest::Client::builder().timeout(Duration::from_secs(10)).build().expect("a client");
    http.get(url).send().await.is_ok_and(|answer| answer.status().is_success())
}

/// Below the range that the system gives to outgoing connections, so that it stays free while a server is away.
fn free_port() -> u16 {
    let start = u16::from_be_bytes([Uuid::new_v4().as_bytes()[0], Uuid::new_v4().as_bytes()[0]]) % 11_000;
    (0..11_000)
        .map(|step| 20_000 + (start + step) % 11_000)
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .expect("a free port")
}

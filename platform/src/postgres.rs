//! The private PostgreSQL: the embedded default, run from the PostgreSQL that the machine has installed.
//!
//! It listens on a unix socket in a folder that nobody else can enter, and nowhere else; that folder is its password.
//! As root it runs as the user `postgres`. It dies with us: by the parent-death signal on Linux, so that even a killed
//! server leaves nothing behind that would block the next start.

use std::fs::{self, File};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use sqlx::Connection as _;
use sqlx::postgres::PgConnectOptions;

use crate::error::{Error, Result};

/// The user that PostgreSQL runs as when we are root, as it refuses to run as root itself.
const UNPRIVILEGED: &str = "postgres";
/// Longest path of a unix socket on Linux is 107 bytes; PostgreSQL adds `/.s.PGSQL.5432`.
const LONGEST_SOCKET_FOLDER: usize = 90;
const DATABASE: &str = "vantage";
/// Longest pause before a PostgreSQL that ended is started again.
const MAX_PAUSE: Duration = Duration::from_secs(3);

/// A PostgreSQL of our own, or one that another process of ours runs on the same folder.
#[derive(Debug)]
pub struct PrivatePostgres {
    socket: PathBuf,
    /// The postmaster, when it is ours.
    own: Option<Postmaster>,
}

#[derive(Debug)]
struct Postmaster {
    watch: Option<JoinHandle<()>>,
    state: Arc<State>,
    /// Held as long as the folder is ours.
    _lock: File,
}

/// What the watching thread and the rest know of each other.
#[derive(Debug, Default)]
struct State {
    stopping: AtomicBool,
    /// Process id of the postmaster.
    pid: AtomicU32,
    /// How often it has ended.
    ended: AtomicU32,
}

/// How to run it.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Folder for everything. It and what lies directly in it stay ours; PostgreSQL gets a folder below.
    pub folder: PathBuf,
    /// Folder of the programs; empty for the newest that is installed.
    pub programs: String,
    /// More settings of PostgreSQL, `name=value`.
    pub options: Vec<String>,
}

impl PrivatePostgres {
    /// Starts it, after making the cluster if there is none, or joins one that runs.
    ///
    /// # Errors
    /// Says what is missing (programs, rights) or what PostgreSQL said.
    pub fn start(settings: &Settings) -> Result<Self> {
        let programs = find_programs(&settings.programs)?;
        let cluster = prepare(&settings.folder)?;
        let socket = socket_folder(&cluster)?;
        let lock = File::create(settings.folder.join("postgres.lock"))
            .map_err(|e| describe("cannot lock the data folder", &e))?;
        if !take_or_join(&lock, &socket)? {
            return Ok(Self { socket, own: None });
        }
        wait_for_predecessor(&cluster.join("data"))?;
        make_cluster(&programs, &cluster)?;
        let own = Postmaster::launch(&programs, settings, &cluster, &socket, lock)?;
        wait_until_ready(&socket, &own.state, &settings.folder)?;
        Ok(Self { socket, own: Some(own) })
    }

    /// How to connect, as the administrator of the cluster.
    #[must_use]
    pub fn options(&self) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass().socket(&self.socket).port(5432).username("postgres").database(DATABASE)
    }

    /// Process id of the postmaster, when it is ours.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.own.as_ref().map(|own| own.state.pid.load(Ordering::Relaxed))
    }

    /// Makes the product's database if there is none.
    ///
    /// # Errors
    /// 503 when PostgreSQL went away.
    pub async fn ensure_database(&self) -> Result<()> {
        let mut conn = sqlx::PgConnection::connect_with(&self.options().database("postgres")).await?;
        let exists =
            sqlx::query_scalar!(r#"select exists(select from pg_database where datname = $1) as "exists!""#, DATABASE)
                .fetch_one(&mut conn)
                .await?;
        if !exists {
            sqlx::query("create database vantage").execute(&mut conn).await?;
        }
        Ok(())
    }

    /// Stops it cleanly when it is ours: open transactions are rolled back, everything committed is on disk.
    pub fn stop(&mut self) {
        drop(self.own.take());
    }
}

impl Postmaster {
    fn launch(programs: &Path, settings: &Settings, cluster: &Path, socket: &Path, lock: File) -> Result<Self> {
        let command = postmaster(programs, settings, cluster, socket)?;
        let locks = [cluster.join("data/postmaster.pid"), socket.join(".s.PGSQL.5432.lock")];
        let state = Arc::new(State::default());
        let (send, first) = mpsc::channel();
        let shared = Arc::clone(&state);
        let watch = std::thread::Builder::new()
            .name("postgres".to_owned())
            .spawn(move || watch(command, &locks, &shared, &send))
            .map_err(|e| describe("thread", &e))?;
        first.recv().map_err(Error::internal)?.map_err(|e| describe("cannot run postgres", &e))?;
        Ok(Self { watch: Some(watch), state, _lock: lock })
    }
}

impl Drop for Postmaster {
    fn drop(&mut self) {
        self.state.stopping.store(true, Ordering::SeqCst);
        match self.state.pid.load(Ordering::SeqCst) {
            0 => {}
            pid => drop(signal(pid, "INT")),
        }
        let _ = self.watch.take().map(JoinHandle::join);
    }
}

/// Runs the postmaster, and again when it ends unasked (killed, out of memory): requests answer 503 meanwhile and go on
/// afterwards. In a thread of its own, as the parent-death signal fires when the *thread* that started the child ends.
fn watch(mut command: Command, locks: &[PathBuf], state: &State, first: &mpsc::Sender<std::io::Result<()>>) {
    let mut pause = Duration::from_millis(200);
    while !state.stopping.load(Ordering::SeqCst) {
        let started = Instant::now();
        // killed between making and filling one of these, PostgreSQL would refuse to start for ever
        for lock in locks.iter().filter(|lock| fs::metadata(lock).is_ok_and(|meta| meta.len() == 0)) {
            let _ = fs::remove_file(lock);
        }
        match command.spawn() {
            Ok(mut child) => {
                state.pid.store(child.id(), Ordering::SeqCst);
                // told to stop in between: that went to the one before
                if state.stopping.load(Ordering::SeqCst) {
                    let _ = signal(child.id(), "INT");
                }
                let _ = first.send(Ok(()));
                let _ = child.wait();
                // the number may be somebody else's from now on
                state.pid.store(0, Ordering::SeqCst);
                state.ended.fetch_add(1, Ordering::SeqCst);
            }
            Err(error) => drop(first.send(Err(error))),
        }
        if !state.stopping.load(Ordering::SeqCst) {
            // its last backends must be gone before it can have the shared memory; one that does not stay up is given time
            pause = if started.elapsed() > Duration::from_secs(10) {
                Duration::from_millis(200)
            } else {
                (pause * 2).min(MAX_PAUSE)
            };
            tracing::error!(?pause, "PostgreSQL ended unasked; starting it again");
            std::thread::sleep(pause);
        }
    }
}

/// Whether this process runs as root.
#[must_use]
pub fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|meta| meta.uid() == 0)
}

/// The folder of PostgreSQL's programs: what the settings say, else the newest that a package has installed.
///
/// # Errors
/// Says how to install PostgreSQL.
pub fn find_programs(wanted: &str) -> Result<PathBuf> {
    if !wanted.is_empty() {
        return Some(PathBuf::from(wanted))
            .filter(|folder| folder.join("initdb").exists())
            .ok_or_else(|| Error::internal(format!("postgres_bin: there is no initdb in {wanted}")));
    }
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    for (base, below) in
        [("/usr/lib/postgresql", "bin"), ("/opt/homebrew/opt", "bin"), ("/usr/local/opt", "bin"), ("/usr", "bin")]
    {
        for entry in fs::read_dir(base).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let version = name.trim_start_matches("postgresql@").parse().unwrap_or(0);
            let folder = if base == "/usr" { PathBuf::from("/usr/bin") } else { entry.path().join(below) };
            if folder.join("initdb").exists() && folder.join("postgres").exists() {
                found.push((version, folder));
            }
        }
    }
    found.sort();
    found.pop().map(|(_, folder)| folder).ok_or_else(|| {
        Error::internal("no PostgreSQL is installed: `apt-get install postgresql` (Debian, Ubuntu) or `brew install postgresql@17` (macOS), or set database_url")
    })
}

/// Makes the folder, which stays ours, and the cluster's below, which goes to the user that PostgreSQL runs as. What we
/// open ourselves never lies in a folder of that user, who could put a link to another file in its place.
fn prepare(folder: &Path) -> Result<PathBuf> {
    fs::create_dir_all(folder).map_err(|e| describe(&format!("cannot make {}", folder.display()), &e))?;
    let cluster = folder.join("postgres");
    if !cluster.exists() {
        // under another name until it is whole, with the socket's folder made before it is given away
        let fresh = folder.join("postgres.new");
        let _ = fs::remove_dir_all(&fresh);
        private_folder(&fresh)?;
        private_folder(&fresh.join("socket"))?;
        if is_root() {
            give_away(&fresh.join("socket"))?;
            give_away(&fresh)?;
        }
        fs::rename(&fresh, &cluster).map_err(|e| describe("cannot put the cluster's folder in place", &e))?;
    }
    if is_root()
        && !as_postgres(Path::new("test")).arg("-x").arg(&cluster).status().is_ok_and(|status| status.success())
    {
        return Err(Error::internal(format!(
            "the user {UNPRIVILEGED} cannot reach {}: set VANTAGE_DATA_DIR to a place outside of root's home",
            cluster.display()
        )));
    }
    fs::canonicalize(&cluster).map_err(|e| describe("data folder", &e))
}

fn private_folder(path: &Path) -> Result<()> {
    fs::DirBuilder::new().mode(0o700).create(path).map_err(|e| describe(&format!("cannot make {}", path.display()), &e))
}

fn give_away(path: &Path) -> Result<()> {
    let status = Command::new("chown").arg("--no-dereference").arg(format!("{UNPRIVILEGED}:")).arg(path).status();
    status.ok().filter(std::process::ExitStatus::success).map(drop).ok_or_else(|| {
        Error::internal(format!("cannot give {} to the user {UNPRIVILEGED}; is PostgreSQL installed?", path.display()))
    })
}

/// Below the cluster's folder, or where that path would be too long in a folder of its own for temporary things.
fn socket_folder(cluster: &Path) -> Result<PathBuf> {
    let near = cluster.join("socket");
    if near.as_os_str().len() <= LONGEST_SOCKET_FOLDER {
        return Ok(near);
    }
    let digest = crate::crypto::sha256(cluster.as_os_str().as_encoded_bytes());
    let name: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let socket = std::env::temp_dir().join(format!("vantage-{name}"));
    if !socket.exists() {
        private_folder(&socket)?;
        if is_root() {
            give_away(&socket)?;
        }
    }
    let owner = |path: &Path| fs::symlink_metadata(path).ok().filter(fs::Metadata::is_dir).map(|meta| meta.uid());
    if owner(&socket).is_none() || owner(&socket) != owner(cluster) {
        return Err(Error::internal(format!("{} belongs to somebody else", socket.display())));
    }
    Ok(socket)
}

/// True once the folder is ours; false when another process has it and its PostgreSQL answers. While that one is just
/// starting or stopping, neither is the case yet.
fn take_or_join(lock: &File, socket: &Path) -> Result<bool> {
    let started = Instant::now();
    loop {
        if lock.try_lock().is_ok() {
            return Ok(true);
        }
        if answers(socket) {
            return Ok(false);
        }
        if started.elapsed() > Duration::from_secs(120) {
            return Err(Error::internal("another process holds the data folder, and its PostgreSQL does not answer"));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A server that was killed takes its PostgreSQL with it, which needs a moment to stop. One that does not go away
/// (no parent-death signal on this system) is stopped.
fn wait_for_predecessor(data: &Path) -> Result<()> {
    let file = data.join("postmaster.pid");
    let started = Instant::now();
    let mut asked = false;
    while let Some(pid) = running(&file, data) {
        if !asked && started.elapsed() > Duration::from_secs(5) {
            tracing::warn!(pid, "stopping a PostgreSQL that was left behind");
            let _ = signal(pid, "INT");
            asked = true;
        }
        if started.elapsed() > Duration::from_secs(60) {
            return Err(Error::internal(format!(
                "another PostgreSQL (process {pid}) holds {} and does not stop",
                data.display()
            )));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

/// The postmaster of this folder, if its process lives and is one: a number in a stale file may belong to anybody.
fn running(file: &Path, data: &Path) -> Option<u32> {
    let text = fs::read_to_string(file).ok()?;
    let pid = text.lines().next()?.trim().parse().ok()?;
    let command = Command::new("ps").args(["-o", "args=", "-p"]).arg(format!("{pid}")).output().ok()?;
    let command = String::from_utf8_lossy(&command.stdout).into_owned();
    (command.contains("postgres") && command.contains(&*data.to_string_lossy())).then_some(pid)
}

fn make_cluster(programs: &Path, folder: &Path) -> Result<()> {
    let data = folder.join("data");
    if data.join("PG_VERSION").exists() {
        return Ok(());
    }
    // into a folder beside, so that an interrupted initdb is never taken for a cluster
    let fresh = folder.join("data.new");
    let _ = fs::remove_dir_all(&fresh);
    let made = as_postgres(&programs.join("initdb"))
        .arg("--pgdata")
        .arg(&fresh)
        .args([
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--data-checksums",
            "--no-instructions",
        ])
        .output()
        .map_err(|e| describe("cannot run initdb", &e))?;
    if !made.status.success() {
        return Err(Error::internal(format!("initdb: {}", String::from_utf8_lossy(&made.stderr).trim())));
    }
    fs::rename(&fresh, &data).map_err(|e| describe("cannot put the cluster in place", &e))
}

fn postmaster(programs: &Path, settings: &Settings, cluster: &Path, socket: &Path) -> Result<Command> {
    let log = settings.folder.join("postgres.log");
    let log = File::options().create(true).append(true).open(log).map_err(|e| describe("cannot write the log", &e))?;
    let copy = log.try_clone().map_err(|e| describe("log", &e))?;
    let mut command = as_postgres(&programs.join("postgres"));
    command.arg("-D").arg(cluster.join("data")).arg("-k").arg(socket);
    for option in PRIVATE_OPTIONS.iter().copied().chain(settings.options.iter().map(String::as_str)) {
        command.arg("-c").arg(option);
    }
    command.stdin(Stdio::null()).stdout(log).stderr(copy);
    // Ctrl-C in a terminal goes to the whole group; the server decides when the database stops, after the last request
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    Ok(command)
}

const PRIVATE_OPTIONS: [&str; 9] = [
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "port=5432",
    "max_connections=100",
    "shared_buffers=128MB",
    "log_min_messages=warning",
    // statements can hold what nobody should read in a log
    "log_min_error_statement=panic",
    "log_error_verbosity=terse",
    "timezone=UTC",
];

/// A command as the user that PostgreSQL runs as, that dies with us where the system can do that. `setpriv` is part of
/// util-linux, which every Debian and Ubuntu has.
fn as_postgres(program: &Path) -> Command {
    let mut command = Command::new(if cfg!(target_os = "linux") { Path::new("setpriv") } else { program });
    // nothing of our settings: the root key may be among them
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("LC_ALL", "C.UTF-8")
        .current_dir("/");
    if !cfg!(target_os = "linux") {
        return command;
    }
    command.arg("--pdeathsig=INT");
    if is_root() {
        command.arg(format!("--reuid={UNPRIVILEGED}")).arg(format!("--regid={UNPRIVILEGED}")).arg("--init-groups");
    }
    command.arg("--").arg(program);
    command
}

fn wait_until_ready(socket: &Path, state: &State, folder: &Path) -> Result<()> {
    let started = Instant::now();
    while !answers(socket) {
        if state.ended.load(Ordering::SeqCst) > 0 {
            return Err(Error::internal(format!(
                "PostgreSQL ended at once: {}",
                last_lines(&folder.join("postgres.log"))
            )));
        }
        if started.elapsed() > Duration::from_secs(120) {
            return Err(Error::internal("PostgreSQL does not answer on its socket"));
        }
        std::thread::sleep(Duration::from_millis(30));
    }
    Ok(())
}

/// Whether one can sign in. On a runtime of its own, as the caller may or may not be on one.
fn answers(socket: &Path) -> bool {
    let options =
        PgConnectOptions::new_without_pgpass().socket(socket).port(5432).username("postgres").database("postgres");
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
        runtime.block_on(async { sqlx::PgConnection::connect_with(&options).await.ok()?.close().await.ok() })
    })
    .join()
    .is_ok_and(|signed_in| signed_in.is_some())
}

fn last_lines(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().rev().take(5).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join(" / ")
}

fn signal(pid: u32, name: &str) -> std::io::Result<std::process::ExitStatus> {
    Command::new("kill").arg(format!("-{name}")).arg(pid.to_string()).status()
}

fn describe(what: &str, error: &std::io::Error) -> Error {
    Error::internal(format!("{what}: {error}"))
}

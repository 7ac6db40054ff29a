//! What processes use, as Linux tells it under `/proc`. Elsewhere nothing is known, and nothing is printed.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::Result;

/// Ticks per second in `/proc/*/stat`: `USER_HZ`, 100 on every Linux.
const TICKS: f64 = 100.0;

/// Memory of a process, in MiB.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// All pages that it has in memory.
    pub resident: f64,
    /// The same, with pages that it shares counted in part.
    pub proportional: f64,
}

/// CPU time, in seconds.
#[derive(Clone, Copy, Debug)]
pub struct Cpu {
    /// Of the server.
    pub server: f64,
    /// Of PostgreSQL: the postmaster and its children, those that have ended as well.
    pub database: f64,
    /// Of whoever asks: this program and, once it has ended, pgbench.
    pub client: f64,
}

impl Cpu {
    /// What was used between two readings, per request, in microseconds.
    pub fn per_request(self, before: Self, requests: u64) -> Self {
        let share = |now: f64, then: f64| (now - then) * 1e6 / requests.max(1) as f64;
        Self {
            server: share(self.server, before.server),
            database: share(self.database, before.database),
            client: share(self.client, before.client),
        }
    }

    /// Of all three.
    pub fn total(self) -> f64 {
        self.server + self.database + self.client
    }
}

/// Memory of that process.
pub fn memory(pid: u32) -> Option<Memory> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    let mebibytes = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<f64>().ok().map(|kibibytes| kibibytes / 1024.0)
    };
    Some(Memory { resident: mebibytes("Rss:")?, proportional: mebibytes("Pss:")? })
}

/// CPU time of that process up to now, in seconds.
pub fn cpu_of(pid: u32) -> Option<f64> {
    Some(Stat::of(&pid.to_string())?.used)
}

/// CPU time of server, PostgreSQL and ourselves up to now.
pub fn cpu(server: u32, postmaster: u32) -> Option<Cpu> {
    let own = Stat::of("self")?;
    let parent = Stat::of(&postmaster.to_string())?;
    let children: f64 = children(postmaster).map(|(_, stat)| stat.used).sum();
    Some(Cpu {
        server: Stat::of(&server.to_string())?.used,
        database: parent.used + parent.used_by_ended_children + children,
        client: own.used + own.used_by_ended_children,
    })
}

/// Gives PostgreSQL the first core for itself, and the server and ourselves the others, as where the database has a
/// machine of its own. What they start later stays where they are.
pub fn part(server: u32, postmaster: u32) -> Result<()> {
    let last = std::thread::available_parallelism()?.get() - 1;
    if last == 0 {
        return Err("there is only one core".into());
    }
    let database = children(postmaster).map(|(pid, _)| pid).chain([postmaster]).map(|pid| (pid, "0".to_owned()));
    let others = [server, std::process::id()].map(|pid| (pid, format!("1-{last}")));
    for (pid, cores) in database.chain(others) {
        let output = Command::new("taskset").args(["-a", "-p", "-c", &cores, &pid.to_string()]).output()?;
        if !output.status.success() {
            return Err(format!("taskset: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
    }
    Ok(())
}

fn children(parent: u32) -> impl Iterator<Item = (u32, Stat)> {
    fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|pid: u32| Some((pid, Stat::of(&pid.to_string())?)))
        .filter(move |(_, stat)| stat.parent == parent)
}

/// The folder of the program that a process runs.
pub fn program_folder(pid: u32) -> Option<PathBuf> {
    fs::read_link(format!("/proc/{pid}/exe")).ok()?.parent().map(PathBuf::from)
}

/// The fields of `/proc/<pid>/stat` (proc(5)) that matter here; times in seconds.
struct Stat {
    parent: u32,
    used: f64,
    used_by_ended_children: f64,
}

impl Stat {
    fn of(process: &str) -> Option<Self> {
        let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        // the name in parentheses may hold anything; after it comes field 3
        let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
        let seconds = |number: usize| fields.get(number - 3)?.parse::<f64>().ok().map(|ticks| ticks / TICKS);
        Some(Self {
            parent: fields.get(1)?.parse().ok()?,
            used: seconds(14)? + seconds(15)?,
            used_by_ended_children: seconds(16)? + seconds(17)?,
        })
    }
}

//! `./dev bench audit`: entries of the ledger per second, written as every change writes them (a tenant transaction of a
//! session, `record`, commit), beside the same SQL from pgbench, in many practices and all in one; and how long an entry
//! waits, while that goes on, from its commit until a signed checkpoint over it can be read in the database.
//!
//! The writers are in this program and not behind HTTP: what is measured is the ledger. The server beside them seals.

mod lag;
mod write;

use std::time::Duration;

use hdrhistogram::Histogram;
use platform::App;

use crate::report::{Measured, line, median, percent, say};
use crate::server::Server;
use crate::{Result, peer, report};

/// Entries per second that should be reached, in whatever form of transaction that takes.
const GOAL: f64 = 5000.0;
/// The share of the rate in many practices that one alone should reach.
const HOT_GOAL: f64 = 0.8;
/// By when all but one in a hundred should be under a signed checkpoint.
const LAG_GOAL: Duration = Duration::from_secs(1);

/// Entries of one transaction, and whether writers are in practices of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Entries that are committed together.
    pub entries: usize,
    /// False: all writers are in one practice.
    pub spread: bool,
}

const SHAPES: [Shape; 4] = [
    Shape { entries: 1, spread: true },
    Shape { entries: 1, spread: false },
    Shape { entries: 10, spread: true },
    Shape { entries: 10, spread: false },
];

impl Shape {
    fn name(self) -> String {
        format!("{} {}", self.entries, if self.spread { "spread" } else { "hot" })
    }
}

/// One shape in one round: entries per second of both sides, CPU time of everybody for one of ours, and how long ours
/// waited, both in microseconds.
struct Outcome {
    shape: Shape,
    ours: f64,
    theirs: f64,
    cpu: Option<f64>,
    lag: Histogram<u64>,
}

/// Measures all shapes in turns, and prints how they compare and what was reached.
///
/// # Errors
/// When the server or PostgreSQL fails. Missing a goal is none.
pub async fn measure(server: &Server, connections: u32, rounds: u32, seconds: u64) -> Result<()> {
    let app = server.app(connections)?;
    let mut outcomes = Vec::new();
    for number in 1..=rounds {
        say(&format!(
            "round {number} of {rounds}, {connections} connections, {seconds} s each; figures are transactions"
        ));
        report::heading();
        for shape in SHAPES {
            outcomes.push(one(server, &app, shape, connections as usize, seconds).await?);
        }
        say("");
    }
    conclude(&outcomes);
    report::memory("after the load", server.memory());
    Ok(())
}

async fn one(server: &Server, app: &App, shape: Shape, connections: usize, seconds: u64) -> Result<Outcome> {
    lag::settle(server).await?;
    let watch = lag::Watch::start(app);
    let written = write::run(server, app, shape, connections, seconds).await?;
    lag::settle(server).await?;
    let lag = watch.lags(server, &written.commits).await?;
    line(&shape.name(), "vantage", &written.measured);
    let (p50, p99) = (lag.value_at_quantile(0.5), lag.value_at_quantile(0.99));
    let (millis, of) = (|micros: u64| micros as f64 / 1000.0, lag.len());
    say(&format!(
        "{:17} sealed after {:.0} ms, p99 {:.0} ms, at most {:.0} ms ({of} transactions)",
        "",
        millis(p50),
        millis(p99),
        millis(lag.max())
    ));
    let script = peer::entries(shape.entries);
    let theirs = peer::run(server, &script, shape.spread, connections, seconds).await?;
    line(&shape.name(), "pgbench", &theirs);
    let entries = |measured: &Measured| measured.per_second * shape.entries as f64;
    let cpu = written.measured.cpu.map(|cpu| cpu.total() / shape.entries as f64);
    Ok(Outcome { shape, ours: entries(&written.measured), theirs: entries(&theirs), cpu, lag })
}

fn conclude(outcomes: &[Outcome]) {
    say("entries per second, medians of the rounds");
    let of = |shape: Shape| outcomes.iter().filter(move |outcome| outcome.shape == shape);
    let rate = |shape: Shape| median(of(shape).map(|outcome| outcome.ours)).unwrap_or_default();
    for shape in SHAPES {
        let ratio = median(of(shape).map(|outcome| outcome.ours / outcome.theirs)).unwrap_or_default();
        let theirs = median(of(shape).map(|outcome| outcome.theirs)).unwrap_or_default();
        let lag =
            |quantile| median(of(shape).map(|o| o.lag.value_at_quantile(quantile) as f64 / 1e6)).unwrap_or_default();
        let verdict = |good: bool| if good { "reached" } else { "missed" };
        say(&format!(
            "{:2} per transaction, {:6}  {:>7.0} ({GOAL:.0}: {}), pgbench {theirs:>7.0}, vantage / pgbench {}; sealed p99 {:.2} s (1 s: {})",
            shape.entries,
            if shape.spread { "spread" } else { "hot" },
            rate(shape),
            verdict(rate(shape) >= GOAL),
            percent(ratio),
            lag(0.99),
            verdict(lag(0.99) <= LAG_GOAL.as_secs_f64()),
        ));
    }
    // what other programs on the machine disturb least: sealing, server and load are in it
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    for shape in SHAPES {
        let Some(cpu) = median(of(shape).filter_map(|outcome| outcome.cpu)) else { continue };
        let rate = cores as f64 * 1e6 / cpu;
        say(&format!(
            "{:9} {cpu:.0} µs of CPU per entry: {cores} cores that do nothing else do {rate:.0} per second",
            shape.name()
        ));
    }
    for entries in [1, 10] {
        let share = rate(Shape { entries, spread: false }) / rate(Shape { entries, spread: true });
        let verdict = if share >= HOT_GOAL { "reached" } else { "missed" };
        say(&format!("one hot practice / spread, {entries} per transaction: {} (80 %: {verdict})", percent(share)));
    }
    say("");
}

//! What is printed. Everything goes through [`say`].

use hdrhistogram::Histogram;

use crate::load::Kind;
use crate::usage::{Cpu, Memory};

/// The share of pgbench's rate that reads should reach.
const GOAL: f64 = 0.8;
/// The memory that an idle server should stay below, in MiB.
const IDLE_LIMIT: f64 = 100.0;

/// One measurement of one side.
#[derive(Debug)]
pub struct Measured {
    /// Requests or transactions per second.
    pub per_second: f64,
    /// Time from request to answer, in microseconds; pgbench does not tell its distribution.
    pub latency: Option<Histogram<u64>>,
    /// Answers other than 200.
    pub errors: u64,
    /// CPU time per request, in microseconds.
    pub cpu: Option<Cpu>,
}

/// The server compared with pgbench, 1.0 being as good.
#[derive(Clone, Copy, Debug)]
pub struct Ratio {
    /// At what.
    pub kind: Kind,
    /// By requests per second: what counts, on a machine that does nothing else.
    pub rate: f64,
    /// By CPU time per request, of everybody together: what other programs on the machine disturb least.
    pub cpu: Option<f64>,
}

impl Ratio {
    /// Compares two measurements of one kind of request.
    pub fn of(kind: Kind, ours: &Measured, theirs: &Measured) -> Self {
        let cpu = ours.cpu.zip(theirs.cpu).map(|(ours, theirs)| theirs.total() / ours.total());
        Self { kind, rate: ours.per_second / theirs.per_second, cpu }
    }
}

/// Prints a line.
#[expect(clippy::print_stdout, reason = "figures are what this program is for")]
pub fn say(line: &str) {
    println!("{line}");
}

/// Names the columns of [`line`].
pub fn heading() {
    say(&format!(
        "{:8} {:8} {:>10} {:>9} {:>9} {:>9} {:>7}   {:>28}",
        "", "", "per second", "p50 ms", "p99 ms", "max ms", "errors", "CPU µs: server/postgres/load"
    ));
}

/// A row of figures.
pub fn line(kind: &str, side: &str, measured: &Measured) {
    let latency = measured.latency.as_ref().map_or_else(
        || format!("{:>9} {:>9} {:>9}", "", "", ""),
        |histogram| {
            let milliseconds = |microseconds: u64| microseconds as f64 / 1000.0;
            let (p50, p99) = (histogram.value_at_quantile(0.5), histogram.value_at_quantile(0.99));
            let (p50, p99, max) = (milliseconds(p50), milliseconds(p99), milliseconds(histogram.max()));
            format!("{p50:>9.2} {p99:>9.2} {max:>9.2}")
        },
    );
    let cpu =
        measured.cpu.map_or_else(String::new, |cpu| format!("{:.0}/{:.0}/{:.0}", cpu.server, cpu.database, cpu.client));
    say(&format!("{kind:8} {side:8} {:>10.1} {latency} {:>7}   {cpu:>28}", measured.per_second, measured.errors));
}

/// The ratios of all rounds and their medians.
pub fn ratios(rounds: &[Ratio]) {
    say(&format!("vantage / pgbench by rate, per round and the median; reads should reach {:.0} %", GOAL * 100.0));
    for kind in Kind::ALL {
        let of_kind = || rounds.iter().filter(|ratio| ratio.kind == kind);
        let Some(rate) = median(of_kind().map(|ratio| ratio.rate)) else { continue };
        let each: Vec<String> = of_kind().map(|ratio| percent(ratio.rate)).collect();
        let cpu = median(of_kind().filter_map(|ratio| ratio.cpu));
        let cpu = cpu.map_or_else(String::new, |cpu| format!(", by CPU time {}", percent(cpu)));
        let goal = match kind {
            Kind::List | Kind::Read if rate >= GOAL => ": reached",
            Kind::List | Kind::Read => ": missed",
            _ => "",
        };
        say(&format!("{:8} {}   median {}{cpu}{goal}", kind.name(), each.join("  "), percent(rate)));
    }
    say("sign-in has no counterpart: what it costs is one Argon2id hash (19 MiB, two passes)\n");
}

/// The middle one of some figures.
pub fn median(figures: impl Iterator<Item = f64>) -> Option<f64> {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied()
}

/// A share as people read it.
pub fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// The server's memory, without PostgreSQL.
pub fn memory(when: &str, memory: Option<Memory>) {
    let Some(memory) = memory else { return say("memory: this system does not tell\n") };
    let verdict = match when {
        "idle" if memory.resident < IDLE_LIMIT => format!(", below {IDLE_LIMIT:.0} MiB"),
        "idle" => format!(", NOT below {IDLE_LIMIT:.0} MiB"),
        _ => String::new(),
    };
    say(&format!(
        "memory of the server, {when}: RSS {:.1} MiB, PSS {:.1} MiB{verdict}\n",
        memory.resident, memory.proportional
    ));
}

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

/// Rate of the server divided by that of pgbench, by kind of request.
pub type Round = Vec<(Kind, f64)>;

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
    let cpu = measured.cpu.map_or_else(String::new, |cpu| format!("{:.0}/{:.0}/{:.0}", cpu.server, cpu.database, cpu.client));
    say(&format!("{kind:8} {side:8} {:>10.1} {latency} {:>7}   {cpu:>28}", measured.per_second, measured.errors));
}

/// The ratios of all rounds and their median.
pub fn ratios(rounds: &[Round]) {
    say(&format!("vantage / pgbench, per round and the median; reads should reach {:.0} %", GOAL * 100.0));
    for kind in Kind::ALL {
        let mut found: Vec<f64> = rounds.iter().flatten().filter(|(of, _)| *of == kind).map(|(_, ratio)| *ratio).collect();
        let each: Vec<String> = found.iter().map(|ratio| format!("{:.0} %", ratio * 100.0)).collect();
        found.sort_by(f64::total_cmp);
        if let Some(median) = found.get(found.len() / 2) {
            let goal = match kind {
                Kind::List | Kind::Read if *median >= GOAL => "   reached",
                Kind::List | Kind::Read => "   missed",
                _ => "",
            };
            say(&format!("{:8} {:>24}   median {:.0} %{goal}", kind.name(), each.join("  "), median * 100.0));
        }
    }
    say("sign-in has no counterpart: its CPU time is one Argon2id hash (19 MiB, two passes), two at a time on two cores\n");
}

/// The server's memory, without PostgreSQL.
pub fn memory(when: &str, memory: Option<Memory>) {
    let Some(memory) = memory else { return say("memory: this system does not tell\n") };
    let verdict = match when {
        "idle" if memory.resident < IDLE_LIMIT => format!(", below {IDLE_LIMIT:.0} MiB"),
        "idle" => format!(", NOT below {IDLE_LIMIT:.0} MiB"),
        _ => String::new(),
    };
    say(&format!("memory of the server, {when}: RSS {:.1} MiB, PSS {:.1} MiB{verdict}\n", memory.resident, memory.proportional));
}

//! `./dev bench patients` and `./dev bench appointments`: what people wait for, over HTTP and beside the same SQL from
//! pgbench; in all practices by turns, and in one that everybody is in.

use std::time::Duration;

use crate::load::{self, Kind};
use crate::report::{Ratio, median, percent, say};
use crate::seed::{self, Person};
use crate::server::Server;
use crate::{Result, peer, report};

/// What is measured together.
#[derive(Debug)]
pub struct Suite {
    /// What the database is given for it, in order.
    sql: &'static [&'static str],
    /// How much that is.
    says: &'static str,
    kinds: &'static [Kind],
}

/// 200,000 patients in all practices.
pub const PATIENTS: Suite = Suite {
    sql: &[include_str!("../sql/patients.sql")],
    says: "200,000 patients, 50,000 of them in one practice",
    kinds: &[Kind::Search, Kind::Digits, Kind::Patients, Kind::Patient, Kind::Enter],
};

/// And a million appointments.
pub const APPOINTMENTS: Suite = Suite {
    sql: &[include_str!("../sql/patients.sql"), include_str!("../sql/appointments.sql")],
    says: "1,000,000 appointments, 5,000 in each practice, with six providers and six chairs",
    kinds: &[Kind::Slots, Kind::Day, Kind::Book],
};

/// By when all but one in a hundred should be answered, when a few people ask and not as many as fit.
fn goal(kind: Kind) -> Option<Duration> {
    match kind {
        Kind::Search | Kind::Digits => Some(Duration::from_millis(50)),
        Kind::Slots => Some(Duration::from_millis(80)),
        Kind::Day | Kind::Book => Some(Duration::from_millis(100)),
        _ => None,
    }
}

/// One kind in one place and round.
struct Outcome {
    place: &'static str,
    kind: Kind,
    /// In microseconds.
    p99: u64,
    ratio: Option<Ratio>,
}

/// Measures all kinds in turns, and prints how they compare.
///
/// # Errors
/// When the server or PostgreSQL fails. Missing a goal is none.
pub async fn measure(server: &Server, suite: &Suite, connections: usize, rounds: u32, seconds: u64) -> Result<()> {
    for sql in suite.sql {
        server.database.run(sql).await?;
    }
    say(&format!("{}\n", suite.says));
    let mut outcomes = Vec::new();
    for number in 1..=rounds {
        say(&format!("round {number} of {rounds}, {connections} connections, {seconds} s each"));
        report::heading();
        let people = seed::sign_in(server).await?;
        let large = vec![people[0].clone(); connections];
        for (place, people) in [("all", &people), ("large", &large)] {
            for kind in suite.kinds {
                outcomes.push(one(server, place, *kind, people, connections, seconds).await?);
            }
        }
        say("");
    }
    conclude(suite, &outcomes);
    report::memory("after the load", server.memory());
    Ok(())
}

async fn one(
    server: &Server,
    place: &'static str,
    kind: Kind,
    people: &[Person],
    connections: usize,
    seconds: u64,
) -> Result<Outcome> {
    let ours = load::run(server, kind, people, connections, seconds).await?;
    report::line(kind.name(), place, &ours);
    server.database.settle().await?;
    let mut ratio = None;
    if let Some(script) = peer::script(kind) {
        let theirs = peer::run(server, script, place == "all", connections, seconds).await?;
        report::line(kind.name(), "pgbench", &theirs);
        server.database.settle().await?;
        ratio = Some(Ratio::of(kind, &ours, &theirs));
    }
    let p99 = ours.latency.as_ref().map_or(0, |histogram| histogram.value_at_quantile(0.99));
    Ok(Outcome { place, kind, p99, ratio })
}

fn conclude(suite: &Suite, outcomes: &[Outcome]) {
    say("medians of the rounds: p99, and vantage / pgbench by rate and by CPU time");
    for place in ["all", "large"] {
        for kind in suite.kinds {
            let of = || outcomes.iter().filter(|outcome| outcome.place == place && outcome.kind == *kind);
            let p99 = median(of().map(|outcome| outcome.p99 as f64 / 1000.0)).unwrap_or_default();
            let rate = median(of().filter_map(|outcome| Some(outcome.ratio?.rate)));
            let cpu = median(of().filter_map(|outcome| outcome.ratio?.cpu));
            let share = |share: Option<f64>| share.map_or_else(|| "-".to_owned(), percent);
            let goal = goal(*kind).map(|goal| goal.as_millis() as f64);
            let reached = |goal: f64| if p99 <= goal { "reached" } else { "missed" };
            let verdict = goal.map_or_else(String::new, |goal| format!(" ({goal} ms: {})", reached(goal)));
            say(&format!("{place:6} {:9} p99 {p99:>7.1} ms{verdict}   {} / {}", kind.name(), share(rate), share(cpu)));
        }
    }
}

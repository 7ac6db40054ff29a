//! `./dev bench patients`: finding, listing, opening and entering patients over HTTP, beside the same SQL from pgbench; in
//! all practices by turns, and in the one that has 50,000.

use std::time::Duration;

use crate::load::{self, Kind};
use crate::report::{Ratio, median, percent, say};
use crate::seed::{self, Person};
use crate::server::Server;
use crate::{Result, peer, report};

/// By when all but one in a hundred searches should be answered, when a few people search and not as many as fit.
const SEARCH_GOAL: Duration = Duration::from_millis(50);

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
pub async fn measure(server: &Server, connections: usize, rounds: u32, seconds: u64) -> Result<()> {
    server.database.run(include_str!("../sql/patients.sql")).await?;
    say("200,000 patients, 50,000 of them in one practice\n");
    let mut outcomes = Vec::new();
    for number in 1..=rounds {
        say(&format!("round {number} of {rounds}, {connections} connections, {seconds} s each"));
        report::heading();
        let people = seed::sign_in(server).await?;
        let large = vec![people[0].clone(); connections];
        for (place, people) in [("all", &people), ("large", &large)] {
            for kind in Kind::OF_PATIENTS {
                outcomes.push(one(server, place, kind, people, connections, seconds).await?);
            }
        }
        say("");
    }
    conclude(&outcomes);
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

fn conclude(outcomes: &[Outcome]) {
    say("medians of the rounds: p99, and vantage / pgbench by rate and by CPU time");
    for place in ["all", "large"] {
        for kind in Kind::OF_PATIENTS {
            let of = || outcomes.iter().filter(|outcome| outcome.place == place && outcome.kind == kind);
            let p99 = median(of().map(|outcome| outcome.p99 as f64 / 1000.0)).unwrap_or_default();
            let rate = median(of().filter_map(|outcome| Some(outcome.ratio?.rate)));
            let cpu = median(of().filter_map(|outcome| outcome.ratio?.cpu));
            let share = |share: Option<f64>| share.map_or_else(|| "-".to_owned(), percent);
            let goal = SEARCH_GOAL.as_millis() as f64;
            let verdict = match kind {
                Kind::Search | Kind::Digits if p99 <= goal => format!(" ({goal} ms: reached)"),
                Kind::Search | Kind::Digits => format!(" ({goal} ms: missed)"),
                _ => String::new(),
            };
            say(&format!("{place:6} {:9} p99 {p99:>7.1} ms{verdict}   {} / {}", kind.name(), share(rate), share(cpu)));
        }
    }
}

//! `./dev bench automation`: how much the engine does, how soon, and beside it a runner of durable steps that is written by
//! hand ([`bare`]), in turns on the same PostgreSQL (fsync on) and the same cores.
//!
//! What is asked of each, so that any other engine can stand beside them:
//!
//! 1. *Events per second.* Events are committed by transactions of 200, by two writers, as fast as these go; each begins a
//!    workflow of one action that does nothing. The clock runs from the first of these commits until the last run is
//!    committed as done, and every run must be there once, done, with each of its steps in the history.
//! 2. *Latency.* So many events a second, evenly, each in a transaction of its own. From its commit to the start of the
//!    action, and to the commit of what the workflow did.
//! 3. *Three steps*: a condition, an action, an action that writes to the database (a note on the patient: ledger, timeline and
//!    an event of its own), the same two ways.
//!
//! The database holds what a busy year leaves (`sql/automation.sql`), as PostgreSQL plans for empty tables what does not serve
//! full ones.
//!
//! All instants are of one clock, that of the machine. Commits are told by PostgreSQL (`track_commit_timestamp`), which notes
//! them before it waits for the disk: of the cause that is too early, so that its fsync counts as latency of ours; of the
//! effect likewise, so its own does not. Therefore a listener outside (LISTEN, in this program) tells as well when it could
//! first know that the run had ended, which has everything in it. The start of an action is what the history says: the
//! server's clock right before the action.
//!
//! Events come two ways: from requests to the server (a tag is put on a patient), which is what people do, and from
//! transactions of this program (`record`, as every area writes its changes), a process of its own that tells the server where
//! it has written, as one without workers does. Throughput is measured the second way: the load's work is on our side then.

mod bare;
mod emit;
mod figures;
mod flows;

use std::time::Duration;

use uuid::Uuid;

use crate::place::places;
use crate::report::{median, percent, say};
use crate::server::Server;
use crate::usage::Cpu;
use crate::{Result, report, seed};
use emit::{Emitter, Shape};
use figures::{Lag, Rate};
use flows::Flow;

/// What should be reached: events and workflows per second, milliseconds.
const EVENTS_GOAL: f64 = 5000.0;
const WORKFLOWS_GOAL: f64 = 1000.0;
const START_P50: f64 = 2.0;
const START_P99: f64 = 15.0;
const EFFECT_P50: f64 = 3.0;

/// Events of one measurement of throughput.
const MANY: usize = 20_000;
const MANY_OF_THREE: usize = 5_000;
/// Events a second where latency is measured.
const START_RATE: u32 = 50;
const EFFECT_RATE: u32 = 20;

/// The figures of all rounds.
#[derive(Default)]
struct Tally {
    /// Name, goal, runs per second, CPU time of everybody for one in microseconds.
    rates: Vec<(&'static str, Option<f64>, f64, Option<f64>)>,
    lags: Vec<(&'static str, Lag)>,
}

/// Measures everything in turns.
///
/// # Errors
/// When the server or PostgreSQL fails, or a run is missing. Missing a goal is none.
pub async fn measure(server: &Server, rounds: u32, seconds: u64) -> Result<()> {
    server.database.run(include_str!("../../sql/automation.sql")).await?;
    server.database.run(bare::SCHEMA).await?;
    say("32,000 patients, 20,000 of them in one practice; 200,000 runs and events of last year\n");
    let mut emitter = Emitter::new(server.app(8)?, places(server).await?);
    report::memory("before the load", server.memory());
    let mut tally = Tally::default();
    for number in 1..=rounds {
        say(&format!("round {number} of {rounds}, latencies over {seconds} s each"));
        round(server, &mut emitter, seconds, &mut tally).await?;
        say("");
    }
    conclude(&tally);
    report::memory("after the load", server.memory());
    Ok(())
}

async fn round(server: &Server, emitter: &mut Emitter, seconds: u64, tally: &mut Tally) -> Result<()> {
    emitter.sign_in(seed::sign_in(server).await?);
    for (flow, many, names) in [
        (Flow::Nothing, MANY, ["events, 16 practices", "events, one practice"]),
        (Flow::Three, MANY_OF_THREE, ["three steps, 16 practices", "three steps, one practice"]),
    ] {
        let goal = if flow == Flow::Nothing { EVENTS_GOAL } else { WORKFLOWS_GOAL };
        for (shape, name) in [Shape::Spread, Shape::Hot].into_iter().zip(names) {
            let workflows = flows::publish(server, emitter, flow, shape).await?;
            server.database.settle().await?;
            let request = Uuid::now_v7();
            let before = server.cpu();
            emitter.pour(shape, request, many).await?;
            figures::until_done(server, many, &workflows).await?;
            let rate = figures::rate(server, request, &workflows, flow.lines(), many).await?;
            let cpu = used(before, server.cpu(), many);
            show_rate(name, &rate, cpu);
            tally.rates.push((name, Some(goal), rate.per_second, cpu.map(Cpu::total)));
            flows::unpublish(server, emitter, shape, &workflows).await?;
        }
    }
    let count = |rate: u32| usize::try_from(u64::from(rate) * seconds).unwrap_or(usize::MAX);
    for (flow, rate, through, names) in [
        (Flow::Nothing, START_RATE, true, ["by request: start", "by request: committed", "by request: seen outside"]),
        (
            Flow::Nothing,
            START_RATE,
            false,
            ["other process: start", "other process: committed", "other process: seen outside"],
        ),
        (
            Flow::Three,
            EFFECT_RATE,
            true,
            ["three, by request: start", "three, by request: committed", "three, by request: seen outside"],
        ),
    ] {
        let workflows = flows::publish(server, emitter, flow, Shape::Spread).await?;
        server.database.settle().await?;
        let seen = figures::Listener::start(server).await?;
        let every = Duration::from_secs(1) / rate;
        let request = Uuid::now_v7();
        match through {
            true => emitter.ask(server, every, count(rate)).await?,
            false => emitter.drip(request, every, count(rate)).await?,
        }
        figures::until_done(server, count(rate), &workflows).await?;
        let lags = figures::lags(server, &workflows, flow.lines()).await?;
        let outside = seen.lag(&lags).await?;
        show_lag(names[0], &lags.start);
        show_lag(names[1], &lags.commit);
        show_lag(names[2], &outside);
        tally.lags.push((names[0], lags.start));
        tally.lags.push((names[1], lags.commit));
        tally.lags.push((names[2], outside));
        flows::unpublish(server, emitter, Shape::Spread, &workflows).await?;
    }
    bare_too(server, seconds, tally).await
}

async fn bare_too(server: &Server, seconds: u64, tally: &mut Tally) -> Result<()> {
    for (steps, name, lag_name) in [
        (bare::Steps::Each, "by hand, a commit per step", "by hand, a commit per step: committed"),
        (bare::Steps::Together, "by hand, one commit", "by hand, one commit: committed"),
    ] {
        let before = server.cpu();
        let rate = bare::pour(server, steps, MANY_OF_THREE).await?;
        let cpu = used(before, server.cpu(), MANY_OF_THREE);
        show_rate(name, &rate, cpu);
        tally.rates.push((name, None, rate.per_second, cpu.map(Cpu::total)));
        let many = usize::try_from(u64::from(EFFECT_RATE) * seconds).unwrap_or(usize::MAX);
        let lag = bare::drip(server, steps, Duration::from_secs(1) / EFFECT_RATE, many).await?;
        show_lag(lag_name, &lag);
        tally.lags.push((lag_name, lag));
    }
    Ok(())
}

fn used(before: Option<Cpu>, after: Option<Cpu>, events: usize) -> Option<Cpu> {
    after.zip(before).map(|(after, before)| after.per_request(before, events as u64))
}

fn show_rate(name: &str, rate: &Rate, cpu: Option<Cpu>) {
    let cpu = cpu.map_or_else(String::new, |cpu| {
        format!("   CPU µs each: server {:.0}, PostgreSQL {:.0}, load {:.0}", cpu.server, cpu.database, cpu.client)
    });
    say(&format!(
        "{name:38} {:>8.0} per second ({:.2} s, all committed after {:.2} s){cpu}",
        rate.per_second, rate.seconds, rate.committed
    ));
}

fn show_lag(name: &str, lag: &Lag) {
    say(&format!("{name:38} p50 {:>7.2} ms   p99 {:>7.2} ms   max {:>7.2} ms", lag.p50, lag.p99, lag.max));
}

fn conclude(tally: &Tally) {
    say("medians of the rounds");
    let verdict = |good: bool| if good { "reached" } else { "missed" };
    let mut names: Vec<&str> = Vec::new();
    // by CPU time too, which other programs on the machine disturb least
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    for (name, goal, ..) in &tally.rates {
        if names.contains(name) {
            continue;
        }
        names.push(name);
        let all = || tally.rates.iter().filter(|(of, ..)| of == name);
        let rate = median(all().map(|(_, _, rate, _)| *rate)).unwrap_or_default();
        let goal = goal.map_or_else(String::new, |goal| format!("   ({goal:.0}: {})", verdict(rate >= goal)));
        let free = median(all().filter_map(|(.., cpu)| *cpu)).map_or_else(String::new, |cpu| {
            let most = cores as f64 * 1e6 / cpu;
            format!("   {cpu:.0} µs of CPU each: {cores} cores that do nothing else do {most:.0}")
        });
        say(&format!("{name:38} {rate:>8.0} per second{goal}{free}"));
    }
    let of = |name: &str| median(tally.rates.iter().filter(|(of, ..)| *of == name).map(|(_, _, rate, _)| *rate));
    for name in ["by hand, a commit per step", "by hand, one commit"] {
        if let (Some(ours), Some(theirs)) = (of("three steps, 16 practices"), of(name)) {
            say(&format!("three steps / {name:24} {:>8}", percent(ours / theirs)));
        }
    }
    for (name, _) in &tally.lags {
        if names.contains(name) {
            continue;
        }
        names.push(name);
        let of = |what: fn(&Lag) -> f64| {
            median(tally.lags.iter().filter(|(of, _)| of == name).map(|(_, lag)| what(lag))).unwrap_or_default()
        };
        let (p50, p99) = (of(|lag| lag.p50), of(|lag| lag.p99));
        let goal = match *name {
            "by request: start" => {
                format!(
                    "   (p50 {START_P50} ms: {}, p99 {START_P99} ms: {})",
                    verdict(p50 <= START_P50),
                    verdict(p99 <= START_P99)
                )
            }
            "three, by request: committed" => format!("   (p50 {EFFECT_P50} ms: {})", verdict(p50 <= EFFECT_P50)),
            _ => String::new(),
        };
        say(&format!("{name:38} p50 {p50:>7.2} ms   p99 {p99:>7.2} ms{goal}"));
    }
    say("");
}

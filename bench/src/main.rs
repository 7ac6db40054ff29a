//! `./dev bench`: how much the server answers, beside the same SQL straight from pgbench.
//!
//! Server, PostgreSQL and load share the machine, so the two sides take turns and only their ratio is worth comparing
//! between machines. With `--apart` PostgreSQL has a core for itself, and the ratio tells how much of it each side gets
//! to use. Nothing here fails for being slow: it prints figures, and a person judges them. Only `--gap` fails: sign-ins that
//! are refused must not tell by their time who has an account.

mod audit;
mod automation;
mod gap;
mod load;
mod peer;
mod place;
mod report;
mod seed;
mod server;
mod suite;
mod usage;
mod voice;
mod wire;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use load::Kind;
use report::{Ratio, say};
use seed::Person;
use server::Server;

/// What went wrong, for a person to read.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Measures `vantage` over HTTP and, in turns, the same SQL with pgbench.
#[derive(Debug, Parser)]
#[command(name = "bench", version)]
struct Options {
    /// Seconds that each measurement lasts, after its warm-up.
    #[arg(long, global = true, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// Connections that ask at the same time, on either side.
    #[arg(long, global = true, default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=64))]
    connections: u32,
    /// How often server and pgbench take turns.
    #[arg(long, global = true, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=50))]
    rounds: u32,
    /// Give PostgreSQL a core for itself, as if it had its own machine; server and load, or pgbench, share the others.
    #[arg(long, global = true)]
    apart: bool,
    /// Only measure whether refused sign-ins tell by the time they take who has an account: so many of each kind.
    #[arg(long, value_name = "ROUNDS", value_parser = clap::value_parser!(u32).range(50..=100_000))]
    gap: Option<u32>,
    /// Folder of psql and pgbench; without it, that of the PostgreSQL which the server started.
    #[arg(long, env = "VANTAGE_POSTGRES_BIN")]
    postgres_bin: Option<PathBuf>,
    /// Voice: measure another runtime instead, by its webhook for calls that come in over Twilio.
    #[arg(long, global = true, value_name = "URL")]
    other: Option<String>,
    /// Voice: the process of the other runtime.
    #[arg(long, global = true, value_name = "PID")]
    other_pid: Option<u32>,
    #[command(subcommand)]
    only: Option<Only>,
}

/// What can be measured alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::Subcommand)]
enum Only {
    /// The ledger: entries per second through tenant transactions, in many practices and in one, and how long a
    /// committed entry waits for a signed checkpoint.
    Audit,
    /// Automations: events per second until an action is done, how soon it begins, workflows of three steps, beside a
    /// runner that is written by hand.
    Automation,
    /// Patients: finding, listing, opening and entering them, 200,000 in the installation and 50,000 in one practice.
    Patients,
    /// Appointments: what is free, a day of the calendar, booking, with a million of them.
    Appointments,
    /// Calls: how soon they answer and fall silent, and what 1 to 100 of them at once take.
    Voice,
}

/// One thread for the load, as pgbench has: more would only take the cores from what is measured.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let options = Options::parse();
    // either way the server is dropped, which stops it and takes its folder away
    let outcome = tokio::select! {
        outcome = measure(&options) => outcome,
        _ = tokio::signal::ctrl_c() => Err("interrupted".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn measure(options: &Options) -> Result<()> {
    if options.only == Some(Only::Voice) {
        let other = voice::Other { url: options.other.clone(), pid: options.other_pid };
        return voice::measure(options.postgres_bin.as_deref(), &other).await;
    }
    let mut server = Server::start(options.postgres_bin.as_deref()).await?;
    report::memory("idle", server.memory());
    seed::plant(&server).await?;
    say(&format!(
        "seeded: {} practices of {} services, {} accounts\n",
        seed::PRACTICES,
        seed::SERVICES,
        seed::PRACTICES + seed::STAFF
    ));
    if let Some(rounds) = options.gap {
        return gap::measure(&server, rounds as usize).await;
    }
    if options.only == Some(Only::Automation) {
        server.database.keep_commit_times().await?;
    }
    if options.apart {
        server.part()?;
        say("PostgreSQL has a core for itself\n");
    }
    if options.only == Some(Only::Audit) {
        return audit::measure(&server, options.connections, options.rounds, options.seconds).await;
    }
    if options.only == Some(Only::Automation) {
        return automation::measure(&server, options.rounds, options.seconds).await;
    }
    let suite = match options.only {
        Some(Only::Patients) => Some(suite::PATIENTS),
        Some(Only::Appointments) => Some(suite::APPOINTMENTS),
        _ => None,
    };
    if let Some(suite) = suite {
        return suite::measure(&server, &suite, options.connections as usize, options.rounds, options.seconds).await;
    }
    say(&format!("how the list is found\n{}", server.database.run(&peer::explain()).await?));
    let connections = options.connections as usize;
    let mut ratios = Vec::new();
    for number in 1..=options.rounds {
        say(&format!("round {number} of {}, {connections} connections, {} s each\n", options.rounds, options.seconds));
        report::heading();
        // access tokens serve ten minutes, so each round gets its own
        let people = seed::sign_in(&server).await?;
        ratios.extend(round(&server, &people, connections, options.seconds).await?);
    }
    report::ratios(&ratios);
    report::memory("after the load", server.memory());
    Ok(())
}

/// Every kind of request once, each followed by its SQL alone.
async fn round(server: &Server, people: &[Person], connections: usize, seconds: u64) -> Result<Vec<Ratio>> {
    let mut ratios = Vec::new();
    for kind in Kind::ALL {
        let ours = load::run(server, kind, people, connections, seconds).await?;
        report::line(kind.name(), "vantage", &ours);
        server.database.settle().await?;
        // the price of a sign-in is its password hash, which has no counterpart in SQL
        let Some(script) = peer::script(kind) else { continue };
        let theirs = peer::run(server, script, true, connections, seconds).await?;
        report::line(kind.name(), "pgbench", &theirs);
        server.database.settle().await?;
        ratios.push(Ratio::of(kind, &ours, &theirs));
    }
    say("");
    Ok(ratios)
}

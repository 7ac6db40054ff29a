//! The measure that the server is held against: pgbench, sending the same SQL to the same PostgreSQL, with as many
//! clients, prepared statements and the same round trips.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use crate::Result;
use crate::load::{Kind, WARM_UP};
use crate::report::Measured;
use crate::server::Server;

/// A transaction of pgbench around what one kind of request does.
macro_rules! transaction {
    ($file:literal) => {
        concat!(include_str!("../sql/enter.sql"), include_str!($file), include_str!("../sql/leave.sql"))
    };
}

/// The same with the entry that says who was looked at.
macro_rules! look {
    ($file:literal) => {
        concat!(
            include_str!("../sql/enter.sql"),
            include_str!($file),
            include_str!("../sql/look.sql"),
            include_str!("../sql/leave.sql")
        )
    };
}

/// The SQL of a kind of request; `None` where SQL is not what it costs.
pub fn script(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::SignIn => None,
        Kind::List => Some(transaction!("../sql/list.sql")),
        Kind::Read => Some(transaction!("../sql/read.sql")),
        Kind::Write => Some(transaction!("../sql/write.sql")),
        Kind::Search => Some(look!("../sql/patient_search.sql")),
        Kind::Patients => Some(look!("../sql/patient_list.sql")),
        Kind::Patient => Some(look!("../sql/patient.sql")),
        Kind::Slots => Some(transaction!("../sql/slots.sql")),
        Kind::Day => Some(look!("../sql/day.sql")),
        Kind::Book => Some(transaction!("../sql/book.sql")),
        // the first is a smaller search, the other a dozen statements that depend on each other
        Kind::Digits | Kind::Enter => None,
    }
}

/// SQL that prints how PostgreSQL finds the rows of a list, as the server's role inside a practice.
pub fn explain() -> String {
    let enter = "begin; set local role vantage_app;
        select set_config('app.practice_id', practice::text, true), quote_literal(practice) as practice
          from bench.place where number = 100 limit 1 \\gset
        explain (analyze, buffers, costs off, timing off, summary off) ";
    format!("{enter}{}rollback;", include_str!("../sql/list.sql"))
}

/// A transaction that writes so many entries of the ledger and nothing else.
pub fn entries(count: usize) -> String {
    let (enter, leave) = (include_str!("../sql/enter.sql"), include_str!("../sql/leave.sql"));
    format!("{enter}{}{leave}", include_str!("../sql/entry.sql").repeat(count))
}

/// Runs a script for `seconds` after the warm-up; each client in practices of its own, or all of them in the same one.
pub async fn run(server: &Server, script: &str, apart: bool, connections: usize, seconds: u64) -> Result<Measured> {
    let file = server.scratch("pgbench.sql");
    std::fs::write(&file, script)?;
    let warm_up = WARM_UP.as_secs();
    let before = server.cpu();
    let output = Command::new(server.database.programs.join("pgbench"))
        .args(["--no-vacuum", "--protocol=prepared", "--progress=1", "--username=vantage_app"])
        .args([format!("--client={connections}"), format!("--time={}", seconds + warm_up)])
        .args([format!("--define=clients={connections}"), "--define=turn=0".to_owned()])
        .arg(format!("--define=apart={}", u8::from(apart)))
        .arg("--host")
        .arg(&server.database.socket)
        .arg("--file")
        .arg(&file)
        .arg("vantage")
        // a rollback outside of a transaction is worth a warning, which the server does not ask for either
        .env("PGOPTIONS", "-c client_min_messages=error")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await?;
    // the time of a backend counts once the postmaster has noticed its end
    tokio::time::sleep(Duration::from_millis(500)).await;
    let after = server.cpu();
    let (summary, progress) = (String::from_utf8(output.stdout)?, String::from_utf8(output.stderr)?);
    if !output.status.success() {
        return Err(format!("pgbench: {progress}").into());
    }
    let requests =
        number_after(&summary, "number of transactions actually processed: ").ok_or("pgbench counted nothing")?;
    // a line for each second; those of the warm-up do not count
    let rates: Vec<f64> =
        progress.lines().filter_map(|line| number_after(line, " s, ")).skip(warm_up as usize).collect();
    Ok(Measured {
        per_second: rates.iter().sum::<f64>() / rates.len().max(1) as f64,
        latency: None,
        errors: 0,
        cpu: after.zip(before).map(|(after, before)| after.per_request(before, requests as u64)),
    })
}

/// The number that follows a text.
fn number_after(text: &str, label: &str) -> Option<f64> {
    text.split_once(label)?.1.split_whitespace().next()?.parse().ok()
}

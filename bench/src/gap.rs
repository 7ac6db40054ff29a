//! How long the server takes to refuse a sign-in, for an account that exists and for one that does not. Whoever could
//! tell the two apart by the time would know who has an account.
//!
//! The kinds take turns in every order, on one connection, so that whatever else the machine does meets all of them; and
//! medians are compared, which a few slow answers do not move.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::Result;
use crate::load::request;
use crate::report::say;
use crate::seed::{self, STAFF};
use crate::server::Server;
use crate::wire::Connection;

/// The most by which the medians may differ.
const ALLOWED: Duration = Duration::from_millis(5);
/// Rounds before those that count.
const WARM_UP: usize = 20;
/// Every order of three.
const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [1, 2, 0], [2, 0, 1], [0, 2, 1], [2, 1, 0], [1, 0, 2]];
const KINDS: [&str; 3] = ["unknown account", "wrong password", "other practice"];

/// Refused sign-ins, so many of each kind.
///
/// # Errors
/// When the medians differ by more than five milliseconds, or one of them is not refused.
pub async fn measure(server: &Server, rounds: usize) -> Result<()> {
    let mut connection = Connection::open(server.address).await?;
    let mut took: [Vec<Duration>; 3] = Default::default();
    for round in 0..WARM_UP + rounds {
        for kind in ORDERS[round % ORDERS.len()] {
            let request = request("POST", "/api/v1/auth/login", "", Some(&attempt(kind, round)));
            let started = Instant::now();
            let status = connection.send(&request).await?;
            let time = started.elapsed();
            if status != 401 {
                return Err(format!("{}: answered {status} instead of 401", KINDS[kind]).into());
            }
            if round >= WARM_UP {
                took[kind].push(time);
            }
        }
    }
    say(&format!(
        "refused sign-ins, {rounds} of each kind in turns\n{:<18}{:>12}{:>12}{:>12}",
        "", "p25 ms", "median ms", "p75 ms"
    ));
    let mut medians = Vec::new();
    for (kind, times) in KINDS.iter().zip(&mut took) {
        times.sort_unstable();
        let at = |part: usize| times[times.len() * part / 4];
        medians.push(at(2));
        say(&format!("{kind:<18}{:>12.3}{:>12.3}{:>12.3}", millis(at(1)), millis(at(2)), millis(at(3))));
    }
    medians.sort_unstable();
    let gap = medians[2] - medians[0];
    say(&format!("the medians differ by {:.3} ms at most (allowed: {:.0} ms)\n", millis(gap), millis(ALLOWED)));
    if gap < ALLOWED { Ok(()) } else { Err("who has an account can be told by the time".into()) }
}

/// One account may be tried ten times in a row, so each round takes another.
fn attempt(kind: usize, round: usize) -> Value {
    let number = round % (STAFF as usize);
    match KINDS[kind] {
        "unknown account" => {
            json!({ "email": format!("nobody-{number}@bench.example"), "password": "not the password of it" })
        }
        "wrong password" => {
            let mut body = seed::staff(number);
            body["password"] = json!("not the password of it");
            body
        }
        _ => {
            let mut body = seed::staff(number);
            body["practiceSlug"] = json!("no-such-practice");
            body
        }
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

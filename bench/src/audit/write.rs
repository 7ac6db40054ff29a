//! The writers: so many at the same time, each in its next transaction as soon as the last is committed.

use hdrhistogram::Histogram;
use platform::App;
use platform::record::Change;
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::Instant;
use uuid::Uuid;

use super::Shape;
use crate::Result;
use crate::load::WARM_UP;
use crate::place::{Place, places};
use crate::report::Measured;
use crate::server::{Server, told};

/// What the writers did.
pub struct Written {
    /// Transactions per second and how long each took.
    pub measured: Measured,
    /// When each was committed, by the id of its request.
    pub commits: Vec<(Uuid, Instant)>,
}

/// Writes for `seconds` after the warm-up.
pub async fn run(server: &Server, app: &App, shape: Shape, connections: usize, seconds: u64) -> Result<Written> {
    let places = places(server).await?;
    let from = Instant::now() + WARM_UP;
    let until = from + std::time::Duration::from_secs(seconds);
    let mut writers = JoinSet::new();
    for number in 0..connections {
        let own: Vec<Place> = match shape.spread {
            true => places.iter().skip(number).step_by(connections).copied().collect(),
            false => vec![places[0]],
        };
        writers.spawn(write(app.clone(), own, shape.entries, from, until));
    }
    tokio::time::sleep_until(from).await;
    let before = server.cpu();
    tokio::time::sleep_until(until).await;
    let after = server.cpu();
    let (mut histogram, mut commits) = (Histogram::new_with_bounds(1, 60_000_000, 3)?, Vec::new());
    while let Some(written) = writers.join_next().await {
        let (own, done) = written?.map_err(told)?;
        histogram.add(own)?;
        commits.extend(done);
    }
    let measured = Measured {
        per_second: histogram.len() as f64 / seconds as f64,
        cpu: after.zip(before).map(|(after, before)| after.per_request(before, histogram.len())),
        latency: Some(histogram),
        errors: 0,
    };
    Ok(Written { measured, commits })
}

type Done = (Histogram<u64>, Vec<(Uuid, Instant)>);

async fn write(app: App, places: Vec<Place>, entries: usize, from: Instant, until: Instant) -> platform::Result<Done> {
    let mut histogram = Histogram::new_with_bounds(1, 60_000_000, 3).map_err(platform::Error::internal)?;
    let mut commits = Vec::new();
    for turn in 0.. {
        let started = Instant::now();
        if started >= until {
            break;
        }
        // some transactions in each practice before the next, as pgbench does it
        let place = places[turn / 50 % places.len()];
        let request = Uuid::now_v7();
        app.door.write(&place.caller(request), async move |tx| record(tx, place.service, entries, turn).await).await?;
        let now = Instant::now();
        if started >= from && now <= until {
            histogram.saturating_record(u64::try_from((now - started).as_micros()).unwrap_or(u64::MAX));
            commits.push((request, now));
        }
    }
    Ok((histogram, commits))
}

/// Entries as a change of one number leaves them, with what was before and after sealed.
async fn record(tx: &mut platform::db::TenantTx, service: Uuid, entries: usize, turn: usize) -> platform::Result<()> {
    for _ in 0..entries {
        let (before, after) = (json!({ "durationMinutes": turn }), json!({ "durationMinutes": turn + 1 }));
        tx.record(Change::updated("service", service, &before, &after)).await?;
    }
    Ok(())
}

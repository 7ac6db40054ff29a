//! A bad receiver, and workers that die in the middle: nothing is lost, what happened to a thing comes in its order, and what
//! comes twice has the same id.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use platform::testing::app_on;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use uuid::Uuid;

use super::receiver::{Do, status};
use super::*;
use crate::deliver;

const THINGS: usize = 25;
const VERSIONS: i32 = 8;
const DEATHS: usize = 25;

#[tokio::test]
async fn nothing_is_lost_and_order_is_kept_through_deaths_of_workers() {
    // of nine answers three are refusals, one is lost behind the work, one never comes
    let receiver = Receiver::start(|_, number| match number % 9 {
        0 | 3 | 6 => status(500),
        4 => Do::Drop,
        7 => Do::Hang,
        _ => status(200),
    })
    .await;
    let (server, owner) = start(&[&receiver]).await;
    for path in ["/a", "/b"] {
        endpoint(&owner, &receiver.url(path), &["*"]).await;
    }
    let things: Vec<Uuid> = (0..THINGS).map(|_| Uuid::now_v7()).collect();
    let (app, practice, told) = (server.app.clone(), owner.practice(), things.clone());
    for version in 1..=VERSIONS / 2 {
        for thing in &told {
            happen(&app, practice, "patient.changed", *thing, version).await;
        }
    }
    server.settle().await;
    let mut chance = StdRng::seed_from_u64(6);
    for death in 1..=DEATHS {
        // a process with everything of its own, which dies in the middle of whatever it does
        let app = app_on(&server.database.options, server.app.config.clone(), server.clock.clone());
        let worker = tokio::spawn(deliver::run(app.clone()));
        let busy = receiver.until_came(chance.random_range(1..15));
        // one that has nothing to do but to wait for who hangs dies as well
        let _ = tokio::time::timeout(Duration::from_millis(400), busy).await;
        worker.abort();
        let _ = worker.await;
        app.db().close().await;
        // more happens meanwhile
        if let Some(version) =
            i32::try_from(death).ok().map(|death| VERSIONS / 2 + death).filter(|version| *version <= VERSIONS)
        {
            for thing in &things {
                happen(&server.app, practice, "patient.changed", *thing, version).await;
            }
            server.settle().await;
        }
        time_passes(&server).await;
    }
    assert!(number(&server, PENDING).await > 0, "they died in the middle");
    receiver.let_go();
    while number(&server, PENDING).await > 0 {
        time_passes(&server).await;
        super::deliver(&server.app).await;
    }
    let delivered = number(&server, "select count(*) from webhooks.delivery where state = 'delivered'").await;
    assert_eq!(delivered, 2 * i64::try_from(THINGS).expect("few") * i64::from(VERSIONS));
    let mut by_lane: BTreeMap<(String, String), Vec<i64>> = BTreeMap::new();
    let mut ids: HashMap<(String, i64), String> = HashMap::new();
    for call in receiver.calls() {
        let (subject, version) = call.about();
        let known = ids.entry((subject.clone(), version)).or_insert_with(|| call.id.clone());
        assert_eq!(*known, call.id, "what comes again has its id");
        by_lane.entry((call.path.clone(), subject)).or_default().push(version);
    }
    assert_eq!(by_lane.len(), 2 * THINGS);
    for (lane, mut versions) in by_lane {
        assert!(versions.is_sorted(), "{lane:?} out of order: {versions:?}");
        versions.dedup();
        assert_eq!(versions, (1..=i64::from(VERSIONS)).collect::<Vec<_>>(), "{lane:?}");
    }
}

const PENDING: &str = "select count(*) from webhooks.delivery where state = 'pending'";

/// Leases run out, and times for the next tries come.
async fn time_passes(server: &TestServer) {
    for statement in [
        "update webhooks.delivery set due_at = now(), attempts = 0 where state = 'pending'",
        "update webhooks.lane set ready_at = now() where pending > 0",
    ] {
        sqlx::query(statement).execute(&mut server.database.conn().await).await.expect("time passes");
    }
}

//! Every entry is sealed once, whatever happens meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use platform::db::Caller;
use platform::id::PracticeId;
use platform::record::oldest_unsealed;
use platform::testing::TestServer;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};
use uuid::Uuid;

use super::{count, intruder, run, seal, start, verified, work};
use crate::checkpoint::CheckpointFile;
use crate::sealer::Sealer;
use crate::store;

/// Every entry has one seal, and the places of each practice have no gap.
async fn assert_sealed_once(server: &TestServer) {
    assert_eq!(count(server, "audit.entry").await, count(server, "audit.seal").await);
    let gaps = "(select 1 from audit.seal group by practice_id having max(seq) + 1 <> count(*)) gaps";
    assert_eq!(count(server, gaps).await, 0);
    let report = verified(server).await;
    assert_eq!(report.wrong, Vec::<String>::new());
    for ledger in report.practices {
        assert_eq!((ledger.waiting, ledger.agreed), (0, ledger.size));
    }
}

#[tokio::test]
async fn the_database_and_this_code_hash_the_same() {
    let (server, owner) = start().await;
    work(&owner, 3).await;
    let mut conn = intruder(&server).await;
    // every field, with text that is hard to agree on
    run(
        &mut conn,
        format!(
            "insert into audit.entry (practice_id, at, id, request_id, actor_kind, actor_id, action, resource_type, resource_id,
                    patient_id, outcome, ip, user_agent, detail, changes)
             values ('{}', date_trunc('second', now()) + interval '999999 microseconds', gen_random_uuid(), gen_random_uuid(), 'voice', gen_random_uuid(), 'read',
                     'patient', gen_random_uuid(), gen_random_uuid(), 'error', '2001:db8::1', E'Mozilla \"x\" \\n ä ن 🦷',
                     '{{\"b\": [1, 2.50, null], \"a\": \"\\u00e9\\n\"}}', '[{{\"field\": \"x\"}}]')",
            owner.practice()
        ),
    )
    .await;
    seal(&server).await;
    let caller = Caller::system(PracticeId(owner.practice()));
    let rows = server.app.door.read(&caller, async |tx| store::page(tx, 0, 100).await).await.expect("rows");
    assert_eq!(rows.len(), 7);
    for row in rows {
        assert_eq!(row.entry.expect("an entry").leaf(), row.leaf);
    }
    assert_eq!(verified(&server).await.wrong, Vec::<String>::new());
}

#[tokio::test]
async fn an_earlier_transaction_that_commits_later_is_not_missed() {
    let (server, owner) = start().await;
    seal(&server).await;
    let before = count(&server, "audit.seal").await;
    let mut slow = server.database.conn().await;
    let mut tx = slow.begin().await.expect("begins");
    tx.execute(AssertSqlSafe(format!(
        "insert into audit.entry (practice_id, id, actor_kind, action, resource_type) values ('{}', gen_random_uuid(), 'system', 'update', 'slow')",
        owner.practice()
    )))
    .await
    .expect("written, not committed");
    work(&owner, 5).await;
    let mut sealer = Sealer::new(&server.app);
    assert!(sealer.catch_up().await.expect("its turn"));
    assert_eq!(count(&server, "audit.seal").await, before, "what comes after the open transaction waits for it");
    assert!(oldest_unsealed(&server.app).await.expect("an answer") > 0.0, "and the lag says so");
    tx.commit().await.expect("commits");
    seal(&server).await;
    let place: i64 = sqlx::query_scalar(
        "select s.seq from audit.seal s join audit.entry e on e.id = s.entry_id where e.resource_type = 'slow'",
    )
    .fetch_one(&mut server.database.conn().await)
    .await
    .expect("sealed");
    assert_eq!(place, before, "in the order of transactions");
    assert_sealed_once(&server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sealers_that_race_and_die_seal_everything_once() {
    let (server, owner) = start().await;
    let beta = server.owner_of("beta").await;
    let done = Arc::new(AtomicBool::new(false));
    let raced = async {
        let mut dead = 0;
        while !done.load(Ordering::Relaxed) {
            let mut racers = Vec::new();
            for racer in 0..3u64 {
                let app = server.app.clone();
                racers.push((
                    racer,
                    tokio::spawn(async move {
                        let mut sealer = Sealer::new(&app);
                        loop {
                            // another one may hold the file's last line or a lock at this instant
                            let _ = sealer.turn().await;
                        }
                    }),
                ));
            }
            for (racer, task) in racers {
                // killed wherever they are
                tokio::time::sleep(Duration::from_millis(3 + 7 * racer + dead % 5)).await;
                task.abort();
                let _ = task.await;
                dead += 1;
            }
        }
        dead
    };
    let worked = async {
        futures::future::join_all((0..6).map(|i| work(if i % 2 == 0 { &owner } else { &beta }, 25))).await;
        done.store(true, Ordering::Relaxed);
    };
    let (dead, ()) = futures::future::join(raced, worked).await;
    assert!(dead > 5, "{dead}");
    seal(&server).await;
    assert_sealed_once(&server).await;
}

#[tokio::test]
async fn a_checkpoint_that_only_the_file_has_does_no_harm() {
    let (server, owner) = start().await;
    work(&owner, 2).await;
    seal(&server).await;
    work(&owner, 2).await;
    let mut admin = server.database.conn().await;
    run(&mut admin, "alter table audit.checkpoint add constraint stop check (number < 0) not valid").await;
    let mut sealer = Sealer::new(&server.app);
    while sealer.turn().await.is_ok() {}
    let lines = CheckpointFile::records(&server.app.config.checkpoint_file()).expect("reads").len();
    assert_eq!((lines, count(&server, "audit.checkpoint").await), (2, 1));
    run(&mut admin, "alter table audit.checkpoint drop constraint stop").await;
    work(&owner, 2).await;
    seal(&server).await;
    let records = CheckpointFile::records(&server.app.config.checkpoint_file()).expect("reads");
    let told: Vec<_> = records.iter().take(3).map(|record| (record.number, record.all)).collect();
    assert_eq!(told, [(1, true), (2, false), (3, true)]);
    assert_sealed_once(&server).await;
}

#[tokio::test]
async fn a_restored_database_that_counts_transactions_anew_goes_on() {
    let (server, owner) = start().await;
    work(&owner, 3).await;
    seal(&server).await;
    let mut conn = intruder(&server).await;
    // as after restoring a dump: what was there and was not sealed has numbers that are still to come here
    for xid in [1_000_000_007_u64, 1_000_000_005] {
        run(
            &mut conn,
            format!(
                "insert into audit.entry (practice_id, id, xid, actor_kind, action, resource_type)
                 values ('{}', gen_random_uuid(), '{xid}', 'system', 'update', 'former')",
                owner.practice()
            ),
        )
        .await;
    }
    run(&mut conn, "update jobs.bookmark set xid = '1000000004' where name = 'seal'").await;
    work(&owner, 3).await;
    let mut sealer = Sealer::new(&server.app);
    while count(&server, "audit.seal").await < count(&server, "audit.entry").await {
        sealer.catch_up().await.expect("seals");
    }
    assert_eq!(count(&server, "jobs.bookmark").await, 1, "nothing is left of the former life");
    assert_sealed_once(&server).await;
}

#[tokio::test]
async fn without_the_practices_key_the_ledger_still_verifies() {
    let (server, owner) = start().await;
    work(&owner, 3).await;
    seal(&server).await;
    run(&mut intruder(&server).await, "delete from sec.data_key").await;
    assert_sealed_once(&server).await;
}

#[tokio::test]
async fn checkpoints_are_half_a_second_apart_at_least() {
    let (server, owner) = start().await;
    let mut sealer = Sealer::new(&server.app);
    for _ in 0..3 {
        work(&owner, 1).await;
        while count(&server, "audit.seal").await < count(&server, "audit.entry").await {
            sealer.turn().await.expect("seals");
        }
        sealer.turn().await.expect("signs, if it may");
    }
    assert_eq!(count(&server, "audit.checkpoint").await, 1);
    server.clock.advance(jiff::SignedDuration::from_millis(499));
    sealer.turn().await.expect("waits");
    assert_eq!(count(&server, "audit.checkpoint").await, 1);
    server.clock.advance(jiff::SignedDuration::from_millis(1));
    sealer.turn().await.expect("signs");
    assert_eq!(count(&server, "audit.checkpoint").await, 2);
    // a practice that did not grow has no new head
    let beta = server.owner_of("beta").await;
    server.clock.advance(jiff::SignedDuration::from_secs(1));
    seal(&server).await;
    let heads: i64 = sqlx::query_scalar("select count(*) from audit.head where practice_id <> $1")
        .bind(beta.practice())
        .fetch_one(&mut server.database.conn().await)
        .await
        .expect("a count");
    assert_eq!(heads, 2);
    assert_ne!(beta.practice(), Uuid::nil());
}

//! Entries leave after their years, and only then, and only so.

use std::time::Duration;

use jiff::Timestamp;
use platform::config::Config;
use platform::http;
use platform::testing::{Person, TestServer};
use platform::worker::Duties;
use sqlx::PgConnection;

use super::{count, intruder, run, seal, verified, work};
use crate::retention;
use crate::retired::Retired;

/// A practice that has kept its ledger since 2019: three entries in March, two in May, and those of today.
async fn old(months: u32) -> (TestServer, Person, PgConnection) {
    let routes = identity::routes().merge(practice::routes()).merge(crate::routes());
    let config = Config { audit_retention_months: months, ..Config::default() };
    let server = TestServer::with(config, Duties::default(), |app| http::surround(routes.split().0, app)).await;
    let owner = server.owner_of("alpha").await;
    server.owner_of("beta").await;
    let mut conn = intruder(&server).await;
    for (month, entries) in [(3, 3), (4, 0), (5, 2)] {
        run(
            &mut conn,
            format!(
                "select audit.add_partition('entry_2019_{month:02}', 'for values from (''2019-{month:02}-01Z'') to (''2019-{:02}-01Z'')')",
                month + 1
            ),
        )
        .await;
        run(
            &mut conn,
            format!(
                "insert into audit.entry (practice_id, at, id, actor_kind, action, resource_type)
                 select '{}', '2019-{month:02}-31Z'::timestamptz - n * interval '1 hour', gen_random_uuid(), 'system', 'read', 'patient'
                   from generate_series(1, {entries}) n",
                owner.practice()
            )
            .replace("04-31", "04-30"),
        )
        .await;
    }
    work(&owner, 2).await;
    seal_at_once(&server).await;
    (server, owner, conn)
}

/// Seals everything by one checkpoint. Times are put in by hand here, so that one that has seen only some of the entries
/// would be proof that the others were put in later.
async fn seal_at_once(server: &TestServer) {
    let mut conn = server.database.conn().await;
    // a transaction that still runs, also another test's, keeps entries from being sealed
    let held_up = "select exists (select from audit.entry where xid >= pg_snapshot_xmin(pg_current_snapshot()))";
    while sqlx::query_scalar(held_up).fetch_one(&mut conn).await.expect("an answer") {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    seal(server).await;
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

async fn turn(server: &TestServer, now: &str) -> Vec<String> {
    server.clock.advance(at(now).duration_since(server.app.now()));
    let left = retention::turn(&server.app).await.expect("a turn");
    left.iter().map(|month| month.strftime("%Y-%m").to_string()).collect()
}

async fn retired_of(server: &TestServer, owner: &Person) -> Option<Retired> {
    let report = verified(server).await;
    assert_eq!(report.wrong, Vec::<String>::new());
    report.practices.iter().find(|ledger| ledger.practice == owner.practice()).expect("a ledger").retired
}

#[tokio::test]
async fn a_month_leaves_after_its_years_and_the_rest_still_verifies() {
    let (server, owner, _) = old(120).await;
    let nothing = Vec::<String>::new();
    let announced = async || count(&server, "audit.entry where action = 'retire'").await;
    assert_eq!(turn(&server, "2029-03-31T23:59:59Z").await, nothing, "the last day of ten years");
    assert_eq!((announced().await, count(&server, "audit.entry where at < '2020-01-01'").await), (0, 5));
    assert_eq!(turn(&server, "2029-04-01T00:00:00Z").await, nothing, "first it is announced");
    assert_eq!(turn(&server, "2029-04-01T00:00:01Z").await, nothing, "and that is not signed yet");
    assert_eq!(announced().await, 1);
    seal_at_once(&server).await;
    assert_eq!(retired_of(&server, &owner).await, None);
    assert_eq!(turn(&server, "2029-04-01T01:00:00Z").await, ["2019-03"]);
    assert_eq!(count(&server, "audit.entry where at < '2020-01-01'").await, 2);
    let retired = retired_of(&server, &owner).await.expect("some have left");
    assert_eq!((retired.entries, retired.before), (3, at("2019-04-01T00:00:00Z")));
    assert_eq!(turn(&server, "2029-04-30T00:00:00Z").await, nothing);
}

#[tokio::test]
async fn months_that_are_late_are_announced_together_and_leave_in_order() {
    let (server, owner, _) = old(72).await;
    assert_eq!(turn(&server, "2030-01-01T00:00:00Z").await, Vec::<String>::new());
    seal_at_once(&server).await;
    assert_eq!(retired_of(&server, &owner).await, None);
    assert_eq!(turn(&server, "2030-01-01T01:00:00Z").await, ["2019-03", "2019-04", "2019-05"]);
    let retired = retired_of(&server, &owner).await.expect("all of them");
    assert_eq!((retired.entries, retired.before), (5, at("2019-06-01T00:00:00Z")));
    assert_eq!(count(&server, "audit.entry where action = 'retire'").await, 2, "a month without entries needs no word");
}

#[tokio::test]
async fn the_database_drops_nothing_that_was_not_announced() {
    let (server, ..) = old(72).await;
    let mut tx = server.app.db().worker().await.expect("a transaction");
    let refused = sqlx::query("select audit.drop_month('2019-03-01Z')").execute(tx.conn()).await;
    assert!(refused.expect_err("refused").to_string().contains("does not say that entry_2019_03 leaves"));
    drop(tx);
    let mut tx = server.app.db().worker().await.expect("a transaction");
    let refused = sqlx::query("select audit.drop_month('2019-05-01Z')").execute(tx.conn()).await;
    assert!(refused.expect_err("refused").to_string().contains("an older month is still there"));
}

#[tokio::test]
async fn a_month_that_somebody_took_away_is_missed() {
    let (server, owner, mut conn) = old(72).await;
    run(&mut conn, "drop table audit.entry_2019_05").await;
    let wrong = verified(&server).await.wrong;
    assert!(wrong[0].contains("was removed: it was sealed and is not there any more"), "{wrong:?}");
    // also when the month before it leaves as it should, and when fewer or more are gone than were said to leave
    assert_eq!(turn(&server, "2026-12-21T00:00:00Z").await, Vec::<String>::new());
    seal_at_once(&server).await;
    assert_eq!(turn(&server, "2026-12-21T01:00:00Z").await, ["2019-03", "2019-04"]);
    let wrong = verified(&server).await.wrong;
    assert!(wrong[0].contains(&format!("practice {}: entry", owner.practice())), "{wrong:?}");
}

#[tokio::test]
async fn a_word_that_comes_before_the_years_are_over_is_not_believed() {
    let (server, owner, mut conn) = old(72).await;
    // what is of today leaves by a word that looks like the product's, sealed and signed as everything is
    run(
        &mut conn,
        format!(
            "insert into audit.entry (practice_id, id, actor_kind, action, resource_type, detail)
             values ('{0}', gen_random_uuid(), 'system', 'retire', 'ledger',
                     jsonb_build_object('before', '2024-01-01T00:00:00Z', 'entries', 5, 'months', 1))",
            owner.practice()
        ),
    )
    .await;
    seal_at_once(&server).await;
    run(&mut conn, "drop table audit.entry_2019_03; drop table audit.entry_2019_05").await;
    let wrong = verified(&server).await.wrong;
    assert!(wrong[0].contains("was removed"), "{wrong:?}");
}

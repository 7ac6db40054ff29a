//! A practice that floods: thousands of events, each with a workflow, and a program outside that answers nobody. Another
//! practice's event is told and its workflow done while most of the flood still waits.

use std::time::{Duration, Instant};

use serde_json::json;
use uuid::Uuid;

use crate::at_work::{AtWork, id_of, patient};
use crate::client::Client;
use crate::hostile::receiver::{Do, Receiver, status};
use crate::running::{Folder, Running, eventually, turn};

const PATIENTS: usize = 100;
const FLOOD: i64 = 8_000;
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_flood_of_one_practice_keeps_automation_of_another_from_nothing() {
    let _turn = turn().await;
    let hangs = |path: &str| path.starts_with("/alpha");
    let receiver = Receiver::start(move |call, _| if hangs(&call.path) { Do::Hang } else { status(200) }).await;
    let folder = Folder::new("flood");
    let server = Running::start(&folder.0, &[("VANTAGE_WEBHOOK_ORIGINS", &receiver.origin())]).await;
    let (alpha, beta) = (Client::sign_in(&server).await, Client::owner_of(&server, "beta").await);
    let flooded = AtWork::begin(&alpha, &receiver.url("/alpha")).await;
    let quiet = AtWork::begin(&beta, &receiver.url("/beta")).await;
    let mut ids = Vec::new();
    for number in 0..PATIENTS {
        // each of them calls outside, where nobody answers
        ids.push(id_of(&alpha.made("/api/v1/patients", &patient(number, true)).await));
    }
    let woman = id_of(&beta.made("/api/v1/patients", &patient(0, true)).await);
    let tag = id_of(&beta.made("/api/v1/tags", &json!({ "name": "Calm", "colour": "teal" })).await);
    // the places for calls outside are all taken, and the flood is at its height
    flood(&server, &ids).await;
    let called = || receiver.calls().iter().filter(|call| call.path == "/alpha/calls").count();
    eventually("the flood calls outside", PATIENCE, async || (called() >= 16).then_some(())).await;

    let began = Instant::now();
    beta.made("/api/v1/patients/tag", &json!({ "ids": [woman], "add": [tag] })).await;
    let mut conn = server.sql().await;
    eventually("the other practice's run is done", PATIENCE, async || {
        let asked = "select count(*) from automation.run where workflow_id = $1 and state = 'done'";
        let done: i64 = sqlx::query_scalar(asked).bind(quiet.workflow).fetch_one(&mut conn).await.ok()?;
        (done == 1).then_some(())
    })
    .await;
    let took = began.elapsed();
    let events = "select count(*) from outbox.event where state = 'pending' and lane like 'patient:%'";
    let waiting: i64 = sqlx::query_scalar(events).fetch_one(&mut conn).await.expect("a count");
    let told = || receiver.calls().iter().filter(|call| call.path == "/beta/events").count();
    eventually("the other practice's program is told", PATIENCE, async || (told() == 2).then_some(())).await;
    let runs = "select count(*) from automation.run where workflow_id = $1 and ended_at is null";
    let open: i64 = sqlx::query_scalar(runs).bind(flooded.workflow).fetch_one(&mut conn).await.expect("a count");
    eprintln!("automation_fairness: done after {took:?}, while {waiting} events and {open} runs of the flood waited");
    assert!(waiting > FLOOD / 2, "only {waiting} events of the flood waited still");
    receiver.let_go();
}

/// All at once, as no request could make them.
async fn flood(server: &Running, patients: &[Uuid]) {
    let all = "with new as (
            select l.practice_id, l.lane, l.next_seq + n - 1 as seq, p.id as patient
              from unnest($1::uuid[]) p (id) join outbox.lane l on l.lane = 'patient:' || p.id
             cross join generate_series(1, $2) n),
         lanes as (
            update outbox.lane l set next_seq = next_seq + $2, pending = pending + $2, ready_at = now()
              from (select distinct practice_id, lane from new) n where l.practice_id = n.practice_id and l.lane = n.lane)
         insert into outbox.event (practice_id, id, lane, seq, name, subject_type, subject_id, version)
         select practice_id, gen_random_uuid(), lane, seq, 'patient.changed', 'patient', patient, seq from new";
    let each = i32::try_from(FLOOD).expect("small") / i32::try_from(patients.len()).expect("few");
    let written = sqlx::query(all).bind(patients).bind(each).execute(&mut server.sql().await).await;
    assert_eq!(written.expect("a flood").rows_affected(), u64::try_from(FLOOD).expect("positive"));
}

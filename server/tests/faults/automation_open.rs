//! Transactions that stay open: one that holds locks and an old view of the database, and one of the same practice that has
//! written an event and not committed it. Neither keeps what happens later from being told and done.

use std::time::Duration;

use serde_json::json;
use sqlx::{Connection as _, Executor as _};
use uuid::Uuid;

use crate::at_work::{AtWork, EVENTS, id_of, patient};
use crate::client::Client;
use crate::hostile::receiver::{Receiver, status};
use crate::running::{Folder, Running, eventually, turn};

const PATIENTS: usize = 20;
const ROUNDS: usize = 5;
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn transactions_that_stay_open_delay_nothing_in_automation() {
    let _turn = turn().await;
    let (folder, receiver) = (Folder::new("open"), Receiver::start(|_, _| status(204)).await);
    let server = Running::start(&folder.0, &[("VANTAGE_WEBHOOK_ORIGINS", &receiver.origin())]).await;
    let owner = Client::sign_in(&server).await;
    let at_work = AtWork::begin(&owner, &receiver.origin()).await;
    let tag = id_of(&owner.made("/api/v1/tags", &json!({ "name": "Open", "colour": "red" })).await);
    let mut ids: Vec<Uuid> = Vec::new();
    for number in 0..=PATIENTS {
        ids.push(id_of(&owner.made("/api/v1/patients", &patient(number, number % 2 == 0)).await));
    }
    let other = ids.pop().expect("a patient");
    told(&receiver, PATIENTS + 1, "who was entered").await;

    let (mut one, mut two) = (server.sql().await, server.sql().await);
    let mut locks = one.begin().await.expect("begins");
    locks.execute("set transaction isolation level repeatable read").await.expect("an old view");
    locks.execute("select count(*) from outbox.event").await.expect("an old view");
    locks.execute("select from practice.room for update").await.expect("locks");
    let mut event = two.begin().await.expect("begins");
    write_event(&mut event, other).await;

    for round in 0..ROUNDS {
        let (add, remove) = if round % 2 == 0 { (vec![tag], vec![]) } else { (vec![], vec![tag]) };
        owner.made("/api/v1/patients/tag", &json!({ "ids": ids, "add": add, "remove": remove })).await;
    }
    told(&receiver, PATIENTS + 1 + PATIENTS * ROUNDS, "what happened behind the open ones").await;
    done(&server, &at_work, PATIENTS * ROUNDS).await;
    let both = "select count(*) from pg_stat_activity where state = 'idle in transaction' and usename = 'postgres'";
    let open: i64 = sqlx::query_scalar(both).fetch_one(&mut server.sql().await).await.expect("a count");
    assert_eq!(open, 2, "all that while they were open");
    let about = |id: Uuid| receiver.calls().iter().filter(|call| call.body.contains(&id.to_string())).count();
    assert_eq!(about(other), 1, "what is not committed is not told");
    event.commit().await.expect("commits");
    told(&receiver, PATIENTS + 2 + PATIENTS * ROUNDS, "what was committed at last").await;
    done(&server, &at_work, PATIENTS * ROUNDS + 1).await;
    locks.rollback().await.expect("ends");
}

/// An event of a patient, as the product writes it in the transaction of a change.
async fn write_event(tx: &mut sqlx::PgConnection, patient: Uuid) {
    let written = "with lane as (
            update outbox.lane set next_seq = next_seq + 1, pending = pending + 1, ready_at = now()
             where lane = 'patient:' || $1 returning practice_id, lane, next_seq - 1 as seq)
         insert into outbox.event (practice_id, id, lane, seq, name, subject_type, subject_id, version)
         select practice_id, gen_random_uuid(), lane, seq, 'patient.changed', 'patient', $1, 2 from lane";
    let rows = sqlx::query(written).bind(patient).execute(tx).await.expect("an event").rows_affected();
    assert_eq!(rows, 1);
}

async fn told(receiver: &Receiver, events: usize, what: &str) {
    eventually(what, PATIENCE, async || {
        let calls = receiver.calls().iter().filter(|call| call.path == EVENTS).count();
        (calls >= events).then_some(())
    })
    .await;
}

async fn done(server: &Running, at_work: &AtWork, runs: usize) {
    let mut conn = server.sql().await;
    eventually("runs are done", PATIENCE, async || {
        let asked = "select count(*) from automation.run where workflow_id = $1 and state = 'done'";
        let done: i64 = sqlx::query_scalar(asked).bind(at_work.workflow).fetch_one(&mut conn).await.ok()?;
        (done == i64::try_from(runs).ok()?).then_some(())
    })
    .await;
}

//! Writers that put tags on patients and take them off, many at once, and keep a ledger of what was acknowledged. Each has
//! patients and a tag of its own, so that what is in doubt is settled by asking for the same thing again: it changes all of
//! them, or nothing, as they are so already.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::at_work::{id_of, patient};
use crate::client::{Client, Reply};
use crate::load::Dice;
use crate::running::is_ready;

/// Patients that are tagged by one request.
const AT_ONCE: usize = 30;

/// A patient, as its only writer knows it.
#[derive(Debug)]
pub struct Patient {
    pub id: Uuid,
    /// The last version that was acknowledged: there is an event for each.
    pub version: i32,
    tagged: bool,
}

/// What a writer was told.
#[derive(Debug, Default)]
pub struct Ledger {
    pub patients: Vec<Patient>,
    pub requests: usize,
    pub unsettled: usize,
    pub wrong: Vec<String>,
}

/// Writers at work.
#[derive(Debug)]
pub struct Tagging {
    shared: Arc<Shared>,
    writers: Vec<JoinHandle<Ledger>>,
}

#[derive(Debug)]
struct Shared {
    /// Events of which writers know, and of which they shall make no more.
    made: AtomicUsize,
    wanted: usize,
    /// Events of which the receiver knows.
    told: AtomicUsize,
    /// How far writers run ahead of it.
    ahead: usize,
}

impl Shared {
    fn is_enough(&self) -> bool {
        self.made.load(Ordering::Relaxed) >= self.wanted
    }

    fn has_room(&self) -> bool {
        self.made.load(Ordering::Relaxed) < self.told.load(Ordering::Relaxed) + self.ahead
    }
}

impl Tagging {
    /// Enters patients, and begins to change them, until there are so many events.
    pub async fn start(client: &Client, writers: usize, patients_each: usize, wanted: usize, ahead: usize) -> Self {
        let made = AtomicUsize::new(writers * patients_each);
        let told = AtomicUsize::new(0);
        let shared = Arc::new(Shared { made, wanted, told, ahead });
        let mut tasks = Vec::new();
        for writer in 0..writers {
            let tag = json!({ "name": format!("Through kills {writer}"), "colour": "red" });
            let tag = id_of(&client.made("/api/v1/tags", &tag).await);
            let mut patients = Vec::new();
            for number in 0..patients_each {
                let body = patient(writer * patients_each + number, number % 5 == 0);
                let id = id_of(&client.made("/api/v1/patients", &body).await);
                patients.push(Patient { id, version: 1, tagged: false });
            }
            let ledger = Ledger { patients, ..Ledger::default() };
            tasks.push(tokio::spawn(write(client.clone(), Dice::new(writer), tag, ledger, Arc::clone(&shared))));
        }
        Self { shared, writers: tasks }
    }

    /// Says how many events the receiver knows of.
    pub fn told(&self, events: usize) {
        self.shared.told.store(events, Ordering::Relaxed);
    }

    /// Events of which writers know.
    pub fn made(&self) -> usize {
        self.shared.made.load(Ordering::Relaxed)
    }

    /// Waits for the writers; nothing is in doubt then.
    pub async fn finish(self) -> Ledger {
        let mut all = Ledger::default();
        for writer in self.writers {
            let ledger = writer.await.expect("a writer");
            all.patients.extend(ledger.patients);
            all.requests += ledger.requests;
            all.unsettled += ledger.unsettled;
            all.wrong.extend(ledger.wrong);
        }
        all
    }
}

async fn write(client: Client, mut dice: Dice, tag: Uuid, mut ledger: Ledger, shared: Arc<Shared>) -> Ledger {
    while !shared.is_enough() {
        if !shared.has_room() {
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        }
        let add = dice.roll(2) == 0;
        let mut chosen: Vec<usize> =
            (0..ledger.patients.len()).filter(|at| ledger.patients[*at].tagged != add && dice.roll(2) == 0).collect();
        chosen.truncate(1 + dice.roll(AT_ONCE));
        if chosen.is_empty() {
            continue;
        }
        match settle(&client, tag, add, &chosen, &mut ledger).await {
            Ok(()) => {
                shared.made.fetch_add(chosen.len(), Ordering::Relaxed);
            }
            Err(fault) => {
                ledger.wrong.push(fault);
                return ledger;
            }
        }
    }
    ledger
}

/// Tags these patients, and asks again until it is known that it happened: once.
async fn settle(client: &Client, tag: Uuid, add: bool, chosen: &[usize], ledger: &mut Ledger) -> Result<(), String> {
    let ids: Vec<Uuid> = chosen.iter().map(|at| ledger.patients[*at].id).collect();
    let (on, off) = if add { (vec![tag], vec![]) } else { (vec![], vec![tag]) };
    let body = json!({ "ids": ids, "add": on, "remove": off });
    let mut doubtful = false;
    loop {
        ledger.requests += 1;
        match client.post("/api/v1/patients/tag", &body).await {
            Reply::Done(done) if done["changed"] == ids.len() || doubtful && done["changed"] == 0 => break,
            Reply::Unsettled(_) => {
                doubtful = true;
                ledger.unsettled += 1;
                while !is_ready(&format!("{}/readyz", client.base)).await {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            }
            reply => return Err(format!("{} patients, in doubt: {doubtful}: {reply:?}", ids.len())),
        }
    }
    for at in chosen {
        let patient = &mut ledger.patients[*at];
        (patient.version, patient.tagged) = (patient.version + 1, add);
    }
    Ok(())
}

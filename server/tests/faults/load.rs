//! Clients that write steadily and keep a ledger of what was acknowledged to them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::client::{Client, Reply, service};
use crate::running::is_ready;

/// One service, as its only writer knows it.
#[derive(Debug)]
pub struct Entry {
    pub key: Uuid,
    pub name: String,
    /// Once its creation is acknowledged.
    pub id: Option<Uuid>,
    /// The last version that was acknowledged, and the duration that it has.
    pub version: i32,
    pub duration: i32,
    /// Duration of a change that may have happened or not.
    doubt: Option<i32>,
}

/// What a writer was told.
#[derive(Debug, Default)]
pub struct Ledger {
    pub entries: Vec<Entry>,
    pub acknowledged: usize,
    pub unsettled: usize,
    pub wrong: Vec<String>,
}

/// Numbers that look random and are the same in every run (xorshift64*, Vigna 2016).
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: usize) -> Self {
        Self(0x9e37_79b9_7f4a_7c15 ^ (seed as u64 + 1).wrapping_mul(0xbf58_476d_1ce4_e5b9))
    }

    /// Below `limit`.
    pub fn roll(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from((self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % limit as u64).expect("small")
    }
}

/// Writers at work.
#[derive(Debug)]
pub struct Load {
    shared: Arc<Shared>,
    writers: Vec<JoinHandle<Ledger>>,
}

#[derive(Debug, Default)]
struct Shared {
    acknowledged: AtomicUsize,
    stop: AtomicBool,
}

impl Load {
    pub fn start(client: &Client, writers: usize) -> Self {
        let shared = Arc::new(Shared::default());
        let writers =
            (0..writers).map(|number| tokio::spawn(write(client.clone(), number, Arc::clone(&shared)))).collect();
        Self { shared, writers }
    }

    /// Writes acknowledged so far, over all writers.
    pub fn acknowledged(&self) -> usize {
        self.shared.acknowledged.load(Ordering::Relaxed)
    }

    /// Ends the load and clears up every doubt, as a client does: by asking for the same thing again.
    pub async fn finish(self, client: &Client) -> Ledger {
        self.shared.stop.store(true, Ordering::Relaxed);
        let mut all = Ledger::default();
        for writer in self.writers {
            let ledger = writer.await.expect("a writer");
            all.entries.extend(ledger.entries);
            all.acknowledged += ledger.acknowledged;
            all.unsettled += ledger.unsettled;
            all.wrong.extend(ledger.wrong);
        }
        for entry in &mut all.entries {
            if entry.id.is_none() || entry.doubt.is_some() {
                entry.settle(client).await.unwrap_or_else(|fault| all.wrong.push(fault));
            }
        }
        all
    }
}

async fn write(client: Client, number: usize, shared: Arc<Shared>) -> Ledger {
    let (mut ledger, mut dice) = (Ledger::default(), Dice::new(number));
    let ready = format!("{}/readyz", client.base);
    while !shared.stop.load(Ordering::Relaxed) {
        let known: Vec<usize> = (0..ledger.entries.len()).filter(|at| ledger.entries[*at].is_certain()).collect();
        let at = if known.is_empty() || dice.roll(3) == 0 {
            ledger.entries.push(Entry::new(&format!("load {number}-{}", ledger.entries.len())));
            ledger.entries.len() - 1
        } else {
            known[dice.roll(known.len())]
        };
        match ledger.entries[at].step(&client).await {
            Ok(true) => {
                ledger.acknowledged += 1;
                shared.acknowledged.fetch_add(1, Ordering::Relaxed);
            }
            Ok(false) => {
                ledger.unsettled += 1;
                while !shared.stop.load(Ordering::Relaxed) && !is_ready(&ready).await {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            }
            Err(fault) => ledger.wrong.push(fault),
        }
    }
    ledger
}

impl Entry {
    fn new(name: &str) -> Self {
        Self { key: Uuid::new_v4(), name: name.to_owned(), id: None, version: 0, duration: 30, doubt: None }
    }

    fn is_certain(&self) -> bool {
        self.id.is_some() && self.doubt.is_none()
    }

    /// Creates it, or changes it once more. Whether that was acknowledged.
    async fn step(&mut self, client: &Client) -> Result<bool, String> {
        let duration = 30 + (self.version + 1) % 600;
        let (reply, doubt) = match self.id {
            None => (client.create(self.key, &service(&self.name)).await, None),
            Some(id) => (
                client.change(id, &json!({ "version": self.version, "durationMinutes": duration })).await,
                Some(duration),
            ),
        };
        match reply {
            Reply::Done(body) => self.learn(&body).map(|()| true),
            Reply::Unsettled(_) => {
                self.doubt = doubt;
                Ok(false)
            }
            Reply::Stale(body) => Err(format!("{}: somebody else changed it: {body}", self.name)),
            Reply::Wrong(answer) => Err(format!("{}: {answer}", self.name)),
        }
    }

    /// Asks again for what is in doubt: the same key answers for the same service, the same change happens once.
    async fn settle(&mut self, client: &Client) -> Result<(), String> {
        let reply = match (self.id, self.doubt.take()) {
            (Some(id), Some(duration)) => {
                match client.change(id, &json!({ "version": self.version, "durationMinutes": duration })).await {
                    Reply::Stale(body) if body["current"]["durationMinutes"] == duration => {
                        Reply::Done(body["current"].clone())
                    }
                    reply => reply,
                }
            }
            _ => client.create(self.key, &service(&self.name)).await,
        };
        match reply {
            Reply::Done(body) => self.learn(&body),
            reply => Err(format!("{} cannot be settled: {reply:?}", self.name)),
        }
    }

    /// Takes over what was acknowledged; the version must be the next one.
    fn learn(&mut self, body: &Value) -> Result<(), String> {
        let field = |name: &str| body[name].as_i64().and_then(|number| i32::try_from(number).ok()).unwrap_or(-1);
        let version = self.version + 1;
        if field("version") != version {
            return Err(format!("{}: version {version} expected, {body}", self.name));
        }
        self.id = Some(serde_json::from_value(body["id"].clone()).map_err(|error| error.to_string())?);
        (self.version, self.duration) = (version, field("durationMinutes"));
        Ok(())
    }
}

//! A receiver as bad as they come: of three calls it refuses one, it loses answers behind the work, and it hangs. It knows
//! a message again by its id, and keeps an account of what it took.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use crate::load::Dice;

#[expect(dead_code, reason = "the receiver of the area's own tests, of which less is needed here")]
#[path = "../../../clinic/webhooks/src/tests/receiver.rs"]
pub mod receiver;

use receiver::{Call, Do, Receiver, status};

/// A message is refused so many times at most: one that is refused at every try is given up, as it should be.
const MOST_REFUSALS: usize = 6;
/// Each hang keeps the one place of an endpoint that fails, for as long as a call may take, unless its caller is killed.
const MOST_HANGS: usize = 12;

/// A message as it came first.
#[derive(Debug)]
struct Message {
    path: String,
    body: String,
    calls: usize,
    refusals: usize,
    /// When it was taken first, counted over all messages.
    taken: Option<usize>,
}

#[derive(Debug)]
struct Account {
    dice: Dice,
    messages: HashMap<String, Message>,
    /// Addresses whose next call hangs.
    hangs_next: HashSet<String>,
    faults: Vec<String>,
    taken: usize,
    figures: Figures,
}

/// What it did.
#[derive(Clone, Copy, Debug, Default)]
pub struct Figures {
    pub calls: usize,
    pub refused: usize,
    pub lost: usize,
    pub hung: usize,
    /// Calls for what it had taken already.
    pub again: usize,
}

/// See the module.
pub struct Hostile {
    receiver: Receiver,
    account: Arc<Mutex<Account>>,
}

impl Hostile {
    pub async fn start(seed: usize) -> Self {
        let account = Arc::new(Mutex::new(Account {
            dice: Dice::new(seed),
            messages: HashMap::new(),
            hangs_next: HashSet::new(),
            faults: Vec::new(),
            taken: 0,
            figures: Figures::default(),
        }));
        let shared = Arc::clone(&account);
        let receiver = Receiver::start(move |call, _| lock(&shared).hear(call)).await;
        Self { receiver, account }
    }

    pub fn origin(&self) -> String {
        self.receiver.origin()
    }

    pub fn url(&self, path: &str) -> String {
        self.receiver.url(path)
    }

    /// The next call to each of these addresses hangs.
    pub fn hang_next(&self, paths: &[&str]) {
        lock(&self.account).hangs_next.extend(paths.iter().map(|path| (*path).to_owned()));
    }

    /// How many messages it took at an address.
    pub fn taken(&self, path: &str) -> usize {
        lock(&self.account).messages.values().filter(|one| one.path == path && one.taken.is_some()).count()
    }

    /// The bodies that it took at an address, by the ids of their messages, in the order in which they were taken first.
    pub fn took(&self, path: &str) -> Vec<(String, Value)> {
        let account = lock(&self.account);
        let mut taken: Vec<_> = account
            .messages
            .iter()
            .filter(|(_, one)| one.path == path)
            .filter_map(|(id, one)| Some((one.taken?, id.clone(), serde_json::from_str(&one.body).expect("json"))))
            .collect();
        taken.sort_by_key(|(turn, ..)| *turn);
        taken.into_iter().map(|(_, id, body)| (id, body)).collect()
    }

    pub fn figures(&self) -> Figures {
        lock(&self.account).figures
    }

    /// What must never be: the same id with another body, or at another address.
    pub fn faults(&self) -> Vec<String> {
        lock(&self.account).faults.clone()
    }

    /// A call as it came, to look at its signature.
    pub fn is_signed_by(&self, path: &str, secret: &str) -> bool {
        let calls = self.receiver.calls();
        calls.iter().filter(|call| call.path == path).all(|call| !call.signed_by(secret).is_empty())
    }
}

fn lock(account: &Mutex<Account>) -> MutexGuard<'_, Account> {
    account.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Account {
    fn hear(&mut self, call: &Call) -> Do {
        let new = Message { path: call.path.clone(), body: call.body.clone(), calls: 0, refusals: 0, taken: None };
        let message = self.messages.entry(call.id.clone()).or_insert(new);
        if message.path != call.path || message.body != call.body {
            self.faults.push(format!("{} came as {} and as {}", call.id, message.body, call.body));
        }
        message.calls += 1;
        self.figures.calls += 1;
        self.figures.again += usize::from(message.taken.is_some());
        let chance = self.dice.roll(300);
        if self.hangs_next.remove(&call.path) || chance == 284 && self.figures.hung < MOST_HANGS {
            self.figures.hung += 1;
            return Do::Hang;
        }
        if chance < 100 && message.refusals < MOST_REFUSALS {
            message.refusals += 1;
            self.figures.refused += 1;
            return status(500);
        }
        if message.taken.is_none() {
            message.taken = Some(self.taken);
            self.taken += 1;
        }
        // the work is done, and nobody hears of it
        if chance >= 285 {
            self.figures.lost += 1;
            return Do::Drop;
        }
        status(200)
    }
}

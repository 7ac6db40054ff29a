//! Twilio's calls: its API, what documents of calls do, its streams and its webhooks; and the telephones at their other end,
//! which a test answers, and speaks and listens with.
//!
//! Written by what Twilio documents and not by the client in this project, so that each is a proof of the other.

mod api;
mod document;
mod phone;
mod sign;
mod stream;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::serve::ListenerExt as _;
use platform::egress::Url;
use tokio::net::TcpListener;
use tokio::sync::{Mutex as AsyncMutex, mpsc};
use tokio::task::JoinHandle;

pub use phone::Phone;

/// How long a test waits for what should happen at once.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The server, until it is dropped.
pub struct TwilioPeer {
    /// Where its API is.
    pub url: String,
    exchange: Arc<Exchange>,
    rung: AsyncMutex<mpsc::UnboundedReceiver<Phone>>,
    serving: JoinHandle<()>,
}

/// What all calls share.
pub(crate) struct Exchange {
    pub account: String,
    pub token: String,
    pub http: reqwest::Client,
    calls: Mutex<HashMap<String, Phone>>,
    complaints: Mutex<Vec<String>>,
    rings: mpsc::UnboundedSender<Phone>,
}

impl TwilioPeer {
    /// One that knows this account.
    ///
    /// # Panics
    /// When there is no port.
    pub async fn start(account: &str, token: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (rings, rung) = mpsc::unbounded_channel();
        #[expect(clippy::disallowed_methods, reason = "it calls this machine only")]
        let http = reqwest::Client::new();
        let exchange = Arc::new(Exchange {
            account: account.to_owned(),
            token: token.to_owned(),
            http,
            calls: Mutex::default(),
            complaints: Mutex::default(),
            rings,
        });
        let router = api::routes(Arc::clone(&exchange));
        let listener = listener.tap_io(crate::at_once);
        let serving = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Self { url, exchange, rung: AsyncMutex::new(rung), serving }
    }

    /// The telephone that rings next, or has rung already.
    ///
    /// # Panics
    /// When none does.
    pub async fn rings(&self) -> Phone {
        let next = async { self.rung.lock().await.recv().await };
        tokio::time::timeout(PATIENCE, next).await.expect("a telephone rings").expect("it lives")
    }

    /// Somebody calls a number whose calls are told to that address, which is as it was given to Twilio.
    ///
    /// # Panics
    /// When nobody says what happens then.
    pub async fn calls_in(&self, voice_url: &str, from: &str, to: &str) -> Phone {
        let phone = Phone::new(&self.exchange, to, from, "inbound", None);
        self.exchange.add(&phone);
        let url: Url = voice_url.parse().expect("an address");
        let text = phone.tell(&url, "ringing", &[]).await.expect("a document");
        phone.run(&text);
        phone
    }

    /// What the product answered otherwise than Twilio expects it.
    #[must_use]
    pub fn complaints(&self) -> Vec<String> {
        lock(&self.exchange.complaints).clone()
    }
}

impl Drop for TwilioPeer {
    fn drop(&mut self) {
        for (_, phone) in lock(&self.exchange.calls).drain() {
            phone.forget();
        }
        self.serving.abort();
    }
}

impl Exchange {
    fn add(&self, phone: &Phone) {
        lock(&self.calls).insert(phone.sid.clone(), phone.clone());
    }

    fn complain(&self, what: String) {
        lock(&self.complaints).push(what);
    }
}

pub(crate) fn lock<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}

//! A call and the telephone at its other end.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use platform::egress::Url;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::stream::Stream;
use super::{Exchange, PATIENCE, document, lock, sign, stream};

/// A call. Clones are the same one.
#[derive(Clone)]
pub struct Phone {
    /// Its id there.
    pub sid: String,
    /// Who is called.
    pub to: String,
    /// Who calls.
    pub from: String,
    pub(crate) direction: &'static str,
    pub(crate) made_at: String,
    callback: Option<Url>,
    exchange: Weak<Exchange>,
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    state: Mutex<State>,
    changed: Notify,
}

/// What is to be heard at the telephone.
pub(crate) enum Item {
    Frame(Vec<u8>),
    Mark(String),
}

#[derive(Default)]
pub(crate) struct State {
    status: &'static str,
    is_over: bool,
    sequence: u32,
    document: Option<JoinHandle<()>>,
    clock: Option<JoinHandle<()>>,
    twiml: String,
    /// What its owner says.
    pub speaking: VecDeque<u8>,
    /// When the latest of it began.
    pub spoke_at: Option<Instant>,
    pub is_to_begin: bool,
    /// When the last of it went out.
    pub spoke_until: Option<Instant>,
    /// Frames that went out, and those that went out late.
    pub frames: u64,
    pub late: u64,
    /// What they are to hear next.
    pub playing: VecDeque<Item>,
    pub last_sound: Option<Instant>,
    pub first_sound: Option<Instant>,
    pub sounds: u64,
    pub clears: u32,
    pub streams: Vec<Stream>,
    pub said: Vec<String>,
    pub pressed: String,
    pub conference: Option<String>,
    pub keys: VecDeque<char>,
}

impl Phone {
    pub(crate) fn new(
        exchange: &Arc<Exchange>,
        to: &str,
        from: &str,
        direction: &'static str,
        callback: Option<Url>,
    ) -> Self {
        let sid = format!("CA{}", uuid::Uuid::new_v4().simple());
        #[expect(clippy::disallowed_methods, reason = "Twilio has a clock of its own")]
        let now = jiff::Timestamp::now();
        let made_at = jiff::fmt::rfc2822::to_string(&now.to_zoned(jiff::tz::TimeZone::UTC)).unwrap_or_default();
        let exchange = Arc::downgrade(exchange);
        let inner = Arc::new(Inner::default());
        inner.state().status = "queued";
        Self { sid, to: to.to_owned(), from: from.to_owned(), direction, made_at, callback, exchange, inner }
    }

    /// Somebody answers.
    pub async fn answers(&self) {
        self.step("in-progress").await;
        let twiml = self.state().twiml.clone();
        self.run(&twiml);
    }

    /// The line is busy.
    pub async fn is_busy(&self) {
        self.end("busy").await;
    }

    /// It rings in vain.
    pub async fn does_not_answer(&self) {
        self.end("no-answer").await;
    }

    /// Whoever answered hangs up.
    pub async fn hangs_up(&self) {
        self.end("completed").await;
    }

    /// They say this, µ-law at 8 kHz, behind what they are saying.
    pub fn speaks(&self, sound: &[u8]) {
        let mut state = self.state();
        state.is_to_begin |= state.speaking.is_empty();
        state.speaking.extend(sound);
        (state.spoke_at, state.spoke_until) = (None, None);
    }

    /// They press keys.
    pub fn presses(&self, keys: &str) {
        self.state().keys.extend(keys.chars());
        self.inner.changed.notify_waiters();
        stream::press(self, keys);
    }

    /// When the first frame of what they said last went out.
    #[must_use]
    pub fn spoke_at(&self) -> Option<Instant> {
        self.state().spoke_at
    }

    /// When the last frame of what they said last went out; nothing, while they speak.
    #[must_use]
    pub fn spoke_until(&self) -> Option<Instant> {
        self.state().spoke_until
    }

    /// Frames that went out so far, and those of them that went out more than 10 ms late.
    #[must_use]
    pub fn punctuality(&self) -> (u64, u64) {
        let state = self.state();
        (state.frames, state.late)
    }

    /// When they last heard anything.
    #[must_use]
    pub fn last_sound(&self) -> Option<Instant> {
        self.state().last_sound
    }

    /// When they first heard something behind what they said last.
    #[must_use]
    pub fn answered_at(&self) -> Option<Instant> {
        self.state().first_sound
    }

    /// How many frames of sound they have heard.
    #[must_use]
    pub fn sounds(&self) -> u64 {
        self.state().sounds
    }

    /// How often what waited to be heard was taken back.
    #[must_use]
    pub fn clears(&self) -> u32 {
        self.state().clears
    }

    /// What a voice of Twilio's has said to them.
    #[must_use]
    pub fn said(&self) -> Vec<String> {
        self.state().said.clone()
    }

    /// Keys that were pressed to them.
    #[must_use]
    pub fn pressed(&self) -> String {
        self.state().pressed.clone()
    }

    /// The conference that they are in.
    #[must_use]
    pub fn conference(&self) -> Option<String> {
        self.state().conference.clone()
    }

    /// Streams that are open.
    #[must_use]
    pub fn streams(&self) -> usize {
        self.state().streams.len()
    }

    /// Whether it is over.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.state().is_over
    }

    /// Until it is so.
    ///
    /// # Panics
    /// When it does not become so.
    pub async fn until(&self, so: impl Fn(&Self) -> bool) {
        let so = async {
            loop {
                let mut changed = std::pin::pin!(self.inner.changed.notified());
                changed.as_mut().enable();
                if so(self) {
                    return;
                }
                changed.await;
            }
        };
        let waited = tokio::time::timeout(PATIENCE * 2, so).await;
        assert!(waited.is_ok(), "it did not happen at {}: {:?}", self.to, self.said());
    }

    /// Until it is over.
    pub async fn until_over(&self) {
        self.until(Self::is_over).await;
    }

    /// Until something is heard that was not heard before now.
    pub async fn until_hears(&self) {
        let before = self.state().sounds;
        self.until(|phone| phone.state().sounds > before).await;
    }

    /// Until nothing has been heard for so long.
    pub async fn until_quiet(&self, how_long: Duration) {
        self.until(|phone| phone.last_sound().is_none_or(|at| at.elapsed() >= how_long)).await;
    }

    pub(crate) fn status(&self) -> &'static str {
        self.state().status
    }

    pub(crate) fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.inner.state()
    }

    pub(crate) fn exchange(&self) -> Option<Arc<Exchange>> {
        self.exchange.upgrade()
    }

    pub(crate) fn changed(&self) {
        self.inner.changed.notify_waiters();
    }

    /// A document waits for an answer.
    pub(crate) fn prepare(&self, twiml: &str) {
        self.state().twiml = twiml.to_owned();
    }

    /// Does what a document says, instead of what is being done.
    pub(crate) fn run(&self, twiml: &str) {
        let mut state = self.state();
        if let Some(document) = state.document.take() {
            document.abort();
        }
        // what was connected ends; copies go on
        state.streams.retain(|stream| !stream.is_mouth);
        state.playing.clear();
        if state.clock.is_none() {
            state.clock = Some(tokio::spawn(stream::clock(self.clone())));
        }
        state.document = Some(tokio::spawn(document::run(self.clone(), twiml.to_owned())));
    }

    /// Tells how it goes.
    pub(crate) async fn step(&self, status: &'static str) {
        self.state().status = status;
        if let Some(url) = self.callback.clone() {
            let _ = self.tell(&url, status, &[]).await;
        }
        self.changed();
    }

    /// It is over.
    pub(crate) async fn end(&self, status: &'static str) {
        {
            let mut state = self.state();
            if std::mem::replace(&mut state.is_over, true) {
                return;
            }
            state.streams.clear();
            state.conference = None;
        }
        self.step(status).await;
        self.forget();
    }

    /// Ends its tasks.
    pub(crate) fn forget(&self) {
        let mut state = self.state();
        state.streams.clear();
        for task in [state.document.take(), state.clock.take()].into_iter().flatten() {
            task.abort();
        }
    }

    /// Tells an address of the product something; its answer.
    pub(crate) async fn tell(&self, url: &Url, status: &str, more: &[(&str, &str)]) -> Option<String> {
        let exchange = self.exchange()?;
        let sequence = {
            let mut state = self.state();
            state.sequence += 1;
            (state.sequence - 1).to_string()
        };
        let mut fields = vec![
            ("AccountSid", exchange.account.as_str()),
            ("ApiVersion", "2010-04-01"),
            ("CallSid", self.sid.as_str()),
            ("CallStatus", status),
            ("Direction", self.direction),
            ("From", self.from.as_str()),
            ("SequenceNumber", sequence.as_str()),
            ("To", self.to.as_str()),
        ];
        fields.extend(more);
        let signature = sign::sign(&exchange.token, url.as_str(), &fields);
        let request = exchange.http.post(url.clone()).header("x-twilio-signature", signature).form(&fields);
        match request.send().await {
            Ok(answer) if answer.status().is_success() => answer.text().await.ok(),
            Ok(answer) => {
                exchange.complain(format!("{status} of {}: {}", url.path(), answer.status()));
                None
            }
            Err(error) => {
                exchange.complain(format!("{status}: {error}"));
                None
            }
        }
    }
}

impl Inner {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        lock(&self.state)
    }
}

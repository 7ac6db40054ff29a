//! The model itself: a request, and the task that reads its answer.

use std::collections::VecDeque;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use platform::egress::{self, Egress, Url};
use platform::phi::Phi;
use serde_json::Value;
use speech::{Answering, Line, Model, Piece, Question, Trouble};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use crate::answer::{self, Answer};
use crate::request::{self, Limit};
use crate::stream::Events;

/// Pieces that may wait to be taken.
const PIECES: usize = 64;
/// Most of what a refusal says that is looked at.
const REFUSAL: usize = 16_384;

/// Where and how to ask.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The way out, which must lead to `base`.
    pub egress: Egress,
    /// The API's address with its version: `https://api.openai.com/v1`.
    pub base: Url,
    /// Its key, sent as `Authorization: Bearer`.
    pub key: Phi<String>,
    /// The model, as the provider calls it.
    pub model: String,
    /// From 0 to 2; models that think before they answer take none.
    pub temperature: Option<f64>,
    /// How the provider calls the limit of an answer.
    pub limit: Limit,
    /// Until the first piece of an answer.
    pub first: Duration,
    /// From piece to piece.
    pub between: Duration,
    /// Until all of it is there.
    pub whole: Duration,
}

impl Settings {
    /// With the time-outs of a conversation.
    #[must_use]
    pub fn new(egress: Egress, base: Url, key: Phi<String>, model: impl Into<String>) -> Self {
        Self {
            egress,
            base,
            key,
            model: model.into(),
            temperature: None,
            limit: Limit::default(),
            first: Duration::from_secs(5),
            between: Duration::from_secs(5),
            whole: Duration::from_secs(60),
        }
    }
}

/// A language model behind chat completions.
#[derive(Clone, Debug)]
pub struct ChatModel {
    settings: Settings,
    url: Url,
}

impl ChatModel {
    /// With these settings.
    ///
    /// # Errors
    /// `refused` when the address is none that a path can be added to.
    pub fn new(settings: Settings) -> Result<Self, Trouble> {
        let mut url = settings.base.clone();
        url.path_segments_mut().map_err(|()| Trouble::new("refused"))?.pop_if_empty().extend(["chat", "completions"]);
        Ok(Self { settings, url })
    }

    async fn answer(&self, question: &Question) -> Result<(reqwest::Response, Instant), Trouble> {
        let asked = Instant::now();
        let request = self.settings.egress.post(&self.url).map_err(|_| Trouble::new("refused"))?;
        let request = request
            .bearer_auth(self.settings.key.expose())
            .header("accept", "text/event-stream")
            .json(&request::body(&self.settings, question))
            // instead of the one for requests that are answered in one piece
            .timeout(self.settings.whole);
        let first = asked + self.settings.first;
        let response = match timeout_at(first, request.send()).await {
            Err(_) => return Err(Trouble::new("timeout")),
            Ok(response) => response.map_err(|error| of(&error))?,
        };
        if response.status().is_success() {
            return Ok((response, first));
        }
        Err(timeout_at(first, refusal(response)).await.unwrap_or(Trouble::new("timeout")))
    }
}

impl Model for ChatModel {
    fn ask<'a>(&'a self, question: Question) -> BoxFuture<'a, Result<Line<Answering, Piece>, Trouble>> {
        async move {
            let (response, first) = self.answer(&question).await?;
            let (to, _) = mpsc::channel(1);
            let (pieces, from) = mpsc::channel(PIECES);
            let reading = Reading { response, first, between: self.settings.between, pieces };
            Ok(Line { to, from, kept: tokio::spawn(reading.run()).into() })
        }
        .boxed()
    }
}

struct Reading {
    response: reqwest::Response,
    /// Until when the first piece has to be there.
    first: Instant,
    between: Duration,
    pieces: mpsc::Sender<Result<Piece, Trouble>>,
}

impl Reading {
    async fn run(mut self) {
        if let Err(trouble) = self.read().await {
            // whoever asked may have left
            drop(self.pieces.send(Err(trouble)).await);
        }
    }

    async fn read(&mut self) -> Result<(), Trouble> {
        let (mut events, mut answer, mut pieces) = (Events::default(), Answer::default(), VecDeque::new());
        let mut due = self.first;
        loop {
            let bytes = match timeout_at(due, self.response.chunk()).await {
                Err(_) => return Err(Trouble::new("timeout")),
                Ok(bytes) => bytes.map_err(|error| of(&error))?,
            };
            let read = match bytes {
                None => answer.cut(&mut pieces),
                Some(bytes) => events.push(&bytes).and_then(|()| answer.read_all(&mut events, &mut pieces)),
            };
            // a sign of life is no answer
            if !matches!(read, Ok(false)) {
                due = due.max(Instant::now() + self.between);
            }
            // what was said before something went wrong was said
            while let Some(piece) = pieces.pop_front() {
                let is_last = matches!(piece, Piece::Done(_));
                if self.pieces.send(Ok(piece)).await.is_err() || is_last {
                    return Ok(());
                }
                due = due.max(Instant::now() + self.between);
            }
            read?;
        }
    }
}

/// What a refusal means: its status, and of one that says "too many" whether there is nothing left to spend.
async fn refusal(response: reqwest::Response) -> Trouble {
    let (status, headers) = (response.status(), response.headers().clone());
    let mut answer = egress::Answer { status, headers, body: Vec::new() };
    let trouble = lines::trouble::of(&answer);
    if status.as_u16() != 429 || read(response, &mut answer.body).await.is_err() {
        return trouble;
    }
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let said = answer::of_error(&body["error"]);
    if said.code == "refused" { said } else { trouble }
}

async fn read(mut response: reqwest::Response, body: &mut Vec<u8>) -> Result<(), Trouble> {
    while let Some(chunk) = response.chunk().await.map_err(|error| of(&error))? {
        body.extend_from_slice(&chunk);
        if body.len() > REFUSAL {
            return Err(Trouble::new("protocol"));
        }
    }
    Ok(())
}

fn of(error: &reqwest::Error) -> Trouble {
    Trouble::new(if error.is_timeout() { "timeout" } else { "unavailable" })
}

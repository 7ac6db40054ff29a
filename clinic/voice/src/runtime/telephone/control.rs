//! What a call wants done with its line, one thing after the other, beside the sound.

use std::time::Duration;

use dialogue::flow::Mode;
use platform::phi::Phi;
use tokio::sync::mpsc;
use twilio::{Client, Failure, Keys, NewCall, Reason, Twiml};

use super::document::{self, Addresses};
use super::switchboard::Arrival;

/// Until a key that is pressed has been heard, with the pause behind it.
const KEY: Duration = Duration::from_millis(300);
/// The most keys of one document.
const KEYS: usize = 32;
/// Longest that somebody speaks who took a call over, in seconds.
const LONGEST: u32 = 3600;

/// The line of a call.
#[derive(Clone, Debug)]
pub struct Line {
    /// Who carries it.
    pub client: Client,
    /// The call there.
    pub sid: String,
    /// Our number.
    pub from: String,
    /// Its addresses.
    pub addresses: Addresses,
    /// Where the other side waits while somebody takes over.
    pub conference: String,
}

/// What is to be done.
#[derive(Clone)]
pub enum Command {
    /// Press keys.
    Press(String),
    /// Let the other side wait, and call somebody who takes over.
    HandOver {
        /// Whether they are told first.
        mode: Mode,
        /// Their number.
        to: Phi<String>,
        /// What they are told.
        brief: String,
        /// For how long it rings.
        rings: u32,
        /// `en` or `ar`.
        language: String,
    },
    /// Speak with the other side again.
    TakeBack,
    /// End a call: ours, or another one of the line's.
    End(Option<String>),
}

platform::undisclosed!(Command);

impl Line {
    /// Does what it is told until nobody tells it anything.
    pub async fn obey(self, mut commands: mpsc::Receiver<Command>, news: mpsc::Sender<Arrival>) {
        while let Some(command) = commands.recv().await {
            match command {
                Command::Press(keys) => {
                    if self.press(&keys).await.is_err() {
                        let _ = news.send(Arrival::Refused).await;
                    }
                }
                Command::HandOver { mode, to, brief, rings, language } => {
                    let twiml = match mode {
                        Mode::Warm => document::brief(&self.addresses, &brief, &language),
                        Mode::Cold => document::take(&self.conference),
                    };
                    let called = self.hand_over(to, twiml, rings).await.ok();
                    let _ = news.send(Arrival::SupervisorCalled(called)).await;
                }
                Command::TakeBack => {
                    let _ = self.redirect(&document::speak(Twiml::new(), &self.addresses)).await;
                }
                Command::End(Some(sid)) => drop(self.client.end_call(&sid).await),
                Command::End(None) => self.end().await,
            }
        }
    }

    /// Hangs up.
    pub async fn end(&self) {
        match self.client.end_call(&self.sid).await {
            Ok(_) => {}
            // the other side was quicker
            Err(Failure::Refused(refusal)) if matches!(refusal.reason, Reason::Over | Reason::Missing) => {}
            Err(failure) => tracing::warn!(?failure, "a call could not be hung up"),
        }
    }

    async fn press(&self, keys: &str) -> Result<(), Failure> {
        let all: Vec<char> = keys.chars().collect();
        for keys in all.chunks(KEYS) {
            let Some(keys) = Keys::new(&keys.iter().collect::<String>()) else { continue };
            self.redirect(&document::press(&keys, &self.addresses)).await?;
            // what comes next would end what is being pressed
            tokio::time::sleep(KEY * u32::try_from(all.len().min(KEYS)).unwrap_or(1)).await;
        }
        Ok(())
    }

    async fn hand_over(&self, to: Phi<String>, twiml: Twiml, rings: u32) -> Result<String, Failure> {
        self.redirect(&document::wait(&self.conference)).await?;
        let new = NewCall {
            to,
            from: self.from.clone(),
            twiml,
            keys: None,
            status_callback: Some(self.addresses.supervisor_status()),
            rings,
            longest: Some(LONGEST),
        };
        self.client.create_call(&new).await.map(|call| call.sid)
    }

    async fn redirect(&self, document: &Twiml) -> Result<(), Failure> {
        self.client.redirect_call(&self.sid, document).await.map(drop).inspect_err(|failure| {
            tracing::warn!(?failure, "a call goes on as it was");
        })
    }
}

//! By whom a message goes out, and what may come of asking them.

use std::time::Duration;

use platform::egress;
use platform::{App, Result};

use super::letter::Letter;
use super::smtp;
use crate::channels::{self, Provider};
use crate::judge::Suppressed;
use crate::message::State;

/// What came of asking somebody to take a message, or of asking what they have.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// They have it.
    Taken {
        /// Under this name.
        provider_id: Option<String>,
        /// It has come so far.
        state: Option<State>,
    },
    /// They do not take it, and will not.
    Refused {
        /// Why.
        code: String,
        /// The address gets nothing more because of it.
        suppress: Option<Suppressed>,
    },
    /// They do not take it now. Nothing came of it.
    Later {
        /// Why.
        code: String,
        /// Not before that.
        after: Option<Duration>,
    },
    /// Nobody knows.
    Doubt {
        /// They can be asked.
        can_ask: bool,
    },
    /// Asked, they do not have it.
    Missing,
}

/// By whom it goes out.
pub enum Sender {
    /// It is kept here.
    Sandbox,
    /// By a server for mail.
    Smtp(App),
    /// By SendGrid.
    Sendgrid(sendgrid::Client),
    /// By Twilio.
    Twilio(Box<twilio::Client>),
}

impl Sender {
    /// Whoever the practice sends by.
    ///
    /// # Errors
    /// When the settings name no address.
    pub fn of(app: &App, letter: &Letter) -> Result<Self> {
        let base = |provider: Provider| {
            let usual = channels::base_urls(app, provider).into_iter().next().unwrap_or_default();
            let url = letter.settings.base_url.clone().unwrap_or(usual);
            egress::address("the address of a provider", &url)
        };
        Ok(match letter.provider {
            Provider::Sandbox => Self::Sandbox,
            Provider::Installation | Provider::Smtp => Self::Smtp(app.clone()),
            Provider::Sendgrid => Self::Sendgrid(sendgrid::Client::new(sendgrid::Connection {
                egress: app.outside.clone(),
                base: base(Provider::Sendgrid)?,
                key: letter.secret.clone(),
            })),
            Provider::Twilio => Self::Twilio(Box::new(letter.twilio(app.outside.clone(), base(Provider::Twilio)?))),
        })
    }

    /// Asks them to take it, once.
    pub async fn send(&self, letter: &Letter) -> Outcome {
        match self {
            Self::Sandbox => Outcome::taken(Some(letter.id.to_string())),
            Self::Smtp(app) => smtp::send(app, letter).await,
            Self::Sendgrid(client) => match client.send(&letter.for_sendgrid()).await {
                Ok(accepted) => Outcome::taken(accepted.message_id),
                Err(failure) => of_sendgrid(failure),
            },
            Self::Twilio(client) => letter.by_twilio(client).await,
        }
    }

    /// Asks what became of it.
    pub async fn look_up(&self, letter: &Letter) -> Outcome {
        match self {
            Self::Twilio(client) => letter.at_twilio(client).await,
            Self::Sandbox | Self::Smtp(_) | Self::Sendgrid(_) => Outcome::Doubt { can_ask: false },
        }
    }
}

fn of_sendgrid(failure: sendgrid::Failure) -> Outcome {
    let code = format!("sendgrid.{}", failure.code());
    match failure {
        sendgrid::Failure::Refused(_) => Outcome::refused(code),
        sendgrid::Failure::Later(after) => Outcome::Later { code, after: Some(after) },
        sendgrid::Failure::Unknown => Outcome::Doubt { can_ask: false },
    }
}

//! Text messages by Twilio: sent once, and after a call without an answer looked for there before anybody sends again.

use jiff::{SignedDuration, Timestamp};
use platform::egress::{Egress, Url};
use platform::phi::Phi;
use twilio::{Client, Connection, Failure, Message, NewMessage, Reason, Status};

use super::letter::Letter;
use super::sender::Outcome;
use crate::judge::Suppressed;
use crate::message::State;

/// How far Twilio's clock may be behind ours.
const BEHIND: SignedDuration = SignedDuration::from_mins(5);

impl Letter {
    /// Twilio, with the practice's account.
    pub fn twilio(&self, egress: Egress, base: Url) -> Client {
        Client::new(Connection {
            egress,
            base,
            account: self.settings.account_sid.clone().unwrap_or_default(),
            token: self.secret.clone(),
        })
    }

    fn for_twilio(&self) -> NewMessage {
        let number = self.settings.from_number.clone().unwrap_or_default();
        NewMessage {
            to: self.to.clone(),
            from: match &self.settings.messaging_service_sid {
                Some(sid) => twilio::Sender::Service(sid.clone()),
                None => twilio::Sender::Number(number),
            },
            body: Phi::new(self.text.clone()),
            status_callback: self.hook.as_deref().and_then(|url| Url::parse(url).ok()),
            validity: None,
        }
    }

    /// Asks Twilio to send it, once.
    pub async fn by_twilio(&self, client: &Client) -> Outcome {
        match client.send_message(&self.for_twilio()).await {
            Ok(message) => taken(message),
            Err(failure) => failed(failure),
        }
    }

    /// Asks Twilio whether it has it: one to that number, of that text, since it was asked for, and none of which we know
    /// already what it is.
    pub async fn at_twilio(&self, client: &Client) -> Outcome {
        let since = Timestamp::from_second(self.at).and_then(|at| at.checked_sub(BEHIND)).unwrap_or(Timestamp::MIN);
        let new = self.for_twilio();
        match client.sent_to(&self.to, since).await {
            Ok(all) => {
                let is_it = |message: &Message| message.may_be(&new) && !self.known.contains(&message.sid);
                all.into_iter().find(is_it).map_or(Outcome::Missing, taken)
            }
            Err(Failure::Later(after)) => Outcome::Later { code: "twilio.later".to_owned(), after: Some(after) },
            Err(failure) => Outcome::Later { code: format!("twilio.{}", failure.code()), after: None },
        }
    }
}

fn taken(message: Message) -> Outcome {
    Outcome::Taken { provider_id: Some(message.sid), state: Some(state_of(&message.status)) }
}

/// What a status of Twilio's means here.
pub fn state_of(status: &Status) -> State {
    match status {
        Status::Delivered => State::Delivered,
        Status::Read => State::Opened,
        Status::Undelivered | Status::Failed | Status::Canceled => State::Failed,
        _ => State::Sent,
    }
}

fn failed(failure: Failure) -> Outcome {
    let code = format!("twilio.{}", failure.code());
    match failure {
        Failure::Refused(refusal) if refusal.reason == Reason::OptedOut => Outcome::unwanted(code, Suppressed::Stop),
        Failure::Refused(_) => Outcome::refused(code),
        Failure::Later(after) => Outcome::Later { code, after: Some(after) },
        Failure::Unknown => Outcome::Doubt { can_ask: true },
    }
}

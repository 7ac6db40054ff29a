//! What is made of what a provider told. Told late, twice or in another order, it leads to the same end.

use jiff::SignedDuration;
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use sendgrid::{Event, Events, Kind};
use twilio::{Form, Incoming, OptOut, StatusUpdate, Undelivered};

use super::incoming::{Written, take_in};
use crate::channels::Provider;
use crate::deliver;
use crate::judge::Suppressed;
use crate::message::{self, MessageId, State, row};
use crate::suppressions;

/// A status may be told before the answer to sending was noted; so long it is waited for.
const PATIENCE: SignedDuration = SignedDuration::from_mins(10);

/// What became of it.
pub enum Fate {
    /// Something was made of it, or it said nothing new.
    Applied,
    /// Nothing, for this reason.
    Ignored(&'static str),
}

/// Makes something of what was told.
///
/// # Errors
/// 503 while it is about something that is not known yet.
pub async fn apply(tx: &mut TenantTx, provider: &str, body: &[u8], age: SignedDuration) -> Result<Fate> {
    if provider == "sendgrid" {
        let event = Events::read(body).ok().and_then(|mut read| read.events.pop());
        return match event {
            Some(event) => of_sendgrid(tx, &event).await,
            None => Ok(Fate::Ignored("unread")),
        };
    }
    let form = Form::read(body);
    if form.get("MessageStatus").is_some() {
        return match StatusUpdate::read(&form) {
            Ok(update) => of_twilio(tx, &update, age).await,
            Err(_) => Ok(Fate::Ignored("unread")),
        };
    }
    let Ok(incoming) = Incoming::read(&form) else { return Ok(Fate::Ignored("unread")) };
    let written = Written {
        provider: Provider::Twilio,
        provider_id: incoming.sid,
        from: incoming.from.expose().clone(),
        text: incoming.body.expose().clone(),
        stop: incoming.opt_out == Some(OptOut::Stop),
        start: incoming.opt_out == Some(OptOut::Start),
        answered: incoming.opt_out.is_some(),
        media: incoming.media,
    };
    take_in(tx, &written).await?;
    Ok(Fate::Applied)
}

async fn of_sendgrid(tx: &mut TenantTx, event: &Event) -> Result<Fate> {
    let id = event.our_id().and_then(|id| id.parse().ok()).map(MessageId);
    let Some(id) = id else { return Ok(Fate::Ignored("not_ours")) };
    let Ok(of) = row::find(tx, id).await else { return Ok(Fate::Ignored("not_ours")) };
    let code = |word: &str| format!("sendgrid.{word}");
    let (state, reason, why) = match &event.kind {
        Kind::Processed => (Some(State::Sent), None, None),
        Kind::Delivered => (Some(State::Delivered), None, None),
        Kind::Bounce => (Some(State::Bounced), Some(code("bounce")), Some(Suppressed::Bounce)),
        Kind::Blocked => (Some(State::Bounced), Some(code("blocked")), None),
        Kind::Dropped => (Some(State::Failed), Some(code("dropped")), None),
        Kind::Open if !event.by_machine => (Some(State::Opened), None, None),
        Kind::Click => (Some(State::Opened), None, None),
        Kind::SpamReport => (Some(State::Opened), Some(code("complaint")), Some(Suppressed::Complaint)),
        Kind::Unsubscribe | Kind::GroupUnsubscribe => (None, None, Some(Suppressed::Unsubscribe)),
        Kind::Deferred | Kind::Open | Kind::GroupResubscribe | Kind::Other(_) => (None, None, None),
    };
    if let Some(why) = why {
        suppressions::suppress(tx, of.channel, &of.address, why, of.patient_id).await?;
    }
    if let Some(state) = state {
        message::hear(tx, id, state, reason.as_deref()).await?;
    }
    Ok(Fate::Applied)
}

async fn of_twilio(tx: &mut TenantTx, update: &StatusUpdate, age: SignedDuration) -> Result<Fate> {
    let Some(id) = row::known_as(tx, "twilio", &update.sid).await? else {
        if age < PATIENCE {
            return Err(Error::unavailable("message.not_yet", "The message that this is about is not known yet."));
        }
        return Ok(Fate::Ignored("not_ours"));
    };
    let why = update.error_code.map(Undelivered::of);
    let reason = why.map(|why| format!("twilio.{}", why.code()));
    if why == Some(Undelivered::OptedOut) {
        let of = row::find(tx, id).await?;
        suppressions::suppress(tx, of.channel, &of.address, Suppressed::Stop, of.patient_id).await?;
    }
    message::hear(tx, id, deliver::state_of(&update.status), reason.as_deref()).await?;
    Ok(Fate::Applied)
}

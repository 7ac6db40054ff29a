//! Calls by telephone, over Twilio: our ear is a copy of what the other side says, which goes on through the whole call; our
//! mouth is a stream that is connected while we may speak, and gives way while keys are pressed. So nothing that is said
//! meanwhile is missed.
//!
//! All addresses of a call end with a secret of its own and lead to the process that carries it.

mod account;
mod bridge;
mod control;
mod document;
mod hooks;
mod inbound;
mod switchboard;

use std::time::Duration;

use jiff::SignedDuration;
use platform::phi::Phi;
use platform::routes::Routes;
use tokio::time::{Instant, timeout_at};
use twilio::{Call, CallStatus, Failure, Keys, NewCall};

pub use self::account::{Account, of};
use self::bridge::Bridge;
use self::control::Line;
use self::document::Addresses;
use self::switchboard::{Arrival, Leg, Seat};
use super::begin::Ready;
use super::wire::{Port, wire};
use crate::call::EndedBy;

/// Seconds that a telephone rings.
const RINGS: u32 = 30;
/// Longer than that nobody waits for news of a telephone that rings.
const NEWS: Duration = Duration::from_secs(RINGS as u64 + 30);
/// Until both streams of a call that was answered have begun.
const STREAMS: Duration = Duration::from_secs(10);
/// The clock of Twilio may be so far behind ours.
const CLOCKS: SignedDuration = SignedDuration::from_secs(30);

/// The routes of Twilio's messages and streams.
pub fn routes() -> Routes {
    hooks::routes().merge(inbound::routes())
}

/// Calls somebody, and carries the call if they answer.
pub async fn call(ready: Ready, account: Account) {
    let Some((number, extension)) = ready.number() else { return ready.unanswered(EndedBy::Failed).await };
    let mut seat = switchboard::sit_down(&account, ready.call().id, ready.loaded().language());
    let addresses = Addresses::of(ready.app(), seat.token());
    let new = NewCall {
        to: Phi::new(number),
        from: account.from.clone(),
        twiml: document::begin(&addresses),
        keys: Keys::new(&extension),
        status_callback: Some(addresses.status()),
        rings: RINGS,
        longest: Some(ready.loaded().flow.limits.max_call_seconds),
    };
    let sid = match made(&account, &new, &ready).await {
        Ok(sid) => sid,
        Err(failure) => {
            tracing::warn!(call = %ready.call().id, ?failure, "a call could not be made");
            return ready.unanswered(EndedBy::Failed).await;
        }
    };
    let line = Line { client: account.client, sid, from: account.from, addresses, conference: seat.conference() };
    match streams(&mut seat, &line.sid, NEWS).await {
        Ok((ear, mouth)) => carry(ready, line, seat, ear, mouth).await,
        Err(why) => {
            if why == EndedBy::Failed {
                line.end().await;
            }
            ready.unanswered(why).await;
        }
    }
}

/// Makes a call once. When nobody knows whether it was made, it is looked for and not made again.
async fn made(account: &Account, new: &NewCall, ready: &Ready) -> Result<String, Failure> {
    let since = ready.app().now();
    match account.client.create_call(new).await {
        Err(Failure::Unknown) => {
            let since = since.checked_sub(CLOCKS).unwrap_or(since);
            let calls = account.client.calls_to(&new.to, since).await?;
            calls.into_iter().find(|call: &Call| call.may_be(new)).map(|call| call.sid).ok_or(Failure::Unknown)
        }
        made => made.map(|call| call.sid),
    }
}

/// Waits until somebody has answered and both streams have begun.
///
/// # Errors
/// Why nobody has.
async fn streams(seat: &mut Seat, sid: &str, patience: Duration) -> Result<(Leg, Leg), EndedBy> {
    let (mut ear, mut mouth) = (None, None);
    let mut until = Instant::now() + patience;
    while ear.is_none() || mouth.is_none() {
        let arrival = timeout_at(until, seat.arrivals.recv()).await;
        match arrival {
            Ok(Some(Arrival::Ear(leg))) if leg.start.call == sid => ear = Some(*leg),
            Ok(Some(Arrival::Mouth(leg))) if leg.start.call == sid => mouth = Some(*leg),
            Ok(Some(Arrival::Status(CallStatus::Busy))) => return Err(EndedBy::Busy),
            Ok(Some(Arrival::Status(CallStatus::NoAnswer | CallStatus::Canceled | CallStatus::Completed))) => {
                return Err(EndedBy::NoAnswer);
            }
            Ok(Some(Arrival::Status(CallStatus::InProgress))) => until = Instant::now() + STREAMS,
            Ok(None | Some(Arrival::Status(CallStatus::Failed))) | Err(_) => return Err(EndedBy::Failed),
            Ok(Some(_)) => {}
        }
    }
    ear.zip(mouth).ok_or(EndedBy::Failed)
}

/// Carries a call on to its end.
async fn carry(ready: Ready, line: Line, seat: Seat, ear: Leg, mouth: Leg) {
    let ready = match ready.answered().await {
        Ok(ready) => ready,
        Err(error) => {
            tracing::error!(%error, "an answered call cannot be begun");
            return line.end().await;
        }
    };
    let (near, far) = wire(Some(Port::TELEPHONE));
    let bridge = tokio::spawn(Bridge::new(line, seat, ear, mouth, far).carry());
    ready.run(near).await;
    let _ = bridge.await;
}

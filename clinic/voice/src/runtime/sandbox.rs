//! A telephone for those who have none: somebody who picks up, and says what the scenarios of the flow say, at the pace of
//! people. So the product can be shown and tried without an account anywhere, and every part of a call but the line is real.

use std::time::Duration;

use dialogue::scenario::Side;
use rand::Rng as _;
use tokio::time::{Instant, sleep_until};

use super::begin::Ready;
use super::desk::Shown;
use super::wire::{Far, In, Out, wire};
use crate::call::{EndedBy, Who};

/// Until somebody picks up, in milliseconds.
const RINGS: std::ops::Range<u64> = 1500..4500;
/// Silence behind what the agent said before the other side speaks.
const BREATH: Duration = Duration::from_millis(900);
/// For each character of a line, as if it were spoken.
const PER_CHARACTER: Duration = Duration::from_millis(45);
/// When the other side has nothing more to say and nobody says anything, it hangs up.
const PATIENCE: Duration = Duration::from_secs(12);
/// Nobody wants to watch somebody wait for longer, in seconds.
const LONGEST_WAIT: u32 = 6;

/// Carries a call whose other side is played.
pub async fn call(ready: Ready) {
    let seed = ready.call().id.uuid().as_u128();
    let rings = Duration::from_millis(rand::rng().random_range(RINGS));
    tokio::time::sleep(rings).await;
    let Some(sides) = ready.loaded().other_side(seed, ready.context()) else {
        return ready.unanswered(EndedBy::NoAnswer).await;
    };
    let ready = match ready.answered().await {
        Ok(ready) => ready,
        Err(error) => {
            tracing::error!(%error, "an answered call cannot be begun");
            return;
        }
    };
    let (near, far) = wire(None);
    let other = tokio::spawn(play(far, sides));
    ready.run(near).await;
    let _ = other.await;
}

/// Does one thing after the other, each when the agent has been quiet for a moment.
async fn play(mut far: Far, sides: Vec<Side>) {
    let mut sides = sides.into_iter();
    let mut acts_at = Instant::now() + BREATH;
    let mut is_done = false;
    loop {
        tokio::select! {
            out = far.from.recv() => match out {
                Some(Out::Shown(Shown::Turn { turn })) if turn.who == Who::Agent => {
                    acts_at = Instant::now() + BREATH + length(&turn.text);
                }
                Some(Out::Shown(Shown::Ended { .. })) | None => return,
                Some(_) => {}
            },
            () = sleep_until(acts_at) => {
                let (said, rests) = match sides.next() {
                    Some(Side::Says(text)) => (Some(In::Text(text)), PATIENCE),
                    Some(Side::Sounds(sound)) => (Some(In::Noise(sound)), BREATH),
                    Some(Side::Waits(seconds)) => (None, Duration::from_secs(seconds.min(LONGEST_WAIT).into())),
                    None if !is_done => (None, PATIENCE),
                    Some(Side::Closes) | None => (Some(In::HangUp), PATIENCE),
                };
                is_done = sides.len() == 0;
                acts_at = Instant::now() + rests;
                if let Some(said) = said && far.to.send(said).await.is_err() {
                    return;
                }
            }
        }
    }
}

fn length(text: &str) -> Duration {
    PER_CHARACTER * u32::try_from(text.chars().count()).unwrap_or(u32::MAX).min(400)
}

//! Those who are called: what they say, when, and what they hear.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use peers::Phone;
use speech::{Format, LocalVoice};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::Result;

/// What they say, of which so many milliseconds are heard.
const SENTENCE: &str = "Could you tell me when the clinic is open tomorrow?";
/// Louder than that is the beginning of a voice: µ-law counts down from silence.
const LOUD: u8 = 0x58;
/// How long they speak.
const SPEECH_MS: u32 = 1_200;
/// Whoever hears nothing for so long has had the whole answer.
const QUIET: Duration = Duration::from_millis(700);
/// They interrupt once they have heard so much.
const BEFORE: u64 = 40;
/// An answer that takes longer is lost.
const PATIENCE: Duration = Duration::from_secs(6);
/// How often they look.
const LOOK: Duration = Duration::from_millis(2);

/// What was measured in one step.
pub struct Figures {
    /// In microseconds.
    pub voice_to_voice: Histogram<u64>,
    /// In microseconds.
    pub barge_in: Histogram<u64>,
    pub turns: u32,
    pub lost: u32,
    /// Frames that went out, and those that went out late.
    pub frames: u64,
    pub late: u64,
    pub seconds: f64,
    /// Seconds of the runtime's process.
    pub cpu: Option<f64>,
}

impl Figures {
    fn new() -> Result<Self> {
        let histogram = || Histogram::new(3);
        Ok(Self {
            voice_to_voice: histogram()?,
            barge_in: histogram()?,
            turns: 0,
            lost: 0,
            frames: 0,
            late: 0,
            seconds: 0.0,
            cpu: None,
        })
    }
}

/// What came of a turn: how long until the answer, and how long until it fell silent.
struct Turn {
    answered: Option<Duration>,
    silent: Option<Duration>,
}

/// All of them speak, each so many turns.
pub async fn talk(phones: &[Phone], turns: u32) -> Result<Figures> {
    let said: Arc<[u8]> = said().await.into();
    let before: Vec<(u64, u64)> = phones.iter().map(Phone::punctuality).collect();
    let mut all = JoinSet::new();
    for (place, phone) in phones.iter().cloned().enumerate() {
        let said = Arc::clone(&said);
        all.spawn(async move {
            // not all at once: people do not
            sleep(Duration::from_millis(37 * u64::try_from(place).unwrap_or(0))).await;
            let mut done = Vec::new();
            for turn in 0..turns {
                done.push(one(&phone, &said, turn % 2 == 1).await);
            }
            done
        });
    }
    let mut figures = Figures::new()?;
    while let Some(done) = all.join_next().await {
        for Turn { answered, silent } in done? {
            figures.turns += 1;
            match answered {
                Some(after) => figures.voice_to_voice.record(micros(after))?,
                None => figures.lost += 1,
            }
            if let Some(after) = silent {
                figures.barge_in.record(micros(after))?;
            }
        }
    }
    for (phone, (frames, late)) in phones.iter().zip(before) {
        let now = phone.punctuality();
        figures.frames += now.0 - frames;
        figures.late += now.1 - late;
    }
    Ok(figures)
}

/// A sentence by a voice of this machine, cut to its length; where none is installed, its rhythm.
async fn said() -> Vec<u8> {
    let length = usize::try_from(SPEECH_MS).unwrap_or(0) * 8;
    if let Some(voice) = LocalVoice::found("en")
        && let Ok(sound) = voice.speak(SENTENCE, Format::Mulaw8k).await
    {
        // silence in front of it would count as its beginning
        let begins = sound.iter().position(|&sample| sample & 0x7f < LOUD).unwrap_or(0);
        return sound[begins..].iter().copied().take(length).collect();
    }
    speech::testing::speech(SPEECH_MS, 8_000, 11).into_iter().map(speech::mulaw::encode).collect()
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// They say something, hear the answer, and may interrupt it.
async fn one(phone: &Phone, said: &[u8], interrupts: bool) -> Turn {
    phone.until_quiet(QUIET).await;
    phone.speaks(said);
    let Some(until) = wait(|| phone.spoke_until()).await else { return Turn { answered: None, silent: None } };
    let heard = phone.sounds();
    let answered = wait(|| phone.answered_at()).await.map(|at| at.saturating_duration_since(until));
    if !interrupts || answered.is_none() {
        return Turn { answered, silent: None };
    }
    if wait(|| (phone.sounds() >= heard + BEFORE).then_some(())).await.is_none() {
        return Turn { answered, silent: None };
    }
    phone.speaks(said);
    let began = wait(|| phone.spoke_at()).await;
    // by the end of what they say the answer is long over, and the next one has not begun
    let ended = wait(|| phone.spoke_until()).await;
    let silent =
        began.zip(ended).and(phone.last_sound()).zip(began).map(|(last, began)| last.saturating_duration_since(began));
    // what they said is answered as well
    let _ = wait(|| phone.answered_at()).await;
    Turn { answered, silent }
}

async fn wait<T>(what: impl Fn() -> Option<T>) -> Option<T> {
    let until = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = what() {
            return Some(found);
        }
        if Instant::now() > until {
            return None;
        }
        sleep(LOOK).await;
    }
}

//! `./dev bench voice`: how soon a call answers and falls silent, and what it takes, with so many calls at once.
//!
//! What is asked, so that any other runtime can stand beside it:
//!
//! A telephone exchange of this program ([`peers::TwilioPeer`]) speaks Twilio's Media Streams: frames of 20 ms, µ-law at 8 kHz,
//! on one clock for each call. Recognition (Deepgram's protocol), the model (OpenAI's, streamed) and the voice (Cartesia's)
//! are at the other end of real sockets on this machine and answer at once, so that what is measured is the runtime's own.
//! Whoever is called says something of 1.2 s with the rhythm of speech, waits for the answer, and every second time
//! interrupts it.
//!
//! 1. *Voice to voice*: from the last frame of what they said until the first frame of the answer is played at the telephone.
//!    In it are the silence that ends a turn (250 ms behind what sounds finished) and a frame each way; the rest is *added*:
//!    detector, recogniser, model, voice, player.
//! 2. *Barge-in*: from the first frame of the interruption until the last frame of the answer is played.
//! 3. *CPU*: what the server's process used while calls were under way, by call and second: so many calls fill a core.
//! 4. *Memory*: how much more the server's process has resident with all calls than with the first few, by call.
//!
//! With `--other URL` the same telephones call another runtime instead, by its webhook for calls that come in (Pipecat's
//! examples for Twilio have one at `/`), with `--other-pid` its CPU and memory are told.

mod phones;
mod product;

use std::time::Duration;

use hdrhistogram::Histogram;
use peers::{Phone, TwilioPeer};

use crate::report::say;
use crate::{Result, usage};
use phones::Figures;
use product::Product;

/// Calls at once, in turns.
const STEPS: [usize; 4] = [1, 10, 50, 100];
/// Turns of a call in one step: every second one is interrupted.
const TURNS: u32 = 6;
/// The silence behind what sounds finished, in milliseconds, until a turn is over.
const SILENCE: f64 = 250.0;

/// What should be reached: milliseconds added to a turn in the process, milliseconds until silence, calls on a core, MiB of a call.
const ADDED_P50: f64 = 3.0;
const ADDED_P99: f64 = 10.0;
const BARGE_IN_P95: f64 = 150.0;
const CALLS: f64 = 100.0;
const MEMORY: f64 = 0.5;

/// The account that calls are made with.
const ACCOUNT: &str = "AC00000000000000000000000000000001";
const TOKEN: &str = "bench";

/// Another runtime.
#[derive(Clone, Debug, Default)]
pub struct Other {
    /// Where it is told of calls that come in.
    pub url: Option<String>,
    /// Its process.
    pub pid: Option<u32>,
}

/// Measures one step after the other.
///
/// # Errors
/// When a call does not go as it should. Missing a goal is none.
pub async fn measure(programs: Option<&std::path::Path>, other: &Other) -> Result<()> {
    let twilio = TwilioPeer::start(ACCOUNT, TOKEN).await;
    if let Some(url) = &other.url {
        let mut phones = Vec::new();
        for count in STEPS {
            while phones.len() < count {
                let number = format!("+1555020{:04}", phones.len());
                phones.push(twilio.calls_in(url, &number, "+15550100001").await);
            }
            step(&phones, other.pid).await?;
        }
        return hang_up(&phones).await;
    }
    let product = Product::start(&twilio, programs).await?;
    let pid = Some(product.server.pid());
    let (mut phones, mut resident) = (Vec::<Phone>::new(), Vec::new());
    for count in STEPS {
        product.call(&twilio, &mut phones, count).await?;
        let figures = step(&phones, pid).await?;
        resident.push((count, usage::memory(product.server.pid()).map(|memory| memory.resident)));
        conclude(&figures);
    }
    per_call(&resident);
    hang_up(&phones).await?;
    product.latencies().await?;
    let complaints = twilio.complaints();
    if complaints.is_empty() {
        Ok(())
    } else {
        Err(format!("{} complaints: {:?}", complaints.len(), complaints.first()).into())
    }
}

/// So many calls speak at once.
async fn step(phones: &[Phone], pid: Option<u32>) -> Result<Figures> {
    let before = pid.and_then(usage::cpu_of);
    let begun = std::time::Instant::now();
    let mut figures = phones::talk(phones, TURNS).await?;
    figures.seconds = begun.elapsed().as_secs_f64();
    figures.cpu = pid.and_then(usage::cpu_of).zip(before).map(|(after, before)| after - before);
    show(phones.len(), &figures);
    Ok(figures)
}

fn show(calls: usize, figures: &Figures) {
    say(&format!("{calls} calls at once, {} turns, {} lost", figures.turns, figures.lost));
    line("voice to voice", &figures.voice_to_voice);
    line("barge-in until silence", &figures.barge_in);
    if let Some(cpu) = figures.cpu {
        let share = cpu / figures.seconds / calls as f64;
        let word = if 1.0 / share >= CALLS { "reached" } else { "missed" };
        let (percent, fit) = (share * 100.0, 1.0 / share);
        say(&format!("  CPU {percent:.2} % of a core for each call: {fit:.0} calls on one ({CALLS}: {word})"));
    }
    let late = figures.late as f64 / figures.frames.max(1) as f64 * 100.0;
    say(&format!("  {late:.1} % of the telephones' own frames went out more than 10 ms late"));
}

/// Milliseconds of a distribution in microseconds.
fn line(name: &str, values: &Histogram<u64>) {
    let at = |quantile: f64| values.value_at_quantile(quantile) as f64 / 1000.0;
    say(&format!("  {name:30} p50 {:7.1} ms   p95 {:7.1} ms   p99 {:7.1} ms", at(0.5), at(0.95), at(0.99)));
}

fn conclude(figures: &Figures) {
    let at = |values: &Histogram<u64>, quantile: f64| values.value_at_quantile(quantile) as f64 / 1000.0;
    let added = at(&figures.voice_to_voice, 0.5) - SILENCE;
    say(&format!("  added to a turn beyond the silence that ends it: p50 {added:.1} ms"));
    verdict("barge-in, p95", at(&figures.barge_in, 0.95), BARGE_IN_P95, "ms");
    say("");
}

fn per_call(resident: &[(usize, Option<f64>)]) {
    let (Some((few, Some(before))), Some((many, Some(after)))) = (resident.get(1), resident.last()) else { return };
    let each = (after - before) / (many - few) as f64;
    verdict("memory of one more call", each, MEMORY, "MiB");
}

/// A figure that should be no more than that.
fn verdict(name: &str, figure: f64, goal: f64, unit: &str) {
    let word = if figure <= goal { "reached" } else { "missed" };
    say(&format!("  {name}: {figure:.2} {unit} ({goal} {unit}: {word})"));
}

async fn hang_up(phones: &[Phone]) -> Result<()> {
    for phone in phones {
        phone.hangs_up().await;
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    Ok(())
}

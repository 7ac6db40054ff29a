//! What listening costs: microseconds for each frame of 20 ms, and memory for each call. Run it with `--release`.
//!
//! A hundred calls hear one behind the other what calls hear: somebody who speaks, silence, hold music, keys.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Instant;

use speech::testing::sounds::{self, Instrument};
use speech::testing::{Quiet, speech};
use speech::{Format, Front, Settings};

const CALLS: u32 = 100;

fn main() -> std::io::Result<()> {
    let mut report = String::new();
    for (name, format) in [("µ-law 8 kHz", Format::Mulaw8k), ("16 bits 16 kHz", Format::Pcm16(16_000))] {
        let all = measure(format, || Front::new(Settings::default(), format));
        let without = measure(format, || Front::with(Box::new(Quiet), Settings::default(), format));
        for (what, (micros, kib)) in [("all of it", all), ("without the detector", without)] {
            let core = micros / 20_000.0 * 100.0;
            let line = writeln!(
                report,
                "{name:15} {what:21} {micros:6.1} µs a frame, {core:.2} % of a core a call, {kib:4.0} KiB a call"
            );
            line.map_err(std::io::Error::other)?;
        }
    }
    std::io::stdout().write_all(report.as_bytes())
}

/// Microseconds per frame, and KiB per call.
fn measure(format: Format, open: impl Fn() -> Option<Front>) -> (f64, f64) {
    let line = line(format);
    let before = resident();
    let mut calls: Vec<Front> = (0..CALLS).filter_map(|_| open()).collect();
    let begun = Instant::now();
    let (mut frames, mut handed_on) = (0_u32, 0);
    for frame in line.chunks_exact(format.frame()) {
        for call in &mut calls {
            handed_on += call.push(frame).sound.len();
            frames += 1;
        }
    }
    let micros = begun.elapsed().as_secs_f64() * 1e6 / f64::from(frames);
    let kib = (resident() - before) / f64::from(CALLS);
    // what is looked at is not left out by the compiler
    assert!(handed_on < usize::MAX);
    (micros, kib)
}

fn line(format: Format) -> Vec<u8> {
    let rate = format.rate();
    let sound = [
        speech(6_000, rate, 1),
        sounds::silence(4_000, rate),
        sounds::music(4_000, rate, Instrument::Saw),
        sounds::tones(500, rate, &[(697.0, 0.2), (1_209.0, 0.2)]),
        sounds::silence(500, rate),
    ]
    .concat();
    let mut bytes = Vec::new();
    format.encode(&sound, &mut bytes);
    bytes
}

/// KiB of this process that are in memory; 0 where there is no `/proc`.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0.0)
}

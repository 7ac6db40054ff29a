//! A voice of this machine: flite or espeak-ng, where one is installed. Each sentence is a process of its own, which gets the
//! words by its standard input and dies with whoever waits for it; nothing is written to a disk.
//!
//! espeak-ng is under the GPL, flite under a licence like BSD's: separate programs, neither of which we ship.

use std::collections::HashSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::Resampler;
use crate::ports::{Format, Line, Saying, Spoken, Trouble, Voice};
use crate::saying;

/// A sentence that takes longer is given up; both programs speak a minute within two seconds.
const PATIENCE: Duration = Duration::from_secs(10);
/// Letters of one sentence; the rest is not spoken.
const LONGEST: usize = 2_000;
/// Bytes of what a program answers: three minutes at 22,050 Hz.
const LARGEST: u64 = 8 << 20;
/// Lines that are kept as sound.
const KEPT: usize = 32;

/// Which program speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// `espeak-ng`: a hundred languages, sounds like a machine.
    EspeakNg,
    /// `flite`: English, easier to understand. On Linux only, as it cannot write into a pipe and gets a file in memory.
    Flite,
}

/// A voice of this machine.
#[derive(Clone)]
pub struct LocalVoice(Arc<Inner>);

struct Inner {
    program: Program,
    path: PathBuf,
    voice: String,
    fixed: HashSet<String>,
    /// The latest last.
    kept: Mutex<Vec<Kept>>,
}

/// A line as sound.
type Kept = ((Format, String), Arc<[u8]>);

impl fmt::Debug for LocalVoice {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "LocalVoice({:?}, {})", self.0.program, self.0.voice)
    }
}

impl LocalVoice {
    /// The program at that path, with a voice as it calls it. None if that cannot be the name of one: letters, digits and `_+-`.
    #[must_use]
    pub fn new(program: Program, path: PathBuf, voice: &str) -> Option<Self> {
        let is_name = |letter: char| letter.is_ascii_alphanumeric() || "_+-".contains(letter);
        let is_voice = voice.starts_with(|letter: char| letter.is_ascii_alphanumeric()) && voice.chars().all(is_name);
        let can_run = program == Program::EspeakNg || cfg!(target_os = "linux");
        let inner =
            Inner { program, path, voice: voice.to_owned(), fixed: HashSet::new(), kept: Mutex::new(Vec::new()) };
        (is_voice && can_run).then(|| Self(Arc::new(inner)))
    }

    /// The program where packages put it, if it is there, with that voice.
    #[must_use]
    pub fn installed(program: Program, voice: &str) -> Option<Self> {
        let name = match program {
            Program::EspeakNg => "espeak-ng",
            Program::Flite => "flite",
        };
        let path = ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"]
            .into_iter()
            .map(|folder| Path::new(folder).join(name))
            .find(|path| path.is_file())?;
        Self::new(program, path, voice)
    }

    /// The best for a language (BCP 47) that is installed: English by flite, everything else by espeak-ng.
    #[must_use]
    pub fn found(language: &str) -> Option<Self> {
        let language = language.split('-').next().unwrap_or_default().to_lowercase();
        let english = if language == "en" { Self::installed(Program::Flite, "rms") } else { None };
        english.or_else(|| Self::installed(Program::EspeakNg, if language == "en" { "en-us" } else { &language }))
    }

    /// With sentences that are the same in every call, and are kept as sound once they were spoken; 32 of them at most. All
    /// others may be about somebody, and are not.
    #[must_use]
    pub fn keeping(self, sentences: impl IntoIterator<Item = String>) -> Self {
        let Inner { program, ref path, ref voice, .. } = *self.0;
        let fixed = sentences.into_iter().map(|sentence| sentence.trim().to_owned()).collect();
        let kept = Mutex::new(Vec::new());
        Self(Arc::new(Inner { program, path: path.clone(), voice: voice.clone(), fixed, kept }))
    }

    /// A sentence as sound in that format.
    ///
    /// # Errors
    /// `unavailable` if the program cannot be run or says nothing, `timeout` after ten seconds, `protocol` if what it answers
    /// is no sound or the format's rate is none that can be made of it.
    pub async fn speak(&self, text: &str, format: Format) -> Result<Arc<[u8]>, Trouble> {
        let sentence: String =
            text.trim().chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(LONGEST).collect();
        let is_fixed = self.0.fixed.contains(&sentence);
        let key = (format, sentence);
        if let Some(sound) = self.kept(&key) {
            return Ok(sound);
        }
        let wave = timeout(PATIENCE, self.0.run(&key.1)).await.map_err(|_| Trouble::new("timeout"))??;
        if wave.is_empty() {
            return Err(Trouble::new("unavailable"));
        }
        let sound: Arc<[u8]> = converted(&wave, format).ok_or(Trouble::new("protocol"))?.into();
        if is_fixed {
            self.keep(key, Arc::clone(&sound));
        }
        Ok(sound)
    }

    fn kept(&self, key: &(Format, String)) -> Option<Arc<[u8]>> {
        let mut kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|(known, _)| known == key)?;
        kept[at..].rotate_left(1);
        kept.last().map(|(_, sound)| Arc::clone(sound))
    }

    fn keep(&self, key: (Format, String), sound: Arc<[u8]>) {
        let mut kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == KEPT {
            kept.remove(0);
        }
        kept.push((key, sound));
    }
}

impl Voice for LocalVoice {
    fn open<'a>(&'a self, format: Format) -> BoxFuture<'a, Result<Line<Saying, Spoken>, Trouble>> {
        let voice = self.clone();
        let speak = move |text: String| -> BoxFuture<'static, _> {
            let voice = voice.clone();
            Box::pin(async move { voice.speak(&text, format).await })
        };
        Box::pin(async move { Ok(saying::line(format, Box::new(speak))) })
    }
}

impl Inner {
    async fn run(&self, text: &str) -> Result<Vec<u8>, Trouble> {
        match self.program {
            Program::EspeakNg => {
                let mut child = self.spawn(&["--stdin", "--stdout", "-v", &self.voice], Stdio::piped())?;
                let mut wave = Vec::new();
                let stdout = child.stdout.take();
                let read = async {
                    match stdout {
                        Some(stdout) => stdout.take(LARGEST).read_to_end(&mut wave).await.map(|_| ()),
                        None => Ok(()),
                    }
                };
                // one that ends without listening is judged by what it said
                let (_, read) = tokio::join!(tell(&mut child, text), read);
                read.map_err(|_| Trouble::new("unavailable"))?;
                Ok(wave)
            }
            Program::Flite => self.run_flite(text).await,
        }
    }

    /// It goes back in what it writes, to say how much it was; so it writes into a file that lies in memory and has no name.
    #[cfg(target_os = "linux")]
    async fn run_flite(&self, text: &str) -> Result<Vec<u8>, Trouble> {
        use std::io::{Read, Seek};
        use std::os::fd::AsRawFd;

        let unavailable = || Trouble::new("unavailable");
        let memory = rustix::fs::memfd_create("speech", rustix::fs::MemfdFlags::CLOEXEC).map_err(|_| unavailable())?;
        let path = format!("/proc/{}/fd/{}", std::process::id(), memory.as_raw_fd());
        let arguments = ["-voice", &self.voice, "-f", "/dev/stdin", "-o", &path];
        let mut child = self.spawn(&arguments, Stdio::null())?;
        tell(&mut child, text).await.map_err(|_| unavailable())?;
        child.wait().await.map_err(|_| unavailable())?;
        let mut file = std::fs::File::from(memory);
        let mut wave = Vec::new();
        file.rewind().and_then(|()| file.take(LARGEST).read_to_end(&mut wave)).map_err(|_| unavailable())?;
        Ok(wave)
    }

    #[cfg(not(target_os = "linux"))]
    async fn run_flite(&self, _: &str) -> Result<Vec<u8>, Trouble> {
        Err(Trouble::new("unavailable"))
    }

    fn spawn(&self, arguments: &[&str], stdout: Stdio) -> Result<Child, Trouble> {
        Command::new(&self.path)
            .args(arguments)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(stdout)
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|_| Trouble::new("unavailable"))
    }
}

/// The words, and that they are all.
async fn tell(child: &mut Child, text: &str) -> std::io::Result<()> {
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(text.as_bytes()).await?;
        stdin.write_all(b"\n").await?;
        stdin.shutdown().await?;
    }
    Ok(())
}

fn converted(wave: &[u8], format: Format) -> Option<Vec<u8>> {
    let (rate, samples) = read(wave)?;
    let mut out = Vec::new();
    Resampler::new(rate, format.rate())?.push(&samples, &mut out);
    let mut bytes = Vec::new();
    format.encode(&out, &mut bytes);
    (!bytes.is_empty()).then_some(bytes)
}

/// RIFF WAVE with one channel of 16 bits: its rate and its samples. A program that writes into a pipe cannot say how long it
/// will be, so a length beyond the end means all there is.
fn read(wave: &[u8]) -> Option<(u32, Vec<i16>)> {
    let mut rest = wave.strip_prefix(b"RIFF")?.get(4..)?.strip_prefix(b"WAVE")?;
    let mut rate = None;
    loop {
        let (name, length) = (rest.get(..4)?, rest.get(4..8)?);
        let length = usize::try_from(u32::from_le_bytes(length.try_into().ok()?)).ok()?;
        let body = &rest[8..];
        match name {
            b"fmt " => {
                // samples as numbers, in one channel
                let is_ours = body.get(..4)? == [1, 0, 1, 0] && body.get(14..16)? == [16, 0];
                let hertz = body.get(4..8)?.try_into().ok().map(u32::from_le_bytes)?;
                rate = is_ours.then_some(hertz);
            }
            b"data" => {
                let mut samples = Vec::new();
                Format::Pcm16(rate?).decode(&body[..length.min(body.len())], &mut samples);
                return Some((rate?, samples));
            }
            _ => {}
        }
        rest = body.get(length.checked_add(length % 2)?..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn wave(rate: u32, samples: &[i16]) -> Vec<u8> {
        let mut wave = b"RIFF\xff\xff\xff\xffWAVELIST\x03\0\0\0abc\0fmt \x10\0\0\0\x01\0\x01\0".to_vec();
        wave.extend(rate.to_le_bytes());
        wave.extend((rate * 2).to_le_bytes());
        wave.extend(b"\x02\0\x10\0data\xff\xff\xff\x7f");
        Format::Pcm16(rate).encode(samples, &mut wave);
        wave
    }

    /// A program of ours in place of theirs: a shell script.
    fn script(name: &str, lines: &str) -> (PathBuf, LocalVoice) {
        let folder = std::env::temp_dir().join(format!("speech-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join("program");
        let script = format!("#!/bin/sh\ncd {}\n{lines}\n", folder.display());
        std::fs::write(&path, script).expect("a script");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("permissions");
        std::fs::write(folder.join("wave"), wave(8_000, &[1_000; 800])).expect("a wave");
        let voice = LocalVoice::new(Program::EspeakNg, path, "en-us").expect("a voice");
        (folder, voice)
    }

    #[tokio::test]
    async fn words_go_by_standard_input_and_fixed_sentences_once() {
        let (folder, voice) = script("words", "echo \"$@\" >> arguments\n/bin/cat >> words\n/bin/cat wave");
        let voice = voice.keeping(["Please hold.".to_owned()]);
        for text in ["Please hold.", " Please hold. ", "Ana Diaz?", "Ana Diaz?"] {
            let sound = voice.speak(text, Format::Mulaw8k).await.expect("sound");
            assert!((760..=800).contains(&sound.len()), "{}", sound.len());
        }
        let words = std::fs::read_to_string(folder.join("words")).expect("words");
        assert_eq!(words, "Please hold.\nAna Diaz?\nAna Diaz?\n");
        let arguments = std::fs::read_to_string(folder.join("arguments")).expect("arguments");
        assert_eq!(arguments, "--stdin --stdout -v en-us\n".repeat(3));
        assert!(!format!("{voice:?}").contains("hold"));
        std::fs::remove_dir_all(folder).expect("removed");
    }

    #[tokio::test]
    async fn programs_that_fail_are_told_apart() {
        let (folder, silent) = script("silent", "exit 1");
        assert_eq!(silent.speak("Yes", Format::Mulaw8k).await.expect_err("nothing"), Trouble::new("unavailable"));
        std::fs::remove_dir_all(folder).expect("removed");
        let (folder, odd) = script("odd", "/bin/cat > /dev/null; echo no sound");
        assert_eq!(odd.speak("Yes", Format::Mulaw8k).await.expect_err("no sound"), Trouble::new("protocol"));
        std::fs::remove_dir_all(folder).expect("removed");
        let gone = LocalVoice::new(Program::EspeakNg, "/nowhere/espeak-ng".into(), "en").expect("a voice");
        assert_eq!(gone.speak("Yes", Format::Mulaw8k).await.expect_err("gone"), Trouble::new("unavailable"));
        for name in ["", "-x", "../rms", "http://rms", "a b"] {
            assert!(LocalVoice::new(Program::Flite, "/usr/bin/flite".into(), name).is_none(), "{name}");
        }
    }

    #[test]
    fn waves_are_read_whatever_is_in_front_of_their_samples() {
        assert_eq!(read(&wave(22_050, &[1, -2, 3])), Some((22_050, vec![1, -2, 3])));
        let whole = wave(16_000, &[7; 4]);
        for cut in 0..whole.len() - 8 {
            assert_eq!(read(&whole[..cut]), None, "{cut}");
        }
    }

    /// By what is installed; each speaks some two seconds.
    #[tokio::test]
    async fn installed_programs_speak() {
        let text = "The authorization was approved yesterday.";
        for (program, voice) in [(Program::Flite, "slt"), (Program::EspeakNg, "en-us")] {
            let Some(voice) = LocalVoice::installed(program, voice) else {
                eprintln!("skipped: {program:?} is not installed");
                continue;
            };
            for format in [Format::Mulaw8k, Format::Pcm16(16_000), Format::Pcm16(24_000)] {
                let sound = voice.speak(text, format).await.expect("sound");
                let seconds = sound.len() as f64 / (f64::from(format.rate()) * format.width() as f64);
                assert!((1.5..4.0).contains(&seconds), "{voice:?} {format:?}: {seconds}");
            }
        }
    }
}

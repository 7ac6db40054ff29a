//! Which parts do the work of a call workflow, and with which settings: `services.yaml`. Secrets are named, never written.

use serde::Deserialize;
use serde::Deserializer;
use serde::de::Error as _;

use crate::Fault;
use crate::yaml::{self, read};

/// The parts of a call workflow.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Services {
    /// 1.
    pub version: u32,
    /// Who runs the calls.
    pub runtime: Runtime,
    /// The telephone.
    pub telephony: Telephony,
    /// Who recognises.
    pub stt: Choice<Recogniser>,
    /// Who answers.
    pub llm: Choice<Model>,
    /// Who speaks.
    pub tts: Choice<Voice>,
    /// Taking turns.
    #[serde(default)]
    pub turns: Turns,
    /// When to call.
    #[serde(default)]
    pub schedule: Schedule,
    /// What is kept.
    #[serde(default)]
    pub privacy: Privacy,
    /// What it costs.
    #[serde(default)]
    pub prices: Prices,
}

/// Who runs the calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Runtime {
    /// Our own.
    Native,
    /// Retell, with our functions.
    Retell,
}

/// The telephone.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telephony {
    /// Who connects.
    pub provider: Carrier,
    /// The account.
    pub account: Option<Account>,
    /// The number that is shown, in E.164.
    pub from: Option<String>,
    /// Whether calls are recorded.
    #[serde(default)]
    pub recording: Recording,
}

/// Who connects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Carrier {
    /// Twilio.
    Twilio,
    /// Retell's own.
    Retell,
    /// No telephone: calls are made in the browser.
    Browser,
}

/// An account, by the name of its secret.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// `provider/name`.
    pub secret: SecretName,
}

/// The name of a secret: `twilio/alpha`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretName(pub String);

impl<'de> Deserialize<'de> for SecretName {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let name = String::deserialize(from)?;
        let is_word = |word: &str| {
            let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
            !word.is_empty() && word.len() <= 40 && word.bytes().all(is_plain)
        };
        match name.split('/').collect::<Vec<_>>().as_slice() {
            [provider, word] if is_word(provider) && is_word(word) => Ok(Self(name)),
            _ => Err(D::Error::custom("Name a secret as `provider/name`; never write the secret itself.")),
        }
    }
}

/// Whether calls are recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Recording {
    /// They are.
    pub enabled: bool,
    /// For so many days.
    pub retain_days: Option<u32>,
}

/// The part that is used, and those that are used when it fails.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice<T> {
    /// This one.
    pub primary: T,
    /// Then these.
    #[serde(default = "Vec::new")]
    pub fallback: Vec<T>,
}

/// Who recognises.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recogniser {
    /// The provider.
    pub provider: RecogniserProvider,
    /// Its model.
    pub model: Option<String>,
    /// Words that are likely.
    #[serde(default)]
    pub keyterms: Vec<String>,
    /// Its key.
    pub secret: Option<SecretName>,
    /// Patients' data may go there: there is an agreement.
    #[serde(default)]
    pub baa: bool,
}

/// Providers of recognition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecogniserProvider {
    /// Deepgram.
    Deepgram,
    /// What is said is typed.
    Typed,
}

/// Who answers.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// The provider.
    pub provider: ModelProvider,
    /// Where, for those that are compatible.
    pub base_url: Option<String>,
    /// Its model.
    pub model: Option<String>,
    /// How free it is, from 0 to 2.
    pub temperature: Option<f32>,
    /// The most tokens of an answer.
    pub max_tokens: Option<u32>,
    /// Its key.
    pub secret: Option<SecretName>,
    /// Patients' data may go there: there is an agreement.
    #[serde(default)]
    pub baa: bool,
}

/// Providers of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelProvider {
    /// Whoever speaks as `OpenAI` does.
    OpenaiCompatible,
    /// The rules of `script.yaml`.
    Scripted,
}

/// Who speaks.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Voice {
    /// The provider.
    pub provider: VoiceProvider,
    /// Its model.
    pub model: Option<String>,
    /// The voice, as the provider calls it.
    pub voice: Option<String>,
    /// Its key.
    pub secret: Option<SecretName>,
    /// Patients' data may go there: there is an agreement.
    #[serde(default)]
    pub baa: bool,
}

/// Providers of speech.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoiceProvider {
    /// Cartesia.
    Cartesia,
    /// Deepgram Aura.
    Deepgram,
    /// `ElevenLabs`.
    Elevenlabs,
    /// A program on this machine.
    Local,
}

/// Taking turns, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Turns {
    /// Of speech, until it is a turn.
    pub start_ms: u32,
    /// Of silence, until speech has ended.
    pub stop_ms: u32,
    /// Of silence behind what seems whole, until the turn is over.
    pub min_ms: u32,
    /// Of silence behind anything else.
    pub max_ms: u32,
    /// Of silence while digits are dictated.
    pub digits_max_ms: u32,
}

impl Default for Turns {
    fn default() -> Self {
        Self { start_ms: 160, stop_ms: 200, min_ms: 250, max_ms: 1_600, digits_max_ms: 2_500 }
    }
}

/// When to call.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Schedule {
    /// At these times only.
    pub windows: Vec<Window>,
    /// When a call came to nothing.
    pub retry: Retry,
    /// How many calls at a time.
    pub concurrency: Option<u32>,
}

/// Hours of some days.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// The days.
    pub days: Vec<Day>,
    /// The first minute.
    pub from: Clock,
    /// Not any more from this one on.
    pub to: Clock,
    /// In which zone; the practice's unless told.
    pub tz: Option<String>,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Day {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

/// A time of a day, in minutes since midnight: `"08:30"` is 510.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Clock(pub u16);

impl<'de> Deserialize<'de> for Clock {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let parsed = text.split_once(':').and_then(|(hour, minute)| {
            let two = |part: &str| part.parse::<u16>().ok().filter(|_| part.len() == 2);
            let (hour, minute) = (two(hour)?, two(minute)?);
            (minute < 60 && hour * 60 + minute <= 24 * 60).then_some(Self(hour * 60 + minute))
        });
        parsed.ok_or_else(|| D::Error::custom("Write a time as \"08:30\"."))
    }
}

/// When a call came to nothing.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Retry {
    /// How often at most, the first call counted.
    pub max_attempts: u32,
    /// How long until the next one, in minutes; the last of them counts for all that follow.
    pub backoff_minutes: Vec<u32>,
    /// How often on one day.
    pub per_day: u32,
}

impl Default for Retry {
    fn default() -> Self {
        Self { max_attempts: 3, backoff_minutes: vec![30, 120, 1_440], per_day: 2 }
    }
}

/// What is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Privacy {
    /// Days until transcripts are deleted.
    pub retain_days: u32,
}

impl Default for Privacy {
    fn default() -> Self {
        // 45 CFR 164.316(b)(2): six years
        Self { retain_days: 2_190 }
    }
}

/// What the parts of a call cost, in US dollars, by the practice's own contracts. What is not named costs nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Prices {
    /// A minute on the telephone.
    pub telephony_minute: f64,
    /// A minute in which somebody recognises.
    pub stt_minute: f64,
    /// A million tokens of a model, asked or answered.
    pub llm_million_tokens: f64,
    /// A million characters that are spoken.
    pub tts_million_characters: f64,
}

impl Services {
    /// The names of all secrets.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        let account = self.telephony.account.iter().map(|account| &account.secret);
        let stt = std::iter::once(&self.stt.primary).chain(&self.stt.fallback).filter_map(|part| part.secret.as_ref());
        let llm = std::iter::once(&self.llm.primary).chain(&self.llm.fallback).filter_map(|part| part.secret.as_ref());
        let tts = std::iter::once(&self.tts.primary).chain(&self.tts.fallback).filter_map(|part| part.secret.as_ref());
        account.chain(stt).chain(llm).chain(tts).map(|name| name.0.as_str())
    }

    /// Reads the file.
    ///
    /// # Errors
    /// As flows are read; and what does not go together.
    pub fn read(text: &str) -> Result<Self, Vec<Fault>> {
        let root = yaml::parse(text)?;
        let services: Self = read(&root, "").map_err(|fault| vec![fault])?;
        let mut faults = Vec::new();
        let mut add = |fine: bool, path: &str, code, message: &str| {
            if !fine {
                faults.push(root.fault(path, code, message));
            }
        };
        add(services.version == 1, "version", "value", "There is version 1 only.");
        let Telephony { provider, account, from, .. } = &services.telephony;
        let is_called = *provider != Carrier::Browser;
        add(!is_called || account.is_some(), "telephony", "missing", "A telephone needs an account: { secret: … }.");
        add(
            !is_called || from.is_some(),
            "telephony",
            "missing",
            "A telephone needs `from`, the number that is shown.",
        );
        let is_number = from.as_ref().is_none_or(|from| is_phone(from));
        add(is_number, "telephony.from", "value", "Write a number with + and its country, in quotes.");
        add(
            (services.runtime == Runtime::Retell) == (*provider == Carrier::Retell),
            "runtime",
            "value",
            "The runtime `retell` goes with the provider `retell`, and neither goes without the other.",
        );
        add(
            *provider != Carrier::Twilio || services.stt.primary.provider != RecogniserProvider::Typed,
            "stt.primary",
            "value",
            "By telephone nobody types: say who recognises what is said.",
        );
        let llm = &services.llm.primary;
        add(
            llm.provider == ModelProvider::Scripted || llm.model.is_some(),
            "llm.primary",
            "missing",
            "Say which `model` answers.",
        );
        for (index, window) in services.schedule.windows.iter().enumerate() {
            let path = format!("schedule.windows.{index}");
            add(window.from < window.to && !window.days.is_empty(), &path, "value", "It ends before it begins.");
        }
        let Prices { telephony_minute, stt_minute, llm_million_tokens, tts_million_characters } = services.prices;
        let all = [telephony_minute, stt_minute, llm_million_tokens, tts_million_characters];
        let are_prices = all.iter().all(|price| (0.0..100_000.0).contains(price));
        add(are_prices, "prices", "value", "Prices are dollars, 0 or more.");
        let turns = services.turns;
        add(
            turns.min_ms <= turns.max_ms && turns.max_ms <= turns.digits_max_ms && turns.digits_max_ms <= 10_000,
            "turns",
            "value",
            "Take min_ms ≤ max_ms ≤ digits_max_ms ≤ 10000.",
        );
        if faults.is_empty() { Ok(services) } else { Err(faults) }
    }
}

fn is_phone(number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or_default();
    (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FINE: &str = "version: 1\nruntime: native\ntelephony: { provider: twilio, account: { secret: twilio/alpha }, \
                        from: \"+15550100001\" }\nstt: { primary: { provider: deepgram } }\nllm: { primary: { provider: \
                        scripted } }\ntts: { primary: { provider: local } }\nschedule: { windows: [{ days: [mon], from: \
                        \"08:00\", to: \"17:00\" }] }\n";

    #[test]
    fn services_are_read() {
        let services = Services::read(FINE).expect("read");
        assert_eq!(services.schedule.windows[0].from, Clock(480));
        assert_eq!(services.turns.digits_max_ms, 2_500);
    }

    #[test]
    fn what_does_not_go_together_is_refused() {
        for (from, to, code) in [
            ("secret: twilio/alpha", "secret: sk_live_1234", "value"),
            ("from: \"+15550100001\"", "from: +15550100001", "quotes"),
            ("from: \"+15550100001\"", "from: \"1555\"", "value"),
            ("account: { secret: twilio/alpha }, ", "", "missing"),
            ("runtime: native", "runtime: retell", "value"),
            ("runtime: native", "runtime: other", "choice"),
            ("provider: scripted", "provider: openai_compatible", "missing"),
            ("to: \"17:00\"", "to: \"07:00\"", "value"),
            ("days: [mon]", "days: [monday]", "choice"),
            ("provider: deepgram", "provider: typed", "value"),
            ("version: 1", "version: 1\nprices: { stt_minute: -1 }", "value"),
            ("version: 1", "version: 1\nextra: 1", "unknown"),
        ] {
            assert!(FINE.contains(from), "{from}");
            let faults = Services::read(&FINE.replace(from, to));
            let codes: Vec<_> =
                faults.map(|_| Vec::new()).unwrap_or_else(|faults| faults.into_iter().map(|it| it.code).collect());
            assert_eq!(codes, [code], "{to}");
        }
    }
}

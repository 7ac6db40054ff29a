//! Who recognises, answers and speaks in a call, as its `services.yaml` says; what stands in for them where it names nobody.

use std::sync::Arc;
use std::time::Duration;

use dialogue::Context;
use dialogue::services::{Model as ModelChoice, ModelProvider, Recogniser as RecogniserChoice, RecogniserProvider};
use dialogue::services::{SecretName, Turns, Voice as VoiceChoice, VoiceProvider};
use lines::{Dialer, Patience};
use platform::App;
use platform::db::TenantTx;
use platform::egress::{self, Url};
use platform::error::{Error, Result};
use platform::phi::Phi;
use speech::{
    Format, Heard, Hearing, Hum, Line, Listening, LocalVoice, Recogniser, Saying, Settings, Speaking, Spoken, Trouble,
    Voice,
};

use super::mind::Mind;
use crate::flow::Loaded;
use crate::secrets;

/// Everybody who takes part in a call besides the people.
#[derive(Clone)]
pub struct Parts {
    /// Who answers; when the first does not, the next is asked.
    pub minds: Vec<Mind>,
    /// Who recognises, and who does when the first is away; nobody where what is said is typed.
    recognisers: Vec<Arc<dyn Recogniser>>,
    /// Who speaks, and who does when the first is away.
    voices: Vec<Arc<dyn Voice>>,
    /// How turns are taken.
    pub turns: Settings,
}

platform::undisclosed!(Parts);

/// Whoever the flow names, with the practice's keys.
///
/// # Errors
/// 409 `call.no_key`, with the name of the key that is missing; 409 `call.address` for an address that this installation does
/// not reach.
pub async fn of(app: &App, tx: &mut TenantTx, loaded: &Arc<Loaded>, context: &Arc<Context>) -> Result<Parts> {
    let services = &loaded.services;
    let mut minds = Vec::new();
    for choice in std::iter::once(&services.llm.primary).chain(&services.llm.fallback) {
        minds.push(mind(app, tx, (loaded, context), choice).await?);
    }
    let (mut recognisers, mut voices) = (Vec::new(), Vec::new());
    for choice in std::iter::once(&services.stt.primary).chain(&services.stt.fallback) {
        recognisers.extend(recogniser(app, tx, choice).await?);
    }
    for choice in std::iter::once(&services.tts.primary).chain(&services.tts.fallback) {
        voices.push(voice(app, tx, loaded, choice).await?);
    }
    Ok(Parts { minds, recognisers, voices, turns: settings(services.turns) })
}

/// How turns are taken, as the flow says it.
fn settings(turns: Turns) -> Settings {
    let ms = |ms: u32| Duration::from_millis(ms.into());
    let usual = Settings::default();
    Settings {
        start: ms(turns.start_ms),
        stop: ms(turns.stop_ms),
        shortest_wait: ms(turns.min_ms),
        usual_wait: usual.usual_wait.clamp(ms(turns.min_ms), ms(turns.max_ms)),
        longest_wait: ms(turns.max_ms),
        dictation_wait: ms(turns.digits_max_ms),
        ..usual
    }
}

impl Parts {
    /// Opens a line to whoever recognises; none where what is said is typed.
    ///
    /// # Errors
    /// All of them are away.
    pub async fn hearing(&self, wish: &Listening) -> Result<Option<Line<Hearing, Heard>>, Trouble> {
        let mut trouble = None;
        for recogniser in &self.recognisers {
            match recogniser.open(wish).await {
                Ok(line) => return Ok(Some(line)),
                Err(away) => trouble = Some(away),
            }
        }
        trouble.map_or(Ok(None), Err)
    }

    /// Opens a line to whoever speaks.
    ///
    /// # Errors
    /// All of them are away.
    pub async fn speaking(&self, format: Format) -> Result<Line<Saying, Spoken>, Trouble> {
        let mut trouble = Trouble::new("unavailable");
        for voice in &self.voices {
            match voice.open(format).await {
                Ok(line) => return Ok(line),
                Err(away) => trouble = away,
            }
        }
        Err(trouble)
    }
}

async fn mind(
    app: &App,
    tx: &mut TenantTx,
    (loaded, context): (&Arc<Loaded>, &Arc<Context>),
    choice: &ModelChoice,
) -> Result<Mind> {
    if choice.provider == ModelProvider::Scripted {
        return Ok(Mind::Scripted(Arc::clone(loaded), Arc::clone(context)));
    }
    let key = key(tx, choice.secret.as_ref()).await?;
    let base = match &choice.base_url {
        Some(base) => base.parse().map_err(|_| unreached())?,
        None => first(&app.config.openai_origins)?,
    };
    let model = choice.model.clone().unwrap_or_else(|| "gpt-4.1-mini".to_owned());
    let mut settings = openai::Settings::new(app.outside.clone(), reached(app, base)?, key, model);
    settings.temperature = choice.temperature.map(f64::from);
    let model = openai::ChatModel::new(settings).map_err(|_| unreached())?;
    Ok(Mind::Model(Arc::new(model)))
}

async fn recogniser(app: &App, tx: &mut TenantTx, choice: &RecogniserChoice) -> Result<Option<Arc<dyn Recogniser>>> {
    match choice.provider {
        RecogniserProvider::Typed => Ok(None),
        RecogniserProvider::Deepgram => {
            let connection = deepgram(app, tx, choice.secret.as_ref()).await?;
            let model = choice.model.clone().unwrap_or_else(|| "nova-3".to_owned());
            Ok(Some(Arc::new(deepgram::Hearer::new(connection, model))))
        }
    }
}

async fn voice(app: &App, tx: &mut TenantTx, loaded: &Loaded, choice: &VoiceChoice) -> Result<Arc<dyn Voice>> {
    let language = loaded.language().to_owned();
    let (model, voice) = (choice.model.clone().unwrap_or_default(), choice.voice.clone().unwrap_or_default());
    let speaking = Speaking { voice: voice.clone(), model, language };
    Ok(match choice.provider {
        VoiceProvider::Local => local(&speaking.language),
        VoiceProvider::Deepgram => {
            let connection = deepgram(app, tx, choice.secret.as_ref()).await?;
            Arc::new(deepgram::Aura { connection, voice })
        }
        VoiceProvider::Cartesia => {
            let key = key(tx, choice.secret.as_ref()).await?;
            let base = reached(app, first(&app.config.cartesia_origins)?)?;
            Arc::new(cartesia::Sonic::new(dialer(app)?, base, key, speaking))
        }
        VoiceProvider::Elevenlabs => {
            let key = key(tx, choice.secret.as_ref()).await?;
            let base = reached(app, first(&app.config.elevenlabs_origins)?)?;
            Arc::new(elevenlabs::Eleven::new(dialer(app)?, base, key, speaking))
        }
    })
}

/// A program on this machine, else something with the rhythm of speech.
fn local(language: &str) -> Arc<dyn Voice> {
    match LocalVoice::found(language) {
        Some(voice) => Arc::new(voice),
        None => Arc::new(Hum),
    }
}

async fn deepgram(app: &App, tx: &mut TenantTx, secret: Option<&SecretName>) -> Result<deepgram::Connection> {
    let key = key(tx, secret).await?;
    let base = reached(app, first(&app.config.deepgram_origins)?)?;
    Ok(deepgram::Connection { dialer: dialer(app)?, base, key, patience: Patience::default() })
}

fn dialer(app: &App) -> Result<Dialer> {
    Dialer::new(app.outside.clone())
}

/// The first address of a setting.
///
/// # Errors
/// 409 `call.address` when there is none.
pub fn first(setting: &str) -> Result<Url> {
    egress::addresses("voice", setting)?.into_iter().next().ok_or_else(unreached)
}

/// An address, if this installation goes there.
///
/// # Errors
/// 409 `call.address`.
pub fn reached(app: &App, url: Url) -> Result<Url> {
    if app.outside.reaches(&url) { Ok(url) } else { Err(unreached()) }
}

fn unreached() -> Error {
    Error::conflict(
        "call.address",
        "The flow names an address that this installation does not reach; see its settings.",
    )
}

/// A key of the practice's.
///
/// # Errors
/// 409 `call.no_key`.
pub async fn key(tx: &mut TenantTx, name: Option<&SecretName>) -> Result<Phi<String>> {
    let name = name.map(|name| name.0.clone()).unwrap_or_default();
    secrets::named(tx, &name).await?.ok_or_else(|| {
        Error::conflict("call.no_key", "A key that this call needs is missing; enter it in the settings of calls.")
    })
}

//! The sound of a call, over a WebSocket: <https://www.twilio.com/docs/voice/media-streams/websocket-messages>. A piece is
//! 20 ms of µ-law at 8 kHz, fifty a second and track: those messages are scanned, without a tree and without a copy.

mod scan;
mod write;

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use platform::phi::Phi;
use serde::Deserialize;
pub use write::Writer;

use self::scan::scan;

/// A message that is not of the form that it should have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotMedia;

/// Whose sound it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Track {
    /// What the other side says.
    Inbound,
    /// What they hear.
    Outbound,
}

impl Track {
    /// Keys name it with more words than sound does.
    fn of(word: &str) -> Result<Self, NotMedia> {
        match word {
            "inbound" | "inbound_track" => Ok(Self::Inbound),
            "outbound" | "outbound_track" => Ok(Self::Outbound),
            _ => Err(NotMedia),
        }
    }
}

/// What a stream says first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// The stream, which what is sent into it names: `MZ…`
    pub stream: String,
    /// The account.
    pub account: String,
    /// The call.
    pub call: String,
    /// Whose sound will come.
    pub tracks: Vec<Track>,
    /// What the document said besides.
    pub parameters: BTreeMap<String, Phi<String>>,
}

/// A message of Twilio's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// The socket is open.
    Connected,
    /// The stream begins.
    Start(Box<Start>),
    /// Sound; it is in the buffer.
    Media {
        /// Whose.
        track: Track,
        /// When it began, in milliseconds since the stream did.
        at: u64,
        /// Its number among all messages of the stream; one that is missing was lost.
        sequence: u64,
    },
    /// A key was pressed.
    Key {
        /// By whom.
        track: Track,
        /// Which one.
        key: Phi<char>,
    },
    /// What was sent before this mark was played, or cleared away.
    Mark(String),
    /// The stream is over.
    Stop,
    /// Something that later versions say.
    Other,
}

/// Reads a message. The sound of [`Said::Media`] replaces what is in the buffer, whose memory is used again.
///
/// # Errors
/// When it is not of the form that it should have.
pub fn read(text: &str, sound: &mut Vec<u8>) -> Result<Said, NotMedia> {
    if let Some(media) = scan(text) {
        return media.read(sound);
    }
    let message: Message<'_> = serde_json::from_str(text).map_err(|_| NotMedia)?;
    match message.event.as_ref() {
        "connected" => Ok(Said::Connected),
        "start" => message.start.ok_or(NotMedia)?.read().map(|start| Said::Start(Box::new(start))),
        "media" => {
            let MediaFields { track, timestamp, payload } = message.media.ok_or(NotMedia)?;
            let sequence = message.sequence_number.ok_or(NotMedia)?;
            let media = Media { track: &track, timestamp: &timestamp, sequence: &sequence, payload: &payload };
            media.read(sound)
        }
        "dtmf" => {
            let pressed = message.dtmf.ok_or(NotMedia)?;
            let mut keys = pressed.digit.chars();
            let (Some(key), None) = (keys.next(), keys.next()) else { return Err(NotMedia) };
            Ok(Said::Key { track: Track::of(&pressed.track)?, key: Phi::new(key) })
        }
        "mark" => message.mark.map(|mark| Said::Mark(mark.name)).ok_or(NotMedia),
        "stop" => Ok(Said::Stop),
        _ => Ok(Said::Other),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message<'a> {
    #[serde(borrow)]
    event: Cow<'a, str>,
    sequence_number: Option<Cow<'a, str>>,
    start: Option<StartFields>,
    media: Option<MediaFields<'a>>,
    dtmf: Option<Dtmf<'a>>,
    mark: Option<Mark>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StartFields {
    stream_sid: String,
    account_sid: String,
    call_sid: String,
    tracks: Vec<String>,
    media_format: Format,
    #[serde(default)]
    custom_parameters: BTreeMap<String, Phi<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Format {
    encoding: String,
    sample_rate: u32,
    channels: u32,
}

#[derive(Deserialize)]
struct MediaFields<'a> {
    #[serde(borrow)]
    track: Cow<'a, str>,
    timestamp: Cow<'a, str>,
    payload: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Dtmf<'a> {
    #[serde(borrow)]
    track: Cow<'a, str>,
    digit: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Mark {
    name: String,
}

impl StartFields {
    fn read(self) -> Result<Start, NotMedia> {
        let Format { encoding, sample_rate, channels } = self.media_format;
        // the only one that there is; in another one nobody would understand a word
        if (encoding.as_str(), sample_rate, channels) != ("audio/x-mulaw", 8000, 1) || !is_plain(&self.stream_sid) {
            return Err(NotMedia);
        }
        let tracks = self.tracks.iter().map(|track| Track::of(track)).collect::<Result<_, _>>()?;
        Ok(Start {
            stream: self.stream_sid,
            account: self.account_sid,
            call: self.call_sid,
            tracks,
            parameters: self.custom_parameters,
        })
    }
}

/// Letters and digits only, so that it can be written as it is.
fn is_plain(sid: &str) -> bool {
    !sid.is_empty() && sid.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

struct Media<'a> {
    track: &'a str,
    timestamp: &'a str,
    sequence: &'a str,
    payload: &'a str,
}

impl Media<'_> {
    fn read(&self, sound: &mut Vec<u8>) -> Result<Said, NotMedia> {
        let (track, at) = (Track::of(self.track)?, self.timestamp.parse().map_err(|_| NotMedia)?);
        let sequence = self.sequence.parse().map_err(|_| NotMedia)?;
        sound.clear();
        STANDARD.decode_vec(self.payload, sound).map_err(|_| NotMedia)?;
        Ok(Said::Media { track, at, sequence })
    }
}

#[cfg(test)]
mod tests;

//! What a call does, as a document: <https://www.twilio.com/docs/voice/twiml>. Only what calls of ours need, and every
//! value is written so that nothing in it becomes markup.

use std::fmt::{self, Write as _};

use platform::egress::Url;
use platform::phi::Phi;
use platform::undisclosed;

/// Most keys at once, as a new call takes them; more are pressed one lot after another.
const MOST_KEYS: usize = 32;

/// Keys of a telephone, and pauses: `w` of half a second, `W` of a whole one. They may spell somebody's number.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys(String);

undisclosed!(Keys);

impl Keys {
    /// One to 32 of `0` to `9`, `A` to `D`, `*`, `#`, `w` and `W`.
    #[must_use]
    pub fn new(keys: &str) -> Option<Self> {
        let is_key = |byte: u8| matches!(byte, b'0'..=b'9' | b'A'..=b'D' | b'*' | b'#' | b'w' | b'W');
        ((1..=MOST_KEYS).contains(&keys.len()) && keys.bytes().all(is_key)).then(|| Self(keys.to_owned()))
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

/// Whose sound a stream has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tracks {
    /// What the other side says.
    Inbound,
    /// What they hear.
    Outbound,
    /// Both, each by itself.
    Both,
}

/// Sound over a WebSocket (<https://www.twilio.com/docs/voice/twiml/stream>).
#[derive(Clone, Debug)]
pub struct Stream {
    /// Where to: `wss://…`. A query is not passed on.
    pub url: Url,
    /// By which it is stopped; one that is used once in a call.
    pub name: Option<String>,
    /// What the first message will say besides. Both parts together have at most 500 characters.
    pub parameters: Vec<(String, Phi<String>)>,
}

impl Stream {
    /// One to this address.
    #[must_use]
    pub fn to(url: Url) -> Self {
        Self { url, name: None, parameters: Vec::new() }
    }
}

/// Whom to put through to.
#[derive(Clone, Debug)]
pub enum Party {
    /// A telephone, E.164, and what is pressed when it answers.
    Number(Phi<String>, Option<Keys>),
    /// A conference.
    Conference(Conference),
}

/// A conference (<https://www.twilio.com/docs/voice/twiml/conference>).
#[derive(Clone, Debug)]
pub struct Conference {
    /// Its name; who says the same one of the same account is in it.
    pub name: String,
    /// Whether it begins when this one comes in; until then there is music.
    pub starts: bool,
    /// Whether it is over when this one leaves.
    pub ends: bool,
    /// Whether this one is only listened to by others, not heard.
    pub is_muted: bool,
    /// Whether a tone says that somebody came or left.
    pub beeps: bool,
}

/// Putting through (<https://www.twilio.com/docs/voice/twiml/dial>).
#[derive(Clone, Debug)]
pub struct Dial {
    /// To whom.
    pub party: Party,
    /// Whose number they see: one of the account's, or the other side's.
    pub caller: Option<Phi<String>>,
    /// Seconds that it rings.
    pub rings: Option<u32>,
    /// Longest in seconds.
    pub longest: Option<u32>,
    /// Who says what comes next, and is told how it went; nothing of it, and the document goes on.
    pub action: Option<Url>,
}

impl Dial {
    /// To this one, as Twilio does it by itself.
    #[must_use]
    pub fn to(party: Party) -> Self {
        Self { party, caller: None, rings: None, longest: None, action: None }
    }
}

/// Why a call is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// The line is busy.
    Busy,
    /// The number is not in service.
    Rejected,
}

/// A document. What is in it is done in order.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Twiml(String);

undisclosed!(Twiml);

impl Twiml {
    /// Nothing: the call ends.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sends a copy of the sound from here on, and goes on.
    #[must_use]
    pub fn start_stream(self, stream: &Stream, tracks: Tracks) -> Self {
        let track = match tracks {
            Tracks::Inbound => "inbound_track",
            Tracks::Outbound => "outbound_track",
            Tracks::Both => "both_tracks",
        };
        self.with("Start", &[], |to| to.stream(stream, &[("track", track)]))
    }

    /// Ends a copy.
    #[must_use]
    pub fn stop_stream(self, name: &str) -> Self {
        self.with("Stop", &[], |to| to.with("Stream", &[("name", name)], |to| to))
    }

    /// Sends what the other side says and plays what comes back, until that ends or the call is given another document.
    #[must_use]
    pub fn connect_stream(self, stream: &Stream) -> Self {
        self.with("Connect", &[], |to| to.stream(stream, &[]))
    }

    /// Presses keys.
    #[must_use]
    pub fn press(self, keys: &Keys) -> Self {
        self.with("Play", &[("digits", keys.expose())], |to| to)
    }

    /// Says something in a voice of Twilio's. The language is BCP 47.
    #[must_use]
    pub fn say(self, text: &Phi<String>, language: &str) -> Self {
        self.with("Say", &[("language", language)], |to| to.text(text.expose()))
    }

    /// Waits so many seconds, one at least.
    #[must_use]
    pub fn pause(self, seconds: u32) -> Self {
        self.with("Pause", &[("length", &seconds.max(1).to_string())], |to| to)
    }

    /// Puts through.
    #[must_use]
    pub fn dial(self, dial: &Dial) -> Self {
        let (rings, longest) = (dial.rings.map(|s| s.to_string()), dial.longest.map(|s| s.to_string()));
        let all = [
            ("callerId", dial.caller.as_ref().map(|caller| caller.expose().as_str())),
            ("timeout", rings.as_deref()),
            ("timeLimit", longest.as_deref()),
            ("action", dial.action.as_ref().map(Url::as_str)),
        ];
        let attributes: Vec<(&str, &str)> =
            all.into_iter().filter_map(|(name, value)| value.map(|value| (name, value))).collect();
        self.with("Dial", &attributes, |to| to.party(&dial.party))
    }

    /// Says something and waits so many seconds for one key; who pressed one is told to the action, which says what comes next.
    /// Otherwise it goes on (<https://www.twilio.com/docs/voice/twiml/gather>).
    #[must_use]
    pub fn ask_for_key(self, action: &Url, seconds: u32, text: &Phi<String>, language: &str) -> Self {
        let seconds = seconds.max(1).to_string();
        let attributes = [("input", "dtmf"), ("numDigits", "1"), ("timeout", &seconds), ("action", action.as_str())];
        self.with("Gather", &attributes, |to| to.say(text, language))
    }

    /// Hangs up.
    #[must_use]
    pub fn hang_up(self) -> Self {
        self.with("Hangup", &[], |to| to)
    }

    /// Does not take the call, which costs nothing when it is the first thing.
    #[must_use]
    pub fn reject(self, why: Rejection) -> Self {
        let why = match why {
            Rejection::Busy => "busy",
            Rejection::Rejected => "rejected",
        };
        self.with("Reject", &[("reason", why)], |to| to)
    }

    fn stream(self, stream: &Stream, attributes: &[(&str, &str)]) -> Self {
        let mut all = vec![("url", stream.url.as_str())];
        all.extend(stream.name.as_deref().map(|name| ("name", name)));
        all.extend(attributes);
        self.with("Stream", &all, |to| {
            stream.parameters.iter().fold(to, |to, (name, value)| {
                to.with("Parameter", &[("name", name), ("value", value.expose())], |to| to)
            })
        })
    }

    fn party(self, party: &Party) -> Self {
        match party {
            Party::Number(number, keys) => {
                let keys: Vec<_> = keys.iter().map(|keys| ("sendDigits", keys.expose())).collect();
                self.with("Number", &keys, |to| to.text(number.expose()))
            }
            Party::Conference(conference) => {
                let word = |so: bool| if so { "true" } else { "false" };
                let attributes = [
                    ("startConferenceOnEnter", word(conference.starts)),
                    ("endConferenceOnExit", word(conference.ends)),
                    ("muted", word(conference.is_muted)),
                    ("beep", word(conference.beeps)),
                ];
                self.with("Conference", &attributes, |to| to.text(&conference.name))
            }
        }
    }

    fn with(mut self, name: &str, attributes: &[(&str, &str)], inside: impl FnOnce(Self) -> Self) -> Self {
        self.0.push('<');
        self.0.push_str(name);
        for (name, value) in attributes {
            self.0.push(' ');
            self.0.push_str(name);
            self.0.push_str("=\"");
            self = self.text(value);
            self.0.push('"');
        }
        let empty = self.0.len();
        self.0.push('>');
        let mut done = inside(self);
        if done.0.len() == empty + 1 {
            done.0.truncate(empty);
            done.0.push_str("/>");
        } else {
            done.0.push_str("</");
            done.0.push_str(name);
            done.0.push('>');
        }
        done
    }

    /// Characters that XML 1.0 does not have (2.2) are left out; line breaks and tabs would become spaces in attributes
    /// (3.3.3) and become them here.
    fn text(mut self, text: &str) -> Self {
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&apos;"),
                '\t' | '\n' | '\r' => self.0.push(' '),
                '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
                other => self.0.push(other),
            }
        }
        self
    }

    /// The document as it is sent.
    #[must_use]
    pub fn to_xml(&self) -> String {
        let mut xml = String::new();
        // writing into a string does not fail
        let _: fmt::Result = write!(xml, r#"<?xml version="1.0" encoding="UTF-8"?><Response>{}</Response>"#, self.0);
        xml
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use roxmltree::Document;
    use serde_json::Value;

    use super::*;

    fn url(text: &str) -> Url {
        text.parse().expect("an address")
    }

    fn inner(twiml: &Twiml) -> String {
        let xml = twiml.to_xml();
        let inner = xml.strip_prefix(r#"<?xml version="1.0" encoding="UTF-8"?><Response>"#).expect("its beginning");
        inner.strip_suffix("</Response>").expect("its end").to_owned()
    }

    #[test]
    fn the_example_is_written() {
        let Some(text) = peers::text("twilio/media-streams.examples.json") else { return };
        let examples: Value = serde_json::from_str(&text).expect("JSON");
        let parameters = vec![("session_id".to_owned(), Phi::new("s_1".to_owned()))];
        let stream = Stream { parameters, ..Stream::to(url("wss://bot.example.com/twilio")) };
        assert_eq!(Twiml::new().connect_stream(&stream).to_xml(), examples["twiml"].as_str().expect("a document"));
    }

    #[test]
    fn an_ear_and_keys() {
        let ear = Stream { name: Some("ear".to_owned()), ..Stream::to(url("wss://bot.example/ear")) };
        let keys = Keys::new("1w23#").expect("keys");
        let twiml = Twiml::new().start_stream(&ear, Tracks::Both).press(&keys).pause(0).stop_stream("ear").hang_up();
        assert_eq!(
            inner(&twiml),
            r#"<Start><Stream url="wss://bot.example/ear" name="ear" track="both_tracks"/></Start><Play digits="1w23#"/>"#
                .to_owned()
                + r#"<Pause length="1"/><Stop><Stream name="ear"/></Stop><Hangup/>"#
        );
        assert!(!format!("{keys:?} {twiml:?}").contains("23"));
    }

    #[test]
    fn words_and_people() {
        let number = Phi::new("+15550100009".to_owned());
        let through = Dial {
            caller: Some(Phi::new("+15550100001".to_owned())),
            rings: Some(20),
            longest: Some(600),
            action: Some(url("https://clinic.example/next?a=1&b=2")),
            ..Dial::to(Party::Number(number, Keys::new("w7")))
        };
        assert_eq!(
            inner(&Twiml::new().say(&Phi::new("Tom & Jerry's <desk>".to_owned()), "en-US").dial(&through)),
            r#"<Say language="en-US">Tom &amp; Jerry&apos;s &lt;desk&gt;</Say><Dial callerId="+15550100001" timeout="20" "#
                .to_owned()
                + r#"timeLimit="600" action="https://clinic.example/next?a=1&amp;b=2"><Number sendDigits="w7">+15550100009"#
                + "</Number></Dial>"
        );
        let room = Conference { name: "c1".to_owned(), starts: true, ends: false, is_muted: true, beeps: false };
        assert_eq!(
            inner(&Twiml::new().dial(&Dial::to(Party::Conference(room)))),
            r#"<Dial><Conference startConferenceOnEnter="true" endConferenceOnExit="false" muted="true" beep="false">"#
                .to_owned()
                + "c1</Conference></Dial>"
        );
        assert_eq!(inner(&Twiml::new().reject(Rejection::Busy)), r#"<Reject reason="busy"/>"#);
        let asked = Twiml::new().ask_for_key(
            &url("https://a.example/x?y=1&z=2"),
            10,
            &Phi::new("Press 1.".to_owned()),
            "en-US",
        );
        assert_eq!(
            inner(&asked),
            r#"<Gather input="dtmf" numDigits="1" timeout="10" action="https://a.example/x?y=1&amp;z=2">"#.to_owned()
                + r#"<Say language="en-US">Press 1.</Say></Gather>"#
        );
    }

    #[test]
    fn only_keys_are_keys() {
        for keys in ["", "1 2", "12a", "E", "<", "١", "123456789012345678901234567890123"] {
            assert_eq!(Keys::new(keys), None, "{keys}");
        }
        assert!(Keys::new("0123456789ABCD*#wW").is_some());
    }

    proptest! {
        /// Another reader of XML finds what was written, wherever it stands.
        #[test]
        fn nothing_becomes_markup(text in any::<String>()) {
            let is_character = |c: &char| !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
            let plain = |c: char| if matches!(c, '\t' | '\n' | '\r') { ' ' } else { c };
            let expected: String = text.chars().filter(is_character).map(plain).collect();
            let parameters = vec![("said".to_owned(), Phi::new(text.clone()))];
            let stream = Stream { parameters, ..Stream::to(url("wss://bot.example/")) };
            let xml = Twiml::new().say(&Phi::new(text), "en").connect_stream(&stream).to_xml();
            let document = Document::parse(&xml).expect("XML");
            let find = |name: &str| document.descendants().find(|node| node.has_tag_name(name)).expect("an element");
            prop_assert_eq!(find("Say").text().unwrap_or_default(), expected.as_str());
            prop_assert_eq!(find("Parameter").attribute("value"), Some(expected.as_str()));
        }
    }
}

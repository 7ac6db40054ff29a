//! A call, as its webhooks and answers have it. Retell adds fields, states and reasons as it likes, so what is not of a known
//! form is left out, and only what has no id is no call.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use platform::phi::Phi;
use platform::undisclosed;
use serde::Deserialize;
use serde_json::Value;

use crate::provider::OUR_ID;

/// Longest id that is believed.
const LONGEST_ID: usize = 200;
/// Longest word of an open set, such as a reason.
const LONGEST_WORD: usize = 60;

/// A call. <https://docs.retellai.com/api-references/get-call>
#[derive(Clone, Deserialize)]
#[serde(try_from = "Value")]
pub struct Call {
    /// What it is named by.
    pub id: String,
    /// Who speaks.
    pub agent: Option<String>,
    /// In which version.
    pub agent_version: Option<i64>,
    /// Over what.
    pub kind: Kind,
    /// Who began; of a call from a browser nothing is said.
    pub direction: Option<Direction>,
    /// How it stands.
    pub status: Status,
    /// The number that dials.
    pub from: Option<Phi<String>>,
    /// The number that is dialled.
    pub to: Option<Phi<String>>,
    /// Our id of it, when it is one of ours.
    pub our_id: Option<String>,
    /// Since when.
    pub started: Option<Timestamp>,
    /// Until when.
    pub ended: Option<Timestamp>,
    /// Why it ended: a word of an open set, such as `user_hangup` or `dial_no_answer`.
    pub reason: Option<String>,
    /// What was said and done, in order; nothing where the answer does not tell.
    pub lines: Option<Vec<Line>>,
    /// What was made of it afterwards.
    pub analysis: Option<Analysis>,
    /// What it cost, in cents of a United States dollar.
    pub cost_cents: Option<f64>,
    /// Where it can be heard, for as long as Retell keeps it.
    pub recording: Option<Phi<String>>,
    /// All of it, as it came.
    pub told: Value,
}

/// Over what somebody calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The telephone.
    Phone,
    /// A browser.
    Web,
    /// Something that we do not know.
    Other,
}

/// Who began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// Somebody called.
    Inbound,
    /// Somebody was called.
    Outbound,
}

/// How a call stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// It is known, and nobody speaks yet.
    Registered,
    /// Nobody was reached.
    NotConnected,
    /// People speak.
    Ongoing,
    /// It is over.
    Ended,
    /// It is over, by a fault.
    Error,
    /// Something that we do not know, or nothing.
    Other,
}

impl Status {
    fn of(word: Option<&str>) -> Self {
        match word {
            Some("registered") => Self::Registered,
            Some("not_connected") => Self::NotConnected,
            Some("ongoing") => Self::Ongoing,
            Some("ended") => Self::Ended,
            Some("error") => Self::Error,
            _ => Self::Other,
        }
    }

    /// Whether nothing more will be said.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::NotConnected | Self::Ended | Self::Error)
    }
}

/// Something that was said or done.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Line {
    /// Somebody spoke.
    Said {
        /// Who.
        by: Speaker,
        /// What.
        text: String,
        /// When the first word began, since the call began. It is not exact.
        from: Option<Duration>,
        /// When the last word ended.
        to: Option<Duration>,
    },
    /// The agent called a function.
    Called {
        /// Names this use of it.
        id: String,
        /// Which.
        name: String,
        /// With what, as the text that it came in.
        arguments: String,
    },
    /// A function answered.
    Answered {
        /// Names the use of it.
        id: String,
        /// What came.
        content: String,
        /// Whether it did what it should, where that is told.
        successful: Option<bool>,
    },
    /// The conversation went on to another place.
    Moved {
        /// What that is called.
        to: String,
    },
    /// Somebody pressed a key.
    Pressed {
        /// Which.
        key: String,
    },
}

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Speaker {
    /// The agent.
    Agent,
    /// Who calls or is called.
    User,
    /// To whom the call was handed on.
    TransferTarget,
}

/// What was made of a call when it was over.
#[derive(Clone, Default)]
pub struct Analysis {
    /// What it was about.
    pub summary: Option<String>,
    /// Whether an answering machine was reached.
    pub voicemail: Option<bool>,
    /// How the other side felt: `Negative`, `Positive`, `Neutral`, `Unknown`.
    pub sentiment: Option<String>,
    /// Whether it did what it was for.
    pub successful: Option<bool>,
    /// What the agent was set up to find out, by name.
    pub fields: BTreeMap<String, Value>,
}

undisclosed!(Call, Line, Analysis);

/// What has no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotACall;

impl std::fmt::Display for NotACall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a call without an id")
    }
}

impl TryFrom<Value> for Call {
    type Error = NotACall;

    fn try_from(value: Value) -> Result<Self, NotACall> {
        Self::read(&value)
    }
}

impl Call {
    /// Reads a call, leaving out what is not of a known form.
    ///
    /// # Errors
    /// When it has no id.
    pub fn read(call: &Value) -> Result<Self, NotACall> {
        Ok(Self {
            id: id(&call["call_id"]).ok_or(NotACall)?,
            agent: id(&call["agent_id"]),
            agent_version: call["agent_version"].as_i64(),
            kind: match call["call_type"].as_str() {
                Some("phone_call") => Kind::Phone,
                Some("web_call") => Kind::Web,
                _ => Kind::Other,
            },
            direction: match call["direction"].as_str() {
                Some("inbound") => Some(Direction::Inbound),
                Some("outbound") => Some(Direction::Outbound),
                _ => None,
            },
            status: Status::of(call["call_status"].as_str()),
            from: text(&call["from_number"]).map(Phi::new),
            to: text(&call["to_number"]).map(Phi::new),
            our_id: id(&call["metadata"][OUR_ID]),
            started: instant(&call["start_timestamp"]),
            ended: instant(&call["end_timestamp"]),
            reason: word(&call["disconnection_reason"]),
            lines: lines(call),
            analysis: Analysis::read(&call["call_analysis"]),
            cost_cents: call["call_cost"]["combined_cost"].as_f64().filter(|cents| cents.is_finite() && *cents >= 0.0),
            recording: text(&call["recording_url"]).map(Phi::new),
            told: call.clone(),
        })
    }
}

/// The transcript with what was done; where there is none, the one without.
fn lines(call: &Value) -> Option<Vec<Line>> {
    let all = call["transcript_with_tool_calls"].as_array().or_else(|| call["transcript_object"].as_array())?;
    Some(all.iter().filter_map(line).collect())
}

fn line(line: &Value) -> Option<Line> {
    let said = |by| {
        let words = line["words"].as_array();
        let edge = |word: Option<&Value>, name: &str| Duration::try_from_secs_f64(word?[name].as_f64()?).ok();
        Some(Line::Said {
            by,
            text: text(&line["content"])?,
            from: edge(words.and_then(|words| words.first()), "start"),
            to: edge(words.and_then(|words| words.last()), "end"),
        })
    };
    let of_call = || id(&line["tool_call_id"]);
    match line["role"].as_str()? {
        "agent" => said(Speaker::Agent),
        "user" => said(Speaker::User),
        "transfer_target" => said(Speaker::TransferTarget),
        "tool_call_invocation" => Some(Line::Called {
            id: of_call()?,
            name: id(&line["name"])?,
            arguments: text(&line["arguments"]).unwrap_or_else(|| "{}".to_owned()),
        }),
        "tool_call_result" => Some(Line::Answered {
            id: of_call()?,
            content: text(&line["content"]).unwrap_or_default(),
            successful: line["successful"].as_bool(),
        }),
        "node_transition" => Some(Line::Moved { to: id(&line["new_node_name"])? }),
        "dtmf" => Some(Line::Pressed { key: text(&line["digit"]).filter(|key| key.len() <= 32)? }),
        _ => None,
    }
}

impl Analysis {
    /// Reads what was made of a call, leaving out what is not of a known form; nothing where nothing was made of it.
    #[must_use]
    pub fn read(analysis: &Value) -> Option<Self> {
        analysis.as_object()?;
        Some(Self {
            summary: text(&analysis["call_summary"]),
            voicemail: analysis["in_voicemail"].as_bool(),
            sentiment: word(&analysis["user_sentiment"]),
            successful: analysis["call_successful"].as_bool(),
            fields: match &analysis["custom_analysis_data"] {
                Value::Object(fields) => fields.clone().into_iter().collect(),
                _ => BTreeMap::new(),
            },
        })
    }
}

/// Milliseconds since 1970.
fn instant(value: &Value) -> Option<Timestamp> {
    Timestamp::from_millisecond(value.as_i64()?).ok()
}

fn id(value: &Value) -> Option<String> {
    text(value).filter(|id| id.len() <= LONGEST_ID)
}

/// A word of an open set. Anything else could be what was said.
fn word(value: &Value) -> Option<String> {
    let is_one = |word: &String| {
        word.len() <= LONGEST_WORD && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    text(value).filter(is_one)
}

pub(crate) fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_example_is_understood_down_to_its_words() {
        let Some(file) = peers::text("retell/webhooks.examples.json") else { return };
        let examples: Value = serde_json::from_str(&file).expect("json");
        let call = Call::read(&examples["call_analyzed"]["call"]).expect("a call");
        assert_eq!(call.id, "call_0123456789abcdef0123456789a");
        assert_eq!((call.kind, call.direction, call.status), (Kind::Phone, Some(Direction::Outbound), Status::Ended));
        let (started, ended) = (call.started.expect("began"), call.ended.expect("ended"));
        assert_eq!(started.to_string(), "2024-05-02T00:07:55.945Z");
        assert_eq!(ended.duration_since(started).as_millis(), 15_791);
        assert_eq!((call.reason.as_deref(), call.cost_cents), (Some("user_hangup"), Some(70.0)));
        let lines = call.lines.expect("lines");
        let spoken = Line::Said {
            by: Speaker::Agent,
            text: "Hello.".to_owned(),
            from: Some(Duration::from_millis(700)),
            to: Some(Duration::from_millis(1300)),
        };
        let called = Line::Called {
            id: "tc_1".to_owned(),
            name: "get_slots".to_owned(),
            arguments: r#"{"date":"2026-01-05"}"#.to_owned(),
        };
        let answered =
            Line::Answered { id: "tc_1".to_owned(), content: r#"{"slots":[]}"#.to_owned(), successful: None };
        assert!(lines == [spoken, called, answered]);
        let analysis = call.analysis.expect("an analysis");
        assert_eq!((analysis.summary.as_deref(), analysis.successful), (Some("Short greeting."), Some(true)));
        assert_eq!((analysis.voicemail, analysis.sentiment.as_deref()), (Some(false), Some("Neutral")));
        assert_eq!(analysis.fields.get("wants_appointment"), Some(&json!(true)));
    }

    #[test]
    fn what_is_strange_is_left_out_and_what_is_new_does_no_harm() {
        for nothing in [json!(null), json!([]), json!({"call_id": ""}), json!({"call_id": 7}), json!("x")] {
            assert_eq!(Call::read(&nothing).err(), Some(NotACall), "{nothing}");
        }
        let call = Call::read(&json!({
            "call_id": "c", "call_type": "fax", "call_status": "paused", "direction": 1, "start_timestamp": 1e300,
            "disconnection_reason": "said: my number is +966501234567", "metadata": "x", "call_analysis": [],
            "call_cost": {"combined_cost": -1},
            "transcript_with_tool_calls": [{"role": "whisper"}, 5, {"role": "user", "content": "Hi", "words": [{}]},
                {"role": "agent"}, {"role": "dtmf", "digit": "1"}, {"role": "user", "content": "x",
                "words": [{"start": -1.0, "end": 1e300}]}]
        }))
        .expect("a call");
        assert_eq!((call.kind, call.status, call.direction), (Kind::Other, Status::Other, None));
        assert_eq!((call.started, call.reason, call.our_id, call.cost_cents), (None, None, None, None));
        let said = |text: &str| Line::Said { by: Speaker::User, text: text.to_owned(), from: None, to: None };
        assert!(call.lines == Some(vec![said("Hi"), Line::Pressed { key: "1".to_owned() }, said("x")]));
    }

    #[test]
    fn nothing_of_a_call_is_printed() {
        let call = Call::read(&json!({
            "call_id": "c", "from_number": "+966501234567",
            "transcript_with_tool_calls": [{"role": "user", "content": "Noura"}],
            "call_analysis": {"call_summary": "Noura asks"}
        }))
        .expect("a call");
        let shown = format!("{call:?} {:?} {:?}", call.lines, call.analysis);
        assert!(!shown.contains("Noura") && !shown.contains("+966"), "{shown}");
    }
}

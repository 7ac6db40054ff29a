//! What Retell says and asks unasked: what happened with a call, what its agent wants done, who calls.
//!
//! <https://docs.retellai.com/features/webhook>, <https://docs.retellai.com/features/inbound-call-webhook>,
//! <https://docs.retellai.com/build/conversation-flow/custom-function>

use jiff::Timestamp;
use platform::phi::Phi;
use platform::undisclosed;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::call::{Call, text};
use crate::provider::{OUR_ID, Variables};

/// What happened with a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Somebody answered. It does not come where nobody was reached.
    Started,
    /// It is over; what is made of it comes later.
    Ended,
    /// What was made of it.
    Analyzed,
    /// Something was said.
    TranscriptUpdated,
    /// It is being handed on to somebody.
    TransferStarted,
    /// They have it.
    TransferBridged,
    /// They do not take it.
    TransferCancelled,
    /// They are done.
    TransferEnded,
    /// Something that we do not know, as it came.
    Other(String),
}

impl Event {
    fn of(word: &str) -> Self {
        match word {
            "call_started" => Self::Started,
            "call_ended" => Self::Ended,
            "call_analyzed" => Self::Analyzed,
            "transcript_updated" => Self::TranscriptUpdated,
            "transfer_started" => Self::TransferStarted,
            "transfer_bridged" => Self::TransferBridged,
            "transfer_cancelled" => Self::TransferCancelled,
            "transfer_ended" => Self::TransferEnded,
            _ => Self::Other(word.chars().take(60).collect()),
        }
    }

    /// Retell's word for it.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Started => "call_started",
            Self::Ended => "call_ended",
            Self::Analyzed => "call_analyzed",
            Self::TranscriptUpdated => "transcript_updated",
            Self::TransferStarted => "transfer_started",
            Self::TransferBridged => "transfer_bridged",
            Self::TransferCancelled => "transfer_cancelled",
            Self::TransferEnded => "transfer_ended",
            Self::Other(word) => word,
        }
    }

    /// Whether a call has it once at most.
    fn is_once(&self) -> bool {
        matches!(self, Self::Started | Self::Ended | Self::Analyzed)
    }
}

/// A webhook about a call, read.
#[derive(Clone)]
pub struct Message {
    /// What happened.
    pub event: Event,
    /// The call as it stood then.
    pub call: Call,
    /// When a hand-over or a line was, where the webhook tells.
    at: Option<Timestamp>,
}

undisclosed!(Message, FunctionCall);

/// A body that is not of the form that it should have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAMessage;

impl Message {
    /// Reads a body whose signature was verified.
    ///
    /// # Errors
    /// When it names no event or no call.
    pub fn read(body: &[u8]) -> Result<Self, NotAMessage> {
        let body: Value = serde_json::from_slice(body).map_err(|_| NotAMessage)?;
        let event = Event::of(&text(&body["event"]).ok_or(NotAMessage)?);
        let call = Call::read(&body["call"]).map_err(|_| NotAMessage)?;
        let instant = [&body["start_timestamp"], &body["timestamp"]].into_iter().find_map(Value::as_i64);
        let at = instant.and_then(|instant| Timestamp::from_millisecond(instant).ok()).or(call.started);
        Ok(Self { event, call, at })
    }

    /// What is the same whenever Retell sends it again: call and event; of what a call may have several times also when it
    /// was.
    #[must_use]
    pub fn key(&self) -> String {
        let (call, event) = (&self.call.id, self.event.code());
        match self.at.filter(|_| !self.event.is_once()) {
            Some(at) => format!("{call}:{event}:{}", at.as_millisecond()),
            None => format!("{call}:{event}"),
        }
    }
}

/// What an agent wants done, in the middle of a call.
#[derive(Clone)]
pub struct FunctionCall {
    /// Which function.
    pub name: String,
    /// The call.
    pub call: Call,
    /// With what.
    pub arguments: Map<String, Value>,
}

impl FunctionCall {
    /// Reads a body whose signature was verified.
    ///
    /// # Errors
    /// When it names no function or no call (as when the agent was told to send arguments alone).
    pub fn read(body: &[u8]) -> Result<Self, NotAMessage> {
        let body: Value = serde_json::from_slice(body).map_err(|_| NotAMessage)?;
        let arguments = match &body["args"] {
            Value::Object(arguments) => arguments.clone(),
            Value::Null => Map::new(),
            _ => return Err(NotAMessage),
        };
        let name = text(&body["name"]).filter(|name| name.len() <= 100).ok_or(NotAMessage)?;
        let call = Call::read(&body["call"]).map_err(|_| NotAMessage)?;
        Ok(Self { name, call, arguments })
    }
}

/// Somebody calls, and nobody has answered yet.
#[derive(Clone, Debug)]
pub struct Inbound {
    /// Who would answer.
    pub agent: Option<String>,
    /// The number that calls, E.164, where it is shown.
    pub from: Option<Phi<String>>,
    /// The number that is called.
    pub to: String,
}

impl Inbound {
    /// Reads a body whose signature was verified.
    ///
    /// # Errors
    /// When it is not about a call that comes in.
    pub fn read(body: &[u8]) -> Result<Self, NotAMessage> {
        let body: Value = serde_json::from_slice(body).map_err(|_| NotAMessage)?;
        if body["event"] != "call_inbound" {
            return Err(NotAMessage);
        }
        let call = &body["call_inbound"];
        Ok(Self {
            agent: text(&call["agent_id"]),
            from: text(&call["from_number"]).map(Phi::new),
            to: text(&call["to_number"]).ok_or(NotAMessage)?,
        })
    }
}

/// Who answers a call that comes in, and what they know. Nothing in it leaves everything as it is set up there.
#[derive(Clone, Debug, Default)]
pub struct InboundAnswer {
    /// Who, instead of the number's own agent.
    pub agent: Option<String>,
    /// What they know.
    pub variables: Variables,
    /// Our id of the call.
    pub our_id: Option<String>,
}

#[derive(Serialize)]
struct Answered<'a> {
    call_inbound: AnsweredCall<'a>,
}

#[derive(Serialize)]
struct AnsweredCall<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    override_agent_id: Option<&'a str>,
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    dynamic_variables: &'a std::collections::BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Value>,
}

impl Serialize for InboundAnswer {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let metadata = self.our_id.as_ref().map(|id| serde_json::json!({ OUR_ID: id }));
        let call =
            AnsweredCall { override_agent_id: self.agent.as_deref(), dynamic_variables: &self.variables.0, metadata };
        Answered { call_inbound: call }.serialize(to)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const CALL: &str = "call_0123456789abcdef0123456789a";

    /// The examples of what Retell sends, where they lie beside the project.
    #[test]
    fn the_examples_are_understood() {
        let Some(file) = peers::text("retell/webhooks.examples.json") else { return };
        let examples: Value = serde_json::from_str(&file).expect("json");
        let body = |name: &str| examples[name].to_string().into_bytes();
        for (name, event) in [
            ("call_started", Event::Started),
            ("call_ended", Event::Ended),
            ("call_analyzed", Event::Analyzed),
            ("transfer_started", Event::TransferStarted),
        ] {
            let message = Message::read(&body(name)).expect("a message");
            assert_eq!((&message.event, message.call.id.as_str()), (&event, CALL));
            assert_eq!(message.key(), format!("{CALL}:{name}"));
        }
        let function = FunctionCall::read(&body("custom_function_request")).expect("a function");
        assert_eq!((function.name.as_str(), function.call.id.as_str()), ("get_slots", CALL));
        assert_eq!(function.arguments.get("visit_type"), Some(&json!("checkup")));
        assert_eq!(
            FunctionCall::read(&body("custom_function_request_args_at_root")).err(),
            Some(NotAMessage),
            "nobody knows of which call it is"
        );
        let inbound = Inbound::read(&body("call_inbound")).expect("a call");
        assert_eq!((inbound.agent.as_deref(), inbound.to.as_str()), (Some("agent_12345"), "+12137771235"));
        assert_eq!(inbound.from.expect("a number").expose(), "+12137771234");
        assert!(Message::read(&body("call_inbound")).is_err() && Inbound::read(&body("call_ended")).is_err());
    }

    #[test]
    fn what_happens_several_times_in_a_call_is_told_apart_by_when_and_the_rest_is_not() {
        let key = |body: Value| Message::read(body.to_string().as_bytes()).expect("a message").key();
        let call = json!({"call_id": "c", "start_timestamp": 5});
        assert_eq!(key(json!({"event": "call_ended", "call": call, "start_timestamp": 9})), "c:call_ended");
        assert_eq!(
            key(json!({"event": "transfer_started", "call": call, "start_timestamp": 9})),
            "c:transfer_started:9"
        );
        assert_eq!(key(json!({"event": "transfer_started", "call": call})), "c:transfer_started:5");
        assert_eq!(key(json!({"event": "call_dreamt", "call": {"call_id": "c"}})), "c:call_dreamt");
    }

    #[test]
    fn what_is_no_message_is_refused() {
        for body in ["", "{", "[]", "null", r#"{"event":"call_ended"}"#, r#"{"call":{"call_id":"c"}}"#] {
            assert!(Message::read(body.as_bytes()).is_err(), "{body}");
            assert!(FunctionCall::read(body.as_bytes()).is_err(), "{body}");
            assert!(Inbound::read(body.as_bytes()).is_err(), "{body}");
        }
        let strange = json!({"name": "x", "call": {"call_id": "c"}, "args": [1]});
        assert!(FunctionCall::read(strange.to_string().as_bytes()).is_err());
    }

    #[test]
    fn an_answer_says_what_there_is_and_nothing_else() {
        assert_eq!(json!(InboundAnswer::default()), json!({"call_inbound": {}}));
        let answer = InboundAnswer {
            agent: Some("agent_1".to_owned()),
            variables: Variables([("first_name".to_owned(), "Noura".to_owned())].into()),
            our_id: Some("o".to_owned()),
        };
        assert!(!format!("{answer:?}").contains("Noura"));
        let expected = json!({"call_inbound": {
            "override_agent_id": "agent_1", "dynamic_variables": {"first_name": "Noura"}, "metadata": {OUR_ID: "o"}
        }});
        assert_eq!(json!(answer), expected);
    }
}

//! What the webhook says became of mails: a list of events, each of which may come more than once, in any order.
//!
//! <https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event>

use std::collections::BTreeMap;

use jiff::Timestamp;
use platform::phi::Phi;
use platform::undisclosed;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::mail::OUR_ID;

/// What happened to a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// SendGrid has taken it and is about to send it.
    Processed,
    /// The other server does not want it now; SendGrid tries for 72 hours.
    Deferred,
    /// The other server has it.
    Delivered,
    /// The other server refuses it for good; nothing more is sent to the address.
    Bounce,
    /// A bounce of type `blocked`: the other server refuses this mail, and perhaps not the next one.
    Blocked,
    /// SendGrid does not send it, because of what is known of the address or of the mail.
    Dropped,
    /// It was opened, or a program of the reader's looked at it.
    Open,
    /// A link was followed.
    Click,
    /// The reader calls it spam.
    SpamReport,
    /// The reader wants nothing more.
    Unsubscribe,
    /// Nothing more of a group.
    GroupUnsubscribe,
    /// Of a group again.
    GroupResubscribe,
    /// Something else, in SendGrid's word.
    Other(String),
}

/// An event, read.
#[derive(Clone)]
pub struct Event {
    /// What happened.
    pub kind: Kind,
    /// `sg_event_id`: the same for the same event, however often it comes.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// To whom the mail went.
    pub email: Option<Phi<String>>,
    /// `sg_message_id`, as it came.
    pub message_id: Option<String>,
    /// What the other server or SendGrid said of it.
    pub reason: Option<Phi<String>>,
    /// Status of the other server (RFC 3463).
    pub status: Option<String>,
    /// Whether a program opened it on the reader's behalf (Apple's Mail Privacy Protection), which says nothing.
    pub by_machine: bool,
    /// Custom arguments of the mail.
    pub custom: BTreeMap<String, String>,
}

undisclosed!(Event);

impl Event {
    /// Our id of the mail, when it is one of ours.
    #[must_use]
    pub fn our_id(&self) -> Option<&str> {
        self.custom.get(OUR_ID).map(String::as_str)
    }

    /// The id that the mail was taken under: what `sg_message_id` has before the first dot.
    #[must_use]
    pub fn accepted_as(&self) -> Option<&str> {
        self.message_id.as_deref()?.split('.').next().filter(|id| !id.is_empty())
    }
}

/// What a webhook brought.
#[derive(Clone, Debug)]
pub struct Events {
    /// What could be read.
    pub events: Vec<Event>,
    /// How many had no id, kind or time, and were left.
    pub unread: usize,
}

/// A body that is no list.
#[derive(Clone, Copy, Debug)]
pub struct NotEvents;

impl Events {
    /// Reads a body whose signature was verified. What is strange about one event does not keep the others from being read,
    /// as SendGrid would send all of them again, and again.
    ///
    /// # Errors
    /// When it is no list.
    pub fn read(body: &[u8]) -> Result<Self, NotEvents> {
        let all: Vec<Value> = serde_json::from_slice(body).map_err(|_| NotEvents)?;
        let came = all.len();
        let events: Vec<Event> = all.into_iter().filter_map(event).collect();
        Ok(Self { unread: came - events.len(), events })
    }
}

#[derive(Deserialize)]
struct Known {
    event: String,
    sg_event_id: String,
    timestamp: i64,
}

fn event(value: Value) -> Option<Event> {
    let known = Known::deserialize(&value).ok()?;
    let Value::Object(fields) = value else { return None };
    let text = |name: &str| fields.get(name).and_then(Value::as_str).map(str::to_owned);
    Some(Event {
        kind: kind(known.event, text("type").as_deref()),
        id: Some(known.sg_event_id).filter(|id| !id.is_empty() && id.len() <= 200)?,
        at: Timestamp::from_second(known.timestamp).ok()?,
        email: text("email").map(Phi::new),
        message_id: text("sg_message_id").filter(|id| id.len() <= 300),
        reason: text("reason").or_else(|| text("response")).map(Phi::new),
        status: text("status").filter(|status| status.len() <= 20),
        by_machine: fields.get("sg_machine_open") == Some(&Value::Bool(true)),
        custom: custom(&fields),
    })
}

fn kind(event: String, detail: Option<&str>) -> Kind {
    match event.as_str() {
        "processed" => Kind::Processed,
        "deferred" => Kind::Deferred,
        "delivered" => Kind::Delivered,
        "bounce" if detail == Some("blocked") => Kind::Blocked,
        "bounce" => Kind::Bounce,
        // a kind of its own in old accounts
        "blocked" => Kind::Blocked,
        "dropped" => Kind::Dropped,
        "open" => Kind::Open,
        "click" => Kind::Click,
        "spamreport" => Kind::SpamReport,
        "unsubscribe" => Kind::Unsubscribe,
        "group_unsubscribe" => Kind::GroupUnsubscribe,
        "group_resubscribe" => Kind::GroupResubscribe,
        _ => Kind::Other(event.chars().take(80).collect()),
    }
}

/// Custom arguments stand among SendGrid's own fields, as texts.
fn custom(fields: &Map<String, Value>) -> BTreeMap<String, String> {
    fields
        .iter()
        .filter(|(name, _)| !OWN.contains(&name.as_str()) && !name.starts_with("sg_"))
        .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
        .collect()
}

/// SendGrid's own fields that are texts.
const OWN: [&str; 17] = [
    "email",
    "event",
    "smtp-id",
    "category",
    "reason",
    "response",
    "status",
    "type",
    "attempt",
    "useragent",
    "ip",
    "url",
    "bounce_classification",
    "pool",
    "newsletter",
    "marketing_campaign_id",
    "marketing_campaign_name",
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of what SendGrid sends, where they lie beside the project.
    #[test]
    fn the_examples_are_understood() {
        let Some(text) = peers::text("sendgrid/event-webhook.examples.json") else { return };
        let examples: Value = serde_json::from_str(&text).expect("json");
        let read = Events::read(examples["events"].to_string().as_bytes()).expect("events");
        assert_eq!(read.unread, 0);
        let kinds: Vec<Kind> = read.events.iter().map(|event| event.kind.clone()).collect();
        assert_eq!(
            kinds,
            [
                Kind::Processed,
                Kind::Deferred,
                Kind::Delivered,
                Kind::Bounce,
                Kind::Dropped,
                Kind::Open,
                Kind::Click,
                Kind::SpamReport,
                Kind::Unsubscribe,
                Kind::GroupUnsubscribe,
                Kind::GroupResubscribe
            ]
        );
        for event in &read.events {
            assert_eq!((event.id.as_str(), event.at.as_second()), ("ZHJvcC0xMDk5NDkxOS1M", 1_767_600_000));
            assert_eq!(event.accepted_as(), Some("14c5d75ce93"));
            assert_eq!(event.email.as_ref().map(|email| email.expose().as_str()), Some("example@example.com"));
            assert_eq!(event.custom, BTreeMap::from([("practice_id".to_owned(), "p_1".to_owned())]), "nothing else");
            assert!(event.our_id().is_none() && !event.by_machine);
        }
        let reason = |at: usize| read.events[at].reason.as_ref().map(|reason| reason.expose().as_str());
        assert_eq!((reason(1), reason(3)), (Some("400 try again later"), Some("500 unknown recipient")));
        assert_eq!(read.events[3].status.as_deref(), Some("5.0.0"));
    }

    #[test]
    fn a_block_is_no_bounce_and_what_is_new_is_kept() {
        let body = r#"[
            {"event":"bounce","type":"blocked","sg_event_id":"a","timestamp":1,"vantage_message":"m1"},
            {"event":"bounce","type":"expired","sg_event_id":"b","timestamp":1},
            {"event":"account_status_change","sg_event_id":"c","timestamp":1,"type":"compliance_suspend"},
            {"event":"open","sg_event_id":"d","timestamp":1,"sg_machine_open":true,"vantage_message":7}
        ]"#;
        let read = Events::read(body.as_bytes()).expect("events");
        let kinds: Vec<&Kind> = read.events.iter().map(|event| &event.kind).collect();
        assert_eq!(kinds[..2], [&Kind::Blocked, &Kind::Bounce]);
        assert_eq!(kinds[2..], [&Kind::Other("account_status_change".to_owned()), &Kind::Open]);
        assert_eq!((read.events[0].our_id(), read.events[3].our_id()), (Some("m1"), None));
        assert!(read.events[3].by_machine);
    }

    #[test]
    fn one_that_is_strange_does_not_hide_the_others() {
        let body = r#"[1,null,{},{"event":"open","sg_event_id":"","timestamp":1},{"event":"open","sg_event_id":"a"},
            {"event":"open","sg_event_id":"a","timestamp":99999999999999},{"event":"open","sg_event_id":"a","timestamp":2}]"#;
        let read = Events::read(body.as_bytes()).expect("events");
        assert_eq!((read.events.len(), read.unread), (1, 6));
        assert_eq!(format!("{read:?}"), "Events { events: [«redacted»], unread: 6 }");
        for body in ["", "{", "{}", "null", r#"{"event":"open"}"#] {
            assert!(Events::read(body.as_bytes()).is_err(), "{body}");
        }
    }
}

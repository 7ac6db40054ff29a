//! What a webhook says (version 2021-10-20): the time, what happened, to which booking.

use jiff::Timestamp;
use platform::undisclosed;
use serde::Deserialize;
use serde_json::Value;

use crate::provider::OUR_ID;

/// A webhook, read.
#[derive(Clone)]
pub struct Message {
    /// `triggerEvent`, as it came.
    pub trigger: String,
    /// When it happened there.
    pub at: Timestamp,
    /// The booking.
    pub uid: String,
    /// What we make of it; nothing of what we do not know.
    pub news: Option<News>,
}

/// What happened.
#[derive(Clone)]
pub enum News {
    /// It was booked, or moved there.
    Booked {
        /// The booking that it came out of.
        from: Option<String>,
        /// From when.
        start: Timestamp,
        /// Until when.
        end: Timestamp,
        /// Of which event type.
        event_type: i64,
        /// For whom.
        person: Person,
        /// Our id of it, when it is one of ours.
        our_id: Option<String>,
    },
    /// It does not take place.
    Cancelled {
        /// Of which event type.
        event_type: Option<i64>,
        /// What was said.
        reason: Option<String>,
        /// Whether whoever was to be seen did not want it any more; the practice did otherwise.
        by_attendee: bool,
        /// Our id of it, when it is one of ours.
        our_id: Option<String>,
    },
    /// Somebody noted that nobody came.
    NoShow,
}

/// Somebody who booked.
#[derive(Clone, Default)]
pub struct Person {
    /// Given names.
    pub given_name: String,
    /// Family name.
    pub family_name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// Language, ISO 639.
    pub language: Option<String>,
    /// What they wrote.
    pub notes: Option<String>,
}

undisclosed!(Message, News, Person);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    trigger_event: String,
    created_at: Timestamp,
    #[serde(default)]
    payload: Value,
    /// Of meetings that begin and end the fields stand at the root.
    uid: Option<String>,
}

impl Message {
    /// Reads a body whose signature was verified.
    ///
    /// # Errors
    /// When it is not of the form that all have: event, time, booking.
    pub fn read(body: &[u8]) -> Result<Self, NotAMessage> {
        let envelope: Envelope = serde_json::from_slice(body).map_err(|_| NotAMessage)?;
        let payload = &envelope.payload;
        let uid = text(&payload["uid"]).or_else(|| text(&payload["bookingUid"])).or(envelope.uid);
        let news = match envelope.trigger_event.as_str() {
            "BOOKING_CREATED" => booked(payload, None),
            "BOOKING_RESCHEDULED" => booked(payload, text(&payload["rescheduleUid"])),
            "BOOKING_CANCELLED" | "BOOKING_REJECTED" => Some(cancelled(payload)),
            "BOOKING_NO_SHOW_UPDATED" => missed(payload).then_some(News::NoShow),
            _ => None,
        };
        let uid = uid.filter(|uid| uid.len() <= 200).unwrap_or_default();
        Ok(Self { trigger: envelope.trigger_event.chars().take(80).collect(), at: envelope.created_at, uid, news })
    }
}

/// A body that is not of the form that all webhooks have.
#[derive(Clone, Copy, Debug)]
pub struct NotAMessage;

fn booked(payload: &Value, from: Option<String>) -> Option<News> {
    let instant = |name: &str| payload[name].as_str()?.parse::<Timestamp>().ok();
    let (start, end, event_type) = (instant("startTime")?, instant("endTime")?, payload["eventTypeId"].as_i64()?);
    Some(News::Booked { from, start, end, event_type, person: person(payload), our_id: our_id(payload) })
}

fn cancelled(payload: &Value) -> News {
    let organizer = payload["organizer"]["email"].as_str();
    let by = payload["cancelledBy"].as_str();
    News::Cancelled {
        event_type: payload["eventTypeId"].as_i64(),
        reason: text(&payload["cancellationReason"]).or_else(|| text(&payload["rejectionReason"])),
        by_attendee: by.is_some() && by != organizer,
        our_id: our_id(payload),
    }
}

fn missed(payload: &Value) -> bool {
    payload["attendees"].as_array().into_iter().flatten().any(|attendee| attendee["noShow"] == true)
}

fn our_id(payload: &Value) -> Option<String> {
    text(&payload["metadata"][OUR_ID])
}

fn person(payload: &Value) -> Person {
    let attendee = &payload["attendees"][0];
    let answer = |name: &str| text(&payload["responses"][name]["value"]);
    let name = text(&attendee["name"]).or_else(|| answer("name")).unwrap_or_default();
    let (given, family) = match (text(&attendee["firstName"]), text(&attendee["lastName"])) {
        (Some(given), family) => (given, family),
        (None, _) => match name.rsplit_once(' ') {
            Some((given, family)) => (given.trim().to_owned(), Some(family.to_owned())),
            None => (name, None),
        },
    };
    Person {
        given_name: given,
        family_name: family,
        email: text(&attendee["email"]).or_else(|| answer("email")),
        phone: text(&attendee["phoneNumber"]).or_else(|| answer("attendeePhoneNumber")).or_else(|| answer("phone")),
        language: text(&attendee["language"]["locale"]).map(|locale| locale.chars().take(2).collect()),
        notes: text(&payload["additionalNotes"]).or_else(|| answer("notes")),
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of what Cal.com sends, where they lie beside the project.
    #[test]
    fn the_examples_are_understood() {
        let Some(text) = peers::text("calcom/webhooks.examples.json") else { return };
        let examples: Value = serde_json::from_str(&text).expect("json");
        let mut known = Vec::new();
        for example in examples["events"].as_array().expect("events") {
            let message = Message::read(example.to_string().as_bytes()).expect("a message");
            assert_eq!(message.uid, "bFJeNb2uX8ANpT3JL5EfXw", "{}", message.trigger);
            if let Some(News::Booked { from, start, event_type, person, .. }) = &message.news {
                assert_eq!((start.to_string().as_str(), *event_type), ("2026-01-05T09:00:00Z", 123));
                assert_eq!((person.given_name.as_str(), person.family_name.as_deref()), ("Test", Some("Testson")));
                assert_eq!(
                    (person.email.as_deref(), person.language.as_deref()),
                    (Some("test@example.com"), Some("ar"))
                );
                assert_eq!(from.is_some(), message.trigger == "BOOKING_RESCHEDULED");
            }
            if message.news.is_some() {
                known.push(message.trigger);
            }
        }
        let handled = ["CREATED", "RESCHEDULED", "CANCELLED", "REJECTED", "NO_SHOW_UPDATED"]
            .map(|name| format!("BOOKING_{name}"));
        assert_eq!(known, handled, "the others are kept and nothing is made of them");
    }

    #[test]
    fn what_is_no_message_is_refused_and_what_is_strange_does_no_harm() {
        for body in
            ["", "{", "[]", r#"{"triggerEvent":"X"}"#, r#"{"triggerEvent":1,"createdAt":"2026-01-01T00:00:00Z"}"#]
        {
            assert!(Message::read(body.as_bytes()).is_err(), "{body}");
        }
        let strange =
            r#"{"triggerEvent":"BOOKING_CREATED","createdAt":"2026-01-01T00:00:00Z","payload":[1,{"uid":2}]}"#;
        assert!(Message::read(strange.as_bytes()).expect("a message").news.is_none());
    }
}

//! iCalendar (RFC 5545): appointments as calendar programs read them. Instants are UTC; an event keeps its UID, and its
//! version says which of two states is the newer one (§3.8.7.4).

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use platform::undisclosed;
use uuid::Uuid;

/// An appointment in a calendar.
#[derive(Clone, PartialEq, Eq)]
pub struct Event {
    /// Of the appointment.
    pub id: Uuid,
    /// Of the appointment.
    pub version: i32,
    /// When it was last changed.
    pub changed: Timestamp,
    /// From when.
    pub start: Timestamp,
    /// Until when.
    pub end: Timestamp,
    /// Its title.
    pub summary: String,
    /// Where; may be empty.
    pub location: String,
    /// What else is said; may be empty.
    pub description: String,
    /// Whether it does not take place.
    pub cancelled: bool,
}

undisclosed!(Event);

/// Octets of a line, without its end (§3.1).
const LINE: usize = 75;

/// A calendar of these events. One with a name is read again every hour by whoever subscribes to it.
#[must_use]
pub fn calendar(name: Option<&str>, events: &[Event]) -> String {
    let mut text = String::new();
    for line in [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Vantage//Appointments//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
    ] {
        push(&mut text, line);
    }
    if let Some(name) = name {
        // RFC 7986 §5.1 and §5.7; the others are what programs read that are older than it
        for property in ["NAME", "X-WR-CALNAME"] {
            push(&mut text, &format!("{property}:{}", escaped(name)));
        }
        push(&mut text, "REFRESH-INTERVAL;VALUE=DURATION:PT1H");
        push(&mut text, "X-PUBLISHED-TTL:PT1H");
    }
    for event in events {
        event.push(&mut text);
    }
    push(&mut text, "END:VCALENDAR");
    text
}

impl Event {
    fn push(&self, text: &mut String) {
        let state = if self.cancelled { ("CANCELLED", "TRANSPARENT") } else { ("CONFIRMED", "OPAQUE") };
        push(text, "BEGIN:VEVENT");
        push(text, &format!("UID:{}", self.id));
        push(text, &format!("SEQUENCE:{}", self.version));
        for (property, at) in
            [("DTSTAMP", self.changed), ("LAST-MODIFIED", self.changed), ("DTSTART", self.start), ("DTEND", self.end)]
        {
            push(text, &format!("{property}:{}", at.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ")));
        }
        for (property, value) in
            [("SUMMARY", &self.summary), ("LOCATION", &self.location), ("DESCRIPTION", &self.description)]
        {
            if !value.is_empty() {
                push(text, &format!("{property}:{}", escaped(value)));
            }
        }
        push(text, &format!("STATUS:{}", state.0));
        push(text, &format!("TRANSP:{}", state.1));
        push(text, "END:VEVENT");
    }
}

/// A text (§3.3.11): what would end it is escaped, and characters that no line may have are left out.
fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for c in value.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ';' | ',' => {
                text.push('\\');
                text.push(c);
            }
            '\n' | '\r' => text.push_str("\\n"),
            c if c.is_control() && c != '\t' => {}
            c => text.push(c),
        }
    }
    text
}

/// Adds a line, folded where it is too long: never within a character.
fn push(text: &mut String, line: &str) {
    let (mut rest, mut room) = (line, LINE);
    while rest.len() > room {
        let cut = (0..=room).rev().find(|at| rest.is_char_boundary(*at)).unwrap_or(rest.len());
        // writing into a String does not fail
        let _ = write!(text, "{}\r\n ", &rest[..cut]);
        rest = &rest[cut..];
        room = LINE - 1;
    }
    let _ = write!(text, "{rest}\r\n");
}

#[cfg(test)]
mod tests {
    use icalendar::parser::{Component, read_calendar, unfold};
    use proptest::prelude::*;

    use super::*;

    fn event(summary: &str, location: &str) -> Event {
        let at = |text: &str| text.parse().expect("an instant");
        Event {
            id: Uuid::nil(),
            version: 3,
            changed: at("2030-05-30T08:09:10.5Z"),
            // before clocks are put back in Berlin, and after
            start: at("2030-10-27T02:30:00+02:00"),
            end: at("2030-10-27T02:30:00+01:00"),
            summary: summary.to_owned(),
            location: location.to_owned(),
            description: String::new(),
            cancelled: false,
        }
    }

    fn told(of: &Component<'_>, property: &str) -> Option<String> {
        of.find_prop(property).map(|found| found.val.as_str().to_owned())
    }

    #[test]
    fn an_event_says_when_it_is_in_utc_and_which_state_it_is() {
        let text = calendar(None, &[event("Cleaning", ""), Event { cancelled: true, ..event("Crown", "Olaya") }]);
        let unfolded = unfold(&text);
        let read = read_calendar(&unfolded).expect("a calendar");
        let [one, other] = read.components.as_slice() else { panic!("two events") };
        for (property, value) in [
            ("UID", "00000000-0000-0000-0000-000000000000"),
            ("SEQUENCE", "3"),
            ("DTSTAMP", "20300530T080910Z"),
            ("DTSTART", "20301027T003000Z"),
            ("DTEND", "20301027T013000Z"),
            ("STATUS", "CONFIRMED"),
        ] {
            assert_eq!(told(one, property).as_deref(), Some(value), "{property}");
        }
        assert_eq!((told(one, "LOCATION"), told(other, "STATUS").as_deref()), (None, Some("CANCELLED")));
        assert!(
            !text.contains("X-WR-CALNAME") && calendar(Some("Dr. Omar"), &[]).contains("X-WR-CALNAME:Dr. Omar\r\n")
        );
    }

    proptest! {
        /// Whatever somebody calls a service or a place, a reader that is not ours finds exactly that, and nothing of it
        /// becomes a property or an event.
        #[test]
        fn texts_come_back_as_they_were(summary in "\\PC{1,200}", words in "[a-zA-Z;,\\\\:\"\nعيادة ]{1,120}") {
            let text = calendar(Some(&summary), &[event(&summary, &words)]);
            for line in text.split("\r\n") {
                prop_assert!(line.len() <= 75 && !line.contains(['\n', '\r']), "{line:?}");
            }
            let unfolded = unfold(&text);
            let read = read_calendar(&unfolded).expect("a calendar");
            prop_assert_eq!(read.components.len(), 1);
            let event = &read.components[0];
            prop_assert_eq!(event.properties.len(), 10 - usize::from(words.is_empty()));
            prop_assert_eq!(told(event, "SUMMARY"), Some(summary));
            prop_assert_eq!(told(event, "LOCATION"), Some(words));
        }
    }
}

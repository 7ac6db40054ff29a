//! What is known of a call, from everything that was told of it.
//!
//! Webhooks come in any order, and more than once. Each says what was so at some time; what is said later in a call's life
//! counts more, and of the same age whatever is more. So two states always have one least state that knows all that both
//! do, and it does not matter in which order anything was told.

use jiff::Timestamp;
use platform::phi::Phi;
use platform::undisclosed;
use retell::{Analysis, Call, Direction, Event, Kind, Line, Message, Status};

/// How far a call has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// It is known.
    #[default]
    Known,
    /// Somebody speaks.
    Live,
    /// It is over.
    Over,
}

/// Something that was said, and how late in the call's life.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Fact<T>(Option<(u8, T)>);

impl<T: Ord> Fact<T> {
    fn of(rank: u8, value: Option<T>) -> Self {
        Self(value.map(|value| (rank, value)))
    }

    fn join(self, other: Self) -> Self {
        self.max(other)
    }

    fn get(&self) -> Option<&T> {
        self.0.as_ref().map(|(_, value)| value)
    }
}

impl<T> Default for Fact<T> {
    fn default() -> Self {
        Self(None)
    }
}

/// What is known of a call.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// How far it has come.
    pub stage: Stage,
    /// Whether somebody answered.
    pub answered: bool,
    rank: u8,
    id: Fact<String>,
    our_id: Fact<String>,
    agent: Fact<String>,
    kind: Fact<Kind>,
    direction: Fact<Direction>,
    status: Fact<Status>,
    from: Fact<String>,
    to: Fact<String>,
    started: Fact<Timestamp>,
    ended: Fact<Timestamp>,
    reason: Fact<String>,
    /// The number of lines comes first: a longer transcript has the shorter one as its beginning.
    lines: Fact<(usize, Vec<Line>)>,
    analysis: Fact<String>,
    cost_micros: Fact<i64>,
}

undisclosed!(Known);

impl Known {
    /// What one message says.
    #[must_use]
    pub fn of(message: &Message) -> Self {
        Self::read(Some(&message.event), &message.call)
    }

    /// What a call says of itself, whoever asked.
    #[must_use]
    pub fn of_call(call: &Call) -> Self {
        Self::read(None, call)
    }

    fn read(event: Option<&Event>, call: &Call) -> Self {
        let is_over = call.status.is_over() || matches!(event, Some(Event::Ended | Event::Analyzed));
        let is_live = call.status == Status::Ongoing || event == Some(&Event::Started);
        let stage = match (is_over, is_live) {
            (true, _) => Stage::Over,
            (false, true) => Stage::Live,
            (false, false) => Stage::Known,
        };
        let is_analyzed = call.analysis.is_some() || event == Some(&Event::Analyzed);
        let rank = match stage {
            _ if is_analyzed => 3,
            Stage::Over => 2,
            Stage::Live => 1,
            Stage::Known => 0,
        };
        let number = |number: &Option<Phi<String>>| number.as_ref().map(|number| number.expose().clone());
        let lines = call.lines.as_ref().map(|lines| (lines.len(), lines.clone()));
        Self {
            stage,
            answered: is_live
                || call.status == Status::Ended
                || call.lines.as_ref().is_some_and(|lines| !lines.is_empty()),
            rank,
            id: Fact::of(0, Some(call.id.clone())),
            our_id: Fact::of(rank, call.our_id.clone()),
            agent: Fact::of(rank, call.agent.clone()),
            kind: Fact::of(rank, Some(call.kind).filter(|kind| *kind != Kind::Other)),
            direction: Fact::of(rank, call.direction),
            status: Fact::of(rank, Some(call.status).filter(|status| *status != Status::Other)),
            from: Fact::of(rank, number(&call.from)),
            to: Fact::of(rank, number(&call.to)),
            started: Fact::of(rank, call.started),
            ended: Fact::of(rank, call.ended),
            reason: Fact::of(rank, call.reason.clone()),
            lines: Fact::of(0, lines),
            analysis: Fact::of(rank, analysis(call)),
            cost_micros: Fact::of(rank, call.cost_cents.and_then(micros)),
        }
    }

    /// What is known when this was told as well.
    #[must_use]
    pub fn merge(self, message: &Message) -> Self {
        self.join(Self::of(message))
    }

    /// Everything that either knows.
    fn join(self, other: Self) -> Self {
        Self {
            stage: self.stage.max(other.stage),
            answered: self.answered || other.answered,
            rank: self.rank.max(other.rank),
            id: self.id.join(other.id),
            our_id: self.our_id.join(other.our_id),
            agent: self.agent.join(other.agent),
            kind: self.kind.join(other.kind),
            direction: self.direction.join(other.direction),
            status: self.status.join(other.status),
            from: self.from.join(other.from),
            to: self.to.join(other.to),
            started: self.started.join(other.started),
            ended: self.ended.join(other.ended),
            reason: self.reason.join(other.reason),
            lines: self.lines.join(other.lines),
            analysis: self.analysis.join(other.analysis),
            cost_micros: self.cost_micros.join(other.cost_micros),
        }
    }

    /// How much of the call's life was told: 3 when it is over and something was made of it.
    #[must_use]
    pub fn rank(&self) -> u8 {
        self.rank
    }

    /// The call as Retell names it.
    #[must_use]
    pub fn id(&self) -> &str {
        self.id.get().map_or("", String::as_str)
    }

    /// Our id of it, when it is one of ours.
    #[must_use]
    pub fn our_id(&self) -> Option<&str> {
        self.our_id.get().map(String::as_str)
    }

    /// Who spoke.
    #[must_use]
    pub fn agent(&self) -> Option<&str> {
        self.agent.get().map(String::as_str)
    }

    /// Whether it is a browser that calls.
    #[must_use]
    pub fn is_web(&self) -> bool {
        self.kind.get() == Some(&Kind::Web)
    }

    /// Whether we began.
    #[must_use]
    pub fn is_outbound(&self) -> bool {
        self.direction.get() == Some(&Direction::Outbound)
    }

    /// The number of the other side.
    #[must_use]
    pub fn number(&self) -> Option<&str> {
        let number = if self.is_outbound() { &self.to } else { &self.from };
        number.get().map(String::as_str)
    }

    /// How it stands.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status.get().copied().unwrap_or(Status::Other)
    }

    /// Since when.
    #[must_use]
    pub fn started(&self) -> Option<Timestamp> {
        self.started.get().copied()
    }

    /// Until when.
    #[must_use]
    pub fn ended(&self) -> Option<Timestamp> {
        self.ended.get().copied()
    }

    /// Why it ended, in Retell's word.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.reason.get().map(String::as_str)
    }

    /// What was said and done.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        self.lines.get().map_or(&[], |(_, lines)| lines)
    }

    /// What was made of it.
    #[must_use]
    pub fn analysis(&self) -> Option<Analysis> {
        Analysis::read(&serde_json::from_str(self.analysis.get()?).ok()?)
    }

    /// What it cost, in millionths of a dollar.
    #[must_use]
    pub fn cost_micros(&self) -> i64 {
        self.cost_micros.get().copied().unwrap_or(0)
    }
}

fn analysis(call: &Call) -> Option<String> {
    call.analysis.as_ref().map(|_| call.told["call_analysis"].to_string())
}

/// Millionths of a dollar; the text of a number is the one conversion that loses nothing in silence.
fn micros(cents: f64) -> Option<i64> {
    format!("{:.0}", cents * 10_000.0).parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn message(event: &str, more: &Value) -> Message {
        let mut call = json!({ "call_id": "c1", "call_type": "phone_call", "direction": "inbound",
            "from_number": "+966501234567", "start_timestamp": 1_714_608_475_945_i64 });
        for (name, value) in more.as_object().expect("fields") {
            call[name] = value.clone();
        }
        Message::read(json!({ "event": event, "call": call }).to_string().as_bytes()).expect("a message")
    }

    /// A whole call: it began, it ended, something was made of it.
    fn told() -> [Message; 3] {
        let lines = json!([{ "role": "agent", "content": "Hello." }, { "role": "user", "content": "Hi." }]);
        let ended = json!({ "call_status": "ended", "end_timestamp": 1_714_608_491_736_i64,
            "disconnection_reason": "user_hangup", "transcript_with_tool_calls": lines,
            "call_cost": { "combined_cost": 70.25 } });
        let mut analyzed = ended.clone();
        analyzed["call_analysis"] =
            json!({ "call_summary": "A greeting.", "custom_analysis_data": { "b": 1, "a": 2 } });
        [
            message("call_started", &json!({ "call_status": "ongoing" })),
            message("call_ended", &ended),
            message("call_analyzed", &analyzed),
        ]
    }

    /// All orders of `count` things (Heap's algorithm, B. R. Heap 1963).
    fn orders(count: usize) -> Vec<Vec<usize>> {
        fn permute(k: usize, order: &mut Vec<usize>, all: &mut Vec<Vec<usize>>) {
            if k <= 1 {
                return all.push(order.clone());
            }
            for at in 0..k {
                permute(k - 1, order, all);
                order.swap(if k.is_multiple_of(2) { at } else { 0 }, k - 1);
            }
        }
        let mut all = Vec::new();
        permute(count, &mut (0..count).collect(), &mut all);
        all
    }

    #[test]
    fn six_webhooks_lead_to_one_state_in_all_seven_hundred_and_twenty_orders() {
        let three = told();
        let all = orders(6);
        assert_eq!(all.len(), 720);
        assert_eq!(all.iter().collect::<std::collections::BTreeSet<_>>().len(), 720, "each order once");
        let after = |order: &[usize]| order.iter().fold(Known::default(), |known, at| known.merge(&three[at % 3]));
        let expected = after(&[0, 1, 2]);
        assert!(all.iter().all(|order| after(order) == expected));

        assert_eq!((expected.stage, expected.answered, expected.rank()), (Stage::Over, true, 3));
        assert_eq!((expected.id(), expected.number()), ("c1", Some("+966501234567")));
        assert_eq!((expected.reason(), expected.cost_micros()), (Some("user_hangup"), 702_500));
        assert_eq!(expected.lines().len(), 2);
        let analysis = expected.analysis().expect("an analysis");
        assert_eq!((analysis.summary.as_deref(), analysis.fields.len()), (Some("A greeting."), 2));
    }

    #[test]
    fn what_is_known_only_grows() {
        let three = told();
        for order in orders(6) {
            let mut before = Known::default();
            for at in order {
                let after = before.clone().merge(&three[at % 3]);
                assert!(after.stage >= before.stage && after.rank() >= before.rank());
                assert!(after.lines().len() >= before.lines().len() && (after.answered || !before.answered));
                assert!(after.clone().join(before) == after, "it knows all that was known");
                before = after;
            }
        }
    }

    #[test]
    fn what_is_said_later_in_a_life_counts_more_whenever_it_comes() {
        let early = message("call_started", &json!({ "call_status": "ongoing", "disconnection_reason": "zzz" }));
        let late = message("call_ended", &json!({ "call_status": "error", "disconnection_reason": "error_asr" }));
        for order in [[&early, &late], [&late, &early]] {
            let known = order.into_iter().fold(Known::default(), |known, message| known.merge(message));
            assert_eq!((known.status(), known.reason()), (Status::Error, Some("error_asr")));
        }
        let missed = Known::of(&message("call_ended", &json!({ "call_status": "not_connected" })));
        assert_eq!((missed.stage, missed.answered), (Stage::Over, false));
    }
}

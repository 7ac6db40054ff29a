//! How a message stands. What is told of it from outside comes late, repeatedly and in any order, and all orders lead to
//! the same end: states have one order, and a message only goes up in it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How a message stands. The order is that in which states stand in place of each other: a text message that was
/// delivered did not fail, whatever else was said of it; a mail that came back after it had been delivered has bounced;
/// but one that was opened or answered was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[schema(as = MessageState)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum State {
    /// Waits for its time.
    Queued,
    /// The provider is being asked to take it.
    Sending,
    /// It may have gone out or not; a person decides whether it is sent again.
    Unknown,
    /// The provider has taken it.
    Sent,
    /// It did not go out.
    Failed,
    /// It has arrived.
    Delivered,
    /// It came back.
    Bounced,
    /// It was opened.
    Opened,
    /// It was answered.
    Replied,
    /// It was held back, for a reason.
    Suppressed,
    /// Somebody, or the product itself, took it back before it went out.
    Cancelled,
    /// One that came in.
    Received,
}

impl State {
    /// All of them.
    #[cfg(test)]
    pub const ALL: [Self; 12] = [
        Self::Queued,
        Self::Sending,
        Self::Unknown,
        Self::Sent,
        Self::Failed,
        Self::Delivered,
        Self::Bounced,
        Self::Opened,
        Self::Replied,
        Self::Suppressed,
        Self::Cancelled,
        Self::Received,
    ];

    /// How it stands after something was told of it. What was held back, taken back or came in changes no more.
    #[must_use]
    pub fn hears(self, told: Self) -> Self {
        if self >= Self::Suppressed || told >= Self::Suppressed { self } else { self.max(told) }
    }

    /// Whether it has left the practice, as far as anybody knows.
    #[must_use]
    pub fn is_out(self) -> bool {
        matches!(self, Self::Sent | Self::Delivered | Self::Bounced | Self::Opened | Self::Replied)
    }

    /// The word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Unknown => "unknown",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Delivered => "delivered",
            Self::Bounced => "bounced",
            Self::Opened => "opened",
            Self::Replied => "replied",
            Self::Suppressed => "suppressed",
            Self::Cancelled => "cancelled",
            Self::Received => "received",
        }
    }

    /// What others are told when a message has come to this state.
    #[must_use]
    pub fn event(self) -> &'static str {
        match self {
            Self::Queued => "message.queued",
            Self::Sending => "message.sending",
            Self::Unknown => "message.unknown",
            Self::Sent => "message.sent",
            Self::Failed => "message.failed",
            Self::Delivered => "message.delivered",
            Self::Bounced => "message.bounced",
            Self::Opened => "message.opened",
            Self::Replied => "message.answered",
            Self::Suppressed => "message.suppressed",
            Self::Cancelled => "message.cancelled",
            Self::Received => "message.replied",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    fn told() -> impl Strategy<Value = Vec<State>> {
        let outside = [
            State::Sent,
            State::Failed,
            State::Delivered,
            State::Bounced,
            State::Opened,
            State::Replied,
            State::Unknown,
        ];
        prop::collection::vec(select(outside.to_vec()), 0..8)
    }

    proptest! {
        /// Late, repeated, reordered: the end is the same, and on the way nothing goes back.
        #[test]
        fn every_order_leads_to_the_same_end(events in told(), again in told(), seed in any::<u64>()) {
            let mut shuffled = [events.clone(), events.clone()].concat();
            let length = shuffled.len().max(1);
            for i in 0..shuffled.len() {
                let other = usize::try_from((seed.rotate_left(u32::try_from(i).unwrap_or(0)) ^ (i as u64)) % length as u64);
                shuffled.swap(i, other.unwrap_or(0));
            }
            let end = |list: &[State]| list.iter().fold(State::Sending, |state, told| state.hears(*told));
            prop_assert_eq!(end(&events), end(&shuffled));
            let mut state = end(&events);
            for told in again {
                let next = state.hears(told);
                prop_assert!(next >= state);
                prop_assert_eq!(next.hears(told), next);
                state = next;
            }
        }

        #[test]
        fn what_never_went_out_or_came_in_stays(told in select(State::ALL.to_vec())) {
            for state in [State::Suppressed, State::Cancelled, State::Received] {
                prop_assert_eq!(state.hears(told), state);
            }
            for state in State::ALL {
                prop_assert!(state.hears(told) < State::Suppressed || state.hears(told) == state);
            }
        }
    }

    #[test]
    fn the_order_says_what_counts_more() {
        assert_eq!(State::Failed.hears(State::Delivered), State::Delivered);
        assert_eq!(State::Delivered.hears(State::Bounced), State::Bounced);
        assert_eq!(State::Opened.hears(State::Bounced), State::Opened);
        assert_eq!(State::Unknown.hears(State::Sent), State::Sent);
        assert_eq!(State::Sent.hears(State::Unknown), State::Sent);
    }

    #[test]
    fn words_are_those_of_the_api() {
        for state in State::ALL {
            assert_eq!(serde_json::to_value(state).expect("a word"), state.name());
        }
    }
}

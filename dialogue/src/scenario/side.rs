//! The other side of a call as a scenario plays it, for those who want to hear the flow without a telephone.

use jiff::civil::Date;

use super::{Scenario, Step};
use crate::engine::{Context, Sound};
use crate::words;

/// Something that the other side does.
#[derive(Clone, PartialEq, Eq)]
pub enum Side {
    /// It says this when we have ended.
    Says(String),
    /// The line sounds like this.
    Sounds(Sound),
    /// It does nothing for so many seconds.
    Waits(u32),
    /// It hangs up.
    Closes,
}

impl std::fmt::Debug for Side {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("Side(…)")
    }
}

impl Scenario {
    /// What the other side does, one after the other, as somebody who is this case: a birthday is theirs.
    #[must_use]
    pub fn other_side(&self, context: &Context) -> Vec<Side> {
        let born = context.patient.get("date_of_birth").and_then(|value| value.as_str()?.parse::<Date>().ok());
        let side = |step: &Step| match step {
            Step::Hear(text) => Some(Side::Says(as_theirs(text, born, &context.language))),
            Step::Interrupt(interrupt) => Some(Side::Says(as_theirs(&interrupt.text, born, &context.language))),
            Step::Sound(sound) => Some(Side::Sounds(*sound)),
            Step::Wait(seconds) => Some(Side::Waits(*seconds)),
            Step::Close(_) => Some(Side::Closes),
            _ => None,
        };
        self.steps.iter().filter_map(|(_, step)| side(step)).collect()
    }
}

/// A line in which a day before this century's last years is said is one in which somebody says when they were born.
fn as_theirs(text: &str, born: Option<Date>, language: &str) -> String {
    match (words::date(text), born) {
        (Some(said), Some(born)) if said.year() < 2015 => {
            let day = born.strftime("%-d %B %Y").to_string();
            if language == "ar" { born.to_string() } else { format!("It is {day}.") }
        }
        _ => text.to_owned(),
    }
}

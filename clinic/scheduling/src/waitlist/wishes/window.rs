//! When a patient could come: days of the week and local times.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A stretch of the local day, on some days of the week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WishWindow {
    /// Monday is 1, Sunday is 7 (ISO 8601); every day where there are none.
    #[garde(length(max = 7), inner(range(min = 1, max = 7)))]
    #[serde(default)]
    #[schema(required)]
    pub weekdays: Vec<i8>,
    /// `HH:MM`.
    #[garde(custom(time))]
    #[schema(example = "08:00")]
    pub from: String,
    /// `HH:MM`, later than `from`; also `24:00`.
    #[garde(custom(later_than(&self.from)))]
    #[schema(example = "12:00")]
    pub to: String,
}

impl WishWindow {
    /// Whether it holds on this day of the week.
    pub fn is_on(&self, weekday: i8) -> bool {
        self.weekdays.is_empty() || self.weekdays.contains(&weekday)
    }

    /// Minutes after local midnight: its beginning and its end.
    pub fn minutes(&self) -> (i32, i32) {
        (minutes(&self.from).unwrap_or(0), minutes(&self.to).unwrap_or(0))
    }
}

fn time(value: &str, (): &()) -> garde::Result {
    match minutes(value) {
        Some(_) => Ok(()),
        None => Err(garde::Error::new("invalid_time: Use hours and minutes from 00:00 to 24:00.")),
    }
}

fn later_than(from: &str) -> impl FnOnce(&str, &()) -> garde::Result {
    move |to, ()| {
        time(to, &())?;
        if minutes(to) > minutes(from) {
            return Ok(());
        }
        Err(garde::Error::new("out_of_order: Choose a time that is later than the beginning."))
    }
}

/// Minutes after midnight of `HH:MM`, up to `24:00`.
fn minutes(text: &str) -> Option<i32> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |digits: &str| {
        let is_number = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        if is_number { digits.parse::<i32>().ok() } else { None }
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    Some(hours * 60 + minutes).filter(|all| minutes < 60 && *all <= 24 * 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_hours_and_minutes() {
        assert_eq!(["00:00", "09:30", "24:00"].map(minutes), [Some(0), Some(570), Some(1440)]);
        assert_eq!(["24:01", "9:30", "09:60", "09:3", "+9:30", "0930", ""].map(minutes), [None; 7]);
    }

    #[test]
    fn a_window_ends_after_it_begins() {
        let window = |from: &str, to: &str| WishWindow { weekdays: vec![], from: from.into(), to: to.into() };
        assert!(window("09:00", "09:30").validate().is_ok());
        for (from, to) in [("09:00", "09:00"), ("09:00", "08:00"), ("x", "09:00"), ("09:00", "x")] {
            assert!(window(from, to).validate().is_err(), "{from} {to}");
        }
    }
}

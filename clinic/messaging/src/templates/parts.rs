//! How many parts a text message takes.

use twilio::segments;

/// Parts of a text.
pub fn count(text: &str) -> i32 {
    i32::try_from(segments::measure(text).segments).unwrap_or(i32::MAX)
}

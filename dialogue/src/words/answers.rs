//! Short answers: yes and no, days, numbers, choices.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::Value;

use super::normal::{has_phrase, tokens};
use crate::flow::OutcomeType;

const YES: [&str; 20] = [
    "yes",
    "yeah",
    "yep",
    "yup",
    "correct",
    "thats right",
    "right",
    "sure",
    "of course",
    "i do",
    "i can",
    "exactly",
    "affirmative",
    "نعم",
    "ايوه",
    "اي",
    "صحيح",
    "بالتاكيد",
    "اكيد",
    "تمام",
];
const NO: [&str; 15] = [
    "no",
    "nope",
    "not",
    "dont",
    "wrong",
    "incorrect",
    "never",
    "neither",
    "cant",
    "cannot",
    "none",
    "لا",
    "كلا",
    "ليس",
    "خطا",
];
const BACKCHANNELS: [&str; 19] = [
    "uh huh", "uhhuh", "mm hmm", "mmhmm", "mm", "mhm", "hmm", "okay", "ok", "yeah", "right", "i see", "sure",
    "alright", "ah", "oh", "اها", "تمام", "طيب",
];

/// Whether somebody agrees; nothing when it is not clear.
pub(crate) fn yes_or_no(text: &str) -> Option<bool> {
    match (has_phrase(text, &YES), has_phrase(text, &NO)) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        // both: "that is not right" is a no; "yes, but not today" is not clear
        (true, true) => tokens(text).first().filter(|first| !has_phrase(first, &YES)).map(|_| false),
        (false, false) => None,
    }
}

/// Whether a text says only that somebody listens.
pub(crate) fn is_backchannel(text: &str) -> bool {
    let mut rest = tokens(text);
    let phrases: Vec<_> = BACKCHANNELS.iter().map(|phrase| tokens(phrase)).collect();
    while !rest.is_empty() {
        let Some(phrase) = phrases.iter().find(|phrase| rest.starts_with(phrase)) else { return false };
        rest.drain(..phrase.len());
    }
    true
}

/// The answer to a question of a form, if the text is one.
pub(crate) fn answer(
    kind: OutcomeType,
    values: &[String],
    words: &BTreeMap<String, Vec<String>>,
    text: &str,
) -> Option<Value> {
    match kind {
        OutcomeType::Boolean => yes_or_no(text).map(Value::from),
        OutcomeType::Enum => choice(values, words, text).map(Value::from),
        OutcomeType::Number => number(text).map(Value::from),
        OutcomeType::Date => date(text).map(|date| Value::from(date.to_string())),
        OutcomeType::Phone => {
            let digits: String = tokens(text).into_iter().filter(|token| is_digit(token)).collect();
            (7..=15).contains(&digits.len()).then(|| Value::from(format!("+{digits}")))
        }
        OutcomeType::Datetime | OutcomeType::List => None,
        OutcomeType::String | OutcomeType::Text => {
            let text = text.trim();
            (!text.is_empty() && !is_backchannel(text)).then(|| Value::from(text))
        }
    }
}

/// The one value that is meant.
fn choice(values: &[String], words: &BTreeMap<String, Vec<String>>, text: &str) -> Option<String> {
    let is_said = |value: &&String| {
        let own = has_phrase(text, &[value.replace('_', " ")]);
        own || words.get(*value).is_some_and(|phrases| has_phrase(text, phrases))
    };
    let said: Vec<&String> = values.iter().filter(is_said).collect();
    let meant = match said.as_slice() {
        [one] => Some((*one).clone()),
        _ => None,
    };
    meant.or_else(|| {
        let answer = yes_or_no(text).filter(|_| said.is_empty())?;
        let name = if answer { "yes" } else { "no" };
        values.iter().find(|value| *value == name).cloned()
    })
}

fn is_digit(token: &str) -> bool {
    token.len() == 1 && token.bytes().all(|byte| byte.is_ascii_digit())
}

fn number(text: &str) -> Option<i64> {
    let tokens = tokens(text);
    let digits: String = tokens.iter().skip_while(|it| !is_digit(it)).take_while(|it| is_digit(it)).cloned().collect();
    let count = tokens.iter().filter(|token| is_digit(token)).count();
    if digits.len() == count { digits.parse().ok() } else { None }
}

const MONTHS: [[&str; 3]; 12] = [
    ["january", "jan", "يناير"],
    ["february", "feb", "فبراير"],
    ["march", "mar", "مارس"],
    ["april", "apr", "ابريل"],
    ["may", "may", "مايو"],
    ["june", "jun", "يونيو"],
    ["july", "jul", "يوليو"],
    ["august", "aug", "اغسطس"],
    ["september", "sep", "سبتمبر"],
    ["october", "oct", "اكتوبر"],
    ["november", "nov", "نوفمبر"],
    ["december", "dec", "ديسمبر"],
];

/// A day: `1985-03-12`, `March 12th, 1985`, `12 March 1985`, `12 مارس 1985`. Days in digits alone are not read: whether the
/// month comes first is not the same everywhere.
pub(crate) fn date(text: &str) -> Option<Date> {
    let iso = text.split(|c: char| !c.is_ascii_digit() && c != '-').find_map(|word| word.parse().ok());
    if iso.is_some() {
        return iso;
    }
    let tokens = tokens(text);
    (0..tokens.len()).find_map(|place| date_around(&tokens, place))
}

/// The day around the name of its month.
fn date_around(tokens: &[String], month: usize) -> Option<Date> {
    let number = MONTHS.iter().position(|names| names.contains(&tokens[month].as_str()))?;
    let run = |tokens: &mut dyn Iterator<Item = &String>| -> String {
        tokens.take_while(|token| is_digit(token)).map(String::as_str).collect()
    };
    let before = run(&mut tokens[..month].iter().rev().skip_while(|token| is_ending(token)));
    let before: String = before.chars().rev().collect();
    let after = run(&mut tokens[month + 1..].iter());
    let behind = tokens[month + 1 + after.len()..].iter().skip_while(|token| is_ending(token));
    let year = run(&mut behind.into_iter());
    let (day, year) = match (before.len(), after.len(), year.len()) {
        (1 | 2, 4, _) => (before, after),
        (0, 1 | 2, 4) => (after, year),
        // "March 12 1985" falls into single digits, the year being the last four
        (0, 5 | 6, 0) => (after[..after.len() - 4].to_owned(), after[after.len() - 4..].to_owned()),
        _ => return None,
    };
    Date::new(year.parse().ok()?, i8::try_from(number + 1).ok()?, day.parse().ok()?).ok()
}

/// What stands between a day and its month.
fn is_ending(token: &str) -> bool {
    matches!(token, "th" | "st" | "nd" | "rd" | "t" | "h" | "s" | "n" | "d" | "r" | "of" | "the" | "من")
}

/// Whether two texts say the same: days as days, everything else by its words.
pub(crate) fn is_same(left: &str, right: &str) -> bool {
    match (date(left), date(right)) {
        (Some(left), Some(right)) => left == right,
        _ => !left.trim().is_empty() && tokens(left).concat() == tokens(right).concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yes_and_no_are_told_apart() {
        for (text, meant) in [
            ("Yes, correct.", Some(true)),
            ("No, that's wrong", Some(false)),
            ("نعم صحيح", Some(true)),
            ("لا", Some(false)),
            ("That is not right", Some(false)),
            ("No, it is right to say so", Some(false)),
            ("Yes, but not today", None),
            ("The number is nine", None),
        ] {
            assert_eq!(yes_or_no(text), meant, "{text}");
        }
    }

    #[test]
    fn days_are_read_as_they_are_said() {
        let day = |text| date(text).map(|date| date.to_string());
        for text in [
            "1985-03-12",
            "March 12th, 1985",
            "march 12 1985",
            "12 March 1985",
            "the 12th of March, 1985",
            "I was born on March 12, 1985.",
            "١٢ مارس ١٩٨٥",
            "one two march one nine eight five",
        ] {
            assert_eq!(day(text).as_deref(), Some("1985-03-12"), "{text}");
        }
        for text in ["03/12/1985", "March", "March 40, 1985", "tomorrow"] {
            assert_eq!(day(text), None, "{text}");
        }
        assert!(is_same("12 March 1985", "1985-03-12") && !is_same("13 March 1985", "1985-03-12"));
        assert!(is_same("four seven", "47") && !is_same("47", "471"));
    }

    #[test]
    fn answers_fit_their_type() {
        let values = ["yes", "no", "unsure"].map(str::to_owned);
        let words = BTreeMap::from([("unsure".to_owned(), vec!["i dont know".to_owned()])]);
        let read = |text| answer(OutcomeType::Enum, &values, &words, text);
        assert_eq!(read("Yeah, I do"), Some("yes".into()));
        assert_eq!(read("I don't know"), Some("unsure".into()));
        assert_eq!(read("What do you mean?"), None);
        assert_eq!(answer(OutcomeType::Number, &[], &words, "about one two"), Some(12.into()));
        assert_eq!(answer(OutcomeType::Number, &[], &words, "2 or maybe 3"), None);
        assert_eq!(answer(OutcomeType::String, &[], &words, "mm hmm"), None);
    }

    #[test]
    fn listening_is_no_interruption() {
        assert!(is_backchannel("Uh-huh, okay.") && is_backchannel("mm-hmm"));
        assert!(!is_backchannel("okay wait") && !is_backchannel("stop"));
    }
}

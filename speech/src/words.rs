//! What words say about whether somebody has finished, in English and Arabic. Texts come from recognisers: with signs or
//! without, numbers as digits or as words.

/// Whether a turn may be over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Looks {
    /// More will come.
    Unfinished,
    /// Who knows.
    Open,
    /// Nothing is missing.
    Complete,
}

/// What the other side was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Expected {
    /// Anything.
    #[default]
    Anything,
    /// Yes or no, or a choice that one word makes.
    Choice,
    /// A number of that many digits.
    Digits(u8),
}

/// Behind these a sentence goes on.
const HANGING: [&str; 37] = [
    "a", "an", "the", "and", "or", "but", "so", "because", "if", "that", "which", "to", "of", "for", "from", "with",
    "at", "in", "on", "my", "your", "his", "her", "their", "our", "is", "are", "was", "um", "uh", "er", "و", "أو",
    "لكن", "من", "في", "يعني",
];
const ANSWERS: [&str; 21] = [
    "yes",
    "yeah",
    "yep",
    "yup",
    "no",
    "nope",
    "correct",
    "right",
    "sure",
    "okay",
    "ok",
    "exactly",
    "absolutely",
    "negative",
    "نعم",
    "أجل",
    "لا",
    "صحيح",
    "طيب",
    "أكيد",
    "بالطبع",
];
const DIGITS: [&str; 24] = [
    "zero",
    "oh",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "o",
    "صفر",
    "واحد",
    "اثنان",
    "اثنين",
    "ثلاثة",
    "أربعة",
    "خمسة",
    "ستة",
    "سبعة",
    "ثمانية",
    "تسعة",
    "واحدة",
];

/// Whether text looks finished, as an answer to what was asked.
pub(crate) fn look(text: &str, expected: Expected) -> Looks {
    let text = text.trim_end();
    let Some(last) = words(text).next_back() else { return Looks::Open };
    let is_answer = expected == Expected::Choice && words(text).any(|word| is_in(word, &ANSWERS));
    match expected {
        Expected::Digits(wanted) if digits(text) >= wanted.into() => Looks::Complete,
        Expected::Digits(_) if is_dictation(text) => Looks::Unfinished,
        _ if is_in(last, &HANGING) || text.ends_with([',', '،', '-', '…']) => Looks::Unfinished,
        _ if is_answer || text.ends_with(['.', '?', '!', '؟']) => Looks::Complete,
        _ => Looks::Open,
    }
}

/// Whether somebody dictates a number: what was said last is a digit.
pub(crate) fn is_dictation(text: &str) -> bool {
    words(text).next_back().is_some_and(|word| word.chars().all(char::is_numeric) || is_in(word, &DIGITS))
}

/// Digits in a text, said as such or as words.
pub(crate) fn digits(text: &str) -> usize {
    words(text)
        .map(|word| if is_in(word, &DIGITS) { 1 } else { word.chars().filter(|letter| letter.is_numeric()).count() })
        .sum()
}

/// Words, without the signs around them.
pub(crate) fn words(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    text.split(|letter: char| letter.is_whitespace() || matches!(letter, ',' | '،'))
        .map(|word| word.trim_matches(|letter: char| !letter.is_alphanumeric()))
        .filter(|word| !word.is_empty())
}

/// Whether a word is one of those, which are in small letters.
pub(crate) fn is_in<T: AsRef<str>>(word: &str, all: &[T]) -> bool {
    all.iter().any(|known| known.as_ref().chars().eq(word.chars().flat_map(char::to_lowercase)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_as_they_look() {
        use Expected::{Anything, Choice, Digits};
        let table = [
            ("The authorization was approved.", Anything, Looks::Complete),
            ("What is the member number?", Anything, Looks::Complete),
            ("ما هو رقم العضوية؟", Anything, Looks::Complete),
            ("it was approved on Monday", Anything, Looks::Open),
            ("", Anything, Looks::Open),
            ("...", Anything, Looks::Open),
            ("it was approved and", Anything, Looks::Unfinished),
            ("Let me see, um", Anything, Looks::Unfinished),
            ("First,", Anything, Looks::Unfinished),
            ("yes", Anything, Looks::Open),
            ("Yes", Choice, Looks::Complete),
            ("نعم", Choice, Looks::Complete),
            ("well", Choice, Looks::Open),
            ("eight one five", Digits(4), Looks::Unfinished),
            ("eight one five two", Digits(4), Looks::Complete),
            ("It is 81 52.", Digits(4), Looks::Complete),
            ("٨١٥٢", Digits(4), Looks::Complete),
            ("8 1 5.", Digits(4), Looks::Unfinished),
            ("I do not have it.", Digits(4), Looks::Complete),
        ];
        for (text, expected, looks) in table {
            assert_eq!(look(text, expected), looks, "{text}");
        }
    }

    #[test]
    fn digits_are_counted_however_they_are_said() {
        assert_eq!(
            (digits("four seven 2 nine oh"), digits("A1B2-33"), digits("ثلاثة صفر"), digits("none")),
            (5, 4, 2, 0)
        );
        assert!(
            is_dictation("it is four seven") && is_dictation("47,") && !is_dictation("47 units") && !is_dictation("")
        );
    }
}

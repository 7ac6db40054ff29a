//! What a patient means who answers with a word, in either language.

/// What is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// They come.
    Confirm,
    /// They do not want to come.
    Cancel,
    /// They want no more messages.
    Stop,
    /// They want messages again.
    Start,
}

impl Intent {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Cancel => "cancel",
            Self::Stop => "stop",
            Self::Start => "start",
        }
    }
}

/// Whole answers, as [`plain`] writes them.
const WORDS: [(Intent, &[&str]); 4] = [
    (
        Intent::Confirm,
        &[
            "1",
            "y",
            "yes",
            "yep",
            "ok",
            "okay",
            "confirm",
            "confirmed",
            "نعم",
            "تاكيد",
            "اكد",
            "موكد",
            "ايوه",
            "ايوا",
            "اي",
            "تمام",
            "حاضر",
        ],
    ),
    (Intent::Cancel, &["2", "n", "no", "cancel", "لا", "الغاء", "الغي", "الغ"]),
    (
        // the words that carriers know (CTIA, Messaging Principles and Best Practices, 5.1.3)
        Intent::Stop,
        &[
            "stop",
            "stopall",
            "stop all",
            "unsubscribe",
            "end",
            "quit",
            "optout",
            "opt out",
            "ايقاف",
            "اوقف",
            "قف",
            "وقف",
            "الغاء الاشتراك",
        ],
    ),
    (Intent::Start, &["start", "unstop", "subscribe", "اشترك", "اشتراك", "تفعيل"]),
];

/// What an answer means, when it is nothing but one of these words: "yes, but later" is for a person to read.
pub fn intent(text: &str) -> Option<Intent> {
    let text = plain(text);
    WORDS.iter().find(|(_, words)| words.contains(&text.as_str())).map(|(intent, _)| *intent)
}

/// Small letters and digits without signs: vowel marks and the stretching of letters fall away, alef has one form.
fn plain(text: &str) -> String {
    let one = |c: char| match c {
        '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{640}' => None,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => None,
        'أ' | 'إ' | 'آ' | 'ٱ' => Some('ا'),
        'ؤ' => Some('و'),
        'ى' => Some('ي'),
        '٠'..='٩' => char::from_digit(c as u32 - '٠' as u32, 10),
        '۰'..='۹' => char::from_digit(c as u32 - '۰' as u32, 10),
        c if c.is_alphanumeric() => c.to_lowercase().next(),
        _ => Some(' '),
    };
    let text: String = text.chars().filter_map(one).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a text is in Arabic: what somebody of whom nothing is known is answered in.
pub fn is_arabic(text: &str) -> bool {
    text.chars().any(|c| ('\u{600}'..='\u{6ff}').contains(&c))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_word_is_understood_in_either_language() {
        for text in ["1", " YES! ", "Confirm.", "نعم", "نَعَم", "تأكيد", "تـأكيد 👍", "١", "۱", "\u{200f}نعم"]
        {
            assert_eq!(intent(text), Some(Intent::Confirm), "{text}");
        }
        for text in ["2", "Cancel", "لا", "إلغاء", "الغاء", "٢"] {
            assert_eq!(intent(text), Some(Intent::Cancel), "{text}");
        }
        for text in ["STOP", "Stop all", "إيقاف", "ايقاف.", "unsubscribe"] {
            assert_eq!(intent(text), Some(Intent::Stop), "{text}");
        }
        for text in ["START", "اشترك"] {
            assert_eq!(intent(text), Some(Intent::Start), "{text}");
        }
        for text in ["", "yes, but later", "لا أستطيع اليوم", "12", "don't stop", "👍", "1 2"] {
            assert_eq!(intent(text), None, "{text}");
        }
    }

    #[test]
    fn every_word_is_understood_as_it_is_written_here_and_means_one_thing() {
        let mut seen = std::collections::BTreeSet::new();
        for (meant, words) in WORDS {
            for word in words {
                assert_eq!(intent(word), Some(meant), "{word}");
                assert!(seen.insert(*word), "{word}");
            }
        }
    }

    proptest! {
        #[test]
        fn signs_around_a_word_and_its_size_change_nothing(before in "[ .,!?\u{200f}\n]{0,5}", after in "[ .,!?\u{200e}]{0,5}") {
            for word in ["yes", "YES", "نعم"] {
                prop_assert_eq!(intent(&format!("{before}{word}{after}")), Some(Intent::Confirm));
            }
        }

        #[test]
        fn any_text_is_read(text in any::<String>()) {
            let _ = intent(&text);
        }
    }
}

//! A voice where none is installed.

use futures::future::BoxFuture;

use crate::babble::babble;
use crate::ports::{Format, Line, Saying, Spoken, Trouble, Voice};
use crate::saying;

/// More than this nobody listens to: a minute of syllables.
const LONGEST: usize = 300;

/// Speaks without words: as long as the text would be, in its rhythm, so that a call can be tried out where there is no voice. It
/// is a stand-in and sounds like one; nobody can understand it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hum;

impl Voice for Hum {
    fn open<'a>(&'a self, format: Format) -> BoxFuture<'a, Result<Line<Saying, Spoken>, Trouble>> {
        let speak =
            move |text: String| -> BoxFuture<'static, _> { Box::pin(async move { Ok(hum(&text, format).into()) }) };
        Box::pin(async move { Ok(saying::line(format, Box::new(speak))) })
    }
}

/// The text as bytes of that format.
pub(crate) fn hum(text: &str, format: Format) -> Vec<u8> {
    let mut bytes = Vec::new();
    format.encode(&babble(format.rate(), syllables(text).into_iter().take(LONGEST)), &mut bytes);
    bytes
}

/// A syllable for each group of vowels, or for three letters of a script that writes none; pauses where a sentence has them.
fn syllables(text: &str) -> Vec<Option<u8>> {
    let mut all = Vec::new();
    for word in text.split_whitespace() {
        let letters = word.chars().filter(|letter| letter.is_alphanumeric());
        let (mut count, mut vowels, mut last) = (0_usize, Vec::new(), None);
        for letter in letters {
            let vowel = "aeiouy".chars().position(|vowel| letter.to_lowercase().next() == Some(vowel));
            if last.is_none() {
                vowels.extend(vowel.and_then(|vowel| u8::try_from(vowel).ok()));
            }
            last = vowel;
            count += 1;
        }
        if vowels.is_empty() {
            vowels.resize(count.div_ceil(3), 1);
        }
        all.extend(vowels.into_iter().map(Some));
        if word.ends_with(['.', '?', '!', '؟', ',', '،', ';', ':']) {
            all.push(None);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_hummed_as_long_as_it_would_be_spoken() {
        let text = "Your appointment is on Monday, at nine.";
        assert_eq!(
            syllables(text),
            [
                Some(5),
                Some(0),
                Some(3),
                Some(1),
                Some(2),
                Some(3),
                Some(3),
                Some(0),
                None,
                Some(0),
                Some(2),
                Some(1),
                None
            ]
        );
        // a third of a second a word, 150 words a minute being usual
        for format in [Format::Mulaw8k, Format::Pcm16(16_000), Format::Pcm16(24_000)] {
            let seconds = hum(text, format).len() as f64 / (f64::from(format.rate()) * format.width() as f64);
            assert!((2.5..2.7).contains(&seconds), "{seconds}");
        }
        assert_eq!(syllables("موعدك غدا؟").len(), 2 + 1 + 1);
        assert_eq!(hum(&"very ".repeat(1_000), Format::Mulaw8k).len(), 300 * 1_600);
    }
}

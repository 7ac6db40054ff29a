//! Passwords that are tried first: those that leaked most often, words, names, and what is known of the person.
//!
//! NIST SP 800-63B-4 §3.1.1.2: the whole password is compared, in any case, with a list of common, expected or
//! compromised values, among them words of the context. `common.txt` is made from the frequency lists of zxcvbn (MIT,
//! see `common.LICENSE`): its 30,000 most frequent passwords of four or more characters, and words and names of ten or
//! more. An entry with a usual ending (a year, a few digits, an exclamation mark) is an entry as well.

use std::sync::LazyLock;

use axum::http::StatusCode;
use platform::error::{Error, Result};
use platform::phi::Phi;

/// Sorted.
static LIST: LazyLock<Vec<&'static str>> = LazyLock::new(|| include_str!("common.txt").lines().collect());

/// Refuses a new password that is easily guessed. `about` is what is known of the person and the practice: e-mail,
/// names, address. `pointer` is where the password stands in the body.
///
/// # Errors
/// 422 `password.breached`.
pub fn refuse(pointer: &str, password: &Phi<String>, about: &[&str]) -> Result<()> {
    if is_guessable(password.expose(), about) {
        return Err(Error::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "password.breached",
            "This password is one of those that are tried first. Choose another, such as four words that do not belong together.",
        )
        .at(pointer, "breached", "Choose a password that nobody would guess."));
    }
    Ok(())
}

fn is_guessable(password: &str, about: &[&str]) -> bool {
    let whole = password.trim().to_lowercase();
    let base = without_ending(&whole);
    [whole.as_str(), base].into_iter().any(|text| {
        is_listed(text) || is_repeated(text) || is_row(text) || about.iter().any(|known| says_the_same(text, known))
    })
}

fn is_listed(text: &str) -> bool {
    LIST.binary_search(&text).is_ok() || text == "vantage"
}

/// Without up to two signs at the end, up to four digits before them, and a sign between those and the rest. What is
/// left must be worth comparing.
fn without_ending(text: &str) -> &str {
    let is_sign = |c: char| c.is_ascii_punctuation() || c == ' ';
    let mut rest = text;
    for (most, fits) in [(2, &is_sign as &dyn Fn(char) -> bool), (4, &|c: char| c.is_ascii_digit()), (1, &is_sign)] {
        for _ in 0..most {
            rest = rest.strip_suffix(|c: char| fits(c)).unwrap_or(rest);
        }
    }
    if rest.chars().count() >= 4 { rest } else { text }
}

/// A few characters again and again.
fn is_repeated(text: &str) -> bool {
    let characters: Vec<char> = text.chars().collect();
    (1..=4).any(|unit| characters.len() >= 2 * unit && characters.chunks(unit).all(|part| characters.starts_with(part)))
}

/// Characters that follow each other, up or down.
fn is_row(text: &str) -> bool {
    let codes: Vec<i64> = text.chars().map(|c| i64::from(u32::from(c))).collect();
    // after nine comes nought, and before nought nine
    [(1, (57, 48)), (-1, (48, 57))]
        .into_iter()
        .any(|(step, turn)| codes.windows(2).all(|pair| pair[1] - pair[0] == step || (pair[0], pair[1]) == turn))
}

/// Letters and digits only, in any case: `Alpha Dental` and `alpha-dental`. Of an e-mail also the part before the @.
fn says_the_same(text: &str, known: &str) -> bool {
    let bare =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let text = bare(text);
    [Some(known), known.split_once('@').map(|(name, _)| name)]
        .into_iter()
        .flatten()
        .map(bare)
        .any(|known| known.chars().count() >= 4 && text == known)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABOUT: [&str; 3] = ["sara.qahtani@alpha.example", "Alpha Dental Center", "alpha"];

    #[test]
    fn the_list_is_sorted_and_whole() {
        assert!(LIST.is_sorted() && LIST.len() > 40_000, "{}", LIST.len());
        assert!(LIST.iter().all(|entry| entry.len() >= 4 && *entry == entry.to_lowercase()));
    }

    #[test]
    fn what_is_tried_first_is_refused() {
        for password in [
            "password123",
            "Password1234",
            "QWERTYUIOP",
            "iloveyou2026!",
            "Letmein-2024",
            "administrator",
            "1234567890",
            "0987654321",
            "abcdefghijkl",
            "abcabcabcabc",
            "aaaaaaaaaaaa",
            "Vantage2026!",
            "sara.qahtani@alpha.example",
            "SaraQahtani1",
            "alpha dental center",
            "AlphaDentalCenter2026",
            "password    ",
        ] {
            assert!(is_guessable(password, &ABOUT), "{password}");
        }
    }

    #[test]
    fn what_merely_holds_a_word_is_taken() {
        for password in [
            "a long test password",
            "vantage-demo-2026",
            "correct horse battery",
            "كلمة سر طويلة",
            "password of the alpha",
            "sara likes tea at four",
            "1234 5678 people",
            "Tr0ub4dor&3xyz",
        ] {
            assert!(!is_guessable(password, &ABOUT), "{password}");
        }
    }
}

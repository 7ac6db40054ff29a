//! Where a text can be cut so that each piece can be said by itself.

/// The longest piece that is said at once, in characters.
const LONGEST: usize = 300;

/// Takes the whole sentences off the beginning of a text that is still growing.
pub(crate) fn sentences(text: &mut String) -> Vec<String> {
    let mut found = Vec::new();
    while let Some(end) = end_of_first(text) {
        let rest = text.split_off(end);
        let sentence = std::mem::replace(text, rest);
        if !sentence.trim().is_empty() {
            found.push(sentence.trim().to_owned());
        }
    }
    found
}

/// Behind the first sentence, if it is over: a mark with a space behind it, or a line's end.
fn end_of_first(text: &str) -> Option<usize> {
    let mut characters = text.char_indices().peekable();
    let (mut count, mut last_space) = (0, None);
    while let Some((index, c)) = characters.next() {
        count += 1;
        let after = index + c.len_utf8();
        let is_spaced = characters.peek().is_some_and(|(_, next)| next.is_whitespace());
        if c == '\n' || (matches!(c, '.' | '!' | '?' | '؟' | '…') && is_spaced && !is_short_form(&text[..index])) {
            return Some(after);
        }
        if c.is_whitespace() {
            last_space = Some(after);
        }
        if count >= LONGEST {
            return last_space.or(Some(after));
        }
    }
    None
}

/// `Dr.` and its like end no sentence; nor does a single letter.
fn is_short_form(before: &str) -> bool {
    let word = before.rsplit(|c: char| c.is_whitespace()).next().unwrap_or_default();
    matches!(word, "Dr" | "Mr" | "Mrs" | "Ms" | "St" | "No" | "د" | "أ") || word.chars().count() == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_taken_as_they_end() {
        let mut text = "Hello, Dr. Haddad. It costs 3.50 today! And".to_owned();
        assert_eq!(sentences(&mut text), ["Hello, Dr. Haddad.", "It costs 3.50 today!"]);
        assert_eq!(text.trim(), "And");
        let mut text = "ما اسمك؟ شكرا".to_owned();
        assert_eq!(sentences(&mut text), ["ما اسمك؟"]);
        let mut text = "word ".repeat(100);
        assert_eq!(sentences(&mut text).len(), 1, "what does not end is cut between words");
    }
}

//! Menus of phone trees: `for claims, press 1`, `press 2 to speak to someone`.

use std::sync::LazyLock;

use regex::Regex;

use super::normal::{has_phrase, tokens};

/// An option: what to press, and for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    pub key: String,
    pub label: String,
}

const PRESS: &str = r"(?:press|dial|choose|select|اضغط|اضغطي)(?: علي| الرقم| رقم)*";

static KEY_LAST: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(r"(?:\b(?:for|to|if)\b|(?:^| )ل)\s*(.+?) (?:please )?{PRESS} ([0-9*#])")).ok()
});
static KEY_FIRST: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!(r"{PRESS} ([0-9*#])(?: (?:for|to|if)|\s+ل) ?(.+?)(?: {PRESS}|$)")).ok());

/// The options of a text; none, if it is no menu.
pub(crate) fn menu(text: &str) -> Vec<Choice> {
    let mut choices = Vec::new();
    for sentence in text.split(['.', ';', '!', '?', '؟', '\n']) {
        // keys by name become keys, so that one form is left
        let named = sentence.to_lowercase().replace("pound", "#").replace("hash", "#").replace("star", "*");
        let plain = tokens_with_keys(&named);
        choices.extend(of_sentence(&plain));
    }
    choices
}

/// The words of a sentence, keys among them.
fn tokens_with_keys(text: &str) -> String {
    let words = text.split([' ', ',', '،']).filter(|word| !word.is_empty());
    let words = words.map(|word| if matches!(word, "#" | "*") { word.to_owned() } else { tokens(word).join(" ") });
    words.collect::<Vec<_>>().join(" ")
}

fn of_sentence(text: &str) -> Vec<Choice> {
    let first = text.find("press").or_else(|| text.find("dial")).or_else(|| text.find("اضغط"));
    let Some(first) = first else { return Vec::new() };
    let key_first =
        text[..first].split_whitespace().all(|word| matches!(word, "or" | "please" | "and" | "you" | "may"));
    let mut choices = Vec::new();
    if key_first {
        let mut rest = text;
        while let Some(found) = KEY_FIRST.as_ref().and_then(|regex| regex.captures(rest)) {
            let (Some(key), Some(label)) = (found.get(1), found.get(2)) else { break };
            choices.push(Choice { key: key.as_str().to_owned(), label: label.as_str().trim().to_owned() });
            rest = &rest[label.end()..];
        }
    } else if let Some(regex) = KEY_LAST.as_ref() {
        choices.extend(
            regex
                .captures_iter(text)
                .map(|found| Choice { key: found[2].to_owned(), label: found[1].trim().to_owned() }),
        );
    }
    choices
}

/// Whether a text asks for something by any of these words.
pub(crate) fn asks_for(text: &str, words: &[String]) -> bool {
    has_phrase(text, &["enter", "say", "provide", "key in", "type", "ادخل", "ادخال"]) && has_phrase(text, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn menus_are_read_in_either_order() {
        let read = |text: &str| -> Vec<(String, String)> {
            menu(text).into_iter().map(|choice| (choice.key, choice.label)).collect()
        };
        let both = [("1".to_owned(), "claims".to_owned()), ("2".to_owned(), "prior authorization".to_owned())];
        for text in [
            "For claims press one. For prior authorization press two.",
            "for claims press 1 for prior authorization press 2",
            "Press 1 for claims, press 2 for prior authorization.",
            "For claims, please press 1. Press two for prior authorization.",
        ] {
            assert_eq!(read(text), both, "{text}");
        }
        assert_eq!(read("To repeat this menu, press star."), [("*".to_owned(), "repeat this menu".to_owned())]);
        assert_eq!(read("للمواعيد اضغط 1")[0].0, "1");
        assert_eq!(read("The press wrote about us for years."), []);
    }
}

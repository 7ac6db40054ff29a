//! Names of people taken apart, and languages and countries by their names.

use std::sync::LazyLock;

use crate::names;

/// "Sara Al-Qahtani" and "Al-Qahtani, Sara" in given and family names. What an article or "bin" begins is one name.
pub fn parts_of_name(name: &str) -> (String, Option<String>) {
    if let Some((family, given)) = name.split_once([',', '،']) {
        return (given.trim().to_owned(), Some(family.trim().to_owned()));
    }
    let words: Vec<&str> = name.split_whitespace().collect();
    let joins = |word: &str| {
        ["al", "el", "bin", "ibn", "bint", "abu", "بن", "ابن", "بنت", "ال", "ابو"].contains(&&*names::fold(word))
    };
    let mut first = words.len().saturating_sub(1);
    while first > 1 && joins(words[first - 1]) {
        first -= 1;
    }
    let family = words[first..].join(" ");
    if first == 0 { (family, None) } else { (words[..first].join(" "), Some(family)) }
}

/// Codes and the words for them, a line each.
type Table = LazyLock<Vec<(&'static str, Vec<String>)>>;

fn table(text: &'static str) -> Vec<(&'static str, Vec<String>)> {
    let line = |line: &'static str| {
        let (code, words) = line.split_once(' ')?;
        Some((code, words.split('|').map(names::fold).collect()))
    };
    text.lines().filter_map(line).collect()
}

static LANGUAGES: Table = LazyLock::new(|| table(include_str!("languages.txt")));
static COUNTRIES: Table = LazyLock::new(|| table(include_str!("countries.txt")));

/// The code of a language: from `en-US`, "English (United States)", "الإنجليزية".
pub fn language(cell: &str) -> Option<String> {
    let folded = names::fold(cell);
    let first = folded.split(' ').next()?;
    if (2..=3).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Some(first.to_owned());
    }
    LANGUAGES.iter().find(|(_, words)| words.iter().any(|word| word == first)).map(|(code, _)| (*code).to_owned())
}

/// The code of a country: from `sa`, "Saudi Arabia", "سعودي".
pub fn country(cell: &str) -> Option<String> {
    let code = cell.to_ascii_uppercase();
    if platform::validate::country(&code, &()).is_ok() {
        return Some(code);
    }
    let folded = names::fold(cell);
    COUNTRIES.iter().find(|(_, words)| words.contains(&folded)).map(|(code, _)| (*code).to_owned())
}

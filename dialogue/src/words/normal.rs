//! Texts in a form in which they can be compared: no case, no punctuation, no vowel signs, digits one by one however they
//! are said.

/// The words of a text in that form. What has a digit in it falls into its characters, so that `8152`, `81 52` and `eight
/// one five two` are the same.
pub(crate) fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut twice = false;
    for word in words(text) {
        if word == "double" {
            twice = true;
            continue;
        }
        let word = digit(&word).map_or(word, |digit| digit.to_string());
        if word.chars().any(|c| c.is_ascii_digit()) {
            let first = tokens.len();
            tokens.extend(word.chars().map(String::from));
            if twice {
                tokens.insert(first, tokens[first].clone());
            }
        } else {
            if twice {
                tokens.push("double".to_owned());
            }
            tokens.push(word);
        }
        twice = false;
    }
    tokens
}

/// Lower-case words without punctuation and vowel signs, in Western digits.
fn words(text: &str) -> Vec<String> {
    let plain: String = text.chars().filter_map(plain).collect();
    plain.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// A character as it is compared: nothing for vowel signs, a space for what parts words.
fn plain(c: char) -> Option<char> {
    Some(match c {
        '\u{064B}'..='\u{0652}' | '\u{0670}' | '\u{0640}' | '\'' | '’' => return None,
        'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
        'ة' => 'ه',
        'ى' => 'ي',
        '٠'..='٩' => char::from_digit(u32::from(c) - u32::from('٠'), 10).unwrap_or(' '),
        '۰'..='۹' => char::from_digit(u32::from(c) - u32::from('۰'), 10).unwrap_or(' '),
        c if c.is_alphanumeric() => c.to_lowercase().next().unwrap_or(c),
        _ => ' ',
    })
}

fn digit(word: &str) -> Option<u8> {
    Some(match word {
        "zero" | "oh" | "صفر" => 0,
        "one" | "واحد" => 1,
        "two" | "اثنان" | "اثنين" => 2,
        "three" | "ثلاثه" => 3,
        "four" | "اربعه" => 4,
        "five" | "خمسه" => 5,
        "six" | "سته" => 6,
        "seven" | "سبعه" => 7,
        "eight" | "ثمانيه" => 8,
        "nine" | "niner" | "تسعه" => 9,
        _ => return None,
    })
}

/// Whether these tokens stand behind each other in those, wherever the words are parted: `AB8152` may have been said as
/// `A B 8152`.
pub(crate) fn contains(all: &[String], part: &[String]) -> bool {
    let part = part.concat();
    let begins = |from: usize| {
        let mut rest = part.as_str();
        for token in &all[from..] {
            match rest.strip_prefix(token.as_str()) {
                Some("") => return true,
                Some(after) => rest = after,
                None => return false,
            }
        }
        false
    };
    !part.is_empty() && (0..all.len()).any(begins)
}

/// Whether any of the phrases occurs in a text, as whole words.
pub(crate) fn has_phrase<S: AsRef<str>>(text: &str, phrases: &[S]) -> bool {
    let text = tokens(text);
    phrases.iter().any(|phrase| contains(&text, &tokens(phrase.as_ref())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_alike_is_alike() {
        let same = [
            ("8152", "٨١٥٢"),
            ("نعم، صحيحة", "نَعَم صحيحه"),
            ("5 5 1", "double five one"),
            ("It's Approved!", "its approved"),
        ];
        for (a, b) in same {
            assert_eq!(tokens(a), tokens(b), "{a} / {b}");
        }
        assert!(contains(&tokens("it is A B eight one five two."), &tokens("AB-8152")));
        assert!(contains(&tokens("the number is 8152 ok"), &tokens("eight one five two")));
        assert!(!contains(&tokens("the number is 8152"), &tokens("8153")));
        assert!(!has_phrase("I know", &["no"]), "whole words only");
        assert!(!contains(&tokens("anything"), &tokens("…")), "nothing proves nothing");
    }
}

//! How the names of people are folded, taken apart and compared, so that a patient is found whatever spelling was used:
//! Arabic or Latin letters, with or without the article, "Mohammed" or "Muhammad".
//!
//! The sound of a word is its consonants. Short vowels are left out because Arabic does not write them and Latin
//! spellings disagree about them; where Arabic writes a long u late in a word ("Mahmoud", "Saud", "Khulood") it is
//! kept, which tells those names from "Mohammed", "Saad" and "Khalid". What still sounds alike, so that only the order
//! of the results helps: names that differ in a, e and i alone (Omar, Ammar, Amer; Salem, Salim, Salma; Samir, Samar;
//! Jamal, Jamil; Hamad, Hamid) or in their ending alone (Noor, Noura; Sami, Samah; Majid, Majdi).
//!
//! The rules come from how spellings in use differ: romanisations with and without marks, French habit (ou, ch),
//! Egyptian speech (g for ج). The table beside the tests measures them. What is stored was made by these rules: whoever
//! changes them has the terms of all patients made anew.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The most words that one name is looked up by. More is no name, and each one costs a row of the index.
const MAX_WORDS: usize = 12;

/// Every character that [`sound`] may use.
const ALPHABET: &[u8] = b"abdfghklmnrstwyz0123456789";

/// The vowels of Latin spellings.
const VOWELS: [char; 5] = ['a', 'e', 'i', 'o', 'u'];

/// Spellings, as folded, whose sound does not follow from their letters: a doubled y that Arabic does not write, a short
/// u that Latin writes late, the Egyptian and Turkish s or z for ث and ذ; and common names that only a vowel tells from
/// another common one (Salman, Tariq, Iman, Salah, Saad, Omar, Hassan). The last are the Saudi g for ق, which elsewhere
/// is the Egyptian ج.
const SPECIAL: &[(&str, &str)] = &[
    ("osman usman ousman", "athmn"),
    ("soraya suraya souraya", "thry"),
    ("moaz muaz maaz muadh moadh mouaz", "mth"),
    ("monzer munzer monzir munzir mundhir mondher", "mnthr"),
    ("huzaifa hozaifa huzayfa hudhaifa hudhayfa", "hthf"),
    ("yusuf yousuf yosuf", "ysf"),
    ("yunus younus", "yns"),
    ("sundus sondos sondus", "snds"),
    ("fouad fuad foad", "fwd"),
    ("loai luay louay loay luai لوي", "lwy"),
    ("مريم mariem meriem meryem", "mrym"),
    ("مويد", "myd"),
    ("طه", "th"),
    ("سليمان sulaiman suleiman soliman suliman solaiman sulayman", "slymn"),
    ("تركي turki torki turky", "trky"),
    ("ايمن ayman aiman aymen", "aymn"),
    ("صالح saleh salih", "slh"),
    ("سعيد saeed saeid said saied", "syd"),
    ("عمرو amr amro amrou", "amrw"),
    ("امير amir ameer", "amyr"),
    ("حسين", "hsyn"),
    ("gahtani gahtany", "khtn"),
    ("garni garny", "krn"),
    ("thagafi thagafy", "thkf"),
    ("bogami bugami", "bkm"),
    ("shoug", "shk"),
];

/// Text as it is compared: lower case, no accents, harakat or tatweel, one form for the variants of an Arabic letter
/// (also those of Persian and Urdu), Arabic-Indic digits as 0 to 9. Everything that is not a letter or digit becomes
/// one space; none at the ends. Folding what is folded changes nothing.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    // Lower case comes between two decompositions: it may bring a new accent (İ) and needs compatibility forms apart.
    for c in text.nfkd().flat_map(char::to_lowercase).nfkd().filter(|c| !is_silent(*c)) {
        let c = unify(c);
        if !c.is_alphanumeric() {
            gap = !out.is_empty();
            continue;
        }
        if std::mem::take(&mut gap) {
            out.push(' ');
        }
        match c {
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'þ' => out.push_str("th"),
            _ => out.push(c),
        }
    }
    out
}

/// A text as numbers and headings are compared: folded, and without its spaces.
#[must_use]
pub fn compact(text: &str) -> String {
    fold(text).replace(' ', "")
}

/// Whether a name is written in Arabic letters.
#[must_use]
pub fn is_arabic(name: &str) -> bool {
    name.chars().any(|letter| ('\u{600}'..='\u{6ff}').contains(&letter))
}

/// Marks that stand on or beside letters and are left out: accents, harakat, tatweel, hamza alone (often not written),
/// the modifier letters of scholarly transcription, and the invisible marks that joining and direction leave in a text.
fn is_silent(c: char) -> bool {
    is_combining_mark(c)
        || matches!(c, 'ء' | 'ـ' | '\u{674}' | '\u{2b0}'..='\u{2ff}' | '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// One letter for its variants. Those with an accent are decomposed before, so only separate letters are here.
fn unify(c: char) -> char {
    match c {
        'ٱ' | 'ٲ' | 'ٳ' => 'ا',
        'ى' | 'ی' | 'ې' | 'ے' | 'ێ' => 'ي',
        'ة' | 'ہ' | 'ھ' | 'ە' | 'ۃ' => 'ه',
        'ک' | 'ڪ' | 'گ' => 'ك',
        'پ' => 'ب',
        'ٹ' | 'ټ' => 'ت',
        'چ' => 'ج',
        'ڈ' | 'ډ' => 'د',
        'ڑ' | 'ړ' | 'ڕ' => 'ر',
        'ژ' => 'ز',
        'ڤ' => 'ف',
        'ڵ' => 'ل',
        'ں' => 'ن',
        'ۆ' | 'ۇ' | 'ۋ' => 'و',
        '٠'..='٩' | '۰'..='۹' => char::from(b'0' + (u32::from(c) & 0xf) as u8),
        'ı' => 'i',
        'ø' => 'o',
        'ł' => 'l',
        'đ' | 'ð' => 'd',
        c => c,
    }
}

/// The words that a name is looked up by, folded; those of its own spelling first. At most twelve, none twice.
#[must_use]
pub fn words(name: &str) -> Vec<String> {
    let parts = parts(name);
    let (first, others): (Vec<_>, Vec<_>) = parts.iter().filter_map(|part| part.split_first()).unzip();
    let mut found: Vec<String> = Vec::new();
    for word in first.into_iter().chain(others.into_iter().flatten()) {
        if found.len() < MAX_WORDS && !found.contains(word) {
            found.push(word.clone());
        }
    }
    found
}

/// The parts of a name, each with the words that may stand for it, its own spelling first.
///
/// The article is part of its word, and the word is also given without it ("Al-Qahtani": `alqahtani`, `qahtani`).
/// What "abd" and "abu" begin is one word ("Abd Al Rahman": `abdalrahman`, and `rahman`), and so is what "al-Din" ends.
/// "Bin" and "bint" are left out, and so is an article whose word is still to come, unless nothing else is left. An
/// apostrophe joins ("Sa'ad"). Whoever looks for a name asks for every part, and for any of its words.
#[must_use]
pub fn parts(name: &str) -> Vec<Vec<String>> {
    let folded = fold(&name.replace(['\'', '’', '‘', '`', '´', '′'], ""));
    let all: Vec<&str> = folded.split_whitespace().collect();
    let links = ["bin", "ibn", "bint", "بن", "ابن", "بنت"];
    let kept: Vec<&str> = all.iter().copied().filter(|word| !links.contains(word)).collect();
    let mut parts: Vec<Vec<String>> = Vec::new();
    for (full, bare) in with_articles(if kept.is_empty() { &all } else { &kept }) {
        let mut part = vec![full];
        match parts.last_mut().map(Vec::as_mut_slice) {
            // "abd" alone would meet every compound; as the beginning of this one it is found anyway
            Some([head, ..]) if is_head(head) => {
                part[0].insert_str(0, head);
                parts.pop();
            }
            Some([first, ..]) if matches!(&*bare, "din" | "deen" | "دين") => {
                part.push(format!("{first}{}", part[0]))
            }
            _ => {}
        }
        if !part.contains(&bare) {
            part.push(bare);
        }
        parts.push(part);
    }
    parts
}

/// Each word with the article before it, and without any.
fn with_articles(words: &[&str]) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut article = "";
    for (at, word) in words.iter().enumerate() {
        if is_article(word, words.get(at + 1)) {
            article = word;
            continue;
        }
        let bare = without_article(word);
        // "آل الشيخ", "Al Alsheikh": the word has its own.
        let before = if bare == *word { article } else { "" };
        pairs.push((format!("{before}{word}"), bare.to_owned()));
        article = "";
    }
    if pairs.is_empty() && !article.is_empty() {
        pairs.push((article.to_owned(), article.to_owned()));
    }
    pairs
}

/// Whether a word is the article of the next one; before some letters it takes their sound ("Ash-Shammari").
fn is_article(word: &str, next: Option<&&str>) -> bool {
    let assimilated = |next: &&str| {
        let begins = word.strip_prefix(['a', 'e']).is_some_and(|letters| next.starts_with(letters));
        begins && matches!(&word[1..], "d" | "n" | "r" | "s" | "t" | "z" | "sh" | "dh" | "th")
    };
    matches!(word, "al" | "el" | "ال") || next.is_some_and(assimilated)
}

/// A word without an article written as part of it. Short words are left alone: "Alia", "Elham" and "الي" have none.
fn without_article(word: &str) -> &str {
    let arabic = word.strip_prefix("ال").filter(|rest| rest.chars().count() >= 3);
    let latin = || {
        ["al", "el"]
            .iter()
            .find_map(|article| word.strip_prefix(article))
            .filter(|rest| rest.len() >= 4 || *rest == "din")
    };
    arabic.or_else(latin).unwrap_or(word)
}

/// Whether a word is the first half of a compound: "abu", or "abd" with what is left of an article ("Abdul", "Abdur").
fn is_head(word: &str) -> bool {
    let article = word.strip_prefix("abd").map(|rest| rest.trim_start_matches(VOWELS));
    let abd = article.is_some_and(|letters| matches!(letters, "" | "d" | "l" | "n" | "r" | "s" | "sh" | "t" | "z"));
    (abd && !word.ends_with(VOWELS)) || matches!(word, "abu" | "abou" | "abo" | "عبد" | "عبدال" | "ابو")
}

/// How a word sounds, roughly: the same ASCII string for its Arabic and its Latin spellings. See the top of the file
/// for what it keeps. Never empty for a word that has a letter or digit. The sound of a typed beginning is nearly
/// always a beginning of the sound of the whole, so that a search may look sounds up by prefix.
#[must_use]
pub fn sound(word: &str) -> String {
    let folded = compact(word);
    if let Some((_, sound)) = SPECIAL.iter().find(|(words, _)| words.split(' ').any(|special| special == folded)) {
        return (*sound).to_owned();
    }
    let (head, name) = split_abd(&folded);
    let mut sounds = Sounds { letters: name.chars().collect(), out: head.to_owned(), heard: 0 };
    for at in 0..sounds.letters.len() {
        sounds.hear(at);
    }
    let mut out = sounds.out;
    // "Hussein" and "Hassan" differ in their vowels alone and are both too common to be one.
    if out == "hsn" && name.ends_with('n') && matches!(name.chars().nth(1), Some('u' | 'o')) {
        return "hsyn".to_owned();
    }
    // Nour al-Din, Nooruddin, Noureddine.
    if let Some(first) = out.strip_suffix("ldn").or_else(|| out.strip_suffix("wdn")).filter(|first| first.len() > 1) {
        out = format!("{first}dn");
    }
    if out.is_empty() && word.chars().any(char::is_alphanumeric) {
        out.push('a');
    }
    out
}

/// Takes "abd" and the article after it, however that is vowelled or assimilated, off the name that follows.
fn split_abd(word: &str) -> (&'static str, &str) {
    if let Some(rest) = word.strip_prefix("عبد") {
        return ("abd", rest.strip_prefix("ال").unwrap_or(rest));
    }
    let Some(rest) = word.strip_prefix("abd").or_else(|| word.strip_prefix("abed")) else { return ("", word) };
    let name = rest.trim_start_matches(VOWELS);
    if name.len() == rest.len() {
        return ("abd", rest);
    }
    ("abd", name.strip_prefix('l').unwrap_or(name))
}

/// A word on the way to its sound.
struct Sounds {
    letters: Vec<char>,
    out: String,
    /// Consonants so far, the vowel at the beginning included.
    heard: usize,
}

impl Sounds {
    /// The letters around one, a space where there is none.
    fn around(&self, at: usize) -> (char, char) {
        let before = at.checked_sub(1).map_or(' ', |at| self.letters[at]);
        (before, self.letters.get(at + 1).copied().unwrap_or(' '))
    }

    fn say(&mut self, consonant: &str) {
        self.out.push_str(consonant);
        self.heard += 1;
    }

    /// Adds what one letter sounds like among its neighbours.
    fn hear(&mut self, at: usize) {
        let ((before, after), c) = (self.around(at), self.letters[at]);
        let last = at + 1 == self.letters.len();
        match c {
            'ا' | 'ع' | 'a' | 'e' | 'i' | 'o' | 'u' | 'و' | 'ي' | 'w' | 'y' => self.hear_vowel(at),
            // A doubled letter: Arabic writes it once, but for the two of "الله".
            _ if c == before && (c.is_ascii_alphabetic() || c == 'ل') => {}
            // Silent at the end, or not to be told from where it is: ة and ه are one, and Latin writes ح like them.
            'h' | 'ه' | 'ح' if last && self.heard > 0 && !(c == 'h' && "skgtdc".contains(before)) => {}
            // The second half of a letter: sh, kh, gh, th; "dh" is d.
            'h' if "skgtc".contains(before) => self.out.push('h'),
            'h' if matches!(before, 'd' | 'p') => {}
            'd' if after == 'j' => {}
            'c' if matches!(after, 'h' | 'e' | 'i' | 'y') => self.say("s"),
            'c' if matches!(after, 'k' | 'q') => {}
            'p' if after == 'h' => self.say("f"),
            _ => self.say(class(c).unwrap_or(other(c).encode_utf8(&mut [0; 4]))),
        }
    }

    /// A vowel letter, which is one of: the vowel at the beginning, a consonant (w, y), a long u that is kept, nothing.
    fn hear_vowel(&mut self, at: usize) {
        let ((before, after), c) = (self.around(at), self.letters[at]);
        // A typed beginning may end in it, so a vowel at the end says nothing.
        let last = self.letters[at..].iter().all(|c| VOWELS.contains(c) || *c == 'و');
        let ending = after == 'ه' && at + 2 == self.letters.len();
        let open = matches!(after, 'ا' | 'و' | 'ي') || ending;
        match c {
            'و' | 'w' if at == 0 => self.say("w"),
            'ي' | 'y' if at == 0 => self.say("y"),
            _ if self.out.is_empty() => self.say("a"),
            'و' if before == 'و' => {}
            'ي' if open => self.say("y"),
            'و' if open => self.say("w"),
            'w' if VOWELS.contains(&after) => self.say("w"),
            'y' | 'i' if "aou".contains(after) => self.say("y"),
            'و' | 'o' | 'u' if !last && !self.out.ends_with('w') && (self.heard > 1 || "اعa".contains(before)) => {
                self.say("w");
            }
            _ => {}
        }
    }
}

/// The class of a consonant. Those that spellings of one name exchange are one: q and k, g and j, emphatic and plain.
fn class(c: char) -> Option<&'static str> {
    Some(match c {
        'b' | 'p' | 'ب' => "b",
        't' | 'ت' | 'ط' => "t",
        'ث' | 'ذ' => "th",
        'g' | 'j' | 'ج' => "g",
        'h' | 'ه' | 'ح' => "h",
        'خ' => "kh",
        'd' | 'د' | 'ض' => "d",
        'r' | 'ر' => "r",
        'z' | 'ز' | 'ظ' => "z",
        's' | 'س' | 'ص' => "s",
        'ش' => "sh",
        'غ' => "gh",
        'f' | 'v' | 'ف' => "f",
        'k' | 'q' | 'c' | 'ق' | 'ك' => "k",
        'x' => "ks",
        'l' | 'ل' => "l",
        'm' | 'م' => "m",
        'n' | 'ن' => "n",
        _ => return None,
    })
}

/// A digit is kept. For a letter of another script there is no rule; its number picks one, so that the word is found by
/// its own spelling.
fn other(c: char) -> char {
    if c.is_ascii_digit() { c } else { char::from(ALPHABET[c as usize % (ALPHABET.len() - 10)]) }
}

/// Every string within one edit of a sound (a character more, less or other, two neighbours exchanged), without itself.
/// Empty for a sound of fewer than three characters, which would be near to most.
#[must_use]
pub fn near(sound: &str) -> Vec<String> {
    let chars: Vec<char> = sound.chars().collect();
    if chars.len() < 3 {
        return Vec::new();
    }
    let mut found = std::collections::BTreeSet::new();
    for at in 0..=chars.len() {
        let (head, tail) = chars.split_at(at);
        let mut add = |middle: &[char], tail: &[char]| found.insert([head, middle, tail].concat());
        for c in ALPHABET.iter().copied().map(char::from) {
            add(&[c], tail);
            if let Some((_, rest)) = tail.split_first() {
                add(&[c], rest);
            }
        }
        if let Some((_, rest)) = tail.split_first() {
            add(&[], rest);
        }
        if let [first, second, rest @ ..] = tail {
            add(&[*second, *first], rest);
        }
    }
    found.remove(&chars);
    found.into_iter().map(String::from_iter).collect()
}

#[cfg(test)]
mod tests;

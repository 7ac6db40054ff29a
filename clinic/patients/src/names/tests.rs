//! The table of `variants.txt` measures the rules; the bounds below are a little under what was measured, so that a
//! rule which makes one name better and ten worse is seen.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// Common names that must not sound alike, in either script.
const APART: &str = "Sara Sami,Khalid Walid,Noura Nadia,Mohammed Mahmoud,Mohammed Ahmed,Ahmed Hamad,Hassan Hussein,Saad Saud,\
    Saad Saeed,Khalid Khulood,Hamad Hamoud,Omar Amr,Omar Amir,Salman Sulaiman,Salman Sultan,Tariq Turki,Salah Saleh,\
    Nawaf Nayef,Fahad Fouad,Fahad Faisal,Majid Mansour,Nasser Mansour,Yousef Younes,Ali Alia,Iman Ayman,Huda Mona,Reem Rania,\
    Layla Salwa,Bandar Badr,Fatima Latifa,Jamal Kamal,Mishal Mashari,Sami Samia,Ibrahim Ismail,Abdullah Abdulaziz,\
    Abdulrahman Abdulaziz,Karim Khadija,Zainab Zain,Hatem Haitham,Ziad Zaid,Rashid Riyadh,Mariam Reem,Maryam Marwan,\
    محمد محمود,محمد أحمد,حسن حسين,سعد سعود,سعد سعيد,خالد خلود,عمر عمرو,سلمان سليمان,طارق تركي,صلاح صالح,\
    عبدالله عبدالعزيز,حاتم هيثم,زياد زيد,سارة سامي,نواف نايف,القحطاني الغامدي,العتيبي الشمري,أيمن إيمان";

/// A name in each line, its Arabic and its Latin spellings between slashes.
fn table() -> Vec<Vec<&'static str>> {
    include_str!("variants.txt").lines().map(|line| line.split('/').collect()).collect()
}

fn sounds(name: &str) -> BTreeSet<String> {
    words(name).iter().map(|word| sound(word)).collect()
}

/// Whether two names share a sound, and whether a sound of one is near to one of the other.
fn meet(one: &str, two: &str) -> (bool, bool) {
    let (one, two) = (sounds(one), sounds(two));
    let reaches =
        |from: &BTreeSet<String>, to: &BTreeSet<String>| from.iter().flat_map(|s| near(s)).any(|s| to.contains(&s));
    let alike = !one.is_disjoint(&two);
    (alike, alike || reaches(&one, &two) || reaches(&two, &one))
}

/// The distance by its definition (optimal string alignment), to check `near` by another way.
fn distance(one: &[char], two: &[char]) -> usize {
    let mut costs = vec![vec![0; two.len() + 1]; one.len() + 1];
    for i in 0..=one.len() {
        for j in 0..=two.len() {
            costs[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let replaced = costs[i - 1][j - 1] + usize::from(one[i - 1] != two[j - 1]);
                let swapped = i > 1 && j > 1 && one[i - 1] == two[j - 2] && one[i - 2] == two[j - 1];
                let swapped = if swapped { costs[i - 2][j - 2] + 1 } else { usize::MAX };
                replaced.min(swapped).min(costs[i - 1][j] + 1).min(costs[i][j - 1] + 1)
            };
        }
    }
    costs[one.len()][two.len()]
}

/// The characters of a sound.
fn letters() -> impl Iterator<Item = char> + Clone {
    ALPHABET.iter().copied().map(char::from)
}

#[test]
fn folding_keeps_letters_and_digits_alone() {
    for (text, folded) in [
        ("  Al-QAHTANI,  José ", "al qahtani jose"),
        ("مُحَمَّـــد", "محمد"),
        ("أإآٱ ؤئ ىة", "اااا وي يه"),
        ("پرویز گل چ ژ ڤ", "برويز كل ج ز ف"),
        ("فاطمة ٠١٢٣٤٥٦٧٨٩ ۰۱۲۳۴۵۶۷۸۹", "فاطمه 0123456789 0123456789"),
        ("علاء شيماء", "علا شيما"),
        ("İstanbul Straße Łódź", "istanbul strasse lodz"),
        ("ʿAbd Allāh", "abd allah"),
        ("علی\u{200c}رضا\u{200f}", "عليرضا"),
        ("ﷲ ﻻ", "الله لا"),
        ("--- 😀", ""),
    ] {
        assert_eq!(fold(text), folded, "{text}");
    }
    for c in '\0'..=char::MAX {
        let once = fold(&format!("{c}x"));
        assert_eq!(fold(&once), once, "{c:?}");
        assert!(once.chars().all(|c| c == ' ' || c.is_alphanumeric()), "{c:?} {once}");
    }
}

#[test]
fn words_of_names() {
    for (name, found) in [
        ("Al-Qahtani", "alqahtani qahtani"),
        ("AlQahtani", "alqahtani qahtani"),
        ("القحطاني", "القحطاني قحطاني"),
        ("Abd Al Rahman", "abdalrahman rahman"),
        ("Abdul Rahman Saleh", "abdulrahman saleh rahman"),
        ("Abdulla Saleh", "abdulla saleh"),
        ("عبد الرحمن", "عبدالرحمن رحمن"),
        ("Khalid bin Fahd Al Saud", "khalid fahd alsaud saud"),
        ("نورة بنت سعد", "نوره سعد"),
        ("bin", "bin"),
        ("Mohammed Al", "mohammed"),
        ("al", "al"),
        ("آل الشيخ", "الشيخ شيخ"),
        ("Ash-Shammari", "ashshammari shammari"),
        ("Salah al-Din", "salah aldin salahaldin din"),
        ("Sa'ad Sa’ad", "saad"),
        ("Ali Alia Elham", "ali alia elham"),
        ("Abu Bakr Ad-Dosari", "abubakr addosari bakr dosari"),
        ("a b c d e f g h i j k l m n", "a b c d e f g h i j k l"),
        ("", ""),
    ] {
        assert_eq!(words(name).join(" "), found, "{name}");
    }
}

#[test]
fn sounds_of_words() {
    for (word, heard) in [
        ("محمد", "mhmd"),
        ("Philippe", "flb"),
        ("عبدالوهاب", "abdwhb"),
        ("Abdul", "abd"),
        ("Mahmou", "mhm"),
        ("محمو", "mhm"),
        ("Abou", "ab"),
        ("Noureddine", "nrdn"),
        ("Hossein", "hsyn"),
        ("حسn", "hsn"),
        ("2nd", "2nd"),
        ("ء", "a"),
        ("Иван", "mdaw"),
        ("", ""),
    ] {
        assert_eq!(sound(word), heard, "{word}");
    }
}

#[test]
fn spellings_of_one_name_meet() {
    let (mut pairs, mut alike) = (0, 0);
    for names in table() {
        for (at, one) in names.iter().enumerate() {
            for two in &names[at + 1..] {
                let (equal, close) = meet(one, two);
                assert!(close, "{one} {:?} and {two} {:?}", sounds(one), sounds(two));
                pairs += 1;
                alike += usize::from(equal);
            }
        }
    }
    // Measured: 1330 of 1354, that is 98.2 %; all are near.
    assert!(table().len() >= 200 && pairs >= 1300, "{pairs} pairs");
    assert!(alike * 1000 >= pairs * 980, "{alike} of {pairs} pairs sound alike");
}

#[test]
fn other_names_sound_other() {
    let mut pairs = 0;
    for names in APART.split(',') {
        let names: Vec<_> = names.split_whitespace().map(sound).collect();
        for (at, one) in names.iter().enumerate() {
            assert!(!names[at + 1..].contains(one), "{names:?}");
            pairs += at;
        }
    }
    assert!(pairs >= 60, "{pairs}");
    // Of some 22 000 pairs. Measured: 43, of which a third are one name in two forms (Khalid and Al-Khalidi).
    let all: Vec<BTreeSet<_>> =
        table().iter().map(|names| names.iter().flat_map(|name| sounds(name)).collect()).collect();
    let later = |at: usize| all[at + 1..].iter();
    let collisions: usize =
        all.iter().enumerate().map(|(at, one)| later(at).filter(|two| !one.is_disjoint(two)).count()).sum();
    assert!(collisions <= 45, "{collisions} pairs of names share a sound");
}

#[test]
fn typed_beginnings_are_beginnings_of_the_sound() {
    let (mut typed, mut found) = (0, 0);
    for name in table().concat().iter().filter(|name| name.is_ascii()) {
        for word in words(name) {
            for end in 3..word.len() {
                typed += 1;
                found += usize::from(sound(&word).starts_with(&sound(&word[..end])));
            }
        }
    }
    // Measured: 2332 of 2407, that is 96.9 %. The rest are the exceptions, and "ch" and "ph" cut in the middle.
    assert!(typed > 1500 && found * 100 >= typed * 96, "{found} of {typed}");
}

#[test]
fn near_is_every_string_at_distance_one() {
    for sound in ["abk", "mmd", "111"] {
        let own: Vec<char> = sound.chars().collect();
        let longer = |shorter: &Vec<Vec<char>>| -> Vec<Vec<char>> {
            shorter.iter().flat_map(|head| letters().map(move |c| [head.as_slice(), &[c]].concat())).collect()
        };
        let two = longer(&letters().map(|c| vec![c]).collect());
        let three = longer(&two);
        let four = longer(&three);
        let all = [two, three, four].concat().into_iter().filter(|other| distance(&own, other) == 1);
        let found = near(sound);
        let distinct: BTreeSet<String> = found.iter().cloned().collect();
        assert_eq!(distinct.len(), found.len());
        assert_eq!(distinct, all.map(String::from_iter).collect());
    }
    assert!(near("ab").is_empty() && near("").is_empty());
}

/// Any text at all, and text that looks like names.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,200}",
        "[\u{600}-\u{6ff}a-zA-Z' 0-9-]{0,200}",
        "((abd|al|bin|abu|عبد|ال|[a-z]{1,7}|[ا-ي]{1,6})[ -]?){0,20}"
    ]
}

proptest! {
    #[test]
    fn any_text_folds_once(text in text()) {
        let once = fold(&text);
        prop_assert_eq!(&fold(&once), &once);
        prop_assert!(once.chars().all(|c| c == ' ' || c.is_alphanumeric()));
        prop_assert!(!once.contains("  ") && once.trim() == once);
    }

    #[test]
    fn any_text_has_words_and_sounds(text in text()) {
        let found = words(&text);
        prop_assert_eq!(&found, &words(&text));
        prop_assert_eq!(found.is_empty(), fold(&text).is_empty());
        prop_assert!(found.len() <= 12 && found.iter().collect::<BTreeSet<_>>().len() == found.len());
        for word in found.iter().chain([&text]) {
            let heard = sound(word);
            prop_assert!(heard.bytes().all(|c| ALPHABET.contains(&c)), "{}", heard);
            prop_assert_eq!(heard.is_empty(), !word.chars().any(char::is_alphanumeric));
            prop_assert_eq!(sound(&fold(word)).is_empty(), fold(word).is_empty());
        }
    }

    #[test]
    fn longer_sounds_are_near_too(one in "[abdfghklmnrstwyz0-9]{4,9}", other in "[abdfghklmnrstwyz0-9]{3,10}", at in any::<u8>()) {
        let own: Vec<char> = one.chars().collect();
        let found = near(&one);
        for near in &found {
            prop_assert_eq!(distance(&own, &near.chars().collect::<Vec<_>>()), 1, "{}", near);
        }
        let mut swapped = own.clone();
        swapped.swap(usize::from(at) % (own.len() - 1), usize::from(at) % (own.len() - 1) + 1);
        for other in [other.chars().collect(), swapped] {
            prop_assert_eq!(found.contains(&String::from_iter(&other)), distance(&own, &other) == 1);
        }
    }
}

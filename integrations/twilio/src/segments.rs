//! How many parts a text takes as a message. A part has 140 octets: 160 characters of seven bits, or 70 of sixteen. What needs
//! more is sent in parts that carry a header of six octets, which leaves 153 or 67.
//!
//! 3GPP TS 23.038, 6.2.1 (the alphabet and its extension) and 6.2.3 (UCS2); TS 23.040, 9.2.3.24.1 (the header of parts). The
//! other alphabets of TS 23.038 are not used: a text is in the default one, or all of it is in UCS2. That of phones is
//! UTF-16: what is outside of the Basic Multilingual Plane takes two units.

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// The default alphabet, seven bits each; characters of its extension take two.
    Gsm7,
    /// Sixteen bits each.
    Ucs2,
}

impl Encoding {
    /// Units of a message that is one part.
    #[must_use]
    pub fn single(self) -> usize {
        match self {
            Self::Gsm7 => 160,
            Self::Ucs2 => 70,
        }
    }

    /// Units of each part of a message that has several.
    #[must_use]
    pub fn each(self) -> usize {
        match self {
            Self::Gsm7 => 153,
            Self::Ucs2 => 67,
        }
    }
}

/// What a text takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// How it is written.
    pub encoding: Encoding,
    /// Its length: septets, or UTF-16 code units.
    pub units: usize,
    /// Its parts; none of a text that is empty.
    pub segments: usize,
    /// Characters because of which it takes UCS2, each once, in the order in which they stand.
    pub forcing: Vec<char>,
}

/// Measures a text.
#[must_use]
pub fn measure(text: &str) -> Measure {
    let mut forcing = Vec::new();
    for character in text.chars().filter(|character| septets(*character).is_none()) {
        if !forcing.contains(&character) {
            forcing.push(character);
        }
    }
    let encoding = if forcing.is_empty() { Encoding::Gsm7 } else { Encoding::Ucs2 };
    let length = |character: char| septets(character).filter(|_| forcing.is_empty()).unwrap_or(character.len_utf16());
    let units = text.chars().map(length).sum();
    let segments = if units <= encoding.single() {
        usize::from(units > 0)
    } else {
        parts(text.chars().map(length), encoding.each())
    };
    Measure { encoding, units, segments, forcing }
}

/// How many parts of a size characters fill that are never cut: the escape stays with what it escapes (TS 23.040), and so do
/// both halves of a surrogate pair.
fn parts(lengths: impl Iterator<Item = usize>, size: usize) -> usize {
    let (parts, _) =
        lengths.fold(
            (1, 0),
            |(parts, filled), length| {
                if filled + length > size { (parts + 1, length) } else { (parts, filled + length) }
            },
        );
    parts
}

/// The default alphabet, without letters and digits of ASCII and the escape.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà";
/// Its extension.
const EXTENSION: &str = "\u{c}^{}\\[~]|€";

/// How many septets a character takes in the default alphabet; nothing when it is not in it.
fn septets(character: char) -> Option<usize> {
    if character.is_ascii_alphanumeric() || BASIC.contains(character) {
        Some(1)
    } else {
        EXTENSION.contains(character).then_some(2)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The table of TS 23.038, 6.2.1, by code: eight rows of sixteen. The escape (1B) stands as what no text has.
    const TABLE: [&str; 8] = [
        "@£$¥èéùìòÇ\nØø\rÅå",
        "Δ_ΦΓΛΩΠΨΣΘΞ\u{fffe}ÆæßÉ",
        " !\"#¤%&'()*+,-./",
        "0123456789:;<=>?",
        "¡ABCDEFGHIJKLMNO",
        "PQRSTUVWXYZÄÖÑÜ§",
        "¿abcdefghijklmno",
        "pqrstuvwxyzäöñüà",
    ];
    /// The table of its extension (6.2.1.1), by code.
    const EXTENDED: [(u8, char); 10] = [
        (0x0a, '\u{c}'),
        (0x14, '^'),
        (0x28, '{'),
        (0x29, '}'),
        (0x2f, '\\'),
        (0x3c, '['),
        (0x3d, '~'),
        (0x3e, ']'),
        (0x40, '|'),
        (0x65, '€'),
    ];
    const ESCAPE: u8 = 0x1b;

    fn code(character: char) -> Option<u8> {
        let all = TABLE.iter().flat_map(|row| row.chars()).zip(0u8..);
        all.filter(|(_, code)| *code != ESCAPE).find(|(known, _)| *known == character).map(|(_, code)| code)
    }

    /// The text as septets, each with whether it may begin a part; nothing when it cannot be written so.
    fn as_septets(text: &str) -> Option<Vec<(u16, bool)>> {
        let mut all = Vec::new();
        for character in text.chars() {
            match (code(character), EXTENDED.iter().find(|(_, known)| *known == character)) {
                (Some(code), _) => all.push((code.into(), true)),
                (None, Some((code, _))) => all.extend([(ESCAPE.into(), true), ((*code).into(), false)]),
                (None, None) => return None,
            }
        }
        Some(all)
    }

    fn as_utf16(text: &str) -> Vec<(u16, bool)> {
        text.encode_utf16().map(|unit| (unit, !(0xdc00..0xe000).contains(&unit))).collect()
    }

    /// The fewest parts, by trying every end of a part: another way than filling one after the other.
    fn fewest(units: &[(u16, bool)], single: usize, each: usize) -> usize {
        if units.len() <= single {
            return usize::from(!units.is_empty());
        }
        let mut least = vec![usize::MAX; units.len() + 1];
        least[0] = 0;
        for end in 1..=units.len() {
            if end == units.len() || units[end].1 {
                least[end] = (end.saturating_sub(each)..end)
                    .map(|from| least[from])
                    .min()
                    .map_or(usize::MAX, |parts| parts.saturating_add(1));
            }
        }
        least[units.len()]
    }

    fn measured_otherwise(text: &str) -> (Encoding, usize, usize) {
        match as_septets(text) {
            Some(units) => (Encoding::Gsm7, units.len(), fewest(&units, 160, 153)),
            None => {
                let units = as_utf16(text);
                (Encoding::Ucs2, units.len(), fewest(&units, 70, 67))
            }
        }
    }

    fn told(text: &str) -> (Encoding, usize, usize) {
        let measure = measure(text);
        (measure.encoding, measure.units, measure.segments)
    }

    #[test]
    fn the_table_has_every_code_once() {
        assert!(TABLE.iter().all(|row| row.chars().count() == 16));
        let mut all: Vec<char> = TABLE.iter().flat_map(|row| row.chars()).chain(EXTENDED.map(|(_, c)| c)).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 138);
        for character in (0..=0x2fff).filter_map(char::from_u32) {
            let expected = as_septets(&character.to_string()).map(|units| units.len());
            assert_eq!(septets(character), expected, "{character:?}");
        }
    }

    #[test]
    fn known_examples() {
        use Encoding::{Gsm7, Ucs2};
        let many = |text: &str, times: usize| text.repeat(times);
        for (text, expected) in [
            (String::new(), (Gsm7, 0, 0)),
            ("Hello".to_owned(), (Gsm7, 5, 1)),
            (many("a", 160), (Gsm7, 160, 1)),
            (many("a", 161), (Gsm7, 161, 2)),
            (many("a", 306), (Gsm7, 306, 2)),
            (many("a", 307), (Gsm7, 307, 3)),
            (many("€", 80), (Gsm7, 160, 1)),
            (many("€", 81), (Gsm7, 162, 2)),
            // 153 is odd: of these each part holds 76
            (many("€", 152), (Gsm7, 304, 2)),
            (many("€", 153), (Gsm7, 306, 3)),
            (format!("{}€{}", many("a", 152), many("a", 152)), (Gsm7, 306, 3)),
            (many("م", 70), (Ucs2, 70, 1)),
            (many("م", 71), (Ucs2, 71, 2)),
            (many("م", 134), (Ucs2, 134, 2)),
            (many("م", 135), (Ucs2, 135, 3)),
            (many("😀", 35), (Ucs2, 70, 1)),
            (many("😀", 36), (Ucs2, 72, 2)),
            // 67 is odd: of these each part holds 33
            (many("😀", 66), (Ucs2, 132, 2)),
            (many("😀", 67), (Ucs2, 134, 3)),
            (many("€", 70) + "م", (Ucs2, 71, 2)),
        ] {
            assert_eq!(told(&text), expected, "{text}");
        }
    }

    #[test]
    fn it_says_which_characters_take_more_room() {
        assert_eq!(measure("naïve – “quoted”, naïve").forcing, ['ï', '–', '“', '”']);
        assert_eq!(measure("ç").forcing, ['ç'], "the capital alone is in the alphabet");
        assert_eq!(measure("Ça coûte 5 €").forcing, ['û']);
        assert!(measure("Käse, 5 € [frisch]").forcing.is_empty());
        assert_eq!(measure("\u{1b}").forcing, ['\u{1b}'], "the escape is no character");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn both_ways_of_measuring_agree(text in "[a-zA-Z0-9 @£Ç\n€^{}|~\\[\\]]{0,500}") {
            prop_assert_eq!(told(&text), measured_otherwise(&text));
        }

        #[test]
        fn and_where_all_characters_are_possible(text in proptest::collection::vec(prop_oneof![Just('a'), Just('€'), Just('م'), Just('😀'), any::<char>()], 0..300)) {
            let text: String = text.into_iter().collect();
            prop_assert_eq!(told(&text), measured_otherwise(&text));
        }

        #[test]
        fn and_at_the_edges(before in 0usize..330, pair in prop_oneof![Just("€"), Just("😀"), Just("م"), Just("a")], after in 0usize..330) {
            let text = format!("{}{pair}{}", "a".repeat(before), "b".repeat(after));
            prop_assert_eq!(told(&text), measured_otherwise(&text));
        }
    }
}

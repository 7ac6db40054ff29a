//! The words of printed documents, and how dates, numbers and names of places are written, in English and Arabic.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use platform::Result;
use platform::error::Error;
use platform::language::Language;
use serde::Deserialize;

const TEXTS: [&str; 2] = [include_str!("en.json"), include_str!("ar.json")];
/// What countries and languages are called: CLDR, as browsers show it (Unicode licence).
const NAMES: [&str; 2] = [include_str!("names.en.json"), include_str!("names.ar.json")];

/// How one language says things. Digits are Latin and the calendar Gregorian in both, as in the interface.
pub struct Words {
    language: Language,
    zone: TimeZone,
    texts: HashMap<String, String>,
    names: Names,
}

#[derive(Deserialize)]
struct Names {
    languages: HashMap<String, String>,
    regions: HashMap<String, String>,
}

impl Words {
    /// The words of a language; instants are told as clocks in the zone show them.
    ///
    /// # Errors
    /// 500 when a catalog is not of its form, or there is no such zone.
    pub fn of(language: Language, zone: &str) -> Result<Self> {
        let at = usize::from(language == Language::Ar);
        Ok(Self {
            language,
            zone: TimeZone::get(zone).map_err(Error::internal)?,
            texts: serde_json::from_str(TEXTS[at]).map_err(Error::internal)?,
            names: serde_json::from_str(NAMES[at]).map_err(Error::internal)?,
        })
    }

    /// ISO 639.
    pub fn code(&self) -> &'static str {
        match self.language {
            Language::En => "en",
            Language::Ar => "ar",
        }
    }

    /// Whether it is Arabic.
    pub fn is_arabic(&self) -> bool {
        self.language == Language::Ar
    }

    /// The text of that key; the key itself where there is none.
    pub fn text(&self, key: &str) -> String {
        self.known(key).unwrap_or(key).to_owned()
    }

    /// The text of that key, if there is one.
    pub fn known(&self, key: &str) -> Option<&str> {
        self.texts.get(key).map(String::as_str)
    }

    /// The text of that key with values in place of `{name}`, each kept apart in its own direction (UAX #9: FSI, PDI).
    pub fn filled(&self, key: &str, values: &[(&str, &str)]) -> String {
        let mut filled = String::new();
        let text = self.text(key);
        let mut rest = text.as_str();
        while let Some((before, behind)) = rest.split_once('{') {
            let (name, after) = behind.split_once('}').unwrap_or((behind, ""));
            let value = values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value);
            filled = format!("{filled}{before}\u{2068}{value}\u{2069}");
            rest = after;
        }
        filled + rest
    }

    /// `21 years`, by the plural rules of CLDR.
    pub fn counted(&self, key: &str, count: i64) -> String {
        let form = format!("{key}_{}", plural(self.language, count));
        self.text(&form).replace("{count}", &count.to_string())
    }

    /// Several values in one line.
    pub fn list(&self, values: &[String]) -> String {
        values.join(&self.text("list"))
    }

    /// `3 Feb 2026`.
    pub fn date(&self, date: Date) -> String {
        let month = self.text(&format!("month.{}", date.month()));
        let [day, year] = [date.day().to_string(), date.year().to_string()];
        self.text("date").replace("{day}", &day).replace("{month}", &month).replace("{year}", &year)
    }

    /// The day that a clock of the practice shows at an instant.
    pub fn day(&self, at: Timestamp) -> Date {
        at.to_zoned(self.zone.clone()).date()
    }

    /// The day and the time of day.
    pub fn instant(&self, at: Timestamp) -> String {
        let date = self.date(self.day(at));
        self.text("instant").replace("{date}", &date).replace("{time}", &self.time(at))
    }

    /// `14:05`, in Arabic with twelve hours.
    pub fn time(&self, at: Timestamp) -> String {
        let local = at.to_zoned(self.zone.clone());
        let half = if local.hour() < 12 { "time.am" } else { "time.pm" };
        match self.known(half) {
            Some(half) => format!("{} {half}", local.strftime("%-I:%M")),
            None => local.strftime("%H:%M").to_string(),
        }
    }

    /// What a country is called (ISO 3166-1 alpha-2).
    pub fn country(&self, code: &str) -> String {
        self.names.regions.get(code).cloned().unwrap_or_else(|| code.to_owned())
    }

    /// What a language is called (ISO 639).
    pub fn language(&self, code: &str) -> String {
        self.names.languages.get(code).cloned().unwrap_or_else(|| code.to_owned())
    }

    /// What of a name and its Arabic is said in this language.
    pub fn local<'a>(&self, name: &'a str, arabic: Option<&'a String>) -> &'a str {
        arabic.filter(|_| self.is_arabic()).map_or(name, String::as_str)
    }
}

/// `+966501234567` as people read it; what is no such number stays as it is.
pub fn phone(number: &str) -> String {
    let parsed = phonenumber::parse(None, number);
    parsed.map_or_else(|_| number.to_owned(), |known| known.format().mode(phonenumber::Mode::International).to_string())
}

/// `1,234.5`: thousands apart, as in both languages.
pub fn number(value: f64) -> String {
    let text = value.to_string();
    let (whole, rest) = text.split_once('.').map_or((text.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let grouped = digits.char_indices().fold(String::new(), |grouped, (i, digit)| {
        let comma = if i > 0 && (digits.len() - i).is_multiple_of(3) { "," } else { "" };
        format!("{grouped}{comma}{digit}")
    });
    rest.map_or_else(|| format!("{sign}{grouped}"), |rest| format!("{sign}{grouped}.{rest}"))
}

/// Whole years, and for those below two whole months, on a day.
pub fn age(words: &Words, born: Date, today: Date) -> String {
    let months = 12 * (i64::from(today.year()) - i64::from(born.year())) + i64::from(today.month() - born.month())
        - i64::from(today.day() < born.day());
    match months.max(0) {
        months @ 0..24 => words.counted("months", months),
        months => words.counted("years", months / 12),
    }
}

/// The plural form of a whole number (CLDR 48, cardinals).
fn plural(language: Language, count: i64) -> &'static str {
    match (language, count, count % 100) {
        (Language::En, 1, _) => "one",
        (Language::En, ..) => "other",
        (Language::Ar, 0, _) => "zero",
        (Language::Ar, 1, _) => "one",
        (Language::Ar, 2, _) => "two",
        (Language::Ar, _, 3..=10) => "few",
        (Language::Ar, _, 11..=99) => "many",
        (Language::Ar, ..) => "other",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::civil::date;

    use super::*;

    fn words(language: Language) -> Words {
        Words::of(language, "Asia/Riyadh").expect("words")
    }

    fn wanted(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
    }

    #[test]
    fn both_languages_say_the_same() {
        let (en, ar) = (words(Language::En), words(Language::Ar));
        let plain = |words: &Words| -> BTreeSet<String> {
            words.texts.keys().map(|key| key.split('_').next().unwrap_or_default().to_owned()).collect()
        };
        let halves = BTreeSet::from(["time.am".to_owned(), "time.pm".to_owned()]);
        assert_eq!(&plain(&en) | &halves, plain(&ar));
        let counts = |key: &str| key.starts_with("years_") || key.starts_with("months_");
        for (key, text) in en.texts.iter().filter(|(key, _)| !counts(key)) {
            let other = ar.known(key).unwrap_or_default();
            assert_eq!(wanted(text), wanted(other), "{key}");
        }
        assert_eq!(en.names.regions.keys().collect::<BTreeSet<_>>(), ar.names.regions.keys().collect::<BTreeSet<_>>());
        assert!(["SA", "AE", "EG", "PK"].iter().all(|code| en.names.regions.contains_key(*code)));
        for form in ["zero", "one", "two", "few", "many", "other"] {
            assert!(ar.known(&format!("years_{form}")).is_some() && ar.known(&format!("months_{form}")).is_some());
        }
    }

    #[test]
    fn dates_are_written_as_the_interface_writes_them() {
        let at: Timestamp = "2026-09-03T22:30:00Z".parse().expect("an instant");
        assert_eq!(words(Language::En).instant(at), "4 Sept 2026, 01:30");
        assert_eq!(words(Language::Ar).instant(at), "4 سبتمبر 2026، 1:30 ص");
    }

    #[test]
    fn ages_are_counted_as_people_do() {
        let (en, ar) = (words(Language::En), words(Language::Ar));
        let today = date(2026, 3, 1);
        for (born, english, arabic) in [
            (date(2026, 3, 2), "0 months", "أقل من شهر"),
            (date(2026, 1, 31), "1 month", "شهر واحد"),
            (date(2024, 3, 2), "23 months", "23 شهرًا"),
            (date(2024, 3, 1), "2 years", "سنتان"),
            (date(2020, 2, 29), "6 years", "6 سنوات"),
            (date(1926, 3, 1), "100 years", "100 سنة"),
            (date(1988, 3, 2), "37 years", "37 سنة"),
        ] {
            assert_eq!((age(&en, born, today).as_str(), age(&ar, born, today).as_str()), (english, arabic));
        }
    }

    #[test]
    fn numbers_are_readable() {
        assert_eq!(phone("+966501234567"), "+966 50 123 4567");
        assert_eq!(phone("12"), "12");
        for (value, shown) in [(0.0, "0"), (999.0, "999"), (1000.0, "1,000"), (-1_234_567.5, "-1,234,567.5")] {
            assert_eq!(number(value), shown);
        }
    }

    #[test]
    fn values_in_sentences_stay_values() {
        let told =
            words(Language::En).filled("printed", &[("name", "{date} #strong[x]"), ("date", "1"), ("zone", "2")]);
        assert_eq!(
            told,
            "Printed by \u{2068}{date} #strong[x]\u{2069} on \u{2068}1\u{2069} (\u{2068}2\u{2069}) · Confidential"
        );
    }
}

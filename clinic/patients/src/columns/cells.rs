//! How values are written into cells, and read from what people and programs write.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Number;
use utoipa::ToSchema;

use crate::names;
use crate::record::fields::{Alert, AlertKind, ContactKind, ContactMethod, PatientStatus, Phone, Sex};

/// In which order a date is written that does not begin with the year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum DateStyle {
    /// 31/12/1990.
    #[default]
    Dmy,
    /// 12/31/1990.
    Mdy,
}

/// What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection").
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// The cell that no spreadsheet takes for a formula: with an apostrophe in front. [`plain`] takes it off again.
#[must_use]
pub fn safe(text: &str) -> Cow<'_, str> {
    if text.trim_start_matches('\'').starts_with(FORMULA) { format!("'{text}").into() } else { text.into() }
}

/// What a cell says, without the apostrophe that keeps it from being a formula. A lone hyphen says nothing.
///
/// # Errors
/// `formula`.
pub fn plain(cell: &str) -> Result<&str, &'static str> {
    let guarded = cell.strip_prefix('\'').filter(|rest| rest.trim_start_matches('\'').starts_with(FORMULA));
    match cell.trim() {
        "-" | "--" => Ok(""),
        trimmed if trimmed.starts_with('=') => Err("formula"),
        _ => Ok(guarded.unwrap_or(cell)),
    }
}

/// Joins items to one cell, semicolons between them.
pub fn join(items: impl Iterator<Item = String>) -> String {
    items.map(|item| item.replace('\\', "\\\\").replace(';', "\\;")).collect::<Vec<_>>().join("; ")
}

/// The items of a cell: between semicolons, or in lines of their own.
pub fn split(cell: &str) -> Vec<String> {
    let (mut items, mut letters) = (vec![String::new()], cell.chars().peekable());
    while let Some(letter) = letters.next() {
        let last = items.len() - 1;
        match letter {
            '\\' if matches!(letters.peek(), Some('\\' | ';')) => items[last].extend(letters.next()),
            ';' | '\n' => items.push(String::new()),
            letter => items[last].push(letter),
        }
    }
    items.into_iter().map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect()
}

/// A number, with a point or a comma before its decimals, in Latin or Arabic digits.
///
/// # Errors
/// `invalid_number`.
pub fn number(cell: &str) -> Result<Number, &'static str> {
    let latin = |c: char| match c {
        '٠'..='٩' => char::from_digit(u32::from(c) - u32::from('٠'), 10),
        '٫' => Some('.'),
        '٬' | ' ' | '\u{a0}' => None,
        c => Some(c),
    };
    let mut text: String = cell.chars().filter_map(latin).collect();
    // a comma is a decimal one where it is the only mark
    text = text.replace(',', if text.contains('.') || text.matches(',').count() > 1 { "" } else { "." });
    text.parse().map_err(|_| "invalid_number")
}

/// A date: year first (also with a time behind it), in the order of `style`, or with the month's name.
///
/// # Errors
/// `hijri` for a year of that calendar, `short_year` for one of two digits, `invalid_date` otherwise.
pub fn date(cell: &str, style: DateStyle) -> Result<Date, &'static str> {
    let folded = names::fold(cell);
    let parts: Vec<&str> = folded.split(' ').collect();
    let number = |part: &str| part.parse::<i16>().ok();
    let (year, month, day) = match parts.as_slice() {
        [digits] if digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            (number(&digits[..4]), number(&digits[4..6]), number(&digits[6..]))
        }
        [year, month, day, ..] if year.len() == 4 && number(year).is_some() => {
            // 1990-02-28T00:00:00
            let day = day.split('t').next().unwrap_or(day);
            (number(year), month_of(month).or(number(month)), number(day))
        }
        [first, second, year, ..] => match (month_of(first), month_of(second)) {
            (Some(month), _) => (number(year), Some(month), number(second)),
            (_, Some(month)) => (number(year), Some(month), number(first)),
            _ if style == DateStyle::Mdy => (number(year), number(first), number(second)),
            _ => (number(year), number(second), number(first)),
        },
        _ => return Err("invalid_date"),
    };
    let (Some(year), Some(month), Some(day)) = (year, month, day) else { return Err("invalid_date") };
    match year {
        0..=99 => return Err("short_year"),
        1300..=1500 => return Err("hijri"),
        _ => {}
    }
    let small = |number: i16| i8::try_from(number).map_err(|_| "invalid_date");
    Date::new(year, small(month)?, small(day)?).map_err(|_| "invalid_date")
}

/// The month of that name, or of its first three letters.
fn month_of(word: &str) -> Option<i16> {
    const LATIN: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    const ARABIC: [&str; 12] =
        ["يناير", "فبراير", "مارس", "ابريل", "مايو", "يونيو", "يوليو", "اغسطس", "سبتمبر", "اكتوبر", "نوفمبر", "ديسمبر"];
    let found = LATIN.iter().position(|month| word.starts_with(month));
    let found = found.or_else(|| ARABIC.iter().position(|month| *month == word))?;
    i16::try_from(found + 1).ok()
}

/// An instant, or the beginning of a day (UTC).
///
/// # Errors
/// As [`date`].
pub fn instant(cell: &str, style: DateStyle) -> Result<Timestamp, &'static str> {
    if let Ok(instant) = cell.parse() {
        return Ok(instant);
    }
    let midnight = date(cell, style)?.to_zoned(jiff::tz::TimeZone::UTC).map_err(|_| "invalid_date")?;
    Ok(midnight.timestamp())
}

/// The value whose words have this one among them.
fn of_words<T: Copy>(cell: &str, table: &[(T, &str)], fault: &'static str) -> Result<T, &'static str> {
    let wanted = names::fold(cell);
    let means = |words: &str| words.split('|').any(|word| names::fold(word) == wanted);
    table.iter().find(|(_, words)| means(words)).map(|(value, _)| *value).ok_or(fault)
}

const YES: &[(bool, &str)] =
    &[(true, "yes|y|true|1|x|granted|agreed|نعم|موافق"), (false, "no|n|false|0|refused|declined|لا|غير موافق|رفض")];

/// Yes or no.
///
/// # Errors
/// `invalid_answer`.
pub fn yes(cell: &str) -> Result<bool, &'static str> {
    of_words(cell, YES, "invalid_answer")
}

const SEXES: &[(Sex, &str)] = &[
    (Sex::Male, "male|m|man|boy|ذكر"),
    (Sex::Female, "female|f|woman|girl|أنثى"),
    (Sex::Other, "other|o|diverse|آخر"),
    (Sex::Unknown, "unknown|u|un|not stated|غير معروف|غير محدد"),
];

/// Administrative gender.
///
/// # Errors
/// `invalid_sex`.
pub fn sex(cell: &str) -> Result<Sex, &'static str> {
    of_words(cell, SEXES, "invalid_sex")
}

const STATUSES: &[(PatientStatus, &str)] = &[
    (PatientStatus::Lead, "lead|prospect|new|مهتم|محتمل"),
    (PatientStatus::Active, "active|current|yes|نشط|فعال"),
    (PatientStatus::Inactive, "inactive|archived|former|no|غير نشط|غير فعال"),
    (PatientStatus::Deceased, "deceased|dead|died|متوفى"),
];

/// Where a patient stands with the practice.
///
/// # Errors
/// `invalid_status`.
pub fn status(cell: &str) -> Result<PatientStatus, &'static str> {
    of_words(cell, STATUSES, "invalid_status")
}

const METHODS: &[(ContactMethod, &str)] = &[
    (ContactMethod::Call, "call|phone|telephone|اتصال|هاتف|مكالمة"),
    (ContactMethod::Sms, "sms|text|text message|رسالة|رسالة نصية"),
    (ContactMethod::Whatsapp, "whatsapp|whats app|واتساب|واتس اب"),
    (ContactMethod::Email, "email|e-mail|mail|بريد|بريد إلكتروني"),
];

/// How somebody wants to be reached.
///
/// # Errors
/// `invalid_contact_method`.
pub fn contact_method(cell: &str) -> Result<ContactMethod, &'static str> {
    of_words(cell, METHODS, "invalid_contact_method")
}

const KINDS: &[(ContactKind, &str)] = &[
    (ContactKind::Mobile, "mobile"),
    (ContactKind::Home, "home"),
    (ContactKind::Work, "work"),
    (ContactKind::Other, "other"),
];

/// A number or an address with what it is for, where that is not the usual, and a star for the preferred one.
pub fn contact(value: &str, kind: ContactKind, preferred: bool) -> String {
    let kind = KINDS.iter().skip(1).find(|(known, _)| *known == kind).map_or("", |(_, word)| word);
    [value, kind, if preferred { "*" } else { "" }].join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What [`contact`] has written.
pub fn read_contact(cell: &str) -> (String, ContactKind, bool) {
    let bare = cell.trim().trim_end_matches('*').trim();
    let preferred = cell.trim().ends_with('*');
    let found = KINDS.iter().find_map(|(kind, word)| Some((bare.strip_suffix(word)?.strip_suffix(' ')?, *kind)));
    let (value, kind) = found.unwrap_or((bare, ContactKind::Mobile));
    (value.trim().to_owned(), kind, preferred)
}

/// The number, one way written or another.
pub fn phone(cell: &str) -> Phone {
    let (number, kind, preferred) = read_contact(cell);
    Phone { number, kind, preferred }
}

/// Alerts of one kind, an exclamation mark before the dangerous ones.
pub fn alerts(all: &[Alert], kind: AlertKind) -> String {
    let written = |alert: &Alert| match alert {
        Alert { severe: true, text, .. } => format!("! {text}"),
        Alert { text, .. } if text.starts_with(['!', '\\']) => format!("\\{text}"),
        Alert { text, .. } => text.clone(),
    };
    join(all.iter().filter(|alert| alert.kind == kind).map(written))
}

/// What [`alerts`] has written.
pub fn read_alerts(cell: &str, kind: AlertKind) -> Vec<Alert> {
    let alert = |item: String| match item.strip_prefix('!') {
        Some(text) => Alert { kind, text: text.trim().to_owned(), severe: true },
        None => {
            let marked = item.strip_prefix('\\').filter(|rest| rest.starts_with(['!', '\\']));
            Alert { kind, text: marked.unwrap_or(&item).to_owned(), severe: false }
        }
    };
    split(cell).into_iter().map(alert).filter(|alert| !alert.text.is_empty()).collect()
}

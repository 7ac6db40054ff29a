//! What a record holds, in words: the practice's own fields, and the fields that the timeline speaks of.

use jiff::Timestamp;
use jiff::civil::Date;
use patients::{Alert, Consent, CustomField, FieldKind, FieldOption, Whole};
use platform::shared::Address;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use super::parts::Line;
use super::words::{Words, number, phone};

/// Before the keys of the practice's own fields in the timeline.
const OWN: &str = "custom.";

/// Between first-strong isolate and its end (UAX #9), so that it keeps its order among our words.
pub fn isolated(value: &str) -> String {
    format!("\u{2068}{value}\u{2069}")
}

/// An address on one line; the country only where it is not `home`.
pub fn address(words: &Words, address: &Address, home: &str) -> String {
    let place = [Some(&address.city), address.region.as_ref(), address.postal_code.as_ref()];
    let place: Vec<&str> = place.into_iter().flatten().map(String::as_str).collect();
    let country = (address.country != home).then(|| words.country(&address.country));
    let parts = [Some(address.line1.clone()), address.line2.clone(), Some(place.join(" ")), country];
    let parts: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    words.list(&parts)
}

/// A value of a practice's own field.
pub fn own(words: &Words, field: &CustomField, value: &Value) -> Line {
    let text = value.as_str().unwrap_or_default();
    let option = |key: &str| {
        let same = |option: &&FieldOption| option.key.as_deref() == Some(key);
        let known = field.options.iter().find(same);
        known.map_or(key, |option| words.local(&option.name, option.name_ar.as_ref())).to_owned()
    };
    match field.kind {
        FieldKind::Number => Line::ltr(number(value.as_f64().unwrap_or_default())),
        FieldKind::Date => Line::plain(text.parse::<Date>().map_or_else(|_| text.to_owned(), |date| words.date(date))),
        FieldKind::DateTime => {
            Line::plain(text.parse::<Timestamp>().map_or_else(|_| text.to_owned(), |at| words.instant(at)))
        }
        FieldKind::Boolean => Line::plain(words.text(if value == true { "yes" } else { "no" })),
        FieldKind::Phone => Line::ltr(phone(text)),
        FieldKind::Email => Line::ltr(text),
        FieldKind::Select => Line::plain(option(text)),
        FieldKind::MultiSelect => {
            let keys = value.as_array().into_iter().flatten().filter_map(Value::as_str);
            Line::plain(words.list(&keys.map(option).collect::<Vec<_>>()))
        }
        FieldKind::Text => Line::plain(text),
    }
}

/// What a field of the timeline is called.
pub fn called(words: &Words, whole: &Whole, field: &str) -> String {
    let own = field.strip_prefix(OWN).and_then(|key| whole.fields.iter().find(|own| own.key == key));
    match own {
        Some(own) => words.local(&own.name, own.name_ar.as_ref()).to_owned(),
        None => words.known(&format!("field.{field}")).unwrap_or(field).to_owned(),
    }
}

/// What a field of the timeline held, in a line; `None` for nothing.
pub fn held(words: &Words, whole: &Whole, home: &str, field: &str, value: Option<&Value>) -> Option<String> {
    let value = value?;
    if let Some(key) = field.strip_prefix(OWN) {
        let own_field = whole.fields.iter().find(|own| own.key == key)?;
        return Some(own(words, own_field, value).text);
    }
    let text = value.as_str().unwrap_or_default();
    let said = match field {
        "birthDate" | "validFrom" | "validTo" => words.date(text.parse().ok()?),
        "sex" | "status" | "eligibility" => words.text(&format!("{field}.{text}")),
        "contactMethod" => words.text(&format!("method.{text}")),
        "language" => words.language(text),
        "nationality" => words.country(text),
        "holderPhone" => phone(text),
        "address" => address(words, &read(value)?, home),
        "phones" => each(words, value, |item| Some(isolated(&phone(item["number"].as_str()?)))),
        "emails" => each(words, value, |item| Some(isolated(item["address"].as_str()?))),
        "cards" => each(words, value, |item| Some(isolated(item["name"].as_str()?))),
        "alerts" => each(words, value, |item| Some(alert(words, &read(item)?))),
        "tags" => each(words, value, |item| tag(whole, item)),
        "consents" => consents(words, value),
        _ if value.is_string() || value.is_number() => value.as_str().map_or_else(|| value.to_string(), str::to_owned),
        _ => "…".to_owned(),
    };
    Some(said).filter(|said| !said.is_empty())
}

fn read<T: DeserializeOwned>(value: &Value) -> Option<T> {
    serde_json::from_value(value.clone()).ok()
}

fn each(words: &Words, value: &Value, said: impl Fn(&Value) -> Option<String>) -> String {
    words.list(&value.as_array().into_iter().flatten().filter_map(said).collect::<Vec<_>>())
}

fn alert(words: &Words, alert: &Alert) -> String {
    let text = isolated(&alert.text);
    if alert.severe { format!("{text} ({})", words.text("alert.severe")) } else { text }
}

fn tag(whole: &Whole, id: &Value) -> Option<String> {
    let id: Uuid = read(id)?;
    Some(whole.tags.iter().find(|(known, ..)| *known == id).map_or("…", |(_, name, _)| name).to_owned())
}

fn consents(words: &Words, value: &Value) -> String {
    let said = ["sms", "email", "calls"].into_iter().filter_map(|channel| {
        let consent: Consent = read(&value[channel])?;
        Some(format!("{}: {}", words.text(&format!("consent.{channel}")), agreed(words, &consent)))
    });
    words.list(&said.collect::<Vec<_>>())
}

/// Agreed or refused.
pub fn agreed(words: &Words, consent: &Consent) -> String {
    words.text(if consent.granted { "consent.granted" } else { "consent.refused" })
}

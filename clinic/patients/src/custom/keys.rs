//! Keys of custom fields and of their options: what stands for them in values, filters and files, for ever.

use std::collections::BTreeSet;

use platform::Result;
use platform::error::{Error, FieldError};
use platform::shared::trimmed;

use super::{CustomField, FieldOption};
use crate::names;

const MOST_OPTIONS: usize = 100;

/// The key that was asked for, or one that is made from the name.
///
/// # Errors
/// 409 `patient_field.key_taken`.
pub fn own_key(others: &[CustomField], name: &str, wanted: Option<&str>) -> Result<String> {
    let taken = |key: &str| others.iter().any(|other| other.key == key);
    match wanted {
        Some(key) if taken(key) => Err(Error::conflict(
            "patient_field.key_taken",
            "There is a field of that key already.",
        )
        .at("/key", "taken", "Choose another key.")),
        Some(key) => Ok(key.to_owned()),
        None => Ok(free_key(name, "field", taken)),
    }
}

/// Options with a key each.
///
/// # Errors
/// 422 where two have the same, and for more than 100.
pub fn keyed(options: Vec<FieldOption>) -> Result<Vec<FieldOption>> {
    if options.len() > MOST_OPTIONS {
        return Err(Error::invalid(vec![FieldError::new("/options", "too_long", "At most 100 options.")]));
    }
    let mut keys: BTreeSet<String> = BTreeSet::new();
    for (i, key) in options.iter().enumerate().filter_map(|(i, option)| Some((i, option.key.clone()?))) {
        if !keys.insert(key) {
            let fault = FieldError::new(format!("/options/{i}/key"), "taken", "Another option has this key.");
            return Err(Error::invalid(vec![fault]));
        }
    }
    let with_key = |option: FieldOption| {
        let key = option.key.unwrap_or_else(|| free_key(&option.name, "option", |key| keys.contains(key)));
        keys.insert(key.clone());
        let name_ar = trimmed(option.name_ar.as_ref()).map(str::to_owned);
        FieldOption { key: Some(key), name: option.name.trim().to_owned(), name_ar, ..option }
    };
    Ok(options.into_iter().map(with_key).collect())
}

/// The new options, if none of the old ones is missing: patients may have them.
///
/// # Errors
/// 422 at `/options`.
pub fn still_there(old: &[FieldOption], new: Vec<FieldOption>) -> Result<Vec<FieldOption>> {
    if old.iter().all(|option| new.iter().any(|other| other.key == option.key)) {
        return Ok(new);
    }
    let fault =
        FieldError::new("/options", "missing", "Patients may have it: archive an option instead of leaving it out.");
    Err(Error::invalid(vec![fault]))
}

/// A key made from a name in Latin letters (`Blood type` is `bloodType`), else from `otherwise`; with a number behind
/// it where it is taken.
fn free_key(name: &str, otherwise: &str, taken: impl Fn(&str) -> bool) -> String {
    let folded = names::fold(name);
    let words = folded.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut key = String::new();
    for word in words.skip_while(|word| word.starts_with(|c: char| c.is_ascii_digit())) {
        let (first, rest) = word.split_at(1);
        key.push_str(&if key.is_empty() { first.to_owned() } else { first.to_ascii_uppercase() });
        key.push_str(rest);
    }
    key.truncate(36);
    if key.is_empty() {
        otherwise.clone_into(&mut key);
    }
    let numbered = (2..).map(|n: u32| format!("{key}{n}"));
    let free = std::iter::once(key.clone()).chain(numbered).find(|key| !taken(key));
    free.unwrap_or(key)
}

/// A key as it may be: it stands in filters and in files.
///
/// # Errors
/// `invalid`.
pub fn plain(value: &str, (): &()) -> garde::Result {
    let plain = value.len() <= 40 && value.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if plain && value.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Ok(());
    }
    Err(garde::Error::new("invalid: Up to 40 Latin letters and digits, beginning with a small letter."))
}

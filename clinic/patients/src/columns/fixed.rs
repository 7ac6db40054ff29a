//! The columns that every practice has.

use std::sync::LazyLock;

use super::cells::{self, join, split};
use super::draft::COUNTRY;
use super::{Column, Draft, Words};
use crate::names;
use crate::record::PatientFields;
use crate::record::fields::{AlertKind, Consent, Consents, Email, PatientStatus};

/// All of them, in the order in which files have them. Whoever adds one says what headings call it.
pub fn columns() -> Vec<Column> {
    [names_and_birth(), contacts(), address(), papers(), clinical(), consents()].into_iter().flatten().collect()
}

type Wrong = Result<(), &'static str>;

/// A column of plain text.
fn text(
    name: &'static str,
    synonyms: &[&str],
    read: fn(&PatientFields) -> Option<&String>,
    place: fn(&mut PatientFields) -> &mut Option<String>,
) -> Column {
    let write = move |draft: &mut Draft, cell: &str, _: &Words| -> Wrong {
        *place(&mut draft.fields) = Some(cell.to_owned());
        Ok(())
    };
    Column::new(name, synonyms, move |fields, _| read(fields).cloned().unwrap_or_default(), write)
}

/// A column whose value is written as the API writes it.
fn word(value: impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn names_and_birth() -> Vec<Column> {
    vec![
        Column::only_in(
            "externalId",
            &[
                "id",
                "number",
                "patient id",
                "patient number",
                "patient no",
                "file no",
                "file number",
                "chart",
                "chart no",
                "mrn",
                "medical record number",
                "external id",
                "رقم الملف",
                "رقم المريض",
            ],
            |draft, cell, _| {
                draft.external_id = Some(cell.to_owned());
                Ok(())
            },
        ),
        Column::only_in(
            "fullName",
            &["name", "full name", "patient name", "patient", "الاسم", "الاسم الكامل", "اسم المريض"],
            |draft, cell, _| {
                (draft.fields.given_name, draft.fields.family_name) = parts_of_name(cell);
                Ok(())
            },
        ),
        Column::new(
            "givenName",
            &["given", "first", "first name", "forename", "الاسم الأول", "الاسم الاول"],
            |fields, _| fields.given_name.clone(),
            |draft, cell, _| {
                cell.clone_into(&mut draft.fields.given_name);
                Ok(())
            },
        ),
        text(
            "familyName",
            &["family", "last", "last name", "surname", "اسم العائلة", "العائلة", "اللقب"],
            |fields| fields.family_name.as_ref(),
            |fields| &mut fields.family_name,
        ),
        text(
            "givenNameOther",
            &["arabic first name", "first name ar", "given name ar", "الاسم بالعربي", "الاسم بالانجليزي"],
            |fields| fields.given_name_other.as_ref(),
            |fields| &mut fields.given_name_other,
        ),
        text(
            "familyNameOther",
            &["arabic last name", "last name ar", "family name ar", "العائلة بالعربي", "العائلة بالانجليزي"],
            |fields| fields.family_name_other.as_ref(),
            |fields| &mut fields.family_name_other,
        ),
        Column::new(
            "birthDate",
            &["birth", "date of birth", "dob", "birthday", "born", "تاريخ الميلاد", "الميلاد"],
            |fields, _| fields.birth_date.map(|date| date.to_string()).unwrap_or_default(),
            |draft, cell, words| {
                draft.fields.birth_date = Some(cells::date(cell, words.dates)?);
                Ok(())
            },
        ),
        Column::new(
            "sex",
            &["gender", "الجنس", "النوع"],
            |fields, _| word(fields.sex),
            |draft, cell, _| {
                draft.fields.sex = cells::sex(cell)?;
                Ok(())
            },
        ),
        Column::new(
            "status",
            &["state of patient", "patient status", "الحالة"],
            |fields, _| word(fields.status),
            |draft, cell, _| {
                draft.fields.status = cells::status(cell)?;
                Ok(())
            },
        ),
        Column::only_in(
            "deceased",
            &["deceased at", "death date", "date of death", "تاريخ الوفاة"],
            |draft, cell, words| {
                if cells::yes(cell).or_else(|_| cells::date(cell, words.dates).map(|_| true))? {
                    draft.fields.status = PatientStatus::Deceased;
                }
                Ok(())
            },
        ),
    ]
}

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

fn contacts() -> Vec<Column> {
    let nth = |name: &'static str, synonyms: &[&str], nth: usize| {
        let read =
            move |fields: &PatientFields, _: &Words| fields.phones.get(nth).map(written_phone).unwrap_or_default();
        Column::new(name, synonyms, read, |draft, cell, _| {
            draft.add_phone(cells::phone(cell));
            Ok(())
        })
    };
    let written_email = |email: &Email| cells::contact(&email.address, email.kind, email.preferred);
    let read_email = |cell: &str| {
        let (address, kind, preferred) = cells::read_contact(cell);
        Email { address, kind, preferred }
    };
    vec![
        nth(
            "phone",
            &[
                "phone number",
                "telephone",
                "tel",
                "mobile",
                "mobile number",
                "mobile no",
                "cell",
                "contact number",
                "whatsapp",
                "الجوال",
                "رقم الجوال",
                "الهاتف",
                "رقم الهاتف",
                "جوال",
                "هاتف",
            ],
            0,
        ),
        nth(
            "phone2",
            &["second phone", "other phone", "home phone", "work phone", "phone 2", "جوال آخر", "هاتف آخر"],
            1,
        ),
        Column::new(
            "otherPhones",
            &["phones", "other phones"],
            |fields, _| join(fields.phones.iter().skip(2).map(written_phone)),
            |draft, cell, _| {
                split(cell).iter().for_each(|item| draft.add_phone(cells::phone(item)));
                Ok(())
            },
        ),
        Column::new(
            "email",
            &["e-mail", "mail", "email address", "e-mail address", "البريد", "البريد الإلكتروني", "الايميل"],
            move |fields, _| fields.emails.first().map(written_email).unwrap_or_default(),
            move |draft, cell, _| {
                draft.fields.emails.push(read_email(cell));
                Ok(())
            },
        ),
        Column::new(
            "otherEmails",
            &["emails", "other e-mails"],
            move |fields, _| join(fields.emails.iter().skip(1).map(written_email)),
            move |draft, cell, _| {
                draft.fields.emails.extend(split(cell).iter().map(|item| read_email(item)));
                Ok(())
            },
        ),
        Column::new(
            "contactMethod",
            &["preferred contact", "contact by", "طريقة التواصل"],
            |fields, _| fields.contact_method.map(word).unwrap_or_default(),
            |draft, cell, _| {
                draft.fields.contact_method = Some(cells::contact_method(cell)?);
                Ok(())
            },
        ),
        Column::new(
            "language",
            &["preferred language", "اللغة"],
            |fields, _| fields.language.clone().unwrap_or_default(),
            |draft, cell, _| {
                match language(cell) {
                    Some(code) => draft.fields.language = Some(code),
                    None => draft.leave("language", cell),
                }
                Ok(())
            },
        ),
    ]
}

fn written_phone(phone: &crate::record::fields::Phone) -> String {
    cells::contact(&phone.number, phone.kind, phone.preferred)
}

fn address() -> Vec<Column> {
    let part = |name: &'static str, synonyms: &[&str], place: usize| {
        let read = move |fields: &PatientFields, _: &Words| {
            Draft::of(PatientFields { address: fields.address.clone(), ..PatientFields::default() }).address[place]
                .clone()
                .unwrap_or_default()
        };
        Column::new(name, synonyms, read, move |draft, cell, _| {
            let known = if place == COUNTRY { country(cell) } else { Some(cell.to_owned()) };
            match known {
                Some(text) => draft.address[place] = Some(text),
                None => draft.leave("addressCountry", cell),
            }
            Ok(())
        })
    };
    vec![
        part("addressLine1", &["address", "line", "street", "address 1", "street address", "العنوان", "الشارع"], 0),
        part("addressLine2", &["address 2", "line 2", "الحي"], 1),
        part("city", &["town", "المدينة"], super::draft::CITY),
        part("region", &["state", "province", "المنطقة"], 3),
        part("postalCode", &["zip", "zip code", "postcode", "الرمز البريدي"], 4),
        part("addressCountry", &["country", "الدولة", "البلد"], COUNTRY),
    ]
}

fn papers() -> Vec<Column> {
    vec![
        text(
            "nationalId",
            &[
                "ssn",
                "id number",
                "national id number",
                "iqama",
                "civil id",
                "identity number",
                "رقم الهوية",
                "الهوية",
                "رقم الإقامة",
            ],
            |fields| fields.national_id.as_ref(),
            |fields| &mut fields.national_id,
        ),
        Column::new(
            "nationality",
            &["citizenship", "الجنسية"],
            |fields, _| fields.nationality.clone().unwrap_or_default(),
            |draft, cell, _| {
                match country(cell) {
                    Some(code) => draft.fields.nationality = Some(code),
                    None => draft.leave("nationality", cell),
                }
                Ok(())
            },
        ),
        text(
            "leadSource",
            &["source", "referral", "referred by", "how did you hear", "المصدر"],
            |fields| fields.lead_source.as_ref(),
            |fields| &mut fields.lead_source,
        ),
        Column::new(
            "tags",
            &["tag", "labels", "groups", "الوسوم"],
            |fields, words| join(fields.tags.iter().filter_map(|id| words.tags.get(id).cloned())),
            |draft, cell, words| {
                for item in split(cell) {
                    let same = |name: &String| name.to_lowercase() == item.to_lowercase();
                    let (id, _) = words.tags.iter().find(|(_, name)| same(name)).ok_or("unknown_tag")?;
                    draft.fields.tags.push(*id);
                }
                Ok(())
            },
        ),
    ]
}

fn clinical() -> Vec<Column> {
    let alerts = |name: &'static str, synonyms: &[&str], kind: AlertKind| {
        Column::new(
            name,
            synonyms,
            move |fields, _| cells::alerts(&fields.alerts, kind),
            move |draft, cell, _| {
                for alert in cells::read_alerts(cell, kind) {
                    let there = draft.fields.alerts.iter().any(|known| known.kind == kind && known.text == alert.text);
                    if !there {
                        draft.fields.alerts.push(alert);
                    }
                }
                Ok(())
            },
        )
    };
    vec![
        alerts("allergies", &["allergy", "الحساسية", "حساسية"], AlertKind::Allergy),
        alerts("conditions", &["condition", "chronic diseases", "diseases", "الأمراض المزمنة"], AlertKind::Condition),
        alerts("medications", &["medication", "drugs", "الأدوية"], AlertKind::Medication),
        alerts("otherAlerts", &["alerts", "warnings", "تنبيهات"], AlertKind::Other),
        text(
            "medicalHistory",
            &["history", "anamnesis", "التاريخ المرضي"],
            |fields| fields.medical_history.as_ref(),
            |fields| &mut fields.medical_history,
        ),
        text(
            "notes",
            &["note", "remarks", "comments", "comment", "ملاحظات"],
            |fields| fields.notes.as_ref(),
            |fields| &mut fields.notes,
        ),
    ]
}

type Channel = fn(&mut Consents) -> &mut Option<Consent>;

/// Three columns for each channel: the answer, since when, how it was given.
fn consents() -> Vec<Column> {
    let of = |names: [&'static str; 3], synonyms: &[&str], channel: Channel| {
        let find = move |fields: &PatientFields| channel(&mut fields.consents.clone()).clone();
        let answer = move |fields: &PatientFields, _: &Words| {
            find(fields).map_or("", |consent| if consent.granted { "yes" } else { "no" }).to_owned()
        };
        let since = move |fields: &PatientFields, _: &Words| {
            find(fields).and_then(|consent| consent.at).map(|at| at.to_string()).unwrap_or_default()
        };
        let source = move |fields: &PatientFields, _: &Words| {
            find(fields).and_then(|consent| consent.source).unwrap_or_default()
        };
        [
            Column::new(names[0], synonyms, answer, move |draft, cell, _| {
                let granted = cells::yes(cell)?;
                // what is known of the same answer stays
                let place = channel(&mut draft.fields.consents);
                if place.as_ref().is_none_or(|known| known.granted != granted) {
                    *place = Some(Consent { granted, at: None, source: None });
                }
                Ok(())
            }),
            Column::new(names[1], &[], since, move |draft, cell, words| {
                let at = cells::instant(cell, words.dates)?;
                if let Some(consent) = channel(&mut draft.fields.consents) {
                    consent.at = Some(at);
                }
                Ok(())
            }),
            Column::new(names[2], &[], source, move |draft, cell, _| {
                if let Some(consent) = channel(&mut draft.fields.consents) {
                    consent.source = Some(cell.to_owned());
                }
                Ok(())
            }),
        ]
    };
    let sms = of(["consentSms", "consentSmsAt", "consentSmsSource"], &["sms consent", "sms"], |all| &mut all.sms);
    let email = of(["consentEmail", "consentEmailAt", "consentEmailSource"], &["email consent"], |all| &mut all.email);
    let calls =
        of(["consentCalls", "consentCallsAt", "consentCallsSource"], &["call consent", "calls"], |all| &mut all.calls);
    sms.into_iter().chain(email).chain(calls).collect()
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

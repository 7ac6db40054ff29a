//! The columns that every practice has.

use super::cells::{self, join, split};
use super::draft::COUNTRY;
use super::words::{country, language, parts_of_name};
use super::{Column, Draft, Words, consents};
use crate::record::PatientFields;
use crate::record::fields::{AlertKind, Email, PatientStatus};

/// All of them, in the order in which files have them. Whoever adds one says what headings call it.
pub fn columns() -> Vec<Column> {
    [names_and_birth(), contacts(), address(), papers(), clinical(), consents::columns()]
        .into_iter()
        .flatten()
        .collect()
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

//! A patient as it is read out of cells, before it is valid.

use jiff::Timestamp;
use platform::shared::Address;
use platform::{extract, undisclosed, validate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::record::fields::{Email, Phone};
use crate::record::{PatientFields, Rules};

/// What is read so far.
#[derive(Clone, Default)]
pub struct Draft {
    /// What has its place in a record.
    pub fields: PatientFields,
    /// The id in the system that the file comes from.
    pub external_id: Option<String>,
    /// The address in parts: first line, second line, city, region, postal code, country.
    pub address: [Option<String>; 6],
    /// What the patient was before.
    before: Option<PatientFields>,
    /// What could not be taken, with the column that it stands in.
    left: Vec<(String, String)>,
}

/// A draft that is valid.
pub struct Finished {
    /// The record.
    pub fields: PatientFields,
    /// The id in the system that the file comes from.
    pub external_id: Option<String>,
    /// What was kept as a note, and other things that somebody may want to look at.
    pub warnings: Vec<Fault>,
}

undisclosed!(Draft, Finished);

/// Something about a row: what is wrong with which column. It never holds the value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Name of the patient's column.
    pub field: String,
    /// Stable name of the fault.
    pub code: String,
}

impl Fault {
    /// A fault of a column.
    pub fn new(field: &str, code: &str) -> Self {
        Self { field: field.to_owned(), code: code.to_owned() }
    }
}

/// What happens with numbers, addresses, languages and countries that are none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Contacts {
    /// They are kept in the patient's notes, and the row says so.
    #[default]
    KeepAsNote,
    /// The row is not entered.
    Refuse,
}

/// Places of the parts of an address.
pub const CITY: usize = 2;
/// Where its country stands.
pub const COUNTRY: usize = 5;

impl Draft {
    /// A draft that begins with what there is.
    pub fn of(fields: PatientFields) -> Self {
        let address = fields.address.clone().map_or_else(Default::default, |address| {
            let Address { line1, line2, city, region, postal_code, country } = address;
            [Some(line1), line2, Some(city), region, postal_code, Some(country)]
        });
        Self { before: Some(fields.clone()), fields, address, ..Self::default() }
    }

    /// Whether it is of somebody who is a patient already.
    pub fn changes_somebody(&self) -> bool {
        self.before.is_some()
    }

    /// Notes what could not be taken.
    pub fn leave(&mut self, column: &str, text: &str) {
        self.left.push((column.to_owned(), text.to_owned()));
    }

    /// Adds a number; one that is there already is settled in the end.
    pub fn add_phone(&mut self, phone: Phone) {
        self.fields.phones.push(phone);
    }

    /// Adds lines to the notes, unless they are there.
    pub fn add_note(&mut self, line: &str) {
        let notes = self.fields.notes.get_or_insert_default();
        if !notes.contains(line) {
            *notes = format!("{notes}\n{line}").trim().to_owned();
        }
    }

    /// The record, as somebody would have entered it.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn finish(mut self, rules: &Rules, now: Timestamp, contacts: Contacts) -> Result<Finished, Vec<Fault>> {
        let mut faults = Vec::new();
        self.settle_contacts(&rules.country, &mut faults);
        self.settle_address(&rules.country, &mut faults);
        if contacts == Contacts::Refuse && !faults.is_empty() {
            return Err(faults);
        }
        for (column, text) in std::mem::take(&mut self.left) {
            if !text.is_empty() {
                self.add_note(&format!("{column}: {text}"));
            }
        }
        let before = self.before.as_ref();
        let tidied = extract::check(&self.fields).and_then(|()| self.fields.clone().tidied(rules, before, now));
        match tidied {
            Ok(fields) => Ok(Finished { fields, external_id: self.external_id, warnings: faults }),
            Err(error) => {
                let wrong =
                    error.into_faults().into_iter().map(|fault| Fault::new(&column_of(&fault.pointer), &fault.code));
                Err(wrong.collect())
            }
        }
    }

    /// Numbers and addresses in their one written way, each once; what is none is left.
    fn settle_contacts(&mut self, country: &str, faults: &mut Vec<Fault>) {
        let mut phones: Vec<Phone> = Vec::new();
        for phone in std::mem::take(&mut self.fields.phones) {
            match validate::phone(&phone.number, country, "") {
                Ok(number) if phones.iter().any(|known| known.number == number) => {}
                Ok(number) => phones.push(Phone { number, ..phone }),
                Err(_) => {
                    faults.push(Fault::new("phone", "invalid_phone"));
                    self.leave("phone", &phone.number);
                }
            }
        }
        self.fields.phones = phones;
        let mut emails: Vec<Email> = Vec::new();
        for email in std::mem::take(&mut self.fields.emails) {
            if validate::email(&email.address, &()).is_err() {
                faults.push(Fault::new("email", "invalid_email"));
                self.leave("email", &email.address);
            } else if !emails.iter().any(|known| known.address == email.address) {
                emails.push(email);
            }
        }
        self.fields.emails = emails;
        faults.extend(self.left.iter().filter_map(|(column, _)| match column.as_str() {
            "language" => Some(Fault::new(column, "invalid_language")),
            "birthDate" => Some(Fault::new(column, "partial_date")),
            "coverage" => Some(Fault::new(column, "policy")),
            "nationality" | "addressCountry" => Some(Fault::new(column, "invalid_country")),
            _ => None,
        }));
    }

    /// An address has a first line and a city; parts without these are left.
    fn settle_address(&mut self, country: &str, faults: &mut Vec<Fault>) {
        let parts = std::mem::take(&mut self.address);
        if parts[..COUNTRY].iter().all(Option::is_none) {
            return;
        }
        let all = parts.iter().flatten().cloned().collect::<Vec<_>>().join(", ");
        match parts {
            [Some(line1), line2, Some(city), region, postal_code, own] => {
                let country = own.unwrap_or_else(|| country.to_owned());
                self.fields.address = Some(Address { line1, line2, city, region, postal_code, country });
            }
            _ => {
                faults.push(Fault::new("city", "incomplete_address"));
                self.leave("address", &all);
            }
        }
    }
}

/// The column that a part of the record belongs to.
fn column_of(pointer: &str) -> String {
    let mut parts = pointer.trim_start_matches('/').split('/');
    let column = match (parts.next().unwrap_or_default(), parts.next()) {
        ("custom", Some(key)) => return format!("custom.{key}"),
        ("phones", _) => "phone",
        ("emails", _) => "email",
        ("alerts", _) => "allergies",
        ("address", Some("line1")) => "addressLine1",
        ("address", Some("line2")) => "addressLine2",
        ("address", Some("country")) => "addressCountry",
        ("address", Some(part)) => part,
        ("consents", Some("sms")) => "consentSms",
        ("consents", Some("email")) => "consentEmail",
        ("consents", _) => "consentCalls",
        (field, _) => field,
    };
    column.to_owned()
}

/// What a code says, in English.
pub fn message(code: &str) -> &'static str {
    match code {
        "required" => "This must not be empty.",
        "too_long" => "This is too long.",
        "out_of_range" => "A date of birth is between 1850 and today.",
        "formula" => "This cell is a formula; put what it results in.",
        "invalid_date" => "This is not a date, or not in the chosen order of day and month.",
        "partial_date" => "A date of birth has a day and a month; what there is is kept in the notes.",
        "short_year" => "Write the year in four digits.",
        "hijri" => "This looks like a Hijri date; write the Gregorian one.",
        "invalid_answer" => "Write yes or no.",
        "invalid_sex" => "Write male, female, other or unknown.",
        "invalid_status" => "Write lead, active, inactive or deceased.",
        "invalid_contact_method" => "Write call, sms, whatsapp or email.",
        "invalid_number" => "This is not a number.",
        "unknown_option" | "unknown" => "Choose from the options of the field.",
        "unknown_tag" => "There is no such tag; make it first.",
        "invalid_phone" => "This is no phone number of that country, nor an international one.",
        "invalid_email" => "This is not an e-mail address.",
        "invalid_language" => "This language is not known; use a code of ISO 639.",
        "invalid_country" => "This country is not known; use a code of ISO 3166.",
        "incomplete_address" => "An address needs a street and a city.",
        "cells" => "This row has more or fewer cells than the heading.",
        "no_patient" => "The patient that this belongs to is not in the import.",
        "not_a_resource" => "This is not such a resource of FHIR R4.",
        "policy" => "A policy needs a payer and a member's number.",
        _ => "This is not right.",
    }
}

//! What a patient's record consists of: one definition for entering, changing and reading it.

use garde::Validate;
use jiff::Timestamp;
use jiff::civil::Date;
use platform::db::TenantTx;
use platform::error::{Error, FieldError};
use platform::shared::Address;
use platform::{Result, undisclosed, validate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::custom::{self, CustomField};

/// What is entered about a patient.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct PatientFields {
    /// Given names, as the patient writes them.
    #[garde(length(chars, max = 80), custom(validate::line))]
    #[schema(required)]
    pub given_name: String,
    /// Family name; some people have none.
    #[garde(inner(length(chars, max = 80), custom(validate::line)))]
    pub family_name: Option<String>,
    /// Given names in the other script (Arabic or Latin).
    #[garde(inner(length(chars, max = 80), custom(validate::line)))]
    pub given_name_other: Option<String>,
    /// Family name in the other script.
    #[garde(inner(length(chars, max = 80), custom(validate::line)))]
    pub family_name_other: Option<String>,
    /// Date of birth.
    #[garde(inner(custom(born)))]
    #[schema(format = Date, value_type = Option<String>)]
    pub birth_date: Option<Date>,
    /// Administrative gender (FHIR R4 `AdministrativeGender`).
    #[garde(skip)]
    pub sex: Sex,
    /// Telephone numbers; at most one is preferred, else the first.
    #[garde(length(max = 10), dive)]
    pub phones: Vec<Phone>,
    /// E-mail addresses; at most one is preferred, else the first.
    #[garde(length(max = 10), dive)]
    pub emails: Vec<Email>,
    /// Where the patient lives.
    #[garde(dive)]
    pub address: Option<Address>,
    /// How the patient wants to be reached.
    #[garde(skip)]
    pub contact_method: Option<ContactMethod>,
    /// Language to speak and write in, ISO 639 (`ar`, `en`, `ur`, `fil`).
    #[garde(inner(custom(language_code)))]
    pub language: Option<String>,
    /// National id, residence permit or passport number. Encrypted.
    #[garde(inner(length(chars, max = 40), custom(validate::line)))]
    pub national_id: Option<String>,
    /// Nationality, ISO 3166-1 alpha-2. Encrypted.
    #[garde(inner(custom(validate::country)))]
    pub nationality: Option<String>,
    /// Allergies, and what else everybody who meets the patient must know.
    #[garde(length(max = 50), dive)]
    pub alerts: Vec<Alert>,
    /// Medical history. Encrypted.
    #[garde(inner(length(chars, max = 20_000), custom(validate::text)))]
    pub medical_history: Option<String>,
    /// Remarks. Encrypted.
    #[garde(inner(length(chars, max = 20_000), custom(validate::text)))]
    pub notes: Option<String>,
    /// How the patient came to the practice.
    #[garde(inner(length(chars, max = 80), custom(validate::line)))]
    pub lead_source: Option<String>,
    /// Where the patient stands with the practice.
    #[garde(skip)]
    pub status: PatientStatus,
    /// What the patient agreed to be sent.
    #[garde(dive)]
    pub consents: Consents,
    /// Tags, by id.
    #[garde(length(max = 30))]
    pub tags: Vec<Uuid>,
    /// What the practice keeps besides, by the keys of its fields (`/api/v1/patient-fields`).
    #[garde(length(max = 100))]
    #[schema(value_type = BTreeMap<String, serde_json::Value>)]
    pub custom: custom::Values,
}

undisclosed!(PatientFields, Phone, Email, Alert);

/// Administrative gender.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Sex {
    /// Male.
    Male,
    /// Female.
    Female,
    /// Neither.
    Other,
    /// Nobody has asked or said.
    #[default]
    Unknown,
}

/// Where a patient stands with the practice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum PatientStatus {
    /// Has asked and not come yet.
    Lead,
    /// Comes to the practice.
    #[default]
    Active,
    /// Does not come any more.
    Inactive,
    /// Has died.
    Deceased,
}

/// How a patient wants to be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum ContactMethod {
    /// By telephone.
    Call,
    /// By text message.
    Sms,
    /// By WhatsApp.
    Whatsapp,
    /// By e-mail.
    Email,
}

/// Whose or what for a number or an address is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ContactKind {
    /// A mobile.
    #[default]
    Mobile,
    /// At home.
    Home,
    /// At work.
    Work,
    /// Anything else.
    Other,
}

/// A telephone number.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Phone {
    /// Given as it is dialled in the practice's country or with `+`; kept in E.164.
    #[garde(length(chars, min = 3, max = 40))]
    pub number: String,
    /// What for.
    #[garde(skip)]
    #[serde(default)]
    pub kind: ContactKind,
    /// The one to use first.
    #[garde(skip)]
    #[serde(default)]
    pub preferred: bool,
}

/// An e-mail address.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Email {
    /// The address.
    #[garde(custom(validate::email))]
    pub address: String,
    /// What for.
    #[garde(skip)]
    #[serde(default)]
    pub kind: ContactKind,
    /// The one to use first.
    #[garde(skip)]
    #[serde(default)]
    pub preferred: bool,
}

/// What everybody who meets the patient must know.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Alert {
    /// Of what kind.
    #[garde(skip)]
    pub kind: AlertKind,
    /// What it says.
    #[garde(length(chars, max = 200), custom(validate::line))]
    pub text: String,
    /// Dangerous.
    #[garde(skip)]
    #[serde(default)]
    pub severe: bool,
}

/// Kinds of alerts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum AlertKind {
    /// An allergy or intolerance.
    Allergy,
    /// A condition.
    Condition,
    /// A medication.
    Medication,
    /// Anything else.
    Other,
}

/// What a patient agreed to or refused, by channel; null where nobody has asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Consents {
    /// Calls.
    #[garde(dive)]
    pub calls: Option<Consent>,
    /// E-mail.
    #[garde(dive)]
    pub email: Option<Consent>,
    /// Text messages.
    #[garde(dive)]
    pub sms: Option<Consent>,
}

/// An agreement or a refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// Agreed or refused.
    #[garde(skip)]
    pub granted: bool,
    /// Since when; now, when it is left out.
    #[garde(skip)]
    #[serde(default)]
    pub at: Option<Timestamp>,
    /// How it was given: on paper, by phone, online.
    #[garde(inner(length(chars, max = 80), custom(validate::line)))]
    #[serde(default)]
    pub source: Option<String>,
}

/// Nobody was born before.
pub const OLDEST: Date = Date::constant(1850, 1, 1);

fn born(date: &Date, (): &()) -> garde::Result {
    if *date >= OLDEST {
        return Ok(());
    }
    Err(garde::Error::new("out_of_range: A date of birth is not before 1850."))
}

fn language_code(value: &str, (): &()) -> garde::Result {
    if (2..=3).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Ok(());
    }
    Err(garde::Error::new("invalid: This is not a language code of ISO 639."))
}

/// What a record must fit besides: where the practice is, and the fields of its own.
pub struct Rules {
    /// The country that numbers without a country code belong to.
    pub country: String,
    /// The practice's own fields, archived ones included.
    pub custom: Vec<CustomField>,
}

impl Rules {
    /// Those of the practice.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn of(tx: &mut TenantTx) -> Result<Self> {
        Ok(Self { country: country(tx).await?, custom: custom::all(tx).await? })
    }
}

impl PatientFields {
    /// The one written way of everything: trimmed, numbers in E.164, at most one preferred, consents with their instant.
    /// `before` is what an older record has.
    ///
    /// # Errors
    /// 422 at the numbers that are none, for a date of birth that is still to come, at the practice's own fields.
    pub fn tidied(mut self, rules: &Rules, before: Option<&Self>, now: Timestamp) -> Result<Self> {
        let texts = [&mut self.family_name, &mut self.given_name_other, &mut self.family_name_other];
        for text in texts.into_iter().chain([&mut self.national_id, &mut self.lead_source]).flatten() {
            *text = text.trim().to_owned();
        }
        self.given_name = self.given_name.trim().to_owned();
        let mut faults: Vec<FieldError> = Vec::new();
        // east of here it is tomorrow already
        let latest = now.to_zoned(jiff::tz::TimeZone::UTC).date().tomorrow().unwrap_or(Date::MAX);
        if self.birth_date.is_some_and(|date| date > latest) {
            faults.push(FieldError::new("/birthDate", "out_of_range", "A date of birth is not in the future."));
        }
        for (i, phone) in self.phones.iter_mut().enumerate() {
            match validate::phone(&phone.number, &rules.country, &format!("/phones/{i}/number")) {
                Ok(number) => phone.number = number,
                Err(error) => faults.extend(error.into_faults()),
            }
        }
        let had = before.map(|before| &before.custom);
        match custom::tidied(&rules.custom, std::mem::take(&mut self.custom), had, &rules.country) {
            Ok(custom) => self.custom = custom,
            Err(others) => faults.extend(others),
        }
        if !faults.is_empty() {
            return Err(Error::invalid(faults));
        }
        one_preferred(self.phones.iter_mut().map(|phone| &mut phone.preferred));
        for email in &mut self.emails {
            email.address = email.address.trim().to_owned();
        }
        one_preferred(self.emails.iter_mut().map(|email| &mut email.preferred));
        for consent in
            [&mut self.consents.sms, &mut self.consents.email, &mut self.consents.calls].into_iter().flatten()
        {
            consent.at.get_or_insert(now);
        }
        self.tags.sort_unstable();
        self.tags.dedup();
        Ok(self)
    }

    /// The number to call first.
    pub fn phone(&self) -> Option<&str> {
        let preferred = self.phones.iter().find(|phone| phone.preferred).or(self.phones.first());
        preferred.map(|phone| phone.number.as_str())
    }

    /// The address to write to first.
    pub fn email(&self) -> Option<&str> {
        let preferred = self.emails.iter().find(|email| email.preferred).or(self.emails.first());
        preferred.map(|email| email.address.as_str())
    }
}

fn one_preferred<'a>(marks: impl Iterator<Item = &'a mut bool>) {
    let mut found = false;
    for mark in marks {
        *mark &= !found;
        found |= *mark;
    }
}

/// The country that numbers without a country code belong to.
///
/// # Errors
/// 503 when the database is away.
pub async fn country(tx: &mut TenantTx) -> Result<String> {
    let practice = tx.practice();
    Ok(sqlx::query_scalar!("select country from platform.practice where practice_id = $1", practice)
        .fetch_one(tx.conn())
        .await?)
}

//! Who booked at Cal.com: somebody whom the practice knows, by name and by address or number, or somebody new. Where it could
//! be several, it is somebody new, and who they may be is proposed as for everybody.

use calcom::Person;
use patients::lookup::{Criteria, NamePart, NameWanted};
use patients::{Email, Patient, PatientFields, Phone};
use platform::db::TenantTx;
use platform::id::PatientId;
use platform::{Result, validate};

/// Finds or enters them, without the practice's own fields that are required: nobody has asked them there.
///
/// # Errors
/// 422 for what cannot be entered.
pub async fn find_or_enter(tx: &mut TenantTx, person: &Person) -> Result<PatientId> {
    let fields = fields(tx, person).await?;
    let mut known: Vec<PatientId> = Vec::new();
    let name =
        NameWanted { part: NamePart::Any, text: full(&fields.given_name, fields.family_name.as_deref()), exact: false };
    let by_email = fields.email().map(|email| Criteria { emails: vec![vec![email.to_owned()]], ..Criteria::default() });
    let by_phone = fields.phone().map(|phone| Criteria { phones: vec![vec![phone.to_owned()]], ..Criteria::default() });
    for criteria in [by_email, by_phone].into_iter().flatten() {
        let criteria = Criteria { names: vec![vec![name.clone()]], ..criteria };
        let (found, _) = patients::lookup::patients(tx, &criteria, None, 10).await?;
        known.extend(found.iter().filter(|patient| is_called(patient, &name.text)).map(|patient| patient.id));
    }
    known.sort_unstable();
    known.dedup();
    match known[..] {
        [one] => Ok(one),
        _ => Ok(patients::enter_introduced(tx, &fields).await?.id),
    }
}

fn full(given: &str, family: Option<&str>) -> String {
    format!("{given} {}", family.unwrap_or_default())
}

/// Whether this is their whole name, in either script.
fn is_called(patient: &Patient, name: &str) -> bool {
    let plain = |name: &str| name.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>();
    let fields = &patient.fields;
    let own = full(&fields.given_name, fields.family_name.as_deref());
    let other = full(fields.given_name_other.as_deref().unwrap_or_default(), fields.family_name_other.as_deref());
    [own, other].iter().any(|own| plain(own) == plain(name))
}

/// What is entered of them; what is not of the form that it should have is left out rather than the visit lost.
async fn fields(tx: &mut TenantTx, person: &Person) -> Result<PatientFields> {
    let line = |text: &str, most: usize| {
        let text: String = text.chars().filter(|letter| !letter.is_control()).take(most).collect();
        Some(text.trim().to_owned()).filter(|text| !text.is_empty() && validate::line(text, &()).is_ok())
    };
    let country = practice::practice(tx).await?.country;
    let phone = person.phone.as_ref().and_then(|phone| validate::phone(phone, &country, "").ok());
    let email = person.email.clone().filter(|email| validate::email(email, &()).is_ok());
    let language = person
        .language
        .clone()
        .filter(|language| (2..=3).contains(&language.len()) && language.bytes().all(|byte| byte.is_ascii_lowercase()));
    Ok(PatientFields {
        given_name: line(&person.given_name, 80).unwrap_or_else(|| "Cal.com".to_owned()),
        family_name: person.family_name.as_deref().and_then(|name| line(name, 80)),
        phones: phone.into_iter().map(|number| Phone { number, kind: Default::default(), preferred: true }).collect(),
        emails: email.into_iter().map(|address| Email { address, kind: Default::default(), preferred: true }).collect(),
        language,
        lead_source: Some("Cal.com".to_owned()),
        ..PatientFields::default()
    })
}

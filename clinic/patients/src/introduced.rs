//! Somebody who says who they are and has no account: a patient of the practice, or a new one.
//!
//! Known is only who gives the number, the date of birth and the name of a patient, all three; anything less would let
//! strangers in on whoever shares a number or a name. Whoever calls this tells neither which of the two it was.

use jiff::civil::Date;
use platform::db::TenantTx;
use platform::error::Error;
use platform::id::PatientId;
use platform::{Result, extract, undisclosed};
use serde_json::json;

use crate::custom;
use crate::names;
use crate::reach::{MessageChannel, with_phone};
use crate::record::fields::{Consent, Consents, country};
use crate::record::{self, Patient, PatientFields, Rules};
use crate::terms;

/// The patient who has all of the first number, the date of birth and the name of these fields; of several the one who
/// was entered first. The name may be in either script, and its words in any order.
///
/// # Errors
/// 422 at a number that is none.
pub async fn known(tx: &mut TenantTx, who: &PatientFields) -> Result<Option<PatientId>> {
    let (Some(born), Some(phone)) = (who.birth_date, who.phones.first()) else { return Ok(None) };
    let number = platform::validate::phone(&phone.number, &country(tx).await?, "/phones/0/number")?;
    let practice = tx.practice();
    let rows = sqlx::query!(
        "select p.id, p.given_name, p.family_name, p.given_name_other, p.family_name_other
           from patients.term t join patients.patient p on p.practice_id = t.practice_id and p.id = t.patient_id
          where t.practice_id = $1 and t.kind = 'phone' and t.term = $2 and p.birth_date = $3 and p.deleted_at is null
          order by p.number limit 50",
        practice,
        terms::last_first(&number),
        jiff_sqlx::Date::from(born) as _,
    )
    .fetch_all(tx.conn())
    .await?;
    let wanted = words(&who.given_name, who.family_name.as_deref());
    // a name without letters is nobody's
    let is_it = |given: &str, family: Option<&str>| !wanted.is_empty() && words(given, family) == wanted;
    let found = rows.iter().find(|row| {
        is_it(&row.given_name, row.family_name.as_deref())
            || is_it(row.given_name_other.as_deref().unwrap_or_default(), row.family_name_other.as_deref())
    });
    Ok(found.map(|row| PatientId(row.id)))
}

/// The words of a name, folded, in the order of the alphabet: people put all of it into one field, or the family first.
fn words(given: &str, family: Option<&str>) -> Vec<String> {
    let folded = names::fold(&format!("{given} {}", family.unwrap_or_default()));
    let mut words: Vec<String> = folded.split_whitespace().map(str::to_owned).collect();
    words.sort_unstable();
    words
}

/// What somebody says of themselves who calls.
#[derive(Clone, Default)]
pub struct Introduction {
    /// The number that they call from, or are called at, E.164. It is the network that says so, not they.
    pub number: Option<String>,
    /// Their name, in either script, its words in any order.
    pub name: Option<String>,
    /// Their date of birth.
    pub born: Option<Date>,
}

undisclosed!(Introduction);

/// The one patient who has that number, and whose name and date of birth are those that were said, where any were; or the
/// one who has both that name and that date of birth. Nobody where it could be several.
///
/// # Errors
/// 503 when the database is away.
pub async fn recognise(tx: &mut TenantTx, who: &Introduction) -> Result<Option<PatientId>> {
    let by_number = match &who.number {
        Some(number) => with_phone(tx, number).await?,
        None => Vec::new(),
    };
    let practice = tx.practice();
    let rows = sqlx::query!(
        r#"select p.id, p.given_name, p.family_name, p.given_name_other, p.family_name_other,
                  p.birth_date as "birth_date: jiff_sqlx::Date"
             from patients.patient p
            where p.practice_id = $1 and p.deleted_at is null and (p.id = any($2) or p.birth_date = $3)
            order by p.number limit 500"#,
        practice,
        &by_number.iter().map(|id| id.uuid()).collect::<Vec<_>>(),
        who.born.map(jiff_sqlx::Date::from) as _,
    )
    .fetch_all(tx.conn())
    .await?;
    let wanted = who.name.as_deref().map(|name| words(name, None)).filter(|words| !words.is_empty());
    let (mut near, mut told) = (Vec::new(), Vec::new());
    for row in rows {
        let id = PatientId(row.id);
        let is_named = |words_of: &Vec<String>| {
            words(&row.given_name, row.family_name.as_deref()) == *words_of
                || words(row.given_name_other.as_deref().unwrap_or_default(), row.family_name_other.as_deref())
                    == *words_of
        };
        let is_born = |day: Date| row.birth_date.map(|own| own.to_jiff()) == Some(day);
        let (named, born) = (wanted.as_ref().map(is_named), who.born.map(is_born));
        if by_number.contains(&id) && named.unwrap_or(true) && born.unwrap_or(true) {
            near.push(id);
        }
        if named == Some(true) && born == Some(true) {
            told.push(id);
        }
    }
    let only = |all: &[PatientId]| all.first().copied().filter(|_| all.len() == 1);
    Ok(only(&near).or_else(|| only(&told)))
}

/// Enters somebody who has introduced themselves. The practice's own fields that are required stay empty: nobody has
/// asked them yet.
///
/// # Errors
/// 422 for what is not valid in this practice.
pub async fn enter(tx: &mut TenantTx, who: &PatientFields) -> Result<Patient> {
    extract::check(who)?;
    let mut rules = Rules::of(tx).await?;
    for field in &mut rules.custom {
        field.required = false;
    }
    let tidied = who.clone().tidied(&rules, None, tx.now())?;
    record::enter_all(tx, &rules.custom, vec![tidied], json!({})).await?.pop().ok_or_else(Error::not_found)
}

/// Notes what a patient agreed to where nobody has asked them yet. What they once said, to staff perhaps, stays: who
/// introduces themselves has proved nothing.
///
/// # Errors
/// 404.
pub async fn agree(tx: &mut TenantTx, id: PatientId, to: &Consents) -> Result<()> {
    let before = record::find(tx, id, true).await?;
    let had = &before.fields.consents;
    let consents = Consents {
        calls: had.calls.clone().or_else(|| to.calls.clone()),
        email: had.email.clone().or_else(|| to.email.clone()),
        sms: had.sms.clone().or_else(|| to.sms.clone()),
    };
    if consents == *had {
        return Ok(());
    }
    let fields = PatientFields { consents, ..before.fields.clone() };
    let after = Patient { fields, version: before.version + 1, updated_at: tx.now(), ..before.clone() };
    let own = custom::all(tx).await?;
    record::change_all(tx, &own, &[(before, after)], "patient.changed", json!({})).await
}

/// Notes what a patient has decided themselves, by a way that shows that it is them: in answer to a message. Unlike
/// [`agree`] it stands in place of what they said before.
///
/// # Errors
/// 404.
pub async fn decide(
    tx: &mut TenantTx,
    id: PatientId,
    channel: MessageChannel,
    granted: bool,
    source: &'static str,
) -> Result<()> {
    let of_channel: fn(&mut Consents) -> &mut Option<Consent> = match channel {
        MessageChannel::Email => |consents| &mut consents.email,
        MessageChannel::Sms => |consents| &mut consents.sms,
    };
    set(tx, id, of_channel, granted, source).await
}

/// Notes that a patient has said in a call that they want no more calls of this kind.
///
/// # Errors
/// 404.
pub async fn refuse_calls(tx: &mut TenantTx, id: PatientId, source: &'static str) -> Result<()> {
    set(tx, id, |consents| &mut consents.calls, false, source).await
}

async fn set(
    tx: &mut TenantTx,
    id: PatientId,
    of_channel: fn(&mut Consents) -> &mut Option<Consent>,
    granted: bool,
    source: &'static str,
) -> Result<()> {
    let before = record::find(tx, id, true).await?;
    let mut consents = before.fields.consents.clone();
    let of_channel = of_channel(&mut consents);
    if of_channel.as_ref().is_some_and(|consent| consent.granted == granted) {
        return Ok(());
    }
    *of_channel = Some(Consent { granted, at: Some(tx.now()), source: Some(source.to_owned()) });
    let fields = PatientFields { consents, ..before.fields.clone() };
    let after = Patient { fields, version: before.version + 1, updated_at: tx.now(), ..before.clone() };
    let own = custom::all(tx).await?;
    record::change_all(tx, &own, &[(before, after)], "patient.changed", json!({})).await
}

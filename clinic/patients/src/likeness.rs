//! When two patients are likely one: the same national id, or the same name with the same date of birth, number or
//! e-mail address. Two different national ids, or two different dates of birth beside the same number, are two people.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;
use platform::db::TenantTx;
use platform::{Result, undisclosed};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::record::{self, PatientFields};
use crate::terms;

/// Why two are likely one, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "camelCase")]
#[sqlx(type_name = "text", rename_all = "camelCase")]
pub enum Rule {
    /// The same row of the same source.
    Origin,
    /// The same national id.
    NationalId,
    /// The same name and date of birth.
    NameAndBirthDate,
    /// The same name and phone number.
    NameAndPhone,
    /// The same name and e-mail address.
    NameAndEmail,
}

impl Rule {
    /// The word for it in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Origin => "origin",
            Self::NationalId => "nationalId",
            Self::NameAndBirthDate => "nameAndBirthDate",
            Self::NameAndPhone => "nameAndPhone",
            Self::NameAndEmail => "nameAndEmail",
        }
    }
}

/// What a patient is compared by.
#[derive(Clone)]
pub struct Likeness {
    national_id: Option<String>,
    name: String,
    birth_date: Option<Date>,
    /// Numbers and addresses, as terms.
    reach: BTreeSet<(&'static str, String)>,
}

undisclosed!(Likeness);

impl Likeness {
    /// Of what is known of a patient.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn of(tx: &mut TenantTx, fields: &PatientFields) -> Result<Self> {
        let national_id = match &fields.national_id {
            Some(number) => Some(record::national_id_blind(tx, number).await?),
            None => None,
        };
        let reach = terms::of(fields).into_iter().filter(|(kind, _)| [terms::PHONE, terms::EMAIL].contains(kind));
        let name = record::name_key(fields);
        Ok(Self { national_id, name, birth_date: fields.birth_date, reach: reach.collect() })
    }

    /// Why these two are likely one, if they are.
    pub fn with(&self, other: &Self) -> Option<Rule> {
        let both_ids = self.national_id.is_some() && other.national_id.is_some();
        if both_ids {
            return (self.national_id == other.national_id).then_some(Rule::NationalId);
        }
        if self.name != other.name {
            return None;
        }
        let both_born = self.birth_date.is_some() && other.birth_date.is_some();
        if both_born && self.birth_date != other.birth_date {
            return None;
        }
        let shared = |wanted: &str| self.reach.intersection(&other.reach).any(|(kind, _)| *kind == wanted);
        match () {
            () if both_born => Some(Rule::NameAndBirthDate),
            () if shared(terms::PHONE) => Some(Rule::NameAndPhone),
            () if shared(terms::EMAIL) => Some(Rule::NameAndEmail),
            () => None,
        }
    }
}

/// Somebody of the practice who is likely one of those that were asked for.
#[derive(Clone, Copy, Debug)]
pub struct Like {
    /// Which of those.
    pub at: usize,
    /// Who.
    pub patient: Uuid,
    /// Why.
    pub rule: Rule,
}

/// Who of the practice is likely one of these, whoever is deleted left out; the surest first.
///
/// # Errors
/// 503 when the database is away.
pub async fn find(tx: &mut TenantTx, wanted: &[Likeness]) -> Result<Vec<Like>> {
    let practice = tx.practice();
    let places: Vec<i32> = (0..).take(wanted.len()).collect();
    let (mut of, mut kinds, mut reach) = (Vec::new(), Vec::new(), Vec::new());
    for (place, likeness) in places.iter().zip(wanted) {
        for (kind, term) in &likeness.reach {
            of.push(*place);
            kinds.push(*kind);
            reach.push(term.as_str());
        }
    }
    let rows = sqlx::query!(
        r#"with wanted as materialized (
               select * from unnest($2::int[], $3::text[], $4::text[], $5::date[]) w (place, national_id, name, born)),
           reach as materialized (
               select * from unnest($6::int[], $7::text[], $8::text[]) r (place, kind, term))
           select w.place as "place!", p.id as "id!", 'id' as "why!"
             from wanted w join patients.patient p on p.practice_id = $1 and p.national_id_blind = w.national_id
            where p.deleted_at is null
           union all
           select w.place, p.id,
                  case when p.birth_date = w.born then 'birth'
                       else (select max(t.kind) from reach r
                               join patients.term t on t.practice_id = $1 and t.patient_id = p.id and t.kind = r.kind
                                and t.term = r.term
                              where r.place = w.place) end
             from wanted w join patients.patient p on p.practice_id = $1 and p.name_key = w.name
            where p.deleted_at is null and (p.national_id_blind is null or w.national_id is null)
              and (p.birth_date = w.born or (p.birth_date is null or w.born is null) and exists (
                   select from reach r join patients.term t on t.practice_id = $1 and t.patient_id = p.id
                      and t.kind = r.kind and t.term = r.term where r.place = w.place))"#,
        practice,
        &places,
        &wanted.iter().map(|one| one.national_id.as_deref()).collect::<Vec<_>>() as _,
        &wanted.iter().map(|one| one.name.as_str()).collect::<Vec<_>>() as _,
        &wanted.iter().map(|one| one.birth_date.map(jiff_sqlx::Date::from)).collect::<Vec<_>>() as _,
        &of,
        &kinds as _,
        &reach as _,
    )
    .fetch_all(tx.conn())
    .await?;
    let rule = |why: &str| match why {
        "id" => Rule::NationalId,
        "birth" => Rule::NameAndBirthDate,
        terms::EMAIL => Rule::NameAndEmail,
        _ => Rule::NameAndPhone,
    };
    let mut found: Vec<Like> = rows
        .into_iter()
        .map(|row| Like { at: usize::try_from(row.place).unwrap_or(0), patient: row.id, rule: rule(&row.why) })
        .collect();
    found.sort_by_key(|like| (like.at, like.rule, like.patient));
    Ok(found)
}

/// Those that were met so far, to find who comes twice.
#[derive(Default)]
pub struct Seen {
    all: Vec<(i32, Likeness)>,
    by: HashMap<String, Vec<usize>>,
}

/// Of one name at most so many are compared: beyond that it is no name.
const NAMESAKES: usize = 200;

impl Seen {
    /// The number under which somebody like this was added, and why they are alike.
    pub fn find(&self, likeness: &Likeness) -> Option<(i32, Rule)> {
        let keys = likeness.keys();
        let met = keys.iter().filter_map(|key| self.by.get(key)).flat_map(|places| places.iter().take(NAMESAKES));
        met.filter_map(|place| self.all.get(*place))
            .filter_map(|(number, other)| Some((*number, likeness.with(other)?)))
            .min_by_key(|(number, rule)| (*rule, *number))
    }

    /// Adds somebody under a number.
    pub fn add(&mut self, number: i32, likeness: Likeness) {
        for key in likeness.keys() {
            self.by.entry(key).or_default().push(self.all.len());
        }
        self.all.push((number, likeness));
    }
}

impl Likeness {
    fn keys(&self) -> Vec<String> {
        let id = self.national_id.iter().map(|id| format!("id {id}"));
        id.chain([format!("name {}", self.name)]).collect()
    }
}

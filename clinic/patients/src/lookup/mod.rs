//! Patients as other systems ask for them: by what they know of somebody, in the order of the latest changes, so that
//! nobody is missed who changes while the pages are read.

mod policies;

use std::ops::Range;

use jiff::Timestamp;
use jiff::civil::Date;
use platform::db::TenantTx;
use platform::filter::Kind;
use platform::id::PatientId;
use platform::page::{Order, Sort};
use platform::{Result, undisclosed, validate};
use sqlx::{FromRow, Postgres, QueryBuilder};
use uuid::Uuid;

use crate::record::{self, Patient};
use crate::{names, terms};

pub use policies::{PolicyCriteria, policies, policy};

/// What another system knows of somebody. All of it must hold; of each inner list, one is enough.
#[derive(Clone, Default)]
pub struct Criteria {
    /// Ids.
    pub ids: Vec<Vec<Uuid>>,
    /// Names.
    pub names: Vec<Vec<NameWanted>>,
    /// Numbers by which somebody is known.
    pub identifiers: Vec<Vec<IdentifierWanted>>,
    /// Telephone numbers, as they are dialled in the practice's country or with `+`.
    pub phones: Vec<Vec<String>>,
    /// E-mail addresses, in any case.
    pub emails: Vec<Vec<String>>,
    /// Days between which somebody was born, the last one excluded.
    pub born: Vec<Vec<Range<Date>>>,
    /// Instants between which the record was changed last, the last one excluded.
    pub changed: Vec<Vec<Range<Timestamp>>>,
}

/// A name, or the beginning of one.
#[derive(Clone)]
pub struct NameWanted {
    /// In which part of the name.
    pub part: NamePart,
    /// What it is. Words are compared by their beginnings, folded, with and without the article.
    pub text: String,
    /// The part of the name is this, letter by letter.
    pub exact: bool,
}

/// A part of a name, in either script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamePart {
    /// Any of it.
    Any,
    /// The given names.
    Given,
    /// The family name.
    Family,
}

/// A number by which somebody is known.
#[derive(Clone)]
pub enum IdentifierWanted {
    /// The practice's number for the patient.
    Number(i64),
    /// A national id, in full.
    NationalId(String),
}

undisclosed!(Criteria, NameWanted, IdentifierWanted, Row);

#[derive(FromRow)]
struct Row {
    id: Uuid,
    updated_at: jiff_sqlx::Timestamp,
    given_name: String,
    family_name: Option<String>,
    given_name_other: Option<String>,
    family_name_other: Option<String>,
}

const CHANGED: &[Sort] = &[Sort { name: "updatedAt", column: "p.updated_at", kind: Kind::Instant }];

/// Rows that are read at once where names must be looked at one by one.
const CHUNK: u32 = 2000;

/// A page of those who fit and are not deleted, the one whose change is the longest ago first, and the cursor of the
/// next page.
///
/// # Errors
/// 422 at `?cursor` for one that is none.
pub async fn patients(
    tx: &mut TenantTx,
    wanted: &Criteria,
    cursor: Option<&str>,
    limit: u32,
) -> Result<(Vec<Patient>, Option<String>)> {
    let page = Order::parse(CHANGED, None, cursor, limit)?;
    let sifted = wanted.names.iter().flatten().any(NameWanted::is_sifted);
    let rows = if sifted { sift(tx, wanted, cursor, limit).await? } else { rows(tx, wanted, &page).await? };
    let (rows, next) = page.cut(rows, place)?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut patients = record::find_all(tx, &ids, false).await?;
    patients.sort_by_key(|patient| (patient.updated_at, patient.id));
    Ok((patients, next))
}

/// The patient, deleted or not.
///
/// # Errors
/// 404.
pub async fn patient(tx: &mut TenantTx, id: PatientId) -> Result<Patient> {
    record::find(tx, id, false).await
}

async fn rows(tx: &mut TenantTx, wanted: &Criteria, order: &Order) -> Result<Vec<Row>> {
    let mut query = QueryBuilder::new(
        "select p.id, p.updated_at, p.given_name, p.family_name, p.given_name_other, p.family_name_other
           from patients.patient p where p.practice_id = ",
    );
    query.push_bind(tx.practice()).push(" and p.deleted_at is null");
    wanted.push(tx, &mut query).await?;
    order.push("p.id", &mut query)?;
    Ok(query.build_query_as().fetch_all(tx.conn()).await?)
}

/// What is found by a word of a name need not have it in the part that was asked for: that is seen here.
async fn sift(tx: &mut TenantTx, wanted: &Criteria, cursor: Option<&str>, limit: u32) -> Result<Vec<Row>> {
    let (mut found, mut next) = (Vec::new(), cursor.map(str::to_owned));
    loop {
        let order = Order::parse(CHANGED, None, next.as_deref(), CHUNK)?;
        let (rows, rest) = order.cut(rows(tx, wanted, &order).await?, place)?;
        let fits = |row: &Row| wanted.names.iter().all(|any| any.iter().any(|name| name.fits(row)));
        found.extend(rows.into_iter().filter(fits));
        if rest.is_none() || found.len() > limit as usize {
            found.truncate(limit as usize + 1);
            return Ok(found);
        }
        next = rest;
    }
}

fn place(row: &Row, _: &str) -> (serde_json::Value, Uuid) {
    (row.updated_at.to_jiff().to_string().into(), row.id)
}

impl Criteria {
    /// Adds the conditions on a patient `p`.
    async fn push(&self, tx: &mut TenantTx, query: &mut QueryBuilder<Postgres>) -> Result<()> {
        let practice = tx.practice();
        for ids in &self.ids {
            query.push(" and p.id = any(").push_bind(ids.clone()).push(")");
        }
        // as arrays, which PostgreSQL makes once: how many they will be it cannot guess, and would look each patient of
        // the practice up among them
        for names in &self.names {
            query.push(" and p.id = any(array(select null::uuid where false");
            for name in names {
                query.push(" union all (");
                name.push(practice, query);
                query.push(")");
            }
            query.push("))");
        }
        for identifiers in &self.identifiers {
            push_identifiers(tx, identifiers, query).await?;
        }
        for phones in &self.phones {
            let country = record::fields::country(tx).await?;
            let numbers = phones.iter().filter_map(|phone| validate::phone(phone, &country, "").ok());
            push_terms(practice, terms::PHONE, numbers.map(|number| terms::last_first(&number)).collect(), query);
        }
        for emails in &self.emails {
            push_terms(practice, terms::EMAIL, emails.iter().map(|email| email.to_lowercase()).collect(), query);
        }
        for ranges in &self.born {
            push_ranges("p.birth_date", ranges, |day| jiff_sqlx::Date::from(*day), query);
        }
        for ranges in &self.changed {
            push_ranges("p.updated_at", ranges, |at| jiff_sqlx::Timestamp::from(*at), query);
        }
        Ok(())
    }
}

async fn push_identifiers(
    tx: &mut TenantTx,
    wanted: &[IdentifierWanted],
    query: &mut QueryBuilder<Postgres>,
) -> Result<()> {
    let (mut numbers, mut blind) = (Vec::new(), Vec::new());
    for one in wanted {
        match one {
            IdentifierWanted::Number(number) => numbers.push(*number),
            IdentifierWanted::NationalId(id) => blind.push(record::national_id_blind(tx, id).await?),
        }
    }
    query.push(" and (p.number = any(").push_bind(numbers);
    query.push(") or p.national_id_blind = any(").push_bind(blind).push("))");
    Ok(())
}

fn push_terms(practice: Uuid, kind: &'static str, terms: Vec<String>, query: &mut QueryBuilder<Postgres>) {
    query.push(" and p.id = any(array(select t.patient_id from patients.term t where t.practice_id = ");
    query.push_bind(practice);
    query.push(" and t.kind = ").push_bind(kind).push(" and t.term = any(").push_bind(terms).push(")))");
}

/// Adds that a column is within one of these ranges.
fn push_ranges<T, S>(column: &str, ranges: &[Range<T>], sql: impl Fn(&T) -> S, query: &mut QueryBuilder<Postgres>)
where
    S: sqlx::Type<Postgres> + for<'q> sqlx::Encode<'q, Postgres> + Send + 'static,
{
    query.push(" and (false");
    for range in ranges {
        query.push(format_args!(" or {column} >= ")).push_bind(sql(&range.start));
        query.push(format_args!(" and {column} < ")).push_bind(sql(&range.end));
    }
    query.push(")");
}

impl NameWanted {
    /// Adds a query for the ids of those who have words like these anywhere in their names.
    fn push(&self, practice: Uuid, query: &mut QueryBuilder<Postgres>) {
        let parts = names::parts(&self.text);
        if parts.is_empty() {
            query.push("select null::uuid where false");
        }
        for (i, words) in parts.iter().enumerate() {
            query.push(if i == 0 { "(" } else { " intersect (" });
            for (i, word) in words.iter().enumerate() {
                query.push(if i == 0 { "" } else { " union all " });
                query.push("select t.patient_id from patients.term t where t.practice_id = ").push_bind(practice);
                query.push(" and t.kind = ").push_bind(terms::NAME).push(" and t.term >= ").push_bind(word.clone());
                query.push(" and t.term < ").push_bind(format!("{word}\u{10FFFF}"));
            }
            query.push(")");
        }
    }

    /// Whether more is asked for than the index knows.
    fn is_sifted(&self) -> bool {
        self.exact || self.part != NamePart::Any
    }

    fn fits(&self, row: &Row) -> bool {
        let given = [Some(&row.given_name), row.given_name_other.as_ref()];
        let family = [row.family_name.as_ref(), row.family_name_other.as_ref()];
        let parts = match self.part {
            NamePart::Any => given.into_iter().chain(family).collect::<Vec<_>>(),
            NamePart::Given => given.to_vec(),
            NamePart::Family => family.to_vec(),
        };
        let wanted = names::parts(&self.text);
        let mut parts = parts.into_iter().flatten();
        if self.exact {
            return parts.any(|part| *part == self.text);
        }
        if self.part == NamePart::Any {
            // the index has said so, whichever parts the words are in
            return true;
        }
        parts.any(|part| {
            let words = names::words(part);
            wanted.iter().all(|word| word.iter().any(|word| words.iter().any(|own| own.starts_with(word.as_str()))))
        })
    }
}

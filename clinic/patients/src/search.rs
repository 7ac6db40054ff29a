//! Finding patients while somebody types.

use garde::Validate;
use platform::db::TenantTx;
use platform::extract::Body;
use platform::guard::Can;
use platform::permission::patients as may;
use platform::routes::{Json, Routes};
use platform::{Result, route, undisclosed};
use serde::{Deserialize, Serialize};
use sqlx::{Postgres, QueryBuilder};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::list::{COLUMNS, PatientItem, PatientRow, look};
use crate::{names, record, terms};

/// The route of the search.
pub fn routes() -> Routes {
    Routes::new().route(route!(search))
}

/// What somebody has typed so far.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct PatientSearch {
    /// Part of a name in any spelling, last digits of a number, an e-mail address, a patient number, a national id.
    #[garde(length(chars, max = 120))]
    q: String,
    /// How many at most.
    #[garde(range(min = 1, max = 50))]
    #[serde(default = "few")]
    #[schema(default = 10, minimum = 1, maximum = 50)]
    limit: u32,
}

undisclosed!(PatientSearch, Wanted);

fn few() -> u32 {
    10
}

/// Who was found, the best first.
#[derive(Debug, Serialize, ToSchema)]
struct PatientsFound {
    items: Vec<PatientItem>,
}

/// Find patients while typing. Who was found is written to the ledger.
#[utoipa::path(post, path = "/api/v1/patients/search", tag = "patients", request_body = PatientSearch,
    responses((status = 200, body = PatientsFound)))]
async fn search(who: Can<may::Read>, Body(asked): Body<PatientSearch>) -> Result<Json<PatientsFound>> {
    who.read_recorded(async move |tx| {
        let wanted = Wanted::read(tx, &asked.q).await?;
        let mut items = find(tx, &wanted, asked.limit).await?;
        if items.is_empty()
            && let Some(wanted) = wanted.mistyped()
        {
            items = find(tx, &wanted, asked.limit).await?;
        }
        look(tx, &items, true, &[]).await?;
        Ok(Json(PatientsFound { items }))
    })
    .await
}

/// Candidates for each thing typed. Beyond that many, nobody finds anybody without typing on, and each of them is a row to
/// be fetched from wherever it lies.
const CANDIDATES: u32 = 500;

/// What is looked for: every needle must be found.
pub struct Wanted {
    needles: Vec<Needle>,
}

/// One thing typed; any of its forms will do.
#[derive(Default)]
struct Needle {
    /// Beginnings of terms, by kind.
    beginnings: Vec<(&'static str, String)>,
    /// Sounds that are one slip away.
    slips: Vec<String>,
    number: Option<i64>,
    national_id: Option<String>,
}

impl Wanted {
    /// Reads what was typed.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn read(tx: &mut TenantTx, q: &str) -> Result<Self> {
        let q = q.trim();
        let compact = names::compact(q);
        if q.contains('@') {
            let beginnings = vec![(terms::EMAIL, q.to_lowercase())];
            return Ok(Self { needles: vec![Needle { beginnings, ..Needle::default() }] });
        }
        if !compact.is_empty() && compact.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Self { needles: vec![Needle::of_digits(tx, &compact).await?] });
        }
        let mut needles: Vec<Needle> = names::parts(q).iter().map(|words| Needle::of_part(words)).collect();
        if let [needle] = needles.as_mut_slice()
            && compact.bytes().any(|byte| byte.is_ascii_digit())
        {
            needle.national_id = Some(record::national_id_blind(tx, q).await?);
        }
        Ok(Self { needles })
    }

    /// The same with one slip of the finger in each word; none when nothing of it is long enough to guess.
    fn mistyped(&self) -> Option<Self> {
        let slipped = |needle: &Needle| {
            let sounds = needle.beginnings.iter().filter(|(kind, _)| *kind == terms::SOUND);
            // the first letter is seldom the wrong one, and without it too many would be near
            let like = |near: &String, sound: &str| near.as_bytes().first() == sound.as_bytes().first();
            let near =
                |sound: &str| names::near(sound).into_iter().filter(|near| like(near, sound)).collect::<Vec<_>>();
            let slips: Vec<String> = sounds.flat_map(|(_, sound)| near(sound)).collect();
            Needle { beginnings: needle.beginnings.clone(), slips, ..Needle::default() }
        };
        let needles: Vec<Needle> = self.needles.iter().map(slipped).collect();
        needles.iter().any(|needle| !needle.slips.is_empty()).then_some(Self { needles })
    }

    /// Adds the condition that a patient `p` is one of those.
    pub fn push(&self, practice: Uuid, query: &mut QueryBuilder<Postgres>) {
        query.push(" and ");
        self.push_among(practice, None, query);
    }

    /// Whether `p` is one of those; of what is typed alone at most the first so many are looked at.
    fn push_among(&self, practice: Uuid, limit: Option<u32>, query: &mut QueryBuilder<Postgres>) {
        let limit = limit.filter(|_| self.needles.len() == 1);
        query.push("p.id in (");
        for (i, needle) in self.needles.iter().enumerate() {
            // each side is small beside the table, and PostgreSQL hashes it; as conditions one by one it would look each
            // of the first ones up among the others
            query.push(if i == 0 { "(" } else { " intersect (" });
            needle.push(practice, limit, query);
            query.push(")");
        }
        query.push(if self.needles.is_empty() { "null)" } else { ")" });
    }

    /// The same as it was typed, without what only sounds like it, and without the numbers of relatives.
    fn exact(&self) -> Self {
        let exact = |needle: &Needle| Needle {
            beginnings: needle
                .beginnings
                .iter()
                .filter(|(kind, _)| ![terms::SOUND, terms::KIN].contains(kind))
                .cloned()
                .collect(),
            number: needle.number,
            ..Needle::default()
        };
        Self { needles: self.needles.iter().map(exact).collect() }
    }
}

impl Needle {
    async fn of_digits(tx: &mut TenantTx, digits: &str) -> Result<Self> {
        let mut needle = Self { number: digits.parse().ok(), ..Self::default() };
        // the zero in front of a local number, and the zeros in front of a country code, are not part of what is kept
        let significant = digits.trim_start_matches('0');
        if significant.len() >= 3 {
            let ends = terms::last_first(significant);
            needle.beginnings = vec![(terms::PHONE, ends.clone()), (terms::KIN, ends)];
        }
        needle.national_id = Some(record::national_id_blind(tx, digits).await?);
        Ok(needle)
    }

    /// A part of a name: its words as typed, and how they sound. Sounds of one letter would meet nearly everybody.
    fn of_part(words: &[String]) -> Self {
        let mut beginnings = Vec::new();
        for word in words {
            beginnings.push((terms::NAME, word.clone()));
            let sound = (terms::SOUND, names::sound(word));
            if sound.1.chars().count() >= 2 && !beginnings.contains(&sound) {
                beginnings.push(sound);
            }
        }
        Self { beginnings, ..Self::default() }
    }

    /// A query for the ids of who has it in any form.
    fn push(&self, practice: Uuid, limit: Option<u32>, query: &mut QueryBuilder<Postgres>) {
        query.push("select null::uuid where false");
        for (kind, beginning) in &self.beginnings {
            query
                .push(" union all (select t.patient_id from patients.term t where t.practice_id = ")
                .push_bind(practice);
            query.push(" and t.kind = ").push_bind((*kind).to_owned());
            query.push(" and t.term >= ").push_bind(beginning.clone());
            query.push(" and t.term < ").push_bind(format!("{beginning}\u{10FFFF}"));
            if let Some(limit) = limit {
                query.push(format_args!(" order by t.term limit {limit}"));
            }
            query.push(")");
        }
        if !self.slips.is_empty() {
            query
                .push(" union all select t.patient_id from patients.term t where t.practice_id = ")
                .push_bind(practice);
            query.push(" and t.kind = ").push_bind(terms::SOUND);
            query.push(" and t.term = any(").push_bind(self.slips.clone()).push(")");
        }
        if let Some(number) = self.number {
            // a number that was given stays with whoever its patient was merged into
            query
                .push(" union all select coalesce(n.merged_into, n.id) from patients.patient n where n.practice_id = ");
            query.push_bind(practice).push(" and n.number = ").push_bind(number);
        }
        if let Some(blind) = &self.national_id {
            query.push(" union all select n.id from patients.patient n where n.practice_id = ").push_bind(practice);
            query.push(" and n.national_id_blind = ").push_bind(blind.clone());
        }
    }
}

async fn find(tx: &mut TenantTx, wanted: &Wanted, limit: u32) -> Result<Vec<PatientItem>> {
    let practice = tx.practice();
    let mut query = QueryBuilder::new("select ");
    query.push(COLUMNS).push(" from patients.patient p where p.practice_id = ").push_bind(practice);
    query.push(" and p.deleted_at is null and ");
    wanted.push_among(practice, Some(CANDIDATES), &mut query);
    // who has the words as they were typed comes before who only sounds like it
    query.push(" order by ");
    wanted.exact().push_among(practice, Some(CANDIDATES), &mut query);
    query.push(format_args!(" desc, p.name_key, p.id limit {limit}"));
    let rows: Vec<PatientRow> = query.build_query_as().fetch_all(tx.conn()).await?;
    Ok(rows.into_iter().map(|row| row.item).collect())
}

#[cfg(test)]
mod tests {
    //! Finding as the front desk does it: with whatever the patient says first.

    use platform::testing::Person;
    use serde_json::{Value, json};

    use crate::testing::{enter, start};

    async fn found(person: &Person, q: &str) -> Vec<String> {
        let found = person.post("/api/v1/patients/search", &json!({ "q": q })).await.expect(200);
        let name = |item: &Value| item["givenName"].as_str().expect("a name").to_owned();
        found["items"].as_array().expect("items").iter().map(name).collect()
    }

    async fn clinic() -> (platform::testing::TestServer, Person) {
        let (server, owner) = start().await;
        for patient in [
            json!({ "givenName": "Mohammed", "familyName": "Al-Qahtani", "phones": [{ "number": "0501234567" }], "nationalId": "1098765432" }),
            json!({ "givenName": "محمد", "familyName": "العتيبي", "emails": [{ "address": "M.Otaibi@example.com" }] }),
            json!({ "givenName": "Sara", "familyName": "Al-Qahtani", "nationalId": "A12 34567" }),
            json!({ "givenName": "عبد الرحمن", "familyName": "الزهراني", "phones": [{ "number": "0559876543" }] }),
        ] {
            enter(&owner, &patient).await;
        }
        (server, owner)
    }

    #[tokio::test]
    async fn by_names_in_any_spelling() {
        let (_server, owner) = clinic().await;
        for (q, expected) in [
            ("moh", vec!["Mohammed"]),
            ("moham", vec!["Mohammed", "محمد"]),
            ("MUHAMMAD", vec!["Mohammed", "محمد"]),
            ("محمد", vec!["محمد", "Mohammed"]),
            ("mohamad otaibi", vec!["محمد"]),
            ("qahtani", vec!["Mohammed", "Sara"]),
            ("al qahtani sara", vec!["Sara"]),
            ("القحطاني", vec!["Mohammed", "Sara"]),
            ("abdulrahman", vec!["عبد الرحمن"]),
            ("Abdul Rahman Zahrani", vec!["عبد الرحمن"]),
            ("sara otaibi", vec![]),
            ("", vec![]),
            ("  - ", vec![]),
        ] {
            assert_eq!(found(&owner, q).await, expected, "{q}");
        }
    }

    #[tokio::test]
    async fn by_a_slip_of_the_finger_when_nothing_else_is_found() {
        let (_server, owner) = clinic().await;
        assert_eq!(found(&owner, "qahtnai").await, ["Mohammed", "Sara"]);
        assert_eq!(found(&owner, "mogammed qahtani").await, ["Mohammed"]);
        assert_eq!(found(&owner, "xyzzy").await, [""; 0]);
    }

    #[tokio::test]
    async fn by_numbers_and_addresses() {
        let (_server, owner) = clinic().await;
        for (q, expected) in [
            ("4567", vec!["Mohammed"]),
            ("0501234567", vec!["Mohammed"]),
            ("+966 50 123 4567", vec!["Mohammed"]),
            ("00966501234567", vec!["Mohammed"]),
            ("6543", vec!["عبد الرحمن"]),
            ("٦٥٤٣", vec!["عبد الرحمن"]),
            ("3", vec!["Sara"]),
            ("1098765432", vec!["Mohammed"]),
            ("a1234567", vec!["Sara"]),
            ("109876543", vec![]),
            ("m.otaibi@", vec!["محمد"]),
            ("12345", vec![]),
        ] {
            assert_eq!(found(&owner, q).await, expected, "{q}");
        }
    }

    #[tokio::test]
    async fn who_is_deleted_is_not_found_and_who_is_renamed_is_found_by_the_new_name() {
        let (_server, owner) = clinic().await;
        let found_first = owner.post("/api/v1/patients/search", &json!({ "q": "sara" })).await.expect(200);
        let path = format!("/api/v1/patients/{}", found_first["items"][0]["id"].as_str().expect("an id"));
        owner.patch(&path, &json!({ "version": 1, "givenName": "Reem" })).await.expect(200);
        assert_eq!((found(&owner, "sara").await.len(), found(&owner, "reem").await), (0, vec!["Reem".to_owned()]));
        owner.post(&format!("{path}/delete"), &json!({ "version": 2 })).await.expect(200);
        assert_eq!(found(&owner, "reem").await, [""; 0]);
    }
}

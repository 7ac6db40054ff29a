//! What a case is found by while somebody types: words of its lines, and its numbers from their last digit on.

use std::collections::BTreeSet;

use dialogue::{Field, Kind, Schema};
use patients::{last_first, names};
use platform::db::TenantTx;
use platform::{Result, undisclosed};
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use super::Case;
use crate::CallWorkflowId;

/// Kinds of terms, as the table has them.
const WORD: &str = "word";
const NUMBER: &str = "number";
/// Characters of a term.
const LONGEST: usize = 200;
/// Digits that tell somebody apart.
const FEWEST_DIGITS: usize = 3;

/// What one open value is found by.
fn of_value(field: &Field, value: &serde_json::Value) -> Vec<(&'static str, String)> {
    let words = |text: &str| names::words(text).into_iter().map(|word| (WORD, word)).collect();
    let found: Vec<(&'static str, String)> = match (field.kind, value) {
        (Kind::String, serde_json::Value::String(text)) => words(text),
        (Kind::Phone, serde_json::Value::String(number)) => vec![(NUMBER, last_first(number))],
        (Kind::Number, number) => words(&number.to_string()),
        _ => Vec::new(),
    };
    let cut = |(kind, term): (&'static str, String)| (kind, term.chars().take(LONGEST).collect::<String>());
    found.into_iter().map(cut).filter(|(_, term)| !term.is_empty()).collect()
}

/// All terms of a case, by the fields that are shown. What is sensitive is found by nobody.
fn of(schema: &Schema, case: &Case) -> BTreeSet<(&'static str, String)> {
    let shown = schema.fields.iter().filter(|field| !field.sensitive);
    let values = shown.filter_map(|field| Some((field, case.fields.get(&field.key)?)));
    values.flat_map(|(field, value)| of_value(field, value)).collect()
}

/// Brings the table to what cases of one call workflow are found by now; what is there already stays.
///
/// # Errors
/// 503 when the database is away.
pub async fn save_all(tx: &mut TenantTx, schema: &Schema, cases: &[Case]) -> Result<()> {
    let practice = tx.practice();
    let ids: Vec<Uuid> = cases.iter().map(|case| case.id.uuid()).collect();
    let (mut whose, mut about, mut kinds, mut terms) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for case in cases {
        for (kind, term) in of(schema, case) {
            whose.push(case.id.uuid());
            about.push(case.workflow.uuid());
            kinds.push(kind);
            terms.push(term);
        }
    }
    sqlx::query!(
        "delete from voice.case_term t
          where t.practice_id = $1 and t.case_id = any($2)
            and not exists (select from unnest($3::uuid[], $4::text[], $5::text[]) n (whose, kind, term)
                             where n.whose = t.case_id and n.kind = t.kind and n.term = t.term)",
        practice,
        &ids,
        &whose,
        &kinds as _,
        &terms,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "insert into voice.case_term (practice_id, call_workflow_id, kind, term, case_id)
         select $1, n.about, n.kind, n.term, n.whose
           from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[]) n (whose, about, kind, term)
             on conflict do nothing",
        practice,
        &whose,
        &about,
        &kinds as _,
        &terms,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What is looked for: of each thing typed, one of its forms must be the beginning of a term.
pub struct Wanted(Vec<Vec<(&'static str, String)>>);

undisclosed!(Wanted);

impl Wanted {
    /// Reads what was typed.
    pub fn read(typed: &str) -> Self {
        let compact = names::compact(typed);
        if !compact.is_empty() && compact.bytes().all(|byte| byte.is_ascii_digit()) {
            // the zero in front of a local number, and the zeros in front of a country code, are not part of what is kept
            let significant = compact.trim_start_matches('0');
            let number = (significant.len() >= FEWEST_DIGITS).then(|| (NUMBER, last_first(significant)));
            return Self(vec![[(WORD, compact)].into_iter().chain(number).collect()]);
        }
        let words = |part: Vec<String>| part.into_iter().map(|word| (WORD, word)).collect();
        Self(names::parts(typed).into_iter().map(words).collect())
    }

    /// Adds the condition that a case `c` is one of those. As something that is or is not true, what is found is hashed once;
    /// joined, it would be looked for again for each case where PostgreSQL does not know yet how many there are.
    pub fn push(&self, practice: Uuid, workflow: CallWorkflowId, query: &mut QueryBuilder<Postgres>) {
        query.push(" and (c.id in (");
        for (i, forms) in self.0.iter().enumerate() {
            query.push(if i == 0 {
                "(select null::uuid where false"
            } else {
                " intersect (select null::uuid where false"
            });
            for (kind, beginning) in forms {
                query
                    .push(" union all select t.case_id from voice.case_term t where t.practice_id = ")
                    .push_bind(practice);
                query.push(" and t.call_workflow_id = ").push_bind(workflow.uuid());
                query.push(" and t.kind = ").push_bind(*kind);
                query.push(" and t.term >= ").push_bind(beginning.clone());
                query.push(" and t.term < ").push_bind(format!("{beginning}\u{10FFFF}"));
            }
            query.push(")");
        }
        query.push(if self.0.is_empty() { "null)) is true" } else { ")) is true" });
    }
}

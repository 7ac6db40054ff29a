//! The flat columns of a patient: one definition for files that come in and files that go out.
//!
//! A column knows its name, what headings call it, how a patient's value is written into a cell and how a cell is read
//! into a [`Draft`]. What is written is read back as it was. A practice's own fields become columns by [`Column::new`].

pub mod cells;
mod consents;
mod draft;
mod fixed;
mod own;
#[cfg(test)]
mod tests;
pub mod words;

use std::borrow::Cow;
use std::collections::HashMap;

use platform::Result;
use platform::db::TenantTx;
use uuid::Uuid;

use crate::names;
use crate::record::{PatientFields, Rules};
pub use cells::DateStyle;
pub use draft::{Contacts, Draft, Fault, Finished, message};

type Read = Box<dyn Fn(&PatientFields, &Words) -> String + Send + Sync>;
type Write = Box<dyn Fn(&mut Draft, &str, &Words) -> Result<(), &'static str> + Send + Sync>;

/// A flat column of a patient.
pub struct Column {
    /// Its name, as in the API.
    pub name: Cow<'static, str>,
    /// What headings call it, folded and without spaces.
    synonyms: Vec<String>,
    read: Option<Read>,
    write: Write,
}

impl Column {
    /// A column whose cells `read` makes of a patient and `write` puts into a draft; a cell that is written is not empty.
    /// `write` answers the code of what is wrong with it.
    pub fn new(
        name: impl Into<Cow<'static, str>>,
        synonyms: &[&str],
        read: impl Fn(&PatientFields, &Words) -> String + Send + Sync + 'static,
        write: impl Fn(&mut Draft, &str, &Words) -> Result<(), &'static str> + Send + Sync + 'static,
    ) -> Self {
        let name = name.into();
        let synonyms = synonyms.iter().copied().chain([&*name]).map(names::compact).collect();
        Self { name, synonyms, read: Some(Box::new(read)), write: Box::new(write) }
    }

    /// A column that files bring and no file takes out: what it holds is in others as well.
    pub fn only_in(
        name: &'static str,
        synonyms: &[&str],
        write: impl Fn(&mut Draft, &str, &Words) -> Result<(), &'static str> + Send + Sync + 'static,
    ) -> Self {
        Self { read: None, ..Self::new(name, synonyms, |_, _| String::new(), write) }
    }
}

/// What cells say that only the practice knows, and how dates are written.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// Names of tags.
    pub tags: HashMap<Uuid, String>,
    /// In which order dates are written that do not begin with the year.
    pub dates: DateStyle,
}

/// The columns of a practice's patients, in their order.
pub struct Columns {
    all: Vec<Column>,
    /// What cells say that only the practice knows.
    pub words: Words,
    /// What a record must fit.
    pub rules: Rules,
}

impl Columns {
    /// Those of this practice.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn of(tx: &mut TenantTx, dates: DateStyle) -> Result<Self> {
        let practice = tx.practice();
        let rows = sqlx::query!("select id, name from patients.tag where practice_id = $1", practice)
            .fetch_all(tx.conn())
            .await?;
        let tags = rows.into_iter().map(|row| (row.id, row.name)).collect();
        Ok(Self::new(Words { tags, dates }, Rules::of(tx).await?))
    }

    fn new(words: Words, rules: Rules) -> Self {
        let all = fixed::columns().into_iter().chain(own::columns(&rules.custom)).collect();
        Self { all, words, rules }
    }

    /// Names of the columns that files may have.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|column| &*column.name)
    }

    /// Names of the columns that a file taken out may have.
    pub fn readable(&self) -> impl Iterator<Item = &str> {
        self.all.iter().filter(|column| column.read.is_some()).map(|column| &*column.name)
    }

    /// The patient's value as a cell; empty for what there is not.
    pub fn read(&self, name: &str, fields: &PatientFields) -> String {
        let read = self.all.iter().find(|column| column.name == name).and_then(|column| column.read.as_ref());
        read.map_or_else(String::new, |read| read(fields, &self.words))
    }

    /// Reads a row into a draft: `cells` with the column of each. Empty cells change nothing. Columns are read in their
    /// own order, wherever they stand.
    pub fn write(&self, draft: &mut Draft, cells: &[(&str, &str)]) -> Vec<Fault> {
        let mut faults = Vec::new();
        for column in &self.all {
            for (_, cell) in cells.iter().filter(|(name, _)| *name == column.name) {
                let outcome = match cells::plain(cell) {
                    Ok(text) if text.trim().is_empty() => Ok(()),
                    Ok(text) => (column.write)(draft, text.trim(), &self.words),
                    Err(code) => Err(code),
                };
                if let Err(code) = outcome {
                    faults.push(Fault::new(&column.name, code));
                }
            }
        }
        faults
    }

    /// Which column each heading means, by the words for it in English and Arabic; each column at most once, and the
    /// second number the second column of numbers.
    pub fn guess(&self, headings: &[String]) -> Vec<Option<String>> {
        let mut taken: Vec<&str> = Vec::new();
        let mut guess = |heading: &String| {
            let heading = names::compact(heading);
            let column = self.all.iter().find(|column| {
                column.synonyms.contains(&heading) && (!taken.contains(&&*column.name) || column.name == "phone")
            })?;
            let name = if taken.contains(&&*column.name) { "phone2" } else { &*column.name };
            if taken.contains(&name) {
                return None;
            }
            taken.push(if name == "phone2" { "phone2" } else { &column.name });
            Some(name.to_owned())
        };
        headings.iter().map(&mut guess).collect()
    }
}

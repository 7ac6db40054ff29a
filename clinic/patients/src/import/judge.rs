//! What would become of a row: read into a record, and compared with those of the practice and of the same file. The dry
//! run and the run judge alike.

use std::collections::{BTreeSet, HashMap, HashSet};

use platform::crypto::sha256;
use platform::db::TenantTx;
use platform::{Result, undisclosed};
use uuid::Uuid;

use super::file::Body;
use super::store::{RawRow, Stored};
use super::verdicts::{LikeWhom, Noted};
use super::{Duplicates, RowOutcome, fhir, kin};
use crate::columns::{Columns, Draft, Fault, Finished};
use crate::custom::CustomField;
use crate::family::RelativeFields;
use crate::insurance::PolicyFields;
use crate::likeness::{self, Likeness, Rule, Seen};
use crate::record::{self, Patient, PatientFields};

/// Judges the rows of an import, batch after batch.
pub struct Judge {
    pub import: Stored,
    columns: Columns,
    seen: Met,
    /// Who was entered or changed by this import.
    mine: HashSet<Uuid>,
}

/// Rows of the file that were met so far.
#[derive(Default)]
struct Met {
    alike: Seen,
    origins: HashMap<String, i32>,
}

/// A row that was judged.
pub struct Judged {
    pub number: i32,
    pub outcome: RowOutcome,
    pub report: Vec<Noted>,
    pub like: Option<LikeWhom>,
    /// The record as it is to be.
    pub fields: Option<PatientFields>,
    /// The record that is changed.
    pub before: Option<Patient>,
    /// What stands for the row in its source.
    pub origin: Option<String>,
    /// What comes along with a new patient.
    pub policies: Vec<PolicyFields>,
    pub relatives: Vec<RelativeFields>,
    likeness: Option<Likeness>,
}

undisclosed!(Judged);

impl Judge {
    /// For this import, with what it has entered already.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn new(tx: &mut TenantTx, import: Stored) -> Result<Self> {
        let practice = tx.practice();
        let columns = Columns::of(tx, import.options.dates).await?;
        let mine = sqlx::query_scalar!(
            r#"select patient_id as "patient!" from patients.import_row
                where practice_id = $1 and import_id = $2 and outcome in ('created', 'updated')"#,
            practice,
            import.id.uuid(),
        )
        .fetch_all(tx.conn())
        .await?;
        Ok(Self { import, columns, seen: Met::default(), mine: mine.into_iter().collect() })
    }

    /// The practice's own fields.
    pub fn own(&self) -> &[CustomField] {
        &self.columns.rules.custom
    }

    /// Judges rows; with `lock` those whom they change stay as they are until the end of the transaction.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn judge(&self, tx: &mut TenantTx, rows: &[RawRow], lock: bool) -> Result<Vec<Judged>> {
        let mut judged = Vec::with_capacity(rows.len());
        for row in rows {
            judged.push(self.read(tx, row).await?);
        }
        self.compare(tx, &mut judged).await?;
        self.change(tx, rows, &mut judged, lock).await?;
        Ok(judged)
    }

    /// Remembers rows whose batch is committed, and who was entered or changed by them.
    pub fn remember(&mut self, judged: Vec<Judged>, entered: impl IntoIterator<Item = Uuid>) {
        for row in judged {
            let likeness = row.new_likeness();
            self.seen.add(row.number, row.origin, likeness);
        }
        self.mine.extend(entered);
    }

    /// Reads the row on top of what is there, and everything that is wrong with it.
    fn fill(&self, body: &Body, draft: &mut Draft) -> Vec<Fault> {
        let cells = match body {
            Body::Cells(cells) => cells,
            Body::Resource(row) => return fhir::fill(row, draft),
        };
        if cells.len() != self.import.about.headings.len() {
            return vec![Fault::new("", "cells")];
        }
        let cells: Vec<(&str, &str)> = self
            .import
            .columns
            .iter()
            .zip(cells)
            .filter_map(|(column, cell)| Some((column.as_deref()?, cell.as_str())))
            .collect();
        self.columns.write(draft, &cells)
    }

    fn finish(&self, tx: &TenantTx, body: &Body, mut draft: Draft) -> Result<Finished, Vec<Fault>> {
        let mut faults = self.fill(body, &mut draft);
        let finished = draft.finish(&self.columns.rules, tx.now(), self.import.options.contacts);
        if faults.is_empty() {
            return finished;
        }
        // the first thing that is wrong with a column is enough, and a row of the wrong width is wrong as a whole
        if !faults.iter().any(|fault| fault.field.is_empty()) {
            let further = finished.err().unwrap_or_default();
            faults.extend(
                further
                    .into_iter()
                    .filter(|fault| faults.iter().all(|known| known.field != fault.field))
                    .collect::<Vec<_>>(),
            );
        }
        Err(faults)
    }

    async fn read(&self, tx: &mut TenantTx, row: &RawRow) -> Result<Judged> {
        let mut judged = Judged {
            number: row.number,
            outcome: RowOutcome::Fault,
            report: Vec::new(),
            like: None,
            fields: None,
            before: None,
            origin: None,
            policies: Vec::new(),
            relatives: Vec::new(),
            likeness: None,
        };
        let noted = |faults: Vec<Fault>, is_fault| faults.into_iter().map(|fault| Noted { fault, is_fault }).collect();
        match self.finish(tx, &row.body, Draft::default()) {
            Err(faults) => judged.report = noted(faults, true),
            Ok(finished) => {
                judged.report = noted(finished.warnings, false);
                judged.outcome = RowOutcome::Create;
                let id = match finished.external_id {
                    Some(id) => format!("id {id}"),
                    // a row without an id is known by everything that it says
                    None => format!("row {:?}", sha256(&serde_json::to_vec(&row.body).unwrap_or_default())),
                };
                judged.origin = Some(tx.blind("patients.origin", "key", &id).await?);
                judged.likeness = Some(Likeness::of(tx, &finished.fields).await?);
                judged.fields = Some(finished.fields);
                if let Body::Resource(resource) = &row.body {
                    judged.policies = fhir::policies(resource);
                    judged.relatives = kin::relatives(resource, &self.columns.rules.country);
                }
            }
        }
        Ok(judged)
    }

    /// Finds who is there already: in the file, from an earlier import, or in the practice.
    async fn compare(&self, tx: &mut TenantTx, judged: &mut [Judged]) -> Result<()> {
        let known = self.origins(tx, judged).await?;
        let sound: Vec<usize> =
            judged.iter().enumerate().filter(|(_, row)| row.likeness.is_some()).map(|(at, _)| at).collect();
        let wanted: Vec<Likeness> = sound.iter().filter_map(|at| judged[*at].likeness.clone()).collect();
        let mut alike: HashMap<usize, LikeWhom> = HashMap::new();
        for like in likeness::find(tx, &wanted).await? {
            let whom = LikeWhom { rule: like.rule, patient: Some(like.patient), row: None };
            alike.entry(sound[like.at]).or_insert(whom);
        }
        let mut batch = Met::default();
        for (at, row) in judged.iter_mut().enumerate() {
            let (Some(origin), Some(likeness)) = (&row.origin, &row.likeness) else { continue };
            let before = self.seen.find(origin, likeness).or_else(|| batch.find(origin, likeness));
            let there = || {
                let from = known.get(origin).map(|id| LikeWhom { rule: Rule::Origin, patient: Some(*id), row: None });
                from.or_else(|| alike.get(&at).copied())
            };
            row.like = before.map(|(row, rule)| LikeWhom { rule, patient: None, row: Some(row) }).or_else(there);
            let is_mine = |like: LikeWhom| like.patient.is_none_or(|patient| self.mine.contains(&patient));
            row.outcome = match (row.like, self.import.options.duplicates) {
                (None, _) | (_, Duplicates::Create) => RowOutcome::Create,
                (Some(like), Duplicates::Update) if !is_mine(like) => RowOutcome::Update,
                _ => RowOutcome::Skip,
            };
            batch.add(row.number, row.origin.clone(), row.new_likeness());
        }
        Ok(())
    }

    /// Who came from the same source before, by what stands for the row there.
    async fn origins(&self, tx: &mut TenantTx, judged: &[Judged]) -> Result<HashMap<String, Uuid>> {
        let practice = tx.practice();
        let keys: Vec<String> = judged.iter().filter_map(|row| row.origin.clone()).collect();
        let rows = sqlx::query!(
            "select o.key, o.patient_id from patients.origin o
               join patients.patient p on p.practice_id = o.practice_id and p.id = o.patient_id
              where o.practice_id = $1 and o.source = $2 and o.key = any($3) and p.deleted_at is null",
            practice,
            self.import.source,
            &keys,
        )
        .fetch_all(tx.conn())
        .await?;
        Ok(rows.into_iter().map(|row| (row.key, row.patient_id)).collect())
    }

    /// Puts what rows say into the records that there are. A row that says nothing new is left out, and so is the second
    /// one of a patient.
    async fn change(&self, tx: &mut TenantTx, rows: &[RawRow], judged: &mut [Judged], lock: bool) -> Result<()> {
        let whom = |row: &Judged| row.like.and_then(|like| like.patient).filter(|_| row.outcome == RowOutcome::Update);
        let ids: Vec<Uuid> = judged.iter().filter_map(whom).collect::<BTreeSet<_>>().into_iter().collect();
        if ids.is_empty() {
            return Ok(());
        }
        let found = record::find_all(tx, &ids, lock).await?;
        let mut there: HashMap<Uuid, Patient> = found.into_iter().map(|patient| (patient.id.uuid(), patient)).collect();
        for (raw, row) in rows.iter().zip(judged) {
            let Some(id) = whom(row) else { continue };
            row.outcome = RowOutcome::Skip;
            let Some(patient) = there.remove(&id) else { continue };
            match self.finish(tx, &raw.body, Draft::of(patient.fields.clone())) {
                Ok(finished) if finished.fields != patient.fields => {
                    row.outcome = RowOutcome::Update;
                    row.fields = Some(finished.fields);
                    row.before = Some(patient);
                }
                Ok(_) => {}
                Err(faults) => {
                    row.outcome = RowOutcome::Fault;
                    row.report = faults.into_iter().map(|fault| Noted { fault, is_fault: true }).collect();
                }
            }
        }
        Ok(())
    }
}

impl Judged {
    /// What later rows are compared by; who is like somebody of the practice is compared with them.
    fn new_likeness(&self) -> Option<Likeness> {
        self.likeness.clone().filter(|_| matches!(self.outcome, RowOutcome::Create | RowOutcome::Created))
    }
}

impl Met {
    fn find(&self, origin: &str, likeness: &Likeness) -> Option<(i32, Rule)> {
        self.origins.get(origin).map(|number| (*number, Rule::Origin)).or_else(|| self.alike.find(likeness))
    }

    fn add(&mut self, number: i32, origin: Option<String>, likeness: Option<Likeness>) {
        if let Some(origin) = origin {
            self.origins.entry(origin).or_insert(number);
        }
        if let Some(likeness) = likeness {
            self.alike.add(number, likeness);
        }
    }
}

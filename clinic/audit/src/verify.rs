//! `vantage audit verify`: every practice's ledger against its seals, and the seals against what was signed.

use jiff::Timestamp;
use platform::db::{Caller, TenantTx};
use platform::id::PracticeId;
use platform::{App, Error, Result};
use std::collections::BTreeSet;
use std::path::PathBuf;
use uuid::Uuid;

use crate::check::{Checker, Finding, LONGEST_TRANSACTION, Outcome, Step, Wrong};
use crate::evidence::Evidence;
use crate::note::{PublicKey, Signer};
use crate::retired::Retired;
use crate::store::{self, Sealed};

/// What verifying came to.
#[derive(Debug, Default)]
pub struct Report {
    /// Each practice with its tree.
    pub practices: Vec<Ledger>,
    /// Checkpoints that were believed.
    pub checkpoints: usize,
    /// What is wrong. Empty: everything is as it was sealed.
    pub wrong: Vec<String>,
}

/// One practice's ledger.
#[derive(Debug)]
pub struct Ledger {
    /// Whose.
    pub practice: Uuid,
    /// Entries in its tree.
    pub size: u64,
    /// Of these, as many as a signed root covers.
    pub agreed: u64,
    /// What of these left after its years.
    pub retired: Option<Retired>,
    /// Entries that wait to be sealed.
    pub waiting: u64,
}

/// Verifies all practices against the database's own checkpoints and those files.
///
/// # Errors
/// When a file cannot be read or the database is away. What is wrong with the ledger is no error but in the report.
pub async fn verify(app: &App, files: &[PathBuf], keys: Vec<PublicKey>) -> Result<Report> {
    let mut trusted = if keys.is_empty() { Signer::of(app)?.public_keys() } else { keys };
    let mut evidence = Evidence::none();
    for file in files {
        evidence.add_file(file, &mut trusted)?;
    }
    evidence.add_checkpoints(app, &mut trusted).await?;
    let mut tx = app.db().platform("verification of the ledger").await?;
    let known = sqlx::query_scalar!("select practice_id from platform.practice order by practice_id")
        .fetch_all(tx.conn())
        .await?;
    tx.commit().await?;
    let practices: BTreeSet<Uuid> = known.iter().copied().chain(evidence.practices()).collect();
    for practice in &known {
        add_heads(app, PracticeId(*practice), &mut evidence).await?;
    }
    evidence.date();
    let mut report = Report { checkpoints: evidence.checkpoints().0, ..Report::default() };
    for practice in practices {
        if !known.contains(&practice) {
            report.wrong.push(format!("practice {practice} is gone, with its ledger"));
            continue;
        }
        let (ledger, findings) = verify_practice(app, PracticeId(practice), &evidence).await?;
        report.practices.push(ledger);
        report.wrong.extend(findings.iter().map(ToString::to_string));
    }
    report.wrong.append(&mut evidence.wrong);
    Ok(report)
}

async fn add_heads(app: &App, practice: PracticeId, evidence: &mut Evidence) -> Result<()> {
    let mut below = None;
    loop {
        let heads = app
            .door
            .read(&Caller::system(practice), async move |tx| store::heads_from(tx, below, store::PAGE).await)
            .await?;
        let Some(last) = heads.last() else { return Ok(()) };
        below = Some(last.head.size);
        for head in &heads {
            evidence.add_head(practice.uuid(), head);
        }
    }
}

async fn verify_practice(app: &App, practice: PracticeId, evidence: &Evidence) -> Result<(Ledger, Vec<Finding>)> {
    let outcome = walk(app, practice, evidence).await?;
    let newest = evidence.newest();
    let caller = Caller::system(practice);
    let (waiting, inserted) = unsealed(app, practice, newest).await?;
    let mut findings = Vec::new();
    if let Some(mut finding) = outcome.finding {
        if let (Wrong::Removed, Some(entry)) = (finding.wrong, finding.entry) {
            let elsewhere = app.door.read(&caller, async move |tx| exists(tx, entry).await).await?;
            if elsewhere {
                finding.wrong = Wrong::Changed;
                finding.why = "its time is not the one it was sealed with".to_owned();
            }
        }
        findings.push(finding);
    }
    let told: Vec<Option<Uuid>> = findings.iter().map(|finding| finding.entry).collect();
    findings.extend(inserted.into_iter().filter(|entry| !told.contains(&Some(*entry))).take(1).map(|entry| Finding {
        practice: practice.uuid(),
        wrong: Wrong::Inserted,
        seq: None,
        entry: Some(entry),
        why: "the sealer had passed its time and its transaction already".to_owned(),
    }));
    let Outcome { size, agreed, retired, .. } = outcome;
    Ok((Ledger { practice: practice.uuid(), size, agreed, retired, waiting }, findings))
}

async fn walk(app: &App, practice: PracticeId, evidence: &Evidence) -> Result<Outcome> {
    let mut checker = Checker::new(practice.uuid(), evidence.of(practice.uuid()), app.config.audit_retention_months);
    let mut next = 0;
    loop {
        let rows =
            app.door.read(&Caller::system(practice), async move |tx| store::page(tx, next, store::PAGE).await).await?;
        let Some(last) = rows.last() else { return Ok(checker.finish()) };
        next = last.seq + 1;
        for Sealed { seq, leaf, nodes, entry_id, entry_at, entry } in rows {
            checker.step(Step::Leaf { seq, leaf, nodes, id: entry_id, at: entry_at, entry: entry.map(Box::new) });
        }
    }
}

/// Entries without a seal: how many may still get one, and those that should have had it.
async fn unsealed(app: &App, practice: PracticeId, newest: Option<Timestamp>) -> Result<(u64, Vec<Uuid>)> {
    let mut tx = app.db().worker().await?;
    let rows = sqlx::query!(
        r#"select entry_id as "entry_id!", entry_at as "entry_at!", is_passed as "is_passed!" from claim.without_seal($1)"#,
        practice.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    tx.commit().await?;
    let oldest = newest.and_then(|newest| newest.checked_sub(LONGEST_TRANSACTION).ok());
    let late = |at: Timestamp| oldest.is_some_and(|oldest| at < oldest);
    let (passed, waiting): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|row| row.is_passed || late(row.entry_at.to_jiff()));
    Ok((waiting.len() as u64, passed.into_iter().map(|row| row.entry_id).collect()))
}

async fn exists(tx: &mut TenantTx, entry: Uuid) -> Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (select from audit.entry where practice_id = $1 and id = $2) as "exists!""#,
        tx.practice(),
        entry,
    )
    .fetch_one(tx.conn())
    .await
    .map_err(Error::from)
}

//! Telling somebody: one row for each person, in the caller's transaction, and a mail that says nothing but that.

use garde::Validate;
use platform::crypto::Place;
use platform::db::TenantTx;
use platform::error::{Error, OnConstraint as _};
use platform::id::PatientId;
use platform::language::Language;
use platform::mail::{Letter, Texts};
use platform::permission::Role;
use platform::phi::Phi;
use platform::record::Change;
use platform::{Result, extract, undisclosed, validate};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

platform::id!(
    /// What is told to one or several at once.
    NoticeId
);

/// What the mails say.
const MAILS: Texts = Texts { en: include_str!("mails/en.json"), ar: include_str!("mails/ar.json") };

/// Whom something is told.
#[derive(Clone, Debug)]
pub enum Whom {
    /// These members, as far as they can come in.
    People(Vec<Uuid>),
    /// Everybody who has this role now, also by one of the practice's own that is based on it.
    Role(Role),
}

/// What a notice comes of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A run of a workflow.
    Workflow(Uuid),
    /// A note that mentions somebody, and who wrote it.
    Mention(Uuid, Option<Uuid>),
}

/// Something to be told.
#[derive(Clone, Serialize, Validate)]
pub struct NewNotice {
    /// What it says; nothing where its source says it all.
    #[garde(inner(length(chars, max = 2000), custom(validate::text)))]
    pub text: Option<String>,
    /// The patient it is about.
    #[garde(skip)]
    pub patient: Option<PatientId>,
    /// The appointment it is about.
    #[garde(skip)]
    pub appointment: Option<Uuid>,
    /// What it comes of.
    #[garde(skip)]
    #[serde(skip)]
    pub source: Source,
    /// Whether they are written a mail that there is something.
    #[garde(skip)]
    #[serde(skip)]
    pub by_email: bool,
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
pub struct Private {
    /// What it says.
    pub text: Option<String>,
}

/// Somebody who is told.
struct Member {
    id: Uuid,
    name: Phi<String>,
    email: Phi<String>,
    language: Language,
}

undisclosed!(NewNotice, Private, Member);

/// Where the text of a notice lies.
pub fn place(id: Uuid) -> Place<'static> {
    Place { table: "notices.notice", column: "private", row: id }
}

/// Tells it, with audit entry and event; answers its id and how many were told. Nobody is told where nobody can come in, and
/// nothing is left of that.
///
/// # Errors
/// 422 with the field at fault.
pub async fn tell(tx: &mut TenantTx, whom: Whom, new: &NewNotice) -> Result<(NoticeId, usize)> {
    extract::check(new)?;
    let (id, members) = (NoticeId::new(), members(tx, whom).await?);
    if members.is_empty() {
        return Ok((id, 0));
    }
    let people: Vec<Uuid> = members.iter().map(|member| member.id).collect();
    insert(tx, id, &people, new).await?;
    let told = Change::created("notice", id.uuid(), new).event("notice.created", 1).naming("people", people);
    tx.record(told.for_patient(new.patient)).await?;
    if new.by_email {
        write_to(tx, members.as_slice()).await?;
    }
    Ok((id, members.len()))
}

async fn members(tx: &mut TenantTx, whom: Whom) -> Result<Vec<Member>> {
    let (people, role) = match whom {
        Whom::People(people) => (people, None),
        Whom::Role(role) => (Vec::new(), Some(role.name())),
    };
    let rows = sqlx::query!(
        r#"select id as "id!", name as "name!", email as "email!", language as "language!: Language"
             from auth.to_tell($1, $2)"#,
        &people,
        role,
    )
    .fetch_all(tx.conn())
    .await?;
    let member = rows.into_iter().map(|row| Member {
        id: row.id,
        name: Phi::new(row.name),
        email: Phi::new(row.email),
        language: row.language,
    });
    Ok(member.collect())
}

async fn insert(tx: &mut TenantTx, id: NoticeId, people: &[Uuid], new: &NewNotice) -> Result<()> {
    let private = serde_json::to_vec(&Private { text: new.text.clone() }).map_err(Error::internal)?;
    let private = tx.seal(place(id.uuid()), &private).await?;
    let (source, source_id, by) = match new.source {
        Source::Workflow(run) => ("workflow", run, None),
        Source::Mention(note, by) => ("mention", note, by),
    };
    let (practice, now) = (tx.practice(), tx.now());
    sqlx::query!(
        "insert into notices.notice (practice_id, id, user_id, private, patient_id, appointment_id, source, source_id,
                created_by, created_at)
         select $1, $2, person, $4, $5, $6, $7, $8, $9, $10 from unnest($3::uuid[]) person",
        practice,
        id.uuid(),
        people,
        private,
        new.patient.map(PatientId::uuid),
        new.appointment,
        source,
        source_id,
        by,
        jiff_sqlx::Timestamp::from(now) as _,
    )
    .execute(tx.conn())
    .await
    .on_constraint("notice_about_patient", || {
        Error::invalid(Vec::new()).at("/patientId", "not_found", "Choose a patient of the practice.")
    })?;
    Ok(())
}

/// What it says is for whoever has signed in.
async fn write_to(tx: &mut TenantTx, members: &[Member]) -> Result<()> {
    let practice = practice::practice(tx).await?.name;
    let link = format!("{}/home#notices", tx.public_origin());
    for Member { name, email, language, .. } in members {
        let letter = Letter::new(MAILS, "notice", email.clone(), *language)
            .with("name", name.clone())
            .with("practice", Phi::new(practice.clone()))
            .link(Phi::new(link.clone()));
        tx.queue_mail(&letter).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_say_the_same_in_both_languages() {
        assert_eq!(MAILS.faults().expect("reads"), Vec::<String>::new());
    }
}

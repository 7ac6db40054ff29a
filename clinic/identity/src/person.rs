//! A person as mails and ledgers know them: whom to write to, in which language, and where they work.

use jiff::tz::TimeZone;
use platform::app::App;
use platform::db::{AuthTx, Caller, Origin};
use platform::error::Result;
use platform::id::{PracticeId, UserId};
use platform::language::Language;
use platform::mail::{Letter, Texts};
use platform::phi::Phi;
use platform::record::Change;
use uuid::Uuid;

/// What the mails of this area say.
pub const MAILS: Texts = Texts { en: include_str!("mails/en.json"), ar: include_str!("mails/ar.json") };
/// Nobody works in more places than this at once.
const MOST_PRACTICES: i64 = 50;

/// An account with the practices that it may enter.
#[derive(Clone, Debug)]
pub struct Person {
    /// The account.
    pub id: UserId,
    /// Where mails go.
    pub email: Phi<String>,
    /// What they are called.
    pub name: Phi<String>,
    /// The language of their mails.
    pub language: Language,
    /// Where they work, the one joined first in front.
    pub practices: Vec<Place>,
}

/// A practice where somebody works.
#[derive(Clone, Debug)]
pub struct Place {
    /// The practice.
    pub id: PracticeId,
    /// Its name.
    pub name: String,
    /// Its address.
    pub slug: String,
    /// Its time zone.
    pub time_zone: String,
}

impl Person {
    /// The account with this e-mail, in any case and with spaces around it.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn with_email(tx: &mut AuthTx, email: &str) -> Result<Option<Self>> {
        let id = sqlx::query_scalar!("select id from auth.user where email = $1", email.trim().to_lowercase())
            .fetch_optional(tx.conn())
            .await?;
        match id {
            Some(id) => Self::of(tx, UserId(id)).await.map(Some),
            None => Ok(None),
        }
    }

    /// The account of that id.
    ///
    /// # Errors
    /// 404 when there is none.
    pub async fn of(tx: &mut AuthTx, id: UserId) -> Result<Self> {
        let row = sqlx::query!(
            r#"select email, name, language as "language: Language" from auth.user where id = $1"#,
            id.uuid(),
        )
        .fetch_one(tx.conn())
        .await?;
        let practices = sqlx::query!(
            "select p.practice_id, p.name, p.slug, p.time_zone
               from auth.membership m join platform.practice p on p.practice_id = m.practice_id
              where m.user_id = $1 and m.status = 'active' and p.status = 'active' order by m.created_at limit $2",
            id.uuid(),
            MOST_PRACTICES,
        )
        .fetch_all(tx.conn())
        .await?;
        let practices = practices
            .into_iter()
            .map(|row| Place {
                id: PracticeId(row.practice_id),
                name: row.name,
                slug: row.slug,
                time_zone: row.time_zone,
            })
            .collect();
        Ok(Self { id, email: Phi::new(row.email), name: Phi::new(row.name), language: row.language, practices })
    }

    /// A letter to this person, that calls them by name.
    pub fn letter(&self, kind: &'static str) -> Letter {
        Letter::new(MAILS, kind, self.email.clone(), self.language).with("name", self.name.clone())
    }

    /// An instant as this person reads it: in the time zone of where they work, `2026-11-21 08:40 (Asia/Riyadh)`.
    #[must_use]
    pub fn reads(&self, at: jiff::Timestamp) -> Phi<String> {
        local_time(at, self.practices.first().map_or("UTC", |practice| practice.time_zone.as_str()))
    }

    /// What a password of this person must not be.
    #[must_use]
    pub fn about(&self) -> Vec<&str> {
        let practices = self.practices.iter().flat_map(|practice| [practice.name.as_str(), practice.slug.as_str()]);
        [self.email.expose().as_str(), self.name.expose().as_str()].into_iter().chain(practices).collect()
    }

    /// Writes what happened to the account into the ledger of every practice that it may enter. For what happens
    /// without a session; the entry is the product's own.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn record(&self, app: &App, origin: &Origin, change: fn(Uuid) -> Change) -> Result<()> {
        let user = self.id.uuid();
        for practice in self.practices.iter().map(|practice| practice.id).collect::<Vec<_>>() {
            let caller = Caller { origin: origin.clone(), ..Caller::system(practice) };
            app.door.write_regardless(&caller, async move |tx| tx.record(change(user)).await).await?;
        }
        Ok(())
    }
}

/// An instant in a time zone, `2026-11-21 08:40 (Asia/Riyadh)`.
#[must_use]
pub fn local_time(at: jiff::Timestamp, zone: &str) -> Phi<String> {
    let named = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    Phi::new(format!("{} ({zone})", at.to_zoned(named).strftime("%Y-%m-%d %H:%M")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mails_say_the_same_in_both_languages() {
        assert_eq!(MAILS.faults().expect("reads"), Vec::<String>::new());
    }
}

//! Whose hours: the practice's, a location's, a person's; and from whom they inherit.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use jiff::tz::TimeZone;
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use platform::guard::Can;
use platform::id::UserId;
use platform::permission::{Permission as _, hours as may};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Week;
use crate::locations::LocationId;
use crate::{profile, providers};

/// Whose hours, absences and opening: `practice`, `location:{id}` or `provider:{userId}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Owner {
    /// The practice as a whole.
    Practice,
    /// One of its locations.
    Location(LocationId),
    /// One of its people.
    Provider(UserId),
}

impl Owner {
    /// The word for its kind in the database.
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::Practice => "practice",
            Self::Location(_) => "location",
            Self::Provider(_) => "provider",
        }
    }

    /// Its id; the practice's own for the practice.
    pub(crate) fn id(self, tx: &TenantTx) -> Uuid {
        match self {
            Self::Practice => tx.practice(),
            Self::Location(id) => id.uuid(),
            Self::Provider(id) => id.uuid(),
        }
    }

    /// As it lies in a table.
    pub(crate) fn from_row(kind: &str, id: Uuid) -> Self {
        match kind {
            "location" => Self::Location(LocationId(id)),
            "provider" => Self::Provider(UserId(id)),
            _ => Self::Practice,
        }
    }

    /// Whether it is the caller's own.
    pub(crate) fn is_own<P>(self, who: &Can<P>) -> bool {
        matches!((self, who.caller().actor.user()), (Self::Provider(id), Some(user)) if id == user)
    }

    /// One's own hours need `hours.write_own`, which the operation states; everybody else's need `hours.write` as well.
    ///
    /// # Errors
    /// 403, which is written to the ledger.
    pub(crate) fn check_may_write(
        self,
        who: &Can<may::WriteOwn>,
        operation: &'static str,
    ) -> impl Future<Output = Result<()>> + Send + use<> {
        let allowed = self.is_own(who) || who.may(may::Write::NAME);
        let (app, caller, operation) = (who.app().clone(), who.caller().clone(), operation.to_owned());
        async move {
            if allowed {
                return Ok(());
            }
            app.door
                .write_regardless(&caller, async move |tx| tx.record_denied(may::Write::NAME, &operation).await)
                .await?;
            Err(Error::forbidden())
        }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Practice => f.write_str("practice"),
            Self::Location(id) => write!(f, "location:{id}"),
            Self::Provider(id) => write!(f, "provider:{id}"),
        }
    }
}

impl FromStr for Owner {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let wrong = "practice, location:{id} or provider:{userId}";
        let id = |text: &str| Uuid::parse_str(text).map_err(|_| wrong);
        match text.split_once(':') {
            None if text == "practice" => Ok(Self::Practice),
            Some(("location", rest)) => Ok(Self::Location(LocationId(id(rest)?))),
            Some(("provider", rest)) => Ok(Self::Provider(UserId(id(rest)?))),
            _ => Err(wrong),
        }
    }
}

impl TryFrom<String> for Owner {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        text.parse()
    }
}

impl From<Owner> for String {
    fn from(owner: Owner) -> Self {
        owner.to_string()
    }
}

/// An owner with everything above it, from the practice down, and the zone that its local times are in.
#[derive(Debug)]
pub(crate) struct Line {
    /// The practice, then the location, then the person; the owner is the last.
    pub owners: Vec<Owner>,
    /// IANA name.
    pub zone: String,
}

impl Line {
    /// The owner's line. Somebody who works at exactly one location stands below it, anybody else directly below the
    /// practice.
    ///
    /// # Errors
    /// 404 when there is no such location or member.
    pub(crate) async fn of(tx: &mut TenantTx, owner: Owner) -> Result<Self> {
        let zone = profile::find(tx).await?.time_zone;
        let place = match owner {
            Owner::Practice => None,
            Owner::Location(id) => Some(id),
            Owner::Provider(id) => {
                providers::check_member(tx, id).await?;
                providers::only_location(tx, id).await?
            }
        };
        let mut line = Self { owners: vec![Owner::Practice], zone };
        if let Some(id) = place {
            let location = crate::locations::find(tx, id).await?;
            line.zone = location.time_zone.unwrap_or(line.zone);
            line.owners.push(Owner::Location(id));
        }
        if let Owner::Provider(_) = owner {
            line.owners.push(owner);
        }
        Ok(line)
    }

    /// The zone itself.
    ///
    /// # Errors
    /// Never in practice: names are checked when they are written.
    pub(crate) fn time_zone(&self) -> Result<TimeZone> {
        TimeZone::get(&self.zone).map_err(Error::internal)
    }

    /// The weekly hours of the line: the nearest that were set, and at which place of the line they are.
    pub(crate) async fn week(&self, tx: &mut TenantTx) -> Result<(usize, Week)> {
        let ids = self.ids(tx);
        Ok(nearest(&ids, &weeks(tx, &ids).await?))
    }

    /// The ids of its owners.
    pub(crate) fn ids(&self, tx: &TenantTx) -> Vec<Uuid> {
        self.owners.iter().map(|owner| owner.id(tx)).collect()
    }
}

/// The weeks that these owners have set, by owner.
pub(crate) async fn weeks(tx: &mut TenantTx, ids: &[Uuid]) -> Result<HashMap<Uuid, Week>> {
    let practice = tx.practice();
    let rows = sqlx::query!(
        r#"select owner_id, week as "week!: sqlx::types::Json<Vec<super::Day>>" from practice.hours
            where practice_id = $1 and owner_id = any($2) and week is not null"#,
        practice,
        ids,
    )
    .fetch_all(tx.conn())
    .await?;
    rows.iter().map(|row| Ok((row.owner_id, super::stored(&row.week)?))).collect()
}

/// The week of whoever is the last of these and has set one, and their place among them; nobody's is a closed one.
pub(crate) fn nearest(ids: &[Uuid], weeks: &HashMap<Uuid, Week>) -> (usize, Week) {
    let found = ids.iter().enumerate().rev().find_map(|(place, id)| Some((place, weeks.get(id)?.clone())));
    found.unwrap_or_default()
}

//! Whose a task is: a member's, everybody's in a role, or nobody's.
//!
//! Whoever is suspended or has left, and a role that was archived, keep no tasks in silence: theirs count as nobody's and
//! say whose they were. Nothing is written for that, so that whoever comes back has theirs again.

use std::collections::HashMap;

use platform::db::{Actor, TenantTx};
use platform::error::Error;
use platform::id::{RoleId, UserId};
use platform::permission::Role;
use platform::phi::Phi;
use platform::{Result, people};
use serde::{Deserialize, Serialize};
use sqlx::{Postgres, QueryBuilder};
use utoipa::ToSchema;
use uuid::Uuid;

/// Whose a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = TaskAssignee)]
pub enum Assignee {
    /// A member of the practice.
    Person {
        /// Who.
        id: UserId,
    },
    /// Everybody in a role that every practice has, also by one of the practice's own that is based on it.
    Role {
        /// Which.
        role: Role,
    },
    /// Everybody in a role of the practice's own.
    OwnRole {
        /// Which.
        id: RoleId,
    },
}

impl Assignee {
    /// As the columns of a row say it: member, role, own role.
    pub fn from_columns(user: Option<Uuid>, role: Option<&str>, own: Option<Uuid>) -> Option<Self> {
        let person = user.map(|id| Self::Person { id: UserId(id) });
        let role = || role.and_then(Role::from_name).map(|role| Self::Role { role });
        person.or_else(role).or_else(|| own.map(|id| Self::OwnRole { id: RoleId(id) }))
    }

    /// Member, role, own role: one of them.
    pub fn columns(self) -> (Option<Uuid>, Option<&'static str>, Option<Uuid>) {
        match self {
            Self::Person { id } => (Some(id.uuid()), None, None),
            Self::Role { role } => (None, Some(role.name()), None),
            Self::OwnRole { id } => (None, None, Some(id.uuid())),
        }
    }

    /// The id of the person or own role.
    fn id(self) -> Option<Uuid> {
        match self {
            Self::Person { id } => Some(id.uuid()),
            Self::OwnRole { id } => Some(id.uuid()),
            Self::Role { .. } => None,
        }
    }
}

/// Whom something can be given to at the moment, with their names.
pub struct Assignable {
    people: HashMap<Uuid, Phi<String>>,
    roles: HashMap<Uuid, Phi<String>>,
}

/// Members who can come in, and the practice's own roles that are in use.
///
/// # Errors
/// 503 when the database is away.
pub async fn assignable(tx: &mut TenantTx) -> Result<Assignable> {
    let rows = sqlx::query!(r#"select kind as "kind!", id as "id!", name as "name!" from auth.assignable()"#)
        .fetch_all(tx.conn())
        .await?;
    let (mut people, mut roles) = (HashMap::new(), HashMap::new());
    for row in rows {
        let of = if row.kind == "person" { &mut people } else { &mut roles };
        of.insert(row.id, Phi::new(row.name));
    }
    Ok(Assignable { people, roles })
}

impl Assignable {
    /// Whether something given to them is really theirs.
    pub fn has(&self, assignee: Assignee) -> bool {
        match assignee {
            Assignee::Person { id } => self.people.contains_key(&id.uuid()),
            Assignee::Role { .. } => true,
            Assignee::OwnRole { id } => self.roles.contains_key(&id.uuid()),
        }
    }

    /// What they are called; built-in roles have their names in the catalogs.
    pub fn name(&self, assignee: Assignee) -> Option<Phi<String>> {
        let id = assignee.id()?;
        self.people.get(&id).or_else(|| self.roles.get(&id)).cloned()
    }

    /// That something can be given to them.
    ///
    /// # Errors
    /// 422 at `/assignee`.
    pub fn check(&self, assignee: Assignee) -> Result<()> {
        if self.has(assignee) {
            return Ok(());
        }
        let text = "Choose somebody who works here and can come in, or one of the practice's roles.";
        Err(Error::invalid(Vec::new()).at("/assignee", "not_found", text))
    }

    /// The condition that a task `t` is nobody's, also of those whose it was.
    pub fn push_nobodys(&self, query: &mut QueryBuilder<Postgres>) {
        query.push("(t.role is null and (t.user_id is null or t.user_id <> all(");
        query.push_bind(self.people.keys().copied().collect::<Vec<_>>());
        query.push(")) and (t.role_id is null or t.role_id <> all(");
        query.push_bind(self.roles.keys().copied().collect::<Vec<_>>()).push(")))");
    }
}

/// The names of those whose tasks were.
///
/// # Errors
/// 503 when the database is away.
pub async fn former_names(tx: &mut TenantTx, of: &[Assignee]) -> Result<HashMap<Uuid, Phi<String>>> {
    let ids: Vec<Uuid> = of.iter().filter_map(|assignee| assignee.id()).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut names = people::names(tx, ids.iter().copied()).await?;
    let rows = sqlx::query!(r#"select id as "id!", name as "name!" from auth.role_names($1)"#, &ids)
        .fetch_all(tx.conn())
        .await?;
    names.extend(rows.into_iter().map(|row| (row.id, Phi::new(row.name))));
    Ok(names)
}

/// The name of one of those, by [`former_names`].
pub fn former_name(assignee: Assignee, names: &HashMap<Uuid, Phi<String>>) -> Option<Phi<String>> {
    names.get(&assignee.id()?).cloned()
}

/// The condition that a task `t` is the caller's own or their role's. A program has none.
pub fn push_mine(actor: &Actor, query: &mut QueryBuilder<Postgres>) {
    let Actor::User { user, role, own, .. } = actor else {
        query.push("false");
        return;
    };
    query.push("(t.user_id = ").push_bind(user.uuid()).push(" or t.role = ").push_bind(role.name());
    if let Some((own, _)) = own {
        query.push(" or t.role_id = ").push_bind(own.uuid());
    }
    query.push(")");
}

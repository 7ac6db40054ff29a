//! Staff: who works in the practice, and as what.

mod change;
#[cfg(test)]
mod tests;

use garde::Validate;
use jiff::Timestamp;
use platform::Result;
use platform::db::{Actor, TenantTx};
use platform::error::{Error, token_expired};
use platform::extract::Query;
use platform::filter::Kind;
use platform::guard::Can;
use platform::id::{RoleId, UserId};
use platform::page::{MAX_LIMIT, Order, Sort, default_limit};
use platform::permission::{Permission as _, Rights, Role, staff as may};
use platform::phi::Phi;
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use sqlx::QueryBuilder;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::session::CustomRole;

/// The routes of staff.
pub fn routes() -> Routes {
    change::routes().route(route!(list))
}

/// Somebody who belongs to the practice.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// The person's id, under both names.
    pub id: UserId,
    /// The person's id, under both names.
    pub user_id: UserId,
    pub name: Phi<String>,
    /// Only for whoever may change staff, as are the next two.
    #[schema(required)]
    pub email: Option<Phi<String>>,
    /// When this person last touched something here.
    #[schema(required)]
    pub last_seen_at: Option<Timestamp>,
    /// Whether a second factor is set up.
    #[schema(required)]
    pub second_factor: Option<bool>,
    /// The role; with one of the practice's own, what that one is based on.
    pub role: Role,
    /// The role of the practice's own.
    #[schema(required)]
    pub custom_role: Option<CustomRole>,
    pub status: MemberStatus,
    pub joined_at: Timestamp,
    pub version: i32,
}

/// Whether a member can come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum MemberStatus {
    /// Can.
    Active,
    /// Cannot, until restored.
    Suspended,
    /// No longer belongs to the practice; the ledger says so, no list does.
    Removed,
}

/// Which members to list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListStaff {
    /// Rows of a page, at most 200.
    #[garde(range(min = 1, max = MAX_LIMIT))]
    #[serde(default = "default_limit")]
    #[param(default = 50, minimum = 1, maximum = 200)]
    limit: u32,
    /// The nextCursor of the page before.
    #[garde(inner(length(max = 2000)))]
    cursor: Option<String>,
    /// Who can come in, who is suspended, or both.
    #[garde(skip)]
    #[serde(default)]
    #[param(inline)]
    status: Status,
    /// Part of a name; for whoever may change staff, of an e-mail too.
    #[garde(inner(length(chars, max = 120)))]
    q: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Status {
    Active,
    Suspended,
    #[default]
    All,
}

/// A page of members, by name.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct StaffPage {
    items: Vec<Member>,
    /// For the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

const SORTS: &[Sort] = &[Sort { name: "name", column: "m.name_key", kind: Kind::Text }];

/// Who works here, and as what.
#[utoipa::path(get, path = "/api/v1/staff", tag = "identity", params(ListStaff), responses((status = 200, body = StaffPage)))]
async fn list(who: Can<may::Read>, Query(asked): Query<ListStaff>) -> Result<Json<StaffPage>> {
    let order = Order::parse(SORTS, None, asked.cursor.as_deref(), asked.limit)?;
    let full = who.may(may::Write::NAME);
    who.read(async move |tx| {
        let mut query = QueryBuilder::new(
            "select m.user_id, m.name, m.name_key, m.email, m.role, m.role_id, m.role_name, m.permissions, m.status,
                    m.last_seen_at, m.second_factor, m.open_sessions, m.joined_at, m.version
               from auth.members(null) m where ",
        );
        query.push(match asked.status {
            Status::Active => "m.status = 'active'",
            Status::Suspended => "m.status = 'suspended'",
            Status::All => "true",
        });
        if let Some(q) = asked.q.as_deref().map(str::trim).filter(|q| !q.is_empty()) {
            let searched = if full { "m.name_key || ' ' || m.email" } else { "m.name_key" };
            query.push(format_args!(" and strpos({searched}, lower("));
            query.push_bind(q.to_owned()).push(")) > 0");
        }
        order.push("m.user_id", &mut query)?;
        let rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
        let (rows, next_cursor) = order.cut(rows, |row, _| (row.name_key.clone().into(), row.user_id))?;
        let items = rows.iter().map(|row| Ok(if full { row.member()? } else { row.member()?.for_colleagues() }));
        Ok(Json(StaffPage { items: items.collect::<Result<_>>()?, next_cursor }))
    })
    .await
}

impl Member {
    /// Without what is the person's own business.
    fn for_colleagues(self) -> Self {
        Self { email: None, last_seen_at: None, second_factor: None, ..self }
    }
}

/// A membership with its person, as `auth.members` tells it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct Row {
    pub user_id: Uuid,
    pub name: String,
    pub name_key: String,
    pub email: String,
    pub role: String,
    pub role_id: Option<Uuid>,
    pub role_name: Option<String>,
    pub permissions: Option<Vec<String>>,
    pub status: MemberStatus,
    pub last_seen_at: Option<jiff_sqlx::Timestamp>,
    pub second_factor: bool,
    pub open_sessions: i64,
    pub joined_at: jiff_sqlx::Timestamp,
    pub version: i32,
}

impl Row {
    /// As the API shows it.
    pub fn member(&self) -> Result<Member> {
        Ok(Member {
            id: UserId(self.user_id),
            user_id: UserId(self.user_id),
            name: Phi::new(self.name.clone()),
            email: Some(Phi::new(self.email.clone())),
            last_seen_at: self.last_seen_at.map(|at| at.to_jiff()),
            second_factor: Some(self.second_factor),
            role: self.base()?,
            custom_role: custom_role(self.role_id, self.role_name.clone()),
            status: self.status,
            joined_at: self.joined_at.to_jiff(),
            version: self.version,
        })
    }

    /// What this member is and may.
    pub fn standing(&self) -> Result<Standing> {
        Ok(Standing::of(self.base()?, self.permissions.as_ref()))
    }

    fn base(&self) -> Result<Role> {
        Role::from_name(&self.role).ok_or_else(|| Error::internal("a role that nobody knows"))
    }
}

/// Id and name of a role of the practice's own, where there is one.
pub(crate) fn custom_role(id: Option<Uuid>, name: Option<String>) -> Option<CustomRole> {
    id.zip(name).map(|(id, name)| CustomRole { id: RoleId(id), name })
}

/// A role and what it may: what somebody has, or is to get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    pub role: Role,
    pub rights: Rights,
}

impl Standing {
    /// A role by the table, or one of the practice's own that may exactly the listed.
    pub fn of(role: Role, listed: Option<&Vec<String>>) -> Self {
        Self { role, rights: listed.map_or(Rights::Of(role), Rights::listed) }
    }

    /// Whether somebody of this standing may give the other one to somebody, or take it away.
    ///
    /// # Errors
    /// 403 `staff.owner_only` for what only owners do, `role.beyond_own` for rights that one does not have.
    pub fn may_handle(&self, other: &Self) -> Result<()> {
        if other.role == Role::Owner && self.role != Role::Owner {
            return Err(Error::forbidden_as("staff.owner_only", "Only an owner can make, change or remove an owner."));
        }
        if !self.rights.include(&other.rights) {
            let title = "This role may do more than you may; ask an owner of the practice to do this.";
            return Err(Error::forbidden_as("role.beyond_own", title));
        }
        Ok(())
    }
}

/// Lets one at a time change who may what in this practice, until the end of the transaction, and answers what the
/// caller is by now: two owners who demote each other come one after the other, and the second is no owner any more.
pub(crate) async fn take_charge(tx: &mut TenantTx, permission: &str) -> Result<Standing> {
    tx.one_by_one().await?;
    let Actor::User { user, .. } = tx.caller().actor else { return Err(Error::forbidden()) };
    let row = find(tx, user).await.map_err(|_| token_expired())?;
    let standing = row.standing()?;
    if row.status == MemberStatus::Active && standing.rights.may(permission) {
        Ok(standing)
    } else {
        Err(token_expired())
    }
}

/// A member of the practice.
pub(crate) async fn find(tx: &mut TenantTx, id: UserId) -> Result<Row> {
    all(tx, Some(id)).await?.pop().ok_or_else(Error::not_found)
}

/// Every member, or one of them. A practice has at most some hundreds.
pub(crate) async fn all(tx: &mut TenantTx, only: Option<UserId>) -> Result<Vec<Row>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select user_id as "user_id!", name as "name!", name_key as "name_key!", email as "email!", role as "role!", role_id,
                  role_name, permissions, status as "status!: MemberStatus", last_seen_at,
                  second_factor as "second_factor!", open_sessions as "open_sessions!", joined_at as "joined_at!",
                  version as "version!"
             from auth.members($1) order by name_key, user_id"#,
        only.map(UserId::uuid),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

//! Roles: what the table gives the built-in ones, and the practice's own, which may exactly what they list.

use garde::Validate;
use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::error::{Error, FieldError, OnConstraint as _, Result};
use platform::extract::{Body, Path};
use platform::guard::Can;
use platform::id::RoleId;
use platform::idempotency::{IdempotencyKey, Once};
use platform::permission::{Name, OWN, Permission as _, Rights, Role, TABLE, roles as may};
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::{route, validate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::staff::{Standing, take_charge};

/// The most roles of a practice's own: a list that people still see through.
const MOST: usize = 50;

/// The routes of roles.
pub fn routes() -> Routes {
    Routes::new().route(route!(list)).route(route!(create)).route(route!(change)).route(route!(archive))
}

/// Every role, and the table that says what each may.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Roles {
    built_in: Vec<BuiltIn>,
    custom: Vec<OwnRole>,
    table: Vec<Line>,
}

/// A role that every practice has.
#[derive(Debug, Serialize, ToSchema)]
struct BuiltIn {
    role: Role,
    permissions: Vec<Name>,
}

/// A role of the practice's own.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CustomRoleDetail)]
struct OwnRole {
    id: RoleId,
    name: String,
    /// What its holder is: a provider can be booked.
    based_on: Role,
    /// What it may, and nothing else.
    permissions: Vec<Name>,
    /// How many hold it.
    members: i64,
    version: i32,
}

/// A permission, and which built-in roles have it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Line {
    permission: Name,
    /// Its noun.
    group: &'static str,
    roles: Vec<Role>,
    /// Every role has it: it concerns nobody but oneself.
    always: bool,
}

/// A role to be made.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewRole {
    #[garde(length(chars, max = 60), custom(validate::line))]
    name: String,
    /// Any role but the owner.
    #[garde(skip)]
    based_on: Role,
    /// What concerns oneself is always added.
    #[garde(length(max = 500))]
    permissions: Vec<Name>,
}

/// What is to be different about a role; what is left out stays.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RoleChange {
    /// The version that the change is based on.
    #[garde(skip)]
    version: i32,
    #[garde(inner(length(chars, max = 60), custom(validate::line)))]
    name: Option<String>,
    #[garde(inner(length(max = 500)))]
    permissions: Option<Vec<Name>>,
}

/// The version that an action is based on.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct AtVersion {
    #[garde(skip)]
    version: i32,
}

/// The roles, and what each may.
#[utoipa::path(get, path = "/api/v1/roles", tag = "identity", responses((status = 200, body = Roles)))]
async fn list(who: Can<may::Read>) -> Result<Json<Roles>> {
    let custom = who.read(async |tx| all(tx, None).await).await?;
    let built_in = Role::ALL.map(|role| BuiltIn { role, permissions: names(&Rights::Of(role)) });
    let table = TABLE.iter().map(|row| Line {
        permission: Name(row.permission),
        group: row.permission.split('.').next().unwrap_or(row.permission),
        roles: Role::ALL.into_iter().filter(|role| role.may(row.permission)).collect(),
        always: OWN.contains(&row.permission),
    });
    Ok(Json(Roles {
        built_in: built_in.into(),
        custom: custom.into_iter().map(|found| found.role).collect(),
        table: table.collect(),
    }))
}

/// Make a role of the practice's own.
#[utoipa::path(post, path = "/api/v1/roles", tag = "identity", request_body = NewRole,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = OwnRole)))]
async fn create(who: Can<may::Write>, key: IdempotencyKey, Body(new): Body<NewRole>) -> Result<Once> {
    let request = key.of("role.create", &new)?;
    who.create_once(request, async move |tx| {
        let actor = take_charge(tx, may::Write::NAME).await?;
        if new.based_on == Role::Owner {
            let fault = FieldError::new("/basedOn", "invalid", "A role of your own can be based on any but the owner.");
            return Err(Error::invalid(vec![fault]));
        }
        let rights = with_own(&new.permissions);
        actor.may_handle(&Standing { role: new.based_on, rights: rights.clone() })?;
        if all(tx, None).await?.len() >= MOST {
            return Err(Error::conflict("role.too_many", "There are 50 roles already; archive one first."));
        }
        let id = RoleId::new();
        save(tx, id, new.name.trim(), new.based_on, &rights, false).await?;
        let role = find(tx, id).await?.role;
        tx.record(Change::created("role", id.uuid(), &role).event("role.created", role.version)).await?;
        Ok(role)
    })
    .await
}

/// Change a role. Whoever holds it goes on with the new rights from the next request.
#[utoipa::path(patch, path = "/api/v1/roles/{id}", tag = "identity", request_body = RoleChange,
    params(("id" = Uuid, Path, description = "The role")), responses((status = 200, body = OwnRole)))]
async fn change(who: Can<may::Write>, Path(id): Path<RoleId>, Body(asked): Body<RoleChange>) -> Result<Json<OwnRole>> {
    who.write(async move |tx| {
        let actor = take_charge(tx, may::Write::NAME).await?;
        let before = find_at(tx, id, asked.version).await?.role;
        let rights = asked.permissions.as_deref().map_or_else(|| before.rights(), with_own);
        actor.may_handle(&before.standing())?;
        actor.may_handle(&Standing { role: before.based_on, rights: rights.clone() })?;
        let name = asked.name.as_deref().unwrap_or(&before.name).trim().to_owned();
        save(tx, id, &name, before.based_on, &rights, false).await?;
        let after = find(tx, id).await?.role;
        tx.record(Change::updated("role", id.uuid(), &before, &after).event("role.changed", after.version)).await?;
        Ok(Json(after))
    })
    .await
}

/// Archive a role that nobody holds and nobody is invited to.
#[utoipa::path(post, path = "/api/v1/roles/{id}/archive", tag = "identity", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The role")), responses((status = 200, body = OwnRole)))]
async fn archive(who: Can<may::Write>, Path(id): Path<RoleId>, Body(at): Body<AtVersion>) -> Result<Json<OwnRole>> {
    who.write(async move |tx| {
        let actor = take_charge(tx, may::Write::NAME).await?;
        let found = find_at(tx, id, at.version).await?;
        let role = found.role;
        actor.may_handle(&role.standing())?;
        if role.members + found.open_invites > 0 {
            let title = "Somebody has this role or is invited to it; give them another one first.";
            return Err(Error::conflict("role.in_use", title));
        }
        save(tx, id, &role.name, role.based_on, &role.rights(), true).await?;
        let after = OwnRole { version: role.version + 1, ..role };
        tx.record(Change::done("archive", "role", id.uuid()).event("role.archived", after.version)).await?;
        Ok(Json(after))
    })
    .await
}

impl OwnRole {
    fn rights(&self) -> Rights {
        Rights::listed(self.permissions.iter().map(|name| name.0))
    }

    fn standing(&self) -> Standing {
        Standing { role: self.based_on, rights: self.rights() }
    }
}

/// A role that a member is to get.
pub(crate) struct Assigned {
    pub standing: Standing,
    pub own: Option<RoleId>,
}

/// The practice's own role, to be given to somebody.
///
/// # Errors
/// 422 when there is none of that id, or when a role is named that it is not based on.
pub(crate) async fn assignable(tx: &mut TenantTx, id: RoleId, named: Option<Role>) -> Result<Assigned> {
    let fault = |text: &str| Error::invalid(vec![FieldError::new("/customRoleId", "invalid", text)]);
    let role = find(tx, id).await.map_err(|_| fault("There is no such role, or it is archived."))?.role;
    if named.is_some_and(|named| named != role.based_on) {
        return Err(fault("This role is based on another one; leave the other one out."));
    }
    Ok(Assigned { standing: role.standing(), own: Some(id) })
}

fn with_own(names: &[Name]) -> Rights {
    Rights::listed(names.iter().map(|name| name.0).chain(OWN))
}

fn names(rights: &Rights) -> Vec<Name> {
    rights.permissions().into_iter().map(Name).collect()
}

struct Found {
    role: OwnRole,
    open_invites: i64,
}

async fn find(tx: &mut TenantTx, id: RoleId) -> Result<Found> {
    all(tx, Some(id)).await?.pop().ok_or_else(Error::not_found)
}

/// The role, if still at that version. [`take_charge`] keeps others out meanwhile.
async fn find_at(tx: &mut TenantTx, id: RoleId, version: i32) -> Result<Found> {
    let found = find(tx, id).await?;
    check_version(version, found.role.version, &found.role)?;
    Ok(found)
}

/// The practice's own roles; there are at most [`MOST`].
async fn all(tx: &mut TenantTx, only: Option<RoleId>) -> Result<Vec<Found>> {
    let rows = sqlx::query!(
        r#"select id as "id!", name as "name!", based_on as "based_on!", permissions as "permissions!",
                  members as "members!", open_invites as "open_invites!", version as "version!"
             from auth.roles($1) order by lower(name), id"#,
        only.map(RoleId::uuid),
    )
    .fetch_all(tx.conn())
    .await?;
    let found = rows.into_iter().map(|row| {
        let based_on = Role::from_name(&row.based_on).ok_or_else(|| Error::internal("a role that nobody knows"))?;
        let permissions = names(&Rights::listed(&row.permissions));
        let (id, members, version) = (RoleId(row.id), row.members, row.version);
        let role = OwnRole { id, name: row.name, based_on, permissions, members, version };
        Ok(Found { role, open_invites: row.open_invites })
    });
    found.collect()
}

async fn save(tx: &mut TenantTx, id: RoleId, name: &str, base: Role, rights: &Rights, archived: bool) -> Result<()> {
    let permissions: Vec<String> = rights.permissions().into_iter().map(str::to_owned).collect();
    sqlx::query!("select auth.save_role($1, $2, $3, $4, $5)", id.uuid(), name, base.name(), &permissions, archived)
        .execute(tx.conn())
        .await
        .on_constraint("role_name_key", || {
            Error::conflict("role.name_taken", "There is a role of that name already.").at(
                "/name",
                "taken",
                "Choose another name.",
            )
        })?;
    Ok(())
}

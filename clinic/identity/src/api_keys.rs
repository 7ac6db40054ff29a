//! API keys: with which a practice's programs come in. A key may what its scopes say, until it runs out or is revoked.

use garde::Validate;
use jiff::{SignedDuration, Timestamp};
use platform::api_key;
use platform::db::TenantTx;
use platform::error::{Error, FieldError, Result};
use platform::extract::{Body, Path};
use platform::guard::Can;
use platform::id::{ApiKeyId, UserId};
use platform::idempotency::{IdempotencyKey, Once};
use platform::permission::{Name, Permission as _, Rights, Role, api_keys as may, is_for_keys, named};
use platform::phi::Phi;
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::{route, validate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::staff::{Standing, take_charge};

/// The most keys that serve at once.
const MOST: usize = 50;
/// The longest that a key serves.
const LONGEST: SignedDuration = SignedDuration::from_hours(366 * 24);

/// The routes of API keys.
pub fn routes() -> Routes {
    Routes::new().route(route!(list)).route(route!(create)).route(route!(revoke))
}

/// A key, without the key itself.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApiKey {
    pub id: ApiKeyId,
    pub name: String,
    /// What the key begins with.
    pub prefix: String,
    /// What it ends with.
    pub last_four: String,
    pub scopes: Vec<Name>,
    pub expires_at: Timestamp,
    pub created_at: Timestamp,
    pub created_by: Creator,
    /// To the minute.
    #[schema(required)]
    pub last_used_at: Option<Timestamp>,
    #[schema(required)]
    pub revoked_at: Option<Timestamp>,
}

/// Who made a key.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Creator {
    pub id: UserId,
    pub name: Phi<String>,
    /// Whether this person can still come in.
    pub is_here: bool,
}

/// A key to be made.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewApiKey {
    /// What it is for.
    #[garde(length(chars, max = 80), custom(validate::line))]
    name: String,
    /// What it may.
    #[garde(length(min = 1, max = 500))]
    scopes: Vec<Name>,
    /// At most a year from now.
    #[garde(skip)]
    expires_at: Timestamp,
}

/// A new key. This answer is the only place where it can be read.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CreatedApiKey {
    /// The key: `Authorization: Bearer vk_…`.
    key: Phi<String>,
    #[serde(flatten)]
    about: ApiKey,
}

/// The practice's keys.
#[derive(Debug, Serialize, ToSchema)]
struct ApiKeys {
    items: Vec<ApiKey>,
    /// What a key can be made for by whoever asks.
    scopes: Vec<Name>,
}

/// Which programs have keys, the newest first; those that do not serve any more for as long as they are remembered.
#[utoipa::path(get, path = "/api/v1/api-keys", tag = "identity", responses((status = 200, body = ApiKeys)))]
async fn list(who: Can<may::Read>) -> Result<Json<ApiKeys>> {
    let scopes = who.rights().permissions().into_iter().filter(|name| is_for_keys(name)).map(Name).collect();
    let items = who.read(async |tx| all(tx, None).await).await?;
    Ok(Json(ApiKeys { items, scopes }))
}

/// Make a key.
#[utoipa::path(post, path = "/api/v1/api-keys", tag = "identity", request_body = NewApiKey,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = CreatedApiKey)))]
async fn create(who: Can<may::Write>, key: IdempotencyKey, Body(new): Body<NewApiKey>) -> Result<Once> {
    let request = key.of("api_key.create", &new)?;
    who.create_once(request, async move |tx| {
        let actor = take_charge(tx, may::Write::NAME).await?;
        check(&new, tx.now())?;
        let rights = Rights::listed(new.scopes.iter().map(|name| name.0));
        actor.may_handle(&Standing { role: Role::Staff, rights: rights.clone() })?;
        if all(tx, None).await?.iter().filter(|key| key.serves(tx.now())).count() >= MOST {
            return Err(Error::conflict("api_key.too_many", "There are 50 keys already; revoke one first."));
        }
        let (id, made, creator) = (ApiKeyId::new(), api_key::make()?, tx.caller().actor.id());
        let scopes: Vec<String> = rights.permissions().into_iter().map(str::to_owned).collect();
        sqlx::query!(
            "select auth.add_api_key($1, $2, $3, $4, $5, $6, $7, $8)",
            id.uuid(),
            new.name.trim(),
            made.hash,
            made.prefix,
            made.last_four,
            &scopes,
            jiff_sqlx::Timestamp::from(new.expires_at) as _,
            creator,
        )
        .execute(tx.conn())
        .await?;
        let about = find(tx, id).await?;
        tx.record(Change::created("api_key", id.uuid(), &about).event("api_key.created", 1)).await?;
        Ok(CreatedApiKey { key: Phi::new(made.key), about })
    })
    .await
}

/// Revoke a key. It stops serving at once and for good.
#[utoipa::path(post, path = "/api/v1/api-keys/{id}/revoke", tag = "identity",
    params(("id" = Uuid, Path, description = "The key")), responses((status = 200, body = ApiKey)))]
async fn revoke(who: Can<may::Write>, Path(id): Path<ApiKeyId>) -> Result<Json<ApiKey>> {
    who.write(async move |tx| {
        take_charge(tx, may::Write::NAME).await?;
        let before = find(tx, id).await?;
        if before.revoked_at.is_some() {
            return Ok(Json(before));
        }
        sqlx::query!("select auth.revoke_api_key($1)", id.uuid()).execute(tx.conn()).await?;
        let after = find(tx, id).await?;
        tx.record(Change::updated("api_key", id.uuid(), &before, &after).event("api_key.revoked", 2)).await?;
        Ok(Json(after))
    })
    .await
}

fn check(new: &NewApiKey, now: Timestamp) -> Result<()> {
    let mut faults = Vec::new();
    for (i, scope) in new.scopes.iter().enumerate().filter(|(_, scope)| !is_for_keys(scope.0)) {
        let text = format!("A key cannot have {}; that is for people.", scope.0);
        faults.push(FieldError::new(format!("/scopes/{i}"), "not_for_keys", text));
    }
    let left = new.expires_at.duration_since(now);
    if left <= SignedDuration::ZERO || left > LONGEST {
        faults.push(FieldError::new("/expiresAt", "out_of_range", "A key serves until some day within a year."));
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::invalid(faults)) }
}

impl ApiKey {
    /// Whether it still serves.
    pub fn serves(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at > now
    }
}

async fn find(tx: &mut TenantTx, id: ApiKeyId) -> Result<ApiKey> {
    all(tx, Some(id)).await?.pop().ok_or_else(Error::not_found)
}

/// The practice's keys, or one of them. At most 200 are told: all that serve, and of the others the newest.
pub(crate) async fn all(tx: &mut TenantTx, only: Option<ApiKeyId>) -> Result<Vec<ApiKey>> {
    let rows = sqlx::query!(
        r#"select id as "id!", name as "name!", prefix as "prefix!", last_four as "last_four!", scopes as "scopes!",
                  expires_at as "expires_at!", created_by as "created_by!", created_by_name as "created_by_name!",
                  creator_is_here as "creator_is_here!", created_at as "created_at!", last_used_at, revoked_at
             from auth.api_keys($1)
            order by revoked_at is null and expires_at > now() desc, created_at desc, id desc limit 200"#,
        only.map(ApiKeyId::uuid),
    )
    .fetch_all(tx.conn())
    .await?;
    let keys = rows.into_iter().map(|row| ApiKey {
        id: ApiKeyId(row.id),
        name: row.name,
        prefix: row.prefix,
        last_four: row.last_four,
        scopes: row.scopes.iter().filter_map(|name| named(name)).map(Name).collect(),
        expires_at: row.expires_at.to_jiff(),
        created_at: row.created_at.to_jiff(),
        created_by: Creator {
            id: UserId(row.created_by),
            name: Phi::new(row.created_by_name),
            is_here: row.creator_is_here,
        },
        last_used_at: row.last_used_at.map(|at| at.to_jiff()),
        revoked_at: row.revoked_at.map(|at| at.to_jiff()),
    });
    Ok(keys.collect())
}

//! Keys of those who recognise, answer and speak in calls. Flows name them (`openai/alpha`) and never hold them; here they are
//! sealed, and of each the last four characters are shown.

use std::collections::{BTreeMap, BTreeSet};

use garde::Validate;
use jiff::Timestamp;
use platform::crypto::Place;
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::Body;
use platform::guard::Can;
use platform::permission::integrations as may;
use platform::phi::Phi;
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::{Result, route};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::flow;

/// The routes of keys.
pub fn routes() -> Routes {
    Routes::new().route(route!(list)).route(route!(set))
}

/// A key that flows name.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct VoiceSecret {
    /// What flows call it.
    name: String,
    /// What it ends with; null while there is none.
    #[schema(required)]
    last_four: Option<String>,
    /// The call workflows whose flow needs it.
    used_by: Vec<String>,
    /// Goes up with each change; 0 while there is none.
    version: i32,
    /// When it was last changed.
    #[schema(required)]
    updated_at: Option<Timestamp>,
}

/// All keys that there are or should be.
#[derive(Debug, Serialize, ToSchema)]
struct VoiceSecrets {
    items: Vec<VoiceSecret>,
}

/// A key to be kept.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewVoiceSecret {
    /// What flows call it: two words with a slash between them.
    #[garde(custom(two_words))]
    name: String,
    /// The version that the change is based on; 0 while there is none.
    #[garde(skip)]
    version: i32,
    /// The key; null forgets it.
    #[garde(skip)]
    #[schema(required)]
    value: Option<Phi<String>>,
}

fn two_words(value: &str, (): &()) -> garde::Result {
    let is_word = |word: &str| {
        (1..=40).contains(&word.len())
            && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    if value.split_once('/').is_some_and(|(one, other)| is_word(one) && is_word(other)) {
        return Ok(());
    }
    Err(garde::Error::new("invalid: Use two words of lower-case letters, digits and underscores with a slash between."))
}

/// The keys that the practice's flows name, and those that there are.
#[utoipa::path(get, path = "/api/v1/voice-secrets", tag = "voice", responses((status = 200, body = VoiceSecrets)))]
async fn list(who: Can<may::Read>) -> Result<Json<VoiceSecrets>> {
    who.read(async move |tx| Ok(Json(VoiceSecrets { items: all(tx).await? }))).await
}

/// Keep a key, or forget it.
#[utoipa::path(put, path = "/api/v1/voice-secrets", tag = "voice", request_body = NewVoiceSecret,
    responses((status = 200, body = VoiceSecrets)))]
async fn set(who: Can<may::Write>, Body(new): Body<NewVoiceSecret>) -> Result<Json<VoiceSecrets>> {
    if new.value.as_ref().is_some_and(|value| !(4..=400).contains(&value.expose().trim().len())) {
        return Err(Error::invalid(Vec::new()).at("/value", "invalid", "A key has between 4 and 400 characters."));
    }
    who.write(async move |tx| {
        tx.one_by_one().await?;
        let all_before = all(tx).await?;
        let before = all_before.iter().find(|known| known.name == new.name);
        if before.map_or(0, |before| before.version) != new.version {
            return Err(Error::stale(&VoiceSecrets { items: all_before }));
        }
        let is_new = before.is_none_or(|before| before.version == 0);
        match &new.value {
            Some(value) => keep(tx, &new.name, value.expose().trim()).await?,
            None => forget(tx, &new.name).await?,
        }
        let action = if new.value.is_none() {
            "delete"
        } else if is_new {
            "create"
        } else {
            "update"
        };
        let practice = tx.practice();
        tx.record(Change::done(action, "voice_secret", practice).with(serde_json::json!({ "name": new.name }))).await?;
        Ok(Json(VoiceSecrets { items: all(tx).await? }))
    })
    .await
}

async fn keep(tx: &mut TenantTx, name: &str, value: &str) -> Result<()> {
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    let sealed = tx.seal(place(practice, name), value.as_bytes()).await?;
    let last_four: String = value.chars().skip(value.chars().count().saturating_sub(4)).collect();
    sqlx::query!(
        "insert into voice.secret (practice_id, name, value, last_four, updated_at) values ($1, $2, $3, $4, $5)
         on conflict (practice_id, name) do update
            set value = excluded.value, last_four = excluded.last_four, version = voice.secret.version + 1,
                updated_at = excluded.updated_at",
        practice,
        name,
        sealed,
        last_four,
        now as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

async fn forget(tx: &mut TenantTx, name: &str) -> Result<()> {
    let practice = tx.practice();
    sqlx::query!("delete from voice.secret where practice_id = $1 and name = $2", practice, name)
        .execute(tx.conn())
        .await?;
    Ok(())
}

fn place(practice: Uuid, name: &str) -> Place<'_> {
    Place { table: "voice.secret", column: name, row: practice }
}

async fn all(tx: &mut TenantTx) -> Result<Vec<VoiceSecret>> {
    let practice = tx.practice();
    let rows = sqlx::query!(
        "select name, last_four, version, updated_at from voice.secret where practice_id = $1 order by name limit 200",
        practice
    )
    .fetch_all(tx.conn())
    .await?;
    let mut used: BTreeMap<String, BTreeSet<String>> = flow::secrets_named(tx).await?;
    let mut all: Vec<VoiceSecret> = rows
        .into_iter()
        .map(|row| VoiceSecret {
            used_by: used.remove(&row.name).unwrap_or_default().into_iter().collect(),
            name: row.name,
            last_four: Some(row.last_four),
            version: row.version,
            updated_at: Some(row.updated_at.to_jiff()),
        })
        .collect();
    let missing = |(name, used_by): (String, BTreeSet<String>)| VoiceSecret {
        name,
        last_four: None,
        used_by: used_by.into_iter().collect(),
        version: 0,
        updated_at: None,
    };
    all.extend(used.into_iter().map(missing));
    all.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(all)
}

/// A key that a flow names, if the practice has it.
///
/// # Errors
/// 503 when the database is away.
pub async fn named(tx: &mut TenantTx, name: &str) -> Result<Option<Phi<String>>> {
    let practice = tx.practice();
    let sealed =
        sqlx::query_scalar!("select value from voice.secret where practice_id = $1 and name = $2", practice, name)
            .fetch_optional(tx.conn())
            .await?;
    let Some(sealed) = sealed else { return Ok(None) };
    let plain = tx.open(place(practice, name), &sealed).await?;
    Ok(Some(Phi::new(String::from_utf8(plain).map_err(Error::internal)?)))
}

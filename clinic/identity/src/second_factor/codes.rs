//! Recovery codes: ten, each good once in place of a code of the app. Eighty bits of chance each, kept as hashes bound
//! to their person.

use platform::crypto::{random_token, sha256};
use platform::db::{AuthTx, TenantTx};
use platform::error::Result;
use platform::extract::Body;
use platform::guard::Can;
use platform::id::{SessionId, UserId};
use platform::permission::account as may;
use platform::phi::Phi;
use platform::record::Change;
use platform::route;
use platform::routes::{Json, Routes};
use serde::Serialize;
use utoipa::ToSchema;

use crate::account::{Proof, prove};

const HOW_MANY: usize = 10;
/// Crockford's letters: none is taken for another.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The route of recovery codes.
pub fn routes() -> Routes {
    Routes::new().route(route!(renew_recovery_codes))
}

/// Recovery codes, shown this once.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecoveryCodes {
    recovery_codes: Vec<Phi<String>>,
}

/// Get new recovery codes; the earlier ones serve no more.
#[utoipa::path(post, path = "/api/v1/account/recovery-codes", tag = "identity", request_body = Proof,
    responses((status = 200, body = RecoveryCodes)))]
async fn renew_recovery_codes(who: Can<may::Write>, Body(proof): Body<Proof>) -> Result<Json<RecoveryCodes>> {
    let (user, session) = who.person()?;
    prove(&who, proof.password).await?;
    let codes = who
        .write(async move |tx| {
            let codes = put(tx, user, session).await?;
            tx.record(Change::done("recovery_codes_renew", "user", user.uuid())).await?;
            Ok(codes)
        })
        .await?;
    Ok(Json(codes))
}

/// Ten new ones in place of all earlier.
pub async fn put(tx: &mut TenantTx, user: UserId, session: SessionId) -> Result<RecoveryCodes> {
    let codes = (0..HOW_MANY).map(|_| make()).collect::<Result<Vec<_>>>()?;
    let hashes: Vec<_> = codes.iter().map(|code| hash(user, code)).collect();
    sqlx::query!("select auth.put_recovery_codes($1, $2)", session.uuid(), &hashes).execute(tx.conn()).await?;
    Ok(RecoveryCodes { recovery_codes: codes.into_iter().map(Phi::new).collect() })
}

/// Uses a code up; how many are left, or nothing when it was not one.
pub async fn use_up(tx: &mut AuthTx, user: UserId, code: &str) -> Result<Option<i64>> {
    let used = sqlx::query!(
        "update auth.recovery_code set used_at = now() where user_id = $1 and hash = $2 and used_at is null",
        user.uuid(),
        hash(user, code),
    )
    .execute(tx.conn())
    .await?;
    if used.rows_affected() == 0 {
        return Ok(None);
    }
    let left = sqlx::query_scalar!(
        r#"select count(*) as "left!" from auth.recovery_code where user_id = $1 and used_at is null"#,
        user.uuid(),
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Some(left))
}

/// Sixteen letters in four groups.
fn make() -> Result<String> {
    let letters: Vec<u8> = random_token()?.iter().take(16).map(|byte| LETTERS[usize::from(byte % 32)]).collect();
    Ok(letters.chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect::<Vec<_>>().join("-"))
}

/// However it is written: in any case, with or without hyphens, with letters that are taken for digits.
fn hash(user: UserId, code: &str) -> Vec<u8> {
    let plain = code.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).map(|c| match c {
        'o' => '0',
        'i' | 'l' => '1',
        other => other,
    });
    let mut bytes = user.uuid().as_bytes().to_vec();
    bytes.extend(plain.collect::<String>().into_bytes());
    sha256(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_of_chance_and_read_in_any_spelling() {
        let (user, code) = (UserId::new(), make().expect("a code"));
        assert_eq!((code.len(), code.matches('-').count()), (19, 3), "{code}");
        assert_ne!(code, make().expect("another"));
        assert_eq!(hash(user, &code), hash(user, &code.to_uppercase().replace('-', " ")));
        assert_eq!(hash(user, "0011-aaaa"), hash(user, "oOiL aaaa"));
        assert_ne!(hash(user, &code), hash(UserId::new(), &code));
    }
}

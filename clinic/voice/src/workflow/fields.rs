//! What fields a call workflow may have, and what must stay of them once cases have values.

use dialogue::{Field, Schema};
use platform::Result;
use platform::db::TenantTx;
use platform::error::{Error, FieldError};

use super::versions;
use crate::CallWorkflowId;

/// Names of call workflows, as folders have them.
///
/// # Errors
/// `invalid`.
pub fn slug(value: &str, (): &()) -> garde::Result {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if value.len() <= 60 && value.starts_with(|c: char| c.is_ascii_lowercase()) && value.bytes().all(is_plain) {
        return Ok(());
    }
    Err(garde::Error::new("invalid: Use up to 60 lower-case letters, digits and underscores, a letter first."))
}

/// That cases can be described by these.
///
/// # Errors
/// 422 with each fault, such as `/fields/3/label`.
pub fn check(fields: &[Field]) -> Result<()> {
    let problems = Schema { fields: fields.to_vec() }.problems();
    if problems.is_empty() {
        return Ok(());
    }
    let fault = |it: dialogue::Problem| FieldError::new(format!("/fields{}", it.pointer), it.code, it.message);
    Err(Error::invalid(problems.into_iter().map(fault).collect()))
}

/// That no case has a value which these would take for something else. What a key meant last counts, also where the field
/// was left out meanwhile: its values are still there.
///
/// # Errors
/// 409 `call_workflow.field_in_use`.
pub async fn check_against(tx: &mut TenantTx, id: CallWorkflowId, fields: &[Field]) -> Result<()> {
    let before = versions::all(tx, id).await?;
    let had = |key: &str| before.iter().find_map(|version| version.fields.iter().find(|field| field.key == key));
    let differs = |field: &Field| match had(&field.key) {
        Some(had) if had.kind != field.kind => Some("type"),
        Some(had) if had.sensitive != field.sensitive => Some("sensitive"),
        _ => None,
    };
    let other: Vec<(usize, &str, &str)> = fields
        .iter()
        .enumerate()
        .filter_map(|(place, field)| Some((place, differs(field)?, field.key.as_str())))
        .collect();
    let used = used(tx, id, other.iter().map(|(_, _, key)| (*key).to_owned()).collect()).await?;
    let Some((place, member, _)) = other.iter().find(|(_, _, key)| used.iter().any(|used| used == key)) else {
        return Ok(());
    };
    let title = "Cases have values of this field; leave it out, and add one with another key.";
    Err(Error::conflict("call_workflow.field_in_use", title).at(&format!("/fields/{place}/{member}"), "in_use", title))
}

/// Those of these keys of which a case has a value, deleted cases included.
async fn used(tx: &mut TenantTx, id: CallWorkflowId, keys: Vec<String>) -> Result<Vec<String>> {
    if keys.is_empty() {
        return Ok(keys);
    }
    let practice = tx.practice();
    let used = sqlx::query_scalar!(
        r#"select k.key as "key!" from unnest($3::text[]) k (key)
            where exists (select from voice.case c
                           where c.practice_id = $1 and c.call_workflow_id = $2
                             and (jsonb_exists(c.fields, k.key) or k.key = any(c.private_keys)))"#,
        practice,
        id.uuid(),
        &keys,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(used)
}

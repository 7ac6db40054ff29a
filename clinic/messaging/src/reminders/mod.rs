//! Reminders by rules: so long before a visit, by this template. What follows from a rule follows from the visits as they
//! are, so it may be asked at any time: once for each rule, visit and beginning.

mod evaluate;
mod follow;

use garde::Validate;
use jiff::Timestamp;
use platform::Result;
use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::error::Error;
use platform::extract::{Body, Path};
use platform::guard::Can;
use platform::idempotency::{IdempotencyKey, Once};
use platform::permission::messages as may;
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::shared::AtVersion;
use platform::{route, validate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::message::Channel;
use crate::templates::{self, TemplateId};

pub use evaluate::SCHEDULE;
pub use follow::{SUBSCRIBER, outdated};

platform::id!(
    /// A rule for reminders.
    RuleId
);

/// Rules that a practice can have.
const MOST: usize = 50;

/// The routes of rules.
pub fn routes() -> Routes {
    Routes::new()
        .route(route!(list))
        .route(route!(create))
        .route(route!(read))
        .route(route!(change))
        .route(route!(archive))
}

/// What a rule says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReminderFields {
    /// Its name.
    #[garde(length(chars, min = 1, max = 80), custom(validate::line))]
    pub name: String,
    /// By which channel.
    #[garde(skip)]
    pub channel: Channel,
    /// By which template.
    #[garde(skip)]
    pub template_id: TemplateId,
    /// So many minutes before the visit begins: from a quarter of an hour to sixty days.
    #[garde(range(min = 15, max = 86_400))]
    pub offset_minutes: i32,
    /// Only for these services; for all, where it is empty.
    #[garde(length(max = 100))]
    pub service_ids: Vec<Uuid>,
    /// Only at these locations; at all, where it is empty.
    #[garde(length(max = 100))]
    pub location_ids: Vec<Uuid>,
    /// Whoever has said that they come is not reminded.
    #[garde(skip)]
    pub skip_confirmed: bool,
    /// Whether it is followed.
    #[garde(skip)]
    pub enabled: bool,
}

/// A rule for reminders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReminderRule)]
pub struct Rule {
    /// Its id.
    pub id: RuleId,
    /// What it says.
    #[serde(flatten)]
    pub fields: ReminderFields,
    /// Since when it is no longer there.
    #[schema(required)]
    pub archived_at: Option<Timestamp>,
    /// Goes up with each change.
    pub version: i32,
}

/// Rules for reminders.
#[derive(Debug, Serialize, ToSchema)]
struct ReminderRules {
    items: Vec<Rule>,
}

/// How a rule is to be from now on.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReminderRuleChange {
    /// The version that the change is based on.
    #[garde(skip)]
    version: i32,
    /// All of what it says.
    #[garde(dive)]
    rule: ReminderFields,
}

/// The practice's rules for reminders, the earliest reminder first.
#[utoipa::path(get, path = "/api/v1/message-rules", tag = "messaging", responses((status = 200, body = ReminderRules)))]
async fn list(who: Can<may::Read>) -> Result<Json<ReminderRules>> {
    who.read(async |tx| Ok(Json(ReminderRules { items: all(tx).await? }))).await
}

/// Remind patients by a new rule.
#[utoipa::path(post, path = "/api/v1/message-rules", tag = "messaging", request_body = ReminderFields,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = Rule)))]
async fn create(who: Can<may::Configure>, key: IdempotencyKey, Body(new): Body<ReminderFields>) -> Result<Once> {
    let request = key.of("message_rule.create", &new)?;
    who.create_once(request, async move |tx| {
        tx.one_by_one().await?;
        if all(tx).await?.len() >= MOST {
            return Err(Error::conflict("message_rule.too_many", "There are 50 rules; change one of them."));
        }
        check(tx, &new, "").await?;
        let rule = Rule { id: RuleId::new(), fields: tidied(&new), archived_at: None, version: 1 };
        save(tx, &rule).await?;
        tx.record(Change::created("message_rule", rule.id.uuid(), &rule).event("message_rule.created", 1)).await?;
        Ok(rule)
    })
    .await
}

/// A rule for reminders.
#[utoipa::path(get, path = "/api/v1/message-rules/{id}", tag = "messaging",
    params(("id" = Uuid, Path, description = "The rule")), responses((status = 200, body = Rule)))]
async fn read(who: Can<may::Read>, Path(id): Path<RuleId>) -> Result<Json<Rule>> {
    who.read(async move |tx| find(tx, id).await).await.map(Json)
}

/// Change a rule. What waits to be sent by it stays as it is.
#[utoipa::path(put, path = "/api/v1/message-rules/{id}", tag = "messaging", request_body = ReminderRuleChange,
    params(("id" = Uuid, Path, description = "The rule")), responses((status = 200, body = Rule)))]
async fn change(
    who: Can<may::Configure>,
    Path(id): Path<RuleId>,
    Body(change): Body<ReminderRuleChange>,
) -> Result<Json<Rule>> {
    who.write(async move |tx| {
        tx.one_by_one().await?;
        let before = find(tx, id).await?;
        check_version(change.version, before.version, &before)?;
        check(tx, &change.rule, "/rule").await?;
        let after = Rule { fields: tidied(&change.rule), version: before.version + 1, ..before.clone() };
        save(tx, &after).await?;
        let changed = Change::updated("message_rule", id.uuid(), &before, &after);
        tx.record(changed.event("message_rule.changed", after.version)).await?;
        Ok(Json(after))
    })
    .await
}

/// Give a rule up. What waits to be sent by it is taken back.
#[utoipa::path(post, path = "/api/v1/message-rules/{id}/archive", tag = "messaging", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The rule")), responses((status = 200, body = Rule)))]
async fn archive(who: Can<may::Configure>, Path(id): Path<RuleId>, Body(at): Body<AtVersion>) -> Result<Json<Rule>> {
    who.write(async move |tx| {
        tx.one_by_one().await?;
        let before = find(tx, id).await?;
        check_version(at.version, before.version, &before)?;
        let after = Rule { archived_at: Some(tx.now()), version: before.version + 1, ..before.clone() };
        save(tx, &after).await?;
        follow::take_back(tx, id).await?;
        let changed = Change::updated("message_rule", id.uuid(), &before, &after);
        tx.record(changed.event("message_rule.archived", after.version)).await?;
        Ok(Json(after))
    })
    .await
}

fn tidied(of: &ReminderFields) -> ReminderFields {
    let sorted = |ids: &[Uuid]| {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    ReminderFields {
        name: of.name.trim().to_owned(),
        service_ids: sorted(&of.service_ids),
        location_ids: sorted(&of.location_ids),
        ..of.clone()
    }
}

async fn check(tx: &mut TenantTx, of: &ReminderFields, below: &str) -> Result<()> {
    let template = match templates::find(tx, of.template_id).await {
        Ok(template) if template.channel == of.channel && template.archived_at.is_none() => Ok(()),
        Ok(_) => Err("Choose a template of this channel that is in use."),
        Err(error) if error.is_transient() => return Err(error),
        Err(_) => Err("There is no such template."),
    };
    if let Err(text) = template {
        return Err(Error::invalid(Vec::new()).at(&format!("{below}/templateId"), "invalid", text));
    }
    let services = practice::service_names(tx).await?;
    if let Some(i) = of.service_ids.iter().position(|id| !services.contains_key(&practice::ServiceId(*id))) {
        let text = "There is no such service.";
        return Err(Error::invalid(Vec::new()).at(&format!("{below}/serviceIds/{i}"), "not_found", text));
    }
    for (i, id) in of.location_ids.iter().enumerate() {
        match practice::location(tx, practice::LocationId(*id)).await {
            Ok(_) => {}
            Err(error) if error.is_transient() => return Err(error),
            Err(_) => {
                let text = "There is no such location.";
                return Err(Error::invalid(Vec::new()).at(&format!("{below}/locationIds/{i}"), "not_found", text));
            }
        }
    }
    Ok(())
}

/// The practice's rules.
///
/// # Errors
/// 503 when the database is away.
pub async fn all(tx: &mut TenantTx) -> Result<Vec<Rule>> {
    select(tx, None).await
}

async fn find(tx: &mut TenantTx, id: RuleId) -> Result<Rule> {
    select(tx, Some(id)).await?.pop().ok_or_else(Error::not_found)
}

async fn select(tx: &mut TenantTx, id: Option<RuleId>) -> Result<Vec<Rule>> {
    let practice = tx.practice();
    let rows = sqlx::query!(
        r#"select id, name, channel as "channel: Channel", template_id, offset_minutes, service_ids, location_ids,
                  skip_confirmed, enabled, archived_at, version
             from messaging.rule
            where practice_id = $1 and case when $2::uuid is null then archived_at is null else id = $2 end
            order by offset_minutes desc, id limit 100"#,
        practice,
        id.map(RuleId::uuid),
    )
    .fetch_all(tx.conn())
    .await?;
    let rule = rows.into_iter().map(|row| Rule {
        id: RuleId(row.id),
        fields: ReminderFields {
            name: row.name,
            channel: row.channel,
            template_id: TemplateId(row.template_id),
            offset_minutes: row.offset_minutes,
            service_ids: row.service_ids,
            location_ids: row.location_ids,
            skip_confirmed: row.skip_confirmed,
            enabled: row.enabled,
        },
        archived_at: row.archived_at.map(jiff_sqlx::Timestamp::to_jiff),
        version: row.version,
    });
    Ok(rule.collect())
}

async fn save(tx: &mut TenantTx, of: &Rule) -> Result<()> {
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    sqlx::query!(
        "insert into messaging.rule (practice_id, id, name, channel, template_id, offset_minutes, service_ids, location_ids,
                skip_confirmed, enabled, archived_at, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)
         on conflict (practice_id, id) do update
            set name = $3, channel = $4, template_id = $5, offset_minutes = $6, service_ids = $7, location_ids = $8,
                skip_confirmed = $9, enabled = $10, archived_at = $11, version = $12, updated_at = $13",
        practice,
        of.id.uuid(),
        of.fields.name,
        of.fields.channel as Channel,
        of.fields.template_id.uuid(),
        of.fields.offset_minutes,
        &of.fields.service_ids,
        &of.fields.location_ids,
        of.fields.skip_confirmed,
        of.fields.enabled,
        of.archived_at.map(jiff_sqlx::Timestamp::from) as _,
        of.version,
        now as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

//! Templates: what is written to patients again and again, in both languages, with variables. Those of the product are in
//! the program, under ids of their own; a practice that changes one has its own under the same id from then on.

mod builtin;
pub mod engine;
pub mod parts;
pub mod preview;
pub mod values;

use garde::Validate;
use jiff::Timestamp;
use platform::Result;
use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::error::{Error, FieldError};
use platform::extract::{Body, Path, Query};
use platform::guard::Can;
use platform::idempotency::{IdempotencyKey, Once};
use platform::language::Language;
use platform::permission::messages as may;
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::shared::{AtVersion, Status};
use platform::{route, validate};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::judge::Purpose;
use crate::message::Channel;
#[cfg(test)]
pub use builtin::all as built_in;
pub use engine::TemplateProblem;

platform::id!(
    /// A template.
    TemplateId
);

/// Templates that a practice can have of its own.
const MOST: usize = 300;

/// The routes of templates.
pub fn routes() -> Routes {
    Routes::new()
        .route(route!(list))
        .route(route!(create))
        .route(route!(read))
        .route(route!(change))
        .route(route!(archive))
        .route(route!(restore))
        .route(route!(versions))
        .merge(preview::routes())
}

/// What a template says, in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TemplateTexts {
    /// The subject of an e-mail, in English.
    #[garde(inner(length(chars, min = 1, max = 200), custom(validate::line)))]
    #[schema(required)]
    pub subject_en: Option<String>,
    /// The text in English.
    #[garde(length(chars, min = 1, max = 5000), custom(validate::text))]
    pub text_en: String,
    /// The subject of an e-mail, in Arabic.
    #[garde(inner(length(chars, min = 1, max = 200), custom(validate::line)))]
    #[schema(required)]
    pub subject_ar: Option<String>,
    /// The text in Arabic.
    #[garde(length(chars, min = 1, max = 5000), custom(validate::text))]
    pub text_ar: String,
}

impl TemplateTexts {
    /// Subject and text in a language.
    pub fn in_language(&self, language: Language) -> (Option<&str>, &str) {
        match language {
            Language::En => (self.subject_en.as_deref(), &self.text_en),
            Language::Ar => (self.subject_ar.as_deref(), &self.text_ar),
        }
    }

    /// What is wrong with them.
    pub fn problems(&self) -> Vec<TemplateProblem> {
        let subjects = [("subjectEn", &self.subject_en), ("subjectAr", &self.subject_ar)];
        let subjects = subjects.into_iter().filter_map(|(field, text)| Some((field, text.as_deref()?)));
        let texts = [("textEn", self.text_en.as_str()), ("textAr", self.text_ar.as_str())];
        subjects.chain(texts).flat_map(|(field, text)| engine::check(field, text)).collect()
    }
}

/// A template.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MessageTemplate)]
pub struct Template {
    /// Its id.
    pub id: TemplateId,
    /// Its name.
    pub name: String,
    /// For which channel.
    pub channel: Channel,
    /// What it is for.
    pub purpose: Purpose,
    /// What it says.
    pub texts: TemplateTexts,
    /// Which of its texts that is, from 1; 0 of the product's own.
    pub number: i32,
    /// The product's name of one of its own: `confirm.sms`.
    #[schema(required)]
    pub key: Option<String>,
    /// Since when it is no longer used.
    #[schema(required)]
    pub archived_at: Option<Timestamp>,
    /// Goes up with each change; 0 of one that nobody has changed.
    pub version: i32,
}

/// Templates.
#[derive(Debug, Serialize, ToSchema)]
struct MessageTemplates {
    items: Vec<Template>,
}

/// A template that is wanted.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewMessageTemplate {
    #[garde(length(chars, min = 1, max = 80), custom(validate::line))]
    name: String,
    #[garde(skip)]
    channel: Channel,
    #[garde(skip)]
    purpose: Purpose,
    #[garde(dive)]
    texts: TemplateTexts,
}

/// What a template is to say from now on. What was sent keeps what it said.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct MessageTemplateChange {
    /// The version that the change is based on.
    #[garde(skip)]
    version: i32,
    #[garde(inner(length(chars, min = 1, max = 80), custom(validate::line)))]
    name: Option<String>,
    #[garde(skip)]
    purpose: Option<Purpose>,
    #[garde(dive)]
    texts: Option<TemplateTexts>,
}

/// Which templates.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListTemplates {
    /// Of which channel.
    #[garde(skip)]
    channel: Option<Channel>,
    /// In use, archived, or both.
    #[garde(skip)]
    #[serde(default)]
    #[param(inline)]
    status: Status,
}

/// What a template said in one of its versions.
#[derive(Debug, Serialize, ToSchema)]
struct MessageTemplateVersion {
    /// Which, from 1.
    number: i32,
    /// What it said.
    texts: TemplateTexts,
    /// Since when.
    at: Timestamp,
}

/// Versions of a template, the newest first.
#[derive(Debug, Serialize, ToSchema)]
struct MessageTemplateVersions {
    items: Vec<MessageTemplateVersion>,
}

/// What is written again and again.
#[utoipa::path(get, path = "/api/v1/message-templates", tag = "messaging", params(ListTemplates),
    responses((status = 200, body = MessageTemplates)))]
async fn list(who: Can<may::Read>, Query(asked): Query<ListTemplates>) -> Result<Json<MessageTemplates>> {
    let fits = move |template: &Template| {
        let is_in_use = match asked.status {
            Status::Active => template.archived_at.is_none(),
            Status::Archived => template.archived_at.is_some(),
            Status::All => true,
        };
        is_in_use && asked.channel.is_none_or(|channel| channel == template.channel)
    };
    let all = who.read(async |tx| all(tx).await).await?;
    Ok(Json(MessageTemplates { items: all.into_iter().filter(fits).collect() }))
}

/// Write a new template.
#[utoipa::path(post, path = "/api/v1/message-templates", tag = "messaging", request_body = NewMessageTemplate,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = Template)))]
async fn create(who: Can<may::Configure>, key: IdempotencyKey, Body(new): Body<NewMessageTemplate>) -> Result<Once> {
    let request = key.of("message_template.create", &new)?;
    who.create_once(request, async move |tx| {
        tx.one_by_one().await?;
        if all(tx).await?.len() >= MOST {
            return Err(Error::conflict("message_template.too_many", "There are 300 templates; change one of them."));
        }
        let template = Template {
            id: TemplateId::new(),
            name: new.name.trim().to_owned(),
            channel: new.channel,
            purpose: new.purpose,
            texts: checked(new.channel, &new.texts)?,
            number: 1,
            key: None,
            archived_at: None,
            version: 1,
        };
        save(tx, &template).await?;
        keep_texts(tx, &template).await?;
        let change = Change::created("message_template", template.id.uuid(), &template);
        tx.record(change.event("message_template.created", 1)).await?;
        Ok(template)
    })
    .await
}

/// A template.
#[utoipa::path(get, path = "/api/v1/message-templates/{id}", tag = "messaging",
    params(("id" = Uuid, Path, description = "The template")), responses((status = 200, body = Template)))]
async fn read(who: Can<may::Read>, Path(id): Path<TemplateId>) -> Result<Json<Template>> {
    who.read(async move |tx| find(tx, id).await).await.map(Json)
}

/// Change a template. Changing one of the product's makes it the practice's own.
#[utoipa::path(patch, path = "/api/v1/message-templates/{id}", tag = "messaging", request_body = MessageTemplateChange,
    params(("id" = Uuid, Path, description = "The template")), responses((status = 200, body = Template)))]
async fn change(
    who: Can<may::Configure>,
    Path(id): Path<TemplateId>,
    Body(change): Body<MessageTemplateChange>,
) -> Result<Json<Template>> {
    who.write(async move |tx| {
        tx.one_by_one().await?;
        let before = find(tx, id).await?;
        check_version(change.version, before.version, &before)?;
        let mut after = Template { version: before.version + 1, ..before.clone() };
        if let Some(name) = &change.name {
            after.name = name.trim().to_owned();
        }
        after.purpose = change.purpose.unwrap_or(before.purpose);
        if let Some(texts) = &change.texts {
            after.texts = checked(before.channel, texts)?;
        }
        let is_new = after.texts != before.texts || before.number == 0;
        after.number += i32::from(is_new);
        save(tx, &after).await?;
        if is_new {
            keep_texts(tx, &after).await?;
        }
        record(tx, &before, &after, "message_template.changed").await?;
        Ok(Json(after))
    })
    .await
}

/// Stop using a template.
#[utoipa::path(post, path = "/api/v1/message-templates/{id}/archive", tag = "messaging", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The template")), responses((status = 200, body = Template)))]
async fn archive(
    who: Can<may::Configure>,
    Path(id): Path<TemplateId>,
    Body(at): Body<AtVersion>,
) -> Result<Json<Template>> {
    who.write(async move |tx| set_archived(tx, id, at.version, true).await).await.map(Json)
}

/// Use an archived template again.
#[utoipa::path(post, path = "/api/v1/message-templates/{id}/restore", tag = "messaging", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The template")), responses((status = 200, body = Template)))]
async fn restore(
    who: Can<may::Configure>,
    Path(id): Path<TemplateId>,
    Body(at): Body<AtVersion>,
) -> Result<Json<Template>> {
    who.write(async move |tx| set_archived(tx, id, at.version, false).await).await.map(Json)
}

/// What a template said in each of its versions, the newest first.
#[utoipa::path(get, path = "/api/v1/message-templates/{id}/versions", tag = "messaging",
    params(("id" = Uuid, Path, description = "The template")), responses((status = 200, body = MessageTemplateVersions)))]
async fn versions(who: Can<may::Read>, Path(id): Path<TemplateId>) -> Result<Json<MessageTemplateVersions>> {
    who.read(async move |tx| {
        find(tx, id).await?;
        let practice = tx.practice();
        let rows = sqlx::query!(
            r#"select number, texts as "texts: sqlx::types::Json<TemplateTexts>", at from messaging.template_text
                where practice_id = $1 and template_id = $2 order by number desc limit 200"#,
            practice,
            id.uuid(),
        )
        .fetch_all(tx.conn())
        .await?;
        let versions = rows.into_iter().map(|row| MessageTemplateVersion {
            number: row.number,
            texts: row.texts.0,
            at: row.at.to_jiff(),
        });
        Ok(Json(MessageTemplateVersions { items: versions.collect() }))
    })
    .await
}

async fn set_archived(tx: &mut TenantTx, id: TemplateId, version: i32, archived: bool) -> Result<Template> {
    tx.one_by_one().await?;
    let before = find(tx, id).await?;
    check_version(version, before.version, &before)?;
    if before.archived_at.is_some() == archived {
        return Ok(before);
    }
    let mut after = Template { archived_at: archived.then(|| tx.now()), version: before.version + 1, ..before.clone() };
    if after.number == 0 {
        after.number = 1;
        save(tx, &after).await?;
        keep_texts(tx, &after).await?;
    } else {
        save(tx, &after).await?;
    }
    let event = if archived { "message_template.archived" } else { "message_template.restored" };
    record(tx, &before, &after, event).await?;
    Ok(after)
}

async fn record(tx: &mut TenantTx, before: &Template, after: &Template, event: &'static str) -> Result<()> {
    let change = Change::updated("message_template", after.id.uuid(), before, after);
    tx.record(change.event(event, after.version)).await
}

/// Texts that can be sent on a channel.
fn checked(channel: Channel, texts: &TemplateTexts) -> Result<TemplateTexts> {
    let mut faults: Vec<FieldError> = texts
        .problems()
        .into_iter()
        .map(|problem| {
            let text = format!("{} (line {}, column {})", problem.message, problem.line, problem.column);
            FieldError::new(format!("/texts/{}", problem.field), problem.code, text)
        })
        .collect();
    for (field, subject) in [("subjectEn", &texts.subject_en), ("subjectAr", &texts.subject_ar)] {
        match channel {
            Channel::Email if subject.is_none() => {
                faults.push(FieldError::new(format!("/texts/{field}"), "required", "An e-mail has a subject."));
            }
            Channel::Sms if subject.is_some() => {
                faults.push(FieldError::new(format!("/texts/{field}"), "invalid", "A text message has no subject."));
            }
            _ => {}
        }
    }
    if faults.is_empty() { Ok(texts.clone()) } else { Err(Error::invalid(faults)) }
}

/// All templates, the practice's own and the product's, by name.
///
/// # Errors
/// 503 when the database is away.
pub async fn all(tx: &mut TenantTx) -> Result<Vec<Template>> {
    let mut all = own(tx, None).await?;
    for template in builtin::all()? {
        if all.iter().all(|own| own.id != template.id) {
            all.push(template);
        }
    }
    all.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(all)
}

/// A template.
///
/// # Errors
/// 404.
pub async fn find(tx: &mut TenantTx, id: TemplateId) -> Result<Template> {
    if let Some(own) = own(tx, Some(id)).await?.pop() {
        return Ok(own);
    }
    builtin::all()?.into_iter().find(|template| template.id == id).ok_or_else(Error::not_found)
}

async fn own(tx: &mut TenantTx, id: Option<TemplateId>) -> Result<Vec<Template>> {
    let practice = tx.practice();
    let rows = sqlx::query!(
        r#"select t.id, t.name, t.channel as "channel: Channel", t.purpose as "purpose: Purpose", t.number,
                  x.texts as "texts: sqlx::types::Json<TemplateTexts>", t.archived_at, t.version
             from messaging.template t
             join messaging.template_text x on x.practice_id = t.practice_id and x.template_id = t.id and x.number = t.number
            where t.practice_id = $1 and ($2::uuid is null or t.id = $2) limit 400"#,
        practice,
        id.map(TemplateId::uuid),
    )
    .fetch_all(tx.conn())
    .await?;
    let built_in = builtin::all()?;
    let own = rows.into_iter().map(|row| Template {
        id: TemplateId(row.id),
        name: row.name,
        channel: row.channel,
        purpose: row.purpose,
        texts: row.texts.0,
        number: row.number,
        key: built_in.iter().find(|known| known.id.uuid() == row.id).and_then(|known| known.key.clone()),
        archived_at: row.archived_at.map(jiff_sqlx::Timestamp::to_jiff),
        version: row.version,
    });
    Ok(own.collect())
}

async fn save(tx: &mut TenantTx, of: &Template) -> Result<()> {
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    sqlx::query!(
        "insert into messaging.template (practice_id, id, name, channel, purpose, number, archived_at, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
         on conflict (practice_id, id) do update
            set name = $3, purpose = $5, number = $6, archived_at = $7, version = $8, updated_at = $9",
        practice,
        of.id.uuid(),
        of.name,
        of.channel as Channel,
        of.purpose as Purpose,
        of.number,
        of.archived_at.map(jiff_sqlx::Timestamp::from) as _,
        of.version,
        now as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

async fn keep_texts(tx: &mut TenantTx, of: &Template) -> Result<()> {
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    let by = tx.caller().actor.user().map(|user| user.uuid());
    sqlx::query!(
        "insert into messaging.template_text (practice_id, template_id, number, texts, by_id, at) values ($1, $2, $3, $4, $5, $6)",
        practice,
        of.id.uuid(),
        of.number,
        serde_json::to_value(&of.texts).map_err(Error::internal)?,
        by,
        now as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

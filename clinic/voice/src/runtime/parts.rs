//! Who answers in a call, as its `services.yaml` says; the script beside it where it names nobody.

use std::sync::Arc;

use dialogue::services::{Model as ModelChoice, ModelProvider, SecretName};
use platform::App;
use platform::db::TenantTx;
use platform::egress::{self, Url};
use platform::error::{Error, Result};
use platform::phi::Phi;

use super::mind::Mind;
use crate::flow::Loaded;
use crate::secrets;

/// Who answers, with the practice's keys; when the first does not, the next is asked.
///
/// # Errors
/// 409 `call.no_key` when a key is missing; 409 `call.address` for an address that this installation does not reach.
pub async fn minds(app: &App, tx: &mut TenantTx, loaded: &Arc<Loaded>) -> Result<Vec<Mind>> {
    let llm = &loaded.services.llm;
    let mut minds = Vec::new();
    for choice in std::iter::once(&llm.primary).chain(&llm.fallback) {
        minds.push(mind(app, tx, loaded, choice).await?);
    }
    Ok(minds)
}

async fn mind(app: &App, tx: &mut TenantTx, loaded: &Arc<Loaded>, choice: &ModelChoice) -> Result<Mind> {
    if choice.provider == ModelProvider::Scripted {
        return Ok(Mind::Scripted(Arc::clone(loaded)));
    }
    let key = key(tx, choice.secret.as_ref()).await?;
    let base = match &choice.base_url {
        Some(base) => base.parse().map_err(|_| unreached())?,
        None => first(&app.config.openai_origins)?,
    };
    let model = choice.model.clone().unwrap_or_else(|| "gpt-4.1-mini".to_owned());
    let mut settings = openai::Settings::new(app.outside.clone(), reached(app, base)?, key, model);
    settings.temperature = choice.temperature.map(f64::from);
    let model = openai::ChatModel::new(settings).map_err(|_| unreached())?;
    Ok(Mind::Model(Arc::new(model)))
}

/// The first address of a setting.
fn first(setting: &str) -> Result<Url> {
    egress::addresses("voice", setting)?.into_iter().next().ok_or_else(unreached)
}

/// An address, if this installation goes there.
fn reached(app: &App, url: Url) -> Result<Url> {
    if app.outside.reaches(&url) { Ok(url) } else { Err(unreached()) }
}

fn unreached() -> Error {
    Error::conflict(
        "call.address",
        "The flow names an address that this installation does not reach; see its settings.",
    )
}

async fn key(tx: &mut TenantTx, name: Option<&SecretName>) -> Result<Phi<String>> {
    let name = name.map(|name| name.0.clone()).unwrap_or_default();
    secrets::named(tx, &name).await?.ok_or_else(|| {
        Error::conflict("call.no_key", "A key that this call needs is missing; enter it in the settings of calls.")
    })
}

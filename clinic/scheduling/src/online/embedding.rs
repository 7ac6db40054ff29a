//! Which websites may show a practice's page within theirs.

use platform::Result;
use platform::app::App;
use platform::db::Origin;

use super::page::Page;
use super::rules;

/// The origins that a practice allows, by its slug; none where nothing can be booked online.
///
/// # Errors
/// 503 when the database is away.
pub async fn origins(app: &App, slug: &str) -> Result<Vec<String>> {
    let found = match Page::named(app, slug, Origin::default()).await {
        Ok(page) => page.read(async |tx| Ok(rules::find(tx).await?.rules.origins)).await,
        Err(error) => Err(error),
    };
    match found {
        Err(error) if error.code() == "not_found" => Ok(Vec::new()),
        found => found,
    }
}

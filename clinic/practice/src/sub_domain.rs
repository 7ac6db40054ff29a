//! Which practice a sub-domain belongs to, asked before anybody has signed in.

use axum::http::HeaderMap;
use axum::response::Response;
use garde::Validate;
use platform::Result;
use platform::error::Error;
use platform::extract::Query;
use platform::guard::Anybody;
use platform::language::Language;
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::logo;

/// The routes of sub-domains.
pub fn routes() -> Routes {
    Routes::new().route(route!(practice)).route(route!(practice_logo))
}

/// What a sign-in page shows of a practice.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Door {
    /// What it is called.
    name: String,
    /// Its address: the sub-domain.
    slug: String,
    /// Its language.
    language: Language,
    /// Whether it has a logo.
    has_logo: bool,
}

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WhichPractice {
    /// The practice's address; without it the one that the host names.
    #[garde(inner(length(max = 40)))]
    slug: Option<String>,
}

/// The practice that a sub-domain or a slug names.
#[utoipa::path(get, path = "/api/v1/auth/practice", tag = "practice", params(WhichPractice), responses((status = 200, body = Door)))]
async fn practice(who: Anybody, Query(asked): Query<WhichPractice>) -> Result<Json<Door>> {
    let slug = asked.slug.or_else(|| who.origin.practice_slug.clone()).ok_or_else(Error::not_found)?;
    let mut tx = who.app.db().auth().await?;
    let row = sqlx::query!(
        r#"select name, slug, language as "language: Language", logo_tag is not null as "has_logo!"
             from platform.practice where slug = $1 and status = 'active'"#,
        slug,
    )
    .fetch_optional(tx.conn())
    .await?;
    tx.commit().await?;
    let row = row.ok_or_else(Error::not_found)?;
    Ok(Json(Door { name: row.name, slug: row.slug, language: row.language, has_logo: row.has_logo }))
}

/// The logo of the practice that a sub-domain or a slug names.
#[utoipa::path(get, path = "/api/v1/auth/practice/logo", tag = "practice", params(WhichPractice),
    responses((status = 200, body = Vec<u8>, content_type = "image/png")))]
async fn practice_logo(who: Anybody, Query(asked): Query<WhichPractice>, headers: HeaderMap) -> Result<Response> {
    let slug = asked.slug.or_else(|| who.origin.practice_slug.clone()).ok_or_else(Error::not_found)?;
    let mut tx = who.app.db().auth().await?;
    let row = sqlx::query!("select logo, logo_tag from platform.practice where slug = $1 and status = 'active'", slug,)
        .fetch_optional(tx.conn())
        .await?;
    tx.commit().await?;
    logo::serve(row.and_then(|row| row.logo.zip(row.logo_tag)), &headers)
}

//! People that another provider vouches for: OpenID Connect, and the access tokens of a Supabase project.
//!
//! The provider says who somebody is, by issuer and subject, and nothing else. Practice and role come from memberships.
//! A provider's person becomes a person here only when that person signs in (or takes an invitation up) with their own
//! credentials right after the provider vouched for them; no account is ever taken over for having the same e-mail.

mod jwt;
mod keys;
mod oidc;
mod people;
mod provider;

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use platform::App;
use platform::error::{Error, Result};
use platform::guard::Anybody;
use platform::route;
use platform::routes::{Json, Routes};
use serde::Serialize;
use utoipa::ToSchema;

use provider::Provider;

/// The routes of other providers.
pub fn routes() -> Routes {
    Routes::new().route(route!(providers)).merge(oidc::routes())
}

/// The providers that the settings name. The server puts it beside the routes, as it keeps what it learns from them.
#[derive(Clone)]
pub struct External(Arc<Inner>);

struct Inner {
    oidc: Option<Provider>,
}

impl External {
    /// As the settings say.
    ///
    /// # Errors
    /// When a setting cannot be understood; the message names it.
    pub fn of(app: &App) -> Result<Self> {
        Ok(Self(Arc::new(Inner { oidc: Provider::of(app)? })))
    }

    fn oidc(&self) -> Result<&Provider> {
        self.0.oidc.as_ref().ok_or_else(Error::not_found)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for External {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Error::internal("the server knows no providers"))
    }
}

/// Where people can sign in besides here.
#[derive(Debug, Serialize, ToSchema)]
struct Providers {
    items: Vec<ProviderItem>,
}

/// A provider.
#[derive(Debug, Serialize, ToSchema)]
struct ProviderItem {
    /// `oidc`: begin at `/api/v1/auth/oidc/start`.
    id: &'static str,
    /// What people know it by.
    name: String,
}

/// Where people can sign in besides here.
#[utoipa::path(get, path = "/api/v1/auth/providers", tag = "identity", responses((status = 200, body = Providers)))]
async fn providers(_: Anybody, external: External) -> Result<Json<Providers>> {
    let oidc = external.0.oidc.iter().map(|provider| ProviderItem { id: "oidc", name: provider.name.clone() });
    Ok(Json(Providers { items: oidc.collect() }))
}

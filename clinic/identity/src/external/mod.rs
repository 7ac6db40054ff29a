//! People that another provider vouches for: OpenID Connect, and the access tokens of a Supabase project.
//!
//! The provider says who somebody is, by issuer and subject, and nothing else. Practice and role come from memberships.
//! A provider's person becomes a person here only when that person signs in (or takes an invitation up) with their own
//! credentials right after the provider vouched for them; no account is ever taken over for having the same e-mail.

mod keys;
mod oidc;
mod own;
mod people;
mod provider;
mod supabase;

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use platform::App;
use platform::db::Origin;
use platform::error::{Error, Result};
use platform::guard::{Anybody, Identified, Vouching};
use platform::limit::{SharedBucket, network_of};
use platform::route;
use platform::routes::{Json, Routes};
use serde::Serialize;
use utoipa::ToSchema;

use provider::Provider;
use supabase::Supabase;

/// The routes of other providers.
pub fn routes() -> Routes {
    Routes::new().route(route!(providers)).merge(oidc::routes()).merge(own::routes()).merge(supabase::routes())
}

/// The providers that the settings name. The server puts it beside the routes, as it keeps what it learns from them.
#[derive(Clone)]
pub struct External(Arc<Inner>);

struct Inner {
    oidc: Option<Provider>,
    supabase: Option<Supabase>,
}

impl External {
    /// As the settings say.
    ///
    /// # Errors
    /// When a setting cannot be understood; the message names it.
    pub fn of(app: &App) -> Result<Self> {
        Ok(Self(Arc::new(Inner { oidc: Provider::of(app)?, supabase: Supabase::of(app)? })))
    }

    fn oidc(&self) -> Result<&Provider> {
        self.0.oidc.as_ref().ok_or_else(Error::not_found)
    }

    fn supabase(&self) -> Result<&Supabase> {
        self.0.supabase.as_ref().ok_or_else(Error::not_found)
    }
}

impl Vouching for External {
    fn identify<'a>(&'a self, app: &'a App, token: &'a str, origin: &'a Origin) -> Identified<'a> {
        Box::pin(async move {
            match &self.0.supabase {
                Some(project) => project.identify(app, token, origin).await,
                None => Ok(None),
            }
        })
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

/// Each of these has us ask a provider something, or check a signature.
async fn throttle(app: &App, origin: &Origin) -> Result<()> {
    let (per_minute, network) = (app.config.sign_ins_per_minute, network_of(origin.ip.as_deref()));
    let per_second = f64::from(per_minute) / 60.0;
    let bucket = SharedBucket { name: "sign_in.external", key: &network, burst: per_minute, per_second };
    let mut tx = app.db().auth().await?;
    let taken = bucket.take(&mut tx).await;
    tx.commit().await?;
    taken
}

//! Who carries the practice's calls: looked up in a transaction, talked with outside of it.

use std::sync::Arc;

use platform::db::TenantTx;
use platform::egress;
use platform::error::Error;
use platform::id::PracticeId;
use platform::phi::Phi;
use platform::{App, Result};
use retell::{Client, Connection, Failure, Provider, Reason, Refusal};

use super::sandbox::Sandbox;
use super::settings::{self, Connected, RetellProvider};

/// What is needed to talk with them.
#[derive(Clone)]
pub struct Access {
    connected: Connected,
    key: Phi<String>,
}

impl Access {
    /// Of the practice, when it is connected and switched on.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn of(tx: &mut TenantTx) -> Result<Option<Self>> {
        match settings::connected(tx).await?.filter(|connected| connected.enabled) {
            Some(connected) => Self::with(tx, connected).await.map(Some),
            None => Ok(None),
        }
    }

    /// With this connection, on or off.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn with(tx: &mut TenantTx, connected: Connected) -> Result<Self> {
        let key = settings::key(tx, &connected).await?;
        let key = String::from_utf8(key.expose().to_vec()).map_err(Error::internal)?;
        Ok(Self { connected, key: Phi::new(key) })
    }

    /// The number that is shown to whoever is called.
    #[must_use]
    pub fn own_number(&self) -> Option<&str> {
        self.connected.from_number.as_deref()
    }

    /// Whoever it is.
    ///
    /// # Errors
    /// When the settings name no address.
    pub fn provider(self, app: &App, practice: PracticeId) -> Result<Arc<dyn Provider>> {
        if self.connected.provider == RetellProvider::Sandbox {
            return Ok(Arc::new(Sandbox::new(app.clone(), practice)));
        }
        let usual = settings::base_urls(app).into_iter().next();
        let url = self.connected.base_url.or(usual).unwrap_or_default();
        Ok(Arc::new(Client::new(Connection {
            egress: app.outside.clone(),
            base: egress::address("retell_origins", &url)?,
            key: self.key,
        })))
    }
}

/// A failure as the answer to somebody who waits for it.
pub fn told(failure: &Failure) -> Error {
    match failure {
        Failure::Refused(Refusal { reason: Reason::KeyRefused | Reason::Forbidden, .. }) => {
            Error::conflict("retell.key_refused", "Retell does not take the key; enter another one.")
        }
        Failure::Refused(Refusal { reason: Reason::OutOfCredits, .. }) => {
            Error::conflict("retell.out_of_credits", "The account at Retell has no credit left.")
        }
        Failure::Refused(_) => Error::conflict("retell.refused", "Retell does not take this."),
        Failure::Later(after) => {
            Error::unavailable("retell.later", "Retell does not answer, or takes no more for a moment; try again then.")
                .retry_after(*after)
        }
        Failure::Unknown => Error::unavailable("retell.unknown", "Retell does not answer as it should."),
    }
}

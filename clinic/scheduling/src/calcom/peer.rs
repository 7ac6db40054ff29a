//! Who keeps the practice's bookings: looked up in a transaction, talked with outside of it.

use std::sync::Arc;

use calcom::{Client, Connection, Failure, Provider};
use platform::db::TenantTx;
use platform::egress;
use platform::error::Error;
use platform::id::PracticeId;
use platform::phi::Phi;
use platform::{App, Result};

use super::sandbox::Sandbox;
use super::settings::{self, CalcomProvider, Connected};

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
        let connected = settings::connected(tx).await?.filter(|connected| connected.enabled);
        match connected {
            Some(connected) => Self::with(tx, connected).await.map(Some),
            None => Ok(None),
        }
    }

    /// With this connection, on or off.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn with(tx: &mut TenantTx, connected: Connected) -> Result<Self> {
        let place = settings::place("api_key", tx.practice());
        let key = match &connected.api_key {
            Some(sealed) => String::from_utf8(tx.open(place, sealed).await?).map_err(Error::internal)?,
            None => String::new(),
        };
        Ok(Self { connected, key: Phi::new(key) })
    }

    /// Whoever it is.
    ///
    /// # Errors
    /// When the settings name no address.
    pub fn provider(self, app: &App, practice: PracticeId) -> Result<Arc<dyn Provider>> {
        if self.connected.provider == CalcomProvider::Sandbox {
            return Ok(Arc::new(Sandbox::new(app.clone(), practice)));
        }
        let usual = settings::base_urls(app).into_iter().next();
        let url = self.connected.base_url.clone().or(usual).unwrap_or_default();
        Ok(Arc::new(Client::new(Connection {
            egress: app.outside.clone(),
            base: egress::address("calcom_origins", &url)?,
            key: self.key,
            versions: self.connected.versions(),
        })))
    }
}

/// A failure as the answer to somebody who waits for it.
pub fn told(failure: Failure) -> Error {
    match failure {
        Failure::KeyRefused => {
            Error::conflict("calcom.key_refused", "Cal.com does not take the key; enter another one.")
        }
        Failure::Limited(after) => {
            Error::unavailable("calcom.rate_limited", "Cal.com takes no more requests for a moment; try again then.")
                .retry_after(after)
        }
        Failure::Taken | Failure::OutOfBounds | Failure::Missing | Failure::Refused => {
            Error::conflict("calcom.refused", "Cal.com does not take this.")
        }
        Failure::Unreachable | Failure::Unknown => {
            Error::unavailable("calcom.unreachable", "Cal.com does not answer; try again in a moment.")
        }
    }
}

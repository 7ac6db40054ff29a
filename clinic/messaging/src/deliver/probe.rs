//! Asking a provider whether it would take messages, without giving it one.

use platform::phi::Phi;
use platform::{App, Result, egress};

use super::smtp;
use crate::channels::{ChannelSettings, Provider, base_urls};

/// Whom to ask.
pub struct Probe {
    /// By whom the practice would send.
    pub provider: Provider,
    /// How.
    pub settings: ChannelSettings,
    /// The password, key or token.
    pub secret: Phi<String>,
}

/// `ok`, or what is wrong.
///
/// # Errors
/// When the settings name no address.
pub async fn probe(app: &App, of: &Probe) -> Result<String> {
    let usual = base_urls(app, of.provider).into_iter().next().unwrap_or_default();
    let url = of.settings.base_url.clone().unwrap_or(usual);
    let base = || egress::address("the address of a provider", &url);
    Ok(match of.provider {
        Provider::Sandbox => "ok".to_owned(),
        Provider::Installation | Provider::Smtp => smtp::check(app, of.provider, &of.settings, &of.secret).await,
        Provider::Sendgrid => {
            let connection =
                sendgrid::Connection { egress: app.outside.clone(), base: base()?, key: of.secret.clone() };
            match sendgrid::Client::new(connection).scopes().await {
                Ok(scopes) if scopes.contains("mail.send") => "ok".to_owned(),
                Ok(_) => "sendgrid.forbidden".to_owned(),
                Err(failure) => format!("sendgrid.{}", failure.code()),
            }
        }
        Provider::Twilio => {
            let connection = twilio::Connection {
                egress: app.outside.clone(),
                base: base()?,
                account: of.settings.account_sid.clone().unwrap_or_default(),
                token: of.secret.clone(),
            };
            match twilio::Client::new(connection).account().await {
                Ok(account) if account.status == "active" => "ok".to_owned(),
                Ok(_) => "twilio.account_suspended".to_owned(),
                Err(failure) => format!("twilio.{}", failure.code()),
            }
        }
    })
}

//! Ports of a practice's own server for mail.

use axum::http::StatusCode;
use platform::App;
use platform::error::Error;

use super::{ChannelSettings, SmtpTls, is_inner};

/// Ports to which a practice's own server is reached: RFC 8314 §3.3 and RFC 6409 §3.1, and the one that hosts offer where
/// networks close these. 25 is for servers among themselves, and to try any port would make a scanner of the product.
const PORTS: [u16; 3] = [465, 587, 2525];

/// The port of a practice's own server.
pub fn port_of(settings: &ChannelSettings) -> Option<u16> {
    match settings.port {
        Some(port) => u16::try_from(port).ok(),
        None if settings.tls == SmtpTls::Implicit => Some(465),
        None => Some(587),
    }
}

/// Whether a practice's own server is reached at its port: within the installation's own network at any.
pub fn port_is_reached(app: &App, settings: &ChannelSettings) -> bool {
    is_inner(app, settings.host.as_deref()) || port_of(settings).is_some_and(|port| PORTS.contains(&port))
}

/// 422 for another port.
pub fn refused() -> Error {
    let text = "Use the port to which programs hand in mail: 465, 587 or 2525. For another one, have whoever runs this \
        installation name the server in smtp_inner_hosts.";
    let error = Error::new(StatusCode::UNPROCESSABLE_ENTITY, "smtp.port_refused", text);
    error.at("/settings/port", "smtp.port_refused", text)
}

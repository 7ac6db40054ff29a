//! Calls to the outside: only to hosts that the settings name, without following redirects, with time-outs and a limit
//! on the answer. What an answer says is never shown to a caller nor logged.

mod failure;

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, StatusCode};
pub use failure::{Failure, Refusal};
use jiff::Timestamp;
use jiff::fmt::rfc2822;
pub use reqwest::{RequestBuilder, Url};
use serde::de::DeserializeOwned;

use crate::error::{Error, Result};

/// Until there is a connection.
const CONNECT: Duration = Duration::from_secs(3);
/// Until the answer is there, connection included.
const WHOLE: Duration = Duration::from_secs(8);
/// Largest answer in bytes. A provider's description or key set has a few thousand.
const LARGEST: usize = 262_144;

/// Code of the error for a request that the other side does not take.
pub const REFUSED: &str = "outside.refused";

/// A client that reaches the origins it was made for, and nothing else.
#[derive(Clone, Debug)]
pub struct Egress {
    http: reqwest::Client,
    /// `https://host[:port]`
    origins: Arc<BTreeSet<String>>,
}

impl Egress {
    /// For the origins of these addresses.
    ///
    /// # Errors
    /// When the machine has no certificates of certification authorities.
    pub fn to<'a>(addresses: impl IntoIterator<Item = &'a Url>) -> Result<Self> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .timeout(WHOLE)
            .user_agent(concat!("vantage/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(Error::internal)?;
        let origins = addresses.into_iter().map(|url| url.origin().ascii_serialization()).collect();
        Ok(Self { http, origins: Arc::new(origins) })
    }

    /// Whether this client would go there.
    #[must_use]
    pub fn reaches(&self, url: &Url) -> bool {
        self.origins.contains(&url.origin().ascii_serialization())
    }

    /// A request that reads.
    ///
    /// # Errors
    /// 503 when the address is on another host.
    pub fn get(&self, url: &Url) -> Result<RequestBuilder> {
        self.check(url).map(|()| self.http.get(url.clone()))
    }

    /// A request that sends something.
    ///
    /// # Errors
    /// 503 when the address is on another host.
    pub fn post(&self, url: &Url) -> Result<RequestBuilder> {
        self.check(url).map(|()| self.http.post(url.clone()))
    }

    /// A request that changes something.
    ///
    /// # Errors
    /// 503 when the address is on another host.
    pub fn patch(&self, url: &Url) -> Result<RequestBuilder> {
        self.check(url).map(|()| self.http.patch(url.clone()))
    }

    /// A request that takes something away.
    ///
    /// # Errors
    /// 503 when the address is on another host.
    pub fn delete(&self, url: &Url) -> Result<RequestBuilder> {
        self.check(url).map(|()| self.http.delete(url.clone()))
    }

    fn check(&self, url: &Url) -> Result<()> {
        if self.reaches(url) {
            return Ok(());
        }
        tracing::warn!(host = url.host_str(), "a call to a host that no setting names was refused");
        Err(unavailable())
    }
}

/// An answer, whatever it says.
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
}

impl Answer {
    /// When it was made, by the other side's own clock.
    #[must_use]
    pub fn date(&self) -> Option<Timestamp> {
        instant(self.header("date")?)
    }

    /// How long the other side wants not to be asked again (`Retry-After`, RFC 9110, 10.2.3). An instant is counted from
    /// the answer's own date, as the two clocks need not agree.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        let wanted = self.header("retry-after")?;
        if let Ok(seconds) = wanted.parse() {
            return Some(Duration::from_secs(seconds));
        }
        // what is past already is over
        Some(Duration::try_from(instant(wanted)?.duration_since(self.date()?)).unwrap_or_default())
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok().map(str::trim)
    }
}

fn instant(text: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// There was no connection, so the other side has not heard of the request.
    NotSent,
    /// It was sent, and whether anything came of it is unknown.
    Unknown,
}

/// Sends a request whose outcome matters also when it is a refusal; the answer has at most `largest` bytes.
///
/// # Errors
/// When there is no answer, it is cut off, or it is larger.
pub async fn answer(request: RequestBuilder, largest: usize) -> std::result::Result<Answer, Silence> {
    let mut answer = request.send().await.map_err(|error| silence(&error.without_url()))?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| silence(&error.without_url()))? {
        if body.len() + chunk.len() > largest {
            tracing::warn!(host = answer.url().host_str(), "an answer from outside is too large");
            return Err(Silence::Unknown);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, headers, body })
}

fn silence(error: &reqwest::Error) -> Silence {
    tracing::warn!(%error, "a call outside failed");
    if error.is_connect() || error.is_builder() { Silence::NotSent } else { Silence::Unknown }
}

/// Sends a request and reads its answer as JSON.
///
/// # Errors
/// 502 `outside.refused` when the other side says that the request is not right (4xx); 503 `outside.unavailable` when
/// there is no answer, it is neither (a redirect is none), too large, or not of this form.
pub async fn json<T: DeserializeOwned>(request: RequestBuilder) -> Result<T> {
    let mut answer = request.send().await.map_err(|error| told(&error.without_url()))?;
    if !answer.status().is_success() {
        tracing::warn!(status = answer.status().as_u16(), host = answer.url().host_str(), "a call outside was refused");
        return Err(if answer.status().is_client_error() { refused() } else { unavailable() });
    }
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| told(&error.without_url()))? {
        if body.len() + chunk.len() > LARGEST {
            tracing::warn!(host = answer.url().host_str(), "an answer from outside is too large");
            return Err(unavailable());
        }
        body.extend_from_slice(&chunk);
    }
    serde_json::from_slice(&body).map_err(|_| {
        tracing::warn!(host = answer.url().host_str(), "an answer from outside is not of the form it should have");
        unavailable()
    })
}

fn told(error: &reqwest::Error) -> Error {
    tracing::warn!(%error, "a call outside failed");
    unavailable()
}

fn refused() -> Error {
    Error::new(StatusCode::BAD_GATEWAY, REFUSED, "A service outside of this one does not take what it was sent.")
}

/// 503 for a service outside that does not answer as it should.
#[must_use]
pub fn unavailable() -> Error {
    Error::unavailable("outside.unavailable", "A service outside of this one does not answer; try again in a moment.")
}

/// The addresses of a setting that lists them, separated by commas.
///
/// # Errors
/// When one of them is none; the message names the setting.
pub fn addresses(setting: &str, text: &str) -> Result<Vec<Url>> {
    text.split(',').map(str::trim).filter(|text| !text.is_empty()).map(|text| address(setting, text)).collect()
}

/// An address from the settings: https, or http on this very machine; no user, password or fragment.
///
/// # Errors
/// When it is not; the message names the setting.
pub fn address(setting: &str, text: &str) -> Result<Url> {
    let url = Url::parse(text).map_err(|error| Error::internal(format!("{setting}: {error}")))?;
    let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    if plain && is_protected(&url) {
        return Ok(url);
    }
    Err(Error::internal(format!(
        "{setting}: use an https address (http only on this machine), without user or fragment"
    )))
}

/// Whether nobody on the way can read along: https, or loopback.
#[must_use]
pub fn is_protected(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let ip = host.trim_matches(['[', ']']).parse::<IpAddr>().ok();
    url.scheme() == "https" || url.scheme() == "http" && (host == "localhost" || ip.is_some_and(|ip| ip.is_loopback()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_https_or_this_machine() {
        for good in ["https://id.example/realms/x", "http://localhost:3000", "http://127.0.0.1:1/a", "http://[::1]:1"] {
            assert!(address("s", good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "id.example",
            "http://id.example",
            "https://u:p@id.example",
            "https://id.example/#x",
            "ftp://localhost",
            "http://127.0.0.1.evil.example",
        ] {
            assert!(address("s", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn other_hosts_are_out_of_reach() {
        let own = address("s", "https://id.example/realms/x").expect("an address");
        let egress = Egress::to([&own]).expect("a client");
        assert!(egress.get(&address("s", "https://id.example/keys").expect("an address")).is_ok());
        for other in [
            "https://id.example.evil.example/",
            "https://id.example:8443/",
            "http://localhost/",
            "https://evil.example/",
        ] {
            let other = address("s", other).expect("an address");
            assert_eq!(egress.get(&other).expect_err("refused").code(), "outside.unavailable");
            assert!(egress.post(&other).is_err());
        }
    }

    #[test]
    fn an_answer_says_how_long_to_wait_in_either_way() {
        let answer = |headers: &[(&'static str, &str)]| {
            let mut answer = Answer { status: StatusCode::OK, headers: HeaderMap::new(), body: Vec::new() };
            for (name, value) in headers {
                answer.headers.insert(*name, value.parse().expect("a value"));
            }
            answer.retry_after()
        };
        let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(answer(&[("retry-after", " 120 ")]), Some(Duration::from_secs(120)));
        assert_eq!(answer(&[date, ("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT")]), Some(Duration::from_secs(30)));
        assert_eq!(answer(&[date, ("retry-after", "Sun, 06 Nov 1994 08:00:00 GMT")]), Some(Duration::ZERO));
        assert_eq!(answer(&[("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT")]), None, "counted from what?");
        assert_eq!((answer(&[date, ("retry-after", "-5")]), answer(&[date])), (None, None));
    }
}

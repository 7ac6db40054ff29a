//! Calls to addresses that people enter: to the public internet only, or to what the settings permit besides. A name is
//! resolved here, what it leads to is checked, and exactly that is dialled, so that a name whose answer changes between
//! two questions (DNS rebinding) leads nowhere else. No redirect is followed, no proxy of the environment is used.

use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
pub use reqwest::Response;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, RequestBuilder, Url};
use url::Host;

use crate::error::{Error, Result};

/// Until there is a connection, names looked up included.
const CONNECT: Duration = Duration::from_secs(5);
/// Until the answer is there, connection included.
pub const WHOLE: Duration = Duration::from_secs(15);
/// The longest address.
pub const LONGEST: usize = 2000;

/// Ports that other protocols are at home at, where a request of ours could be taken for one of theirs: those that browsers
/// do not call (Fetch Standard, "bad port", without the alternatives of http), and stores that are seldom locked.
const OTHER_PROTOCOLS: [u16; 88] = [
    1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
    111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 445, 465, 512, 513, 514, 515, 526, 530, 531,
    532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1433, 1521, 1719, 1720, 1723, 2049, 2375, 3306,
    3389, 3659, 4045, 5060, 5061, 5432, 5672, 6000, 6379, 6566, 6665, 6697, 9200, 10080, 11211, 27017,
];

/// Endings of names that lead to no public place (RFC 6761, RFC 6762, RFC 7686, RFC 8375, and `.internal` of ICANN).
const LOCAL: [&str; 6] = ["localhost", "local", "internal", "home.arpa", "onion", "localdomain"];

/// Why an address is not called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is none, or too long.
    NotAnAddress,
    /// It is not https.
    NotSecure,
    /// It carries a user, a password or a fragment.
    Decorated,
    /// Another protocol is at home at that port.
    Port,
    /// It is not on the public internet.
    NotPublic,
}

impl Refusal {
    /// A stable word for it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotAnAddress => "invalid",
            Self::NotSecure => "not_https",
            Self::Decorated => "decorated",
            Self::Port => "port_refused",
            Self::NotPublic => "not_public",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::NotAnAddress => "Enter an address such as https://example.com/hooks.",
            Self::NotSecure => "Use an https address.",
            Self::Decorated => "Leave out user, password and fragment.",
            Self::Port => "Use another port; this one belongs to another protocol.",
            Self::NotPublic => "Use an address on the public internet.",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for Refusal {}

/// The way to addresses that people enter.
#[derive(Clone, Debug)]
pub struct PublicEgress {
    /// Reaches public places only.
    public: Client,
    /// Reaches what the settings permit.
    within: Client,
    /// `https://host[:port]`
    permitted: Arc<BTreeSet<String>>,
}

impl PublicEgress {
    /// One that reaches public addresses, and the origins of these besides.
    ///
    /// # Errors
    /// When the machine has no certificates of certification authorities.
    pub fn new<'a>(permitted: impl IntoIterator<Item = &'a Url>) -> Result<Self> {
        Self::resolving(permitted, Arc::new(|name| Box::pin(system(name))))
    }

    fn resolving<'a>(permitted: impl IntoIterator<Item = &'a Url>, lookup: Lookup) -> Result<Self> {
        let client = || {
            Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .no_proxy()
                .referer(false)
                .connect_timeout(CONNECT)
                .timeout(WHOLE)
                .user_agent(concat!("vantage/", env!("CARGO_PKG_VERSION")))
        };
        Ok(Self {
            public: client()
                .https_only(true)
                .dns_resolver(Arc::new(PublicOnly(lookup)))
                .build()
                .map_err(Error::internal)?,
            within: client().build().map_err(Error::internal)?,
            permitted: Arc::new(permitted.into_iter().map(|url| url.origin().ascii_serialization()).collect()),
        })
    }

    /// Reads an address that somebody entered; what its name leads to is checked when it is called.
    ///
    /// # Errors
    /// When it can never be called.
    pub fn read(&self, text: &str) -> std::result::Result<Url, Refusal> {
        let url = Url::parse(text.trim()).map_err(|_| Refusal::NotAnAddress)?;
        self.check(&url)?;
        Ok(url)
    }

    /// A request that sends something.
    ///
    /// # Errors
    /// When the address is not one that is called.
    pub fn post(&self, url: &Url) -> std::result::Result<RequestBuilder, Refusal> {
        self.check(url)?;
        let client = if self.permits(url) { &self.within } else { &self.public };
        Ok(client.post(url.clone()))
    }

    fn permits(&self, url: &Url) -> bool {
        self.permitted.contains(&url.origin().ascii_serialization())
    }

    /// A host that is written as an address, in whichever spelling (`0x7f.1`, `2130706433`, `127.0.0.1.`), was read as one
    /// by the parser of the URL Standard, and never comes to the resolver; so it is looked at here.
    fn check(&self, url: &Url) -> std::result::Result<(), Refusal> {
        if url.as_str().len() > LONGEST {
            return Err(Refusal::NotAnAddress);
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(Refusal::Decorated);
        }
        if self.permits(url) {
            return Ok(());
        }
        if url.scheme() != "https" {
            return Err(Refusal::NotSecure);
        }
        if url.port().is_some_and(|port| OTHER_PROTOCOLS.contains(&port)) {
            return Err(Refusal::Port);
        }
        let public = match url.host().ok_or(Refusal::NotAnAddress)? {
            Host::Ipv4(ip) => is_public(ip.into()),
            Host::Ipv6(ip) => is_public(ip.into()),
            Host::Domain(name) => may_be_public(name),
        };
        if public { Ok(()) } else { Err(Refusal::NotPublic) }
    }
}

/// Whether a name is one that the public internet could know.
fn may_be_public(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let is_below = |top: &str| name.strip_suffix(top).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    name.contains('.') && !LOCAL.iter().any(|top| is_below(top))
}

/// Whether an address is one of the public internet: what IANA's registries of special-purpose addresses (RFC 6890) call
/// globally reachable, without what only wraps another address (mapped, compatible, NAT64, 6to4, Teredo).
#[must_use]
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    !matches!(
        ip.octets(),
        [0 | 10 | 127 | 224..=255, ..]    // this network, private, loopback, multicast, reserved, broadcast
        | [100, 64..=127, ..]             // carriers' own (RFC 6598)
        | [169, 254, ..]                  // link-local, where clouds keep their metadata
        | [172, 16..=31, ..]              // private
        | [192, 168, ..]                  // private
        | [192, 0, 0, _]                  // of protocols
        | [192, 0, 2, _]                  // documentation
        | [192, 88, 99, _]                // relays of 6to4
        | [198, 18 | 19, ..]              // measurements
        | [198, 51, 100, _]               // documentation
        | [203, 0, 113, _] // documentation
    )
}

/// Of all that IPv6 has only 2000::/3 is given out; what is special in there is taken out.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    match ip.segments() {
        [0x2001, 0..=0x01ff, ..]          // of protocols, Teredo, ORCHID
        | [0x2001, 0x0db8, ..]            // documentation
        | [0x2002, ..]                    // 6to4
        | [0x3fff, 0..=0x0fff, ..] => false, // documentation
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

/// Asks what a name leads to.
type Lookup = Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> + Send + Sync>;

async fn system(name: String) -> io::Result<Vec<SocketAddr>> {
    Ok(tokio::net::lookup_host((name, 0)).await?.collect())
}

/// Hands on those addresses of a name that are public; the client dials what it is handed, and nothing else.
struct PublicOnly(Lookup);

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let found = (self.0)(name.as_str().to_owned());
        Box::pin(async move {
            let public: Vec<SocketAddr> = found.await?.into_iter().filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err(Refusal::NotPublic.into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// Whether a call failed because what the name leads to is not public.
#[must_use]
pub fn refusal_of(error: &reqwest::Error) -> Option<Refusal> {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(refusal) = error.downcast_ref::<Refusal>() {
            return Some(*refusal);
        }
        cause = error.source();
    }
    None
}

#[cfg(test)]
mod tests;

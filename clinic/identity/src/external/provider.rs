//! What is known of an OpenID Connect provider, and how a sign-in there is begun and finished.
//!
//! OpenID Connect Core 1.0 with the authorisation code, PKCE S256 (RFC 7636), state, nonce, and the issuer in the answer
//! (RFC 9207). Written here on top of `jsonwebtoken`: see "Why these libraries" in ARCHITECTURE.md.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use platform::App;
use platform::clock::Clock;
use platform::crypto::{random_token, sha256};
use platform::egress::{self, Egress, RequestBuilder, Url};
use platform::error::{Error, Result};
use platform::jwt::{self, Audience};
use platform::phi::Phi;
use serde::{Deserialize, Serialize};

use super::keys::KeySet;

/// Where the provider sends people back to.
pub const CALLBACK: &str = "/api/v1/auth/oidc/callback";
/// How long the provider's description of itself is believed.
const FRESH: SignedDuration = SignedDuration::from_hours(1);
/// How long nobody asks again after it did not answer.
const PAUSE: SignedDuration = SignedDuration::from_secs(10);

/// The provider of this installation.
pub struct Provider {
    pub name: String,
    pub issuer: String,
    client: String,
    secret: String,
    scopes: String,
    redirect: String,
    egress: Egress,
    keys: KeySet,
    clock: Clock,
    /// Since when, and `None` if it did not answer then.
    description: tokio::sync::Mutex<Option<(Timestamp, Option<Arc<Description>>)>>,
}

/// OpenID Connect Discovery 1.0 §3, as far as it matters here.
#[derive(Deserialize)]
struct Description {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// What must come back with a sign-in that was begun. Sealed into a cookie while the person is away.
#[derive(Serialize, Deserialize)]
pub struct Begun {
    pub state: String,
    nonce: String,
    verifier: String,
    at: Timestamp,
    /// The practice to sign in to.
    pub practice: Option<String>,
    /// Where to go afterwards.
    pub next: Option<String>,
}

impl Begun {
    /// Whether it was begun less than ten minutes ago.
    pub fn holds(&self, now: Timestamp) -> bool {
        now.duration_since(self.at) < SignedDuration::from_mins(10)
    }
}

/// Somebody whom the provider vouches for.
pub struct Vouched {
    pub subject: String,
    /// Their address, lower-cased, only if the provider says that it checked it.
    pub email: Option<Phi<String>>,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
    access_token: Option<String>,
}

/// Nothing else of the token is looked at: what a person can edit decides nothing.
#[derive(Deserialize)]
struct IdToken {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    nonce: Option<String>,
    email: Option<String>,
    email_verified: Option<bool>,
}

#[derive(Deserialize)]
struct UserInfo {
    sub: String,
    email: Option<String>,
    email_verified: Option<bool>,
}

impl Provider {
    /// The provider that the settings name, if they name one.
    ///
    /// # Errors
    /// When a setting is missing or cannot be understood.
    pub fn of(app: &App) -> Result<Option<Self>> {
        let config = &app.config;
        if config.oidc_issuer.is_empty() {
            return Ok(None);
        }
        if config.oidc_client_id.is_empty() {
            return Err(Error::internal("oidc_client_id: the provider needs it to know this product"));
        }
        let mut origins = vec![egress::address("oidc_issuer", &config.oidc_issuer)?];
        for origin in config.oidc_origins.split(',').map(str::trim).filter(|origin| !origin.is_empty()) {
            origins.push(egress::address("oidc_origins", origin)?);
        }
        let egress = Egress::to(&origins)?;
        Ok(Some(Self {
            name: config.oidc_name.clone(),
            issuer: config.oidc_issuer.clone(),
            client: config.oidc_client_id.clone(),
            secret: config.oidc_client_secret.clone(),
            scopes: config.oidc_scopes.clone(),
            redirect: config.public_origin() + CALLBACK,
            keys: KeySet::new(egress.clone(), app.clock().clone()),
            clock: app.clock().clone(),
            egress,
            description: tokio::sync::Mutex::default(),
        }))
    }

    /// What the provider says of itself. One asks, the others wait for what comes of it.
    async fn description(&self) -> Result<Arc<Description>> {
        let mut kept = self.description.lock().await;
        let now = self.clock.now();
        match kept.as_ref() {
            Some((at, Some(known))) if now.duration_since(*at) < FRESH => return Ok(Arc::clone(known)),
            Some((at, None)) if now.duration_since(*at) < PAUSE => return Err(egress::unavailable()),
            _ => *kept = Some((now, None)),
        }
        let description = Arc::new(self.ask().await?);
        *kept = Some((now, Some(Arc::clone(&description))));
        Ok(description)
    }

    async fn ask(&self) -> Result<Description> {
        let url = format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'));
        let description: Description = egress::json(self.egress.get(&endpoint(&url)?)?).await?;
        // it must be about the issuer that was configured (Discovery §4.3)
        if description.issuer == self.issuer {
            return Ok(description);
        }
        tracing::warn!("the OpenID Connect provider describes another issuer than oidc_issuer");
        Err(egress::unavailable())
    }

    /// Where to send the person, and what must come back.
    pub async fn begin(&self, practice: Option<String>, next: Option<String>) -> Result<(Url, Begun)> {
        let description = self.description().await?;
        let random = || random_token().map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
        let begun =
            Begun { state: random()?, nonce: random()?, verifier: random()?, at: self.clock.now(), practice, next };
        let challenge = URL_SAFE_NO_PAD.encode(sha256(begun.verifier.as_bytes()));
        let mut url = endpoint(&description.authorization_endpoint)?;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client)
            .append_pair("redirect_uri", &self.redirect)
            .append_pair("scope", &self.scopes)
            .append_pair("state", &begun.state)
            .append_pair("nonce", &begun.nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        Ok((url, begun))
    }

    /// Who the person is, from the code that came back; `None` when anything about it is not right.
    pub async fn finish(&self, begun: &Begun, code: &str, issuer: Option<&str>) -> Result<Option<Vouched>> {
        let description = self.description().await?;
        let required = description.authorization_response_iss_parameter_supported;
        if issuer.map_or(required, |issuer| issuer != self.issuer) {
            return Ok(None);
        }
        let tokens: Tokens = egress::json(self.exchange(&description, begun, code)?).await?;
        let Some(token) = self.verify(&description, &tokens.id_token, begun).await? else { return Ok(None) };
        let (email, verified) = match (token.email, tokens.access_token, &description.userinfo_endpoint) {
            // a provider may keep the address for those who ask (OpenID Connect Core §5.4)
            (None, Some(access), Some(url)) => {
                let info: UserInfo = egress::json(self.egress.get(&endpoint(url)?)?.bearer_auth(access)).await?;
                if info.sub != token.sub {
                    return Ok(None);
                }
                (info.email, info.email_verified)
            }
            (email, ..) => (email, token.email_verified),
        };
        let email = email.filter(|_| verified == Some(true)).map(|email| Phi::new(email.trim().to_lowercase()));
        Ok(Some(Vouched { subject: token.sub, email }))
    }

    /// The code for tokens (RFC 6749 §4.1.3), as a confidential or a public client.
    fn exchange(&self, description: &Description, begun: &Begun, code: &str) -> Result<RequestBuilder> {
        let request = self.egress.post(&endpoint(&description.token_endpoint)?)?;
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect),
            ("code_verifier", &begun.verifier),
        ];
        let methods = &description.token_endpoint_auth_methods_supported;
        if self.secret.is_empty() {
            form.push(("client_id", &self.client));
        } else if methods.is_empty() || methods.iter().any(|method| method == "client_secret_basic") {
            let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            let both = STANDARD.encode(format!("{}:{}", encoded(&self.client), encoded(&self.secret)));
            return Ok(request.header("authorization", format!("Basic {both}")).form(&form));
        } else {
            form.extend([("client_id", self.client.as_str()), ("client_secret", self.secret.as_str())]);
        }
        Ok(request.form(&form))
    }

    /// OpenID Connect Core §3.1.3.7.
    async fn verify(&self, description: &Description, token: &str, begun: &Begun) -> Result<Option<IdToken>> {
        let Some(head) = jwt::head(token) else { return Ok(None) };
        let Some(key) = self.keys.find(&endpoint(&description.jwks_uri)?, &head).await? else { return Ok(None) };
        let right = |token: &IdToken| {
            let party = token.azp.as_deref();
            token.iss == self.issuer
                && !token.sub.is_empty()
                && token.sub.len() <= 255
                && token.aud.names(&self.client)
                && party.is_none_or(|party| party == self.client)
                && (!token.aud.is_several() || party.is_some())
                && token.nonce.as_deref() == Some(begun.nonce.as_str())
                && jwt::serves(self.clock.now(), token.exp, token.iat, token.nbf)
        };
        Ok(jwt::signed::<IdToken>(token, &key, head.algorithm).filter(right))
    }
}

/// An address out of the provider's description.
fn endpoint(text: &str) -> Result<Url> {
    Url::parse(text).ok().filter(egress::is_protected).ok_or_else(|| {
        tracing::warn!("the OpenID Connect provider describes itself with an address that is not https");
        egress::unavailable()
    })
}

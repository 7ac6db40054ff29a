//! Signs whatever it is told to, with keys made for the test, and publishes them as a provider would.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{self, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RsaKeyPair};
use aws_lc_rs::{hmac, rsa};
use axum::Router;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// One key of each kind.
pub struct Forge {
    pub name: String,
    ec: EcdsaKeyPair,
    rsa: RsaKeyPair,
}

/// Text in the alphabet of tokens.
pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A token of two texts that need not be JSON, and a signature over them.
pub fn token(head: &str, claims: &str, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let message = format!("{}.{}", encode(head), encode(claims));
    let signature = encode(sign(message.as_bytes()));
    format!("{message}.{signature}")
}

/// HMAC-SHA256.
pub fn hs256(key: &[u8]) -> impl Fn(&[u8]) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    move |message| hmac::sign(&key, message).as_ref().to_vec()
}

impl Forge {
    pub fn new(name: &str) -> Self {
        let ec = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
        Self { name: name.to_owned(), ec, rsa: rsa::KeyPair::generate(KeySize::Rsa2048).expect("a key") }
    }

    pub fn es256(&self) -> impl Fn(&[u8]) -> Vec<u8> {
        |message| self.ec.sign(&SystemRandom::new(), message).expect("a signature").as_ref().to_vec()
    }

    pub fn rsa(&self, padding: &'static dyn signature::RsaEncoding) -> impl Fn(&[u8]) -> Vec<u8> {
        move |message| {
            let mut bytes = vec![0; self.rsa.public_modulus_len()];
            self.rsa.sign(padding, &SystemRandom::new(), message, &mut bytes).expect("a signature");
            bytes
        }
    }

    pub fn rs256(&self) -> impl Fn(&[u8]) -> Vec<u8> {
        self.rsa(&signature::RSA_PKCS1_SHA256)
    }

    /// The public keys in the forms that somebody could take for a secret.
    pub fn as_secrets(&self) -> Vec<Vec<u8>> {
        let (ec, rsa) = (self.ec.public_key().as_ref().to_vec(), self.rsa.public_key().as_ref().to_vec());
        let pem = |der: &[u8]| {
            let text = base64::engine::general_purpose::STANDARD.encode(der);
            format!("-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----\n").into_bytes()
        };
        let jwk = |key: &Value| key["x"].as_str().or(key["n"].as_str()).unwrap_or_default().as_bytes().to_vec();
        let published = self.keys();
        let jwks = published.iter().map(jwk).collect::<Vec<_>>();
        [vec![pem(&ec), pem(&rsa), ec, rsa], jwks].concat()
    }

    /// The public keys as a provider publishes them.
    pub fn keys(&self) -> Vec<Value> {
        let (x, y) = self.ec.public_key().as_ref()[1..].split_at(32);
        let rsa = self.rsa.public_key();
        let (n, e) =
            (rsa.modulus().big_endian_without_leading_zero(), rsa.exponent().big_endian_without_leading_zero());
        vec![
            json!({ "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": format!("{}-ec", self.name), "x": encode(x), "y": encode(y) }),
            json!({ "kty": "RSA", "alg": "RS256", "use": "sig", "kid": format!("{}-rsa", self.name), "n": encode(n), "e": encode(e) }),
        ]
    }
}

/// A provider that publishes keys and answers each code with the token it was told to.
#[derive(Clone)]
pub struct Provider {
    pub url: String,
    state: Arc<Told>,
}

#[derive(Default)]
struct Told {
    url: Mutex<String>,
    keys: Mutex<Vec<Value>>,
    token: Mutex<String>,
    asked: AtomicUsize,
}

impl Provider {
    pub async fn start(keys: Vec<Value>) -> Self {
        let state = Arc::new(Told { keys: Mutex::new(keys), ..Told::default() });
        let keys = async |State(told): State<Arc<Told>>| {
            told.asked.fetch_add(1, Ordering::SeqCst);
            json!({ "keys": *told.keys.lock().expect("keys") }).to_string()
        };
        let describe = async |State(told): State<Arc<Told>>| {
            let url = told.url.lock().expect("a url").clone();
            json!({ "issuer": url, "authorization_endpoint": format!("{url}/authorize"), "token_endpoint": format!("{url}/token"),
                    "jwks_uri": format!("{url}/auth/v1/.well-known/jwks.json") }).to_string()
        };
        let tokens = async |State(told): State<Arc<Told>>| {
            json!({ "token_type": "Bearer", "id_token": *told.token.lock().expect("a token") })
                .to_string()
                .into_response()
        };
        let router = Router::new()
            .route("/auth/v1/.well-known/jwks.json", get(keys))
            .route("/.well-known/openid-configuration", get(describe))
            .route("/token", post(tokens))
            .with_state(Arc::clone(&state));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        state.url.lock().expect("a url").clone_from(&url);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, state }
    }

    pub fn publish(&self, keys: Vec<Value>) {
        *self.state.keys.lock().expect("keys") = keys;
    }

    pub fn answer_with(&self, token: String) {
        *self.state.token.lock().expect("a token") = token;
    }

    /// How often its keys were asked for.
    pub fn asked(&self) -> usize {
        self.state.asked.load(Ordering::SeqCst)
    }
}

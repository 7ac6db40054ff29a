//! Tokens as somebody would make them who wants in: against our own access tokens, those of a Supabase project and those
//! of an OpenID Connect provider. Each is refused, and its refusal teaches nothing.

use aws_lc_rs::signature;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use platform::config::Config;
use platform::testing::{Person, TestServer};
use reqwest::Method;
use serde_json::{Value, json};

use crate::forge::{Forge, Provider, encode, hs256, token};
use crate::supabase::Project;

/// By name.
type Hostile = Vec<(String, String)>;
type Sign<'a> = Box<dyn Fn(&[u8]) -> Vec<u8> + 'a>;

/// A good token, and what it takes to make others like it.
struct Good<'a> {
    head: Value,
    claims: Value,
    sign: Sign<'a>,
}

impl Good<'_> {
    fn token(&self) -> String {
        token(&self.head.to_string(), &self.claims.to_string(), &self.sign)
    }

    /// The good token with other claims, properly signed.
    fn with(&self, changes: &[(&str, Value)]) -> String {
        let mut claims = self.claims.clone();
        for (name, value) in changes {
            claims[*name] = value.clone();
        }
        token(&self.head.to_string(), &claims.to_string(), &self.sign)
    }

    fn without(&self, name: &str) -> String {
        let mut claims = self.claims.clone();
        claims.as_object_mut().expect("claims").remove(name);
        token(&self.head.to_string(), &claims.to_string(), &self.sign)
    }

    /// The good token's claims beneath another head.
    fn beneath(&self, head: &Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
        token(&head.to_string(), &self.claims.to_string(), sign)
    }

    fn head_with(&self, name: &str, value: Value) -> Value {
        let mut head = self.head.clone();
        head[name] = value;
        head
    }
}

/// What works against careless readers of any token.
fn against_any(good: &Good<'_>, attacker: &Forge) -> Hostile {
    let text = good.token();
    let [head, claims, signature] = text.split('.').collect::<Vec<_>>().try_into().expect("three parts");
    let raw = URL_SAFE_NO_PAD.decode(signature).expect("a signature");
    let resigned = |bytes: &[u8]| format!("{head}.{claims}.{}", encode(bytes));
    let mut all: Hostile = Vec::new();
    let mut add = |name: &str, token: String| all.push((name.to_owned(), token));

    for alg in
        ["none", "None", "NONE", "nOnE", "", " none", "HS256 ", "hs256", "es256", "HS512", "ES512", "dir", "null"]
    {
        let other = good.head_with("alg", json!(alg));
        add(&format!("alg {alg:?} without a signature"), good.beneath(&other, |_| Vec::new()));
        add(
            &format!("alg {alg:?} with a dot less"),
            good.beneath(&other, |_| Vec::new()).trim_end_matches('.').to_owned(),
        );
        add(&format!("alg {alg:?} with the old signature"), good.beneath(&other, |_| raw.clone()));
        add(&format!("alg {alg:?}, signed"), good.beneath(&other, &good.sign));
    }
    for alg in [Value::Null, json!(["none"]), json!(0), json!({ "none": true })] {
        add(&format!("alg {alg}"), good.beneath(&good.head_with("alg", alg.clone()), &good.sign));
    }
    add("no alg", good.beneath(&json!({ "typ": "JWT" }), &good.sign));
    add("two algs", token(r#"{"alg":"none","alg":"ES256"}"#, &good.claims.to_string(), &good.sign));
    add("a head that is no object", token("[]", &good.claims.to_string(), &good.sign));

    add("no signature", resigned(b""));
    add("half a signature", resigned(&raw[..raw.len() / 2]));
    add("a byte less", resigned(&raw[..raw.len() - 1]));
    add("a byte more", resigned(&[raw.as_slice(), &[0]].concat()));
    add("twice the signature", resigned(&[raw.as_slice(), &raw].concat()));
    add("zeros", resigned(&vec![0; raw.len()]));
    add("r and s zero", resigned(&[0; 64]));
    add(
        "r and s one",
        resigned(&{
            let mut one = [0; 64];
            one[31] = 1;
            one[63] = 1;
            one
        }),
    );
    add("r and s the order of the group", resigned(&P256_ORDER.repeat(2)));
    add("an empty DER signature", resigned(&[0x30, 0x06, 0x02, 0x01, 0, 0x02, 0x01, 0]));
    add(
        "a flipped bit",
        resigned(&{
            let mut other = raw.clone();
            other[3] ^= 1;
            other
        }),
    );

    let mut changed = good.claims.clone();
    changed["sub"] = json!("00000000-0000-7000-8000-000000000000");
    add("another subject", format!("{head}.{}.{signature}", encode(changed.to_string())));
    let mut longer = good.claims.clone();
    longer["exp"] = json!(4_102_444_800_i64);
    add("a later end", format!("{head}.{}.{signature}", encode(longer.to_string())));
    add("another head", format!("{}.{claims}.{signature}", encode(good.head_with("x", json!(1)).to_string())));

    for kid in [
        "../../../../../../dev/null",
        "/dev/null",
        "' union select 'key",
        "project-ec\u{0}",
        "file:///dev/null",
        "|sleep 5",
        "${jndi:ldap://x}",
    ] {
        let other = good.head_with("kid", json!(kid));
        add(&format!("kid {kid:?} and an empty key"), good.beneath(&hs(&other), hs256(b"")));
        add(&format!("kid {kid:?}"), good.beneath(&other, attacker.es256()));
    }
    let published = attacker.keys();
    for (name, value) in [
        ("jku", json!("https://evil.example/keys.json")),
        ("x5u", json!("https://evil.example/cert.pem")),
        ("jwk", published[0].clone()),
        ("x5c", json!(["MIIB"])),
        ("crit", json!(["exp"])),
    ] {
        let mut other = good.head_with(name, value);
        other["alg"] = json!("ES256");
        add(&format!("{name} of the attacker"), good.beneath(&other, attacker.es256()));
        other["kid"] = published[0]["kid"].clone();
        add(&format!("{name} and kid of the attacker"), good.beneath(&other, attacker.es256()));
        add(&format!("{name} beneath the right key"), good.beneath(&good.head_with(name, json!("x")), &good.sign));
    }
    let mut stranger = good.head.clone();
    stranger["alg"] = json!("RS256");
    add("the attacker's RSA key", good.beneath(&stranger, attacker.rs256()));
    for secret in
        ["", "secret", "vantage", "your-256-bit-secret", "super-secret-jwt-token-with-at-least-32-characters-long"]
    {
        add(&format!("HS256 with {secret:?}"), good.beneath(&hs(&good.head), hs256(secret.as_bytes())));
    }

    let long = "x".repeat(9000);
    add("a huge token, properly signed", good.with(&[("padding", json!(long))]));
    add("a huge head", good.beneath(&good.head_with("padding", json!(long)), &good.sign));
    let padded = |part: &str| URL_SAFE.encode(URL_SAFE_NO_PAD.decode(part).expect("a part")) + "=";
    add("padding", format!("{head}.{}.{signature}", padded(claims)));
    add("the other alphabet", format!("{head}.{claims}.{}", STANDARD.encode([raw.as_slice(), &[0xfb, 0xff]].concat())));
    add("four parts", format!("{text}.{signature}"));
    add("five parts", format!("{head}.{claims}.{signature}.{claims}.{signature}"));
    add("two parts", format!("{head}.{claims}"));
    add("no parts", "..".to_owned());
    add("a space", format!("{head}.{claims} .{signature}"));
    add("claims that are no object", token(&good.head.to_string(), "[]", &good.sign));
    add("claims that are no JSON", token(&good.head.to_string(), "rubbish", &good.sign));
    add("two values", token(&good.head.to_string(), &format!("{0}{0}", good.claims), &good.sign));
    all
}

fn hs(head: &Value) -> Value {
    let mut head = head.clone();
    head["alg"] = json!("HS256");
    head
}

/// Order of P-256 (SEC 2 §2.4.2).
const P256_ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7,
    0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// Properly signed tokens whose claims are not ours to take, for the claims that every kind has.
fn against_claims(good: &Good<'_>) -> Hostile {
    let issuer = good.claims["iss"].as_str().expect("an issuer").to_owned();
    let audience = good.claims["aud"].as_str().expect("an audience").to_owned();
    let expires = good.claims["exp"].as_i64().expect("an end");
    let mut all: Hostile = Vec::new();
    for (name, value) in [
        ("iss", json!(format!("{issuer}/"))),
        ("iss", json!(issuer.to_uppercase())),
        ("iss", json!(format!("{issuer}.evil.example"))),
        ("iss", json!([issuer])),
        ("iss", json!("")),
        ("iss", Value::Null),
        ("aud", json!(format!("{audience}x"))),
        ("aud", json!(audience.to_uppercase())),
        ("aud", json!("")),
        ("aud", json!([])),
        ("aud", json!(["another"])),
        ("aud", json!({ "0": audience })),
        ("aud", Value::Null),
        ("exp", json!(expires.to_string())),
        ("exp", json!(expires as f64 + 0.5)),
        ("exp", json!(-1)),
        ("exp", json!(0)),
        ("exp", json!(1e300)),
        ("exp", Value::Null),
        ("sub", json!("")),
        ("sub", json!("x".repeat(300))),
        ("sub", json!(1)),
        ("sub", Value::Null),
    ] {
        all.push((format!("{name} {value}"), good.with(&[(name, value)])));
    }
    for name in ["iss", "aud", "exp", "sub"] {
        all.push((format!("no {name}"), good.without(name)));
        let twice = good.claims.to_string().replacen('{', &format!(r#"{{"{name}":{},"#, good.claims[name]), 1);
        all.push((format!("{name} twice"), token(&good.head.to_string(), &twice, &good.sign)));
    }
    all
}

/// The times that tokens of others have besides.
fn against_times(good: &Good<'_>, now: i64) -> Hostile {
    let mut all: Hostile = [
        ("ran out", vec![("exp", json!(now - 31)), ("iat", json!(now - 3600))]),
        ("not yet", vec![("nbf", json!(now + 31))]),
        ("issued later", vec![("iat", json!(now + 31))]),
        ("ended before it was issued", vec![("exp", json!(now + 5)), ("iat", json!(now + 10))]),
        ("iat as text", vec![("iat", json!(now.to_string()))]),
        ("nbf as text", vec![("nbf", json!("0"))]),
    ]
    .into_iter()
    .map(|(name, changes)| (name.to_owned(), good.with(&changes)))
    .collect();
    all.push(("no iat".to_owned(), good.without("iat")));
    all
}

/// With keys that are public, taken for secrets; and with keys for other things.
fn against_public_keys(good: &Good<'_>, forge: &Forge) -> Hostile {
    let mut all: Hostile = Vec::new();
    for (number, secret) in forge.as_secrets().into_iter().enumerate() {
        for kid in [Some(format!("{}-ec", forge.name)), Some(format!("{}-rsa", forge.name)), None] {
            let name = format!("HS256 with public key {number}, kid {kid:?}");
            let head = json!({ "alg": "HS256", "typ": "JWT", "kid": kid });
            all.push((name, good.beneath(&head, hs256(&secret))));
        }
    }
    let rsa = json!({ "alg": "PS256", "typ": "JWT", "kid": format!("{}-rsa", forge.name) });
    all.push(("PS256 with a key for RS256".to_owned(), good.beneath(&rsa, forge.rsa(&signature::RSA_PSS_SHA256))));
    let rs512 = json!({ "alg": "RS512", "typ": "JWT", "kid": format!("{}-rsa", forge.name) });
    all.push(("RS512 with a key for RS256".to_owned(), good.beneath(&rs512, forge.rsa(&signature::RSA_PKCS1_SHA512))));
    let crossed = json!({ "alg": "ES256", "typ": "JWT", "kid": format!("{}-rsa", forge.name) });
    all.push(("ES256 under the name of the RSA key".to_owned(), good.beneath(&crossed, forge.es256())));
    all
}

/// Each is refused with the same words as rubbish is.
async fn are_refused(server: &TestServer, method: &Method, path: &str, hostile: &Hostile, by_body: bool) {
    let ask = async |token: &str| {
        let mut person = server.stranger();
        let mut answer = if by_body {
            person.post(path, &json!({ "token": token })).await
        } else {
            let Ok(header) = reqwest::header::HeaderValue::from_str(&format!("Bearer {token}")) else { return None };
            person.token = None;
            Person::send(person.request(method.clone(), path).header("authorization", header)).await
        };
        answer.body["requestId"] = Value::Null;
        let headers: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
        Some((answer.status.as_u16(), answer.body, headers))
    };
    let rubbish = ask("rubbish").await.expect("an answer");
    assert_eq!((rubbish.0, &rubbish.1["code"]), (401, &json!("auth.required")));
    for (name, token) in hostile {
        // in the body what is too long for a token is said to be, which is no secret
        if by_body && token.len() > 8192 {
            assert_eq!(ask(token).await.expect("an answer").0, 422, "{name}");
        } else if let Some(answer) = ask(token).await {
            assert_eq!(answer, rubbish, "{name}: {token}");
        }
    }
}

#[tokio::test]
async fn against_our_own_tokens() {
    let server = crate::product().await;
    let owner = server.owner_of("alpha").await;
    let own = owner.token.clone().expect("a token");
    let key = server.app.root().derive("access-token").expect("keys").remove(0);
    let claims = URL_SAFE_NO_PAD.decode(own.split('.').nth(1).expect("claims")).expect("base64");
    let good = Good {
        head: json!({ "typ": "JWT", "alg": "HS256" }),
        claims: serde_json::from_slice(&claims).expect("json"),
        sign: Box::new(hs256(key.expose())),
    };
    let mut person = server.stranger();
    person.token = Some(good.token());
    person.get("/api/v1/auth/session").await.expect(200);

    let attacker = Forge::new("attacker");
    let mut hostile = [against_any(&good, &attacker), against_claims(&good)].concat();
    // keys of ours for other things, of another installation, and other secrets of this one
    let other = platform::crypto::RootKeys::parse("test:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=").expect("a key");
    for (name, key) in [
        ("another installation", other.derive("access-token").expect("keys").remove(0)),
        ("the key for another purpose", server.app.root().derive("installation").expect("keys").remove(0)),
    ] {
        hostile.push((name.to_owned(), good.beneath(&good.head, hs256(key.expose()))));
    }
    let administrator = server.administrator("noura").await.admin.expect("a token");
    hostile.push(("an administrator's token".to_owned(), administrator));
    hostile.push(("a refresh token".to_owned(), owner.refresh.clone().expect("a token")));
    hostile.push((
        "a refresh token in three parts".to_owned(),
        format!("{0}.{0}.{0}", owner.refresh.clone().expect("a token")),
    ));
    // these we signed ourselves, so their holder is told to refresh; all others learn nothing
    let (ended, hostile): (Hostile, Hostile) =
        hostile.into_iter().partition(|(name, _)| name == "exp -1" || name == "exp 0");
    for (_, token) in &ended {
        person.token = Some(token.clone());
        assert_eq!(person.get("/api/v1/auth/session").await.code(), "auth.token_expired");
    }
    assert!(hostile.len() >= 24, "{}", hostile.len());
    are_refused(&server, &Method::GET, "/api/v1/auth/session", &hostile, false).await;
    eprintln!("{} hostile tokens refused as access tokens", hostile.len());
}

#[tokio::test]
async fn against_tokens_of_supabase() {
    let project = Project::start().await;
    let owner = project.server.owner_of("alpha").await;
    assert_eq!(project.link(&owner, "s-1", "owner@alpha.example").await.status, 204);
    let now = project.server.clock.now().as_second();
    let good = Good {
        head: json!({ "alg": "ES256", "typ": "JWT", "kid": "project-ec" }),
        claims: project.claims("s-1", "one", "owner@alpha.example"),
        sign: Box::new(project.forge.es256()),
    };
    project.bearer(&good.token()).get("/api/v1/auth/session").await.expect(200);

    let attacker = Forge::new("attacker");
    let mut hostile = [
        against_any(&good, &attacker),
        against_claims(&good),
        against_times(&good, now),
        against_public_keys(&good, &project.forge),
    ]
    .concat();
    for (name, value) in [
        ("role", json!("service_role")),
        ("role", json!("anon")),
        ("role", json!(["authenticated"])),
        ("is_anonymous", json!(true)),
        ("session_id", json!("")),
        ("session_id", Value::Null),
        ("aud", json!("anon")),
        ("iss", json!("https://another.supabase.co/auth/v1")),
    ] {
        hostile.push((format!("{name} {value}"), good.with(&[(name, value)])));
    }
    hostile.push(("no kid".to_owned(), good.beneath(&json!({ "alg": "ES256", "typ": "JWT" }), &good.sign)));
    hostile.push(("an OpenID type".to_owned(), good.beneath(&good.head_with("typ", json!("logout+jwt")), &good.sign)));
    hostile.push(("an access token of ours as theirs".to_owned(), owner.token.clone().expect("a token") + "A"));
    assert!(hostile.len() >= 24, "{}", hostile.len());
    are_refused(&project.server, &Method::GET, "/api/v1/auth/session", &hostile, false).await;
    are_refused(&project.server, &Method::POST, "/api/v1/auth/supabase", &hostile, true).await;
    eprintln!("{} hostile tokens refused as Supabase's, as bearer and in exchange for a session", hostile.len());
}

#[tokio::test]
async fn keys_that_are_not_for_signatures_sign_nothing() {
    let project = Project::start().await;
    let owner = project.server.owner_of("alpha").await;
    assert_eq!(project.link(&owner, "s-1", "owner@alpha.example").await.status, 204);
    let claims = project.claims("s-1", "one", "owner@alpha.example").to_string();
    let other = Forge::new("other");
    let mut keys = other.keys();
    keys[0]["use"] = json!("enc");
    keys[1]["key_ops"] = json!(["encrypt"]);
    keys.push(
        json!({ "kty": "oct", "kid": "shared", "alg": "HS256", "k": encode(b"a key that everybody can read here") }),
    );
    keys.push(json!({ "kty": "EC", "crv": "P-256", "kid": "nowhere", "alg": "ES256", "x": encode([1; 32]), "y": encode([1; 32]) }));
    keys.push(json!({ "kty": "nonsense" }));
    keys.push(json!("nonsense"));
    project.provider.publish([keys, project.forge.keys()].concat());
    project.server.clock.advance(jiff::SignedDuration::from_secs(31));
    let hostile = vec![
        ("enc".to_owned(), token(r#"{"alg":"ES256","kid":"other-ec"}"#, &claims, other.es256())),
        ("key_ops".to_owned(), token(r#"{"alg":"RS256","kid":"other-rsa"}"#, &claims, other.rs256())),
        (
            "oct".to_owned(),
            token(r#"{"alg":"HS256","kid":"shared"}"#, &claims, hs256(b"a key that everybody can read here")),
        ),
        (
            "a point that is not on the curve".to_owned(),
            token(r#"{"alg":"ES256","kid":"nowhere"}"#, &claims, other.es256()),
        ),
    ];
    are_refused(&project.server, &Method::GET, "/api/v1/auth/session", &hostile, false).await;
    // what is nonsense among them does no harm to the others
    let good = token(r#"{"alg":"ES256","kid":"project-ec"}"#, &claims, project.forge.es256());
    project.bearer(&good).get("/api/v1/auth/session").await.expect(200);
}

#[tokio::test]
async fn against_tokens_of_openid_connect() {
    let forge = Forge::new("provider");
    let provider = Provider::start(forge.keys()).await;
    let config = Config {
        oidc_issuer: provider.url.clone(),
        oidc_client_id: "vantage".to_owned(),
        oidc_client_secret: "secret".to_owned(),
        ..Config::default()
    };
    let server = TestServer::with(config, server::routes::duties(), server::routes::api).await;
    let now = server.clock.now().as_second();
    let mut claims = json!({ "iss": provider.url, "sub": "s-1", "aud": "vantage", "exp": now + 300, "iat": now, "nonce": "",
                         "email": "owner@alpha.example", "email_verified": true });
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let begun = http.get(server.url("/api/v1/auth/oidc/start")).send().await.expect("an answer");
    let there = begun.headers()["location"].to_str().expect("text").to_owned();
    let there = platform::egress::Url::parse(&there).expect("an address");
    let part = |wanted: &str| there.query_pairs().find(|(name, _)| name == wanted).expect("a part").1.into_owned();
    claims["nonce"] = json!(part("nonce"));
    let kept = begun.headers()["set-cookie"].to_str().expect("text").split(';').next().expect("a pair").to_owned();
    let back = server.url(&format!("/api/v1/auth/oidc/callback?code=c&state={}", part("state")));
    // the same sign-in again and again: that a code serves once is for the provider to see to
    let sign_in = async |token: &str| {
        provider.answer_with(token.to_owned());
        let answer = http.get(&back).header("cookie", &kept).send().await.expect("an answer");
        let to = answer.headers()["location"].to_str().expect("text").to_owned();
        (answer.status().as_u16(), to, answer.headers().get_all("set-cookie").iter().count())
    };

    let head = json!({ "alg": "ES256", "typ": "JWT", "kid": "provider-ec" });
    let good = Good { head, claims, sign: Box::new(forge.es256()) };
    let unknown = (303, "/sign-in?external=unknown".to_owned(), 2);
    assert_eq!(sign_in(&good.token()).await, unknown);
    let party = [("aud", json!(["vantage", "another"])), ("azp", json!("vantage"))];
    assert_eq!(sign_in(&good.with(&party)).await, unknown);

    let attacker = Forge::new("attacker");
    let mut hostile = [
        against_any(&good, &attacker),
        against_claims(&good),
        against_times(&good, now),
        against_public_keys(&good, &forge),
    ]
    .concat();
    for (name, changes) in [
        ("another nonce", vec![("nonce", json!("another"))]),
        ("nonce null", vec![("nonce", Value::Null)]),
        ("another party", vec![("azp", json!("another"))]),
        ("several audiences without a party", vec![("aud", json!(["vantage", "another"]))]),
        (
            "several audiences for another party",
            vec![("aud", json!(["vantage", "another"])), ("azp", json!("another"))],
        ),
    ] {
        hostile.push((name.to_owned(), good.with(&changes)));
    }
    hostile.push(("no nonce".to_owned(), good.without("nonce")));
    assert!(hostile.len() >= 24, "{}", hostile.len());
    let failed = (303, "/sign-in?external=failed".to_owned(), 1);
    for (name, token) in &hostile {
        assert_eq!(sign_in(token).await, failed, "{name}: {token}");
    }
    eprintln!("{} hostile tokens refused as OpenID Connect's", hostile.len());
}

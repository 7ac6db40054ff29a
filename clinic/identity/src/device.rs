//! The browsers that somebody signs in from: known ones by a cookie, all of them by what they say they are.
//!
//! The cookie proves an earlier sign-in with everything that it took. It opens nothing; it only keeps whoever tries
//! passwords elsewhere from slowing its holder down, and says when a sign-in comes from somewhere new, which its
//! holder is told by mail.

use axum_extra::extract::cookie::Cookie;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use platform::app::App;
use platform::crypto::{random_token, sha256};
use platform::db::{AuthTx, Origin};
use platform::error::Result;
use platform::id::{PracticeId, UserId};
use platform::limit::SharedBucket;
use platform::mail;
use platform::phi::Phi;
use platform::token::DEVICE_COOKIE;

use crate::person::Person;
use crate::reset;
use crate::session::cookie;

/// Browsers keep a cookie for 400 days at most (RFC 6265bis §5.5).
const DAYS: u32 = 400;
/// Browsers that are remembered of one person.
const MANY: i64 = 100;

/// The token of the request's cookie, if it is one of ours.
fn token_of(origin: &Origin) -> Option<[u8; 32]> {
    let text = origin.device.as_ref()?;
    URL_SAFE_NO_PAD.decode(text.expose()).ok()?.try_into().ok()
}

/// What is kept of the request's cookie.
pub fn hash_of(origin: &Origin) -> Option<Vec<u8>> {
    token_of(origin).map(|token| sha256(&token))
}

/// Whether somebody with this e-mail has signed in from the request's browser before.
pub async fn is_known(tx: &mut AuthTx, origin: &Origin, email: &str) -> Result<bool> {
    let Some(hash) = hash_of(origin) else { return Ok(false) };
    let known = sqlx::query_scalar!(
        r#"select exists (select from auth.device d join auth.user u on u.id = d.user_id
                           where u.email = $1 and d.hash = $2) as "known!""#,
        email,
        hash,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(known)
}

/// Remembers the browser of a sign-in, and answers the cookie for it. A new one is told to the person by mail, except
/// the first of all; nobody is flooded.
pub async fn remember(
    app: &App,
    tx: &mut AuthTx,
    origin: &Origin,
    user: UserId,
    practice: PracticeId,
) -> Result<Cookie<'static>> {
    let token = token_of(origin).map_or_else(random_token, Ok)?;
    let hash = sha256(&token);
    let found = sqlx::query!(
        r#"with known as (select count(*) as devices from auth.device where user_id = $1),
                put as (insert into auth.device (user_id, hash) values ($1, $2)
                        on conflict (user_id, hash) do update set last_seen_at = now() returning xmax = 0 as is_new)
           select put.is_new as "is_new!", known.devices > 0 as "has_others!" from put, known"#,
        user.uuid(),
        hash,
    )
    .fetch_one(tx.conn())
    .await?;
    if found.is_new {
        sqlx::query!(
            "delete from auth.device where user_id = $1 and hash in (
                 select hash from auth.device where user_id = $1 order by last_seen_at desc offset $2)",
            user.uuid(),
            MANY,
        )
        .execute(tx.conn())
        .await?;
    }
    if found.is_new && found.has_others {
        tell(app, tx, origin, user, practice).await?;
    }
    Ok(cookie(DEVICE_COOKIE, URL_SAFE_NO_PAD.encode(token), DAYS))
}

async fn tell(app: &App, tx: &mut AuthTx, origin: &Origin, user: UserId, practice: PracticeId) -> Result<()> {
    let account = user.to_string();
    let bucket = SharedBucket { name: "new_device.account", key: &account, burst: 5, per_second: 1.0 / 3600.0 };
    if bucket.take(tx).await.is_err() {
        return Ok(());
    }
    let person = Person::of(tx, user).await?;
    let place = person.practices.iter().find(|place| place.id == practice).map_or("Vantage", |place| &place.name);
    let letter = person
        .letter("new_device")
        .with("practice", Phi::new(place.to_owned()))
        .with("time", person.reads(app.now()))
        .with("device", Phi::new(describe(origin.user_agent.as_deref()).unwrap_or_else(|| "?".to_owned())))
        .with("address", Phi::new(origin.ip.clone().unwrap_or_else(|| "?".to_owned())))
        .link(reset::forgotten(app));
    mail::queue(app, tx, &letter).await?;
    Ok(())
}

/// The browser and the system that a client says it is, `Firefox · Windows`; proper names, the same in each language.
#[must_use]
pub fn describe(user_agent: Option<&str>) -> Option<String> {
    let text = user_agent?;
    let first =
        |names: &[(&str, &'static str)]| names.iter().find(|(part, _)| text.contains(part)).map(|(_, name)| *name);
    // browsers name those that they wish to be taken for; their own name comes first here
    let browser = first(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("Windows", "Windows"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("CrOS", "ChromeOS"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => Some(format!("{browser} · {system}")),
        (one, other) => one.or(other).map(str::to_owned).or_else(|| program(text)),
    }
}

/// The product of a program, `curl/8.5.0` as `curl`.
fn program(text: &str) -> Option<String> {
    let name: String = text.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').take(40).collect();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_apart() {
        let chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
        let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1";
        let edge = format!("{chrome} Edg/142.0.0.0");
        for (agent, name) in [
            (chrome, Some("Chrome · Windows")),
            (&edge, Some("Edge · Windows")),
            (iphone, Some("Safari · iPhone")),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", Some("Firefox · Linux")),
            (
                "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/142.0.0.0 Mobile Safari/537.36",
                Some("Chrome · Android"),
            ),
            ("curl/8.5.0", Some("curl")),
            ("<script>", None),
            ("", None),
        ] {
            assert_eq!(describe(Some(agent)).as_deref(), name, "{agent}");
        }
        assert_eq!(describe(None), None);
    }
}

//! A clinic signs up: practice, owner and data key come into being together or not at all.

use garde::Validate;
use platform::app::App;
use platform::db::{Actor, Caller, Origin};
use platform::error::{Error, OnConstraint as _, Result};
use platform::extract::Body;
use platform::guard::Anybody;
use platform::id::{PracticeId, UserId};
pub use platform::language::Language;
use platform::limit::{SharedBucket, network_of};
use platform::phi::Phi;
use platform::record::Change;
use platform::routes::Routes;
use platform::{route, validate};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::password;
use crate::second_factor::Factor;
use crate::session::{self, Session, Signed};

/// The route of signing up.
pub fn routes() -> Routes {
    Routes::new().route(route!(signup))
}

/// What a clinic says of itself when it signs up.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignUp {
    /// Name of the practice.
    #[garde(length(chars, max = 120), custom(validate::line))]
    pub practice_name: String,
    /// Its address: the sub-domain.
    #[garde(custom(validate::slug))]
    pub slug: String,
    /// Name of the person, who becomes the owner.
    #[garde(custom(person_name))]
    pub owner_name: Phi<String>,
    /// E-mail of the person.
    #[garde(custom(email_address))]
    pub email: Phi<String>,
    /// A password of at least ten characters.
    #[garde(custom(password::check))]
    pub password: Phi<String>,
    /// Language of the practice and of the person.
    #[garde(skip)]
    pub language: Language,
    /// Country, ISO 3166-1 alpha-2: the default of phone numbers and VAT.
    #[garde(custom(validate::country))]
    pub country: String,
    /// IANA time zone.
    #[garde(custom(validate::time_zone))]
    pub time_zone: String,
    /// ISO 4217 currency.
    #[garde(custom(validate::currency))]
    pub currency: String,
}

/// A name of at most 120 characters.
///
/// # Errors
/// What is wrong with it.
pub fn person_name(value: &Phi<String>, (): &()) -> garde::Result {
    if value.expose().chars().count() > 120 {
        return Err(garde::Error::new("too_long: Use at most 120 characters."));
    }
    validate::line(value.expose(), &())
}

/// An address that mail can be sent to.
///
/// # Errors
/// What is wrong with it.
pub fn email_address(value: &Phi<String>, (): &()) -> garde::Result {
    validate::email(value.expose(), &())
}

/// Sign a clinic up. The person is signed in as its owner.
#[utoipa::path(post, path = "/api/v1/auth/signup", tag = "identity", request_body = SignUp, responses((status = 201, body = Session)))]
async fn signup(who: Anybody, Body(asked): Body<SignUp>) -> Result<Signed> {
    let Anybody { app, origin } = who;
    throttle(&app, &origin).await?;
    let (practice, user) = sign_up(&app, &origin, asked).await?;
    session::open(&app, &origin, user, practice, Factor::None).await.map(Signed::created)
}

pub(crate) async fn throttle(app: &App, origin: &Origin) -> Result<()> {
    let per_hour = app.config.sign_ups_per_hour;
    let network = network_of(origin.ip.as_deref());
    let bucket = SharedBucket {
        name: "sign_up.address",
        key: &network,
        burst: per_hour,
        per_second: f64::from(per_hour) / 3600.0,
    };
    let mut tx = app.db().auth().await?;
    let taken = bucket.take(&mut tx).await;
    tx.commit().await?;
    taken
}

/// Makes the practice and its owner.
///
/// # Errors
/// 409 `practice.slug_taken` or `auth.email_taken`.
pub async fn sign_up(app: &App, origin: &Origin, asked: SignUp) -> Result<(PracticeId, UserId)> {
    let about =
        [asked.email.expose(), asked.owner_name.expose(), &asked.practice_name, &asked.slug].map(String::as_str);
    password::refuse_common("/password", &asked.password, &about)?;
    let hash = password::hash(asked.password.clone()).await?;
    let (practice, user) = (PracticeId::new(), UserId::new());
    let caller = Caller { practice, actor: Actor::Founder(user), origin: origin.clone() };
    let invite_hours = i32::try_from(app.config.invite_expiry_hours.clamp(1, 720)).unwrap_or(72);
    app.door
        .write(&caller, async move |tx| {
            sqlx::query!(
                "select auth.sign_up($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                practice.uuid(),
                asked.slug,
                asked.practice_name.trim(),
                asked.language as Language,
                asked.country,
                asked.time_zone,
                asked.currency,
                user.uuid(),
                asked.email.expose().trim().to_lowercase(),
                asked.owner_name.expose().trim(),
                hash,
            )
            .execute(tx.conn())
            .await
            .on_constraint("practice_slug_key", || {
                Error::conflict("practice.slug_taken", "Another practice has this address.").at(
                    "/slug",
                    "taken",
                    "Choose another address.",
                )
            })
            .on_constraint("user_email_key", || {
                Error::conflict("auth.email_taken", "There is an account with this e-mail; sign in instead.").at(
                    "/email",
                    "taken",
                    "Sign in, or use another e-mail.",
                )
            })?;
            tx.create_data_key().await?;
            sqlx::query!(
                "update platform.practice set invite_hours = $2 where practice_id = $1",
                practice.uuid(),
                invite_hours,
            )
            .execute(tx.conn())
            .await?;
            let profile = json!({ "name": asked.practice_name.trim(), "slug": asked.slug, "timeZone": asked.time_zone,
                                  "currency": asked.currency, "country": asked.country });
            tx.record(Change::created("practice", practice.uuid(), &profile).event("practice.founded", 1)).await?;
            tx.record(Change::done("create", "membership", user.uuid())).await
        })
        .await?;
    Ok((practice, user))
}

//! The practice under its short address, for programs that only want its name, language and time zone: the same profile,
//! the same rules, without a version to name.

use garde::Validate;
use platform::Result;
use platform::extract::Body;
use platform::guard::Can;
use platform::id::PracticeId;
use platform::language::Language;
use platform::permission::practice as may;
use platform::routes::{Json, Routes};
use platform::{route, validate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Practice, PracticeChange, find, find_locked, make};

/// The routes under the short address.
pub fn routes() -> Routes {
    Routes::new().route(route!(clinic)).route(route!(change_clinic))
}

/// The practice, in brief.
#[derive(Debug, Serialize, ToSchema)]
pub struct Clinic {
    id: PracticeId,
    name: String,
    slug: String,
    locale: Language,
    /// IANA name.
    timezone: String,
}

impl From<Practice> for Clinic {
    fn from(practice: Practice) -> Self {
        let Practice { id, name, slug, language: locale, time_zone: timezone, .. } = practice;
        Self { id, name, slug, locale, timezone }
    }
}

/// What is to be different; what is left out stays. The last one to say so wins.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ClinicChange {
    #[garde(inner(length(chars, max = 120), custom(validate::line)))]
    name: Option<String>,
    #[garde(skip)]
    locale: Option<Language>,
    #[garde(inner(custom(validate::time_zone)))]
    timezone: Option<String>,
}

/// The practice, in brief.
#[utoipa::path(get, path = "/api/clinics/me", tag = "practice", responses((status = 200, body = Clinic)))]
async fn clinic(who: Can<may::Read>) -> Result<Json<Clinic>> {
    let practice = who.read(async |tx| find(tx).await).await?;
    Ok(Json(practice.into()))
}

/// Change the practice's name, language or time zone.
#[utoipa::path(patch, path = "/api/clinics/me", tag = "practice", request_body = ClinicChange, responses((status = 200, body = Clinic)))]
async fn change_clinic(who: Can<may::Write>, Body(change): Body<ClinicChange>) -> Result<Json<Clinic>> {
    let practice = who
        .write(async move |tx| {
            let before = find_locked(tx).await?;
            let ClinicChange { name, locale: language, timezone: time_zone } = change.clone();
            make(tx, PracticeChange { version: before.version, name, language, time_zone, ..PracticeChange::default() })
                .await
        })
        .await?;
    Ok(Json(practice.into()))
}

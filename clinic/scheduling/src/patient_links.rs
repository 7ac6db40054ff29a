//! Opening a patient's link: whoever has the token is asked something that the patient knows.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use garde::Validate;
use jiff::civil::Date;
use patients::{SecondAnswer, SecondCheck};
use platform::error::link_refused;
use platform::extract::Body;
use platform::guard::Anybody;
use platform::patient_link::{Knock, OpenedLink};
use platform::phi::Phi;
use platform::routes::{Json, Routes};
use platform::{Result, route, undisclosed};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The route of opening.
pub fn routes() -> Routes {
    Routes::new().route(route!(open))
}

/// A link's token, and the answer to what is asked.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OpenPatientLink {
    /// What stands behind the `#` of the link.
    #[garde(custom(short))]
    #[schema(value_type = String)]
    token: Phi<String>,
    /// The patient's date of birth, where that is asked.
    #[garde(skip)]
    #[schema(format = Date, value_type = Option<String>)]
    date_of_birth: Option<Date>,
    /// The last four digits of a phone number of the patient, where they are asked.
    #[garde(inner(custom(short)))]
    #[schema(value_type = Option<String>)]
    phone_digits: Option<Phi<String>>,
}

undisclosed!(OpenPatientLink);

/// What is asked before the link opens.
#[derive(Debug, Serialize, ToSchema)]
struct PatientLinkQuestion {
    /// Which of the two.
    asks: SecondCheck,
}

fn short(value: &Phi<String>, (): &()) -> garde::Result {
    if value.expose().len() <= 100 { Ok(()) } else { Err(garde::Error::new("too_long: This is too long.")) }
}

/// Open a patient's link. Without an answer, 202 says what is asked: a date of birth, or, where the practice has none, the
/// last four digits of a phone number. A link that is unknown, revoked or over answers 401 `patient_link.refused`, whichever
/// of them it is.
#[utoipa::path(post, path = "/api/v1/patient-links/open", tag = "scheduling", request_body = OpenPatientLink,
    responses((status = 200, body = OpenedLink), (status = 202, body = PatientLinkQuestion, description = "Answer this as well")))]
async fn open(who: Anybody, Body(asked): Body<OpenPatientLink>) -> Result<Response> {
    let knock = Knock::with(&who, &asked.token).await?;
    let patient = knock.patient();
    let asks = knock.read(async move |tx| patients::second_check(tx, patient).await).await?.ok_or_else(link_refused)?;
    let answer = match asks {
        SecondCheck::DateOfBirth => asked.date_of_birth.map(SecondAnswer::DateOfBirth),
        SecondCheck::PhoneDigits => asked.phone_digits.map(SecondAnswer::PhoneDigits),
    };
    let Some(answer) = answer else {
        return Ok((StatusCode::ACCEPTED, Json(PatientLinkQuestion { asks })).into_response());
    };
    let verdict = knock
        .judge(async move |tx| {
            tx.await_link_answer().await?;
            let is_right = patients::is_right(tx, patient, &answer).await?;
            tx.note_link_answer(is_right).await
        })
        .await?;
    Ok(Json(knock.open(verdict)?).into_response())
}

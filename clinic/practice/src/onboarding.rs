//! The first steps of a new practice. What was done shows in the practice itself; only what was skipped, looked at or
//! finished is kept.

use jiff::Timestamp;
use platform::Result;
use platform::db::TenantTx;
use platform::extract::Path;
use platform::guard::Can;
use platform::permission::practice as may;
use platform::record::Change;
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::profile;

/// The routes of onboarding.
pub fn routes() -> Routes {
    Routes::new().route(route!(read)).route(route!(skip)).route(route!(seen)).route(route!(finish))
}

/// How far a new practice is.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Onboarding {
    /// All steps, in order.
    steps: Vec<StepState>,
    /// Since when the practice wants to see no more of it.
    #[schema(required)]
    finished_at: Option<Timestamp>,
}

/// How far one step is.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct StepState {
    /// Which one.
    key: Step,
    /// Whether it is done, skipped or not.
    done: bool,
    /// Since when it is skipped.
    #[schema(required)]
    skipped_at: Option<Timestamp>,
}

/// A step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Step {
    /// Address and telephone are known.
    Profile,
    /// The practice or a location has weekly hours.
    Hours,
    /// Something is offered.
    Service,
    /// Somebody else works here, or is invited.
    Staff,
    /// Somebody has looked at what is demanded of whoever signs in.
    Security,
}

const STEPS: [Step; 5] = [Step::Profile, Step::Hours, Step::Service, Step::Staff, Step::Security];

impl Step {
    fn name(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Hours => "hours",
            Self::Service => "service",
            Self::Staff => "staff",
            Self::Security => "security",
        }
    }
}

/// How far the practice is.
#[utoipa::path(get, path = "/api/v1/onboarding", tag = "practice", responses((status = 200, body = Onboarding)))]
async fn read(who: Can<may::Read>) -> Result<Json<Onboarding>> {
    who.read(async |tx| find(tx).await).await.map(Json)
}

/// Skip a step. It can still be done.
#[utoipa::path(post, path = "/api/v1/onboarding/{key}/skip", tag = "practice",
    params(("key" = Step, Path, description = "The step")), responses((status = 200, body = Onboarding)))]
async fn skip(who: Can<may::Write>, Path(step): Path<Step>) -> Result<Json<Onboarding>> {
    who.write(async move |tx| note(tx, "skipped", Some(step)).await).await.map(Json)
}

/// Note that somebody has looked at what is demanded of whoever signs in.
#[utoipa::path(post, path = "/api/v1/onboarding/security/seen", tag = "practice", responses((status = 200, body = Onboarding)))]
async fn seen(who: Can<may::Write>) -> Result<Json<Onboarding>> {
    who.write(async |tx| note(tx, "seen", Some(Step::Security)).await).await.map(Json)
}

/// See no more of it, whatever is left to do.
#[utoipa::path(post, path = "/api/v1/onboarding/finish", tag = "practice", responses((status = 200, body = Onboarding)))]
async fn finish(who: Can<may::Write>) -> Result<Json<Onboarding>> {
    who.write(async |tx| note(tx, "finished", None).await).await.map(Json)
}

/// Notes something for the first time; again changes nothing.
async fn note(tx: &mut TenantTx, what: &'static str, step: Option<Step>) -> Result<Onboarding> {
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    let noted = sqlx::query!(
        "insert into practice.onboarding (practice_id, step, what, at) values ($1, $2, $3, $4) on conflict do nothing",
        practice,
        step.map_or("", Step::name),
        what,
        now as _,
    )
    .execute(tx.conn())
    .await?;
    let after = find(tx).await?;
    if noted.rows_affected() == 1 {
        tx.record(Change::done(what, "onboarding", practice).event("onboarding.changed", 1)).await?;
    }
    Ok(after)
}

async fn find(tx: &mut TenantTx) -> Result<Onboarding> {
    let profile = profile::find(tx).await?;
    let practice = tx.practice();
    let done = sqlx::query!(
        r#"select exists (select from practice.hours
                where practice_id = $1 and owner_kind <> 'provider' and jsonb_path_exists(week, '$[*].intervals[*]')) as "hours!",
            exists (select from practice.service where practice_id = $1 and archived_at is null) as "service!",
            auth.has_company() as "staff!""#,
        practice,
    )
    .fetch_one(tx.conn())
    .await?;
    let notes = sqlx::query!("select step, what, at from practice.onboarding where practice_id = $1", practice)
        .fetch_all(tx.conn())
        .await?;
    let at = |what: &str, step: &str| {
        notes.iter().find(|note| note.what == what && note.step == step).map(|note| note.at.to_jiff())
    };
    let state = |key: Step| StepState {
        key,
        done: match key {
            Step::Profile => profile.address.is_some() && profile.phone.is_some(),
            Step::Hours => done.hours,
            Step::Service => done.service,
            Step::Staff => done.staff,
            Step::Security => at("seen", key.name()).is_some(),
        },
        skipped_at: at("skipped", key.name()),
    };
    Ok(Onboarding { steps: STEPS.map(state).into(), finished_at: at("finished", "") })
}

#[cfg(test)]
mod tests {
    use platform::testing::Person;
    use serde_json::{Value, json};

    use crate::testing::{made, put, start};

    const ONBOARDING: &str = "/api/v1/onboarding";

    async fn done(person: &Person) -> Vec<String> {
        let all = person.get(ONBOARDING).await.expect(200);
        let steps = all["steps"].as_array().expect("steps").iter().filter(|step| step["done"] == true);
        steps.map(|step| step["key"].as_str().expect("a key").to_owned()).collect()
    }

    #[tokio::test]
    async fn what_is_done_shows_by_itself() {
        let (server, owner) = start().await;
        assert_eq!(done(&owner).await, [""; 0]);
        let address = json!({ "line1": "Olaya Street 1", "city": "Riyadh", "country": "SA" });
        let profile = json!({ "version": 1, "address": address, "phone": "0112345678" });
        owner.patch("/api/v1/practice", &profile).await.expect(200);
        let closed = json!({ "owner": "practice", "version": 0, "week": [{ "weekday": 1, "intervals": [] }] });
        put(&owner, "/api/v1/hours", &closed).await.expect(200);
        assert_eq!(done(&owner).await, ["profile"], "never open is not set");
        let open = json!({ "owner": "practice", "version": 1,
                           "week": [{ "weekday": 1, "intervals": [{ "from": "08:00", "to": "12:00" }] }] });
        put(&owner, "/api/v1/hours", &open).await.expect(200);
        let service = json!({ "nameEn": "Cleaning", "durationMinutes": 45, "price": { "amountMinor": 1, "currency": "SAR" },
                              "vatCategory": "standard", "colour": "teal" });
        made(&owner, "/api/v1/services", &service).await;
        made(&owner, "/api/v1/invites", &json!({ "email": "desk@alpha.example", "role": "receptionist" })).await;
        assert_eq!(done(&owner).await, ["profile", "hours", "service", "staff"], "who is invited counts");
        let desk = server.colleague_of(&owner, "receptionist").await;
        owner.post("/api/v1/onboarding/security/seen", &Value::Null).await.expect(200);
        assert_eq!(done(&desk).await, ["profile", "hours", "service", "staff", "security"]);
        assert_eq!(desk.post("/api/v1/onboarding/finish", &Value::Null).await.status, 403);
    }

    #[tokio::test]
    async fn steps_are_skipped_and_the_rest_is_finished_once() {
        let (server, owner) = start().await;
        let skipped = owner.post("/api/v1/onboarding/staff/skip", &Value::Null).await.expect(200);
        assert_eq!(skipped["steps"][3]["key"], "staff");
        assert!(skipped["steps"][3]["skippedAt"].is_string() && skipped["steps"][3]["done"] == false);
        let finished = owner.post("/api/v1/onboarding/finish", &Value::Null).await.expect(200);
        server.clock.advance(jiff::SignedDuration::from_mins(1));
        assert_eq!(owner.post("/api/v1/onboarding/finish", &Value::Null).await.expect(200), finished);
        assert_eq!(owner.post("/api/v1/onboarding/staff/skip", &Value::Null).await.expect(200), finished);
        assert_eq!(owner.get(ONBOARDING).await.expect(200), finished);
        assert_eq!(owner.post("/api/v1/onboarding/lunch/skip", &Value::Null).await.status, 404);
    }
}

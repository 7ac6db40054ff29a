//! The closing days of a year, and the official holidays that a practice can take over.

use garde::Validate;
use jiff::civil::Date;
use platform::Result;
use platform::db::TenantTx;
use platform::error::{Error, FieldError};
use platform::extract::{Body, Query};
use platform::guard::Can;
use platform::permission::hours as may;
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::hijri::HijriDate;
use super::rule::{Holiday, Move, Repeats, Rule, SAUDI, holiday};
use super::{ClosingDay, ClosingDayId, NewClosingDay, Occurrence, add_closing_day, all};
use crate::profile;

/// The routes of the lists.
pub fn routes() -> Routes {
    Routes::new().route(route!(list)).route(route!(suggestions)).route(route!(adopt))
}

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListClosingDays {
    /// Which year; without it the present one.
    #[garde(inner(range(min = 2000, max = 2150)))]
    #[param(minimum = 2000, maximum = 2150)]
    year: Option<i16>,
}

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListSuggestions {
    /// Of which country; without it the practice's. So far Saudi Arabia has a list.
    #[garde(inner(length(max = 2)))]
    country: Option<String>,
    /// Which year; without it the present one.
    #[garde(inner(range(min = 2000, max = 2150)))]
    #[param(minimum = 2000, maximum = 2150)]
    year: Option<i16>,
}

/// Which official holidays to take over.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Adopt {
    /// Their keys.
    #[garde(length(min = 1, max = 50))]
    keys: Vec<String>,
}

/// The closing days of a year.
#[derive(Debug, Serialize, ToSchema)]
struct ClosingDays {
    items: Vec<ClosingDayInYear>,
}

/// One return of a closing day.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ClosingDayInYear {
    /// The closing day; the same one can come twice in a year.
    id: ClosingDayId,
    /// When it is.
    date: Date,
    /// What it is.
    name: String,
    /// The same in Arabic.
    #[schema(required)]
    name_ar: Option<String>,
    /// Entered by the practice, or an official holiday.
    source: Source,
    /// How it comes again.
    repeats: Repeats,
    /// The Hijri day (Umm al-Qura) that the rule gives, year-month-day.
    hijri: String,
    /// Whether the moon may still put it on another day.
    estimated: bool,
    /// Where the rule puts it, when it was moved.
    #[schema(required)]
    moved_from: Option<Date>,
    /// All its moves, to be changed as a whole.
    moves: Vec<Move>,
    /// The version of the closing day.
    version: i32,
}

/// Where a closing day comes from.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Source {
    Saudi,
    Own,
}

/// The official holidays of a year.
#[derive(Debug, Serialize, ToSchema)]
struct Suggestions {
    items: Vec<Suggestion>,
}

/// An official holiday.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Suggestion {
    /// By which it is taken over.
    key: &'static str,
    /// What it is.
    name: &'static str,
    /// The same in Arabic.
    name_ar: &'static str,
    /// When it is in that year.
    date: Date,
    /// The Hijri day (Umm al-Qura), year-month-day.
    hijri: String,
    /// Whether the moon may still put it on another day.
    estimated: bool,
    /// Whether the practice has taken it over.
    adopted: bool,
}

/// The closing days of a year, in order.
#[utoipa::path(get, path = "/api/v1/closing-days", tag = "practice", params(ListClosingDays), responses((status = 200, body = ClosingDays)))]
async fn list(who: Can<may::Read>, Query(asked): Query<ListClosingDays>) -> Result<Json<ClosingDays>> {
    who.read(async move |tx| of_year(tx, asked.year).await).await.map(Json)
}

/// Official holidays to choose from.
#[utoipa::path(get, path = "/api/v1/closing-days/suggestions", tag = "practice", params(ListSuggestions), responses((status = 200, body = Suggestions)))]
async fn suggestions(who: Can<may::Read>, Query(asked): Query<ListSuggestions>) -> Result<Json<Suggestions>> {
    who.read(async move |tx| {
        let (first, last) = year(tx, asked.year).await?;
        let country = match &asked.country {
            Some(country) => country.clone(),
            None => profile::find(tx).await?.country,
        };
        let adopted: Vec<_> = all(tx).await?.into_iter().filter_map(|day| day.holiday).collect();
        let of = |holiday: &'static Holiday| {
            let adopted = adopted.iter().any(|key| key == holiday.key);
            holiday.rule.days(first, last).into_iter().map(move |date| Suggestion {
                key: holiday.key,
                name: holiday.name,
                name_ar: holiday.name_ar,
                date,
                hijri: hijri(date),
                estimated: holiday.rule.is_estimate(),
                adopted,
            })
        };
        let mut items: Vec<_> = if country == "SA" { SAUDI.iter().flat_map(of).collect() } else { Vec::new() };
        items.sort_by_key(|suggestion| suggestion.date);
        Ok(Json(Suggestions { items }))
    })
    .await
}

/// Take official holidays over: the practice is closed on them every year. Those that it has already stay as they are.
#[utoipa::path(post, path = "/api/v1/closing-days/adopt", tag = "practice", request_body = Adopt, responses((status = 200, body = ClosingDays)))]
async fn adopt(who: Can<may::Write>, Body(asked): Body<Adopt>) -> Result<Json<ClosingDays>> {
    who.write(async move |tx| {
        adopt_holidays(tx, &asked.keys).await?;
        of_year(tx, None).await
    })
    .await
    .map(Json)
}

/// Takes official holidays over, from the present year on.
///
/// # Errors
/// 422 for a key that nobody knows.
pub async fn adopt_holidays(tx: &mut TenantTx, keys: &[impl AsRef<str>]) -> Result<()> {
    // two who choose the same at once do it one after the other
    profile::find_locked(tx).await?;
    let (first, _) = year(tx, None).await?;
    let mut adopted: Vec<_> = all(tx).await?.into_iter().filter_map(|day| day.holiday).collect();
    for (i, key) in keys.iter().enumerate() {
        let known = holiday(key.as_ref()).ok_or_else(|| {
            let text = "There is no such holiday: use the keys of the suggestions.";
            Error::invalid(vec![FieldError::new(format!("/keys/{i}"), "not_found", text)])
        })?;
        if adopted.iter().any(|key| key == known.key) {
            continue;
        }
        let new = NewClosingDay {
            date: first,
            name: known.name.to_owned(),
            name_ar: Some(known.name_ar.to_owned()),
            repeats: if let Rule::Hijri { .. } = known.rule { Repeats::Hijri } else { Repeats::Gregorian },
        };
        add_closing_day(tx, &new, Some(known.key)).await?;
        adopted.push(known.key.to_owned());
    }
    Ok(())
}

async fn of_year(tx: &mut TenantTx, asked: Option<i16>) -> Result<ClosingDays> {
    let (first, last) = year(tx, asked).await?;
    let of = |day: ClosingDay| {
        let returns = day.occurrences(first, last);
        returns.into_iter().map(move |one| item(&day, &one))
    };
    let mut items: Vec<_> = all(tx).await?.into_iter().flat_map(of).collect();
    items.sort_by(|a, b| (a.date, &a.name).cmp(&(b.date, &b.name)));
    Ok(ClosingDays { items })
}

fn item(day: &ClosingDay, one: &Occurrence) -> ClosingDayInYear {
    let moved = one.date != one.by_rule || day.moves.iter().any(|other| other.from == one.by_rule);
    ClosingDayInYear {
        id: day.id,
        date: one.date,
        name: day.name.clone(),
        name_ar: day.name_ar.clone(),
        source: if day.holiday.is_some() { Source::Saudi } else { Source::Own },
        repeats: day.repeats,
        hijri: hijri(one.by_rule),
        // a move, even one to the same day, is somebody who knows
        estimated: day.rule().is_estimate() && !moved,
        moved_from: moved.then_some(one.by_rule),
        moves: day.moves.clone(),
        version: day.version,
    }
}

fn hijri(date: Date) -> String {
    HijriDate::of(date).map(|hijri| hijri.to_string()).unwrap_or_default()
}

/// First and last day of a year; of the present one in the practice's zone when none is asked for.
async fn year(tx: &mut TenantTx, asked: Option<i16>) -> Result<(Date, Date)> {
    let year = match asked {
        Some(year) => year,
        None => {
            let zone = profile::find(tx).await?.time_zone;
            tx.now().in_tz(&zone).map_err(Error::internal)?.year()
        }
    };
    let day = |month, day| Date::new(year, month, day).map_err(Error::internal);
    Ok((day(1, 1)?, day(12, 31)?))
}

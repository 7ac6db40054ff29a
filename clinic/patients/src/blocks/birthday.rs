//! Birthdays: a date that comes every year. Who was born on 29 February celebrates on 28 February in common years.

use automation::block::DueQuery;
use automation::day::{DueDays, beginning};
use futures::future::BoxFuture;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use uuid::Uuid;

use crate::record::fields::OLDEST;

/// Days that one statement asks for.
const DAYS: usize = 31;

/// The birthday in a year; none in the year of birth and before.
pub fn birthday(born: Date, year: i16) -> Option<Date> {
    if year <= born.year() {
        return None;
    }
    Date::new(year, born.month(), born.day()).or_else(|_| Date::new(year, 2, 28)).ok()
}

/// How many birthdays somebody has had; none who is still to be born.
pub fn age(born: Date, today: Date) -> Option<i16> {
    let had = birthday(born, today.year()).is_some_and(|birthday| birthday <= today);
    (born <= today).then(|| today.year() - born.year() - i16::from(!had && today.year() > born.year()))
}

/// The dates of birth of all who have their birthday on that day: so people are found by the index of that column,
/// which no expression over it could use beneath row-level security.
pub fn born_for(day: Date) -> Vec<Date> {
    let (month, in_month) = (day.month(), day.day());
    let leaps = (month == 2 && in_month == 28 && !day.in_leap_year()).then_some(29);
    let all = (OLDEST.year()..day.year()).flat_map(|year| {
        [Some(in_month), leaps].into_iter().flatten().filter_map(move |in_month| Date::new(year, month, in_month).ok())
    });
    all.collect()
}

/// The practice's own zone.
///
/// # Errors
/// 503 when the database is away.
pub async fn zone(tx: &mut TenantTx) -> Result<TimeZone> {
    let practice = tx.practice();
    let name = sqlx::query_scalar!("select time_zone from platform.practice where practice_id = $1", practice)
        .fetch_one(tx.conn())
        .await?;
    TimeZone::get(&name).map_err(Error::internal)
}

/// Whose birthday it is: the instant is the first of that local day of the practice, so that an offset of nine hours is
/// nine in the morning. Nobody congratulates who has died.
pub fn due(tx: &mut TenantTx, asked: DueQuery) -> BoxFuture<'_, Result<Vec<(Timestamp, Uuid)>>> {
    Box::pin(async move {
        let zone = zone(tx).await?;
        let Some(days) = DueDays::of(&asked, &zone)? else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        let mut day = days.after.map_or(days.first, |(day, _)| day.max(days.first));
        let most = usize::try_from(asked.limit).unwrap_or(0);
        while found.len() < most && day <= days.last {
            let (mut born, mut at) = (Vec::new(), Vec::new());
            for _ in 0..DAYS {
                if day > days.last {
                    break;
                }
                let (all, begins) = (born_for(day), beginning(day, &zone)?);
                at.extend(std::iter::repeat_n(jiff_sqlx::Timestamp::from(begins), all.len()));
                born.extend(all.into_iter().map(jiff_sqlx::Date::from));
                day = day.tomorrow().map_err(Error::internal)?;
            }
            let left = asked.limit - i64::try_from(found.len()).map_err(Error::internal)?;
            found.extend(celebrating(tx, (&born, &at), asked.after, left).await?);
        }
        Ok(found)
    })
}

async fn celebrating(
    tx: &mut TenantTx,
    (born, at): (&[jiff_sqlx::Date], &[jiff_sqlx::Timestamp]),
    after: Option<(Timestamp, Uuid)>,
    limit: i64,
) -> Result<Vec<(Timestamp, Uuid)>> {
    let practice = tx.practice();
    let rows = sqlx::query!(
        r#"select d.at as "at!: jiff_sqlx::Timestamp", p.id
             from unnest($2::date[], $3::timestamptz[]) d (born, at)
             join patients.patient p on p.practice_id = $1 and p.birth_date = d.born and p.deleted_at is null
              and p.status <> 'deceased'
            where $4::timestamptz is null or (d.at, p.id) > ($4, $5::uuid)
            order by d.at, p.id limit $6"#,
        practice,
        born as _,
        at as _,
        after.map(|(at, _)| jiff_sqlx::Timestamp::from(at)) as _,
        after.map(|(_, id)| id),
        limit,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (row.at.to_jiff(), row.id)).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::civil::{Date, date};
    use proptest::prelude::*;

    use super::{age, birthday, born_for};

    #[test]
    fn who_was_born_on_a_leap_day_celebrates_a_day_earlier_in_common_years() {
        let born = date(2004, 2, 29);
        assert_eq!(birthday(born, 2004), None, "the day of birth is no birthday");
        assert_eq!(birthday(born, 2027), Some(date(2027, 2, 28)));
        assert_eq!(birthday(born, 2028), Some(date(2028, 2, 29)));
        assert_eq!(birthday(date(1896, 2, 29), 1900), Some(date(1900, 2, 28)), "1900 was a common year");
        let ages = [date(2004, 2, 29), date(2027, 2, 27), date(2027, 2, 28), date(2028, 2, 28), date(2028, 2, 29)];
        assert_eq!(ages.map(|today| age(born, today)), [Some(0), Some(22), Some(23), Some(23), Some(24)]);
        assert_eq!(age(born, date(2004, 2, 28)), None);
    }

    /// Walks from day to day with a calendar that knows the Gregorian rule and nothing of ours.
    fn walk(born: Date, years: i16) -> BTreeSet<Date> {
        let lengths = |year: i16| {
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        };
        let (mut year, mut month, mut day) = (born.year(), born.month(), born.day());
        let mut days = BTreeSet::new();
        while year < born.year() + years {
            let length = lengths(year)[usize::try_from(month - 1).expect("a month")];
            let last = (born.month(), born.day()) == (2, 29) && (month, day, length) == (2, 28, 28);
            if year > born.year() && ((month, day) == (born.month(), born.day()) || last) {
                days.insert(date(year, month, day));
            }
            day += 1;
            if day > length {
                (month, day) = (month + 1, 1);
            }
            if month > 12 {
                (year, month) = (year + 1, 1);
            }
        }
        days
    }

    fn dates() -> impl Strategy<Value = Date> {
        let any = (1850..2090_i16, 1..=12_i8, 1..=31_i8);
        let leap = (1850..2090_i16).prop_map(|year| (year, 2, 29));
        prop_oneof![any, leap].prop_filter_map("a date", |(year, month, day)| Date::new(year, month, day).ok())
    }

    proptest! {
        #[test]
        fn there_is_one_birthday_a_year_and_it_finds_who_has_it(born in dates()) {
            let walked = walk(born, 130);
            prop_assert_eq!(walked.len(), 129);
            for (number, day) in (1..).zip(&walked) {
                prop_assert_eq!(birthday(born, day.year()), Some(*day));
                prop_assert!(born_for(*day).contains(&born));
                prop_assert_eq!(age(born, *day), Some(number));
                prop_assert_eq!(age(born, day.yesterday().expect("a day")), Some(number - 1));
            }
        }

        #[test]
        fn who_is_found_has_their_birthday(day in dates()) {
            let all = born_for(day);
            prop_assert!(all.iter().all(|born| birthday(*born, day.year()) == Some(day)));
            prop_assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
        }
    }
}

//! Who fits time that became free, and who comes first: a pure function.
//!
//! What a wish says of days and times is meant as the wall clock of the place shows them: every minute of the visit
//! must lie within one of the wish's windows, also where clocks are changed in between.

#[cfg(test)]
mod tests;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use platform::id::{PatientId, UserId};
use practice::{LocationId, Span};

use super::wishes::WishId;
use super::wishes::window::WishWindow;

/// Time that became free.
#[derive(Clone, Debug)]
pub struct Vacancy {
    /// With whom.
    pub provider: UserId,
    /// Where.
    pub location: LocationId,
    /// The zone of the place.
    pub zone: TimeZone,
    /// As patients saw it.
    pub span: Span,
    /// With what was kept free around it.
    pub free: Span,
    /// Whose it was: it is not offered to them.
    pub left_by: PatientId,
}

/// Somebody who waits, with everything that decides whether the time suits them.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Their wish.
    pub wish: WishId,
    /// Who waits.
    pub patient: PatientId,
    /// Since when.
    pub since: Timestamp,
    /// Before all others.
    pub urgent: bool,
    /// Where.
    pub location: LocationId,
    /// With whom: those of the wish who do the service there, or everybody who does.
    pub providers: Vec<UserId>,
    /// When they could come; at any time, where there are none.
    pub windows: Vec<WishWindow>,
    /// First local day.
    pub earliest: Option<Date>,
    /// Last local day.
    pub latest: Option<Date>,
    /// How long before they must know.
    pub notice: SignedDuration,
    /// How long the service takes.
    pub length: SignedDuration,
    /// Kept free before it.
    pub before: SignedDuration,
    /// Kept free after it.
    pub after: SignedDuration,
    /// When they are somewhere else.
    pub elsewhere: Vec<Span>,
    /// When the appointment begins that they give up for an earlier one.
    pub gives_up: Option<Timestamp>,
}

/// A visit that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fit {
    /// Whose wish.
    pub wish: WishId,
    /// Whose.
    pub patient: PatientId,
    /// When the visit would be.
    pub span: Span,
}

/// Those who fit, in the order in which they are asked: who is urgent; then who has waited more days; then whose visit
/// leaves less of the time over; then who has waited longer.
#[must_use]
pub fn rank(vacancy: &Vacancy, waiting: &[Waiting], now: Timestamp) -> Vec<Fit> {
    let mut fits: Vec<_> = waiting.iter().filter_map(|of| Some((of, visit(vacancy, of, now)?))).collect();
    fits.sort_by_key(|(of, span)| {
        let days = now.duration_since(of.since).as_hours() / 24;
        let left_over = vacancy.span.end.duration_since(vacancy.span.start) - span.end.duration_since(span.start);
        (!of.urgent, -days, left_over, of.since, of.wish)
    });
    fits.into_iter().map(|(of, span)| Fit { wish: of.wish, patient: of.patient, span }).collect()
}

/// When the visit would be, if it fits.
fn visit(vacancy: &Vacancy, of: &Waiting, now: Timestamp) -> Option<Span> {
    let start = vacancy.span.start.max(vacancy.free.start.checked_add(of.before).ok()?);
    let end = start.checked_add(of.length).ok()?;
    let span = Span { start, end };
    let is_long_enough = end <= vacancy.span.end && end.checked_add(of.after).ok()? <= vacancy.free.end;
    let is_known_in_time = start.duration_since(now) >= of.notice;
    let is_with_whom = of.location == vacancy.location && of.providers.contains(&vacancy.provider);
    let is_elsewhere = of.elsewhere.iter().any(|busy| busy.start < end && start < busy.end);
    let is_earlier = of.gives_up.is_none_or(|at| start < at);
    let fits = is_long_enough
        && is_known_in_time
        && is_with_whom
        && !is_elsewhere
        && is_earlier
        && of.patient != vacancy.left_by
        && suits(&vacancy.zone, of, span);
    fits.then_some(span)
}

/// Whether the wall clock shows days and times that the patient can come.
fn suits(zone: &TimeZone, of: &Waiting, span: Span) -> bool {
    let pieces = pieces(zone, span);
    let on_a_day = pieces
        .iter()
        .all(|piece| of.earliest.is_none_or(|day| day <= piece.day) && of.latest.is_none_or(|day| piece.day <= day));
    let within = |window: &WishWindow| {
        let (from, to) = window.minutes();
        let is_in = |piece: &Piece| window.is_on(piece.weekday) && from * 60 <= piece.from && piece.to <= to * 60;
        pieces.iter().all(|piece| piece.day == pieces[0].day && is_in(piece))
    };
    on_a_day && (of.windows.is_empty() || of.windows.iter().any(within))
}

/// A part of a visit during which the wall clock runs evenly, on one local day; in seconds after midnight.
struct Piece {
    day: Date,
    weekday: i8,
    from: i32,
    to: i32,
}

/// The visit, cut at midnight and where clocks are changed.
fn pieces(zone: &TimeZone, span: Span) -> Vec<Piece> {
    const DAY: i32 = 24 * 3600;
    let (mut pieces, mut at) = (Vec::new(), span.start);
    while at < span.end {
        let change = zone.following(at).next().map_or(span.end, |change| change.timestamp());
        let local = zone.to_datetime(at);
        let from = i32::from(local.hour()) * 3600 + i32::from(local.minute()) * 60 + i32::from(local.second());
        let midnight = at.saturating_add(SignedDuration::from_secs((DAY - from).into())).unwrap_or(span.end);
        let until = span.end.min(change).min(midnight);
        let to = from + i32::try_from(until.duration_since(at).as_secs()).unwrap_or(DAY);
        pieces.push(Piece { day: local.date(), weekday: local.weekday().to_monday_one_offset(), from, to });
        at = until;
    }
    pieces
}

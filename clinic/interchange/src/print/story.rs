//! What happened with the patient, day by day, the newest first.

use jiff::civil::Date;
use patients::{TimelineEntry, Whole};
use serde_json::Value;

use super::parts::{Became, Day, Entry, Section};
use super::values;
use super::words::Words;

/// Kinds that say field by field what became different; of others the record itself shows what they brought.
const CHANGES: [&str; 3] = ["patient.changed", "policy.changed", "policy.verified"];
/// Fields that say nothing to a reader.
const HIDDEN: [&str; 8] =
    ["id", "number", "version", "createdAt", "updatedAt", "deletedAt", "verifiedAt", "verifiedBy"];

/// Characters of a value before and after a change; the product shows all of them.
const SHORT: usize = 160;
/// Characters of an entry that is kept on one page.
const ONE_PIECE: usize = 1500;
/// Characters of notes in all: some eighty pages.
const NOTES: usize = 200_000;

/// The section of the timeline.
pub fn section(words: &Words, whole: &Whole, home: &str) -> Section {
    let mut days: Vec<(Date, Day)> = Vec::new();
    let (mut shown, mut written) = (0_usize, 0);
    for happened in &whole.timeline {
        let entry = entry(words, whole, home, happened);
        written += entry.note.as_ref().map_or(0, |note| note.chars().count());
        if shown > 0 && written > NOTES {
            break;
        }
        shown += 1;
        let date = words.day(happened.at);
        match days.last_mut().filter(|(last, _)| *last == date) {
            Some((_, day)) => day.entries.push(entry),
            None => days.push((date, Day { title: words.date(date), entries: vec![entry] })),
        }
    }
    let key = if i64::try_from(shown) == Ok(whole.happened) { "timeline.all" } else { "timeline.part" };
    let counts = [("shown", shown.to_string()), ("all", whole.happened.to_string())];
    let counts: Vec<(&str, &str)> = counts.iter().map(|(name, count)| (*name, count.as_str())).collect();
    Section {
        title: words.text("section.timeline"),
        note: (shown > 0).then(|| words.filled(key, &counts)),
        empty: (shown == 0).then(|| words.text("timeline.none")),
        days: days.into_iter().map(|(_, day)| day).collect(),
        ..Section::default()
    }
}

fn entry(words: &Words, whole: &Whole, home: &str, happened: &TimelineEntry) -> Entry {
    let note = (happened.kind == "note").then(|| {
        let text = happened.changes.iter().find(|change| change.field == "text");
        text.and_then(|change| change.after.as_ref()).and_then(Value::as_str).unwrap_or_default().to_owned()
    });
    let what = words.known(&format!("did.{}", happened.kind));
    let told = note.is_none() && (what.is_none() || CHANGES.contains(&happened.kind.as_str()));
    let changes = happened.changes.iter().filter(|change| told && !HIDDEN.contains(&change.field.as_str()));
    let side = |field: &str, value: Option<&Value>| {
        short(values::held(words, whole, home, field, value).unwrap_or_else(|| words.text("none")))
    };
    let changes: Vec<Became> = changes
        .map(|change| Became {
            field: values::called(words, whole, &change.field),
            before: side(&change.field, change.before.as_ref()),
            after: side(&change.field, change.after.as_ref()),
        })
        .collect();
    let unnamed = match happened.actor_kind.as_str() {
        "user" => "who.somebody",
        "patient" => "who.patient",
        _ => "who.system",
    };
    Entry {
        time: words.time(happened.at),
        who: happened.actor_name.as_ref().map_or_else(|| words.text(unnamed), |name| name.expose().clone()),
        what: what.map_or_else(|| words.text("did.other"), str::to_owned),
        long: note.as_ref().map_or(0, |note| note.chars().count() + 60 * note.lines().count()) + changes.len() * SHORT
            > ONE_PIECE,
        note,
        changes,
    }
}

/// In one line, cut where it is long.
fn short(text: String) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHORT) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

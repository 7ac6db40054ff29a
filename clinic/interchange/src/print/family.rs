//! Who belongs to the patient, decides for them, is called in an emergency.

use patients::{FamilyMember, Whole};

use super::parts::{Line, Pair, Section};
use super::words::{Words, phone};

/// The section of the family; empty where nobody is entered.
pub fn section(words: &Words, whole: &Whole) -> Section {
    let pairs = whole.family.iter().map(|member| pair(words, member)).collect();
    Section { title: words.text("section.family"), pairs, ..Section::default() }
}

fn pair(words: &Words, member: &FamilyMember) -> Pair {
    let (fields, person) = (&member.relative.fields, member.person.as_ref());
    let name = match person {
        Some(person) => {
            let parts = [Some(person.given_name.as_str()), person.family_name.as_deref()];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
        }
        None => fields.name.clone().unwrap_or_default(),
    };
    let notes = [
        person.map(|person| words.filled("number", &[("number", &person.number.to_string())])),
        fields.emergency.then(|| words.text("relative.emergency")),
        fields.guardian.then(|| words.text("relative.guardian")),
    ];
    let number = fields.phone.as_ref().or(person.and_then(|person| person.phone.as_ref()));
    let lines = [
        Some(Line::plain(name).noted(notes.into_iter().flatten())),
        number.map(|number| Line::ltr(phone(number))),
        fields.email.as_ref().map(Line::ltr),
        fields.note.as_ref().map(Line::plain),
    ];
    let kind = serde_json::to_value(member.seen_as).unwrap_or_default();
    let label = words.text(&format!("relationship.{}", kind.as_str().unwrap_or("other")));
    Pair::new(label, lines.into_iter().flatten())
}

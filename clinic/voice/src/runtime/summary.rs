//! A call in a few sentences, made of what is known for certain: what came of it, and what was found out.

use dialogue::Outcome;
use serde_json::Value;

use crate::flow::Loaded;

/// The longest value that is repeated.
const LONGEST: usize = 200;

/// What came of a call, in the practice's language.
pub fn of(loaded: &Loaded, outcome: &Outcome, lines: usize) -> String {
    let arabic = loaded.language() == "ar";
    let word = outcome.ending.as_ref().map_or("-", |ending| ending.outcome.as_str());
    let mut text = if arabic { format!("النتيجة: {word}.") } else { format!("Outcome: {word}.") };
    for (key, found) in &outcome.found {
        let Some(field) = loaded.schema.field(key).filter(|field| !field.sensitive) else { continue };
        let label = if arabic && !field.label.ar.is_empty() { &field.label.ar } else { &field.label.en };
        let value = shown(&found.value);
        let proof = match (&found.evidence, found.is_confirmed, arabic) {
            (_, true, false) => " (confirmed)",
            (_, true, true) => " (مؤكَّد)",
            (Some(_), false, false) => " (as they said it)",
            (Some(_), false, true) => " (كما قيل)",
            (None, false, _) => "",
        };
        text += &format!(" {label}: {value}{proof}.");
    }
    text + &if arabic { format!(" عدد الأسطر: {lines}.") } else { format!(" {lines} lines were said.") }
}

fn shown(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if text.chars().count() <= LONGEST { text } else { text.chars().take(LONGEST).chain(['…']).collect() }
}

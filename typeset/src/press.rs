//! From a sheet to the bytes of its PDF.

use serde_json::{Value, json};
use typst::diag::SourceDiagnostic;
use typst::foundations::Smart;
use typst::{World as _, WorldExt as _};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::world::{Desk, instant};
use crate::{Fault, LARGEST, Sheet};

/// Forgets what the typesetter remembers of a document, also when it falls over: its cache would grow with every document,
/// and keep what people have entered.
struct Forget;

impl Drop for Forget {
    fn drop(&mut self) {
        comemo::evict(0);
    }
}

pub fn print(sheet: Sheet) -> Result<Vec<u8>, Fault> {
    let _forget = Forget;
    let mut known = json!({ "language": sheet.language, "title": sheet.title, "data": sheet.data });
    harmless(&mut known);
    let data = known.to_string().into_bytes();
    if data.len() > LARGEST {
        return Err(Fault::TooLarge);
    }
    let desk = Desk::new(sheet.template, data, sheet.pictures);
    let document: PagedDocument = typst::compile(&desk).output.map_err(|errors| fault(&desk, &errors))?;
    let options = |standards: &[PdfStandard]| PdfOptions {
        ident: Smart::Custom(format!("{} {}", sheet.title, sheet.at)),
        creator: Smart::Custom(Some("Vantage".to_owned())),
        timestamp: instant(sheet.at).map(Timestamp::new_utc),
        standards: PdfStandards::new(standards).unwrap_or_default(),
        ..PdfOptions::default()
    };
    // no PDF/A may hold what our fonts have no picture for (an emoji, Chinese); rather a document of the common kind with
    // an empty box than none
    typst_pdf::pdf(&document, &options(&[PdfStandard::A_2a]))
        .or_else(|_| typst_pdf::pdf(&document, &options(&[])))
        .map_err(|errors| fault(&desk, &errors))
}

/// Takes out of all texts what would reach beyond them: controls, and marks that turn the direction of what follows
/// (UAX #9: embeddings and overrides; isolates that are not closed). The harmless marks LRM, RLM and ALM stay.
pub fn harmless(value: &mut Value) {
    match value {
        Value::String(text) => {
            let closed = closes_isolates(text);
            if text.contains(|c| is_break(c) || is_harmful(c, closed)) {
                let lines = text.replace("\r\n", "\n").replace(is_break, "\n");
                *text = lines.replace(|c| is_harmful(c, closed), "");
            }
        }
        Value::Array(values) => values.iter_mut().for_each(harmless),
        Value::Object(fields) => fields.values_mut().for_each(harmless),
        _ => {}
    }
}

fn is_break(c: char) -> bool {
    matches!(c, '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn is_harmful(c: char, isolates_close: bool) -> bool {
    match c {
        '\n' | '\t' => false,
        '\u{2066}'..='\u{2069}' => !isolates_close,
        '\u{202a}'..='\u{202e}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => true,
        c => c.is_control(),
    }
}

/// Whether every isolate in the text ends in it, and nothing ends that did not begin.
fn closes_isolates(text: &str) -> bool {
    let depth = text.chars().try_fold(0_usize, |depth, c| match c {
        '\u{2066}'..='\u{2068}' => Some(depth + 1),
        '\u{2069}' => depth.checked_sub(1),
        _ => Some(depth),
    });
    depth == Some(0)
}

fn fault(desk: &Desk, errors: &[SourceDiagnostic]) -> Fault {
    let place = errors.iter().find_map(|error| {
        let file = error.span.id()?;
        let line = desk.source(file).ok()?.lines().byte_to_line(desk.range(error.span)?.start)?;
        Some(format!("{}:{}", file.get().vpath().get_without_slash(), line + 1))
    });
    let message = errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join("; ");
    Fault::Template { place: place.unwrap_or_else(|| "an unknown place".to_owned()), message }
}

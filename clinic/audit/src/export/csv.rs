//! A table for people: RFC 4180, with a byte order mark, without which spreadsheets take Arabic for something else.

use std::borrow::Cow;
use std::collections::HashMap;

use platform::phi::Phi;
use uuid::Uuid;

use super::rows::Entry;

const HEADING: &str = "\u{feff}at,actor kind,actor,actor id,action,resource,resource id,patient,outcome,fields,detail,ip,\
                       user agent,request,entry,place in the tree\r\n";

/// Entries as lines, the first page below a heading.
pub fn lines(rows: &[Entry], names: &HashMap<Uuid, Phi<String>>, first: bool) -> String {
    let mut text = if first { HEADING.to_owned() } else { String::new() };
    for row in rows {
        let id = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
        let name = row.actor_id.and_then(|id| names.get(&id)).map(|name| name.expose().as_str()).unwrap_or_default();
        let detail = if row.detail.as_object().is_some_and(serde_json::Map::is_empty) {
            String::new()
        } else {
            row.detail.to_string()
        };
        let cells = [
            &row.at().to_string(),
            &row.actor_kind,
            name,
            &id(row.actor_id),
            &row.action,
            &row.resource_type,
            &id(row.resource_id),
            &id(row.patient_id),
            &row.outcome,
            &row.fields.join(" "),
            &detail,
            row.ip.as_deref().unwrap_or_default(),
            row.user_agent.as_deref().unwrap_or_default(),
            &id(row.request_id),
            &row.id.to_string(),
            &row.seq.map(|seq| seq.to_string()).unwrap_or_default(),
        ];
        text += &cells.map(cell).join(",");
        text += "\r\n";
    }
    text
}

/// A cell that no spreadsheet takes for a formula (OWASP, "CSV Injection"), quoted where RFC 4180 §2 asks for it.
fn cell(text: &str) -> Cow<'_, str> {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let text = if formula { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) };
    if text.contains([',', '"', '\r', '\n']) {
        return Cow::Owned(format!("\"{}\"", text.replace('"', "\"\"")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Reads one line as RFC 4180 says, in another way than it is written.
    fn read(line: &str) -> Vec<String> {
        let (mut cells, mut quoted, mut letters) = (vec![String::new()], false, line.chars().peekable());
        while let Some(letter) = letters.next() {
            let last = cells.last_mut().expect("a cell");
            match (quoted, letter) {
                (true, '"') if letters.peek() == Some(&'"') => last.extend(letters.next()),
                (_, '"') => quoted = !quoted,
                (false, ',') => cells.push(String::new()),
                _ => last.push(letter),
            }
        }
        cells
    }

    #[test]
    fn formulas_are_disarmed() {
        for (text, written) in [
            ("=1+1", "'=1+1"),
            ("+49", "'+49"),
            ("-2", "'-2"),
            ("@sum", "'@sum"),
            ("\tx", "'\tx"),
            ("\rx", "\"'\rx\""),
            ("=cmd|'/c calc'!A1,\"", "\"'=cmd|'/c calc'!A1,\"\"\""),
            ("a=b", "a=b"),
            ("سارة, \"د\"", "\"سارة, \"\"د\"\"\""),
        ] {
            assert_eq!(cell(text), written);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(texts in proptest::collection::vec("[a-z=+\\-@,\"\r\n\t ؀-ي]{0,12}", 1..6)) {
            let line = texts.iter().map(|text| cell(text)).collect::<Vec<_>>().join(",");
            for (text, read) in texts.iter().zip(read(&line)) {
                prop_assert!(!read.starts_with(['=', '+', '-', '@', '\t', '\r']));
                prop_assert_eq!(read.strip_prefix('\'').unwrap_or(&read), text.as_str());
            }
        }
    }
}

//! Tables as text: which encoding, what between the cells, which rows.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use csv::{ReaderBuilder, StringRecord};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use platform::Result;

use super::{
    About, File, Hints, ImportFormat, MOST_ROWS, Remark, RemarkCode, of_table, refused, too_many_rows, unknown,
};

/// What may stand between cells.
const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];
/// Rows that are looked at to find out.
const LOOKED_AT: usize = 50;

/// Reads a table.
///
/// # Errors
/// 422 with a code.
pub fn read(bytes: &[u8], hints: &Hints) -> Result<File> {
    let mut about = About::default();
    let text = decode(bytes, hints, &mut about)?;
    let (text, told) = told_by_excel(&text);
    let delimiter = match hints.delimiter.or(told) {
        Some(delimiter) if DELIMITERS.contains(&delimiter) => delimiter,
        Some(_) => return Err(refused("import.delimiter", "Cells are separated by a comma, semicolon, tab or bar.")),
        None => guess(text)?,
    };
    about.delimiter = Some(delimiter);
    let mut rows = Vec::new();
    for (number, record) in (1..).zip(records(text, delimiter)) {
        if rows.len() > MOST_ROWS {
            return Err(too_many_rows());
        }
        let record = record?;
        if record.iter().any(|cell| !cell.trim().is_empty()) {
            rows.push((number, record.iter().map(str::to_owned).collect()));
        }
    }
    of_table(ImportFormat::Csv, about, rows)
}

fn records(text: &str, delimiter: char) -> impl Iterator<Item = Result<StringRecord>> {
    let delimiter = u8::try_from(delimiter).unwrap_or(b',');
    let reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    reader.into_records().map(|record| record.map_err(|_| unknown()))
}

/// The text, by its byte order mark, by what was said, as UTF-8, or by what its letters look like.
fn decode<'a>(bytes: &'a [u8], hints: &Hints, about: &mut About) -> Result<Cow<'a, str>> {
    let told = match &hints.encoding {
        Some(label) => Some(Encoding::for_label(label.as_bytes()).ok_or_else(|| {
            refused("import.encoding", "This encoding is not known; say utf-8, utf-16le, windows-1256 or windows-1252.")
        })?),
        None => None,
    };
    let marked = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    let sure =
        marked.or(told).or_else(|| utf_16(bytes)).or_else(|| std::str::from_utf8(bytes).is_ok().then_some(UTF_8));
    let encoding = sure.unwrap_or_else(|| {
        about.remarks.push(Remark::of(RemarkCode::EncodingGuessed));
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        detector.feed(bytes, true);
        detector.guess(None, Utf8Detection::Deny)
    });
    let (text, encoding, doubtful) = encoding.decode(bytes);
    if text.contains('\0') {
        return Err(unknown());
    }
    if doubtful {
        about.remarks.push(Remark::of(RemarkCode::EncodingDoubtful));
    }
    about.encoding = Some(encoding.name().to_lowercase());
    Ok(text)
}

/// Text of two bytes a letter without a mark: of plain letters and digits every other byte is zero. Arabic letters have
/// a six there, but commas and line ends are among any table's.
fn utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    let zeros = |odd: usize| bytes.iter().skip(odd).step_by(2).take(2000).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let many = bytes.len().div_ceil(2).min(2000) / 10 + 1;
    match (even, odd) {
        (0, odd) if odd >= many => Some(UTF_16LE),
        (even, 0) if even >= many => Some(UTF_16BE),
        _ => None,
    }
}

/// Excel reads a first line `sep=;` as what stands between cells.
fn told_by_excel(text: &str) -> (&str, Option<char>) {
    let line = text.lines().next().unwrap_or_default();
    match line.strip_prefix("sep=").and_then(|rest| rest.chars().next()) {
        Some(delimiter) => (text[line.len()..].trim_start_matches(['\r', '\n']), Some(delimiter)),
        None => (text, None),
    }
}

/// What stands between cells: that with which most rows have as many cells as the first, and that has the most cells.
fn guess(text: &str) -> Result<char> {
    let columns = |delimiter: char| {
        let rows: Vec<usize> =
            records(text, delimiter).take(LOOKED_AT).filter_map(|record| Some(record.ok()?.len())).collect();
        let first = rows.first().copied().unwrap_or(0);
        let alike = rows.iter().filter(|cells| **cells == first).count();
        (first > 1).then(|| (alike * 100 / rows.len().max(1), first))
    };
    let best = DELIMITERS.iter().filter_map(|delimiter| Some((columns(*delimiter)?, *delimiter))).max();
    match best {
        Some((_, delimiter)) => Ok(delimiter),
        // a list of names has nothing between cells
        None if text.lines().count() > 1 && text.lines().all(|line| line.chars().count() <= 160) => Ok(','),
        None => Err(refused(
            "import.no_columns",
            "No columns can be told apart in this file; cells are separated by a comma, semicolon, tab or bar.",
        )),
    }
}

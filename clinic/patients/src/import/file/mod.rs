//! Reading a file that somebody gives: what it is, and its rows, before anything is known of them.

mod resources;
mod sheet;
mod table;

use std::collections::BTreeMap;

use axum::http::StatusCode;
use platform::crypto::sha256;
use platform::error::Error;
use platform::{Result, undisclosed};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Rows of an import.
pub const MOST_ROWS: usize = 50_000;
/// Columns of a table.
const MOST_COLUMNS: usize = 200;
/// Rows that are shown before anything is decided.
const SAMPLES: usize = 5;

/// What kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum ImportFormat {
    /// A table as text: commas, semicolons, tabs or bars between its cells.
    Csv,
    /// The first sheet of an Excel workbook.
    Xlsx,
    /// Resources of FHIR R4: a bundle, or one in each line.
    Fhir,
}

/// What whoever gives the file says of it, where the file does not.
#[derive(Clone, Debug, Default)]
pub struct Hints {
    /// A label of the WHATWG Encoding Standard, such as `windows-1256`.
    pub encoding: Option<String>,
    /// What stands between cells.
    pub delimiter: Option<char>,
}

/// A file that was read.
#[derive(Clone)]
pub struct File {
    /// What kind it is.
    pub format: ImportFormat,
    /// What is known of it.
    pub about: About,
    /// Within what ids of other systems are unique.
    pub source: String,
    /// Its rows, each with its number as people count them.
    pub rows: Vec<(i32, Body)>,
}

/// What a row says.
#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Body {
    /// Cells of a table.
    Cells(Vec<String>),
    /// A resource.
    Resource(Value),
}

undisclosed!(File, Body, About);

/// What is known of the files of an import.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct About {
    /// Their names.
    pub files: Vec<String>,
    /// How the text was encoded.
    pub encoding: Option<String>,
    /// What stands between cells.
    pub delimiter: Option<char>,
    /// Headings of the columns.
    pub headings: Vec<String>,
    /// The first rows.
    pub samples: Vec<Vec<String>>,
    /// How many resources of other kinds were left out.
    pub ignored: BTreeMap<String, u32>,
    /// What somebody should look at.
    pub remarks: Vec<Remark>,
}

/// What is remarkable about a file as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum RemarkCode {
    /// Two columns have the same heading; only the first one was guessed.
    DuplicateHeading,
    /// A column has no heading.
    EmptyHeading,
    /// No heading is known: the first row may be no heading, or the columns must be chosen by hand.
    NoKnownHeading,
    /// The encoding was guessed.
    EncodingGuessed,
    /// Some bytes are none of this encoding.
    EncodingDoubtful,
    /// The order of day and month cannot be told from the dates of the file.
    DatesAmbiguous,
    /// Dates of the file are written in different orders.
    DatesMixed,
    /// The workbook has further sheets, which were not read.
    MoreSheets,
    /// Some cells were formulas; what they result in was read.
    Formulas,
}

/// Something remarkable, and in which column of the file, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Remark {
    /// What it is.
    pub code: RemarkCode,
    /// In which column.
    #[schema(required)]
    pub column: Option<u32>,
}

impl Remark {
    /// About a file as a whole.
    pub fn of(code: RemarkCode) -> Self {
        Self { code, column: None }
    }
}

/// A table as it was given, for areas that take files of their own.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Table {
    /// Headings of the columns.
    pub headings: Vec<String>,
    /// How the text was encoded; none for a workbook.
    pub encoding: Option<String>,
    /// What stands between the cells of a text.
    pub delimiter: Option<char>,
    /// The rows with their numbers as people count them: the headings are the first one.
    #[serde(skip)]
    pub rows: Vec<(i32, Vec<String>)>,
}

undisclosed!(Table);

/// Reads a table: CSV, or the first sheet of an Excel workbook.
///
/// # Errors
/// 422 with a code that says why nothing can be made of it.
pub fn read_table(bytes: &[u8], hints: &Hints) -> Result<Table> {
    let file = read(bytes, hints)?;
    let cells = |(number, body): (i32, Body)| match body {
        Body::Cells(cells) => Ok((number, cells)),
        Body::Resource(_) => Err(unknown()),
    };
    let About { headings, encoding, delimiter, .. } = file.about;
    let rows = file.rows.into_iter().map(cells).collect::<Result<_>>()?;
    Ok(Table { headings, encoding, delimiter, rows })
}

/// Reads a file, whatever it is.
///
/// # Errors
/// 422 with a code that says why nothing can be made of it.
pub fn read(bytes: &[u8], hints: &Hints) -> Result<File> {
    let begins = |marks: &[&[u8]]| marks.iter().any(|mark| bytes.starts_with(mark));
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(empty());
    }
    if begins(&[b"PK\x03\x04"]) {
        return sheet::read(bytes);
    }
    // PDF, the old Excel, pictures, archives
    if begins(&[b"%PDF", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf"]) {
        return Err(unknown());
    }
    let bare = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bare.trim_ascii_start().starts_with(b"{") {
        return resources::read(bare);
    }
    table::read(bytes, hints)
}

/// A table of text cells, the headings first.
fn of_table(format: ImportFormat, mut about: About, mut rows: Vec<(i32, Vec<String>)>) -> Result<File> {
    if rows.is_empty() {
        return Err(empty());
    }
    let (_, mut headings) = rows.remove(0);
    while headings.last().is_some_and(|heading| heading.trim().is_empty()) {
        headings.pop();
    }
    if headings.len() > MOST_COLUMNS {
        return Err(refused("import.too_many_columns", "A file has at most 200 columns; take out what is not needed."));
    }
    if rows.is_empty() {
        return Err(empty());
    }
    for (_, cells) in &mut rows {
        while cells.len() > headings.len() && cells.last().is_some_and(|cell| cell.trim().is_empty()) {
            cells.pop();
        }
    }
    for (place, heading) in headings.iter().enumerate() {
        let column = u32::try_from(place).ok();
        let folded = crate::names::fold(heading);
        if folded.is_empty() {
            about.remarks.push(Remark { code: RemarkCode::EmptyHeading, column });
        } else if headings[..place].iter().any(|other| crate::names::fold(other) == folded) {
            about.remarks.push(Remark { code: RemarkCode::DuplicateHeading, column });
        }
    }
    // the same system writes the same headings, however its file is called
    let hash = sha256(headings.join("\n").as_bytes());
    let source = hash.iter().take(16).fold("table:".to_owned(), |text, byte| text + &format!("{byte:02x}"));
    about.samples = rows.iter().take(SAMPLES).map(|(_, cells)| cells.clone()).collect();
    about.headings = headings;
    let rows = rows.into_iter().map(|(number, cells)| (number, Body::Cells(cells))).collect();
    Ok(File { format, about, source, rows })
}

/// 422: nothing can be made of the file.
fn refused(code: &'static str, title: &'static str) -> Error {
    Error::new(StatusCode::UNPROCESSABLE_ENTITY, code, title)
}

fn empty() -> Error {
    refused("import.empty", "There is nothing in this file besides headings.")
}

fn unknown() -> Error {
    refused("import.unknown_format", "This is no CSV, XLSX or FHIR file; save it as one of these.")
}

fn too_many_rows() -> Error {
    refused("import.too_many_rows", "An import has at most 50,000 rows; split the file.")
}

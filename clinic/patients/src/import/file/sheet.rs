//! The first sheet of an Excel workbook, as a table of text.

use std::io::{Cursor, Read as _};

use calamine::{Data, DataRef, Reader as _, Xlsx};
use platform::Result;

use super::{About, File, ImportFormat, MOST_ROWS, Remark, RemarkCode, of_table, refused, too_many_rows};
use crate::columns::cells;

/// A workbook unpacked; what is larger is no list of patients.
const LARGEST: u64 = 400 * 1024 * 1024;

/// Reads a workbook.
///
/// # Errors
/// 422 with a code.
pub fn read(bytes: &[u8]) -> Result<File> {
    measure(bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| unreadable())?;
    let mut about = About::default();
    let sheets = book.sheet_names();
    if sheets.len() > 1 {
        about.remarks.push(Remark::of(RemarkCode::MoreSheets));
    }
    let first = sheets.first().cloned().ok_or_else(unreadable)?;
    let has_formulas = book.worksheet_formula(&first).is_ok_and(|formulas| formulas.used_cells().next().is_some());
    if has_formulas {
        about.remarks.push(Remark::of(RemarkCode::Formulas));
    }
    let mut reader = book.worksheet_cells_reader(&first).map_err(|_| unreadable())?;
    let mut rows: Vec<(i32, Vec<String>)> = Vec::new();
    while let Some(cell) = reader.next_cell().map_err(|_| unreadable())? {
        let (row, column) = cell.get_position();
        let text = text_of(cell.get_value());
        if text.trim().is_empty() || column >= 16_384 {
            continue;
        }
        let number = i32::try_from(row + 1).map_err(|_| too_many_rows())?;
        if rows.last().is_none_or(|(last, _)| *last != number) {
            rows.push((number, Vec::new()));
        }
        if rows.len() > MOST_ROWS + 1 {
            return Err(too_many_rows());
        }
        if let Some((_, cells)) = rows.last_mut() {
            let column = usize::try_from(column).unwrap_or(0);
            cells.resize(cells.len().max(column + 1), String::new());
            cells[column] = text;
        }
    }
    // a row that ends early has nothing in the others
    let width = rows.first().map_or(0, |(_, cells)| cells.len());
    for (_, cells) in &mut rows {
        cells.resize(cells.len().max(width), String::new());
    }
    of_table(ImportFormat::Xlsx, about, rows)
}

/// A cell as text, guarded as in a file of text: what looks like a formula here is none.
fn text_of(value: &DataRef<'_>) -> String {
    match Data::from(value.clone()) {
        Data::String(text) => cells::safe(&text).into_owned(),
        Data::DateTime(at) => {
            let (year, month, day, ..) = at.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        Data::DateTimeIso(text) => text,
        // numbers of papers and phones are whole, and written out
        Data::Float(number) => number.to_string(),
        Data::Int(number) => number.to_string(),
        Data::Bool(yes) => if yes { "yes" } else { "no" }.to_owned(),
        Data::Error(_) | Data::Empty | Data::DurationIso(_) => String::new(),
    }
}

/// That unpacking ends: sizes that an archive tells of itself may be lies.
fn measure(bytes: &[u8]) -> Result<()> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| unreadable())?;
    let mut left = LARGEST;
    for part in 0..archive.len() {
        let file = archive.by_index(part).map_err(|_| unreadable())?;
        let read = std::io::copy(&mut file.take(left), &mut std::io::sink()).map_err(|_| unreadable())?;
        left = left.saturating_sub(read);
        if left == 0 {
            return Err(refused(
                "import.too_large_unpacked",
                "This workbook is too large; save it as CSV, or split it.",
            ));
        }
    }
    Ok(())
}

fn unreadable() -> platform::error::Error {
    refused("import.unreadable", "This is no workbook that can be read; save it anew as XLSX or CSV.")
}

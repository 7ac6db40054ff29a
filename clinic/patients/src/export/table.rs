//! A table as a file.

use csv::{Terminator, WriterBuilder};
use platform::Result;
use platform::error::Error;
use rust_xlsxwriter::Workbook;

use super::PatientExportFormat;
use crate::columns::cells;

/// The bytes of the file.
///
/// # Errors
/// Never in practice: nothing outside of memory is written to.
pub fn write(format: PatientExportFormat, table: &[Vec<String>]) -> Result<Vec<u8>> {
    match format {
        PatientExportFormat::Csv => csv(table),
        PatientExportFormat::Xlsx => workbook(table),
    }
}

/// With a byte order mark, without which spreadsheets take Arabic for something else.
fn csv(table: &[Vec<String>]) -> Result<Vec<u8>> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer("\u{feff}".as_bytes().to_vec());
    for row in table {
        writer.write_record(row.iter().map(|cell| cells::safe(cell).into_owned())).map_err(Error::internal)?;
    }
    writer.into_inner().map_err(Error::internal)
}

fn workbook(table: &[Vec<String>]) -> Result<Vec<u8>> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (y, row) in (0..).zip(table) {
        for (x, cell) in (0..).zip(row).filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string(y, x, cell).map_err(Error::internal)?;
        }
    }
    sheet.set_freeze_panes(1, 0).map_err(Error::internal)?;
    book.save_to_buffer().map_err(Error::internal)
}

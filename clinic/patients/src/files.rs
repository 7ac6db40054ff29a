//! Tables that people give and take, for other areas: how files are read, and how cells are read and written.

pub use crate::columns::DateStyle;
pub use crate::columns::cells::{date, instant, number, plain, safe, yes};
pub use crate::import::{Hints, Table, read_table};

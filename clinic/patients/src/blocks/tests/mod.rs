//! What workflows see of patients and do with them, on data that came in through the door that people use.

mod doing;
mod seeing;

//! What workflows see of visits and do with them, on data that came in through the door that people use.

mod doing;
mod racing;
mod seeing;

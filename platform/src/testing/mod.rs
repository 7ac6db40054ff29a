//! For the tests of every area.

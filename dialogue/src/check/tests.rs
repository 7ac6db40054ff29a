//! Each check sees what it is for.

//! Values that must never be printed: names, phones, dates of birth, free text, secrets.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::__dev::ComposeSchema;
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A value that identifies a person or opens a door. It goes into SQL and into the answer for whoever may see it, and
/// nowhere else: `Debug` and `Display` show a mark, so a log line, an error or a panic cannot carry it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Phi<T>(T);

impl<T> Phi<T> {
    /// Wraps a value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself. The name is long so that every use is seen in review.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Phi<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("«redacted»")
    }
}

impl<T> fmt::Display for Phi<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("«redacted»")
    }
}

/// `Debug` for types that consist of little else than what must never be printed: a mark, as [`Phi`] has it.
#[macro_export]
macro_rules! undisclosed {
    ($($name:ty),+ $(,)?) => {$(
        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str("«redacted»")
            }
        }
    )+};
}

/// In the API it is what it wraps. (The derive asks fields for this trait; the library keeps it among its internals.)
impl<T: ComposeSchema> ComposeSchema for Phi<T> {
    fn compose(generics: Vec<RefOr<Schema>>) -> RefOr<Schema> {
        T::compose(generics)
    }
}

impl<T: ToSchema + ComposeSchema> ToSchema for Phi<T> {
    fn name() -> std::borrow::Cow<'static, str> {
        T::name()
    }
}

/// Bytes of a secret, wiped from memory when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// Takes ownership of the bytes.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes themselves.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("«secret»")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_prints_the_value() {
        let name = Phi::new("Noura Al-Qahtani".to_owned());
        assert_eq!(format!("{name} {name:?} {:?}", Some(&name)), "«redacted» «redacted» Some(«redacted»)");
        assert_eq!(format!("{:?}", Secret::new(b"key".to_vec())), "«secret»");
        assert_eq!(serde_json::to_string(&name).expect("json"), r#""Noura Al-Qahtani""#);
    }
}

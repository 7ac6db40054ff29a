//! Text and bytes that are borrowed from facts and conditions as long as possible.

use std::ops::Deref;
use std::rc::Rc;

/// Borrowed, or made and shared: copies cost nothing either way.
pub(crate) enum Held<'a, T: ?Sized> {
    Kept(&'a T),
    Made(Rc<T>),
}

impl<T: ?Sized> Deref for Held<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match self {
            Self::Kept(value) => value,
            Self::Made(value) => value,
        }
    }
}

impl<T: ?Sized> Clone for Held<'_, T> {
    fn clone(&self) -> Self {
        match self {
            Self::Kept(value) => Self::Kept(value),
            Self::Made(value) => Self::Made(Rc::clone(value)),
        }
    }
}

impl From<String> for Held<'_, str> {
    fn from(text: String) -> Self {
        Self::Made(text.into())
    }
}

impl From<Vec<u8>> for Held<'_, [u8]> {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Made(bytes.into())
    }
}

//! A form as Twilio sends it, with names that may come more than once.

use std::collections::{BTreeMap, BTreeSet};

use platform::undisclosed;

/// The fields of a form.
#[derive(Clone, Default)]
pub struct Form(Vec<(String, String)>);

undisclosed!(Form);

impl Form {
    /// Reads a body or a query.
    #[must_use]
    pub fn read(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    /// The first value of a field, when there is something in it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(field, _)| field == name)?;
        Some(found.1.as_str()).filter(|value| !value.is_empty())
    }

    /// What is signed of it: names in order, each before each of its different values in order.
    pub(crate) fn signed(&self) -> String {
        let mut fields = BTreeMap::<&str, BTreeSet<&str>>::new();
        for (name, value) in &self.0 {
            fields.entry(name).or_default().insert(value);
        }
        let each = fields.iter().flat_map(|(name, values)| values.iter().flat_map(move |value| [*name, *value]));
        each.collect()
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Form {
    fn from_iter<T: IntoIterator<Item = (N, V)>>(fields: T) -> Self {
        Self(fields.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

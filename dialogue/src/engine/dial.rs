//! Whom a call is made to.

use super::state::Context;
use super::values::lookup;
use crate::Flow;

impl Flow {
    /// The number to call, and the digits to dial behind it, from the case; none, where the flow calls nobody or the case
    /// has no number.
    #[must_use]
    pub fn number(&self, context: &Context) -> Option<(String, String)> {
        let dial = self.dial.as_ref()?;
        let value = |path: &str| lookup(context, path);
        let to = dial.to.text(&value).trim().to_owned();
        let behind = dial.extension.as_ref().map(|template| template.text(&value).trim().to_owned());
        (!to.is_empty()).then(|| (to, behind.unwrap_or_default()))
    }
}

//! The product's own templates: those that its recipes use.

use platform::Result;
use platform::error::Error;
use serde::Deserialize;

use super::{Template, TemplateId, TemplateTexts};
use crate::judge::Purpose;
use crate::message::Channel;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BuiltIn {
    id: TemplateId,
    key: String,
    name: String,
    channel: Channel,
    purpose: Purpose,
    texts: TemplateTexts,
}

/// All of them.
///
/// # Errors
/// Never: a test reads them.
pub fn all() -> Result<Vec<Template>> {
    let all: Vec<BuiltIn> = serde_json::from_str(include_str!("builtin.json")).map_err(Error::internal)?;
    let template = |of: BuiltIn| Template {
        id: of.id,
        name: of.name,
        channel: of.channel,
        purpose: of.purpose,
        texts: of.texts,
        number: 0,
        key: Some(of.key),
        archived_at: None,
        version: 0,
    };
    Ok(all.into_iter().map(template).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn they_can_be_sent_in_both_languages() {
        let all = all().expect("reads");
        assert_eq!(all.iter().map(|template| template.id).collect::<BTreeSet<_>>().len(), all.len());
        for template in &all {
            let key = template.key.as_deref().expect("a key");
            assert_eq!(template.texts.problems(), vec![], "{key}");
            assert!(super::super::checked(template.channel, &template.texts).is_ok(), "{key}");
            assert!(key.ends_with(template.channel.name()), "{key}");
            assert!(template.texts.text_ar.chars().any(|c| ('\u{600}'..'\u{700}').contains(&c)), "{key}");
        }
    }
}

//! What a patient agreed to be sent, in columns.

use super::{Column, Words, cells};
use crate::record::PatientFields;
use crate::record::fields::{Consent, Consents};

type Channel = fn(&mut Consents) -> &mut Option<Consent>;

/// Three columns for each channel: the answer, since when, how it was given.
pub fn columns() -> Vec<Column> {
    let of = |names: [&'static str; 3], synonyms: &[&str], channel: Channel| {
        let find = move |fields: &PatientFields| channel(&mut fields.consents.clone()).clone();
        let answer = move |fields: &PatientFields, _: &Words| {
            find(fields).map_or("", |consent| if consent.granted { "yes" } else { "no" }).to_owned()
        };
        let since = move |fields: &PatientFields, _: &Words| {
            find(fields).and_then(|consent| consent.at).map(|at| at.to_string()).unwrap_or_default()
        };
        let source = move |fields: &PatientFields, _: &Words| {
            find(fields).and_then(|consent| consent.source).unwrap_or_default()
        };
        [
            Column::new(names[0], synonyms, answer, move |draft, cell, _| {
                let granted = cells::yes(cell)?;
                // what is known of the same answer stays
                let place = channel(&mut draft.fields.consents);
                if place.as_ref().is_none_or(|known| known.granted != granted) {
                    *place = Some(Consent { granted, at: None, source: None });
                }
                Ok(())
            }),
            Column::new(names[1], &[], since, move |draft, cell, words| {
                let at = cells::instant(cell, words.dates)?;
                if let Some(consent) = channel(&mut draft.fields.consents) {
                    consent.at = Some(at);
                }
                Ok(())
            }),
            Column::new(names[2], &[], source, move |draft, cell, _| {
                if let Some(consent) = channel(&mut draft.fields.consents) {
                    consent.source = Some(cell.to_owned());
                }
                Ok(())
            }),
        ]
    };
    let sms = of(["consentSms", "consentSmsAt", "consentSmsSource"], &["sms consent", "sms"], |all| &mut all.sms);
    let email = of(["consentEmail", "consentEmailAt", "consentEmailSource"], &["email consent"], |all| &mut all.email);
    let calls =
        of(["consentCalls", "consentCallsAt", "consentCallsSource"], &["call consent", "calls"], |all| &mut all.calls);
    sms.into_iter().chain(email).chain(calls).collect()
}

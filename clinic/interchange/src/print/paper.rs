//! A patient's record as its template wants it: which parts there are, in which order, and what they say.

use patients::{
    AlertKind, Consent, ContactKind, ContactMethod, CustomField, Eligibility, PatientFields, PatientStatus,
};
use patients::{Policy, Sex};
use serde::Serialize;

use super::parts::{Alerts, Card, Head, Letterhead, Line, Pair, Section, Tag, Text, Tone, Warning};
use super::values::{address, agreed, own};
use super::words::{Words, age, phone};
use super::{Dossier, family, story};

/// What `record.typ` shows.
#[derive(Serialize)]
pub struct Paper {
    kind: String,
    practice: Letterhead,
    patient: Head,
    alerts: Alerts,
    sections: Vec<Section>,
    pages: String,
    printed: String,
}

impl Paper {
    /// The record in these words.
    pub fn of(dossier: &Dossier, words: &Words) -> Self {
        let Dossier { whole, practice, .. } = dossier;
        let fields = &whole.patient.fields;
        let mut sections = vec![
            contact(words, fields, &practice.country),
            personal(words, dossier),
            consents(words, fields),
            family::section(words, whole),
            custom(words, dossier),
            texts(words, fields),
            policies(words, dossier),
        ];
        if dossier.timeline {
            sections.push(story::section(words, whole, &practice.country));
        }
        sections.retain(|section| !section.is_empty());
        let by = dossier.printed_by.clone().unwrap_or_else(|| words.text("printed.program"));
        let printed =
            [("name", by.as_str()), ("date", &words.instant(dossier.now)), ("zone", practice.time_zone.as_str())];
        Self {
            kind: words.text("title"),
            practice: letterhead(words, dossier),
            patient: head(words, dossier),
            alerts: alerts(words, fields),
            sections,
            pages: words.text("pages"),
            printed: words.filled("printed", &printed),
        }
    }
}

impl Section {
    fn is_empty(&self) -> bool {
        let nothing = self.pairs.is_empty() && self.texts.is_empty() && self.cards.is_empty() && self.days.is_empty();
        nothing && self.empty.is_none()
    }
}

fn letterhead(words: &Words, dossier: &Dossier) -> Letterhead {
    let practice = &dossier.practice;
    let place = practice.address.iter().map(|place| vec![Line::plain(address(words, place, ""))]);
    let reach = [
        practice.phone.as_ref().map(|number| phone(number.expose())),
        practice.email.as_ref().map(|mail| mail.expose().clone()),
    ];
    let reach: Vec<Line> = reach.into_iter().flatten().map(Line::ltr).collect();
    Letterhead {
        name: practice.name.clone(),
        lines: place.chain((!reach.is_empty()).then_some(reach)).collect(),
        logo: dossier.logo.is_some(),
    }
}

fn joined(given: Option<&str>, family: Option<&str>) -> Option<String> {
    let parts: Vec<&str> = given.into_iter().chain(family).filter(|part| !part.is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// The name in the script of the page first, where there are two.
fn names(words: &Words, fields: &PatientFields) -> (String, Option<String>) {
    let arabic = |name: &str| name.chars().any(|c| matches!(c, '\u{600}'..='\u{6ff}'));
    let name = joined(Some(&fields.given_name), fields.family_name.as_deref()).unwrap_or_default();
    match joined(fields.given_name_other.as_deref(), fields.family_name_other.as_deref()) {
        Some(other) if arabic(&other) == words.is_arabic() && arabic(&name) != arabic(&other) => (other, Some(name)),
        other => (name, other),
    }
}

fn head(words: &Words, dossier: &Dossier) -> Head {
    let patient = &dossier.whole.patient;
    let fields = &patient.fields;
    let (name, other) = names(words, fields);
    let label = |key: &str| words.text(&format!("field.{key}"));
    let mut facts = vec![Pair::new(label("number"), [Line::ltr(patient.number.to_string())])];
    if let Some(born) = fields.birth_date {
        let today = words.day(dossier.now);
        let line = Line::plain(words.date(born)).noted(match fields.status {
            PatientStatus::Deceased => None,
            _ => Some(age(words, born, today)),
        });
        facts.push(Pair::new(label("birthDate"), [line]));
    }
    facts.push(Pair::new(label("sex"), [Line::plain(words.text(sex(fields.sex)))]));
    facts.push(Pair::new(label("status"), [Line::plain(words.text(status(fields.status)))]));
    let deleted = patient.deleted_at.map(|at| words.filled("deleted", &[("date", &words.date(words.day(at)))]));
    let tags = dossier.whole.tags.iter().filter(|(id, ..)| fields.tags.contains(id));
    Head {
        name,
        other,
        number: words.filled("number", &[("number", &patient.number.to_string())]),
        notice: if patient.merged_into.is_some() { Some(words.text("merged")) } else { deleted },
        facts,
        tags: tags.map(|(_, name, colour)| Tag { name: name.clone(), colour: *colour }).collect(),
    }
}

fn alerts(words: &Words, fields: &PatientFields) -> Alerts {
    let kind = |kind| match kind {
        AlertKind::Allergy => "alert.allergy",
        AlertKind::Condition => "alert.condition",
        AlertKind::Medication => "alert.medication",
        AlertKind::Other => "alert.other",
    };
    let item = |alert: &patients::Alert| Warning {
        kind: words.text(kind(alert.kind)),
        text: alert.text.clone(),
        severe: alert.severe,
    };
    let mut items: Vec<Warning> = fields.alerts.iter().map(item).collect();
    items.sort_by_key(|warning| !warning.severe);
    Alerts {
        title: words.text("field.alerts"),
        none: words.text("alerts.none"),
        severe: words.text("alert.severe"),
        items,
    }
}

fn contact(words: &Words, fields: &PatientFields, home: &str) -> Section {
    let label = |key: &str| words.text(&format!("field.{key}"));
    let about = |kind: ContactKind, preferred: bool| {
        let kind = words.text(match kind {
            ContactKind::Mobile => "kind.mobile",
            ContactKind::Home => "kind.home",
            ContactKind::Work => "kind.work",
            ContactKind::Other => "kind.other",
        });
        [Some(kind), preferred.then(|| words.text("preferred"))].into_iter().flatten()
    };
    let phones =
        fields.phones.iter().map(|item| Line::ltr(phone(&item.number)).noted(about(item.kind, item.preferred)));
    let emails = fields.emails.iter().map(|item| Line::ltr(&item.address).noted(about(item.kind, item.preferred)));
    let method = fields.contact_method.map(|method| match method {
        ContactMethod::Call => "method.call",
        ContactMethod::Sms => "method.sms",
        ContactMethod::Whatsapp => "method.whatsapp",
        ContactMethod::Email => "method.email",
    });
    let pairs = vec![
        Pair::new(label("phones"), phones),
        Pair::new(label("emails"), emails),
        Pair::new(label("address"), fields.address.iter().map(|place| Line::plain(address(words, place, home)))).wide(),
        Pair::new(label("contactMethod"), method.map(|key| Line::plain(words.text(key)))),
        Pair::new(label("language"), fields.language.iter().map(|code| Line::plain(words.language(code)))),
    ];
    Section { title: words.text("section.contact"), pairs, ..Section::default() }
}

fn personal(words: &Words, dossier: &Dossier) -> Section {
    let (patient, fields) = (&dossier.whole.patient, &dossier.whole.patient.fields);
    let label = |key: &str| words.text(&format!("field.{key}"));
    let pairs = vec![
        Pair::new(label("nationalId"), fields.national_id.iter().map(Line::ltr)),
        Pair::new(label("nationality"), fields.nationality.iter().map(|code| Line::plain(words.country(code)))),
        Pair::new(label("leadSource"), fields.lead_source.iter().map(Line::plain)),
        Pair::new(label("enteredAt"), [Line::plain(words.instant(patient.created_at))]),
        Pair::new(label("updatedAt"), [Line::plain(words.instant(patient.updated_at))]),
    ];
    Section { title: words.text("section.personal"), pairs, ..Section::default() }
}

fn consents(words: &Words, fields: &PatientFields) -> Section {
    let pair = |(key, consent): (&str, &Option<Consent>)| {
        let line = match consent {
            None => Line::plain(words.text("consent.unasked")),
            Some(consent) => {
                let since = consent.at.map(|at| words.filled("since", &[("date", &words.date(words.day(at)))]));
                Line::plain(agreed(words, consent)).noted(consent.source.clone().into_iter().chain(since))
            }
        };
        Pair::new(words.text(key), [line])
    };
    let all = &fields.consents;
    let pairs = [("consent.sms", &all.sms), ("consent.email", &all.email), ("consent.calls", &all.calls)].map(pair);
    Section { title: words.text("section.consents"), pairs: pairs.into(), ..Section::default() }
}

/// The practice's own fields: those that are asked for, and those that are no longer where something was entered.
fn custom(words: &Words, dossier: &Dossier) -> Section {
    let values = &dossier.whole.patient.fields.custom;
    let pair = |field: &CustomField| {
        let line = values.get(&field.key).map(|value| own(words, field, value));
        if line.is_none() && field.archived_at.is_some() {
            return None;
        }
        let long = line.as_ref().is_some_and(|line| line.text.chars().count() > 60 || line.text.contains('\n'));
        let pair = Pair::new(words.local(&field.name, field.name_ar.as_ref()), line);
        Some(if long { pair.wide() } else { pair })
    };
    let pairs = dossier.whole.fields.iter().filter_map(pair).collect();
    Section { title: words.text("section.custom"), pairs, ..Section::default() }
}

fn texts(words: &Words, fields: &PatientFields) -> Section {
    let text = |key: &str, text: &Option<String>| {
        let text = text.clone().filter(|text| !text.trim().is_empty())?;
        Some(Text { label: words.text(key), text })
    };
    let texts = [text("field.medicalHistory", &fields.medical_history), text("field.notes", &fields.notes)];
    Section { title: words.text("section.texts"), texts: texts.into_iter().flatten().collect(), ..Section::default() }
}

fn policies(words: &Words, dossier: &Dossier) -> Section {
    let cards: Vec<Card> = dossier.whole.policies.iter().map(|policy| card(words, dossier, policy)).collect();
    Section {
        title: words.text("section.policies"),
        empty: cards.is_empty().then(|| words.text("policies.none")),
        cards,
        ..Section::default()
    }
}

fn card(words: &Words, dossier: &Dossier, policy: &Policy) -> Card {
    let fields = &policy.fields;
    let label = |key: &str| words.text(&format!("field.{key}"));
    let (state, tone) = match policy.eligibility {
        Eligibility::Active => ("eligibility.active", Tone::Good),
        Eligibility::Inactive => ("eligibility.inactive", Tone::Bad),
        Eligibility::Pending => ("eligibility.pending", Tone::Waiting),
        Eligibility::Unknown => ("eligibility.unknown", Tone::Quiet),
    };
    let mut pairs = vec![
        Pair::new(label("memberId"), [Line::ltr(&fields.member_id)]),
        Pair::new(label("groupId"), fields.group_id.iter().map(Line::ltr)),
        Pair::new(label("valid"), valid(words, dossier, policy)),
        Pair::new(label("verified"), [Line::plain(verified(words, dossier, policy))]),
    ];
    if fields.holder_name.is_some() || fields.holder_phone.is_some() {
        let number = fields.holder_phone.iter().map(|number| Line::ltr(phone(number)));
        let holder: Vec<Line> = fields.holder_name.iter().map(Line::plain).chain(number).collect();
        pairs.push(Pair::new(label("holderName"), holder));
    }
    if !fields.cards.is_empty() {
        pairs.push(Pair::new(label("cards"), fields.cards.iter().map(|card| Line::plain(&card.name))));
    }
    let place = match fields.rank.unwrap_or(1) {
        1 => words.text("policy.first"),
        2 => words.text("policy.second"),
        rank => words.filled("policy.nth", &[("rank", &rank.to_string())]),
    };
    Card { place, name: fields.payer.clone(), note: fields.plan.clone(), state: words.text(state), tone, pairs }
}

fn valid(words: &Words, dossier: &Dossier, policy: &Policy) -> Option<Line> {
    let fields = &policy.fields;
    let text = match (fields.valid_from, fields.valid_to) {
        (None, None) => return None,
        (Some(from), Some(to)) => words.filled("span", &[("from", &words.date(from)), ("to", &words.date(to))]),
        (Some(from), None) => words.filled("policy.from", &[("date", &words.date(from))]),
        (None, Some(to)) => words.filled("policy.to", &[("date", &words.date(to))]),
    };
    let ended = fields.valid_to.is_some_and(|last| last < words.day(dossier.now));
    Some(Line::plain(text).noted(ended.then(|| words.text("policy.ended"))))
}

fn verified(words: &Words, dossier: &Dossier, policy: &Policy) -> String {
    let Some(at) = policy.verified_at else { return words.text("policy.never") };
    let date = words.date(words.day(at));
    match policy.verified_by.and_then(|id| dossier.people.get(&id)) {
        Some(name) => words.filled("policy.verified", &[("date", &date), ("name", name.expose())]),
        None => date,
    }
}

fn sex(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "sex.male",
        Sex::Female => "sex.female",
        Sex::Other => "sex.other",
        Sex::Unknown => "sex.unknown",
    }
}

fn status(status: PatientStatus) -> &'static str {
    match status {
        PatientStatus::Lead => "status.lead",
        PatientStatus::Active => "status.active",
        PatientStatus::Inactive => "status.inactive",
        PatientStatus::Deceased => "status.deceased",
    }
}

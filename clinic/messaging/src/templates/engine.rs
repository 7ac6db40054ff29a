//! Templates: text with `{{ variables }}` and `{% if %}`. A variable that nobody declared is an error with its place, and
//! what a template can ask for is bounded: no loops, no assignments, no functions, and so many steps.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use minijinja::value::Serde;
use minijinja::{Environment, Error as JinjaError, ErrorKind, UndefinedBehavior, Value};
use platform::language::Language;
use serde::Serialize;
use utoipa::ToSchema;

/// Steps of one rendering.
const FUEL: u64 = 20_000;
/// Statements that there are.
const STATEMENTS: [&str; 4] = ["if", "elif", "else", "endif"];

/// Everything that templates can name, with what stands there in previews without a record.
pub const DECLARED: &[(&str, &str)] = &[
    ("patient.name", "Lina Haddad"),
    ("patient.givenName", "Lina"),
    ("patient.familyName", "Haddad"),
    ("appointment.start", "2030-06-02T06:00:00Z"),
    ("appointment.date", "Sunday, 2 June 2030"),
    ("appointment.time", "09:00"),
    ("appointment.service", "Consultation"),
    ("appointment.provider", "Dr. Omar"),
    ("appointment.location", "Olaya"),
    ("visit.link", "https://example.com/v#vl_sample"),
    ("practice.name", "Alpha Clinic"),
    ("practice.phone", "+966112345678"),
    ("practice.email", "hello@example.com"),
    ("practice.bookingLink", "https://example.com/book/alpha"),
];

/// Something that is wrong with a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TemplateProblem {
    /// Which text: `subjectEn`, `textEn`, `subjectAr`, `textAr`; `subject` or `text` of a message.
    pub field: String,
    /// `template.syntax`, `template.unknown_variable`, `template.statement`, `template.missing_value`, `template.too_much`;
    /// of a filled message `message.too_long`, `message.subject_invalid`.
    pub code: &'static str,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong, in words.
    pub message: String,
}

/// In which language, zone and currency values are written.
#[derive(Clone)]
pub struct Voice {
    /// The language.
    pub language: Language,
    /// The zone of the place, IANA.
    pub zone: String,
}

fn place(source: &str, at: usize) -> (usize, usize) {
    let before = source.get(..at).unwrap_or(source);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

fn problem(field: &str, source: &str, at: usize, code: &'static str, message: String) -> TemplateProblem {
    let (line, column) = place(source, at);
    TemplateProblem { field: field.to_owned(), code, line, column, message }
}

fn environment(voice: &Voice) -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.set_debug(true);
    let (zone, language) = (voice.zone.clone(), voice.language);
    let wrong = |text: &'static str| JinjaError::new(ErrorKind::InvalidOperation, text);
    let instant = move |value: &str| value.parse::<Timestamp>().map_err(|_| wrong("this is no instant"));
    let day = zone.clone();
    environment.add_filter("date", move |value: String| {
        scheduling::local_date(instant(&value)?, &day, language).map_err(|_| wrong("this is no instant"))
    });
    let at = zone.clone();
    environment.add_filter("datetime", move |value: String| {
        let text = scheduling::local_time(instant(&value)?, &at, language);
        text.map(|text| text.expose().clone()).map_err(|_| wrong("this is no instant"))
    });
    environment.add_filter("time", move |value: String| {
        let zone = TimeZone::get(&zone).map_err(|_| wrong("this is no instant"))?;
        Ok::<_, JinjaError>(instant(&value)?.to_zoned(zone).strftime("%H:%M").to_string())
    });
    environment.add_filter("default", |value: Value, other: Value| {
        let is_empty = value.is_undefined() || value.is_none() || value.as_str() == Some("");
        if is_empty { other } else { value }
    });
    environment.add_filter("upper", |value: String| value.to_uppercase());
    environment.add_filter("lower", |value: String| value.to_lowercase());
    environment
}

/// What is wrong with a template before it has values: how it is written, and what it names.
pub fn check(field: &str, source: &str) -> Vec<TemplateProblem> {
    let statements = statements(field, source);
    if !statements.is_empty() {
        return statements;
    }
    let voice = Voice { language: Language::En, zone: "UTC".to_owned() };
    let environment = environment(&voice);
    let template = match environment.template_from_str(source) {
        Ok(template) => template,
        Err(error) => return vec![said(field, source, &error)],
    };
    let mut unknown: Vec<TemplateProblem> = template
        .undeclared_variables(true)
        .into_iter()
        .filter(|name| !DECLARED.iter().any(|(known, _)| known == name))
        .map(|name| {
            let at = find(source, &name);
            let message = format!("There is no variable {name}.");
            problem(field, source, at, "template.unknown_variable", message)
        })
        .collect();
    unknown.sort_by_key(|problem| (problem.line, problem.column));
    if unknown.is_empty() {
        // a filter that does not exist is only found when it is used
        unknown.extend(render(field, source, &samples(), &voice).err());
    }
    unknown
}

/// Where a name stands in a template: within braces, and not as a part of another one.
fn find(source: &str, name: &str) -> usize {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let mut from = 0;
    while let Some(at) = source[from..].find(name).map(|at| at + from) {
        let before = source[..at].chars().next_back().is_some_and(is_part);
        let after = source[at + name.len()..].chars().next().is_some_and(is_part);
        let opened = source[..at].rfind("{{").max(source[..at].rfind("{%"));
        let closed = source[..at].rfind("}}").max(source[..at].rfind("%}"));
        if !before && !after && opened > closed {
            return at;
        }
        from = at + name.len();
    }
    0
}

/// Statements that there are not: what repeats or remembers could make a text of any length.
fn statements(field: &str, source: &str) -> Vec<TemplateProblem> {
    if !automation::is_readable(source) {
        let message = "An expression is too long, or there are too many conditions.".to_owned();
        return vec![problem(field, source, 0, "template.too_much", message)];
    }
    let mut found = Vec::new();
    for (at, _) in source.match_indices("{%") {
        let word: String = source[at + 2..]
            .trim_start_matches(['-', '+'])
            .trim_start()
            .chars()
            .take_while(|c| c.is_ascii_alphabetic() || *c == '_')
            .collect();
        if !STATEMENTS.contains(&word.as_str()) {
            let message = "Only {% if %}, {% elif %}, {% else %} and {% endif %} can be used.".to_owned();
            found.push(problem(field, source, at, "template.statement", message));
        }
    }
    found
}

fn said(field: &str, source: &str, error: &JinjaError) -> TemplateProblem {
    let at = error.range().map_or(0, |range| range.start);
    let (code, message) = match error.kind() {
        ErrorKind::OutOfFuel => ("template.too_much", "The template takes too many steps."),
        ErrorKind::UndefinedError => ("template.missing_value", "There is no value for this here."),
        ErrorKind::UnknownFilter => ("template.syntax", "There is no such filter."),
        ErrorKind::UnknownFunction | ErrorKind::UnknownMethod => ("template.syntax", "There are no functions."),
        ErrorKind::InvalidOperation => ("template.syntax", "This cannot be done with this value."),
        _ => ("template.syntax", "This is not written as templates are: look for braces that are not closed."),
    };
    problem(field, source, at, code, message.to_owned())
}

/// Whether a template names something of this kind: `visit`, `appointment`.
pub fn names(source: &str, kind: &str) -> bool {
    if !automation::is_readable(source) {
        return false;
    }
    let environment = environment(&Voice { language: Language::En, zone: "UTC".to_owned() });
    let template = environment.template_from_str(source);
    template.is_ok_and(|template| template.undeclared_variables(false).contains(kind))
}

/// The template with its values.
///
/// # Errors
/// Where a value is missing, or it is not a template.
pub fn render(field: &str, source: &str, values: &serde_json::Value, voice: &Voice) -> Result<String, TemplateProblem> {
    if let Some(statement) = statements(field, source).into_iter().next() {
        return Err(statement);
    }
    environment(voice).render_str(source, Serde(values)).map_err(|error| said(field, source, &error))
}

/// Values as they stand in previews without a record.
pub fn samples() -> serde_json::Value {
    let mut all = serde_json::json!({});
    for (name, sample) in DECLARED {
        if let Some((kind, field)) = name.split_once('.') {
            all[kind][field] = serde_json::json!(sample);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn voice(language: Language) -> Voice {
        Voice { language, zone: "Asia/Riyadh".to_owned() }
    }

    #[test]
    fn values_are_written_as_the_reader_reads_them() {
        let source = "{{ patient.givenName }}: {{ appointment.start|datetime }} / {{ appointment.start|date }} / {{ appointment.start|time }}";
        let en = render("text", source, &samples(), &voice(Language::En)).expect("renders");
        assert_eq!(en, "Lina: Sunday, 2 June 2030, 09:00 / Sunday, 2 June 2030 / 09:00");
        let ar = render("text", source, &samples(), &voice(Language::Ar)).expect("renders");
        assert_eq!(ar, "Lina: الأحد 2 يونيو 2030، 09:00 / الأحد 2 يونيو 2030 / 09:00");
        let values = serde_json::json!({ "patient": { "familyName": "" } });
        let text = "{{ patient.familyName|default('friend')|upper }}{% if patient.familyName %}!{% else %}?{% endif %}";
        assert_eq!(render("text", text, &values, &voice(Language::En)).expect("renders"), "FRIEND?");
    }

    #[test]
    fn what_nobody_declared_is_an_error_with_its_place() {
        let problems = check("textEn", "Dear {{ patient.givenName }},\nمرحبا {{ patient.iban }} {{ secret }}");
        let found: Vec<_> = problems.iter().map(|p| (p.code, p.line, p.column)).collect();
        assert_eq!(found, [("template.unknown_variable", 2, 10), ("template.unknown_variable", 2, 29)]);
        assert_eq!(problems[0].message, "There is no variable patient.iban.");
        assert_eq!(
            check("textEn", "Hi {{ patient.givenName"),
            vec![TemplateProblem {
                code: "template.syntax",
                line: 1,
                ..check("textEn", "Hi {{ patient.givenName")[0].clone()
            }]
        );
        for (source, code) in [
            ("{% for x in [1] %}{% endfor %}", "template.statement"),
            ("{% set a = 'b' %}", "template.statement"),
            ("{{ patient.name|nothing }}", "template.syntax"),
            ("{{ range(9) }}", "template.unknown_variable"),
            ("{{ patient }}", "template.unknown_variable"),
        ] {
            assert_eq!(check("textEn", source).first().map(|p| p.code), Some(code), "{source}");
        }
        assert_eq!(check("textEn", "No variables, and 100% { } plain"), vec![]);
        let missing = render("text", "{{ appointment.date }}", &serde_json::json!({}), &voice(Language::En));
        assert_eq!(missing.expect_err("nothing there").code, "template.missing_value");
    }

    #[test]
    fn every_declared_variable_can_be_used() {
        for (name, sample) in DECLARED {
            let source = format!("{{{{ {name} }}}}");
            assert_eq!(check("text", &source), vec![], "{name}");
            assert_eq!(render("text", &source, &samples(), &voice(Language::En)).expect("renders"), *sample);
            assert!(names(&source, name.split_once('.').expect("a kind").0) && !names(&source, "other"));
        }
    }

    proptest! {
        /// Nothing that can be written panics, hangs or grows.
        #[test]
        fn any_text_is_a_template_or_an_error(source in r#"([{}%|~*"' .a-z0-9\[\]()\n]|\{\{|\}\}|\{%|%\}|patient\.name|if|endif){0,60}"#) {
            let problems = check("text", &source);
            for problem in &problems {
                prop_assert!(problem.line >= 1 && problem.column >= 1);
            }
            if let Ok(text) = render("text", &source, &samples(), &voice(Language::Ar)) {
                prop_assert!(text.len() < 200_000);
            }
        }

        /// A value is never read as a template.
        #[test]
        fn values_stay_values(value in any::<String>()) {
            let values = serde_json::json!({ "patient": { "name": value } });
            prop_assert_eq!(render("text", "{{ patient.name }}", &values, &voice(Language::En)).expect("renders"), value);
        }
    }
}

//! Texts with `{{ variables }}`: Jinja's language, strict about names that are not there, and within a budget of work and
//! memory. A text that is one `{{ expression }}` and nothing else keeps the value's own form.

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use minijinja::value::{Serde, ValueKind};
use minijinja::{Environment, Error, ErrorKind, Expression, Output, State, UndefinedBehavior, Value as Held};
use platform::money::Currency;
use serde_json::{Map, Value};

/// What one text may cost: instructions, and each 64 bytes that it makes.
const FUEL: u64 = 50_000;
/// The most bytes of a text before it is filled in.
pub const LARGEST: usize = 20_000;
/// What filters need to know how people write dates.
const PEOPLE: [&str; 2] = ["patient", "practice"];

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(50);
    environment.set_formatter(write);
    environment.add_filter("date", |state: &State, value: Held| shown(state, &value, Form::Date));
    environment.add_filter("time", |state: &State, value: Held| shown(state, &value, Form::Time));
    environment.add_filter("datetime", |state: &State, value: Held| shown(state, &value, Form::Both));
    environment.add_filter("money", money);
    environment.add_filter("default", default);
    environment
});

/// The most bytes between the braces of one expression, and the most statements of a text. The parser of templates calls
/// itself for each sign, filter and branch, without a bound of its own: a long chain would end the process.
const LONGEST_EXPRESSION: usize = 500;
const MOST_STATEMENTS: usize = 100;

/// Why a text could not be read or filled in. Says nothing of the values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Stable code.
    pub code: &'static str,
    /// For people.
    pub message: &'static str,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message)
    }
}

/// A text that was read.
pub enum Template {
    /// Nothing to fill in.
    Plain(String),
    /// One expression, whose value keeps its form.
    One(Box<Expression<'static, 'static>>, BTreeSet<String>),
    /// Text around expressions.
    Text(String, BTreeSet<String>),
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}

impl Template {
    /// Reads a text.
    ///
    /// # Errors
    /// It is too long, or no template.
    pub fn read(text: &str) -> Result<Self, Fault> {
        if text.len() > LARGEST {
            let message = "The text is too long; at most 20,000 bytes.";
            return Err(Fault { code: "template.size", message });
        }
        if !text.contains("{{") && !text.contains("{%") && !text.contains("{#") {
            return Ok(Self::Plain(text.to_owned()));
        }
        if !is_readable(text) {
            let message = "An expression is too long, or there are too many statements.";
            return Err(Fault { code: "template.size", message });
        }
        let template = ENVIRONMENT.template_from_str(text).map_err(|error| fault(&error))?;
        let names: BTreeSet<String> = template.undeclared_variables(true).into_iter().collect();
        match only_expression(text) {
            Some(inner) => {
                let expression = ENVIRONMENT.compile_expression_owned(inner.to_owned()).map_err(|e| fault(&e))?;
                Ok(Self::One(Box::new(expression), names))
            }
            None => Ok(Self::Text(text.to_owned(), names)),
        }
    }

    /// Whether it is one expression, whose value keeps its form.
    #[must_use]
    pub fn is_one(&self) -> bool {
        matches!(self, Self::One(..))
    }

    /// The variables that it reads, as paths.
    pub fn names(&self) -> impl Iterator<Item = &String> {
        match self {
            Self::Plain(_) => None,
            Self::One(_, names) | Self::Text(_, names) => Some(names.iter()),
        }
        .into_iter()
        .flatten()
    }

    /// Fills it in.
    ///
    /// # Errors
    /// A variable is not there, a filter does not take the value, or it costs too much.
    pub fn fill(&self, facts: &Map<String, Value>) -> Result<Value, Fault> {
        match self {
            Self::Plain(text) => Ok(Value::String(text.clone())),
            Self::One(expression, names) => {
                let value = expression.eval(seen(facts, names)).map_err(|error| fault(&error))?;
                if value.is_undefined() {
                    return Err(missing());
                }
                serde_json::to_value(&value).map_err(|_| unfit())
            }
            Self::Text(text, names) => {
                let template = ENVIRONMENT.template_from_str(text).map_err(|error| fault(&error))?;
                template.render(seen(facts, names)).map(Value::String).map_err(|error| fault(&error))
            }
        }
    }
}

/// Whether expressions and statements of a text are few and short enough to be parsed. Texts in quotes and what stands in
/// brackets are passed over as the parser does, which takes no braces in them for an end.
#[must_use]
pub fn is_readable(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (mut at, mut statements) = (0, 0);
    while let Some(opened) = bytes[at..].windows(2).position(|two| matches!(two, b"{{" | b"{%" | b"{#")) {
        let kind = bytes[at + opened + 1];
        let begun = at + opened + 2;
        statements += usize::from(kind == b'%');
        let closed =
            if kind == b'#' { ended(bytes, begun, b"#}", false) } else { ended(bytes, begun, closing(kind), true) };
        let end = closed.unwrap_or(bytes.len());
        if statements > MOST_STATEMENTS || (kind != b'#' && end - begun > LONGEST_EXPRESSION) {
            return false;
        }
        at = (end + 2).min(bytes.len());
    }
    true
}

fn closing(kind: u8) -> &'static [u8; 2] {
    if kind == b'{' { b"}}" } else { b"%}" }
}

/// Where what was begun ends.
fn ended(bytes: &[u8], begun: usize, closing: &[u8; 2], has_quotes: bool) -> Option<usize> {
    let (mut at, mut quote, mut open) = (begun, None, 0_usize);
    while at < bytes.len() {
        match (quote, bytes[at]) {
            (Some(_), b'\\') => at += 1,
            (Some(open), byte) if byte == open => quote = None,
            (None, byte @ (b'"' | b'\'')) if has_quotes => quote = Some(byte),
            (None, _) if open == 0 && bytes[at..].starts_with(closing) => return Some(at),
            (None, b'(' | b'[' | b'{') if has_quotes => open += 1,
            (None, b')' | b']' | b'}') => open = open.saturating_sub(1),
            _ => {}
        }
        at += 1;
    }
    None
}

/// What stands between the only braces of a text.
fn only_expression(text: &str) -> Option<&str> {
    let inner = text.trim().strip_prefix("{{")?.strip_suffix("}}")?;
    let inner = inner.trim_start_matches(['-', '+']).trim_end_matches(['-', '+']);
    (!inner.contains("{{") && !inner.contains("}}") && !inner.contains("{%") && !inner.contains("{#")).then_some(inner)
}

/// Only what a text reads is made fit for it: variables can be large.
fn seen(facts: &Map<String, Value>, names: &BTreeSet<String>) -> Held {
    let root = |name: &String| name.split('.').next().unwrap_or_default().to_owned();
    let roots: BTreeSet<String> = names.iter().map(root).chain(PEOPLE.map(str::to_owned)).collect();
    Held::from_pairs(
        roots.into_iter().filter_map(|root| facts.get(&root).map(|value| (root, Held::from(Serde(value))))),
    )
}

fn missing() -> Fault {
    Fault { code: "template.missing", message: "A variable of the text is not there." }
}

fn unfit() -> Fault {
    Fault { code: "template.value", message: "A value does not fit where the text uses it." }
}

/// The library's own messages may repeat values.
fn fault(error: &Error) -> Fault {
    match error.kind() {
        ErrorKind::UndefinedError => missing(),
        ErrorKind::OutOfFuel => {
            Fault { code: "template.budget", message: "The text takes too much work; repeat less in it." }
        }
        ErrorKind::SyntaxError => Fault {
            code: "template.syntax",
            message: "The text is not written as texts with variables are; look at its braces.",
        },
        ErrorKind::UnknownFilter | ErrorKind::UnknownFunction | ErrorKind::UnknownTest | ErrorKind::UnknownMethod => {
            Fault { code: "template.unknown", message: "There is no such filter or function." }
        }
        _ => unfit(),
    }
}

/// Nothing is written where there is nothing, and no list or object as a machine would write it.
fn write(out: &mut Output, state: &mut State, value: &Held) -> Result<(), Error> {
    match value.kind() {
        ValueKind::None => Ok(()),
        ValueKind::Bool => out.write_str(if value.is_true() { "true" } else { "false" }).map_err(Error::from),
        ValueKind::Map | ValueKind::Seq | ValueKind::Iterable => {
            let mut first = true;
            for item in value.try_iter()? {
                if !std::mem::take(&mut first) {
                    out.write_str(", ").map_err(Error::from)?;
                }
                write(out, state, &item)?;
            }
            Ok(())
        }
        _ => minijinja::escape_formatter(out, state, value),
    }
}

/// Also in place of nothing, as fields of records may be empty.
fn default(value: Held, other: Option<Held>) -> Held {
    let is_empty = value.is_undefined() || value.is_none() || value.as_str() == Some("");
    if is_empty { other.unwrap_or_else(|| Held::from("")) } else { value }
}

#[derive(Clone, Copy, PartialEq)]
enum Form {
    Date,
    Time,
    Both,
}

fn property(state: &State, name: &str, of: &str) -> Option<String> {
    let value = state.lookup(name)?.get_attr(of).ok()?;
    value.as_str().map(str::to_owned)
}

/// In the patient's language, else the practice's.
fn is_arabic(state: &State) -> bool {
    let language = property(state, "patient", "language").or_else(|| property(state, "practice", "language"));
    language.as_deref() == Some("ar")
}

/// A date or an instant as people write it: `Mon 30 Nov 2026`, `9:05 AM`; instants in the practice's zone.
fn shown(state: &State, value: &Held, form: Form) -> Result<String, Error> {
    if value.is_none() {
        return Ok(String::new());
    }
    let unfit = || Error::new(ErrorKind::InvalidOperation, "not a date");
    let text = value.as_str().ok_or_else(unfit)?;
    let zone =
        property(state, "practice", "timeZone").and_then(|name| TimeZone::get(&name).ok()).unwrap_or(TimeZone::UTC);
    let (at, form) = match text.parse::<Timestamp>() {
        Ok(instant) => (instant.to_zoned(zone).datetime(), form),
        Err(_) => match text.parse::<DateTime>() {
            Ok(local) if text.contains('T') => (local, form),
            _ => (text.parse::<Date>().map_err(|_| unfit())?.at(0, 0, 0, 0), Form::Date),
        },
    };
    let arabic = is_arabic(state);
    let mut shown = String::new();
    if form != Form::Time {
        let month = usize::try_from(at.month() - 1).unwrap_or(0);
        let day = usize::try_from(at.weekday().to_monday_zero_offset()).unwrap_or(0);
        let (days, months) = if arabic { (DAYS_AR, MONTHS_AR) } else { (DAYS_EN, MONTHS_EN) };
        let comma = if arabic { "،" } else { "" };
        let _ = write!(shown, "{}{comma} {} {} {}", days[day], at.day(), months[month], at.year());
    }
    if form == Form::Both {
        shown.push_str(if arabic { "، " } else { ", " });
    }
    if form != Form::Date {
        let half = match (at.hour() < 12, arabic) {
            (true, false) => "AM",
            (false, false) => "PM",
            (true, true) => "ص",
            (false, true) => "م",
        };
        let hour = (at.hour() + 11) % 12 + 1;
        let _ = write!(shown, "{hour}:{:02} {half}", at.minute());
    }
    Ok(shown)
}

const DAYS_EN: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS_EN: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAYS_AR: [&str; 7] = ["الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"];
const MONTHS_AR: [&str; 12] =
    ["يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"];

/// Minor units as an amount with its currency: `SAR 123.45`. The currency is the practice's unless it is given.
fn money(state: &State, value: Held, currency: Option<String>) -> Result<String, Error> {
    if value.is_none() {
        return Ok(String::new());
    }
    let unfit = || Error::new(ErrorKind::InvalidOperation, "not an amount");
    let amount = i64::try_from(value).map_err(|_| unfit())?;
    let code = currency.or_else(|| property(state, "practice", "currency")).ok_or_else(unfit)?;
    let currency: Currency = code.parse().map_err(|()| unfit())?;
    let sign = if amount < 0 { "-" } else { "" };
    let (digits, amount) = (currency.digits(), amount.unsigned_abs());
    let unit = 10_u64.pow(digits);
    let mut shown = format!("{} {sign}{}", currency.code(), amount / unit);
    if digits > 0 {
        let _ = write!(shown, ".{:0width$}", amount % unit, width = digits as usize);
    }
    Ok(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each of these ended the process before: the parser calls itself for each sign.
    #[test]
    fn chains_that_the_parser_cannot_bear_are_refused() {
        let chain = |part: &str| part.repeat((LARGEST - 20) / part.len());
        let hostile = [
            format!("{{{{{}1}}}}", chain("-")),
            format!("{{{{ {}1 }}}}", chain("not ")),
            format!("{{{{ 1{} }}}}", chain("|upper")),
            format!("{{{{ 1{} }}}}", chain("~1")),
            format!("{{{{ a{} }}}}", chain(".b")),
            format!("{{% if 1 %}}{}{{% endif %}}", "{% elif 1 %}".repeat(800)),
            // what looks like an end and is none
            format!("{{{{ '}}}}' ~ {}1 }}}}", chain("-")),
            format!("{{{{ {{0: {{}}}}, 1: {}1 }} }}}}", chain("-")),
            format!("{{{{ \"\\\"}}}}\" ~ {}1 }}}}", chain("-")),
            format!("{{# }}}} #}}{{{{ {}1 }}}}", chain("-")),
            format!("x {{{{- {}1", chain("-")),
        ];
        for text in hostile {
            assert_eq!(Template::read(&text).expect_err("is refused").code, "template.size", "{}", &text[..20]);
        }
        for text in [
            "{{ a }} and {{ b|default('}}') }}",
            "{% if a %}x{% elif b %}y{% endif %}",
            "{# - #}{{ {'a': {'b': 1}}.a.b }}",
        ] {
            assert!(is_readable(text), "{text}");
        }
    }
    use serde_json::json;

    fn fill(text: &str, facts: &Value) -> Result<Value, &'static str> {
        let facts = facts.as_object().expect("facts");
        Template::read(text).and_then(|template| template.fill(facts)).map_err(|fault| fault.code)
    }

    #[test]
    fn texts_are_filled_in_and_single_values_keep_their_form() {
        let facts =
            json!({ "patient": { "givenName": "Lina", "email": null }, "n": 5, "list": [{ "a": 1 }, { "a": 2 }] });
        assert_eq!(fill("Hello {{ patient.givenName }}!", &facts), Ok(json!("Hello Lina!")));
        assert_eq!(fill("{{ n }}", &facts), Ok(json!(5)));
        assert_eq!(fill(" {{ list }} ", &facts), Ok(facts["list"].clone()));
        assert_eq!(fill("{{ n }} {{ n }}", &facts), Ok(json!("5 5")));
        assert_eq!(fill("{{ n == 5 }} {{ n == 6 }}", &facts), Ok(json!("true false")));
        assert_eq!(fill("<{{ patient.email }}>", &facts), Ok(json!("<>")));
        assert_eq!(fill("{{ patient.email|default('-') }}", &facts), Ok(json!("-")));
        assert_eq!(fill("{{ patient.nickname|default('-') }}", &facts), Ok(json!("-")));
        assert_eq!(fill("nothing { here }", &facts), Ok(json!("nothing { here }")));
        assert_eq!(fill("{% for x in list %}{{ x.a }};{% endfor %}", &facts), Ok(json!("1;2;")));
    }

    #[test]
    fn what_is_not_there_or_costs_too_much_is_a_fault() {
        let facts = json!({ "n": 5 });
        assert_eq!(fill("Hello {{ m }}", &facts), Err("template.missing"));
        assert_eq!(fill("{{ m }}", &facts), Err("template.missing"));
        assert_eq!(fill("{{ n.x.y }}!", &facts), Err("template.missing"));
        assert_eq!(fill("{{ n", &facts), Err("template.syntax"));
        assert_eq!(fill("{{ n|nope }}", &facts), Err("template.unknown"));
        let endless = "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}";
        assert_eq!(fill(endless, &facts), Err("template.budget"));
        assert_eq!(fill("{{ 'x' * 99999999 }}!", &facts), Err("template.budget"));
        assert_eq!(fill(&"x".repeat(LARGEST + 1), &facts), Err("template.size"));
    }

    #[test]
    fn dates_and_amounts_are_written_in_the_patients_language() {
        let mut facts = json!({ "practice": { "timeZone": "Asia/Riyadh", "language": "en", "currency": "KWD" },
            "patient": {}, "at": "2026-11-30T06:05:00Z", "day": "2026-02-01", "amount": -1234 });
        assert_eq!(fill("{{ at|datetime }}", &facts), Ok(json!("Mon 30 Nov 2026, 9:05 AM")));
        assert_eq!(fill("{{ day|date }}", &facts), Ok(json!("Sun 1 Feb 2026")));
        assert_eq!(fill("{{ amount|money }}", &facts), Ok(json!("KWD -1.234")));
        assert_eq!(fill("{{ 500|money('JPY') }}", &facts), Ok(json!("JPY 500")));
        assert_eq!(fill("{{ amount|date }}", &facts), Err("template.value"));
        facts["patient"] = json!({ "language": "ar" });
        assert_eq!(fill("{{ at|datetime }}", &facts), Ok(json!("الاثنين، 30 نوفمبر 2026، 9:05 ص")));
    }

    #[test]
    fn the_names_that_a_text_reads_are_known() {
        let template =
            Template::read("{{ a.b }} {% for x in c.items %}{{ x.y }}{% endfor %} {{ d|date }}").expect("reads");
        assert_eq!(template.names().collect::<Vec<_>>(), ["a.b", "c.items", "d"]);
    }
}

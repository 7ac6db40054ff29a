//! Which variables there are before a step, and what is known of each.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::block::{Field, Kind};

/// A variable, or a field of a block, as the API describes it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FieldInfo {
    /// Its key; of a variable the whole path.
    pub key: String,
    /// Its form.
    pub kind: KindName,
    /// The words that it is one of.
    #[schema(required)]
    pub choices: Option<Vec<String>>,
    /// What it is the id of.
    #[schema(required)]
    pub of: Option<String>,
    /// An action cannot do without it.
    pub required: bool,
    /// Several of the kind.
    pub many: bool,
    /// Redacted in the history of runs.
    pub sensitive: bool,
    /// Another field of the action that can stand for it, where one of the two is needed.
    #[schema(required)]
    pub unless: Option<String>,
    /// What it may look like.
    #[schema(value_type = Object)]
    pub sample: Value,
}

/// The word for a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "as in block::Kind")]
pub enum KindName {
    Text,
    LongText,
    Number,
    Boolean,
    Date,
    Instant,
    Minutes,
    Phone,
    Email,
    Choice,
    Ref,
    Object,
    List,
}

impl From<&Field> for FieldInfo {
    fn from(field: &Field) -> Self {
        let kind = match field.kind {
            Kind::Text => KindName::Text,
            Kind::LongText => KindName::LongText,
            Kind::Number => KindName::Number,
            Kind::Boolean => KindName::Boolean,
            Kind::Date => KindName::Date,
            Kind::Instant => KindName::Instant,
            Kind::Minutes => KindName::Minutes,
            Kind::Phone => KindName::Phone,
            Kind::Email => KindName::Email,
            Kind::Choice(_) => KindName::Choice,
            Kind::Ref(_) => KindName::Ref,
            Kind::Object => KindName::Object,
            Kind::List => KindName::List,
        };
        let choices = match field.kind {
            Kind::Choice(words) => Some(words.iter().map(|word| (*word).to_owned()).collect()),
            _ => None,
        };
        let of = if let Kind::Ref(of) = field.kind { Some(of.to_owned()) } else { None };
        Self {
            key: field.key.to_owned(),
            kind,
            choices,
            of,
            required: field.required,
            many: field.many,
            sensitive: field.sensitive,
            unless: field.unless.map(str::to_owned),
            sample: serde_json::from_str(field.sample).unwrap_or_default(),
        }
    }
}

impl FieldInfo {
    fn plain(key: &str, kind: KindName, sample: Value) -> Self {
        let (key, choices, of, unless) = (key.to_owned(), None, None, None);
        Self { key, kind, choices, of, required: false, many: false, sensitive: false, unless, sample }
    }

    fn below(self, parent: &str) -> Self {
        Self { key: format!("{parent}.{}", self.key), ..self }
    }

    fn sensitive_if(self, sensitive: bool) -> Self {
        Self { sensitive: self.sensitive || sensitive, ..self }
    }
}

/// The variables at some place of a workflow.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    variables: Vec<FieldInfo>,
    /// Whatever lies below these may be read: nobody knows what a program sends.
    open: Vec<String>,
}

impl Scope {
    /// What every workflow knows.
    pub fn beginning() -> Self {
        let mut scope = Self::default();
        for (key, kind, sample) in [
            ("event.name", KindName::Text, Value::from("appointment.booked")),
            ("event.at", KindName::Instant, Value::from("2026-11-30T06:00:00Z")),
            ("practice.name", KindName::Text, Value::from("Smile Clinic")),
            ("practice.nameAr", KindName::Text, Value::from("عيادة الابتسامة")),
            ("practice.phone", KindName::Phone, Value::from("+966112345678")),
            ("practice.timeZone", KindName::Text, Value::from("Asia/Riyadh")),
            ("practice.currency", KindName::Text, Value::from("SAR")),
            ("practice.language", KindName::Text, Value::from("en")),
            ("practice.today", KindName::Date, Value::from("2026-11-30")),
            ("practice.now", KindName::Instant, Value::from("2026-11-30T06:00:00Z")),
        ] {
            scope.variables.push(FieldInfo::plain(key, kind, sample));
        }
        scope
    }

    /// All of them.
    pub fn all(&self) -> &[FieldInfo] {
        &self.variables
    }

    /// Fields become known under a name.
    pub fn add(&mut self, name: &str, fields: &[Field]) {
        self.variables.extend(fields.iter().map(|field| FieldInfo::from(field).below(name)));
    }

    /// One value becomes known, of the form of another one that is known, if it is.
    pub fn set(&mut self, path: &str, like: Option<&str>, sensitive: bool) {
        self.forget(path);
        match like.and_then(|path| self.find(path)).cloned() {
            Some(known) => {
                let under = self.under(&known.key);
                self.variables.extend(under.into_iter().map(|f| f.below(path)));
                self.variables.push(FieldInfo { key: path.to_owned(), ..known }.sensitive_if(sensitive));
            }
            None => {
                let plain = FieldInfo::plain(path, KindName::LongText, Value::from("…"));
                self.variables.push(plain.sensitive_if(sensitive));
                self.open.push(path.to_owned());
            }
        }
    }

    /// Whatever lies below a path may be read.
    pub fn open(&mut self, path: &str, sensitive: bool) {
        let plain = FieldInfo::plain(path, KindName::Object, Value::Object(serde_json::Map::new()));
        self.variables.push(plain.sensitive_if(sensitive));
        self.open.push(path.to_owned());
    }

    /// Marks what an action gives, when it is made of what is sensitive.
    pub fn taint(&mut self, name: &str) {
        let below = format!("{name}.");
        for variable in self.variables.iter_mut().filter(|variable| variable.key.starts_with(&below)) {
            variable.sensitive = true;
        }
    }

    /// What is no longer known, or known otherwise.
    pub fn forget(&mut self, name: &str) {
        let below = format!("{name}.");
        self.variables.retain(|variable| variable.key != name && !variable.key.starts_with(&below));
        self.open.retain(|open| open != name && !open.starts_with(&below));
    }

    /// The names of another scope under `vars`, which outlive the branch that set them.
    pub fn keep_variables_of(&mut self, other: &Self) {
        for variable in &other.variables {
            if variable.key.starts_with("vars.") && !self.variables.iter().any(|known| known.key == variable.key) {
                self.variables.push(variable.clone());
            }
        }
        for open in &other.open {
            if open.starts_with("vars.") && !self.open.contains(open) {
                self.open.push(open.clone());
            }
        }
    }

    /// The variable of exactly this path.
    pub fn find(&self, path: &str) -> Option<&FieldInfo> {
        self.variables.iter().find(|variable| variable.key == path)
    }

    /// Those below a path, by what follows.
    fn under(&self, path: &str) -> Vec<FieldInfo> {
        let below = format!("{path}.");
        let rest = |f: &FieldInfo| Some(FieldInfo { key: f.key.strip_prefix(&below)?.to_owned(), ..f.clone() });
        self.variables.iter().filter_map(rest).collect()
    }

    /// Whether there is something at this path, or may be: `find1.items[].start` and `find1.items.0.start` are of the
    /// elements of a list.
    pub fn knows(&self, path: &str) -> bool {
        let path = element_free(path);
        path.is_empty()
            || self.variables.iter().any(|known| known.key == path || below(&known.key, &path))
            || self.open.iter().any(|open| below(&path, open))
            || self.variables.iter().any(|known| {
                let whole =
                    matches!(known.kind, KindName::Object | KindName::List) && self.under(&known.key).is_empty();
                below(&path, &known.key) && (whole || &path[known.key.len()..] == ".length")
            })
    }

    /// Whether what stands there, or a part of it, is sensitive.
    pub fn is_sensitive(&self, path: &str) -> bool {
        let path = element_free(path);
        let touches = |known: &FieldInfo| {
            path.is_empty() || known.key == path || below(&known.key, &path) || below(&path, &known.key)
        };
        self.variables.iter().any(|known| known.sensitive && touches(known))
    }

    /// Enters a loop over the list at this path; false when that is no list.
    pub fn enter_loop(&mut self, list: &str) -> bool {
        let path = element_free(list);
        let Some(known) = self.find(&path).cloned() else { return self.knows(&path) && self.enter_open(&path) };
        let is_open = self.open.iter().any(|open| *open == path || below(&path, open));
        if !known.many && known.kind != KindName::List && !is_open {
            return false;
        }
        let fields = self.under(&path);
        self.forget("item");
        if fields.is_empty() {
            self.open("item", known.sensitive);
        } else {
            self.variables.extend(fields.into_iter().map(|f| f.below("item").sensitive_if(known.sensitive)));
        }
        self.enter_index();
        true
    }

    fn enter_open(&mut self, path: &str) -> bool {
        let sensitive = self.is_sensitive(path);
        self.forget("item");
        self.open("item", sensitive);
        self.enter_index();
        true
    }

    fn enter_index(&mut self) {
        self.forget("index");
        self.variables.push(FieldInfo::plain("index", KindName::Number, Value::from(0)));
    }
}

/// Whether the first path lies below the second.
fn below(path: &str, parent: &str) -> bool {
    path.strip_prefix(parent).is_some_and(|rest| rest.starts_with('.'))
}

/// A path without the places of elements.
fn element_free(path: &str) -> String {
    let path = path.replace("[]", "");
    let parts = path.split('.').filter(|part| part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()));
    parts.collect::<Vec<_>>().join(".")
}

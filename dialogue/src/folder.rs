//! The files of a call workflow: `clients/{practice}/{workflow}` with `flow.yaml`, `services.yaml`, `schema.yaml` (the
//! fields of its cases), `case.yaml` (an invented case for trying it), `script.yaml` (a model by rules) and
//! `scenarios/*.yaml`.
//!
//! Files are handed in as texts by name, so that they may come from a disk, a binary or an editor.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::scenario::{self, Case, Report, Scenario};
use crate::services::Services;
use crate::yaml::{self, read};
use crate::{Fault, Flow, Schema, Script, Source};

/// Who takes part where no `services.yaml` says it: calls in the browser, typed or spoken by this machine, and the script.
const IN_BROWSER: &str = "version: 1
runtime: native
telephony: { provider: browser }
stt: { primary: { provider: typed } }
llm: { primary: { provider: scripted } }
tts: { primary: { provider: local } }
";

/// A call workflow whose files have been read and checked.
#[derive(Clone, Debug)]
pub struct Folder {
    /// How its calls go.
    pub flow: Arc<Flow>,
    /// Which parts do the work.
    pub services: Services,
    /// The fields of its cases.
    pub schema: Schema,
    /// An invented case.
    pub case: Case,
    /// A model by rules.
    pub script: Script,
    /// How it is tried.
    pub scenarios: Vec<Scenario>,
}

/// A fault and its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// The file, as it was named.
    pub file: String,
    /// What is wrong in it.
    pub fault: Fault,
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "{}:{}", self.file, self.fault)
    }
}

impl std::error::Error for Trouble {}

impl Folder {
    /// Reads and checks the files of a folder, by their names in it (`flow.yaml`, `scenarios/approved.yaml`).
    ///
    /// # Errors
    /// Everything that is wrong with them. `flow.yaml`, `services.yaml` and `schema.yaml` must be there.
    pub fn read(files: &BTreeMap<String, String>) -> Result<Self, Vec<Trouble>> {
        let mut reader = Reader { files, troubles: Vec::new() };
        let schema = reader.required("schema.yaml", read_schema);
        let services = reader.required("services.yaml", Services::read);
        reader.folder(schema, services)
    }

    /// The same where the fields of its cases are kept elsewhere. Without `services.yaml` its calls are in the browser.
    ///
    /// # Errors
    /// Everything that is wrong with the files. `flow.yaml` must be there.
    pub fn with_fields(files: &BTreeMap<String, String>, schema: &Schema) -> Result<Self, Vec<Trouble>> {
        let mut reader = Reader { files, troubles: Vec::new() };
        let services = if files.contains_key("services.yaml") {
            reader.required("services.yaml", Services::read)
        } else {
            Services::read(IN_BROWSER).ok()
        };
        reader.folder(Some(schema.clone()), services)
    }

    /// Plays all scenarios.
    #[must_use]
    pub fn test(&self) -> Vec<Report> {
        let play = |scenario| scenario::run(&self.flow, &self.case, &self.script, scenario);
        self.scenarios.iter().map(play).collect()
    }
}

fn is_scenario(name: &str) -> bool {
    name.strip_prefix("scenarios/").is_some_and(|rest| rest.ends_with(".yaml"))
}

/// Reads the fields of cases, `schema.yaml`.
///
/// # Errors
/// As flows are read; and what is wrong with the fields themselves.
pub fn read_schema(text: &str) -> Result<Schema, Vec<Fault>> {
    let root = yaml::parse(text)?;
    let schema: Schema = read(&root, "").map_err(|fault| vec![fault])?;
    let place = |key: &str| schema.fields.iter().position(|field| field.key == key).map(|at| at.to_string());
    let problems = schema.problems();
    let faults = problems.iter().map(|it| root.fault(&place(&it.key).unwrap_or_default(), it.code, it.message));
    let faults: Vec<_> = faults.collect();
    if faults.is_empty() { Ok(schema) } else { Err(faults) }
}

struct Reader<'f> {
    files: &'f BTreeMap<String, String>,
    troubles: Vec<Trouble>,
}

impl Reader<'_> {
    /// What the files say, with the fields of cases and who takes part in calls.
    fn folder(mut self, schema: Option<Schema>, services: Option<Services>) -> Result<Folder, Vec<Trouble>> {
        let source = self.required("flow.yaml", Source::read);
        let script = self.optional("script.yaml", Script::read).unwrap_or_default();
        let case = self.optional("case.yaml", Case::read).unwrap_or_default();
        if let (Some(source), Some(schema)) = (&source, &schema) {
            self.add("flow.yaml", source.check(schema));
            self.script(&script, &source.flow);
        }
        let names: Vec<_> = self.files.keys().filter(|name| is_scenario(name)).cloned().collect();
        let scenarios = names
            .into_iter()
            .filter_map(|name| self.required(&name, |text| Scenario::read(name.trim_end_matches(".yaml"), text)));
        let scenarios: Vec<_> = scenarios.collect();
        match (source, services, schema) {
            (Some(source), Some(services), Some(schema)) if self.troubles.is_empty() => {
                Ok(Folder { flow: Arc::new(source.flow), services, schema, case, script, scenarios })
            }
            _ => Err(self.troubles),
        }
    }

    fn add(&mut self, file: &str, faults: Vec<Fault>) {
        self.troubles.extend(faults.into_iter().map(|fault| Trouble { file: file.to_owned(), fault }));
    }

    fn optional<T>(&mut self, file: &str, read: impl FnOnce(&str) -> Result<T, Vec<Fault>>) -> Option<T> {
        let text = self.files.get(file)?;
        read(text).map_err(|faults| self.add(file, faults)).ok()
    }

    fn required<T>(&mut self, file: &str, read: impl FnOnce(&str) -> Result<T, Vec<Fault>>) -> Option<T> {
        if !self.files.contains_key(file) {
            let message = format!("There is no `{file}`.");
            self.add(file, vec![Fault { line: 1, column: 1, path: String::new(), code: "missing", message }]);
        }
        self.optional(file, read)
    }

    /// A script speaks of nodes and functions that there are; functions that there are not are only for showing that they
    /// are refused, and marked by their name.
    fn script(&mut self, script: &Script, flow: &Flow) {
        let (nodes, functions) = script.names();
        let nodes = nodes.into_iter().filter(|name| !flow.nodes.contains_key(*name)).map(|name| ("node", name));
        let is_known =
            |name: &&str| flow.function(name).is_some() || *name == "answer" || name.starts_with("undeclared_");
        let functions = functions.into_iter().filter(|name| !is_known(name)).map(|name| ("function", name));
        let faults = nodes.chain(functions).map(|(what, name)| {
            let message = format!("The flow has no {what} `{name}`.");
            Fault { line: 1, column: 1, path: name.to_owned(), code: "target", message }
        });
        let faults = faults.collect();
        self.add("script.yaml", faults);
    }
}

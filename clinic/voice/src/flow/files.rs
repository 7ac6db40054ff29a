//! Files of conversations, as they lie in `{clients_dir}/{practice}/{call workflow}/`.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::check::FLOW;
use super::{FlowFault, FlowFile};

/// Files beside the flow, where there are any.
const BESIDE: [&str; 2] = ["services.yaml", "script.yaml"];
/// Where conversations to be tried lie.
const SCENARIOS: &str = "scenarios";
/// The most of them.
const MOST_SCENARIOS: usize = 100;
/// Bytes of a file.
const LARGEST: u64 = 256 * 1024;

/// The folder of a call workflow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// Slug of the practice.
    pub practice: String,
    /// Slug of the call workflow.
    pub workflow: String,
    /// Where it is.
    pub path: PathBuf,
    /// What names, times and sizes of its files come to: another one when a file was changed.
    pub look: u64,
}

/// What a folder holds.
#[derive(Clone, Debug, Default)]
pub struct Read {
    /// The files, in the order of their names.
    pub files: Vec<FlowFile>,
    /// What could not be read.
    pub faults: Vec<FlowFault>,
}

/// All folders, without reading a file. What cannot be looked at is not there.
pub fn folders(root: &Path) -> Vec<Folder> {
    let mut found = Vec::new();
    for practice in names(root) {
        for workflow in names(&root.join(&practice)) {
            let path = root.join(&practice).join(&workflow);
            if is_within(&path, root) && path.is_dir() {
                let look = look(&path);
                found.push(Folder { practice: practice.clone(), workflow, path, look });
            }
        }
    }
    found
}

/// The files of a folder.
pub fn read(folder: &Path) -> Read {
    let mut read = Read::default();
    for name in wanted(folder) {
        match text(folder, &name) {
            Ok(text) => read.files.push(FlowFile { name, text }),
            Err((code, message)) => {
                let (code, message) = (code.to_owned(), message.to_owned());
                read.faults.push(FlowFault { file: name, line: 0, column: 0, code, message });
            }
        }
    }
    read
}

/// Names of the files that matter and are there, in their order.
fn wanted(folder: &Path) -> Vec<String> {
    let mut wanted: Vec<String> = [FLOW].into_iter().chain(BESIDE).map(str::to_owned).collect();
    let is_yaml = |name: &String| Path::new(name).extension().is_some_and(|ending| ending == "yaml");
    let scenarios = names(&folder.join(SCENARIOS)).into_iter().filter(is_yaml).take(MOST_SCENARIOS);
    wanted.extend(scenarios.map(|name| format!("{SCENARIOS}/{name}")));
    wanted.retain(|name| folder.join(name).symlink_metadata().is_ok());
    wanted.sort_unstable();
    wanted
}

/// Names in a folder, in their order; none where it is no folder.
fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    names.sort_unstable();
    names
}

fn look(folder: &Path) -> u64 {
    let mut hasher = DefaultHasher::new();
    for name in wanted(folder) {
        let about = fs::metadata(folder.join(&name)).ok();
        (name, about.as_ref().map(fs::Metadata::len), about.and_then(|about| about.modified().ok())).hash(&mut hasher);
    }
    hasher.finish()
}

/// Whether a path leads to what is within a folder, whatever links it goes through.
fn is_within(path: &Path, folder: &Path) -> bool {
    let (Ok(path), Ok(folder)) = (path.canonicalize(), folder.canonicalize()) else { return false };
    path.starts_with(folder)
}

fn text(folder: &Path, name: &str) -> Result<String, (&'static str, &'static str)> {
    let path = folder.join(name);
    if !is_within(&path, folder) {
        return Err(("link", "This leads out of the folder, or to nothing: put the file itself here."));
    }
    let mut bytes = Vec::new();
    let read = File::open(&path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
    if read.is_err() {
        return Err(("unreadable", "This file cannot be read: look at who may."));
    }
    if bytes.len() as u64 > LARGEST {
        return Err(("too_large", "A file has at most 256 KiB."));
    }
    String::from_utf8(bytes).map_err(|_| ("encoding", "Save this file as UTF-8."))
}

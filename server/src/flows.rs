//! `vantage flows`: checks conversations of calls, and plays the scenarios beside them in no time.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use dialogue::Folder;
use platform::error::{Error, Result};

use crate::cli;

/// What to do with them.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say what is wrong with the files, with their places.
    Check {
        /// A folder with a flow.yaml, or one with such folders somewhere below it.
        #[arg(default_value = "clients")]
        folder: PathBuf,
    },
    /// Check them, and play their scenarios.
    Test {
        /// A folder with a flow.yaml, or one with such folders somewhere below it.
        #[arg(default_value = "clients")]
        folder: PathBuf,
        /// Print what was said in those that fail.
        #[arg(long)]
        transcript: bool,
    },
}

/// Does it.
///
/// # Errors
/// When anything is wrong, after all of it was printed.
pub fn run(command: &Command) -> Result<()> {
    let (root, plays, transcript) = match command {
        Command::Check { folder } => (folder, false, false),
        Command::Test { folder, transcript } => (folder, true, *transcript),
    };
    let folders = below(root);
    if folders.is_empty() {
        return Err(Error::internal(format!("there is no flow.yaml in or below {}", root.display())));
    }
    let (mut wrong, mut passed) = (0, 0);
    for folder in folders {
        match Folder::read(&files(&folder)?) {
            Err(troubles) => {
                wrong += troubles.len();
                for trouble in troubles {
                    cli::print(&format!("{}/{trouble}\n", folder.display()))?;
                }
            }
            Ok(read) if plays => {
                for report in read.test() {
                    let failed = !report.failures.is_empty();
                    let word = if failed { "FAILED" } else { "ok" };
                    cli::print(&format!("{} {}: {word}\n", folder.display(), report.name))?;
                    for failure in &report.failures {
                        cli::print(&format!("    {}.yaml:{failure}\n", report.name))?;
                    }
                    if failed && transcript {
                        cli::print(&format!("    {}\n", report.transcript.join("\n    ")))?;
                    }
                    if failed { wrong += 1 } else { passed += 1 }
                }
            }
            Ok(read) => cli::print(&format!("{}: fine, {} scenarios\n", folder.display(), read.scenarios.len()))?,
        }
    }
    if plays {
        cli::print(&format!("{passed} passed, {wrong} failed\n"))?;
    }
    if wrong == 0 { Ok(()) } else { Err(Error::internal(format!("{wrong} things are wrong"))) }
}

/// Folders with a flow, in the order of their names.
fn below(root: &Path) -> Vec<PathBuf> {
    if root.join("flow.yaml").is_file() {
        return vec![root.to_owned()];
    }
    let entries = fs::read_dir(root).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort_unstable();
    folders.iter().flat_map(|folder| below(folder)).collect()
}

/// The texts of a folder, by their names in it.
fn files(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for (place, prefix) in [(folder.to_owned(), ""), (folder.join("scenarios"), "scenarios/")] {
        for entry in fs::read_dir(place).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.path().extension().is_some_and(|ending| ending == "yaml") {
                let text = fs::read_to_string(entry.path())
                    .map_err(|error| Error::internal(format!("{}: {error}", entry.path().display())))?;
                files.insert(format!("{prefix}{name}"), text);
            }
        }
    }
    Ok(files)
}

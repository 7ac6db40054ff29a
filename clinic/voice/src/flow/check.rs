//! Whether a conversation may be used: all its files are read, and its flow is proved against the fields of the cases.

use std::collections::BTreeMap;

use dialogue::{Folder, Schema, Trouble};

use super::{FlowFault, FlowFile};

/// The file with the conversation itself.
pub const FLOW: &str = "flow.yaml";

/// The folder that these files are.
///
/// # Errors
/// Everything that is wrong with them.
pub fn folder(files: &[FlowFile], schema: &Schema) -> Result<Folder, Vec<Trouble>> {
    let texts: BTreeMap<String, String> = files.iter().map(|file| (file.name.clone(), file.text.clone())).collect();
    Folder::with_fields(&texts, schema)
}

/// Everything that is wrong; nothing, if the conversation may be used.
pub fn faults(files: &[FlowFile], workflow: &str, schema: &Schema) -> Vec<FlowFault> {
    let of_flow = |code: &str, message: String| FlowFault {
        file: FLOW.to_owned(),
        line: 0,
        column: 0,
        code: code.to_owned(),
        message,
    };
    if files.iter().all(|file| file.name != FLOW) {
        return vec![of_flow("missing", "Write the conversation into flow.yaml.".to_owned())];
    }
    match folder(files, schema) {
        Ok(folder) if folder.flow.workflow == workflow => Vec::new(),
        Ok(_) => {
            let message = format!("This is the folder of `{workflow}`: name that as the workflow, or move the file.");
            vec![of_flow("workflow", message)]
        }
        Err(troubles) => troubles.into_iter().map(told).collect(),
    }
}

fn told(Trouble { file, fault }: Trouble) -> FlowFault {
    let message = if fault.path.is_empty() { fault.message } else { format!("{}: {}", fault.path, fault.message) };
    FlowFault { file, line: fault.line, column: fault.column, code: fault.code.to_owned(), message }
}

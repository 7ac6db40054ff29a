//! Whether a conversation may be used: its flow is read and proved against the fields of the cases.

use dialogue::flow::Source;
use dialogue::{Fault, Schema};

use super::{FlowFault, FlowFile};

/// The file with the conversation itself.
pub const FLOW: &str = "flow.yaml";

/// Everything that is wrong; nothing, if the conversation may be used.
pub fn faults(files: &[FlowFile], workflow: &str, schema: &Schema) -> Vec<FlowFault> {
    let Some(flow) = files.iter().find(|file| file.name == FLOW) else {
        let message = "Write the conversation into flow.yaml.".to_owned();
        return vec![FlowFault { file: FLOW.to_owned(), line: 0, column: 0, code: "missing".to_owned(), message }];
    };
    let source = match Source::read(&flow.text) {
        Ok(source) => source,
        Err(faults) => return faults.into_iter().map(in_flow).collect(),
    };
    let mut faults: Vec<FlowFault> = source.check(schema).into_iter().map(in_flow).collect();
    if source.flow.workflow != workflow {
        let message = format!("This is the folder of `{workflow}`: name that as the workflow, or move the file.");
        faults.push(FlowFault { file: FLOW.to_owned(), line: 0, column: 0, code: "workflow".to_owned(), message });
    }
    faults
}

fn in_flow(fault: Fault) -> FlowFault {
    let message = if fault.path.is_empty() { fault.message } else { format!("{}: {}", fault.path, fault.message) };
    FlowFault { file: FLOW.to_owned(), line: fault.line, column: fault.column, code: fault.code.to_owned(), message }
}

//! Whether there are the functions that an expression calls, and whether they take so many arguments.

use super::tree::{Kind, Node};
use crate::fault::{Code, Fault};

/// Checks every call.
pub(crate) fn check(node: &Node) -> Result<(), Fault> {
    if let Kind::Call(call) = &node.kind {
        let form = if call.is_method { format!("value.{}(…)", call.name) } else { format!("{}(…)", call.name) };
        let Some(function) = call.function else {
            let message = format!("There is no function or macro `{form}` with these arguments; see CEL's langdef.md.");
            return Err(Fault::new(Code::Unknown, message).at(node.at));
        };
        let (fewest, most) = function.takes();
        let count = call.arguments.len();
        if !(fewest..=most).contains(&count) {
            // what stands before the name is not counted by people
            let target = usize::from(call.is_method);
            let takes = match (fewest - target, most - target) {
                (fewest, most) if fewest == most => fewest.to_string(),
                (fewest, most) => format!("{fewest} or {most}"),
            };
            let message = format!("`{form}` takes {takes} arguments, and here are {}.", count - target);
            return Err(Fault::new(Code::Arguments, message).at(node.at));
        }
    }
    let mut result = Ok(());
    node.kind.each(&mut |below| {
        if result.is_ok() {
            result = check(below);
        }
    });
    result
}

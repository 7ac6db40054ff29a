//! Who may hear what: nothing of a patient before it was said who speaks, and nothing of a patient on a machine.

use std::collections::BTreeSet;

use super::Checker;
use crate::flow::{Action, Node};
use crate::template::Wording;

impl Checker<'_> {
    pub(super) fn privacy(&mut self) {
        self.disclosures();
        let machines = self.flow.nodes.iter().filter_map(|(name, node)| match node {
            Node::Voicemail(node) if is_private(&node.text) => Some(format!("nodes.{name}.text")),
            _ => None,
        });
        for path in machines.collect::<Vec<_>>() {
            let message = "A machine is heard by anybody: name neither the patient nor the reason.";
            self.add(path, "voicemail", message);
        }
    }

    /// Walks every way that a call can take, with whether whoever listens has been told.
    fn disclosures(&mut self) {
        let edges = self.edges();
        let mut seen = BTreeSet::new();
        let mut bare = BTreeSet::new();
        let mut next = vec![(self.flow.initial_node.as_str(), false)];
        while let Some((name, told)) = next.pop() {
            let Some(node) = self.flow.nodes.get(name) else { continue };
            if !seen.insert((name, told)) {
                continue;
            }
            let tells = node.speaking().is_some_and(|(_, disclosure)| !disclosure.is_empty());
            let is_told = told || tells;
            if !is_told && speaks_of_patients(node) {
                bare.insert(name);
            }
            // behind a tree, a queue or a machine somebody else listens
            let is_new = matches!(node, Node::Ivr(_) | Node::Hold(_) | Node::Classify(_) | Node::Voicemail(_));
            next.extend(edges.get(name).into_iter().flatten().map(|to| (*to, is_told && !is_new)));
        }
        for name in bare.into_iter().map(str::to_owned).collect::<Vec<_>>() {
            let message =
                "Somebody may get here without having been told who speaks: add `disclosure: [automated, …]`.";
            self.add(format!("nodes.{name}"), "disclosure", message);
        }
    }
}

/// A conversation may come to speak of anything.
fn speaks_of_patients(node: &Node) -> bool {
    match node {
        Node::Conversation(node) => {
            let says = |action: &Action| matches!(action, Action::Say { .. });
            !node.functions.is_empty() || is_private(&node.task) || node.pre_actions.iter().any(says)
        }
        Node::Form(_) => true,
        Node::Say(node) => is_private(&node.text),
        _ => false,
    }
}

fn is_private(text: &Wording) -> bool {
    text.all().any(|text| {
        text.slots().next().is_some()
            || text.variables().any(|(path, _)| path.starts_with("patient.") || path.starts_with("state."))
    })
}

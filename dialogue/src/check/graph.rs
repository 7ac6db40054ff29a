//! Where a call can go: every place exists, is reached, and leads to an end without anybody's help.

use std::collections::{BTreeMap, BTreeSet};

use super::Checker;
use crate::flow::{Action, Function, Node};

impl<'f> Checker<'f> {
    pub(super) fn graph(&mut self) {
        self.targets();
        self.reached();
        self.ends();
        self.circles();
        self.cases();
    }

    fn targets(&mut self) {
        let flow = self.flow;
        let mut named = vec![("initial_node".to_owned(), flow.initial_node.as_str())];
        for (name, node) in &flow.nodes {
            named.extend(node.exits().into_iter().map(|(key, to)| (format!("nodes.{name}.{key}"), to)));
        }
        for (place, name, function) in self.functions() {
            for (key, to) in function.transition_to.iter().flat_map(crate::flow::Transition::targets) {
                named.push((format!("{place}.{name}.transition_to{key}"), to));
            }
        }
        let missing: Vec<_> = named.into_iter().filter(|(_, to)| !self.flow.nodes.contains_key(*to)).collect();
        for (path, to) in missing {
            self.add(path, "target", format!("There is no node `{to}`."));
        }
    }

    /// All functions, with where they stand.
    pub(super) fn functions(&self) -> impl Iterator<Item = (&'static str, &'f str, &'f Function)> + use<'f> {
        let flow = self.flow;
        let own = flow.functions.iter().map(|(name, function)| ("functions", name.as_str(), function));
        let everywhere = flow.global_functions.iter();
        own.chain(everywhere.map(|(name, function)| ("global_functions", name.as_str(), function)))
    }

    /// Where a call may go from each node, with the model's help.
    pub(super) fn edges(&self) -> BTreeMap<&'f str, BTreeSet<&'f str>> {
        let flow = self.flow;
        let mut edges = BTreeMap::new();
        for (name, node) in &flow.nodes {
            let mut to: BTreeSet<&str> = node.exits().into_iter().map(|(_, to)| to).collect();
            let own: &[String] = if let Node::Conversation(node) = node { &node.functions } else { &[] };
            let own = own.iter().filter_map(|name| flow.functions.get(name));
            let everywhere = flow.global_functions.values().filter(|_| node.speaking().is_some());
            for transition in own.chain(everywhere).filter_map(|function| function.transition_to.as_ref()) {
                to.extend(transition.targets().into_iter().map(|(_, to)| to));
            }
            edges.insert(name.as_str(), to);
        }
        edges
    }

    fn reached(&mut self) {
        let edges = self.edges();
        let mut reached = BTreeSet::new();
        let mut next = vec![self.flow.initial_node.as_str()];
        while let Some(name) = next.pop() {
            if reached.insert(name) {
                next.extend(edges.get(name).into_iter().flatten());
            }
        }
        let lost: Vec<_> = self.flow.nodes.keys().filter(|name| !reached.contains(name.as_str())).cloned().collect();
        for name in lost {
            self.add(format!("nodes.{name}"), "unreachable", "No call comes here: name it somewhere, or take it out.");
        }
        let used: BTreeSet<&String> = self.flow.nodes.values().flat_map(listed).collect();
        let unused: Vec<_> = self.flow.functions.keys().filter(|name| !used.contains(name)).cloned().collect();
        for name in unused {
            self.add(format!("functions.{name}"), "unused", "No node lists it: list it somewhere, or take it out.");
        }
    }

    /// The proof that no call is stuck: from every node an end is reached by bounds, defaults and what is next alone.
    fn ends(&mut self) {
        let mut safe: BTreeSet<&str> = BTreeSet::new();
        loop {
            let before = safe.len();
            for (name, node) in &self.flow.nodes {
                let ends = match node {
                    Node::End(_) => true,
                    Node::Conversation(node) => {
                        node.post_actions.iter().any(|action| matches!(action, Action::EndCall { .. }))
                            || node.guards.on_exhausted.as_deref().is_some_and(|to| safe.contains(to))
                    }
                    // a phone tree and waiting end by themselves only when their time is up
                    Node::Ivr(_) | Node::Hold(_) => {
                        let to = node.guards().and_then(|guards| guards.on_exhausted.as_deref());
                        to.is_some_and(|to| safe.contains(to))
                    }
                    Node::Transfer(node) => node.cases.values().all(|to| safe.contains(to.as_str())),
                    _ => node.exits().into_iter().any(|(_, to)| safe.contains(to)),
                };
                if ends {
                    safe.insert(name);
                }
            }
            if safe.len() == before {
                break;
            }
        }
        let stuck: Vec<_> = self.flow.nodes.keys().filter(|name| !safe.contains(name.as_str())).cloned().collect();
        for name in stuck {
            let message = "From here no end is reached by bounds, defaults and `next` alone.";
            self.add(format!("nodes.{name}"), "no_end", message);
        }
    }

    /// Forks that lead to each other would turn without time passing.
    fn circles(&mut self) {
        let forks = |name: &str| matches!(self.flow.nodes.get(name), Some(Node::Branch(_)));
        let circular = self.flow.nodes.keys().filter(|name| forks(name)).filter(|start| {
            let (mut seen, mut next) = (BTreeSet::new(), vec![start.as_str()]);
            while let Some(name) = next.pop() {
                for (_, to) in self.flow.nodes.get(name).map(Node::exits).unwrap_or_default() {
                    if to == start.as_str() {
                        return true;
                    }
                    if forks(to) && seen.insert(to.to_owned()) {
                        next.extend(self.flow.nodes.get_key_value(to).map(|(name, _)| name.as_str()));
                    }
                }
            }
            false
        });
        for name in circular.cloned().collect::<Vec<_>>() {
            self.add(format!("nodes.{name}"), "circle", "These forks lead back to each other: nothing would happen.");
        }
    }

    /// Cases that a node cannot do without.
    fn cases(&mut self) {
        use crate::flow::{HoldCase, IvrCase, TransferCase};
        let mut missing = Vec::new();
        for (name, node) in &self.flow.nodes {
            let needs: Vec<(&str, bool)> = match node {
                Node::Ivr(node) => vec![("human", node.cases.contains_key(&IvrCase::Human))],
                Node::Hold(node) => vec![("human", node.cases.contains_key(&HoldCase::Human))],
                Node::Transfer(node) => vec![
                    ("bridged", node.cases.contains_key(&TransferCase::Bridged)),
                    ("no_answer", node.cases.contains_key(&TransferCase::NoAnswer)),
                ],
                _ => Vec::new(),
            };
            let absent = needs.into_iter().filter(|(_, is_there)| !is_there);
            missing.extend(absent.map(|(case, _)| (format!("nodes.{name}.cases"), case)));
            if let Node::Classify(node) = node
                && self.flow.direction != crate::flow::Direction::Outbound
                && node.inbound.is_none()
            {
                missing.push((format!("nodes.{name}"), "inbound"));
            }
        }
        for (path, case) in missing {
            self.add(path, "case", format!("Say where the call goes with `{case}`."));
        }
    }
}

/// The functions that a node lists.
fn listed(node: &Node) -> &[String] {
    if let Node::Conversation(node) = node { &node.functions } else { &[] }
}

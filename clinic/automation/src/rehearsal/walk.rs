//! The steps of a run, taken without doing anything: actions give their samples, waits are passed over.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use super::{RehearsedAction, Sealed};
use crate::decide::{Answer, Next, Surroundings, begin, decide};
use crate::plan::{NodeWork, Plan};

/// Steps of one run that are walked.
const MOST_STEPS: usize = 300;
/// Between looks at the clock.
const STEPS_AT_ONCE: usize = 10;
/// A walk that takes longer ends where it is.
const LONGEST: Duration = Duration::from_millis(50);

/// Walks the steps without doing anything.
pub(super) fn walk(plan: &Plan, vars: Map<String, Value>, around: Surroundings) -> Sealed {
    let mut state = begin(plan, vars);
    let (mut answer, mut around, begun) = (Answer::Go, around, Instant::now());
    let mut sealed = Sealed { label: None, path: Vec::new(), actions: Vec::new(), error: None };
    for _ in 0..MOST_STEPS {
        if begun.elapsed() > LONGEST {
            sealed.error = Some("It takes too long to be rehearsed to its end.".to_owned());
            break;
        }
        let turn = decide(plan, &mut state, answer, &around, STEPS_AT_ONCE);
        for entry in turn.entries {
            if sealed.path.last() != Some(&entry.step) {
                sealed.path.push(entry.step);
            }
        }
        answer = match turn.next {
            Next::Act(request) => {
                let Some(NodeWork::Act(act)) = plan.node(&request.step).map(|node| &node.work) else { break };
                sealed.path.push(request.step.clone());
                sealed.actions.push(RehearsedAction {
                    step: request.step,
                    action: act.action.name.to_owned(),
                    input: Value::Object(request.input),
                });
                Answer::Gave(samples(act.action))
            }
            Next::Wait(waiting) => {
                around.now = waiting.until;
                around.opening = waiting.until;
                Answer::Woken(None)
            }
            Next::Again => Answer::Go,
            Next::Done => break,
            Next::Failed(failure) => {
                sealed.error = Some(failure.message);
                break;
            }
        };
    }
    sealed
}

/// What an action gives, as its samples say.
fn samples(action: &crate::block::Action) -> Value {
    let given: BTreeMap<&str, Value> =
        action.gives.iter().map(|field| (field.key, serde_json::from_str(field.sample).unwrap_or_default())).collect();
    crate::engine::nest(json!(given))
}

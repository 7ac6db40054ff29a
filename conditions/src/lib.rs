//! Conditions of workflows, written as JSONLogic (which is stored, and which the editor writes) or as CEL.
//!
//! A condition is read and checked once and evaluated often. Evaluating is total: it never panics, never loops, and
//! ends with a [`Fault`] once it has cost more than its [`Budget`]. The two languages keep their own meaning: JSONLogic
//! coerces as JavaScript does; CEL has kinds of numbers and times, and takes no mixture of them.
//!
//! Sources: <https://jsonlogic.com/operations.html> and
//! <https://github.com/google/cel-spec/blob/master/doc/langdef.md>.

mod budget;
mod cel;
mod fault;
mod held;
mod logic;
mod names;
mod number;
#[cfg(test)]
mod tests;

use serde_json::Value;

pub use budget::{Budget, DEPTH, LARGEST};
pub use fault::{Code, Fault, Place};
pub use names::Names;

use budget::Meter;
use cel::{Machine, Val};
use logic::Item;

/// A condition that has been read and checked. It may be kept and shared between threads.
#[derive(Clone, Debug)]
pub struct Condition(Language);

#[derive(Clone, Debug)]
enum Language {
    Logic(logic::Rule),
    Cel(cel::Node),
}

impl Condition {
    /// Reads JSONLogic.
    ///
    /// # Errors
    /// It is larger than [`LARGEST`] or deeper than [`DEPTH`], has an unknown operator or a wrong number of arguments.
    /// The place is a JSON pointer.
    pub fn logic(rule: &Value) -> Result<Self, Fault> {
        logic::parse(rule).map(|rule| Self(Language::Logic(rule)))
    }

    /// Reads CEL.
    ///
    /// # Errors
    /// It is larger than [`LARGEST`] or deeper than [`DEPTH`], is not CEL, or has an unknown function, a wrong number
    /// of arguments or a regular expression that cannot be read. The place is an offset in bytes.
    pub fn cel(text: &str) -> Result<Self, Fault> {
        let node = cel::parse(text)?;
        cel::check(&node)?;
        Ok(Self(Language::Cel(node)))
    }

    /// Whether it holds. JSONLogic holds if its value is [truthy](https://jsonlogic.com/truthy.html); CEL, if it is
    /// `true`.
    ///
    /// Facts are an object. Times in it are texts as RFC 3339 writes them: CEL makes times of them with `timestamp()`,
    /// and JSONLogic compares them as texts, which is right for those of one offset.
    ///
    /// # Errors
    /// See [`Condition::value`]; and CEL whose value is no `bool`.
    pub fn holds(&self, facts: &Value, budget: Budget) -> Result<bool, Fault> {
        let mut meter = Meter::new(budget);
        match &self.0 {
            Language::Logic(rule) => logic::evaluate(rule, &Item::of(facts), &mut meter).map(|item| item.truth()),
            Language::Cel(node) => match Machine::new(facts, &mut meter).eval(node)? {
                Val::Bool(answer) => Ok(answer),
                other => {
                    let message = format!("A condition is true or false, and this is {}; compare it.", other.kind());
                    Err(Fault::new(Code::Kind, message))
                }
            },
        }
    }

    /// Its value as JSON. What JSON has not becomes text in CEL, as its specification maps it: times, durations, bytes
    /// as Base64, and whole numbers beyond 2^53.
    ///
    /// # Errors
    /// Division by zero, overflow and numbers without an end; in CEL everything else that the language calls an error,
    /// such as facts that are not there; a value that JSON cannot say; more steps or memory than the budget allows.
    pub fn value(&self, facts: &Value, budget: Budget) -> Result<Value, Fault> {
        let mut meter = Meter::new(budget);
        match &self.0 {
            Language::Logic(rule) => {
                let item = logic::evaluate(rule, &Item::of(facts), &mut meter)?;
                item.json(0, &mut meter)
            }
            Language::Cel(node) => {
                let value = Machine::new(facts, &mut meter).eval(node)?;
                value.json(0, &mut meter)
            }
        }
    }

    /// The facts that it reads.
    #[must_use]
    pub fn names(&self) -> Names {
        let mut names = Names::default();
        match &self.0 {
            Language::Logic(rule) => logic::names(rule, Some(""), &mut names),
            Language::Cel(node) => cel::names(node, &mut names),
        }
        names
    }
}

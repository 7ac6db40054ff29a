//! Who answers in a call: a language model, or a script that stands in for one.

use std::sync::Arc;

use dialogue::{Context, Message as Said, Question};
use speech::{Answering, Line, Message, Model, Piece, Tool, ToolCall, Trouble, Usage};
use tokio::sync::mpsc;

use crate::flow::Loaded;

/// Who answers.
#[derive(Clone)]
pub enum Mind {
    /// The script beside the flow: the same question, the same answer.
    Scripted(Arc<Loaded>, Arc<Context>),
    /// A language model.
    Model(Arc<dyn Model>),
}

/// Pieces that wait to be taken up.
const WAITING: usize = 64;

impl Mind {
    /// Asks. What comes back ends with [`Piece::Done`] or an error.
    ///
    /// # Errors
    /// The model is away.
    pub async fn ask(&self, node: &str, question: Question) -> Result<Line<Answering, Piece>, Trouble> {
        match self {
            Self::Scripted(loaded, context) => {
                Ok(scripted(Arc::clone(loaded), Arc::clone(context), node.to_owned(), question))
            }
            Self::Model(model) => model.ask(worded(question)).await,
        }
    }
}

/// The script's answer, as a model would give it.
fn scripted(loaded: Arc<Loaded>, context: Arc<Context>, node: String, question: Question) -> Line<Answering, Piece> {
    let (to, _) = mpsc::channel(1);
    let (give, from) = mpsc::channel(WAITING);
    let task = tokio::spawn(async move {
        for piece in loaded.answer(&node, &question, &context) {
            let piece = match piece {
                dialogue::Piece::Text(text) => Piece::Text(text),
                dialogue::Piece::Call(call) => Piece::Call(called(call)),
            };
            if give.send(Ok(piece)).await.is_err() {
                return;
            }
        }
        let _ = give.send(Ok(Piece::Done(Usage::default()))).await;
    });
    Line { to, from, kept: task.into() }
}

fn called(call: dialogue::ToolCall) -> ToolCall {
    ToolCall { id: call.id, name: call.name, arguments: call.arguments }
}

/// The engine's question in the words of the port.
fn worded(question: Question) -> speech::Question {
    let message = |said: Said| match said {
        Said::System(text) => Message::System(text),
        Said::User(text) => Message::User(text),
        Said::Assistant { text, calls } => Message::Assistant { text, calls: calls.into_iter().map(called).collect() },
        Said::Tool { id, text } => Message::Tool { id, text },
    };
    let tool =
        |tool: dialogue::Tool| Tool { name: tool.name, description: tool.description, parameters: tool.parameters };
    speech::Question {
        messages: question.messages.into_iter().map(message).collect(),
        tools: question.tools.into_iter().map(tool).collect(),
        longest: question.longest,
    }
}

//! What the areas offer to workflows, handed over to the engine, which knows none of them.

use automation::block::Blocks;
use automation::{Clinic, install as hand_over};
use platform::error::Result;

/// Hands everything over.
///
/// # Errors
/// When blocks contradict each other; says which.
pub fn install() -> Result<()> {
    let blocks = [
        patients::blocks(),
        scheduling::blocks(),
        messaging::blocks(),
        tasks::blocks(),
        notices::blocks(),
        webhooks::blocks(),
        voice::blocks(),
    ];
    let clinic = Clinic {
        opening: Some(|tx, from| Box::pin(practice::next_opening(tx, from))),
        facts: Some(|tx| Box::pin(practice::facts(tx))),
    };
    hand_over(blocks.into_iter().fold(Blocks::default(), Blocks::merge), clinic)
}

//! What words mean, in English and Arabic, by rules alone: texts that are the same although they are written otherwise,
//! answers, menus of phone trees, what machines say; and how values are said.

mod answers;
mod machines;
mod menu;
mod normal;
mod sentences;
mod spoken;

pub(crate) use answers::{answer, date, is_backchannel, is_same, yes_or_no};
pub(crate) use machines::{Sounds, callback_offer, is_alike, sounds_like};
pub(crate) use menu::{Choice, asks_for, menu};
pub(crate) use normal::{contains, has_phrase, tokens};
pub(crate) use sentences::sentences;
pub(crate) use spoken::spoken;

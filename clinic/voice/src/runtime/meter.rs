//! What a call uses and costs, by the prices that its `services.yaml` names.

use std::time::Duration;

use dialogue::services::Prices;
use serde_json::{Value, json};

/// Counts what one call uses.
#[derive(Clone, Copy, Debug, Default)]
pub struct Meter {
    /// US dollars.
    prices: Prices,
    /// What the call may cost, in millionths of a dollar; without bound where none is named.
    most: Option<i64>,
    /// Questions to a model.
    pub questions: u32,
    /// Tokens asked and answered.
    pub tokens: u32,
    /// Characters that were said.
    pub characters: u32,
    /// On a telephone.
    pub telephone: Duration,
    /// In which somebody recognised.
    pub heard: Duration,
}

impl Meter {
    /// One that has counted nothing; `most` in cents.
    pub fn new(prices: Prices, most: Option<u32>) -> Self {
        Self { prices, most: most.map(|cents| i64::from(cents) * 10_000), ..Self::default() }
    }

    /// Millionths of a dollar so far.
    pub fn micros(&self) -> i64 {
        let minutes = |time: Duration| time.as_secs_f64() / 60.0;
        let million = |count: u32| f64::from(count) / 1e6;
        let Prices { telephony_minute, stt_minute, llm_million_tokens, tts_million_characters } = self.prices;
        let dollars = telephony_minute * minutes(self.telephone)
            + stt_minute * minutes(self.heard)
            + llm_million_tokens * million(self.tokens)
            + tts_million_characters * million(self.characters);
        (dollars * 1e6).round() as i64
    }

    /// Whether it has cost more than it may.
    pub fn is_over(&self) -> bool {
        self.most.is_some_and(|most| self.micros() > most)
    }

    /// What it used.
    pub fn used(&self) -> Value {
        json!({
            "questions": self.questions,
            "tokens": self.tokens,
            "characters": self.characters,
            "telephoneSeconds": self.telephone.as_secs(),
            "recognisedSeconds": self.heard.as_secs(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_costs_what_its_parts_cost() {
        let prices = Prices {
            telephony_minute: 0.014,
            stt_minute: 0.0077,
            llm_million_tokens: 2.0,
            tts_million_characters: 30.0,
        };
        let mut meter = Meter::new(prices, Some(5));
        assert_eq!((meter.micros(), meter.is_over()), (0, false));
        meter.telephone = Duration::from_secs(120);
        meter.heard = Duration::from_secs(60);
        (meter.tokens, meter.characters) = (1_500, 400);
        // 0.028 + 0.0077 + 0.003 + 0.012 dollars
        assert_eq!((meter.micros(), meter.is_over()), (50_700, true));
        assert!(!Meter { most: None, ..meter }.is_over());
        assert!(!Meter { most: Some(50_700), ..meter }.is_over());
    }
}

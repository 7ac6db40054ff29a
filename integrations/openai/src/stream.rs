//! Server-sent events, as far as chat completions use them: one line of data each. Comments, names and ids say nothing.

use speech::Trouble;

/// Longest line in bytes. A piece of an answer has some hundreds.
const LONGEST: usize = 1_048_576;

/// Lines out of pieces that are cut anywhere.
#[derive(Default)]
pub(crate) struct Events {
    rest: Vec<u8>,
    /// Of `rest`, what was searched for the end of a line.
    searched: usize,
}

impl Events {
    /// More bytes.
    ///
    /// # Errors
    /// `protocol` when a line has no end.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        self.rest.extend_from_slice(bytes);
        if self.rest.len() > LONGEST { Err(Trouble::new("protocol")) } else { Ok(()) }
    }

    /// The data of the next event that is whole.
    pub(crate) fn next(&mut self) -> Option<Vec<u8>> {
        loop {
            let Some(end) = self.rest[self.searched..].iter().position(|byte| *byte == b'\n') else {
                self.searched = self.rest.len();
                return None;
            };
            let mut line: Vec<u8> = self.rest.drain(..=self.searched + end).collect();
            self.searched = 0;
            while matches!(line.last(), Some(b'\n' | b'\r')) {
                line.pop();
            }
            if let Some(data) = line.strip_prefix(b"data:") {
                return Some(data.strip_prefix(b" ").unwrap_or(data).to_vec());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(events: &mut Events) -> Vec<String> {
        std::iter::from_fn(|| events.next()).map(|data| String::from_utf8(data).expect("text")).collect()
    }

    #[test]
    fn only_data_counts() {
        let mut events = Events::default();
        events.push(b": alive\r\nevent: x\nid: 1\ndata: a\r\n\r\ndata:b\n\ndata:  c\n\nnonsense\n").expect("short");
        assert_eq!(all(&mut events), ["a", "b", " c"]);
        assert_eq!(events.push(&vec![b'x'; LONGEST + 1]), Err(Trouble::new("protocol")));
    }

    proptest! {
        #[test]
        fn cuts_do_not_matter(lines in prop::collection::vec("[^\r\n]{0,20}", 0..8), cuts in prop::collection::vec(0_usize..9, 0..40)) {
            let mut text: String = lines.iter().map(|line| format!("data: {line}\n\n")).collect();
            text.push_str("data: cut o");
            let (mut events, mut read, mut rest) = (Events::default(), Vec::new(), text.as_bytes());
            for cut in cuts.into_iter().chain([usize::MAX]) {
                let (piece, other) = rest.split_at(cut.min(rest.len()));
                rest = other;
                events.push(piece).expect("short");
                read.extend(all(&mut events));
            }
            prop_assert_eq!(read, lines);
        }
    }
}

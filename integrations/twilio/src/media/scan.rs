//! Messages with sound, without looking at anything twice.

use super::Media;

/// A message with sound, when it is written as Twilio writes it: without spaces and escapes, every name once. Of anything
/// else nothing, and the slower reader looks at it.
pub(super) fn scan(text: &str) -> Option<Media<'_>> {
    let mut scanner = Scanner { text, at: 0 };
    let (mut event, mut sequence, mut media) = (None, None, None);
    scanner.object(|scanner, name| match name {
        "event" => once(&mut event, scanner.string()?),
        "sequenceNumber" => once(&mut sequence, scanner.string()?),
        "media" => once(&mut media, scanner.media()?),
        "start" | "dtmf" | "mark" => None,
        _ => scanner.string().map(|_| ()),
    })?;
    if scanner.at != text.len() || event != Some("media") {
        return None;
    }
    let (track, timestamp, payload) = media?;
    Some(Media { track, timestamp, sequence: sequence?, payload })
}

fn once<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.replace(value).is_none().then_some(())
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    fn byte(&mut self) -> Option<u8> {
        let byte = self.text.as_bytes().get(self.at).copied()?;
        self.at += 1;
        Some(byte)
    }

    fn expect(&mut self, expected: u8) -> Option<()> {
        (self.byte()? == expected).then_some(())
    }

    fn string(&mut self) -> Option<&'a str> {
        self.expect(b'"')?;
        let rest = self.text.get(self.at..)?;
        let end = rest.bytes().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20))?;
        self.at += end;
        self.expect(b'"')?;
        rest.get(..end)
    }

    /// An object with something in it.
    fn object(&mut self, mut field: impl FnMut(&mut Self, &'a str) -> Option<()>) -> Option<()> {
        self.expect(b'{')?;
        loop {
            let name = self.string()?;
            self.expect(b':')?;
            field(self, name)?;
            match self.byte()? {
                b',' => {}
                b'}' => return Some(()),
                _ => return None,
            }
        }
    }

    fn media(&mut self) -> Option<(&'a str, &'a str, &'a str)> {
        let (mut track, mut timestamp, mut payload) = (None, None, None);
        self.object(|scanner, name| match name {
            "track" => once(&mut track, scanner.string()?),
            "timestamp" => once(&mut timestamp, scanner.string()?),
            "payload" => once(&mut payload, scanner.string()?),
            _ => scanner.string().map(|_| ()),
        })?;
        Some((track?, timestamp?, payload?))
    }
}

//! µ-law, as telephones write sound: ITU-T G.711, table 2.
//!
//! A sample of 14 bits becomes a sign, one of eight segments and one of sixteen steps within it; each segment's steps are
//! twice as large as the one's before. All bits are sent inverted. Samples here have 16 bits: the lowest two are below
//! what µ-law can say.

/// Silence.
pub const SILENCE: u8 = 0xff;

/// Added to a magnitude, so that each segment begins at a power of two: 33 of 14 bits.
const BIAS: u16 = 33 << 2;
/// The largest magnitude that does not leave the last segment.
const LARGEST: u16 = 8158 << 2;

static DECODED: [i16; 256] = decoded();

/// The sample that a code stands for.
#[must_use]
pub fn decode(code: u8) -> i16 {
    DECODED[usize::from(code)]
}

/// The code whose interval a sample lies in.
#[must_use]
pub fn encode(sample: i16) -> u8 {
    let biased = sample.unsigned_abs().min(LARGEST) + BIAS;
    // between 7, for the bit of the bias, and 14
    let highest = 15 - biased.leading_zeros();
    let segment = highest - 7;
    let step = (biased >> (segment + 3)) & 0x0f;
    let [_, code] = ((u16::try_from(segment).unwrap_or(7) << 4) | step).to_be_bytes();
    let sign = if sample < 0 { 0x80 } else { 0 };
    !(sign | code)
}

const fn decoded() -> [i16; 256] {
    let mut all = [0; 256];
    let mut code: u8 = 0;
    loop {
        let bits = !code;
        let segment = (bits >> 4) & 7;
        // the middle of the step
        let biased = (((bits & 0x0f) as i16) << 3) + 0x84;
        let magnitude = (biased << segment) - 0x84;
        all[code as usize] = if bits & 0x80 == 0 { magnitude } else { -magnitude };
        if code == u8::MAX {
            return all;
        }
        code += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Table 2a of G.711, written out: the first interval is half as wide, then sixteen steps for each segment. Yields for
    /// each magnitude of 14 bits the number of its interval, and for each interval its value.
    fn table() -> (Vec<usize>, Vec<u16>) {
        let mut interval_of = vec![0];
        let mut values = vec![0];
        let mut decision = 1;
        for segment in 0..8 {
            let width: u16 = 2 << segment;
            for _ in 0..if segment == 0 { 15 } else { 16 } {
                values.push(decision + width / 2);
                interval_of.extend(vec![values.len() - 1; width.into()]);
                decision += width;
            }
        }
        (interval_of, values)
    }

    #[test]
    fn every_sample_is_written_as_the_table_says() {
        let (interval_of, values) = table();
        assert_eq!((values.len(), values[127], interval_of.len()), (128, 8031, 8159));
        for sample in i16::MIN..=i16::MAX {
            let magnitude = usize::from(sample.unsigned_abs() >> 2).min(8158);
            let interval = interval_of[magnitude];
            let sign = if sample < 0 { 0x80 } else { 0 };
            let code = encode(sample);
            assert_eq!(!code, sign | u8::try_from(interval).expect("128 intervals"), "{sample}");
            assert_eq!(decode(code).unsigned_abs() >> 2, values[interval], "{sample}");
        }
    }

    #[test]
    fn every_code_comes_back() {
        for code in 0..=u8::MAX {
            let again = encode(decode(code));
            // zero has two codes, and is written as the positive one
            assert_eq!(again, if code == 0x7f { SILENCE } else { code });
            assert_eq!(decode(code) < 0, code < 0x7f, "{code}");
        }
    }
}

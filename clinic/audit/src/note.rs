//! Signed notes (c2sp.org/signed-note): a text and, below it, signatures that name their key. Ed25519 (RFC 8032).
//!
//! The keys come from the installation's root keys (HKDF), so that there is nothing more to keep safe. While the root
//! key is being changed, notes carry a signature of each, and every note names the keys that signed it: whoever trusts
//! one of them learns the other.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use platform::{App, Error, Result};

use crate::merkle::digest;

/// Name of the keys, and first line of a checkpoint.
pub const ORIGIN: &str = "vantage.ledger";
/// Ed25519, in the language of signed notes.
const ALGORITHM: u8 = 1;

/// What an auditor needs to know of us. Written as `name+hash+key` (c2sp.org/signed-note, verifier keys).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    name: String,
    bytes: Vec<u8>,
}

impl PublicKey {
    /// Tells keys of the same name apart.
    fn hash(&self) -> [u8; 4] {
        let digest = digest(&[self.name.as_bytes(), b"\n", &[ALGORITHM], &self.bytes]);
        [digest[0], digest[1], digest[2], digest[3]]
    }

    /// Whether this key made that signature of that text.
    fn made(&self, text: &str, signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.bytes).verify(text.as_bytes(), signature).is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hash = u32::from_be_bytes(self.hash());
        write!(f, "{}+{hash:08x}+{}", self.name, STANDARD.encode([&[ALGORITHM], self.bytes.as_slice()].concat()))
    }
}

impl FromStr for PublicKey {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let read = || {
            let (name, rest) = text.trim().split_once('+')?;
            let (hash, key) = rest.split_once('+')?;
            let bytes = STANDARD.decode(key).ok()?;
            let bytes = bytes.strip_prefix(&[ALGORITHM]).filter(|bytes| bytes.len() == 32)?.to_vec();
            let key = Self { name: name.to_owned(), bytes };
            (format!("{:08x}", u32::from_be_bytes(key.hash())) == hash).then_some(key)
        };
        read().ok_or_else(|| Error::internal("a public key looks as `vantage audit key` prints it: name+hash+key"))
    }
}

/// The keys that sign, the present one first.
#[derive(Debug)]
pub struct Signer(Vec<(PublicKey, Ed25519KeyPair)>);

impl Signer {
    /// Those of this installation.
    ///
    /// # Errors
    /// Never in practice: the length of a seed is fixed.
    pub fn of(app: &App) -> Result<Self> {
        let mut keys = Vec::new();
        for seed in app.root().derive("ledger-checkpoint")? {
            let pair =
                Ed25519KeyPair::from_seed_unchecked(seed.expose()).map_err(|_| Error::internal("signing key"))?;
            let public = PublicKey { name: ORIGIN.to_owned(), bytes: pair.public_key().as_ref().to_vec() };
            keys.push((public, pair));
        }
        Ok(Self(keys))
    }

    /// What belongs to them.
    #[must_use]
    pub fn public_keys(&self) -> Vec<PublicKey> {
        self.0.iter().map(|(public, _)| public.clone()).collect()
    }

    /// A note with this text, which must end with a line break, and a line for each key that signs.
    #[must_use]
    pub fn sign(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (public, _) in &self.0 {
            text += &format!("key {public}\n");
        }
        let mut note = format!("{text}\n");
        for (public, pair) in &self.0 {
            let signature = [&public.hash(), pair.sign(text.as_bytes()).as_ref()].concat();
            note += &format!("— {} {}\n", public.name, STANDARD.encode(signature));
        }
        note
    }
}

/// The text of a note that one of these keys signed.
#[must_use]
pub fn verify<'a>(note: &'a str, trusted: &[PublicKey]) -> Option<&'a str> {
    let (text, signatures) = note.rsplit_once("\n\n").map(|(text, rest)| (&note[..=text.len()], rest))?;
    let good = signatures.lines().any(|line| {
        let Some((name, signature)) = line.strip_prefix("— ").and_then(|line| line.split_once(' ')) else {
            return false;
        };
        let Ok(signature) = STANDARD.decode(signature) else { return false };
        let Some((hash, signature)) = signature.split_at_checked(4) else { return false };
        trusted.iter().any(|key| key.name == name && key.hash() == hash && key.made(text, signature))
    });
    good.then_some(text)
}

/// The keys that a note's text names.
pub fn keys_named(text: &str) -> impl Iterator<Item = PublicKey> {
    text.lines().filter_map(|line| line.strip_prefix("key ")?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer(seeds: &[u8]) -> Signer {
        let pair = |seed: &u8| {
            let pair = Ed25519KeyPair::from_seed_unchecked(&[*seed; 32]).expect("a key");
            (PublicKey { name: ORIGIN.to_owned(), bytes: pair.public_key().as_ref().to_vec() }, pair)
        };
        Signer(seeds.iter().map(pair).collect())
    }

    /// RFC 8032 §7.1, test 1, and the key hash of c2sp.org/signed-note computed apart from this code.
    #[test]
    fn keys_are_those_of_the_rfc_and_read_back() {
        let seed = [
            0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44, 0x49,
            0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60,
        ];
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).expect("a key");
        let key = PublicKey { name: ORIGIN.to_owned(), bytes: pair.public_key().as_ref().to_vec() };
        let text = key.to_string();
        assert_eq!(text, "vantage.ledger+a8efa55b+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea");
        assert_eq!(text.parse::<PublicKey>().expect("reads"), key);
        for bad in ["", "vantage.ledger", &text.replace("AGCsQq", "AGCsQr"), &text.replace("ledger", "ledgers")] {
            assert!(bad.parse::<PublicKey>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_note_is_believed_only_as_it_was_signed() {
        let ours = signer(&[1]);
        let note = ours.sign("vantage.ledger\n7\nroot\n");
        let text = verify(&note, &ours.public_keys()).expect("good");
        assert_eq!(text, format!("vantage.ledger\n7\nroot\nkey {}\n", ours.public_keys()[0]));
        assert!(verify(&note, &signer(&[2]).public_keys()).is_none(), "another key");
        assert!(verify(&note.replace("\n7\n", "\n8\n"), &ours.public_keys()).is_none(), "another text");
        for rubbish in ["", "\n\n", "a\n\n— x", "a\n\n— vantage.ledger !!\n", "a\n\n— vantage.ledger AAAA\n"] {
            assert!(verify(rubbish, &ours.public_keys()).is_none(), "{rubbish}");
        }
    }

    #[test]
    fn a_change_of_keys_is_told_by_both() {
        let (old, both, new) = (signer(&[1]), signer(&[2, 1]), signer(&[2]));
        let note = both.sign("vantage.ledger\n");
        for trusted in [old, new] {
            let text = verify(&note, &trusted.public_keys()).expect("good");
            assert_eq!(keys_named(text).collect::<Vec<_>>(), both.public_keys());
        }
    }
}

//! The Merkle tree of RFC 6962 §2.1: leaves `SHA-256(0x00 ‖ data)`, nodes `SHA-256(0x01 ‖ left ‖ right)`.
//!
//! Only complete subtrees are ever stored, each with the leaf that completes it; everything else (roots of any size,
//! proofs) follows from those in a logarithmic number of look-ups. `(level, index)` names the subtree over the leaves
//! `index · 2^level ..(index + 1) · 2^level`.

use aws_lc_rs::digest::{Context, SHA256};

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// Hash of a leaf over these bytes.
#[must_use]
pub fn leaf_hash(data: &[u8]) -> Hash {
    digest(&[&[0], data])
}

/// Hash of the node above two others.
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    digest(&[&[1], left, right])
}

/// Plain SHA-256 over the parts.
pub(crate) fn digest(parts: &[&[u8]]) -> Hash {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(part);
    }
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

/// The right edge of a growing tree: the complete subtrees that its leaves fall into, the largest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// Goes on from a tree of that size. `None` when the number of peaks does not fit the size.
    #[must_use]
    pub fn resume(size: u64, peaks: Vec<Hash>) -> Option<Self> {
        (peaks.len() == size.count_ones() as usize).then_some(Self { size, peaks })
    }

    /// Leaves so far.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf; answers the hashes of the subtrees that it completes, from level 1 upwards.
    pub fn push(&mut self, leaf: Hash) -> Vec<Hash> {
        let mut completed = Vec::new();
        let mut hash = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                hash = node_hash(&left, &hash);
                completed.push(hash);
            }
        }
        self.peaks.push(hash);
        self.size += 1;
        completed
    }

    /// Appends a complete subtree of two to the power of `level` leaves; false when it cannot begin at this place.
    pub fn push_subtree(&mut self, level: u32, hash: Hash) -> bool {
        let Some(leaves) = 1u64.checked_shl(level) else { return false };
        let Some(size) = self.size.checked_add(leaves).filter(|_| self.size.is_multiple_of(leaves)) else {
            return false;
        };
        let mut hash = hash;
        for _ in 0..(self.size >> level).trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                hash = node_hash(&left, &hash);
            }
        }
        self.peaks.push(hash);
        self.size = size;
        true
    }

    /// The root; that of an empty tree is the hash of nothing.
    #[must_use]
    pub fn root(&self) -> Hash {
        let folded = self.peaks.iter().rev().copied().reduce(|right, left| node_hash(&left, &right));
        folded.unwrap_or_else(|| digest(&[]))
    }
}

/// One thing a proof needs: a complete subtree, or several that together are the incomplete one at the right edge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part(Vec<(u32, u64)>);

impl Part {
    /// The complete subtrees, from left to right.
    #[must_use]
    pub fn nodes(&self) -> &[(u32, u64)] {
        &self.0
    }

    /// The hash, given those of its subtrees.
    pub fn hash<E>(&self, node: &mut impl FnMut(u32, u64) -> Result<Hash, E>) -> Result<Hash, E> {
        let mut hashes = self.0.iter().map(|(level, index)| node(*level, *index)).collect::<Result<Vec<_>, E>>()?;
        let mut hash = hashes.pop().unwrap_or_else(|| digest(&[]));
        while let Some(left) = hashes.pop() {
            hash = node_hash(&left, &hash);
        }
        Ok(hash)
    }
}

/// What covers the leaves `from..to` of a tree, where the range is one that the tree's halving arrives at.
#[must_use]
pub fn part(from: u64, to: u64) -> Part {
    let mut nodes = Vec::new();
    let mut at = from;
    while at < to {
        // halving cuts at the largest power of two below the size, so subtrees shrink from left to right
        let level = (to - at).ilog2();
        nodes.push((level, at >> level));
        at += 1 << level;
    }
    Part(nodes)
}

/// The complete subtrees that together cover the leaves `from..to`, from left to right, each as large as its place and
/// the range allow.
#[must_use]
pub fn cover(from: u64, to: u64) -> Vec<(u32, u64)> {
    let (mut nodes, mut at) = (Vec::new(), from);
    while at < to {
        let level = at.trailing_zeros().min((to - at).ilog2());
        nodes.push((level, at >> level));
        at += 1 << level;
    }
    nodes
}

/// Where a tree over so many leaves is cut: the largest power of two below that number.
#[must_use]
pub fn cut(leaves: u64) -> u64 {
    debug_assert!(leaves > 1, "a leaf is not cut");
    1 << (leaves - 1).ilog2()
}

/// The audit path of a leaf (RFC 6962 §2.1.1): its siblings, the nearest first. Empty when there is no such leaf.
#[must_use]
pub fn path(index: u64, size: u64) -> Vec<Part> {
    let mut path = Vec::new();
    let (mut from, mut to) = (0, size);
    while index < size && to - from > 1 {
        let middle = from + cut(to - from);
        if index < middle {
            path.push(part(middle, to));
            to = middle;
        } else {
            path.push(part(from, middle));
            from = middle;
        }
    }
    path.reverse();
    path
}

/// The root that a leaf and its audit path lead to (RFC 9162 §2.1.3.2); `None` when the path cannot belong to that
/// place.
#[must_use]
pub fn root_of(leaf: Hash, index: u64, size: u64, path: &[Hash]) -> Option<Hash> {
    let (mut node, mut last) = (index, size.checked_sub(1).filter(|last| index <= *last)?);
    let mut hash = leaf;
    for sibling in path {
        if last == 0 {
            return None;
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    (last == 0).then_some(hash)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;
    use proptest::prelude::*;

    /// RFC 6962 §2.1 word for word, with nothing remembered.
    mod oracle {
        use super::Hash;

        fn sha256(data: &[u8]) -> Hash {
            platform::crypto::sha256(data).try_into().expect("32 bytes")
        }

        fn k(n: usize) -> usize {
            let mut k = 1;
            while k * 2 < n {
                k *= 2;
            }
            k
        }

        pub fn mth(d: &[Vec<u8>]) -> Hash {
            match d {
                [] => sha256(b""),
                [d0] => sha256(&[&[0], d0.as_slice()].concat()),
                _ => {
                    let (left, right) = d.split_at(k(d.len()));
                    sha256(&[[1].as_slice(), &mth(left), &mth(right)].concat())
                }
            }
        }

        pub fn path(m: usize, d: &[Vec<u8>]) -> Vec<Hash> {
            if d.len() == 1 {
                return Vec::new();
            }
            let k = k(d.len());
            let (mut path, last) =
                if m < k { (path(m, &d[..k]), mth(&d[k..])) } else { (path(m - k, &d[k..]), mth(&d[..k])) };
            path.push(last);
            path
        }
    }

    /// A tree as it is stored: each leaf with the subtrees it completes.
    fn stored(data: &[Vec<u8>]) -> (Frontier, Vec<(Hash, Vec<Hash>)>) {
        let mut frontier = Frontier::default();
        let rows = data.iter().map(|data| leaf_hash(data)).map(|leaf| (leaf, frontier.push(leaf))).collect();
        (frontier, rows)
    }

    fn node(rows: &[(Hash, Vec<Hash>)], level: u32, index: u64) -> Hash {
        let (leaf, nodes) = &rows[usize::try_from((index + 1) << level).expect("small") - 1];
        if level == 0 { *leaf } else { nodes[level as usize - 1] }
    }

    fn hashes(rows: &[(Hash, Vec<Hash>)], parts: &[Part]) -> Vec<Hash> {
        let mut find = |level, index| Ok::<_, Infallible>(node(rows, level, index));
        parts.iter().map(|part| part.hash(&mut find).expect("found")).collect()
    }

    /// The inputs and roots of the reference implementation of Certificate Transparency
    /// (google/certificate-transparency, `merkle_tree_test.cc`).
    #[test]
    fn the_known_roots_are_ours() {
        let inputs =
            ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
        let roots = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let bytes = |text: &str| -> Vec<u8> {
            (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).expect("hexadecimal")).collect()
        };
        let mut frontier = Frontier::default();
        assert_eq!(frontier.root().to_vec(), bytes("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
        for (input, root) in inputs.iter().zip(roots) {
            frontier.push(leaf_hash(&bytes(input)));
            assert_eq!(frontier.root().to_vec(), bytes(root));
        }
    }

    proptest! {
        #[test]
        fn roots_and_paths_are_those_of_the_rfc(data in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..4), 1..80), pick in any::<prop::sample::Index>()) {
            let (frontier, rows) = stored(&data);
            prop_assert_eq!(frontier.root(), oracle::mth(&data));
            let m = pick.index(data.len());
            let found = hashes(&rows, &path(m as u64, data.len() as u64));
            prop_assert_eq!(&found, &oracle::path(m, &data));
            prop_assert_eq!(root_of(rows[m].0, m as u64, data.len() as u64, &found), Some(frontier.root()));
        }

        #[test]
        fn a_proof_serves_one_leaf_in_one_place_of_one_tree(size in 2u64..200, pick in any::<prop::sample::Index>(), other in any::<prop::sample::Index>(), byte in any::<prop::sample::Index>()) {
            let data: Vec<Vec<u8>> = (0..size).map(|i| i.to_be_bytes().to_vec()).collect();
            let (frontier, rows) = stored(&data);
            let (m, n) = (pick.index(data.len()), other.index(data.len()));
            let proof = hashes(&rows, &path(m as u64, size));
            if m != n {
                prop_assert_ne!(root_of(rows[n].0, m as u64, size, &proof), Some(frontier.root()));
                prop_assert_ne!(root_of(rows[m].0, n as u64, size, &proof), Some(frontier.root()));
            }
            let mut bent = proof.clone();
            bent[byte.index(proof.len())][7] ^= 1;
            prop_assert_ne!(root_of(rows[m].0, m as u64, size, &bent), Some(frontier.root()));
            prop_assert_eq!(root_of(rows[m].0, m as u64, size, &proof[1..]), None);
            prop_assert_eq!(root_of(rows[m].0, size, size, &proof), None);
        }

        #[test]
        fn subtrees_stand_for_their_leaves(size in 1u64..150, a in any::<prop::sample::Index>(), b in any::<prop::sample::Index>()) {
            let data: Vec<Vec<u8>> = (0..size).map(|i| i.to_be_bytes().to_vec()).collect();
            let (frontier, rows) = stored(&data);
            let (a, b) = (a.index(data.len()) as u64, b.index(data.len()) as u64);
            let (from, to) = (a.min(b), a.max(b));
            let mut covered = Frontier::default();
            for (level, index) in cover(0, from).into_iter().chain((from..to).map(|leaf| (0, leaf))).chain(cover(to, size)) {
                prop_assert_eq!(covered.size(), index << level);
                prop_assert!(covered.push_subtree(level, node(&rows, level, index)));
            }
            prop_assert_eq!(covered, frontier);
        }

        #[test]
        fn a_tree_goes_on_where_it_stopped(before in 0u64..100, after in 0u64..100) {
            let data: Vec<Vec<u8>> = (0..before + after).map(|i| i.to_be_bytes().to_vec()).collect();
            let (half, rows) = stored(&data[..usize::try_from(before).expect("small")]);
            let peaks = hashes(&rows, &part(0, before).nodes().iter().map(|node| Part(vec![*node])).collect::<Vec<_>>());
            let mut resumed = Frontier::resume(before, peaks).expect("fits");
            prop_assert_eq!(&resumed, &half);
            for data in &data[usize::try_from(before).expect("small")..] {
                resumed.push(leaf_hash(data));
            }
            prop_assert_eq!(resumed.root(), oracle::mth(&data));
        }
    }
}

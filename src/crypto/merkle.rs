//! The hash tree of RFC 6962: what was appended once cannot be changed, left out or swapped without another root.

use crate::crypto::sha256_array as hash;

/// A hash of the tree.
pub type Hash = [u8; 32];

/// The bytes of a leaf: those of an entry behind what tells a leaf from a node. Used again for the next leaf, because a trail has
/// millions of them.
pub struct Leaf(Vec<u8>);

impl Default for Leaf {
    fn default() -> Self {
        Self(vec![LEAF])
    }
}

/// What the bytes of a leaf begin with, …
const LEAF: u8 = 0;
/// … and those of a node.
const NODE: u8 = 1;

impl Leaf {
    /// The hash of the leaf of an entry that is written here.
    pub fn hash(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> Hash {
        self.0.truncate(1);
        write(&mut self.0);
        hash(&self.0)
    }
}

/// The hash of the leaf of an entry.
pub fn leaf(entry: &[u8]) -> Hash {
    Leaf::default().hash(|bytes| bytes.extend_from_slice(entry))
}

fn node(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [NODE; 65];
    let (one, other) = bytes.split_at_mut(1).1.split_at_mut(32);
    one.copy_from_slice(left);
    other.copy_from_slice(right);
    hash(&bytes)
}

/// The right edge of a tree: the roots of its perfect subtrees, the largest first. All that is needed to append to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edge {
    size: u64,
    peaks: Vec<Hash>,
}

impl Edge {
    /// The edge of a tree of this size, as [`Self::bytes`] wrote it; none if it is none.
    pub fn read(size: u64, bytes: &[u8]) -> Option<Self> {
        let (peaks, rest) = bytes.as_chunks::<32>();
        let fits = rest.is_empty() && u32::try_from(peaks.len()).ok() == Some(size.count_ones());
        fits.then(|| Self { size, peaks: peaks.to_vec() })
    }

    /// The edge as bytes.
    pub fn bytes(&self) -> Vec<u8> {
        self.peaks.concat()
    }

    /// Leaves of the tree.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf.
    pub fn push(&mut self, leaf: Hash) {
        let mut last = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                last = node(&left, &last);
            }
        }
        self.peaks.push(last);
        self.size += 1;
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else { return hash(b"") };
        peaks.fold(*last, |right, left| node(left, &right))
    }
}

/// The hashes that prove that the leaf at an index is in the tree of these leaves, from the leaf up (RFC 6962 §2.1.1).
pub fn inclusion(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    let mut proof = Vec::new();
    let (mut index, mut leaves) = (index, leaves);
    while leaves.len() > 1 {
        let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
        if index < left.len() {
            proof.push(root(right));
            leaves = left;
        } else {
            proof.push(root(left));
            index -= left.len();
            leaves = right;
        }
    }
    proof.reverse();
    proof
}

/// The root of a tree whose leaf at an index has this proof; none if the proof has the wrong length (RFC 9162 §2.1.3.2).
pub fn root_of_inclusion(index: u64, size: u64, leaf: Hash, proof: &[Hash]) -> Option<Hash> {
    if index >= size {
        return None;
    }
    let (mut at, mut last, mut root) = (index, size - 1, leaf);
    for sibling in proof {
        if last == 0 {
            return None;
        }
        if at % 2 == 1 || at == last {
            root = node(sibling, &root);
            while at % 2 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            root = node(&root, sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    (last == 0).then_some(root)
}

fn root(leaves: &[Hash]) -> Hash {
    let mut edge = Edge::default();
    leaves.iter().for_each(|leaf| edge.push(*leaf));
    edge.root()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(hash: Hash) -> String {
        hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The leaves of the vectors that implementations of Certificate Transparency are tested with.
    const ENTRIES: [&[u8]; 8] = [
        b"",
        &[0x00],
        &[0x10],
        &[0x20, 0x21],
        &[0x30, 0x31],
        &[0x40, 0x41, 0x42, 0x43],
        &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
        &[0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f],
    ];

    #[test]
    fn the_vectors_of_certificate_transparency_match() {
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
        let mut edge = Edge::default();
        assert_eq!(hex(edge.root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        for (entry, expected) in ENTRIES.iter().zip(roots) {
            edge.push(leaf(entry));
            assert_eq!(hex(edge.root()), expected);
            assert_eq!(Edge::read(edge.size(), &edge.bytes()), Some(edge.clone()));
            assert_eq!(Edge::read(edge.size() + 2, &edge.bytes()[1..]), None);
        }
    }

    #[test]
    fn every_leaf_of_every_tree_is_proven_and_no_other_is() {
        let leaves: Vec<Hash> = (0u8..70).map(|number| leaf(&[number])).collect();
        for size in 1..=leaves.len() {
            let tree = &leaves[..size];
            for (index, at) in tree.iter().enumerate() {
                let proof = inclusion(index, tree);
                let (at_index, of_size) = (u64::try_from(index).unwrap(), u64::try_from(size).unwrap());
                assert_eq!(root_of_inclusion(at_index, of_size, *at, &proof), Some(root(tree)));
                assert_ne!(root_of_inclusion(at_index, of_size, leaf(b"another"), &proof), Some(root(tree)));
                if size > 1 {
                    assert_ne!(root_of_inclusion(at_index, of_size, *at, &proof[1..]), Some(root(tree)));
                }
            }
        }
    }
}

//! Messages to L1: a Merkle tree that keeps only the roots of its complete parts
//! (Nitro v3.10.0 `arbos/merkleAccumulator/merkleAccumulator.go`).

use super::storage::{Space, State, StateResult, key};
use revm::{
    context_interface::JournalTr,
    primitives::{B256, U256, keccak256},
};

/// Slot of the number of messages.
pub const SIZE: u64 = 0;
/// Slot of the root of the part with one leaf. Each next slot belongs to a part of twice the size.
const PARTS: u64 = 2;

/// The tree of messages to L1.
pub fn tree() -> Space {
    Space::root().child(&[5])
}

/// Key of the root of the complete part with `2^level` leaves; zero if there is none.
pub fn part_key(level: u64) -> B256 {
    key(PARTS + level)
}

/// Number of parts of a tree with this number of leaves.
pub fn parts(size: u64) -> u64 {
    u64::from(u64::BITS - size.leading_zeros())
}

/// An inner node of the tree that is complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    pub level: u64,
    /// The last leaf below the node.
    pub leaf: u64,
    pub hash: B256,
}

impl Node {
    /// Level and leaf in one number, as events contain it.
    pub fn position(&self) -> U256 {
        U256::from(self.level) << 192 | U256::from(self.leaf)
    }
}

impl<J: JournalTr> State<'_, J> {
    /// Adds a message, and returns the nodes that it completes.
    pub fn add_send(&mut self, message: B256) -> StateResult<Vec<Node>, J> {
        let tree = tree();
        let leaf = self.get_u64(&tree, SIZE)?;
        self.set_u64(&tree, SIZE, leaf + 1)?;
        let mut nodes: Vec<Node> = Vec::new();
        let mut hash = keccak256(message);
        for level in 0.. {
            let part = if level == parts(leaf) { B256::ZERO } else { self.get(&tree, part_key(level))? };
            if part.is_zero() {
                self.set(&tree, part_key(level), hash)?;
                break;
            }
            hash = self.keccak(&[part, hash].concat())?;
            self.set(&tree, part_key(level), B256::ZERO)?;
            nodes.push(Node { level: level + 1, leaf, hash });
        }
        Ok(nodes)
    }

    pub fn send_count(&mut self) -> StateResult<u64, J> {
        self.get_u64(&tree(), SIZE)
    }

    /// The number of messages, the root of the tree, and the roots of its parts.
    pub fn sends(&mut self) -> StateResult<(u64, B256, Vec<B256>), J> {
        let tree = tree();
        let size = self.get_u64(&tree, SIZE)?;
        let mut parts_of_tree = Vec::new();
        for level in 0..parts(size) {
            parts_of_tree.push(self.get(&tree, part_key(level))?);
        }
        let root = root(&parts_of_tree, |pair| self.keccak(pair))?;
        Ok((size, root, parts_of_tree))
    }
}

/// The root of a tree with these parts, smallest first; zero without parts. Missing leaves count as zeros.
pub fn root<E>(parts: &[B256], mut hash: impl FnMut(&[u8]) -> Result<B256, E>) -> Result<B256, E> {
    let mut so_far: Option<(B256, usize)> = None;
    for (level, part) in parts.iter().enumerate().filter(|(_, part)| !part.is_zero()) {
        let Some((mut node, mut height)) = so_far else {
            so_far = Some((*part, level));
            continue;
        };
        while height < level {
            node = hash(&[node, B256::ZERO].concat())?;
            height += 1;
        }
        so_far = Some((hash(&[*part, node].concat())?, level + 1));
    }
    Ok(so_far.map_or(B256::ZERO, |(node, _)| node))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root_of(parts: &[B256]) -> B256 {
        root::<()>(parts, |pair| Ok(keccak256(pair))).expect("hashing cannot fail")
    }

    #[test]
    fn the_number_of_parts_is_the_number_of_binary_digits() {
        assert_eq!([0, 1, 2, 3, 4, 255, 256].map(parts), [0, 1, 2, 2, 3, 8, 9]);
    }

    /// Five leaves: a complete part of four, and one leaf that two levels of zeros complete.
    #[test]
    fn the_root_fills_missing_leaves_with_zeros() {
        let (leaf, four) = (B256::repeat_byte(1), B256::repeat_byte(4));
        let pair = |left: B256, right: B256| keccak256([left, right].concat());
        let filled = pair(pair(leaf, B256::ZERO), B256::ZERO);
        assert_eq!(root_of(&[leaf, B256::ZERO, four]), pair(four, filled));
        assert_eq!(root_of(&[leaf]), leaf);
        assert_eq!(root_of(&[]), B256::ZERO);
    }
}

//! What the header of a block shows of the state of ArbOS after it
//! (go-ethereum fork, `core/types/arb_types.go`: `HeaderInfo`).

use super::{
    sends, slots,
    storage::{Space, key},
};
use revm::primitives::{B256, U256, keccak256};

/// The values of a header that come from the state of ArbOS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HeaderInfo {
    /// Root and number of the messages to L1.
    pub send_root: B256,
    pub send_count: u64,
    pub arbos_version: u64,
    /// Whether senders pay tips.
    pub collects_tips: bool,
}

impl HeaderInfo {
    /// Reads the values; `slot` returns a slot of the account that holds the state of ArbOS.
    pub fn read(mut slot: impl FnMut(U256) -> U256) -> Self {
        let (root, tree) = (Space::root(), sends::tree());
        let mut number = |space: &Space, number| slot(space.slot(key(number))).as_limbs()[0];
        let send_count = number(&tree, sends::SIZE);
        let arbos_version = number(&root, slots::VERSION);
        let collects_tips = number(&root, slots::COLLECT_TIPS) != 0;
        let levels = 0..sends::parts(send_count);
        let parts: Vec<B256> = levels.map(|level| slot(tree.slot(sends::part_key(level))).into()).collect();
        let Ok(send_root) = sends::root(&parts, |pair| Ok::<_, std::convert::Infallible>(keccak256(pair)));
        Self { send_root, send_count, arbos_version, collects_tips }
    }
}

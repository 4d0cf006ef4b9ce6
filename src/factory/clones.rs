//! The EVM code that the factory creates. Init code sets the clone up while it is created: nobody can call it before, and
//! nothing is left that could run again.
//!
//! A pair is a minimal proxy, as in EIP-1167, that appends its setup to the calldata; a vault is a full copy of the program.
//! `docs/market.md` shows what each costs to create and to call.

use alloc::vec::Vec;

use alloy_primitives::{Address, B256};

use crate::{components::auction::Sale, host::Host, pair::Setup};

/// Copies the calldata to memory, then the setup from the end of the code, for a delegate call of the template, whose
/// address follows.
///
/// ```text
/// CALLDATASIZE PUSH0 PUSH0 CALLDATACOPY
/// PUSH1 setup.length PUSH1 proxy.length CALLDATASIZE CODECOPY
/// PUSH0 PUSH0 PUSH1 setup.length CALLDATASIZE ADD PUSH0 PUSH20 …
/// ```
const FORWARD: [u8; 18] = [
    0x36, 0x5f, 0x5f, 0x37, 0x60, SETUP, 0x60, PROXY, 0x36, 0x39, 0x5f, 0x5f, 0x60, SETUP, 0x36, 0x01, 0x5f,
    0x73,
];

/// The delegate call, and what it returned or reverted with.
///
/// ```text
/// … GAS DELEGATECALL
/// RETURNDATASIZE PUSH0 PUSH0 RETURNDATACOPY PUSH0 RETURNDATASIZE SWAP2 PUSH1 return JUMPI
/// REVERT
/// return: JUMPDEST RETURN
/// ```
const BACK: [u8; 15] =
    [0x5a, 0xf4, 0x3d, 0x5f, 0x5f, 0x3e, 0x5f, 0x3d, 0x91, 0x60, PROXY - 2, 0x57, 0xfd, 0x5b, 0xf3];

const PROXY: u8 = 18 + 20 + 15;
const SETUP: u8 = Setup::LENGTH as u8;
/// Offset of the first sale, a word, in a pair's code; the pair's number follows.
const SALE: u8 = PROXY + SETUP;
/// Bytes of a pair's number.
const NUMBER: usize = 8;
/// Bytes of a pair's code.
const CODE: u8 = SALE + 32 + NUMBER as u8;

/// The start of a pair's init code, before its code: stores the first sale in slot 0 and returns the code.
///
/// ```text
/// PUSH1 code.length DUP1 PUSH1 init.length PUSH0 CODECOPY
/// PUSH1 sale MLOAD PUSH0 SSTORE
/// PUSH0 RETURN
/// ```
const INIT: [u8; 14] = [0x60, CODE, 0x80, 0x60, 14, 0x5f, 0x39, 0x60, SALE, 0x51, 0x5f, 0x55, 0x5f, 0xf3];

/// Init code of the factory's pair number `number`, for CREATE2 with salt 0. The number makes it unique.
pub fn pair_init_code(template: Address, setup: &Setup, first: Sale, number: u64) -> Vec<u8> {
    let first = B256::from(first.word());
    let number = number.to_be_bytes();
    [&INIT[..], &FORWARD, template.as_slice(), &BACK, &setup.encode(), first.as_slice(), &number].concat()
}

/// What the pair at `account` was created with, if `factory` created it by CREATE2 from [`pair_init_code`]: its address
/// proves that (EIP-1014). `None` for a vault, and for pairs of other factories than Weir's.
///
/// It costs about 900 gas if the account is warm. A call of `factory` costs ten times that if its program is not cached.
pub fn setup_of(host: &Host, factory: Address, account: Address) -> Option<Setup> {
    if host.code_size(account) != usize::from(CODE) {
        return None;
    }
    let code = host.code(account);
    let init_code_hash = host.keccak256(&[&INIT[..], &code].concat());
    let preimage = [&[0xff], factory.as_slice(), B256::ZERO.as_slice(), init_code_hash.as_slice()].concat();
    if host.keccak256(&preimage)[12..] != account[..] {
        return None;
    }
    code[usize::from(PROXY)..].first_chunk().map(Setup::decode)
}

/// Init code of a full copy of `template`'s code: it has the same code hash, and is active as the template is.
///
/// ```text
/// PUSH20 template EXTCODESIZE DUP1 PUSH0 PUSH0 PUSH20 template EXTCODECOPY PUSH0 RETURN
/// ```
pub fn copy_init_code(template: Address) -> Vec<u8> {
    let template = template.as_slice();
    [&[0x73], template, &[0x3b, 0x80, 0x5f, 0x5f, 0x73], template, &[0x3c, 0x5f, 0xf3]].concat()
}

#[cfg(test)]
mod tests {
    use alloy_primitives::U256;

    use super::*;
    use crate::components::auction::Terms;

    /// These are the offsets that jumps and copies use; that the code runs is for the end-to-end tests to show.
    #[test]
    fn pair_code_has_proxy_setup_sale_and_number_at_their_offsets() {
        let setup = Setup {
            source: Address::repeat_byte(1),
            token_in: Address::repeat_byte(2),
            token_out: Address::repeat_byte(3),
            terms: Terms { target_period: 3600, smoothing: 7 },
        };
        let first = Sale { price: U256::from(5), time: 6 };
        let init = pair_init_code(Address::repeat_byte(9), &setup, first, 8);
        let (proxy, code) = (usize::from(PROXY), &init[INIT.len()..]);
        assert_eq!(code.len(), usize::from(CODE));
        assert_eq!(code[proxy - 2..proxy], [0x5b, 0xf3]);
        assert_eq!(code[proxy..][..Setup::LENGTH], setup.encode());
        assert_eq!(code[usize::from(SALE)..][..32], first.word().to_be_bytes::<32>());
        assert_eq!(code[usize::from(SALE) + 32..], 8u64.to_be_bytes());
    }
}

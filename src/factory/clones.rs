//! What the factory makes, as EVM code. Init code runs in the clone's name and ends with the clone's code in place:
//! nobody can come between, and nothing is left that could be run again.
//!
//! A pair is a minimal proxy, in the manner of EIP-1167, that puts its setup behind the calldata; a vault is a full
//! copy of the program. `docs/market.md` has what each costs, to make and to call.

use alloy_primitives::{Address, B256};
use stylus_sdk::{host::VM, stylus_core::*};

use crate::{components::auction::Sale, pair::Setup};

/// Calldata into memory, behind it the setup from the end of the code, and all of it to the template, whose address
/// follows.
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

/// The delegate call, and back with whatever it returned.
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
/// Where in a pair's code the first sale stands, a word, and behind it the pair's number.
const SALE: u8 = PROXY + SETUP;
/// Bytes of a pair's number.
const NUMBER: usize = 8;
/// Bytes of a pair's code.
const CODE: u8 = SALE + 32 + NUMBER as u8;

/// What stands before a pair's code in its init code: the first sale into slot 0, and the code returned.
///
/// ```text
/// PUSH1 code.length DUP1 PUSH1 init.length PUSH0 CODECOPY
/// PUSH1 sale MLOAD PUSH0 SSTORE
/// PUSH0 RETURN
/// ```
const INIT: [u8; 14] = [0x60, CODE, 0x80, 0x60, 14, 0x5f, 0x39, 0x60, SALE, 0x51, 0x5f, 0x55, 0x5f, 0xf3];

/// Init code of the factory's pair number `number`, which makes it unlike any other's: for CREATE2 with salt 0.
pub fn pair_init_code(template: Address, setup: &Setup, first: Sale, number: u64) -> Vec<u8> {
    let first = B256::from(first.word());
    let number = number.to_be_bytes();
    [&INIT[..], &FORWARD, template.as_slice(), &BACK, &setup.encode(), first.as_slice(), &number].concat()
}

/// What the pair at `account` was made with, if `factory` made it by CREATE2 from [`pair_init_code`]: the address says
/// so, by EIP-1014. `None` for a vault, and for the pairs of other factories than Weir's.
///
/// It costs about 900 gas if the account is warm, and spares a call of `factory`, which is ten times that if its
/// program is not cached.
pub fn setup_of(vm: &VM, factory: Address, account: Address) -> Option<Setup> {
    if vm.code_size(account) != usize::from(CODE) {
        return None;
    }
    let code = vm.code(account);
    let init_code_hash = vm.native_keccak256(&[&INIT[..], &code].concat());
    let made = [&[0xff], factory.as_slice(), B256::ZERO.as_slice(), init_code_hash.as_slice()].concat();
    if vm.native_keccak256(&made)[12..] != account[..] {
        return None;
    }
    code[usize::from(PROXY)..].first_chunk().map(Setup::decode)
}

/// Init code of a full copy of `template`'s code: of the same code hash, and active like it.
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

    /// Whether it runs is for the end-to-end tests to say; these are the places that jumps and copies name.
    #[test]
    fn a_pair_s_code_is_proxy_setup_sale_and_number_at_the_places_that_they_name() {
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

//! EVM code on this chain: the rules of the current ArbOS, and gas and results compared with revm.

use crate::common::{evm::*, random::Random, *};
use revm::{
    Context, ExecuteEvm, MainBuilder, MainContext,
    context::{TxEnv, result::ExecutionResult},
    primitives::{Address, TxKind, U256},
};
use stylus_evm::{ARBOS_STATE, simulated_l1_block_hash};

/// Returns the word on top of the stack: PUSH0 MSTORE PUSH1 32 PUSH0 RETURN.
const RETURN_TOP: [u8; 6] = [0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3];

fn returning(code: &[u8]) -> Vec<u8> {
    [code, &RETURN_TOP].concat()
}

fn run(chain: &mut TestChain, code: &[u8]) -> U256 {
    let contract = chain.evm(&returning(code));
    U256::from_be_slice(&chain.send_ok(contract, []))
}

#[test]
fn the_instructions_of_shanghai_cancun_and_osaka_are_available() {
    let mut chain = TestChain::new();
    // PUSH0.
    assert_eq!(run(&mut chain, &[0x5f]), U256::ZERO);
    // PUSH1 5 PUSH1 7 TSTORE, PUSH1 7 TLOAD.
    assert_eq!(run(&mut chain, &[0x60, 5, 0x60, 7, 0x5d, 0x60, 7, 0x5c]), U256::from(5));
    // PUSH1 9 PUSH0 MSTORE, MCOPY of 32 bytes from 0 to 32, MLOAD at 32.
    let copy = [0x60, 9, 0x5f, 0x52, 0x60, 32, 0x5f, 0x60, 32, 0x5e, 0x60, 32, 0x51];
    assert_eq!(run(&mut chain, &copy), U256::from(9));
    // CLZ of 1 (EIP-7939).
    assert_eq!(run(&mut chain, &[0x60, 1, 0x1e]), U256::from(255));
}

/// EIP-7883 raised the minimum of MODEXP from 200 to 500, EIP-7823 limits its operands to 1024 bytes, EIP-7951 set the price
/// of P256VERIFY.
#[test]
fn precompiles_have_the_prices_of_osaka() {
    let mut chain = TestChain::new();
    let precompile = Address::with_last_byte;
    assert_eq!(execution_gas(&chain.send(precompile(5), [], 0)), 500);
    let p256_verify = Address::from_word(word(0x100).into());
    assert_eq!(execution_gas(&chain.send(p256_verify, [], 0)), 6_900);
    for (length, succeeds) in [(1_024, true), (1_025, false)] {
        let lengths = [word(length), word(0), word(0)].concat();
        assert_eq!(chain.send(precompile(5), lengths, 0).result.is_success(), succeeds, "{length}");
    }
}

/// PUSH20 BALANCE POP: 3, cold 2600, 2. Precompiles and the start of a transaction read the state of ArbOS.
#[test]
fn the_account_of_arbos_stays_cold() {
    let mut chain = TestChain::new();
    // PUSH4 the selector of `getCollectTips`, PUSH0 MSTORE, and a call of ArbOwnerPublic with it.
    let precompile = [
        &[0x63][..],
        &selector("getCollectTips()"),
        &[0x5f, 0x52, 0x5f, 0x5f, 0x60, 4, 0x60, 28, 0x5f, 0x60, 0x6b, 0x5a, 0xf1, 0x50],
    ]
    .concat();
    let balance = [&[0x73][..], ARBOS_STATE.as_slice(), &[0x31, 0x50]].concat();
    for before in [&[][..], &precompile] {
        let mut gas = |code: &[u8]| {
            let contract = chain.evm(&[code, &[0x00]].concat());
            execution_gas(&chain.send(contract, [], 0))
        };
        assert_eq!(gas(&[before, &balance].concat()) - gas(before), 3 + 2_600 + 2);
    }
}

#[test]
fn there_is_no_blob_base_fee() {
    let mut chain = TestChain::new();
    let contract = chain.evm(&returning(&[0x4a]));
    assert!(chain.send(contract, [], 0).result.is_halt());
}

#[test]
fn number_and_blockhash_refer_to_l1_blocks() {
    let mut chain = TestChain::new();
    chain.env.block.number = U256::from(1_000);
    assert_eq!(run(&mut chain, &[0x43]), U256::from(1_000));
    let mut hash_of = |number: u16| {
        let [high, low] = number.to_be_bytes();
        run(&mut chain, &[0x61, high, low, 0x40])
    };
    // BLOCKHASH covers the last 256 blocks, without the current.
    assert_eq!([hash_of(1_000), hash_of(1_001), hash_of(743)], [U256::ZERO; 3]);
    let (last, first) = (hash_of(999), hash_of(744));
    assert_eq!(last, U256::from_be_bytes(simulated_l1_block_hash(412_346, 999).0));
    assert_eq!(first, U256::from_be_bytes(simulated_l1_block_hash(412_346, 744).0));
    assert_ne!(last, first);
    // BLOCKHASH of a number beyond 64 bits.
    assert_eq!(run(&mut chain, &[0x5f, 0x19, 0x40]), U256::ZERO);
}

/// Result of a transaction on revm's own EVM, with the same configuration.
fn mainnet(chain: &TestChain, tx: TxEnv) -> ExecutionResult {
    let mut evm = Context::mainnet()
        .with_db(chain.db.clone())
        .with_cfg(chain.env.cfg.clone())
        .with_block(chain.env.block.clone())
        .build_mainnet();
    evm.transact(tx).expect("the transaction is valid").result
}

/// Executes on this EVM and on revm's, and returns the result, which must be the same.
fn same_on_both(chain: &mut TestChain, tx: TxEnv, what: &str) -> ExecutionResult {
    let ours = chain.simulate(tx.clone()).result;
    assert_eq!(ours, mainnet(chain, tx), "{what}");
    ours
}

/// PUSH1 slot, PUSH1 value: `[value] [slot] SSTORE`.
fn sstore(slot: u8, value: u8) -> [u8; 5] {
    [0x60, value, 0x60, slot, 0x55]
}

#[test]
fn evm_code_costs_the_same_as_on_revm() {
    let mut chain = TestChain::new();
    let caller = chain.evm(&CALLER);
    let stores = chain.evm(&STORE);
    let reverts = chain.evm(&STORE_AND_REVERT);
    let absent = Address::repeat_byte(0xAB);
    let set_and_clear = [sstore(1, 1), sstore(1, 0), sstore(2, 3), sstore(2, 3)].concat();
    // Slot 9 is set in advance; clearing it is refunded.
    let clears = chain.evm(&[&sstore(9, 0)[..], &[0x00]].concat());
    chain.db.insert_account_storage(clears, U256::from(9), U256::from(1)).expect("memory does not fail");
    // Sends a wei to an account that does not exist: five pushes, PUSH20, PUSH2 gas, CALL.
    let mut pays = vec![0x5f, 0x5f, 0x5f, 0x5f, 0x60, 1, 0x73];
    pays.extend(absent);
    pays.extend([0x61, 0xff, 0xff, CALL]);
    // Memory at a high address, a hash of it, a copy, and a log with two topics.
    let memory = [
        &[0x61, 0x40, 0x00, 0x51, 0x50, 0x61, 0x10, 0x00, 0x5f, 0x20, 0x50][..],
        &[0x61, 0x01, 0x00, 0x5f, 0x61, 0x20, 0x00, 0x5e],
        &[0x60, 1, 0x60, 2, 0x60, 50, 0x5f, 0xa2, 0x00],
    ]
    .concat();
    // Creates from the first 10 bytes of its own code:
    // PUSH1 10 PUSH0 PUSH0 CODECOPY, PUSH1 10 PUSH0 PUSH0 CREATE; CREATE2.
    let creates =
        [0x60, 10, 0x5f, 0x5f, 0x39, 0x60, 10, 0x5f, 0x5f, 0xf0, 0x60, 7, 0x60, 10, 0x5f, 0x5f, 0xf5, 0x00];
    // BALANCE, EXTCODESIZE and EXTCODEHASH of the same account, SLOAD twice.
    let mut looks = vec![0x73];
    looks.extend(absent);
    looks.extend([0x80, 0x31, 0x50, 0x80, 0x3b, 0x50, 0x3f, 0x50, 0x5f, 0x54, 0x5f, 0x54, 0x00]);
    let cases: Vec<(&str, Vec<u8>, u128)> = vec![
        ("nothing", vec![0x00], 0),
        ("stores", [&set_and_clear[..], &[0x00]].concat(), 0),
        ("call", forwarder(CALL, caller), 0),
        ("call with value", forwarder(CALL, caller), 5),
        ("delegate call", forwarder(DELEGATECALL, stores), 0),
        ("static call of a contract that stores", forwarder(STATICCALL, stores), 0),
        ("call of a contract that reverts", forwarder(CALL, reverts), 0),
        ("value to an account that does not exist", pays, 3),
        ("memory, hash, log", memory, 0),
        ("creations", creates.to_vec(), 0),
        ("accounts and slots", looks, 0),
        ("self-destruction", SELFDESTRUCT.to_vec(), 3),
        ("an endless loop", vec![0x5b, 0x5f, 0x56], 0),
        ("an invalid instruction", vec![0xfe], 0),
        ("stack underflow", vec![0x01], 0),
    ];
    for (what, code, value) in cases {
        let contract = chain.evm(&code);
        let tx = chain.transaction(contract.into(), word(77), value);
        same_on_both(&mut chain, tx, what);
    }
    for (what, to, data) in [("a refund", clears, vec![]), ("no code", absent, vec![1, 0, 2])] {
        let tx = chain.transaction(to.into(), data, 0);
        same_on_both(&mut chain, tx, what);
    }
    // Transactions that create a contract: valid, with too much code, reverting.
    let too_long = stylus_evm::deploy::init_code(&[0; 24_577]);
    let valid = stylus_evm::deploy::init_code(&CALLER);
    for init in [valid.to_vec(), too_long.to_vec(), vec![0x5f, 0x5f, 0xfd]] {
        let tx = chain.transaction(TxKind::Create, init, 0);
        same_on_both(&mut chain, tx, "creation");
    }
}

/// Most instructions of random code: they take at most three words.
#[rustfmt::skip]
const USUAL: [u8; 56] = [
    0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x0a, 0x0b, 0x10, 0x11, 0x12, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a,
    0x1b, 0x1c, 0x1d, 0x1e, 0x20, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x3b, 0x3d, 0x3f,
    0x41, 0x42, 0x43, 0x45, 0x46, 0x47, 0x48, 0x51, 0x52, 0x53, 0x54, 0x55, 0x59, 0x5a, 0x5c, 0x5d, 0x5e, 0xa0,
];

/// Random code pushes three words before each instruction, which is usually one of [`USUAL`].
#[test]
fn random_evm_code_costs_the_same_as_on_revm() {
    let mut random = Random::new();
    let mut chain = TestChain::new();
    let contract = Address::repeat_byte(0xC0);
    let mut succeeded = 0;
    for _ in 0..1_000 {
        let mut code = Vec::new();
        for _ in 0..1 + random.below(40) {
            for _ in 0..3 {
                code.extend([0x60, random.byte() % 64]);
            }
            match random.below(50) {
                // BLOCKHASH and BLOBBASEFEE differ on Arbitrum.
                0 => {
                    code.push(Some(random.byte()).filter(|op| ![0x40, 0x4a].contains(op)).unwrap_or_default())
                }
                _ => code.push(USUAL[random.below(USUAL.len())]),
            }
        }
        chain.put_code(contract, &code);
        let mut tx = chain.transaction(contract.into(), vec![random.byte(); random.below(70)], 0);
        tx.gas_limit = 500_000;
        let result = same_on_both(&mut chain, tx, &format!("{code:02x?}"));
        succeeded += usize::from(result.is_success());
    }
    assert!(succeeded > 200, "only {succeeded} of 1000 succeeded: the test covers too little");
}

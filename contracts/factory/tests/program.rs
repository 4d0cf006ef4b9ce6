//! The factory program by itself, in the SDK's test VM: creations that fail, and the decimals that a vault is created with.
//! What it creates is tested end to end (`tests/e2e`).

use alloy_primitives::{Address, B256, U256, aliases::U192};
use alloy_sol_types::{SolCall, SolError, SolValue};
use stylus_sdk::{
    ArbResult,
    host::VM,
    testing::{TestVM, state::VMState},
};
use weir::{
    abi::{
        CONSTRUCTOR_SELECTOR, IConstructors,
        IERC20::decimalsCall,
        IEntry::ReentrantCall,
        IFactory::{CreationFailed, createPairCall, createVaultCall, totalPairsCall, totalVaultsCall},
    },
    clones::{Origin, VaultCode, VaultConfig, first_queue},
};

const FACTORY: Address = Address::repeat_byte(0xfa);
const PAIR_PROGRAM: Address = Address::repeat_byte(0x91);
const VAULT_PROGRAM: Address = Address::repeat_byte(0x92);
const EXTENSION: Address = Address::repeat_byte(0x93);
const LIFEBOAT: Address = Address::repeat_byte(0x94);
const ASSET: Address = Address::repeat_byte(0xa5);
const REWARD: Address = Address::repeat_byte(0x4e);
const YIELD: Address = Address::repeat_byte(0x1d);
const VAULT: Address = Address::repeat_byte(0xfe);

const NOW: u64 = 1_700_000_000;
const PRICE: u64 = 1_000;

/// A factory. Nothing can be created in the test VM unless the test says so.
fn factory() -> TestVM {
    let vm = TestVM::new();
    vm.set_contract_address(FACTORY);
    vm.set_block_timestamp(NOW);
    for contract in [PAIR_PROGRAM, VAULT_PROGRAM, EXTENSION, LIFEBOAT, ASSET, REWARD, YIELD] {
        vm.set_code(contract, vec![0]);
    }
    let templates = IConstructors::factoryCall {
        pairTemplate: PAIR_PROGRAM,
        vaultTemplate: VAULT_PROGRAM,
        vaultExtension: EXTENSION,
        vaultLifeboat: LIFEBOAT,
    };
    let constructor = [&CONSTRUCTOR_SELECTOR[..], &templates.abi_encode()[4..]].concat();
    assert_eq!(send(&vm, &constructor), Ok(Vec::new()));
    vm
}

fn send(vm: &TestVM, calldata: &[u8]) -> ArbResult {
    factory::answer(calldata, VM { host: Box::new(vm.clone()) })
}

fn call(vm: &TestVM, call: impl SolCall) -> ArbResult {
    send(vm, &call.abi_encode())
}

fn create_pair() -> createPairCall {
    createPairCall {
        source: ASSET,
        tokenIn: REWARD,
        tokenOut: YIELD,
        targetAuctionPeriod: 3_600,
        targetAuctionPrice: U192::from(PRICE),
        smoothingFactor: U256::ZERO,
    }
}

fn create_vault() -> createVaultCall {
    createVaultCall {
        asset: ASSET,
        reward: REWARD,
        yieldToken: YIELD,
        epochLength: 86_400,
        targetAuctionPeriod: 3_600,
        targetAuctionPrice: U256::from(PRICE),
        smoothingFactor: 7,
        name: "Weir Vault".into(),
        symbol: "wVLT".into(),
        owner: Address::ZERO,
    }
}

/// Init code of the vault of [`create_vault`] with these decimals.
fn init_code(decimals: u8) -> Vec<u8> {
    let config = VaultConfig {
        extension: EXTENSION,
        asset: ASSET,
        reward: REWARD,
        yield_token: YIELD,
        deployed_at: NOW,
        epoch_length: 86_400,
        target_period: 3_600,
        smoothing: 7,
        decimals,
    };
    let code = VaultCode {
        program: VAULT_PROGRAM,
        lifeboat: LIFEBOAT,
        config,
        origin: Origin { factory: FACTORY, number: 0 },
        first_sale: first_queue(U256::from(PRICE), NOW),
        owner: Address::ZERO,
        name: b"Weir Vault",
        symbol: b"wVLT",
    };
    code.init_code()
}

#[test]
fn a_creation_that_fails_reverts_by_name_and_is_not_listed() {
    let vm = factory();
    assert_eq!(call(&vm, create_pair()), Err(CreationFailed {}.abi_encode()));
    assert_eq!(call(&vm, create_vault()), Err(CreationFailed {}.abi_encode()));
    assert_eq!(call(&vm, totalPairsCall {}), Ok(U256::ZERO.abi_encode()));
    assert_eq!(call(&vm, totalVaultsCall {}), Ok(U256::ZERO.abi_encode()));
    assert_eq!(vm.get_emitted_logs(), []);
}

#[test]
fn shares_have_18_decimals_if_the_asset_does_not_return_a_uint8() {
    for (answer, decimals) in [
        (Ok(U256::from(6).abi_encode()), 6),
        (Ok(Vec::new()), 18),
        (Ok(vec![6; 16]), 18),
        (Ok(vec![0xff; 32]), 18),
        (Err(vec![1, 2, 3]), 18),
    ] {
        let vm = factory();
        vm.mock_static_call(ASSET, decimalsCall {}.abi_encode(), answer);
        vm.mock_deploy(init_code(decimals), Some(B256::ZERO), Ok(VAULT));
        assert_eq!(call(&vm, create_vault()), Ok(VAULT.abi_encode()));
    }
}

/// The factory asks the asset of a vault for its decimals.
#[test]
fn an_asset_that_calls_back_reaches_nothing() {
    let vm = TestVM::from(VMState { reentrant: true, ..factory().snapshot() });
    let reentrant = Err(ReentrantCall {}.abi_encode());
    assert_eq!(call(&vm, create_pair()), reentrant);
    assert_eq!(call(&vm, create_vault()), reentrant);
    assert_eq!(call(&vm, totalPairsCall {}), reentrant);
}

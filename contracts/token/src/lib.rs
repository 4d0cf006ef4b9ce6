//! The program `token`: an ERC-20 of which anyone may mint, for demos and tests.

use alloy_primitives::{Address, U256};
use stylus_sdk::{ArbResult, host::VM, stylus_core::*};
use weir::{
    abi::{
        CONSTRUCTOR,
        IERC20::*,
        IEntry::AlreadyInitialized,
        IToken::{SupplyOverflow, mintCall},
    },
    components::{
        allowances::Allowances,
        calldata::{Calldata, Output},
        entry::{self, Contract, Function},
        events,
        revert::Revert,
        storage::Slot,
    },
};

const TOTAL_SUPPLY: Slot = Slot::fixed(0);
/// Decimals u8, and above them 1 once the constructor has run.
const DECIMALS: Slot = Slot::fixed(1);
const NAME: Slot = Slot::fixed(2);
const SYMBOL: Slot = Slot::fixed(3);
/// Tag of the map from accounts to balances.
const BALANCES: u32 = 1;

/// Bit of `DECIMALS` that says that the constructor has run.
const INITIALIZED: U256 = U256::from_limbs([1 << 8, 0, 0, 0]);

/// The program.
pub struct Token {
    vm: VM,
    allowances: Allowances,
}

/// Where a call enters the program.
#[cfg(target_arch = "wasm32")]
#[unsafe(no_mangle)]
extern "C" fn user_entrypoint(length: usize) -> usize {
    entry::run(length, answer)
}

/// Answers one call: return data, or the encoded error.
pub fn answer(input: Vec<u8>, vm: VM) -> ArbResult {
    entry::answer::<Token>(input, vm)
}

impl Contract for Token {
    fn new(vm: VM) -> Self {
        Self { allowances: Allowances::new(vm.clone()), vm }
    }

    fn is_fixed(function: u32) -> bool {
        matches!(function, nameCall::ID | symbolCall::ID | decimalsCall::ID)
    }

    fn call(&mut self, function: u32, arguments: Calldata, output: &mut Output) -> Result<(), Revert> {
        match function {
            nameCall::ID => {
                arguments.none()?;
                output.put(NAME.load_text(&self.vm))
            }
            symbolCall::ID => {
                arguments.none()?;
                output.put(SYMBOL.load_text(&self.vm))
            }
            decimalsCall::ID => {
                arguments.none()?;
                output.put(DECIMALS.load(&self.vm) & U256::from(u8::MAX))
            }
            totalSupplyCall::ID => {
                arguments.none()?;
                output.put(TOTAL_SUPPLY.load(&self.vm))
            }
            balanceOfCall::ID => {
                let words = arguments.words(1, 0b1)?;
                output.put(balance(words.address(0)).load(&self.vm))
            }
            allowanceCall::ID => {
                let words = arguments.words(2, 0b11)?;
                output.put(self.allowances.get(words.address(0), words.address(1)))
            }
            approveCall::ID => {
                let words = arguments.words(2, 0b01)?;
                self.allowances.approve(self.vm.msg_sender(), words.address(0), words.uint(1))?;
                output.put(true)
            }
            transferCall::ID => {
                let words = arguments.words(2, 0b01)?;
                self.transfer(self.vm.msg_sender(), words.address(0), words.uint(1))?;
                output.put(true)
            }
            transferFromCall::ID => {
                let words = arguments.words(3, 0b011)?;
                let (from, value) = (words.address(0), words.uint(2));
                self.allowances.spend(from, self.vm.msg_sender(), value)?;
                self.transfer(from, words.address(1), value)?;
                output.put(true)
            }
            mintCall::ID => {
                let words = arguments.words(2, 0b01)?;
                output.put(self.mint(words.address(0), words.uint(1))?)
            }
            CONSTRUCTOR => output.put(self.construct(arguments)?),
            _ => return Err(entry::unknown(function)),
        }
        Ok(())
    }
}

impl Token {
    /// Arguments as in `IConstructors.token`.
    fn construct(&mut self, arguments: Calldata) -> Result<(), Revert> {
        if !DECIMALS.load(&self.vm).is_zero() {
            return Err(AlreadyInitialized {}.into());
        }
        let (words, [name, symbol]) = arguments.with_tails(3, 0, [0, 1])?;
        DECIMALS.store(&self.vm, INITIALIZED | U256::from(words.small(2, 8)?));
        NAME.store_text(&self.vm, name);
        SYMBOL.store_text(&self.vm, symbol);
        Ok(())
    }

    fn transfer(&mut self, from: Address, to: Address, value: U256) -> Result<(), Revert> {
        if from.is_zero() {
            return Err(ERC20InvalidSender { sender: from }.into());
        }
        check_receiver(to)?;
        let available = balance(from).load(&self.vm);
        let Some(left) = available.checked_sub(value) else {
            return Err(ERC20InsufficientBalance { sender: from, balance: available, needed: value }.into());
        };
        balance(from).store(&self.vm, left);
        self.credit(to, value);
        events::transfer(&self.vm, from, to, value);
        Ok(())
    }

    fn mint(&mut self, to: Address, value: U256) -> Result<(), Revert> {
        check_receiver(to)?;
        let supply = TOTAL_SUPPLY.load(&self.vm);
        let Some(total) = supply.checked_add(value) else {
            return Err(SupplyOverflow { supply, minted: value }.into());
        };
        TOTAL_SUPPLY.store(&self.vm, total);
        self.credit(to, value);
        events::transfer(&self.vm, Address::ZERO, to, value);
        Ok(())
    }

    /// Cannot overflow: no balance is above the total supply.
    fn credit(&mut self, to: Address, value: U256) {
        balance(to).store(&self.vm, balance(to).load(&self.vm) + value);
    }
}

fn balance(account: Address) -> Slot {
    Slot::of_account(BALANCES, account)
}

fn check_receiver(receiver: Address) -> Result<(), Revert> {
    if receiver.is_zero() { Err(ERC20InvalidReceiver { receiver }.into()) } else { Ok(()) }
}

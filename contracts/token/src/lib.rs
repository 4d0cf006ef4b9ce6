//! The program `token`: an ERC-20 of which anyone may mint, for demos and tests.

extern crate alloc;

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;
use stylus_sdk::{ArbResult, host::VM, prelude::*};
use weir::{
    abi::{
        CONSTRUCTOR_SELECTOR,
        IERC20::*,
        IEntry::{AlreadyInitialized, UnknownSelector},
        IToken::{SupplyOverflow, mintCall},
    },
    components::{
        allowances::Allowances,
        calldata::{Calldata, reply},
        entry::{self, Contract},
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

#[entrypoint]
pub fn answer(input: Vec<u8>, vm: VM) -> ArbResult {
    entry::answer::<Token>(&input, vm)
}

impl Contract for Token {
    fn new(vm: VM) -> Self {
        Self { allowances: Allowances::new(vm.clone()), vm }
    }

    fn call(&mut self, selector: [u8; 4], arguments: Calldata) -> Result<Vec<u8>, Revert> {
        match selector {
            nameCall::SELECTOR => arguments.none().and_then(|()| reply(NAME.load_text(&self.vm))),
            symbolCall::SELECTOR => arguments.none().and_then(|()| reply(SYMBOL.load_text(&self.vm))),
            decimalsCall::SELECTOR => {
                arguments.none().and_then(|()| reply(DECIMALS.load(&self.vm) & U256::from(u8::MAX)))
            }
            totalSupplyCall::SELECTOR => arguments.none().and_then(|()| reply(TOTAL_SUPPLY.load(&self.vm))),
            balanceOfCall::SELECTOR => {
                let [account] = arguments.words()?;
                reply(balance(account.address()?).load(&self.vm))
            }
            allowanceCall::SELECTOR => {
                let [owner, spender] = arguments.words()?;
                reply(self.allowances.get(owner.address()?, spender.address()?))
            }
            approveCall::SELECTOR => {
                let [spender, value] = arguments.words()?;
                self.allowances.approve(self.vm.msg_sender(), spender.address()?, value.uint())?;
                reply(true)
            }
            transferCall::SELECTOR => {
                let [to, value] = arguments.words()?;
                self.transfer(self.vm.msg_sender(), to.address()?, value.uint())?;
                reply(true)
            }
            transferFromCall::SELECTOR => {
                let [from, to, value] = arguments.words()?;
                let (from, value) = (from.address()?, value.uint());
                self.allowances.spend(from, self.vm.msg_sender(), value)?;
                self.transfer(from, to.address()?, value)?;
                reply(true)
            }
            mintCall::SELECTOR => {
                let [to, value] = arguments.words()?;
                reply(self.mint(to.address()?, value.uint())?)
            }
            CONSTRUCTOR_SELECTOR => reply(self.construct(arguments)?),
            _ => Err(UnknownSelector { selector: selector.into() }.into()),
        }
    }
}

impl Token {
    /// Arguments as in `IConstructors.token`.
    fn construct(&mut self, arguments: Calldata) -> Result<(), Revert> {
        if !DECIMALS.load(&self.vm).is_zero() {
            return Err(AlreadyInitialized {}.into());
        }
        let [name, symbol, decimals] = arguments.head()?;
        let [name, symbol] = arguments.tails(3, [name, symbol])?;
        DECIMALS.store(&self.vm, INITIALIZED | U256::from(decimals.small(8)?));
        NAME.store_text(&self.vm, name);
        SYMBOL.store_text(&self.vm, symbol);
        Ok(())
    }

    fn transfer(&mut self, from: Address, to: Address, value: U256) -> Result<(), Revert> {
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

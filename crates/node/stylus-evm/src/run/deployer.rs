//! The Stylus deployer, a system contract: creates a contract, activates it, initialises it, all in one call
//! (stylus-vm.md, section 7). It makes the same calls that the Solidity contract of that name makes.

use super::{Answer, Call, CallKind, Create, Ending, Outcome, Request, Run, Step, program::Frame};
use crate::{
    precompiles::{
        ARB_WASM,
        abi::{ArbWasm, StylusDeployer as abi},
    },
    pricing::{Gas, host},
};
use alloy_sol_types::{Panic, PanicKind, SolCall, SolError, SolEvent, SolValue};
use revm::primitives::{Address, B256, Bytes, Log, U256, keccak256};

/// Reading calldata and writing memory, a word: what the EVM code would pay for copying.
const COPY_WORD_GAS: u64 = 6;

/// A call of the deployer under way.
pub struct DeployerRun {
    frame: Frame,
    gas: Gas,
    order: abi::deployCall,
    created: Address,
    waiting_for: Stage,
}

/// What the deployer waits for.
#[derive(Clone, Copy, Debug)]
enum Stage {
    Start,
    Creation,
    CodeHash,
    ProgramVersion,
    StylusVersion { of_program: u16 },
    Activation,
    Initialisation,
    OwnBalance,
    Refund { amount: U256 },
    Event,
}

/// Why a call of the deployer ends early.
enum End {
    Revert(Vec<u8>),
    OutOfGas,
    Failure(String),
}

impl DeployerRun {
    pub fn new(frame: Frame, gas: Gas) -> Self {
        let order = abi::deployCall {
            bytecode: Bytes::new(),
            initData: Bytes::new(),
            initValue: U256::ZERO,
            salt: B256::ZERO,
        };
        Self { frame, gas, order, created: Address::ZERO, waiting_for: Stage::Start }
    }

    fn next(&mut self, answer: Answer) -> Result<Step, End> {
        match (self.waiting_for, answer) {
            (Stage::Start, Answer::Start) => self.create(),
            (Stage::Creation, Answer::Created { address, output, gas, .. }) => {
                self.pay(gas)?;
                self.created(address, output)
            }
            (Stage::Creation, Answer::NotCreated) => Err(End::OutOfGas),
            (Stage::CodeHash, Answer::Loaded { value, gas }) => {
                self.pay(gas)?;
                let input = ArbWasm::codehashVersionCall { codehash: value }.abi_encode();
                self.ask_arb_wasm(Stage::ProgramVersion, input)
            }
            (stage, Answer::Called { success, output, gas, .. }) => {
                self.pay(gas)?;
                self.called(stage, success, output)
            }
            (Stage::OwnBalance, Answer::Loaded { value, gas }) => {
                self.pay(gas)?;
                self.refund(value.into())
            }
            (Stage::Event, Answer::Done) => self.succeed(),
            (stage, answer) => Err(End::Failure(format!("{answer:?} came while waiting for {stage:?}"))),
        }
    }

    fn called(&mut self, stage: Stage, success: bool, output: Bytes) -> Result<Step, End> {
        match stage {
            Stage::ProgramVersion => match ArbWasm::codehashVersionCall::abi_decode_returns(&output) {
                Ok(version) if success => {
                    let input = ArbWasm::stylusVersionCall {}.abi_encode();
                    self.ask_arb_wasm(Stage::StylusVersion { of_program: version }, input)
                }
                _ => self.activate(),
            },
            Stage::StylusVersion { of_program } => {
                match ArbWasm::stylusVersionCall::abi_decode_returns(&output) {
                    Ok(version) if success && version == of_program => self.initialise(),
                    _ => self.activate(),
                }
            }
            Stage::Activation if success => self.initialise(),
            Stage::Activation => Err(End::Revert(output.into())),
            Stage::Initialisation if success => self.ask_own_balance(),
            Stage::Initialisation => {
                let error = abi::ContractInitializationError { newContract: self.created, data: output };
                Err(End::Revert(error.abi_encode()))
            }
            Stage::Refund { .. } if success => self.log(),
            Stage::Refund { amount } => {
                Err(End::Revert(abi::RefundExcessValueError { excessValue: amount }.abi_encode()))
            }
            stage => Err(End::Failure(format!("a call returned while waiting for {stage:?}"))),
        }
    }

    fn create(&mut self) -> Result<Step, End> {
        self.pay(Gas(COPY_WORD_GAS * (self.frame.input.len() as u64).div_ceil(32)))?;
        self.order = abi::deployCall::abi_decode(&self.frame.input).map_err(|_| End::Revert(Vec::new()))?;
        if self.order.bytecode.is_empty() {
            return Err(End::Revert(abi::EmptyBytecode {}.abi_encode()));
        }
        if self.frame.is_static {
            return Err(End::Failure("the deployer cannot create a contract in a static call".into()));
        }
        let salt = (!self.order.salt.is_zero())
            .then(|| keccak256([self.order.salt.as_slice(), &self.order.initData].concat()));
        let create =
            Create { init_code: self.order.bytecode.clone(), value: U256::ZERO, salt, gas_left: self.gas };
        self.ask(Stage::Creation, Request::Create(create))
    }

    fn created(&mut self, address: Option<Address>, output: Bytes) -> Result<Step, End> {
        match address {
            Some(address) => {
                self.created = address;
                self.ask(Stage::CodeHash, Request::CodeHash { address })
            }
            None if output.is_empty() => {
                let bytecode = self.order.bytecode.clone();
                Err(End::Revert(abi::ContractDeploymentError { bytecode }.abi_encode()))
            }
            None => Err(End::Revert(output.into())),
        }
    }

    fn activate(&mut self) -> Result<Step, End> {
        let Some(value) = self.frame.value.checked_sub(self.order.initValue) else {
            let underflow = Panic { code: U256::from(PanicKind::UnderOverflow as u32) };
            return Err(End::Revert(underflow.abi_encode()));
        };
        let input = ArbWasm::activateProgramCall { program: self.created }.abi_encode();
        self.ask_call(Stage::Activation, ARB_WASM, value, input.into())
    }

    fn initialise(&mut self) -> Result<Step, End> {
        if !self.order.initData.is_empty() {
            let input = self.order.initData.clone();
            return self.ask_call(Stage::Initialisation, self.created, self.order.initValue, input);
        }
        if !self.order.initValue.is_zero() {
            return Err(End::Revert(abi::InitValueButNotInitData {}.abi_encode()));
        }
        self.ask_own_balance()
    }

    fn ask_own_balance(&mut self) -> Result<Step, End> {
        self.ask(Stage::OwnBalance, Request::Balance { address: self.frame.address })
    }

    fn refund(&mut self, amount: U256) -> Result<Step, End> {
        match amount.is_zero() {
            true => self.log(),
            false => self.ask_call(Stage::Refund { amount }, self.frame.sender, amount, Bytes::new()),
        }
    }

    fn log(&mut self) -> Result<Step, End> {
        let data = abi::ContractDeployed { deployedContract: self.created }.encode_log_data();
        self.pay(host::log(data.topics().len() as u32, data.data.len() as u32))?;
        self.ask(Stage::Event, Request::Log(Log { address: self.frame.address, data }))
    }

    fn succeed(&self) -> Result<Step, End> {
        Ok(self.done(Outcome::Success(self.created.abi_encode().into())))
    }

    fn ask_arb_wasm(&mut self, stage: Stage, input: Vec<u8>) -> Result<Step, End> {
        let call = Call { kind: CallKind::Static, ..self.call(ARB_WASM, U256::ZERO, input.into()) };
        self.ask(stage, Request::Call(call))
    }

    fn ask_call(&mut self, stage: Stage, address: Address, value: U256, input: Bytes) -> Result<Step, End> {
        let call = self.call(address, value, input);
        self.ask(stage, Request::Call(call))
    }

    /// A call with all the gas there is.
    fn call(&self, address: Address, value: U256, input: Bytes) -> Call {
        Call { kind: CallKind::Call, address, value, input, gas_left: self.gas, gas_wanted: self.gas }
    }

    fn ask(&mut self, stage: Stage, request: Request) -> Result<Step, End> {
        self.waiting_for = stage;
        Ok(Step::Ask(request))
    }

    fn pay(&mut self, gas: Gas) -> Result<(), End> {
        self.gas = Gas(self.gas.0.checked_sub(gas.0).ok_or(End::OutOfGas)?);
        Ok(())
    }

    fn done(&self, outcome: Outcome) -> Step {
        Step::Done(Ending { outcome, gas_left: self.gas, profile: None })
    }
}

impl Run for DeployerRun {
    fn resume(&mut self, answer: Answer) -> Step {
        match self.next(answer) {
            Ok(step) => step,
            Err(End::Revert(data)) => self.done(Outcome::Revert(data.into())),
            Err(End::OutOfGas) => self.done(Outcome::OutOfInk),
            Err(End::Failure(reason)) => self.done(Outcome::Failure(reason)),
        }
    }
}

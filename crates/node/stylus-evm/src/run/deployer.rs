//! The Stylus deployer, a system contract that makes the same calls as the Solidity contract `StylusDeployer`.
//!
//! `deploy(bytecode, initData, initValue, salt)` creates a contract from init code (CREATE if `salt` is 0, else CREATE2
//! with salt `keccak256(salt ++ initData)`), activates it with the rest of the value unless its code hash is active,
//! calls it with `initData` and `initValue` if there is init data, and refunds its own balance to the caller.

use super::{Answer, Call, CallKind, Create, Request, Run, RunEnd, RunResult, Step, program::Frame};
use crate::{
    contracts::{
        ARB_WASM,
        abi::{ArbWasm, StylusDeployer as abi},
    },
    pricing::{Gas, host},
};
use alloy_sol_types::{Panic, PanicKind, SolCall, SolError, SolEvent, SolValue};
use revm::primitives::{Address, B256, Bytes, Log, U256, keccak256};

/// Price that EVM code would pay for copying one word of calldata to memory.
const COPY_WORD_GAS: u64 = 6;

/// A running call of the deployer.
pub struct DeployerRun {
    frame: Frame,
    gas: Gas,
    args: abi::deployCall,
    created: Address,
    waiting_for: Stage,
}

/// The answer that the deployer waits for.
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

/// Why a call of the deployer stops early.
enum Abort {
    Revert(Vec<u8>),
    OutOfGas,
    Failure(String),
}

impl DeployerRun {
    pub fn new(frame: Frame, gas: Gas) -> Self {
        let args = abi::deployCall {
            bytecode: Bytes::new(),
            initData: Bytes::new(),
            initValue: U256::ZERO,
            salt: B256::ZERO,
        };
        Self { frame, gas, args, created: Address::ZERO, waiting_for: Stage::Start }
    }

    fn next(&mut self, answer: Answer) -> Result<Step, Abort> {
        match (self.waiting_for, answer) {
            (Stage::Start, Answer::Start) => self.create(),
            (Stage::Creation, Answer::Created { address, output, gas, .. }) => {
                self.pay(gas)?;
                self.created(address, output)
            }
            (Stage::Creation, Answer::NotCreated) => Err(Abort::OutOfGas),
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
            (stage, answer) => {
                Err(Abort::Failure(format!("received {answer:?} while waiting for {stage:?}")))
            }
        }
    }

    fn called(&mut self, stage: Stage, success: bool, output: Bytes) -> Result<Step, Abort> {
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
            Stage::Activation => Err(Abort::Revert(output.into())),
            Stage::Initialisation if success => self.ask_own_balance(),
            Stage::Initialisation => {
                let error = abi::ContractInitializationError { newContract: self.created, data: output };
                Err(Abort::Revert(error.abi_encode()))
            }
            Stage::Refund { .. } if success => self.log(),
            Stage::Refund { amount } => {
                Err(Abort::Revert(abi::RefundExcessValueError { excessValue: amount }.abi_encode()))
            }
            stage => Err(Abort::Failure(format!("a call returned while waiting for {stage:?}"))),
        }
    }

    fn create(&mut self) -> Result<Step, Abort> {
        self.pay(Gas(COPY_WORD_GAS * (self.frame.input.len() as u64).div_ceil(32)))?;
        self.args = abi::deployCall::abi_decode(&self.frame.input).map_err(|_| Abort::Revert(Vec::new()))?;
        if self.args.bytecode.is_empty() {
            return Err(Abort::Revert(abi::EmptyBytecode {}.abi_encode()));
        }
        if self.frame.is_static {
            return Err(Abort::Failure("the deployer cannot create a contract in a static call".into()));
        }
        let salt = (!self.args.salt.is_zero())
            .then(|| keccak256([self.args.salt.as_slice(), &self.args.initData].concat()));
        let create =
            Create { init_code: self.args.bytecode.clone(), value: U256::ZERO, salt, gas_left: self.gas };
        self.ask(Stage::Creation, Request::Create(create))
    }

    fn created(&mut self, address: Option<Address>, output: Bytes) -> Result<Step, Abort> {
        match address {
            Some(address) => {
                self.created = address;
                self.ask(Stage::CodeHash, Request::CodeHash { address })
            }
            None if output.is_empty() => {
                let bytecode = self.args.bytecode.clone();
                Err(Abort::Revert(abi::ContractDeploymentError { bytecode }.abi_encode()))
            }
            None => Err(Abort::Revert(output.into())),
        }
    }

    fn activate(&mut self) -> Result<Step, Abort> {
        let Some(value) = self.frame.value.checked_sub(self.args.initValue) else {
            let underflow = Panic { code: U256::from(PanicKind::UnderOverflow as u32) };
            return Err(Abort::Revert(underflow.abi_encode()));
        };
        let input = ArbWasm::activateProgramCall { program: self.created }.abi_encode();
        self.ask_call(Stage::Activation, ARB_WASM, value, input.into())
    }

    fn initialise(&mut self) -> Result<Step, Abort> {
        if !self.args.initData.is_empty() {
            let input = self.args.initData.clone();
            return self.ask_call(Stage::Initialisation, self.created, self.args.initValue, input);
        }
        if !self.args.initValue.is_zero() {
            return Err(Abort::Revert(abi::InitValueButNotInitData {}.abi_encode()));
        }
        self.ask_own_balance()
    }

    fn ask_own_balance(&mut self) -> Result<Step, Abort> {
        self.ask(Stage::OwnBalance, Request::Balance { address: self.frame.address })
    }

    fn refund(&mut self, amount: U256) -> Result<Step, Abort> {
        match amount.is_zero() {
            true => self.log(),
            false => self.ask_call(Stage::Refund { amount }, self.frame.sender, amount, Bytes::new()),
        }
    }

    fn log(&mut self) -> Result<Step, Abort> {
        let data = abi::ContractDeployed { deployedContract: self.created }.encode_log_data();
        self.pay(host::log(data.topics().len() as u32, data.data.len() as u32))?;
        self.ask(Stage::Event, Request::Log(Log { address: self.frame.address, data }))
    }

    fn succeed(&self) -> Result<Step, Abort> {
        Ok(self.done(RunResult::Success(self.created.abi_encode().into())))
    }

    fn ask_arb_wasm(&mut self, stage: Stage, input: Vec<u8>) -> Result<Step, Abort> {
        let call = Call { kind: CallKind::Static, ..self.call(ARB_WASM, U256::ZERO, input.into()) };
        self.ask(stage, Request::Call(call))
    }

    fn ask_call(&mut self, stage: Stage, address: Address, value: U256, input: Bytes) -> Result<Step, Abort> {
        let call = self.call(address, value, input);
        self.ask(stage, Request::Call(call))
    }

    /// A call with all remaining gas.
    fn call(&self, address: Address, value: U256, input: Bytes) -> Call {
        Call { kind: CallKind::Call, address, value, input, gas_left: self.gas, gas_wanted: self.gas }
    }

    fn ask(&mut self, stage: Stage, request: Request) -> Result<Step, Abort> {
        self.waiting_for = stage;
        Ok(Step::Ask(request))
    }

    fn pay(&mut self, gas: Gas) -> Result<(), Abort> {
        self.gas = Gas(self.gas.0.checked_sub(gas.0).ok_or(Abort::OutOfGas)?);
        Ok(())
    }

    fn done(&self, result: RunResult) -> Step {
        Step::Done(RunEnd { result, gas_left: self.gas, profile: None })
    }
}

impl Run for DeployerRun {
    fn resume(&mut self, answer: Answer) -> Step {
        match self.next(answer) {
            Ok(step) => step,
            Err(Abort::Revert(data)) => self.done(RunResult::Revert(data.into())),
            Err(Abort::OutOfGas) => self.done(RunResult::OutOfInk),
            Err(Abort::Failure(reason)) => self.done(RunResult::Failure(reason)),
        }
    }
}

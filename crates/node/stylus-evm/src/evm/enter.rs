//! Starts the run of a frame whose code is not EVM bytecode: charges the entry and loads the module.

use crate::{
    activate::is_program,
    arbos::{
        programs::Program,
        storage::{Burner, Fault, State},
    },
    context::{ProgramFailure, StylusContext, accounts},
    contracts::{DEPLOYER, MARKER_CODE},
    pricing::{Gas, parameters::Parameters},
    profile::Entered,
    run::{
        Run,
        deployer::DeployerRun,
        program::{Frame, ProgramRun, Variant},
    },
};
use revm::{
    Database,
    context_interface::ContextTr,
    handler::EthFrame,
    interpreter::{
        CallScheme, FrameInput, InstructionResult,
        interpreter_types::{InputsTr, RuntimeFlag},
    },
    primitives::{Address, B256},
};

/// Code that a new frame runs.
pub enum Entry {
    /// EVM bytecode, run by revm's interpreter.
    Evm,
    Run(Box<dyn Run>),
    /// The call fails before it starts.
    Failed(InstructionResult),
}

/// Whether a frame counts as a running call of its contract; delegate calls do not.
pub fn counts_as_running(frame: &EthFrame) -> bool {
    match &frame.input {
        FrameInput::Call(inputs) => !matches!(inputs.scheme, CallScheme::DelegateCall | CallScheme::CallCode),
        _ => true,
    }
}

/// Selects what runs in a new frame.
pub fn enter<DB: Database>(ctx: &mut StylusContext<DB>, frame: &mut EthFrame) -> Result<Entry, DB::Error> {
    let code = frame.interpreter.bytecode.original_byte_slice();
    if is_program(code) {
        return enter_program(ctx, frame);
    }
    let code_address = frame.interpreter.input.bytecode_address;
    if code_address == Some(DEPLOYER) && code == MARKER_CODE {
        let call = call(ctx, frame);
        let gas = Gas(frame.interpreter.gas.limit());
        return Ok(Entry::Run(Box::new(DeployerRun::new(call, gas))));
    }
    Ok(Entry::Evm)
}

fn enter_program<DB: Database>(
    ctx: &mut StylusContext<DB>,
    frame: &mut EthFrame,
) -> Result<Entry, DB::Error> {
    // Init code cannot be activated; Nitro looks it up by the zero hash.
    let hash = match frame.data.is_create() {
        true => B256::ZERO,
        false => frame.interpreter.bytecode.get_or_calculate_hash(),
    };
    let (program, parameters) = match active_program(ctx, hash)? {
        Ok(active) => active,
        Err(reason) => return Ok(fail(ctx, frame, InstructionResult::NotActivated, reason)),
    };
    let gas = match pay_for_entry(ctx, hash, &program, &parameters, Gas(frame.interpreter.gas.limit())) {
        Ok(gas) => gas,
        Err(price) => {
            let reason = format!("entering the program costs {} gas, more than the call has", price.0);
            return Ok(fail(ctx, frame, InstructionResult::OutOfGas, reason));
        }
    };
    let packed = match accounts::packed(ctx.journal_mut(), frame.interpreter.bytecode.original_bytes())? {
        Ok(packed) => packed,
        Err(error) => return Ok(fail(ctx, frame, InstructionResult::NotActivated, error.to_string())),
    };
    let variant = if ctx.chain.profiler.is_some() { Variant::Profiled } else { Variant::Plain };
    let compiled =
        ctx.chain.modules.get(packed.key(hash), variant, &packed).map_err(|error| error.to_string());
    let environment = ctx.chain.environment.clone();
    let run = compiled.and_then(|compiled| {
        ProgramRun::new(&compiled, environment, call(ctx, frame), gas).map_err(|error| error.to_string())
    });
    match run {
        Ok(run) => {
            begin_profile(ctx, frame, hash, gas);
            Ok(Entry::Run(Box::new(run)))
        }
        Err(reason) => Ok(fail(ctx, frame, InstructionResult::NotActivated, reason)),
    }
}

/// Opens the profile of a call that has `gas` left after paying for its entry.
fn begin_profile<DB: Database>(ctx: &mut StylusContext<DB>, frame: &EthFrame, code_hash: B256, gas: Gas) {
    let input = &frame.interpreter.input;
    let calldata = input.input().bytes(ctx);
    let Some(profiler) = &mut ctx.chain.profiler else { return };
    profiler.begin(Entered {
        contract: input.target_address(),
        code_address: input.bytecode_address.unwrap_or_else(|| input.target_address()),
        code_hash,
        depth: frame.depth,
        input: calldata,
        entry_gas: Gas(frame.interpreter.gas.limit().saturating_sub(gas.0)),
    });
}

/// The record of a code hash and the parameters of Stylus, or why the program cannot be called.
fn active_program<DB: Database>(
    ctx: &mut StylusContext<DB>,
    hash: B256,
) -> Result<Result<(Program, Parameters), String>, DB::Error> {
    let now = ctx.chain.environment.block_timestamp;
    let mut state = State::new(ctx.journal_mut(), Burner::free());
    let read = state.parameters().and_then(|parameters| Ok((state.program(hash)?, parameters)));
    match read {
        Ok((program, parameters)) => Ok(program
            .check(now, &parameters)
            .map(|program| (program, parameters))
            .map_err(|inactive| inactive.to_string())),
        Err(Fault::Database(error)) => Err(error),
        Err(_) => Ok(Err("the state of ArbOS cannot be read".into())),
    }
}

/// Gas left after paying for the program's memory and start; `Err` with the price if the gas does not suffice.
fn pay_for_entry<DB: Database>(
    ctx: &mut StylusContext<DB>,
    hash: B256,
    program: &Program,
    parameters: &Parameters,
    gas: Gas,
) -> Result<Gas, Gas> {
    let chain = &mut ctx.chain;
    let recent = chain.recent.note(hash, parameters.block_cache_size.into());
    let (cached_gas, init_gas) = program.call_gas(parameters);
    let mut price = chain.pages.price(program.footprint, parameters) + cached_gas;
    if !(program.cached || recent || chain.options.treat_all_as_cached) {
        price = price + init_gas;
    }
    let left = gas.0.checked_sub(price.0).ok_or(price)?;
    chain.pages = chain.pages.after(program.footprint);
    Ok(Gas(left))
}

fn call<DB: Database>(ctx: &StylusContext<DB>, frame: &EthFrame) -> Frame {
    let input = &frame.interpreter.input;
    let address = input.target_address();
    Frame {
        address,
        sender: input.caller_address(),
        value: input.call_value(),
        input: input.input().bytes(ctx),
        is_static: frame.interpreter.runtime_flag.is_static(),
        is_reentrant: ctx.chain.is_reentrant(address),
    }
}

fn fail<DB: Database>(
    ctx: &mut StylusContext<DB>,
    frame: &EthFrame,
    result: InstructionResult,
    reason: String,
) -> Entry {
    note_failure(ctx, frame.interpreter.input.target_address(), frame.depth, reason);
    Entry::Failed(result)
}

/// Records a failure of a program.
pub fn note_failure<DB: Database>(
    ctx: &mut StylusContext<DB>,
    contract: Address,
    depth: usize,
    reason: String,
) {
    ctx.chain.failures.push(ProgramFailure { contract, depth, reason });
}

//! Serves the requests of runs at the prices of the EVM (go-ethereum fork `core/vm/operations_acl_arbitrum.go`;
//! Nitro `arbos/programs/api.go`). Calls and creations become frames.

use crate::{
    arbos::storage::{Burner, Fault, State},
    context::{StylusContext, accounts},
    pricing::{Gas, host},
    run::{Answer, Call, CallKind, Create, Request},
};
use revm::{
    Database,
    context::CreateScheme,
    context_interface::{Cfg, ContextTr, JournalTr, context::StateLoad},
    handler::{EthFrame, FrameResult},
    interpreter::{
        CallInput, CallInputs, CallScheme, CallValue, CreateInputs, FrameInput, InstructionResult,
        interpreter_types::{InputsTr, RuntimeFlag},
    },
    primitives::{B256, Bytes, U256},
};

/// Result of serving a request.
pub enum Served {
    Answer(Answer),
    /// A frame must run first.
    Frame(FrameInput, Pending),
}

/// The part of the price of a running call or creation that is already known.
#[derive(Clone, Copy, Debug)]
pub enum Pending {
    Call {
        /// Price of the call itself.
        base: Gas,
        /// Gas given to the callee, stipend included.
        given: Gas,
    },
    Create {
        /// Gas of the creator before the creation.
        had: Gas,
        /// The 64th that the creator keeps.
        kept: Gas,
        /// Gas given to the init code.
        given: Gas,
    },
}

/// Serves a request of the run in `frame`, or returns the frame that must run for it.
pub fn serve<DB: Database>(
    ctx: &mut StylusContext<DB>,
    frame: &mut EthFrame,
    request: Request,
) -> Result<Served, DB::Error> {
    let acting = frame.interpreter.input.target_address();
    let answer = match request {
        Request::LoadStorage { key } => {
            let slot = ctx.journal_mut().sload(acting, key.into())?;
            Answer::Loaded { value: B256::from(slot.data), gas: access_gas(&slot, host::COLD_SLOAD) }
        }
        Request::Store { slots, gas_left } => Answer::Stored(store(ctx, frame, &slots, gas_left)?),
        Request::LoadTransient { key } => {
            let value = ctx.journal_mut().tload(acting, key.into());
            Answer::Loaded { value: B256::from(value), gas: Gas(0) }
        }
        Request::StoreTransient { key, value } => {
            ctx.journal_mut().tstore(acting, key.into(), value.into());
            Answer::Done
        }
        Request::Balance { address } => {
            let account = ctx.journal_mut().load_account(address)?;
            let gas = access_gas(&account, host::COLD_ACCOUNT);
            Answer::Loaded { value: B256::from(account.data.info.balance), gas }
        }
        Request::CodeHash { address } => {
            let account = ctx.journal_mut().load_account(address)?;
            let gas = access_gas(&account, host::COLD_ACCOUNT);
            let info = &account.data.info;
            Answer::Loaded { value: if info.is_empty() { B256::ZERO } else { info.code_hash }, gas }
        }
        Request::Code { address, gas_left } => {
            let code = ctx.journal_mut().code(address)?;
            let gas = host::LOAD_CODE + access_gas(&code, host::COLD_ACCOUNT);
            Answer::Code { code: if gas_left < gas { Bytes::new() } else { code.data }, gas }
        }
        Request::AddPages { pages } => Answer::Pages { gas: add_pages(ctx, pages)? },
        Request::Log(log) => {
            ctx.journal_mut().log(log);
            Answer::Done
        }
        Request::Call(request) => return call(ctx, frame, request),
        Request::Create(request) => return Ok(create(frame, request)),
    };
    Ok(Served::Answer(answer))
}

/// The pages count as open even if the run cannot pay for them, as on Nitro.
fn add_pages<DB: Database>(ctx: &mut StylusContext<DB>, pages: u16) -> Result<Gas, DB::Error> {
    let open = ctx.chain.pages;
    ctx.chain.pages = open.after(pages);
    match State::new(ctx.journal_mut(), Burner::free()).parameters() {
        Ok(parameters) => Ok(open.price(pages, &parameters)),
        Err(Fault::Database(error)) => Err(error),
        // A free read does not run out of gas.
        Err(_) => Ok(Gas(u64::MAX)),
    }
}

fn access_gas<T>(load: &StateLoad<T>, cold: Gas) -> Gas {
    if load.is_cold { cold } else { host::WARM_ACCESS }
}

/// Stores slots one by one; `Err` with all the gas as soon as it does not suffice.
fn store<DB: Database>(
    ctx: &mut StylusContext<DB>,
    frame: &mut EthFrame,
    slots: &[(B256, B256)],
    gas_left: Gas,
) -> Result<Result<Gas, Gas>, DB::Error> {
    let acting = frame.interpreter.input.target_address();
    let mut spent = Gas(0);
    for (key, value) in slots {
        let stored = ctx.journal_mut().sstore(acting, (*key).into(), (*value).into())?;
        let params = ctx.cfg().gas_params();
        frame.interpreter.gas.record_refund(params.sstore_refund(true, &stored.data));
        let dynamic = params.sstore_dynamic_gas(true, &stored.data, stored.is_cold);
        spent = spent + Gas(params.sstore_static_gas() + dynamic);
        if spent >= gas_left {
            return Ok(Err(gas_left));
        }
    }
    Ok(Ok(spent))
}

fn call<DB: Database>(
    ctx: &mut StylusContext<DB>,
    frame: &EthFrame,
    request: Call,
) -> Result<Served, DB::Error> {
    let Some(base) = call_price(ctx, &request)? else {
        return Ok(Served::Answer(failed_call(request.gas_left)));
    };
    // The 63/64 rule.
    let available = u128::from(request.gas_left.0.saturating_sub(base.0)) * 63 / 64;
    let mut given = Gas(available as u64).min(request.gas_wanted);
    if !request.value.is_zero() {
        given = given + host::CALL_STIPEND;
    }
    let input = &frame.interpreter.input;
    let acting = input.target_address();
    let delegate = request.kind == CallKind::Delegate;
    let inputs = CallInputs {
        input: CallInput::Bytes(request.input),
        gas_limit: given.0,
        target_address: if delegate { acting } else { request.address },
        caller: if delegate { input.caller_address() } else { acting },
        bytecode_address: request.address,
        known_bytecode: accounts::code_to_run(ctx.journal_mut(), request.address)?,
        value: match request.kind {
            CallKind::Call => CallValue::Transfer(request.value),
            CallKind::Delegate => CallValue::Apparent(input.call_value()),
            CallKind::Static => CallValue::Transfer(U256::ZERO),
        },
        scheme: match request.kind {
            CallKind::Call => CallScheme::Call,
            CallKind::Delegate => CallScheme::DelegateCall,
            CallKind::Static => CallScheme::StaticCall,
        },
        is_static: frame.interpreter.runtime_flag.is_static() || request.kind == CallKind::Static,
        return_memory_offset: 0..0,
        reservoir: 0,
        charged_new_account_state_gas: false,
    };
    Ok(Served::Frame(FrameInput::Call(Box::new(inputs)), Pending::Call { base, given }))
}

/// Price of a call without the gas given to the callee; `None` if the caller cannot pay it.
fn call_price<DB: Database>(ctx: &mut StylusContext<DB>, request: &Call) -> Result<Option<Gas>, DB::Error> {
    let mut price = host::WARM_ACCESS;
    if price > request.gas_left {
        return Ok(None);
    }
    let account = ctx.journal_mut().load_account(request.address)?;
    if account.is_cold {
        price = host::COLD_ACCOUNT;
    }
    if !request.value.is_zero() {
        if account.data.info.is_empty() {
            price = price + host::CALL_NEW_ACCOUNT;
        }
        price = price + host::CALL_VALUE;
    }
    Ok((price <= request.gas_left).then_some(price))
}

fn failed_call(gas: Gas) -> Answer {
    Answer::Called { success: false, output: Bytes::new(), gas, callee: Gas(0) }
}

fn create(frame: &EthFrame, request: Create) -> Served {
    let had = request.gas_left;
    let mut price = host::CREATE;
    let scheme = match request.salt {
        None => CreateScheme::Create,
        Some(salt) => {
            let words = (request.init_code.len() as u64).div_ceil(32);
            price = price + Gas(words * host::CREATE2_WORD);
            CreateScheme::Create2 { salt: salt.into() }
        }
    };
    let Some(left) = had.0.checked_sub(price.0) else {
        return Served::Answer(Answer::NotCreated);
    };
    let kept = left / 64;
    let creator = frame.interpreter.input.target_address();
    let inputs = CreateInputs::new(creator, scheme, request.value, request.init_code, left - kept, 0);
    Served::Frame(
        FrameInput::Create(Box::new(inputs)),
        Pending::Create { had, kept: Gas(kept), given: Gas(left - kept) },
    )
}

/// Answer to a call or creation whose frame has ended.
pub fn settle(pending: Pending, result: FrameResult) -> Answer {
    let end = result.instruction_result();
    let returned = if end.is_ok_or_revert() { result.gas().remaining() } else { 0 };
    match (pending, result) {
        (Pending::Call { base, given }, FrameResult::Call(outcome)) => {
            let callee = Gas(given.0.saturating_sub(returned));
            Answer::Called { success: end.is_ok(), output: outcome.result.output, gas: base + callee, callee }
        }
        (Pending::Create { had, kept, given }, FrameResult::Create(outcome)) => Answer::Created {
            address: outcome.address.filter(|_| end.is_ok()),
            output: match end {
                InstructionResult::Revert => outcome.result.output,
                _ => Bytes::new(),
            },
            gas: Gas(had.0.saturating_sub(returned + kept.0)),
            callee: Gas(given.0.saturating_sub(returned)),
        },
        // Unreachable: the kind of a result is that of its request.
        _ => Answer::NotCreated,
    }
}

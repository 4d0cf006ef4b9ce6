//! State mutability as the ABIs have it: what is `view` answers in a static call, what is not changes state and fails in
//! one, nothing takes ether. And what is returned is of the types that the ABIs have.

use alloy::{
    dyn_abi::FunctionExt,
    json_abi::{Function, StateMutability},
    network::TransactionBuilder,
    primitives::{Address, Bytes, U256, hex},
    rpc::types::TransactionRequest,
    sol_types::SolError,
};
use anyhow::{Context, Result, bail, ensure};
use libtest_mimic::Trial;
use weir_bindings::{IEntry::ValueNotAccepted, IToken};
use weir_harness::Action;

use super::{
    packaged::{ProgramAbi, all_abis},
    stage::Stage,
};
use crate::{
    evm::Script,
    refusal::expect_revert,
    scene::{transaction, u},
    trial::with_time_control,
};

/// Not `view` in PoolTogether's interfaces, where a source may do something when it is asked. These programs only look.
const ONLY_LOOK: [&str; 5] =
    ["target", "maxAmountOut", "liquidatableBalanceOf", "targetOf", "isLiquidationPair"];
/// Goes through only within a swap that the router began.
const WITHIN_A_SWAP: (&str, &str) = ("IRouter", "flashSwapCallback");

pub fn trials() -> Vec<Trial> {
    vec![
        with_time_control(what_is_view_answers_in_a_static_call_as_in_any_other),
        with_time_control(what_is_not_view_goes_through_but_not_in_a_static_call),
        with_time_control(no_function_takes_ether),
    ]
}

async fn what_is_view_answers_in_a_static_call_as_in_any_other() -> Result<()> {
    let stage = Stage::new().await?;
    for program in all_abis()? {
        for function in with_mutability(&program, StateMutability::View) {
            let told = looks(&stage, &program, function).await;
            told.with_context(|| format!("{}.{}", program.interface, function.signature()))?;
        }
    }
    Ok(())
}

async fn what_is_not_view_goes_through_but_not_in_a_static_call() -> Result<()> {
    let stage = Stage::new().await?;
    for program in all_abis()? {
        for function in with_mutability(&program, StateMutability::NonPayable) {
            let told = if ONLY_LOOK.contains(&function.name.as_str()) {
                looks(&stage, &program, function).await
            } else if WITHIN_A_SWAP == (program.interface, &function.name) {
                Ok(())
            } else {
                changes_state(&stage, &program, function).await
            };
            told.with_context(|| format!("{}.{}", program.interface, function.signature()))?;
        }
    }
    Ok(())
}

async fn no_function_takes_ether() -> Result<()> {
    let stage = Stage::new().await?;
    let refusal = ValueNotAccepted { value: U256::ONE }.abi_encode();
    for program in all_abis()? {
        let address = stage.address(program.interface)?;
        for function in program.abi.functions() {
            ensure!(
                matches!(function.state_mutability, StateMutability::View | StateMutability::NonPayable),
                "{} is neither view nor nonpayable",
                function.signature()
            );
            let gift = transaction(address, function.selector().to_vec()).with_value(U256::ONE);
            let refused = expect_revert(stage.payer(), gift, &refusal).await;
            refused.with_context(|| format!("{}.{}", program.interface, function.signature()))?;
        }
    }
    Ok(())
}

fn with_mutability(program: &ProgramAbi, mutability: StateMutability) -> impl Iterator<Item = &Function> {
    program.abi.functions().filter(move |function| function.state_mutability == mutability)
}

/// The puppet gets the same answer to a static call as to any other.
async fn looks(stage: &Stage, program: &ProgramAbi, function: &Function) -> Result<()> {
    let address = stage.address(program.interface)?;
    for (account, number) in [(stage.puppet.address, 1), (*stage.scene.reward.address(), 0)] {
        let calldata = calldata(function, account, number)?;
        let script = Script::new().call(transaction(address, calldata));
        let answer = stage.payer().simulate(stage.puppet.run(script.clone())).await;
        let statically = stage.let_look(script).await;
        let Ok(answer) = answer else {
            ensure!(statically.is_err(), "it is refused, but not in a static call");
            continue;
        };
        ensure!(statically? == answer, "a static call answers something else");
        return returns_its_types(function, &answer);
    }
    bail!("it refuses every argument that was tried")
}

/// Calldata with `account` as every address and `number` as every number.
fn calldata(function: &Function, account: Address, number: u64) -> Result<Vec<u8>> {
    let mut data = function.selector().to_vec();
    for input in &function.inputs {
        data.extend(match input.ty.as_str() {
            "address" => account.into_word().0,
            "uint256" => U256::from(number).to_be_bytes::<32>(),
            other => bail!("say here which {other} to ask with"),
        });
    }
    Ok(data)
}

/// It goes through when the puppet calls it; and not when the puppet is called statically.
async fn changes_state(stage: &Stage, program: &ProgramAbi, function: &Function) -> Result<()> {
    let selector = function.selector();
    let is_it = |request: &TransactionRequest| {
        request.input.input().is_some_and(|data| data.starts_with(selector.as_slice()))
    };
    let act =
        acts(stage, program.interface)?.into_iter().find(is_it).context("say how to call it, in `acts`")?;
    ensure!(
        TransactionBuilder::to(&act) == Some(stage.address(program.interface)?),
        "that is called elsewhere"
    );
    let script = Script::new().call(act);
    let went_through = stage.payer().simulate(stage.puppet.run(script.clone())).await;
    let answer = went_through.context("it does not go through at all")?;
    let statically = stage.let_look(script).await;
    ensure!(statically.is_err(), "it goes through in a static call");
    returns_its_types(function, &answer)
}

/// What was returned is the encoding of what the ABI says is returned, and no byte more.
fn returns_its_types(function: &Function, answer: &[u8]) -> Result<()> {
    let values = function.abi_decode_output(answer)?;
    ensure!(function.abi_encode_output(&values)? == answer, "it returns {}", hex::encode_prefixed(answer));
    Ok(())
}

/// Calls that go through if the puppet makes them, and change something: one for each function.
fn acts(stage: &Stage, interface: &str) -> Result<Vec<TransactionRequest>> {
    let Stage { market, pair, puppet, .. } = stage;
    Ok(match interface {
        "IVault" => vault_acts(stage)?,
        "IToken" => token_acts(stage),
        "IPair" => {
            vec![pair.swapExactAmountOut(puppet.address, u(1), U256::MAX, Bytes::new()).into_request()]
        }
        "IFactory" => vec![stage.pair_order(), stage.vault_order()],
        "IRouter" => {
            let (pair, router) = (pair.address(), &market.router);
            vec![router.swapExactAmountOut(pair, puppet.address, u(1), U256::MAX, U256::MAX).into_request()]
        }
        _ => bail!("there are no acts at {interface}"),
    })
}

fn vault_acts(stage: &Stage) -> Result<Vec<TransactionRequest>> {
    let (vault, puppet, friend) = (&stage.scene.vault, stage.puppet.address, stage.friend.address());
    let (reward, airdrop) = (*stage.scene.reward.address(), *stage.airdrop.address());
    let (one, nobody) = (u(1), Address::ZERO);
    let no_signature = Default::default();
    Ok(vec![
        vault.approve(friend, one).into_request(),
        vault.transfer(friend, one).into_request(),
        vault.transferFrom(friend, puppet, one).into_request(),
        transaction(vault.address(), alloy::sol_types::SolCall::abi_encode(&stage.permit()?.call())),
        vault.deposit(one, puppet).into_request(),
        // Its approval is there already.
        vault.depositWithPermit(one, puppet, U256::MAX, 27, no_signature, no_signature).into_request(),
        vault.mint(one, puppet).into_request(),
        vault.withdraw(one, puppet, puppet).into_request(),
        vault.redeem(one, puppet, puppet).into_request(),
        vault.claim(puppet).into_request(),
        vault.claimFor(puppet).into_request(),
        vault.exit(puppet).into_request(),
        vault.fund(one).into_request(),
        vault.sync().into_request(),
        vault.swapExactAmountOut(puppet, one, U256::MAX, Bytes::new()).into_request(),
        vault.transferTokensOut(puppet, puppet, airdrop, one).into_request(),
        vault.verifyTokensIn(reward, one, Bytes::new()).into_request(),
        vault.transferOwnership(friend).into_request(),
        vault.acceptOwnership().into_request(),
        vault.renounceOwnership().into_request(),
        vault.setLiquidationPair(airdrop, nobody).into_request(),
    ])
}

fn token_acts(stage: &Stage) -> Vec<TransactionRequest> {
    let (puppet, friend) = (stage.puppet.address, stage.friend.address());
    let token = IToken::new(*stage.scene.asset.address(), stage.scene.chain.provider());
    vec![
        token.approve(friend, u(1)).into_request(),
        token.transfer(friend, u(1)).into_request(),
        token.transferFrom(puppet, friend, u(1)).into_request(),
        token.mint(friend, u(1)).into_request(),
    ]
}

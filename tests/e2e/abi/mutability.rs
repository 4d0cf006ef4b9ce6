//! Tests of state mutability: `view` functions work in a static call, others change state and revert in one, and none
//! accepts ether. Results have the types of the ABI.

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
use weir_client::Action;

use super::{
    packaged::{ProgramAbi, all_abis},
    setup::Setup,
};
use crate::{
    evm::Script,
    reverts::call_reverts,
    scene::{FIRST_PRICE, transaction, u},
    trial::with_time_control,
};

/// Not `view` in PoolTogether's interfaces, where a source may change state. In these programs they are views.
const VIEWS_IN_FACT: [&str; 5] =
    ["target", "maxAmountOut", "liquidatableBalanceOf", "targetOf", "isLiquidationPair"];
/// Succeeds only during a swap of the router.
const WITHIN_A_SWAP: (&str, &str) = ("IRouter", "flashSwapCallback");

pub fn trials() -> Vec<Trial> {
    vec![
        with_time_control(views_return_the_same_in_a_static_call),
        with_time_control(functions_that_are_not_view_revert_in_a_static_call),
        with_time_control(no_function_accepts_ether),
    ]
}

async fn views_return_the_same_in_a_static_call() -> Result<()> {
    let setup = Setup::new().await?;
    for program in all_abis()? {
        for function in with_mutability(&program, StateMutability::View) {
            let result = expect_view(&setup, &program, function).await;
            result.with_context(|| format!("{}.{}", program.interface, function.signature()))?;
        }
    }
    Ok(())
}

async fn functions_that_are_not_view_revert_in_a_static_call() -> Result<()> {
    let setup = Setup::new().await?;
    for program in all_abis()? {
        for function in with_mutability(&program, StateMutability::NonPayable) {
            let result = if VIEWS_IN_FACT.contains(&function.name.as_str()) {
                expect_view(&setup, &program, function).await
            } else if WITHIN_A_SWAP == (program.interface, &function.name) {
                Ok(())
            } else {
                changes_state(&setup, &program, function).await
            };
            result.with_context(|| format!("{}.{}", program.interface, function.signature()))?;
        }
    }
    Ok(())
}

async fn no_function_accepts_ether() -> Result<()> {
    let setup = Setup::new().await?;
    let error = ValueNotAccepted { value: U256::ONE }.abi_encode();
    for program in all_abis()? {
        let address = setup.address(program.interface)?;
        for function in program.abi.functions() {
            ensure!(
                matches!(function.state_mutability, StateMutability::View | StateMutability::NonPayable),
                "{} is neither view nor nonpayable",
                function.signature()
            );
            let gift = transaction(address, function.selector().to_vec()).with_value(U256::ONE);
            let result = call_reverts(setup.payer(), gift, &error).await;
            result.with_context(|| format!("{}.{}", program.interface, function.signature()))?;
        }
    }
    Ok(())
}

fn with_mutability(program: &ProgramAbi, mutability: StateMutability) -> impl Iterator<Item = &Function> {
    program.abi.functions().filter(move |function| function.state_mutability == mutability)
}

/// Checks that a static call returns the same as any other call.
async fn expect_view(setup: &Setup, program: &ProgramAbi, function: &Function) -> Result<()> {
    let address = setup.address(program.interface)?;
    for (account, number) in [(setup.puppet.address, 1), (*setup.scene.reward.address(), 0)] {
        let calldata = calldata(function, account, number)?;
        let script = Script::new().call(transaction(address, calldata));
        let answer = setup.payer().simulate(setup.puppet.run(script.clone())).await;
        let statically = setup.static_call(script).await;
        let Ok(answer) = answer else {
            ensure!(statically.is_err(), "it reverts, but not in a static call");
            continue;
        };
        ensure!(statically? == answer, "a static call returns something else");
        return returns_its_types(function, &answer);
    }
    bail!("it reverts for all arguments that were tried")
}

/// Calldata with `account` as every address and `number` as every number.
fn calldata(function: &Function, account: Address, number: u64) -> Result<Vec<u8>> {
    let mut data = function.selector().to_vec();
    for input in &function.inputs {
        data.extend(match input.ty.as_str() {
            "address" => account.into_word().0,
            "uint256" => U256::from(number).to_be_bytes::<32>(),
            other => bail!("add a value for arguments of type {other} here"),
        });
    }
    Ok(data)
}

/// Checks that a call of the puppet succeeds, and reverts if the puppet is called statically.
async fn changes_state(setup: &Setup, program: &ProgramAbi, function: &Function) -> Result<()> {
    let selector = function.selector();
    let is_it = |request: &TransactionRequest| {
        request.input.input().is_some_and(|data| data.starts_with(selector.as_slice()))
    };
    let call = state_changes(setup, program.interface)?
        .into_iter()
        .find(is_it)
        .context("add a call of it to `state_changes`")?;
    ensure!(
        TransactionBuilder::to(&call) == Some(setup.address(program.interface)?),
        "the call has another target"
    );
    let script = Script::new().call(call);
    let succeeded = setup.payer().simulate(setup.puppet.run(script.clone())).await;
    let answer = succeeded.context("it reverts")?;
    let statically = setup.static_call(script).await;
    ensure!(statically.is_err(), "it succeeds in a static call");
    returns_its_types(function, &answer)
}

/// Checks that the result is exactly an encoding of the types of the ABI.
fn returns_its_types(function: &Function, answer: &[u8]) -> Result<()> {
    let values = function.abi_decode_output(answer)?;
    ensure!(function.abi_encode_output(&values)? == answer, "it returns {}", hex::encode_prefixed(answer));
    Ok(())
}

/// Calls that succeed if the puppet makes them, and change state: one for each function.
fn state_changes(setup: &Setup, interface: &str) -> Result<Vec<TransactionRequest>> {
    let Setup { market, pair, puppet, .. } = setup;
    Ok(match interface {
        "IVault" => vault_calls(setup)?,
        "IToken" => token_calls(setup),
        "IPair" => {
            let vault = setup.scene.vault.address();
            let pay = Script::new().call(setup.scene.reward.transfer(vault, u(FIRST_PRICE)));
            vec![pair.swapExactAmountOut(puppet.address, u(1), U256::MAX, pay.bytes()).into_request()]
        }
        "IFactory" => vec![setup.pair_order(), setup.vault_order()],
        "IRouter" => {
            let (pair, router) = (pair.address(), &market.router);
            vec![router.swapExactAmountOut(pair, puppet.address, u(1), U256::MAX, U256::MAX).into_request()]
        }
        _ => bail!("there are no calls for {interface}"),
    })
}

fn vault_calls(setup: &Setup) -> Result<Vec<TransactionRequest>> {
    let (vault, puppet, friend) = (&setup.scene.vault, setup.puppet.address, setup.friend.address());
    let (reward, airdrop) = (*setup.scene.reward.address(), *setup.airdrop.address());
    let (one, zero_address) = (u(1), Address::ZERO);
    let no_signature = Default::default();
    Ok(vec![
        vault.approve(friend, one).into_request(),
        vault.transfer(friend, one).into_request(),
        vault.transferFrom(friend, puppet, one).into_request(),
        transaction(vault.address(), alloy::sol_types::SolCall::abi_encode(&setup.permit()?.call())),
        transaction(vault.address(), alloy::sol_types::SolCall::abi_encode(&setup.permit()?.bytes_call())),
        vault.deposit(one, puppet).into_request(),
        // The asset is approved already.
        vault.depositWithPermit(one, puppet, U256::MAX, 27, no_signature, no_signature).into_request(),
        vault.mint(one, puppet).into_request(),
        vault.withdraw(one, puppet, puppet).into_request(),
        vault.redeem(one, puppet, puppet).into_request(),
        vault.claim(puppet).into_request(),
        vault.claimFor(puppet).into_request(),
        vault.setClaimer(friend, true).into_request(),
        vault.exit(puppet).into_request(),
        vault.fund(one).into_request(),
        vault.sync().into_request(),
        vault.swapExactAmountOut(puppet, one, U256::MAX, Bytes::new()).into_request(),
        vault.transferTokensOut(puppet, puppet, airdrop, one).into_request(),
        vault.verifyTokensIn(reward, one, Bytes::new()).into_request(),
        vault.transferOwnership(friend).into_request(),
        vault.acceptOwnership().into_request(),
        vault.renounceOwnership().into_request(),
        vault.setLiquidationPair(airdrop, zero_address).into_request(),
    ])
}

fn token_calls(setup: &Setup) -> Vec<TransactionRequest> {
    let (puppet, friend) = (setup.puppet.address, setup.friend.address());
    let token = IToken::new(*setup.scene.asset.address(), setup.scene.chain.provider());
    vec![
        token.approve(friend, u(1)).into_request(),
        token.transfer(friend, u(1)).into_request(),
        token.transferFrom(puppet, friend, u(1)).into_request(),
        token.mint(friend, u(1)).into_request(),
    ]
}

//! Validates and charges transactions by Arbitrum's rules (go-ethereum fork `core/state_transition.go`;
//! Nitro `arbos/tx_processor.go`).

use super::frames::StylusEvm;
use crate::{
    arbos::{
        slots,
        storage::{Burner, Fault, Space, State},
    },
    context::StylusContext,
};
use revm::{
    Database, Inspector,
    context::{
        Block, ContextSetters, Transaction, TxEnv,
        result::{EVMError, HaltReason, InvalidTransaction},
    },
    context_interface::{ContextTr, JournalTr, transaction::TransactionType},
    handler::{EthFrame, EvmTr, FrameResult, Handler, MainnetHandler},
    inspector::InspectorHandler,
    interpreter::{GasTracker, interpreter::EthInterpreter, interpreter_action::FrameInit},
    primitives::U256,
};
use std::{marker::PhantomData, sync::Arc};

/// Revm's mainnet handler with Arbitrum's differences.
pub struct ArbHandler<DB, INSP>(PhantomData<(DB, INSP)>);

impl<DB, INSP> Default for ArbHandler<DB, INSP> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

type Mainnet<DB, INSP> = MainnetHandler<StylusEvm<DB, INSP>, EVMError<<DB as Database>::Error>, EthFrame>;

impl<DB: Database, INSP> Handler for ArbHandler<DB, INSP> {
    type Evm = StylusEvm<DB, INSP>;
    type Error = EVMError<DB::Error>;
    type HaltReason = HaltReason;

    fn validate_env(&self, evm: &mut Self::Evm) -> Result<(), Self::Error> {
        if evm.ctx().tx().tx_type() == TransactionType::Eip4844 as u8 {
            return Err(InvalidTransaction::Eip4844NotSupported.into());
        }
        begin(evm.ctx()).map_err(EVMError::Database)?;
        Mainnet::<DB, INSP>::default().validate_env(evm)
    }

    /// Holds back the gas above the limit of a transaction.
    fn first_frame_input(
        &mut self,
        evm: &mut Self::Evm,
        gas: &mut GasTracker,
    ) -> Result<Option<FrameInit>, Self::Error> {
        let chain = &mut evm.ctx().chain;
        let intrinsic = gas.limit() - gas.remaining();
        if let Some(limit) = chain.options.tx_gas_limit {
            chain.held_gas = gas.remaining().saturating_sub(limit.saturating_sub(intrinsic));
            gas.set_remaining(gas.remaining() - chain.held_gas);
        }
        Mainnet::<DB, INSP>::default().first_frame_input(evm, gas)
    }

    fn last_frame_result(
        &mut self,
        evm: &mut Self::Evm,
        result: &mut FrameResult,
        gas: &mut GasTracker,
    ) -> Result<(), Self::Error> {
        Mainnet::<DB, INSP>::default().last_frame_result(evm, result, gas)?;
        let held = std::mem::take(&mut evm.ctx().chain.held_gas);
        result.gas_mut().erase_cost(held);
        gas.erase_cost(held);
        Ok(())
    }

    /// Pays the price of the gas, with a tip if the chain collects tips, to the network fee account if the chain has one.
    fn reward_beneficiary(&self, evm: &mut Self::Evm, result: &mut FrameResult) -> Result<(), Self::Error> {
        let ctx = evm.ctx();
        if ctx.cfg.disable_fee_charge {
            return Ok(());
        }
        let price = ctx.tx().effective_gas_price(ctx.block().basefee().into());
        let fee = U256::from(price) * U256::from(result.gas().used());
        let mut state = State::new(ctx.journal_mut(), Burner::free());
        let network = match state.get_address(&Space::root(), slots::NETWORK_FEE_ACCOUNT) {
            Ok(account) => account,
            Err(Fault::Database(error)) => return Err(EVMError::Database(error)),
            Err(_) => return Ok(()),
        };
        if !network.is_zero() && !fee.is_zero() {
            ctx.journal_mut().balance_incr(network, fee)?;
        }
        Ok(())
    }
}

/// Applies an upgrade of ArbOS whose time has come, and sets the price of the gas.
fn begin<DB: Database>(ctx: &mut StylusContext<DB>) -> Result<(), DB::Error> {
    let now = ctx.chain.environment.block_timestamp;
    let mut state = State::new(ctx.journal_mut(), Burner::free());
    let collects_tips = state.upgrade_if_due(now).and_then(|()| state.collects_tips());
    match collects_tips {
        Ok(true) => {}
        Err(Fault::Database(error)) => return Err(error),
        _ => {
            let tx = without_tip(ctx.tx().clone(), ctx.cfg().chain_id);
            ctx.set_tx(tx);
        }
    }
    let price = ctx.tx().effective_gas_price(ctx.block().basefee().into());
    Arc::make_mut(&mut ctx.chain.environment).tx_gas_price = U256::from(price);
    Ok(())
}

/// Removes the tip: if the chain collects none, a sender who offers more than the base fee pays the base fee.
fn without_tip(mut tx: TxEnv, chain_id: u64) -> TxEnv {
    if tx.gas_priority_fee.is_some_and(|tip| tip > tx.gas_price) {
        // Invalid; revm returns the error.
        return tx;
    }
    if tx.tx_type == TransactionType::Legacy as u8 || tx.tx_type == TransactionType::Eip2930 as u8 {
        // Older types always pay the offered price; EIP-1559 transactions can pay less.
        tx.tx_type = TransactionType::Eip1559 as u8;
        tx.chain_id.get_or_insert(chain_id);
    }
    tx.gas_priority_fee = Some(0);
    tx
}

impl<DB, INSP> InspectorHandler for ArbHandler<DB, INSP>
where
    DB: Database,
    INSP: Inspector<StylusContext<DB>, EthInterpreter>,
{
    type IT = EthInterpreter;
}

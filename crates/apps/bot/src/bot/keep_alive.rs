//! Renews programs on the side (`--keep-alive`), when there is nothing to bid on.
//! Bids go first: a renewal can wait for months.

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, U256},
    providers::Provider,
    rpc::types::TransactionReceipt,
};
use anyhow::{Result, ensure};
use weir_bindings::{
    Program,
    deploy::{ARB_WASM, with_margin},
};
use weir_client::{Node, NodeError};
use weir_programs::{
    Due, FoundProgram, Lifetime, MAX_COST, Programs, Rules, data_fee_paid, data_fees, lifetime, renewal,
};
use weir_units::{WAD_DECIMALS, exact};

use super::{Bot, Next, purchase::GAS_MARGIN_PERCENT, settle::gas_wei};
use crate::sender::{Call, Fees, Intent, SendFailure};

/// Chain time between checks of all programs, and until a renewal that failed is tried again, in seconds.
const CHECK_AGAIN: u64 = 3_600;

/// The programs to renew.
pub struct KeepAlive {
    node: Node,
    programs: Programs,
    rules: Rules,
    /// Renew only programs with this much time left or less, in seconds.
    left: Option<u64>,
    /// Chain time of the next check.
    pub due: u64,
    /// Programs that cannot run and have been logged.
    logged: Vec<FoundProgram>,
}

impl KeepAlive {
    /// Finds the programs of these contracts, whose kinds may be known.
    ///
    /// # Errors
    /// If they run none, or the node does not answer.
    pub async fn start(
        node: Node,
        contracts: impl Iterator<Item = (Option<Program>, Address)>,
        left: Option<u64>,
    ) -> Result<Self> {
        let mut programs = Programs::default();
        for (kind, contract) in contracts {
            programs.add_contract(&node, contract, kind, &contract.to_string()).await?;
        }
        ensure!(
            !programs.list().is_empty(),
            "the factory and pairs run no Stylus programs, so nothing can expire: leave --keep-alive out"
        );
        let rules = Rules::of(&node).await?;
        for program in programs.list() {
            tracing::info!(program = program.name, code_hash = %program.code_hash, "keeping alive");
        }
        Ok(Self { node, programs, rules, left, due: 0, logged: Vec::new() })
    }

    /// How long each program can run.
    async fn lifetimes(&self, now: u64) -> Result<Vec<(FoundProgram, Lifetime)>, NodeError> {
        let mut lifetimes = Vec::new();
        for program in self.programs.list() {
            lifetimes.push((program.clone(), lifetime(&self.node, program.address, now).await?));
        }
        Ok(lifetimes)
    }

    /// The first program that is due, and otherwise when the next check is.
    fn next(&mut self, lifetimes: Vec<(FoundProgram, Lifetime)>, now: u64) -> Result<FoundProgram, u64> {
        let mut next = now.saturating_add(CHECK_AGAIN);
        let mut first = None;
        for (program, lifetime) in lifetimes {
            match Due::of(&lifetime, &self.rules, self.left, now) {
                Due::Now => first = first.or(Some(program)),
                Due::Later(at) => next = next.min(at),
                Due::Never(inactive) if !self.logged.contains(&program) => {
                    tracing::error!(program = program.name, address = %program.address, why = inactive.words(),
                        "a program cannot run, and must be activated again: docs/lifeboat.md");
                    self.logged.push(program);
                }
                Due::Never(_) => {}
            }
        }
        first.ok_or(next)
    }
}

impl Bot {
    /// Renews the first program that is due, if any.
    ///
    /// # Errors
    /// If the node does not answer.
    pub(super) async fn renew_programs(&mut self, now: u64) -> Result<Next, NodeError> {
        let Some(keep_alive) = self.keep_alive.as_mut().filter(|keep_alive| keep_alive.due <= now) else {
            return Ok(Next::Poll);
        };
        let lifetimes = keep_alive.lifetimes(now).await?;
        if let Some(metrics) = &self.metrics.keep_alive {
            metrics.record_check(lifetimes.iter().map(|(program, lifetime)| (program, lifetime)), now);
        }
        let program = match keep_alive.next(lifetimes, now) {
            Ok(program) => program,
            Err(next) => {
                keep_alive.due = next;
                return Ok(Next::Poll);
            }
        };
        // Until the renewal is mined, and if it fails.
        keep_alive.due = now.saturating_add(CHECK_AGAIN);
        match self.renew(&program, now).await {
            Ok(is_sent) => Ok(if is_sent { Next::Soon } else { Next::Poll }),
            Err(SendFailure::Node(failure)) => {
                if let Some(keep_alive) = &mut self.keep_alive {
                    keep_alive.due = now;
                }
                Err(failure)
            }
            Err(error) => {
                tracing::warn!(program = program.name, reason = %error, "not renewed");
                self.record_failed_renewal();
                Ok(Next::Poll)
            }
        }
    }

    /// Sends a renewal. Returns whether it was sent: a dry run only logs it.
    async fn renew(&mut self, program: &FoundProgram, now: u64) -> Result<bool, SendFailure> {
        let Some(keep_alive) = &self.keep_alive else { return Ok(false) };
        let fees = self.fees().await?;
        let data_fee = data_fees(&keep_alive.node, &[program.code_hash]).await.map_err(SendFailure::Node)?;
        let Some(data_fee) = data_fee.first().copied().flatten() else {
            return Err(SendFailure::Rejected("the chain does not let it be renewed now".into()));
        };
        let request = renewal(program.code_hash, with_margin(data_fee)).with_from(self.account);
        let gas = match self.provider.estimate_gas(request.clone()).await.map_err(NodeError::from) {
            Ok(gas) => gas,
            Err(error) if error.is_rejection() => return Err(SendFailure::Rejected(error.to_string())),
            Err(failure) => return Err(SendFailure::Node(failure)),
        };
        let cost = data_fee + U256::from(gas) * U256::from(fees.max);
        if cost > U256::from(MAX_COST) {
            let (cost, most) = (exact(cost, WAD_DECIMALS), exact(U256::from(MAX_COST), WAD_DECIMALS));
            return Err(SendFailure::Rejected(format!("it costs {cost} ether, and at most {most} is paid")));
        }
        let cost = exact(cost, WAD_DECIMALS);
        if self.sender.is_none() {
            tracing::info!(program = program.name, at_most_ether = cost, "would renew");
            return Ok(false);
        }
        let call = Call {
            to: ARB_WASM,
            input: request.input.into_input().unwrap_or_default(),
            value: request.value.unwrap_or_default(),
            gas_limit: gas * GAS_MARGIN_PERCENT / 100,
        };
        self.send_renewal(program, call, fees, now).await
    }

    async fn send_renewal(
        &mut self,
        program: &FoundProgram,
        call: Call,
        fees: Fees,
        now: u64,
    ) -> Result<bool, SendFailure> {
        let wei_value = self.wei_value(now);
        let Some(sender) = &mut self.sender else { return Ok(false) };
        let intent = Intent::Renewal { name: program.name, code_hash: program.code_hash, wei_value };
        let hash = sender.send(call, fees, intent).await?;
        self.metrics.pending.set(1);
        tracing::info!(transaction = %hash, program = program.name, "sent: renewal");
        Ok(true)
    }

    /// Records a mined renewal. The next program is looked at in the next round.
    pub(super) fn settle_renewal(&mut self, intent: &Intent, receipt: &TransactionReceipt, succeeded: bool) {
        let wei = gas_wei(receipt) + data_fee_paid(receipt);
        self.totals.renewals_wei += wei;
        tracing::info!(
            transaction = %receipt.transaction_hash, succeeded, ether = exact(wei, WAD_DECIMALS), "mined: {intent}"
        );
        if !succeeded {
            self.record_failed_renewal();
            return;
        }
        self.totals.renewals += 1;
        if let Some(metrics) = &self.metrics.keep_alive {
            metrics.record_renewal(wei);
        }
        self.check_programs_next();
    }

    /// Subtracts a renewal that a reorganisation removed, and looks at the programs again.
    pub(super) fn undo_renewal(&mut self, receipt: &TransactionReceipt) {
        let wei = gas_wei(receipt) + data_fee_paid(receipt);
        self.totals.renewals_wei = self.totals.renewals_wei.saturating_sub(wei);
        self.totals.renewals = self.totals.renewals.saturating_sub(u64::from(receipt.status()));
        self.check_programs_next();
    }

    fn check_programs_next(&mut self) {
        if let Some(keep_alive) = &mut self.keep_alive {
            keep_alive.due = 0;
        }
    }

    fn record_failed_renewal(&self) {
        if let Some(metrics) = &self.metrics.keep_alive {
            metrics.record_failure();
        }
    }
}

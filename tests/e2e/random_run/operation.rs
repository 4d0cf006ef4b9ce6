//! The operations of a random run: each as a transaction on the chain, and as a change of the model.
//! The sender, and the stakers it concerns, are known too.

use alloy::{
    primitives::{Bytes, U256},
    rpc::types::TransactionRequest,
};
use num_bigint::BigInt;
use weir_client::Action;

use super::setup::Setup;
use crate::{
    evm::Script,
    model::{
        terms::{FUNDER, PUPPET, Payment, Revert, Unit, VAULT},
        vault::{Vault, unlimited},
    },
    scene::u,
};

/// Accounts and tokens by the model's numbers, amounts in base units.
#[derive(Clone, Copy, Debug)]
pub enum Operation {
    Enter {
        sender: usize,
        receiver: usize,
        amount: u128,
        unit: Unit,
    },
    Leave {
        sender: usize,
        receiver: usize,
        owner: usize,
        amount: u128,
        unit: Unit,
    },
    Transfer {
        from: usize,
        to: usize,
        amount: u128,
    },
    TransferFrom {
        spender: usize,
        from: usize,
        to: usize,
        amount: u128,
    },
    Approve {
        owner: usize,
        spender: usize,
        amount: u128,
    },
    ApproveAll {
        owner: usize,
        spender: usize,
    },
    Claim {
        sender: usize,
        receiver: usize,
    },
    ClaimFor {
        sender: usize,
        account: usize,
    },
    SetClaimer {
        account: usize,
        claimer: usize,
        allowed: bool,
    },
    Exit {
        sender: usize,
        receiver: usize,
    },
    Fund {
        amount: u128,
    },
    Sync {
        sender: usize,
    },
    /// Tokens sent to the vault without a call of it.
    Stray {
        token: usize,
        amount: u128,
    },
    Buy {
        sender: usize,
        receiver: usize,
        amount: u128,
        max: u128,
    },
    FlashBuy {
        sender: usize,
        amount: u128,
        max: u128,
        payment: u128,
    },
    SellForeign {
        sender: usize,
        receiver: usize,
        amount: u128,
        payment: u128,
    },
    /// From now on all balances of a wild token are multiplied by this wad.
    Rebase {
        token: usize,
        wad: u64,
    },
    /// From now on a wild token takes a fee of so many hundredths of a percent of each transfer.
    TakeFee {
        token: usize,
        basis_points: u32,
    },
}

impl Operation {
    /// The sender; `None` if a token changes by itself.
    pub fn sender(&self) -> Option<usize> {
        match *self {
            Self::Enter { sender, .. }
            | Self::Leave { sender, .. }
            | Self::Claim { sender, .. }
            | Self::ClaimFor { sender, .. }
            | Self::Exit { sender, .. }
            | Self::Sync { sender }
            | Self::Buy { sender, .. }
            | Self::FlashBuy { sender, .. }
            | Self::SellForeign { sender, .. } => Some(sender),
            Self::Transfer { from, .. } => Some(from),
            Self::TransferFrom { spender, .. } => Some(spender),
            Self::Approve { owner, .. } | Self::ApproveAll { owner, .. } => Some(owner),
            Self::SetClaimer { account, .. } => Some(account),
            Self::Fund { .. } | Self::Stray { .. } => Some(FUNDER),
            Self::Rebase { .. } | Self::TakeFee { .. } => None,
        }
    }

    /// The staker whose reward it pays.
    pub fn pays(&self) -> Option<usize> {
        match *self {
            Self::Claim { sender, .. } | Self::Exit { sender, .. } => Some(sender),
            Self::ClaimFor { account, .. } => Some(account),
            _ => None,
        }
    }

    /// Whether it changes this staker's stake or pays it. The claims of all others must not change.
    pub fn concerns(&self, staker: usize) -> bool {
        match *self {
            Self::Enter { receiver, .. } => staker == receiver,
            Self::Leave { owner, .. } => staker == owner,
            Self::Transfer { from, to, .. } | Self::TransferFrom { from, to, .. } => {
                staker == from || staker == to
            }
            _ => self.pays() == Some(staker),
        }
    }

    /// Whether it may change what a share is worth without a withdrawal: tokens arrive or leave by themselves.
    pub fn changes_backing(&self) -> bool {
        matches!(
            self,
            Self::Rebase { .. }
                | Self::Stray { .. }
                | Self::Fund { .. }
                | Self::Buy { .. }
                | Self::FlashBuy { .. }
                | Self::SellForeign { .. }
        )
    }

    /// The operation as a transaction.
    pub fn request(&self, setup: &Setup) -> TransactionRequest {
        let (vault, address) = (&setup.vault, |account| setup.address(account));
        match *self {
            Self::Enter { receiver, amount, unit: Unit::Assets, .. } => {
                vault.deposit(u(amount), address(receiver)).into_request()
            }
            Self::Enter { receiver, amount, unit: Unit::Shares, .. } => {
                vault.mint(u(amount), address(receiver)).into_request()
            }
            Self::Leave { receiver, owner, amount, unit: Unit::Assets, .. } => {
                vault.withdraw(u(amount), address(receiver), address(owner)).into_request()
            }
            Self::Leave { receiver, owner, amount, unit: Unit::Shares, .. } => {
                vault.redeem(u(amount), address(receiver), address(owner)).into_request()
            }
            Self::Transfer { to, amount, .. } => vault.transfer(address(to), u(amount)).into_request(),
            Self::TransferFrom { from, to, amount, .. } => {
                vault.transferFrom(address(from), address(to), u(amount)).into_request()
            }
            Self::Approve { spender, amount, .. } => {
                vault.approve(address(spender), u(amount)).into_request()
            }
            Self::ApproveAll { spender, .. } => vault.approve(address(spender), U256::MAX).into_request(),
            Self::Claim { receiver, .. } => vault.claim(address(receiver)).into_request(),
            Self::ClaimFor { account, .. } => vault.claimFor(address(account)).into_request(),
            Self::SetClaimer { claimer, allowed, .. } => {
                vault.setClaimer(address(claimer), allowed).into_request()
            }
            Self::Exit { receiver, .. } => vault.exit(address(receiver)).into_request(),
            Self::Fund { amount } => vault.fund(u(amount)).into_request(),
            Self::Sync { .. } => vault.sync().into_request(),
            Self::Stray { token, amount } => {
                setup.tokens[token].transfer(vault.address(), u(amount)).into_request()
            }
            Self::Buy { receiver, amount, max, .. } => {
                vault.swapExactAmountOut(address(receiver), u(amount), u(max), Bytes::new()).into_request()
            }
            Self::FlashBuy { amount, max, payment, .. } => {
                let data = pay(setup, payment).bytes();
                vault.swapExactAmountOut(address(PUPPET), u(amount), u(max), data).into_request()
            }
            Self::SellForeign { receiver, amount, payment, .. } => {
                sell_foreign(setup, receiver, amount, payment)
            }
            Self::Rebase { token, wad } => setup.wild(token).setFactor(U256::from(wad)).into_request(),
            Self::TakeFee { token, basis_points } => {
                setup.wild(token).setFee(U256::from(basis_points)).into_request()
            }
        }
    }

    /// Applies the operation to the model, where each staker has `earned` this much. Returns what the vault must
    /// return.
    pub fn apply(&self, model: &mut Vault, earned: &[BigInt]) -> Result<Vec<BigInt>, Revert> {
        let yes = || vec![BigInt::from(1)];
        Ok(match *self {
            Self::Enter { sender, receiver, amount, unit } => {
                vec![model.enter(sender, receiver, amount, unit)?]
            }
            Self::Leave { sender, receiver, owner, amount, unit } => {
                vec![model.leave(sender, receiver, owner, amount, unit)?]
            }
            Self::Transfer { from, to, amount } => {
                model.transfer(from, to, amount)?;
                yes()
            }
            Self::TransferFrom { spender, from, to, amount } => {
                model.transfer_from(spender, from, to, amount)?;
                yes()
            }
            Self::Approve { owner, spender, amount } => {
                model.approve(owner, spender, amount.into());
                yes()
            }
            Self::ApproveAll { owner, spender } => {
                model.approve(owner, spender, unlimited());
                yes()
            }
            Self::Claim { sender, receiver } => vec![model.claim(sender, receiver, &earned[sender])?],
            Self::ClaimFor { sender, account } => vec![model.claim_for(sender, account, &earned[account])?],
            Self::SetClaimer { account, claimer, allowed } => {
                model.set_claimer(account, claimer, allowed);
                Vec::new()
            }
            Self::Exit { sender, receiver } => model.exit(sender, receiver, &earned[sender])?.into(),
            Self::Fund { amount } => vec![model.fund(FUNDER, amount)?],
            Self::Sync { .. } => vec![model.sync()?],
            Self::Buy { sender, receiver, amount, max } => {
                vec![model.buy(sender, receiver, amount, max, Payment::Wallet)?]
            }
            Self::FlashBuy { sender, amount, max, payment } => {
                vec![model.buy(sender, PUPPET, amount, max, Payment::Flash(payment))?]
            }
            Self::SellForeign { receiver, amount, payment, .. } => {
                model.sell_foreign(receiver, amount, payment)?;
                Vec::new()
            }
            Self::Stray { .. } | Self::Rebase { .. } | Self::TakeFee { .. } => {
                self.apply_to_token(model)?;
                Vec::new()
            }
        })
    }

    fn apply_to_token(&self, model: &mut Vault) -> Result<(), Revert> {
        match *self {
            Self::Stray { token, amount } => model.move_token(token, FUNDER, VAULT, amount.into())?,
            Self::Rebase { token, wad } => model.tokens[token].rebase(wad),
            Self::TakeFee { token, basis_points } => model.tokens[token].set_fee(basis_points),
            _ => (),
        }
        Ok(())
    }

    /// Whether it calls the vault, not a token.
    pub fn is_vault_call(&self) -> bool {
        !matches!(self, Self::Stray { .. } | Self::Rebase { .. } | Self::TakeFee { .. })
    }

    /// Whether it needs the vault's program. All other calls let principal and rewards leave, or move shares.
    pub fn needs_program(&self) -> bool {
        matches!(
            self,
            Self::Enter { .. }
                | Self::ClaimFor { .. }
                | Self::SetClaimer { .. }
                | Self::Fund { .. }
                | Self::Sync { .. }
                | Self::Buy { .. }
                | Self::FlashBuy { .. }
                | Self::SellForeign { .. }
        )
    }

    /// The preview of the same amount, if there is one.
    pub fn preview(&self, setup: &Setup) -> Option<TransactionRequest> {
        let vault = &setup.vault;
        Some(match *self {
            Self::Enter { amount, unit: Unit::Assets, .. } => vault.previewDeposit(u(amount)).into_request(),
            Self::Enter { amount, unit: Unit::Shares, .. } => vault.previewMint(u(amount)).into_request(),
            Self::Leave { amount, unit: Unit::Assets, .. } => vault.previewWithdraw(u(amount)).into_request(),
            Self::Leave { amount, unit: Unit::Shares, .. } => vault.previewRedeem(u(amount)).into_request(),
            _ => return None,
        })
    }
}

/// The puppet's payment to the vault.
fn pay(setup: &Setup, payment: u128) -> Script {
    let reward = &setup.tokens[setup.terms.roles.reward];
    Script::new().call(reward.transfer(setup.vault.address(), u(payment)))
}

/// The puppet as a standalone pair: pays the price, sends out what it sold, and lets the vault verify.
fn sell_foreign(setup: &Setup, receiver: usize, amount: u128, payment: u128) -> TransactionRequest {
    let (vault, roles) = (&setup.vault, setup.terms.roles);
    let (reward, foreign) = (setup.token(roles.reward), setup.token(roles.foreign));
    let (puppet, receiver) = (setup.puppet.address, setup.address(receiver));
    let script = pay(setup, payment)
        .call(vault.transferTokensOut(puppet, receiver, foreign, u(amount)))
        .call(vault.verifyTokensIn(reward, u(payment), Bytes::new()));
    setup.puppet.run(script)
}

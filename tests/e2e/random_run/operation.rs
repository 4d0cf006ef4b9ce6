//! What can be done in a random run: as a transaction on the chain, and in the model.

use alloy::{
    primitives::{Bytes, U256},
    rpc::types::TransactionRequest,
};
use num_bigint::BigInt;
use weir_harness::Action;

use super::stage::Stage;
use crate::{
    evm::Script,
    model::{
        terms::{FUNDER, Named, PUPPET, Payment, Refusal, VAULT},
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
        named: Named,
    },
    Leave {
        sender: usize,
        receiver: usize,
        owner: usize,
        amount: u128,
        named: Named,
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
    /// Sent to the vault by no call of it.
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
    /// All balances of a wild token are multiplied by this wad from now on.
    Rebase {
        token: usize,
        wad: u64,
    },
    /// A wild token takes so many hundredths of a percent of each transfer from now on.
    TakeFee {
        token: usize,
        basis_points: u32,
    },
}

impl Operation {
    /// Who sends it; nobody of the model if it is a token's own doing.
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
            Self::Fund { .. } | Self::Stray { .. } => Some(FUNDER),
            Self::Rebase { .. } | Self::TakeFee { .. } => None,
        }
    }

    /// Whose reward it pays out.
    pub fn pays(&self) -> Option<usize> {
        match *self {
            Self::Claim { sender, .. } | Self::Exit { sender, .. } => Some(sender),
            Self::ClaimFor { account, .. } => Some(account),
            _ => None,
        }
    }

    /// Whether it changes this staker's stake or pays it: everybody else's claim has to stay as it is.
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

    /// Whether it may change what each share is worth without anybody's leaving: tokens that come and go by themselves.
    pub fn moves_the_backing(&self) -> bool {
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

    /// It as a transaction.
    pub fn request(&self, stage: &Stage) -> TransactionRequest {
        let (vault, address) = (&stage.vault, |account| stage.address(account));
        match *self {
            Self::Enter { receiver, amount, named: Named::Assets, .. } => {
                vault.deposit(u(amount), address(receiver)).into_request()
            }
            Self::Enter { receiver, amount, named: Named::Shares, .. } => {
                vault.mint(u(amount), address(receiver)).into_request()
            }
            Self::Leave { receiver, owner, amount, named: Named::Assets, .. } => {
                vault.withdraw(u(amount), address(receiver), address(owner)).into_request()
            }
            Self::Leave { receiver, owner, amount, named: Named::Shares, .. } => {
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
            Self::Exit { receiver, .. } => vault.exit(address(receiver)).into_request(),
            Self::Fund { amount } => vault.fund(u(amount)).into_request(),
            Self::Sync { .. } => vault.sync().into_request(),
            Self::Stray { token, amount } => {
                stage.tokens[token].transfer(vault.address(), u(amount)).into_request()
            }
            Self::Buy { receiver, amount, max, .. } => {
                vault.swapExactAmountOut(address(receiver), u(amount), u(max), Bytes::new()).into_request()
            }
            Self::FlashBuy { amount, max, payment, .. } => {
                let data = pay(stage, payment).bytes();
                vault.swapExactAmountOut(address(PUPPET), u(amount), u(max), data).into_request()
            }
            Self::SellForeign { receiver, amount, payment, .. } => {
                sell_foreign(stage, receiver, amount, payment)
            }
            Self::Rebase { token, wad } => stage.wild(token).setFactor(U256::from(wad)).into_request(),
            Self::TakeFee { token, basis_points } => {
                stage.wild(token).setFee(U256::from(basis_points)).into_request()
            }
        }
    }

    /// It in the model, where each staker has `earned` this much. Gives what the vault is to return.
    pub fn apply(&self, model: &mut Vault, earned: &[BigInt]) -> Result<Vec<BigInt>, Refusal> {
        let yes = || vec![BigInt::from(1)];
        Ok(match *self {
            Self::Enter { sender, receiver, amount, named } => {
                vec![model.enter(sender, receiver, amount, named)?]
            }
            Self::Leave { sender, receiver, owner, amount, named } => {
                vec![model.leave(sender, receiver, owner, amount, named)?]
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
            Self::ClaimFor { account, .. } => vec![model.claim(account, account, &earned[account])?],
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

    fn apply_to_token(&self, model: &mut Vault) -> Result<(), Refusal> {
        match *self {
            Self::Stray { token, amount } => model.move_token(token, FUNDER, VAULT, amount.into())?,
            Self::Rebase { token, wad } => model.tokens[token].rebase(wad),
            Self::TakeFee { token, basis_points } => model.tokens[token].set_fee(basis_points),
            _ => (),
        }
        Ok(())
    }

    /// Whether it is a call of the vault, not of a token.
    pub fn is_the_vault_s(&self) -> bool {
        !matches!(self, Self::Stray { .. } | Self::Rebase { .. } | Self::TakeFee { .. })
    }

    /// The view that tells beforehand what it returns.
    pub fn preview(&self, stage: &Stage) -> Option<TransactionRequest> {
        let vault = &stage.vault;
        Some(match *self {
            Self::Enter { amount, named: Named::Assets, .. } => {
                vault.previewDeposit(u(amount)).into_request()
            }
            Self::Enter { amount, named: Named::Shares, .. } => vault.previewMint(u(amount)).into_request(),
            Self::Leave { amount, named: Named::Assets, .. } => {
                vault.previewWithdraw(u(amount)).into_request()
            }
            Self::Leave { amount, named: Named::Shares, .. } => vault.previewRedeem(u(amount)).into_request(),
            _ => return None,
        })
    }
}

/// The puppet's payment to the vault.
fn pay(stage: &Stage, payment: u128) -> Script {
    let reward = &stage.tokens[stage.terms.roles.reward];
    Script::new().call(reward.transfer(stage.vault.address(), u(payment)))
}

/// The puppet as a standalone pair: takes the price in, sends out what it sold, and lets the vault verify.
fn sell_foreign(stage: &Stage, receiver: usize, amount: u128, payment: u128) -> TransactionRequest {
    let (vault, roles) = (&stage.vault, stage.terms.roles);
    let (reward, foreign) = (stage.token(roles.reward), stage.token(roles.foreign));
    let (puppet, receiver) = (stage.puppet.address, stage.address(receiver));
    let script = pay(stage, payment)
        .call(vault.transferTokensOut(puppet, receiver, foreign, u(amount)))
        .call(vault.verifyTokensIn(reward, u(payment), Bytes::new()));
    stage.puppet.run(script)
}

//! A vault as the design says it should be (`docs/arithmetic.md`), with the tokens that it deals in: what every call
//! does, or with which error it is refused. Integers without bounds and rationals; no code of the contract.
//!
//! A call that is refused may leave the model half-way: [`Vault::attempt`] takes it back.

use std::collections::HashMap;

use num_bigint::BigInt;
use weir::math::stream::Stream;

use super::{
    Ledger, SecondBySecond,
    exact::{floor, power_of_two, ratio},
    terms::{ACCOUNTS, NOBODY, Named, PUPPET, Payment, Refusal, Roles, STAKERS, Terms, VAULT},
    token::Token,
};

const WAD: u64 = 1_000_000_000_000_000_000;

#[derive(Clone)]
pub struct Vault {
    pub terms: Terms,
    pub tokens: Vec<Token>,
    pub ledger: Ledger,
    pub stream: SecondBySecond,
    allowances: HashMap<(usize, usize), BigInt>,
    last_price: BigInt,
    last_sale: u32,
    /// Rewards credited and paid out, in base units.
    pub credited: BigInt,
    pub claimed: Vec<BigInt>,
    /// Changes of each one's stake.
    changes: Vec<u32>,
    /// How often each claimed without shares.
    closings: Vec<u32>,
    /// For each one, the sum of the stakes it held at each call and of the shares it sent or got: a step of the
    /// index is 2^-128 a share.
    steps: Vec<BigInt>,
}

impl Vault {
    /// A vault just deployed, and tokens of which nobody has any.
    pub fn new(terms: Terms, tokens: usize) -> Self {
        let length = terms.epoch_length.try_into().expect("an epoch has a second");
        Self {
            terms,
            tokens: vec![Token::new(ACCOUNTS); tokens],
            ledger: Ledger::new(STAKERS),
            stream: SecondBySecond::new(length, Stream::default()),
            allowances: HashMap::new(),
            last_price: terms.first_price.into(),
            last_sale: 0,
            credited: BigInt::ZERO,
            claimed: vec![BigInt::ZERO; STAKERS],
            changes: vec![0; STAKERS],
            closings: vec![0; STAKERS],
            steps: vec![BigInt::ZERO; STAKERS],
        }
    }

    /// Lets the time pass, up to `now` seconds after the deployment.
    pub fn pass_to(&mut self, now: u32) {
        let handed_out = self.stream.run_to(now, self.ledger.total() > 0);
        self.ledger.hand_out(&handed_out);
    }

    /// Does `call` whole or, if it is refused, not at all.
    pub fn attempt<T>(&mut self, call: impl FnOnce(&mut Self) -> Result<T, Refusal>) -> Result<T, Refusal> {
        let before = self.clone();
        for staker in 0..STAKERS {
            self.steps[staker] += self.ledger.stake(staker);
        }
        let done = call(self);
        if done.is_err() {
            *self = before;
        }
        done
    }

    // What can be asked.

    /// Sum of all shares.
    pub fn supply(&self) -> BigInt {
        self.ledger.total().into()
    }

    /// Credited and not yet paid out.
    pub fn reserve(&self) -> BigInt {
        &self.credited - self.claimed.iter().sum::<BigInt>()
    }

    /// What the vault holds of a token.
    pub fn held(&self, token: usize) -> BigInt {
        self.tokens[token].balance(VAULT)
    }

    /// What it owes of a token: principal, reserve, or both.
    pub fn owed(&self, token: usize) -> BigInt {
        let Roles { asset, reward, .. } = self.terms.roles;
        let principal = if token == asset { self.supply() } else { BigInt::ZERO };
        let rewards = if token == reward { self.reserve() } else { BigInt::ZERO };
        principal + rewards
    }

    /// Whether a share is worth less than one asset.
    pub fn is_in_loss(&self) -> bool {
        self.held(self.terms.roles.asset) < self.supply()
    }

    /// What all shares are worth.
    pub fn total_assets(&self) -> BigInt {
        self.held(self.terms.roles.asset).min(self.supply())
    }

    /// What so many shares are worth. Rounds down.
    pub fn worth(&self, shares: &BigInt) -> BigInt {
        match self.is_in_loss() {
            false => shares.clone(),
            true => floor(&ratio(shares * self.total_assets(), self.supply())),
        }
    }

    /// What so many assets cost in shares. Rounds up; `2^256 − 1` if nothing is held for them.
    fn cost(&self, assets: &BigInt) -> BigInt {
        if !self.is_in_loss() {
            return assets.clone();
        }
        if self.total_assets() == BigInt::ZERO {
            return unlimited();
        }
        ratio(assets * self.supply(), self.total_assets()).ceil().to_integer()
    }

    /// Shares that could still be made, now.
    pub fn room(&self) -> BigInt {
        let asset = self.terms.roles.asset;
        if self.held(asset) < self.owed(asset) {
            return BigInt::ZERO;
        }
        max_stake() - self.supply()
    }

    /// Price of the lot at the model's time.
    pub fn price(&self) -> BigInt {
        let highest = power_of_two(192) - 1;
        match self.stream.now - self.last_sale {
            0 => highest,
            elapsed => {
                floor(&ratio(&self.last_price * self.terms.target_period, elapsed)).clamp(100.into(), highest)
            }
        }
    }

    /// What of the yield token can be bought.
    pub fn for_sale(&self) -> BigInt {
        let sold = self.terms.roles.yield_token;
        let surplus = (self.held(sold) - self.owed(sold)).max(BigInt::ZERO);
        floor(&ratio(surplus * (WAD - self.terms.smoothing), WAD))
    }

    /// What the standalone pair can sell.
    pub fn foreign_surplus(&self) -> BigInt {
        let foreign = self.terms.roles.foreign;
        (self.held(foreign) - self.owed(foreign)).max(BigInt::ZERO)
    }

    /// Rewards credited that nobody could have claimed yet, however they were staked.
    pub fn undistributed(&self) -> BigInt {
        &self.stream.reward - self.stream.streamed() + &self.stream.queued
    }

    /// How much less than its exact share a staker may have got, in 2^-128 base units: one unit, another one for each
    /// time that it claimed without shares, 2^-32 for each change of its stake, and a step of the index for each share
    /// it held at an update or moved.
    pub fn allowed_loss(&self, staker: usize) -> BigInt {
        (1 + self.closings[staker]) * power_of_two(128)
            + self.changes[staker] * power_of_two(96)
            + &self.steps[staker]
    }

    // Shares.

    pub fn approve(&mut self, owner: usize, spender: usize, value: BigInt) {
        self.allowances.insert((owner, spender), value);
    }

    pub fn transfer(&mut self, from: usize, to: usize, value: u128) -> Result<(), Refusal> {
        check_receiver(to)?;
        let balance = self.ledger.stake(from);
        if value > balance {
            return Err(Refusal::InsufficientShares {
                sender: from,
                balance: balance.into(),
                needed: value.into(),
            });
        }
        if from == to {
            return Ok(());
        }
        self.ledger.withdraw(from, value);
        self.ledger.deposit(to, value);
        for staker in [from, to] {
            self.changes[staker] += 1;
            self.steps[staker] += value;
        }
        Ok(())
    }

    pub fn transfer_from(
        &mut self,
        spender: usize,
        from: usize,
        to: usize,
        value: u128,
    ) -> Result<(), Refusal> {
        self.spend(from, spender, value.into())?;
        self.transfer(from, to, value)
    }

    fn spend(&mut self, owner: usize, spender: usize, needed: BigInt) -> Result<(), Refusal> {
        let allowance = self.allowances.entry((owner, spender)).or_default();
        if *allowance == unlimited() {
            return Ok(());
        }
        if *allowance < needed {
            let allowance = allowance.clone();
            return Err(Refusal::InsufficientAllowance { spender, allowance, needed });
        }
        *allowance -= needed;
        Ok(())
    }

    // Deposit and withdraw.

    pub fn enter(
        &mut self,
        sender: usize,
        receiver: usize,
        amount: u128,
        named: Named,
    ) -> Result<BigInt, Refusal> {
        check_amount(&amount.into())?;
        check_receiver(receiver)?;
        let max = max_stake() - self.supply();
        if BigInt::from(amount) > max {
            return Err(match named {
                Named::Assets => Refusal::ExceededMaxDeposit { receiver, assets: amount.into(), max },
                Named::Shares => Refusal::ExceededMaxMint { receiver, shares: amount.into(), max },
            });
        }
        let Roles { asset, reward, yield_token, .. } = self.terms.roles;
        let held_before = self.held(asset);
        self.ledger.deposit(receiver, amount);
        self.changes[receiver] += 1;
        let mut owed = self.owed(asset);
        if asset == reward || asset == yield_token {
            owed = owed.max(held_before + amount);
        }
        self.move_token(asset, sender, VAULT, amount.into())?;
        self.check_held(asset, owed)?;
        Ok(amount.into())
    }

    /// Takes `amount` of assets or of shares out, whichever it names; gives the other.
    pub fn leave(
        &mut self,
        sender: usize,
        receiver: usize,
        owner: usize,
        amount: u128,
        named: Named,
    ) -> Result<BigInt, Refusal> {
        let (amount, stake) = (BigInt::from(amount), BigInt::from(self.ledger.stake(owner)));
        check_amount(&amount)?;
        let shares = match named {
            Named::Assets => self.cost(&amount),
            Named::Shares => amount.clone(),
        };
        check_receiver(receiver)?;
        if sender != owner {
            self.spend(owner, sender, shares.clone())?;
        }
        let assets = match named {
            Named::Assets => self.assets_up_to(owner, amount, &stake)?,
            Named::Shares => self.assets_of(owner, &shares, stake)?,
        };
        self.ledger.withdraw(owner, u128::try_from(&shares).expect("a stake"));
        self.changes[owner] += 1;
        self.move_token(self.terms.roles.asset, VAULT, receiver, assets.clone())?;
        Ok(match named {
            Named::Assets => shares,
            Named::Shares => assets,
        })
    }

    fn assets_up_to(&self, owner: usize, assets: BigInt, stake: &BigInt) -> Result<BigInt, Refusal> {
        let max = self.worth(stake);
        if assets > max {
            return Err(Refusal::ExceededMaxWithdraw { owner, assets, max });
        }
        Ok(assets)
    }

    fn assets_of(&self, owner: usize, shares: &BigInt, stake: BigInt) -> Result<BigInt, Refusal> {
        if *shares > stake {
            return Err(Refusal::ExceededMaxRedeem { owner, shares: shares.clone(), max: stake });
        }
        let assets = self.worth(shares);
        if assets == BigInt::ZERO {
            let token = self.terms.roles.asset;
            return Err(Refusal::PrincipalShortfall {
                token,
                owed: self.supply(),
                held: self.total_assets(),
            });
        }
        Ok(assets)
    }

    // Rewards. What a staker has `earned` is not the model's to say, only its bounds: it is what the vault told before.

    pub fn claim(&mut self, account: usize, receiver: usize, earned: &BigInt) -> Result<BigInt, Refusal> {
        check_receiver(receiver)?;
        if *earned == BigInt::ZERO {
            return Ok(BigInt::ZERO);
        }
        let Roles { asset, reward, .. } = self.terms.roles;
        self.claimed[account] += earned;
        self.closings[account] += u32::from(self.ledger.stake(account) == 0);
        self.move_token(reward, VAULT, receiver, earned.clone())?;
        if asset == reward {
            self.check_held(asset, self.supply())?;
        }
        Ok(earned.clone())
    }

    /// Gives assets and rewards.
    pub fn exit(&mut self, owner: usize, receiver: usize, earned: &BigInt) -> Result<[BigInt; 2], Refusal> {
        let assets = match self.ledger.stake(owner) {
            0 => BigInt::ZERO,
            shares => self.leave(owner, receiver, owner, shares, Named::Shares)?,
        };
        Ok([assets, self.claim(owner, receiver, earned)?])
    }

    /// Gives what was credited; so does `sync`.
    pub fn fund(&mut self, sender: usize, amount: u128) -> Result<BigInt, Refusal> {
        check_amount(&amount.into())?;
        self.move_token(self.terms.roles.reward, sender, VAULT, amount.into())?;
        let surplus = self.reward_surplus()?;
        check_amount(&surplus)?;
        self.credit(surplus.clone(), surplus.min(amount.into()))
    }

    pub fn sync(&mut self) -> Result<BigInt, Refusal> {
        let surplus = self.reward_surplus()?;
        if surplus == BigInt::ZERO {
            return Ok(surplus);
        }
        self.credit(surplus, 1.into())
    }

    fn reward_surplus(&self) -> Result<BigInt, Refusal> {
        let reward = self.terms.roles.reward;
        self.check_held(reward, self.owed(reward))?;
        Ok(self.held(reward) - self.owed(reward))
    }

    /// Queues `surplus` as far as it fits the bound on unpaid rewards, and no less than `least`.
    fn credit(&mut self, surplus: BigInt, least: BigInt) -> Result<BigInt, Refusal> {
        let (unpaid, bound) = (self.reserve(), max_unpaid_reward());
        let room = &bound - &unpaid;
        if least > room {
            return Err(Refusal::RewardBoundExceeded { unpaid, bound });
        }
        let credited = surplus.min(room);
        self.stream.queued += &credited;
        self.credited += &credited;
        Ok(credited)
    }

    // Sales.

    /// Gives the price.
    pub fn buy(
        &mut self,
        sender: usize,
        receiver: usize,
        amount: u128,
        max: u128,
        payment: Payment,
    ) -> Result<BigInt, Refusal> {
        if receiver == NOBODY {
            return Err(Refusal::ReceiverIsZero);
        }
        let (price, max) = (self.price(), BigInt::from(max));
        if price > max {
            return Err(Refusal::SwapExceedsMax { max, price });
        }
        (self.last_price, self.last_sale) = (price.clone(), self.stream.now);
        check_for_sale(amount, self.for_sale())?;
        check_amount(&amount.into())?;
        check_receiver(receiver)?;
        let Roles { reward, yield_token, .. } = self.terms.roles;
        self.move_token(yield_token, VAULT, receiver, amount.into())?;
        if let Payment::Flash(paid) = payment {
            self.move_token(reward, receiver, VAULT, paid.into())?;
        }
        let mut paid = self.reward_surplus()?;
        if paid < price && matches!(payment, Payment::Wallet) {
            self.move_token(reward, sender, VAULT, &price - paid)?;
            paid = self.reward_surplus()?;
        }
        self.take_payment(price.clone(), paid)?;
        Ok(price)
    }

    /// The puppet pays, takes out what its pair sold, and lets the vault look at the payment.
    pub fn sell_foreign(&mut self, receiver: usize, amount: u128, payment: u128) -> Result<(), Refusal> {
        let Roles { reward, foreign, .. } = self.terms.roles;
        self.move_token(reward, PUPPET, VAULT, payment.into())?;
        check_amount(&amount.into())?;
        check_receiver(receiver)?;
        check_for_sale(amount, self.foreign_surplus())?;
        self.move_token(foreign, VAULT, receiver, amount.into())?;
        let paid = self.reward_surplus()?;
        self.take_payment(payment.into(), paid)
    }

    fn take_payment(&mut self, price: BigInt, paid: BigInt) -> Result<(), Refusal> {
        if paid < price {
            return Err(Refusal::InsufficientPayment { price, paid });
        }
        self.credit(paid, price)?;
        Ok(())
    }

    // Tokens.

    pub fn move_token(&mut self, token: usize, from: usize, to: usize, value: BigInt) -> Result<(), Refusal> {
        self.tokens[token].transfer(from, to, value).map_err(|short| Refusal::Token { token, short })
    }

    fn check_held(&self, token: usize, owed: BigInt) -> Result<(), Refusal> {
        let held = self.held(token);
        if held < owed { Err(Refusal::PrincipalShortfall { token, owed, held }) } else { Ok(()) }
    }
}

/// An allowance that is never spent.
pub fn unlimited() -> BigInt {
    power_of_two(256) - 1
}

fn max_stake() -> BigInt {
    power_of_two(112) - 1
}

fn max_unpaid_reward() -> BigInt {
    power_of_two(111) - 1
}

fn check_amount(amount: &BigInt) -> Result<(), Refusal> {
    if *amount == BigInt::ZERO { Err(Refusal::ZeroAmount) } else { Ok(()) }
}

fn check_receiver(receiver: usize) -> Result<(), Refusal> {
    if receiver == NOBODY || receiver == VAULT { Err(Refusal::InvalidReceiver(receiver)) } else { Ok(()) }
}

fn check_for_sale(amount: u128, available: BigInt) -> Result<(), Refusal> {
    let requested = BigInt::from(amount);
    if requested > available { Err(Refusal::NotForSale { requested, available }) } else { Ok(()) }
}

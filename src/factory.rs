//! The factory: creates pairs and vaults, and keeps a list of each.

use alloy_primitives::{Address, B256, U256};

use crate::{
    abi::{
        IEntry::AlreadyInitialized,
        IFactory::{
            CreationFailed, EpochLengthOutOfBounds, IndexOutOfBounds, InvalidTemplate, InvalidToken,
            SmoothingFactorOutOfBounds, TargetAuctionPeriodOutOfBounds, TargetAuctionPriceOutOfBounds,
            TextTooLong, YieldTokenIsReward,
        },
    },
    clones::{
        Origin, PairCode, PairConfig, VaultCode, VaultConfig,
        bounds::{EPOCH_LENGTHS, MAX_SMOOTHING, MAX_TEXT, TARGET_PERIODS},
        first_queue,
    },
    components::{auction::Sale, events, token},
    host::Host,
    math::auction::{MAX_PRICE, MAX_RECORDED_PRICE, MIN_PRICE},
    stylus::{
        call::has_code,
        entry::Contract,
        revert::{Revert, require},
        slot::Slot,
        word::{pack_address, unpack, unpack_address},
    },
};

/// The clones of one template, in the order of their creation.
struct Clones {
    /// The template u160, and the number of clones u64.
    head: Slot,
    /// Tag of the list.
    entries: u32,
}

/// Everything with an auction: pairs, and vaults too.
const PAIRS: Clones = Clones { head: Slot::fixed(0), entries: 1 };
/// The vaults.
const VAULTS: Clones = Clones { head: Slot::fixed(1), entries: 2 };
/// The vaults' second program u160.
const EXTENSION: Slot = Slot::fixed(2);
/// The vaults' lifeboat u160.
const LIFEBOAT: Slot = Slot::fixed(3);
/// Tag of the map from accounts to what the factory created there.
const CREATED: u32 = 3;

const IS_PAIR: U256 = U256::from_limbs([1, 0, 0, 0]);
/// A vault, which is a pair too.
const IS_VAULT: U256 = U256::from_limbs([2, 0, 0, 0]);

const TOTAL_AT: usize = 160;
const ONE_MORE: U256 = U256::from_limbs([0, 0, 1 << 32, 0]);

/// A factory.
pub struct Factory {
    host: Host,
}

/// What a pair is created with.
pub struct PairParams {
    /// The contract whose balance is sold.
    pub source: Address,
    /// The token that the price is paid in.
    pub token_in: Address,
    /// The token that is sold.
    pub token_out: Address,
    /// Seconds, within [`TARGET_PERIODS`].
    pub target_period: u64,
    /// First price, base units of `token_in`: 100 to 2^192 − 1.
    pub target_price: U256,
    /// A wad, at most [`MAX_SMOOTHING`].
    pub smoothing: U256,
}

/// What a vault is created with.
pub struct VaultParams<'a> {
    /// The token that is staked.
    pub asset: Address,
    /// The token that rewards are paid in and the auction takes in. May be the asset.
    pub reward: Address,
    /// The token that is sold. May be the asset, not the reward.
    pub yield_token: Address,
    /// Seconds, within [`EPOCH_LENGTHS`].
    pub epoch_length: u32,
    /// Seconds, within [`TARGET_PERIODS`].
    pub target_period: u32,
    /// First price, base units of the reward token: 100 to 2^104 − 1.
    pub target_price: U256,
    /// A wad, at most [`MAX_SMOOTHING`].
    pub smoothing: u64,
    /// Name of the share token, at most [`MAX_TEXT`] bytes.
    pub name: &'a [u8],
    /// Symbol of the share token, at most [`MAX_TEXT`] bytes.
    pub symbol: &'a [u8],
    /// May be zero.
    pub owner: Address,
}

impl Contract for Factory {
    fn open(host: Host, calldata: &[u8]) -> Result<(Self, &[u8]), Revert> {
        Ok((Self { host }, calldata))
    }
}

impl Factory {
    /// Sets up the factory, once.
    ///
    /// # Errors
    /// `AlreadyInitialized`; `InvalidTemplate` for an account without code.
    pub fn construct(
        &mut self,
        pair: Address,
        vault: Address,
        extension: Address,
        lifeboat: Address,
    ) -> Result<(), Revert> {
        require(PAIRS.head.load(&self.host).is_zero(), AlreadyInitialized {})?;
        let templates =
            [(PAIRS.head, pair), (VAULTS.head, vault), (EXTENSION, extension), (LIFEBOAT, lifeboat)];
        for (slot, template) in templates {
            require(has_code(&self.host, template), InvalidTemplate { template })?;
            slot.store(&self.host, pack_address(template));
        }
        Ok(())
    }

    /// Creates and registers a pair, and emits `PairCreated`.
    ///
    /// # Errors
    /// `TargetAuctionPeriodOutOfBounds`, `TargetAuctionPriceOutOfBounds`, `SmoothingFactorOutOfBounds`, `CreationFailed`.
    pub fn create_pair(&mut self, params: &PairParams) -> Result<Address, Revert> {
        check_auction(params, MAX_PRICE)?;
        let &PairParams { source, token_in, token_out, target_period, target_price, smoothing } = params;
        let smoothing = smoothing.as_limbs()[0];
        let code = PairCode {
            program: self.pair_template(),
            config: PairConfig { source, token_in, token_out, target_period, smoothing },
            origin: self.origin(),
            first_sale: Sale { price: target_price, time: self.host.block_timestamp() }.word(),
        };
        let pair = self.create(&code.init_code())?;
        self.register(pair, IS_PAIR, params);
        Ok(pair)
    }

    /// Creates a vault, registers it as a vault and as a pair, and emits `VaultCreated` and `PairCreated`.
    ///
    /// # Errors
    /// `InvalidToken` for the zero address or an account without code; `YieldTokenIsReward`; `EpochLengthOutOfBounds`;
    /// `TextTooLong`; as [`create_pair`](Self::create_pair).
    pub fn create_vault(&mut self, params: &VaultParams) -> Result<Address, Revert> {
        let &VaultParams { asset, reward, yield_token, epoch_length, target_period, .. } = params;
        for token in [asset, reward, yield_token] {
            require(has_code(&self.host, token), InvalidToken { token })?;
        }
        require(yield_token != reward, YieldTokenIsReward { token: reward })?;
        let [shortest, longest] = EPOCH_LENGTHS;
        require(
            (shortest..=longest).contains(&epoch_length),
            EpochLengthOutOfBounds {
                length: U256::from(epoch_length),
                min: U256::from(shortest),
                max: U256::from(longest),
            },
        )?;
        for text in [params.name, params.symbol] {
            let (length, max) = (U256::from(text.len()), U256::from(MAX_TEXT));
            require(text.len() <= MAX_TEXT, TextTooLong { length, max })?;
        }
        // The vault is the source of its own pair: its address is known only when it is created.
        let mut pair = PairParams {
            source: Address::ZERO,
            token_in: reward,
            token_out: yield_token,
            target_period: u64::from(target_period),
            target_price: params.target_price,
            smoothing: U256::from(params.smoothing),
        };
        check_auction(&pair, MAX_RECORDED_PRICE)?;

        let deployed_at = self.host.block_timestamp();
        let config = VaultConfig {
            extension: self.vault_extension(),
            asset,
            reward,
            yield_token,
            deployed_at,
            epoch_length,
            target_period,
            smoothing: params.smoothing,
            decimals: token::decimals(&self.host, asset),
        };
        let code = VaultCode {
            program: self.vault_template(),
            lifeboat: self.vault_lifeboat(),
            config,
            origin: self.origin(),
            first_sale: first_queue(params.target_price, deployed_at),
            owner: params.owner,
            name: params.name,
            symbol: params.symbol,
        };
        let vault = self.create(&code.init_code())?;
        VAULTS.push(&self.host, vault);
        events::vault_created(&self.host, vault, &code, params.target_price);
        pair.source = vault;
        self.register(vault, IS_VAULT, &pair);
        Ok(vault)
    }

    fn register(&mut self, pair: Address, created: U256, params: &PairParams) {
        PAIRS.push(&self.host, pair);
        Slot::of_account(CREATED, pair).store(&self.host, created);
        events::pair_created(
            &self.host,
            [pair, params.source, params.token_in, params.token_out],
            [U256::from(params.target_period), params.target_price, params.smoothing],
        );
    }

    /// By CREATE2 with salt 0, so that the clone's address proves its code. Init code never reverts: creation fails only for
    /// lack of gas.
    fn create(&self, init_code: &[u8]) -> Result<Address, Revert> {
        self.host.create2(init_code, B256::ZERO).ok_or_else(|| CreationFailed {}.into())
    }

    /// What the next clone's code holds of its creation.
    fn origin(&self) -> Origin {
        Origin { factory: self.host.contract_address(), number: PAIRS.total(&self.host) as u64 }
    }

    /// Pair number `index`, from 0 in the order of creation; vaults are among them.
    ///
    /// # Errors
    /// `IndexOutOfBounds`.
    pub fn pair(&self, index: U256) -> Result<Address, Revert> {
        PAIRS.get(&self.host, index)
    }

    /// Vault number `index`, from 0 in the order of creation.
    ///
    /// # Errors
    /// `IndexOutOfBounds`.
    pub fn vault(&self, index: U256) -> Result<Address, Revert> {
        VAULTS.get(&self.host, index)
    }

    /// Number of pairs, vaults included.
    pub fn total_pairs(&self) -> u128 {
        PAIRS.total(&self.host)
    }

    /// Number of vaults.
    pub fn total_vaults(&self) -> u128 {
        VAULTS.total(&self.host)
    }

    /// Whether this factory created `account`: a pair or a vault.
    pub fn is_pair(&self, account: Address) -> bool {
        !Slot::of_account(CREATED, account).load(&self.host).is_zero()
    }

    /// Whether this factory created the vault `account`.
    pub fn is_vault(&self, account: Address) -> bool {
        Slot::of_account(CREATED, account).load(&self.host) == IS_VAULT
    }

    /// The program that pairs delegate to.
    pub fn pair_template(&self) -> Address {
        PAIRS.template(&self.host)
    }

    /// The program that vaults delegate to.
    pub fn vault_template(&self) -> Address {
        VAULTS.template(&self.host)
    }

    /// The vaults' second program.
    pub fn vault_extension(&self) -> Address {
        unpack_address(EXTENSION.load(&self.host))
    }

    /// What vaults delegate to while their program cannot run.
    pub fn vault_lifeboat(&self) -> Address {
        unpack_address(LIFEBOAT.load(&self.host))
    }
}

/// Reverts unless the parameters of an auction are within their bounds.
fn check_auction(params: &PairParams, max_price: U256) -> Result<(), Revert> {
    let &PairParams { target_period: period, target_price: price, smoothing, .. } = params;
    let [shortest, longest] = TARGET_PERIODS;
    require(
        (shortest..=longest).contains(&period),
        TargetAuctionPeriodOutOfBounds {
            period: U256::from(period),
            min: U256::from(shortest),
            max: U256::from(longest),
        },
    )?;
    require(
        price >= MIN_PRICE && price <= max_price,
        TargetAuctionPriceOutOfBounds { price, min: MIN_PRICE, max: max_price },
    )?;
    let max = U256::from(MAX_SMOOTHING);
    require(smoothing <= max, SmoothingFactorOutOfBounds { smoothing, max })
}

impl Clones {
    fn template(&self, host: &Host) -> Address {
        unpack_address(self.head.load(host))
    }

    fn total(&self, host: &Host) -> u128 {
        unpack(self.head.load(host), TOTAL_AT, 64)
    }

    fn get(&self, host: &Host, index: U256) -> Result<Address, Revert> {
        let total = U256::from(self.total(host));
        require(index < total, IndexOutOfBounds { index, total })?;
        Ok(unpack_address(Slot::of_index(self.entries, index.as_limbs()[0]).load(host)))
    }

    fn push(&self, host: &Host, clone: Address) {
        Slot::of_index(self.entries, self.total(host) as u64).store(host, pack_address(clone));
        self.head.store(host, self.head.load(host) + ONE_MORE);
    }
}

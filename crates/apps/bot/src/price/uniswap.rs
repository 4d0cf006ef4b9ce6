//! Prices from Uniswap V3 pools: the geometric mean over a time window (`observe`), or the current price (`slot0`).
//! Anyone with enough money can move the current price within one transaction, but not a mean over minutes.

use alloy::{
    primitives::{Address, U160, U256},
    providers::DynProvider,
    sol,
};
use num_bigint::BigUint;
use num_rational::Ratio;
use weir_client::NodeError;
use weir_units::Rational;

use super::source::SourceError;
use crate::money::rational;

sol! {
    #[sol(rpc)]
    interface IUniswapV3Pool {
        function token0() external view returns (address);
        function token1() external view returns (address);
        function slot0()
            external
            view
            returns (
                uint160 sqrtPriceX96,
                int24 tick,
                uint16 observationIndex,
                uint16 observationCardinality,
                uint16 observationCardinalityNext,
                uint8 feeProtocol,
                bool unlocked
            );
        function observe(uint32[] calldata secondsAgos)
            external
            view
            returns (int56[] memory tickCumulatives, uint160[] memory secondsPerLiquidityCumulativeX128s);
    }
    #[sol(rpc)]
    interface IDecimals {
        function decimals() external view returns (uint8);
    }
}

/// The largest tick of a pool, and the smallest with a minus sign (`TickMath.MAX_TICK`).
const MAX_TICK: i64 = 887_272;
/// Fractional bits in the computation of powers.
const PRECISION: u64 = 512;

/// Returns the price of one whole `token` in whole units of the pool's other token, and the address of that token.
pub async fn read(
    provider: &DynProvider,
    pool: Address,
    token: Address,
    window: u32,
) -> Result<(Rational, Address), SourceError> {
    let failure = |error: alloy::contract::Error| SourceError::from(NodeError::from(error));
    let contract = IUniswapV3Pool::new(pool, provider);
    let (token0, token1) = (contract.token0(), contract.token1());
    let (token0, token1) =
        tokio::try_join!(token0.call().into_future(), token1.call().into_future()).map_err(failure)?;
    let other = match (token == token0, token == token1) {
        (true, false) => token1,
        (false, true) => token0,
        _ => {
            return Err(SourceError::WrongContract(format!(
                "the pool trades {token0} and {token1}, not {token}"
            )));
        }
    };
    let (decimals0, decimals1) = (IDecimals::new(token0, provider), IDecimals::new(token1, provider));
    let (decimals0, decimals1) = (decimals0.decimals(), decimals1.decimals());
    let (decimals0, decimals1) =
        tokio::try_join!(decimals0.call().into_future(), decimals1.call().into_future()).map_err(failure)?;

    let base = match window {
        0 => square(contract.slot0().call().await.map_err(failure)?.sqrtPriceX96)?,
        _ => {
            let sums = contract.observe(vec![window, 0]).call().await.map_err(failure)?.tickCumulatives;
            let [before, now] = sums[..] else {
                return Err(SourceError::WrongContract("observe returns a wrong number of values".into()));
            };
            let sum = i64::try_from(now).unwrap_or(0) - i64::try_from(before).unwrap_or(0);
            at_tick(sum.div_euclid(window.into()))?
        }
    };
    let ten = |decimals: u8| BigUint::from(10u8).pow(decimals.into());
    // Converts base units of token 1 per base unit of token 0 to whole tokens.
    let of_token0 = base * ten(decimals0) / ten(decimals1);
    Ok((if token == token0 { of_token0 } else { of_token0.recip() }, other))
}

/// Returns `(sqrt / 2^96)²`, exactly.
fn square(sqrt: U160) -> Result<Rational, SourceError> {
    if sqrt.is_zero() {
        return Err(SourceError::NotPositive("the pool is not initialized".into()));
    }
    let root = rational(U256::from(sqrt)) / (BigUint::from(1u8) << 96);
    Ok(&root * &root)
}

/// Returns `1.0001^tick`, by repeated squaring with 512 bits. The error is below one part in 2^480.
fn at_tick(tick: i64) -> Result<Rational, SourceError> {
    if tick.abs() > MAX_TICK {
        return Err(SourceError::WrongContract(format!("tick {tick} is out of range")));
    }
    let one = BigUint::from(1u8) << PRECISION;
    let (mut result, mut factor) = (one.clone(), &one * 10_001u32 / 10_000u32);
    let mut left = tick.unsigned_abs();
    while left > 0 {
        if left & 1 == 1 {
            result = (&result * &factor) >> PRECISION;
        }
        factor = (&factor * &factor) >> PRECISION;
        left >>= 1;
    }
    Ok(if tick < 0 { Ratio::new(one, result) } else { Ratio::new(result, one) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(tick: i32) -> Rational {
        let exponent = tick.unsigned_abs();
        let power =
            Ratio::new(BigUint::from(10_001u32).pow(exponent), BigUint::from(10_000u32).pow(exponent));
        if tick < 0 { power.recip() } else { power }
    }

    #[test]
    fn ticks_are_powers_of_1_0001() {
        for tick in [0, 1, -1, 10, -77, 1_000, -4_321] {
            let (price, exact) = (at_tick(tick.into()).expect("a price"), exact(tick));
            let apart = if price > exact { &price - &exact } else { &exact - &price };
            assert!(apart * (BigUint::from(1u8) << 480) <= exact, "tick {tick}");
        }
    }

    #[test]
    fn extreme_ticks_match_tick_math() {
        // `TickMath.MIN_SQRT_RATIO` is 4295128739.
        let lowest = square(U160::from(4_295_128_739u64)).expect("a price");
        let price = at_tick(-MAX_TICK).expect("a price");
        let parts = BigUint::from(1_000_000_000u64);
        assert!(&price * (&parts - 1u8) < &lowest * &parts && &lowest * (&parts - 1u8) < &price * &parts);
        assert!(
            at_tick(MAX_TICK).is_ok() && at_tick(MAX_TICK + 1).is_err() && at_tick(-MAX_TICK - 1).is_err()
        );
    }

    #[test]
    fn square_roots_are_squared() {
        assert_eq!(square(U160::from(1) << 96), Ok(Ratio::from_integer(BigUint::from(1u8))));
        assert!(square(U160::ZERO).is_err());
    }
}

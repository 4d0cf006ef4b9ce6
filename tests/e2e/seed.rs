//! Random numbers for tests, from a seed that is printed and that `WEIR_SEED` sets.
//! A failing test prints the seed that repeats it.

use std::{env, str::FromStr};

use alloy::primitives::U256;
use anyhow::{Context, Result};
use fastrand::Rng;

/// A generator for `test`. Prints its seed.
///
/// # Errors
/// If `WEIR_SEED` is not a number.
pub fn random(test: &str) -> Result<Rng> {
    let seed = from_environment("WEIR_SEED")?.unwrap_or_else(|| fastrand::u64(..));
    println!("{test}: WEIR_SEED={seed}");
    Ok(Rng::with_seed(seed))
}

/// A number from the environment.
///
/// # Errors
/// If the variable is not a number.
pub fn from_environment<T: FromStr>(variable: &str) -> Result<Option<T>>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let Ok(text) = env::var(variable) else { return Ok(None) };
    text.parse().map(Some).with_context(|| format!("{variable} is {text:?}, but must be a whole number"))
}

/// A number of at most `bits` bits; every length is equally likely.
pub fn word(random: &mut Rng, bits: usize) -> U256 {
    let limbs = [random.u64(..), random.u64(..), random.u64(..), random.u64(..)];
    U256::from_limbs(limbs) >> (256 - random.usize(0..=bits))
}

/// An amount from 1 to `2^bits − 1`; every length is equally likely.
pub fn amount(random: &mut Rng, bits: usize) -> u128 {
    word(random, bits).to::<u128>().max(1)
}

//! The fee for keeping a program's machine code (Nitro `arbos/programs/data_pricer.go`, `util/arbmath/math.go`).

/// Start of Arbitrum's clock, in Unix seconds.
pub const ARBITRUM_START_SECONDS: u64 = 1_421_388_000;
/// Rate at which demand falls.
pub const BYTES_PER_SECOND: u32 = 34_865;
/// Price per byte without demand.
pub const MIN_PRICE_WEI: u32 = 82_928_201;
/// Bytes of demand that multiply the price by e.
pub const INERTIA_BYTES: u32 = 21_360_419;

const ONE_IN_BIPS: u64 = 10_000;
/// Terms of the exponential's series.
const ACCURACY: u64 = 12;

/// Demand after `seconds` have passed and a program of `asm_bytes` was added. Saturates at both ends.
pub fn demand_after(demand: u32, seconds: u64, asm_bytes: u32) -> u32 {
    let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
    demand.saturating_sub(BYTES_PER_SECOND.saturating_mul(seconds)).saturating_add(asm_bytes)
}

/// The fee in wei for `asm_bytes` at this demand (which includes them): bytes × price × e^(demand / inertia),
/// the exponent in whole basis points, everything rounded down.
pub fn fee_wei(demand: u32, asm_bytes: u32) -> u64 {
    let exponent = ONE_IN_BIPS * u64::from(demand) / u64::from(INERTIA_BYTES);
    let price = u64::from(MIN_PRICE_WEI).saturating_mul(exp_bips(exponent)) / ONE_IN_BIPS;
    price.saturating_mul(asm_bytes.into())
}

/// e^x in basis points: the Maclaurin series by Horner's rule. Saturates at the maximum of a signed 64-bit number.
fn exp_bips(x: u64) -> u64 {
    let mut sum = ONE_IN_BIPS + x / ACCURACY;
    for term in (1..ACCURACY).rev() {
        sum = (sum.saturating_mul(x) / (term * ONE_IN_BIPS)).saturating_add(ONE_IN_BIPS);
    }
    sum.min(i64::MAX as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_demand_a_byte_costs_the_minimum_price() {
        assert_eq!(fee_wei(0, 1), u64::from(MIN_PRICE_WEI));
        // Demand of one inertia: e = 2.7182…; whole basis points and truncated terms give 27 173 to 27 182.
        assert!((27_170..=27_183).contains(&exp_bips(10_000)), "{}", exp_bips(10_000));
    }

    #[test]
    fn demand_falls_by_the_second_and_never_below_zero() {
        assert_eq!(demand_after(1_000_000, 10, 500), 1_000_000 - 348_650 + 500);
        assert_eq!(demand_after(1_000_000, u64::MAX, 500), 500);
    }
}

//! EIP-1559 fees of transactions and of their replacements.
//! No fee exceeds the user's cap.

/// The fees of a transaction, in wei per gas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fees {
    /// `maxFeePerGas`.
    pub max: u128,
    /// `maxPriorityFeePerGas`. Arbitrum's sequencer ignores it, but a replacement must raise it.
    pub tip: u128,
}

/// The user's limit for fees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeePolicy {
    /// Maximum fee, in wei per gas.
    pub cap: u128,
}

/// Rise of the gas price that a transaction tolerates before it is stuck, in percent.
const HEADROOM_PERCENT: u128 = 25;

impl FeePolicy {
    /// Returns the fees at this gas price (`eth_gasPrice`, in wei), or `None` if it is above the cap.
    pub fn at(self, gas_price: u128) -> Option<Fees> {
        let max = gas_price.saturating_mul(100 + HEADROOM_PERCENT) / 100;
        (gas_price <= self.cap).then_some(Fees { max: max.min(self.cap), tip: 0 })
    }

    /// Returns the lowest fees that replace a transaction with fees `previous`, or `None` above the cap.
    ///
    /// Nodes require 10% more for both fees (geth's `txpool.pricebump`). An eighth more allows for rounding.
    pub fn to_replace(self, previous: Fees) -> Option<Fees> {
        let more = |wei: u128| wei.saturating_add(wei / 8).saturating_add(1);
        let fees = Fees { max: more(previous.max), tip: more(previous.tip) };
        (fees.max <= self.cap).then_some(fees)
    }
}

impl Fees {
    /// Returns the higher of each fee.
    pub fn at_least(self, other: Self) -> Self {
        Self { max: self.max.max(other.max), tip: self.tip.max(other.tip) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GWEI: u128 = 1_000_000_000;

    #[test]
    fn fees_leave_headroom_below_the_cap() {
        let policy = FeePolicy { cap: GWEI };
        assert_eq!(policy.at(GWEI / 10), Some(Fees { max: GWEI / 8, tip: 0 }));
        assert_eq!(policy.at(GWEI), Some(Fees { max: GWEI, tip: 0 }));
        assert_eq!(policy.at(GWEI + 1), None);
    }

    #[test]
    fn replacements_raise_both_fees_by_a_tenth_up_to_the_cap() {
        let policy = FeePolicy { cap: GWEI };
        let mut fees = Fees { max: 7, tip: 0 };
        while let Some(more) = policy.to_replace(fees) {
            assert!(
                more.max * 10 >= fees.max * 11 && more.tip > fees.tip && more.tip * 10 >= fees.tip * 11,
                "{more:?}"
            );
            assert!(more.max <= GWEI && more.tip <= more.max);
            fees = more;
        }
        assert!(fees.max * 10 / 8 > GWEI);
    }
}

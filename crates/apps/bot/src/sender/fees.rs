//! What is offered for gas (EIP-1559), and how much more it takes to replace a transaction.

/// What a transaction offers for gas, in wei.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fees {
    /// `maxFeePerGas`.
    pub max: u128,
    /// `maxPriorityFeePerGas`: Arbitrum's sequencer takes no notice of it, but a replacement has to raise it.
    pub tip: u128,
}

/// What the user offers for gas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeePolicy {
    /// Never more than this, in wei.
    pub cap: u128,
}

/// The gas price may rise by this much before a transaction is stuck, in percent.
const HEADROOM_PERCENT: u128 = 25;

impl FeePolicy {
    /// What to offer at this gas price (`eth_gasPrice`), in wei; `None` if that is above the cap.
    pub fn at(self, gas_price: u128) -> Option<Fees> {
        let max = gas_price.saturating_mul(100 + HEADROOM_PERCENT) / 100;
        (gas_price <= self.cap).then_some(Fees { max: max.min(self.cap), tip: 0 })
    }

    /// The least that replaces a transaction with `former`; `None` if that is above the cap.
    ///
    /// Nodes ask for a tenth more of both (geth's `txpool.pricebump`); an eighth is safe against rounding.
    pub fn to_replace(self, former: Fees) -> Option<Fees> {
        let more = |wei: u128| wei.saturating_add(wei / 8).saturating_add(1);
        let fees = Fees { max: more(former.max), tip: more(former.tip) };
        (fees.max <= self.cap).then_some(fees)
    }
}

impl Fees {
    /// The higher of each.
    pub fn or_more(self, other: Self) -> Self {
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
    fn a_replacement_offers_more_than_a_tenth_more_up_to_the_cap() {
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

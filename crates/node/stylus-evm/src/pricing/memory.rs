//! Price of WASM memory (Nitro `arbos/programs/memory.go` and `arbos/programs/params.go`).

use super::{Gas, parameters::Parameters};

/// The growth of the price of memory, as Nitro returns it (`initialPageRamp`).
pub const PAGE_RAMP: u64 = 620_674_314;
/// A price that no transaction can pay.
const UNAFFORDABLE: Gas = Gas(u64::MAX);

/// Additional price by the maximum number of pages ever open; each page multiplies it by about 1.14.
const EXPONENTS: [u32; 129] = [
    1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 5, 6, 7, 8, 9, 11, 12, 14, 17, 19, 22, 25, 29, 33, 38, 43, 50, 57,
    65, 75, 85, 98, 112, 128, 147, 168, 193, 221, 253, 289, 331, 379, 434, 497, 569, 651, 745, 853, 976,
    1117, 1279, 1463, 1675, 1917, 2194, 2511, 2874, 3290, 3765, 4309, 4932, 5645, 6461, 7395, 8464, 9687,
    11087, 12689, 14523, 16621, 19024, 21773, 24919, 28521, 32642, 37359, 42758, 48938, 56010, 64104, 73368,
    83971, 96106, 109994, 125890, 144082, 164904, 188735, 216010, 247226, 282953, 323844, 370643, 424206,
    485509, 555672, 635973, 727880, 833067, 953456, 1091243, 1248941, 1429429, 1636000, 1872423, 2143012,
    2452704, 2807151, 3212820, 3677113, 4208502, 4816684, 5512756, 6309419, 7221210, 8264766, 9459129,
    10826093, 12390601, 14181199, 16230562, 18576084, 21260563, 24332984, 27849408, 31873999,
];

/// The pages that a transaction has open, and the maximum it ever had open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pages {
    pub open: u16,
    pub ever: u16,
}

impl Pages {
    /// Price of opening `new` pages. No transaction can pay for more open pages than the limit
    /// (Nitro v3.10.0 `arbos/programs/api.go`, from ArbOS 59).
    pub fn price(self, new: u16, parameters: &Parameters) -> Gas {
        let after = self.after(new);
        if parameters.page_limit > 0 && after.open > parameters.page_limit {
            return UNAFFORDABLE;
        }
        if after.ever <= parameters.free_pages {
            return Gas(0);
        }
        let paid = |pages: u16| u64::from(pages.saturating_sub(parameters.free_pages));
        let linear = (paid(after.open) - paid(self.open)).saturating_mul(parameters.page_gas.into());
        Gas(linear.saturating_add(exponent(after.ever).saturating_sub(exponent(self.ever))))
    }

    /// The pages after opening `new`.
    pub fn after(self, new: u16) -> Self {
        let open = self.open.saturating_add(new);
        Self { open, ever: self.ever.max(open) }
    }
}

/// Pages beyond the table cost more gas than any transaction has.
fn exponent(pages: u16) -> u64 {
    EXPONENTS.get(usize::from(pages)).map_or(u64::MAX, |&gas| gas.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(pages: Pages, new: u16) -> Gas {
        pages.price(new, &Parameters::default())
    }

    #[test]
    fn the_first_two_pages_are_free() {
        assert_eq!(price(Pages::default(), 2), Gas(0));
        // One page beyond: 1000 + exp(3) - exp(0) = 1000.
        assert_eq!(price(Pages::default(), 3), Gas(1_000));
    }

    #[test]
    fn growing_costs_the_pages_and_the_rise_of_the_curve() {
        // From 2 to 17 pages: 15 pages and exp(17) - exp(2) = 9 - 1.
        assert_eq!(price(Pages { open: 2, ever: 2 }, 15), Gas(15_008));
        // Pages that were open before cost only their 1000.
        assert_eq!(price(Pages { open: 2, ever: 17 }, 15), Gas(15_000));
    }

    #[test]
    fn growing_to_128_pages_costs_the_same_in_any_steps() {
        for step in 1..=128 {
            let (mut pages, mut total) = (Pages::default(), 0);
            while pages.open < 128 {
                let new = step.min(128 - pages.open);
                total += price(pages, new).0;
                pages = pages.after(new);
            }
            assert_eq!(total, 126 * 1_000 + 31_873_999 - 1, "in steps of {step}");
        }
    }

    #[test]
    fn more_pages_than_allowed_cannot_be_paid() {
        assert_eq!(price(Pages::default(), 129), UNAFFORDABLE);
        // Not even after a transaction had more of them open.
        assert_eq!(price(Pages { open: 2, ever: 200 }, 127), UNAFFORDABLE);
        assert_eq!(price(Pages { open: 2, ever: 200 }, 126), Gas(126_000));
        assert_eq!(price(Pages { open: 2, ever: 129 }, u16::MAX), UNAFFORDABLE);
    }

    #[test]
    fn an_owner_sets_the_limit_the_free_pages_and_the_price() {
        let parameters = Parameters { page_limit: 5, free_pages: 1, page_gas: 10, ..Default::default() };
        assert_eq!(Pages::default().price(5, &parameters), Gas(40));
        assert_eq!(Pages::default().price(6, &parameters), UNAFFORDABLE);
        let unlimited = Parameters { page_limit: 0, ..Default::default() };
        assert_eq!(Pages { open: 100, ever: 128 }.price(29, &unlimited).0, u64::MAX - 31_873_999 + 29_000);
    }

    /// The curve is exp(pages · ln 31 874 000 / 128), rounded down.
    #[test]
    fn the_table_follows_the_curve() {
        let base = (31_874_000f64.ln() / 128.0).exp();
        for (pages, gas) in EXPONENTS.iter().enumerate() {
            assert_eq!(*gas, base.powi(pages as i32) as u32, "{pages} pages");
        }
    }
}

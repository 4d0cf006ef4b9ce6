//! Price of WASM memory (Nitro `arbos/programs/memory.go` and `arbos/programs/params.go`).

use super::Gas;

/// Pages that a transaction can have open at the same time for free.
pub const FREE_PAGES: u16 = 2;
/// Each page beyond the free ones, every time it is opened.
pub const PAGE_GAS: u64 = 1_000;
/// Maximum initial pages (of 64 KiB) of a program.
pub const PAGE_LIMIT: u16 = 128;

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
    /// Price of opening `new` pages.
    pub fn price(self, new: u16) -> Gas {
        let after = self.after(new);
        if after.ever <= FREE_PAGES {
            return Gas(0);
        }
        let paid = |pages: u16| u64::from(pages.saturating_sub(FREE_PAGES));
        let linear = (paid(after.open) - paid(self.open)).saturating_mul(PAGE_GAS);
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

    #[test]
    fn the_first_two_pages_are_free() {
        assert_eq!(Pages::default().price(2), Gas(0));
        // One page beyond: 1000 + exp(3) - exp(0) = 1000.
        assert_eq!(Pages::default().price(3), Gas(1_000));
    }

    #[test]
    fn growing_costs_the_pages_and_the_rise_of_the_curve() {
        // From 2 to 17 pages: 15 pages and exp(17) - exp(2) = 9 - 1.
        assert_eq!(Pages { open: 2, ever: 2 }.price(15), Gas(15_008));
        // Pages that were open before cost only their 1000.
        assert_eq!(Pages { open: 2, ever: 17 }.price(15), Gas(15_000));
    }

    #[test]
    fn growing_to_128_pages_costs_the_same_in_any_steps() {
        for step in 1..=128 {
            let (mut pages, mut total) = (Pages::default(), 0);
            while pages.open < 128 {
                let new = step.min(128 - pages.open);
                total += pages.price(new).0;
                pages = pages.after(new);
            }
            assert_eq!(total, 126 * 1_000 + 31_873_999 - 1, "in steps of {step}");
        }
    }

    #[test]
    fn more_pages_than_allowed_cannot_be_paid() {
        assert!(Pages::default().price(129).0 > u64::MAX / 2);
        assert!(Pages { open: 2, ever: 129 }.price(u16::MAX).0 >= 126_000);
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

//! The known bugs of reward contracts and vaults, each as a test that names it, with where it was seen.
//!
//! Two more stand with their subjects: re-entrance (`flash.rs`, `wild/callbacks.rs`; Grim Finance, December 2021) and
//! permits that are used before or never (`permit_deposits.rs`).

mod index;
mod principal;
mod stream;

use libtest_mimic::Trial;

pub fn trials() -> Vec<Trial> {
    [index::trials(), principal::trials(), stream::trials()].into_iter().flatten().collect()
}

//! Tests for known bugs of reward contracts and vaults, each with the place where it was seen.
//!
//! Two more are tested elsewhere: re-entrance (`flash.rs`, `wild/callbacks.rs`; Grim Finance, December 2021), and
//! permits that are already used or only seem to succeed (`permit_deposits.rs`).

mod index;
mod principal;
mod stream;

use libtest_mimic::Trial;

pub fn trials() -> Vec<Trial> {
    [index::trials(), principal::trials(), stream::trials()].into_iter().flatten().collect()
}

//! Tests of `weir::math` against exact rationals, written from the formulas and not from the code.
//!
//! A failing random test prints the smallest failing input and stores its seed in
//! `tests/arithmetic/regressions/MODULE.txt`; the next run repeats it first. `PROPTEST_CASES=100000 cargo test
//! -p weir --test arithmetic` tries more cases, `PROPTEST_RNG_SEED=1` makes a run repeatable.

mod auction;
mod backing;
mod bounds;
mod composed;
mod continuous;
mod index;
mod index_cases;
#[path = "../model/mod.rs"]
mod model;
mod random;
mod run;
mod stream;
mod toy;
mod vault;

use model::exact;

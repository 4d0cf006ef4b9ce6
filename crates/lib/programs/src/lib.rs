//! Stylus programs on a chain: which contracts run which, how long they can run, and how their time is renewed.
//! `weir status`, `weir keepalive` and the bot share it.
//!
//! The chain activates a program by the hash of its code, stops running it some days later (365 unless its owner
//! changes that), and lets anyone start that time again from the 31st day on (`ArbWasm.codehashKeepalive`, here a
//! *renewal*). So a program is renewed once, whatever number of contracts run it.

mod find;
mod lifetime;
mod metrics;
mod renewal;
mod rules;

pub use find::{FoundProgram, Programs, is_program, programs_in, templates};
pub use lifetime::{Inactive, Lifetime, activation_command, how_to_activate, lifetime};
pub use metrics::Metrics;
pub use renewal::{Due, MAX_COST, data_fee_paid, data_fees, renewal};
pub use rules::Rules;

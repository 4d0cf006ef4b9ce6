//! The rules of Stylus on Nitro (ArbOS 61, Stylus version 3), each tested by a small program in a transaction.
//! Ink and gas are computed by hand.

#[path = "../common/mod.rs"]
mod common;

mod activation;
mod blocks;
mod call_gas;
mod calls;
mod creation;
mod entry;
mod evm;
mod fragments;
mod host;
mod ink;
mod instructions;
mod memory;
mod parameters;
mod storage;

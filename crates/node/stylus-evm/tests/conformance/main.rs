//! The rules of Stylus (stylus-vm.md, sections 2 to 6), each with a small program, its ink and gas worked out by hand.
//! Everything is measured in transactions, never by asking the pricing functions.

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
mod storage;

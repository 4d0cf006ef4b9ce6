//! What the contracts are made of: storage components and the calls, replies and refusals they share.

pub mod allowances;
pub mod auction;
pub mod call;
pub mod calldata;
pub mod entry;
pub mod events;
pub mod ledger;
pub mod ownership;
pub mod permits;
pub mod revert;
pub mod storage;
pub mod token;
pub mod word;

//! What contracts are made of: the parts of a vault and a pair that own storage or call tokens, each usable by itself.

pub mod allowances;
pub mod auction;
pub mod events;
pub mod ledger;
pub mod ownership;
pub mod permits;
pub mod token;

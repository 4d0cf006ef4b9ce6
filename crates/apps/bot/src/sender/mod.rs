//! Sends transactions of one account, one at a time, and follows each until it is settled.
//!
//! All that is sent while one transaction is unsettled has its nonce: so of a bid and what replaces it only one can ever be
//! mined, whatever nodes forget, keep or bring back.

mod fees;
mod intent;
mod slot;

pub use fees::{FeePolicy, Fees};
pub use intent::{BidIntent, Intent};
pub use slot::{Call, SendFailure, Sender, Settled, Status};

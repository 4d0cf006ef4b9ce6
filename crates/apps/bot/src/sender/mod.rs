//! Sends the transactions of one account, one at a time, and tracks each until it is mined.
//! A replacement has the nonce of the transaction it replaces, so at most one of them can be mined.

mod fees;
mod intent;
mod slot;

pub use fees::{FeePolicy, Fees};
pub use intent::{BidIntent, Intent};
pub use slot::{Call, SendFailure, Sender, Settled, Status};

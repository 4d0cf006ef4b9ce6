//! Reads the chain: its head, the pairs and their auctions, and the bot's wallet.
//! Nothing here sends transactions.

mod changes;
mod directory;
mod heads;
mod pair;
mod wallet;

pub use changes::{Changes, find_changes};
pub use directory::Directory;
pub use heads::{Head, HeadChange, Heads, now};
pub use pair::{Offer, Pair, TokenInfo, Venue, read_offer};
pub use wallet::Wallet;

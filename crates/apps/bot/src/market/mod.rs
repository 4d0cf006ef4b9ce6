//! The market as the chain shows it: heads, pairs and how to find them, their sales, and the bot's wallet.

mod changes;
mod directory;
mod heads;
mod pair;
mod wallet;

pub use changes::{Changes, look_for_changes};
pub use directory::Directory;
pub use heads::{Head, Heads, News, now};
pub use pair::{Pair, Sale, TokenInfo, Way, read_sale};
pub use wallet::Wallet;

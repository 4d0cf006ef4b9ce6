//! Bounds of what clones are created with. The factory rejects everything else; tools check it before they send anything.

/// An epoch's shortest and longest length, in seconds: an hour and 365 days.
pub const EPOCH_LENGTHS: [u32; 2] = [3_600, 365 * 86_400];

/// The shortest and longest target period, in seconds: a minute and 90 days.
pub const TARGET_PERIODS: [u64; 2] = [60, 90 * 86_400];

/// The largest smoothing factor, as a wad: 0.99. Above it almost nothing would ever be for sale.
pub const MAX_SMOOTHING: u64 = 990_000_000_000_000_000;

/// The longest name or symbol of a vault, in bytes.
pub const MAX_TEXT: usize = 255;

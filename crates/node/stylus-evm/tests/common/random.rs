//! Random choices for tests. Each run prints its new seed; `STYLUS_EVM_SEED=n` repeats a run.
#![allow(dead_code)]

use std::time::{SystemTime, UNIX_EPOCH};

/// xorshift64*: sufficient to choose bytes.
pub struct Random(u64);

impl Random {
    pub fn new() -> Self {
        let clock = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |time| time.as_nanos() as u64);
        let seed = std::env::var("STYLUS_EVM_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = seed.unwrap_or_else(clock) | 1;
        println!("STYLUS_EVM_SEED={seed}");
        Self(seed)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % limit
    }

    pub fn byte(&mut self) -> u8 {
        self.below(256) as u8
    }
}

//! Dumps the chain to bytes and loads it, to keep it in a file between runs.
//!
//! The header contains a line that names the format, its version, the chain id, and the payload's length and checksum
//! (Keccak-256). The payload is an [`Image`] in postcard's encoding: state, blocks, transactions, receipts, logs, the
//! clock and the undo log, so that the latest states (`kept_states`) can still be read, replayed and traced. Snapshots
//! and impersonations are not kept.

mod image;

use super::handle::Chain;
use crate::{
    ledger::{Ledger, clock::Clock, undo::Mark},
    lock::{lock, read, write},
};
use alloy_primitives::{B256, keccak256};
use image::Image;

/// The first bytes of every dump.
const MAGIC: &[u8; 20] = b"weir-devnode chain\r\n";
/// The version of the payload, which increases with every change of its format.
const VERSION: u32 = 2;
const HEADER_BYTES: usize = MAGIC.len() + 4 + 8 + 8 + 32;

/// Why a dump cannot be loaded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    #[error("it is not a weir-devnode chain")]
    Foreign,
    #[error(
        "its format has version {have}, but this program reads version {VERSION}: use the release that wrote it, or \
         another file for a new chain"
    )]
    Version { have: u32 },
    #[error("its chain id is {have}, not {want}: start with --chain-id {have}, or use another file")]
    ChainId { have: u64, want: u64 },
    #[error("it is truncated: it has {have} of {want} bytes")]
    Truncated { have: u64, want: u64 },
    #[error("it is damaged: {0}")]
    Damaged(String),
}

/// A value that differs after every change of the chain.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fingerprint {
    instance: B256,
    epoch: u64,
    head: u64,
    mark: Mark,
    clock: Clock,
}

impl Chain {
    /// The current chain as bytes. Locks the ledger only while it copies.
    pub fn dump(&self) -> (Vec<u8>, Fingerprint) {
        let (image, fingerprint) = {
            let ledger = read(&self.ledger);
            (Image::of(&ledger), Fingerprint::of(&ledger))
        };
        (encode(&image, self.chain_id()), fingerprint)
    }

    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&read(&self.ledger))
    }

    /// Replaces this chain by the one in a dump.
    ///
    /// # Errors
    /// The dump is not valid, or its chain id differs. Then nothing changes.
    pub fn load(&self, bytes: &[u8]) -> Result<(), ImageError> {
        let loaded = decode(bytes, self.chain_id())?.into_ledger(self.config.kept_states);
        let loaded = loaded.map_err(ImageError::Damaged)?;
        let _mining = lock(&self.mining);
        let mut ledger = write(&self.ledger);
        let former = std::mem::replace(&mut *ledger, loaded);
        ledger.succeed(former);
        let head = ledger.head();
        drop(ledger);
        self.heads.send_replace(head);
        Ok(())
    }
}

impl Fingerprint {
    fn of(ledger: &Ledger) -> Self {
        Self {
            instance: ledger.instance,
            epoch: ledger.epoch,
            head: ledger.head(),
            mark: ledger.state.mark(),
            clock: ledger.clock,
        }
    }
}

fn encode(image: &Image, chain_id: u64) -> Vec<u8> {
    // Encoding cannot fail: an image contains only numbers, bytes and lists.
    let payload = postcard::to_stdvec(image).unwrap_or_default();
    let mut bytes = Vec::with_capacity(HEADER_BYTES + payload.len());
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    bytes.extend_from_slice(&chain_id.to_le_bytes());
    bytes.extend_from_slice(&(payload.len() as u64).to_le_bytes());
    bytes.extend_from_slice(keccak256(&payload).as_slice());
    bytes.extend_from_slice(&payload);
    bytes
}

fn decode(bytes: &[u8], want: u64) -> Result<Image, ImageError> {
    let mut rest = bytes.strip_prefix(MAGIC).ok_or_else(|| match MAGIC.starts_with(bytes) {
        true => ImageError::Truncated { have: bytes.len() as u64, want: HEADER_BYTES as u64 },
        false => ImageError::Foreign,
    })?;
    let have = u32::from_le_bytes(take(&mut rest, bytes)?);
    if have != VERSION {
        return Err(ImageError::Version { have });
    }
    let have = u64::from_le_bytes(take(&mut rest, bytes)?);
    if have != want {
        return Err(ImageError::ChainId { have, want });
    }
    let length = u64::from_le_bytes(take(&mut rest, bytes)?);
    let checksum: [u8; 32] = take(&mut rest, bytes)?;
    let have = rest.len() as u64;
    if have < length {
        let header = HEADER_BYTES as u64;
        return Err(ImageError::Truncated { have: header + have, want: header.saturating_add(length) });
    }
    if have > length {
        return Err(ImageError::Damaged(format!("{} bytes follow its end", have - length)));
    }
    if keccak256(rest) != checksum {
        return Err(ImageError::Damaged("its checksum does not match".into()));
    }
    postcard::from_bytes(rest).map_err(|error| ImageError::Damaged(error.to_string()))
}

fn take<const N: usize>(rest: &mut &[u8], all: &[u8]) -> Result<[u8; N], ImageError> {
    let truncated = || ImageError::Truncated { have: all.len() as u64, want: HEADER_BYTES as u64 };
    let (head, tail) = rest.split_first_chunk().ok_or_else(truncated)?;
    *rest = tail;
    Ok(*head)
}

//! The chain in bytes, as it is kept in a file between runs.
//!
//! A header says what follows: a line that names the format, its version, the chain id, the payload's length and
//! its checksum (Keccak-256). The payload is an [`Image`](image::Image) in postcard's encoding. It holds state,
//! blocks, transactions, receipts, logs, the clock and the undo log, so that the last states (`kept_states`)
//! can still be read, replayed and traced. Snapshots and impersonations are not kept.

mod image;

use super::{
    Chain,
    clock::Clock,
    ledger::Ledger,
    lock::{lock, read, write},
    undo::Mark,
};
use alloy_primitives::{B256, keccak256};
use image::Image;

/// What every such file begins with.
const MAGIC: &[u8; 20] = b"weir-devnode chain\r\n";
/// The version of the payload. It grows with every change of what is kept.
const VERSION: u32 = 1;
const HEADER_BYTES: usize = MAGIC.len() + 4 + 8 + 8 + 32;

/// Why bytes are not a chain that can be gone on with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    #[error("it holds no chain of weir-devnode")]
    Foreign,
    #[error("it was written in version {have} of the format; this program reads version {VERSION}")]
    Version { have: u32 },
    #[error("it holds a chain with id {have}, not {want}: start with --chain-id {have}, or use another file")]
    ChainId { have: u64, want: u64 },
    #[error("it is cut short: {have} of {want} bytes are there")]
    CutShort { have: u64, want: u64 },
    #[error("it is damaged: {0}")]
    Damaged(String),
}

/// What changes whenever the chain does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fingerprint {
    instance: B256,
    epoch: u64,
    head: u64,
    mark: Mark,
    clock: Clock,
}

impl Chain {
    /// The chain as it is now, in bytes. It is held up only while it is copied.
    pub fn dump(&self) -> (Vec<u8>, Fingerprint) {
        let (image, fingerprint) = {
            let ledger = read(&self.ledger);
            (Image::of(&ledger), ledger.fingerprint())
        };
        (encode(&image, self.chain_id()), fingerprint)
    }

    /// Whether the chain has changed since, and to what.
    pub fn fingerprint(&self) -> Fingerprint {
        read(&self.ledger).fingerprint()
    }

    /// Puts the chain in these bytes in the place of this one.
    ///
    /// # Errors
    /// They hold no chain, or one with another id. Nothing has changed then.
    pub fn load(&self, bytes: &[u8]) -> Result<(), ImageError> {
        let ledger = decode(bytes, self.chain_id())?.into_ledger(self.config.kept_states);
        let mut ledger = ledger.map_err(ImageError::Damaged)?;
        let _mining = lock(&self.mining);
        let mut place = write(&self.ledger);
        std::mem::swap(&mut *place, &mut ledger);
        place.succeed(ledger);
        let head = place.head();
        drop(place);
        self.heads.send_replace(head);
        Ok(())
    }
}

impl Ledger {
    fn fingerprint(&self) -> Fingerprint {
        Fingerprint {
            instance: self.instance,
            epoch: self.epoch,
            head: self.head(),
            mark: self.state.mark(),
            clock: self.clock,
        }
    }
}

fn encode(image: &Image, chain_id: u64) -> Vec<u8> {
    // An image is made of numbers, bytes and lists: it can always be written.
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
        true => ImageError::CutShort { have: bytes.len() as u64, want: HEADER_BYTES as u64 },
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
        return Err(ImageError::CutShort { have: header + have, want: header.saturating_add(length) });
    }
    if have > length {
        return Err(ImageError::Damaged(format!("{} bytes follow its end", have - length)));
    }
    if keccak256(rest) != checksum {
        return Err(ImageError::Damaged("the checksum is another".into()));
    }
    postcard::from_bytes(rest).map_err(|error| ImageError::Damaged(error.to_string()))
}

fn take<const N: usize>(rest: &mut &[u8], all: &[u8]) -> Result<[u8; N], ImageError> {
    let cut = || ImageError::CutShort { have: all.len() as u64, want: HEADER_BYTES as u64 };
    let (head, tail) = rest.split_first_chunk().ok_or_else(cut)?;
    *rest = tail;
    Ok(*head)
}

//! The EVM code of pairs and vaults: a small proxy with its configuration in it. Pure bytes, for the factory that creates
//! clones, the router that recognizes them, and tools that verify them.
//!
//! ```text
//! code = proxy ‖ configuration ‖ origin            init code = prologue ‖ code
//! ```
//!
//! The proxy appends the configuration to the calldata of each call and delegates the call to a program, or to the lifeboat
//! while the program cannot run. The configuration is what calls need; the origin is what is read seldom: who created the
//! clone, and its initial state. The prologue is the same for every clone of a kind: it takes the initial state from the code.
//!
//! So code and address prove together what the clone is: its address is that of CREATE2 (EIP-1014) with the prologue before
//! this very code. If the programs in the code are at addresses that follow from their code, too, then nothing else can have
//! run on its storage or in its name (`docs/security.md`).

pub mod bounds;
mod bytes;
mod pair;
mod prologue;
mod proxy;
mod vault;

use alloc::vec::Vec;

use alloy_primitives::{Address, B256};

pub use pair::{PairCode, PairConfig};
pub use prologue::OWNER_SLOT;
pub use proxy::FIRST_GAS;
pub use vault::{SALE_PRICE_AT, SALE_TIME_AT, VaultCode, VaultConfig, first_queue};

/// What created a clone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The contract that created it, by CREATE2 with salt 0.
    pub factory: Address,
    /// Its number among those of the factory, so that no two clones have the same code.
    pub number: u64,
}

impl Origin {
    /// Bytes of an encoded origin.
    const LENGTH: usize = 20 + 8;
}

/// What a clone sells, for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trade {
    /// The contract whose balance is sold: the account itself if it is a vault.
    pub source: Address,
    /// The token that the price is paid in.
    pub token_in: Address,
    /// The token that is sold.
    pub token_out: Address,
}

/// A kind of clones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A standalone pair.
    Pair,
    /// A vault.
    Vault,
}

impl Kind {
    /// The kind that code of this length could be of: pairs have a fixed length, and vaults are longer. `None` if it is too
    /// short.
    pub fn of_length(length: usize) -> Option<Self> {
        match length {
            PairCode::LENGTH => Some(Self::Pair),
            VaultCode::MIN_LENGTH.. => Some(Self::Vault),
            _ => None,
        }
    }

    /// What the clone at `account`, which has this code, sells for what. `None` if the code is too short.
    pub fn trade(self, account: Address, code: &[u8]) -> Option<Trade> {
        Some(match self {
            Self::Pair => {
                let PairConfig { source, token_in, token_out, .. } = PairCode::config(code)?;
                Trade { source, token_in, token_out }
            }
            Self::Vault => {
                let VaultConfig { reward, yield_token, .. } = VaultCode::config(code)?;
                Trade { source: account, token_in: reward, token_out: yield_token }
            }
        })
    }

    /// What all clones of this kind that one factory creates have in common: proxy and program, a vault's lifeboat and
    /// extension, and as the last 20 bytes the factory. `None` if the code is too short.
    ///
    /// Whoever creates clones may name any programs in them, so an address that follows from the code is not enough.
    pub fn common(self, code: &[u8]) -> Option<Vec<u8>> {
        let (head, first_sale) = match self {
            Self::Pair => (proxy::PAIR_LENGTH, pair::FIRST_SALE),
            Self::Vault => (proxy::VAULT_LENGTH + 20, vault::FIRST_SALE),
        };
        let factory = first_sale - Origin::LENGTH;
        Some([code.get(..head)?, code.get(factory..factory + 20)?].concat())
    }

    /// Init code that creates this code.
    pub fn init_code(self, code: &[u8]) -> Vec<u8> {
        match self {
            Self::Pair => [&prologue::PAIR[..], code].concat(),
            Self::Vault => [&prologue::VAULT[..], code].concat(),
        }
    }
}

/// [`Kind::common`] of the pairs of `program` that `factory` creates.
pub fn common_of_pairs(program: Address, factory: Address) -> Vec<u8> {
    [&proxy::of_pair(program)[..], factory.as_slice()].concat()
}

/// What runs in a vault's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VaultPrograms {
    /// The program that it delegates to.
    pub program: Address,
    /// Its second program.
    pub extension: Address,
    /// The EVM contract that it delegates to while the program cannot run.
    pub lifeboat: Address,
}

/// [`Kind::common`] of the vaults of these programs that `factory` creates.
pub fn common_of_vaults(programs: VaultPrograms, factory: Address) -> Vec<u8> {
    let VaultPrograms { program, extension, lifeboat } = programs;
    [&proxy::of_vault(program, lifeboat)[..], extension.as_slice(), factory.as_slice()].concat()
}

/// The bytes whose hash ends with the address of what `creator` creates by CREATE2 with salt 0 from init code with this hash
/// (EIP-1014).
pub fn create2_preimage(creator: Address, init_code_hash: B256) -> Vec<u8> {
    [&[0xff], creator.as_slice(), B256::ZERO.as_slice(), init_code_hash.as_slice()].concat()
}

//! Encrypted keys: the Web3 Secret Storage Definition, version 3, as geth, cast and wallets write it.
//!
//! <https://ethereum.org/developers/docs/data-structures-and-encoding/web3-secret-storage>. Opening one never panics and never
//! takes more than [`MAX_MEMORY`], whatever the file contains. `eth-keystore` 0.5.0, which alloy uses, does neither: its scrypt
//! takes the memory that the file asks for, and a `dklen` below 32 or a short `iv` panics.

use aes::Aes128;
use alloy::primitives::{B256, hex, keccak256};
use anyhow::{Context, Result, anyhow, bail, ensure};
use ctr::{
    Ctr128BE,
    cipher::{KeyIvInit, StreamCipher},
};
use serde::Deserialize;
use sha2::Sha256;

/// Bytes of memory that a key derivation may take: four times what geth's own parameters need.
const MAX_MEMORY: u64 = 1 << 30;
/// Rounds that it may ask for: of scrypt times its block size and of PBKDF2.
const MAX_ROUNDS: u64 = 1 << 26;

/// Bytes of the derived key: half of it decrypts, half of it authenticates.
const DERIVED: usize = 32;
const HALF: usize = DERIVED / 2;

#[derive(Deserialize)]
struct Keystore {
    version: u64,
    #[serde(alias = "Crypto")]
    crypto: Crypto,
}

#[derive(Deserialize)]
struct Crypto {
    cipher: String,
    cipherparams: CipherParameters,
    ciphertext: String,
    #[serde(flatten)]
    derivation: Derivation,
    mac: String,
}

#[derive(Deserialize)]
struct CipherParameters {
    iv: String,
}

#[derive(Deserialize)]
#[serde(tag = "kdf", content = "kdfparams", rename_all = "lowercase")]
enum Derivation {
    Scrypt { dklen: usize, n: u64, p: u32, r: u32, salt: String },
    Pbkdf2 { dklen: usize, c: u32, prf: String, salt: String },
}

/// Whether this text is meant to be a keystore: a JSON object.
pub fn looks_like_one(text: &str) -> bool {
    text.trim_start().starts_with('{')
}

/// The private key in the keystore `text`.
///
/// # Errors
/// If it is no keystore of version 3, asks for more work than any sane one, or the password is another.
pub fn decrypt(text: &str, password: &[u8]) -> Result<B256> {
    let Keystore { version, crypto } =
        serde_json::from_str(text).context("it is no keystore of the Web3 Secret Storage Definition")?;
    ensure!(version == 3, "its version is {version}, and only version 3 is known");
    ensure!(crypto.cipher == "aes-128-ctr", "its cipher is {}, and only aes-128-ctr is known", crypto.cipher);
    let mut key: [u8; 32] = bytes(&crypto.ciphertext, "ciphertext")?;
    let iv: [u8; 16] = bytes(&crypto.cipherparams.iv, "iv")?;
    let mac: [u8; 32] = bytes(&crypto.mac, "mac")?;

    let derived = crypto.derivation.derive(password)?;
    let (cipher_key, mac_key) = derived.split_at(HALF);
    if keccak256([mac_key, &key].concat()) != mac {
        bail!("the password is not the one it was encrypted with");
    }
    let mut cipher =
        Ctr128BE::<Aes128>::new_from_slices(cipher_key, &iv).context("its cipher's parameters are wrong")?;
    cipher.apply_keystream(&mut key);
    Ok(key.into())
}

impl Derivation {
    fn derive(&self, password: &[u8]) -> Result<[u8; DERIVED]> {
        let mut derived = [0; DERIVED];
        let length = match self {
            Self::Scrypt { dklen, .. } | Self::Pbkdf2 { dklen, .. } => *dklen,
        };
        ensure!(length == DERIVED, "its derived key has {length} bytes, and {DERIVED} are needed");
        match self {
            Self::Scrypt { n, p, r, salt, .. } => {
                let parameters = scrypt_parameters(*n, *r, *p)?;
                scrypt::scrypt(password, &hex_bytes(salt, "salt")?, &parameters, &mut derived)
                    .map_err(|error| anyhow!("its scrypt parameters are wrong: {error}"))?;
            }
            Self::Pbkdf2 { c, prf, salt, .. } => {
                ensure!(prf == "hmac-sha256", "its prf is {prf}, and only hmac-sha256 is known");
                ensure!((1..=MAX_ROUNDS).contains(&u64::from(*c)), "{c} rounds of PBKDF2 are not sane");
                pbkdf2::pbkdf2_hmac::<Sha256>(password, &hex_bytes(salt, "salt")?, *c, &mut derived);
            }
        }
        Ok(derived)
    }
}

/// Scrypt takes 128 · n · r bytes and 2 · n · r · p rounds (RFC 7914).
fn scrypt_parameters(n: u64, r: u32, p: u32) -> Result<scrypt::Params> {
    let work = n.checked_mul(r.into()).filter(|work| *work <= MAX_MEMORY / 128);
    let rounds = work.and_then(|work| work.checked_mul(p.into())).filter(|rounds| *rounds <= MAX_ROUNDS);
    let sane = n.is_power_of_two() && n > 1 && rounds.is_some();
    ensure!(sane, "scrypt with n = {n}, r = {r}, p = {p} is not sane");
    scrypt::Params::new(n.ilog2() as u8, r, p, DERIVED)
        .map_err(|error| anyhow!("its scrypt parameters are wrong: {error}"))
}

fn hex_bytes(text: &str, what: &str) -> Result<Vec<u8>> {
    hex::decode(text).with_context(|| format!("its {what} is not hex"))
}

fn bytes<const N: usize>(text: &str, what: &str) -> Result<[u8; N]> {
    let bytes = hex_bytes(text, what)?;
    let length = bytes.len();
    bytes.try_into().map_err(|_| anyhow!("its {what} has {length} bytes, not {N}"))
}

#[cfg(test)]
mod tests {
    use alloy::primitives::b256;

    use super::*;

    /// The definition's own test vector for PBKDF2.
    const PBKDF2: &str = r#"{
        "crypto": {
            "cipher": "aes-128-ctr",
            "cipherparams": { "iv": "6087dab2f9fdbbfaddc31a909735c1e6" },
            "ciphertext": "5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46",
            "kdf": "pbkdf2",
            "kdfparams": { "c": 262144, "dklen": 32, "prf": "hmac-sha256",
                "salt": "ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd" },
            "mac": "517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2"
        },
        "id": "3198bc9c-6672-5ab3-d995-4942343ae5b6", "version": 3 }"#;
    /// Written by `cast wallet import` 1.7.1 with the password "weir", for the key that Nitro's development mode funds.
    /// (The definition's own vector for scrypt has n above the 2^16 that RFC 7914 allows for r = 1.)
    const SCRYPT: &str = r#"{"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"a9f2343154f48ec53b6723703607f89f"},
        "ciphertext":"b5fdc14026e54c3030219c561c72278e28a08d87fc46aa86a9a7052cfb22777e","kdf":"scrypt",
        "kdfparams":{"dklen":32,"n":8192,"p":1,"r":8,"salt":"f47532658af8d46997aceec9655c28ea60af90af8446a74d1d96fb734bfd66a4"},
        "mac":"4a563b7d76c2951f7d50b067f25df44a08e545476c5276677e7286047afd732f"},
        "id":"63458c08-3375-4e6b-bde6-76ef7defaca7","version":3}"#;
    const PASSWORD: &[u8] = b"testpassword";
    const KEY: B256 = b256!("7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d");

    #[test]
    fn the_test_vector_of_the_definition_and_a_keystore_of_cast_open() {
        assert_eq!(decrypt(PBKDF2, PASSWORD).unwrap(), KEY);
        let funded = b256!("b6b15c8cb491557369f3c7d2c287b053eb229daa9c22138887752191c9520659");
        assert_eq!(decrypt(SCRYPT, b"weir").unwrap(), funded);
        // Older wallets write the name so.
        assert_eq!(decrypt(&SCRYPT.replace("\"crypto\"", "\"Crypto\""), b"weir").unwrap(), funded);
    }

    #[test]
    fn another_password_is_told() {
        let error = decrypt(PBKDF2, b"testpasswort").unwrap_err().to_string();
        assert!(error.contains("the password is not the one"), "{error}");
    }

    #[test]
    fn a_keystore_that_is_broken_is_rejected_before_any_work() {
        for (from, to, word) in [
            ("\"version\":3", "\"version\":1", "version is 1"),
            ("aes-128-ctr", "aes-128-cbc", "cipher is aes-128-cbc"),
            ("\"dklen\":32", "\"dklen\":16", "16 bytes"),
            ("\"n\":8192", "\"n\":8191", "not sane"),
            ("\"n\":8192", "\"n\":1099511627776", "not sane"),
            ("\"n\":8192", "\"n\":0", "not sane"),
            ("\"n\":8192", "\"n\":8e99", "no keystore"),
            ("\"r\":8", "\"r\":0", "scrypt"),
            ("\"p\":1", "\"p\":4000000000", "not sane"),
            ("a9f23431", "a9f234", "iv has 15 bytes"),
            ("b5fdc140", "b5fdc1", "ciphertext has 31 bytes"),
            ("4a563b7d", "zz563b7d", "mac is not hex"),
            ("\"kdf\":\"scrypt\"", "\"kdf\":\"argon2\"", "no keystore"),
            ("\"crypto\"", "\"cripto\"", "no keystore"),
        ] {
            let text = SCRYPT.replace(from, to);
            assert_ne!(text, SCRYPT, "{from}");
            let error = format!("{:#}", decrypt(&text, PASSWORD).unwrap_err());
            assert!(error.contains(word), "{to}: {error}");
        }
        for text in ["", "{}", "[]", "7", "{\"version\":3}"] {
            assert!(decrypt(text, PASSWORD).is_err(), "{text}");
        }
    }
}

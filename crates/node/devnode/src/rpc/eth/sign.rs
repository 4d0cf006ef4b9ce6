//! Signing for the accounts whose keys the node holds: messages (EIP-191) and typed data (EIP-712).

use crate::{
    accounts::DevAccount,
    chain::ChainError,
    rpc::{
        dispatch::Node,
        error::RpcError,
        method::{Answer, value},
        params::Params,
    },
};
use alloy_dyn_abi::TypedData;
use alloy_primitives::{Address, B256, Bytes, eip191_hash_message};
use serde_json::Value;

/// Types that typed data may define, and bytes that a type's name may have.
const MAX_TYPES: usize = 100;
const MAX_TYPE_BYTES: usize = 100;

/// `eth_sign`: address, then message.
pub fn sign(node: &Node, mut params: Params) -> Answer {
    let address: Address = params.next("address")?;
    let message: Bytes = params.next("message")?;
    params.end()?;
    signature(account(node, address)?, eip191_hash_message(message))
}

/// `personal_sign`: message, then address; a password may follow and is not looked at.
pub fn personal_sign(node: &Node, mut params: Params) -> Answer {
    let message: Bytes = params.next("message")?;
    let address: Address = params.next("address")?;
    let _: Option<Value> = params.optional("password")?;
    params.end()?;
    signature(account(node, address)?, eip191_hash_message(message))
}

/// `eth_signTypedData_v4`: address, then the typed data, as an object or as text.
pub fn sign_typed_data(node: &Node, mut params: Params) -> Answer {
    let address: Address = params.next("address")?;
    let data: Value = params.next("typed data")?;
    params.end()?;
    let wrong = |error: String| RpcError::params(format!("invalid argument 1 (typed data): {error}"));
    let data = match data {
        Value::String(text) => serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?,
        object => object,
    };
    check_types(&data).map_err(|error| wrong(error.into()))?;
    let data: TypedData = serde_json::from_value(data).map_err(|error| wrong(error.to_string()))?;
    let digest = data.eip712_signing_hash().map_err(|error| wrong(error.to_string()))?;
    signature(account(node, address)?, digest)
}

/// Types are resolved by recursion: refuses what would nest deeper than anybody needs.
fn check_types(data: &Value) -> Result<(), &'static str> {
    let Some(Value::Object(types)) = data.get("types") else { return Ok(()) };
    if types.len() > MAX_TYPES {
        return Err("too many types: 100 may be given");
    }
    let fields = types.values().filter_map(Value::as_array).flatten();
    let mut names = fields.filter_map(|field| field.get("type")?.as_str());
    if names.any(|name| name.len() > MAX_TYPE_BYTES) {
        return Err("a type's name is too long: it may have 100 bytes");
    }
    Ok(())
}

fn account(node: &Node, address: Address) -> Result<&DevAccount, RpcError> {
    node.chain.account(address).ok_or_else(|| ChainError::UnknownAccount(address).into())
}

fn signature(account: &DevAccount, digest: B256) -> Answer {
    let signature = account.sign_digest(digest).map_err(ChainError::Internal)?;
    value(&Bytes::from(signature.as_bytes()))
}

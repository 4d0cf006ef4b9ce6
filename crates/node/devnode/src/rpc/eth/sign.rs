//! Signs messages (EIP-191) and typed data (EIP-712).
//! Only for the accounts whose keys the node holds.

use crate::{
    accounts::DevAccount,
    chain::ChainError,
    rpc::{
        answer::{Answer, value},
        error::RpcError,
        node::Node,
        params::Params,
    },
};
use alloy_dyn_abi::TypedData;
use alloy_primitives::{Address, B256, Bytes, eip191_hash_message};
use serde_json::Value;

/// The number of types that typed data may define.
const MAX_TYPES: usize = 100;
/// The length of a type's name in bytes.
const MAX_TYPE_BYTES: usize = 100;

/// `eth_sign`: an address and a message.
pub fn sign(node: &Node, mut params: Params) -> Answer {
    let address: Address = params.next("address")?;
    let message: Bytes = params.next("message")?;
    params.end()?;
    signature(account(node, address)?, eip191_hash_message(message))
}

/// `personal_sign`: a message and an address; ignores a password.
pub fn personal_sign(node: &Node, mut params: Params) -> Answer {
    let message: Bytes = params.next("message")?;
    let address: Address = params.next("address")?;
    let _: Option<Value> = params.optional("password")?;
    params.end()?;
    signature(account(node, address)?, eip191_hash_message(message))
}

/// `eth_signTypedData_v4`: an address and typed data, as an object or a string.
pub fn sign_typed_data(node: &Node, mut params: Params) -> Answer {
    let address: Address = params.next("address")?;
    let data: Value = params.next("typed data")?;
    params.end()?;
    let invalid = |error: String| RpcError::params(format!("invalid argument 1 (typed data): {error}"));
    let data = match data {
        Value::String(text) => serde_json::from_str(&text).map_err(|error| invalid(error.to_string()))?,
        object => object,
    };
    check_types(&data).map_err(|error| invalid(error.into()))?;
    let data: TypedData = serde_json::from_value(data).map_err(|error| invalid(error.to_string()))?;
    let digest = data.eip712_signing_hash().map_err(|error| invalid(error.to_string()))?;
    signature(account(node, address)?, digest)
}

/// Limits the depth of types, since alloy resolves them by recursion.
fn check_types(data: &Value) -> Result<(), &'static str> {
    let Some(Value::Object(types)) = data.get("types") else { return Ok(()) };
    if types.len() > MAX_TYPES {
        return Err("too many types: the limit is 100");
    }
    let fields = types.values().filter_map(Value::as_array).flatten();
    let mut names = fields.filter_map(|field| field.get("type")?.as_str());
    if names.any(|name| name.len() > MAX_TYPE_BYTES) {
        return Err("the name of a type is too long: the limit is 100 bytes");
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

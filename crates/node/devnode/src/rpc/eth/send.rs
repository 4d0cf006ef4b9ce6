//! Sends transactions.
//! A signed one whose nonce is too high waits a moment for those before it.

use crate::{
    chain::{Chain, ChainError, TransactionError},
    rpc::{
        answer::{Answer, answer},
        node::Node,
        params::Params,
    },
};
use alloy_consensus::{Transaction, TxEnvelope, transaction::Recovered};
use alloy_primitives::{B256, Bytes};
use alloy_rpc_types_eth::{BlockId, TransactionRequest};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// The time that a transaction waits for those before it (Nitro's default, `NonceFailureCacheExpiry`).
const NONCE_TIMEOUT: Duration = Duration::from_secs(1);

pub fn send_transaction(node: &Node, mut params: Params) -> Answer {
    let request: TransactionRequest = params.next("transaction")?;
    params.end()?;
    answer(node.chain.send_request(request))
}

/// Like `eth_sendTransaction`, for a sender whose key the node does not hold.
pub fn send_unsigned(node: &Node, mut params: Params) -> Answer {
    let request: TransactionRequest = params.next("transaction")?;
    params.end()?;
    answer(node.chain.send_unsigned(request))
}

/// Waits if the nonce is too high, since transactions that a client sends together may arrive in any order.
pub async fn send_raw(node: &Node, mut params: Params) -> Answer {
    let raw: Bytes = params.next("signed transaction")?;
    params.end()?;
    let mut heads = node.chain.heads();
    let sent = node.run_send(move |chain| decode_and_send(chain, &raw)).await?;
    let Err((Some(tx), ChainError::Transaction(TransactionError::NonceTooHigh { .. }))) = sent else {
        return answer(sent.map_err(|(_, error)| error));
    };
    let _queued = node.nonce_queue.insert(&tx);
    let deadline = Instant::now() + NONCE_TIMEOUT;
    while is_early(&node.chain, &tx)
        && timeout_at(deadline, heads.changed()).await.is_ok_and(|woken| woken.is_ok())
    {}
    answer(node.run_send(move |chain| chain.send(*tx)).await?)
}

/// A hash, or an error with the transaction if it could be decoded.
type Sent = Result<B256, (Option<Box<Recovered<TxEnvelope>>>, ChainError)>;

fn decode_and_send(chain: &Chain, raw: &[u8]) -> Sent {
    let tx = Chain::decode(raw).map_err(|error| (None, error.into()))?;
    chain.send(tx.clone()).map_err(|error| (Some(Box::new(tx)), error))
}

fn is_early(chain: &Chain, tx: &Recovered<TxEnvelope>) -> bool {
    chain.nonce(tx.signer(), BlockId::latest()).is_ok_and(|next| tx.inner().nonce() > next)
}

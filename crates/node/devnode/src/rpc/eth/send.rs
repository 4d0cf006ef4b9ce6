//! Sending transactions.

use crate::{
    chain::{Chain, ChainError, Refusal},
    rpc::{
        dispatch::Node,
        method::{Answer, answer},
        params::Params,
    },
};
use alloy_consensus::{Transaction, TxEnvelope, transaction::Recovered};
use alloy_primitives::Bytes;
use alloy_rpc_types_eth::{BlockId, TransactionRequest};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// How long a transaction waits for those before it (Nitro's default, `NonceFailureCacheExpiry`).
const NONCE_PATIENCE: Duration = Duration::from_secs(1);

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

/// Clients send several transactions at a time, and they may arrive in any order.
pub async fn send_raw(node: &Node, mut params: Params) -> Answer {
    let raw: Bytes = params.next("signed transaction")?;
    params.end()?;
    let mut heads = node.chain.heads();
    let sent = node.send(move |chain| decode_and_send(chain, &raw)).await?;
    let Err((Some(tx), ChainError::Refused(Refusal::NonceTooHigh { .. }))) = sent else {
        return answer(sent.map_err(|(_, error)| error));
    };
    let _place = node.waiting.enter(&tx);
    let deadline = Instant::now() + NONCE_PATIENCE;
    while is_early(&node.chain, &tx)
        && timeout_at(deadline, heads.changed()).await.is_ok_and(|woken| woken.is_ok())
    {}
    answer(node.send(move |chain| chain.send(*tx)).await?)
}

type Sent = Result<alloy_primitives::B256, (Option<Box<Recovered<TxEnvelope>>>, ChainError)>;

/// Sends, and gives the decoded transaction back with the error.
fn decode_and_send(chain: &Chain, raw: &[u8]) -> Sent {
    let tx = Chain::decode(raw).map_err(|refusal| (None, refusal.into()))?;
    chain.send(tx.clone()).map_err(|error| (Some(Box::new(tx)), error))
}

fn is_early(chain: &Chain, tx: &Recovered<TxEnvelope>) -> bool {
    chain.nonce(tx.signer(), BlockId::latest()).is_ok_and(|next| tx.inner().nonce() > next)
}

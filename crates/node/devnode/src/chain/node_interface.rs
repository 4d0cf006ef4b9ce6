//! NodeInterface 0xc8: functions of the node in the shape of a contract, for `eth_call` and `eth_estimateGas` only
//! (Nitro v3.10.0 `execution/nodeinterface/node_interface.go`). For contracts, the address is an empty account.

use super::{handle::Chain, request::Call};
use crate::{block_context::BASE_FEE, error::ChainError, ledger::Ledger, lock::read};
use alloy_primitives::{Address, Bytes, TxKind, U256, address};
use alloy_rpc_types_eth::TransactionRequest;
use alloy_sol_types::{SolCall, SolInterface, SolValue, sol};
use stylus_evm::{ARB_GAS_INFO, abi::ArbGasInfo};

const NODE_INTERFACE: Address = address!("00000000000000000000000000000000000000c8");
const NODE_INTERFACE_DEBUG: Address = address!("00000000000000000000000000000000000000c9");

/// Gas of a transaction without data, of a byte of data (zero or not), of the call, and of each word of arguments and results.
const TRANSACTION_GAS: u64 = 21_000;
const ZERO_BYTE_GAS: u64 = 4;
const BYTE_GAS: u64 = 16;
const CALL_GAS: u64 = 800;
const WORD_GAS: u64 = 3;

sol! {
    interface NodeInterface {
        function gasEstimateComponents(address to, bool contractCreation, bytes data) external payable
            returns (uint64 gasEstimate, uint64 gasEstimateForL1, uint256 baseFee, uint256 l1BaseFeeEstimate);
        function gasEstimateL1Component(address to, bool contractCreation, bytes data) external view
            returns (uint64 gasEstimateForL1, uint256 baseFee, uint256 l1BaseFeeEstimate);
        function nitroGenesisBlock() external pure returns (uint256 number);
        function blockL1Num(uint64 l2BlockNum) external view returns (uint64 l1BlockNum);
        function l2BlockRangeForL1(uint64 blockNum) external view returns (uint64 firstBlock, uint64 lastBlock);

        function estimateRetryableTicket(
            address sender, uint256 deposit, address to, uint256 l2CallValue, address excessFeeRefundAddress,
            address callValueRefundAddress, bytes data
        ) external;
        function constructOutboxProof(uint64 size, uint64 leaf) external view
            returns (bytes32 send, bytes32 root, bytes32[] proof);
        function findBatchContainingBlock(uint64 blockNum) external view returns (uint64 batch);
        function getL1Confirmations(bytes32 blockHash) external view returns (uint64 confirmations);
        function legacyLookupMessageBatchProof(uint256 batchNum, uint64 index) external view
            returns (
                bytes32[] proof, uint256 path, address l2Sender, address l1Dest, uint256 l2Block, uint256 l1Block,
                uint256 timestamp, uint256 amount, bytes calldataForL1
            );
    }
}

use NodeInterface::NodeInterfaceCalls as Method;

/// Whether the node answers the call itself.
pub fn is_called(call: &Call) -> bool {
    call.request.to.is_some_and(|to| is_virtual(to.to().copied()))
}

fn is_virtual(to: Option<Address>) -> bool {
    to == Some(NODE_INTERFACE) || to == Some(NODE_INTERFACE_DEBUG)
}

impl Chain {
    /// The result of a function of NodeInterface.
    ///
    /// # Errors
    /// The function needs an L1, or does not exist; or what it estimates fails.
    pub(super) fn call_node_interface(&self, call: &Call) -> Result<Bytes, ChainError> {
        let result = match function(call)? {
            Method::nitroGenesisBlock(_) => U256::ZERO.abi_encode(),
            Method::blockL1Num(method) => self.l1_number(method.l2BlockNum)?.abi_encode(),
            Method::l2BlockRangeForL1(method) => self.blocks_of_l1(method.blockNum)?.abi_encode(),
            Method::gasEstimateComponents(method) => {
                let gas = self.estimate_gas(inner(call, method.to, method.contractCreation, method.data)?)?;
                (gas, 0u64, U256::from(BASE_FEE), self.l1_price(call)?).abi_encode()
            }
            Method::gasEstimateL1Component(_) => {
                (0u64, U256::from(BASE_FEE), self.l1_price(call)?).abi_encode()
            }
            method => return Err(unsupported(&method)),
        };
        Ok(result.into())
    }

    /// Gas of such a call as a transaction, without what the function reads from the state.
    pub(super) fn estimate_node_interface(&self, call: &Call) -> Result<u64, ChainError> {
        let result = self.call_node_interface(call)?;
        let input = call.request.input.input().cloned().unwrap_or_default();
        let calldata = input.iter().map(|byte| if *byte == 0 { ZERO_BYTE_GAS } else { BYTE_GAS });
        let words = (input.len().saturating_sub(4)).div_ceil(32) + result.len().div_ceil(32);
        Ok(TRANSACTION_GAS + calldata.sum::<u64>() + CALL_GAS + WORD_GAS * words as u64)
    }

    fn l1_number(&self, number: u64) -> Result<u64, ChainError> {
        let ledger = read(&self.ledger);
        let head = ledger.head();
        let context = ledger.context(number).ok_or(ChainError::AboveHead { number, head })?;
        Ok(context.l1_number)
    }

    /// The first and the last block with this L1 number.
    fn blocks_of_l1(&self, l1_number: u64) -> Result<(u64, u64), ChainError> {
        let ledger = read(&self.ledger);
        let first = first_from_l1(&ledger, l1_number);
        let next = first_from_l1(&ledger, l1_number.saturating_add(1));
        match next.checked_sub(1).filter(|last| *last >= first) {
            Some(last) => Ok((first, last)),
            None => Err(ChainError::Rejected(format!(
                "no L2 block was found with the L1 block number {l1_number}"
            ))),
        }
    }

    /// Price of L1 data that an owner has set; it is not charged.
    fn l1_price(&self, call: &Call) -> Result<U256, ChainError> {
        let input = ArbGasInfo::getL1BaseFeeEstimateCall {}.abi_encode();
        let request = TransactionRequest::default().to(ARB_GAS_INFO).input(input.into());
        let output = self.call(Call { state: call.state.clone(), ..Call::new(request, call.at) })?;
        ArbGasInfo::getL1BaseFeeEstimateCall::abi_decode_returns(&output)
            .map_err(|error| ChainError::Internal(error.to_string()))
    }
}

/// The first block whose L1 number is this or higher; the number after the head if there is none.
fn first_from_l1(ledger: &Ledger, l1_number: u64) -> u64 {
    let (mut low, mut high) = (0, ledger.head() + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let is_before = ledger.context(middle).is_some_and(|context| context.l1_number < l1_number);
        if is_before { low = middle + 1 } else { high = middle }
    }
    low
}

fn function(call: &Call) -> Result<Method, ChainError> {
    if call.request.to.and_then(|to| to.to().copied()) == Some(NODE_INTERFACE_DEBUG) {
        return Err(ChainError::Rejected("NodeInterfaceDebug 0xc9 is not supported".into()));
    }
    let input = call.request.input.input().cloned().unwrap_or_default();
    Method::abi_decode(&input)
        .map_err(|error| ChainError::Rejected(format!("NodeInterface 0xc8 cannot decode the call: {error}")))
}

/// The call that an estimate is for: of the same sender and with the same value.
fn inner(call: &Call, to: Address, creates: bool, data: Bytes) -> Result<Call, ChainError> {
    if !creates && is_virtual(Some(to)) {
        return Err(ChainError::Rejected("cannot estimate virtual contract".into()));
    }
    let request = TransactionRequest {
        to: Some(if creates { TxKind::Create } else { TxKind::Call(to) }),
        input: data.into(),
        gas: None,
        ..call.request.clone()
    };
    Ok(Call { request, ..call.clone() })
}

fn unsupported(method: &Method) -> ChainError {
    let name = Method::name_by_selector(method.selector()).unwrap_or("this function");
    ChainError::Rejected(format!("NodeInterface.{name} is not supported: this node has no L1"))
}

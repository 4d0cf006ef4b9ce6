// Refusals of the WASM token: custom errors by name, receipts of transactions that revert, errors of the node.

import assert from 'node:assert/strict'
import {
  BaseError, ContractFunctionRevertedError, decodeErrorResult, encodeFunctionData, InsufficientFundsError, maxUint256,
  NonceTooLowError, RawContractError, zeroAddress,
} from 'viem'
import { accounts, mined, node, refused, token, wallet } from './stage.mjs'

const [account, other] = accounts

async function errorOf(functionName, args) {
  const error = await refused(node.simulateContract({ ...token, functionName, args, account }))
  const { data } = error.walk((cause) => cause instanceof ContractFunctionRevertedError)
  return [data.errorName, data.args]
}

assert.deepEqual(await errorOf('transfer', [other.address, 5n]), ['ERC20InsufficientBalance', [account.address, 0n, 5n]])
assert.deepEqual(await errorOf('transfer', [zeroAddress, 0n]), ['ERC20InvalidReceiver', [zeroAddress]])
assert.deepEqual(
  await errorOf('transferFrom', [other.address, account.address, 1n]),
  ['ERC20InsufficientAllowance', [account.address, 0n, 1n]],
)
await mined(wallet.writeContract({ ...token, functionName: 'mint', args: [account.address, 1n] }))
assert.deepEqual(await errorOf('mint', [account.address, maxUint256]), ['SupplyOverflow', [1n, maxUint256]])

// A function that it does not have, decoded by hand.
const unknown = await refused(node.call({ to: token.address, data: '0x12345678' }))
const raw = unknown.walk((cause) => cause instanceof RawContractError || cause.data !== undefined)
const data = typeof raw.data === 'string' ? raw.data : raw.data.data
assert.deepEqual(decodeErrorResult({ abi: token.abi, data }).args, ['0x12345678'])

// An estimate is refused with the same error.
const estimate = await refused(node.estimateContractGas({ ...token, functionName: 'transfer', args: [other.address, 5n], account }))
assert.equal(estimate.walk((cause) => cause instanceof ContractFunctionRevertedError).data.errorName, 'ERC20InsufficientBalance')

// With gas given, it is mined and fails.
const call = encodeFunctionData({ ...token, functionName: 'transfer', args: [other.address, 5n] })
const hash = await wallet.sendTransaction({ to: token.address, data: call, gas: 500_000n })
const receipt = await node.waitForTransactionReceipt({ hash })
assert.deepEqual([receipt.status, receipt.logs], ['reverted', []])
assert.ok(receipt.gasUsed > 21_000n && receipt.gasUsed < 500_000n, 'what is left comes back')

// What the client recognises by the node's words.
const causes = [
  [InsufficientFundsError, { to: other.address, value: 10n ** 30n, gas: 21_000n }],
  [NonceTooLowError, { to: other.address, nonce: 0, gas: 21_000n }],
]
for (const [kind, request] of causes) {
  const error = await refused(wallet.sendTransaction(request))
  assert.ok(error instanceof BaseError && error.walk((cause) => cause instanceof kind), `${kind.name}: ${error.message}`)
}

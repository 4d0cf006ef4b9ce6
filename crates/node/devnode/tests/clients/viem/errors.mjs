// Errors: custom errors of the WASM token by name, receipts of reverted transactions, errors of the node.

import assert from 'node:assert/strict'
import {
  BaseError, ContractFunctionRevertedError, decodeErrorResult, encodeFunctionData, InsufficientFundsError, maxUint256,
  NonceTooLowError, RawContractError, zeroAddress,
} from 'viem'
import { accounts, mined, node, rejected, token, wallet } from './stage.mjs'

const [account, other] = accounts

async function errorOf(functionName, args) {
  const error = await rejected(node.simulateContract({ ...token, functionName, args, account }))
  const { data } = error.walk((cause) => cause instanceof ContractFunctionRevertedError)
  return [data.errorName, data.args]
}

assert.deepEqual(
  await errorOf('transfer', [other.address, 5n]),
  ['ERC20InsufficientBalance', [account.address, 0n, 5n]],
)
assert.deepEqual(await errorOf('transfer', [zeroAddress, 0n]), ['ERC20InvalidReceiver', [zeroAddress]])
assert.deepEqual(
  await errorOf('transferFrom', [other.address, account.address, 1n]),
  ['ERC20InsufficientAllowance', [account.address, 0n, 1n]],
)
await mined(wallet.writeContract({ ...token, functionName: 'mint', args: [account.address, 1n] }))
assert.deepEqual(await errorOf('mint', [account.address, maxUint256]), ['SupplyOverflow', [1n, maxUint256]])

// The error of an unknown function, decoded by hand.
const unknown = await rejected(node.call({ to: token.address, data: '0x12345678' }))
const raw = unknown.walk((cause) => cause instanceof RawContractError || cause.data !== undefined)
const data = typeof raw.data === 'string' ? raw.data : raw.data.data
assert.deepEqual(decodeErrorResult({ abi: token.abi, data }).args, ['0x12345678'])

// An estimate fails with the same error.
const transfer = { ...token, functionName: 'transfer', args: [other.address, 5n] }
const estimate = await rejected(node.estimateContractGas({ ...transfer, account }))
const revert = estimate.walk((cause) => cause instanceof ContractFunctionRevertedError)
assert.equal(revert.data.errorName, 'ERC20InsufficientBalance')

// With a gas limit, the transaction is mined and reverts.
const call = encodeFunctionData(transfer)
const hash = await wallet.sendTransaction({ to: token.address, data: call, gas: 500_000n })
const receipt = await node.waitForTransactionReceipt({ hash })
assert.deepEqual([receipt.status, receipt.logs], ['reverted', []])
assert.ok(receipt.gasUsed > 21_000n && receipt.gasUsed < 500_000n, 'the rest of the gas is returned')

// Errors that viem recognises by their messages.
const causes = [
  [InsufficientFundsError, { to: other.address, value: 10n ** 30n, gas: 21_000n }],
  [NonceTooLowError, { to: other.address, nonce: 0, gas: 21_000n }],
]
for (const [kind, request] of causes) {
  const error = await rejected(wallet.sendTransaction(request))
  const recognised = error instanceof BaseError && error.walk((cause) => cause instanceof kind)
  assert.ok(recognised, `${kind.name}: ${error.message}`)
}

// A staker's program with viem and the typed ABIs.

import assert from 'node:assert/strict'
import { tokenAbi, vaultAbi } from '@weir/abi'
import { BaseError, ContractFunctionRevertedError, decodeErrorResult, getContract, parseEventLogs, zeroAddress, type Hex } from 'viem'
import { account, node, setting, vaultAddress, wallet } from './stage.js'

const client = { public: node, wallet }
const vault = getContract({ address: vaultAddress, abi: vaultAbi, client })
const asset = getContract({ address: await vault.read.asset(), abi: tokenAbi, client })

async function mined(hash: Hex) {
  const receipt = await node.waitForTransactionReceipt({ hash })
  assert.equal(receipt.status, 'success')
  return receipt
}

/** Returns name and arguments of the error with which the call reverts. */
async function revertOf(promise: Promise<unknown>) {
  const error = await promise.then(() => undefined, (reason: unknown) => reason)
  assert.ok(error instanceof BaseError, 'the call should revert')
  const cause = error.walk((reason) => reason instanceof ContractFunctionRevertedError)
  assert.ok(cause instanceof ContractFunctionRevertedError, error.message)
  return [cause.data?.errorName, cause.data?.args]
}

// Read.
assert.equal(asset.address.toLowerCase(), setting('ASSET').toLowerCase())
assert.deepEqual(await Promise.all([vault.read.symbol(), vault.read.decimals(), vault.read.epoch()]), ['wAST', 18, 0n])
assert.equal(await vault.read.convertToShares([5n]), 5n)

// Deposit.
await mined(await asset.write.mint([account.address, 1_000n]))
await mined(await asset.write.approve([vault.address, 1_000n]))
const receipt = await mined(await vault.write.deposit([600n, account.address]))
assert.equal(await vault.read.balanceOf([account.address]), 600n)

// The vault's event, without the asset's.
const [deposit, ...others] = parseEventLogs({ abi: vaultAbi, logs: receipt.logs, eventName: 'Deposit' })
assert.deepEqual(others, [])
assert.deepEqual(deposit?.args, { sender: account.address, owner: account.address, assets: 600n, shares: 600n })

// Custom errors: of the vault, of its pair, and those that all programs share.
const sender = { account }
assert.deepEqual(await revertOf(vault.simulate.redeem([601n, account.address, account.address], sender)), [
  'ERC4626ExceededMaxRedeem', [account.address, 601n, 600n],
])
assert.deepEqual(await revertOf(vault.simulate.deposit([0n, account.address], sender)), ['ZeroAmount', undefined])
assert.deepEqual(await revertOf(vault.simulate.swapExactAmountOut([zeroAddress, 1n, 1n, '0x'], sender)), ['ReceiverIsZero', undefined])
const unknown = await node.call({ to: vault.address, data: '0x12345678' }).then(() => undefined, (reason: unknown) => reason)
assert.ok(unknown instanceof BaseError)
const raw = unknown.walk((reason) => typeof (reason as { data?: unknown }).data === 'string') as unknown as { data: Hex }
assert.deepEqual(decodeErrorResult({ abi: vaultAbi, data: raw.data }), {
  abiItem: vaultAbi.find((item) => item.type === 'error' && item.name === 'UnknownSelector'),
  args: ['0x12345678'],
  errorName: 'UnknownSelector',
})

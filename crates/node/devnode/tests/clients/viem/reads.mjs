// Reads of chain, blocks, accounts and fees, and of data that does not exist.

import assert from 'node:assert/strict'
import {
  BlockNotFoundError, hexToBigInt, numberToHex, parseEther, parseGwei, TransactionReceiptNotFoundError,
} from 'viem'
import { accounts, chain, mined, node, rejected, token, wallet } from './stage.mjs'

const { address } = accounts[0]
const unknown = `0x${'11'.repeat(32)}`

assert.equal(await node.getChainId(), chain.id)
assert.equal(await node.getBalance({ address: accounts[1].address }), parseEther('1000000'))
const receipt = await mined(wallet.sendTransaction({ to: accounts[1].address, value: 1n }))
assert.equal(await node.getBlockNumber({ cacheTime: 0 }), receipt.blockNumber)
assert.equal(await node.getTransactionCount({ address }), 1)
assert.equal(await node.getTransactionCount({ address, blockTag: 'pending' }), 1)
const spent = parseEther('1000000') - (await node.getBalance({ address }))
assert.equal(spent, 1n + receipt.gasUsed * receipt.effectiveGasPrice)
assert.equal(await node.getBalance({ address, blockNumber: receipt.blockNumber - 1n }), parseEther('1000000'))

const block = await node.getBlock({ blockHash: receipt.blockHash, includeTransactions: true })
assert.deepEqual([block.number, block.gasUsed], [receipt.blockNumber, receipt.gasUsed])
assert.equal(block.baseFeePerGas, parseGwei('0.02'))
assert.deepEqual(block.transactions.map(({ hash }) => hash), [receipt.transactionHash])
const parent = await node.getBlock({ blockNumber: block.number - 1n })
assert.equal(block.parentHash, parent.hash)
assert.ok(block.timestamp >= parent.timestamp)
assert.equal(await node.getBlockTransactionCount({ blockHash: block.hash }), 1)
assert.equal((await node.getBlock({ blockTag: 'earliest' })).number, 0n)
assert.equal((await node.getTransaction({ blockHash: block.hash, index: 0 })).hash, receipt.transactionHash)

// Slot 0 of the token is its total supply.
await mined(wallet.writeContract({ ...token, functionName: 'mint', args: [address, 5n] }))
assert.equal(hexToBigInt(await node.getStorageAt({ address: token.address, slot: numberToHex(0) })), 5n)
assert.equal(await node.getCode({ address: accounts[1].address }), undefined)

assert.equal(await node.getGasPrice(), parseGwei('0.02'))
assert.equal(await node.estimateMaxPriorityFeePerGas(), 0n)
const history = await node.getFeeHistory({ blockCount: 2, rewardPercentiles: [50] })
assert.deepEqual([history.baseFeePerGas.length, history.reward.length], [3, 2])

assert.ok((await rejected(node.getBlock({ blockHash: unknown }))) instanceof BlockNotFoundError)
assert.ok((await rejected(node.getTransactionReceipt({ hash: unknown }))) instanceof TransactionReceiptNotFoundError)
assert.match((await rejected(node.request({ method: 'eth_noSuchMethod' }))).message, /does not exist/)

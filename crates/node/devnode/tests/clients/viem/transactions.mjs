// Transactions of every type: sent, mined, read back.

import assert from 'node:assert/strict'
import { parseEther, parseGwei } from 'viem'
import { accounts, mined, node, wallet, walletOf } from './stage.mjs'

const to = '0x00000000000000000000000000000000000c0ffe'
const value = parseEther('1')
const accessList = [{ address: to, storageKeys: [] }]
const kinds = [
  // The base fee and the tip.
  { price: '0.52', type: 'eip1559', maxFeePerGas: parseGwei('1'), maxPriorityFeePerGas: parseGwei('0.5') },
  { price: '1', type: 'eip2930', accessList, gasPrice: parseGwei('1') },
  { price: '1', type: 'legacy', gasPrice: parseGwei('1') },
]

for (const [index, { price, ...kind }] of kinds.entries()) {
  const hash = await wallet.sendTransaction({ to, value, ...kind })
  const receipt = await mined(hash)
  assert.equal(receipt.type, kind.type)
  assert.equal(receipt.effectiveGasPrice, parseGwei(price))
  assert.equal(receipt.from, accounts[0].address.toLowerCase())
  assert.equal(receipt.gasUsed, kind.accessList ? 21_000n + 2_400n : 21_000n)
  const tx = await node.getTransaction({ hash })
  assert.deepEqual([tx.type, tx.value, tx.nonce, tx.blockHash], [kind.type, value, index, receipt.blockHash])
  assert.deepEqual(tx.accessList, kind.type === 'legacy' ? undefined : (kind.accessList?.map(lower) ?? []))
  assert.equal(await node.getTransactionConfirmations({ hash }), 1n)
}
assert.equal(await node.getBalance({ address: to }), 3n * value)

// A delegation (EIP-7702).
const authority = accounts[2]
const authorization = await walletOf(authority).signAuthorization({ contractAddress: to })
await mined(wallet.sendTransaction({ to: authority.address, authorizationList: [authorization] }))
assert.equal(await node.getCode({ address: authority.address }), `0xef0100${to.slice(2).toLowerCase()}`)

// Several at once, with nonces counted by the client.
const nonce = await node.getTransactionCount({ address: accounts[1].address })
const other = walletOf(accounts[1])
const send = (i) => other.sendTransaction({ to, value: 1n, nonce: nonce + i, gas: 21_000n })
const hashes = await Promise.all([0, 1, 2, 3, 4].map(send))
const blocks = await Promise.all(hashes.map(async (hash) => (await mined(hash)).blockNumber))
assert.equal(new Set(blocks).size, 5)
assert.equal(await node.getTransactionCount({ address: accounts[1].address }), nonce + 5)

function lower({ address, storageKeys }) {
  return { address: address.toLowerCase(), storageKeys }
}

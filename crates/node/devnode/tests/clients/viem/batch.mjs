// JSON-RPC batches: many requests in one HTTP request, each with its own answer.

import assert from 'node:assert/strict'
import { createPublicClient, http } from 'viem'
import { accounts, chain, token } from './stage.mjs'

let posts = 0
const fetchFn = (...request) => {
  posts += 1
  return fetch(...request)
}
const node = createPublicClient({ chain, transport: http(undefined, { batch: { batchSize: 200 }, fetchFn }) })

const reads = accounts.map(({ address }) => node.getBalance({ address }))
const calls = accounts.map(({ address }) => node.readContract({ ...token, functionName: 'balanceOf', args: [address] }))
const toZeroAddress = ['0x0000000000000000000000000000000000000000', 1n]
const fails = node.simulateContract({ ...token, functionName: 'transfer', args: toZeroAddress, account: accounts[0] })
const results = await Promise.allSettled([...reads, ...calls, fails, node.getChainId()])

assert.equal(posts, 1)
const succeeded = results.map(({ status }) => status === 'fulfilled')
assert.deepEqual(succeeded, [...reads.map(() => true), ...calls.map(() => true), false, true])
assert.match(results.at(-2).reason.message, /ERC20InvalidReceiver/)
assert.equal(results.at(-1).value, chain.id)

// Shared by all scripts: clients of the node, its accounts, and the token.

import { readFileSync } from 'node:fs'
import {
  concatHex, createPublicClient, createTestClient, createWalletClient, defineChain, http, numberToHex, size,
} from 'viem'
import { privateKeyToAccount } from 'viem/accounts'

const { RPC_URL, WS_URL, CHAIN_ID, KEYS, TOKEN } = process.env

export const urls = { http: RPC_URL, ws: WS_URL }

export const chain = defineChain({
  id: Number(CHAIN_ID),
  name: 'weir-devnode',
  nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
  rpcUrls: { default: { http: [RPC_URL], webSocket: [WS_URL] } },
})

const settings = { chain, transport: http(), pollingInterval: 20 }

/** Funded accounts that sign locally. */
export const accounts = KEYS.split(',').map((key) => privateKeyToAccount(key))

export const node = createPublicClient(settings)
export const wallet = createWalletClient({ ...settings, account: accounts[0] })
export const test = createTestClient({ ...settings, mode: 'anvil' })

export const walletOf = (account) => createWalletClient({ ...settings, account })

/** Waits for a transaction that must succeed. */
export async function mined(hash) {
  const receipt = await node.waitForTransactionReceipt({ hash: await hash })
  if (receipt.status !== 'success') throw new Error(`transaction ${receipt.transactionHash} reverted`)
  return receipt
}

const ABI = new URL('../../../../../../abi/generated/IToken.json', import.meta.url)

/** The WASM token that the test deployed. Any account may mint. */
export const token = { address: TOKEN, abi: JSON.parse(readFileSync(ABI, 'utf8')) }

/** Deploys EVM code: PUSH2 length, DUP1, PUSH1 10, PUSH0, CODECOPY, PUSH0, RETURN, then the code. */
export async function deployCode(code) {
  const data = concatHex(['0x61', numberToHex(size(code), { size: 2 }), '0x80600a5f395ff3', code])
  const receipt = await mined(wallet.sendTransaction({ data }))
  return receipt.contractAddress
}

/** The error of a promise that must be rejected. */
export async function rejected(promise) {
  const result = await promise.then((value) => ({ value }), (error) => ({ error }))
  if (!('error' in result)) throw new Error(`the promise was not rejected: ${result.value}`)
  return result.error
}

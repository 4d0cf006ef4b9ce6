// The node, account and vault of a test. The calling test (tests/e2e/abi/npm.rs) has started the node and deployed the vault.

import { createPublicClient, createWalletClient, defineChain, http, type Address, type Hex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'

export function setting<T extends string>(name: string): T {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} is not set: tests/e2e/abi/npm.rs sets it`)
  return value as T
}

const chain = defineChain({
  id: Number(setting('CHAIN_ID')),
  name: 'weir-devnode',
  nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
  rpcUrls: { default: { http: [setting('RPC_URL')] } },
})
const settings = { chain, transport: http(), pollingInterval: 20 }

export const account = privateKeyToAccount(setting<Hex>('KEY'))
export const node = createPublicClient(settings)
export const wallet = createWalletClient({ ...settings, account })
export const vaultAddress = setting<Address>('VAULT')

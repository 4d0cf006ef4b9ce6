// The interfaces as Solidity's own compiler reads them, and each as one that needs no other file.

import { readFileSync, readdirSync } from 'node:fs'
import solc from 'solc'

const CONSTRUCTORS = 'IConstructors'

/** Compiles all interfaces of a folder: { NAME: { abi, node, text } }, with each one's place in the syntax tree. */
export function readSources(folder) {
  const files = readdirSync(folder).filter((file) => file.endsWith('.sol')).sort()
  return compile(Object.fromEntries(files.map((file) => [file, readFileSync(new URL(file, folder), 'utf8')])))
}

function compile(texts) {
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries(Object.entries(texts).map(([file, content]) => [file, { content }])),
    settings: { outputSelection: { '*': { '': ['ast'], '*': ['abi'] } } },
  }
  const output = JSON.parse(solc.compile(JSON.stringify(input)))
  const told = output.errors ?? []
  if (told.length > 0) throw new Error(told.map((error) => error.formattedMessage).join('\n'))
  const compiled = {}
  for (const [file, { ast }] of Object.entries(output.sources)) {
    for (const node of ast.nodes.filter(({ nodeType }) => nodeType === 'ContractDefinition')) {
      compiled[node.name] = { abi: output.contracts[file][node.name].abi, node, text: textOf(node, texts[file]) }
    }
  }
  return compiled
}

/** Positions in the tree count bytes of UTF-8. */
function textOf(node, text) {
  const [start, length] = node.src.split(':').map(Number)
  return Buffer.from(text, 'utf8').subarray(start, start + length).toString('utf8')
}

/**
 * One interface with all that it inherits: { name, notes, abi, solidity }. The ABI has the program's constructor too, which
 * an interface cannot declare. What is returned has been compiled by itself and has the ABI that the sources have.
 */
export function flatten(sources, name) {
  const interface_ = `I${name}`
  const { abi, node } = sources[interface_]
  const byId = new Map(Object.values(sources).map((source) => [source.node.id, source]))
  const inherited = node.linearizedBaseContracts.slice(1).reverse().map((id) => byId.get(id))
  const solidity = [
    '// SPDX-License-Identifier: MIT',
    `// Made by scripts/abi from abi/${interface_}.sol and what it inherits: change those.`,
    'pragma solidity ^0.8.20;',
    '',
    ...notes(node).map((line) => `/// ${line}`.trimEnd()),
    `interface ${interface_} {`,
    [body(sources[interface_].text), ...inherited.map(section)].filter((text) => text !== '').join('\n\n'),
    '}',
    '',
  ].join('\n')
  const again = compile({ 'flat.sol': solidity })[interface_].abi
  if (JSON.stringify(plain(again)) !== JSON.stringify(plain(abi))) {
    throw new Error(`${interface_} by itself has another ABI than with what it inherits: this is a defect of scripts/abi`)
  }
  return { name, notes: notes(node), abi: [...constructor(sources, name), ...plain(abi)], solidity }
}

/** What stands between an interface's braces. */
function body(text) {
  return text.slice(text.indexOf('{') + 1, text.lastIndexOf('}')).replace(/^\n+/, '').trimEnd()
}

/** What is inherited from one interface, under its title. */
function section({ node, text }) {
  const [title, ...rest] = notes(node).map((line) => line.replace(/^@\w+ /, ''))
  const heading = [`    // ${'-'.repeat(64)} ${node.name}`, ...[title, ...rest].map((line) => `    // ${line}`.trimEnd())]
  return `${heading.join('\n')}\n\n${body(text)}`
}

/** Lines of the NatSpec comment above an interface. */
function notes(node) {
  const text = node.documentation?.text
  if (text === undefined) throw new Error(`${node.name} has no NatSpec comment that says what it is`)
  return text.split('\n').map((line) => line.trim())
}

/** A program's constructor, as its arguments stand in IConstructors.sol. */
function constructor(sources, name) {
  const arguments_ = sources[CONSTRUCTORS].abi.filter((item) => item.name === name.toLowerCase())
  return arguments_.map(({ inputs }) => ({ type: 'constructor', inputs: plain(inputs), stateMutability: 'nonpayable' }))
}

/** Without what only Solidity's compiler wants to know; keys in the order in which one reads them. */
function plain(value) {
  if (Array.isArray(value)) return value.map(plain)
  if (value === null || typeof value !== 'object') return value
  const order = ['type', 'name', 'inputs', 'outputs', 'stateMutability', 'indexed', 'anonymous', 'components']
  const keys = order.filter((key) => key in value)
  return Object.fromEntries(keys.map((key) => [key, plain(value[key])]))
}

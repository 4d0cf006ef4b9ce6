// Compiles the interfaces with solc, and flattens each into a file without imports.

import { readFileSync, readdirSync } from 'node:fs'
import solc from 'solc'

const CONSTRUCTORS = 'IConstructors'

/** Compiles all interfaces of a folder: { NAME: { abi, node, text } }, where `node` is a node of the syntax tree. */
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
  const errors = output.errors ?? []
  if (errors.length > 0) throw new Error(errors.map((error) => error.formattedMessage).join('\n'))
  const compiled = {}
  for (const [file, { ast }] of Object.entries(output.sources)) {
    for (const node of ast.nodes.filter(({ nodeType }) => nodeType === 'ContractDefinition')) {
      compiled[node.name] = { abi: output.contracts[file][node.name].abi, node, text: textOf(node, texts[file]) }
    }
  }
  return compiled
}

/** Returns the source of a node. Positions in the syntax tree count bytes of UTF-8. */
function textOf(node, text) {
  const [start, length] = node.src.split(':').map(Number)
  return Buffer.from(text, 'utf8').subarray(start, start + length).toString('utf8')
}

/**
 * Returns an interface with everything it inherits: { name, notes, abi, solidity }. The ABI includes the program's
 * constructor, which an interface cannot declare. Compiles the result, to check that its ABI is that of the sources.
 */
export function flatten(sources, name) {
  const interface_ = `I${name}`
  const { abi, node } = sources[interface_]
  const byId = new Map(Object.values(sources).map((source) => [source.node.id, source]))
  const inherited = node.linearizedBaseContracts.slice(1).reverse().map((id) => byId.get(id))
  const solidity = [
    '// SPDX-License-Identifier: MIT',
    `// Made by scripts/abi from abi/${interface_}.sol and what it inherits: edit those instead.`,
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
    throw new Error(`${interface_} has another ABI after flattening: this is a bug of scripts/abi`)
  }
  return { name, notes: notes(node), abi: [...constructor(sources, name), ...plain(abi)], solidity }
}

/** Returns the text between an interface's braces. */
function body(text) {
  return text.slice(text.indexOf('{') + 1, text.lastIndexOf('}')).replace(/^\n+/, '').trimEnd()
}

/** Returns the body of an inherited interface, under its title. */
function section({ node, text }) {
  const [title, ...rest] = notes(node).map((line) => line.replace(/^@\w+ /, ''))
  const heading = [`    // ${'-'.repeat(64)} ${node.name}`, ...[title, ...rest].map((line) => `    // ${line}`.trimEnd())]
  return `${heading.join('\n')}\n\n${body(text)}`
}

/** Returns the lines of the NatSpec comment above an interface. */
function notes(node) {
  const text = node.documentation?.text
  if (text === undefined) throw new Error(`${node.name} has no NatSpec comment: add one`)
  return text.split('\n').map((line) => line.trim())
}

/** Returns a program's constructor, declared in IConstructors.sol, as a list that is empty if there is none. */
function constructor(sources, name) {
  const arguments_ = sources[CONSTRUCTORS].abi.filter((item) => item.name === name.toLowerCase())
  return arguments_.map(({ inputs }) => ({ type: 'constructor', inputs: plain(inputs), stateMutability: 'nonpayable' }))
}

/** Drops keys that only solc uses, such as `internalType`, and orders the rest for reading. */
function plain(value) {
  if (Array.isArray(value)) return value.map(plain)
  if (value === null || typeof value !== 'object') return value
  const order = ['type', 'name', 'inputs', 'outputs', 'stateMutability', 'indexed', 'anonymous', 'components']
  const keys = order.filter((key) => key in value)
  return Object.fromEntries(keys.map((key) => [key, plain(value[key])]))
}

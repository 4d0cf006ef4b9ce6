// Generates abi/generated and this package's files from the interfaces in abi/. The package has copies of the JSON and Solidity
// files, and of the license: with them it can be installed as a folder, without an install script.
//
//   node main.mjs            writes the files
//   node main.mjs --check    writes nothing, and fails if a file is missing, different, or not generated

import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { flatten, readSources } from './solidity.mjs'
import { declaration, fileName, index, json, module } from './text.mjs'

const PROJECT = new URL('../../../', import.meta.url)
const SOURCES = new URL('abi/', PROJECT)
const GENERATED = new URL('generated/', SOURCES)
const PACKAGE = new URL('../', import.meta.url)
const [LIB, JSONS, SOLIDITY] = ['lib/', 'json/', 'solidity/'].map((folder) => new URL(folder, PACKAGE))
/** Folders with generated files only. */
const FOLDERS = [GENERATED, LIB, JSONS, SOLIDITY]

/** The programs. The interface of NAME is `INAME`; IConstructors.sol declares its constructor, if it has one. */
const PROGRAMS = ['Vault', 'Pair', 'Factory', 'Router', 'Token']
/** Interfaces that programs share, or that other contracts implement. */
const SHARED = ['Entry', 'LiquidationPair', 'LiquidationSource', 'FlashSwapCallback']

/** Returns the text of every generated file, by its URL. */
function generate() {
  const sources = readSources(SOURCES)
  const published = [...PROGRAMS, ...SHARED].map((name) => flatten(sources, name))
  const files = new Map([
    [new URL('LICENSE', PACKAGE), readFileSync(new URL('LICENSE', PROJECT), 'utf8')],
    [new URL('index.js', LIB), index(published)],
    [new URL('index.d.ts', LIB), index(published)],
  ])
  for (const interface_ of published) {
    for (const folder of [GENERATED, SOLIDITY]) files.set(new URL(`I${interface_.name}.sol`, folder), interface_.solidity)
    for (const folder of [GENERATED, JSONS]) files.set(new URL(`I${interface_.name}.json`, folder), json(interface_))
    files.set(new URL(`${fileName(interface_)}.js`, LIB), module(interface_))
    files.set(new URL(`${fileName(interface_)}.d.ts`, LIB), declaration(interface_))
  }
  return files
}

function write(files) {
  for (const folder of FOLDERS) rmSync(folder, { recursive: true, force: true })
  for (const [url, text] of files) {
    mkdirSync(dirname(fileURLToPath(url)), { recursive: true })
    writeFileSync(url, text)
  }
  console.error(`abi: wrote ${files.size} files to abi/generated and packages/abi`)
}

/** Returns the paths of files that are missing, different, or not generated. */
function differences(files) {
  const wrong = [...files].filter(([url, text]) => textOf(url) !== text).map(([url]) => fileURLToPath(url))
  const wanted = new Set([...files.keys()].map((url) => url.href))
  for (const folder of FOLDERS) {
    const extra = names(folder).map((name) => new URL(name, folder)).filter((url) => !wanted.has(url.href))
    wrong.push(...extra.map((url) => fileURLToPath(url)))
  }
  return wrong
}

function textOf(url) {
  try {
    return readFileSync(url, 'utf8')
  } catch {
    return undefined
  }
}

function names(folder) {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

const files = generate()
if (process.argv.includes('--check')) {
  const wrong = differences(files)
  if (wrong.length > 0) {
    console.error(`error: differs from abi/*.sol: ${wrong.map((path) => basename(path)).join(', ')}: run scripts/abi`)
    process.exit(1)
  }
} else {
  write(files)
}

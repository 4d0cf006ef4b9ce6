// Installs the package with the README's commands in temporary projects, and uses it there: types, JSON, Solidity.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import solc from 'solc'
import { blocks } from './readme.mjs'

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url))
const MODULES = fileURLToPath(new URL('../node_modules', import.meta.url))

const [byFolder, byTarball, ...others] = blocks('sh')
assert.deepEqual(others, [], 'a command in the README is not tested')
const [program, ...programs] = blocks('ts')
const json = programs.find((code) => code.includes('@weir/abi/json/'))
const [solidity] = blocks('solidity')

installs(byFolder, 'link')
installs(byTarball, 'copy')

/** Runs the commands in a new project, and uses the package there. */
function installs(commands, kind) {
  const project = mkdtempSync(join(tmpdir(), 'weir-abi-'))
  try {
    writeFileSync(join(project, 'package.json'), '{ "type": "module", "private": true }')
    run(project, 'sh', '-ec', commands.replaceAll('/path/to/weir/', REPOSITORY))
    const installed = join(project, 'node_modules/@weir/abi')
    assert.equal(lstatSync(installed).isSymbolicLink(), kind === 'link')

    compileTypeScript(project)
    run(project, 'node', 'out/json.js')
    compileSolidity(project)
  } finally {
    rmSync(project, { recursive: true })
  }
}

/** Compiles the README's program and its import of JSON, with the viem of this package. */
function compileTypeScript(project) {
  symlinkSync(join(MODULES, 'viem'), join(project, 'node_modules/viem'))
  mkdirSync(join(project, 'node_modules/@types'))
  symlinkSync(join(MODULES, '@types/node'), join(project, 'node_modules/@types/node'))
  const compilerOptions = { target: 'es2022', module: 'nodenext', strict: true, skipLibCheck: true, types: ['node'], outDir: 'out', rootDir: '.' }
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
  writeFileSync(join(project, 'program.ts'), program)
  const checks = [json, "import { vaultAbi } from '@weir/abi'", "import assert from 'node:assert/strict'", 'assert.deepEqual(vault, vaultAbi)']
  writeFileSync(join(project, 'json.ts'), checks.join('\n'))
  run(project, join(MODULES, '.bin/tsc'))
}

/** Compiles a contract with the README's import. */
function compileSolidity(project) {
  const content = `// SPDX-License-Identifier: MIT\npragma solidity ^0.8.20;\n${solidity}\nabstract contract Mine is IVault {}`
  const input = { language: 'Solidity', sources: { 'Mine.sol': { content } }, settings: { outputSelection: { '*': { '*': ['abi'] } } } }
  const read = (path) => ({ contents: readFileSync(join(project, 'node_modules', path), 'utf8') })
  const { errors = [] } = JSON.parse(solc.compile(JSON.stringify(input), { import: read }))
  assert.deepEqual(errors, [])
}

/** Runs a command without network. Its output is shown if it fails. */
function run(cwd, command, ...args) {
  const env = { ...process.env, npm_config_offline: 'true', npm_config_audit: 'false', npm_config_fund: 'false' }
  try {
    execFileSync(command, args, { cwd, env, encoding: 'utf8', stdio: 'pipe' })
  } catch (error) {
    throw new Error(`${command} ${args.join(' ')} failed: ${error.stdout}${error.stderr}`)
  }
}

#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
//
// Compiles the contracts from nothing and writes ABI and bytecode where the Maven modules and the tests read them.
//   node tool/artefacts.mjs            writes them
//   node tool/artefacts.mjs --check    writes nothing; exits 1 and names each file that differs from what the sources give
// Needs `npm ci --ignore-scripts` in the contracts folder once. Exit code 3: could not be built.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { nativeForge, ROOT } from './forge.mjs'

const RESOURCES = path.join(ROOT, 'src/main/resources/io/lockstep/contracts')

const resource = (folder, name) => ({
  source: `src/${folder}/${name}.sol`,
  name,
  target: path.join(RESOURCES, `${name}.json`),
})

/** Source file and contract name, and where the artefact goes. */
const ARTEFACTS = [
  ...['OperatorRegistry', 'LookaheadOracle', 'ClusterInbox', 'L1Messenger'].map(name => resource('l1', name)),
  ...['SystemAnchor', 'FeeVault', 'L2Messenger', 'L2Bridge'].map(name => resource('l2', name)),
  {
    source: 'test/interop/Tally.sol',
    name: 'Tally',
    target: path.resolve(ROOT, '../src/test/interop/artefacts/Tally.json'),
  },
]

class CannotBuild extends Error {}

/** The lock file's compiler, not whatever happens to be installed: another one gives other bytes. */
function requireLockedCompiler() {
  const locked = JSON.parse(fs.readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8'))
  const wanted = locked.packages['node_modules/solc'].version
  let solc
  try {
    solc = createRequire(import.meta.url)('solc')
  } catch {
    throw new CannotBuild('no compiler: run npm ci --ignore-scripts --prefix contracts')
  }
  if (!solc.version().startsWith(`${wanted}+`)) {
    throw new CannotBuild(`solc is ${solc.version()}, the lock file wants ${wanted}; run npm ci`)
  }
}

/** A full build into a folder of its own, so that no cache of an earlier one takes part. */
function build(outFolder) {
  const forge = nativeForge()
  if (forge === null) throw new CannotBuild('no forge: run npm ci --ignore-scripts --prefix contracts')
  const args = ['build', '--root', ROOT, '--out', outFolder, '--cache-path', path.join(outFolder, '.cache'), '--force']
  const run = spawnSync(forge, args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 << 20 })
  if (run.error) throw new CannotBuild(`forge could not be started: ${run.error.message}`)
  if (run.status !== 0) throw new CannotBuild(`forge build failed\n${run.stdout}${run.stderr}`)
}

/** Only what others need: no compiler output that could name a machine or a path. */
function artefactText(outFolder, { source, name }) {
  const compiled = JSON.parse(fs.readFileSync(path.join(outFolder, path.basename(source), `${name}.json`), 'utf8'))
  const artefact = {
    abi: compiled.abi,
    bytecode: compiled.bytecode.object,
    deployedBytecode: compiled.deployedBytecode.object,
  }
  for (const field of ['bytecode', 'deployedBytecode']) {
    if (!/^0x([0-9a-f]{2})+$/.test(artefact[field])) throw new CannotBuild(`${name}.${field} is not plain hex`)
  }
  return JSON.stringify(artefact, null, 2) + '\n'
}

function main(args) {
  const check = args.includes('--check')
  const unknown = args.filter(arg => arg !== '--check')
  if (unknown.length > 0) {
    process.stderr.write(`unknown argument ${unknown[0]}; known: --check\n`)
    return 2
  }
  const outFolder = fs.mkdtempSync(path.join(os.tmpdir(), 'lockstep-contracts-'))
  try {
    requireLockedCompiler()
    build(outFolder)
    let differing = 0
    for (const artefact of ARTEFACTS) {
      const text = artefactText(outFolder, artefact)
      const shown = path.relative(path.resolve(ROOT, '..'), artefact.target)
      if (!check) {
        fs.mkdirSync(path.dirname(artefact.target), { recursive: true })
        fs.writeFileSync(artefact.target, text)
        process.stdout.write(`written ${shown}\n`)
      } else if (!fs.existsSync(artefact.target)) {
        process.stdout.write(`missing ${shown}\n`)
        differing++
      } else if (fs.readFileSync(artefact.target, 'utf8') !== text) {
        process.stdout.write(`differs ${shown}\n`)
        differing++
      } else {
        process.stdout.write(`same    ${shown}\n`)
      }
    }
    return differing === 0 ? 0 : 1
  } catch (e) {
    if (!(e instanceof CannotBuild)) throw e
    process.stderr.write(`${e.message}\n`)
    return 3
  } finally {
    fs.rmSync(outFolder, { recursive: true, force: true })
  }
}

process.exitCode = main(process.argv.slice(2))

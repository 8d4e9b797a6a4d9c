#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
//
// Writes test/states/PRESET-FORK.json: proofs from beacon states that Lodestar's state transition made, for test/RealStates.t.sol.
//   npm ci --ignore-scripts --prefix src/test/interop/l1      once: Lodestar's packages
//   node contracts/tool/beacon-states.mjs                     writes all four
// A chain of 100 validators starts at Fulu and forks to Gloas at epoch 3. Every byte follows from this file: the same each time.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const HERE = path.dirname(fileURLToPath(import.meta.url))
const INTEROP = path.resolve(HERE, '../../src/test/interop/l1')
const TARGET = path.resolve(HERE, '../test/states')
const VALIDATORS = 100
const GLOAS_EPOCH = 3
/** One at each level of a progressive list, and both ends of one. */
const PROVEN = [0, 1, 4, 5, 20, 63, 84, 97, 99]
/** Withdrawal address of validator i: OWNER for these kinds of credentials, by i modulo 4; kind 0 has no address. */
const OWNER = '00000000000000000000000000000000000000fe'
const KINDS = [1, 2, 1, 0]
/** Of the eight fields of a Validator; Lodestar keeps one as a leaf and has no path into it. */
const CREDENTIALS_FIELD = 1n

const hex = bytes => '0x' + Buffer.from(bytes).toString('hex')

/** A package of the interop folder, which is not above this file, so that its entry has to be looked up by hand. */
async function load(name) {
  const folder = path.join(INTEROP, 'node_modules', name)
  const { exports, main } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'))
  let entry = exports?.['.'] ?? main
  while (typeof entry === 'object') entry = entry.import ?? entry.default
  return import(pathToFileURL(path.join(folder, entry)).href)
}

async function main() {
  const { SecretKey } = await load('@chainsafe/blst')
  const { Tree } = await load('@chainsafe/persistent-merkle-tree')
  const params = await load('@lodestar/params')
  const transition = await load('@lodestar/state-transition')
  const { ssz } = await load('@lodestar/types')
  const { chainConfig, genesisState } = await import(path.join(INTEROP, 'consensus/genesis.mjs'))

  function credentials(index) {
    const bytes = Buffer.alloc(32)
    bytes[0] = KINDS[index % KINDS.length]
    if (bytes[0] !== 0) bytes.write(OWNER, 12, 'hex')
    else bytes.fill(index, 1)
    return bytes
  }

  /** The state's next block would be of this slot: its header, with the root of what the state is now. */
  function header(state, body) {
    const value = {
      slot: state.slot,
      proposerIndex: state.epochCtx.getBeaconProposer(state.slot),
      parentRoot: ssz.phase0.BeaconBlockHeader.hashTreeRoot(state.latestBlockHeader.toValue()),
      stateRoot: state.hashTreeRoot(),
      bodyRoot: body.hashTreeRoot(body.defaultValue()),
    }
    return { value, root: ssz.phase0.BeaconBlockHeader.hashTreeRoot(value) }
  }

  function fixture(fork, state) {
    const types = ssz[fork]
    const tree = new Tree(state.node)
    const at = names => types.BeaconState.getPathInfo(names).gindex
    const branch = gindex => tree.getSingleProof(gindex).map(hex)
    const block = header(state, types.BeaconBlockBody)
    const lookahead = at(['proposerLookahead'])
    return {
      preset: params.ACTIVE_PRESET,
      fork,
      slotsPerEpoch: params.SLOTS_PER_EPOCH,
      header: {
        slot: block.value.slot,
        proposerIndex: block.value.proposerIndex,
        parentRoot: hex(block.value.parentRoot),
        stateRoot: hex(block.value.stateRoot),
        bodyRoot: hex(block.value.bodyRoot),
      },
      blockRoot: hex(block.root),
      lookaheadGindex: Number(lookahead),
      validatorsGindex: Number(at(['validators'])),
      progressive: fork === 'gloas',
      proposers: state.proposerLookahead.getAll(),
      lookaheadBranch: branch(lookahead),
      provenIndices: PROVEN,
      validators: PROVEN.map(index => ({
        withdrawalCredentials: hex(state.validators.getReadonly(index).withdrawalCredentials),
        branch: branch(at(['validators', index]) * 8n + CREDENTIALS_FIELD),
      })),
    }
  }

  const write = value => {
    const file = path.join(TARGET, `${value.preset}-${value.fork}.json`)
    fs.mkdirSync(TARGET, { recursive: true })
    fs.writeFileSync(file, JSON.stringify(value, null, 1) + '\n')
    process.stdout.write(`written ${path.relative(process.cwd(), file)}\n`)
  }

  const keys = Array.from({ length: VALIDATORS }, (_, i) => SecretKey.fromKeygen(Buffer.alloc(32, i + 1)))
  const payload = ssz.deneb.ExecutionPayload.defaultValue()
  const config = { ...chainConfig(12, VALIDATORS, 900), GLOAS_FORK_EPOCH: GLOAS_EPOCH }
  const { state } = await genesisState(config, keys, payload, 1_700_000_000)
  for (let i = 0; i < VALIDATORS; i++) state.validators.get(i).withdrawalCredentials = credentials(i)
  state.commit()
  const fulu = transition.processSlots(state, (GLOAS_EPOCH - 1) * params.SLOTS_PER_EPOCH + 3)
  write(fixture('fulu', fulu))
  write(fixture('gloas', transition.processSlots(fulu, GLOAS_EPOCH * params.SLOTS_PER_EPOCH + 2)))
}

if (process.env.LODESTAR_PRESET === undefined) {
  // The packages take the preset from the environment when they are loaded.
  for (const preset of ['minimal', 'mainnet']) {
    const env = { ...process.env, LODESTAR_PRESET: preset }
    const run = spawnSync(process.execPath, [fileURLToPath(import.meta.url)], { env, stdio: 'inherit' })
    if (run.status !== 0) process.exitCode = run.status ?? 1
  }
} else {
  await main()
}

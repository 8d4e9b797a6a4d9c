// SPDX-License-Identifier: Apache-2.0
//
// The beacon API over a chain, with Lodestar's own routes and encodings, and levers under /interop/.

import { Tree } from '@chainsafe/persistent-merkle-tree'
import { registerRoutes } from '@lodestar/api/beacon/server'
import { chainConfigToJson, createChainConfig, specValuesToJson } from '@lodestar/config'
import * as params from '@lodestar/params'
import * as transition from '@lodestar/state-transition'
import { ssz } from '@lodestar/types'
import fastify from 'fastify'
import qs from 'qs'
import { epochOf } from './chain.mjs'
import { fromHex, toHex, versionedHash } from './engine.mjs'

class Refusal extends Error {
  constructor(status, message) {
    super(message)
    this.statusCode = status
  }
}

const NUMBER = /^[0-9]+$/

class Answers {
  constructor(chain, settings) {
    this.chain = chain
    this.settings = settings
    this.fork = chain.config.getForkName(0)
  }

  find(id) {
    const { chain } = this
    const text = String(id).toLowerCase()
    if (text === 'head') return chain.head
    if (text === 'genesis') return chain.genesis
    if (text === 'finalized') return this.checkpoint('finalizedCheckpoint')
    if (text === 'justified') return this.checkpoint('currentJustifiedCheckpoint')
    if (text.startsWith('0x')) {
      const found = chain.blocks.get(text) ?? [...chain.blocks.values()].find(b => b.stateRoot === text)
      if (found) return found
      throw new Refusal(404, 'Block not found')
    }
    if (!NUMBER.test(text)) throw new Refusal(400, `Invalid block id ${id}`)
    const block = chain.atOrBefore(chain.head, Number(text))
    if (block.slot !== Number(text)) throw new Refusal(404, 'Block not found')
    return block
  }

  /** A slot without a block has the state of the block before. */
  findState(id) {
    return NUMBER.test(String(id)) ? this.chain.atOrBefore(this.chain.head, Number(id)) : this.find(id)
  }

  checkpoint(name) {
    return this.chain.blocks.get(toHex(this.chain.head.state[name].root)) ?? this.chain.genesis
  }

  meta(block) {
    const final = this.chain.head.state.finalizedCheckpoint.epoch * params.SLOTS_PER_EPOCH
    const canonical = this.chain.atOrBefore(this.chain.head, block.slot) === block
    return { executionOptimistic: false, finalized: canonical && block.slot <= final, version: this.fork }
  }

  with(block, data) {
    return { data, meta: this.meta(block) }
  }

  message(block) {
    const { slot, proposerIndex, parentRoot, stateRoot, body } = block.signed.message
    return { slot, proposerIndex, parentRoot, stateRoot, bodyRoot: this.chain.types.BeaconBlockBody.hashTreeRoot(body) }
  }

  header(block) {
    return {
      root: fromHex(block.root),
      canonical: this.chain.atOrBefore(this.chain.head, block.slot) === block,
      header: { message: this.message(block), signature: block.signed.signature },
    }
  }

  validator(block, index) {
    const validator = block.state.validators.getReadonly(index).toValue()
    return { index, balance: block.state.balances.get(index), status: 'active_ongoing', validator }
  }

  sidecars(block) {
    const type = this.chain.types.BeaconBlockBody
    const tree = new Tree(type.toView(block.signed.message.body).node)
    return block.blobs.map((blob, index) => ({
      index,
      blob: fromHex(blob),
      kzgCommitment: block.commitments[index],
      kzgProof: fromHex(block.proofs[index]),
      signedBlockHeader: this.header(block).header,
      kzgCommitmentInclusionProof: tree.getSingleProof(type.getPathInfo(['blobKzgCommitments', index]).gindex),
    }))
  }

  duties(epoch, version) {
    const { chain } = this
    const current = epochOf(Math.max(chain.slotNow(), chain.head.slot))
    if (epoch > current + 1) {
      throw new Refusal(400, `Requested epoch ${epoch} must equal current ${current} or next epoch ${current + 1}`)
    }
    let { state } = chain.head
    if (epoch < epochOf(state.slot)) state = chain.atOrBefore(chain.head, (epoch + 1) * params.SLOTS_PER_EPOCH - 1).state
    // Slots may have passed without a block.
    else if (epochOf(state.slot) < current) state = transition.processSlots(state, current * params.SLOTS_PER_EPOCH)
    const context = state.epochCtx
    const list = epochOf(state.slot) === epoch ? context.getBeaconProposers() : context.getBeaconProposersNextEpoch()
    return {
      data: list.map((validatorIndex, i) => ({
        slot: epoch * params.SLOTS_PER_EPOCH + i,
        validatorIndex,
        pubkey: chain.keys[validatorIndex].toPublicKey().toBytes(),
      })),
      meta: { executionOptimistic: false, dependentRoot: chain.dependentRoot(chain.head, version === 1 ? epoch + 1 : epoch) },
    }
  }

  /** getPathInfo stops at a validator, which Lodestar keeps as a struct. */
  gindex(path) {
    const { gindex } = this.chain.types.BeaconState.getPathInfo(path)
    if (path[0] !== 'validators' || path.length < 3) return gindex
    const fields = Object.keys(ssz.phase0.Validator.fields)
    return gindex * 8n + BigInt(fields.indexOf(path[2]))
  }

  /** Branch of a node of the state up to the block's root, from Lodestar's trees. */
  branch(id, path) {
    const block = this.find(id)
    const inState = new Tree(block.state.node)
    const gindex = this.gindex(path)
    const header = ssz.phase0.BeaconBlockHeader
    const inBlock = new Tree(header.toView(this.message(block)).node)
    const up = inBlock.getSingleProof(header.getPathInfo(['stateRoot']).gindex)
    return {
      slot: String(block.slot),
      blockRoot: block.root,
      leaf: toHex(inState.getNode(gindex).root),
      branch: [...inState.getSingleProof(gindex), ...up].map(toHex),
    }
  }

  groups() {
    const { chain } = this
    const by = (finder, answer) => args => {
      const block = finder(args.blockId ?? args.stateId)
      return this.with(block, answer(block, args))
    }
    const block = answer => by(id => this.find(id), answer)
    const state = answer => by(id => this.findState(id), answer)
    return {
      beacon: {
        getGenesis: () => ({
          data: {
            genesisTime: chain.genesisTime,
            genesisValidatorsRoot: chain.config.genesisValidatorsRoot,
            genesisForkVersion: chain.config.GENESIS_FORK_VERSION,
          },
        }),
        getBlockV2: block(b => b.signed),
        getBlockHeader: block(b => this.header(b)),
        getBlockHeaders: ({ slot }) => {
          const found = slot === undefined ? [chain.head] : [...chain.blocks.values()].filter(b => b.slot === slot)
          return { data: found.map(b => this.header(b)), meta: { executionOptimistic: false, finalized: false } }
        },
        getBlockRoot: block(b => ({ root: fromHex(b.root) })),
        getBlobs: block((b, { versionedHashes }) => {
          const wanted = versionedHashes?.map(h => h.toLowerCase())
          return b.blobs.map(fromHex).filter((_, i) => !wanted || wanted.includes(versionedHash(b.commitments[i])))
        }),
        getBlobSidecars: block((b, { indices }) => this.sidecars(b).filter(s => !indices?.length || indices.includes(s.index))),
        getStateRoot: state(b => ({ root: fromHex(b.stateRoot) })),
        getStateFork: state(b => b.state.fork.toValue()),
        getStateFinalityCheckpoints: state(b => ({
          previousJustified: b.state.previousJustifiedCheckpoint.toValue(),
          currentJustified: b.state.currentJustifiedCheckpoint.toValue(),
          finalized: b.state.finalizedCheckpoint.toValue(),
        })),
        getStateValidators: state((b, { validatorIds }) => {
          const all = chain.keys.map((_, i) => this.validator(b, i))
          const wanted = validatorIds?.map(String)
          return wanted?.length ? all.filter(v => wanted.includes(String(v.index)) || wanted.includes(toHex(v.validator.pubkey))) : all
        }),
        getStateValidator: state((b, { validatorId }) => {
          if (!NUMBER.test(String(validatorId)) || Number(validatorId) >= chain.keys.length) throw new Refusal(404, 'Validator not found')
          return this.validator(b, Number(validatorId))
        }),
        getProposerLookahead: state(b => b.state.proposerLookahead.getAll()),
      },
      config: {
        getSpec: () => ({ data: { ...chainConfigToJson(createChainConfig(this.settings)), ...specValuesToJson(params.activePreset) } }),
        getForkSchedule: () => ({
          data: Object.values(chain.config.forks)
            .filter(f => Number.isFinite(f.epoch))
            .map(f => ({ previousVersion: f.prevVersion, currentVersion: f.version, epoch: f.epoch })),
        }),
        getDepositContract: () => ({ data: { chainId: chain.config.DEPOSIT_CHAIN_ID, address: chain.config.DEPOSIT_CONTRACT_ADDRESS } }),
      },
      debug: {
        getDebugChainHeadsV2: () => ({ data: [{ slot: chain.head.slot, root: chain.head.root, executionOptimistic: false }] }),
        getStateV2: state(b => b.state.serialize()),
      },
      events: {
        eventstream: ({ topics, signal, onEvent }) => {
          const pass = event => topics.includes(event.type) && onEvent(event)
          chain.events.on('event', pass)
          signal.addEventListener('abort', () => chain.events.off('event', pass), { once: true })
        },
      },
      node: {
        getNodeVersion: () => ({ data: { version: 'interop/lodestar-packages-1.46.0' } }),
        getHealth: () => ({ status: 200 }),
        getSyncingStatus: () => ({
          data: {
            headSlot: chain.head.slot,
            syncDistance: Math.max(0, chain.slotNow() - chain.head.slot),
            isSyncing: false,
            isOptimistic: false,
            elOffline: false,
          },
        }),
      },
      validator: {
        getProposerDuties: ({ epoch }) => this.duties(epoch, 1),
        getProposerDutiesV2: ({ epoch }) => this.duties(epoch, 2),
      },
    }
  }
}

/** Serves the chain on a free port of the loopback; answers the server. */
export async function serve(chain, settings, port, levers) {
  const answers = new Answers(chain, settings)
  const app = fastify({
    logger: false,
    forceCloseConnections: true,
    routerOptions: { querystringParser: text => qs.parse(text, { comma: true, arrayLimit: 1000 }) },
    ajv: { customOptions: { coerceTypes: 'array' } },
  })
  app.setErrorHandler((error, _request, reply) => {
    const code = error.validation ? 400 : (error.statusCode ?? 500)
    reply.code(code).send({ code, message: error.message })
  })
  app.setNotFoundHandler((request, reply) => reply.code(404).send({ code: 404, message: `no route ${request.url}` }))
  const groups = answers.groups()
  const asynchronous = group =>
    new Proxy(group, {
      get: (methods, name) => async (...args) => {
        if (!methods[name]) throw new Refusal(501, `${String(name)} is not served here`)
        return methods[name](...args)
      },
    })
  registerRoutes(app, chain.config, Object.fromEntries(Object.entries(groups).map(([name, group]) => [name, asynchronous(group)])), Object.keys(groups))
  app.get('/interop/branch/:id', async request =>
    answers.branch(request.params.id, String(request.query.path).split('.').map(part => (NUMBER.test(part) ? Number(part) : part))),
  )
  for (const [name, order] of Object.entries(levers)) {
    app.post(`/interop/${name}`, async request => order(Number(request.query.n ?? 1)))
  }
  await app.listen({ host: '127.0.0.1', port })
  return app
}

// SPDX-License-Identifier: Apache-2.0
//
// The block tree: blocks are made here, signed by every validator, and executed by a real execution client. Lodestar's state
// transition applies each of them again with all checks on, so that a wrong one does not become the head.

import { EventEmitter } from 'node:events'
import { aggregateSignatures } from '@chainsafe/blst'
import { BitArray } from '@chainsafe/ssz'
import * as params from '@lodestar/params'
import * as transition from '@lodestar/state-transition'
import { ssz } from '@lodestar/types'
import { fromHex, payload, quantity, requests, toHex, versionedHash } from './engine.mjs'

const FEE_RECIPIENT = '0x00000000000000000000000000000000000000fe'
const KEPT_BLOCKS = 2048
const VALID = {
  executionPayloadStatus: transition.ExecutionPayloadStatus.valid,
  dataAvailabilityStatus: transition.DataAvailabilityStatus.Available,
}

export const epochOf = slot => Math.floor(slot / params.SLOTS_PER_EPOCH)

export class Chain {
  /** Emits 'event' with {type, message} for each event of the beacon API. */
  events = new EventEmitter().setMaxListeners(0)
  blocks = new Map()
  finalizedEpoch = 0

  constructor({ engine, config, types, seq, state, keys, genesisTime, slotSeconds }) {
    Object.assign(this, { engine, config, types, seq, keys, genesisTime, slotSeconds })
    const message = types.BeaconBlock.defaultValue()
    message.stateRoot = state.hashTreeRoot()
    this.genesis = {
      root: toHex(types.BeaconBlock.hashTreeRoot(message)),
      slot: 0,
      signed: { message, signature: new Uint8Array(96) },
      state,
      stateRoot: toHex(message.stateRoot),
      blobs: [],
      commitments: [],
      proofs: [],
    }
    this.genesis.parent = this.genesis
    this.blocks.set(this.genesis.root, this.genesis)
    this.head = this.genesis
  }

  slotNow() {
    return Math.floor((Date.now() / 1000 - this.genesisTime) / this.slotSeconds)
  }

  startMs(slot) {
    return (this.genesisTime + slot * this.slotSeconds) * 1000
  }

  /** The block of that slot on the branch of `block`, or the last one before. */
  atOrBefore(block, slot) {
    let at = block
    while (at.slot > slot) at = at.parent
    return at
  }

  /** The root that fixes an epoch's proposers (EIP-7917). */
  dependentRoot(block, epoch) {
    return this.atOrBefore(block, Math.max(0, (epoch - 1) * params.SLOTS_PER_EPOCH - 1)).root
  }

  /** Makes the block of `slot` on the head's `depth`-th ancestor and takes it as the head. */
  async advance(slot, depth = 0) {
    let parent = this.head
    for (let i = 0; i < depth; i++) parent = parent.parent
    const block = await this.#make(slot, parent)
    await this.#take(block)
    return block
  }

  async #make(slot, parent) {
    const before = transition.processSlots(parent.state, slot)
    const proposer = before.epochCtx.getBeaconProposer(slot)
    const { expectedWithdrawals } = transition.getExpectedWithdrawals(this.seq, before)
    const started = await this.engine.call('engine_forkchoiceUpdatedV3', this.#choice(parent), {
      timestamp: quantity(this.startMs(slot) / 1000),
      prevRandao: toHex(transition.getRandaoMix(before, epochOf(slot))),
      suggestedFeeRecipient: FEE_RECIPIENT,
      withdrawals: expectedWithdrawals.map(w => ({
        index: quantity(w.index),
        validatorIndex: quantity(w.validatorIndex),
        address: toHex(w.address),
        amount: quantity(w.amount),
      })),
      parentBeaconBlockRoot: parent.root,
    })
    if (!started.payloadId) throw new Error(`no payload is built: ${JSON.stringify(started)}`)
    const built = await this.engine.call('engine_getPayloadV4', started.payloadId)
    const bundle = built.blobsBundle
    const message = {
      slot,
      proposerIndex: proposer,
      parentRoot: fromHex(parent.root),
      stateRoot: new Uint8Array(32),
      body: this.#body(before, proposer, built),
    }
    const unchecked = { ...VALID, verifyStateRoot: false, verifyProposer: false, verifySignatures: false }
    const draft = { message, signature: new Uint8Array(96) }
    message.stateRoot = transition.stateTransition(parent.state, draft, unchecked).hashTreeRoot()
    const domain = this.config.getDomain(slot, params.DOMAIN_BEACON_PROPOSER)
    const signed = { message, signature: this.#sign(proposer, this.types.BeaconBlock, message, domain) }
    const checked = { ...VALID, verifyStateRoot: true, verifyProposer: true, verifySignatures: true }
    const state = transition.stateTransition(parent.state, signed, checked)
    const commitments = bundle.commitments.map(fromHex)
    const verdict = await this.engine.call(
      'engine_newPayloadV4',
      built.executionPayload,
      commitments.map(versionedHash),
      parent.root,
      built.executionRequests ?? [],
    )
    if (verdict.status !== 'VALID') throw new Error(`newPayload: ${JSON.stringify(verdict)}`)
    return {
      root: toHex(this.types.BeaconBlock.hashTreeRoot(message)),
      slot,
      parent,
      signed,
      state,
      stateRoot: toHex(message.stateRoot),
      blobs: bundle.blobs,
      commitments,
      proofs: bundle.proofs,
    }
  }

  #body(before, proposer, built) {
    const body = this.types.BeaconBlockBody.defaultValue()
    const epoch = epochOf(before.slot)
    const randao = this.config.getDomain(before.slot, params.DOMAIN_RANDAO)
    body.randaoReveal = this.#sign(proposer, ssz.Epoch, epoch, randao)
    body.eth1Data = before.eth1Data.toValue()
    body.attestations = this.#attestations(before)
    body.syncAggregate.syncCommitteeSignature = transition.G2_POINT_AT_INFINITY
    body.executionPayload = payload(built.executionPayload)
    body.blobKzgCommitments = built.blobsBundle.commitments.map(fromHex)
    body.executionRequests = requests(built.executionRequests)
    return body
  }

  /** One aggregate of everybody's vote for the slot before. */
  #attestations(before) {
    const slot = before.slot - 1
    if (slot < 1) return []
    const epoch = epochOf(slot)
    const members = []
    const committees = []
    for (let i = 0; i < before.epochCtx.getCommitteeCountPerSlot(epoch); i++) {
      const committee = [...before.epochCtx.getBeaconCommittee(slot, i)]
      if (committee.length > 0) {
        members.push(...committee)
        committees.push(i)
      }
    }
    if (members.length === 0) return [] // fewer validators than slots
    const rootAt = at => transition.getBlockRootAtSlot(before, at)
    const source = epoch === epochOf(before.slot) ? before.currentJustifiedCheckpoint : before.previousJustifiedCheckpoint
    const data = {
      slot,
      index: 0,
      beaconBlockRoot: rootAt(slot),
      source: { epoch: source.epoch, root: source.root },
      target: { epoch, root: rootAt(epoch * params.SLOTS_PER_EPOCH) },
    }
    const domain = this.config.getDomain(before.slot, params.DOMAIN_BEACON_ATTESTER, slot)
    const root = transition.computeSigningRoot(ssz.phase0.AttestationData, data, domain)
    const chosen = Array.from({ length: params.MAX_COMMITTEES_PER_SLOT }, (_, i) => committees.includes(i))
    return [
      {
        aggregationBits: BitArray.fromBoolArray(members.map(() => true)),
        data,
        signature: aggregateSignatures(members.map(i => this.keys[i].sign(root))).toBytes(),
        committeeBits: BitArray.fromBoolArray(chosen),
      },
    ]
  }

  #sign(validator, type, value, domain) {
    return this.keys[validator].sign(transition.computeSigningRoot(type, value, domain)).toBytes()
  }

  #choice(block) {
    const hash = of => toHex(of.state.latestExecutionPayloadHeader.blockHash)
    const checkpoint = name => hash(this.blocks.get(toHex(block.state[name].root)) ?? this.genesis)
    return {
      headBlockHash: hash(block),
      safeBlockHash: checkpoint('currentJustifiedCheckpoint'),
      finalizedBlockHash: checkpoint('finalizedCheckpoint'),
    }
  }

  async #take(block) {
    const chosen = await this.engine.call('engine_forkchoiceUpdatedV3', this.#choice(block), null)
    if (chosen.payloadStatus.status !== 'VALID') throw new Error(`forkchoice: ${JSON.stringify(chosen)}`)
    const old = this.head
    this.head = block
    this.blocks.set(block.root, block)
    this.#forget()
    const epoch = epochOf(block.slot)
    const executionOptimistic = false
    this.#tell('block', { slot: block.slot, block: block.root, executionOptimistic })
    let common = old
    let other = block
    while (common !== other) {
      if (common.slot >= other.slot) common = common.parent
      else other = other.parent
    }
    if (common !== old) {
      this.#tell('chain_reorg', {
        slot: block.slot,
        depth: old.slot - common.slot,
        oldHeadBlock: old.root,
        newHeadBlock: block.root,
        oldHeadState: old.stateRoot,
        newHeadState: block.stateRoot,
        epoch,
        executionOptimistic,
      })
    }
    this.#tell('head', {
      slot: block.slot,
      block: block.root,
      state: block.stateRoot,
      epochTransition: epochOf(block.parent.slot) !== epoch,
      previousDutyDependentRoot: this.dependentRoot(block, epoch),
      currentDutyDependentRoot: this.dependentRoot(block, epoch + 1),
      executionOptimistic,
    })
    const { epoch: finalized, root } = block.state.finalizedCheckpoint
    if (finalized > this.finalizedEpoch) {
      this.finalizedEpoch = finalized
      const at = this.blocks.get(toHex(root)) ?? this.genesis
      this.#tell('finalized_checkpoint', { block: at.root, state: at.stateRoot, epoch: finalized, executionOptimistic })
    }
  }

  #forget() {
    for (const [root, block] of this.blocks) {
      if (this.blocks.size <= KEPT_BLOCKS) return
      if (block !== this.genesis) this.blocks.delete(root)
    }
  }

  #tell(type, message) {
    this.events.emit('event', { type, message })
  }
}

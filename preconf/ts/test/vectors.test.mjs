// SPDX-License-Identifier: Apache-2.0
//
// vectors.json is written by the Java verifier's test: here each of its verdicts must come out again.
import assert from 'node:assert/strict'
import fs from 'node:fs'
import { test } from 'node:test'
import { FormatError, PreconfVerifier, difference, orderedRoot, provenValue } from '../dist/index.js'

const file = JSON.parse(fs.readFileSync(new URL('./vectors.json', import.meta.url), 'utf8'))
const seconds = file.cluster

const cluster = {
  domain: { l1ChainId: BigInt(seconds.l1ChainId), registry: seconds.registry },
  clusterId: seconds.clusterId,
  tickSeconds: BigInt(seconds.tickSeconds),
  handoverLeadSeconds: BigInt(seconds.handoverLeadSeconds),
  slotSeconds: BigInt(seconds.slotSeconds),
}

/** L1 and a node as the file tells them, with whole sections replaced by a case's. */
function worldOf(replaced) {
  const world = { ...file.world, ...replaced }
  return {
    l1: {
      window: async slot => {
        const found = world.windows[slot]
        return found && { ...found, windowSlot: BigInt(found.windowSlot) }
      },
      committer: async committer => {
        const found = world.committers[committer]
        return found && { ...found, stakeWei: BigInt(found.stakeWei) }
      },
      async *postings(fromBlock) {
        for (const posting of world.postings) {
          if (BigInt(posting.l1Block) < fromBlock) continue
          yield {
            l1Block: BigInt(posting.l1Block),
            l1TxHash: posting.l1TxHash,
            lastTick: BigInt(posting.lastTick),
            lastBlocks: new Map(Object.entries(posting.lastBlocks).map(([id, hash]) => [BigInt(id), hash])),
          }
        }
      },
      hasOpenBlock: async (windowSlot, fromBlock) =>
        world.openBlocks.some(open => BigInt(open.windowSlot) === windowSlot && BigInt(open.l1Block) >= fromBlock),
      blockHash: async number => world.l1Blocks[number],
    },
    node: {
      header: async hash => world.headers[hash],
      block: async hash => world.blocks[hash],
      receipts: async hash => world.receipts[hash],
      proof: async (hash, account, slot) => {
        const found = world.proofs[hash]?.[account]
        return found && { account: found.account, storage: slot === undefined ? [] : found.storage[slot] }
      },
      blockOf: async hash => (hash in world.transactions ? BigInt(world.transactions[hash]) : undefined),
    },
  }
}

/** The commitment with what the change says set or taken away. */
function changed(commitment, change) {
  if (change === undefined) return commitment
  if (change.at.length === 0) return change.to
  const whole = structuredClone(commitment)
  const parent = change.at.slice(0, -1).reduce((node, step) => node[step], whole)
  const last = change.at.at(-1)
  if ('to' in change) parent[last] = change.to
  else delete parent[last]
  return whole
}

assert.ok(file.cases.length > 200)
for (const vector of file.cases) {
  test(`${vector.name} (${vector.commitment})`, async () => {
    const { l1, node } = worldOf(vector.world)
    const answer = changed(file.commitments[vector.commitment], vector.change)
    const found = await new PreconfVerifier(cluster, l1).verify(answer, vector.blocks ? node : undefined)
    assert.equal(found.verdict, vector.verdict, found.detail)
    assert.equal(found.doubt, vector.doubt, found.detail)
    assert.equal(found.blockHash, vector.blockHash)
    assert.equal(found.evidence?.difference, vector.difference)
    if (found.evidence !== undefined) {
      assert.equal(difference(found.evidence.posted, found.evidence.held), vector.difference)
    }
  })
}

for (const { size, root } of file.orderedRoots) {
  test(`root of a trie of ${size}`, () => {
    const items = Array.from({ length: size }, (_, i) => `0x${(i & 255).toString(16).padStart(2, '0').repeat((i % 70) + 1)}`)
    assert.equal(orderedRoot(items), root)
  })
}

assert.ok(file.trieProofs.length > 100)
file.trieProofs.forEach(({ root, key, proof, good, value }, i) => {
  test(`trie proof ${i} of ${key}`, () => {
    if (good) assert.equal(provenValue(root, key, proof) ?? null, value)
    else assert.throws(() => provenValue(root, key, proof), FormatError)
  })
})

test('an L1 that does not answer is no verdict', async () => {
  const { l1 } = worldOf({})
  l1.window = async () => {
    throw new Error('away')
  }
  await assert.rejects(new PreconfVerifier(cluster, l1).verify(file.commitments.frag), /away/)
})

test('a node whose state is away is no verdict of guilt', async () => {
  const { l1, node } = worldOf({})
  node.proof = async () => {
    throw new Error('away')
  }
  const found = await new PreconfVerifier(cluster, l1).verify(file.commitments.inclusion, node)
  assert.deepEqual(found, { verdict: 'Unknown', detail: 'away' })
})

test('a node that does not answer is no verdict of guilt', async () => {
  const { l1, node } = worldOf({})
  node.header = async () => {
    throw new Error('away')
  }
  const found = await new PreconfVerifier(cluster, l1).verify(file.commitments.frag, node)
  assert.deepEqual(found, { verdict: 'Unknown', detail: 'away' })
})

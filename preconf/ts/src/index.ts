// SPDX-License-Identifier: Apache-2.0
export { type BlockSource, type Requester, shownByNode } from './blocks.js'
export { clusterIdOf, disagreement } from './check.js'
export {
  type BlockLeaf,
  type Commitment,
  type Ctx,
  type Domain,
  FALLBACK,
  FormatError,
  L1COND,
  type Message,
  PROVISIONAL,
  type PrimaryType,
  type SealProof,
  type Signed,
  type TxLeaf,
  readCommitment,
} from './commitment.js'
export { type Cluster, type Committer, type L1Access, type Posting, type Window, clusterOnL1 } from './l1.js'
export { type Posted, type PostedBlock, type PostedHeaders, type PostedState, difference } from './posted.js'
export {
  type Held,
  type HeldPromise,
  type Inclusion,
  type Placed,
  type PromiseBody,
  type StateLock,
  readHeld,
  readPromise,
} from './promise.js'
export { type StateProof, provenValue } from './proof.js'
export { orderedRoot } from './trie.js'
export { type Doubt, type Evidence, PreconfVerifier, type Verdict } from './verifier.js'

// SPDX-License-Identifier: Apache-2.0
//
// A chain that is at Fulu from its genesis on, all validators' keys known.

import { createBeaconConfig, createChainForkConfig } from '@lodestar/config'
import * as params from '@lodestar/params'
import * as transition from '@lodestar/state-transition'
import { ssz } from '@lodestar/types'

const EFFECTIVE_BALANCE_GWEI = 32e9

/** Fork epochs and slot length; the preset is LODESTAR_PRESET's. */
export function chainConfig(slotSeconds, validators, chainId) {
  return {
    PRESET_BASE: params.ACTIVE_PRESET,
    CONFIG_NAME: 'interop',
    SECONDS_PER_SLOT: slotSeconds,
    SLOT_DURATION_MS: slotSeconds * 1000,
    ALTAIR_FORK_EPOCH: 0,
    BELLATRIX_FORK_EPOCH: 0,
    CAPELLA_FORK_EPOCH: 0,
    DENEB_FORK_EPOCH: 0,
    ELECTRA_FORK_EPOCH: 0,
    FULU_FORK_EPOCH: 0,
    GLOAS_FORK_EPOCH: Infinity,
    MIN_GENESIS_ACTIVE_VALIDATOR_COUNT: validators,
    BLOB_SCHEDULE: [],
    TERMINAL_TOTAL_DIFFICULTY: 0n,
    DEPOSIT_CHAIN_ID: chainId,
    DEPOSIT_NETWORK_ID: chainId,
  }
}

/** The genesis state over an execution genesis block. */
export async function genesisState(chain, keys, owners, payload, genesisTime) {
  const forks = createChainForkConfig(chain)
  const types = forks.getForkTypes(0)
  const seq = forks.getForkSeq(0)
  const version = forks.getForkVersion(0)
  const state = types.BeaconState.defaultViewDU()
  state.genesisTime = genesisTime
  state.fork = ssz.phase0.Fork.toViewDU({ previousVersion: version, currentVersion: version, epoch: 0 })
  const header = ssz.phase0.BeaconBlockHeader.defaultValue()
  header.bodyRoot = types.BeaconBlockBody.hashTreeRoot(types.BeaconBlockBody.defaultValue())
  state.latestBlockHeader = ssz.phase0.BeaconBlockHeader.toViewDU(header)
  state.eth1Data = ssz.phase0.Eth1Data.toViewDU({
    depositRoot: new Uint8Array(32),
    depositCount: BigInt(keys.length),
    blockHash: payload.blockHash,
  })
  state.eth1DepositIndex = keys.length
  const mixes = new Array(params.EPOCHS_PER_HISTORICAL_VECTOR).fill(payload.blockHash)
  state.randaoMixes = ssz.phase0.RandaoMixes.toViewDU(mixes)
  addValidators(state, keys, owners)
  state.depositRequestsStartIndex = params.UNSET_DEPOSIT_REQUESTS_START_INDEX
  state.latestExecutionPayloadHeader = types.ExecutionPayloadHeader.toViewDU(
    transition.executionPayloadToPayloadHeader(seq, payload),
  )
  state.commit()
  state.genesisValidatorsRoot = state.validators.hashTreeRoot()
  state.commit()
  const config = createBeaconConfig(forks, state.genesisValidatorsRoot)
  const caches = () => ({ config, pubkeyCache: transition.createPubkeyCache() })

  const first = transition.createCachedBeaconState(state, caches(), { skipSyncCommitteeCache: true })
  const everyone = Uint32Array.from(keys, (_, i) => i)
  const increments = first.epochCtx.effectiveBalanceIncrements
  const { syncCommittee } = transition.getNextSyncCommittee(seq, first, everyone, increments)
  state.currentSyncCommittee = ssz.altair.SyncCommittee.toViewDU(syncCommittee)
  state.nextSyncCommittee = ssz.altair.SyncCommittee.toViewDU(syncCommittee)
  // Not among the package's exports.
  const fulu = await import(new URL('./util/fulu.js', import.meta.resolve('@lodestar/state-transition')))
  state.proposerLookahead = ssz.fulu.ProposerLookahead.toViewDU(fulu.initializeProposerLookahead(first))
  state.commit()
  return { config, types, seq, state: transition.createCachedBeaconState(state, caches()) }
}

/** Credentials of kind 0x01; validator i belongs to owner i modulo their number. */
function withdrawalCredentials(owner) {
  const credentials = new Uint8Array(32)
  credentials[0] = 1
  credentials.set(Buffer.from(owner.replace(/^0x/, ''), 'hex'), 12)
  return credentials
}

function addValidators(state, keys, owners) {
  state.validators = ssz.phase0.Validators.toViewDU(
    keys.map((key, index) => ({
      pubkey: key.toPublicKey().toBytes(),
      withdrawalCredentials: withdrawalCredentials(owners[index % owners.length]),
      effectiveBalance: EFFECTIVE_BALANCE_GWEI,
      slashed: false,
      activationEligibilityEpoch: 0,
      activationEpoch: 0,
      exitEpoch: Infinity,
      withdrawableEpoch: Infinity,
    })),
  )
  state.balances = ssz.phase0.Balances.toViewDU(keys.map(() => EFFECTIVE_BALANCE_GWEI))
  const none = keys.map(() => 0)
  state.previousEpochParticipation = ssz.altair.EpochParticipation.toViewDU(none)
  state.currentEpochParticipation = ssz.altair.EpochParticipation.toViewDU(none)
  state.inactivityScores = ssz.altair.InactivityScores.toViewDU(none)
}

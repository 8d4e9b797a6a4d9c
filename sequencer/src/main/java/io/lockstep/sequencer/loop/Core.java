// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.loop;

import io.lockstep.preconf.ledger.CommitmentLedger;
import io.lockstep.sequencer.derive.Derivation;
import io.lockstep.sequencer.derive.DerivationLog;
import io.lockstep.sequencer.follow.Follower;
import io.lockstep.sequencer.head.Cluster;
import io.lockstep.sequencer.head.L1View;
import io.lockstep.sequencer.head.Turns;
import io.lockstep.sequencer.watch.ContradictionWatch;

/** What every node has, operator or follower: the parts that the loop owns. */
public record Core(
    Cluster cluster,
    L1View l1,
    Turns turns,
    CommitmentLedger ledger,
    DerivationLog derivationLog,
    Derivation derivation,
    Follower follower,
    ContradictionWatch watch,
    Pools pools,
    LoopRules rules) {}

// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import io.lockstep.preconf.commitment.BlockLeaf;
import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.commitment.Scene;
import io.lockstep.preconf.commitment.Seal;
import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.primitives.crypto.MerkleTree;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.List;

/** What a builder would hand to the signer, and the scope of its database. */
final class SigningScene {
  static final int OPERATOR = 3;

  final Scene scene;

  SigningScene(long seed) {
    scene = new Scene(seed);
  }

  SigningScope scope() {
    return new SigningScope(scene.clusterId(), Scene.L1_CHAIN_ID, scene.key().address());
  }

  /** Final, unless {@link #provisional} makes it otherwise. */
  Ctx ctx() {
    return new Ctx(scene.random().nextInt(1_000_000), scene.hash(), scene.hash(), 0);
  }

  static Ctx provisional(Ctx ctx) {
    return new Ctx(ctx.anchorNumber(), ctx.anchorHash(), ctx.windowParent(), Ctx.PROVISIONAL);
  }

  /** A frag that follows on {@code previous}; on none it is the tick's first. */
  Frag frag(
      long window, long tick, long index, Hash32 previous, Ctx ctx, Hash32 bodyRoot, long atMs) {
    return new Frag(scene.clusterId(), window, tick, index, previous, ctx.hash(), bodyRoot, atMs);
  }

  Seal seal(long window, long tick, Ctx ctx, List<SealMessage.SealedBlock> blocks, boolean eop) {
    Hash32 root = MerkleTree.fold(blocks.getFirst().leaf().words(), blocks.getFirst().path());
    return new Seal(
        scene.clusterId(),
        window,
        tick,
        root,
        ctx.hash(),
        UInt256.ZERO,
        Hash32.ZERO,
        eop,
        tick * 1_000 + 999);
  }

  /** The tick's one block. */
  List<SealMessage.SealedBlock> blocks(long tick, long number, Hash32 hash, Hash32 parent) {
    return List.of(
        new SealMessage.SealedBlock(
            new BlockLeaf(tick, Scene.FIRST_ROLLUP, number, hash, parent),
            List.of(),
            30_000_000,
            List.of()));
  }

  /** The root of a heartbeat. */
  static Hash32 emptyRoot() {
    return FragMessage.tree(List.of()).root();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lockstep.conformance;

import io.lockstep.execution.block.BlockEnv;
import io.lockstep.execution.block.BlockExecutor;
import io.lockstep.execution.block.OpenBlock;
import io.lockstep.execution.block.TxOutcome;
import io.lockstep.execution.evm.Engine;
import io.lockstep.execution.fixture.MapState;
import io.lockstep.execution.fork.Fork;
import io.lockstep.execution.fork.ForkSchedule;
import io.lockstep.execution.journal.CodeCache;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.tx.Log;
import io.lockstep.primitives.tx.TransactionCodec;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Our own verdicts on a world. Immutable.
 *
 * @param state after the last transaction
 */
record OwnRun(List<Verdict> verdicts, MapState state) {

  /**
   * Runs a world.
   *
   * @param hashes of earlier blocks by number
   */
  static OwnRun of(World world, Engine engine, Map<Long, Hash32> hashes) {
    BlockExecutor executor =
        new BlockExecutor(
            ForkSchedule.allAt(Fork.OSAKA), UInt256.of(World.CHAIN_ID), new CodeCache(), engine);
    List<Verdict> out = new ArrayList<>();
    MapState state = state(world);
    for (int i = 0; i < world.transactions().size(); i++) {
      BlockEnv env = world.envs().get(i);
      OpenBlock block = executor.open(env, state, hashes::get);
      TxOutcome outcome;
      try {
        outcome = block.execute(TransactionCodec.decode(world.transactions().get(i)));
      } catch (DecodeException e) {
        outcome = new TxOutcome.Refused(TxOutcome.Reason.MALFORMED, String.valueOf(e.getMessage()));
      }
      state = state.with(block.diff());
      String root = state.root().toHex();
      out.add(
          switch (outcome) {
            case TxOutcome.Refused refused -> Verdict.refused(root, refused.message());
            case TxOutcome.Included included -> verdict(included, root);
          });
    }
    return new OwnRun(out, state);
  }

  private static Verdict verdict(TxOutcome.Included included, String root) {
    Address contract = included.contractAddress();
    return new Verdict(
        true,
        included.receipt().success(),
        included.gasUsed(),
        contract == null ? "" : contract.toHex(),
        included.receipt().logs().stream().map(OwnRun::text).toList(),
        root,
        "");
  }

  private static String text(Log log) {
    return log.address().toHex()
        + log.topics().stream().map(Hash32::toHex).collect(Collectors.joining(",", "[", "]"))
        + log.data().toHex();
  }

  private static MapState state(World world) {
    try {
      return MapState.parse(alloc(world));
    } catch (DecodeException e) {
      throw new IllegalStateException("the generator's own accounts", e);
    }
  }

  /** The accounts in geth's form. */
  static ObjectNode alloc(World world) {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    world
        .accounts()
        .forEach((address, account) -> {
          ObjectNode fields = out.putObject(address.toHex());
          fields
              .put("nonce", "0x" + Long.toHexString(account.nonce()))
              .put("balance", account.balance().toQuantity())
              .put("code", account.code().toHex());
          ObjectNode storage = fields.putObject("storage");
          account
              .storage()
              .forEach((key, value) -> storage.put(key.toHash().toHex(), value.toHash().toHex()));
        });
    return out;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lockstep.conformance;

import io.lockstep.execution.block.BlockEnv;
import io.lockstep.interop.Npm;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** EthereumJS in a process of its own that answers a line with a line. One thread. */
final class EthereumJs implements AutoCloseable {
  private final Process process;
  private final BufferedWriter to;
  private final BufferedReader from;

  EthereumJs() throws IOException {
    process =
        new ProcessBuilder("node", Npm.script("differential-ethereumjs.mjs").toString())
            .directory(Npm.folder().toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    to =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    from =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Its verdicts on a world. */
  List<Verdict> run(World world, Map<Long, Hash32> hashes) throws IOException {
    ObjectNode request = JsonMapper.shared().createObjectNode();
    request.set("alloc", OwnRun.alloc(world));
    ObjectNode known = request.putObject("hashes");
    hashes.forEach((number, hash) -> known.put(Long.toString(number), hash.toHex()));
    ArrayNode blocks = request.putArray("blocks");
    for (int i = 0; i < world.transactions().size(); i++) {
      blocks.add(block(world.envs().get(i), world.transactions().get(i)));
    }
    to.write(request.toString());
    to.newLine();
    to.flush();
    String line = from.readLine();
    if (line == null) {
      throw new IOException("EthereumJS has ended on seed " + world.seed());
    }
    List<Verdict> out = new ArrayList<>();
    for (JsonNode node : JsonMapper.shared().readTree(line)) {
      out.add(JsonMapper.shared().treeToValue(node, Verdict.class));
    }
    return out;
  }

  private static ObjectNode block(BlockEnv env, Bytes transaction) {
    Hash32 beaconRoot = env.parentBeaconBlockRoot();
    return JsonMapper.shared()
        .createObjectNode()
        .put("number", env.number())
        .put("timestamp", env.timestampSeconds())
        .put("parentHash", env.parentHash().toHex())
        .put("coinbase", env.coinbase().toHex())
        .put("mixHash", env.prevRandao().toHex())
        .put("gasLimit", env.gasLimit())
        .put("baseFeePerGas", env.baseFeePerGas().toQuantity())
        .put("excessBlobGas", env.excessBlobGas())
        .put("parentBeaconBlockRoot", (beaconRoot == null ? Hash32.ZERO : beaconRoot).toHex())
        .put("transaction", transaction.toHex());
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lockstep.scenario;

import io.lockstep.config.cluster.DevnetFile;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A devnet that the launcher started, on ports of its own. */
public final class TestDevnet implements AutoCloseable {
  public static final Duration START = Duration.ofMinutes(3);
  private static final BigInteger GWEI = BigInteger.TEN.pow(9);

  private final Lockstep process;
  private final Path dataDir;
  private final DevnetFile file;

  private TestDevnet(Lockstep process, Path dataDir, DevnetFile file) {
    this.process = process;
    this.dataDir = dataDir;
    this.file = file;
  }

  public static TestDevnet start(Path dataDir, int basePort, String... more)
      throws IOException, InterruptedException, DecodeException {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(
        List.of(
            "devnet",
            "--data-dir",
            dataDir.toString(),
            "--rpc-port",
            Integer.toString(basePort),
            "--l1-rpc-port",
            Integer.toString(basePort + 60),
            "--l1-beacon-port",
            Integer.toString(basePort + 61)));
    arguments.addAll(List.of(more));
    Lockstep process = Lockstep.start(arguments);
    try {
      process.awaitLine("ready", START);
      return new TestDevnet(process, dataDir, DevnetFile.read(dataDir.resolve("devnet.json")));
    } catch (IOException | InterruptedException | DecodeException | AssertionError e) {
      process.close();
      throw e;
    }
  }

  public DevnetFile file() {
    return file;
  }

  public Path dataDir() {
    return dataDir;
  }

  public Lockstep process() {
    return process;
  }

  public Rpc node(int index) {
    return new Rpc(file.nodes().get(index).rpc());
  }

  /** The follower is the last node. */
  public Rpc follower() {
    return node(file.nodes().size() - 1);
  }

  public Rpc l1() {
    return new Rpc(file.l1().rpc());
  }

  public SecretKey account(int index) {
    return file.accounts().get(index);
  }

  /** A signed transfer of L2 ether. */
  public Transaction transfer(SecretKey from, long nonce, Address to, long wei) {
    return signed(from, nonce, to, UInt256.of(wei), Bytes.EMPTY, 21_000);
  }

  public Transaction signed(
      SecretKey from, long nonce, @Nullable Address to, UInt256 value, Bytes data, long gasLimit) {
    return Transaction.Unsigned.feeMarket(
            UInt256.of(file.rollups().getFirst().chainId()),
            nonce,
            UInt256.of(GWEI),
            UInt256.of(GWEI.multiply(BigInteger.valueOf(100))),
            gasLimit,
            to,
            value,
            data)
        .sign(from);
  }

  @Override
  public void close() {
    process.close();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lockstep.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lockstep.interop.NodeScript;
import io.lockstep.interop.Npm;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.AccessListEntry;
import io.lockstep.primitives.tx.Authorization;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionType;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.scenario.Lockstep;
import io.lockstep.scenario.Rpc;
import io.lockstep.scenario.TestDevnet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A rollup is a plain Ethereum chain: what a devnet has made, exported, gives the same roots when
 * EthereumJS runs it.
 */
class ReexecutionIT {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final UInt256 GWEI = UInt256.of(1_000_000_000);

  /**
   * Stores a word and what the block says of itself, logs, asks a precompile, creates a contract
   * that destroys itself; reverts at the end when the third word of its input is not zero.
   */
  private static final String WORKER =
      "6020355f3555" // storage[word 0] = word 1
          + "6020355f525f35336020" // memory[0] = word 1; LOG2 of it by word 0 and the caller
          + "5fa2"
          + "60205f60205f60025afa50" // SHA-256 of it over itself
          + "5f51610100555f5c6001015f5d" // storage[0x100] = that hash; transient storage
          + "600143034061010155" // BLOCKHASH of the parent
          + "44610102554261010355486101045541610105554a61010655" // the block's environment
          + "6133ff5f525f356002601e5ff550" // CREATE2 of a contract that is CALLER SELFDESTRUCT
          + "60403515608057" // stop unless word 2
          + "5f5ffd";

  @TempDir private Path folder;

  @Test
  void ethereumJsComesToTheSameChain() throws Exception {
    Npm.assumeInstalled();
    Path genesis = folder.resolve("genesis.json");
    Path live = folder.resolve("live.rlp");
    Path stored = folder.resolve("stored.rlp");
    Path dataDir;
    try (TestDevnet devnet =
        TestDevnet.start(
            folder.resolve("net"),
            Lockstep.freePorts(70),
            "--operators",
            "2",
            "--followers",
            "0")) {
      Traffic traffic = new Traffic(devnet);
      traffic.everyTypeOfTransaction();
      traffic.untilSealed();
      dataDir = devnet.file().nodes().getFirst().dataDir();
      String rpc = devnet.file().nodes().getFirst().rpc().toString();
      passes("export", "--rpc", rpc, "--genesis", genesis.toString(), "--blocks", live.toString());
      Lockstep.Finished busy =
          Lockstep.run(
              LIMIT, "export", "--data-dir", dataDir.toString(), "--blocks", stored.toString());
      assertThat(busy.exitCode()).as(busy.output()).isEqualTo(3);
      assertThat(busy.output()).contains("is in use by another process");
      assertThat(devnet.process().terminate(Duration.ofSeconds(30))).isIn(0, 143);
    }
    assertThat(stored).doesNotExist();
    passes("export", "--data-dir", dataDir.toString(), "--blocks", stored.toString());

    assertThat(Files.size(stored)).isGreaterThanOrEqualTo(Files.size(live));
    for (Path blocks : List.of(live, stored)) {
      NodeScript run =
          NodeScript.runAndPass(
              LIMIT, "reexecute-ethereumjs.mjs", genesis.toString(), blocks.toString());
      assertThat(run.output()).contains("types 0 1 2 4,").contains("all equal");
    }
    byte[] bytes = Files.readAllBytes(stored);
    bytes[bytes.length / 2] ^= 1;
    Files.write(live, bytes);
    NodeScript.run(LIMIT, "reexecute-ethereumjs.mjs", genesis.toString(), live.toString())
        .assertExitCode(1);
  }

  private static void passes(String... arguments) throws Exception {
    Lockstep.Finished run = Lockstep.run(LIMIT, arguments);
    assertThat(run.exitCode()).as(run.output()).isZero();
  }

  /** Transactions of one account that reach as much of the protocol as a few can. */
  private static final class Traffic {
    private final Rpc rpc;
    private final UInt256 chainId;
    private final SecretKey sender;
    private final SecretKey delegating;
    private long nonce;
    private long lastBlock;

    Traffic(TestDevnet devnet) throws Exception {
      rpc = devnet.node(0);
      chainId = UInt256.of(devnet.file().rollups().getFirst().chainId());
      sender = devnet.account(0);
      delegating = devnet.account(1);
      nonce = rpc.number("eth_getTransactionCount", sender.address().toHex(), "latest");
    }

    void everyTypeOfTransaction() throws Exception {
      Address worker = deployed(WORKER);
      Address fresh = Address.ofLong(0xf7e54);
      for (int round = 0; round < 3; round++) {
        transferTo(fresh);
        for (TransactionType type :
            List.of(
                TransactionType.LEGACY, TransactionType.ACCESS_LIST, TransactionType.FEE_MARKET)) {
          expect("0x1", send(type, worker, input(round, type.id() + 1, 0), List.of()));
        }
        expect("0x0", send(TransactionType.FEE_MARKET, worker, input(round, 9, 1), List.of()));
        // Clears a slot: a refund.
        expect("0x1", send(TransactionType.FEE_MARKET, worker, input(round, 0, 0), List.of()));
        Authorization authorization =
            Authorization.sign(chainId, round == 1 ? Address.ZERO : worker, round, delegating);
        expect(
            "0x1",
            send(
                TransactionType.SET_CODE,
                delegating.address(),
                input(round, 3, 0),
                List.of(authorization)));
      }
      expect("0x0", send(TransactionType.FEE_MARKET, null, Bytes.fromHex("0xfe"), List.of()));
    }

    private Address deployed(String runtime) throws Exception {
      int length = runtime.length() / 2;
      // The jump goes to the byte after the runtime's end.
      String code = runtime.replace("608057", "60%02x57".formatted(length)) + "5b00";
      String init = "61%04x80600a5f395ff3".formatted(length + 2) + code;
      JsonNode receipt =
          send(TransactionType.FEE_MARKET, null, Bytes.fromHex("0x" + init), List.of());
      expect("0x1", receipt);
      return Address.fromHex(receipt.get("contractAddress").asString());
    }

    private static void expect(String status, JsonNode receipt) {
      assertThat(receipt.get("status").asString()).as(receipt.toString()).isEqualTo(status);
    }

    private static Bytes input(long key, long value, long reverts) {
      return Bytes.fromHex("0x%064x%064x%064x".formatted(key, value, reverts));
    }

    private void transferTo(Address to) throws Exception {
      expect("0x1", send(TransactionType.LEGACY, to, Bytes.EMPTY, List.of()));
    }

    private JsonNode send(
        TransactionType type, @Nullable Address to, Bytes data, List<Authorization> authorizations)
        throws Exception {
      boolean hasFeeCap = type != TransactionType.LEGACY && type != TransactionType.ACCESS_LIST;
      UInt256 feeCap = GWEI.multiply(UInt256.of(100));
      List<AccessListEntry> accessList =
          type == TransactionType.ACCESS_LIST && to != null
              ? List.of(new AccessListEntry(to, List.of(Hash32.ZERO)))
              : List.of();
      Transaction tx =
          new Transaction.Unsigned(
                  type,
                  chainId,
                  nonce++,
                  hasFeeCap ? GWEI : feeCap,
                  feeCap,
                  1_000_000,
                  to,
                  UInt256.of(to == null ? 0 : 5),
                  data,
                  accessList,
                  UInt256.ZERO,
                  List.of(),
                  authorizations)
              .sign(sender);
      JsonNode receipt = rpc.call("eth_sendRawTransactionSync", tx.encoded().toHex(), 10_000);
      lastBlock = Long.decode(receipt.get("blockNumber").asString());
      return receipt;
    }

    void untilSealed() throws Exception {
      await().atMost(LIMIT).until(() -> rpc.number("eth_blockNumber") >= lastBlock);
    }
  }
}

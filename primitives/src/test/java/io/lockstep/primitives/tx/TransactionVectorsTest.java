// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.tx;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.testing.Vectors;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** ethereum/tests TransactionTests: raw transactions, valid or not. */
class TransactionVectorsTest {
  private static final String MALFORMED = "malformed or signed by nobody";
  private static final String OTHER_CHAIN = "of another chain";
  private static final String ON_EXECUTION = "on execution";

  /** Newest first; the newest that a vector names says what today's rules are. */
  private static final List<String> FORKS =
      List.of("Osaka", "Prague", "Cancun", "Shanghai", "Paris", "London", "Berlin", "Istanbul");

  @Test
  void decodesWhatIsValidAndFindsTheFaultOfWhatIsNot() throws Exception {
    int[] count = {0, 0};
    for (Path file : Vectors.files(Vectors.folder("transaction-tests"))) {
      Vectors.lines(
          file,
          line -> {
            JsonNode result = newest(line.get("test").get("result"));
            String raw = line.get("test").get("txbytes").asString();
            String id = line.get("id").asString();
            if (result.has("exception")) {
              count[1]++;
              String exception = result.get("exception").asString();
              assertThat(fault(raw)).as("%s: %s", id, exception).isIn(expected(exception));
            } else {
              count[0]++;
              Transaction tx = TransactionCodec.decode(Bytes.fromHex(raw));
              assertThat(tx.hash().toHex()).as(id).isEqualTo(result.get("hash").asString());
              assertThat(String.valueOf(tx.sender()))
                  .as(id)
                  .isEqualTo(result.get("sender").asString());
              assertThat(tx.encoded().toHex()).as(id).isEqualTo(raw);
            }
          });
    }
    assertThat(count[0]).isGreaterThan(35);
    assertThat(count[1]).isGreaterThan(100);
  }

  @Test
  void recoversTheSenderOfFrontierTransactions() throws Exception {
    int[] count = {0};
    for (Path file : Vectors.files(Vectors.folder("transaction-tests"))) {
      Vectors.lines(
          file,
          line -> {
            JsonNode result = line.get("test").get("result").get("Frontier");
            if (result == null || result.has("exception")) {
              return;
            }
            Bytes raw = Bytes.fromHex(line.get("test").get("txbytes").asString());
            String id = line.get("id").asString();
            count[0]++;
            Transaction tx = TransactionCodec.decode(raw);
            assertThat(tx.hash().toHex()).as(id).isEqualTo(result.get("hash").asString());
            assertThat(String.valueOf(tx.senderBeforeHomestead()))
                .as(id)
                .isEqualTo(result.get("sender").asString());
          });
    }
    assertThat(count[0]).isGreaterThan(20);
  }

  private static JsonNode newest(JsonNode results) {
    return FORKS.stream().filter(results::has).findFirst().map(results::get).orElseThrow();
  }

  /** Where the fault must show; what is not malformed and has a signer is judged on execution. */
  private static List<String> expected(String exception) {
    return switch (exception.substring(exception.indexOf('.') + 1)) {
      // With so large a v it recovers to nobody either.
      case "INVALID_CHAINID" -> List.of(OTHER_CHAIN, MALFORMED);
      case "INTRINSIC_GAS_TOO_LOW",
          "INITCODE_SIZE_EXCEEDED",
          "PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS_2",
          "NONCE_TOO_BIG" ->
          List.of(ON_EXECUTION);
      // A gas limit of 64 bits is refused as malformed here.
      case "GASLIMIT_PRICE_PRODUCT_OVERFLOW" -> List.of(ON_EXECUTION, MALFORMED);
      default -> List.of(MALFORMED);
    };
  }

  private static String fault(String raw) {
    try {
      Transaction tx = TransactionCodec.decode(Bytes.fromHex(raw));
      if (tx.sender() == null) {
        return MALFORMED;
      }
      @Nullable UInt256 chainId = tx.chainId();
      if (chainId != null && !chainId.equals(UInt256.ONE)) {
        return OTHER_CHAIN;
      }
      // What the block's rules find: gas, init code size, fees, the last nonce (EIP-2681).
      BigInteger cost =
          tx.maxFeePerGas().toBigInteger().multiply(BigInteger.valueOf(tx.gasLimit()));
      boolean judgedOnExecution =
          tx.gasLimit() < 100_000_000
              || cost.bitLength() > 256
              || tx.maxPriorityFeePerGas().compareTo(tx.maxFeePerGas()) > 0
              || tx.nonce() == -1;
      return judgedOnExecution ? ON_EXECUTION : "none";
    } catch (DecodeException e) {
      return MALFORMED;
    }
  }
}

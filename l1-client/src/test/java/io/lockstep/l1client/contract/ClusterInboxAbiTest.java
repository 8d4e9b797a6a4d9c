// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.l1client.http.Json;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.tx.Log;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import io.lockstep.primitives.uint.UInt256;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.web3j.abi.DefaultFunctionEncoder;
import org.web3j.abi.FunctionEncoder;
import org.web3j.abi.datatypes.DynamicArray;
import org.web3j.abi.datatypes.DynamicBytes;
import org.web3j.abi.datatypes.DynamicStruct;
import org.web3j.abi.datatypes.Function;
import org.web3j.abi.datatypes.StaticStruct;
import org.web3j.abi.datatypes.generated.Bytes32;
import org.web3j.abi.datatypes.generated.Uint256;
import org.web3j.abi.datatypes.generated.Uint32;
import org.web3j.abi.datatypes.generated.Uint64;
import org.web3j.abi.datatypes.generated.Uint8;
import tools.jackson.databind.JsonNode;

class ClusterInboxAbiTest {
  private static final long SEED = 42;

  private static Hash32 hash(Random random) {
    return Hash32.ofWords(
        random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
  }

  private static long positive(Random random) {
    return random.nextLong() >>> (1 + random.nextInt(62));
  }

  private static List<Hash32> hashes(Random random, int count) {
    List<Hash32> hashes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      hashes.add(hash(random));
    }
    return hashes;
  }

  private static Batch batch(Random random) {
    List<Carried> carried = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      carried.add(
          new Carried(
              new Slot(positive(random)),
              random.nextInt(Integer.MAX_VALUE),
              positive(random),
              positive(random)));
    }
    List<RollupPart> rollups = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      rollups.add(
          new RollupPart(
              positive(random),
              hash(random),
              random.nextInt(Integer.MAX_VALUE),
              random.nextInt(Integer.MAX_VALUE)));
    }
    return new Batch(
        hashes(random, random.nextInt(4)),
        new Slot(positive(random)),
        carried,
        positive(random),
        positive(random),
        positive(random),
        hash(random),
        positive(random),
        hash(random),
        rollups,
        random.nextInt(256));
  }

  private static Uint64 u64(long value) {
    return new Uint64(BigInteger.valueOf(value));
  }

  private static Bytes32 b32(Hash32 value) {
    return new Bytes32(value.toArray());
  }

  private static DynamicArray<Bytes32> b32s(List<Hash32> values) {
    return new DynamicArray<>(
        Bytes32.class, values.stream().map(ClusterInboxAbiTest::b32).toList());
  }

  /** The same batch as web3j's types. */
  private static DynamicStruct web3j(Batch batch) {
    return new DynamicStruct(
        b32s(batch.expected()),
        u64(batch.windowSlot().value()),
        new DynamicArray<>(
            StaticStruct.class,
            batch.carried().stream()
                .map(c ->
                    new StaticStruct(
                        u64(c.windowSlot().value()),
                        new Uint32(BigInteger.valueOf(c.operatorId())),
                        u64(c.firstTick()),
                        u64(c.lastTick())))
                .toList()),
        u64(batch.firstTick()),
        u64(batch.lastTick()),
        u64(batch.anchorNumber()),
        b32(batch.anchorHash()),
        u64(batch.msgTo()),
        b32(batch.headersRoot()),
        new DynamicArray<>(
            StaticStruct.class,
            batch.rollups().stream()
                .map(r ->
                    new StaticStruct(
                        u64(r.rollupId()),
                        b32(r.lastBlockHash()),
                        new Uint32(BigInteger.valueOf(r.offsetBytes())),
                        new Uint32(BigInteger.valueOf(r.lengthBytes()))))
                .toList()),
        new Uint8(BigInteger.valueOf(batch.blobCount())));
  }

  @Test
  void encodesABatchAsWeb3jDoesAndReadsItBack() throws DecodeException {
    Random random = new Random(SEED);
    for (int round = 0; round < 300; round++) {
      Batch batch = batch(random);

      Bytes encoded = ClusterInboxAbi.encodePropose(batch);

      String parameters = new DefaultFunctionEncoder().encodeParameters(List.of(web3j(batch)));
      assertThat(encoded.slice(4, encoded.size()).toHex())
          .as("seed %d, round %d", SEED, round)
          .isEqualTo("0x" + parameters);
      assertThat(ClusterInboxAbi.decodePropose(encoded)).isEqualTo(batch);
    }
  }

  @Test
  void chainsBatchHashesAsTheContractDoes() {
    Random random = new Random(SEED);
    Batch batch = batch(random);
    Hash32 last = hash(random);
    List<Hash32> blobHashes = hashes(random, 3);
    DefaultFunctionEncoder web3j = new DefaultFunctionEncoder();
    Hash32 inner = Keccak.hash(Bytes.fromHex(web3j.encodeParameters(List.of(web3j(batch)))));

    List<Address> committers = List.of(Address.ofLong(5), Address.ofLong(6));
    assertThat(ClusterInboxAbi.batchHash(last, batch, blobHashes, 7, committers))
        .isEqualTo(
            Keccak.hash(
                Bytes.fromHex(
                    web3j.encodeParameters(
                        List.of(
                            b32(last),
                            b32(inner),
                            b32s(blobHashes),
                            new Uint32(BigInteger.valueOf(7)),
                            addresses(committers))))));
    assertThat(ClusterInboxAbi.openBlockHash(last, new Slot(9), 77))
        .isEqualTo(
            Keccak.hash(
                Bytes.fromHex(web3j.encodeParameters(List.of(b32(last), u64(9), u64(77))))));
    assertThat(ClusterInboxAbi.headOf(blobHashes))
        .isEqualTo(Keccak.hash(Bytes.fromHex(web3j.encodeParameters(List.of(b32s(blobHashes))))));
    Address inbox = Address.ofLong(77);
    Hash32 clusterId = ClusterInboxAbi.clusterId(UInt256.of(900), inbox);
    assertThat(clusterId)
        .isEqualTo(
            Keccak.hash(
                Bytes.fromHex(
                    web3j.encodeParameters(
                        List.of(
                            new Uint256(BigInteger.valueOf(900)),
                            new org.web3j.abi.datatypes.Address(inbox.toHex()))))));
    assertThat(ClusterInboxAbi.genesisBatchHash(clusterId, last))
        .isEqualTo(Keccak.hashAll(clusterId.toArray(), last.toArray()));
  }

  @Test
  void readsTheEventOfABatch() throws DecodeException {
    Random random = new Random(SEED);
    List<Hash32> blobHashes = hashes(random, 2);
    Hash32 batchHash = hash(random);
    Hash32 head = hash(random);
    List<Address> committers = List.of(Address.ofLong(8));
    String data =
        new DefaultFunctionEncoder()
            .encodeParameters(
                List.of(
                    u64(9), b32(batchHash), b32(head), b32s(blobHashes), addresses(committers)));
    Log log =
        new Log(
            Address.ofLong(1),
            List.of(
                ClusterInboxAbi.BATCH_PROPOSED_TOPIC,
                UInt256.of(5).toHash(),
                UInt256.of(3).toHash()),
            Bytes.fromHex(data));

    assertThat(ClusterInboxAbi.decodeBatchProposed(log))
        .isEqualTo(new BatchProposed(5, 3, new Slot(9), batchHash, head, blobHashes, committers));
  }

  @Test
  void readsTheOtherEventsThatMoveARollup() throws DecodeException {
    DefaultFunctionEncoder web3j = new DefaultFunctionEncoder();
    Hash32 hash = hash(new Random(SEED));
    Log open =
        log(
            web3j.encodeParameters(List.of(u64(9), u64(71), b32(hash))),
            ClusterInboxAbi.OPEN_BLOCK_PROPOSED_TOPIC,
            6);
    assertThat(ClusterInboxAbi.decodeInboxEvent(open))
        .isEqualTo(new OpenBlockProposed(6, new Slot(9), 71, hash));
    for (int length : List.of(0, 1, 31, 32, 33, 500)) {
      byte[] raw = new byte[length];
      java.util.Arrays.fill(raw, (byte) 0xab);
      DynamicBytes bytes = new DynamicBytes(raw);
      Log forced =
          log(
              web3j.encodeParameters(List.of(u64(50_000), bytes)),
              ClusterInboxAbi.FORCED_ENQUEUED_TOPIC,
              901,
              4);
      assertThat(ClusterInboxAbi.decodeForcedEnqueued(forced))
          .isEqualTo(new ForcedEnqueued(901, 4, 50_000, Bytes.wrap(raw)));
      Log message =
          log(
              web3j.encodeParameters(
                  List.of(
                      address(Address.ofLong(1)),
                      address(Address.ofLong(2)),
                      new Uint256(BigInteger.TEN),
                      bytes)),
              L1MessengerAbi.MESSAGE_SENT_TOPIC,
              901,
              5);
      assertThat(L1MessengerAbi.decodeMessageSent(message))
          .isEqualTo(
              new MessageSent(
                  901, 5, Address.ofLong(1), Address.ofLong(2), UInt256.of(10), Bytes.wrap(raw)));
    }
  }

  private static Log log(String data, Hash32 topic, long... indexed) {
    List<Hash32> topics = new ArrayList<>(List.of(topic));
    for (long value : indexed) {
      topics.add(UInt256.of(value).toHash());
    }
    return new Log(Address.ofLong(1), topics, Bytes.fromHex(data));
  }

  private static org.web3j.abi.datatypes.Address address(Address address) {
    return new org.web3j.abi.datatypes.Address(address.toHex());
  }

  private static DynamicArray<org.web3j.abi.datatypes.Address> addresses(List<Address> values) {
    return new DynamicArray<>(
        org.web3j.abi.datatypes.Address.class,
        values.stream().map(ClusterInboxAbiTest::address).toList());
  }

  @Test
  void refusesABatchWithTooManyParts() {
    Random random = new Random(SEED);
    Batch good =
        new Batch(
            hashes(random, Batch.MAX_EXPECTED),
            new Slot(1),
            List.of(),
            1,
            2,
            3,
            Hash32.ZERO,
            0,
            Hash32.ZERO,
            List.of(),
            1);
    byte[] encoded = ClusterInboxAbi.encodePropose(good).toArray();
    encoded[4 + 32 + 11 * 32 + 31]++; // the count of expected

    assertThatThrownBy(() -> ClusterInboxAbi.decodePropose(Bytes.wrap(encoded)))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining("limit 16");
  }

  @Test
  void givesABatchOrADecodeExceptionForAnyBytes() {
    Random random = new Random(SEED);
    int decoded = 0;
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = ClusterInboxAbi.encodePropose(batch(random)).toArray();
      switch (random.nextInt(4)) {
        case 0 -> bytes = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length + 64));
        case 1 -> {
          for (int i = random.nextInt(4); i >= 0; i--) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
          }
        }
        case 2 -> {
          int word = 4 + 32 * random.nextInt((bytes.length - 4) / 32);
          java.util.Arrays.fill(bytes, word, word + 32, (byte) (random.nextBoolean() ? -1 : 0));
        }
        default -> {
          byte[] noise = new byte[random.nextInt(2_000)];
          random.nextBytes(noise);
          bytes = noise;
        }
      }
      try {
        Batch batch = ClusterInboxAbi.decodePropose(Bytes.wrap(bytes));
        assertThat(ClusterInboxAbi.encodePropose(batch).toArray())
            .as("seed %d, round %d: one encoding of one batch", SEED, round)
            .isEqualTo(bytes);
        decoded++;
      } catch (DecodeException e) {
        assertThat(e).hasMessageNotContaining("null");
      }
    }
    assertThat(decoded).isPositive();
  }

  @Test
  void hasTheSelectorsAndTopicsOfTheCompiledContracts() throws IOException, DecodeException {
    Set<String> inbox = signatures("ClusterInbox");
    assertThat(inbox)
        .contains(
            ClusterInboxAbi.PROPOSE,
            "lastBatchIndex()",
            "lastBatchHash()",
            "lastHead()",
            "clusterId()",
            "registry()",
            "genesisBatchHash()",
            "batchHash(uint64)",
            "BatchProposed(uint64,uint32,uint64,bytes32,bytes32,bytes32[],address[])",
            ClusterInboxAbi.PROPOSE_OPEN,
            ClusterInboxAbi.ENQUEUE,
            ClusterInboxAbi.FORCED_FEE,
            "OpenBlockProposed(uint64,uint64,uint64,bytes32)",
            "ForcedEnqueued(uint64,uint64,uint64,bytes)");
    assertThat(signatures("L1Messenger"))
        .contains(
            L1MessengerAbi.SEND_MESSAGE,
            L1MessengerAbi.DEPOSIT,
            L1MessengerAbi.CLAIM_FEES,
            L1MessengerAbi.MESSAGE_SENT);
    Set<String> registry = signatures("OperatorRegistry");
    assertThat(registry)
        .contains(
            "register(address[2],address)",
            "addValidators(uint32,uint64,(uint64,uint64,bytes32,bytes32,bytes32),"
                + "(uint64,bytes32,bytes32[])[])",
            "topUp(uint32)",
            "freeze(uint32)",
            "exit(uint32)",
            "withdraw(uint32)",
            "operator(uint32)",
            "operatorCount()",
            "operatorOfPoster(address)",
            "operatorOfCommitter(address)",
            "operatorOfValidator(uint64)",
            "mayPost(uint32,address,uint64)",
            "OperatorRegistered(uint32,address,address[2],address,uint256,uint64)",
            "ValidatorsAdded(uint32,uint64,uint64[])",
            "StakeChanged(uint32,uint256)",
            "OperatorFrozen(uint32)",
            "OperatorExited(uint32)",
            "StakeWithdrawn(uint32,uint256)");
    assertThat(FunctionEncoder.encode(new Function("lastHead", List.of(), List.of())))
        .isEqualTo(ClusterInboxAbi.LAST_HEAD.toHex());
  }

  private static Set<String> signatures(String contract) throws IOException, DecodeException {
    Set<String> out = new TreeSet<>();
    try (InputStream in =
        ClusterInboxAbiTest.class.getResourceAsStream(
            "/io/lockstep/contracts/" + contract + ".json")) {
      assertThat(in).as("artefact of " + contract).isNotNull();
      JsonNode artefact = Json.parse(in.readAllBytes());
      for (JsonNode entry : artefact.get("abi")) {
        if (entry.has("name")) {
          out.add(entry.get("name").asString() + types(entry.get("inputs")));
        }
      }
    }
    return out;
  }

  private static String types(JsonNode inputs) {
    List<String> types = new ArrayList<>();
    for (JsonNode input : inputs) {
      String type = input.get("type").asString();
      types.add(
          type.startsWith("tuple") ? types(input.get("components")) + type.substring(5) : type);
    }
    return "(" + String.join(",", types) + ")";
  }
}

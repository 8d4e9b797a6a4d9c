// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.commitment;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is signed, computed a second time from the JSON that a wallet would be shown. */
class TypedDataDigestTest {
  private static final long SEED = Long.getLong("lockstep.seed", 20261122L);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Scene scene = new Scene(SEED);

  @Test
  void theSecondEncoderGivesTheExampleOfTheEip() {
    JsonNode mail =
        JSON.readTree(
            """
            {"types":{
              "EIP712Domain":[{"name":"name","type":"string"},{"name":"version","type":"string"},
                {"name":"chainId","type":"uint256"},{"name":"verifyingContract","type":"address"}],
              "Person":[{"name":"name","type":"string"},{"name":"wallet","type":"address"}],
              "Mail":[{"name":"from","type":"Person"},{"name":"to","type":"Person"},
                {"name":"contents","type":"string"}]},
             "primaryType":"Mail",
             "domain":{"name":"Ether Mail","version":"1","chainId":1,
               "verifyingContract":"0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC"},
             "message":{"from":{"name":"Cow","wallet":"0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"},
               "to":{"name":"Bob","wallet":"0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB"},
               "contents":"Hello, Bob!"}}
            """);
    assertThat(Eip712.digest(mail).toHex())
        .isEqualTo("0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2");
  }

  private void agrees(SignedObject object) {
    JsonNode typedData = TypedDataJson.write(scene.domain(), object);
    assertThat(Eip712.digest(typedData))
        .as("%s, seed %d", object, SEED)
        .isEqualTo(scene.domain().digest(object));
    assertThat(
            Eip712.hashStruct(
                typedData.get("types"),
                typedData.get("primaryType").asString(),
                typedData.get("message")))
        .isEqualTo(object.structHash());
    assertThat(Eip712.hashStruct(typedData.get("types"), "EIP712Domain", typedData.get("domain")))
        .isEqualTo(scene.domain().separator());
  }

  private long number() {
    return scene.random().nextInt(5) == 0
        ? Long.MAX_VALUE
        : scene.random().nextLong() >>> (1 + scene.random().nextInt(62));
  }

  private UInt256 amount() {
    return scene.random().nextInt(5) == 0 ? UInt256.MAX : UInt256.of(scene.hash());
  }

  @Test
  void signsFragsAsWalletsWould() {
    for (int round = 0; round < 200; round++) {
      agrees(
          new Frag(
              scene.clusterId(),
              number(),
              number(),
              scene.random().nextInt() & 0xffffffffL,
              scene.hash(),
              scene.hash(),
              scene.hash(),
              number()));
    }
  }

  @Test
  void signsSealsAsWalletsWould() {
    for (int round = 0; round < 200; round++) {
      agrees(
          new Seal(
              scene.clusterId(),
              number(),
              number(),
              scene.hash(),
              scene.hash(),
              amount(),
              scene.hash(),
              scene.random().nextBoolean(),
              number()));
    }
  }

  @Test
  void signsPromisesAsWalletsWould() {
    for (int round = 0; round < 200; round++) {
      agrees(
          new Promise(
              scene.random().nextInt(256),
              scene.clusterId(),
              number(),
              Bytes.wrap(scene.array(scene.random().nextInt(200))),
              amount(),
              number(),
              scene.hash(),
              number()));
    }
  }

  @Test
  void hashesACtxAsAStructOfTheSameStandard() {
    JsonNode types =
        JSON.readTree(
            """
            {"Ctx":[{"name":"anchorNumber","type":"uint64"},{"name":"anchorHash","type":"bytes32"},
              {"name":"windowParent","type":"bytes32"},{"name":"flags","type":"uint8"}]}
            """);
    for (int round = 0; round < 100; round++) {
      Ctx ctx = scene.ctx();
      JsonNode shown =
          CommitmentJson.writeSigned(
                  scene.domain(), scene.sign(scene.frag(1, 2, 0, ctx, Hash32.ZERO), ctx))
              .get("ctx");
      assertThat(Eip712.hashStruct(types, "Ctx", shown)).isEqualTo(ctx.hash());
    }
  }

  @Test
  void leavesTheMomentOfSendingOutOfTheIdentityAndNothingElse() {
    Ctx ctx = scene.ctx();
    Frag frag = scene.frag(5, 60, 2, ctx, scene.hash());
    Frag later =
        new Frag(
            frag.clusterId(),
            frag.windowSlot(),
            frag.tick(),
            frag.fragIdx(),
            frag.prevFragHash(),
            frag.ctxHash(),
            frag.bodyRoot(),
            frag.sentAtMs() + 1);
    assertThat(later.identity()).isEqualTo(frag.identity());
    assertThat(later.structHash()).isNotEqualTo(frag.structHash());
    assertThat(scene.frag(5, 60, 2, ctx, frag.bodyRoot()).identity())
        .as("another frag before it")
        .isNotEqualTo(frag.identity());
    Seal seal = scene.seal(5, 60, ctx, scene.hash(), false);
    assertThat(seal.identity()).isNotEqualTo(seal.structHash());
    assertThat(scene.seal(5, 60, ctx, seal.blocksRoot(), true).identity())
        .isNotEqualTo(seal.identity());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.commitment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.primitives.codec.DecodeException;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class CommitmentJsonTest {
  private static final long SEED = Long.getLong("lockstep.seed", 20261122L);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Scene scene = new Scene(SEED);

  private Commitment throughText(Commitment commitment) throws DecodeException {
    String text = JSON.writeValueAsString(CommitmentJson.write(scene.domain(), commitment, "frag"));
    return CommitmentJson.read(scene.domain(), JSON.readTree(text));
  }

  private void survives(Commitment commitment) throws DecodeException {
    Commitment back = throughText(commitment);
    assertThat(back.committer()).isEqualTo(commitment.committer());
    assertThat(back.signed()).isEqualTo(commitment.signed());
    assertThat(back.leaf()).isEqualTo(commitment.leaf());
    assertThat(back.path()).isEqualTo(commitment.path());
    Commitment.SealProof seal = commitment.seal();
    Commitment.SealProof readSeal = back.seal();
    if (seal == null || readSeal == null) {
      assertThat(readSeal).isEqualTo(seal);
    } else {
      // The seal's Ctx is not written a second time: its hash in the seal binds it to the frag's.
      assertThat(readSeal.signed().object()).isEqualTo(seal.signed().object());
      assertThat(readSeal.signed().signature()).isEqualTo(seal.signed().signature());
      assertThat(readSeal.leaf()).isEqualTo(seal.leaf());
      assertThat(readSeal.path()).isEqualTo(seal.path());
    }
    assertThat(CommitmentCheck.disagreement(scene.domain(), scene.clusterId(), back)).isEmpty();
  }

  @Test
  void readsBackFragsWithAndWithoutASeal() throws DecodeException {
    for (int round = 0; round < 30; round++) {
      Ctx ctx = scene.ctx();
      FragMessage frag = scene.fragMessage(7, 80 + round, round, ctx, 1 + round % 7, 1 + round % 3);
      SealMessage seal = scene.sealMessage(7, 80 + round, ctx, 2, round % 5, scene.key());
      for (int leaf = 0; leaf < frag.leaves().size(); leaf++) {
        survives(scene.commitment(frag, leaf, null));
        survives(scene.commitment(frag, leaf, seal));
      }
    }
  }

  @Test
  void readsBackPromisesOfEveryKind() throws DecodeException {
    for (int round = 0; round < 30; round++) {
      Ctx ctx = scene.ctx();
      TxLeaf leaf = scene.fragMessage(7, 80 + round, round, ctx, 1).leaves().getFirst();
      for (PromiseBody body : scene.bodies(leaf)) {
        HeldPromise held = scene.promised(7, ctx, body);
        String text =
            JSON.writeValueAsString(
                PromiseJson.write(scene.domain(), held, "frag", round, scene.hash()));
        Held back = HeldJson.read(scene.domain(), JSON.readTree(text));
        assertThat(back).as("seed %d", SEED).isEqualTo(held);
      }
    }
  }

  @Test
  void namesThePlaceOfAPromisesFault() {
    Ctx ctx = new Ctx(5, scene.hash(), scene.hash(), Ctx.FALLBACK);
    PromiseBody body = new PromiseBody.Inclusion(901, scene.address(), 3, scene.hash(), 90);
    ObjectNode json =
        PromiseJson.write(scene.domain(), scene.promised(7, ctx, body), "frag", 80, scene.hash());
    ((ObjectNode) json.get("said")).put("nonce", "0x4");
    promiseFault(json, "said is not what the signed body states");
    ((ObjectNode) json.get("said")).put("more", "0x4");
    promiseFault(json, "said has an unknown field more");
    json.putArray("flags").add("PROVISIONAL");
    promiseFault(json, "flags are not those of the signed ctx, [FALLBACK]");
    json.put("tick", "80");
    promiseFault(json, "promise.tick");
    json.put("seal", "0x");
    promiseFault(json, "promise has an unknown field seal");
  }

  private void promiseFault(JsonNode json, String message) {
    assertThatThrownBy(() -> HeldJson.read(scene.domain(), json))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining(message);
  }

  @Test
  void showsSignedObjectsInStreamsWithWhatTheyDependOn() {
    Ctx ctx = scene.ctx();
    Signed<Seal> signed = scene.sealMessage(7, 80, ctx, 1).seal();
    ObjectNode shown = CommitmentJson.writeSigned(scene.domain(), signed);
    assertThat(shown.propertyNames()).containsExactly("typedData", "signature", "ctx");
    assertThat(Eip712.digest(shown.get("typedData")))
        .isEqualTo(scene.domain().digest(signed.object()));
  }

  @Test
  void refusesAPathThatNoTreeHas() {
    Ctx ctx = scene.ctx();
    Commitment commitment = scene.commitment(scene.fragMessage(7, 80, 0, ctx, 2), 0, null);
    ObjectNode json = CommitmentJson.write(scene.domain(), commitment, "frag");
    ArrayNode path = json.putArray("path");
    for (int i = 0; i < 65; i++) {
      path.add(scene.hash().toHex());
    }
    assertThatThrownBy(() -> CommitmentJson.read(scene.domain(), json))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining("at most 64");
  }

  @Test
  void namesThePlaceOfAFault() {
    Ctx ctx = scene.ctx();
    SealMessage seal = scene.sealMessage(7, 80, ctx, 1);
    Commitment commitment = scene.commitment(scene.fragMessage(7, 80, 0, ctx, 2), 0, seal);
    ObjectNode json = CommitmentJson.write(scene.domain(), commitment, "sealed");
    ((ObjectNode) json.at("/seal/typedData/message")).put("tick", "80");
    fault(json, "seal.typedData.message.tick");
    ((ObjectNode) json.get("seal")).remove("path");
    fault(json, "seal lacks the field path");
    json.putNull("ctx");
    fault(json, "commitment.ctx is not a JSON object");
    fault(JSON.readTree("[]"), "commitment is not a JSON object");
  }

  private void fault(JsonNode json, String message) {
    assertThatThrownBy(() -> CommitmentJson.read(scene.domain(), json))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining(message);
  }

  @Test
  void refusesASealInThePlaceOfAFragAndAFragInThatOfASeal() {
    Ctx ctx = scene.ctx();
    SealMessage seal = scene.sealMessage(7, 80, ctx, 1);
    Commitment commitment = scene.commitment(scene.fragMessage(7, 80, 0, ctx, 1), 0, seal);
    ObjectNode json = CommitmentJson.write(scene.domain(), commitment, "sealed");
    JsonNode fragData = json.get("typedData");
    JsonNode sealData = json.at("/seal/typedData");
    json.set("typedData", sealData);
    fault(json, "must be a Frag");
    json.set("typedData", fragData);
    ((ObjectNode) json.get("seal")).set("typedData", fragData);
    fault(json, "is not a Seal");
  }

  @Test
  void refusesAFragIndexThatTheSignedTypeCannotHold() {
    Ctx ctx = scene.ctx();
    Commitment commitment = scene.commitment(scene.fragMessage(7, 80, 0, ctx, 1), 0, null);
    ObjectNode json = CommitmentJson.write(scene.domain(), commitment, "frag");
    ((ObjectNode) json.at("/typedData/message")).put("fragIdx", "0x100000000");
    fault(json, "fragIdx");
  }
}

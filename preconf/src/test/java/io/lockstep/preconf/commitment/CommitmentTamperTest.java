// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.commitment;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.primitives.codec.DecodeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Any one fact of a commitment's JSON changed: refused when read, or found to disagree. */
class CommitmentTamperTest {
  private static final long SEED = Long.getLong("lockstep.seed", 20261122L);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final Set<String> REMARKS = Set.of("/grade", "/tick", "/requestHash");

  private final Scene scene = new Scene(SEED);

  private record Change(String what, JsonNode result) {}

  /** Why it is refused, or empty. */
  private Optional<String> verdict(JsonNode json) {
    try {
      Held held = HeldJson.read(scene.domain(), json);
      return CommitmentCheck.disagreement(scene.domain(), scene.clusterId(), held);
    } catch (DecodeException e) {
      return Optional.of("not read: " + e.getMessage());
    }
  }

  private int refusesEveryChange(Commitment commitment) {
    return refusesEveryChange(CommitmentJson.write(scene.domain(), commitment, "sealed"));
  }

  private int refusesEveryChange(JsonNode genuine) {
    assertThat(verdict(genuine)).as("genuine, seed %d", SEED).isEmpty();
    List<Change> changes = new ArrayList<>();
    collect(genuine, JsonPointer.empty(), changes);
    for (Change change : changes) {
      assertThat(verdict(change.result))
          .as("%s, seed %d", change.what, SEED)
          .hasValueSatisfying(why -> assertThat(why).isNotBlank());
    }
    return changes.size();
  }

  /** Adds every change of the node at {@code at} and below it. */
  private void collect(JsonNode root, JsonPointer at, List<Change> changes) {
    JsonNode node = root.at(at);
    // Remarks of the node, which no signature covers.
    if (REMARKS.contains(at.toString())) {
      return;
    }
    if (node instanceof ObjectNode object) {
      for (String name : List.copyOf(object.propertyNames())) {
        changes.add(changed(root, at, copy -> ((ObjectNode) copy).remove(name), "without " + name));
        collect(root, at.appendProperty(name), changes);
      }
      changes.add(changed(root, at, copy -> ((ObjectNode) copy).put("more", "0x1"), "with more"));
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        int index = i;
        changes.add(changed(root, at, copy -> ((ArrayNode) copy).remove(index), "without " + i));
        changes.add(
            changed(
                root,
                at,
                copy -> ((ArrayNode) copy).insert(index, array.get(index)),
                "twice " + i));
        if (i > 0 && !array.get(i).equals(array.get(i - 1))) {
          changes.add(changed(root, at, copy -> swap((ArrayNode) copy, index), "swapped at " + i));
        }
        collect(root, at.appendIndex(i), changes);
      }
    }
    for (JsonNode other : others(node)) {
      // Leaving the seal out makes a lesser commitment, which is as genuine.
      if (!(at.toString().equals("/seal") && other.isNull())) {
        changes.add(new Change(at + " becomes " + other, replaced(root, at, other)));
      }
    }
  }

  @FunctionalInterface
  private interface Edit {
    void apply(JsonNode copy);
  }

  private static Change changed(JsonNode root, JsonPointer at, Edit edit, String what) {
    JsonNode copy = root.deepCopy();
    edit.apply(copy.at(at));
    return new Change(at + " " + what, copy);
  }

  private static void swap(ArrayNode array, int index) {
    JsonNode moved = array.remove(index);
    array.insert(index - 1, moved);
  }

  private static JsonNode replaced(JsonNode root, JsonPointer at, JsonNode value) {
    if (at.length() == 0) {
      return value;
    }
    JsonNode copy = root.deepCopy();
    JsonNode parent = copy.at(at.head());
    if (parent instanceof ArrayNode array) {
      array.set(at.last().getMatchingIndex(), value);
    } else {
      ((ObjectNode) parent).set(at.last().getMatchingProperty(), value);
    }
    return copy;
  }

  private List<JsonNode> others(JsonNode node) {
    List<JsonNode> out = new ArrayList<>();
    List<JsonNode> kinds =
        List.of(
            NODES.nullNode(),
            NODES.objectNode(),
            NODES.arrayNode(),
            NODES.booleanNode(true),
            NODES.booleanNode(false),
            NODES.numberNode(1_234_567),
            NODES.numberNode(-1),
            NODES.stringNode(""),
            NODES.stringNode("0x"),
            NODES.stringNode("0x123456789"),
            NODES.stringNode("0x+1"));
    for (JsonNode kind : kinds) {
      if (!kind.equals(node)) {
        out.add(kind);
      }
    }
    if (node.isString()) {
      String text = node.asString();
      boolean isHex = text.startsWith("0x");
      for (int i = 0; i < text.length(); i++) {
        char other = isHex ? otherDigit(text.charAt(i)) : (char) (text.charAt(i) ^ 1);
        out.add(NODES.stringNode(text.substring(0, i) + other + text.substring(i + 1)));
      }
      if (!text.equals("0x0")) {
        out.add(NODES.stringNode(text + "0"));
        out.add(NODES.stringNode(text + "00"));
      }
      out.add(NODES.stringNode(text.substring(0, text.length() - 1)));
      out.add(NODES.stringNode(" " + text));
    }
    return out;
  }

  private char otherDigit(char digit) {
    int value = Character.digit(digit, 16);
    return value < 0 ? '1' : Character.forDigit((value + 1 + scene.random().nextInt(15)) % 16, 16);
  }

  @Test
  void refusesAnyChangeOfAFragWithItsSeal() {
    Ctx ctx = scene.ctx();
    FragMessage frag = scene.fragMessage(7, 80, 2, ctx, 5, 3);
    SealMessage seal = scene.sealMessage(7, 80, ctx, 3);
    assertThat(refusesEveryChange(scene.commitment(frag, 6, seal))).isGreaterThan(2_000);
  }

  @Test
  void refusesAnyChangeOfTheOnlyTransactionOfTheOnlyBlock() {
    Ctx ctx = scene.ctx();
    FragMessage frag = scene.fragMessage(7, 80, 0, ctx, 1);
    SealMessage seal = scene.sealMessage(7, 80, ctx, 1, 0, scene.key());
    assertThat(refusesEveryChange(scene.commitment(frag, 0, seal))).isGreaterThan(1_500);
  }

  @Test
  void refusesAnyChangeOfAFragAlone() {
    FragMessage frag = scene.fragMessage(7, 80, 0, scene.ctx(), 4);
    assertThat(refusesEveryChange(scene.commitment(frag, 3, null))).isGreaterThan(1_000);
  }

  @Test
  void refusesAnyChangeOfAPromiseOfAnyKind() {
    Ctx ctx = scene.ctx();
    TxLeaf leaf = scene.fragMessage(7, 80, 0, ctx, 1).leaves().getFirst();
    for (PromiseBody body : scene.bodies(leaf)) {
      HeldPromise held = scene.promised(7, ctx, body);
      assertThat(
              refusesEveryChange(PromiseJson.write(scene.domain(), held, "frag", 80, scene.hash())))
          .isGreaterThan(1_000);
    }
  }

  @Test
  void takesACommitmentWhoseSealIsLeftOut() {
    Ctx ctx = scene.ctx();
    FragMessage frag = scene.fragMessage(7, 80, 0, ctx, 2);
    ObjectNode json =
        CommitmentJson.write(
            scene.domain(), scene.commitment(frag, 0, scene.sealMessage(7, 80, ctx, 1)), "sealed");
    json.putNull("seal");
    json.put("grade", "any remark");
    assertThat(verdict(json)).isEmpty();
  }

  @Test
  void refusesPartsThatAreGenuineButBelongElsewhere() {
    Ctx ctx = scene.ctx();
    FragMessage frag = scene.fragMessage(7, 80, 0, ctx, 2, 2);
    Commitment genuine = scene.commitment(frag, 0, scene.sealMessage(7, 80, ctx, 2));
    List<SealMessage> foreign =
        List.of(
            scene.sealMessage(7, 81, ctx, 2),
            scene.sealMessage(8, 80, ctx, 2),
            scene.sealMessage(7, 80, scene.ctx(), 2),
            scene.sealMessage(7, 80, ctx, 2, 3, scene.secretKey()));
    for (SealMessage seal : foreign) {
      assertThat(disagreement(scene.commitment(frag, 0, seal))).isNotEmpty();
    }
    Commitment otherRollup = scene.commitment(frag, 2, scene.sealMessage(7, 80, ctx, 2));
    assertThat(disagreement(with(genuine, otherRollup.leaf(), otherRollup.path()))).isNotEmpty();
    assertThat(disagreement(with(genuine, otherRollup.leaf(), genuine.path()))).isNotEmpty();
    assertThat(
            disagreement(
                new Commitment(
                    genuine.committer(),
                    genuine.signed(),
                    genuine.leaf(),
                    genuine.path(),
                    otherRollup.seal())))
        .hasValueSatisfying(why -> assertThat(why).contains("its block is not the one"));
  }

  @Test
  void refusesAnotherClusterAndAnotherDomain() {
    Commitment genuine = scene.commitment(scene.fragMessage(7, 80, 0, scene.ctx(), 1), 0, null);
    assertThat(CommitmentCheck.disagreement(scene.domain(), scene.hash(), genuine))
        .hasValueSatisfying(why -> assertThat(why).contains("clusterId"));
    CommitmentDomain other =
        new CommitmentDomain(Scene.L1_CHAIN_ID + 1, scene.domain().verifyingContract());
    assertThat(CommitmentCheck.disagreement(other, scene.clusterId(), genuine)).isNotEmpty();
  }

  private Optional<String> disagreement(Commitment commitment) {
    return CommitmentCheck.disagreement(scene.domain(), scene.clusterId(), commitment);
  }

  private static Commitment with(
      Commitment of, TxLeaf leaf, List<io.lockstep.primitives.types.Hash32> path) {
    return new Commitment(of.committer(), of.signed(), leaf, path, of.seal());
  }

  @Test
  void givesTheSameVerdictAfterBeingWrittenAsText() {
    Commitment genuine = scene.commitment(scene.fragMessage(7, 80, 0, scene.ctx(), 3), 1, null);
    JsonNode json = CommitmentJson.write(scene.domain(), genuine, "frag");
    assertThat(verdict(JSON.readTree(JSON.writeValueAsString(json)))).isEmpty();
  }
}

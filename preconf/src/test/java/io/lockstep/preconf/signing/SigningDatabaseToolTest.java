// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.storage.kv.StorageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Out of one signing database, into another. */
class SigningDatabaseToolTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir Path dir;

  private final SigningScene scene = new SigningScene(8);
  private final Ctx ctx = scene.ctx();

  private SigningDatabaseTool tool(String folder) {
    Path at = dir.resolve(folder);
    return new SigningDatabaseTool(at.resolve("db"), at.resolve("signing"), scene.scope());
  }

  private SigningRig rig(String folder) {
    return SigningRig.open(scene, dir.resolve(folder), SigningRig.Options.PLAIN);
  }

  /** Signs three ticks and ends a window in folder {@code a}. */
  private JsonNode exported() throws Exception {
    try (SigningRig rig = SigningRig.open(scene, dir.resolve("a"))) {
      rig.grantFrag(5, 100, ctx);
      rig.grantFrag(5, 100, ctx);
      rig.grantSeal(5, 100, ctx, false);
      rig.grantSeal(5, 101, ctx, true);
      rig.grantFrag(6, 102, ctx);
    }
    return JSON.readTree(tool("a").export().toPrettyString());
  }

  @Test
  void writesWhatTheDocumentSays() throws Exception {
    JsonNode json = exported();
    JsonNode metadata = json.get("metadata");
    assertThat(metadata.propertyNames())
        .containsExactly("interchange_format_version", "cluster_id", "l1_chain_id");
    assertThat(metadata.get("cluster_id").asString()).isEqualTo(scene.scope().clusterId().toHex());
    JsonNode one = json.get("data").get(0);
    assertThat(one.propertyNames())
        .containsExactly(
            "committer", "reservation", "last_eop_window_slot", "signed_frags", "signed_seals");
    assertThat(one.get("reservation").asString()).isEqualTo("103");
    assertThat(one.get("last_eop_window_slot").asString()).isEqualTo("5");
    assertThat(one.get("signed_frags")).hasSize(3);
    assertThat(one.get("signed_frags").get(1).propertyNames())
        .containsExactly(
            "tick",
            "frag_idx",
            "window_slot",
            "identity",
            "at_ms",
            "signing_root",
            "signature",
            "ctx");
    JsonNode seal = one.get("signed_seals").get(1);
    assertThat(seal.get("eop").asBoolean()).isTrue();
    assertThat(seal.get("blocks").get(0).propertyNames())
        .containsExactly("rollup_id", "number", "block_hash", "parent_hash", "final");
    assertThat(seal.get("blocks").get(0).get("final").asBoolean()).isTrue();
  }

  @Test
  void anImportedDatabaseListensPassesTheWindowOverAndContradictsNothing() throws Exception {
    JsonNode json = exported();
    assertThat(tool("b").importFrom(json)).isEqualTo(new SigningDatabaseTool.Imported(5, 0));
    SigningRig.Options listening = SigningRig.Options.PLAIN.withEpochs(1).at(200_000);
    try (SigningRig rig = SigningRig.open(scene, dir.resolve("b"), listening)) {
      assertThat(rig.signer.verdict(200_000)).isInstanceOf(SigningVerdict.Waiting.class);
      assertThat(rig.signer.isRestored()).isTrue();
      rig.signer.caughtUp(200_000, 16_000);
      rig.signer.restoredPast(150);
      assertThat(rig.signer.verdict(215_999)).isInstanceOf(SigningVerdict.Waiting.class);
      assertThat(rig.signer.verdict(216_000)).isEqualTo(new SigningVerdict.Ready());
      assertThat(rig.signer.unfinished()).isEmpty();
      rig.refuse(rig.frag(9, 150, 0, Hash32.ZERO, ctx), ctx, "is spent");
      rig.refuse(rig.frag(5, 151, 0, Hash32.ZERO, ctx), ctx, "window 5 is over");
      List<SealMessage.SealedBlock> other =
          scene.blocks(151, 101, scene.scene.hash(), scene.scene.hash());
      assertThat(SigningRig.reason(rig.sign(scene.seal(9, 151, ctx, other, false), ctx, other)))
          .contains("was sealed with another hash");
      rig.grantSeal(9, 151, ctx, false);
    }
    JsonNode again = tool("b").export();
    assertThat(again.get("data").get(0).get("signed_seals")).hasSize(3);
    assertThat(again.get("data").get(0).get("watermark").asString()).isEqualTo("150");
  }

  @Test
  void mergingNeverLowersAndClearsWhatHeldSigningBack() throws Exception {
    JsonNode older = exported();
    Frag unfinished;
    try (SigningRig rig = rig("a")) {
      unfinished = rig.grantFrag(7, 300, ctx);
      rig.signer.saw(
          scene.scene.sign(scene.frag(9, 400, 0, Hash32.ZERO, ctx, scene.scene.hash(), 1), ctx));
      assertThat(rig.signer.verdict(0)).isInstanceOf(SigningVerdict.Refusing.class);
    }
    assertThat(tool("a").importFrom(older)).isEqualTo(new SigningDatabaseTool.Imported(0, 0));
    try (SigningRig rig = rig("a")) {
      assertThat(rig.signer.verdict(0)).isInstanceOf(SigningVerdict.Waiting.class);
      rig.signer.restoredPast(-1);
      assertThat(rig.signer.verdict(0)).isEqualTo(new SigningVerdict.Ready());
      assertThat(rig.signer.mayOpen(303, 8)).isFalse();
      assertThat(rig.signer.unfinished().orElseThrow().mayContinue()).isFalse();
      rig.refuse(rig.frag(7, 300, 1, unfinished.identity(), ctx), ctx, "is spent");
      rig.grantFrag(8, 304, ctx);
    }
  }

  @Test
  void countsPlacesThatTwoSignersHaveFilled() throws Exception {
    JsonNode one = exported();
    try (SigningRig rig = SigningRig.open(scene, dir.resolve("b"))) {
      rig.grantSeal(5, 100, ctx, false);
    }
    assertThat(tool("b").importFrom(one)).isEqualTo(new SigningDatabaseTool.Imported(4, 1));
  }

  @Test
  void bringsBackANodeWhoseDatabaseIsMissing() throws Exception {
    JsonNode json = exported();
    Files.move(dir.resolve("a/signing"), dir.resolve("a/lost"));
    try (SigningRig rig = rig("a")) {
      assertThat(rig.signer.verdict(0)).isInstanceOf(SigningVerdict.Refusing.class);
    }
    assertThat(tool("a").importFrom(json).records()).isEqualTo(5);
    try (SigningRig rig = rig("a")) {
      rig.signer.restoredPast(500);
      assertThat(rig.signer.verdict(0)).isEqualTo(new SigningVerdict.Ready());
    }
    try (SigningRig rig = rig("a")) {
      assertThat(rig.signer.verdict(0)).isEqualTo(new SigningVerdict.Ready());
    }
  }

  @Test
  void aNewDatabaseInPlaceOfAMissingOneIsARestoredOne() throws Exception {
    exported();
    Files.move(dir.resolve("a/signing"), dir.resolve("a/lost"));
    tool("a").renew();
    try (SigningRig rig = rig("a")) {
      rig.signer.sawPosted(5, 100, 101);
      assertThat(rig.signer.isRestored()).isTrue();
      rig.signer.restoredPast(120);
      assertThat(rig.signer.verdict(0)).isEqualTo(new SigningVerdict.Ready());
      assertThat(rig.signer.mayOpen(120, 9)).isFalse();
      rig.grantSeal(9, 121, ctx, false);
    }
  }

  @Test
  void renewingKeepsWhatIsThere() throws Exception {
    exported();
    tool("a").renew();
    assertThat(tool("a").export().get("data").get(0).get("signed_seals")).hasSize(2);
    try (SigningRig rig = rig("a")) {
      assertThat(rig.signer.isRestored()).isTrue();
    }
  }

  @Test
  void worksOnNothingThatRunsOrIsNotThere() throws Exception {
    assertThatThrownBy(() -> tool("a").export())
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("no signing database in");
    JsonNode json = exported();
    try (SigningRig _ = rig("a")) {
      assertThatThrownBy(() -> tool("a").export()).hasMessageContaining("in use");
      assertThatThrownBy(() -> tool("a").importFrom(json)).hasMessageContaining("in use");
      assertThatThrownBy(() -> tool("a").renew()).hasMessageContaining("in use");
    }
  }

  @Test
  void refusesWhatIsForAnotherClusterOrCommitterByName() throws Exception {
    JsonNode json = exported();
    SigningScene other = new SigningScene(9);
    SigningScope mine = scene.scope();
    for (SigningScope wanted :
        List.of(
            new SigningScope(other.scope().clusterId(), 900, mine.committer()),
            new SigningScope(mine.clusterId(), 901, mine.committer()),
            new SigningScope(mine.clusterId(), 900, other.scope().committer()))) {
      Path at = dir.resolve("c");
      assertThatThrownBy(() ->
              new SigningDatabaseTool(at.resolve("db"), at.resolve("signing"), wanted)
                  .importFrom(json))
          .isInstanceOf(SigningDatabaseRefused.class)
          .hasMessageContaining("this node");
      assertThatThrownBy(() ->
              new SigningDatabaseTool(dir.resolve("a/db"), dir.resolve("a/signing"), wanted)
                  .export())
          .isInstanceOf(SigningDatabaseRefused.class)
          .hasMessageContaining(mine.committer().toString());
      assertThat(at).doesNotExist();
    }
  }

  @Test
  void refusesAFileThatIsNoExportAndChangesNothing() throws Exception {
    JsonNode json = exported();
    for (String field :
        List.of("tick", "frag_idx", "identity", "at_ms", "signature", "signing_root", "ctx")) {
      ObjectNode bad = (ObjectNode) json.deepCopy();
      ((ObjectNode) bad.get("data").get(0).get("signed_frags").get(0)).remove(field);
      assertThatThrownBy(() -> tool("d").importFrom(bad))
          .as(field)
          .isInstanceOf(DecodeException.class)
          .hasMessageContaining(field);
    }
    ObjectNode twice = (ObjectNode) json.deepCopy();
    ArrayNode frags = (ArrayNode) twice.get("data").get(0).get("signed_frags");
    frags.add(frags.get(0).deepCopy());
    assertThatThrownBy(() -> tool("d").importFrom(twice)).hasMessageContaining("twice");
    ObjectNode number = (ObjectNode) json.deepCopy();
    ((ObjectNode) number.get("data").get(0)).put("reservation", "-3");
    assertThatThrownBy(() -> tool("d").importFrom(number)).hasMessageContaining("decimal");
    ObjectNode version = (ObjectNode) json.deepCopy();
    ((ObjectNode) version.get("metadata")).put("interchange_format_version", "2");
    assertThatThrownBy(() -> tool("d").importFrom(version)).hasMessageContaining("version 2");
    assertThatThrownBy(() -> tool("d").importFrom(JSON.readTree("[]")))
        .hasMessageContaining("metadata");
    assertThat(dir.resolve("d")).doesNotExist();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lockstep.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The arrows between rooms: those of the table and no others. */
class ArrowsTest {
  private static final String BASE = "io.lockstep.";
  private static final String ALL = "io.lockstep..";

  /** Each room with what it may import, bottom first; a package stands for itself and below. */
  private static final Map<String, List<String>> TABLE = new LinkedHashMap<>();

  static {
    TABLE.put("primitives", List.of());
    TABLE.put("config", List.of("primitives"));
    TABLE.put("storage", List.of("primitives", "config"));
    TABLE.put("l1client", List.of("primitives", "config", "storage"));
    TABLE.put("execution", List.of("primitives", "config", "storage"));
    TABLE.put("preconf", List.of("primitives", "config", "storage"));
    TABLE.put(
        "sequencer",
        List.of("primitives", "config", "storage", "l1client", "execution", "preconf"));
    TABLE.put("devnet", List.of("primitives", "config", "storage", "execution", "preconf.wire"));
    TABLE.put(
        "node",
        List.of(
            "primitives",
            "config",
            "storage",
            "l1client",
            "execution",
            "preconf",
            "sequencer",
            "devnet"));
  }

  @SuppressWarnings("unused") // read by name
  private static final List<String> ROOMS = List.copyOf(TABLE.keySet());

  private static JavaClasses classes = new ClassFileImporter().importClasses();

  @BeforeAll
  static void readTheBuild() {
    classes =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.lockstep");
    assertThat(classes).as("classes of the build").isNotEmpty();
  }

  private static DescribedPredicate<JavaClass> in(String... packages) {
    List<String> patterns = new ArrayList<>();
    for (String name : packages) {
      patterns.add(BASE + name + "..");
    }
    return resideInAnyPackage(patterns.toArray(String[]::new));
  }

  private static void forbid(
      DescribedPredicate<JavaClass> from, DescribedPredicate<JavaClass> to, String because) {
    noClasses()
        .that(from)
        .should()
        .dependOnClassesThat(to)
        .because(because)
        .allowEmptyShould(true)
        .check(classes);
  }

  @ParameterizedTest
  @FieldSource("ROOMS")
  void aRoomImportsOnlyWhatTheTableAllows(String room) {
    List<String> allowed = new ArrayList<>(TABLE.getOrDefault(room, List.of()));
    allowed.add(room);
    forbid(
        in(room),
        resideInAPackage(ALL).and(DescribedPredicate.not(in(allowed.toArray(String[]::new)))),
        room + " may import " + allowed);
  }

  /** A rule over classes that were not read would pass whatever they import. */
  @Test
  void aForbiddenArrowIsFound() {
    assertThatThrownBy(() -> forbid(in("config.cli"), in("config.table"), "this arrow is there"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("this arrow is there");
  }

  @Test
  void everyClassBelongsToARoom() {
    assertThat(classes)
        .allSatisfy(type ->
            assertThat(TABLE.keySet())
                .as(type.getName())
                .anyMatch(room -> type.getPackageName().startsWith(BASE + room)));
  }

  @Test
  void theEvmSeesNeitherStorageNorConfig() {
    forbid(in("execution.evm"), in("storage", "config"), "the EVM runs over ports alone");
  }

  @Test
  void derivationSeesNeitherMempoolNorBuilder() {
    forbid(
        in("sequencer.derive"),
        in("sequencer.mempool", "sequencer.builder"),
        "a follower derives without them");
  }

  @Test
  void onlyStorageImportsRocksDb() {
    onlyIn("org.rocksdb", "storage");
  }

  @Test
  void onlyTheWireAndGossipImportNetty() {
    onlyIn("io.netty", "preconf.wire", "preconf.gossip");
  }

  @Test
  void onlyTheCommandLineImportsPicocli() {
    onlyIn("picocli", "config.cli");
  }

  @Test
  void onlyTheTableOfKeysImportsToml() {
    onlyIn("org.tomlj", "config.table");
  }

  @Test
  void web3jStaysAtTheEdgeOfL1() {
    onlyIn("org.web3j", "l1client", "devnet.deploy");
  }

  @Test
  void onlyPrimitivesLoadTheKzgLibrary() {
    onlyIn("ethereum.ckzg4844", "primitives.crypto");
  }

  private static void onlyIn(String library, String... packages) {
    forbid(
        resideInAPackage(ALL).and(DescribedPredicate.not(in(packages))),
        resideInAPackage(library + ".."),
        library + " belongs to " + List.of(packages));
  }

  @Test
  void nobodyTouchesBlobUtils() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("org.web3j.crypto.BlobUtils")
        .because("its initialiser loads the KZG library a second time and breaks the first")
        .check(classes);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.SecretKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeystoreTest {
  private static final KeyPassword PASSWORD = KeyPassword.of("testpassword");
  private static final String SECRET =
      "0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d";

  /** The example of the Web3 Secret Storage definition with scrypt. */
  private static final String SCRYPT =
      """
      {"crypto": {"cipher": "aes-128-ctr",
        "cipherparams": {"iv": "83dbcc02d8ccb40e466191a123791e0e"},
        "ciphertext": "d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c",
        "kdf": "scrypt",
        "kdfparams": {"dklen": 32, "n": 262144, "r": 1, "p": 8,
          "salt": "ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19"},
        "mac": "2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097"},
       "id": "3198bc9c-6672-5ab3-d995-4942343ae5b6", "version": 3}
      """;

  /** The definition's example with PBKDF2. */
  private static final String PBKDF2 =
      """
      {"crypto": {"cipher": "aes-128-ctr",
        "cipherparams": {"iv": "6087dab2f9fdbbfaddc31a909735c1e6"},
        "ciphertext": "5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46",
        "kdf": "pbkdf2",
        "kdfparams": {"c": 262144, "dklen": 32, "prf": "hmac-sha256",
          "salt": "ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd"},
        "mac": "517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2"},
       "id": "3198bc9c-6672-5ab3-d995-4942343ae5b6", "version": 3}
      """;

  @TempDir Path folder;

  @Test
  void opensTheExamplesOfTheDefinition() throws Exception {
    assertThat(Keystore.parse(SCRYPT).open(PASSWORD).exposeHex()).isEqualTo(SECRET);
    assertThat(Keystore.parse(PBKDF2).open(PASSWORD).exposeHex()).isEqualTo(SECRET);
  }

  /** RFC 7914, section 12. */
  @Test
  void derivesAsTheRfcDoes() {
    byte[] key = Scrypt.derive(ascii("password"), ascii("NaCl"), 1024, 8, 16, 64);
    assertThat(HexFormat.of().formatHex(key))
        .isEqualTo(
            "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
                + "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640");
    byte[] empty = Scrypt.derive(new byte[0], new byte[0], 16, 1, 1, 64);
    assertThat(HexFormat.of().formatHex(empty))
        .isEqualTo(
            "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
                + "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906");
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void refusesAnotherPassword() throws Exception {
    Keystore keystore = Keystore.parse(PBKDF2);
    assertThatThrownBy(() -> keystore.open(KeyPassword.of("testpassword ")))
        .isInstanceOf(Keystore.WrongPasswordException.class);
  }

  @Test
  void aKeyWrittenUnderAPasswordComesBack() throws Exception {
    Path file = folder.resolve("keys/committer.json");
    SecretKey key = SecretKey.fromHex(SECRET);
    KeyFile.create(file, Keystore.encrypt(key, PASSWORD, new Random(1)));

    assertThat(Files.readString(file)).doesNotContain(SECRET.substring(2));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(KeyFile.load(file).isEncrypted()).isTrue();
    assertThat(KeyFile.load(file).address()).isEqualTo(key.address());
    assertThat(KeyFile.read(file, PASSWORD).exposeHex()).isEqualTo(SECRET);
    assertThatThrownBy(() -> KeyFile.read(file, KeyPassword.of("other")))
        .hasMessage("the password is not that of " + file);
    assertThatThrownBy(() -> KeyFile.read(file, null)).hasMessageContaining("is encrypted");
    assertThatThrownBy(() -> KeyFile.create(file, "{}"))
        .isInstanceOf(FileAlreadyExistsException.class);
    try (var left = Files.list(file.getParent())) {
      assertThat(left).containsExactly(file);
    }
  }

  @Test
  void refusesAKeystoreOfAnotherAddressThanItSays() throws Exception {
    String other =
        PBKDF2.replace(
            "\"version\"",
            "\"address\": \"00000000000000000000000000000000000000aa\", \"version\"");
    Keystore keystore = Keystore.parse(other);
    assertThatThrownBy(() -> keystore.open(PASSWORD))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining("says it is the key of 0x00000000000000000000000000000000000000")
        .hasMessageContaining("and holds that of");
  }

  @Test
  void refusesWhatIsNoKeystoreOrAsksForTooMuch() {
    assertBad("{", "not JSON");
    assertBad("{}", "not a keystore of version 3");
    assertBad(SCRYPT.replace("\"version\": 3", "\"version\": 4"), "not a keystore of version 3");
    assertBad(SCRYPT.replace("aes-128-ctr", "aes-128-cbc"), "cipher is not aes-128-ctr");
    assertBad(SCRYPT.replace("\"kdf\": \"scrypt\"", "\"kdf\": \"md5\""), "kdf is neither");
    assertBad(SCRYPT.replace("262144", "262143"), "no parameters of scrypt");
    assertBad(SCRYPT.replace("262144", "1073741824"), "more memory");
    assertBad(SCRYPT.replace("\"p\": 8", "\"p\": 100"), "more memory");
    assertBad(SCRYPT.replace("\"dklen\": 32", "\"dklen\": 16"), "dklen is not 32");
    assertBad(SCRYPT.replace("\"iv\": \"83", "\"iv\": \""), "iv is not 16 bytes");
    assertBad(SCRYPT.replace("\"mac\": \"21", "\"mac\": \"zz"), "mac is not hex");
    assertBad(PBKDF2.replace("262144", "1000000000"), "c is not within");
    assertBad(PBKDF2.replace("hmac-sha256", "hmac-md5"), "prf is not hmac-sha256");
  }

  private static void assertBad(String json, String why) {
    assertThatThrownBy(() -> Keystore.parse(json))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining(why);
  }

  @Test
  void readsThePasswordFromTheFirstLine() throws Exception {
    Path file = folder.resolve("password");
    Files.writeString(file, "testpassword\r\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertThat(Keystore.parse(PBKDF2).open(KeyPassword.read(file)).exposeHex()).isEqualTo(SECRET);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> KeyPassword.read(file)).hasMessageContaining("chmod 600");
  }
}

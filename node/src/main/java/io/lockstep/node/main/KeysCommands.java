// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.main;

import io.lockstep.config.NodeConfig;
import io.lockstep.config.OperatorConfig;
import io.lockstep.config.cli.ExitCode;
import io.lockstep.config.cli.Invocation;
import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.config.secret.KeyFile;
import io.lockstep.config.secret.KeyPassword;
import io.lockstep.config.secret.Keystore;
import io.lockstep.node.wire.LockstepNode;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.signing.SigningDatabase;
import io.lockstep.preconf.signing.SigningDatabaseRefused;
import io.lockstep.preconf.signing.SigningDatabaseTool;
import io.lockstep.preconf.signing.SigningScope;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Address;
import io.lockstep.storage.kv.StorageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code lockstep keys …}: keys under a password, and a signing database out of, into, or instead
 * of another one.
 */
final class KeysCommands {
  private static final long MAX_FILE_BYTES = 256L << 20;

  /** Something that cannot be done, with the exit code that says whose fault it is. */
  private static final class Failed extends Exception {
    private final ExitCode code;

    Failed(ExitCode code, String message) {
      super(message);
      this.code = code;
    }
  }

  @FunctionalInterface
  private interface Work {
    void run(SigningDatabaseTool tool)
        throws IOException, DecodeException, SigningDatabaseRefused, Failed;
  }

  private KeysCommands() {}

  static ExitCode encrypt(Invocation.EncryptKey encrypt) {
    try {
      KeyFile.create(
          encrypt.out(), Keystore.encrypt(encrypt.key(), encrypt.password(), new SecureRandom()));
    } catch (FileAlreadyExistsException e) {
      return fail(ExitCode.USAGE, encrypt.out() + " exists already");
    } catch (IOException e) {
      return fail(ExitCode.UNAVAILABLE, encrypt.out() + " cannot be written: " + e.getMessage());
    }
    System.out.println("wrote the key of " + encrypt.key().address() + " to " + encrypt.out());
    return ExitCode.DONE;
  }

  static ExitCode show(Invocation.ShowKeys show) {
    ExitCode code = ExitCode.DONE;
    for (Path file : show.files()) {
      try {
        System.out.println(shown(file, show.password()));
      } catch (KeyFile.UnusableKeyException e) {
        code = fail(ExitCode.NO, String.valueOf(e.getMessage()));
      }
    }
    return code;
  }

  private static String shown(Path file, @Nullable KeyPassword password)
      throws KeyFile.UnusableKeyException {
    KeyFile.Content content = KeyFile.load(file);
    if (!content.isEncrypted()) {
      return content.address() + " " + file + " (plain)";
    }
    if (password != null) {
      return content.unlock(password).address() + " " + file + " (encrypted, opened)";
    }
    Address said = content.address();
    return (said == null ? "unknown" : said) + " " + file + " (encrypted, not opened)";
  }

  static ExitCode exportDatabase(Invocation.ExportSigningDatabase export) {
    return run(
        export.config(),
        tool -> {
          Path out = export.out();
          if (out != null && Files.exists(out)) {
            throw new FileAlreadyExistsException(out.toString());
          }
          String text = tool.export().toPrettyString() + "\n";
          if (out == null) {
            System.out.print(text);
          } else {
            Files.writeString(
                out,
                text,
                StandardCharsets.UTF_8,
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE,
                StandardOpenOption.SYNC);
            System.out.println("wrote " + out);
          }
        });
  }

  static ExitCode importDatabase(Invocation.ImportSigningDatabase give) {
    return run(
        give.config(),
        tool -> {
          SigningDatabaseTool.Imported done = tool.importFrom(read(give.file()));
          System.out.println("imported " + done.records() + " records");
          if (done.contradictions() > 0) {
            System.err.println(
                "lockstep: "
                    + done.contradictions()
                    + " places were signed with another content than this database has recorded:"
                    + " two signers have used this key");
          }
          System.out.println(tellWait(give.config()));
        });
  }

  static ExitCode newDatabase(Invocation.NewSigningDatabase renew) {
    return run(
        renew.config(),
        tool -> {
          tool.renew();
          System.out.println(
              "the signing database in "
                  + tool.signingDir()
                  + " may be used; what a lost one alone knew is not protected by it");
          System.out.println(tellWait(renew.config()));
        });
  }

  private static String tellWait(NodeConfig config) {
    return "the node will listen for another signer for "
        + operator(config).doppelgangerEpochs()
        + " L1 epochs and pass over the window that is open, then sign";
  }

  private static ExitCode run(NodeConfig config, Work work) {
    try {
      work.run(tool(config));
      return ExitCode.DONE;
    } catch (DecodeException e) {
      return fail(ExitCode.USAGE, "the file is not a signing database: " + e.getMessage());
    } catch (SigningDatabaseRefused e) {
      return fail(ExitCode.USAGE, e.text());
    } catch (Failed e) {
      return fail(e.code, String.valueOf(e.getMessage()));
    } catch (FileAlreadyExistsException e) {
      return fail(ExitCode.USAGE, e.getMessage() + " exists already");
    } catch (IOException | StorageException e) {
      return fail(ExitCode.UNAVAILABLE, String.valueOf(e.getMessage()));
    }
  }

  private static ExitCode fail(ExitCode code, String why) {
    System.err.println("lockstep: " + why);
    return code;
  }

  private static JsonNode read(Path file) throws IOException, Failed {
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new Failed(
            ExitCode.USAGE,
            file + " has " + Files.size(file) + " bytes, the limit is " + MAX_FILE_BYTES);
      }
      return JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build()
          .readTree(Files.readString(file, StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      throw new Failed(ExitCode.USAGE, file + " does not exist");
    } catch (JacksonException e) {
      throw new Failed(ExitCode.USAGE, file + " is not JSON: " + e.getOriginalMessage());
    }
  }

  private static SigningDatabaseTool tool(NodeConfig config) {
    ClusterFile cluster = config.cluster().cluster();
    Path dir = config.storage().dir();
    return new SigningDatabaseTool(
        dir.resolve(LockstepNode.MAIN_STORE),
        dir.resolve(SigningDatabase.DIRECTORY),
        new SigningScope(
            CommitmentDomain.clusterId(cluster.l1().chainId(), cluster.clusterInbox()),
            cluster.l1().chainId(),
            operator(config).committer().address()));
  }

  private static OperatorConfig operator(NodeConfig config) {
    OperatorConfig operator = config.operator();
    if (operator == null) {
      throw new IllegalStateException("the command line takes an operator's configuration only");
    }
    return operator;
  }
}

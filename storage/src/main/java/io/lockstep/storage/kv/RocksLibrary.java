// SPDX-License-Identifier: Apache-2.0
package io.lockstep.storage.kv;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/**
 * Loads RocksDB's native code once a process. RocksDB itself unpacks its 17 MB into the temporary
 * directory and deletes them when the process ends in good order, so that every kill -9 leaves them
 * behind; here the file is gone as soon as it is loaded. Any thread.
 */
final class RocksLibrary {
  private static boolean loaded;

  private RocksLibrary() {}

  static synchronized void load() {
    if (loaded) {
      return;
    }
    try (InputStream packed =
        RocksDB.class.getResourceAsStream("/" + Environment.getJniLibraryFileName("rocksdb"))) {
      if (packed == null) {
        // Another packaging: RocksDB knows where else to look.
        RocksDB.loadLibrary();
      } else {
        unpackAndLoad(packed);
      }
      loaded = true;
    } catch (IOException e) {
      throw new StorageException("cannot unpack RocksDB's native library", e);
    } catch (UnsatisfiedLinkError e) {
      throw new StorageException("cannot load RocksDB's native library: " + e.getMessage(), e);
    }
  }

  private static void unpackAndLoad(InputStream packed) throws IOException {
    Path folder = Files.createTempDirectory("lockstep-rocksdb");
    // The name under which RocksDB looks for it in a given folder.
    Path file = folder.resolve(Environment.getJniLibraryFileName("rocksdbjni"));
    try {
      Files.copy(packed, file);
      RocksDB.loadLibrary(List.of(folder.toString()));
    } finally {
      try {
        Files.deleteIfExists(file);
        Files.deleteIfExists(folder);
      } catch (IOException inUse) {
        // Windows keeps a loaded library: then it goes with the process.
        folder.toFile().deleteOnExit();
        file.toFile().deleteOnExit();
      }
    }
  }
}

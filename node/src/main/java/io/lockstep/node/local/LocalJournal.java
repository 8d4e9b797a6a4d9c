// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.local;

import io.lockstep.storage.kv.StorageException;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file to which every accepted transaction of the node's own users is appended before it is
 * answered. It survives a killed process; after a loss of power the newest may be missing, and what
 * was only half written is cut off. Once it has grown by a given number of bytes, those that wait
 * no longer are dropped from it. Any thread.
 */
public final class LocalJournal implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LocalJournal.class);

  /** Entries handed on, or asked for, at a time. */
  private static final int CHUNK = 1_024;

  private final Path file;
  private final long growthBytes;
  private final UnaryOperator<List<Entry>> stillWaiting;
  private FileChannel channel;
  private long endBytes;
  private long compactedBytes;

  private LocalJournal(
      Path file, long growthBytes, UnaryOperator<List<Entry>> stillWaiting, FileChannel channel) {
    this.file = file;
    this.growthBytes = growthBytes;
    this.stillWaiting = stillWaiting;
    this.channel = channel;
  }

  /**
   * Opens or creates a journal.
   *
   * @param growthBytes how much it may grow before it is compacted
   * @param stillWaiting tells which of some entries still wait
   * @throws StorageException when the file cannot be read or is something else
   */
  public static LocalJournal open(
      Path file, long growthBytes, UnaryOperator<List<Entry>> stillWaiting) {
    try {
      Files.deleteIfExists(unfinished(file));
      LocalJournal journal =
          new LocalJournal(
              file,
              growthBytes,
              stillWaiting,
              FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
      journal.cutOffTornTail();
      return journal;
    } catch (IOException e) {
      throw new StorageException("cannot open " + file, e);
    }
  }

  private static Path unfinished(Path file) {
    return file.resolveSibling(file.getFileName() + ".new");
  }

  private void cutOffTornTail() throws IOException {
    try (EntryReader in = new EntryReader(file)) {
      while (in.next() != null) {
        // to the last whole one
      }
      endBytes = in.wholeBytes();
    }
    long torn = channel.size() - endBytes;
    if (torn > 0) {
      LOG.warn("{}: the last {} bytes are not a whole record and are cut off", file, torn);
      channel.truncate(endBytes);
    }
    if (endBytes == 0) {
      write(EntryReader.MAGIC);
    }
    compactedBytes = endBytes;
  }

  /** Hands on all that is in the file, the oldest first, some at a time. */
  public synchronized void read(Consumer<List<Entry>> consumer) {
    try (EntryReader in = new EntryReader(file)) {
      List<Entry> chunk = new ArrayList<>();
      for (Entry entry = in.next(); entry != null; entry = in.next()) {
        chunk.add(entry);
        if (chunk.size() == CHUNK) {
          consumer.accept(List.copyOf(chunk));
          chunk.clear();
        }
      }
      if (!chunk.isEmpty()) {
        consumer.accept(List.copyOf(chunk));
      }
    } catch (IOException e) {
      throw new StorageException("cannot read " + file, e);
    }
  }

  /** Appends with one write; the file is compacted first when it has grown by its bound. */
  public synchronized void append(List<Entry> entries) {
    if (endBytes - compactedBytes >= growthBytes) {
      compact();
    }
    writeAll(entries);
  }

  /** Drops those that wait no longer: a new file takes the place of the old one at once. */
  public synchronized void compact() {
    Path next = unfinished(file);
    try {
      long newEnd;
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(next))) {
        out.write(EntryReader.MAGIC);
        List<Entry> kept = new ArrayList<>();
        read(chunk -> kept.addAll(stillWaiting.apply(chunk)));
        newEnd = EntryReader.MAGIC.length;
        for (Entry entry : kept) {
          byte[] record = EntryReader.encode(entry);
          out.write(record);
          newEnd += record.length;
        }
      }
      FileChannel compacted = FileChannel.open(next, StandardOpenOption.WRITE);
      compacted.force(true);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      channel.close();
      LOG.debug("{} compacted from {} to {} bytes", file, endBytes, newEnd);
      channel = compacted;
      endBytes = newEnd;
      compactedBytes = newEnd;
    } catch (IOException e) {
      throw new StorageException("cannot compact " + file, e);
    }
  }

  private void writeAll(List<Entry> entries) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    entries.forEach(entry -> out.writeBytes(EntryReader.encode(entry)));
    try {
      write(out.toByteArray());
    } catch (IOException e) {
      throw new StorageException("cannot write to " + file, e);
    }
  }

  /** Writes behind the last whole record, so that what a failed write left is written over. */
  private void write(byte[] bytes) throws IOException {
    ByteBuffer left = ByteBuffer.wrap(bytes);
    long at = endBytes;
    while (left.hasRemaining()) {
      at += channel.write(left, at);
    }
    endBytes = at;
  }

  @Override
  public synchronized void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new StorageException("cannot close " + file, e);
    }
  }
}

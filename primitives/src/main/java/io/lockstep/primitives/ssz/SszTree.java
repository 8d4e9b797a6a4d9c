// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.ssz;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Hash32;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads one serialized SSZ object as a stream and hashes it on the way. One thread. Source:
 * consensus-specs ssz/simple-serialize and ssz/merkle-proofs.
 */
public final class SszTree {
  private static final int CHUNK = 32;
  private static final int OFFSET_BYTES = 4;

  private final InputStream in;
  private final WantedNodes nodes;
  private final MessageDigest sha256 = ChunkTree.sha256();
  private final byte[] chunk = new byte[CHUNK];

  /**
   * What was read.
   *
   * @param branches by generalized index; those that the object has no node for are missing
   */
  public record Proven(Hash32 root, Map<Long, Branch> branches) {
    /**
     * The branch of a node that was asked for.
     *
     * @throws IllegalArgumentException when the object has no node there
     */
    public Branch branch(long gindex) {
      Branch branch = branches.get(gindex);
      if (branch == null) {
        throw new IllegalArgumentException("there is no node at " + gindex);
      }
      return branch;
    }
  }

  private SszTree(InputStream in, WantedNodes nodes) {
    this.in = in;
    this.nodes = nodes;
  }

  /**
   * Reads {@code lengthBytes} bytes of {@code in} as a value of {@code type}.
   *
   * @param in buffered by the caller
   * @param gindices of the nodes whose branches are wanted
   * @throws DecodeException when they are not one
   */
  public static Proven read(
      SszType type, InputStream in, long lengthBytes, Collection<Long> gindices)
      throws IOException, DecodeException {
    WantedNodes nodes = new WantedNodes(gindices);
    byte[] root = new SszTree(in, nodes).hash(type, lengthBytes, Gindex.ROOT);
    nodes.saw(Gindex.ROOT, root);
    Map<Long, Branch> branches = new TreeMap<>();
    for (long gindex : gindices) {
      Branch branch = nodes.branch(gindex);
      if (branch != null) {
        branches.put(gindex, branch);
      }
    }
    return new Proven(Hash32.read(root, 0), branches);
  }

  /** As {@link #read}, of a value in memory. */
  public static Proven of(SszType type, byte[] value, Collection<Long> gindices)
      throws DecodeException {
    try {
      return read(type, new ByteArrayInputStream(value), value.length, gindices);
    } catch (IOException e) {
      throw new IllegalStateException("an array can be read", e);
    }
  }

  /**
   * The root of a value that was serialized here.
   *
   * @throws IllegalArgumentException when it is not a value of the type
   */
  public static Hash32 rootOf(SszType type, byte[] value) {
    try {
      return of(type, value, List.of()).root();
    } catch (DecodeException e) {
      throw new IllegalArgumentException("not a value of the type", e);
    }
  }

  private byte[] hash(SszType type, long length, long gindex) throws IOException, DecodeException {
    long fixed = type.fixedBytes();
    if (fixed != -1 && fixed != length) {
      throw new DecodeException(length + " bytes for an SSZ value of " + fixed);
    }
    return switch (type) {
      case SszType.Basic _ -> bytes(length, binary(0, gindex));
      case SszType.ByteVector _ -> bytes(length, binary(depthOfBytes(length), gindex));
      case SszType.Bitvector vector -> bits(vector, length, gindex);
      case SszType.ByteList list -> {
        requireAtMost(length, list.limitBytes());
        byte[] data = bytes(length, binary(depthOfBytes(list.limitBytes()), 2 * gindex));
        yield mixedIn(data, uint64(length), gindex);
      }
      case SszType.Vector vector -> {
        long chunks = Gindex.chunks(vector.element(), vector.length());
        yield elements(vector.element(), length, binary(Gindex.depthOf(chunks), gindex));
      }
      case SszType.ListOf list -> {
        long count = count(list.element(), length);
        requireAtMost(count, list.limit());
        int depth = Gindex.depthOf(Gindex.chunks(list.element(), list.limit()));
        byte[] data = elements(list.element(), length, binary(depth, 2 * gindex));
        yield mixedIn(data, uint64(count), gindex);
      }
      case SszType.ProgressiveList list -> {
        byte[] data = elements(list.element(), length, progressive(2 * gindex));
        yield mixedIn(data, uint64(count(list.element(), length)), gindex);
      }
      case SszType.Container container -> {
        int depth = Gindex.depthOf(container.fields().size());
        yield fields(container.fields(), length, binary(depth, gindex));
      }
      case SszType.ProgressiveContainer container -> {
        byte[] data = fields(container.fields(), length, progressive(2 * gindex));
        yield mixedIn(data, allActive(container.fields().size()), gindex);
      }
    };
  }

  // --- what a type is made of ---

  private byte[] bits(SszType.Bitvector vector, long length, long gindex)
      throws IOException, DecodeException {
    LeafTree tree = binary(depthOfBytes(length), gindex);
    byte[] root = bytes(length, tree);
    int used = (int) (vector.bits() % 8);
    if (used != 0 && (chunk[(int) ((length - 1) % CHUNK)] & 0xff) >>> used != 0) {
      throw new DecodeException("bits beyond the " + vector.bits() + " of a bitvector");
    }
    return root;
  }

  /** Packs so many bytes into chunks; the last one stays in {@link #chunk}. */
  private byte[] bytes(long length, LeafTree tree) throws IOException, DecodeException {
    for (long left = length; left > 0; left -= CHUNK) {
      int size = (int) Math.min(left, CHUNK);
      fill(chunk, size);
      tree.add(chunk);
    }
    return tree.root();
  }

  private byte[] elements(SszType element, long length, LeafTree tree)
      throws IOException, DecodeException {
    if (element instanceof SszType.Basic) {
      return bytes(length, tree);
    }
    long size = element.fixedBytes();
    long count = count(element, length);
    for (long i = 0; i < count; i++) {
      tree.add(hash(element, size, tree.gindexOf(i)));
    }
    return tree.root();
  }

  private byte[] fields(List<SszType.Field> fields, long length, LeafTree tree)
      throws IOException, DecodeException {
    byte[][] roots = new byte[fields.size()][];
    List<Integer> variable = new ArrayList<>();
    List<Long> offsets = new ArrayList<>();
    long position = 0;
    for (int i = 0; i < fields.size(); i++) {
      long fixed = fields.get(i).type().fixedBytes();
      if (fixed == -1) {
        variable.add(i);
        offsets.add(offset());
        position += OFFSET_BYTES;
      } else {
        roots[i] = hash(fields.get(i).type(), fixed, tree.gindexOf(i));
        position += fixed;
      }
    }
    offsets.add(length);
    for (int v = 0; v < variable.size(); v++) {
      int index = variable.get(v);
      SszType.Field field = fields.get(index);
      long from = offsets.get(v);
      long to = offsets.get(v + 1);
      if (from != position || to < from || to > length) {
        throw new DecodeException(
            "field %s from byte %d to %d, at byte %d of %d"
                .formatted(field.name(), from, to, position, length));
      }
      roots[index] = hash(field.type(), to - from, tree.gindexOf(index));
      position = to;
    }
    if (position != length) {
      throw new DecodeException(position + " bytes of fields in an SSZ container of " + length);
    }
    for (byte[] root : roots) {
      tree.add(root);
    }
    return tree.root();
  }

  private LeafTree binary(int depth, long gindex) {
    return new ChunkTree(depth, gindex, nodes, sha256);
  }

  private LeafTree progressive(long gindex) {
    return new ProgressiveTree(gindex, nodes, sha256);
  }

  private byte[] mixedIn(byte[] data, byte[] other, long gindex) {
    nodes.saw(2 * gindex, data);
    nodes.saw(2 * gindex + 1, other);
    return ChunkTree.pair(sha256, data, other);
  }

  // --- bytes ---

  private void fill(byte[] target, int size) throws IOException, DecodeException {
    int read = in.readNBytes(target, 0, size);
    if (read != size) {
      throw new DecodeException("an SSZ value ends early");
    }
    for (int i = size; i < target.length; i++) {
      target[i] = 0;
    }
  }

  private long offset() throws IOException, DecodeException {
    byte[] bytes = new byte[OFFSET_BYTES];
    fill(bytes, OFFSET_BYTES);
    return Integer.toUnsignedLong(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt());
  }

  private static long count(SszType element, long length) throws DecodeException {
    long size = element.fixedBytes();
    if (length % size != 0) {
      throw new DecodeException(length + " bytes of elements of " + size);
    }
    return length / size;
  }

  private static void requireAtMost(long count, long limit) throws DecodeException {
    if (count > limit) {
      throw new DecodeException(count + " elements in an SSZ list, limit " + limit);
    }
  }

  private static int depthOfBytes(long length) {
    return Gindex.depthOf((length + CHUNK - 1) / CHUNK);
  }

  private static byte[] uint64(long value) {
    byte[] out = new byte[CHUNK];
    for (int i = 0; i < Long.BYTES; i++) {
      out[i] = (byte) (value >>> (8 * i));
    }
    return out;
  }

  private static byte[] allActive(int fields) {
    byte[] out = new byte[CHUNK];
    for (int i = 0; i < fields; i++) {
      out[i / 8] |= (byte) (1 << (i % 8));
    }
    return out;
  }
}

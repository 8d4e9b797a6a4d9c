// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.contract;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.tx.Log;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Wei;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.web3j.abi.FunctionEncoder;
import org.web3j.abi.datatypes.DynamicArray;
import org.web3j.abi.datatypes.Function;
import org.web3j.abi.datatypes.Type;
import org.web3j.abi.datatypes.generated.StaticArray2;
import org.web3j.abi.datatypes.generated.Uint32;
import org.web3j.abi.datatypes.generated.Uint64;

/**
 * ABI of {@code OperatorRegistry}. What we send is encoded by web3j; what comes back is read by our
 * own bounded reader. Any thread.
 */
public final class OperatorRegistryAbi {
  public static final Hash32 OPERATOR_REGISTERED =
      ClusterInboxAbi.topic("OperatorRegistered(uint32,address,address[2],address,uint256)");
  public static final Hash32 VALIDATORS_ADDED =
      ClusterInboxAbi.topic("ValidatorsAdded(uint32,uint64[])");
  public static final Hash32 STAKE_ADDED = ClusterInboxAbi.topic("StakeAdded(uint32,uint256)");
  public static final Hash32 OPERATOR_FROZEN = ClusterInboxAbi.topic("OperatorFrozen(uint32)");
  public static final Hash32 OPERATOR_EXITED = ClusterInboxAbi.topic("OperatorExited(uint32)");
  public static final Hash32 STAKE_WITHDRAWN =
      ClusterInboxAbi.topic("StakeWithdrawn(uint32,uint256)");

  /** The topics of all events, for a log filter. */
  public static final List<Hash32> TOPICS =
      List.of(
          OPERATOR_REGISTERED,
          VALIDATORS_ADDED,
          STAKE_ADDED,
          OPERATOR_FROZEN,
          OPERATOR_EXITED,
          STAKE_WITHDRAWN);

  /** Validators in one event; a transaction's gas allows far fewer. */
  private static final int MAX_INDICES = 65_536;

  private OperatorRegistryAbi() {}

  /**
   * Call data of {@code register}; the stake is the transaction's value.
   *
   * @throws IllegalArgumentException when there are not two posters
   */
  @SuppressWarnings({"rawtypes", "unchecked"}) // web3j's array types are raw
  public static Bytes encodeRegister(List<Address> posters, Address committer) {
    if (posters.size() != 2) {
      throw new IllegalArgumentException("an operator has two posters, got " + posters.size());
    }
    StaticArray2 pair =
        new StaticArray2(
            org.web3j.abi.datatypes.Address.class,
            web3jAddress(posters.get(0)),
            web3jAddress(posters.get(1)));
    return encode("register", pair, web3jAddress(committer));
  }

  public static Bytes encodeAddValidators(int operatorId, List<Long> indices) {
    List<Uint64> list = indices.stream().map(i -> new Uint64(BigInteger.valueOf(i))).toList();
    return encode("addValidators", id(operatorId), new DynamicArray<>(Uint64.class, list));
  }

  /** Call data of {@code topUp}; the added stake is the transaction's value. */
  public static Bytes encodeTopUp(int operatorId) {
    return encode("topUp", id(operatorId));
  }

  public static Bytes encodeFreeze(int operatorId) {
    return encode("freeze", id(operatorId));
  }

  public static Bytes encodeExit(int operatorId) {
    return encode("exit", id(operatorId));
  }

  public static Bytes encodeWithdraw(int operatorId) {
    return encode("withdraw", id(operatorId));
  }

  /** Call data of the view {@code operator(id)}. */
  public static Bytes encodeOperator(int operatorId) {
    return encode("operator", id(operatorId));
  }

  public static Bytes encodeOperatorCount() {
    return encode("operatorCount");
  }

  public static Bytes encodeOperatorOfPoster(Address poster) {
    return encode("operatorOfPoster", web3jAddress(poster));
  }

  public static Bytes encodeOperatorOfCommitter(Address committer) {
    return encode("operatorOfCommitter", web3jAddress(committer));
  }

  public static Bytes encodeOperatorOfValidator(long validatorIndex) {
    return encode("operatorOfValidator", new Uint64(BigInteger.valueOf(validatorIndex)));
  }

  public static Bytes encodeMayPost(Address poster) {
    return encode("mayPost", web3jAddress(poster));
  }

  /** What {@code mayPost} returns; id 0 for an address that is nobody's poster. */
  public record MayPost(int operatorId, boolean allowed) {}

  public static MayPost decodeMayPost(Bytes returned) throws DecodeException {
    AbiReader in = new AbiReader(returned);
    MayPost result = new MayPost(in.uint31(), in.bool());
    in.end();
    return result;
  }

  /** Reads a view that returns an operator id or a count; 0 stands for none. */
  public static int decodeId(Bytes returned) throws DecodeException {
    AbiReader in = new AbiReader(returned);
    int id = in.uint31();
    in.end();
    return id;
  }

  /** Reads what {@code operator(id)} returns; an unknown id gives an owner of zero. */
  public static Operator decodeOperator(Bytes returned) throws DecodeException {
    AbiReader in = new AbiReader(returned);
    Operator operator =
        new Operator(
            in.address(),
            List.of(in.address(), in.address()),
            in.address(),
            new Wei(in.uint256()),
            in.uint63(),
            in.uint63(),
            in.uint63(),
            in.bool());
    in.end();
    return operator;
  }

  /** Decodes an event; the log must be one of the registry. */
  public static RegistryEvent decodeEvent(Log log) throws DecodeException {
    if (log.topics().size() < 2) {
      throw new DecodeException("not an event of the registry");
    }
    Hash32 topic = log.topics().getFirst();
    int id = new AbiReader(log.topics().get(1).toBytes()).uint31();
    AbiReader in = new AbiReader(log.data());
    RegistryEvent event = decodeEvent(topic, id, log, in);
    in.end();
    return event;
  }

  private static RegistryEvent decodeEvent(Hash32 topic, int id, Log log, AbiReader in)
      throws DecodeException {
    if (topic.equals(OPERATOR_REGISTERED)) {
      if (log.topics().size() != 3) {
        throw new DecodeException("OperatorRegistered has three topics");
      }
      return new RegistryEvent.OperatorRegistered(
          id,
          new AbiReader(log.topics().get(2).toBytes()).address(),
          List.of(in.address(), in.address()),
          in.address(),
          new Wei(in.uint256()));
    }
    if (topic.equals(VALIDATORS_ADDED)) {
      in.offset(32);
      int count = in.count(MAX_INDICES);
      List<Long> indices = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        indices.add(in.uint63());
      }
      return new RegistryEvent.ValidatorsAdded(id, indices);
    }
    if (topic.equals(STAKE_ADDED)) {
      return new RegistryEvent.StakeAdded(id, new Wei(in.uint256()));
    }
    if (topic.equals(OPERATOR_FROZEN)) {
      return new RegistryEvent.OperatorFrozen(id);
    }
    if (topic.equals(OPERATOR_EXITED)) {
      return new RegistryEvent.OperatorExited(id);
    }
    if (topic.equals(STAKE_WITHDRAWN)) {
      return new RegistryEvent.StakeWithdrawn(id, new Wei(in.uint256()));
    }
    throw new DecodeException("not an event of the registry: topic " + topic);
  }

  @SuppressWarnings("rawtypes") // web3j's Function takes raw types
  private static Bytes encode(String name, Type... parameters) {
    return Bytes.fromHex(
        FunctionEncoder.encode(new Function(name, Arrays.asList(parameters), List.of())));
  }

  private static Uint32 id(int operatorId) {
    return new Uint32(BigInteger.valueOf(operatorId));
  }

  private static org.web3j.abi.datatypes.Address web3jAddress(Address address) {
    return new org.web3j.abi.datatypes.Address(address.toHex());
  }
}

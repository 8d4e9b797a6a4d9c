// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.contract;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.tx.Log;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Wei;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.web3j.abi.FunctionEncoder;
import org.web3j.abi.datatypes.Function;
import org.web3j.abi.datatypes.Type;
import org.web3j.abi.datatypes.generated.StaticArray2;
import org.web3j.abi.datatypes.generated.Uint32;
import org.web3j.abi.datatypes.generated.Uint64;

/**
 * ABI of {@code OperatorRegistry}. Plain calls are encoded by web3j, nested structures by our own
 * writer; what comes back is read by our own bounded reader. Any thread.
 */
public final class OperatorRegistryAbi {
  public static final Hash32 OPERATOR_REGISTERED =
      ClusterInboxAbi.topic("OperatorRegistered(uint32,address,address[2],address,uint256,uint64)");
  public static final Hash32 VALIDATORS_ADDED =
      ClusterInboxAbi.topic("ValidatorsAdded(uint32,uint64,uint64[])");
  public static final Hash32 KEYS_ROTATED =
      ClusterInboxAbi.topic("KeysRotated(uint32,uint64,address[2],address)");
  public static final Hash32 STAKE_CHANGED = ClusterInboxAbi.topic("StakeChanged(uint32,uint256)");
  public static final Hash32 OPERATOR_FROZEN = ClusterInboxAbi.topic("OperatorFrozen(uint32)");
  public static final Hash32 OPERATOR_EXITED = ClusterInboxAbi.topic("OperatorExited(uint32)");
  public static final Hash32 STAKE_WITHDRAWN =
      ClusterInboxAbi.topic("StakeWithdrawn(uint32,uint256)");
  public static final Hash32 ELIGIBILITY_ENDED =
      ClusterInboxAbi.topic("EligibilityEnded(uint32,uint64)");
  public static final Hash32 ELIGIBILITY_BEGAN =
      ClusterInboxAbi.topic("EligibilityBegan(uint32,uint64)");

  /** The topics of all events, for a log filter. */
  public static final List<Hash32> TOPICS =
      List.of(
          OPERATOR_REGISTERED,
          VALIDATORS_ADDED,
          KEYS_ROTATED,
          STAKE_CHANGED,
          OPERATOR_FROZEN,
          OPERATOR_EXITED,
          STAKE_WITHDRAWN,
          ELIGIBILITY_ENDED,
          ELIGIBILITY_BEGAN);

  private static final Bytes ADD_VALIDATORS =
      ClusterInboxAbi.selector(
          "addValidators(uint32,uint64,(uint64,uint64,bytes32,bytes32,bytes32),"
              + "(uint64,bytes32,bytes32[])[])");

  /** Validators in one event; a transaction's gas allows far fewer. */
  private static final int MAX_INDICES = 65_536;

  private OperatorRegistryAbi() {}

  /**
   * Call data of {@code register}; the stake is the transaction's value.
   *
   * @throws IllegalArgumentException when there are not two posters
   */
  public static Bytes encodeRegister(List<Address> posters, Address committer) {
    return encode("register", pair(posters), web3jAddress(committer));
  }

  /**
   * Call data of {@code rotate}.
   *
   * @throws IllegalArgumentException when there are not two posters
   */
  public static Bytes encodeRotate(int operatorId, List<Address> posters, Address committer) {
    return encode("rotate", id(operatorId), pair(posters), web3jAddress(committer));
  }

  @SuppressWarnings({"rawtypes", "unchecked"}) // web3j's array types are raw
  private static StaticArray2 pair(List<Address> posters) {
    if (posters.size() != 2) {
      throw new IllegalArgumentException("an operator has two posters, got " + posters.size());
    }
    return new StaticArray2(
        org.web3j.abi.datatypes.Address.class,
        web3jAddress(posters.get(0)),
        web3jAddress(posters.get(1)));
  }

  /** Call data of {@code addValidators}. */
  public static Bytes encodeAddValidators(
      int operatorId, ProvenHeader proven, List<ValidatorClaim> claims) {
    AbiWriter out = new AbiWriter().selector(ADD_VALIDATORS).number(operatorId);
    BeaconAbi.write(out, proven);
    out.number((3 + BeaconAbi.HEADER_WORDS) * 32L).number(claims.size());
    long offset = claims.size() * 32L;
    for (ValidatorClaim claim : claims) {
      out.number(offset);
      offset += (4 + claim.branch().size()) * 32L;
    }
    for (ValidatorClaim claim : claims) {
      out.number(claim.validatorIndex()).word(claim.withdrawalCredentials()).number(3 * 32);
      out.number(claim.branch().size());
      claim.branch().forEach(out::word);
    }
    return out.toBytes();
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

  /** Call data of {@code rejoin}. */
  public static Bytes encodeRejoin(int operatorId) {
    return encode("rejoin", id(operatorId));
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
    return encode("operatorOfValidator", uint64(validatorIndex));
  }

  public static Bytes encodeMayPost(int operatorId, Address poster, Epoch epoch) {
    return encode("mayPost", id(operatorId), web3jAddress(poster), uint64(epoch.value()));
  }

  public static Bytes encodeKeysAt(int operatorId, Epoch epoch) {
    return encode("keysAt", id(operatorId), uint64(epoch.value()));
  }

  public static Bytes encodeEligibleAt(int operatorId, Epoch epoch) {
    return encode("eligibleAt", id(operatorId), uint64(epoch.value()));
  }

  /** Call data of the view of what an operator must stake at least. */
  public static Bytes encodeMinStakeWei() {
    return encode("minStakeWei");
  }

  /** Keys that an operator has in an epoch; zero addresses when it has none. */
  public record Keys(List<Address> posters, Address committer) {
    public Keys {
      posters = List.copyOf(posters);
    }
  }

  public static Keys decodeKeys(Bytes returned) throws DecodeException {
    AbiReader in = new AbiReader(returned);
    Keys keys = new Keys(List.of(in.address(), in.address()), in.address());
    in.end();
    return keys;
  }

  /** Reads a view that answers yes or no. */
  public static boolean decodeBool(Bytes returned) throws DecodeException {
    AbiReader in = new AbiReader(returned);
    boolean answer = in.bool();
    in.end();
    return answer;
  }

  /** Reads a view that answers an amount. */
  public static Wei decodeWei(Bytes returned) throws DecodeException {
    AbiReader in = new AbiReader(returned);
    Wei answer = new Wei(in.uint256());
    in.end();
    return answer;
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
          new Wei(in.uint256()),
          new Epoch(in.uint63()));
    }
    if (topic.equals(VALIDATORS_ADDED)) {
      Epoch fromEpoch = new Epoch(in.uint63());
      in.offset(2 * 32);
      int count = in.count(MAX_INDICES);
      List<Long> indices = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        indices.add(in.uint63());
      }
      return new RegistryEvent.ValidatorsAdded(id, fromEpoch, indices);
    }
    if (topic.equals(KEYS_ROTATED)) {
      return new RegistryEvent.KeysRotated(
          id, new Epoch(in.uint63()), List.of(in.address(), in.address()), in.address());
    }
    if (topic.equals(STAKE_CHANGED)) {
      return new RegistryEvent.StakeChanged(id, new Wei(in.uint256()));
    }
    if (topic.equals(ELIGIBILITY_ENDED)) {
      return new RegistryEvent.EligibilityEnded(id, new Epoch(in.uint63()));
    }
    if (topic.equals(ELIGIBILITY_BEGAN)) {
      return new RegistryEvent.EligibilityBegan(id, new Epoch(in.uint63()));
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

  private static Uint64 uint64(long value) {
    return new Uint64(BigInteger.valueOf(value));
  }

  private static org.web3j.abi.datatypes.Address web3jAddress(Address address) {
    return new org.web3j.abi.datatypes.Address(address.toHex());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.L1Exception.Kind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EndpointPoolTest {
  private final Endpoint a = new Endpoint("http://a:1");
  private final Endpoint b = new Endpoint("http://b:2");
  private long nowNanos = 1_000;
  private final EndpointPool pool = new EndpointPool(List.of(a, b), () -> nowNanos);

  private static L1Exception down() {
    return new L1Exception(Kind.UNREACHABLE, "down");
  }

  @Test
  void asksTheNextWhenOneIsDownAndComesBackLater() throws L1Exception {
    List<Endpoint> asked = new ArrayList<>();
    EndpointPool.Attempt<String> attempt =
        endpoint -> {
          asked.add(endpoint);
          if (endpoint == a) {
            throw down();
          }
          return "yes";
        };

    assertThat(pool.first(attempt)).isEqualTo("yes");
    assertThat(pool.first(attempt)).isEqualTo("yes");
    assertThat(asked).containsExactly(a, b, b);
    assertThat(pool.healthy()).containsExactly(b);

    nowNanos += 600_000_000L;
    assertThat(pool.ranked()).containsExactly(a, b);
  }

  @Test
  void setsBackLongerWithEachFailureInARow() {
    pool.failed(a);
    pool.failed(a);
    pool.failed(a);
    nowNanos += 1_500_000_000L;

    assertThat(pool.ranked()).containsExactly(b, a);
    nowNanos += 600_000_000L;
    assertThat(pool.ranked()).containsExactly(a, b);
  }

  @Test
  void asksEvenSetBackEndpointsWhenAllAre() {
    pool.failed(a);
    pool.failed(b);
    pool.failed(b);

    assertThat(pool.ranked()).containsExactly(a, b);
  }

  @Test
  void doesNotAskAnotherWhenANodeRefuses() {
    List<Endpoint> asked = new ArrayList<>();

    assertThatThrownBy(() ->
            pool.first(endpoint -> {
              asked.add(endpoint);
              throw new L1Exception(Kind.NODE_ERROR, "execution reverted");
            }))
        .isInstanceOf(L1Exception.class)
        .hasMessage("execution reverted");
    assertThat(asked).containsExactly(a);
  }

  @Test
  void findsWhatOnlyTheSecondKnows() throws L1Exception {
    assertThat(pool.<String>firstFound(e -> e == a ? null : "here")).isEqualTo("here");
    assertThat(pool.<String>firstFound(e -> null)).isNull();
  }

  @Test
  void saysNotKnownWhenOneAnsweredAndTheOtherIsDown() throws L1Exception {
    assertThat(
            pool.<String>firstFound(e -> {
              if (e == a) {
                throw down();
              }
              return null;
            }))
        .isNull();
  }

  @Test
  void namesAnEndpointWithoutItsSecrets() {
    Endpoint secret = new Endpoint("https://user:pass@node.example:8545/v2/KEY?token=T");

    assertThat(secret.name()).isEqualTo("node.example:8545");
    assertThat(secret.toString()).doesNotContain("KEY").doesNotContain("pass");
    assertThat(secret.authorization()).isEqualTo("Basic dXNlcjpwYXNz");
    assertThat(secret.uri()).hasToString("https://node.example:8545/v2/KEY?token=T");
    assertThat(secret.uri("/eth/v1/x?a=b"))
        .hasToString("https://node.example:8545/v2/KEY/eth/v1/x?a=b&token=T");
    assertThatThrownBy(() -> new Endpoint("ftp://SECRET")).hasMessageNotContaining("SECRET");
    assertThatThrownBy(() -> new Endpoint("http://SECRET bad")).hasMessageNotContaining("SECRET");
  }

  @Test
  void takesCredentialsThatAreGivenInPlaceOfThoseInTheUrl() {
    Endpoint given = new Endpoint("http://user:pass@node.example:1", "Bearer token");

    assertThat(given.authorization()).isEqualTo("Bearer token");
    assertThat(given.uri()).hasToString("http://node.example:1");
    assertThat(given.toString()).doesNotContain("token");
    assertThat(new Endpoint("wss://node.example").isWebSocket()).isTrue();
  }

  @Test
  void asksNothingOfAnEndpointBeforeItHasShownItsChain() throws L1Exception {
    List<String> told = new ArrayList<>();
    List<Endpoint> asked = new ArrayList<>();
    String[] fault = {"is chain 5"};
    pool.guard(e -> e == a ? fault[0] : null, (name, why) -> told.add(name + " " + why));

    EndpointPool.Attempt<String> attempt =
        endpoint -> {
          asked.add(endpoint);
          return "yes";
        };
    assertThat(pool.first(attempt)).isEqualTo("yes");
    assertThat(pool.first(attempt)).isEqualTo("yes");
    assertThat(asked).containsExactly(b, b);
    assertThat(told).containsExactly("a:1 is chain 5");
    assertThat(pool.unusable())
        .containsExactly(new EndpointPool.Unusable("a:1", "is chain 5", true));

    fault[0] = null; // put right, and asked again after a while
    nowNanos += 31_000_000_000L;
    assertThat(pool.unusable()).isEmpty();
    assertThat(told).containsExactly("a:1 is chain 5", "a:1 null");
    assertThat(pool.first(attempt)).isEqualTo("yes");
    assertThat(asked).endsWith(a);

    fault[0] = "is chain 6"; // whoever comes back is looked at again
    pool.failed(a);
    pool.failed(b);
    pool.failed(b);
    assertThat(pool.first(attempt)).isEqualTo("yes");
    assertThat(told).last().isEqualTo("a:1 is chain 6");
    assertThat(asked).endsWith(b);
  }

  @Test
  void asksWhoContradictsTheOthersLast() {
    pool.trustThose(e -> e != a);
    assertThat(pool.ranked()).containsExactly(b, a);
    assertThat(pool.hasDistrusted()).isTrue();

    pool.trustThose(e -> false);
    assertThat(pool.hasDistrusted()).as("nobody is right: nobody is preferred").isFalse();
    pool.trustThose(e -> null);
    assertThat(pool.ranked()).containsExactly(a, b);
  }

  @Test
  void ranksAnEndpointThatLagsBehindTheOthers() {
    pool.rankByHead(e -> e == a ? 10L : 20L, 2);
    assertThat(pool.ranked()).containsExactly(b, a);
    assertThat(pool.statuses())
        .containsExactly(
            new EndpointPool.Status("a:1", 0, true, false, true, null),
            new EndpointPool.Status("b:2", 0, false, false, false, null));

    pool.rankByHead(e -> e == a ? 19L : 20L, 2);
    assertThat(pool.ranked()).containsExactly(a, b);
    pool.rankByHead(e -> e == a ? null : 20L, 2);
    assertThat(pool.ranked()).containsExactly(b, a);
  }
}

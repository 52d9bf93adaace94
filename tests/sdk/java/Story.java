// What a program does with the generated Java client, from the first sign-in to the last refusal.
//
// `tests/sdk/run java` runs it against a real server. The argument names the file that says where everything is.

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.homeward.client.ApiClient;
import org.homeward.client.ApiException;
import org.homeward.client.api.AttachmentsApi;
import org.homeward.client.api.AuthApi;
import org.homeward.client.api.CasesApi;
import org.homeward.client.api.CasesApi.APIListCasesRequest;
import org.homeward.client.api.RepatriationApi;
import org.homeward.client.model.*;

public final class Story {
  /** A call of the client. */
  interface Call<T> {
    T make() throws ApiException;
  }

  // region: retries
  /**
   * Repeats a request whose answer was lost, or that was asked to come later. Safe, because each creation carries an
   * Idempotency-Key and each change an If-Match. Waits as long as `Retry-After` says.
   */
  static <T> T patiently(Call<T> call) throws Exception {
    for (int tries = 1; ; tries++) {
      try {
        return call.make();
      } catch (ApiException refused) {
        boolean wasLost = refused.getCause() instanceof IOException && !(refused.getCause() instanceof JsonProcessingException);
        boolean isTooEarly = refused.getCode() == 429 || refused.getCode() == 503;
        if (tries == 5 || !(wasLost || isTooEarly)) {
          throw refused;
        }
        var headers = refused.getResponseHeaders();
        Thread.sleep(1000 * (headers == null ? tries : headers.firstValueAsLong("Retry-After").orElse(tries)));
      }
    }
  }
  // endregion

  /** One client for each server and user. */
  static ApiClient client(String server, String accessToken) {
    var client = new ApiClient();
    client.updateBaseUri(server);
    if (accessToken != null) {
      client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + accessToken));
    }
    return client;
  }

  // region: problem
  /** The problem with which a call is refused, typed. */
  static Problem problem(Call<?> call) throws Exception {
    try {
      call.make();
    } catch (ApiException refused) {
      Problem problem = ApiClient.createDefaultObjectMapper().readValue(refused.getResponseBody(), Problem.class);
      expect(refused.getCode(), problem.getStatus());
      // What to tell whoever looks into it: in the body and in the header alike.
      expect("urn:uuid:" + refused.getResponseHeaders().firstValue("X-Request-Id").orElseThrow(), problem.getInstance());
      return problem;
    }
    throw new AssertionError("was not refused");
  }
  // endregion

  /** What an authenticator app shows (RFC 6238), `ahead` steps of thirty seconds from now. */
  static String authenticator(String secret, int ahead) throws Exception {
    var bits = new StringBuilder();
    for (char letter : secret.toCharArray()) {
      int number = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter);
      bits.append(String.format("%5s", Integer.toBinaryString(number)).replace(' ', '0'));
    }
    var key = new byte[bits.length() / 8];
    for (int at = 0; at < key.length; at++) {
      key[at] = (byte) Integer.parseInt(bits.substring(8 * at, 8 * at + 8), 2);
    }
    var mac = Mac.getInstance("HmacSHA1");
    mac.init(new SecretKeySpec(key, "HmacSHA1"));
    var digest = ByteBuffer.wrap(mac.doFinal(ByteBuffer.allocate(8).putLong(Instant.now().getEpochSecond() / 30 + ahead).array()));
    return String.format("%06d", (digest.getInt(digest.get(19) & 15) & 0x7fffffff) % 1_000_000);
  }

  static void expect(Object expected, Object actual) {
    if (!expected.equals(actual)) {
      throw new AssertionError("expected " + expected + ", got " + actual);
    }
  }

  static void step(int number, String title) {
    System.out.printf("java %2d %s%n", number, title);
  }

  public static void main(String[] arguments) throws Exception {
    JsonNode world = new ObjectMapper().readTree(new File(arguments[0]));
    String server = world.get("server").asText();
    String droppingServer = world.get("dropping_server").asText();
    UUID compound = UUID.fromString(world.get("compound_id").asText());

    step(1, "sign in with a second factor");
    // region: sign in
    var me = new Credentials().username(world.get("username").asText()).password(world.get("password").asText());
    var anonymous = new AuthApi(client(server, null));
    TokenPair first = anonymous.login(me);
    expect(true, first.getMustEnrolSecondFactor() && first.getMustAcceptCodeOfConduct());
    var setup = new AuthApi(client(server, first.getAccessToken()));
    String secret = setup.beginSecondFactor().getSecret();
    RecoveryCodes codes = setup.confirmSecondFactor(new SecondFactorCode().code(authenticator(secret, 0)));
    expect(10, codes.getRecoveryCodes().size());
    CodeOfConduct conduct = setup.getCodeOfConduct();
    setup.acceptCodeOfConduct(new ConductAcceptance().version(conduct.getVersion()));
    expect("second_factor_required", problem(() -> anonymous.login(me)).getCode());
    // A code works once. Whoever does not want to wait for the next one may already use it.
    TokenPair tokens = anonymous.login(me.code(authenticator(secret, 1)));
    expect(false, tokens.getMustEnrolSecondFactor());
    // endregion
    var cases = new CasesApi(client(server, tokens.getAccessToken()));

    step(2, "a machine gets a token of its own");
    MachineToken machineToken =
        anonymous.issueToken(
            AuthApi.APIIssueTokenRequest.newBuilder()
                .grantType("client_credentials")
                .clientId(world.get("client_id").asText())
                .clientSecret(world.get("client_secret").asText())
                .scope("case:read")
                .build());
    expect(List.of("Bearer", "case:read"), List.of(machineToken.getTokenType(), machineToken.getScope()));
    var machineCases = new CasesApi(client(server, machineToken.getAccessToken()));
    expect(1, machineCases.listCases(APIListCasesRequest.newBuilder().limit(1).build()).getItems().size());

    step(3, "register a person once, over a line that drops");
    var walkIn =
        new CreateCase()
            .hostCountry("KHM")
            .intakeChannel(IntakeChannel.WALK_IN_EMBASSY)
            .nationalityClaimed("IDN")
            .riskLevel(RiskLevel.MEDIUM)
            .traffickingStatus(TraffickingStatus.PRESUMED)
            .screeningSkipped(ScreeningSkipped.ARRIVED_ALREADY_IDENTIFIED)
            .identity(new IdentityInput().givenName("Dewi").familyName("Lestari").birthDate("1999-03").languages(List.of("id", "jv")))
            .contact(
                new ContactInput()
                    .phones(List.of(new PhoneNumberInput().number("+6281200000000").safe(true)))
                    .safeContactInstructions("Text only, after 20:00"))
            .health(new HealthInput().immediateNeeds("None"));
    String key = UUID.randomUUID().toString();
    // The server does the work, and its answer is lost; the client asks again with the same key.
    var dropping = new CasesApi(client(droppingServer, tokens.getAccessToken()));
    var registered = patiently(() -> dropping.createCaseWithHttpInfo(walkIn, key));
    expect(List.of("true"), registered.getHeaders().get("idempotent-replayed"));
    CaseFile person = registered.getData();
    expect(person.getId(), cases.createCase(walkIn, key).getId());
    walkIn.nationalityClaimed("KHM");
    expect("idempotency_key_reused", problem(() -> cases.createCase(walkIn, key)).getCode());

    step(4, "page through everybody from one compound");
    var seen = new ArrayList<UUID>();
    String after = null;
    do {
      CasePage page = cases.listCases(APIListCasesRequest.newBuilder().compound(compound).limit(200).after(after).build());
      page.getItems().forEach(summary -> seen.add(summary.getId()));
      after = page.getNext();
    } while (after != null);
    int people = world.get("people").asInt();
    expect(List.of(people, people), List.of(seen.size(), new HashSet<>(seen).size()));

    step(5, "filter");
    CasePage inDanger =
        cases.listCases(
            APIListCasesRequest.newBuilder().compound(compound).riskLevel(RiskLevel.HIGH).sort(CaseSort.REGISTERED).limit(200).build());
    expect(world.get("in_danger").asInt(), inDanger.getItems().size());
    expect(true, inDanger.getNext() == null);
    expect(true, inDanger.getItems().stream().allMatch(summary -> summary.getRiskLevel().equals("high")));

    step(6, "change one field, clear another, leave the rest");
    // region: patch
    var patch =
        new UpdateCase()
            // A value changes, null clears, and what is not named stays: the languages too.
            .identity(new IdentityInput().givenName("Dewi Ayu").familyName(null))
            .contact(new ContactInput().safeContactInstructions(null));
    CaseFile changed = cases.updateCase(person.getId(), "\"" + person.getVersion() + "\"", patch);
    // endregion
    expect("Dewi Ayu", changed.getIdentity().getGivenName());
    expect(true, changed.getIdentity().getFamilyName() == null);
    expect("1999-03", changed.getIdentity().getBirthDate());
    expect(List.of("id", "jv"), changed.getIdentity().getLanguages());
    expect(true, changed.getContact().getSafeContactInstructions() == null);
    expect(1, changed.getContact().getPhones().size());

    step(7, "a change that is based on an old version is refused");
    var late = new UpdateCase().riskLevel(RiskLevel.HIGH);
    Problem stale = problem(() -> cases.updateCase(person.getId(), "\"" + person.getVersion() + "\"", late));
    expect(412, stale.getStatus());
    expect("stale_version", stale.getCode());
    CaseFile current = cases.updateCase(person.getId(), "\"" + changed.getVersion() + "\"", late);
    expect("high", current.getRiskLevel());

    step(8, "move the repatriation until something is missing");
    var road = new RepatriationApi(client(server, tokens.getAccessToken()));
    Repatriation moved =
        road.makeTransition(person.getId(), "\"" + current.getVersion() + "\"", new MakeTransition().to(Target.SCREENED));
    expect("screened", moved.getStage());
    var askTheMission = new MakeTransition().to(Target.MISSION_CONTACTED);
    Problem missing = problem(() -> road.makeTransition(person.getId(), "\"" + moved.getVersion() + "\"", askTheMission));
    expect(409, missing.getStatus());
    expect("unmet_guards", missing.getCode());
    UnmetGuard guard = missing.getUnmet().get(0);
    expect(
        List.of("informed_of_rights", "embassy-contacts", "informed_of_rights_on"),
        List.of(guard.getGuard(), guard.getResource(), guard.getField()));
    expect(1, missing.getUnmet().size());
    expect("screened", road.getRepatriation(person.getId()).getStage());

    step(9, "attach a document and fetch it again");
    var files = new AttachmentsApi(client(server, tokens.getAccessToken()));
    var scan = new File(world.get("scan").asText());
    var passport =
        new CreateAttachment()
            .kind(AttachmentKind.PASSPORT_SCAN)
            .mediaType("application/pdf")
            .fileName("paspor Dewi.pdf");
    Attachment announced = files.createAttachment(person.getId(), passport, UUID.randomUUID().toString());
    String unchanged = "\"" + announced.getVersion() + "\"";
    // This generator writes every body as JSON, a file too; the client that sends one puts the bytes in its place.
    var sending = client(server, null);
    var bytes = HttpRequest.BodyPublishers.ofFile(scan.toPath());
    sending.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + tokens.getAccessToken()).PUT(bytes));
    Attachment stored =
        new AttachmentsApi(sending).putAttachmentContent(person.getId(), announced.getId(), unchanged, scan, null);
    expect("stored", stored.getStatus());
    File fetched = files.getAttachmentContent(person.getId(), announced.getId());
    expect(-1L, Files.mismatch(scan.toPath(), fetched.toPath()));

    step(10, "a value and a field that this client cannot know");
    CaseFile future = dropping.getCase(person.getId());
    expect(List.of("teleported", "unheard_of"), List.of(future.getStage(), future.getRiskLevel()));
    expect("Dewi Ayu", future.getIdentity().getGivenName());

    step(11, "every error is a typed problem");
    expect("not_found", problem(() -> cases.getCase(UUID.randomUUID())).getCode());
    var onePerson = APIListCasesRequest.newBuilder().limit(1).build();
    expect("unauthenticated", problem(() -> new CasesApi(client(server, null)).listCases(onePerson)).getCode());
    expect("insufficient_scope", problem(() -> machineCases.createCase(walkIn, null)).getCode());
    walkIn.nationalityClaimed("IDN").getIdentity().birthDate("2999");
    Problem invalid = problem(() -> cases.createCase(walkIn, null));
    expect("validation_failed", invalid.getCode());
    Violation violation = invalid.getErrors().get(0);
    expect(List.of("/identity/birth_date", "date_in_future"), List.of(violation.getPointer(), violation.getCode()));

    step(12, "too many requests: wait as long as the server says");
    var limited = new CasesApi(client(world.get("limited_server").asText(), machineToken.getAccessToken()));
    Problem refused = null;
    while (refused == null) {
      try {
        limited.listCases(onePerson);
      } catch (ApiException tooMany) {
        refused = problem(() -> limited.listCases(onePerson));
      }
    }
    expect(429, refused.getStatus());
    expect("too_many_requests", refused.getCode());
    Instant started = Instant.now();
    patiently(() -> limited.listCases(onePerson));
    System.out.printf("java    waited %d seconds and was served%n", Instant.now().getEpochSecond() - started.getEpochSecond());
  }
}

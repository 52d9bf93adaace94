"""What a program does with the generated Python client, from the first sign-in to the last refusal.

`tests/sdk/run python` runs it against a real server. The argument names the file that says where everything is.
"""

import base64
import hashlib
import hmac
import json
import pathlib
import sys
import time
import uuid

import urllib3

import homeward_client as homeward
from homeward_client.api.attachments_api import AttachmentsApi
from homeward_client.api.auth_api import AuthApi
from homeward_client.api.cases_api import CasesApi
from homeward_client.api.repatriation_api import RepatriationApi
from homeward_client.exceptions import ApiException


# region: retries
def patient():
    """Repeats a request whose answer was lost, or that was asked to come later. Safe, because each creation carries an
    Idempotency-Key and each change an If-Match. Waits as long as `Retry-After` says."""
    return urllib3.Retry(
        total=5,
        status_forcelist=[429, 503],
        allowed_methods=None,
        respect_retry_after_header=True,
        backoff_factor=0.2,
        # After the last try the answer is a problem like any other.
        raise_on_status=False,
    )
# endregion


def client(server, access_token=None, **settings):
    """One client for each server and user."""
    return homeward.ApiClient(homeward.Configuration(host=server, access_token=access_token, **settings))


# region: problem
def problem(call):
    """The problem with which a call is refused, typed."""
    try:
        call()
    except ApiException as refused:
        assert isinstance(refused.data, homeward.Problem), refused
        assert refused.status == refused.data.status
        # What to tell whoever looks into it: in the body and in the header alike.
        assert refused.data.instance == f"urn:uuid:{refused.headers['X-Request-Id']}"
        return refused.data
    raise AssertionError("was not refused")
# endregion


def authenticator(secret, ahead=0):
    """What an authenticator app shows (RFC 6238), `ahead` steps of thirty seconds from now."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, (int(time.time()) // 30 + ahead).to_bytes(8, "big"), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start:start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


def step(number, title):
    print(f"python {number:2} {title}", flush=True)


def main(world):
    server = world["server"]

    step(1, "sign in with a second factor")
    # region: sign in
    me = homeward.Credentials(username=world["username"], password=world["password"])
    first = AuthApi(client(server)).login(me)
    assert first.must_enrol_second_factor and first.must_accept_code_of_conduct
    setup = AuthApi(client(server, first.access_token))
    secret = setup.begin_second_factor().secret
    codes = setup.confirm_second_factor(homeward.SecondFactorCode(code=authenticator(secret)))
    assert len(codes.recovery_codes) == 10
    conduct = setup.get_code_of_conduct()
    setup.accept_code_of_conduct(homeward.ConductAcceptance(version=conduct.version))
    assert problem(lambda: AuthApi(client(server)).login(me)).code == "second_factor_required"
    # A code works once. Whoever does not want to wait for the next one may already use it.
    me.code = authenticator(secret, ahead=1)
    tokens = AuthApi(client(server)).login(me)
    assert not tokens.must_enrol_second_factor
    # endregion
    cases = CasesApi(client(server, tokens.access_token))

    step(2, "a machine gets a token of its own")
    machine = AuthApi(client(server)).issue_token(
        grant_type="client_credentials",
        client_id=world["client_id"],
        client_secret=world["client_secret"],
        scope="case:read",
    )
    assert machine.token_type == "Bearer" and machine.scope == "case:read"
    machine_cases = CasesApi(client(server, machine.access_token))
    assert len(machine_cases.list_cases(limit=1).items) == 1

    step(3, "register a person once, over a line that drops")
    walk_in = homeward.CreateCase(
        host_country="KHM",
        intake_channel=homeward.IntakeChannel.WALK_IN_EMBASSY,
        nationality_claimed="IDN",
        risk_level=homeward.RiskLevel.MEDIUM,
        trafficking_status=homeward.TraffickingStatus.PRESUMED,
        screening_skipped=homeward.ScreeningSkipped.ARRIVED_ALREADY_IDENTIFIED,
        identity=homeward.IdentityInput(given_name="Dewi", family_name="Lestari", birth_date="1999-03", languages=["id", "jv"]),
        contact=homeward.ContactInput(
            phones=[homeward.PhoneNumberInput(number="+6281200000000", safe=True)],
            safe_contact_instructions="Text only, after 20:00",
        ),
        health=homeward.HealthInput(immediate_needs="None"),
    )
    key = str(uuid.uuid4())
    # The server does the work, and its answer is lost; the client asks again with the same key.
    dropping = CasesApi(client(world["dropping_server"], tokens.access_token, retries=patient()))
    registered = dropping.create_case_with_http_info(walk_in, idempotency_key=key)
    assert registered.headers["idempotent-replayed"] == "true"
    case = registered.data
    assert cases.create_case(walk_in, idempotency_key=key).id == case.id
    walk_in.nationality_claimed = "KHM"
    assert problem(lambda: cases.create_case(walk_in, idempotency_key=key)).code == "idempotency_key_reused"

    step(4, "page through everybody from one compound")
    seen, after = [], None
    while True:
        page = cases.list_cases(compound=world["compound_id"], limit=200, after=after)
        seen += [summary.id for summary in page.items]
        after = page.next
        if after is None:
            break
    assert len(seen) == len(set(seen)) == world["people"], len(seen)

    step(5, "filter")
    in_danger = cases.list_cases(
        compound=world["compound_id"], risk_level=homeward.RiskLevel.HIGH, sort=homeward.CaseSort.REGISTERED, limit=200
    )
    assert len(in_danger.items) == world["in_danger"] and in_danger.next is None
    assert all(summary.risk_level == "high" for summary in in_danger.items)

    step(6, "change one field, clear another, leave the rest")
    # region: patch
    patch = homeward.UpdateCase(
        # A value changes, None clears, and what is not named stays: the languages too.
        identity=homeward.IdentityInput(given_name="Dewi Ayu", family_name=None),
        contact=homeward.ContactInput(safe_contact_instructions=None),
    )
    changed = cases.update_case(case.id, f'"{case.version}"', patch)
    # endregion
    assert changed.identity.given_name == "Dewi Ayu" and changed.identity.family_name is None
    assert changed.identity.birth_date == "1999-03" and changed.identity.languages == ["id", "jv"]
    assert changed.contact.safe_contact_instructions is None and len(changed.contact.phones) == 1

    step(7, "a change that is based on an old version is refused")
    late = homeward.UpdateCase(risk_level=homeward.RiskLevel.HIGH)
    refused = problem(lambda: cases.update_case(case.id, f'"{case.version}"', late))
    assert (refused.status, refused.code) == (412, "stale_version")
    case = cases.update_case(case.id, f'"{changed.version}"', late)
    assert case.risk_level == "high"

    step(8, "move the repatriation until something is missing")
    road = RepatriationApi(client(server, tokens.access_token))
    moved = road.make_transition(case.id, f'"{case.version}"', homeward.MakeTransition(to=homeward.Target.SCREENED))
    assert moved.stage == "screened"
    ask_the_mission = homeward.MakeTransition(to=homeward.Target.MISSION_CONTACTED)
    missing = problem(lambda: road.make_transition(case.id, f'"{moved.version}"', ask_the_mission))
    assert (missing.status, missing.code) == (409, "unmet_guards")
    assert [(guard.guard, guard.resource, guard.var_field) for guard in missing.unmet] == [
        ("informed_of_rights", "embassy-contacts", "informed_of_rights_on")
    ]
    assert missing.unmet[0].message
    assert road.get_repatriation(case.id).stage == "screened"

    step(9, "attach a document and fetch it again")
    files = AttachmentsApi(client(server, tokens.access_token))
    scan = pathlib.Path(world["scan"]).read_bytes()
    passport = homeward.CreateAttachment(
        kind=homeward.AttachmentKind.PASSPORT_SCAN,
        media_type="application/pdf",
        file_name="paspor Dewi.pdf",
    )
    announced = files.create_attachment(case.id, passport, idempotency_key=str(uuid.uuid4()))
    stored = files.put_attachment_content(case.id, announced.id, f'"{announced.version}"', scan)
    assert (stored.status, stored.sha256) == ("stored", hashlib.sha256(scan).hexdigest())
    assert bytes(files.get_attachment_content(case.id, announced.id)) == scan

    step(10, "a value and a field that this client cannot know")
    future = CasesApi(client(world["dropping_server"], tokens.access_token)).get_case(case.id)
    assert (future.stage, future.risk_level) == ("teleported", "unheard_of")
    assert future.identity.given_name == "Dewi Ayu"

    step(11, "every error is a typed problem")
    assert problem(lambda: cases.get_case(uuid.uuid4())).code == "not_found"
    assert problem(lambda: CasesApi(client(server)).list_cases()).code == "unauthenticated"
    assert problem(lambda: machine_cases.create_case(walk_in)).code == "insufficient_scope"
    walk_in.nationality_claimed, walk_in.identity.birth_date = "IDN", "2999"
    invalid = problem(lambda: cases.create_case(walk_in))
    assert invalid.code == "validation_failed"
    assert [(violation.pointer, violation.code) for violation in invalid.errors] == [("/identity/birth_date", "date_in_future")]

    step(12, "too many requests: wait as long as the server says")
    limited = world["limited_server"]
    # urllib3 waits by itself with what only reads, unless it is told not to.
    impatient = CasesApi(client(limited, machine.access_token, retries=False))
    refused = None
    while refused is None:
        try:
            impatient.list_cases(limit=1)
        except ApiException:
            refused = problem(lambda: impatient.list_cases(limit=1))
    assert (refused.status, refused.code) == (429, "too_many_requests")
    started = time.monotonic()
    CasesApi(client(limited, machine.access_token, retries=patient())).list_cases(limit=1)
    print(f"python    waited {time.monotonic() - started:.0f} seconds and was served")


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        main(json.load(file))

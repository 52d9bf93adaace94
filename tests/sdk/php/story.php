<?php
// What a program does with the generated PHP client, from the first sign-in to the last refusal.
//
// `tests/sdk/run php` runs it against a real server. The argument names the file that says where everything is.

declare(strict_types=1);

require 'vendor/autoload.php';

use GuzzleHttp\Client;
use GuzzleHttp\HandlerStack;
use GuzzleHttp\Middleware;
use Homeward\Client\Api\AttachmentsApi;
use Homeward\Client\Api\AuthApi;
use Homeward\Client\Api\CasesApi;
use Homeward\Client\Api\RepatriationApi;
use Homeward\Client\ApiException;
use Homeward\Client\Configuration;
use Homeward\Client\Model;
use Psr\Http\Message\RequestInterface;
use Psr\Http\Message\ResponseInterface;

// A warning is a failure, and so is an assertion that does not hold.
set_error_handler(fn (int $_, string $message) => throw new ErrorException($message));
ini_set('assert.exception', '1');
if (ini_get('zend.assertions') !== '1') {
    throw new LogicException('run with -d zend.assertions=1');
}

// region: retries
/**
 * Repeats a request whose answer was lost, or that was asked to come later. Safe, because each creation carries an
 * Idempotency-Key and each change an If-Match. Waits as long as `Retry-After` says.
 */
function patient(): Client
{
    $again = fn (int $tries, RequestInterface $_, ?ResponseInterface $answer = null) =>
        $tries < 5 && ($answer === null || in_array($answer->getStatusCode(), [429, 503], true));
    $milliseconds = fn (int $tries, ?ResponseInterface $answer = null) =>
        $answer?->hasHeader('Retry-After') ? 1000 * (int) $answer->getHeaderLine('Retry-After') : 200 * 2 ** $tries;
    $stack = HandlerStack::create();
    $stack->push(Middleware::retry($again, $milliseconds));
    return new Client(['handler' => $stack]);
}
// endregion

/** The settings of one client for each server and user. */
function client(string $server, ?string $accessToken = null): Configuration
{
    return (new Configuration())->setHost($server)->setAccessToken($accessToken ?? '');
}

// region: problem
/** The problem with which a call is refused, typed. */
function problem(callable $call): Model\Problem
{
    try {
        $call();
    } catch (ApiException $refused) {
        $problem = $refused->getResponseObject();
        assert($problem instanceof Model\Problem && $problem->getStatus() === $refused->getCode(), $refused->getMessage());
        // What to tell whoever looks into it: in the body and in the header alike.
        $headers = array_change_key_case($refused->getResponseHeaders());
        assert($problem->getInstance() === "urn:uuid:{$headers['x-request-id'][0]}");
        return $problem;
    }
    throw new LogicException('was not refused');
}
// endregion

/** What an authenticator app shows (RFC 6238), `ahead` steps of thirty seconds from now. */
function authenticator(string $secret, int $ahead = 0): string
{
    $bits = '';
    foreach (str_split(rtrim($secret, '=')) as $letter) {
        $bits .= sprintf('%05b', strpos('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', $letter));
    }
    $key = implode('', array_map(fn (string $byte) => chr((int) bindec($byte)), str_split(substr($bits, 0, 8 * intdiv(strlen($bits), 8)), 8)));
    $digest = hash_hmac('sha1', pack('J', intdiv(time(), 30) + $ahead), $key, true);
    $number = unpack('N', substr($digest, ord($digest[19]) & 15, 4))[1] & 0x7FFFFFFF;
    return sprintf('%06d', $number % 1_000_000);
}

/** A key of one's own for one request. */
function ownKey(): string
{
    return bin2hex(random_bytes(16));
}

function step(int $number, string $title): void
{
    printf("php %2d %s\n", $number, $title);
}

$world = json_decode(file_get_contents($argv[1]), true, flags: JSON_THROW_ON_ERROR);
$server = $world['server'];

step(1, 'sign in with a second factor');
// region: sign in
$me = new Model\Credentials(['username' => $world['username'], 'password' => $world['password']]);
$first = (new AuthApi(config: client($server)))->login($me);
assert($first->getMustEnrolSecondFactor() && $first->getMustAcceptCodeOfConduct());
$setup = new AuthApi(config: client($server, $first->getAccessToken()));
$secret = $setup->beginSecondFactor()->getSecret();
$codes = $setup->confirmSecondFactor(new Model\SecondFactorCode(['code' => authenticator($secret)]));
assert(count($codes->getRecoveryCodes()) === 10);
$conduct = $setup->getCodeOfConduct();
$setup->acceptCodeOfConduct(new Model\ConductAcceptance(['version' => $conduct->getVersion()]));
assert(problem(fn () => (new AuthApi(config: client($server)))->login($me))->getCode() === 'second_factor_required');
// A code works once. Whoever does not want to wait for the next one may already use it.
$me->setCode(authenticator($secret, ahead: 1));
$tokens = (new AuthApi(config: client($server)))->login($me);
assert(!$tokens->getMustEnrolSecondFactor());
// endregion
$cases = new CasesApi(config: client($server, $tokens->getAccessToken()));

step(2, 'a machine gets a token of its own');
$machine = (new AuthApi(config: client($server)))->issueToken(
    grantType: 'client_credentials',
    clientId: $world['client_id'],
    clientSecret: $world['client_secret'],
    scope: 'case:read',
);
assert($machine->getTokenType() === 'Bearer' && $machine->getScope() === 'case:read');
$machineCases = new CasesApi(config: client($server, $machine->getAccessToken()));
assert(count($machineCases->listCases(limit: 1)->getItems()) === 1);

step(3, 'register a person once, over a line that drops');
$walkIn = new Model\CreateCase([
    'hostCountry' => 'KHM',
    'intakeChannel' => Model\IntakeChannel::WALK_IN_EMBASSY,
    'nationalityClaimed' => 'IDN',
    'riskLevel' => Model\RiskLevel::MEDIUM,
    'traffickingStatus' => Model\TraffickingStatus::PRESUMED,
    'screeningSkipped' => Model\ScreeningSkipped::ARRIVED_ALREADY_IDENTIFIED,
    'identity' => new Model\IdentityInput([
        'givenName' => 'Dewi', 'familyName' => 'Lestari', 'birthDate' => '1999-03', 'languages' => ['id', 'jv'],
    ]),
    'contact' => new Model\ContactInput([
        'phones' => [new Model\PhoneNumberInput(['number' => '+6281200000000', 'safe' => true])],
        'safeContactInstructions' => 'Text only, after 20:00',
    ]),
    'health' => new Model\HealthInput(['immediateNeeds' => 'None']),
]);
$key = ownKey();
// The server does the work, and its answer is lost; the client asks again with the same key.
$dropping = new CasesApi(patient(), client($world['dropping_server'], $tokens->getAccessToken()));
[$case, $status, $headers] = $dropping->createCaseWithHttpInfo($walkIn, idempotencyKey: $key);
assert($status === 201 && array_change_key_case($headers)['idempotent-replayed'] === ['true']);
assert($cases->createCase($walkIn, idempotencyKey: $key)->getId() === $case->getId());
$walkIn->setNationalityClaimed('KHM');
assert(problem(fn () => $cases->createCase($walkIn, idempotencyKey: $key))->getCode() === 'idempotency_key_reused');

step(4, 'page through everybody from one compound');
[$seen, $after] = [[], null];
do {
    $page = $cases->listCases(compound: $world['compound_id'], limit: 200, after: $after);
    foreach ($page->getItems() as $summary) {
        $seen[$summary->getId()] = ($seen[$summary->getId()] ?? 0) + 1;
    }
    $after = $page->getNext();
} while ($after !== null);
assert(count($seen) === $world['people'] && max($seen) === 1);

step(5, 'filter');
$inDanger = $cases->listCases(
    compound: $world['compound_id'],
    riskLevel: Model\RiskLevel::HIGH,
    sort: Model\CaseSort::REGISTERED,
    limit: 200,
);
assert(count($inDanger->getItems()) === $world['in_danger'] && $inDanger->getNext() === null);
foreach ($inDanger->getItems() as $summary) {
    assert($summary->getRiskLevel() === 'high');
}

step(6, 'change one field, clear another, leave the rest');
// region: patch
$patch = new Model\UpdateCase([
    // A value changes, null clears, and what is not named stays: the languages too.
    'identity' => new Model\IdentityInput(['givenName' => 'Dewi Ayu', 'familyName' => null]),
    'contact' => new Model\ContactInput(['safeContactInstructions' => null]),
]);
$changed = $cases->updateCase($case->getId(), "\"{$case->getVersion()}\"", $patch);
// endregion
assert($changed->getIdentity()->getGivenName() === 'Dewi Ayu' && $changed->getIdentity()->getFamilyName() === null);
assert($changed->getIdentity()->getBirthDate() === '1999-03' && $changed->getIdentity()->getLanguages() === ['id', 'jv']);
assert($changed->getContact()->getSafeContactInstructions() === null && count($changed->getContact()->getPhones()) === 1);

step(7, 'a change that is based on an old version is refused');
$late = new Model\UpdateCase(['riskLevel' => Model\RiskLevel::HIGH]);
$refused = problem(fn () => $cases->updateCase($case->getId(), "\"{$case->getVersion()}\"", $late));
assert([$refused->getStatus(), $refused->getCode()] === [412, 'stale_version']);
$case = $cases->updateCase($case->getId(), "\"{$changed->getVersion()}\"", $late);
assert($case->getRiskLevel() === 'high');

step(8, 'move the repatriation until something is missing');
$road = new RepatriationApi(config: client($server, $tokens->getAccessToken()));
$screened = new Model\MakeTransition(['to' => Model\Target::SCREENED]);
$moved = $road->makeTransition($case->getId(), "\"{$case->getVersion()}\"", $screened);
assert($moved->getStage() === 'screened');
$askTheMission = new Model\MakeTransition(['to' => Model\Target::MISSION_CONTACTED]);
$missing = problem(fn () => $road->makeTransition($case->getId(), "\"{$moved->getVersion()}\"", $askTheMission));
assert([$missing->getStatus(), $missing->getCode()] === [409, 'unmet_guards']);
assert(count($missing->getUnmet()) === 1);
$guard = $missing->getUnmet()[0];
assert([$guard->getGuard(), $guard->getResource(), $guard->getField()] === ['informed_of_rights', 'embassy-contacts', 'informed_of_rights_on']);
assert($guard->getMessage() !== '');
assert($road->getRepatriation($case->getId())->getStage() === 'screened');

step(9, 'attach a document and fetch it again');
$files = new AttachmentsApi(config: client($server, $tokens->getAccessToken()));
$passport = new Model\CreateAttachment([
    'kind' => Model\AttachmentKind::PASSPORT_SCAN,
    'mediaType' => 'application/pdf',
    'fileName' => 'paspor Dewi.pdf',
]);
$announced = $files->createAttachment($case->getId(), $passport, idempotencyKey: ownKey());
$stored = $files->putAttachmentContent($case->getId(), $announced->getId(), "\"{$announced->getVersion()}\"", new SplFileObject($world['scan']));
assert([$stored->getStatus(), $stored->getSha256()] === ['stored', hash_file('sha256', $world['scan'])]);
$fetched = $files->getAttachmentContent($case->getId(), $announced->getId());
assert($fetched->fread($fetched->getSize() + 1) === file_get_contents($world['scan']));

step(10, 'a value and a field that this client cannot know');
$future = (new CasesApi(config: client($world['dropping_server'], $tokens->getAccessToken())))->getCase($case->getId());
assert([$future->getStage(), $future->getRiskLevel()] === ['teleported', 'unheard_of']);
assert($future->getIdentity()->getGivenName() === 'Dewi Ayu');

step(11, 'every error is a typed problem');
assert(problem(fn () => $cases->getCase('7d4f7a52-7d0e-4f0e-9c39-0a5b3f6f2a10'))->getCode() === 'not_found');
assert(problem(fn () => (new CasesApi(config: client($server)))->listCases())->getCode() === 'unauthenticated');
assert(problem(fn () => $machineCases->createCase($walkIn))->getCode() === 'insufficient_scope');
$walkIn->setNationalityClaimed('IDN');
$walkIn->getIdentity()->setBirthDate('2999');
$invalid = problem(fn () => $cases->createCase($walkIn));
assert($invalid->getCode() === 'validation_failed');
$violations = array_map(fn (Model\Violation $violation) => [$violation->getPointer(), $violation->getCode()], $invalid->getErrors());
assert($violations === [['/identity/birth_date', 'date_in_future']]);

step(12, 'too many requests: wait as long as the server says');
$limited = client($world['limited_server'], $machine->getAccessToken());
$impatient = new CasesApi(config: $limited);
$refused = null;
while ($refused === null) {
    try {
        $impatient->listCases(limit: 1);
    } catch (ApiException) {
        $refused = problem(fn () => $impatient->listCases(limit: 1));
    }
}
assert([$refused->getStatus(), $refused->getCode()] === [429, 'too_many_requests']);
$started = hrtime(true);
(new CasesApi(patient(), $limited))->listCases(limit: 1);
printf("php    waited %.0f seconds and was served\n", (hrtime(true) - $started) / 1e9);

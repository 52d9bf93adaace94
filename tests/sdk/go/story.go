// What a program does with the generated Go client, from the first sign-in to the last refusal.
//
// `tests/sdk/run go` runs it against a real server. The argument names the file that says where everything is.
package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"

	homeward "github.com/homeward/homeward-client-go"
)

// region: retries
// patient repeats a request whose answer was lost, or that was asked to come later. Safe, because each creation carries an
// Idempotency-Key and each change an If-Match. Waits as long as Retry-After says.
type patient struct{}

func (patient) RoundTrip(request *http.Request) (*http.Response, error) {
	for tries := 1; ; tries++ {
		if request.GetBody != nil {
			request.Body, _ = request.GetBody()
		}
		answer, err := http.DefaultTransport.RoundTrip(request)
		isLater := err == nil && (answer.StatusCode == http.StatusTooManyRequests || answer.StatusCode == http.StatusServiceUnavailable)
		if tries == 5 || (err == nil && !isLater) {
			return answer, err
		}
		wait := 200 * time.Millisecond << tries
		if isLater {
			if seconds, err := strconv.Atoi(answer.Header.Get("Retry-After")); err == nil {
				wait = time.Duration(seconds) * time.Second
			}
			answer.Body.Close()
		}
		time.Sleep(wait)
	}
}

// endregion

// client is one client for each server; who calls is in the context.
func client(server string, transport http.RoundTripper) *homeward.APIClient {
	configuration := homeward.NewConfiguration()
	configuration.Servers[0].URL = server
	configuration.HTTPClient = &http.Client{Transport: transport}
	return homeward.NewAPIClient(configuration)
}

// as is the context of calls with a token.
func as(token string) context.Context {
	return context.WithValue(context.Background(), homeward.ContextAccessToken, token)
}

// region: problem
// problem is the problem with which a call was refused, typed.
func problem[T any](_ T, answer *http.Response, err error) homeward.Problem {
	var refused *homeward.GenericOpenAPIError
	check(errors.As(err, &refused), "was not refused: ", err)
	found, isTyped := refused.Model().(homeward.Problem)
	check(isTyped && int(found.Status) == answer.StatusCode, "no problem: ", string(refused.Body()))
	// What to tell whoever looks into it: in the body and in the header alike.
	check(found.Instance == "urn:uuid:"+answer.Header.Get("X-Request-Id"), found.Instance)
	return found
}

// endregion

// got is what a call answers.
func got[T any](value T, _ *http.Response, err error) T {
	check(err == nil, err)
	return value
}

func check(holds bool, told ...any) {
	if !holds {
		panic(fmt.Sprint(told...))
	}
}

// authenticator is what an authenticator app shows (RFC 6238), `ahead` steps of thirty seconds from now.
func authenticator(secret string, ahead int64) string {
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	check(err == nil, err)
	hash := hmac.New(sha1.New, key)
	binary.Write(hash, binary.BigEndian, time.Now().Unix()/30+ahead)
	digest := hash.Sum(nil)
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(digest[digest[19]&15:])&0x7FFFFFFF%1_000_000)
}

// key is a key of one's own for one request.
func key() string {
	bytes := make([]byte, 16)
	_, err := rand.Read(bytes)
	check(err == nil, err)
	return hex.EncodeToString(bytes)
}

// version is what a change is based on.
func version(of int64) string {
	return fmt.Sprintf("%q", strconv.FormatInt(of, 10))
}

func text(value string) homeward.NullableString {
	return *homeward.NewNullableString(&value)
}

func step(number int, title string) {
	fmt.Printf("go %2d %s\n", number, title)
}

type world struct {
	Server         string `json:"server"`
	LimitedServer  string `json:"limited_server"`
	DroppingServer string `json:"dropping_server"`
	Username       string `json:"username"`
	Password       string `json:"password"`
	ClientID       string `json:"client_id"`
	ClientSecret   string `json:"client_secret"`
	CompoundID     string `json:"compound_id"`
	Scan           string `json:"scan"`
	People         int    `json:"people"`
	InDanger       int    `json:"in_danger"`
}

func main() {
	var world world
	settings, err := os.ReadFile(os.Args[1])
	check(err == nil && json.Unmarshal(settings, &world) == nil, err)
	api, nobody := client(world.Server, http.DefaultTransport), context.Background()

	step(1, "sign in with a second factor")
	// region: sign in
	credentials := *homeward.NewCredentials(world.Password, world.Username)
	first := got(api.AuthAPI.Login(nobody).Credentials(credentials).Execute())
	check(first.MustEnrolSecondFactor && first.MustAcceptCodeOfConduct)
	newcomer := as(first.AccessToken)
	secret := got(api.AuthAPI.BeginSecondFactor(newcomer).Execute()).Secret
	code := *homeward.NewSecondFactorCode(authenticator(secret, 0))
	check(len(got(api.AuthAPI.ConfirmSecondFactor(newcomer).SecondFactorCode(code).Execute()).RecoveryCodes) == 10)
	conduct := got(api.AuthAPI.GetCodeOfConduct(newcomer).Execute())
	accepted := *homeward.NewConductAcceptance(conduct.Version)
	_, err = api.AuthAPI.AcceptCodeOfConduct(newcomer).ConductAcceptance(accepted).Execute()
	check(err == nil, err)
	check(problem(api.AuthAPI.Login(nobody).Credentials(credentials).Execute()).Code == "second_factor_required")
	// A code works once. Whoever does not want to wait for the next one may already use it.
	credentials.SetCode(authenticator(secret, 1))
	tokens := got(api.AuthAPI.Login(nobody).Credentials(credentials).Execute())
	check(!tokens.MustEnrolSecondFactor)
	me := as(tokens.AccessToken)
	// endregion

	step(2, "a machine gets a token of its own")
	token := got(api.AuthAPI.IssueToken(nobody).GrantType("client_credentials").ClientId(world.ClientID).ClientSecret(world.ClientSecret).Scope("case:read").Execute())
	check(token.TokenType == "Bearer" && token.Scope == "case:read")
	machine := as(token.AccessToken)
	check(len(got(api.CasesAPI.ListCases(machine).Limit(1).Execute()).Items) == 1)

	step(3, "register a person once, over a line that drops")
	walkIn := *homeward.NewCreateCase("KHM", homeward.INTAKECHANNEL_WALK_IN_EMBASSY)
	walkIn.SetNationalityClaimed("IDN")
	walkIn.SetRiskLevel(homeward.RISKLEVEL_MEDIUM)
	walkIn.SetTraffickingStatus(homeward.TRAFFICKINGSTATUS_PRESUMED)
	walkIn.SetScreeningSkipped(homeward.SCREENINGSKIPPED_ARRIVED_ALREADY_IDENTIFIED)
	walkIn.SetIdentity(homeward.IdentityInput{
		GivenName: text("Dewi"), FamilyName: text("Lestari"), BirthDate: text("1999-03"), Languages: []string{"id", "jv"},
	})
	walkIn.SetContact(homeward.ContactInput{
		Phones:                  []homeward.PhoneNumberInput{*homeward.NewPhoneNumberInput("+6281200000000", true)},
		SafeContactInstructions: text("Text only, after 20:00"),
	})
	walkIn.SetHealth(homeward.HealthInput{ImmediateNeeds: text("None")})
	once := key()
	// The server does the work, and its answer is lost; the client asks again with the same key.
	dropping := client(world.DroppingServer, patient{})
	registered, answer, err := dropping.CasesAPI.CreateCase(me).CreateCase(walkIn).IdempotencyKey(once).Execute()
	check(err == nil && answer.StatusCode == http.StatusCreated && answer.Header.Get("Idempotent-Replayed") == "true", err)
	check(got(api.CasesAPI.CreateCase(me).CreateCase(walkIn).IdempotencyKey(once).Execute()).Id == registered.Id)
	walkIn.SetNationalityClaimed("KHM")
	check(problem(api.CasesAPI.CreateCase(me).CreateCase(walkIn).IdempotencyKey(once).Execute()).Code == "idempotency_key_reused")

	step(4, "page through everybody from one compound")
	seen, read := map[string]bool{}, 0
	list := api.CasesAPI.ListCases(me).Compound(world.CompoundID).Limit(200)
	for isMore := true; isMore; {
		page := got(list.Execute())
		for _, summary := range page.Items {
			seen[summary.Id] = true
			read++
		}
		if isMore = page.Next.IsSet() && page.Next.Get() != nil; isMore {
			list = list.After(*page.Next.Get())
		}
	}
	check(len(seen) == world.People && read == world.People, read)

	step(5, "filter")
	filtered := api.CasesAPI.ListCases(me).Compound(world.CompoundID).RiskLevel(homeward.RISKLEVEL_HIGH)
	inDanger := got(filtered.Sort(homeward.CASESORT_REGISTERED).Limit(200).Execute())
	check(len(inDanger.Items) == world.InDanger && inDanger.Next.Get() == nil)
	for _, summary := range inDanger.Items {
		check(summary.RiskLevel == "high")
	}

	step(6, "change one field, clear another, leave the rest")
	// region: patch
	patch := homeward.UpdateCase{}
	// A value changes, null clears, and what is not named stays: the languages too.
	identity, contact := homeward.IdentityInput{GivenName: text("Dewi Ayu")}, homeward.ContactInput{}
	identity.SetFamilyNameNil()
	contact.SetSafeContactInstructionsNil()
	patch.SetIdentity(identity)
	patch.SetContact(contact)
	changed := got(api.CasesAPI.UpdateCase(me, registered.Id).IfMatch(version(registered.Version)).UpdateCase(patch).Execute())
	// endregion
	who, reached := changed.Identity, changed.Contact
	check(who.GetGivenName() == "Dewi Ayu" && who.FamilyName.Get() == nil)
	check(who.GetBirthDate() == "1999-03" && len(who.Languages) == 2)
	check(reached.SafeContactInstructions.Get() == nil && len(reached.Phones) == 1)

	step(7, "a change that is based on an old version is refused")
	late := homeward.UpdateCase{RiskLevel: homeward.RISKLEVEL_HIGH.Ptr()}
	refused := problem(api.CasesAPI.UpdateCase(me, registered.Id).IfMatch(version(registered.Version)).UpdateCase(late).Execute())
	check(refused.Status == 412 && refused.Code == "stale_version")
	now := got(api.CasesAPI.UpdateCase(me, registered.Id).IfMatch(version(changed.Version)).UpdateCase(late).Execute())
	check(now.RiskLevel == "high")

	step(8, "move the repatriation until something is missing")
	screened := *homeward.NewMakeTransition(homeward.TARGET_SCREENED)
	moved := got(api.RepatriationAPI.MakeTransition(me, now.Id).IfMatch(version(now.Version)).MakeTransition(screened).Execute())
	check(moved.Stage == "screened")
	askTheMission := *homeward.NewMakeTransition(homeward.TARGET_MISSION_CONTACTED)
	missing := problem(api.RepatriationAPI.MakeTransition(me, now.Id).IfMatch(version(moved.Version)).MakeTransition(askTheMission).Execute())
	check(missing.Status == 409 && missing.Code == "unmet_guards" && len(missing.Unmet) == 1)
	guard := missing.Unmet[0]
	check(guard.Guard == "informed_of_rights" && guard.GetResource() == "embassy-contacts" && guard.GetField() == "informed_of_rights_on")
	check(guard.Message != "")
	check(got(api.RepatriationAPI.GetRepatriation(me, now.Id).Execute()).Stage == "screened")

	step(9, "attach a document and fetch it again")
	scan, err := os.Open(world.Scan)
	check(err == nil, err)
	passport := *homeward.NewCreateAttachment(homeward.ATTACHMENTKIND_PASSPORT_SCAN, "application/pdf")
	passport.SetFileName("paspor Dewi.pdf")
	announced := got(api.AttachmentsAPI.CreateAttachment(me, now.Id).CreateAttachment(passport).IdempotencyKey(key()).Execute())
	stored := got(api.AttachmentsAPI.PutAttachmentContent(me, now.Id, announced.Id).IfMatch(version(announced.Version)).Body(scan).Execute())
	sent, err := os.ReadFile(world.Scan)
	digest := sha256.Sum256(sent)
	check(err == nil && stored.Status == "stored" && stored.GetSha256() == hex.EncodeToString(digest[:]))
	fetched, err := io.ReadAll(got(api.AttachmentsAPI.GetAttachmentContent(me, now.Id, announced.Id).Execute()))
	check(err == nil && bytes.Equal(fetched, sent))

	step(10, "a value and a field that this client cannot know")
	future := got(dropping.CasesAPI.GetCase(me, now.Id).Execute())
	check(future.Stage == "teleported" && future.RiskLevel == "unheard_of")
	check(future.Identity.GetGivenName() == "Dewi Ayu")

	step(11, "every error is a typed problem")
	check(problem(api.CasesAPI.GetCase(me, "7d4f7a52-7d0e-4f0e-9c39-0a5b3f6f2a10").Execute()).Code == "not_found")
	check(problem(api.CasesAPI.ListCases(nobody).Execute()).Code == "unauthenticated")
	check(problem(api.CasesAPI.CreateCase(machine).CreateCase(walkIn).Execute()).Code == "insufficient_scope")
	walkIn.SetNationalityClaimed("IDN")
	walkIn.Identity.Get().SetBirthDate("2999")
	invalid := problem(api.CasesAPI.CreateCase(me).CreateCase(walkIn).Execute())
	check(invalid.Code == "validation_failed" && len(invalid.Errors) == 1)
	check(invalid.Errors[0].Pointer == "/identity/birth_date" && invalid.Errors[0].Code == "date_in_future")

	step(12, "too many requests: wait as long as the server says")
	limited := client(world.LimitedServer, http.DefaultTransport)
	for {
		_, answer, err := limited.CasesAPI.ListCases(machine).Limit(1).Execute()
		if err != nil {
			refused := problem(0, answer, err)
			check(refused.Status == 429 && refused.Code == "too_many_requests")
			break
		}
	}
	started := time.Now()
	got(client(world.LimitedServer, patient{}).CasesAPI.ListCases(machine).Limit(1).Execute())
	fmt.Printf("go    waited %.0f seconds and was served\n", time.Since(started).Seconds())
}

package sdk_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	citypes "github.com/aws/aws-sdk-go-v2/service/cognitoidentity/types"
	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddb "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// A survivor is the story of one user, told by a server that loses its process
// between every two steps. What was acknowledged stays; what was used stays used;
// what was revoked stays revoked.
type survivor struct {
	pooled
	email, code    string
	challenge      *proof
	first, second  *tokens // two sign-ins
	identity       string
	session        *citypes.Credentials
	temporary      string // address of a user with a temporary password
	sessionToUse   string // Session of her challenge
	reset          string // code that resets a password
	afterGlobalOut *tokens
}

const (
	usedChallenge = "NotAuthorizedException: "
	revoked       = "NotAuthorizedException: Refresh Token has been revoked"
	accessRevoked = "NotAuthorizedException: Access Token has been revoked"
)

func TestCrashBetweenSteps(t *testing.T) {
	t.Parallel()
	for _, m := range []mode{devData, production} {
		t.Run(m.String(), func(t *testing.T) {
			t.Parallel()
			s := &survivor{pooled: pooled{world: newWorld(t, serve(t, m))}, email: "ann@example.org"}
			steps := s.setUpSteps()
			if m.dev {
				steps = append(steps, s.signsUp, s.confirms, s.confirmsTwice)
			} else {
				steps = append(steps, s.isMade)
			}
			steps = append(steps, func() { s.setOrg(s.Pool, s.email, orgA) }, s.begins, s.answers, s.answersTwice, s.hasTokens, s.exchanges,
				s.reads, s.refreshes, s.signsInAgain, s.revokesSecond, s.secondStaysRevoked, s.firstGoesOn, s.signsOutEverywhere, s.staysOut,
				s.returns, s.hasTemporaryPassword, s.changesIt, s.changesItTwice)
			if m.dev {
				steps = append(steps, s.forgets, s.resets, s.resetsTwice)
			}
			for i, step := range steps {
				step()
				if t.Failed() {
					t.Fatalf("after crash %d", i)
				}
				s.s.restart(t)
			}
			s.reads()
		})
	}
}

func (s *survivor) signsUp() {
	_, err := s.users.SignUp(s.ctx, &idp.SignUpInput{ClientId: &s.Client, Username: &s.email, Password: aws.String(password), UserAttributes: pairs("email", s.email)})
	s.must("SignUp", err)
}

func (s *survivor) isMade() { s.email = s.user(s.Pool) }

func (s *survivor) confirms() {
	s.code = s.s.code(s.t, s.email)
	_, err := s.users.SignUp(s.ctx, &idp.SignUpInput{ClientId: &s.Client, Username: &s.email, Password: aws.String(password), UserAttributes: pairs("email", s.email)})
	s.want("signing up again", err, "UsernameExistsException: ")
	s.must("ConfirmSignUp", s.confirm())
}

func (s *survivor) confirm() error {
	_, err := s.users.ConfirmSignUp(s.ctx, &idp.ConfirmSignUpInput{ClientId: &s.Client, Username: &s.email, ConfirmationCode: &s.code})
	return err
}

func (s *survivor) confirmsTwice() {
	s.want("using the confirmation code again", s.confirm(), "NotAuthorizedException: User cannot be confirmed. Current status is CONFIRMED")
}

func (s *survivor) begins() { s.challenge = s.beginSRP(s.Client, s.email) }

func (s *survivor) answers() {
	out, err := s.endSRP(s.Pool, s.challenge)
	s.must("RespondToAuthChallenge", err)
	s.first = out.AuthenticationResult
}

func (s *survivor) answersTwice() {
	_, err := s.endSRP(s.Pool, s.challenge)
	s.want("using SECRET_BLOCK again", err, usedChallenge)
}

func (s *survivor) whoIs(in *tokens) error {
	_, err := s.users.GetUser(s.ctx, &idp.GetUserInput{AccessToken: in.AccessToken})
	return err
}

func (s *survivor) hasTokens() { s.must("GetUser", s.whoIs(s.first)) }

func (s *survivor) login(in *tokens) map[string]string {
	return logins(s.Pool, aws.ToString(in.IdToken))
}

func (s *survivor) exchanges() {
	s.identity = s.id(s.IdentityPool, s.login(s.first))
	s.session = s.credentials(s.IdentityPool, s.login(s.first))
}

// reads uses the one session that was made long ago, for all decisions.
func (s *survivor) reads() {
	s.t.Helper()
	rows := s.as(s.session)
	s.want("a public row", read(s.ctx, rows, catalogue, rowsOfAll[0]), "")
	s.want("an own row", read(s.ctx, rows, catalogue, orgA+"#books"), "")
	s.want("a foreign row", read(s.ctx, rows, catalogue, orgB+"#books"), denied("TenantUser", "GetItem", catalogue))
	if again := s.id(s.IdentityPool, s.login(s.first)); again != s.identity {
		s.t.Errorf("the identity was %s and is %s", s.identity, again)
	}
}

func (s *survivor) refreshes() {
	out, err := s.refresh(s.Client, aws.ToString(s.first.RefreshToken))
	s.must("refreshing", err)
	s.must("GetUser with the new token", s.whoIs(out))
	s.reads()
}

func (s *survivor) signsInAgain() { s.second = s.signInSRP(s.Pool, s.Client, s.email) }

func (s *survivor) revokesSecond() {
	_, err := s.users.RevokeToken(s.ctx, &idp.RevokeTokenInput{ClientId: &s.Client, Token: s.second.RefreshToken})
	s.must("RevokeToken", err)
}

func (s *survivor) isOut(in *tokens) {
	s.t.Helper()
	_, err := s.refresh(s.Client, aws.ToString(in.RefreshToken))
	s.want("refreshing", err, revoked)
	s.want("GetUser", s.whoIs(in), accessRevoked)
}

func (s *survivor) secondStaysRevoked() { s.isOut(s.second) }

func (s *survivor) firstGoesOn() {
	_, err := s.refresh(s.Client, aws.ToString(s.first.RefreshToken))
	s.must("refreshing the other session", err)
	s.must("GetUser with the other session", s.whoIs(s.first))
}

func (s *survivor) signsOutEverywhere() {
	_, err := s.users.GlobalSignOut(s.ctx, &idp.GlobalSignOutInput{AccessToken: s.first.AccessToken})
	s.must("GlobalSignOut", err)
}

func (s *survivor) staysOut() {
	s.isOut(s.first)
	s.isOut(s.second)
	s.reads() // sessions of STS live until they expire, as on AWS
}

func (s *survivor) returns() {
	s.afterGlobalOut = s.signInSRP(s.Pool, s.Client, s.email)
	s.must("GetUser", s.whoIs(s.afterGlobalOut))
	if again := s.id(s.IdentityPool, s.login(s.afterGlobalOut)); again != s.identity {
		s.t.Errorf("the identity was %s and is %s", s.identity, again)
	}
}

func (s *survivor) hasTemporaryPassword() {
	s.temporary = "new@example.org"
	_, err := s.users.AdminCreateUser(s.ctx, &idp.AdminCreateUserInput{
		UserPoolId: &s.Pool, Username: &s.temporary, TemporaryPassword: aws.String(password), MessageAction: "SUPPRESS",
		UserAttributes: pairs("email", s.temporary, "email_verified", "true"),
	})
	s.must("AdminCreateUser", err)
	out, err := s.users.InitiateAuth(s.ctx, &idp.InitiateAuthInput{
		AuthFlow: "USER_PASSWORD_AUTH", ClientId: &s.Client, AuthParameters: map[string]string{"USERNAME": s.temporary, "PASSWORD": password},
	})
	s.must("InitiateAuth", err)
	if out.ChallengeName != "NEW_PASSWORD_REQUIRED" || aws.ToString(out.Session) == "" {
		s.t.Fatalf("challenge %q", out.ChallengeName)
	}
	s.sessionToUse = aws.ToString(out.Session)
}

func (s *survivor) change(newPassword string) error {
	_, err := s.users.RespondToAuthChallenge(s.ctx, &idp.RespondToAuthChallengeInput{
		ChallengeName: "NEW_PASSWORD_REQUIRED", ClientId: &s.Client, Session: &s.sessionToUse,
		ChallengeResponses: map[string]string{"USERNAME": s.temporary, "NEW_PASSWORD": newPassword},
	})
	return err
}

func (s *survivor) changesIt() { s.must("NEW_PASSWORD_REQUIRED", s.change(password+"1")) }

func (s *survivor) changesItTwice() {
	s.want("using Session again", s.change(password+"2"), "NotAuthorizedException: ")
}

func (s *survivor) forgets() {
	_, err := s.users.ForgotPassword(s.ctx, &idp.ForgotPasswordInput{ClientId: &s.Client, Username: &s.email})
	s.must("ForgotPassword", err)
	s.reset = s.s.code(s.t, s.email)
}

func (s *survivor) confirmReset() error {
	_, err := s.users.ConfirmForgotPassword(s.ctx, &idp.ConfirmForgotPasswordInput{
		ClientId: &s.Client, Username: &s.email, ConfirmationCode: &s.reset, Password: aws.String(password + "3"),
	})
	return err
}

func (s *survivor) resets() { s.must("ConfirmForgotPassword", s.confirmReset()) }

func (s *survivor) resetsTwice() {
	s.want("using the reset code again", s.confirmReset(), "ExpiredCodeException: ")
}

// TestCrashUnderLoad: kill -9 while rows are written. Every write that was
// acknowledged is there afterwards.
func TestCrashUnderLoad(t *testing.T) {
	t.Parallel()
	const writers = 16
	w := newWorld(t, serve(t, devData))
	w.table("load")
	for round := range 2 {
		rows := make([][]string, writers)
		ctx, stop := context.WithTimeout(w.ctx, 20*time.Second)
		var all sync.WaitGroup
		var acknowledged atomic.Int64
		for i := range writers {
			all.Go(func() {
				for n := 0; ; n++ {
					pk := fmt.Sprintf("%d.%d.%d", round, i, n)
					if put(ctx, w.rows, "load", pk) != nil {
						return // the server is gone
					}
					rows[i] = append(rows[i], pk)
					acknowledged.Add(1)
				}
			})
		}
		time.Sleep(700 * time.Millisecond)
		w.s.crash(t)
		all.Wait()
		stop()
		w.s.start(t)
		if n := acknowledged.Load(); n < writers {
			t.Fatalf("only %d rows were acknowledged before the crash", n)
		}
		t.Logf("%d rows were acknowledged before the crash", acknowledged.Load())
		there := w.scanAll("load")
		for _, list := range rows {
			for _, pk := range list {
				if !there[pk] {
					t.Errorf("the row %s was acknowledged and is gone", pk)
				}
			}
		}
	}
}

func (w *world) scanAll(table string) map[string]bool {
	w.t.Helper()
	out := map[string]bool{}
	for pages := dynamodb.NewScanPaginator(w.rows, &dynamodb.ScanInput{TableName: &table}); pages.HasMorePages(); {
		page, err := pages.NextPage(w.ctx)
		w.must("Scan", err)
		for _, item := range page.Items {
			if pk, ok := item["pk"].(*ddb.AttributeValueMemberS); ok {
				out[pk.Value] = true
			}
		}
	}
	return out
}

// TestFolderIsLocked: a second process must not write into the same folder, and
// says so at once.
func TestFolderIsLocked(t *testing.T) {
	t.Parallel()
	s := serve(t, production)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	out, err := run(ctx, binary, []string{"serve", "--data", s.folder, "--listen", freeAddress(t)}, cleanEnv(), nil)
	if err == nil || ctx.Err() != nil {
		t.Fatalf("a second server on the folder runs: %v %s", ctx.Err(), out)
	}
	if text := err.Error(); !strings.Contains(text, s.folder) || strings.Contains(text, "panic") {
		t.Errorf("the second server says %q", text)
	}
	newWorld(t, s).table("still-there")
}

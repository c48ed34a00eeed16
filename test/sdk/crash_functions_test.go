package sdk_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	idptypes "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

// A joiner is somebody who confirms her address when the server dies.
type joiner struct {
	email, code string
	told        error // what ConfirmSignUp said before the crash
}

// A callers world has functions that are called when the server dies: one for
// itself, one by the user pool after a confirmation.
type callers struct {
	*world
	Pool, Client string
	people       []*joiner
}

// TestCrashDuringFunctions: kill -9 while functions run. None of their processes
// stays, they run again, and who was told to be confirmed is.
func TestCrashDuringFunctions(t *testing.T) {
	t.Parallel()
	needNode(t)
	c := &callers{world: newWorld(t, serve(t, devData))}
	c.setUp()
	for round := range 2 {
		c.signUp(round)
		early := c.people[0]
		c.must("ConfirmSignUp", c.confirm(c.ctx, early))
		ctx, stop := context.WithTimeout(c.ctx, 30*time.Second)
		var calls sync.WaitGroup
		for _, p := range c.people[1:] {
			calls.Go(func() { p.told = c.confirm(ctx, p) })
		}
		for range 3 {
			calls.Go(func() { _ = c.invoke(ctx) }) // some answer, some are cut off
		}
		family := c.awaitFamily(c.s.cmd.Process.Pid)
		c.s.crash(t)
		calls.Wait()
		stop()
		c.s.start(t)
		c.must("Invoke after the crash", c.invoke(c.ctx))
		family.gone(t)
		for _, p := range c.people {
			c.isConfirmedOrMayBe(p)
		}
	}
}

func (c *callers) setUp() {
	c.nodeFunction("slow", "slow.mjs", map[string]string{"WAIT": "300"})
	out, err := c.users.CreateUserPool(c.ctx, &idp.CreateUserPoolInput{
		PoolName: aws.String("people"), UsernameAttributes: []idptypes.UsernameAttributeType{"email"},
		AutoVerifiedAttributes: []idptypes.VerifiedAttributeType{"email"},
		LambdaConfig:           &idptypes.LambdaConfigType{PostConfirmation: aws.String(functionARN("slow"))},
	})
	c.must("CreateUserPool", err)
	c.Pool = aws.ToString(out.UserPool.Id)
	c.Client = c.client(c.Pool, "email")
	c.allowInvoke("slow", "cognito-idp.amazonaws.com", aws.ToString(out.UserPool.Arn))
}

func (c *callers) signUp(round int) {
	c.t.Helper()
	c.people = nil
	for i := range 4 {
		p := &joiner{email: fmt.Sprintf("user%d.%d@example.org", round, i)}
		_, err := c.users.SignUp(c.ctx, &idp.SignUpInput{ClientId: &c.Client, Username: &p.email, Password: aws.String(password), UserAttributes: pairs("email", p.email)})
		c.must("SignUp", err)
		p.code = c.s.code(c.t, p.email)
		c.people = append(c.people, p)
	}
}

func (c *callers) confirm(ctx context.Context, p *joiner) error {
	_, err := c.users.ConfirmSignUp(ctx, &idp.ConfirmSignUpInput{ClientId: &c.Client, Username: &p.email, ConfirmationCode: &p.code})
	return err
}

func (c *callers) invoke(ctx context.Context) error {
	out, err := c.functions.Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String("slow"), Payload: []byte(`"again"`)})
	if err == nil && (out.FunctionError != nil || string(out.Payload) != `"again"`) {
		err = fmt.Errorf("%s: %s", aws.ToString(out.FunctionError), out.Payload)
	}
	return err
}

// isConfirmedOrMayBe: a confirmation that was answered stays; one that was not
// either is done or can be done again with the same code.
func (c *callers) isConfirmedOrMayBe(p *joiner) {
	c.t.Helper()
	u, err := c.users.AdminGetUser(c.ctx, &idp.AdminGetUserInput{UserPoolId: &c.Pool, Username: &p.email})
	c.must("AdminGetUser", err)
	switch {
	case u.UserStatus == "CONFIRMED":
	case p.told == nil:
		c.t.Errorf("%s was told to be confirmed and is %s", p.email, u.UserStatus)
	default:
		c.must("confirming again", c.confirm(c.ctx, p))
	}
	c.signInSRP(c.Pool, c.Client, p.email)
}

// A family is a process and those that it started, by id and time of birth.
type family map[int]string

// awaitFamily waits until functions run that have started processes themselves.
func (c *callers) awaitFamily(server int) family {
	c.t.Helper()
	if runtime.GOOS != "linux" {
		time.Sleep(time.Second) // there is no /proc: nothing to compare with
		return nil
	}
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		f, sleepers := descendants(c.t, server)
		if sleepers >= 3 {
			return f
		}
		if time.Now().After(deadline) {
			c.t.Fatalf("the server has %d descendants, %d of functions' functions", len(f), sleepers)
		}
	}
}

// descendants reads the kernel's table of processes.
func descendants(t *testing.T, of int) (f family, sleepers int) {
	t.Helper()
	type row struct {
		parent      int
		name, birth string
	}
	all := map[int]row{}
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(files) == 0 {
		t.Fatalf("reading /proc: %v", err)
	}
	for _, file := range files {
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if name, parent, birth, _ := process(pid); name != "" {
			all[pid] = row{parent, name, birth}
		}
	}
	f = family{}
	for pid, r := range all {
		for up, steps := r.parent, 0; up > 1 && steps < 64; up, steps = all[up].parent, steps+1 {
			if up == of {
				f[pid] = r.birth
				if r.name == "sleep" {
					sleepers++
				}
				break
			}
		}
	}
	return f, sleepers
}

// process reads a process of the kernel's table; no name: it is not there, or dead.
func process(pid int) (name string, parent int, birth, state string) {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return "", 0, "", ""
	}
	from, to := bytes.IndexByte(stat, '('), bytes.LastIndexByte(stat, ')')
	fields := strings.Fields(string(stat[to+1:]))
	if len(fields) < 20 || fields[0] == "Z" || fields[0] == "X" {
		return "", 0, "", ""
	}
	parent, _ = strconv.Atoi(fields[1])
	return string(stat[from+1 : to]), parent, fields[19], fields[0]
}

// gone waits for the end of all of them.
func (f family) gone(t *testing.T) {
	t.Helper()
	var left []string
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		left = nil
		for pid, birth := range f {
			if name, _, b, _ := process(pid); name != "" && b == birth {
				left = append(left, fmt.Sprintf("%d %s", pid, name))
			}
		}
		if len(left) == 0 {
			return
		}
	}
	t.Errorf("processes of the killed server's functions live: %v", left)
}

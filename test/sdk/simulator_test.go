package sdk_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	citypes "github.com/aws/aws-sdk-go-v2/service/cognitoidentity/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
)

const (
	simTable = "sim-table"
	simUser  = "arn:aws:iam::" + account + ":user/ann"
)

// simulated is what the AWS CLI prints for a simulation, and the SDK's answer in JSON.
type simulated struct {
	EvaluationResults []simulatedResult
	IsTruncated       bool
}

type simulatedResult struct {
	EvalActionName, EvalResourceName, EvalDecision, EvalResourceDecision string
	MatchedStatements                                                    []simulatedStatement
	MissingContextValues                                                 []string
	EvalDecisionDetails                                                  map[string]string
	PermissionsBoundaryDecisionDetail                                    map[string]bool
	ResourceSpecificResults                                              []simulatedResult
}

type simulatedStatement struct {
	SourcePolicyId, SourcePolicyType string
	StartPosition, EndPosition       struct{ Line, Column int }
}

// simulator is a world with a user who may read and write rows under its name.
func simulator(t *testing.T) (*world, *citypes.Credentials) {
	w := newWorld(t, serve(t, devMemory))
	w.table(simTable, "ann#1", "bob#1")
	ann := aws.String("ann")
	_, err := w.iam.CreateUser(w.ctx, &iam.CreateUserInput{UserName: ann})
	w.must("CreateUser", err)
	_, err = w.iam.PutUserPolicy(w.ctx, &iam.PutUserPolicyInput{UserName: ann, PolicyName: aws.String("rows"), PolicyDocument: aws.String(
		statements(statement("Allow", "GetItem PutItem", simTable, rowsLike("${aws:username}#*")), statement("Deny", "PutItem", simTable, rowsLike("ann#locked"))))})
	w.must("PutUserPolicy", err)
	made, err := w.iam.CreateAccessKey(w.ctx, &iam.CreateAccessKeyInput{UserName: ann})
	w.must("CreateAccessKey", err)
	return w, &citypes.Credentials{AccessKeyId: made.AccessKey.AccessKeyId, SecretKey: made.AccessKey.SecretAccessKey}
}

func (c *cli) simulated(args ...string) simulated {
	c.t.Helper()
	text, err := json.Marshal(c.run(append([]string{"iam"}, args...)...))
	if err != nil {
		c.t.Fatal(err)
	}
	var out simulated
	if err := json.Unmarshal(text, &out); err != nil {
		c.t.Fatal(err)
	}
	return out
}

// TestSimulatorSaysWhatHappens: for every row, what the simulator says of a user
// is what happens when the user comes with its key.
func TestSimulatorSaysWhatHappens(t *testing.T) {
	needCLI(t)
	t.Parallel()
	w, creds := simulator(t)
	root, ann := newCLI(t, w.s), w.as(creds)
	for _, tt := range []struct{ action, row, decision, real string }{
		{"GetItem", "ann#1", "allowed", ""},
		{"GetItem", "bob#1", "implicitDeny", "AccessDeniedException: User: " + simUser + " is not authorized to perform: dynamodb:GetItem on resource: " + tableARN(simTable) + " because no identity-based policy allows"},
		{"PutItem", "ann#2", "allowed", ""},
		{"PutItem", "ann#locked", "explicitDeny", "AccessDeniedException: User: " + simUser + " is not authorized to perform: dynamodb:PutItem on resource: " + tableARN(simTable) + " with an explicit deny in an identity-based policy"},
	} {
		got := root.simulated("simulate-principal-policy", "--policy-source-arn", simUser, "--action-names", "dynamodb:"+tt.action, "--resource-arns", tableARN(simTable),
			"--context-entries", "ContextKeyName=dynamodb:LeadingKeys,ContextKeyType=stringList,ContextKeyValues="+tt.row)
		if len(got.EvaluationResults) != 1 || got.EvaluationResults[0].EvalDecision != tt.decision {
			t.Errorf("%s %s: %+v, want %s", tt.action, tt.row, got, tt.decision)
			continue
		}
		result := got.EvaluationResults[0]
		if result.EvalResourceName != tableARN(simTable) || len(result.MissingContextValues) > 0 || result.EvalDecisionDetails == nil ||
			len(result.ResourceSpecificResults) != 1 || result.ResourceSpecificResults[0].EvalResourceDecision != tt.decision {
			t.Errorf("%s %s: %+v", tt.action, tt.row, result)
		}
		for _, s := range result.MatchedStatements {
			if s.SourcePolicyId != "user_ann_rows" || s.SourcePolicyType != "IAM Policy" || s.StartPosition.Line != 1 || s.EndPosition.Column <= s.StartPosition.Column {
				t.Errorf("%s %s: matched %+v", tt.action, tt.row, s)
			}
		}
		if n := len(result.MatchedStatements); (n == 1) != (tt.decision != "implicitDeny") {
			t.Errorf("%s %s: %d statements matched", tt.action, tt.row, n)
		}
		err := put(w.ctx, ann, simTable, tt.row)
		if tt.action == "GetItem" {
			err = read(w.ctx, ann, simTable, tt.row)
		}
		w.want(tt.action+" "+tt.row, err, tt.real)
	}
	keys := root.run("iam", "get-context-keys-for-principal-policy", "--policy-source-arn", simUser)
	if text, err := json.Marshal(keys); err != nil || string(text) != `{"ContextKeyNames":["dynamodb:LeadingKeys","aws:username"]}` {
		t.Errorf("context keys: %s, %v", text, err)
	}
	_, err := newCLI(t, w.s).as(creds).try("iam", "simulate-principal-policy", "--policy-source-arn", simUser, "--action-names", "dynamodb:GetItem")
	if got, want := toldByCLI(err), "AccessDenied: User: "+simUser+" is not authorized to perform: iam:SimulatePrincipalPolicy on resource: "+simUser; !strings.HasPrefix(got, want) {
		t.Errorf("the user asks for itself: %q", got)
	}
}

// TestSimulatorByCLI is the example of the AWS CLI, with the answer that its
// documentation prints.
//
// Source: AWS CLI reference, simulate-custom-policy, example 1.
func TestSimulatorByCLI(t *testing.T) {
	needCLI(t)
	t.Parallel()
	root := newCLI(t, serve(t, devMemory))
	const document = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}`
	got, err := json.Marshal(root.run("iam", "simulate-custom-policy", "--policy-input-list", document, "--action-names", "dynamodb:CreateBackup",
		"--context-entries", "ContextKeyName='aws:CurrentTime',ContextKeyValues='2019-04-25T11:00:00Z',ContextKeyType=date"))
	const want = `{"EvaluationResults":[{"EvalActionName":"dynamodb:CreateBackup","EvalDecision":"allowed","EvalResourceName":"*","MatchedStatements":[` +
		`{"EndPosition":{"Column":167,"Line":1},"SourcePolicyId":"PolicyInputList.1","SourcePolicyType":"IAM Policy","StartPosition":{"Column":38,"Line":1}}],"MissingContextValues":[]}]}`
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v\nwant %s", got, err, want)
	}
	_, err = root.try("iam", "simulate-custom-policy", "--policy-input-list", `{"Version":"2012-10-17"}`, "--action-names", "dynamodb:CreateBackup")
	if told := toldByCLI(err); !strings.HasPrefix(told, "InvalidInput: The policy PolicyInputList.1 is not valid") {
		t.Errorf("a broken policy: %q", told)
	}
}

// TestSimulatorPages: the SDK's paginator sees every action once, with a boundary
// and the policies of an organization, which only new clients can send.
func TestSimulatorPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, serve(t, devMemory))
	all := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	rows := allow("GetItem PutItem", simTable, "")
	actions := []string{"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem", "s3:GetObject", "dynamodb:Query"}
	pages := iam.NewSimulateCustomPolicyPaginator(w.iam, &iam.SimulateCustomPolicyInput{
		PolicyInputList: []string{all}, PermissionsBoundaryPolicyInputList: []string{rows}, ActionNames: actions, ResourceArns: []string{tableARN(simTable)},
		MaxItems: aws.Int32(2), OrderedOrganizationPolicyInputList: []iamtypes.OrderedOrganizationPolicyType{
			{ServiceControlPolicyInputList: []string{all}},
			{ServiceControlPolicyInputList: []string{all, statements(statement("Deny", "PutItem", simTable, ""))}},
		},
	})
	var got []string
	for pages.HasMorePages() {
		page, err := pages.NextPage(w.ctx)
		w.must("SimulateCustomPolicy", err)
		for _, r := range page.EvaluationResults {
			words := []string{aws.ToString(r.EvalActionName), string(r.EvalDecision)}
			if r.PermissionsBoundaryDecisionDetail.AllowedByPermissionsBoundary {
				words = append(words, "bounded")
			}
			if r.OrganizationsDecisionDetail.AllowedByOrganizations {
				words = append(words, "organized")
			}
			got = append(got, strings.Join(words, " "))
		}
	}
	want := []string{
		"dynamodb:GetItem allowed bounded organized", "dynamodb:PutItem explicitDeny bounded", "dynamodb:DeleteItem implicitDeny organized",
		"s3:GetObject implicitDeny organized", "dynamodb:Query implicitDeny organized",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

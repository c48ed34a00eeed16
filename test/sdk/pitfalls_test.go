package sdk_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentity"
	citypes "github.com/aws/aws-sdk-go-v2/service/cognitoidentity/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// A pitfall is a way in which people get tenant isolation wrong. A faithful
// server takes the decision that AWS takes, however unwelcome: an allow that AWS
// gives is what a team must be able to see before production shows it.
type pitfall struct {
	number int
	name   string
	try    func(*world)
}

// Numbers are those of the project's catalogue. The ones that a single service
// decides are tested beside its code.
var pitfalls = []pitfall{
	{1, "writable tenant attribute", writableTenant},
	{2, "immutable but chosen by the user", immutableButChosen},
	{3, "update of a client without WriteAttributes", updateReopens},
	{4, "second app client", secondClient},
	{10, "ambiguous role falls back to the default", ambiguousRole},
	{11, "CustomRoleArn", customRole},
	{12, "tenant in ClientMetadata", clientMetadata},
	{16, "trust policy without aud", trustWithoutAud},
	{17, "loose amr", looseAMR},
	{18, "ForAllValues on amr", forAllValuesAMR},
	{19, "classic flow goes around role mapping", classicFlow},
	{24, "token of another pool or client", tokenOfAnother},
	{25, "sub is not the identity id", subIsNotIdentity},
	{26, "linking a login to a known guest identity", linkToGuest},
	{27, "default tag map", defaultTagMap},
	{28, "trust policy without sts:TagSession", withoutTagSession},
	{29, "role tag of the same key", roleTag},
	{30, "role chaining loses tags", roleChaining},
	{31, "absent tag", absentTag},
	{32, "wildcards in tag values", wildcardValue},
	{33, "slash and colon in tag values", slashValue},
	{34, "case of tag keys and values", tagCase},
	{35, "tag value too long", tagTooLong},
	{36, "wide role for guests", wideGuest},
}

func TestPitfalls(t *testing.T) {
	t.Parallel()
	w := newWorld(t, serve(t, devMemory))
	w.table(catalogue, append(rowsOfAll, "acme#books", "Acme#books", "acme/public#books", "demo#books")...)
	for _, p := range pitfalls {
		t.Run(fmt.Sprintf("%02d %s", p.number, p.name), func(t *testing.T) { p.try(w.with(t)) })
	}
}

// A tenancy is the pattern done right, for one pitfall to do wrong.
type tenancy struct {
	*world
	name                 string // of the role of its users
	userPool, app, entry string // entry is the identity pool
}

func (w *world) tenancy(role string) *tenancy {
	w.t.Helper()
	return w.tenancyOf(role, w.pool(true), "email")
}

func (w *world) tenancyOf(role, pool string, writable ...string) *tenancy {
	w.t.Helper()
	n := &tenancy{world: w, name: role, userPool: pool}
	n.app = w.client(n.userPool, writable...)
	n.entry = w.identityPool(n.userPool, n.app)
	n.tag(n.entry, n.userPool, map[string]string{"org": "custom:org"})
	w.role(role, trust(usual(n.entry, "authenticated")), allow("GetItem", catalogue, rowsLike(tenantRows)))
	w.roles(n.entry, role, "", nil)
	return n
}

// makeRole makes a role that trusts the tenancy's identity pool.
func (n *tenancy) makeRole(name string, policies ...string) {
	n.t.Helper()
	n.role(name, trust(usual(n.entry, "authenticated")), policies...)
}

// use puts another role in the place of the tenancy's.
func (n *tenancy) use(name string, policies ...string) {
	n.t.Helper()
	n.name = name
	n.makeRole(name, policies...)
	n.roles(n.entry, name, "", nil)
}

func (n *tenancy) login(email string) map[string]string {
	n.t.Helper()
	return logins(n.userPool, aws.ToString(n.signIn(n.app, email).IdToken))
}

// reads signs somebody in and says what becomes of reading each row: "" for
// allowed.
func (n *tenancy) reads(email string, pksAndWants ...string) {
	n.t.Helper()
	n.readsWith(n.credentials(n.entry, n.login(email)), pksAndWants...)
}

func (n *tenancy) readsWith(c *citypes.Credentials, pksAndWants ...string) {
	n.t.Helper()
	rows := n.as(c)
	for i := 0; i < len(pksAndWants); i += 2 {
		n.want("reading "+pksAndWants[i], read(n.ctx, rows, catalogue, pksAndWants[i]), pksAndWants[i+1])
	}
}

// cannotEnter: the exchange of somebody's token fails as a configuration error.
func (n *tenancy) cannotEnter(email string) {
	n.t.Helper()
	_, err := n.exchange(n.entry, n.login(email))
	n.want("the exchange", err, badConfiguration)
}

// refused is the refusal of a read in the role of the tenancy.
func (n *tenancy) refused() string { return denied(n.name, "GetItem", catalogue) }

const (
	booksA     = orgA + "#books"
	booksB     = orgB + "#books"
	unwritable = "NotAuthorizedException: A client attempted to write unauthorized attribute"
)

// scanAs tries to read everything.
func (n *tenancy) scanAs(email, want string) {
	n.t.Helper()
	_, err := n.as(n.credentials(n.entry, n.login(email))).Scan(n.ctx, &dynamodb.ScanInput{TableName: aws.String(catalogue)})
	n.want("Scan", err, want)
}

// custom swaps a login for credentials of a role that the caller chooses.
func (n *tenancy) custom(email, role string) error {
	n.t.Helper()
	l := n.login(email)
	_, err := n.world.identities.GetCredentialsForIdentity(n.ctx, &cognitoidentity.GetCredentialsForIdentityInput{
		IdentityId: aws.String(n.id(n.entry, l)), Logins: l, CustomRoleArn: aws.String(roleARN(role)),
	})
	return err
}

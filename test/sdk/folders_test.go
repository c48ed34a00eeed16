package sdk_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	citypes "github.com/aws/aws-sdk-go-v2/service/cognitoidentity/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// ownFolder is the folder of an identity, as the developer guide of Cognito has it.
const ownFolder = `{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::` + shelf + `","Condition":{"StringLike":{"s3:prefix":["${cognito-identity.amazonaws.com:sub}/*"]}}},` +
	`{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject","s3:DeleteObject"],"Resource":"arn:aws:s3:::` + shelf + `/${cognito-identity.amazonaws.com:sub}/*"}`

// published lets everyone read what its owner has tagged so, and nobody else tag.
const published = `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::` + shelf + `/*","Condition":{"StringEquals":{"s3:ExistingObjectTag/audience":"everyone"}}},` +
	`{"Effect":"Allow","Action":"s3:PutObjectTagging","Resource":"arn:aws:s3:::` + shelf + `/${cognito-identity.amazonaws.com:sub}/*","Condition":{"StringEquals":{"s3:RequestObjectTag/audience":"everyone"}}}`

// TestFoldersByIdentity: an identity reaches its own folder, what others have
// published, and nothing else.
func TestFoldersByIdentity(t *testing.T) {
	t.Parallel()
	w := &identityWorld{world: newWorld(t, serve(t, devData)), ids: map[string]string{}, sessions: map[string]*citypes.Credentials{}}
	w.userPool = w.pool(true)
	w.client = w.world.client(w.userPool)
	w.first = w.identityPool(w.userPool, w.client)
	w.bucket(shelf)
	w.role("Owner", trust(usual(w.first, "authenticated")), statements(ownFolder, published))
	w.roles(w.first, "Owner", "", nil)
	for _, name := range []string{"ann", "bob"} {
		l := w.login()
		w.ids[name], w.sessions[name] = w.id(w.first, l), w.credentials(w.first, l)
	}
	ann, bob := w.objectsOf(w.sessions["ann"]), w.objectsOf(w.sessions["bob"])
	own, foreign := w.ids["ann"]+"/diary.txt", w.ids["bob"]+"/diary.txt"
	w.want("writing into the own folder", w.putText(ann, own), "")
	w.want("the other one, too", w.putText(bob, foreign), "")
	w.want("reading from it", w.getText(ann, own), "")
	w.want("writing into a foreign folder", w.putText(ann, foreign), "AccessDenied")
	w.want("reading from a foreign folder", w.getText(ann, foreign), "AccessDenied")
	w.want("writing beside every folder", w.putText(ann, "diary.txt"), "AccessDenied")
	w.want("copying out of a foreign folder", w.copyText(ann, foreign, w.ids["ann"]+"/stolen.txt"), "AccessDenied")
	w.want("copying into a foreign folder", w.copyText(ann, own, foreign), "AccessDenied")
	for prefix, want := range map[string]string{
		w.ids["ann"] + "/": "", w.ids["ann"] + "/a": "", w.ids["bob"] + "/": "AccessDenied", w.ids["ann"]: "AccessDenied", "": "AccessDenied",
	} {
		w.want("listing "+prefix, w.listed3(ann, prefix), want)
	}

	w.want("publishing in a foreign folder", w.tagged(bob, own), "AccessDenied")
	w.want("publishing", w.tagged(ann, own), "")
	w.want("reading what was published", w.getText(bob, own), "")
	w.want("reading with a tag of one's own making", w.tagged(bob, w.ids["ann"]+"/other.txt"), "AccessDenied")
	_, err := ann.PutObjectTagging(w.ctx, &s3.PutObjectTaggingInput{Bucket: aws.String(shelf), Key: &own, Tagging: tagging("audience", "nobody")})
	w.want("another tag than the policy knows", err, "AccessDenied")
}

func (w *identityWorld) putText(c *s3.Client, key string) error {
	_, err := c.PutObject(w.ctx, &s3.PutObjectInput{Bucket: aws.String(shelf), Key: &key, Body: strings.NewReader("dear diary")})
	return err
}

func (w *identityWorld) getText(c *s3.Client, key string) error {
	out, err := c.GetObject(w.ctx, &s3.GetObjectInput{Bucket: aws.String(shelf), Key: &key})
	if err == nil {
		out.Body.Close()
	}
	return err
}

func (w *identityWorld) copyText(c *s3.Client, from, to string) error {
	_, err := c.CopyObject(w.ctx, &s3.CopyObjectInput{Bucket: aws.String(shelf), Key: &to, CopySource: aws.String(shelf + "/" + from)})
	return err
}

func (w *identityWorld) tagged(c *s3.Client, key string) error {
	_, err := c.PutObjectTagging(w.ctx, &s3.PutObjectTaggingInput{Bucket: aws.String(shelf), Key: &key, Tagging: tagging("audience", "everyone")})
	return err
}

func (w *identityWorld) listed3(c *s3.Client, prefix string) error {
	_, err := c.ListObjectsV2(w.ctx, &s3.ListObjectsV2Input{Bucket: aws.String(shelf), Prefix: &prefix})
	return err
}

// TestSeveralUserPools: the pools of an application's two kinds of users behind
// one identity pool, each with its own role by what the token says.
func TestSeveralUserPools(t *testing.T) {
	t.Parallel()
	w := newWorld(t, serve(t, devMemory))
	readers, authors := w.pool(true), w.pool(true)
	readersClient, authorsClient := w.client(readers), w.client(authors)
	pool := w.identityPool(readers, readersClient, authors, authorsClient)
	w.table(catalogue, rowsOfAll...)
	w.bucket(shelf, "drafts/1.txt")
	byPool := func(p string) string {
		return trust(fmt.Sprintf(`{"StringEquals":{"cognito-identity.amazonaws.com:aud":%q},"ForAnyValue:StringLike":{"cognito-identity.amazonaws.com:amr":"%s:CognitoSignIn:*"}}`, pool, providerName(p)))
	}
	w.role("Reader", byPool(readers), allow("GetItem", catalogue, ""))
	w.role("Author", byPool(authors), statements(`{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::`+shelf+`/drafts/*"}`))
	w.role("Nobody", trust(usual(pool, "authenticated")))
	mapping := func(claim, role string) citypes.RoleMapping {
		return citypes.RoleMapping{Type: "Rules", AmbiguousRoleResolution: "Deny", RulesConfiguration: &citypes.RulesConfigurationType{
			Rules: []citypes.MappingRule{{Claim: aws.String("custom:org"), MatchType: "Equals", Value: &claim, RoleARN: aws.String(roleARN(role))}},
		}}
	}
	w.roles(pool, "Nobody", "", map[string]citypes.RoleMapping{
		providerName(readers) + ":" + readersClient: mapping("reader", "Reader"), providerName(authors) + ":" + authorsClient: mapping("author", "Author"),
	})
	enter := func(p, client, org string) (*citypes.Credentials, error) {
		return w.exchange(pool, logins(p, aws.ToString(w.signIn(client, w.user(p, "custom:org", org)).IdToken)))
	}
	reader, err := enter(readers, readersClient, "reader")
	w.must("entering as a reader", err)
	author, err := enter(authors, authorsClient, "author")
	w.must("entering as an author", err)
	_, err = enter(readers, readersClient, "author")
	w.want("a reader who claims to be an author", err, "NotAuthorizedException")

	d := &doors{pooled: &pooled{world: w}}
	w.want("a reader reads a row", read(w.ctx, w.as(reader), catalogue, rowsOfAll[0]), "")
	w.want("a reader reads a draft", getObject(d, w.objectsOf(reader), "drafts/1.txt"), "AccessDenied")
	w.want("an author reads a draft", getObject(d, w.objectsOf(author), "drafts/1.txt"), "")
	w.want("an author reads a row", read(w.ctx, w.as(author), catalogue, rowsOfAll[0]), denied("Author", "GetItem", catalogue))
}

package server

import (
	"bufio"
	"context"
	"encoding/base32"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/session"
	"github.com/bailiwick-project/bailiwick/store"
)

// loadRing reads the keys that seal sessions, drawing the first at the first start.
func loadRing(ctx context.Context, s store.Store, random io.Reader) (*session.Ring, error) {
	fresh, err := session.NewKey(1, random)
	if err != nil {
		return nil, err
	}
	key := store.Key("server", "ring")
	var keys []session.Key
	err = s.Update(ctx, func(tx store.Tx) error {
		keys, err = store.GetJSON[[]session.Key](tx, key)
		if errors.Is(err, store.ErrNotFound) {
			keys = []session.Key{fresh}
			return store.PutJSON(tx, key, keys)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the keys that seal sessions: %w", err)
	}
	return session.NewRing(random, keys...)
}

// credentialsFile is where the root key is written, for the AWS CLI and SDKs:
// AWS_SHARED_CREDENTIALS_FILE=DIR/credentials.
const credentialsFile = "credentials"

// rootKey returns the root key of the data folder, made at the first start. The
// file comes first: a crash before the key is in the store finds it again.
func rootKey(dir, account string, random io.Reader) (id, secret string, made bool, err error) {
	name := filepath.Join(dir, credentialsFile)
	id, secret, err = readCredentials(name, profile(account))
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return id, secret, false, err
	}
	raw := make([]byte, 10+30)
	if _, err := io.ReadFull(random, raw); err != nil {
		return "", "", false, fmt.Errorf("drawing a root key: %w", err)
	}
	id = "AKIA" + base32.StdEncoding.EncodeToString(raw[:10])
	secret = base64.StdEncoding.EncodeToString(raw[10:])
	return id, secret, true, writeCredentials(name, profile(account), id, secret)
}

// profile names the account's section of the credentials file.
func profile(account string) string { return "bailiwick-" + account }

// writeCredentials adds a section and makes it the default where there is none.
// The file appears whole, readable by its owner only.
func writeCredentials(name, section, id, secret string) error {
	old, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	text := string(old)
	for _, s := range []string{"default", section} {
		if s == "default" && strings.Contains(text, "[default]") {
			continue
		}
		text += fmt.Sprintf("[%s]\naws_access_key_id = %s\naws_secret_access_key = %s\n\n", s, id, secret)
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".credentials-*") // mode 0600
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	_, err = f.WriteString(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("writing %s: %w", name, err), os.Remove(f.Name()))
	}
	return syncFolder(filepath.Dir(name))
}

// syncFolder makes a rename in dir outlast a power cut: the store must not know a
// root key that no file has.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("syncing %s: %w", dir, err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("syncing %s: %w", dir, err)
	}
	return nil
}

// readCredentials finds a section of a credentials file. fs.ErrNotExist says
// that there is no such file or section; a file that cannot be read, or a section
// that lacks its key, is another error: a new root key would end the old one.
func readCredentials(name, section string) (id, secret string, err error) {
	f, err := os.Open(name)
	if err != nil {
		return "", "", err
	}
	defer f.Close()
	in, found := false, false
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if strings.HasPrefix(line, "[") {
			in = line == "["+section+"]"
			found = found || in
			continue
		}
		k, v, _ := strings.Cut(line, "=")
		switch strings.TrimSpace(k) {
		case "aws_access_key_id":
			if in {
				id = strings.TrimSpace(v)
			}
		case "aws_secret_access_key":
			if in {
				secret = strings.TrimSpace(v)
			}
		}
	}
	switch err := lines.Err(); {
	case err != nil:
		return "", "", fmt.Errorf("reading %s: %w", name, err)
	case !found:
		return "", "", fmt.Errorf("%s has no section [%s]: %w", name, section, fs.ErrNotExist)
	case id == "" || secret == "":
		return "", "", fmt.Errorf("section [%s] of %s lacks its key: restore it, or remove the section for a new root key", section, name)
	}
	return id, secret, nil
}

// devCredentials adds the key that everyone knows. It is never stored: the same
// folder served without --dev does not accept it.
type devCredentials struct {
	bailiwick.Credentials
	account string
}

const devKey = "test"

// Credential implements bailiwick.Credentials.
func (d devCredentials) Credential(ctx context.Context, id string) (bailiwick.Credential, error) {
	if id != devKey {
		return d.Credentials.Credential(ctx, id)
	}
	return bailiwick.Credential{AccessKeyID: devKey, Secret: devKey, Principal: root(d.account)}, nil
}

// root is the root user of an account.
func root(account string) bailiwick.Principal {
	return bailiwick.Principal{Principal: policy.Principal{
		Type: policy.Account, ARN: "arn:aws:iam::" + account + ":root", ID: account, Account: account,
	}}
}

// RootCredentials reads the root key of a data folder: the one that the
// credentials file has as its default.
func RootCredentials(dir string) (id, secret string, err error) {
	return readCredentials(filepath.Join(dir, credentialsFile), "default")
}

package server

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// GCPercent is the GOGC that the program runs with unless the environment says
// another. It trades memory under load for time: the heap is small and mostly
// short-lived. At the start, and when idle, it makes no difference.
const GCPercent = 400

// A Config says what to serve. The zero value of a field means its default.
type Config struct {
	Listen    string           // address; "127.0.0.1:4566"
	Data      string           // data folder; empty needs Dev, and keeps everything in memory
	Dev       bool             // root key test/test, loopback only, readable outbox
	Region    string           // where unsigned requests take place; "us-east-1"
	Account   string           // account of the root key; "000000000000"
	PublicURL string           // where clients reach the server; "" leaves AWS's own issuer names in tokens
	Version   string           // told by /_bailiwick/health
	Log       *slog.Logger     // slog.Default()
	Now       func() time.Time // time.Now
	Random    io.Reader        // crypto/rand.Reader
}

var (
	regionForm  = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]{1,2}$`)
	accountForm = regexp.MustCompile(`^[0-9]{12}$`)
)

// withDefaults fills what is left out and refuses what makes no sense.
func (c Config) withDefaults() (Config, error) {
	c.Listen = or(c.Listen, "127.0.0.1:4566")
	c.Region = or(c.Region, "us-east-1")
	c.Account = or(c.Account, "000000000000")
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Random == nil {
		c.Random = rand.Reader
	}
	return c, errors.Join(c.checkListen(), c.checkNames(), c.checkURL(), c.checkData())
}

func (c Config) checkListen() error {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return fmt.Errorf("--listen %q: %w; write HOST:PORT, such as 127.0.0.1:4566", c.Listen, err)
	}
	if !c.Dev || host == "localhost" {
		return nil
	}
	// The key test/test is known to everyone: nobody else may reach it.
	if ip, err := netip.ParseAddr(host); err != nil || !ip.IsLoopback() {
		return fmt.Errorf("--dev listens on loopback only, because its key is known to everyone; %q is not (use 127.0.0.1, or leave --dev out)", c.Listen)
	}
	return nil
}

func (c Config) checkNames() error {
	if !regionForm.MatchString(c.Region) || len(c.Region) > 32 {
		return fmt.Errorf("--region %q is not the name of a region, such as us-east-1", c.Region)
	}
	if !accountForm.MatchString(c.Account) {
		return fmt.Errorf("--account %q is not 12 digits", c.Account)
	}
	return nil
}

func (c Config) checkURL() error {
	if c.PublicURL == "" {
		return nil
	}
	u, err := url.Parse(c.PublicURL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return fmt.Errorf("--public-url %q is not an http or https URL without query and fragment", c.PublicURL)
	}
	return nil
}

// publicHost is the host of the public URL without its port, "" without one.
func (c Config) publicHost() string {
	u, err := url.Parse(c.PublicURL)
	if err != nil {
		return ""
	}
	return strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
}

func (c Config) checkData() error {
	if c.Data == "" && !c.Dev {
		return errors.New("--data DIR is missing: where should users, policies and rows be kept? (--dev keeps them in memory)")
	}
	return nil
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

package userpools

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/outbox"
	"github.com/bailiwick-project/bailiwick/store"
)

// Where a message has the code or temporary password, and the user's name.
const (
	codeParameter     = "{####}"
	usernameParameter = "{username}"
)

// messageUpdate is the source of messages about a changed address.
const messageUpdate = "CustomMessage_UpdateUserAttribute"

// Limits of messages, in characters. Source: API Reference, CreateUserPool,
// SmsVerificationMessage, EmailVerificationMessage, EmailVerificationSubject.
const (
	maxSMS     = 140
	maxEmail   = 20_000
	maxSubject = 140
)

// A mail is the codes that one request sends. They are drawn outside of the
// transaction; where a function words the messages, they wait until it has.
type mail struct {
	source   string // of CustomMessage
	client   string // id of the app client, or noClient
	metadata map[string]string
	codes    map[string]drawn // by attribute
	waiting  []letter
}

// A letter waits for its words.
type letter struct {
	user          *user
	purpose       codePurpose
	attribute, to string
}

// newMail draws a code for each address that a request may send one to.
func (a *API) newMail(source, client string, metadata map[string]string) (*mail, error) {
	m := &mail{source: source, client: client, metadata: metadata, codes: map[string]drawn{}}
	for _, name := range []string{"email", "phone_number"} {
		d, err := a.drawCode()
		if err != nil {
			return nil, err
		}
		m.codes[name] = d
	}
	return m, nil
}

// reset forgets what waits: the transaction runs again.
func (m *mail) reset() { m.waiting = nil }

// deliver has what waits worded, and sends it. The change that it tells of was
// stored before, and stays if the function fails.
func (a *API) deliver(ctx context.Context, call *bailiwick.Call, p *pool, m *mail) error {
	for _, l := range m.waiting {
		words, err := a.askCustomMessage(ctx, call, &trigger{
			name: customMessage, source: m.source, pool: p, username: l.user.Username, client: m.client,
			request: withMetadata(map[string]any{
				"userAttributes": p.triggerAttributes(l.user), "codeParameter": codeParameter, "usernameParameter": nil,
			}, m.metadata),
		}, codeParameter)
		if err != nil {
			return err
		}
		err = a.decide(ctx, func(tx store.Tx) error {
			u, err := userBySub(tx, l.user.Pool, l.user.Sub)
			if errors.Is(err, errNoUser) || err == nil && !u.Enabled {
				return nil // nobody is left whom the code could serve
			}
			if err != nil {
				return err
			}
			return a.putCode(tx, p, u, l.purpose, l.attribute, l.to, m.codes[l.attribute], words, call.Time)
		})
		if err != nil {
			return fmt.Errorf("sending a code after CustomMessage: %w", err)
		}
	}
	return nil
}

// deliverInvitation has an invitation worded, and sends it if its password is still
// the user's.
func (a *API) deliverInvitation(ctx context.Context, call *bailiwick.Call, p *pool, inv *invitation) error {
	was := inv.waiting
	if was == nil {
		return nil
	}
	words, err := a.askCustomMessage(ctx, call, &trigger{
		name: customMessage, source: "CustomMessage_AdminCreateUser", pool: p, username: was.Username, client: noClient,
		request: withMetadata(map[string]any{
			"userAttributes": p.triggerAttributes(was), "codeParameter": codeParameter, "usernameParameter": usernameParameter,
		}, inv.metadata),
	}, codeParameter, usernameParameter)
	if err != nil {
		return err
	}
	err = a.decide(ctx, func(tx store.Tx) error {
		u, err := userBySub(tx, was.Pool, was.Sub)
		if errors.Is(err, errNoUser) || err == nil && !bytes.Equal(u.Verifier, was.Verifier) {
			return nil
		}
		if err != nil {
			return err
		}
		return inv.put(tx, p, was, words, call.Time)
	})
	if err != nil {
		return fmt.Errorf("sending an invitation after CustomMessage: %w", err)
	}
	return nil
}

// A wording is what a CustomMessage function answered; "" is the pool's own text.
type wording struct{ sms, email, subject string }

// askCustomMessage runs CustomMessage. A message without one of the parameters
// would not bring what it is sent for: the pool's own text is used instead.
func (a *API) askCustomMessage(ctx context.Context, call *bailiwick.Call, t *trigger, parameters ...string) (*wording, error) {
	t.response = map[string]any{"smsMessage": nil, "emailMessage": nil, "emailSubject": nil}
	response, err := a.run(ctx, call, t)
	if err != nil || response == nil {
		return nil, err
	}
	w := new(wording)
	for _, m := range []struct {
		name string
		text *string
		max  int
	}{{"smsMessage", &w.sms, maxSMS}, {"emailMessage", &w.email, maxEmail}, {"emailSubject", &w.subject, maxSubject}} {
		if *m.text, err = response.text(m.name); err != nil {
			return nil, t.misunderstood(call, err)
		}
		if units(*m.text) > m.max {
			return nil, t.misunderstood(call, fmt.Errorf("%w: %s is longer than %d characters", errAnswerShape, m.name, m.max))
		}
	}
	if strings.ContainsFunc(w.subject, unicode.IsControl) { // a line break would begin another header
		return nil, t.misunderstood(call, fmt.Errorf("%w: emailSubject has a control character", errAnswerShape))
	}
	for name, text := range map[string]*string{"smsMessage": &w.sms, "emailMessage": &w.email} {
		for _, parameter := range parameters {
			if *text != "" && !strings.Contains(*text, parameter) {
				call.Note("trigger %s: %s has no %s; the pool's own text is sent", t.source, name, parameter)
				*text = ""
			}
		}
	}
	return w, nil
}

// give words a message. nil has nothing to say.
func (w *wording) give(m *outbox.Message) {
	if w == nil {
		return
	}
	if m.Channel == "SMS" {
		m.Body = cmp.Or(w.sms, m.Body)
		return
	}
	m.Body, m.Subject = cmp.Or(w.email, m.Body), cmp.Or(w.subject, m.Subject)
}

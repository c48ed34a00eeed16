package userpools

import (
	"strings"
	"time"

	"github.com/bailiwick-project/bailiwick/outbox"
	"github.com/bailiwick-project/bailiwick/store"
)

// Default texts. Source: Cognito Developer Guide, "Configuring messages".
const (
	defaultSubject       = "Your verification code"
	defaultBody          = "Your verification code is {####}."
	defaultInviteSubject = "Your temporary password"
	defaultInvite        = "Your username is {username} and temporary password is {####}."
)

// medium is how an address is reached.
func medium(attribute string) string {
	if attribute == "phone_number" {
		return "SMS"
	}
	return "EMAIL"
}

// codeMessage is the message that carries a code.
func (p *pool) codeMessage(words *wording, attribute, to, code string, now time.Time) outbox.Message {
	s := &p.Settings
	t := s.Template
	m := outbox.Message{To: to, Channel: medium(attribute), Code: code, Time: now}
	if m.Channel == "SMS" {
		m.Body = first(t.SmsMessage, s.SmsMessage, defaultBody)
	} else {
		m.Subject = first(t.EmailSubject, s.EmailSubject, defaultSubject)
		m.Body = first(t.EmailMessage, s.EmailMessage, defaultBody)
	}
	words.give(&m)
	m.Body = strings.ReplaceAll(m.Body, "{####}", code)
	return m
}

// inviteMessage is the message that carries a temporary password.
func (p *pool) inviteMessage(words *wording, attribute, to, username, password string, now time.Time) outbox.Message {
	var t MessageTemplateType
	if p.Settings.Invite != nil {
		t = *p.Settings.Invite
	}
	m := outbox.Message{To: to, Channel: medium(attribute), Code: password, Time: now}
	if m.Channel == "SMS" {
		m.Body = first(t.SMSMessage, nil, defaultInvite)
	} else {
		m.Subject, m.Body = first(t.EmailSubject, nil, defaultInviteSubject), first(t.EmailMessage, nil, defaultInvite)
	}
	words.give(&m)
	// In one pass: a name that reads {####} must not become the password.
	m.Body = strings.NewReplacer("{####}", password, "{username}", username).Replace(m.Body)
	return m
}

// describeMessages shows the texts of codes. The template and the older members
// are two names of the same texts, and each is shown where the other was given.
func (s *settings) describeMessages(out *UserPoolType) {
	t := *s.Template // a copy
	t.EmailMessage, t.EmailSubject, t.SmsMessage = pick(t.EmailMessage, s.EmailMessage), pick(t.EmailSubject, s.EmailSubject), pick(t.SmsMessage, s.SmsMessage)
	out.VerificationMessageTemplate = &t
	out.EmailVerificationMessage, out.EmailVerificationSubject, out.SmsVerificationMessage = t.EmailMessage, t.EmailSubject, t.SmsMessage
}

func first(a, b *string, fallback string) string {
	if a != nil {
		return *a
	}
	return or(b, fallback)
}

// send puts a message into the outbox, with the change that it tells of.
func send(tx store.Tx, id string, m outbox.Message) error { return outbox.Put(tx, id, m) }

// mask hides an address as CodeDeliveryDetails shows it: "t***@t***", "+*******1234".
func mask(attribute, to string) string {
	if attribute == "phone_number" {
		keep := max(len(to)-4, 1)
		return "+" + strings.Repeat("*", max(keep-1, 0)) + to[min(keep, len(to)):]
	}
	local, domain, _ := strings.Cut(to, "@")
	return firstRune(local) + "***@" + firstRune(domain) + "***"
}

func firstRune(s string) string {
	for _, r := range s {
		return string(r)
	}
	return ""
}

func delivery(attribute, to string) *CodeDeliveryDetailsType {
	return &CodeDeliveryDetailsType{AttributeName: &attribute, DeliveryMedium: ptr(medium(attribute)), Destination: ptr(mask(attribute, to))}
}

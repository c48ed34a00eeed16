// Package iam is the IAM API (Query protocol, version 2010-05-08): roles, users,
// groups, managed policies, access keys, instance profiles and account aliases.
// It is also where all other parts ask what a principal may do.
//
// Dear newcomer: read api.go for the operations, checks.go for what each asks
// leave for, store.go for what is kept. Three seams of package bailiwick are
// implemented here:
//
//   - Credentials (credentials.go): the secret behind a long-term access key;
//   - Policies (attached.go): what is attached to a principal. It is asked on
//     every request of the whole product, so that it is cached (live.go), and is
//     never stale, so that an edit applies to the next request on any node;
//   - Roles (roles.go): a role and its trust policy.
//
// IAM is global: no key has a region. Every record belongs to an account, and
// the operations see the caller's account only, beside AWS's own managed
// policies in account "aws" (awsmanaged.go).
//
// Roles, users, groups and instance profiles are one kind of record, an [entity],
// because they share most of what can be done to them. What hangs on an entity (inline and
// attached policies, memberships, keys) is kept under its unique id, so that a
// role made anew under an old name inherits nothing.
//
// The policy simulator (simulate*.go) puts hypothetical questions to the engine
// that decides requests; it reads policies and nothing else.
//
// An operation that names an entity looks it up once, before leave is asked, and
// changes it only if it is still what it was: what was authorized is what runs.
//
// Known differences from AWS: names are looked up exactly (AWS finds users
// without regard to case); the use of keys and roles is not recorded, so that
// GetAccessKeyLastUsed always answers N/A; quotas of entities per account are
// reported and not enforced; AWS's managed policies are few and have one version
// and ids of their own; there are no service-linked roles; login profiles, MFA
// devices, SSH keys, signing certificates, service-specific credentials, password
// policies, OIDC and SAML providers cannot be created, and whoever asks hears that
// there are none (absent.go); the root user's key comes from the configuration of
// the server.
package iam

//go:generate go run -C ../../tools ./shapegen -model ../models/iam.json -dir ../service/iam

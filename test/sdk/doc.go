// Package sdk holds the whole-system tests: the built binary, driven over HTTP
// by clients that nobody changed for it.
//
// Dear newcomer: nothing here imports the server. TestMain builds cmd/bailiwick
// as a user would (with the tag invariants, so that every authorization check is
// held against its table), each story starts it as a process of its own, and
// what the story sees is what any client sees. The stories are:
//
//   - pooled_test.go: two tenants in one table, told apart by policy alone; with
//     AWS SDK for Go v2, AWS SDK for JavaScript v3 and Amplify
//   - groups_test.go: groups with roles; plain unsigned POSTs and the AWS CLI
//   - identities_test.go: policies by identity; botocore, JavaScript, the AWS CLI
//     or plain POSTs
//   - crash_test.go: kill -9 between every two steps, and under load;
//     crash_objects_test.go: while objects are written in all ways;
//     crash_functions_test.go: while functions run
//   - account_test.go: passwords, attributes and sign-out, through Amplify
//   - tokens_test.go: tokens against the keys that the pool publishes
//   - revocation_test.go: what an administrator takes back; what strangers bring
//   - hostile_test.go: requests that no client would send; hostile_objects_test.go
//     the same for S3, signed and sent by code of its own (rawclient_test.go);
//     hostile_functions_test.go: archives and answers of functions
//   - guide_test.go: docs/guide.md, typed in
//   - pitfalls*_test.go: the ways in which people get tenant isolation wrong, each
//     with the decision that AWS takes
//   - simulator_test.go: the policy simulator, and that what it says is what happens
//   - explain_test.go: why a row, object or route was refused, and AWS's encoded
//     form of it
//   - unknown_test.go: every operation of the models that has no row
//   - demo_test.go: bailiwick demo
//
// process_test.go runs the server; world_*test.go set things up; clients_test.go
// runs the clients of other languages, which live in js/ and py/. A client that
// is not installed skips its stories and says so; test/clients.sh installs what
// it can and fails when a story that it must run did not run.
//
// It is a module of its own, so that the server does not depend on AWS's SDK.
package sdk

// Command bench measures the server against what the machine could do at best.
//
// Dear newcomer: a rate alone says little, and on a busy machine less. So every
// figure here has a limit that is measured in the same run, in short rounds that
// alternate with those of the server, and what counts is the median of the
// rounds' ratios. Server and limits are processes of their own, reached over
// loopback as any client reaches them; the server runs in production mode on a
// data folder. Its cost is the CPU time that its process spent (/proc/PID/stat,
// in ticks of 10 ms; Linux only), which a noisy neighbour disturbs far less than
// the time that passed.
//
//	start     from exec to the first answer; resident memory  no limit but the target
//	getitem   server CPU of a GetItem                          a net/http handler that answers 500 bytes
//	signin    password sign-ins a core-second                  two RSA-2048 signatures (ID and access token)
//	putitem   durable PutItem/s of 64 writers                  pebble.Set with pebble.Sync from 64 goroutines
//	invoke    latency that an Invoke of a warm function adds   a call that only reads is subtracted
//	getobject signed, enforced GetObject/s of 4 KiB            a net/http handler with sendfile
//	putobject durable PutObject/s of 4 KiB, 16 writers         create, write, fsync, rename from 16 goroutines
//	proxy     server CPU of a signed request to a backend      httputil.ReverseProxy
//	stream    memory while a large object comes and goes       no limit but the target
//	decide    policy decisions, and reading policies           cedar-go, OPA, MinIO and casbin, doing the same (peers)
//
// Requests are signed before the clock starts, and sent again and again: the
// signature is valid for 15 minutes, and the server verifies it each time. The
// credentials are those of a role that an identity pool gave, with a session
// token, limited to the tenant's own rows by dynamodb:LeadingKeys; that they are
// refused on another tenant's row is checked before anything is measured.
//
// main.go reads the flags, world.go sets up pools, role and table, load.go is the
// client, limit.go the limits, one file a measurement follows, report.go prints.
// inprocess_test.go has the same requests as Go benchmarks of the handler, for
// profiles: go test -bench GetItem -cpuprofile cpu.out.
package main

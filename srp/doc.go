// Package srp is Cognito's variant of the Secure Remote Password protocol
// (SRP-6a), both sides: USER_SRP_AUTH, PASSWORD_SRP and DEVICE_SRP_AUTH.
//
// Dear newcomer: with SRP a user proves to know a password without sending
// it, and the server stores no password but a verifier v = g^x mod N, where x
// is a hash of salt, pool name, user name and password.
//
//	client                              server (salt, v stored)
//	A = g^a              -- A -->       B = k*v + g^b
//	                  <-- salt, B --
//	S = (B - k*g^x)^(a + u*x)           S = (A * v^u)^b         u = H(A, B)
//	key = HKDF(S, u)                    key = HKDF(S, u)
//	claim = HMAC(key, pool, user, secret block, time)  -->  compare
//
// It differs from RFC 5054: SHA-256, a 3072-bit group, the pool's name in x,
// and above all the encoding of integers. Every integer is hashed in Java's
// BigInteger.toByteArray form (see pad): minimal, with a zero byte in front
// when the top bit is set. Fixed-width buffers fail one login in 256.
//
// The pool name is the part of the user pool id behind the underscore; the
// user is the name that the server returned as USER_ID_FOR_SRP. For devices
// the pool name is the device group key and the user the device key.
//
// A Group holds the constants and a table of powers of g; make one for the
// process. The arithmetic is math/big and thus not constant-time. What is
// secret here is either used once (a, b) or mixed with a salt that a remote
// observer does not choose (x); the final comparisons are constant-time.
//
// Sources: RFC 5054, RFC 3526 (group 15), RFC 5869, and the clients that AWS
// ships (Amplify), whose results the test vectors reproduce.
package srp

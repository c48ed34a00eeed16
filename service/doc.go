// Package service is the whole path of a request, in one short function.
//
// A slice is a [Service]: a protocol and a table of [Operation] rows. The
// [Handler] takes each request through the same steps (name, authenticate,
// decode, plan, authorize, run, encode), and there is no other way to an
// operation. A row says what is asked before it runs:
//
//	service.Op("DeleteRole", s.mayDeleteRole, s.deleteRole)        // checks read the input
//	service.Planned("Query", s.planQuery, s.mayQuery, s.query)     // checks and run share one parsed plan
//	service.Public("SignUp", s.signUp)                             // anyone may call it
//	service.Self("GetUser", s.getUser)                             // authorized by the access token inside
//	service.Authenticated("GetCallerIdentity", s.callerIdentity)   // any valid signature is enough
//
// A row whose checks come out empty is refused: it fails closed.
package service

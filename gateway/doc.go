// Package gateway is what a deployed API is, for those who configure one (the
// control planes of REST and HTTP APIs) and the one that serves it (execute-api).
//
// Dear newcomer: a [Deployment] is one stage of one API as it is served: its
// routes, who may call each, and what answers. Control planes build it with
// [New], which checks it and makes it ready to match; after that it never
// changes, and a changed API is another Deployment. They hand it out through
// [APIs], the only seam between them and the data plane.
//
// A request's path becomes one [Path] before anything looks at it: the route is
// found, the policy is asked and the backend is called with the same segments.
// What could be read in two ways (encoded slashes, dot segments, empty segments,
// double encoding) is refused, so that nobody reads it in another way than the
// policy did. See [ParsePath].
//
// [Deployment.Match] ranks as AWS does; [Deployment.InvokeARN] names what a
// policy is asked about. Sources: API Gateway Developer Guide, "Create routes for
// HTTP APIs", "Use IAM permissions to control access", "Control access to a REST
// API with resource policies".
package gateway

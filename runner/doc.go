// Package runner runs functions as child processes, through the Lambda Runtime
// API of 2018-06-01. It knows that API and nothing else of AWS.
//
// A [Function] says what to run; [Runner.Invoke] hands it an event and waits for
// its answer. Behind it are execution environments: one process each, started
// when no idle one is there, kept warm between calls, ended after some minutes
// without one. What runs inside is a bootstrap: the user's own for provided
// runtimes, bootstrap.mjs and bootstrap.py of this package for the others. It
// asks its own small HTTP server for events and posts answers to it.
//
// What a function is kept from, and by what:
//
//   - the server's secrets: its environment is made of nothing but what Lambda
//     documents and the function's own variables; no file but its output is
//     inherited; where the server is root every environment has a user of its own,
//     so that it can read neither the server's files nor other environments
//     (see process_linux.go for what the kernel is asked for besides);
//   - running on: time, memory, output and the number of environments are bounded,
//     and all processes of an environment end together, whoever started them, also
//     when the server is killed;
//   - other functions' events: each environment has a listener of its own, which
//     answers only processes of the environment's user where there is one, gives one
//     event at a time, and takes answers only to the random id of that event.
//
// Without root, functions are processes of the server's user. Landlock keeps them
// from the folders in [Runner.Hidden] on Linux; elsewhere nothing does. Run only
// code there that you would run by hand.
//
// Source: AWS Lambda Developer Guide, "Using the Lambda runtime API for custom
// runtimes", "Understanding the Lambda execution environment lifecycle" and
// "Lambda quotas".
package runner

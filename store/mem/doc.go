// Package mem is the store engine that keeps everything in memory.
//
// It is for tests and for servers that may forget: nothing survives the
// process. Inside it is one persistent tree (tree.go): a write copies the path
// from the root to its leaf and shares the rest, so a snapshot is one pointer,
// a rollback is forgetting a pointer, and readers and the writer never wait
// for each other. Writers take turns, which makes updates serializable.
//
// The zero Engine is ready for use:
//
//	s := &mem.Engine{Now: clock.Now}
package mem

// Package pebble is the store engine that keeps everything in one data folder,
// for one process. It is the only package that imports github.com/cockroachdb/pebble.
//
// Dear newcomer: read engine.go (View and Update), then commit.go, which is the
// heart. Updates run one at a time, so they are serializable without any
// conflict detection; the wait for the disk happens after the next update has
// begun, and sixty-four writers share one fsync (syncs.go). An update is acknowledged
// only after its own bytes, and all bytes that it could have read, are on disk.
// A View does not wait: it may see an update in the instant before that one is
// acknowledged. Records that are read one by one stay in memory (records.go) until
// they are written again, and views share a snapshot until then (snapshots.go).
//
// The folder (folder.go):
//
//	LOCK    held while a process uses the folder
//	FORMAT  "bailiwick store format 1 ready": which layout, and whether it was completed
//	db/     Pebble's tables
//	db/log/ Pebble's write-ahead logs, apart so that fs.go knows them
//
// Inside Pebble every key has a one-byte space in front (record.go): the data,
// and an index by instant of the records that expire, from which sweep.go
// clears them away. An expired record is invisible at its instant; the sweep
// only gives back the space.
//
// Trouble is never guessed around. A folder that is foreign, newer or damaged is
// refused with a sentence for the operator. When a write or an fsync fails, the
// engine refuses all further writes until it is opened again (health.go):
// after a failed fsync the kernel may have dropped the data and report success
// the next time. One loss cannot be told from a power cut: damage to the last
// 32 KiB of the log of a process that was killed. A clean stop leaves the log
// empty.
package pebble

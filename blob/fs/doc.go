// Package fs keeps blobs as files of one folder, as they are: what a blob holds,
// any tool can read.
//
//	objects/4e/4e07408562bedb8b60ce05c1decfe3ad
//
// A file is written under its final name. Nothing is renamed: a record names a
// blob only after Commit, so a half-written file is no blob, and it has no
// permission to be read (mode 0200) until Commit gives it (0400, for ever). A
// power cut during Commit may leave a readable file without all its bytes, which
// no record names; the next start sweeps it.
//
// Commit returns when the file and the entry of its folder are on disk. Writers
// that run together create their files in the same folder, chosen by the first
// two digits of the id, so that one fsync of it serves all who are waiting: see
// group.go. After some thousand files the next folder has its turn.
//
// Paths are built from ids that have the form of an id, and opened through an
// os.Root: neither a name nor a symbolic link leads out of the folder. The folder
// belongs to one process; package store/pebble's lock on the data folder sees to
// that.
package fs

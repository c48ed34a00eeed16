package pebble

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// Options say where and how. Only Dir is required.
type Options struct {
	Dir         string           // the data folder; created with mode 0700 when absent
	Now         func() time.Time // the clock that records expire by; nil is time.Now
	Logger      *slog.Logger     // nil is silence
	CacheBytes  int64            // cache of uncompressed blocks; 0 is 64 MiB
	RecordBytes int              // cache of single records, in front of that; 0 is 16 MiB
	SweepEvery  time.Duration    // pause between sweeps of expired records; 0 is 10 s, negative is never
	FS          vfs.FS           // nil is the operating system; tests simulate crashes with another
}

// Sizes that keep an idle server below 30 MiB. A memtable starts at 256 KiB and
// grows to memtableBytes only under load; its log is preallocated on disk, not
// in memory.
const (
	defaultCacheBytes  = 64 << 20 // filled only under load
	defaultRecordBytes = 16 << 20 // the same
	memtableBytes      = 4 << 20
	memtables          = 4 // before writers wait for a flush
	openFiles          = 500
	bloomBitsPerKey    = 10 // about 1 % of absent keys cost a read
)

const defaultSweepEvery = 10 * time.Second

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now //nolint:forbidigo // the documented default of Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.CacheBytes == 0 {
		o.CacheBytes = defaultCacheBytes
	}
	if o.RecordBytes == 0 {
		o.RecordBytes = defaultRecordBytes
	}
	if o.SweepEvery == 0 {
		o.SweepEvery = defaultSweepEvery
	}
	return o
}

// pebbleOptions fixes the format of Pebble's files: a newer Pebble must not
// move a folder to a format that the previous Bailiwick cannot read, unless
// formatVersion is raised with it.
func pebbleOptions(o Options, fs vfs.FS, h *health) *pebble.Options {
	p := &pebble.Options{
		FS:                          fs,
		CacheSize:                   o.CacheBytes,
		MemTableSize:                memtableBytes,
		MemTableStopWritesThreshold: memtables,
		MaxOpenFiles:                openFiles,
		FormatMajorVersion:          pebble.FormatWALSyncChunks,
		Logger:                      logger{o.Logger, h},
		EventListener: &pebble.EventListener{DataCorruption: func(i pebble.DataCorruptionInfo) {
			h.fail(fmt.Errorf("reading %s: %w", i.Path, i.Details))
		}},
	}
	p.Experimental.FileCacheShards = 2
	for i := range p.Levels {
		p.Levels[i].FilterPolicy = bloom.FilterPolicy(bloomBitsPerKey)
	}
	return p
}

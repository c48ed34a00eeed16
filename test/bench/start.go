package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/bailiwick-project/bailiwick/server"
	"github.com/bailiwick-project/bailiwick/sigv4"
)

// starts measures from exec to the first answers on an empty data folder.
func starts(ctx context.Context, b *bench) error {
	b.say("starting the server %d times", b.starts)
	var healthy, answered, total, anonymous, file []float64
	for range b.starts {
		folder, err := b.folder("start")
		if err != nil {
			return err
		}
		s, err := startOnce(ctx, b.binary, filepath.Join(folder, "data"))
		if err != nil {
			return err
		}
		healthy, answered = append(healthy, s.healthy), append(answered, s.answered)
		total, anonymous, file = append(total, s.total), append(anonymous, s.anonymous), append(file, s.file)
	}
	b.add(row{Name: "start", What: "exec to /_bailiwick/health", Unit: "ms", Measured: median(healthy), Spread: spread(healthy), Target: 50, Met: median(healthy) < 50})
	b.add(row{Name: "start", What: "exec to signed GetCallerIdentity", Unit: "ms", Measured: median(answered), Spread: spread(answered), Target: 50, Met: median(answered) < 50})
	b.add(row{
		Name: "start", What: "resident memory then", Unit: "MiB", Measured: median(total), Spread: spread(total), Target: 30, Met: median(total) < 30,
		Note: fmt.Sprintf("%.1f MiB are anonymous, %.1f MiB pages of the program file", median(anonymous), median(file)),
	})
	return nil
}

type start struct {
	healthy, answered float64 // ms
	footprint
}

func startOnce(ctx context.Context, binary, data string) (start, error) {
	began := time.Now()
	p, err := serve(ctx, binary, data)
	if err != nil {
		return start{}, err
	}
	defer p.kill()
	if err := p.awaitHealth(); err != nil {
		return start{}, err
	}
	var s start
	s.healthy = float64(time.Since(began).Microseconds()) / 1e3
	id, secret, err := server.RootCredentials(data)
	if err != nil {
		return start{}, err
	}
	root := sigv4.Credentials{AccessKeyID: id, SecretAccessKey: secret}
	if err := callerIdentity(ctx, p.addr, &root); err != nil {
		return start{}, p.failed(err)
	}
	s.answered = float64(time.Since(began).Microseconds()) / 1e3
	s.footprint, err = p.memory()
	return s, err
}

func callerIdentity(ctx context.Context, addr string, creds *sigv4.Credentials) error {
	text, err := raw(form(ctx, addr, creds, "sts", map[string]string{"Action": "GetCallerIdentity", "Version": "2011-06-15"}))
	if err != nil {
		return err
	}
	c, err := dial(addr)
	if err != nil {
		return err
	}
	defer c.close()
	status, body, err := c.do(text)
	if err == nil && status != 200 {
		err = &refusal{status, string(body)}
	}
	if err != nil {
		return fmt.Errorf("GetCallerIdentity: %w", err)
	}
	return nil
}

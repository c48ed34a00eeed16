# make          everything that a change must pass before it is committed
# make test     all tests; installs what they need (npm packages; the AWS CLI must be there or installable)
# make bench    benchmarks with their limits and ratios, in one run
# make diff     the policy engine against a second reading of AWS's documents (make diff N=100000000 SEED=7)
# make mutants  faults planted into the policy engine, which its tests must notice (make mutants N=300 SEED=7)
# make fuzz     every fuzz target for T each (make fuzz T=10m)
GOLANGCI = go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

.PHONY: tools check test unit race lint generate generated clients bench diff mutants sample fuzz run update
check: tools generate lint race clients fuzz diff
	git diff --exit-code

test: tools generated unit diff sample clients

# What tests run functions with.
tools:
	./test/tools.sh

unit:
	go vet ./...
	go vet -C tools ./... && go test -C tools ./...
	go test -tags invariants ./...

race:
	go vet ./...
	go test -race -tags invariants ./...

# Unmodified clients against the built binary.
clients:
	./test/clients.sh

lint:
	$(GOLANGCI) run

generate:
	go generate ./...
	go mod tidy

# Generated code is what the generator makes today.
generated: 
	go generate ./...
	git diff --exit-code -- '*_gen.go'

bench:
	go run -C test/bench . 

diff:
	go test ./policy/secondopinion -run 'TestDifferential$$|TestReaders$$|TestRelations$$|TestGlobs$$' -v -timeout 0 -decisions $(or $(N),5000000) -seed $(or $(SEED),1)

# What of the mutants is tried with every change; a sample may fall below the score of all.
sample:
	go run -C tools ./mutate -n 300 -least 92

mutants:
	go run -C tools ./mutate -n $(or $(N),0) -seed $(or $(SEED),1)

fuzz:
	./test/fuzz.sh $(or $(T),5s)

run:
	go run ./cmd/bailiwick serve --dev

update:
	go test ./... -update

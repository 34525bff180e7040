# Everything a developer or a CI server runs. `make help` lists it.

GO ?= go

.PHONY: help bench vehicle sweep mutants flake test lint cover clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' $(MAKEFILE_LIST)

bench: ## build ./otabench and run the whole suite on the embedded virtual bench, in virtual time
	$(GO) build -o otabench ./bench/cmd/otabench
	./otabench run --virtual-time --prove

vehicle: ## run the use case alone: a vehicle updates itself over the air, as its user lives it
	$(GO) build -o otabench ./bench/cmd/otabench
	./otabench run --virtual-time --label-filter OTA

sweep: ## cut the power at every frame and every flash operation of an update of 64 KiB, from both slots, once and twice
	$(GO) build -o otabench ./bench/cmd/otabench
	./otabench sweep -b bench/examples/canfd.yaml --package medium --fault cut --fault cut-twice
	./otabench sweep -b bench/examples/canfd.yaml --package medium --fault cut --fault cut-twice --other-slot

mutants: ## run the suite and the sweep on every faulty ECU of the catalogue and print the kill matrix
	$(GO) build -o otabench ./bench/cmd/otabench
	./otabench mutants

flake: ## repeat the suite 200 times on the good ECU in random order with jitter, and fail with any false alarm
	$(GO) build -o otabench ./bench/cmd/otabench
	./otabench repeat

test: ## all tests, with the race detector where goroutines are, then the SocketCAN leg on a real Linux kernel; installs .ci/packages
	.ci/install
	$(GO) test -race -coverprofile=coverage.out $$($(GO) list ./... | grep -v -e /bench/cmd/ -e '^otabench/reports')
	$(GO) test -coverprofile=reports.out ./reports/... # derives and writes, nearly all of it one thing after another
	tail -n +2 reports.out >>coverage.out
	$(GO) test ./bench/cmd/... # starts hundreds of processes; with the race detector, some of them are enough
	$(GO) test -race -run 'TestScripts/(run|sweep|vehicle|nightly)$$|TestInterruptedRun' ./bench/cmd/otabench
	$(GO) test -race -run 'Page|Traces|Concurrent' ./reports/html ./reports/history ./reports/dashboard ./reports/pdf
	.ci/kernel

lint: ## formatting, vet and staticcheck; any finding fails
	@unformatted=$$($(GO) tool gofumpt -l .) && test -z "$$unformatted" || { echo "gofumpt: $$unformatted"; exit 1; }
	$(GO) vet ./...
	$(GO) vet -tags kernelcan ./...
	$(GO) tool staticcheck ./...

cover: coverage.out ## statement coverage of the product packages, from the last `make test`
	@.ci/cover coverage.out

coverage.out:
	$(GO) test -coverprofile=$@ ./...

clean: ## remove what the targets made
	rm -rf otabench coverage.out reports.out runs

//go:build race

package bench_test

// racing says that the race detector runs, with which everything takes several times as long.
const racing = true

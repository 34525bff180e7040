// Package powertest holds doubles for what power declares: a recording [Channel] whose n-th call can be made to fail.
//
//	ch := &powertest.Channel{FailAt: 3}
//	_, err := power.Limit(ctx, ch, limits) // its third call failed
//	fmt.Println(ch.Calls(), ch.On())
package powertest

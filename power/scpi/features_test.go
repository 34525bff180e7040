package scpi_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/power"
	"otabench/power/scpi"
	"otabench/power/sim"
)

// TestSequence compares what instruments with a sequencer do at their terminals with what they were told.
func TestSequence(t *testing.T) {
	for model, scale := range map[string]time.Duration{"rs-hmp4040": 100 * time.Millisecond, "keysight-n6700": 20 * time.Millisecond} {
		t.Run(model, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, d := openModel(t, model)
				ch := channel(t, d, 2)
				feed(t, s, 2).Draw(500 * physic.MilliAmpere) // so that the output can fall
				limits := moderate(ch)
				limits.Voltage, limits.OVP = 14*physic.Volt, 15*physic.Volt
				out, err := power.Limit(t.Context(), ch, limits)
				must(t, err)
				must(t, out.On(t.Context(), 12*physic.Volt))
				time.Sleep(time.Second)

				points := []power.Point{{Voltage: 5 * physic.Volt, Dwell: scale}, {Voltage: 9 * physic.Volt, Dwell: 2 * scale}}
				must(t, out.LoadSequence(t.Context(), points, 2))
				if v := s.Output(2).Voltage; v != 12*physic.Volt {
					t.Errorf("a sequence that is loaded and not started: %v", v)
				}
				must(t, out.StartSequence(t.Context()))
				for range 2 {
					for i, p := range points {
						time.Sleep(p.Dwell / 2)
						if v := s.Output(2).Voltage; v != p.Voltage {
							t.Errorf("point %d: %v, want %v", i+1, v, p.Voltage)
						}
						time.Sleep(p.Dwell / 2)
					}
				}
				time.Sleep(time.Second)
				if v := s.Output(2).Voltage; v != 12*physic.Volt {
					t.Errorf("after the sequence: %v, want what was set before", v)
				}
				must(t, out.LoadSequence(t.Context(), points, 200))
				must(t, out.StartSequence(t.Context()))
				must(t, out.Off(t.Context()))
				must(t, out.On(t.Context(), 12*physic.Volt))
				time.Sleep(time.Second)
				if v := s.Output(2).Voltage; v != 12*physic.Volt {
					t.Errorf("a sequence goes on behind Off: %v", v)
				}
				if s.Output(1).Setpoint != 0 {
					t.Error("another channel was changed")
				}

				direct := ch.(power.Sequencer)
				if err := direct.LoadSequence(t.Context(), []power.Point{{Voltage: 60 * physic.Volt, Dwell: time.Second}}, 1); !errors.Is(err, power.ErrLimit) {
					t.Errorf("beyond the rating: %v", err)
				}
				if err := direct.LoadSequence(t.Context(), nil, 1); !errors.Is(err, power.ErrLimit) {
					t.Errorf("empty: %v", err)
				}
			})
		})
	}
}

func TestWatchdog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, d := openModel(t, "keysight-n6700")
		dog := d.(power.Watchdog)
		for _, silence := range []time.Duration{0, 1500 * time.Millisecond, 2 * time.Hour} {
			if err := dog.ArmWatchdog(t.Context(), silence); !errors.Is(err, power.ErrLimit) {
				t.Errorf("%v: %v", silence, err)
			}
		}
		ch := channel(t, d, 1)
		out, err := power.Limit(t.Context(), ch, moderate(ch))
		must(t, err)
		must(t, dog.ArmWatchdog(t.Context(), 2*time.Second))
		must(t, out.On(t.Context(), 3*physic.Volt))
		for range 5 {
			time.Sleep(1900 * time.Millisecond)
			if _, err := out.Measure(t.Context()); err != nil || !s.Output(1).On {
				t.Fatalf("the watchdog bites though it hears something: %v", err)
			}
		}
		time.Sleep(2100 * time.Millisecond)
		if s.Output(1).On {
			t.Error("nothing heard for 2 s, and the output is on")
		}
		if trip, err := out.Tripped(t.Context()); err != nil || trip != power.TripWatchdog {
			t.Errorf("Tripped = %v, %v", trip, err)
		}
		if got, err := ch.Settings(t.Context()); err != nil || got.On {
			t.Errorf("its programmed state is taken for the real one: %+v, %v", got, err)
		}
		must(t, out.ClearTrip(t.Context()))
		if s.Output(1).On {
			t.Error("clearing brought the output back")
		}
		must(t, dog.DisarmWatchdog(t.Context()))
		must(t, out.On(t.Context(), 3*physic.Volt))
		time.Sleep(time.Hour)
		if !s.Output(1).On {
			t.Error("a disarmed watchdog bites")
		}
	})
}

// TestWatchdogIsReadBack: a watchdog that does not keep what it was told is none.
func TestWatchdogIsReadBack(t *testing.T) {
	for name, replies := range map[string]map[string]string{
		"not armed":    {"OUTP:PROT:WDOG?": "0", "OUTP:PROT:WDOG:DEL?": "+2.0E+00"},
		"another time": {"OUTP:PROT:WDOG?": "1", "OUTP:PROT:WDOG:DEL?": "+6.0E+01"},
	} {
		synctest.Test(t, func(t *testing.T) {
			rw := instrument(t, func(line string) string {
				switch {
				case line == "*IDN?":
					return "Keysight Technologies,N6700C,1,2\n"
				case line == "SYST:CHAN?":
					return "1\n"
				case strings.Contains(line, "? MAX,"):
					return "5\n"
				case strings.Contains(line, "? MIN,"):
					return "0\n"
				case strings.HasSuffix(line, "ERR?"):
					return "+0,\"No error\"\n"
				case replies[line] != "":
					return replies[line] + "\n"
				}
				return ""
			})
			d, err := scpi.Open(t.Context(), "keysight-n6700", rw, "tcp:psu:5025", scpi.Options{})
			must(t, err)
			defer d.Close()
			if err := d.(power.Watchdog).ArmWatchdog(t.Context(), 2*time.Second); !errors.Is(err, power.ErrReadBack) {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}

// TestMasterSwitch: an output that an earlier user left selected must not go on together with another one.
func TestMasterSwitch(t *testing.T) {
	for model, own := range map[string]string{"rs-hmp2030": "OUTP:SEL", "rs-hmc8043": "OUTP:CHAN"} {
		t.Run(model, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, d := openModel(t, model)
				user := connect(t, s)
				defer user.Close()
				_, err := io.WriteString(user, "INST:NSEL 3;:VOLT 30;:"+own+" ON\n")
				must(t, err)
				synctest.Wait()
				ch := channel(t, d, 1)
				must(t, ch.Enable(t.Context(), true))
				if !s.Output(1).On || s.Output(3).On {
					t.Errorf("CH1 on: %v, CH3 on: %v", s.Output(1).On, s.Output(3).On)
				}
				must(t, channel(t, d, 2).Enable(t.Context(), true))
				must(t, ch.Enable(t.Context(), false))
				if s.Output(1).On || !s.Output(2).On {
					t.Errorf("CH1 on: %v, CH2 on: %v", s.Output(1).On, s.Output(2).On)
				}
			})
		})
	}
}

// TestGPDOtherOutput: one switch is for both outputs, so that the other one must be at nothing.
func TestGPDOtherOutput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, d := openModel(t, "gwinstek-gpd-3303s")
		user := connect(t, s)
		defer user.Close()
		_, err := io.WriteString(user, "VSET2:30.000\n")
		must(t, err)
		time.Sleep(time.Second)
		must(t, channel(t, d, 1).Enable(t.Context(), true))
		if o := s.Output(2); o.Setpoint != 0 || o.Limit != 0 {
			t.Errorf("CH2 goes on with %+v", o)
		}
		if d.Channels() != 1 {
			t.Errorf("%d channels are offered", d.Channels())
		}
	})
}

func TestAuto(t *testing.T) {
	for _, model := range scpi.Models() {
		synctest.Test(t, func(t *testing.T) {
			d, err := scpi.Open(t.Context(), scpi.Auto, connect(t, simulate(t, model)), "virtual:psu", scpi.Options{})
			if err != nil {
				if !strings.HasPrefix(model, "siglent") && !strings.HasPrefix(model, "gwinstek") && !strings.HasPrefix(model, "korad") {
					t.Errorf("%s: %v", model, err)
				}
				if !errors.Is(err, power.ErrIdentity) && !errors.Is(err, power.ErrLink) {
					t.Errorf("%s: %v", model, err)
				}
				return
			}
			defer d.Close()
			if got, want := fmt.Sprint(d), model+" at virtual:psu"; got != want || d.Channels() == 0 {
				t.Errorf("it is %q with %d channels, want %q", got, d.Channels(), want)
			}
			if _, ok := d.(power.Watchdog); ok != (model == "keysight-n6700") {
				t.Errorf("%s: watchdog %v", model, ok)
			}
		})
	}
}

// TestLyingInstrument: it says yes to everything and does nothing.
func TestLyingInstrument(t *testing.T) {
	for model, idn := range map[string]string{
		"korad-ka3005p":    "KORADKA3005PV2.0",
		"siglent-spd3303x": "Siglent Technologies,SPD3303X,1,1.0",
		"rs-hmp4040":       "ROHDE&SCHWARZ,HMP4040,1,2.62",
	} {
		t.Run(model, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				rw := liar(t, idn)
				d, err := scpi.Open(t.Context(), model, rw, "virtual:liar", scpi.Options{})
				must(t, err)
				defer d.Close()
				ch := channel(t, d, 1)
				if _, err := power.Limit(t.Context(), ch, moderate(ch)); !errors.Is(err, power.ErrReadBack) {
					t.Errorf("Limit: %v", err)
				}
				// Where there is an error queue, its word is taken here, and the read-back of an Output finds out.
				if err := ch.Enable(t.Context(), true); model == "korad-ka3005p" && !errors.Is(err, power.ErrReadBack) {
					t.Errorf("Enable: %v", err)
				}
			})
		})
	}
}

// liar has no errors, is off, and holds 1 V and 1 A whatever it is told.
func liar(t *testing.T, idn string) io.ReadWriteCloser {
	terminated := !strings.HasPrefix(idn, "KORAD")
	near, far := net.Pipe()
	go func() {
		defer far.Close()
		buffer := make([]byte, 1024)
		for {
			n, err := far.Read(buffer)
			if err != nil {
				return
			}
			line := string(buffer[:n])
			answer := ""
			switch {
			case strings.Contains(line, "*IDN?"):
				answer = idn
			case strings.Contains(line, "ERR?"):
				answer = `0,"No error"`
				if strings.HasPrefix(idn, "Siglent") {
					answer = "0  No Error"
				}
			case line == "STATUS?":
				answer = "\x01"
			case strings.Contains(line, "STAT?"), strings.Contains(line, "OUTP:"), strings.Contains(line, "FUSE"):
				answer = "0"
			case line == "ISET1?":
				answer = "1.000"
			case line == "VSET1?":
				answer = "01.00"
			default:
				answer = "1.000"
			}
			if !strings.Contains(line, "?") {
				continue
			}
			if terminated {
				answer += "\n"
			}
			if _, err := io.WriteString(far, answer); err != nil {
				return
			}
		}
	}()
	return near
}

// TestDiscoveryFails: ratings that make no sense are an error, never a guess.
func TestDiscoveryFails(t *testing.T) {
	for model, replies := range map[string]map[string]string{
		"rigol-dp811":    {"*IDN?": "RIGOL TECHNOLOGIES,DP811,1,2", ":OUTP:RANG?": "P60V"},
		"keysight-n6700": {"*IDN?": "Keysight Technologies,N6700C,1,2", "SYST:CHAN?": "0"},
		"ea-ps2042":      {"*IDN?": "EA Elektro-Automatik GmbH & Co. KG,PS 2042-20B,1,2", "SYST:NOM:VOLT?": "much"},
	} {
		t.Run(model, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				rw := instrument(t, func(line string) string {
					switch {
					case replies[line] != "":
						return replies[line] + "\n"
					case strings.HasSuffix(line, "ERR?"):
						return "0,\"No error\"\n"
					}
					return ""
				})
				_, err := scpi.Open(t.Context(), model, rw, "tcp:psu:5025", scpi.Options{})
				if !errors.Is(err, power.ErrReply) || !strings.Contains(err.Error(), "find out its") {
					t.Errorf("Open: %v", err)
				}
			})
		})
	}
}

func TestRatings(t *testing.T) {
	for model, want := range map[string]string{
		"rigol-dp811":        "21V 10.500A",
		"rigol-dp821":        "60V 1A, 8V 10A",
		"rigol-dp831":        "8V 5A, 30V 2A",
		"rs-hmp2020":         "32.050V 10.010A, 32.050V 5.010A",
		"rs-hmc8042":         "32.050V 5A, 32.050V 5A",
		"keysight-e36313a":   "6.180V 10.300A, 25.750V 2.060A, 25.750V 2.060A",
		"keysight-e36311a":   "6.180V 5.150A, 25.750V 1.030A",
		"keysight-n6700":     "51V 10.200A, 51V 10.200A, 35.700V 1.530A",
		"ea-ps2084":          "84V 10A",
		"siglent-spd1305x":   "30V 5A",
		"korad-ka3005p":      "30V 5A",
		"gwinstek-gpd-2303s": "32V 3.200A",
	} {
		synctest.Test(t, func(t *testing.T) {
			_, d := openModel(t, model)
			var got []string
			for _, ch := range channels(t, d) {
				v, i := ch.Rating()
				got = append(got, fmt.Sprintf("%v %v", v, i))
			}
			if s := strings.Join(got, ", "); s != want {
				t.Errorf("%s is rated %s, want %s", model, s, want)
			}
		})
	}
}

// TestStuckOutput: what an instrument claims is all that its driver knows; a sensor at the terminals knows better.
func TestStuckOutput(t *testing.T) {
	everyModel(t, func(t *testing.T, s *sim.Supply, d power.Supply) {
		ch := channel(t, d, 1)
		must(t, ch.Enable(t.Context(), true))
		out, err := s.Channel(1)
		must(t, err)
		out.Stick(true)
		if err := ch.Enable(t.Context(), false); err != nil || !s.Output(1).On {
			t.Errorf("Enable: %v, on: %v", err, s.Output(1).On)
		}
		if got, err := ch.Settings(t.Context()); err != nil || got.On {
			t.Errorf("Settings = %+v, %v", got, err)
		}
	})
}

package asc

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"otabench/can/trace/internal/text"
)

// dateLayout is how the English CANoe writes a date.
const dateLayout = "Mon Jan 2 03:04:05.000 pm 2006"

// months by the first letters of their English and German names. Windows calls March Mrz in German, Linux Mär.
var months = []struct {
	prefix string
	month  time.Month
}{
	{"jan", time.January},
	{"feb", time.February},
	{"mar", time.March},
	{"mär", time.March},
	{"mrz", time.March},
	{"maer", time.March},
	{"apr", time.April},
	{"may", time.May},
	{"mai", time.May},
	{"jun", time.June},
	{"jul", time.July},
	{"aug", time.August},
	{"sep", time.September},
	{"oct", time.October},
	{"okt", time.October},
	{"nov", time.November},
	{"dec", time.December},
	{"dez", time.December},
}

func parseMonth(name string) (time.Month, error) {
	name = strings.ToLower(name)
	for _, m := range months {
		if strings.HasPrefix(name, m.prefix) {
			return m.month, nil
		}
	}
	return 0, fmt.Errorf("month %q is neither English nor German", name)
}

// parseDate reads a date such as "Sun Mar 1 12:00:00.123 pm 2026" or "So Mär 1 12:00:00.123 2026", of either language,
// with or without decimals, and with any name of the day.
func parseDate(line string, zone *time.Location) (time.Time, error) {
	words := strings.Fields(text.Clean(line))
	half := ""
	if len(words) == 6 {
		half = strings.ToLower(words[4])
		words = append(words[:4], words[5])
	}
	if len(words) != 5 {
		return time.Time{}, fmt.Errorf("date %.60q is not weekday, month, day, time and year", line)
	}
	month, err := parseMonth(words[1])
	if err != nil {
		return time.Time{}, err
	}
	layout, clock := "2006 1 2 15:04:05.999999999", words[3]
	switch half {
	case "":
	case "am", "pm":
		layout, clock = "2006 1 2 3:04:05.999999999 pm", clock+" "+half
	default:
		return time.Time{}, fmt.Errorf("date %.60q has %q in place of am or pm", line, half)
	}
	whole := words[4] + " " + strconv.Itoa(int(month)) + " " + words[2] + " " + clock
	date, err := time.ParseInLocation(layout, whole, zone)
	if err != nil {
		return time.Time{}, fmt.Errorf("date %.60q: %w", line, err)
	}
	return date, nil
}

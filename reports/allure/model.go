package allure

// result is a test result as Allure's model has it. Times are milliseconds since 1970.
type result struct {
	UUID        string       `json:"uuid"`
	HistoryID   string       `json:"historyId"`
	TestCaseID  string       `json:"testCaseId"`
	FullName    string       `json:"fullName"`
	Name        string       `json:"name"`
	Status      status       `json:"status"`
	Details     *details     `json:"statusDetails,omitempty"`
	Stage       string       `json:"stage"`
	Start       int64        `json:"start"`
	Stop        int64        `json:"stop"`
	Labels      []label      `json:"labels"`
	Parameters  []parameter  `json:"parameters"`
	Steps       []step       `json:"steps"`
	Attachments []attachment `json:"attachments"`
}

// status is one of Allure's. Only passed is a pass.
type status string

const (
	passed  status = "passed"
	failed  status = "failed"
	broken  status = "broken"
	skipped status = "skipped"
)

type details struct {
	Message string `json:"message"`
	Trace   string `json:"trace,omitempty"`
}

type label struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type parameter struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	// Excluded keeps the parameter from telling one test from another.
	Excluded bool `json:"excluded"`
}

type step struct {
	Name   string `json:"name"`
	Status status `json:"status,omitempty"`
	Stage  string `json:"stage"`
	Start  int64  `json:"start"`
	Stop   int64  `json:"stop"`
}

type attachment struct {
	Name   string `json:"name"`
	Source string `json:"source"` // file beside the result
	Type   string `json:"type"`
}

// category gathers results whose message matches.
type category struct {
	Name     string   `json:"name"`
	Statuses []status `json:"matchedStatuses"`
	Message  string   `json:"messageRegex"`
}

// executor says what made the results.
type executor struct {
	Name       string `json:"name"`
	Type       string `json:"type"`
	BuildName  string `json:"buildName"`
	BuildOrder int64  `json:"buildOrder"` // grows from run to run
	ReportName string `json:"reportName"`
}

package uds_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"otabench/ecu/uds"
)

// lengths knows two identifiers and two records.
func lengths(id uint16) int { return map[uint16]int{0xF190: 2, 0xF191: 1, 1: 1, 2: 3}[id] }

func TestReadDTCInformation(t *testing.T) {
	type ctx = context.Context
	type client = *uds.Client
	report := func(f func(client, ctx) (uds.DTCReport, error)) call {
		return func(ctx ctx, c client) (any, error) { return f(c, ctx) }
	}
	testServices(t, []serviceTest{
		{
			"01", "190108", "5901FF010102", func(ctx ctx, c client) (any, error) { return c.NumberOfDTCs(ctx, uds.ConfirmedDTC) },
			"{testFailed|testFailedThisOperationCycle|pendingDTC|confirmedDTC|testNotCompletedSinceLastClear|testFailedSinceLastClear" +
				"|testNotCompletedThisOperationCycle|warningIndicatorRequested (0xFF) ISO 14229-1 258}",
			[]string{"5901FF0101", "5901FF01010203", "5902FF010102"},
		},
		{
			"02", "1902FF", "59020912345609", func(ctx ctx, c client) (any, error) { return c.DTCsByStatus(ctx, 0xFF) },
			"{testFailed|confirmedDTC (0x09) [123456 status 09]}",
			[]string{"5902091234560900"},
		},
		{
			"03", "1903", "59031234560112345602", func(ctx ctx, c client) (any, error) { return c.SnapshotIdentification(ctx) },
			"[{1193046 1} {1193046 2}]",
			[]string{"5903123456"},
		},
		{
			"04", "1904123456FF", "59041234560901 02F190AABBF191CC 0201F19055 66", func(ctx ctx, c client) (any, error) {
				return c.Snapshots(ctx, 0x123456, uds.AllRecords, lengths)
			}, "{123456 status 09 [{1 [{61840 [170 187]} {61841 [204]}]} {2 [{61840 [85 102]}]}] [1 2 241 144 170 187 241 145 204 2 1 241 144 85 102]}",
			[]string{"590412345709", "59041234560901", "590412345609 01 01 F190 AA", "590412345609 01 00 AA", "5904123456"},
		},
		{"04 raw", "190412345601", "59041234560901 01F18042", func(ctx ctx, c client) (any, error) {
			return c.Snapshots(ctx, 0x123456, 1, nil)
		}, "{123456 status 09 [] [1 1 241 128 66]}", nil},
		{
			"05", "1905FF", "5905 01 12345609 01 F191AA 02", func(ctx ctx, c client) (any, error) {
				return c.StoredData(ctx, uds.AllRecords, lengths)
			}, "{[{1 123456 status 09 [{61841 [170]}]}] [1 18 52 86 9 1 241 145 170 2]}",
			[]string{"590501123456", "59050112345609", "5905011234560901F191"},
		},
		{
			"05 raw", "190501", "59050112345609", func(ctx ctx, c client) (any, error) { return c.StoredData(ctx, 1, nil) },
			"{[] [1 18 52 86 9]}",
			[]string{"5905"},
		},
		{"06", "1906123456FF", "590612345609 0107 02AABBCC", func(ctx ctx, c client) (any, error) {
			return c.ExtendedData(ctx, 0x123456, uds.AllRecords, lengths)
		}, "{123456 status 09 [{1 [7]} {2 [170 187 204]}] [1 7 2 170 187 204]}", []string{"59061234560902AA", "590612345609 01"}},
		{"06 one", "190612345605", "590612345609 050708", func(ctx ctx, c client) (any, error) {
			return c.ExtendedData(ctx, 0x123456, 5, nil)
		}, "{123456 status 09 [{5 [7 8]}] [5 7 8]}", []string{"5906123456090407", "590612345709"}},
		{"06 raw", "1906123456FE", "590612345609900708", func(ctx ctx, c client) (any, error) {
			return c.ExtendedData(ctx, 0x123456, uds.AllRegulatedRecords, nil)
		}, "{123456 status 09 [] [144 7 8]}", nil},
		{"07", "1907C001", "5907FF040001", func(ctx ctx, c client) (any, error) {
			n, err := c.NumberOfDTCsBySeverity(ctx, uds.CheckImmediately|uds.CheckAtNextHalt, uds.TestFailed)
			return fmt.Sprint(n.Format, n.Count), err
		}, "SAE J2012-DA 04 1", nil},
		{"08", "190820FF", "590801 2033 12345601", func(ctx ctx, c client) (any, error) {
			return c.DTCsBySeverity(ctx, uds.MaintenanceOnly, 0xFF)
		}, "{testFailed (0x01) [{123456 status 01 maintenanceOnly (0x20) 51}]}", []string{"590801203312 34", "59080120331234560100"}},
		{
			"09", "1909123456", "590901", func(ctx ctx, c client) (any, error) { return c.SeverityOfDTC(ctx, 0x123456) },
			"{testFailed (0x01) []}",
			[]string{"5909"},
		},
		{"0A", "190A", "590A0000000100", report(client.SupportedDTCs), "{none (0x00) [000001 status 00]}", []string{"590A"}},
		{"0B", "190B", "590B01", report(client.FirstTestFailedDTC), "{testFailed (0x01) []}", []string{"590C01"}},
		{"0C", "190C", "590C01", report(client.FirstConfirmedDTC), "{testFailed (0x01) []}", nil},
		{"0D", "190D", "590D01", report(client.MostRecentTestFailedDTC), "{testFailed (0x01) []}", nil},
		{"0E", "190E", "590E01", report(client.MostRecentConfirmedDTC), "{testFailed (0x01) []}", nil},
		{
			"14", "1914", "591412345680", func(ctx ctx, c client) (any, error) { return c.FaultDetectionCounters(ctx) },
			"[{1193046 -128}]",
			[]string{"5914123456"},
		},
		{"15", "1915", "591501", report(client.PermanentDTCs), "{testFailed (0x01) []}", nil},
		{"16", "191605", "591605 12345601 AABB 12345702 CCDD", func(ctx ctx, c client) (any, error) {
			return c.ExtendedDataByNumber(ctx, 5, 2)
		}, "[{123456 status 01 [170 187]} {123457 status 02 [204 221]}]", []string{"591604", "591605 12345601AA", "5916"}},
		{
			"17", "1917FF18", "59171801 12345601", func(ctx ctx, c client) (any, error) { return c.UserMemoryDTCs(ctx, 0x18, 0xFF) },
			"{testFailed (0x01) [123456 status 01]}",
			[]string{"59171701"},
		},
		{"18", "19181234560118", "591818 12345601 01 01F191AA", func(ctx ctx, c client) (any, error) {
			return c.UserMemorySnapshots(ctx, 0x18, 0x123456, 1, lengths)
		}, "{123456 status 01 [{1 [{61841 [170]}]}] [1 1 241 145 170]}", []string{"591817 12345601"}},
		{"19", "19191234560218", "591918 12345601 02AABBCC", func(ctx ctx, c client) (any, error) {
			return c.UserMemoryExtendedData(ctx, 0x18, 0x123456, 2, lengths)
		}, "{123456 status 01 [{2 [170 187 204]}] [2 170 187 204]}", []string{"591917 12345601"}},
		{
			"1A", "191A05", "591A0105 12345601", func(ctx ctx, c client) (any, error) { return c.DTCsWithExtendedData(ctx, 5) },
			"{testFailed (0x01) [123456 status 01]}",
			[]string{"591A0106", "591A"},
		},
		{
			"1A none", "191A05", "591A01", func(ctx ctx, c client) (any, error) { return c.DTCsWithExtendedData(ctx, 5) },
			"{testFailed (0x01) []}", nil,
		},
		{
			"42", "1942330802", "594233 01 02 04 02 12345601", func(ctx ctx, c client) (any, error) {
				return c.WWHOBDDTCs(ctx, uds.GroupEmissions, uds.ConfirmedDTC, uds.DTCClass1)
			}, "{testFailed (0x01) class 1 (0x02) SAE J2012-DA 04 [{123456 status 01 class 1 (0x02) 0}]}",
			[]string{"594234010204", "594233 01 02 04 12345601", "594233"},
		},
		{"55", "1955D0", "5955D0 01 02 12345601", func(ctx ctx, c client) (any, error) {
			return c.WWHOBDPermanentDTCs(ctx, uds.GroupSafety)
		}, "{testFailed (0x01) none (0x00) SAE J1939-73 [{123456 status 01 none (0x00) 0}]}", []string{"5955330102"}},
		{"56", "19563307", "595633 01 09 07 12345601", func(ctx ctx, c client) (any, error) {
			return c.ReadinessGroupDTCs(ctx, uds.GroupEmissions, 7)
		}, "{testFailed (0x01) none (0x00) reserved (0x09) [{123456 status 01 none (0x00) 0}]}", []string{"595633 01 09 08", "595633"}},
		{"clear user memory", "14FFFFFF18", "54", none(func(ctx ctx, c client) error { return c.ClearUserMemory(ctx, 0xFFFFFF, 0x18) }), "", nil},
	})
}

func TestRecordsOfUnknownLengthAreNotTakenApart(t *testing.T) {
	for request, response := range map[string]string{
		"190412345601": "590412345609 01 01 F18042",
		"1906123456FF": "590612345609 0342",
	} {
		_, _, err := ask(t, map[string][]answer{request: {{0, response}}}, func(ctx context.Context, c *uds.Client) error {
			if request[3] == '4' {
				_, err := c.Snapshots(ctx, 0x123456, 1, lengths)
				return err
			}
			_, err := c.ExtendedData(ctx, 0x123456, uds.AllRecords, lengths)
			return err
		})
		if !errors.Is(err, uds.ErrLength) || errors.Is(err, uds.ErrResponse) {
			t.Errorf("%s: %v", response, err)
		}
	}
	s, _, err := ask(t, nil, func(ctx context.Context, c *uds.Client) error {
		_, err := c.ExtendedDataByNumber(ctx, 1, 0)
		return err
	})
	if !errors.Is(err, uds.ErrRequest) || len(s.sent) != 0 {
		t.Errorf("%v, sent %v", err, s.sent)
	}
}

func TestStatusBits(t *testing.T) {
	s := uds.TestFailed | uds.ConfirmedDTC
	if !s.Has(uds.ConfirmedDTC) || s.Has(uds.ConfirmedDTC|uds.PendingDTC) || !uds.DTCSeverity(0xC0).Has(uds.CheckAtNextHalt) {
		t.Error(s)
	}
}

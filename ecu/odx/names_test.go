package odx

import "testing"

func TestBareNames(t *testing.T) {
	tests := []struct{ kind, short, want string }{
		{kindIdentifier, "VIN_Read", "vin"},
		{kindIdentifier, "ReadDataByIdentifier_VehicleSpeed", "vehicle_speed"},
		{kindIdentifier, "WDBI_EngineRPM2", "engine_rpm2"},
		{kindIdentifier, "Read", "read"},
		{kindIdentifier, "Data_Set_Point", "data_set_point"},
		{kindIdentifier, "2ndHeater_Read", "nd_heater"},
		{kindIdentifier, "Geschwindigkeit über alles", "geschwindigkeit_ber_alles"},
		{kindIdentifier, "日本", ""},
		{kindSession, "DiagnosticSessionControl_Supplier", "supplier"},
		{kindLevel, "SecurityAccess_RequestSeed_Level3", "level3"},
		{kindLevel, "SecurityAccess_Level3_RequestSeed", "level3"},
		{kindRoutine, "RC_SelfTest_Start", "self_test"},
		{kindRoutine, "StartRoutine_SelfTest", "self_test"},
	}
	for _, tt := range tests {
		if got := bare(tt.kind, tt.short); got != tt.want {
			t.Errorf("bare(%s, %s) = %q, want %q", tt.kind, tt.short, got, tt.want)
		}
	}
}

func TestUniqueNames(t *testing.T) {
	d := newDescriber(newDatabase("x"), &layer{at: &element{}})
	for i, want := range []string{"a", "a_0001", "a_0001_2", "did", "did_0001"} {
		name := "a"
		if i > 2 {
			name = ""
		}
		if got := d.unique(kindIdentifier, name, 1, 4); got != want {
			t.Errorf("name %d is %q, want %q", i, got, want)
		}
	}
	if got := d.unique(kindRoutine, "a", 1, 4); got != "a" {
		t.Errorf("a name of another kind is %q, want a", got)
	}
}

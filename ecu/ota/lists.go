package ota

// States, causes, advices and deeds in an order that does not change: wires number them from 0, and 0 is none where
// there can be none.
var (
	States = []State{
		Idle, Offered, Downloading, Verifying, Ready, Scheduled, Confirming, Installing, Activating, Succeeded, Paused, Reverting, Failed, Withdrawn,
	}
	Causes = []Cause{
		LowBattery, LowVoltage, PoorConnection, NoPermission, NotParked, ClockUnknown, StorageFull, BadMetadata, BadPackage, Incompatible,
		InstallError, HealthError, BackendDown, Cancelled,
	}
	Advices = []Advice{
		ConnectCharger, StrongerNetwork, AskOwner, ParkVehicle, FreeStorage, CallSupport, WaitForRetry, SetClock, ChargeLowVoltage,
	}
	Deeds = []Deed{Download, Later, Install, Schedule, Confirm, Decline, Retry, Dismiss}
)

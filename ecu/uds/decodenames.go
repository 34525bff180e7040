package uds

// Names of sub-functions and parameters as the standard writes them.
var (
	resetNames = map[byte]string{
		HardReset: "hardReset", KeyOffOnReset: "keyOffOnReset", SoftReset: "softReset",
		enableRapidPowerShutDown: "enableRapidPowerShutDown", disableRapidPowerShutDown: "disableRapidPowerShutDown",
	}
	communicationNames = map[byte]string{
		byte(EnableRxAndTx): "enableRxAndTx", byte(EnableRxAndDisableTx): "enableRxAndDisableTx",
		byte(DisableRxAndEnableTx): "disableRxAndEnableTx", byte(DisableRxAndTx): "disableRxAndTx",
		byte(EnableRxAndDisableTxWithEnhancedAddress): "enableRxAndDisableTxWithEnhancedAddressInformation",
		byte(EnableRxAndTxWithEnhancedAddress):        "enableRxAndTxWithEnhancedAddressInformation",
	}
	messageNames = map[byte]string{
		byte(NormalMessages): "normal messages", byte(NetworkManagementMessages): "network management messages",
		byte(AllMessages): "all messages",
	}
	taskNames = map[byte]string{
		deAuthenticate: "deAuthenticate", verifyCertificateUnidirectional: "verifyCertificateUnidirectional",
		verifyCertificateBidirectional: "verifyCertificateBidirectional", proofOfOwnership: "proofOfOwnership",
		transmitCertificate: "transmitCertificate", requestChallengeForAuthentication: "requestChallengeForAuthentication",
		verifyProofOfOwnershipUnidirectional: "verifyProofOfOwnershipUnidirectional",
		verifyProofOfOwnershipBidirectional:  "verifyProofOfOwnershipBidirectional",
		authenticationConfiguration:          "authenticationConfiguration",
	}
	rateNames = map[byte]string{
		byte(SlowRate): "sendAtSlowRate", byte(MediumRate): "sendAtMediumRate", byte(FastRate): "sendAtFastRate",
		stopSending: "stopSending",
	}
	definitionNames = map[byte]string{
		defineByIdentifier: "defineByIdentifier", defineByMemoryAddress: "defineByMemoryAddress",
		clearDynamicIdentifier: "clearDynamicallyDefinedDataIdentifier",
	}
	controlNames = map[byte]string{
		byte(ReturnControlToECU): "returnControlToECU", byte(ResetToDefault): "resetToDefault",
		byte(FreezeCurrentState): "freezeCurrentState", byte(ShortTermAdjustment): "shortTermAdjustment",
	}
	routineNames = map[byte]string{routineStart: "start", routineStop: "stop", routineResults: "results of"}
	fileNames    = map[byte]string{
		byte(AddFile): "addFile", byte(DeleteFile): "deleteFile", byte(ReplaceFile): "replaceFile",
		byte(ReadFile): "readFile", byte(ReadDir): "readDir", byte(ResumeFile): "resumeFile",
	}
	timingNames = map[byte]string{
		readExtendedTiming: "readExtendedTimingParameterSet", setDefaultTiming: "setTimingParametersToDefaultValues",
		readCurrentTiming: "readCurrentlyActiveTimingParameters", setGivenTiming: "setTimingParametersToGivenValues",
	}
	settingNames = map[byte]string{dtcSettingOn: "on", dtcSettingOff: "off"}
	linkNames    = map[byte]string{
		verifyFixedMode:    "verifyModeTransitionWithFixedParameter",
		verifySpecificMode: "verifyModeTransitionWithSpecificParameter",
		transitionMode:     "transitionMode",
	}
)

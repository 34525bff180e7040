package master

var conditions = []Description{
	{
		Name: ChargeNotChecked, Group: inConditions,
		Story: "The state of charge is read and logged and nothing is done with it. The battery is empty before the last ECU is programmed.",
	},
	{
		Name: ChargeTooLow, Group: inConditions,
		Story: "The gate is 29 % and not 30 %: the requirement said at least, and somebody subtracted one for safety on the wrong side.",
	},
	{
		Name: ChargeTooHigh, Group: inConditions,
		Story: "The gate asks for more than 30 % where 30 % has to do. Owners are told to charge a battery that is full enough.",
	},
	{
		Name: ChargerIgnored, Group: inConditions,
		Story: "The charger's signal has a new name in this model and is never set. A vehicle at the wall box refuses to update below 30 %.",
	},
	{
		Name: UnknownChargeIsGood, Group: inConditions,
		Story: "A battery management that says nothing counts as a full battery: the variable begins with 100.",
	},
	{
		Name: VoltageNotChecked, Group: inConditions,
		Story: "Only the traction battery is looked at. A weak 12 V battery gives in while ECUs are programmed.",
	},
	{
		Name: PermissionNotChecked, Group: inConditions,
		Story: "The app hides the button from guests, and the vehicle trusts whoever presses it. A touch on the dashboard needs no permission at all.",
	},
	{
		Name: LinkNotChecked, Group: inConditions,
		Story: "A download is begun on any connection that answers, and lasts for days on a weak one.",
	},
	{
		Name: ParkingNotChecked, Group: inConditions,
		Story: "The installation begins in a moving vehicle.",
	},
	{
		Name: GearNotChecked, Group: inConditions,
		Story: "A vehicle that stands at a traffic light in D counts as parked.",
	},
	{
		Name: DoorsNotChecked, Group: inConditions,
		Story: "The installation begins while somebody gets in, and the door cannot be locked for its duration.",
	},
	{
		Name: GatesOnlyAtDownload, Group: inConditions,
		Story: "What was good when the download began counts as good days later, when the user taps Install.",
	},
	{
		Name: GatesOnlyWhenAsked, Group: inConditions,
		Story: "Conditions are looked at when the user taps, and not again at the time that he has chosen.",
	},
	{
		Name: DrainsBattery, Group: inConditions,
		Story: "Once it is under way, an update goes on until the battery is empty.",
	},
	{
		Name: RoomNotChecked, Group: inConditions,
		Story: "A download that cannot fit is begun, and ends with a full storage after all the traffic that it has cost.",
	},
}

var trust = []Description{
	{
		Name: AnyServer, Group: inTrust,
		Story: "The check of the server's certificate was switched off for a test bench. Whoever owns the network answers in the backend's place.",
	},
	{
		Name: ExpiryNotChecked, Group: inTrust,
		Story: "Metadata never expires, since the clock was not there when this was written. An attacker holds a vehicle at a version with a known hole.",
	},
	{
		Name: MetadataForgotten, Group: inTrust,
		Story: "The versions of metadata that were seen are not kept. An old answer that was genuine once is believed again.",
	},
	{
		Name: ImagesNotCompared, Group: inTrust,
		Story: "What the director says is enough, and the image repository is only asked for files. One stolen key owns the fleet.",
	},
	{
		Name: HashNotChecked, Group: inTrust,
		Story: "A package is good when its length is right. What is damaged on the way reaches the ECUs.",
	},
	{
		Name: ManifestNotCompared, Group: inTrust,
		Story: "The package that was downloaded is not compared with what the campaign calls it.",
	},
	{
		Name: CompatibilityNotChecked, Group: inTrust,
		Story: "The hardware of a campaign is not compared with the vehicle's. The ECUs have to refuse, after they have been erased.",
	},
	{
		Name: DependenciesNotChecked, Group: inTrust,
		Story: "ECUs that need each other's new software are updated whether the other one has it or not.",
	},
	{
		Name: ClockTrusted, Group: inTrust,
		Story: "The time that the network tells is taken, even if it goes back. With it, metadata becomes valid again that had expired.",
	},
	{
		Name: NotAskedAgain, Group: inTrust,
		Story: "Once the packages are there nobody asks the backend again. A campaign that was stopped for a fault goes on in every vehicle that has it.",
	},
}

var downloads = []Description{
	{
		Name: DownloadsAllAgain, Group: inDownload,
		Story: "A download that was cut begins from its first byte. On a weak connection it never ends, and the owner pays for it.",
	},
	{
		Name: ResumesOneOff, Group: inDownload,
		Story: "The offset of the next byte is that of the last one. Every cut puts one byte in twice.",
	},
	{
		Name: SlowGoesOn, Group: inDownload,
		Story: "A connection that has become too slow is not given up and the user is told nothing.",
	},
	{
		Name: NeverResumes, Group: inDownload,
		Story: "A paused update stays paused until the vehicle is restarted.",
	},
}

var installations = []Description{
	{
		Name: InstallsAtOnce, Group: inInstallation,
		Story: "The installation begins when the download is there. The owner finds a vehicle that does not drive.",
	},
	{
		Name: NoConfirmation, Group: inInstallation,
		Story: "The tap on Install counts as the confirmation; the question is shown and not waited for.",
	},
	{
		Name: SilenceIsConsent, Group: inInstallation,
		Story: "A question that nobody answers is taken for a yes when its time is over.",
	},
	{
		Name: DeclineIgnored, Group: inInstallation,
		Story: "Both buttons of the question end it, and both lead to the installation.",
	},
	{
		Name: StartsLate, Group: inInstallation,
		Story: "The time zone is subtracted twice: what was scheduled begins when it should be over.",
	},
	{
		Name: NothingSwitchedOff, Group: inInstallation,
		Story: "Infotainment and climate run on during the installation and take what the battery has.",
	},
	{
		Name: EssentialSwitchedOff, Group: inInstallation,
		Story: "The list of functions to switch off came from the transport mode: hazard lights and locks are off as well.",
	},
	{
		Name: StaysDrivable, Group: inInstallation,
		Story: "Nothing keeps the vehicle from being driven while its ECUs are in their bootloaders.",
	},
	{
		Name: MixedIsDrivable, Group: inInstallation,
		Story: "A vehicle of which one ECU has the new software and another the old one is handed back to its driver.",
	},
	{
		Name: MixedForgotten, Group: inInstallation,
		Story: "That the ECUs do not belong together is only known until the next restart. The driver switches the vehicle off and on " +
			"again, and drives away with it.",
	},
	{
		Name: ClockNotAwaited, Group: inInstallation,
		Story: "The network has not told the time yet when the master goes on with an installation, so the metadata cannot be " +
			"checked, and the update is given up for good. After a power cut one ECU is left with the new software and one with the old.",
	},
	{
		Name: FirstMemberOnly, Group: inInstallation,
		Story: "The loop over the ECUs ends after the first. The update is called complete.",
	},
	{
		Name: HealthNotChecked, Group: inInstallation,
		Story: "New software that starts is made permanent. What it has broken shows in its trouble codes, which nobody reads.",
	},
	{
		Name: ForgetsInstallation, Group: inInstallation,
		Story: "After a loss of power the installation is not remembered: the update is offered for installation as if nothing had been.",
	},
	{
		Name: TrialLeftAlone, Group: inInstallation,
		Story: "After a loss of power, ECUs on trial are left to themselves and looked at before they have gone back.",
	},
	{
		Name: RetriesForEver, Group: inInstallation,
		Story: "An update that cannot succeed is tried every few hours until the flash is worn out.",
	},
	{
		Name: NoRetry, Group: inInstallation,
		Story: "A first failure is the last attempt; the owner is told to try again and cannot.",
	},
	{
		Name: CommandsRepeated, Group: inInstallation,
		Story: "What users did in the app is fetched again after each restart, and done again.",
	},
}

var messages = []Description{
	{
		Name: ProgressGoesBack, Group: inMessages,
		Story: "Progress is that of the file and not of the download: it goes back with each file.",
	},
	{
		Name: NoProgress, Group: inMessages,
		Story: "The bar stands still during the installation, and the owner opens the door to see what is wrong.",
	},
	{
		Name: FullTooEarly, Group: inMessages,
		Story: "The bar is full when the last byte is sent. Verification, activation and restart are yet to come, and the owner drives off.",
	},
	{
		Name: PurposeNotTold, Group: inMessages,
		Story: "The notice leaves out what the update is for.",
	},
	{
		Name: UnavailableNotTold, Group: inMessages,
		Story: "The notice does not say which functions are missing during the installation.",
	},
	{
		Name: WrongVersionTold, Group: inMessages,
		Story: "The notice has the version that runs, and not the one that is offered.",
	},
	{
		Name: SuccessNotTold, Group: inMessages,
		Story: "The installation ends and nobody says so.",
	},
	{
		Name: NoAdvice, Group: inMessages,
		Story: "The user is told what is wrong and not what to do.",
	},
	{
		Name: NoHints, Group: inMessages,
		Story: "After an error there is no help to be found.",
	},
	{
		Name: NoReference, Group: inMessages,
		Story: "Support asks for a reference and the vehicle has none.",
	},
	{
		Name: NothingReported, Group: inMessages,
		Story: "The backend never hears of what becomes of a campaign in the vehicles.",
	},
	{
		Name: SuccessNotReported, Group: inMessages,
		Story: "Failures are reported and successes are not. The campaign is repeated for vehicles that have it.",
	},
	{
		Name: RegisterNotUpdated, Group: inMessages,
		Story: "The register of software identification numbers keeps the old ones.",
	},
}

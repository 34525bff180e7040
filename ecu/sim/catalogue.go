package sim

// Description is what there is to know of a fault.
type Description struct {
	Name Fault
	// Story says what was done wrong, and what comes of it in the field.
	Story string
	// Group is what the fault is in.
	Group string
	// Sweep says that only an exhaustive sweep is sure to find the fault: the ECU does everything right unless its power
	// goes between two operations of its flash, or within one. What cuts the power at events may hit that by chance.
	Sweep bool
}

// Groups of faults.
const (
	inVerification   = "verification"
	inMetadata       = "metadata"
	inTrial          = "trial"
	inRevert         = "revert"
	inAntiRollback   = "anti-rollback"
	inFlash          = "flash"
	inNVM            = "NVM"
	inGates          = "gates"
	inSecurity       = "security access"
	inSession        = "session"
	inReset          = "reset"
	inTransfer       = "transfer"
	inCommunication  = "communication"
	inIdentification = "identification"
)

// Catalogue describes every fault that there is, group by group.
func Catalogue() []Description {
	return []Description{
		{
			Name: SignatureNotChecked, Group: inVerification,
			Story: "The call that verifies the signature is compiled out with the debug switch of the integration build. " +
				"Whoever reaches the diagnostic connector installs software of his own.",
		},
		{
			Name: UnsignedAccepted, Group: inVerification,
			Story: "A signature of zeros stands for a development build, and the branch for it went into series. " +
				"An attacker need not break the signature; he leaves it out.",
		},
		{
			Name: DigestNotChecked, Group: inVerification,
			Story: "The manifest is authentic, so its image is believed without hashing it. " +
				"A genuine manifest opens the ECU to any image, and a transmission error is installed.",
		},
		{
			Name: DigestOfFirstHalf, Group: inVerification,
			Story: "To keep the time of a boot, only the first half of the image is hashed. " +
				"Whatever is damaged or forged behind it runs.",
		},
		{
			Name: HardwareNotChecked, Group: inVerification,
			Story: "The hardware number in the manifest is parsed and never compared. " +
				"A campaign that sorts its vehicles wrong installs software that drives other pins.",
		},
		{
			Name: ECUNotChecked, Group: inVerification,
			Story: "All ECUs of the vehicle trust one key, and the name of the ECU in the manifest is not compared. " +
				"The software of one ECU is installed on another.",
		},
		{
			Name: VerdictIgnored, Group: inVerification,
			Story: "The verification reports what it finds, and it is left to the tester to act on it: activation and bootloader " +
				"do not look. A tester that goes on regardless boots damaged software.",
		},
		{
			Name: VerdictRemembered, Group: inVerification,
			Story: "Activation relies on a flag that the last verification has set and no later transfer takes back. " +
				"A good package is verified, another one is sent after it, and that one is activated.",
		},
		{
			Name: VerdictAlwaysPass, Group: inVerification,
			Story: "The routine answers before its result is there, with the success that its buffer begins with. " +
				"The workshop is told that the update is sound, and the activation then fails without a reason.",
		},
		{
			Name: MetadataInPlace, Group: inMetadata, Sweep: true,
			Story: "The boot metadata has one copy, which is erased and written again. Power that goes in these milliseconds " +
				"leaves none, and the bootloader guesses: software that nobody has confirmed runs for good.",
		},
		{
			Name: MetadataErasedFirst, Group: inMetadata, Sweep: true,
			Story: "There are two copies, and both are erased before the first is written, since the driver erases faster in one " +
				"go. A cut between finds neither.",
		},
		{
			Name: MetadataNeedsBothCopies, Group: inMetadata, Sweep: true,
			Story: "The two copies are compared at a boot, and a difference counts as corruption where it only means that power " +
				"went between them. The update's state is lost.",
		},
		{
			Name: MetadataWithoutChecksum, Group: inMetadata, Sweep: true,
			Story: "The newest copy counts if its header is readable; nothing covers what follows. A cut in the middle of a page " +
				"leaves half a record that is taken for the newest.",
		},
		{
			Name: ActivationInTwoWrites, Group: inMetadata, Sweep: true,
			Story: "Activation first switches the active slot and then marks it as a trial. Power that goes between makes the " +
				"new software permanent before it has ever run, and a bad one is never left again.",
		},
		{
			Name: ConfirmationInTwoWrites, Group: inMetadata, Sweep: true,
			Story: "Confirmation first switches the slots and then ends the trial. Power that goes between leaves a trial of the " +
				"old software, and the ECU calls an update reverted that was confirmed.",
		},
		{
			Name: ConfirmationTooLate, Group: inMetadata, Sweep: true,
			Story: "The confirmation is answered before it is in flash, to keep the response time. Power that goes within " +
				"milliseconds undoes what the backend has booked as done.",
		},
		{
			Name: ConfirmsItself, Group: inTrial,
			Story: "The bootloader confirms new software as soon as it has started it once. " +
				"Software that boots and does not work stays for good.",
		},
		{
			Name: SelfTestIgnored, Group: inTrial,
			Story: "The self-test before the confirmation runs, and its result goes into a trouble code only. " +
				"Software that knows that it is ill is made permanent.",
		},
		{
			Name: NoConfirmationTimeout, Group: inTrial,
			Story: "The timer that ends a trial is started in a task that the new software does not have any more. " +
				"A vehicle whose update nobody confirms drives on trial for ever.",
		},
		{
			Name: TrialNeverCounted, Group: inTrial,
			Story: "The number of trial boots is counted in RAM that the start-up code clears. " +
				"Software that crashes is tried again without end, and the vehicle never gets its old software back.",
		},
		{
			Name: OneTrialTooMany, Group: inTrial,
			Story: "The bootloader compares with <= where < is meant. " +
				"New software gets one boot more than the concept allows.",
		},
		{
			Name: NoWatchdog, Group: inTrial,
			Story: "The watchdog is started by the application, when it has come up. Software that hangs before that hangs for ever, " +
				"and only a disconnected battery brings the ECU back.",
		},
		{
			Name: FatalBoot, Group: inTrial,
			Story: "At a boot outside of the voltage gates the bootloader takes a wrong reading of its fuses for tampering and " +
				"locks itself. The ECU is dead after a cold start with a weak battery.",
		},
		{
			Name: NoRevert, Group: inRevert,
			Story: "When the trial has failed, the bootloader waits for the workshop, though the old software is there and whole. " +
				"The vehicle does not start any more.",
		},
		{
			Name: RevertLoops, Group: inRevert,
			Story: "A revert starts the old software and leaves the update marked as pending. " +
				"With the next ignition cycle the failed software is tried again, and so on each day.",
		},
		{
			Name: RevertFormatsNVM, Group: inRevert,
			Story: "A revert also takes the settings back to their delivery state, to be on the safe side. " +
				"The ECU has lost its VIN and its coding.",
		},
		{
			Name: RollbackErasesFallback, Group: inRevert,
			Story: "The rollback tidies the inactive slot up, which in a trial is that of the old software. " +
				"There is nothing left to go back to.",
		},
		{
			Name: RollbackNotSupervised, Group: inRevert,
			Story: "What supervises a trial looks for one that is pending, and a rollback that is written down no longer is. " +
				"When its answer or the reset behind it is lost, the software that was given up runs on. " +
				"This simulated bootloader once had the bug: a crank pulse found it, and so does a tester that falls silent.",
		},
		{
			Name: PreviousErasedTooEarly, Group: inRevert, Sweep: true,
			Story: "Confirmation erases the old software before it writes that the new one is confirmed. " +
				"Power that goes between leaves software on trial that cannot be reverted.",
		},
		{
			Name: FallbackNotProtected, Group: inRevert,
			Story: "Only the slot that runs is protected from erasing. A second update that begins before the first one is " +
				"confirmed overwrites the software that the trial falls back to.",
		},
		{
			Name: DowngradeAccepted, Group: inAntiRollback,
			Story: "The security counter is stored and shown, and no one compares it. " +
				"A correctly signed old release with a known hole is installed.",
		},
		{
			Name: CounterAtActivation, Group: inAntiRollback,
			Story: "The security counter advances when new software is activated. If it fails its trial, the old software is too " +
				"old to be booted.",
		},
		{
			Name: CounterNeverAdvances, Group: inAntiRollback,
			Story: "The confirmation writes the slot and forgets the security counter. " +
				"A release that closes a hole does not keep the one with the hole out.",
		},
		{
			Name: CounterAfterConfirmation, Group: inAntiRollback, Sweep: true,
			Story: "The security counter is written in a record of its own after the confirmation. Power that goes between leaves " +
				"new software with the old counter, and the downgrade is open.",
		},
		{
			Name: ErasesRunningSoftware, Group: inFlash,
			Story: "The erase of the update region also takes the header of the confirmed software along, by a sector table of " +
				"another derivative. The ECU runs on from RAM until its next boot.",
		},
		{
			Name: BlankCheckOfFirstPage, Group: inFlash,
			Story: "To save time, sectors whose first page is blank are not erased. A sector whose erase was interrupted looks " +
				"blank there and is not; the update fails each time from then on.",
		},
		{
			Name: SlowErase, Group: inFlash,
			Story: "The driver erases with retries at the lowest pump voltage. The update passes and takes more energy than the " +
				"battery was promised to have for it.",
		},
		{
			Name: FatalDip, Group: inFlash,
			Story: "A voltage dip in the programming session leaves the flash controller in an error state that is kept over " +
				"resets. A crank pulse during an update kills the ECU.",
		},
		{
			Name: EraseTakesNVM, Group: inNVM,
			Story: "The linker file puts NVM next to the update region, and the erase rounds up. " +
				"After the update the ECU knows neither VIN nor coding.",
		},
		{
			Name: NVMFormattedAtLowVoltage, Group: inNVM,
			Story: "At low voltage the first read of NVM fails, and the driver formats what it cannot read. " +
				"A weak battery at the wrong moment costs the VIN.",
		},
		{
			Name: NVMInPlace, Group: inNVM, Sweep: true,
			Story: "NVM has one copy, which is erased and written again with the fingerprint of each update. " +
				"Power that goes in these milliseconds takes VIN and coding along.",
		},
		{
			Name: NVMErasedFirst, Group: inNVM, Sweep: true,
			Story: "NVM has two copies, and both are erased before the first is written. Power that goes between leaves an ECU as " +
				"it came from the maker of the chip.",
		},
		{
			Name: NVMNeedsBothCopies, Group: inNVM, Sweep: true,
			Story: "The two copies of NVM are compared at a boot, and a difference counts as corruption where it only means that " +
				"power went between them. VIN and coding are given up though one copy is whole.",
		},
		{
			Name: NVMWithoutChecksum, Group: inNVM, Sweep: true,
			Story: "The newest copy of NVM counts if its header is readable. A cut in the middle of a page leaves half a record " +
				"that is taken for the newest, and the rest reads as empty.",
		},
		{
			Name: UpdateClearsTroubleCodes, Group: inNVM,
			Story: "Activation clears the fault memory, since new software may number its trouble codes anew. " +
				"What the workshop was to look for is gone.",
		},
		{
			Name: FingerprintNotStored, Group: inNVM,
			Story: "The fingerprint is acknowledged and never written. Nobody can tell afterwards who has programmed the ECU.",
		},
		{
			Name: MinVoltageTooLow, Group: inGates,
			Story: "The divider at the supply input has resistors of another batch: the lower gate closes 1 % too low. " +
				"An update begins with less reserve than was calculated.",
		},
		{
			Name: MaxVoltageTooHigh, Group: inGates,
			Story: "The divider at the supply input has resistors of another batch: the upper gate closes 1 % too high.",
		},
		{
			Name: NoHysteresis, Group: inGates,
			Story: "A gate opens where it closes. With the load of the flash the voltage falls, without it it rises, and the gate " +
				"flutters.",
		},
		{
			Name: LatchedGate, Group: inGates,
			Story: "A gate that has closed stays closed until the next reset. " +
				"One crank pulse, and the vehicle refuses its update for the day.",
		},
		{
			Name: NoOvervoltageGate, Group: inGates,
			Story: "Only the lower gate was implemented. An update begins at a jump start or with a defective alternator.",
		},
		{
			Name: GatesNotEnforced, Group: inGates,
			Story: "The routine reports unmet preconditions, and the programming session opens all the same. " +
				"A tester that does not ask programs at any voltage.",
		},
		{
			Name: EraseAtAnyVoltage, Group: inGates,
			Story: "The voltage is checked before the session and not before the erase. " +
				"The old copy is gone when the first block is refused.",
		},
		{
			Name: TransferAtAnyVoltage, Group: inGates,
			Story: "The voltage is not looked at during the transfer, which takes longest of all. Cells are written that do not hold.",
		},
		{
			Name: ActivateAtAnyVoltage, Group: inGates,
			Story: "The voltage is not looked at before the activation. The boot metadata is written when power is about to go.",
		},
		{
			Name: MinChargeTooLow, Group: inGates,
			Story: "The state of charge is rounded up to a whole percent before it is compared. The gate closes 1 % too low.",
		},
		{
			Name: NoChargeGate, Group: inGates,
			Story: "The gate for the state of charge is parametrised to 0 for the assembly line, and nobody sets it afterwards. " +
				"An update empties the battery.",
		},
		{
			Name: ChargerIgnored, Group: inGates,
			Story: "The charger's bit is read from the wrong end of its byte. " +
				"A vehicle that is being charged refuses the update at night.",
		},
		{
			Name: StaleChargeBelieved, Group: inGates,
			Story: "The last state of charge is believed for ever. When the battery's gateway sleeps, " +
				"the ECU goes by the charge of yesterday.",
		},
		{
			Name: ConstantSeed, Group: inSecurity,
			Story: "The random number generator is not ready when the first seed is asked for, so that there is a constant. " +
				"One key that was overheard opens every vehicle.",
		},
		{
			Name: SeedsRepeatAfterReset, Group: inSecurity,
			Story: "The random number generator is seeded with a constant at each reset. The seeds differ, and after a reset the same " +
				"ones come again: a recorded key is good for ever.",
		},
		{
			Name: AnyKeyAccepted, Group: inSecurity,
			Story: "The comparison of the key returns its length where its result is meant. Any key of the right length unlocks.",
		},
		{
			Name: KeyComparedInPart, Group: inSecurity,
			Story: "The key grew from 8 to 16 bytes, and the comparison did not. Half of the key is enough.",
		},
		{
			Name: SeedUsedAgain, Group: inSecurity,
			Story: "A wrong key does not use its seed up. Keys can be tried one after the other for the same seed.",
		},
		{
			Name: NoLockOut, Group: inSecurity,
			Story: "Wrong keys are counted, and nothing comes of it. Keys can be tried without end.",
		},
		{
			Name: LockOutLostOverReset, Group: inSecurity,
			Story: "Wrong keys are counted in RAM. An attacker pulls the fuse in place of waiting.",
		},
		{
			Name: LockOutTooShort, Group: inSecurity,
			Story: "The delay counts in a task that runs twice as often as its constant says. The lock-out ends after half its time.",
		},
		{
			Name: OneAttemptTooMany, Group: inSecurity,
			Story: "The lock-out begins when the counter is greater than its limit, not when it reaches it.",
		},
		{
			Name: UnlockedOverSession, Group: inSecurity,
			Story: "A change of session does not lock the ECU. Whoever comes after a workshop finds it open.",
		},
		{
			Name: ProgrammingWithoutSecurity, Group: inSecurity,
			Story: "The table of services asks for no level in the programming session, since the session was thought to be protected.",
		},
		{
			Name: VINWithoutSecurity, Group: inSecurity,
			Story: "The VIN can be written without security access, as on the assembly line. Anybody makes the ECU another vehicle's.",
		},
		{
			Name: RXSWINWritable, Group: inSecurity,
			Story: "The RXSWIN is a writable identifier. A tester makes the vehicle show an approval that it does not have.",
		},
		{
			Name: SessionNeverEnds, Group: inSession,
			Story: "S3 is restarted by the server's own timer. A programming session whose tester was unplugged lasts for the " +
				"night, and the vehicle's functions with it.",
		},
		{
			Name: SessionEndsEarly, Group: inSession,
			Story: "S3 counts in ticks of half a millisecond. A tester that keeps the session as the standard says loses it.",
		},
		{
			Name: TesterPresentNotHeard, Group: inSession,
			Story: "Functional TesterPresent is filtered out with all functional requests while the bootloader runs. " +
				"The session ends under the tester.",
		},
		{
			Name: ResetNotDone, Group: inReset,
			Story: "ECUReset is answered and left to a task that the programming session does not schedule. " +
				"The old software runs on.",
		},
		{
			Name: ResetWithoutResponse, Group: inReset,
			Story: "The ECU resets before its response has left the controller. The tester takes the update for failed.",
		},
		{
			Name: SlowTrialBoot, Group: inReset,
			Story: "The first boot of new software checks the whole flash byte by byte and takes seconds. " +
				"Other ECUs store a lost communication, and the tester takes the update for failed.",
		},
		{
			Name: TransferSurvivesSession, Group: inTransfer,
			Story: "A change of session leaves the download open. The next update is refused until the battery is disconnected.",
		},
		{
			Name: AnyBlockCounter, Group: inTransfer,
			Story: "The block sequence counter is echoed and not compared. A block that was lost goes unnoticed, and all after it " +
				"land in the wrong place.",
		},
		{
			Name: RepeatedBlockWritten, Group: inTransfer,
			Story: "A block that the tester repeats because its response was lost is written once more, behind itself. " +
				"On a disturbed bus no update succeeds.",
		},
		{
			Name: RepeatedBlockRefused, Group: inTransfer,
			Story: "A block that the tester repeats because its response was lost is taken for one out of order. " +
				"On a disturbed bus no update succeeds.",
		},
		{
			Name: ShortTransferAccepted, Group: inTransfer,
			Story: "RequestTransferExit is accepted before all announced bytes have come. The tester believes that a transfer " +
				"is whole which is not.",
		},
		{
			Name: LongTransferAccepted, Group: inTransfer,
			Story: "The length that RequestDownload announced is not kept. Blocks go on behind the region that was asked for.",
		},
		{
			Name: CommunicationLeftOff, Group: inCommunication,
			Story: "CommunicationControl is not taken back when the session ends. After a diagnosis that was broken off the ECU " +
				"is silent, and the others store its absence.",
		},
		{
			Name: SuppressionIgnored, Group: inCommunication,
			Story: "TesterPresent is answered though its response is suppressed. With every ECU doing so, the bus fills up.",
		},
		{
			Name: LengthNotChecked, Group: inCommunication,
			Story: "Requests are accepted with bytes too many behind them. What is meant for another service is carried out.",
		},
		{
			Name: GeneralReject, Group: inCommunication,
			Story: "Every refusal has the code generalReject. The backend cannot tell an empty battery from a wrong package.",
		},
		{
			Name: PendingForEver, Group: inCommunication,
			Story: "The verification waits for a worker that is gone, and asks the tester for patience without end. " +
				"The workshop waits until it switches off.",
		},
		{
			Name: NoResponsePending, Group: inCommunication,
			Story: "What takes long is done without responsePending. The tester takes the ECU for dead and begins anew.",
		},
		{
			Name: FunctionalRefusals, Group: inCommunication,
			Story: "Functional requests for services that the ECU does not have are refused and not ignored. " +
				"Each broadcast sets off a burst of refusals.",
		},
		{
			Name: VersionRemembered, Group: inIdentification,
			Story: "The version comes from NVM, where the activation puts it, and not from the software that runs. " +
				"After a revert the ECU claims to have the new release.",
		},
		{
			Name: VersionWrittenTooEarly, Group: inIdentification, Sweep: true,
			Story: "Confirmation writes the version that the ECU tells, and then that the software is confirmed. Power that goes " +
				"between reverts the software and not the version.",
		},
		{
			Name: RXSWINBeforeConfirmation, Group: inIdentification,
			Story: "The RXSWIN is that of the software that runs, on trial too. " +
				"The vehicle shows an approval for software that it may not keep.",
		},
		{
			Name: TrialCalledConfirmed, Group: inIdentification,
			Story: "The boot state reads confirmed as soon as new software runs. " +
				"The backend books an update as done that can still be reverted.",
		},
	}
}

/* The tests, each run in a folder of its own; main.c has their names. */
#ifndef COFFER_TESTS_C_TESTS_H
#define COFFER_TESTS_C_TESTS_H

void NamesAndVersionAreTold(void);
void AccessorsTakeNull(void);
void NullHandlesAreRefused(void);
void NullOutParametersAreRefused(void);
void HostileTextsAreRefused(void);
void NumbersThatAreNoneAreRefused(void);
void StructsOfOtherVersionsAreReadAsFarAsTheyGo(void);
void ErrorsNeedNotBeAskedFor(void);

void FolderOpensOnceAndSaysWhoHoldsIt(void);
void OpenOptionsHold(void);
void CloseWaitsForHandles(void);
void ClosedEngineRefusesCalls(void);
void HandlesOutliveTheEngineHandle(void);

void RecordsComeBackAsCanonicalText(void);
void MessagesAreReadPageByPage(void);
void ListingGoesOnWhereThePageEnded(void);
void SnapshotReadsOneMoment(void);
void BatchIsOneChange(void);
void FailedCommitKeepsTheBatch(void);
void BadRecordIsRefusedWhereItIsPut(void);
void HandlesOfAnotherEngineAreRefused(void);
void StoreIsLookedAfter(void);

void ContentGoesInAndOutAsAStream(void);
void ContentThatAPutTookIsGoneFromTheWriter(void);

void ImportedStreamComesBackAsExport(void);
void ImportTellsWhatItRefused(void);
void SourceThatFailsEndsTheImport(void);
void OperationIsWatchedAndCancelled(void);
void JournalIsListed(void);
void BulkDeleteTellsWhatBecameOfEach(void);
void ErasedUserIsGone(void);

void BackupIsMadeCheckedOpenedAndRestored(void);
void BackupIsReadAsOneFile(void);
void UserComesBackFromABackup(void);
void RetentionDropsAndTrashGivesBack(void);
void KeysAndTokens(void);

void FailedWriteEndsWritingAndNotReading(void);
void DamagedStoreIsTold(void);
void DamagedBackupIsToldAndNotRestored(void);

#endif

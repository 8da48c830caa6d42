/* c_test NAME SCRATCH: runs one test in a new folder below SCRATCH, which stays if it fails. Without arguments: prints the
 * names. */
#define _XOPEN_SOURCE 700

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "tests.h"

#define TEST(name) \
  { #name, name }

static const struct {
  const char* name;
  void (*run)(void);
} kTests[] = {
    TEST(NamesAndVersionAreTold),
    TEST(AccessorsTakeNull),
    TEST(NullHandlesAreRefused),
    TEST(NullOutParametersAreRefused),
    TEST(HostileTextsAreRefused),
    TEST(NumbersThatAreNoneAreRefused),
    TEST(StructsOfOtherVersionsAreReadAsFarAsTheyGo),
    TEST(ErrorsNeedNotBeAskedFor),
    TEST(FolderOpensOnceAndSaysWhoHoldsIt),
    TEST(OpenOptionsHold),
    TEST(CloseWaitsForHandles),
    TEST(ClosedEngineRefusesCalls),
    TEST(HandlesOutliveTheEngineHandle),
    TEST(RecordsComeBackAsCanonicalText),
    TEST(MessagesAreReadPageByPage),
    TEST(ListingGoesOnWhereThePageEnded),
    TEST(SnapshotReadsOneMoment),
    TEST(BatchIsOneChange),
    TEST(FailedCommitKeepsTheBatch),
    TEST(BadRecordIsRefusedWhereItIsPut),
    TEST(HandlesOfAnotherEngineAreRefused),
    TEST(StoreIsLookedAfter),
    TEST(ContentGoesInAndOutAsAStream),
    TEST(ContentThatAPutTookIsGoneFromTheWriter),
    TEST(ImportedStreamComesBackAsExport),
    TEST(ImportTellsWhatItRefused),
    TEST(SourceThatFailsEndsTheImport),
    TEST(OperationIsWatchedAndCancelled),
    TEST(JournalIsListed),
    TEST(BulkDeleteTellsWhatBecameOfEach),
    TEST(ErasedUserIsGone),
    TEST(BackupIsMadeCheckedOpenedAndRestored),
    TEST(BackupIsReadAsOneFile),
    TEST(UserComesBackFromABackup),
    TEST(RetentionDropsAndTrashGivesBack),
    TEST(KeysAndTokens),
    TEST(FailedWriteEndsWritingAndNotReading),
    TEST(DamagedStoreIsTold),
    TEST(DamagedBackupIsToldAndNotRestored),
};

static int Remove(const char* path, const struct stat* facts, int type, struct FTW* place) {
  (void)facts, (void)type, (void)place;
  return remove(path);
}

int main(int count, char** words) {
  const size_t tests = sizeof kTests / sizeof kTests[0];
  for (size_t i = 0; count == 1 && i < tests; ++i) printf("%s\n", kTests[i].name);
  if (count == 1) return 0;
  if (count != 3) return 2;
  char folder[4096];
  snprintf(folder, sizeof folder, "%s/c-test-XXXXXX", words[2]);
  if (mkdtemp(folder) == NULL || chdir(folder) != 0) {
    perror(folder);
    return 2;
  }
  for (size_t i = 0; i < tests; ++i) {
    if (strcmp(words[1], kTests[i].name) != 0) continue;
    kTests[i].run();
    return chdir(words[2]) != 0 || nftw(folder, Remove, 16, FTW_DEPTH | FTW_PHYS) != 0;
  }
  fprintf(stderr, "no test is named %s\n", words[1]);
  return 2;
}

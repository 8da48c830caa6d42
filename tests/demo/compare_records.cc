// Compares a data set with what a store or a JSON export returns: every member of every record, every text of every message,
// every byte of every content. Exits with 0 only if all are there and equal and there are no others.
//   compare_records store DATA_FOLDER DATA_SET
//   compare_records export FILE DATA_SET
#include <cstdio>
#include <iostream>
#include <string_view>

#include "given_records.h"
#include "returned_records.h"

int main(int argument_count, char** arguments) {
  using namespace coffer::demo;
  if (argument_count != 4) {
    std::cerr << "usage: compare_records store|export DATA_FOLDER|FILE DATA_SET\n";
    return 2;
  }
  try {
    GivenRecords given(arguments[3]);
    if (std::string_view(arguments[1]) == "store") {
      CompareStore(arguments[2], given);
    } else {
      CompareExport(arguments[2], given);
    }
    return given.Report(std::cout) ? 0 : 1;
  } catch (const std::exception& failure) {
    std::cerr << "compare_records: " << failure.what() << '\n';
    return 1;
  }
}

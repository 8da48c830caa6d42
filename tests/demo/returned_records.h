// The returned records: from a store through the public interface, or from a file that `coffer export` wrote.
#pragma once

#include <string>

namespace coffer::demo {

class GivenRecords;

// Both throw std::runtime_error if a read fails.
void CompareStore(const std::string& data_folder, GivenRecords& given);
void CompareExport(const std::string& file, GivenRecords& given);

}  // namespace coffer::demo

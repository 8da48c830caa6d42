#include "storage/tally_merge_operator.h"

#include <string_view>

#include "format/stored/tally.h"

namespace coffer::storage {
namespace {

bool AddTo(format::Tally& sum, const rocksdb::Slice& encoded) {
  const Result<format::Tally> tally = format::DecodeTally(std::string_view(encoded.data(), encoded.size()));
  if (!tally.ok()) {
    return false;
  }
  sum.Add(*tally);
  return true;
}

class TallyMergeOperator final : public rocksdb::MergeOperator {
 public:
  bool FullMergeV2(const MergeOperationInput& merge_in, MergeOperationOutput* merge_out) const override {
    format::Tally sum;
    if (merge_in.existing_value != nullptr && !AddTo(sum, *merge_in.existing_value)) {
      return false;
    }
    for (const rocksdb::Slice& operand : merge_in.operand_list) {
      if (!AddTo(sum, operand)) {
        return false;
      }
    }
    merge_out->new_value.clear();
    format::AppendTally(merge_out->new_value, sum);
    return true;
  }

  bool PartialMergeMulti(const rocksdb::Slice& /*key*/, const std::deque<rocksdb::Slice>& operands, std::string* new_value,
                         rocksdb::Logger* /*logger*/) const override {
    format::Tally sum;
    for (const rocksdb::Slice& operand : operands) {
      if (!AddTo(sum, operand)) {
        return false;
      }
    }
    new_value->clear();
    format::AppendTally(*new_value, sum);
    return true;
  }

  const char* Name() const override { return "coffer.Tally"; }
};

}  // namespace

std::shared_ptr<rocksdb::MergeOperator> NewTallyMergeOperator() { return std::make_shared<TallyMergeOperator>(); }

}  // namespace coffer::storage

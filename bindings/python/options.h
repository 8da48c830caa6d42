// The option structs of coffer/c.h. Python passes their members as a tuple in order, or None.
#pragma once

#include <coffer/c.h>

#include <memory>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "parameters.h"

namespace coffer_python {

template <auto... kMembers>
struct MemberList {};
template <typename Options>
struct MembersOf;
#define MEMBERS(type, ...)                \
  template <>                             \
  struct MembersOf<type> {                \
    using Options = type;                 \
    using List = MemberList<__VA_ARGS__>; \
  }
MEMBERS(coffer_open_options, &Options::must_exist, &Options::read_only, &Options::repository, &Options::write_buffer_bytes,
        &Options::block_cache_bytes, &Options::open_files_max, &Options::background_threads);
MEMBERS(coffer_list_options, &Options::owner, &Options::limit, &Options::after, &Options::snapshot);
MEMBERS(coffer_message_list_options, &Options::from_sequence, &Options::limit, &Options::snapshot);
MEMBERS(coffer_operation_list_options, &Options::kind, &Options::state, &Options::limit, &Options::after);
MEMBERS(coffer_bulk_delete_options, &Options::owner, &Options::dry_run, &Options::durability);
MEMBERS(coffer_selection, &Options::kind, &Options::owner, &Options::created_from, &Options::created_before, &Options::status,
        &Options::limit);
MEMBERS(coffer_import_options, &Options::format, &Options::conflict, &Options::owner, &Options::generate_ids, &Options::kind,
        &Options::contents, &Options::durability);
MEMBERS(coffer_export_options, &Options::format, &Options::scope, &Options::owner, &Options::conversation_id,
        &Options::created_from, &Options::created_before, &Options::custom_query, &Options::without_metadata,
        &Options::without_contents, &Options::uncompressed, &Options::compression_level, &Options::encrypt,
        &Options::recipients, &Options::recipients_count, &Options::output);
MEMBERS(coffer_backup_options, &Options::type, &Options::name, &Options::description, &Options::uncompressed,
        &Options::unencrypted, &Options::recipients, &Options::recipients_count, &Options::without_contents,
        &Options::include_logs, &Options::retention_days, &Options::bytes_per_second_max);
MEMBERS(coffer_restore_options, &Options::scope, &Options::owner, &Options::ids, &Options::ids_count, &Options::conflict,
        &Options::exact, &Options::dry_run, &Options::without_safety_backup, &Options::without_verification,
        &Options::without_ledger, &Options::identity_file);
MEMBERS(coffer_prune_options, &Options::keep_last, &Options::keep_daily, &Options::keep_weekly, &Options::keep_monthly,
        &Options::plan, &Options::as_of);
#undef MEMBERS

template <typename Options, typename List>
struct OptionsParameter;
template <typename Options, auto... kMembers>
struct OptionsParameter<Options, MemberList<kMembers...>> {
  template <auto kMember>
  using Part = Parameter<std::remove_reference_t<decltype(std::declval<Options>().*kMember)>>;

  Options options = {};
  std::optional<std::tuple<std::unique_ptr<Part<kMembers>>...>> parts;

  explicit OptionsParameter(Words& words) {
    PyObject* tuple = words.Next();
    if (tuple == Py_None) return;
    Words members(tuple);
    options.struct_size = sizeof options;
    // Braces guarantee evaluation from left to right.
    parts.emplace(std::tuple<std::unique_ptr<Part<kMembers>>...>{std::make_unique<Part<kMembers>>(members)...});
    std::apply([&](auto&... part) { ((options.*kMembers = part->get()), ...); }, *parts);
  }
  const Options* get() { return parts ? &options : nullptr; }
};
template <typename Options>
requires requires { typename MembersOf<Options>::List; }
struct Parameter<const Options*> : OptionsParameter<Options, typename MembersOf<Options>::List> {
  using OptionsParameter<Options, typename MembersOf<Options>::List>::OptionsParameter;
};

}  // namespace coffer_python

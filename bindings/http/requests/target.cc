#include "http/requests/target.h"

#include <boost/core/detail/string_view.hpp>
#include <boost/url/decode_view.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace coffer::http {
namespace {

namespace urls = boost::urls;

std::string FormDecoded(std::string_view text) {
  urls::encoding_opts options;
  options.space_as_plus = true;
  const urls::decode_view view(boost::core::string_view(text.data(), text.size()), options);
  return {view.begin(), view.end()};
}

Query ReadQuery(std::string_view text) {
  Query query;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(pair.size() == text.size() ? pair.size() : pair.size() + 1);
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    query.emplace_back(FormDecoded(pair.substr(0, equals)),
                       equals == std::string_view::npos ? std::string() : FormDecoded(pair.substr(equals + 1)));
  }
  return query;
}

}  // namespace

std::optional<Target> ParseTarget(std::string_view text) {
  const boost::core::string_view view(text.data(), text.size());
  const auto url = text.starts_with('/') ? urls::parse_origin_form(view) : urls::parse_absolute_uri(view);
  if (!url) return std::nullopt;
  Target target;
  const auto path = url->encoded_path();
  target.path.assign(path.data(), path.size());
  if (target.path.empty()) target.path = "/";
  if (url->has_query()) {
    const auto query = url->encoded_query();
    target.query = ReadQuery({query.data(), query.size()});
  }
  return target;
}

std::optional<std::string> DecodeSegment(std::string_view segment) {
  const auto decoded = urls::make_pct_string_view(boost::core::string_view(segment.data(), segment.size()));
  if (!decoded) return std::nullopt;
  const urls::decode_view view(*decoded);
  return std::string(view.begin(), view.end());
}

}  // namespace coffer::http

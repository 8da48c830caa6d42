// Listing<T>: a whole listing as a range, fetched page by page.
#pragma once

#include <cstddef>
#include <functional>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "coffer/page.h"
#include "coffer/result.h"

namespace coffer {

// An input range over every item of a listing, made by Engine::Conversations and its siblings:
//
//   coffer::Listing<coffer::Conversation> listing = engine.Conversations({.owner = "anna"});
//   for (const coffer::Conversation& conversation : listing) std::cout << conversation.title << '\n';
//   if (!listing.status().ok()) return listing.status();  // a failure ends the loop early
//
// Owned by the caller. One thread at a time. The Engine, and the Snapshot in the options, must outlive it.
// Memory: one page. Options: `limit` is the size of a page, not of the listing; `after` is where the listing begins.
// Without a snapshot each page shows the moment at which it is fetched: records that are added or deleted meanwhile may or may
// not appear, and no other record is missed or repeated. Name a snapshot to list one moment.
// Nothing is read before begin(). Each begin() starts again at the first page and ends the iteration before it.
// Move it only while no iterator of it is in use; a Listing that was moved from can only be assigned to or destroyed.
template <typename T>
class [[nodiscard]] Listing {
 public:
  // Gets the page whose cursor is `after`; empty: the first page. Must not throw.
  using Fetch = std::function<Result<Page<T>>(const std::string& after)>;

  // Satisfies std::input_iterator. Copies share one position: advancing one advances all.
  class Iterator {
   public:
    using iterator_concept = std::input_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;

    Iterator() = default;
    // The item stays valid until the iterator is advanced. It belongs to the listing, and may be moved from.
    T& operator*() const { return listing_->page_.items[listing_->position_]; }
    T* operator->() const { return &**this; }
    // Reads the next page if this one is used up. A failure makes the iterator equal to end(); see Listing::status.
    Iterator& operator++() {
      listing_->Advance();
      return *this;
    }
    void operator++(int) { listing_->Advance(); }
    friend bool operator==(const Iterator& iterator, std::default_sentinel_t /*end*/) { return iterator.AtEnd(); }

   private:
    friend class Listing;
    explicit Iterator(Listing& listing) : listing_(&listing) {}
    bool AtEnd() const { return listing_->AtEnd(); }
    Listing* listing_ = nullptr;
  };

  explicit Listing(Fetch fetch) : fetch_(std::move(fetch)) {}
  Listing(Listing&&) noexcept = default;
  Listing& operator=(Listing&&) noexcept = default;
  Listing(const Listing&) = delete;
  Listing& operator=(const Listing&) = delete;
  ~Listing() = default;

  // Reads the first page.
  Iterator begin() {
    Load({});
    return Iterator(*this);
  }
  std::default_sentinel_t end() const noexcept { return std::default_sentinel; }

  // Why the iteration ended before the end of the listing: an error code of the call that lists pages. OK before begin(), while
  // items come, and after the last one.
  const Status& status() const noexcept { return status_; }

 private:
  bool AtEnd() const noexcept { return position_ == page_.items.size(); }

  void Advance() {
    ++position_;
    if (AtEnd() && !page_.next.empty()) Load(std::move(page_.next));
  }

  // Fetches pages until one has an item: a page may be empty and not the last.
  void Load(std::string after) {
    status_ = Status::Ok();
    do {
      page_ = Page<T>();  // one page in memory, not two
      position_ = 0;
      Result<Page<T>> page = fetch_(after);
      if (!page.ok()) {
        status_ = std::move(page).status();
        return;
      }
      page_ = *std::move(page);
      after = page_.next;
    } while (page_.items.empty() && !after.empty());
  }

  Fetch fetch_;
  Page<T> page_;
  std::size_t position_ = 0;  // of the current item in page_; page_.items.size() at the end
  Status status_;
};

}  // namespace coffer

// Moving everything that one store holds into another: a store as parts (its tables, the events,
// what is sealed, administration, counters, keys), each part as rows of plain values that mean the
// same in every adapter. The master key is no part: it stays where it is.
//
//   for each part: page = source.page(part, next, limit); target.put(part, page->rows, progress)
//
// What was put is kept together with how far the part is, so that a move that was killed goes on.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "ports/schema.hpp"

namespace aftermile::ports {

enum class PartType : unsigned char { integer, text, bytes };
struct PartColumn {
    std::string_view name;
    PartType type = PartType::integer;
};
struct Part {
    std::string_view name;  // of its table, in every adapter
    std::vector<PartColumn> columns;
};
// A value for each column; texts and bytes are strings.
using PartRow = std::vector<Value>;

// The tables of schema.hpp first, in their order (merchant, id, columns, body), then
//   events(merchant, id, previous, recorded_at, payload, decision)
//   sealed(merchant, about, owner, bytes)      admin(kind, name, merchant, body, expires_at)
//   counters(name, value): admin, merchants    keys(merchant, owner, round, erased, wrapped)
// A key's round counts the keys that its owner had before; keys stay wrapped.
[[nodiscard]] const std::vector<Part>& all_parts();

// For one thread. `part` is a position in all_parts().
class PartReader {
  public:
    virtual ~PartReader() = default;
    [[nodiscard]] virtual base::Result<std::uint64_t> count(std::size_t part) = 0;
    // Every row, in any order; the row holds until `found` returns.
    [[nodiscard]] virtual base::Result<void> each(
        std::size_t part, const std::function<void(const PartRow&)>& found) = 0;
};

struct Page {
    std::vector<PartRow> rows;  // none: the part is over
    std::int64_t next = 0;      // where the page after this one begins
};

// A store that stands still: nobody writes it while this exists.
class MoveSource : public PartReader {
  public:
    static constexpr std::int64_t start = std::numeric_limits<std::int64_t>::min();
    // At most `limit` rows from `next` on, fewer where they are large.
    [[nodiscard]] virtual base::Result<Page> page(std::size_t part, std::int64_t next,
                                                  std::size_t limit) = 0;
};

struct PartProgress {
    std::int64_t next = MoveSource::start;  // of the source's pages
    std::uint64_t rows = 0;                 // put so far
    bool done = false;
};

// A store that nothing but this move writes, and that nobody can open until it is finished.
class MoveTarget : public PartReader {
  public:
    [[nodiscard]] virtual base::Result<PartProgress> progress(std::size_t part) = 0;
    // The rows and the progress, both or none, durable when it returns. Code `conflict`: a row is
    // there already.
    [[nodiscard]] virtual base::Result<void> put(std::size_t part, const std::vector<PartRow>& rows,
                                                 const PartProgress& progress) = 0;
    // The move is over: from now on the store opens like any other.
    [[nodiscard]] virtual base::Result<void> finish() = 0;
};

}  // namespace aftermile::ports

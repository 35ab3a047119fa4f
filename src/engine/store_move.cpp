#include "engine/store_move.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/failpoint.hpp"
#include "base/hash.hpp"

namespace aftermile::engine {

namespace {

constexpr std::size_t page_rows = 1'000;
constexpr std::uint64_t second_seed = 0x6D6F7665;

void append_number(std::string& out, std::uint64_t value) {
    for (int shift = 0; shift < 64; shift += 8) {
        out.push_back(static_cast<char>((value >> shift) & 0xFF));
    }
}

// Each value says what it is and how long, so that no two rows have the same bytes.
std::string bytes_of(const ports::PartRow& row) {
    std::string out;
    for (const ports::Value& value : row) {
        if (const auto* number = std::get_if<std::int64_t>(&value)) {
            out.push_back('i');
            append_number(out, static_cast<std::uint64_t>(*number));
        } else if (const auto* text = std::get_if<std::string>(&value)) {
            out.push_back('t');
            append_number(out, text->size());
            out += *text;
        } else {
            out.push_back('n');
        }
    }
    return out;
}

class Move {
  public:
    Move(ports::MoveSource& source, ports::MoveTarget& target, const MoveProgress& progress)
        : source_(source), target_(target), progress_(progress) {}

    base::Result<MoveReport> run() {
        if (auto counted = count(); !counted) {
            return std::unexpected(std::move(counted.error()));
        }
        for (std::size_t part = 0; part < parts_.size(); ++part) {
            if (auto copied = copy(part); !copied) {
                return std::unexpected(std::move(copied.error()));
            }
        }
        base::failpoint("before_compare");
        if (auto same = compare(); !same) {
            return std::unexpected(std::move(same.error()));
        }
        if (auto done = target_.finish(); !done) {
            return std::unexpected(std::move(done.error()));
        }
        return std::move(report_);
    }

  private:
    base::Result<void> count() {
        for (std::size_t part = 0; part < parts_.size(); ++part) {
            auto rows = source_.count(part);
            if (!rows) {
                return std::unexpected(std::move(rows.error()));
            }
            report_.rows += *rows;
        }
        return {};
    }

    base::Result<void> copy(std::size_t part) {
        auto at = target_.progress(part);
        if (!at) {
            return std::unexpected(std::move(at.error()));
        }
        report_.resumed_after += at->rows;
        done_ += at->rows;
        while (!at->done) {
            auto page = source_.page(part, at->next, page_rows);
            if (!page) {
                return std::unexpected(std::move(page.error()));
            }
            at->next = page->next;
            at->rows += page->rows.size();
            at->done = page->rows.empty();
            if (auto put = target_.put(part, page->rows, *at); !put) {
                return std::unexpected(about(part, std::move(put.error())));
            }
            done_ += page->rows.size();
            tell(MoveStep::Doing::copying, part);
            base::failpoint("moved_page");
        }
        return {};
    }

    // The source twice read is a check on the reading too.
    base::Result<void> compare() {
        std::string differ;
        for (std::size_t part = 0; part < parts_.size(); ++part) {
            auto here = sum_of(source_, part);
            auto there = here ? sum_of(target_, part) : here;
            if (!there) {
                return std::unexpected(std::move(there.error()));
            }
            if (*here != *there) {
                differ += fmt::format("{}{} ({} rows here, {} there)", differ.empty() ? "" : ", ",
                                      parts_[part].name, here->rows, there->rows);
            }
            report_.parts.push_back({std::string(parts_[part].name), *here});
            done_ += here->rows;
            tell(MoveStep::Doing::comparing, part);
        }
        if (!differ.empty()) {
            return base::fail("move_differs", "What arrived is not what the data folder holds: " +
                                                  differ + ". Empty the database and begin again.");
        }
        return {};
    }

    base::Error about(std::size_t part, base::Error error) const {
        error.pointer = parts_[part].name;
        if (error.code == "conflict") {
            error.detail +=
                " The data folder changed since the move began: empty the database "
                "and begin again.";
        }
        return error;
    }

    void tell(MoveStep::Doing doing, std::size_t part) const {
        progress_(
            {.doing = doing, .part = parts_[part].name, .done = done_, .total = 2 * report_.rows});
    }

    ports::MoveSource& source_;
    ports::MoveTarget& target_;
    const MoveProgress& progress_;
    const std::vector<ports::Part>& parts_ = ports::all_parts();
    MoveReport report_;
    std::uint64_t done_ = 0;
};

}  // namespace

void PartSum::add(const ports::PartRow& row) {
    const std::string bytes = bytes_of(row);
    ++rows;
    first += base::hash64(bytes);
    second += base::hash64(bytes, second_seed);
}

std::string PartSum::text() const { return fmt::format("{:016x}{:016x}", first, second); }

base::Result<PartSum> sum_of(ports::PartReader& store, std::size_t part) {
    PartSum sum;
    auto read = store.each(part, [&](const ports::PartRow& row) { sum.add(row); });
    return read ? base::Result<PartSum>(sum) : std::unexpected(std::move(read.error()));
}

base::Result<MoveReport> move_store(ports::MoveSource& source, ports::MoveTarget& target,
                                    const MoveProgress& progress) {
    return Move(source, target, progress).run();
}

}  // namespace aftermile::engine

#include "core/delivery/digest.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <boost/container/small_vector.hpp>
#include <charconv>
#include <cstring>

#include "base/check.hpp"
#include "base/hash.hpp"

namespace aftermile::core::delivery {

static_assert(std::endian::native == std::endian::little, "the digest is stored little endian");

namespace {

constexpr std::uint8_t no_milestone = 255;
constexpr std::uint8_t zone_less_bit = 0x80;
constexpr std::uint8_t clears_mask = 0x3F;

template <class T>
void write_at(std::string& out, std::size_t at, T value) {
    std::memcpy(out.data() + at, &value, sizeof value);
}
template <class T>
T read_at(std::string_view bytes, std::size_t at) {
    T value;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

std::uint64_t identity_of(const model::Scan& scan) {
    boost::container::small_vector<char, 160> text;
    const auto add = [&](std::string_view part) {
        text.insert(text.end(), part.begin(), part.end());
        text.push_back('\x1f');
    };
    add(scan.carrier);
    add(scan.piece.empty() ? scan.tracking_number : scan.piece);
    if (!scan.code.empty()) {
        add(scan.code);
    } else {
        add(scan.milestone ? base::to_text(*scan.milestone) : std::string_view{});
        add(base::to_text(scan.exception));
    }
    const auto add_number = [&](std::int64_t number) {
        std::array<char, 24> digits;
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
        add({digits.data(), end});
    };
    add_number(scan.written.time_since_epoch().count());
    if (scan.offset) {
        add_number(scan.offset->count());
    } else {
        add({});
    }
    return base::hash64({text.data(), text.size()});
}

}  // namespace

base::Instant DigestEntry::instant(const base::Zone& zone) const {
    if (!zone_less) {
        return base::instant_of(time);
    }
    return zone.earliest(base::LocalTime{base::Span{time}});
}

std::uint32_t piece_hash(std::string_view number) {
    return static_cast<std::uint32_t>(base::hash64(number));
}

DigestEntry entry_of(const model::Scan& scan, const base::Zone* own_zone) {
    DigestEntry entry;
    entry.identity = identity_of(scan);
    entry.piece = piece_hash(scan.piece.empty() ? scan.tracking_number : scan.piece);
    entry.milestone = scan.milestone;
    entry.exception = scan.exception;
    entry.clears = scan.clears;
    entry.flags = scan.flags;
    if (scan.offset) {
        entry.time = (scan.written.time_since_epoch() - *scan.offset).count();
    } else if (own_zone != nullptr && !scan.date_only) {
        entry.time = base::microseconds_of(own_zone->earliest(scan.written));
    } else {
        entry.time = scan.written.time_since_epoch().count();
        entry.zone_less = true;
    }
    return entry;
}

std::vector<DigestEntry> unpack(std::string_view digest) {
    base::check(digest.size() % digest_entry_bytes == 0, "a digest is whole entries");
    std::vector<DigestEntry> entries;
    entries.reserve(digest.size() / digest_entry_bytes + 1);
    for (std::size_t at = 0; at < digest.size(); at += digest_entry_bytes) {
        DigestEntry entry;
        entry.time = read_at<std::int64_t>(digest, at);
        entry.identity = read_at<std::uint64_t>(digest, at + 8);
        entry.piece = read_at<std::uint32_t>(digest, at + 16);
        if (const auto rank = read_at<std::uint8_t>(digest, at + 20); rank != no_milestone) {
            entry.milestone = static_cast<model::Milestone>(rank);
        }
        entry.exception = static_cast<model::Exception>(read_at<std::uint8_t>(digest, at + 21));
        entry.flags = read_at<std::uint8_t>(digest, at + 22);
        const auto last = read_at<std::uint8_t>(digest, at + 23);
        entry.clears = static_cast<model::Exception>(last & clears_mask);
        entry.zone_less = (last & zone_less_bit) != 0;
        entries.push_back(entry);
    }
    return entries;
}

void append_to(std::string& digest, const DigestEntry& entry) {
    const std::size_t at = digest.size();
    digest.resize(at + digest_entry_bytes);
    write_at(digest, at, entry.time);
    write_at(digest, at + 8, entry.identity);
    write_at(digest, at + 16, entry.piece);
    write_at(digest, at + 20,
             entry.milestone ? static_cast<std::uint8_t>(*entry.milestone) : no_milestone);
    write_at(digest, at + 21, static_cast<std::uint8_t>(entry.exception));
    write_at(digest, at + 22, entry.flags);
    write_at(digest, at + 23,
             static_cast<std::uint8_t>(static_cast<std::uint8_t>(entry.clears) |
                                       (entry.zone_less ? zone_less_bit : 0)));
}

std::string pack(const std::vector<DigestEntry>& entries) {
    std::string digest;
    digest.reserve(entries.size() * digest_entry_bytes);
    for (const DigestEntry& entry : entries) {
        append_to(digest, entry);
    }
    return digest;
}

bool contains(std::string_view digest, std::uint64_t identity) {
    for (std::size_t at = 8; at < digest.size(); at += digest_entry_bytes) {
        if (read_at<std::uint64_t>(digest, at) == identity) {
            return true;
        }
    }
    return false;
}

void sort_entries(std::vector<DigestEntry>& entries, const base::Zone& zone) {
    const auto rank = [](const DigestEntry& entry) {
        return entry.milestone ? static_cast<int>(*entry.milestone) : -1;
    };
    std::ranges::sort(entries, [&](const DigestEntry& a, const DigestEntry& b) {
        const auto left = a.instant(zone), right = b.instant(zone);
        if (left != right) {
            return left < right;
        }
        if (rank(a) != rank(b)) {
            return rank(a) < rank(b);
        }
        return a.identity < b.identity;
    });
}

}  // namespace aftermile::core::delivery

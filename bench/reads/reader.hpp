// Reads that a person or a program makes: a parcel by its number, its timeline, a page of the list
// of incidents, in turn. No parcel is read twice. Driven by one thread.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "bench/measure/connections.hpp"

namespace aftermile::bench {

enum class ReadKind : unsigned char { shipment, timeline, incidents };
inline constexpr std::size_t read_kinds = 3;
inline constexpr std::array<std::string_view, read_kinds> read_names{"shipment", "timeline",
                                                                     "incidents"};

struct Latencies {
    std::vector<std::uint64_t> micros;
    // Of all, in milliseconds; 0 when there are none.
    [[nodiscard]] double percentile(std::size_t percent);
};

struct ReadWindow {
    std::array<Latencies, read_kinds> kinds;
    std::uint64_t wrong = 0;  // answers that are not what was asked for
    double seconds = 0;
    [[nodiscard]] bool good() const { return wrong == 0; }
};

class Reader {
  public:
    Reader(std::uint32_t shipments, std::uint64_t seed);

    // The number of a parcel that nobody was given before; empty when there is none left.
    [[nodiscard]] std::string next_number();
    // Reads for so long, so many a second whatever else happens: the time of a read counts from
    // when it should have been sent.
    [[nodiscard]] base::Result<ReadWindow> read(std::uint16_t port, const std::string& key,
                                                int seconds, double per_second);

  private:
    bool next(Request& request);
    void take(const Answer& answer, ReadWindow& window);
    std::uint64_t random();

    std::vector<bool> given_;
    std::uint32_t left_;
    std::uint64_t state_;
    std::uint64_t turn_ = 0;
    std::deque<std::string> found_;  // ids of parcels whose timeline was not read yet
    std::string cursor_;             // of the next page of incidents; empty: the newest
};

}  // namespace aftermile::bench

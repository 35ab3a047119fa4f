// Random histories of scans for property tests: plausible journeys, then disturbed. Everything
// follows from the seed, on every machine; `ingredients_of` measures what a history really holds.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/zone.hpp"
#include "model/scan.hpp"

namespace aftermile::core::delivery::testing {

// SplitMix64, by its published constants.
class Dice {
  public:
    explicit Dice(std::uint64_t seed) : state_(seed) {}
    std::uint64_t roll() {
        state_ += 0x9E3779B97F4A7C15ULL;
        std::uint64_t mixed = state_;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ULL;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBULL;
        return mixed ^ (mixed >> 31);
    }
    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(roll() % bound); }
    int between(int first, int last) {
        return first + static_cast<int>(below(static_cast<std::size_t>(last - first + 1)));
    }
    bool percent(int chance) { return between(1, 100) <= chance; }
    template <class T>
    const T& one_of(const std::vector<T>& values) {
        return values[below(values.size())];
    }
    template <class T>
    void shuffle(std::vector<T>& values) {
        for (std::size_t left = values.size(); left > 1; --left) {
            std::swap(values[left - 1], values[below(left)]);
        }
    }

  private:
    std::uint64_t state_;
};

// A scan and the zone of its place, where that place has one.
struct PlacedScan {
    model::Scan scan;
    const base::Zone* own_zone = nullptr;
};

struct History {
    std::vector<PlacedScan> scans;  // as they arrive; some more than once
    std::vector<std::string> pieces;
    std::string number;
    const base::Zone* destination = nullptr;
};

// New York, Berlin and Sao Paulo of 2026, and UTC.
inline const std::vector<base::Zone>& test_zones() {
    using std::chrono::hours;
    const auto at = [](std::int64_t seconds) { return base::instant_of(seconds * 1'000'000); };
    static const std::vector<base::Zone> zones{
        base::Zone("America/New_York", {{at(1762063200), hours{-5}},    // 2025-11-02T06:00Z
                                        {at(1772953200), hours{-4}},    // 2026-03-08T07:00Z
                                        {at(1793512800), hours{-5}}}),  // 2026-11-01T06:00Z
        base::Zone("Europe/Berlin", {{at(1761440400), hours{1}},        // 2025-10-26T01:00Z
                                     {at(1774746000), hours{2}},        // 2026-03-29T01:00Z
                                     {at(1792890000), hours{1}}}),      // 2026-10-25T01:00Z
        base::Zone("America/Sao_Paulo", {{at(0), hours{-3}}}),
        base::Zone::utc(),
    };
    return zones;
}

class HistoryMaker {
  public:
    explicit HistoryMaker(std::uint64_t seed) : dice_(seed) {}

    History make() {
        history_ = {};
        history_.number = "1Z" + std::to_string(dice_.between(100000, 999999));
        choose_days();
        const auto numbers = choose_pieces();
        for (const std::string& piece : numbers) {
            journey(piece);
        }
        const auto length = static_cast<std::size_t>(dice_.between(8, 60));
        while (history_.scans.size() < length) {
            disturb(dice_.one_of(numbers));
        }
        while (history_.scans.size() > length) {
            history_.scans.erase(history_.scans.begin() +
                                 static_cast<std::ptrdiff_t>(dice_.below(history_.scans.size())));
        }
        repeat_some();
        dice_.shuffle(history_.scans);
        return history_;
    }

  private:
    using Milestone = model::Milestone;
    using Exception = model::Exception;

    // Anywhere in the year, or with the end of summer time on the third day: its hour comes twice.
    void choose_days() {
        clocks_change_ = dice_.percent(30);
        if (clocks_change_) {
            const bool american = dice_.percent(50);
            history_.destination = &test_zones()[american ? 0 : 1];
            start_ = (american ? 1793512800 : 1792890000) - change_minute * 60;
        } else {
            history_.destination = &dice_.one_of(test_zones());
            start_ = 1767225600 + std::int64_t{dice_.between(0, 300)} * 86400;
        }
    }

    // Numbers that scans will bear; declares none, all or all but one of them.
    std::vector<std::string> choose_pieces() {
        std::vector<std::string> numbers{history_.number};
        if (dice_.percent(50)) {
            const int count = dice_.between(2, 3);
            for (int i = 1; i <= count; ++i) {
                numbers.push_back(history_.number + "P" + std::to_string(i));
            }
            if (dice_.percent(30)) {
                numbers.erase(numbers.begin());
            }
            if (dice_.percent(60)) {
                for (const std::string& number : numbers) {
                    if (number != history_.number || dice_.percent(25)) {
                        history_.pieces.push_back(number);
                    }
                }
                if (dice_.percent(30) && history_.pieces.size() > 1) {
                    history_.pieces.pop_back();
                }
            }
        }
        return numbers;
    }

    void journey(const std::string& piece) {
        minutes_ = dice_.between(0, 96) * 15;
        add(piece, Milestone::info_received);
        add(piece, Milestone::accepted);
        for (int i = dice_.between(0, 3); i > 0; --i) {
            add(piece, Milestone::in_transit);
        }
        if (dice_.percent(20)) {
            add(piece, Milestone::at_destination);
        }
        for (int i = dice_.between(0, 2); i > 0; --i) {
            add(piece, Milestone::out_for_delivery);
            add(piece, Milestone::attempt_failed, Exception::attempt_failed);
        }
        if (dice_.percent(15)) {
            add(piece, std::nullopt, Exception::lost);
        }
        const int end = dice_.between(0, 9);
        if (end == 0) {
            add(piece, Milestone::cancelled);
        } else if (end <= 2) {
            add(piece, Milestone::returning, Exception::none);
            add(piece, Milestone::out_for_delivery);
            add(piece, dice_.percent(50) ? Milestone::delivered : Milestone::returned);
        } else if (end <= 7) {
            add(piece, Milestone::out_for_delivery);
            add(piece, Milestone::delivered);
        }
    }

    // One scan that does not follow from the others.
    void disturb(const std::string& piece) {
        namespace flag = model::scan_flag;
        minutes_ = clocks_change_ && dice_.percent(30) ? change_minute + dice_.between(-4, 3) * 15
                                                       : dice_.between(0, 960) * 15;
        const auto milestone = static_cast<Milestone>(dice_.between(0, 12));
        const auto exception = static_cast<Exception>(dice_.between(0, 17));
        std::optional<Milestone> said = milestone;
        switch (dice_.between(0, 9)) {
            case 0:
                if (dice_.percent(30)) {
                    said.reset();
                }
                add(piece, said, Exception::none, flag::correction);
                return;
            case 1:
                if (dice_.percent(60)) {
                    said.reset();
                }
                add(piece, said, Exception::none,
                    static_cast<std::uint8_t>(flag::void_previous |
                                              (dice_.percent(50) ? flag::correction : 0)));
                return;
            case 2:
                add(piece, Milestone::in_transit, Exception::none, flag::synthetic);
                return;
            case 3:
                add(piece, std::nullopt, exception);
                return;
            case 4:
                add(piece, std::nullopt, Exception::none, 0, exception);
                return;
            case 5:
                add(piece, std::nullopt, Exception::none, flag::unknown_code);
                return;
            case 6:
                add(piece, milestone, exception,
                    dice_.percent(20) ? flag::return_leg : std::uint8_t{0});
                return;
            case 7:
                add(piece, milestone, Exception::none, 0, exception);
                return;
            case 8:
                add(piece, std::nullopt, dice_.percent(50) ? Exception::damaged : Exception::lost,
                    dice_.percent(20) ? flag::destroyed : std::uint8_t{0});
                return;
            default:
                add(piece, milestone);
        }
    }

    void add(const std::string& piece, std::optional<Milestone> milestone,
             Exception exception = Exception::none, std::uint8_t flags = 0,
             Exception clears = Exception::none) {
        PlacedScan placed;
        model::Scan& scan = placed.scan;
        scan.carrier = "ups";
        scan.tracking_number = history_.number;
        scan.piece = piece == history_.number ? std::string{} : piece;
        if (dice_.percent(70)) {
            scan.code = "I/C" + std::to_string(codes_++ % 7);
        }
        scan.milestone = milestone;
        scan.exception = exception;
        scan.clears = clears;
        scan.flags = flags;
        write_time(placed);
        if (dice_.percent(75)) {
            minutes_ += dice_.between(1, 60) * 15;
        }
        if (is_new(scan)) {
            history_.scans.push_back(std::move(placed));
        }
    }

    // Of two scans that are one by identity and say different things the first to arrive is kept:
    // a known limit, so histories hold none.
    [[nodiscard]] bool is_new(const model::Scan& scan) const {
        return std::ranges::none_of(history_.scans, [&](const PlacedScan& known) {
            const bool alike = scan.code.empty() ? known.scan.code.empty() &&
                                                       scan.milestone == known.scan.milestone &&
                                                       scan.exception == known.scan.exception
                                                 : scan.code == known.scan.code;
            return alike && scan.piece == known.scan.piece && scan.written == known.scan.written &&
                   scan.offset == known.scan.offset;
        });
    }

    void write_time(PlacedScan& placed) {
        const auto at = base::instant_of((start_ + minutes_ * 60) * 1'000'000);
        model::Scan& scan = placed.scan;
        const int manner = dice_.between(0, 9);
        if (manner <= 3) {
            scan.offset = std::chrono::minutes{0};
            scan.written = base::LocalTime{at.time_since_epoch()};
        } else if (manner == 4) {
            scan.offset = std::chrono::minutes{-300 + 30 * dice_.between(0, 20)};
            scan.written = base::LocalTime{at.time_since_epoch() + *scan.offset};
        } else if (manner <= 7) {
            scan.written = history_.destination->to_local(at);
        } else if (manner == 8) {
            placed.own_zone = &dice_.one_of(test_zones());
            scan.written = placed.own_zone->to_local(at);
        } else {
            scan.date_only = true;
            scan.written = base::LocalTime{history_.destination->day_of(at)};
            placed.own_zone = dice_.percent(50) ? &dice_.one_of(test_zones()) : nullptr;
        }
    }

    void repeat_some() {
        const std::size_t unique = history_.scans.size();
        for (int i = dice_.percent(70) ? dice_.between(1, 6) : 0; i > 0; --i) {
            PlacedScan again = history_.scans[dice_.below(unique)];
            again.scan.description = "the same in other words";
            again.scan.source = "webhook";
            again.scan.source_id = "evt_" + std::to_string(i);
            history_.scans.push_back(std::move(again));
        }
    }

    static constexpr std::int64_t change_minute = 2 * 24 * 60;
    Dice dice_;
    History history_;
    bool clocks_change_ = false;
    std::int64_t start_ = 0;  // seconds
    std::int64_t minutes_ = 0;
    int codes_ = 0;
};

}  // namespace aftermile::core::delivery::testing

#include "sim/journey.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace aftermile::sim {
namespace {

using namespace std::chrono;

// Parcels in a thousand. Lateness has its own rate for each carrier.
struct Rate {
    Misfortune misfortune;
    int per_mille;
};
constexpr auto rates = std::to_array<Rate>({
    {Misfortune::silence, 9},
    {Misfortune::scans_held_back, 5},
    {Misfortune::attempt_failed, 26},
    {Misfortune::address_problem, 7},
    {Misfortune::delayed_by_carrier, 12},
    {Misfortune::damaged, 7},
    {Misfortune::lost, 4},
    {Misfortune::lost_and_found, 2},
    {Misfortune::not_received, 5},
    {Misfortune::contents_wrong, 5},
    {Misfortune::returned, 4},
    {Misfortune::never_handed_over, 3},
});

const City& hub_between(const City& from, const City& to) {
    const City* best = &from;
    double least = 1e9;
    for (const City& city : cities()) {
        const double detour =
            std::hypot(city.x - (from.x + to.x) / 2, city.y - (from.y + to.y) / 2);
        if (city.country == "US" && detour < least && city.name != to.name) {
            least = detour;
            best = &city;
        }
    }
    return *best;
}

class Traveller {
  public:
    Traveller(Random& random, const Parcel& parcel, Misfortune misfortune, base::Instant start)
        : random_(random),
          parcel_(parcel),
          words_(words_of(parcel.service->carrier)),
          home_(parcel.warehouse->city),
          there_(*parcel.person.city),
          start_(start),
          plan_(misfortune) {
        journey_.misfortune = misfortune;
    }

    Journey travel() {
        scan(words_.label, home_, parcel_.label_at);
        if (plan_ == Misfortune::never_handed_over || parcel_.voided_at) {
            return std::move(journey_);
        }
        const base::LocalDay day = local_day(home_, parcel_.label_at);
        at_ = at_local(home_, day, hours{17} + minutes{random_.between(10, 150)});
        scan(words_.accepted, home_, at_);
        handed_over_ = true;
        go_by_hubs(transit_days(*parcel_.service, home_, there_));
        if (!gone_) {
            arrive();
        }
        return std::move(journey_);
    }

  private:
    void scan(const Code& code, const City& place, base::Instant occurred) {
        if (code.code.empty()) {
            return;
        }
        while (handed_over_ && !quiet_ && last_at_ + hours{30} < occurred) {
            const base::Instant again = last_at_ + hours{22} + minutes{random_.between(0, 150)};
            add(at_door_ ? words_.at_destination : words_.arrived, *last_place_, again);
        }
        quiet_ = false;
        add(code, place, occurred);
    }

    void add(const Code& code, const City& place, base::Instant occurred) {
        last_at_ = occurred;
        last_place_ = &place;
        const minutes lag{random_.chance(15) ? random_.between(8 * 60, 60 * 60)
                                             : random_.between(2, 55)};
        base::Instant known = std::max(occurred + lag, held_until_);
        if (plan_ == Misfortune::none && random_.chance(4)) {
            known += hours{24};
        }
        const std::string id = fmt::format("{}-{}", parcel_.number, journey_.steps.size());
        ScanBody body{.code = code,
                      .place = &place,
                      .occurred_at = occurred,
                      .with_offset = !random_.chance(30),
                      .piece = {},
                      .source_id = id};
        if (parcel_.pieces.empty()) {
            journey_.steps.push_back({body, known});
        }
        for (const std::string& piece : parcel_.pieces) {
            body.piece = piece;
            journey_.steps.push_back({body, known});
        }
    }

    // From the hand-off to the destination's facility, on the morning of the last working day.
    void go_by_hubs(int working_days) {
        at_ += minutes{random_.between(120, 300)};
        scan(words_.departed, home_, at_);
        const City& hub = hub_between(home_, there_);
        const base::LocalDay due =
            after_working_days(local_day(home_, parcel_.label_at), working_days);
        arrival_ = at_local(there_, due, hours{4} + minutes{random_.between(0, 150)});
        const bool abroad = there_.country != "US";
        if (working_days >= 2) {
            at_ += (arrival_ - at_) * 2 / 5;
            scan(words_.arrived, abroad ? home_ : hub, at_);
            if (random_.chance(3)) {
                scan(words_.unknown, abroad ? home_ : hub, at_ + minutes{30});
            }
            at_ += minutes{random_.between(90, 300)};
            trouble_on_the_way(abroad ? home_ : hub);
            if (gone_) {
                return;
            }
            if (!quiet_) {
                scan(words_.departed, abroad ? home_ : hub, at_);
            }
        } else {
            trouble_on_the_way(home_);
        }
        weather(hub);
    }

    void trouble_on_the_way(const City& place) {
        switch (plan_) {
            case Misfortune::late:
                if (random_.chance(350)) {
                    scan(words_.delayed, place, at_ + hours{5});
                }
                postpone(random_.between(1, 4));
                break;
            case Misfortune::delayed_by_carrier:
                scan(words_.delayed, place, at_ + hours{3});
                break;
            case Misfortune::silence:
                quiet_ = true;
                postpone(random_.between(5, 9));
                break;
            case Misfortune::scans_held_back:
                postpone(random_.between(3, 5));
                held_until_ = arrival_ + hours{30};
                break;
            case Misfortune::lost:
            case Misfortune::lost_and_found:
                lose(place);
                break;
            case Misfortune::damaged:
                if (random_.chance(500)) {
                    scan(words_.damaged, place, at_ + hours{2});
                }
                break;
            default:
                break;
        }
    }

    void lose(const City& place) {
        const base::Instant noticed = at_ + days{random_.between(6, 9)};
        quiet_ = true;
        if (!words_.lost.code.empty() && random_.chance(600)) {
            scan(words_.lost, place, noticed);
        } else {
            journey_.reports.push_back(
                {"lost", "Tracking has not moved for more than a week.", noticed});
        }
        gone_ = plan_ == Misfortune::lost;
        if (!gone_) {
            at_ = noticed + days{random_.between(2, 4)};
            quiet_ = true;
            scan(words_.arrived, place, at_);
            arrival_ = at_ + days{2};
            settle_arrival();
        }
    }

    void weather(const City& hub) {
        const auto day = floor<days>(at_ - start_).count();
        const bool ground = parcel_.service->days_per_1000km > 0.5;
        if (!there_.storm || !ground || day < storm_day || day >= storm_day + storm_days) {
            return;
        }
        const Code& code = words_.weather.code.empty() ? words_.delayed : words_.weather;
        scan(code, hub, at_ + hours{7});
        postpone(random_.between(2, 5));
    }

    void postpone(std::int64_t count) {
        arrival_ += days{count};
        settle_arrival();
    }
    // Facilities work at night, vans by day.
    void settle_arrival() {
        const base::LocalDay day = after_working_days(local_day(there_, arrival_) - days{1}, 1);
        arrival_ = at_local(there_, day, hours{4} + minutes{random_.between(0, 150)});
    }

    void arrive() {
        scan(words_.at_destination, there_, arrival_);
        at_door_ = true;
        base::LocalDay day = local_day(there_, arrival_);
        if (plan_ == Misfortune::address_problem && !words_.address_problem.code.empty()) {
            scan(words_.address_problem, there_, at_local(there_, day, hours{9}));
            if (parcel_.service->carrier == "usps") {
                return go_back(day + days{2});  // the code says that it turns round
            }
            day = after_working_days(day, static_cast<int>(random_.between(1, 3)));
        }
        go_out(day);
        if (plan_ == Misfortune::attempt_failed || plan_ == Misfortune::returned) {
            const auto attempts = plan_ == Misfortune::returned ? 3 : random_.between(1, 2);
            for (std::int64_t i = 0; i < attempts; ++i) {
                scan(words_.attempt_failed, there_,
                     at_local(there_, day, hours{13} + minutes{random_.between(0, 240)}));
                day = after_working_days(day, 1);
                if (plan_ == Misfortune::returned && i + 1 == attempts) {
                    return go_back(day);
                }
                go_out(day);
            }
        }
        deliver(day);
    }

    void go_out(base::LocalDay day) {
        scan(words_.out_for_delivery, there_,
             at_local(there_, day, hours{7} + minutes{random_.between(10, 110)}));
    }

    void go_back(base::LocalDay day) {
        at_door_ = false;
        scan(words_.returning, there_, at_local(there_, day, hours{16}));
        base::Instant back = at_local(home_, after_working_days(day, 4), hours{11});
        scan(words_.arrived, home_, back - hours{20});
        scan(words_.delivered, home_, back);  // at the sender: the product calls it returned
    }

    void deliver(base::LocalDay day) {
        const auto minute = parcel_.service->guaranteed && plan_ == Misfortune::none
                                ? random_.between(9 * 60, 10 * 60 + 20)
                                : random_.between(9 * 60 + 30, 18 * 60);
        const base::Instant done = at_local(there_, day, minutes{minute});
        scan(words_.delivered, there_, done);
        const base::Instant evening = at_local(there_, day, hours{20}) + minutes{minute % 90};
        if (plan_ == Misfortune::not_received) {
            journey_.reports.push_back(
                {"not_received", "It says delivered, but there is nothing here.", evening});
        } else if (plan_ == Misfortune::contents_wrong) {
            const bool missing = random_.chance(400);
            journey_.reports.push_back({missing ? "missing_item" : "wrong_item",
                                        missing ? "One of the things I ordered was not in the box."
                                                : "This is not what I ordered.",
                                        evening});
        } else if (plan_ == Misfortune::damaged) {
            journey_.reports.push_back(
                {"damaged", "The box was crushed and what was in it is broken.", evening});
        }
    }

    Random& random_;
    const Parcel& parcel_;
    const CarrierWords& words_;
    const City& home_;
    const City& there_;
    const base::Instant start_;
    const Misfortune plan_;
    base::Instant at_{}, arrival_{}, held_until_{base::Instant::min()};
    // Carriers scan a parcel every day, also one that waits, unless it is out of their sight.
    base::Instant last_at_{};
    const City* last_place_ = nullptr;
    bool handed_over_ = false, quiet_ = false, at_door_ = false;
    bool gone_ = false;
    Journey journey_;
};

}  // namespace

int transit_days(const Service& service, const City& from, const City& to) {
    const double distance = std::hypot(from.x - to.x, from.y - to.y);
    return service.base_days + static_cast<int>(std::lround(distance * service.days_per_1000km));
}

base::LocalDay after_working_days(base::LocalDay day, int count) {
    while (count > 0) {
        day += days{1};
        const weekday name{day};
        count -= name == Saturday || name == Sunday ? 0 : 1;
    }
    return day;
}

Misfortune draw_misfortune(Random& random, const Service& service) {
    std::int64_t drawn = random.between(0, 999);
    for (const Rate& rate : rates) {
        if (drawn < rate.per_mille) {
            return rate.misfortune;
        }
        drawn -= rate.per_mille;
    }
    return drawn < words_of(service.carrier).late_per_mille ? Misfortune::late : Misfortune::none;
}

Journey travel(Random& random, const Parcel& parcel, Misfortune misfortune, base::Instant start) {
    return Traveller(random, parcel, misfortune, start).travel();
}

}  // namespace aftermile::sim

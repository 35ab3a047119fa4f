#include "sim/plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "sim/journey.hpp"

namespace aftermile::sim {
namespace {

using namespace std::chrono;

class Planner {
  public:
    explicit Planner(const PlanOptions& options) : options_(options) {}

    std::vector<Post> make() {
        const std::int64_t all = std::int64_t{options_.shipments} *
                                 (options_.days + options_.days_ahead) / options_.days;
        for (std::int64_t i = 0; i < all; ++i) {
            add_trade(i);
        }
        add_guided();
        add_strays();
        std::ranges::stable_sort(posts_, [](const Post& a, const Post& b) {
            return std::tie(a.at, a.door) < std::tie(b.at, b.door);
        });
        return std::move(posts_);
    }

  private:
    void post(base::Instant at, Door door, std::string body) {
        if (at > options_.after && at <= options_.end()) {
            posts_.push_back({at, door, std::move(body)});
        }
    }

    Person person_of(std::int64_t index) {
        Random random = Random::of(options_.seed ^ 0xC0FFEE, static_cast<std::uint64_t>(index));
        const std::string_view given = random.pick(given_names());
        const std::string_view family = random.pick(family_names());
        Person person;
        person.reference = fmt::format("C-{:05}", index);
        person.name = fmt::format("{} {}", given, family);
        person.email = fmt::format("{}.{}.{}@example.com", base::lower_ascii(given),
                                   base::lower_ascii(family), index);
        person.line1 = fmt::format("{} {}", random.between(1, 240), random.pick(streets()));
        std::int64_t people = 0;
        for (const City& city : cities()) {
            people += city.people;
        }
        std::int64_t drawn = random.between(0, people - 1);
        for (const City& city : cities()) {
            if (drawn < city.people) {
                person.city = &city;
                break;
            }
            drawn -= city.people;
        }
        return person;
    }

    static const Service& draw_service(Random& random, bool abroad) {
        std::int64_t sum = 0;
        for (const Service& service : services()) {
            sum += service.abroad == abroad ? service.weight : 0;
        }
        std::int64_t drawn = random.between(0, sum - 1);
        for (const Service& service : services()) {
            if (service.abroad != abroad) {
                continue;
            }
            if (drawn < service.weight) {
                return service;
            }
            drawn -= service.weight;
        }
        return services().front();
    }

    // The warehouse packs on working days; what comes in before one o'clock leaves that day.
    static void pack_and_promise(Random& random, Parcel& parcel) {
        const City& home = parcel.warehouse->city;
        const City& there = *parcel.person.city;
        const base::LocalDay placed = local_day(home, parcel.placed_at);
        const bool early = parcel.placed_at < at_local(home, placed, hours{13});
        const base::LocalDay packed =
            early ? after_working_days(placed - days{1}, 1) : after_working_days(placed, 1);
        parcel.label_at =
            std::max(at_local(home, packed, hours{9}) + minutes{random.between(0, 6 * 60)},
                     parcel.placed_at + minutes{20});
        const int transit = transit_days(*parcel.service, home, there);
        parcel.earliest = after_working_days(packed, transit);
        parcel.latest = after_working_days(packed, transit + (parcel.service->guaranteed ? 0 : 1));
        if (parcel.service->guaranteed) {
            const minutes by = parcel.service->carrier == "dhl_express" ? hours{12}
                               : parcel.service->carrier == "usps"      ? hours{18}
                                                                        : hours{10} + minutes{30};
            parcel.guaranteed_by = at_local(there, parcel.earliest, by);
        }
    }

    static void fill(Random& random, Parcel& parcel) {
        const auto kinds = random.chance(300) ? 2 : 1;
        for (int i = 0; i < kinds; ++i) {
            const Product& product = random.pick(products());
            const auto same = [&](const Item& item) { return item.product == &product; };
            if (std::ranges::none_of(parcel.items, same)) {
                parcel.items.push_back({&product, random.chance(150) ? 2 : 1});
            }
        }
    }

    Parcel draw_parcel(Random& random, std::int64_t index) {
        Parcel parcel;
        parcel.order = fmt::format("AF-{}", 10'001 + index);
        parcel.reference = parcel.order + "-1";
        parcel.person = person_of(random.between(0, std::max(20, options_.shipments * 6 / 10)));
        const bool abroad = parcel.person.city->country != "US";
        parcel.warehouse = &warehouses()[abroad || parcel.person.city->x > 1.8 ? 1 : 0];
        parcel.service = &draw_service(random, abroad);
        parcel.number = tracking_number(parcel.service->carrier,
                                        options_.seed * 7'919 + static_cast<std::uint64_t>(index));
        const auto day = index * options_.days / options_.shipments;
        const auto minute = (random.between(0, 1'439) + random.between(0, 1'439)) / 2;
        parcel.placed_at = floor<days>(options_.start) + days{day} + hours{6} + minutes{minute};
        fill(random, parcel);
        if (random.chance(15) && parcel.service->carrier == "ups") {
            for (std::uint64_t i = 0; i < 2; ++i) {
                parcel.pieces.push_back(
                    i == 0
                        ? parcel.number
                        : tracking_number("ups", 90'000'000 + static_cast<std::uint64_t>(index)));
            }
        }
        pack_and_promise(random, parcel);
        return parcel;
    }

    void add_trade(std::int64_t index) {
        Random random = Random::of(options_.seed, static_cast<std::uint64_t>(index));
        Parcel parcel = draw_parcel(random, index);
        post(parcel.placed_at + minutes{1}, Door::orders, order_body(parcel));
        if (random.chance(3)) {
            return;  // the warehouse never gets to it
        }
        if (random.chance(4)) {
            void_and_replace(random, parcel);
            return;
        }
        const Misfortune misfortune = draw_misfortune(random, *parcel.service);
        post(parcel.label_at, Door::shipments, shipment_body(parcel));
        add_journey(random, parcel, travel(random, parcel, misfortune, options_.start));
    }

    // A label is thrown away and a second one printed two hours later.
    void void_and_replace(Random& random, Parcel& parcel) {
        post(parcel.label_at, Door::shipments, shipment_body(parcel));
        Parcel second = parcel;
        parcel.voided_at = parcel.label_at + hours{1};
        post(*parcel.voided_at, Door::shipments, shipment_body(parcel));
        second.replaces = parcel.reference;
        second.reference = parcel.order + "-2";
        second.number =
            tracking_number(parcel.service->carrier, 80'000'000 + random.next() % 9'999);
        second.pieces.clear();
        second.label_at = parcel.label_at + hours{2};
        post(second.label_at, Door::shipments, shipment_body(second));
        add_journey(random, second, travel(random, second, Misfortune::none, options_.start));
    }

    void add_journey(Random& random, const Parcel& parcel, const Journey& journey) {
        for (const Step& step : journey.steps) {
            // A carrier's clock is not the shop's: a scan may be told before its label is.
            const base::Instant known = std::max(step.known_at, step.scan.occurred_at);
            post(known, Door::tracking_events, scan_body(parcel, step.scan));
            if (random.chance(30)) {
                post(known + minutes{random.between(1, 600)}, Door::tracking_events,
                     scan_body(parcel, step.scan));
            }
        }
        for (const Report& report : journey.reports) {
            post(report.at, Door::reports,
                 report_body(parcel, report.kind, report.words, report.at));
        }
    }

    // Scans whose order and label nobody told us of.
    void add_strays() {
        for (std::uint64_t i = 0; i < 6; ++i) {
            Random random = Random::of(options_.seed ^ 0x57AA, i);
            Parcel parcel;
            parcel.service = &services()[i % 2 == 0 ? 0 : 6];
            parcel.warehouse = &warehouses()[1];
            parcel.person = person_of(static_cast<std::int64_t>(i));
            parcel.number = tracking_number(parcel.service->carrier, 70'000'000 + i);
            const base::Instant at =
                options_.start + days{random.between(options_.days / 2, options_.days)};
            const ScanBody scan{.code = words_of(parcel.service->carrier).departed,
                                .place = &parcel.warehouse->city,
                                .occurred_at = at,
                                .with_offset = true,
                                .piece = {},
                                .source_id = {}};
            post(at + minutes{20}, Door::tracking_events, scan_body(parcel, scan));
        }
    }

    void add_guided();

    const PlanOptions options_;
    std::vector<Post> posts_;
};

// Days counted from `now`, a Tuesday morning: handed over on -1, promised for +1, silent until the
// carrier calls it lost on +6 and, on +8, tells of a scan that it had held back and of the parcel.
void Planner::add_guided() {
    const base::Instant now = options_.now();
    Parcel parcel;
    parcel.order = guided_order;
    parcel.reference = guided_shipment;
    parcel.person = {"C-GUIDE", "Robin Vale", "robin.vale@example.com", "12 Example Avenue",
                     &city_named("Denver")};
    parcel.warehouse = &warehouses()[0];
    parcel.service = &services()[2];  // UPS Next Day Air, which UPS guarantees
    parcel.number = tracking_number("ups", 99'000'000);
    parcel.items = {{&products()[15], 1}, {&products()[10], 1}};  // toys make a return likelier
    parcel.placed_at = now - days{1} - hours{6};
    parcel.label_at = now - days{1};
    const City& home = parcel.warehouse->city;
    const City& there = *parcel.person.city;
    const City& hub = city_named("Salt Lake City");
    parcel.earliest = parcel.latest = local_day(there, now + days{1});
    parcel.guaranteed_by = at_local(there, parcel.latest, hours{10} + minutes{30});
    post(parcel.placed_at + minutes{1}, Door::orders, order_body(parcel));
    post(parcel.label_at, Door::shipments, shipment_body(parcel));
    const CarrierWords& words = words_of("ups");
    const auto at = [&](int day, int hour) { return now + days{day} + hours{hour}; };
    const auto scan = [&](const Code& code, const City& place, base::Instant occurred,
                          base::Instant known) {
        const ScanBody body{.code = code,
                            .place = &place,
                            .occurred_at = occurred,
                            .with_offset = true,
                            .piece = {},
                            .source_id = {},
                            .exception = code.code == words.lost.code ? "lost" : ""};
        post(known, Door::tracking_events, scan_body(parcel, body));
    };
    scan(words.label, home, parcel.label_at, at(-1, 1));
    scan(words.accepted, home, at(-1, 8), at(-1, 9));
    scan(words.departed, home, at(-1, 11), at(-1, 12));
    scan(words.arrived, hub, at(-1, 16), at(-1, 17));
    scan(words.lost, hub, at(6, 2), at(6, 3));
    scan(words.departed, hub, at(2, 9), at(8, 3));  // held back for five days
    scan(words.arrived, there, at(8, 2), at(8, 3));
    scan(words.out_for_delivery, there, at(9, 0), at(9, 0) + minutes{10});
    scan(words.delivered, there, at(9, 5), at(9, 5) + minutes{10});
}

}  // namespace

std::string path_of(Door door) {
    switch (door) {
        case Door::orders:
            return "/v1/orders";
        case Door::shipments:
            return "/v1/shipments";
        case Door::tracking_events:
            return "/v1/tracking-events";
        case Door::reports:
            return "/v1/reports";
    }
    return {};
}

std::vector<Post> make_plan(const PlanOptions& options) { return Planner(options).make(); }

}  // namespace aftermile::sim

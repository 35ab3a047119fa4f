#include "model/catalog.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "base/check.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"

namespace aftermile::model {

namespace {

constexpr char separator = '\x1f';  // between the parts of a key; never in a name
constexpr std::size_t code_bytes_max = 40;

bool alphanumeric(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// The base letter of U+00C0 to U+00FF by its second UTF-8 byte, so that "São Paulo" and
// "Sao Paulo" are one name; '-' for the two signs among them.
char base_letter(unsigned char second) {
    constexpr std::string_view letters =
        "aaaaaaaceeeeiiiidnooooo-ouuuuyts"
        "aaaaaaaceeeeiiiidnooooo-ouuuuyty";
    static_assert(letters.size() == 64);
    return letters[second - 0x80U];
}

// What two spellings of one name share: lower-case letters without accents, and digits.
std::string name_key(std::string_view text) {
    std::string key;
    key.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (alphanumeric(text[i])) {
            key.push_back(lower(text[i]));
        } else if (byte == 0xC3 && i + 1 < text.size() &&
                   (static_cast<unsigned char>(text[i + 1]) & 0xC0U) == 0x80U) {
            if (const char letter = base_letter(static_cast<unsigned char>(text[++i]));
                letter != '-') {
                key.push_back(letter);
            }
        } else if (byte >= 0x80) {
            key.push_back(text[i]);  // another script: kept as it is
        }
    }
    return key;
}

constexpr std::size_t letters = 26;

// Its place among all codes of two capital letters; past their end for any other text.
std::size_t letters_key(std::string_view country) {
    if (country.size() != 2) {
        return letters * letters;
    }
    const auto first = static_cast<std::size_t>(static_cast<unsigned char>(country[0]) - 'A');
    const auto second = static_cast<std::size_t>(static_cast<unsigned char>(country[1]) - 'A');
    return first < letters && second < letters ? first * letters + second : letters * letters;
}

constexpr std::size_t short_region = 5;  // bytes

// One number for each pair of them.
std::uint64_t short_key(std::size_t country, std::string_view region) {
    std::uint64_t key = country << 3U | region.size();
    for (const char c : region) {
        key = key << 8U | static_cast<unsigned char>(c);
    }
    return key;
}

std::string join_key(std::initializer_list<std::string_view> parts) {
    std::string key;
    for (const auto part : parts) {
        key.append(part);
        key.push_back(separator);
    }
    return key;
}

void append_code(std::string& key, std::string_view code) {
    for (const char c : base::utf8_prefix(base::trim(code), code_bytes_max)) {
        key.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    }
    key.push_back(separator);
}

std::unexpected<base::Error> refuse(std::string_view origin, std::string_view what) {
    return base::fail("bad_catalog", std::string(origin) + ": " + std::string(what), {},
                      base::Family::internal);
}

template <class Row>
bool in_force(const Row& row, base::LocalDay day) {
    return row.from <= day && (!row.until || day < *row.until);
}

template <class Row>
bool overlap(const Row& a, const Row& b) {
    return (!a.until || b.from < *a.until) && (!b.until || a.from < *b.until);
}

bool share_service(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    if (a.empty() || b.empty()) {
        return a.empty() && b.empty();
    }
    return std::ranges::any_of(
        a, [&b](const std::string& each) { return std::ranges::find(b, each) != b.end(); });
}

bool names_service(const std::vector<std::string>& services, std::string_view id) {
    return !id.empty() && std::ranges::find(services, id) != services.end();
}

}  // namespace

ClaimDays claim_days(const ClaimWindow& window, base::LocalDay clock_day) {
    base::LocalDay last = clock_day + std::chrono::days{window.days};
    if (window.months > 0) {
        const std::chrono::year_month_day day{clock_day};
        auto later = day + std::chrono::months{window.months};
        if (!later.ok()) {  // 31 May and six months: the last day of November
            later = later.year() / later.month() / std::chrono::last;
        }
        last = base::LocalDay{later};
    }
    return {clock_day + std::chrono::days{window.opens_after_days}, last};
}

std::size_t Catalog::TextHash::operator()(std::string_view text) const {
    return static_cast<std::size_t>(base::hash64(text));
}

Catalog::Catalog() {
    utc_zone_.push_back(base::Zone::utc());
    utc_.push_back(&utc_zone_.front());
}

base::Result<Catalog> Catalog::build(CatalogParts parts) {
    Catalog catalog;
    catalog.parts_ = std::move(parts);
    for (const auto step :
         {&Catalog::index_carriers, &Catalog::index_statuses, &Catalog::index_places}) {
        if (auto done = (catalog.*step)(); !done) {
            return std::unexpected(std::move(done.error()));
        }
    }
    if (auto sound = catalog.check_terms(); !sound) {
        return std::unexpected(std::move(sound.error()));
    }
    return catalog;
}

base::Result<void> Catalog::index_carriers() {
    for (std::size_t i = 0; i < parts_.carriers.size(); ++i) {
        const Carrier& carrier = parts_.carriers[i];
        std::vector<std::string_view> names{carrier.id, carrier.name};
        names.insert(names.end(), carrier.aliases.begin(), carrier.aliases.end());
        for (const auto name : names) {
            const auto [at, fresh] = carriers_by_name_.try_emplace(name_key(name), i);
            if (!fresh && at->second != i) {
                return refuse(carrier.origin, "the name \"" + std::string(name) +
                                                  "\" already names " +
                                                  parts_.carriers[at->second].id);
            }
        }
        for (std::size_t s = 0; s < carrier.services.size(); ++s) {
            std::vector<std::string_view> spellings{carrier.services[s].id};
            const auto& more = carrier.services[s].names;
            spellings.insert(spellings.end(), more.begin(), more.end());
            for (const auto name : spellings) {
                const auto [at, fresh] =
                    services_by_name_.try_emplace(join_key({carrier.id, name_key(name)}), s);
                if (!fresh && at->second != s) {
                    return refuse(carrier.origin, "the service name \"" + std::string(name) +
                                                      "\" already names " +
                                                      carrier.services[at->second].id);
                }
            }
        }
    }
    return {};
}

base::Result<void> Catalog::index_statuses() {
    for (std::size_t i = 0; i < parts_.statuses.size(); ++i) {
        StatusRow& row = parts_.statuses[i];
        row.type = normalise_code(row.type);
        row.code = normalise_code(row.code);
        row.reason = normalise_code(row.reason);
        if (row.type.empty() && row.code.empty()) {
            return refuse(row.origin, "a row needs a type or a code");
        }
        const auto [at, fresh] = statuses_by_key_.try_emplace(
            join_key({row.carrier, row.type, row.code, row.reason}), i);
        if (!fresh) {
            return refuse(row.origin, "the same type, code and reason as " +
                                          parts_.statuses[at->second].origin);
        }
        statuses_by_key_.try_emplace(join_key({row.carrier}), i);  // says: there is a table
    }
    return {};
}

base::Result<void> Catalog::check_terms() const {
    const auto sound = [this](const auto& row) -> base::Result<void> {
        if (row.until && *row.until <= row.from) {
            return refuse(row.origin, "`until` must be later than `from`");
        }
        for (const auto& service : row.services) {
            const Service* known = find_service(row.carrier, service);
            if (service != "*" && (known == nullptr || known->id != service)) {
                return refuse(row.origin, "unknown service \"" + service + "\"");
            }
        }
        if (row.evidence.verified_on && row.evidence.grade != 'A') {
            return refuse(row.origin, "only grade A may carry `verified_on`");
        }
        return {};
    };
    for (const auto& row : parts_.guarantees) {
        if (auto good = sound(row); !good) {
            return good;
        }
        for (const auto& other : parts_.guarantees) {
            if (&other != &row && other.carrier == row.carrier && overlap(row, other) &&
                share_service(row.services, other.services)) {
                return refuse(row.origin, "overlaps " + other.origin);
            }
        }
    }
    for (const auto& row : parts_.windows) {
        if (auto good = sound(row); !good) {
            return good;
        }
        if ((row.days > 0) == (row.months > 0)) {
            return refuse(row.origin, "a window needs either `days` or `months`");
        }
        for (const auto& other : parts_.windows) {
            if (&other != &row && other.carrier == row.carrier && other.ground == row.ground &&
                other.lane == row.lane && overlap(row, other) &&
                share_service(row.services, other.services)) {
                return refuse(row.origin, "overlaps " + other.origin);
            }
        }
    }
    return {};
}

base::Result<void> Catalog::index_places() {
    std::ranges::stable_sort(parts_.postcodes, {}, &PostcodeRange::country);
    for (std::size_t i = 0; i < parts_.zones.size(); ++i) {
        zones_by_name_.try_emplace(parts_.zones[i].name(), i);
    }
    // A winter instant of the north orders zones west to east; summer time keeps that order.
    const auto winter = base::instant_of(1'578'000'000'000'000);  // 2 January 2020
    const auto east = [winter](const base::Zone* zone) {
        return std::pair(zone->to_local(winter), std::string_view(zone->name()));
    };
    for (std::size_t i = 0; i < parts_.places.size(); ++i) {
        const PlaceZones& place = parts_.places[i];
        ZoneList list;
        for (const auto& name : place.zones) {
            const base::Zone* zone = find_zone(name);
            if (zone == nullptr) {
                return refuse(place.origin, "unknown time zone \"" + name + "\"");
            }
            list.push_back(zone);
        }
        if (list.empty()) {
            return refuse(place.origin, "a place needs a time zone");
        }
        std::ranges::sort(list, {}, east);
        place_zones_.push_back(std::move(list));
        std::vector<std::string> keys{place.region == "*" ? "*" : name_key(place.region)};
        for (const auto& name : place.names) {
            keys.push_back(name_key(name));
        }
        for (const auto& key : keys) {
            const auto [at, fresh] = places_by_name_.try_emplace(join_key({place.country, key}), i);
            if (!fresh && at->second != i) {
                return refuse(place.origin,
                              "the same place as " + parts_.places[at->second].origin);
            }
        }
    }
    index_short_places();
    return {};
}

void Catalog::index_short_places() {
    countries_.resize(letters * letters);
    std::map<std::string_view, std::size_t> rows;  // of a country
    for (const PlaceZones& place : parts_.places) {
        ++rows[place.country];
    }
    for (const PlaceZones& place : parts_.places) {
        std::vector<std::string_view> regions(place.names.begin(), place.names.end());
        regions.push_back(place.region);
        const bool postcodes =
            !std::ranges::equal_range(parts_.postcodes, place.country, {}, &PostcodeRange::country)
                 .empty();
        for (const std::string_view region : regions) {
            const std::size_t country = letters_key(place.country);
            const auto at = places_by_name_.find(join_key({place.country, name_key(region)}));
            if (country == countries_.size() || at == places_by_name_.end()) {
                continue;
            }
            const ZoneList* zones = &place_zones_[at->second];
            if (!region.empty() && region.size() <= short_region) {
                short_regions_.try_emplace(short_key(country, region), zones);
            } else if (region.empty() && !postcodes) {
                countries_[country] = {zones, rows.at(place.country) == 1};
            }
        }
    }
}

const Carrier* Catalog::find_carrier(std::string_view any_name) const {
    const auto at = carriers_by_name_.find(name_key(any_name));
    return at == carriers_by_name_.end() ? nullptr : &parts_.carriers[at->second];
}

std::string Catalog::carrier_id(std::string_view any_name) const {
    if (const Carrier* known = find_carrier(any_name)) {
        return known->id;
    }
    std::string id;
    for (const char c : any_name) {
        if (alphanumeric(c)) {
            id.push_back(lower(c));
        } else if (!id.empty() && id.back() != '_') {
            id.push_back('_');
        }
    }
    while (!id.empty() && id.back() == '_') {
        id.pop_back();
    }
    return id.substr(0, code_bytes_max);
}

const Service* Catalog::find_service(std::string_view carrier, std::string_view any_name) const {
    const Carrier* known = find_carrier(carrier);
    if (known == nullptr) {
        return nullptr;
    }
    std::string key = name_key(any_name);
    auto at = services_by_name_.find(join_key({known->id, key}));
    const std::string own_name = name_key(known->name);
    if (at == services_by_name_.end() && key.starts_with(own_name)) {  // "UPS Next Day Air"
        at = services_by_name_.find(join_key({known->id, key.substr(own_name.size())}));
    }
    return at == services_by_name_.end() ? nullptr : &known->services[at->second];
}

std::string Catalog::tracking_page(std::string_view carrier,
                                   std::string_view tracking_number) const {
    const Carrier* known = find_carrier(carrier);
    constexpr std::string_view blank = "{number}";
    if (known == nullptr || tracking_number.empty()) {
        return {};
    }
    std::string url = known->tracking_url;
    const auto at = url.find(blank);
    const bool plain = std::ranges::all_of(
        tracking_number, [](char c) { return alphanumeric(c) || c == '-' || c == '.'; });
    if (at == std::string::npos || !plain) {
        return {};
    }
    return url.replace(at, blank.size(), tracking_number);
}

const StatusRow* Catalog::find_status(std::string_view carrier, std::string_view type,
                                      std::string_view code, std::string_view reason) const {
    const bool typed = !base::trim(type).empty();
    const bool reasoned = !base::trim(reason).empty();
    constexpr std::array<std::pair<bool, bool>, 4> tries{
        {{true, true}, {true, false}, {false, true}, {false, false}}};
    std::string key;  // as join_key makes it of normalised codes, in one piece of memory
    key.reserve(carrier.size() + type.size() + code.size() + reason.size() + 4);
    for (const auto& [with_type, with_reason] : tries) {
        if ((with_type && !typed) || (with_reason && !reasoned)) {
            continue;  // the same key comes again in a later try
        }
        key.assign(carrier).push_back(separator);
        append_code(key, with_type ? type : std::string_view{});
        append_code(key, code);
        append_code(key, with_reason ? reason : std::string_view{});
        const auto at = statuses_by_key_.find(key);
        if (at != statuses_by_key_.end()) {
            return &parts_.statuses[at->second];
        }
    }
    return nullptr;
}

bool Catalog::has_status_table(std::string_view carrier) const {
    return statuses_by_key_.contains(join_key({carrier}));
}

const Guarantee* Catalog::find_guarantee(std::string_view carrier, std::string_view service,
                                         base::LocalDay ship_date) const {
    const Carrier* known = find_carrier(carrier);
    if (known == nullptr) {
        return nullptr;
    }
    const Service* exact = find_service(carrier, service);
    const std::string_view id = exact == nullptr ? std::string_view{} : exact->id;
    const Guarantee* best = nullptr;
    for (const auto& row : parts_.guarantees) {
        if (row.carrier != known->id || !in_force(row, ship_date)) {
            continue;
        }
        if (names_service(row.services, id)) {
            return &row;
        }
        if (names_service(row.services, "*")) {
            best = &row;
        }
    }
    return best;
}

const ClaimWindow* Catalog::find_window(std::string_view carrier, ClaimGround ground,
                                        std::string_view service, base::LocalDay ship_date,
                                        LaneScope lane) const {
    const Carrier* known = find_carrier(carrier);
    if (known == nullptr) {
        return nullptr;
    }
    const Service* exact = find_service(carrier, service);
    const std::string_view id = exact == nullptr ? std::string_view{} : exact->id;
    const ClaimWindow* best = nullptr;
    int best_fit = -1;
    for (const auto& row : parts_.windows) {
        const bool named = names_service(row.services, id);
        if (row.carrier != known->id || row.ground != ground || !in_force(row, ship_date) ||
            (row.lane && *row.lane != lane) || (!row.services.empty() && !named)) {
            continue;
        }
        const int fit = (named ? 2 : 0) + (row.lane ? 1 : 0);
        if (fit > best_fit) {
            best = &row;
            best_fit = fit;
        }
    }
    return best;
}

const Catalog::ZoneList* Catalog::find_region(std::string_view country,
                                              std::string_view region) const {
    std::string_view code = base::trim(region);
    if (code.size() > 3 && code[2] == '-' &&
        base::equal_ignoring_case(code.substr(0, 2), country)) {
        code.remove_prefix(3);  // ISO 3166-2: "US-CA"
    }
    const std::string key = name_key(code);
    if (key.empty()) {
        return nullptr;
    }
    for (const std::string_view each : {std::string_view(key), std::string_view("*")}) {
        const auto at = places_by_name_.find(join_key({country, each}));
        if (at != places_by_name_.end()) {
            return &place_zones_[at->second];
        }
    }
    return nullptr;
}

PossibleZones Catalog::zones_of(std::string_view country, std::string_view region,
                                std::string_view postcode) const {
    if (const std::size_t key = letters_key(country); key < countries_.size()) {
        const Country& known = countries_[key];
        if (known.zones != nullptr && (known.any_region || region.empty())) {
            return {*known.zones, true};
        }
        if (!region.empty() && region.size() <= short_region) {
            if (const auto at = short_regions_.find(short_key(key, region));
                at != short_regions_.end()) {
                return {*at->second, true};
            }
        }
    }
    const std::string land = base::upper_ascii(base::trim(country));
    if (const ZoneList* zones = find_region(land, region)) {
        return {*zones, true};
    }
    const auto ranges =
        std::ranges::equal_range(parts_.postcodes, land, {}, &PostcodeRange::country);
    const std::string digits = ranges.empty() ? "" : normalise_tracking_number(postcode);
    for (const PostcodeRange& range : ranges) {
        const std::string_view start = std::string_view(digits).substr(0, range.first.size());
        if (start.size() == range.first.size() && range.first <= start && start <= range.last) {
            if (const ZoneList* zones = find_region(land, range.region)) {
                return {*zones, true};
            }
        }
    }
    const auto at = places_by_name_.find(join_key({land, ""}));
    if (at != places_by_name_.end()) {
        return {place_zones_[at->second], true};
    }
    return {utc_, false};
}

const base::Zone* Catalog::find_zone(std::string_view name) const {
    const auto at = zones_by_name_.find(name);
    return at == zones_by_name_.end() ? nullptr : &parts_.zones[at->second];
}

std::string normalise_tracking_number(std::string_view text) {
    std::string number;
    number.reserve(text.size());
    for (const char c : text) {
        if (c != '-' && c != ' ' && (c < '\t' || c > '\r')) {
            number.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
        }
    }
    return number;
}

std::string normalise_code(std::string_view text) {
    return base::upper_ascii(base::utf8_prefix(base::trim(text), code_bytes_max));
}

void apply_meaning(Scan& scan, const StatusMeaning& meaning) {
    scan.milestone = meaning.milestone;
    scan.exception = meaning.exception;
    scan.clears = meaning.clears;
    scan.flags = static_cast<std::uint8_t>(scan.flags | meaning.flags);
}

const StatusRow* apply_status(const Catalog& catalog, Scan& scan, std::string_view type,
                              std::string_view code, std::string_view reason) {
    scan.code.clear();
    for (const auto part : {type, code, reason}) {
        const std::string normal = normalise_code(part);
        if (!normal.empty()) {
            scan.code.append(scan.code.empty() ? "" : "/").append(normal);
        }
    }
    const StatusRow* row = catalog.find_status(scan.carrier, type, code, reason);
    if (row == nullptr) {
        scan.flags = static_cast<std::uint8_t>(scan.flags | scan_flag::unknown_code);
        return nullptr;
    }
    apply_meaning(scan, row->meaning);
    return row;
}

}  // namespace aftermile::model

#include "engine/facts_loader.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>
#include <utility>

#include "base/check.hpp"
#include "engine/limits.hpp"

namespace aftermile::engine {

namespace {

using base::Error;
using base::Result;
using ports::StoreLoader;
using ports::Table;

template <class Id, class Record>
using FoundRecords = std::vector<std::pair<Id, core::Shared<Record>>>;  // null: it is absent

// What was read, on its way into the facts. Members as those of core::Keys and core::Facts.
struct Found {
    std::vector<std::pair<core::NameKey, std::vector<std::int64_t>>> names;
    FoundRecords<model::CustomerId, model::Customer> customers;
    FoundRecords<model::OrderId, model::Order> orders;
    FoundRecords<model::ShipmentId, model::Shipment> shipments;
    FoundRecords<model::IncidentId, model::Incident> incidents;
    FoundRecords<model::NotificationId, model::Notification> notifications;
    FoundRecords<model::TicketId, model::Ticket> tickets;
    FoundRecords<model::CoverageId, model::Coverage> coverages;
    FoundRecords<model::ClaimId, model::Claim> claims;
    FoundRecords<model::ContributionId, model::Contribution> contributions;
    FoundRecords<model::RiskId, model::ReturnRisk> risks;
};

// Calls `use` with each kind of record: its table, and what two of Keys, Found and Facts hold of
// it.
void each_kind(auto& a, auto& b, const auto& use) {
    use(Table::customers, a.customers, b.customers);
    use(Table::orders, a.orders, b.orders);
    use(Table::shipments, a.shipments, b.shipments);
    use(Table::incidents, a.incidents, b.incidents);
    use(Table::notifications, a.notifications, b.notifications);
    use(Table::tickets, a.tickets, b.tickets);
    use(Table::coverages, a.coverages, b.coverages);
    use(Table::claims, a.claims, b.claims);
    use(Table::contributions, a.contributions, b.contributions);
    use(Table::risks, a.risks, b.risks);
}

// Moves those from the position on to the end of the other list.
template <class T>
void move_from(std::vector<T>& from, std::size_t position, std::vector<T>& to) {
    const auto first = from.begin() + static_cast<std::ptrdiff_t>(position);
    to.insert(to.end(), std::make_move_iterator(first), std::make_move_iterator(from.end()));
    from.erase(first, from.end());
}

void append(core::Keys& to, core::Keys from) {
    move_from(from.names, 0, to.names);
    each_kind(from, to, [](Table, auto& each, auto& all) { move_from(each, 0, all); });
}

template <class T>
void sort_once_each(std::vector<T>& all) {
    std::ranges::sort(all);
    all.erase(std::ranges::unique(all).begin(), all.end());
}

std::size_t count(const core::Keys& keys) {
    std::size_t count = keys.names.size();
    each_kind(keys, keys, [&](Table, const auto& each, const auto&) { count += each.size(); });
    return count;
}

// One half of the keys; the other stays.
core::Keys take_half(core::Keys& keys) {
    core::Keys half;
    move_from(keys.names, keys.names.size() / 2, half.names);
    each_kind(keys, half,
              [](Table, auto& all, auto& taken) { move_from(all, all.size() / 2, taken); });
    return half;
}

template <class Record, class Id>
Result<void> read_records(StoreLoader& store, Table table, std::vector<Id>& wanted,
                          FoundRecords<Id, Record>& found) {
    if (wanted.empty()) {
        return {};
    }
    sort_once_each(wanted);
    std::vector<std::int64_t> ids;
    for (const Id id : wanted) {
        ids.push_back(id.value);
        found.emplace_back(id, nullptr);
    }
    std::optional<Error> problem;
    auto loaded = store.load(table, ids, [&](std::int64_t id, std::string_view body) {
        if (auto record = base::decode<Record>(body)) {
            std::ranges::lower_bound(found, Id{id}, {}, [](const auto& each) {
                return each.first;
            })->second = std::make_shared<const Record>(std::move(*record));
        } else {
            problem = record.error();
        }
    });
    return problem ? Result<void>(std::unexpected(std::move(*problem))) : loaded;
}

std::pair<Table, std::string_view> place_of(core::NameKind kind) {
    switch (kind) {
        case core::NameKind::tracking:
            return {Table::shipments, "tracking_number"};
        case core::NameKind::shipment_reference:
            return {Table::shipments, "reference"};
        case core::NameKind::order_reference:
            return {Table::orders, "reference"};
        case core::NameKind::customer_reference:
            return {Table::customers, "reference"};
        case core::NameKind::customer_email:
            return {Table::customers, "email_hash"};
    }
    return {};
}

using Names = std::span<std::pair<core::NameKey, std::vector<std::int64_t>>>;

// Adds to each number the shipments that have a piece of it.
Result<void> add_shipments_of_pieces(StoreLoader& store, model::MerchantNumber merchant,
                                     std::span<const std::string_view> numbers, Names named) {
    std::vector<std::pair<std::int64_t, std::size_t>> pieces;  // and whose number it has
    if (auto found =
            store.find(Table::pieces, "number", merchant, numbers,
                       [&](std::size_t n, std::int64_t piece) { pieces.emplace_back(piece, n); });
        !found || pieces.empty()) {
        return found;
    }
    std::ranges::sort(pieces);
    std::vector<std::int64_t> ids;
    for (const auto& [piece, n] : pieces) {
        ids.push_back(piece);
    }
    std::optional<Error> problem;
    auto loaded = store.load(Table::pieces, ids, [&](std::int64_t id, std::string_view body) {
        if (auto piece = base::decode<model::PieceNumber>(body)) {
            const auto at = std::ranges::lower_bound(pieces, std::pair(id, std::size_t{0}));
            named[at->second].second.push_back(piece->shipment.value);
        } else {
            problem = piece.error();
        }
    });
    for (auto& [name, shipments] : named) {
        sort_once_each(shipments);
    }
    return problem ? Result<void>(std::unexpected(std::move(*problem))) : loaded;
}

// Names of one kind.
Result<void> read_names_of(StoreLoader& store, model::MerchantNumber merchant, core::NameKind kind,
                           bool has_pieces, Names named) {
    std::vector<std::string_view> texts;
    for (const auto& [name, ids] : named) {
        texts.emplace_back(name.text);
    }
    const auto [table, column] = place_of(kind);
    auto found = store.find(table, column, merchant, texts,
                            [&](std::size_t n, std::int64_t id) { named[n].second.push_back(id); });
    return found && kind == core::NameKind::tracking && has_pieces
               ? add_shipments_of_pieces(store, merchant, texts, named)
               : found;
}

Result<void> read_names(StoreLoader& store, model::MerchantNumber merchant,
                        std::vector<core::NameKey>& wanted, bool has_pieces, Found& found) {
    sort_once_each(wanted);  // by kind first
    for (core::NameKey& name : wanted) {
        found.names.emplace_back(std::move(name), std::vector<std::int64_t>{});
    }
    const Names all = found.names;
    for (std::size_t first = 0; first < all.size();) {
        const core::NameKind kind = all[first].first.kind;
        std::size_t end = first;
        while (end < all.size() && all[end].first.kind == kind) {
            ++end;
        }
        if (auto read =
                read_names_of(store, merchant, kind, has_pieces, all.subspan(first, end - first));
            !read) {
            return read;
        }
        first = end;
    }
    return {};
}

void want_named(core::NameKind kind, const std::vector<std::int64_t>& ids, const core::Facts& facts,
                core::Keys& keys) {
    const auto want = [&](const auto& shelf, auto& wanted) {
        using Id = typename std::decay_t<decltype(wanted)>::value_type;
        for (const std::int64_t id : ids) {
            if (!shelf.known(Id{id})) {
                wanted.push_back(Id{id});
            }
        }
    };
    switch (kind) {
        case core::NameKind::tracking:
        case core::NameKind::shipment_reference:
            want(facts.shipments, keys.shipments);
            break;
        case core::NameKind::order_reference:
            want(facts.orders, keys.orders);
            break;
        case core::NameKind::customer_reference:
        case core::NameKind::customer_email:
            want(facts.customers, keys.customers);
            break;
    }
}

// Reads only; so two threads may, of the same facts.
Result<Found> read(StoreLoader& store, model::MerchantNumber merchant, core::Keys keys,
                   const core::Facts& facts) {
    const ports::OneMoment moment(store);
    Found found;
    Result<void> done = read_names(store, merchant, keys.names, facts.has_pieces, found);
    // A name is asked for to reach what it names: both come in one round.
    for (const auto& [name, ids] : found.names) {
        want_named(name.kind, ids, facts, keys);
    }
    each_kind(keys, found, [&](Table table, auto& wanted, auto& records) {
        if (done) {
            done = read_records(store, table, wanted, records);
        }
    });
    return done ? Result<Found>(std::move(found)) : std::unexpected(std::move(done.error()));
}

// What these will probably read and is not known; those that lack nothing are taken out.
core::Keys take_lacking(std::vector<const model::Payload*>& asking, const core::Facts& facts,
                        const model::Policy& policy) {
    core::Keys wanted;
    std::erase_if(asking, [&](const model::Payload* payload) {
        core::Keys keys = core::probably_read(*payload, facts, policy);
        const bool satisfied = keys.empty();
        append(wanted, std::move(keys));
        return satisfied;
    });
    return wanted;
}

Result<void> put(Result<Found> found, core::Facts& facts) {
    if (!found) {
        return std::unexpected(std::move(found.error()));
    }
    for (const auto& [name, ids] : found->names) {
        facts.names.put(name, ids);
    }
    each_kind(*found, facts, [](Table, auto& records, auto& shelf) {
        for (auto& [id, record] : records) {
            if (!shelf.known(id)) {
                shelf.put(id, std::move(record));
            }
        }
    });
    return {};
}

}  // namespace

LoaderBeside::LoaderBeside(std::unique_ptr<StoreLoader> loader)
    : loader_(std::move(loader)), thread_([this] { run(); }) {}

LoaderBeside::~LoaderBeside() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void LoaderBeside::start(Work work) {
    {
        const std::lock_guard lock(mutex_);
        base::check(!work_, "one work at a time is beside");
        work_ = std::move(work);
    }
    changed_.notify_all();
}

void LoaderBeside::wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !work_; });
}

void LoaderBeside::run() {
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return work_ || stopping_; });
        if (!work_) {
            return;
        }
        lock.unlock();
        work_(*loader_);
        lock.lock();
        work_ = nullptr;
        changed_.notify_all();
    }
}

Result<FactsLoader> FactsLoader::open(ports::Store& store, unsigned processors) {
    FactsLoader opened;
    auto loader = store.loader();
    if (!loader) {
        return std::unexpected(std::move(loader.error()));
    }
    opened.store_ = std::move(*loader);
    if (processors > 1) {
        auto second = store.loader();
        if (!second) {
            return std::unexpected(std::move(second.error()));
        }
        opened.beside_ = std::make_unique<LoaderBeside>(std::move(*second));
    }
    return opened;
}

Result<void> FactsLoader::load(model::MerchantNumber merchant, core::Keys keys,
                               core::Facts& facts) {
    if (!beside_ || count(keys) < limits::keys_for_two) {
        return put(read(*store_, merchant, std::move(keys), facts), facts);
    }
    Result<Found> other;
    beside_->start([&, half = take_half(keys)](StoreLoader& store) mutable {
        other = read(store, merchant, std::move(half), std::as_const(facts));
    });
    auto found = read(*store_, merchant, std::move(keys), facts);
    beside_->wait();
    auto done = put(std::move(found), facts);
    return done ? put(std::move(other), facts) : done;
}

std::size_t FactsLoader::prefetch(model::MerchantNumber merchant,
                                  std::vector<const model::Payload*> asking, core::Facts& facts,
                                  const model::Policy& policy) {
    std::size_t lacked = 0;
    for (int round = 0; round < core::needs_rounds_max; ++round) {
        core::Keys wanted = take_lacking(asking, facts, policy);
        lacked = std::max(lacked, asking.size());
        if (wanted.empty() || !load(merchant, std::move(wanted), facts)) {
            break;
        }
    }
    return lacked;
}

}  // namespace aftermile::engine

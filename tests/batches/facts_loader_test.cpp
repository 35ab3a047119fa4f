// Facts loaded by two threads are those that one loads.
#include "engine/facts_loader.hpp"

#include "tests/batches/shop.hpp"

namespace aftermile::batches {
namespace {

constexpr int parcels = 150;
constexpr int unknown = 40;  // numbers that nobody declared

class FactsLoading : public Batches {
  protected:
    void SetUp() override {
        Batches::SetUp();
        std::vector<Element> elements;
        for (int n = 0; n < parcels; ++n) {
            elements.push_back(order(std::to_string(n)));
            elements.push_back(shipment(std::to_string(n)));
            if (n % 3 == 0) {
                std::get<model::ShipmentFacts>(elements.back().payload).pieces = {
                    number(n), piece(n), piece(n + 1'000)};
            }
        }
        for (const Receipt& receipt : submit(std::move(elements))) {
            ASSERT_EQ(receipt.kind, ReceiptKind::accepted);
        }
    }
    static std::string number(int n) { return "1Z" + std::to_string(n); }
    static std::string piece(int n) { return "1ZP" + std::to_string(n); }
    static core::Keys numbers(int first, int end) {
        core::Keys keys;
        for (int n = first; n < end; ++n) {
            keys.names.emplace_back(core::tracking_key(number(n)));
            keys.names.emplace_back(core::tracking_key(piece(n)));
        }
        return keys;
    }
    static std::vector<std::int64_t> named(const core::Facts& facts, const std::string& number) {
        const auto ids = facts.names.look(core::tracking_key(number));
        EXPECT_TRUE(ids) << number;
        return ids ? std::vector<std::int64_t>(ids->begin(), ids->end())
                   : std::vector<std::int64_t>{};
    }
    static std::string told(const core::Facts& facts) {
        std::string all;
        for (int n = 0; n < parcels + unknown; ++n) {
            for (const std::int64_t id : named(facts, number(n))) {
                const auto* known = facts.shipments.find(model::ShipmentId{id});
                EXPECT_NE(known, nullptr) << n;
                all += known == nullptr ? "absent" : base::encode(*known);
            }
            all += '\n';
        }
        return all;
    }
};

TEST_F(FactsLoading, two_threads_find_what_one_finds_and_what_is_not_there) {
    core::Facts at_once, one_by_one;
    at_once.has_pieces = one_by_one.has_pieces = true;
    auto two = *engine::FactsLoader::open(*store_, 2);
    ASSERT_TRUE(two.load(1, numbers(0, parcels + unknown), at_once));
    auto one = *engine::FactsLoader::open(*store_, 1);
    for (int n = 0; n < parcels + unknown; ++n) {
        ASSERT_TRUE(one.load(1, numbers(n, n + 1), one_by_one));
    }
    EXPECT_EQ(told(at_once), told(one_by_one));
    for (int n = 0; n < parcels; ++n) {
        EXPECT_EQ(named(at_once, piece(n)),
                  n % 3 == 0 ? named(at_once, number(n)) : std::vector<std::int64_t>{})
            << n;
    }
    EXPECT_TRUE(named(at_once, number(parcels)).empty());
    EXPECT_EQ(named(at_once, number(parcels - 1)).size(), 1U);
}

TEST_F(FactsLoading, what_the_facts_hold_already_is_newer_than_the_store) {
    core::Facts facts;
    auto loader = *engine::FactsLoader::open(*store_, 2);
    ASSERT_TRUE(loader.load(1, numbers(7, 8), facts));
    const model::ShipmentId id{named(facts, number(7)).front()};
    model::Shipment changed = *facts.shipments.find(id);
    changed.label.edit().warehouse = "decided, and not kept yet";
    facts.shipments.put(id, changed);
    core::Keys again = numbers(0, parcels);
    again.shipments.push_back(id);
    ASSERT_TRUE(loader.load(1, std::move(again), facts));
    EXPECT_EQ(facts.shipments.find(id)->label->warehouse, changed.label->warehouse);
}

// Every loader but the first fails.
class SecondFails final : public ports::Store {
  public:
    explicit SecondFails(ports::Store& inner) : inner_(inner) {}
    base::Result<std::unique_ptr<ports::StoreWriter>> writer() override { return inner_.writer(); }
    base::Result<std::unique_ptr<ports::StoreReader>> reader() override { return inner_.reader(); }
    ports::AdminStore& admin() override { return inner_.admin(); }
    ports::Keyring& keyring() override { return inner_.keyring(); }
    base::Result<std::unique_ptr<ports::StoreLoader>> loader() override {
        if (opened_++ == 0) {
            return inner_.loader();
        }
        return std::make_unique<Failing>();
    }

  private:
    class Failing final : public ports::StoreLoader {
        static base::Result<void> fail() {
            return base::fail("store_failed", "Unplugged.", {}, base::Family::retry);
        }
        base::Result<void> load(
            ports::Table, std::span<const std::int64_t>,
            const std::function<void(std::int64_t, std::string_view)>&) override {
            return fail();
        }
        base::Result<void> find(ports::Table, std::string_view, model::MerchantNumber,
                                std::span<const std::string_view>,
                                const std::function<void(std::size_t, std::int64_t)>&) override {
            return fail();
        }
        base::Result<void> load_after(
            ports::Table, model::MerchantNumber, std::int64_t, std::size_t,
            const std::function<void(std::int64_t, std::string_view)>&) override {
            return fail();
        }
        base::Result<std::vector<model::EventId>> last_events() override {
            return std::unexpected(fail().error());
        }
        base::Result<void> each_due(const std::function<void(const ports::DueRow&)>&) override {
            return fail();
        }
        base::Result<std::vector<ports::Row>> outbox_due(Instant, std::size_t) override {
            return std::unexpected(fail().error());
        }
    };

    ports::Store& inner_;
    int opened_ = 0;
};

TEST_F(FactsLoading, what_one_of_them_cannot_read_is_an_error_and_not_absent) {
    SecondFails store(*store_);
    core::Facts facts;
    auto loader = *engine::FactsLoader::open(store, 2);
    const auto loaded = loader.load(1, numbers(0, parcels), facts);
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, "store_failed");
    for (int n = 0; n < parcels; ++n) {
        const auto known = facts.names.look(core::tracking_key(number(n)));
        EXPECT_TRUE(!known || !known->empty()) << n;
    }
    ASSERT_TRUE(loader.load(1, numbers(0, 20), facts));  // few are read by the first alone
}

}  // namespace
}  // namespace aftermile::batches

// The promise that decisions can be made again: the merchant's stored events, decided anew from
// nothing in memory, must give the same decisions and the same records, byte for byte.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/catalog.hpp"
#include "ports/store.hpp"

namespace aftermile::engine {

struct ReplayReport {
    std::uint64_t events = 0;
    std::uint64_t decisions_differ = 0;  // because, timeline, outcome
    std::uint64_t records = 0;
    std::uint64_t records_differ = 0;   // as they stand at the end
    std::uint64_t other_catalog = 0;    // decided with a catalog that is not loaded: not compared
    std::vector<std::string> examples;  // the first ids that differ
    [[nodiscard]] bool same() const { return decisions_differ == 0 && records_differ == 0; }
};

// Reads as of the beginning: events that come in meanwhile are left out. Needs memory for every
// record of the merchant.
[[nodiscard]] base::Result<ReplayReport> verify_replay(ports::StoreReader& reader,
                                                       ports::AdminStore& admin,
                                                       const model::Catalog& catalog,
                                                       model::MerchantNumber merchant);

}  // namespace aftermile::engine

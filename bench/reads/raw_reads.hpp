// The baseline of `bench reads`: the same rows by bare SQLite on the file that the server left.
#pragma once

#include <string>

#include "base/result.hpp"
#include "bench/reads/reader.hpp"

namespace aftermile::bench {

struct RawReads {
    Latencies shipment, incidents;
};

// So many parcels by number, none read before, and as many first pages of open incidents.
[[nodiscard]] base::Result<RawReads> raw_reads(const std::string& file, Reader& keys, int count);

}  // namespace aftermile::bench

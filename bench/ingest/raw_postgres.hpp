// The baseline of `aftermile bench ingest` on PostgreSQL: the rows that the engine committed,
// written again in the same batches by bare libpq: one pipeline a batch, an `unnest` of arrays for
// each table and kind of change, the same schema and settings; no engine, no adapter, no lease.
#pragma once

#include <span>
#include <string>

#include "bench/ingest/raw_sqlite.hpp"
#include "ports/store.hpp"

namespace aftermile::bench {

// Makes the tables in the empty schema that `url` has first in its search_path. See
// raw_sqlite_loop for `warm`.
[[nodiscard]] RawResult raw_postgres_loop(std::span<const ports::Batch> batches, std::size_t warm,
                                          const std::string& url);

}  // namespace aftermile::bench

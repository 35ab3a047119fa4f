// A database that an installation is moved into, part by part. See ports/moving.hpp.
//
// The table `moving` is made before the first row and dropped at the end: while it is there, only
// the move opens the database, and it goes on where it stopped. The move holds all slots as a
// writer does (leases.hpp), and looks at them in each of its commits.
#pragma once

#include <memory>
#include <string>

#include "ports/moving.hpp"

namespace aftermile::storage::postgres {

// `folder` has the master key, which must be the one of what is there already. Codes:
// target_not_empty (somebody's data, not of a move that began), store_in_use, schema_too_new,
// wrong_database, wrong_master_key, store_failed.
[[nodiscard]] base::Result<std::unique_ptr<ports::MoveTarget>> open_target(
    const std::string& folder, const std::string& url);

// What is there, read as parts: a store like any other.
[[nodiscard]] base::Result<std::unique_ptr<ports::PartReader>> open_parts(const std::string& url);

}  // namespace aftermile::storage::postgres

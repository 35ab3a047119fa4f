// A data folder whose installation moved into a database keeps a file that says where to: served
// again by mistake, it would go on from an old state beside the new one.
#pragma once

#include <string>

#include "base/result.hpp"

namespace aftermile::storage {

// `where`: host and database, no password. Code `store_failed`.
[[nodiscard]] base::Result<void> mark_moved(const std::string& folder, const std::string& where);
// Code `moved`, naming the file to delete where the folder is to be used all the same.
[[nodiscard]] base::Result<void> refuse_moved(const std::string& folder);

}  // namespace aftermile::storage

// A data folder whose installation is stopped, read part by part. See ports/moving.hpp.
//
// It takes the writer's lock and both files' write locks without writing anything: neither a server
// nor a command of administration changes what is read.
#pragma once

#include <memory>
#include <string>

#include "ports/moving.hpp"

namespace aftermile::storage::sqlite {

// Codes: no_store (there is none in the folder), store_in_use, schema_too_old, schema_too_new,
// master_key_missing, wrong_master_key, store_failed.
[[nodiscard]] base::Result<std::unique_ptr<ports::MoveSource>> open_source(
    const std::string& folder, const std::string& vfs = {});

}  // namespace aftermile::storage::sqlite

// Opening aftermile.db: its settings, and bringing its schema up to date.
#pragma once

#include <string>

#include "base/result.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/statements.hpp"

namespace aftermile::storage::sqlite {

enum class Role : unsigned char { writer, loader, reader, admin };

[[nodiscard]] std::string database_file(const std::string& folder);

// A connection with every setting of its role. The schema must be there for a reader.
[[nodiscard]] base::Result<Connection> open_database(const std::string& folder,
                                                     const std::string& vfs, Role role);

// Makes the schema in an empty file, or brings an older one to `schema`'s version: a snapshot
// first, then everything in one transaction. Codes: schema_too_new, store_in_use.
[[nodiscard]] base::Result<void> prepare_schema(Connection& connection, const std::string& folder,
                                                const SchemaView& schema);

}  // namespace aftermile::storage::sqlite

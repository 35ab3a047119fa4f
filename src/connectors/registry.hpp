// Every connector there is. The list is made at build time from the folders of src/connectors
// (tools/gen_connectors.py): a folder with a manifest is a connector, deleting it deletes it.
#pragma once

#include <span>
#include <string_view>

#include "ports/connector.hpp"

namespace aftermile::connectors {

// What a manifest says.
struct Entry {
    std::string_view id, name, kind;  // kind: the folder above, carriers or stores
    bool verified = false;            // checked against a published body or specification
    std::string_view evidence, auth, limits;
    const ports::Connector* connector = nullptr;  // never null; lives as long as the process
};

// All of them, sorted by id. Safe from several threads.
[[nodiscard]] std::span<const Entry> all();

// Null when there is no connector of that id.
[[nodiscard]] const ports::Connector* find(std::string_view id);

}  // namespace aftermile::connectors

#include "storage/moved_mark.hpp"

#include <utility>

#include "storage/files.hpp"

namespace aftermile::storage {

namespace {

std::string mark_of(const std::string& folder) { return folder + "/moved"; }

}  // namespace

base::Result<void> mark_moved(const std::string& folder, const std::string& where) {
    auto made = create_secret_file(mark_of(folder), where);
    return made ? base::Result<void>{} : std::unexpected(std::move(made.error()));
}

base::Result<void> refuse_moved(const std::string& folder) {
    const auto where = read_small_file(mark_of(folder));
    if (!where) {
        return std::unexpected(where.error());
    }
    if (*where) {
        return base::fail("moved",
                          "What was in this data folder moved to PostgreSQL (" + **where +
                              "): name it with --store. To use the folder as it was before "
                              "the move, delete the file " +
                              mark_of(folder) + '.');
    }
    return {};
}

}  // namespace aftermile::storage

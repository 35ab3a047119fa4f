#include "storage/sqlite/store.hpp"

#include <utility>

#include "storage/files.hpp"
#include "storage/moved_mark.hpp"
#include "storage/sqlite/admin.hpp"
#include "storage/sqlite/database.hpp"
#include "storage/sqlite/keyring.hpp"
#include "storage/sqlite/loader.hpp"
#include "storage/sqlite/reader.hpp"
#include "storage/sqlite/writer.hpp"

namespace aftermile::storage::sqlite {

namespace {

class SqliteStore final : public ports::Store {
  public:
    SqliteStore(std::string folder, SqliteOptions options, Connection admin,
                std::unique_ptr<SqliteKeyring> keyring)
        : folder_(std::move(folder)),
          options_(std::move(options)),
          admin_(std::move(admin)),
          keyring_(std::move(keyring)) {}

    [[nodiscard]] base::Result<std::unique_ptr<ports::StoreWriter>> writer() override {
        auto opened = SqliteWriter::open(folder_, options_.vfs);
        if (!opened) {
            return std::unexpected(std::move(opened.error()));
        }
        return std::move(*opened);
    }
    [[nodiscard]] base::Result<std::unique_ptr<ports::StoreLoader>> loader() override {
        auto opened = SqliteLoader::open(folder_, options_.vfs);
        if (!opened) {
            return std::unexpected(std::move(opened.error()));
        }
        return std::move(*opened);
    }
    [[nodiscard]] base::Result<std::unique_ptr<ports::StoreReader>> reader() override {
        auto opened = SqliteReader::open(folder_, options_.vfs, options_.read_limit);
        if (!opened) {
            return std::unexpected(std::move(opened.error()));
        }
        return std::move(*opened);
    }
    [[nodiscard]] ports::AdminStore& admin() override { return admin_; }
    [[nodiscard]] ports::Keyring& keyring() override { return *keyring_; }

  private:
    std::string folder_;
    SqliteOptions options_;
    SqliteAdmin admin_;
    std::unique_ptr<SqliteKeyring> keyring_;
};

}  // namespace

base::Result<std::unique_ptr<ports::Store>> open_sqlite(const std::string& folder,
                                                        SqliteOptions options) {
    if (auto made = make_folder(folder); !made) {
        return std::unexpected(std::move(made.error()));
    }
    if (auto here = refuse_moved(folder); !here) {
        return std::unexpected(std::move(here.error()));
    }
    // One at a time: SQLite does not wait when two turn a new file's write-ahead log on together.
    const auto opening = FileLock::take(folder + "/opening.lock");
    if (!opening) {
        return std::unexpected(opening.error());
    }
    auto admin = open_database(folder, options.vfs, Role::admin);
    if (!admin) {
        return std::unexpected(std::move(admin.error()));
    }
    if (auto prepared = prepare_schema(*admin, folder, current_schema()); !prepared) {
        return std::unexpected(std::move(prepared.error()));
    }
    auto keyring = SqliteKeyring::open(folder, options.vfs);
    if (!keyring) {
        return std::unexpected(std::move(keyring.error()));
    }
    return std::make_unique<SqliteStore>(folder, std::move(options), std::move(*admin),
                                         std::move(*keyring));
}

}  // namespace aftermile::storage::sqlite

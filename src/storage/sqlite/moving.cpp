#include "storage/sqlite/moving.hpp"

#include <filesystem>
#include <utility>

#include "storage/files.hpp"
#include "storage/key_wrapping.hpp"
#include "storage/sqlite/database.hpp"
#include "storage/sqlite/statements.hpp"

namespace aftermile::storage::sqlite {

namespace {

constexpr int busy_timeout_ms = 10'000;
constexpr std::size_t page_bytes_max = 4U << 20U;

std::string keys_file(const std::string& folder) { return folder + "/keyring.db"; }

class SqliteSource final : public ports::MoveSource {
  public:
    SqliteSource(FileLock lock, Connection data, Connection keys)
        : lock_(std::move(lock)), data_(std::move(data)), keys_(std::move(keys)) {}
    ~SqliteSource() override {
        keys_.roll_back();  // nothing was written: only the locks end
        data_.roll_back();
    }
    SqliteSource(const SqliteSource&) = delete;
    SqliteSource& operator=(const SqliteSource&) = delete;

    [[nodiscard]] base::Result<std::uint64_t> count(std::size_t part) override {
        const ports::Part& about = ports::all_parts().at(part);
        const auto rows = file_of(about).integer(count_part_sql(about));
        return rows ? base::Result<std::uint64_t>(static_cast<std::uint64_t>(*rows))
                    : std::unexpected(rows.error());
    }

    [[nodiscard]] base::Result<ports::Page> page(std::size_t part, std::int64_t next,
                                                 std::size_t limit) override {
        const ports::Part& about = ports::all_parts().at(part);
        auto statement = file_of(about).prepare(page_of_part_sql(about));
        if (!statement) {
            return std::unexpected(std::move(statement.error()));
        }
        const ResetAtEnd reset(*statement);
        statement->bind(1, next);
        statement->bind(2, static_cast<std::int64_t>(limit));
        ports::Page page{.rows = {}, .next = next};
        std::size_t bytes = 0;
        auto row = statement->step();
        for (; row && *row; row = statement->step()) {
            page.rows.push_back(read(*statement, about.columns.size(), bytes));
            page.next = statement->integer(static_cast<int>(about.columns.size()));
            if (bytes >= page_bytes_max) {
                return page;
            }
        }
        return row ? base::Result<ports::Page>(std::move(page))
                   : std::unexpected(std::move(row.error()));
    }

    [[nodiscard]] base::Result<void> each(
        std::size_t part, const std::function<void(const ports::PartRow&)>& found) override {
        constexpr std::size_t rows = 1'000;
        std::int64_t next = start;
        while (true) {
            auto got = page(part, next, rows);
            if (!got) {
                return std::unexpected(std::move(got.error()));
            }
            if (got->rows.empty()) {
                return {};
            }
            for (const ports::PartRow& row : got->rows) {
                found(row);
            }
            next = got->next;
        }
    }

  private:
    Connection& file_of(const ports::Part& part) { return part.name == "keys" ? keys_ : data_; }

    static ports::PartRow read(const Statement& statement, std::size_t columns,
                               std::size_t& bytes) {
        ports::PartRow row;
        row.reserve(columns);
        for (std::size_t i = 0; i < columns; ++i) {
            row.push_back(statement.value(static_cast<int>(i)));
            if (const auto* text = std::get_if<std::string>(&row.back())) {
                bytes += text->size();
            }
        }
        return row;
    }

    FileLock lock_;
    Connection data_, keys_;
};

base::Result<void> check_version(Connection& data) {
    const auto version = data.integer("PRAGMA user_version");
    if (!version) {
        return std::unexpected(version.error());
    }
    if (*version > ports::schema_version) {
        return base::fail("schema_too_new",
                          "The data folder holds schema version " + std::to_string(*version) +
                              " and this program knows " + std::to_string(ports::schema_version) +
                              ". Run the newer program.");
    }
    if (*version < ports::schema_version) {
        return base::fail("schema_too_old",
                          "The data folder holds schema version " + std::to_string(*version) +
                              ". Bring it to version " + std::to_string(ports::schema_version) +
                              " first: `aftermile migrate` without --to.");
    }
    return {};
}

base::Result<void> check_master(Connection& keys, const std::string& folder) {
    auto master = KeyWrapping::open(folder, true);
    if (!master) {
        return std::unexpected(std::move(master.error()));
    }
    auto proof = keys.prepare(get_master_proof_sql);
    if (!proof) {
        return std::unexpected(std::move(proof.error()));
    }
    const ResetAtEnd reset(*proof);
    const auto row = proof->step();
    if (!row) {
        return std::unexpected(row.error());
    }
    return master->check(*row ? proof->bytes(0) : std::string_view());
}

}  // namespace

base::Result<std::unique_ptr<ports::MoveSource>> open_source(const std::string& folder,
                                                             const std::string& vfs) {
    for (const std::string& file : {database_file(folder), keys_file(folder)}) {
        std::error_code error;
        if (!std::filesystem::exists(file, error)) {
            return base::fail("no_store", "There is no store to move: " + file + " is missing.");
        }
    }
    const auto opening = FileLock::take(folder + "/opening.lock");
    if (!opening) {
        return std::unexpected(opening.error());
    }
    auto lock = FileLock::try_take(folder + "/lock");
    if (!lock) {
        return std::unexpected(std::move(lock.error()));
    }
    if (!*lock) {
        return base::fail("store_in_use",
                          "The installation of this data folder is running. Stop "
                          "it first.");
    }
    auto data = open_database(folder, vfs, Role::admin);
    if (!data) {
        return std::unexpected(data.error());
    }
    auto keys = Connection::open(keys_file(folder), vfs);
    if (!keys) {
        return std::unexpected(keys.error());
    }
    sqlite3_busy_timeout(keys->handle(), busy_timeout_ms);
    auto ready = keys->run("PRAGMA temp_store = MEMORY");
    ready = ready ? data->run("BEGIN IMMEDIATE") : ready;
    ready = ready ? keys->run("BEGIN IMMEDIATE") : ready;
    ready = ready ? check_version(*data) : ready;
    ready = ready ? check_master(*keys, folder) : ready;
    ready = ready ? keys->run(std::string(find_erased_keys_sql)) : ready;
    if (!ready) {
        return std::unexpected(std::move(ready.error()));
    }
    return std::make_unique<SqliteSource>(std::move(**lock), std::move(*data), std::move(*keys));
}

}  // namespace aftermile::storage::sqlite

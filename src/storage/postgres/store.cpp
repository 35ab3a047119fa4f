#include "storage/postgres/store.hpp"

#include <unistd.h>

#include <array>
#include <utility>

#include "storage/files.hpp"
#include "storage/postgres/admin.hpp"
#include "storage/postgres/database.hpp"
#include "storage/postgres/keyring.hpp"
#include "storage/postgres/loader.hpp"
#include "storage/postgres/reader.hpp"
#include "storage/postgres/writer.hpp"

namespace aftermile::storage::postgres {

namespace {

// For people who look at the table of leases.
std::string name_of_this_process() {
    std::array<char, 256> host{};
    ::gethostname(host.data(), host.size() - 1);
    return std::string(host.data()) + '/' + std::to_string(::getpid());
}

class PostgresStore final : public ports::Store {
  public:
    PostgresStore(Server server, std::chrono::milliseconds read_limit, Connection admin,
                  std::unique_ptr<PostgresKeyring> keyring, std::shared_ptr<WorkerLease> worker)
        : server_(std::move(server)),
          worker_(std::move(worker)),
          read_limit_(read_limit),
          admin_(std::move(admin)),
          keyring_(std::move(keyring)) {}

    [[nodiscard]] base::Result<std::unique_ptr<ports::StoreWriter>> writer() override {
        LeaseTerms terms{.holder = name_of_this_process(), .length = std::nullopt};
        if (worker_) {
            terms.length = worker_->length;
        }
        auto opened = PostgresWriter::open(
            server_, worker_ ? std::vector<std::int64_t>() : all_slots(), std::move(terms));
        if (!opened) {
            return std::unexpected(std::move(opened.error()));
        }
        if (worker_) {
            worker_->epoch = (*opened)->lease().epoch;
        }
        return std::move(*opened);
    }
    [[nodiscard]] base::Result<std::unique_ptr<ports::StoreLoader>> loader() override {
        auto opened = PostgresLoader::open(server_);
        if (!opened) {
            return std::unexpected(std::move(opened.error()));
        }
        return std::move(*opened);
    }
    [[nodiscard]] base::Result<std::unique_ptr<ports::StoreReader>> reader() override {
        auto opened = PostgresReader::open(server_, read_limit_);
        if (!opened) {
            return std::unexpected(std::move(opened.error()));
        }
        return std::move(*opened);
    }
    [[nodiscard]] ports::AdminStore& admin() override { return admin_; }
    [[nodiscard]] ports::Keyring& keyring() override { return *keyring_; }

  private:
    Server server_;
    std::shared_ptr<WorkerLease> worker_;
    std::chrono::milliseconds read_limit_;
    PostgresAdmin admin_;
    std::unique_ptr<PostgresKeyring> keyring_;
};

}  // namespace

base::Result<std::unique_ptr<ports::Store>> open_postgres(const std::string& folder,
                                                          PostgresOptions options) {
    if (auto made = make_folder(folder); !made) {
        return std::unexpected(std::move(made.error()));
    }
    // One at a time in this folder, which the first gives its master key.
    const auto opening = FileLock::take(folder + "/opening.lock");
    if (!opening) {
        return std::unexpected(opening.error());
    }
    const Server server{.url = std::move(options.url), .asked = std::move(options.asked)};
    auto admin = open_database(server, Role::admin);
    if (!admin) {
        return std::unexpected(std::move(admin.error()));
    }
    if (auto prepared = prepare_schema(*admin, current_schema()); !prepared) {
        return std::unexpected(std::move(prepared.error()));
    }
    auto keys = open_database(server, Role::admin);
    if (!keys) {
        return std::unexpected(std::move(keys.error()));
    }
    auto keyring = PostgresKeyring::open(std::move(*keys), folder);
    if (!keyring) {
        return std::unexpected(std::move(keyring.error()));
    }
    return std::make_unique<PostgresStore>(server, options.read_limit, std::move(*admin),
                                           std::move(*keyring), std::move(options.worker));
}

}  // namespace aftermile::storage::postgres

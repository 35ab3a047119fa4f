#include "storage/postgres/moving.hpp"

#include <utility>

#include "storage/files.hpp"
#include "storage/postgres/database.hpp"
#include "storage/postgres/keyring.hpp"
#include "storage/postgres/leases.hpp"

namespace aftermile::storage::postgres {

namespace {

TypeId type_of_part(ports::PartType type) {
    switch (type) {
        case ports::PartType::integer:
            return integer_type;
        case ports::PartType::text:
            return text_type;
        case ports::PartType::bytes:
            return bytes_type;
    }
    return bytes_type;
}

// What both kinds of port read alike.
template <class Port>
class Reading : public Port {
  public:
    explicit Reading(Connection reading) : reading_(std::move(reading)) {}
    [[nodiscard]] base::Result<std::uint64_t> count(std::size_t part) override {
        auto rows = reading_.ask(count_part_sql(ports::all_parts().at(part)));
        if (!rows) {
            return std::unexpected(std::move(rows.error()));
        }
        return static_cast<std::uint64_t>(rows->integer(0, 0));
    }
    [[nodiscard]] base::Result<void> each(
        std::size_t part, const std::function<void(const ports::PartRow&)>& found) override {
        const ports::Part& about = ports::all_parts().at(part);
        ports::PartRow row(about.columns.size());
        return reading_.each(each_part_sql(about), {}, [&](const Answer& answer) {
            for (std::size_t i = 0; i < row.size(); ++i) {
                row[i] = answer.value(0, static_cast<int>(i));
            }
            found(row);
        });
    }

  protected:
    Connection reading_;
};

class PostgresTarget final : public Reading<ports::MoveTarget> {
  public:
    PostgresTarget(Connection writing, Connection reading, Lease lease)
        : Reading(std::move(reading)), writing_(std::move(writing)), lease_(std::move(lease)) {}
    ~PostgresTarget() override { release(writing_, lease_); }
    PostgresTarget(const PostgresTarget&) = delete;
    PostgresTarget& operator=(const PostgresTarget&) = delete;

    [[nodiscard]] base::Result<ports::PartProgress> progress(std::size_t part) override {
        auto answer =
            writing_.run(get_moving_sql, Parameters().add_text(ports::all_parts().at(part).name));
        if (!answer) {
            return std::unexpected(std::move(answer.error()));
        }
        ports::PartProgress progress;
        if (answer->rows() > 0) {
            progress = {.next = answer->integer(0, 0),
                        .rows = static_cast<std::uint64_t>(answer->integer(0, 1)),
                        .done = answer->integer(0, 2) != 0};
        }
        return progress;
    }

    [[nodiscard]] base::Result<void> put(std::size_t part, const std::vector<ports::PartRow>& rows,
                                         const ports::PartProgress& progress) override {
        const ports::Part& about = ports::all_parts().at(part);
        Parameters columns;
        for (std::size_t i = 0; i < about.columns.size(); ++i) {
            Array column(type_of_part(about.columns[i].type));
            for (const ports::PartRow& row : rows) {
                column.add(row.at(i));
            }
            columns.add(column);
        }
        auto transaction = begin();
        if (!transaction) {
            return std::unexpected(std::move(transaction.error()));
        }
        writing_.queue(put_part_sql(about), columns);
        writing_.queue(set_moving_sql, Parameters()
                                           .add_text(about.name)
                                           .add(progress.next)
                                           .add(static_cast<std::int64_t>(progress.rows))
                                           .add(std::int64_t{progress.done}));
        if (auto written = writing_.collect(); !written) {
            return std::unexpected(std::move(written.error()));
        }
        return transaction->commit();
    }

    [[nodiscard]] base::Result<void> finish() override {
        // The planner has seen none of the rows yet.
        if (auto known = reading_.script("ANALYZE"); !known) {
            return known;
        }
        auto transaction = begin();
        if (!transaction) {
            return std::unexpected(std::move(transaction.error()));
        }
        if (auto ended = writing_.run(end_moving_sql); !ended) {
            return std::unexpected(std::move(ended.error()));
        }
        return transaction->commit();
    }

  private:
    // In which all slots are still this move's, and stay so until it ends.
    base::Result<Transaction> begin() {
        auto transaction = Transaction::begin(writing_);
        if (!transaction) {
            return transaction;
        }
        auto held = writing_.run(hold_slots_sql, Parameters().add(slots_).add(lease_.epoch));
        if (!held) {
            return std::unexpected(std::move(held.error()));
        }
        if (held->rows() != slot_count) {
            return std::unexpected(fenced());
        }
        return transaction;
    }

    Connection writing_;
    Lease lease_;
    Array slots_ = integers(all_slots());
};

// Whether a move began in this database; and where none did, nothing may be there.
base::Result<void> check_empty(Connection& connection) {
    auto moving = connection.run(is_moving_sql);
    if (!moving || moving->integer(0, 0) != 0) {
        return moving ? base::Result<void>{} : std::unexpected(std::move(moving.error()));
    }
    for (const ports::Part& part : ports::all_parts()) {
        auto holds = connection.run(has_part_sql(part));
        if (!holds) {
            return std::unexpected(std::move(holds.error()));
        }
        if (holds->integer(0, 0) != 0) {
            return base::fail("target_not_empty",
                              "The database already holds data in its table " +
                                  std::string(part.name) +
                                  ". Name an empty database, or an empty schema of one.");
        }
    }
    return {};
}

base::Result<void> refuse_older(Connection& connection) {
    const auto version = version_of(connection);
    if (!version) {
        return std::unexpected(version.error());
    }
    if (*version > 0 && *version < ports::schema_version) {
        return base::fail("target_not_empty",
                          "The database holds a store of an older version. Name an empty one.");
    }
    return {};
}

}  // namespace

base::Result<std::unique_ptr<ports::MoveTarget>> open_target(const std::string& folder,
                                                             const std::string& url) {
    const auto opening = FileLock::take(folder + "/opening.lock");
    if (!opening) {
        return std::unexpected(opening.error());
    }
    const Server server{.url = url};
    auto reading = open_database(server, Role::admin);
    auto writing = open_database(server, Role::writer);
    auto keys = open_database(server, Role::admin);
    if (!reading || !writing || !keys) {
        return std::unexpected(!reading   ? reading.error()
                               : !writing ? writing.error()
                                          : keys.error());
    }
    auto ready = refuse_older(*reading);
    ready = ready ? prepare_schema(*reading, current_schema(), HalfMoved::expected) : ready;
    if (!ready) {
        return std::unexpected(std::move(ready.error()));
    }
    auto lease = acquire(*writing, all_slots(), {.holder = "migrate", .length = std::nullopt});
    if (!lease) {
        return std::unexpected(std::move(lease.error()));
    }
    ready = check_empty(*reading);
    if (ready) {  // after this, and not before, the database knows whose it is
        const auto keyring = PostgresKeyring::open(std::move(*keys), folder);
        ready = keyring ? writing->script(create_moving_sql) : std::unexpected(keyring.error());
    }
    if (!ready) {
        release(*writing, *lease);
        return std::unexpected(std::move(ready.error()));
    }
    return std::make_unique<PostgresTarget>(std::move(*writing), std::move(*reading),
                                            std::move(*lease));
}

base::Result<std::unique_ptr<ports::PartReader>> open_parts(const std::string& url) {
    auto connection = open_database({.url = url}, Role::admin);
    if (!connection) {
        return std::unexpected(std::move(connection.error()));
    }
    return std::make_unique<Reading<ports::PartReader>>(std::move(*connection));
}

}  // namespace aftermile::storage::postgres

#include "storage/postgres/statements.hpp"

namespace aftermile::storage::postgres {

namespace {

using ports::Column;
using ports::Indexed;
using ports::Table;
using ports::TableSchema;

// Texts compare by their bytes, as they do everywhere else in the program. The lease's row changes
// with every commit and stays on its page.
constexpr std::string_view fixed_tables_sql =
    "CREATE TABLE schema_version (one boolean PRIMARY KEY DEFAULT true CHECK (one), "
    "version bigint NOT NULL);\n"
    "INSERT INTO schema_version (version) VALUES (0);\n"
    "CREATE TABLE master_key (one boolean PRIMARY KEY DEFAULT true CHECK (one), "
    "proof bytea NOT NULL);\n"
    "CREATE TABLE events (merchant bigint NOT NULL, id bigint NOT NULL, previous bigint NOT NULL, "
    "recorded_at bigint NOT NULL, payload bytea NOT NULL, decision bytea NOT NULL, "
    "PRIMARY KEY (merchant, id));\n"
    "CREATE TABLE sealed (merchant bigint NOT NULL, about text COLLATE \"C\" NOT NULL, "
    "owner text COLLATE \"C\" NOT NULL, bytes bytea NOT NULL, PRIMARY KEY (merchant, about));\n"
    "CREATE TABLE admin (kind text COLLATE \"C\" NOT NULL, name text COLLATE \"C\" NOT NULL, "
    "merchant bigint NOT NULL, body bytea NOT NULL, expires_at bigint, "
    "PRIMARY KEY (kind, name)) WITH (fillfactor = 70);\n"
    "CREATE TABLE keys (merchant bigint NOT NULL, owner text COLLATE \"C\" NOT NULL, "
    "round bigint NOT NULL, erased boolean NOT NULL, wrapped bytea NOT NULL, "
    "PRIMARY KEY (merchant, owner, round)) "
    "WITH (autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0);\n"
    "CREATE UNIQUE INDEX keys_live ON keys (merchant, owner) WHERE NOT erased;\n"
    "CREATE TABLE counters (name text PRIMARY KEY, value bigint NOT NULL) "
    "WITH (fillfactor = 50);\n"
    "INSERT INTO counters (name, value) VALUES ('admin', 0), ('merchants', 0), ('epoch', 0);\n"
    "CREATE TABLE leases (epoch bigint PRIMARY KEY, holder text NOT NULL, "
    "backend_pid integer NOT NULL, backend_start timestamptz NOT NULL, lease_until timestamptz, "
    "ended_at timestamptz, commits bigint NOT NULL, admin_changes bigint NOT NULL) "
    "WITH (fillfactor = 50);\n"
    "CREATE TABLE slots (slot bigint PRIMARY KEY, epoch bigint NOT NULL) WITH (fillfactor = 50);\n"
    "INSERT INTO slots (slot, epoch) SELECT slot, 0 FROM generate_series(0, 255) AS slot;\n";
// Dispatch asks over all merchants for what is due; while a channel is down many rows wait.
constexpr std::string_view outbox_index_sql =
    "CREATE INDEX outbox_next_at ON outbox (next_at, id);\n";

// Room on each page for a row's next version, unless rows are only ever added.
std::string_view end_of(const TableSchema& table) {
    switch (table.table) {
        case Table::ledger:
        case Table::profiles:
        case Table::policies:
            return "body bytea NOT NULL, PRIMARY KEY (merchant, id))";
        case Table::customers:
        case Table::orders:
        case Table::shipments:
        case Table::incidents:
        case Table::notifications:
        case Table::tickets:
        case Table::coverages:
        case Table::claims:
        case Table::contributions:
        case Table::risks:
        case Table::merchants:
        case Table::outbox:
        case Table::parked:
        case Table::sweeps:
        case Table::pieces:
            return "body bytea NOT NULL, PRIMARY KEY (merchant, id)) WITH (fillfactor = 70)";
    }
    return {};
}

std::string parameter(std::size_t number) { return '$' + std::to_string(number); }

// $1, $2, ... as many as a row has columns.
std::string all_parameters(const TableSchema& table) {
    std::string all = "$1, $2";
    for (std::size_t i = 0; i <= table.columns.size(); ++i) {
        all += ", " + parameter(i + 3);
    }
    return all;
}

// Every open lease: whether its session runs, and until when it lasts, null where it has no length.
// Of a session of another role only the number can be seen; it is taken for the lease's.
constexpr std::string_view open_leases =
    "(SELECT l.epoch, greatest(l.lease_until, r.until) AS until, "
    "EXISTS (SELECT FROM pg_stat_activity a WHERE a.pid = l.backend_pid "
    "AND (a.backend_start = l.backend_start OR (a.backend_start IS NULL "
    "AND a.usename IS NOT NULL AND a.datname = current_database()))) AS runs "
    "FROM leases l LEFT JOIN renewals r ON r.epoch = l.epoch WHERE l.ended_at IS NULL) AS o";
constexpr std::string_view lasts_on =
    "CASE WHEN o.until IS NULL THEN o.runs ELSE o.until >= clock_timestamp() END";

constexpr std::string_view key_of_row = " WHERE t.merchant = n.merchant AND t.id = n.id";
constexpr std::string_view from_keys = " unnest($1, $2) AS n(merchant, id)";

}  // namespace

constinit const Dialect dialect{
    .parameter = '$',
    .integer = "bigint",
    .text = "text COLLATE \"C\"",
    .key_columns = "merchant bigint NOT NULL, id bigint NOT NULL",
    .end_of = end_of,
    .index_end = ", id",
    .merchant_without_index = "merchant = $1",
};

std::string create_schema_sql(const SchemaView& schema) {
    return std::string(fixed_tables_sql) + create_tables_sql(dialect, schema) +
           std::string(outbox_index_sql);
}

std::string insert_sql(const TableSchema& table) {
    return "INSERT INTO " + quoted(table.name) + " (merchant, id, " + column_names(table) +
           "body) SELECT * FROM unnest(" + all_parameters(table) + ')';
}

std::string update_sql(const TableSchema& table) {
    std::string set;
    for (const Column& column : table.columns) {
        set += quoted(column.name) + " = n." + quoted(column.name) + ", ";
    }
    return "UPDATE " + quoted(table.name) + " AS t SET " + set + "body = n.body FROM unnest(" +
           all_parameters(table) + ") AS n(merchant, id, " + column_names(table) + "body)" +
           std::string(key_of_row);
}

std::string release_unique_sql(const TableSchema& table) {
    std::string set;
    for (const Column& column : table.columns) {
        if (column.indexed == Indexed::unique) {
            set += (set.empty() ? "" : ", ") + quoted(column.name) + " = NULL";
        }
    }
    if (set.empty()) {
        return {};
    }
    return "UPDATE " + quoted(table.name) + " AS t SET " + set + " FROM" + std::string(from_keys) +
           std::string(key_of_row);
}

std::string delete_sql(const TableSchema& table) {
    return "DELETE FROM " + quoted(table.name) + " AS t USING" + std::string(from_keys) +
           std::string(key_of_row);
}

std::string load_sql(const TableSchema& table) {
    return "SELECT id, body FROM " + quoted(table.name) + " WHERE merchant = $1 AND id = ANY ($2)";
}

std::string find_sql(const TableSchema& table, const ports::Column& column) {
    return "SELECT asked.n, named.id FROM unnest($2) WITH ORDINALITY AS asked (key, n) "
           "CROSS JOIN LATERAL (SELECT id FROM " +
           quoted(table.name) + " WHERE merchant = $1 AND " + quoted(column.name) +
           " = asked.key ORDER BY id LIMIT $3) AS named ORDER BY asked.n, named.id";
}

std::string load_range_sql(const TableSchema& table) {
    return "SELECT id, body FROM " + quoted(table.name) +
           " WHERE merchant = $1 AND id BETWEEN $2 AND $3 ORDER BY id LIMIT $4";
}

namespace {

// The store's own counters are no part of what moves: leases are this database's alone.
std::string only_parts_rows(const ports::Part& part) {
    return part.name == "counters" ? " WHERE name IN ('admin', 'merchants')" : "";
}

}  // namespace

std::string put_part_sql(const ports::Part& part) {
    std::string names;
    std::string values;
    std::string arrays;
    for (std::size_t i = 0; i < part.columns.size(); ++i) {
        const std::string name = quoted(part.columns[i].name);
        const std::string comma = i == 0 ? "" : ", ";
        names += comma + name;
        values += comma + name + (part.columns[i].name == "erased" ? " <> 0" : "");
        arrays += comma + '$' + std::to_string(i + 1);
    }
    // A new schema has its counters already, at zero.
    const std::string_view end =
        part.name == "counters" ? " ON CONFLICT (name) DO UPDATE SET value = excluded.value" : "";
    return "INSERT INTO " + quoted(part.name) + " (" + names + ") SELECT " + values +
           " FROM unnest(" + arrays + ") AS put(" + names + ')' + std::string(end);
}

std::string each_part_sql(const ports::Part& part) {
    std::string values;
    for (const ports::PartColumn& column : part.columns) {
        values += (values.empty() ? "" : ", ") + quoted(column.name) +
                  (column.name == "erased" ? "::integer::bigint" : "");
    }
    return "SELECT " + values + " FROM " + quoted(part.name) + only_parts_rows(part);
}

std::string count_part_sql(const ports::Part& part) {
    return "SELECT count(*) FROM " + quoted(part.name) + only_parts_rows(part);
}

std::string has_part_sql(const ports::Part& part) {
    const std::string_view begun = part.name == "counters" ? " AND value <> 0" : "";
    return "SELECT EXISTS (SELECT FROM " + quoted(part.name) + only_parts_rows(part) +
           std::string(begun) + ')';
}

std::string holders_sql() {
    return "SELECT o.epoch, o.runs, " + std::string(lasts_on) + " FROM " +
           std::string(open_leases) +
           " WHERE o.epoch IN (SELECT epoch FROM slots WHERE slot = ANY ($1))";
}

std::string any_holder_sql() {
    return "SELECT count(*) FROM " + std::string(open_leases) + " WHERE " + std::string(lasts_on);
}

std::string stalled_leases_sql() {
    return "SELECT o.epoch FROM " + std::string(open_leases) + " WHERE NOT " +
           std::string(lasts_on);
}

std::string end_empty_leases_sql() {
    return "UPDATE leases SET ended_at = clock_timestamp() WHERE ended_at IS NULL AND epoch IN "
           "(SELECT o.epoch FROM " +
           std::string(open_leases) +
           " WHERE (o.until IS NULL OR o.until < clock_timestamp()) "
           "AND NOT EXISTS (SELECT FROM slots s WHERE s.epoch = o.epoch))";
}

}  // namespace aftermile::storage::postgres

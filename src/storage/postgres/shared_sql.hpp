// The texts of SQL with which several processes share one database: the intake, its answers, and
// who decides which slots. See statements.hpp for what holds of all SQL here.
//
//   intake(merchant, id, node, slot, body)      waits for whoever holds its slot
//   receipts(merchant, id, node, made_at, body) answers that their node did not take yet
//
// A row of the intake whose slot is below zero was set aside: nobody takes it, and -1 - slot is
// where it belongs.
#pragma once

#include <string_view>

namespace aftermile::storage::postgres {

// Made with the schema, or where they are missing. The counter is the lock under which slots are
// taken and shared out. A renewal has a row of its own because a commit has its lease's locked
// until it is on disk.
inline constexpr const char* create_shared_sql =
    "CREATE TABLE IF NOT EXISTS intake (merchant bigint NOT NULL, id bigint NOT NULL, "
    "node bigint NOT NULL, slot bigint NOT NULL, body bytea NOT NULL, "
    "PRIMARY KEY (merchant, id, node)) "
    "WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);\n"
    "CREATE INDEX IF NOT EXISTS intake_order ON intake (id, node);\n"
    "CREATE TABLE IF NOT EXISTS receipts (merchant bigint NOT NULL, id bigint NOT NULL, "
    "node bigint NOT NULL, made_at timestamptz NOT NULL, body bytea NOT NULL, "
    "PRIMARY KEY (merchant, id, node)) "
    "WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);\n"
    "CREATE INDEX IF NOT EXISTS receipts_node ON receipts (node);\n"
    "CREATE TABLE IF NOT EXISTS renewals (epoch bigint PRIMARY KEY, until timestamptz NOT NULL) "
    "WITH (fillfactor = 50);\n"
    "INSERT INTO counters (name, value) VALUES ('sharing', 0) ON CONFLICT (name) DO NOTHING;\n";
inline constexpr std::string_view has_shared_sql =
    "SELECT EXISTS (SELECT FROM counters WHERE name = 'sharing') "
    "AND to_regclass(quote_ident(current_schema()) || '.renewals') IS NOT NULL";

// Columns $1 to $5.
inline constexpr std::string_view add_intake_sql =
    "INSERT INTO intake (merchant, id, node, slot, body) SELECT * FROM unnest($1, $2, $3, $4, $5)";
inline constexpr std::string_view tell_intake_sql = "SELECT pg_notify('aftermile_intake', '')";
inline constexpr std::string_view tell_receipts_sql = "SELECT pg_notify('aftermile_receipts', '')";
inline constexpr const char* listen_intake_sql = "LISTEN aftermile_intake;";
inline constexpr const char* listen_receipts_sql = "LISTEN aftermile_receipts;";
// Of the slots $1, in the order in which they came, at most $2, and none after those that have $3
// bytes.
inline constexpr std::string_view waiting_intake_sql =
    "SELECT merchant, id, node, body FROM (SELECT page.*, sum(octet_length(body)) OVER "
    "(ORDER BY id, node ROWS UNBOUNDED PRECEDING) - octet_length(body) AS before FROM "
    "(SELECT merchant, id, node, body FROM intake WHERE slot = ANY ($1) ORDER BY id, node "
    "LIMIT $2) AS page) AS counted WHERE before < $3 ORDER BY id, node";
// Counts to $1.
inline constexpr std::string_view count_intake_sql =
    "SELECT count(*) FROM (SELECT 1 FROM intake WHERE slot >= 0 LIMIT $1) AS counted";
// Merchant $1's row $2 of node $3; and all that were.
inline constexpr std::string_view set_intake_aside_sql =
    "UPDATE intake SET slot = -1 - slot WHERE merchant = $1 AND id = $2 AND node = $3 "
    "AND slot >= 0";
inline constexpr std::string_view return_intake_sql =
    "UPDATE intake SET slot = -1 - slot WHERE slot < 0";
// In a worker's commit: merchants $1, ids $2, nodes $3; then those with bodies $4.
inline constexpr std::string_view remove_intake_sql =
    "DELETE FROM intake AS t USING unnest($1, $2, $3) AS n(merchant, id, node) "
    "WHERE t.merchant = n.merchant AND t.id = n.id AND t.node = n.node";
inline constexpr std::string_view add_receipts_sql =
    "INSERT INTO receipts (merchant, id, node, made_at, body) "
    "SELECT n.merchant, n.id, n.node, clock_timestamp(), n.body "
    "FROM unnest($1, $2, $3, $4) AS n(merchant, id, node, body)";
// Of node $1, at most $2.
inline constexpr std::string_view get_receipts_sql =
    "SELECT merchant, id, node, body FROM receipts WHERE node = $1 LIMIT $2";
// Merchants $1, ids $2, nodes $3.
inline constexpr std::string_view remove_receipts_sql =
    "DELETE FROM receipts AS t USING unnest($1, $2, $3) AS n(merchant, id, node) "
    "WHERE t.merchant = n.merchant AND t.id = n.id AND t.node = n.node";
// Their node ended before it took them.
inline constexpr std::string_view forget_receipts_sql =
    "DELETE FROM receipts WHERE made_at < clock_timestamp() - interval '15 minutes'";

// One process at a time takes or shares out.
inline constexpr std::string_view lock_sharing_sql =
    "SELECT value FROM counters WHERE name = 'sharing' FOR UPDATE";
inline constexpr std::string_view end_leases_sql =
    "UPDATE leases SET ended_at = clock_timestamp() WHERE epoch = ANY ($1) AND ended_at IS NULL";
// The workers in time, ascending.
inline constexpr std::string_view live_workers_sql =
    "SELECT epoch FROM leases WHERE ended_at IS NULL AND lease_until IS NOT NULL ORDER BY epoch";
// Waits for a commit that its former holder's session still has under way.
inline constexpr std::string_view free_slots_sql =
    "SELECT slot FROM slots WHERE epoch NOT IN (SELECT epoch FROM leases WHERE ended_at IS NULL) "
    "ORDER BY slot LIMIT $1 FOR UPDATE";
inline constexpr std::string_view held_slots_sql =
    "SELECT slot FROM slots WHERE epoch = $1 ORDER BY slot";
inline constexpr std::string_view give_slots_sql =
    "UPDATE slots SET epoch = 0 WHERE slot = ANY ($1) AND epoch = $2";
// Lease $1 goes on for $2 milliseconds from now.
inline constexpr std::string_view renew_lease_sql =
    "INSERT INTO renewals (epoch, until) SELECT epoch, "
    "clock_timestamp() + $2 * interval '1 millisecond' FROM leases "
    "WHERE epoch = $1 AND ended_at IS NULL "
    "ON CONFLICT (epoch) DO UPDATE SET until = excluded.until";

}  // namespace aftermile::storage::postgres

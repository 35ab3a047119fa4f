// The texts of SQL that only this adapter runs, beside those of storage/statements.hpp. Names come
// from the schema and from here, never from input; every value is a parameter.
//
// One table per table of the schema, each with the key (merchant, id), and beside them
//   events(merchant, id, previous, recorded_at, payload, decision)  the log; never changed
//   sealed(merchant, about, owner, bytes)                  personal data under its owner's key
//   admin(kind, name, merchant, body, expires_at)          administration
//   keys(merchant, owner, round, erased, wrapped)          the keyring
//   counters(name, value)      admin: changes by AdminStore; merchants; epoch: the last one given
//   slots(slot, epoch)         which lease decides the merchants of each of the 256 slots
//   leases(epoch, ...)         one for each writer that ever was, see leases.hpp
//   renewals(epoch, until)     how far a worker renewed its lease, whatever its commit has locked
//   schema_version(version), master_key(proof)             one row each
//   moving(part, next, rows, done)      only while an installation is moved into it, see moving.hpp
//
// Whatever belongs to a merchant is asked for with its merchant, so that it can be the column by
// which a sharded PostgreSQL distributes the rows. There are no foreign keys and no sequences.
#pragma once

#include <string>
#include <string_view>

#include "ports/moving.hpp"
#include "ports/schema.hpp"
#include "storage/statements.hpp"

namespace aftermile::storage::postgres {

extern const Dialect dialect;

// What makes an empty database schema hold that schema, its version apart.
[[nodiscard]] std::string create_schema_sql(const SchemaView& schema);

// Writing is by columns: $1 the merchants, $2 the ids, $3 and on each column in the schema's order,
// the last one the bodies, every one an array of the same length.
[[nodiscard]] std::string insert_sql(const ports::TableSchema& table);
[[nodiscard]] std::string update_sql(const ports::TableSchema& table);
// Sets the unique columns of those rows to null; empty when the table has none.
[[nodiscard]] std::string release_unique_sql(const ports::TableSchema& table);
[[nodiscard]] std::string delete_sql(const ports::TableSchema& table);

// id and body of merchant $1's rows with the ids $2.
[[nodiscard]] std::string load_sql(const ports::TableSchema& table);
// Of merchant $1's rows whose column is one of $2: its position there, from 1, and the id, both
// ascending, at most $3 for each.
[[nodiscard]] std::string find_sql(const ports::TableSchema& table, const ports::Column& column);
// id and body of merchant $1's rows with ids from $2 to $3, ascending, at most $4.
[[nodiscard]] std::string load_range_sql(const ports::TableSchema& table);

inline constexpr std::string_view insert_events_sql =
    "INSERT INTO events (merchant, id, previous, recorded_at, payload, decision) "
    "SELECT * FROM unnest($1, $2, $3, $4, $5, $6)";
inline constexpr std::string_view get_event_sql =
    "SELECT id, previous, recorded_at, payload, decision FROM events "
    "WHERE merchant = $1 AND id = $2";
inline constexpr std::string_view list_events_sql =
    "SELECT id, previous, recorded_at, payload, decision FROM events "
    "WHERE merchant = $1 AND id > $2 AND id <= $3 ORDER BY id";
// From merchant $1's event $2 back along `previous`, at most $3. Every step is one hop by key.
inline constexpr std::string_view chain_sql =
    "WITH RECURSIVE chain AS ("
    "SELECT e.*, 1::bigint AS position FROM events e WHERE e.merchant = $1 AND e.id = $2 "
    "UNION ALL "
    "SELECT e.*, c.position + 1 FROM chain c "
    "JOIN events e ON e.merchant = $1 AND e.id = c.previous WHERE c.position < $3) "
    "SELECT id, previous, recorded_at, payload, decision FROM chain ORDER BY position";
// From the log's end, one hop a merchant: each merchant's events lie together.
inline constexpr std::string_view last_events_sql =
    "WITH RECURSIVE last AS ("
    "(SELECT merchant, id FROM events ORDER BY merchant DESC, id DESC LIMIT 1) "
    "UNION ALL "
    "SELECT before.merchant, before.id FROM last CROSS JOIN LATERAL (SELECT e.merchant, e.id "
    "FROM events e WHERE e.merchant < last.merchant ORDER BY e.merchant DESC, e.id DESC LIMIT 1) "
    "AS before) SELECT id FROM last";
inline constexpr std::string_view put_sealed_sql =
    "INSERT INTO sealed (merchant, about, owner, bytes) SELECT * FROM unnest($1, $2, $3, $4) "
    "ON CONFLICT (merchant, about) DO UPDATE SET owner = excluded.owner, bytes = excluded.bytes";
inline constexpr std::string_view get_sealed_sql =
    "SELECT owner, bytes FROM sealed WHERE merchant = $1 AND about = $2";
inline constexpr std::string_view outbox_due_sql =
    "SELECT id, kind, next_at, attempts, body FROM outbox WHERE next_at <= $1 "
    "ORDER BY next_at, id LIMIT $2";
// Of the merchants $3 alone, as what is added to each_due_sql is of those of $1.
inline constexpr std::string_view outbox_due_of_sql =
    "SELECT id, kind, next_at, attempts, body FROM outbox WHERE next_at <= $1 "
    "AND merchant = ANY ($3) ORDER BY next_at, id LIMIT $2";
inline constexpr std::string_view of_merchants = " AND merchant = ANY ($1)";

// Administration.
inline constexpr std::string_view add_admin_sql =
    "INSERT INTO admin (kind, name, merchant, body, expires_at) VALUES ($1, $2, $3, $4, $5)";
inline constexpr std::string_view put_admin_sql =
    "INSERT INTO admin (kind, name, merchant, body, expires_at) VALUES ($1, $2, $3, $4, $5) "
    "ON CONFLICT (kind, name) DO UPDATE SET merchant = excluded.merchant, body = excluded.body, "
    "expires_at = excluded.expires_at";
inline constexpr std::string_view put_admins_sql =
    "INSERT INTO admin (kind, name, merchant, body, expires_at) "
    "SELECT * FROM unnest($1, $2, $3, $4, $5) "
    "ON CONFLICT (kind, name) DO UPDATE SET merchant = excluded.merchant, body = excluded.body, "
    "expires_at = excluded.expires_at";
inline constexpr std::string_view get_admin_sql =
    "SELECT kind, name, merchant, body, expires_at FROM admin WHERE kind = $1 AND name = $2";
inline constexpr std::string_view list_admin_sql =
    "SELECT kind, name, merchant, body, expires_at FROM admin WHERE kind = $1 ORDER BY name";
inline constexpr std::string_view remove_admin_sql =
    "DELETE FROM admin WHERE kind = $1 AND name = $2";
// Rows that somebody else has locked are left for later: to wait for one while holding another
// would be a deadlock with a batch that writes both.
inline constexpr std::string_view remove_expired_admin_sql =
    "DELETE FROM admin WHERE (kind, name) IN (SELECT kind, name FROM admin WHERE kind = $1 "
    "AND expires_at <= $2 ORDER BY expires_at LIMIT $3 FOR UPDATE SKIP LOCKED)";
inline constexpr std::string_view count_admin_sql =
    "UPDATE counters SET value = value + 1 WHERE name = 'admin'";
// Batches count their changes in their lease, so that writers of several processes do not wait for
// each other's commits.
inline constexpr std::string_view admin_version_sql =
    "SELECT (SELECT value FROM counters WHERE name = 'admin') + "
    "(SELECT coalesce(sum(admin_changes), 0)::bigint FROM leases)";
// Nothing when there are $1 merchants already.
inline constexpr std::string_view next_merchant_sql =
    "UPDATE counters SET value = value + 1 WHERE name = 'merchants' AND value < $1 "
    "RETURNING value";

// The keyring. An erased key leaves its row as a tombstone: restoring a backup erases it again.
// The owner's next key has the next round.
inline constexpr std::string_view get_master_proof_sql = "SELECT proof FROM master_key";
inline constexpr std::string_view add_master_proof_sql =
    "INSERT INTO master_key (proof) VALUES ($1) ON CONFLICT DO NOTHING";
// The live keys of merchant $1's owners $2.
inline constexpr std::string_view get_keys_sql =
    "SELECT owner, wrapped FROM keys WHERE merchant = $1 AND owner = ANY ($2) AND NOT erased";
// For each of merchant $1's owners $2 the key $3, unless there is a live one.
inline constexpr std::string_view add_keys_sql =
    "INSERT INTO keys (merchant, owner, round, erased, wrapped) "
    "SELECT $1, made.owner, (SELECT count(*) FROM keys k WHERE k.merchant = $1 "
    "AND k.owner = made.owner), false, made.wrapped FROM unnest($2, $3) AS made(owner, wrapped) "
    "ORDER BY made.owner ON CONFLICT DO NOTHING";
inline constexpr std::string_view erase_key_sql =
    "UPDATE keys SET wrapped = decode(repeat('00', length(wrapped)), 'hex'), erased = true "
    "WHERE merchant = $1 AND owner = $2 AND NOT erased";
inline constexpr const char* vacuum_keys_sql = "VACUUM keys";

// Leases, see leases.hpp.
// Locks those slots and gives each one's lease: slot, epoch.
inline constexpr std::string_view lock_slots_sql =
    "SELECT slot, epoch FROM slots WHERE slot = ANY ($1) ORDER BY slot FOR UPDATE";
// The slots of $1 whose lease is $2, locked against being taken.
inline constexpr std::string_view hold_slots_sql =
    "SELECT slot FROM slots WHERE slot = ANY ($1) AND epoch = $2 ORDER BY slot FOR SHARE";
// The leases that hold any of the slots $1: epoch, whether its session runs, whether it lasts on:
// where it has a length until that is over, whatever became of its session, which it replaces.
[[nodiscard]] std::string holders_sql();
// How many last on, with slots or without.
[[nodiscard]] std::string any_holder_sql();
// Those that do not: a worker's was not renewed in time, another's session ended.
[[nodiscard]] std::string stalled_leases_sql();
// A worker in time may hold none for a while.
[[nodiscard]] std::string end_empty_leases_sql();
// Ends the backend of lease $1, unless its number is another session's by now.
inline constexpr std::string_view end_backend_sql =
    "SELECT pg_terminate_backend(a.pid) FROM leases l JOIN pg_stat_activity a "
    "ON a.pid = l.backend_pid AND a.backend_start = l.backend_start "
    "WHERE l.epoch = $1 AND a.pid <> pg_backend_pid()";
inline constexpr std::string_view next_epoch_sql =
    "UPDATE counters SET value = value + 1 WHERE name = 'epoch' RETURNING value";
// Lease $1 of holder $2; $3 milliseconds long, or, when null, as long as its session.
inline constexpr std::string_view add_lease_sql =
    "INSERT INTO leases (epoch, holder, backend_pid, backend_start, lease_until, commits, "
    "admin_changes) SELECT $1, $2, a.pid, a.backend_start, "
    "clock_timestamp() + $3 * interval '1 millisecond', 0, 0 "
    "FROM pg_stat_activity a WHERE a.pid = pg_backend_pid()";
inline constexpr std::string_view take_slots_sql =
    "UPDATE slots SET epoch = $2 WHERE slot = ANY ($1)";
// An ended lease still tells its holder which commits were kept; after a week nobody asks.
inline constexpr std::string_view forget_leases_sql =
    "WITH gone AS (DELETE FROM leases WHERE ended_at < clock_timestamp() - interval '7 days' "
    "RETURNING admin_changes) UPDATE counters SET value = value + "
    "(SELECT coalesce(sum(admin_changes), 0)::bigint FROM gone) WHERE name = 'admin'";
inline constexpr std::string_view forget_renewals_sql =
    "DELETE FROM renewals r WHERE NOT EXISTS (SELECT FROM leases l WHERE l.epoch = r.epoch "
    "AND l.ended_at IS NULL)";
// The session of lease $1 is this one now.
inline constexpr std::string_view move_lease_sql =
    "UPDATE leases l SET backend_pid = a.pid, backend_start = a.backend_start "
    "FROM pg_stat_activity a WHERE l.epoch = $1 AND l.ended_at IS NULL "
    "AND a.pid = pg_backend_pid()";
inline constexpr std::string_view end_lease_sql =
    "UPDATE leases SET ended_at = clock_timestamp() WHERE epoch = $1 AND ended_at IS NULL";
inline constexpr std::string_view end_all_leases_sql =
    "UPDATE leases SET ended_at = clock_timestamp() WHERE ended_at IS NULL";
// Lease $1's commit number $2, with $3 changes of administration; it goes on for $4 milliseconds.
// Not that of a writer that does not know what is kept.
inline constexpr std::string_view count_commit_sql =
    "UPDATE leases SET commits = $2, admin_changes = admin_changes + $3, "
    "lease_until = clock_timestamp() + $4 * interval '1 millisecond' "
    "WHERE epoch = $1 AND ended_at IS NULL AND commits = $2 - 1";
// Waits for a transaction of lease $1 that is still under way, whose backend was told to end.
inline constexpr std::string_view commits_sql =
    "SELECT commits FROM leases WHERE epoch = $1 FOR UPDATE";

// A move into the database, see moving.hpp. Its table is there as long as it is not finished.
inline constexpr std::string_view is_moving_sql =
    "SELECT to_regclass(quote_ident(current_schema()) || '.moving') IS NOT NULL";
inline constexpr const char* create_moving_sql =
    "CREATE TABLE IF NOT EXISTS moving (part text PRIMARY KEY, next bigint NOT NULL, "
    "rows bigint NOT NULL, done boolean NOT NULL)";
inline constexpr std::string_view get_moving_sql =
    "SELECT next, rows, done FROM moving WHERE part = $1";
inline constexpr std::string_view set_moving_sql =
    "INSERT INTO moving (part, next, rows, done) VALUES ($1, $2, $3, $4 <> 0) "
    "ON CONFLICT (part) DO UPDATE SET next = excluded.next, rows = excluded.rows, "
    "done = excluded.done";
inline constexpr std::string_view end_moving_sql = "DROP TABLE moving";
// Writing is by columns here too: $1 and on an array for each column of the part. Reading gives
// the columns in their order.
[[nodiscard]] std::string put_part_sql(const ports::Part& part);
[[nodiscard]] std::string each_part_sql(const ports::Part& part);
[[nodiscard]] std::string count_part_sql(const ports::Part& part);
// Whether the part holds more than a new schema does.
[[nodiscard]] std::string has_part_sql(const ports::Part& part);

// The schema's version, and the lock under which it changes. Later schemas of the search path may
// have a table of that name too, of another installation.
inline constexpr std::string_view has_schema_sql =
    "SELECT to_regclass(quote_ident(current_schema()) || '.schema_version') IS NOT NULL";
inline constexpr std::string_view get_version_sql = "SELECT version FROM schema_version";
// The version, which stays what it is, or is ours to change, until the transaction ends.
inline constexpr std::string_view hold_version_sql = "SELECT version FROM schema_version FOR SHARE";
inline constexpr std::string_view lock_version_sql =
    "SELECT version FROM schema_version FOR UPDATE";
inline constexpr std::string_view set_version_sql = "UPDATE schema_version SET version = $1";
inline constexpr std::string_view lock_schema_sql =
    "SELECT pg_advisory_xact_lock(hashtextextended('aftermile/' || current_schema(), 0))";
inline constexpr std::string_view server_encoding_sql =
    "SELECT current_setting('server_encoding') = 'UTF8', current_schema() IS NOT NULL";

}  // namespace aftermile::storage::postgres

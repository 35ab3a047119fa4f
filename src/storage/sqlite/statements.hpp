// The texts of SQL that only this adapter runs, beside those of storage/statements.hpp. Names come
// from the schema and from here, never from input; every value is a parameter.
//
// The file: one table per table of the schema (id, its columns, body), and beside them
//   events(id, previous, recorded_at, payload, decision)   the log; never changed
//   sealed(merchant, about, owner, bytes)                  personal data under its owner's key
//   admin(kind, name, merchant, body, expires_at)          administration
//   counters(name, value)                                  `admin`: its version; `merchants`
// PRAGMA user_version holds the schema's version.
#pragma once

#include <string>
#include <string_view>

#include "ports/moving.hpp"
#include "ports/schema.hpp"
#include "storage/statements.hpp"

namespace aftermile::storage::sqlite {

extern const Dialect dialect;

// What makes an empty file hold that schema.
[[nodiscard]] std::string create_schema_sql(const SchemaView& schema);
// What brings a file of version `from` to the schema's version: tables and columns that came
// since. Columns added are null in the rows there.
[[nodiscard]] std::string migrate_schema_sql(const SchemaView& schema, int from);

// Statements on one table share their parameters: ?1 the id, ?2 the merchant, ?3 and on the
// columns in the schema's order, the last one the body.
[[nodiscard]] std::string insert_sql(const ports::TableSchema& table);
// Replaces a row whose indexed columns stay as they are, and touches no index; changes no row
// when one of them differs. SQLite rewrites the index of every column named in an update, changed
// or not, so naming them in each would double what a scan writes.
[[nodiscard]] std::string update_unindexed_sql(const ports::TableSchema& table);
[[nodiscard]] std::string update_sql(const ports::TableSchema& table);
// Sets the unique columns of row ?1 to null; empty when the table has none.
[[nodiscard]] std::string release_unique_sql(const ports::TableSchema& table);
[[nodiscard]] std::string delete_sql(const ports::TableSchema& table);
// The body of row ?1.
[[nodiscard]] std::string load_sql(const ports::TableSchema& table);
// Ids of merchant ?1's rows whose column equals ?2, ascending, at most ?3.
[[nodiscard]] std::string find_sql(const ports::TableSchema& table, const ports::Column& column);
// id and body of the rows with ids from ?1 to ?2, ascending, at most ?3.
[[nodiscard]] std::string load_range_sql(const ports::TableSchema& table);
inline constexpr std::string_view insert_event_sql =
    "INSERT INTO events (id, previous, recorded_at, payload, decision) VALUES (?1, ?2, ?3, ?4, ?5)";
inline constexpr std::string_view get_event_sql =
    "SELECT id, previous, recorded_at, payload, decision FROM events WHERE id = ?1";
inline constexpr std::string_view list_events_sql =
    "SELECT id, previous, recorded_at, payload, decision FROM events "
    "WHERE id > ?1 AND id <= ?2 ORDER BY id";
inline constexpr std::string_view last_event_before_sql =
    "SELECT id FROM events WHERE id < ?1 ORDER BY id DESC LIMIT 1";
inline constexpr std::string_view put_sealed_sql =
    "INSERT INTO sealed (merchant, about, owner, bytes) VALUES (?1, ?2, ?3, ?4) "
    "ON CONFLICT (merchant, about) DO UPDATE SET owner = excluded.owner, bytes = excluded.bytes";
inline constexpr std::string_view get_sealed_sql =
    "SELECT owner, bytes FROM sealed WHERE merchant = ?1 AND about = ?2";
inline constexpr std::string_view outbox_due_sql =
    "SELECT id, kind, next_at, attempts, body FROM outbox WHERE next_at <= ?1 "
    "ORDER BY next_at, id LIMIT ?2";

inline constexpr std::string_view add_admin_sql =
    "INSERT INTO admin (kind, name, merchant, body, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)";
inline constexpr std::string_view put_admin_sql =
    "INSERT INTO admin (kind, name, merchant, body, expires_at) VALUES (?1, ?2, ?3, ?4, ?5) "
    "ON CONFLICT (kind, name) DO UPDATE SET merchant = excluded.merchant, body = excluded.body, "
    "expires_at = excluded.expires_at";
inline constexpr std::string_view get_admin_sql =
    "SELECT kind, name, merchant, body, expires_at FROM admin WHERE kind = ?1 AND name = ?2";
inline constexpr std::string_view list_admin_sql =
    "SELECT kind, name, merchant, body, expires_at FROM admin WHERE kind = ?1 ORDER BY name";
inline constexpr std::string_view remove_admin_sql =
    "DELETE FROM admin WHERE kind = ?1 AND name = ?2";
inline constexpr std::string_view remove_expired_admin_sql =
    "DELETE FROM admin WHERE id IN (SELECT id FROM admin WHERE kind = ?1 AND expires_at <= ?2 "
    "ORDER BY expires_at LIMIT ?3)";
inline constexpr std::string_view count_up_sql =
    "UPDATE counters SET value = value + 1 WHERE name = ?1 RETURNING value";
inline constexpr const char* count_admin_sql =
    "UPDATE counters SET value = value + 1 WHERE name = 'admin'";
inline constexpr std::string_view get_counter_sql = "SELECT value FROM counters WHERE name = ?1";

// The keyring's own file. Keys are in the order they were made, so that no key ever moves within
// the file and overwriting one leaves no older copy behind; the index by owner holds no key.
inline constexpr std::string_view create_keyring_sql =
    "CREATE TABLE IF NOT EXISTS keys (slot INTEGER PRIMARY KEY, merchant INTEGER NOT NULL, "
    "owner TEXT NOT NULL, erased INTEGER NOT NULL, wrapped BLOB NOT NULL) STRICT;"
    "CREATE UNIQUE INDEX IF NOT EXISTS keys_owner ON keys (merchant, owner) WHERE erased = 0;"
    "CREATE TABLE IF NOT EXISTS master (id INTEGER PRIMARY KEY, proof BLOB NOT NULL) STRICT;";
inline constexpr std::string_view get_master_proof_sql = "SELECT proof FROM master WHERE id = 1";
inline constexpr std::string_view count_master_proofs_sql = "SELECT count(*) FROM master";
inline constexpr std::string_view add_master_proof_sql =
    "INSERT INTO master (id, proof) VALUES (1, ?1)";
inline constexpr std::string_view get_key_sql =
    "SELECT slot, wrapped FROM keys WHERE merchant = ?1 AND owner = ?2 AND erased = 0";
inline constexpr std::string_view add_key_sql =
    "INSERT INTO keys (merchant, owner, erased, wrapped) VALUES (?1, ?2, 0, ?3)";
// The same length over the same place. The tombstone stays: restoring a backup erases it again.
inline constexpr std::string_view erase_key_sql =
    "UPDATE keys SET wrapped = zeroblob(length(wrapped)), erased = 1 WHERE slot = ?1";

// A store as parts (ports/moving.hpp), by their rowids, which are the ids where a table has one:
// the columns and the rowid of at most ?2 rows behind ?1.
[[nodiscard]] std::string page_of_part_sql(const ports::Part& part);
[[nodiscard]] std::string count_part_sql(const ports::Part& part);
// Erased keys come before the ones that took their place. Their index lies in memory: the file has
// none by owner for them, and there are as many as people who asked to be forgotten.
inline constexpr std::string_view find_erased_keys_sql =
    "CREATE TEMP TABLE erased_keys AS SELECT merchant, owner, slot FROM keys WHERE erased = 1;"
    "CREATE INDEX temp.erased_of ON erased_keys (merchant, owner, slot);";

}  // namespace aftermile::storage::sqlite

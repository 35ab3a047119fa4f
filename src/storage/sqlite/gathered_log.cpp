#include "storage/sqlite/gathered_log.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <string_view>

namespace aftermile::storage::sqlite {

namespace {

// More than this SQLite's own layer takes for less, in one call (`seekAndWriteFd` in its
// os_unix.c).
constexpr std::size_t gathered_max = 0x1ffff;
// A frame of the log: a header, in which bytes 4 to 7 are not 0 if and only if it ends a
// transaction, then the page (https://www.sqlite.org/fileformat2.html#the_write_ahead_log).
constexpr int frame_header_bytes = 24;

// In the memory that SQLite gives for a file; the file of the layer below follows it there.
struct LogFile {
    sqlite3_file shown;
    std::string gathered;
    sqlite3_int64 end = 0;  // of what is gathered, in the file
    bool commits = false;   // a COMMIT runs
    bool gathers = false;   // until the header of its last frame

    [[nodiscard]] sqlite3_file* below() { return reinterpret_cast<sqlite3_file*>(this + 1); }
    [[nodiscard]] int write_gathered() {
        if (gathered.empty()) {
            return SQLITE_OK;
        }
        const auto size = static_cast<int>(gathered.size());
        const int code = below()->pMethods->xWrite(below(), gathered.data(), size, end - size);
        gathered.clear();  // also when it failed: the transaction is rolled back then
        return code;
    }
    [[nodiscard]] int write(std::string_view bytes, sqlite3_int64 at) {
        if (at != end || gathered.size() + bytes.size() > gathered_max) {
            if (const int code = write_gathered(); code != SQLITE_OK) {
                return code;
            }
        }
        if (bytes.size() == frame_header_bytes) {
            gathers = commits && bytes.substr(4, 4) == std::string_view("\0\0\0\0", 4);
        }
        gathered += bytes;
        end = at + static_cast<sqlite3_int64>(bytes.size());
        return gathers ? SQLITE_OK : write_gathered();
    }
};

LogFile& log_of(sqlite3_file* file) { return *reinterpret_cast<LogFile*>(file); }

// Writes what is gathered, then asks the layer below.
template <auto Method, class... Arguments>
int after_writing(sqlite3_file* file, Arguments... arguments) {
    LogFile& log = log_of(file);
    const int code = log.write_gathered();
    return code != SQLITE_OK ? code : (log.below()->pMethods->*Method)(log.below(), arguments...);
}

template <auto Method, class... Arguments>
int at_once(sqlite3_file* file, Arguments... arguments) {
    sqlite3_file* below = log_of(file).below();
    return (below->pMethods->*Method)(below, arguments...);
}

int close_log(sqlite3_file* file) {
    LogFile& log = log_of(file);
    const int written = log.write_gathered();
    const int closed = log.below()->pMethods->xClose(log.below());
    std::destroy_at(&log);
    return written != SQLITE_OK ? written : closed;
}

int write_log(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 at) {
    return log_of(file).write({static_cast<const char*>(bytes), static_cast<std::size_t>(count)},
                              at);
}

using Methods = sqlite3_io_methods;
constexpr Methods log_methods{
    .iVersion = 1,  // shared memory and mapped reads are asked of the database's file alone
    .xClose = close_log,
    .xRead = after_writing<&Methods::xRead>,
    .xWrite = write_log,
    .xTruncate = after_writing<&Methods::xTruncate>,
    .xSync = after_writing<&Methods::xSync>,
    .xFileSize = after_writing<&Methods::xFileSize>,
    .xLock = at_once<&Methods::xLock>,
    .xUnlock = at_once<&Methods::xUnlock>,
    .xCheckReservedLock = at_once<&Methods::xCheckReservedLock>,
    .xFileControl = at_once<&Methods::xFileControl>,
    .xSectorSize = at_once<&Methods::xSectorSize>,
    .xDeviceCharacteristics = at_once<&Methods::xDeviceCharacteristics>,
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr};

// The names of layers, and what they are over.
struct Layer {
    sqlite3_vfs vfs;  // first: SQLite gives it back by its address
    sqlite3_vfs* below;
    std::string name;
};

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* given) {
    sqlite3_vfs* below = reinterpret_cast<Layer*>(vfs)->below;
    if ((flags & SQLITE_OPEN_WAL) == 0) {
        return below->xOpen(below, name, file, flags, given);
    }
    auto* log = new (file) LogFile{};
    const int code = below->xOpen(below, name, log->below(), flags, given);
    if (code == SQLITE_OK) {
        log->shown.pMethods = &log_methods;
        return code;
    }
    if (log->below()->pMethods != nullptr) {
        log->below()->pMethods->xClose(log->below());
    }
    std::destroy_at(log);
    file->pMethods = nullptr;  // SQLite does not close it then
    return code;
}

}  // namespace

GatheredCommit::GatheredCommit(sqlite3* database) {
    sqlite3_file* log = nullptr;
    const int found = sqlite3_file_control(database, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
    if (found == SQLITE_OK && log != nullptr && log->pMethods == &log_methods) {
        log_ = log;
        log_of(log).commits = true;
    }
}

GatheredCommit::~GatheredCommit() {
    if (log_ != nullptr) {
        LogFile& log = log_of(log_);
        log.commits = log.gathers = false;
        log.gathered.clear();  // empty, unless the COMMIT failed before its last frame
    }
}

std::string gathered_log_over(const std::string& below) {
    static std::mutex mutex;
    static std::map<sqlite3_vfs*, std::unique_ptr<Layer>> layers;
    sqlite3_vfs* found = sqlite3_vfs_find(below.empty() ? nullptr : below.c_str());
    if (found == nullptr) {
        return below;
    }
    const std::lock_guard lock(mutex);
    std::unique_ptr<Layer>& layer = layers[found];
    if (layer == nullptr) {
        // Everything but opening is asked of the layer below by its own functions.
        layer = std::make_unique<Layer>(Layer{*found, found, "gathered_log_over_"});
        layer->name += found->zName;
        layer->vfs.zName = layer->name.c_str();
        layer->vfs.szOsFile = static_cast<int>(sizeof(LogFile)) + found->szOsFile;
        layer->vfs.xOpen = open_file;
        sqlite3_vfs_register(&layer->vfs, 0);
    }
    return layer->name;
}

}  // namespace aftermile::storage::sqlite

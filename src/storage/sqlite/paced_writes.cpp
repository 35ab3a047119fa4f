#include "storage/sqlite/paced_writes.hpp"

namespace aftermile::storage::sqlite {

PacedWrites::PacedWrites(sqlite3* database, int pages) {
    const int found = sqlite3_file_control(database, "main", SQLITE_FCNTL_FILE_POINTER,
                                           static_cast<void*>(&file_));
    if (found != SQLITE_OK || file_ == nullptr || file_->pMethods == nullptr) {
        file_ = nullptr;
        return;
    }
    paced_ = {*file_->pMethods, file_->pMethods, pages, 0};
    paced_.methods.xWrite = &PacedWrites::write;
    file_->pMethods = &paced_.methods;
}

PacedWrites::~PacedWrites() {
    if (file_ != nullptr) {
        file_->pMethods = paced_.plain;
    }
}

int PacedWrites::write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 at) {
    auto& paced = *reinterpret_cast<Paced*>(const_cast<sqlite3_io_methods*>(file->pMethods));
    const int code = paced.plain->xWrite(file, bytes, count, at);
    if (code != SQLITE_OK || ++paced.written < paced.pages) {
        return code;
    }
    paced.written = 0;
    return paced.plain->xSync(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
}

}  // namespace aftermile::storage::sqlite

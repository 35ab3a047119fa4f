#include "storage/sqlite/paced_writes.hpp"

namespace aftermile::storage::sqlite {

PacedWrites::PacedWrites(sqlite3* database, int pages) : pages_(pages) {
    const int found = sqlite3_file_control(database, "main", SQLITE_FCNTL_FILE_POINTER,
                                           static_cast<void*>(&file_));
    if (found != SQLITE_OK || file_ == nullptr || file_->pMethods == nullptr) {
        file_ = nullptr;
        return;
    }
    plain_ = file_->pMethods;
    paced_ = {*plain_, this};
    paced_.methods.xWrite = &PacedWrites::write;
    file_->pMethods = &paced_.methods;
}

PacedWrites::~PacedWrites() {
    if (file_ != nullptr) {
        file_->pMethods = plain_;
    }
}

int PacedWrites::write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 at) {
    PacedWrites& owner = *reinterpret_cast<const Paced*>(file->pMethods)->owner;
    const int code = owner.plain_->xWrite(file, bytes, count, at);
    if (code != SQLITE_OK || ++owner.written_ < owner.pages_) {
        return code;
    }
    owner.written_ = 0;
    return owner.plain_->xSync(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
}

}  // namespace aftermile::storage::sqlite

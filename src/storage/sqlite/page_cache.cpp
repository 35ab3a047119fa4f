#include "storage/sqlite/page_cache.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace aftermile::storage::sqlite {

namespace {

using Page = sqlite3_pcache_page;

sqlite3_pcache_methods2 own{};  // SQLite's; set once, before any cache is made

// One connection's, used by one thread at a time.
struct Watched {
    sqlite3_pcache* pages;
    unsigned highest = 0;         // no page has a higher number, but for these
    std::vector<unsigned> moved;  // numbers above it that pages were moved to and are at
};

Watched& watched(sqlite3_pcache* cache) { return *reinterpret_cast<Watched*>(cache); }

sqlite3_pcache* create(int page_bytes, int extra_bytes, int purgeable) {
    sqlite3_pcache* pages = own.xCreate(page_bytes, extra_bytes, purgeable);
    return pages == nullptr ? nullptr
                            : reinterpret_cast<sqlite3_pcache*>(new Watched{pages, 0, {}});
}

Page* fetch(sqlite3_pcache* cache, unsigned number, int create_missing) {
    Page* page = own.xFetch(watched(cache).pages, number, create_missing);
    if (page != nullptr && number > watched(cache).highest) {
        watched(cache).highest = number;
    }
    return page;
}

void move(sqlite3_pcache* cache, Page* page, unsigned from, unsigned to) {
    own.xRekey(watched(cache).pages, page, from, to);
    std::erase(watched(cache).moved, from);
    if (to > watched(cache).highest) {
        watched(cache).moved.push_back(to);
    }
}

// Drops pages from that number on.
void truncate(sqlite3_pcache* cache, unsigned from) {
    Watched& held = watched(cache);
    const bool some_moved =
        std::ranges::any_of(held.moved, [&](unsigned number) { return number >= from; });
    if (held.highest >= from || some_moved) {
        own.xTruncate(held.pages, from);
        held.highest = std::min(held.highest, from == 0 ? 0 : from - 1);
        std::erase_if(held.moved, [&](unsigned number) { return number >= from; });
    }
}

void destroy(sqlite3_pcache* cache) {
    const std::unique_ptr<Watched> held(&watched(cache));
    own.xDestroy(held->pages);
}

bool use_once() {
    if (sqlite3_config(SQLITE_CONFIG_GETPCACHE2, &own) != SQLITE_OK) {
        return false;  // SQLite is in use already
    }
    sqlite3_pcache_methods2 methods = own;
    methods.xCreate = create;
    methods.xCachesize = [](sqlite3_pcache* cache, int size) {
        own.xCachesize(watched(cache).pages, size);
    };
    methods.xPagecount = [](sqlite3_pcache* cache) { return own.xPagecount(watched(cache).pages); };
    methods.xFetch = fetch;
    methods.xUnpin = [](sqlite3_pcache* cache, Page* page, int discard) {
        own.xUnpin(watched(cache).pages, page, discard);
    };
    methods.xRekey = move;
    methods.xTruncate = truncate;
    methods.xDestroy = destroy;
    methods.xShrink = [](sqlite3_pcache* cache) { own.xShrink(watched(cache).pages); };
    return sqlite3_config(SQLITE_CONFIG_PCACHE2, &methods) == SQLITE_OK;
}

}  // namespace

bool use_watched_page_cache() {
    static const bool used = use_once();
    return used;
}

}  // namespace aftermile::storage::sqlite

// SQLite's own page cache, which is not looked through at the end of each transaction. SQLite then
// drops pages past the end of the database, and looks for them in the whole cache unless the
// highest number that it ever held is lower. A tree that was balanced has held a page at a number
// past the end for a moment, to swap it with another, and with it nearly every transaction looked
// through 16,384 pages for nothing (docs/performance.md). This cache knows that the page left
// again.
#pragma once

namespace aftermile::storage::sqlite {

// For the whole process, before SQLite is used for anything else. Whether it is in use: a first
// call that comes later than that changes nothing.
bool use_watched_page_cache();

}  // namespace aftermile::storage::sqlite

// Memory in pages of 2 MB where the system has them (Linux, transparent_hugepage "madvise" or
// "always"). What a decision reads lies anywhere in a gigabyte: with pages of 4 KB each look
// may also miss the processor's table of pages (docs/performance.md).
#pragma once

namespace aftermile::app {

// For the whole process, before it has allocated much. Only for a program that links tcmalloc.
void use_huge_pages();

}  // namespace aftermile::app

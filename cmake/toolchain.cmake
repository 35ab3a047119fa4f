# Compiler, linker and cache settings that every target shares.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
    set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()

find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
    add_link_options(-fuse-ld=mold)
endif()

# Shared libraries that nothing calls are not loaded.
add_link_options(-Wl,--as-needed)

# No machine's paths in binaries, and the cache is shared by working copies.
add_compile_options(
    $<$<COMPILE_LANGUAGE:C,CXX>:-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=>
    $<$<COMPILE_LANGUAGE:CXX>:-fno-omit-frame-pointer>)

set(AFTERMILE_WARNINGS
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Werror)

# GCC 12 sees these in the inlined insides of std::variant, std::optional and std::string where
# there are none; clang-tidy's analyzer and the sanitizers look for the real ones.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    list(APPEND AFTERMILE_WARNINGS
        -Wno-maybe-uninitialized -Wno-restrict -Wno-error=array-bounds
        -Wno-error=stringop-overflow -Wno-error=stringop-overread)
else()
    # GCC decides what an error is; clang reads GCC's library, and sees its deprecated insides.
    list(APPEND AFTERMILE_WARNINGS -Wno-error -Wno-deprecated-declarations)
endif()

if(AFTERMILE_SANITIZE)
    if(AFTERMILE_SANITIZE STREQUAL "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        list(APPEND AFTERMILE_WARNINGS -Wno-tsan)  # Asio's fences, which that sanitizer cannot see
    endif()
    add_compile_options(
        $<$<COMPILE_LANGUAGE:C,CXX>:-fsanitize=${AFTERMILE_SANITIZE}>
        $<$<COMPILE_LANGUAGE:C,CXX>:-fno-sanitize-recover=all>)
    add_link_options(-fsanitize=${AFTERMILE_SANITIZE})
endif()

# shellcheck shell=bash
# shellcheck disable=SC2154
# Sourced by ./run, ./test and ./dev: builds the console and the program, each only when changed.

jobs=$(nproc)
# Two clones share what ccache keeps: paths are hashed relative to the clone.
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1

# configure PRESET [argument...]: CMake runs by itself again when its own files change.
configure() {
    if [ ! -f "build/$1/build.ninja" ] || [ $# -gt 1 ]; then
        cmake --preset "$@" > "build/.configure.log" 2>&1 || {
            cat build/.configure.log >&2
            return 1
        }
    fi
}

# build PRESET [target...]
build() {
    local preset=$1
    shift
    mkdir -p build
    configure "$preset"
    cmake --build "build/$preset" --parallel "$jobs" ${1:+--target "$@"}
}

# Prints one hash of the files named on standard input (NUL-separated): names and contents.
hash_files() {
    LC_ALL=C sort -z | xargs -0 --no-run-if-empty sha256sum | sha256sum | cut -d' ' -f1
}

# Builds web/dist when the console's sources, the API description or Node changed.
build_web() {
    if [ ! -f web/package.json ]; then
        return 0
    fi
    mkdir -p build
    local lock sources
    lock="$(sha256sum < web/package-lock.json) $(node --version)"
    sources="$lock $(find web openapi -type f -not -path 'web/node_modules/*' \
        -not -path 'web/dist/*' -not -name '*.gen.ts' -not -name '*.tsbuildinfo' -print0 \
        | hash_files)"
    if [ ! -d web/node_modules ] || [ "$lock" != "$(cat build/web.lock 2> /dev/null)" ]; then
        echo "Installing the console's packages with npm" >&2
        (cd web && npm ci --no-audit --no-fund --loglevel=error < /dev/null >&2)
        echo "$lock" > build/web.lock
    fi
    if [ ! -d web/dist ] || [ "$sources" != "$(cat build/web.stamp 2> /dev/null)" ]; then
        echo "Building the console" >&2
        (cd web && npm run --silent build < /dev/null >&2)
        echo "$sources" > build/web.stamp
    fi
}

# shellcheck shell=bash
# shellcheck disable=SC2154
# Sourced by ./run, ./test and ./dev: installs what is missing and nothing else.
#
#   install_packages build test web check
#
# Groups: build (compiler, libraries), test (what only tests run), web (Node for the console),
# check (clang's tools). Says what it installs; without root it asks sudo.

declare -A package_groups=(
    [build]="g++ cmake ninja-build ccache mold pkg-config python3 tzdata ca-certificates
        libboost1.81-dev libfmt-dev libspdlog-dev libsqlite3-dev libpq-dev libsimdjson-dev
        libtomlplusplus-dev libcli11-dev libssl-dev libsodium-dev libcurl4-openssl-dev
        libkainjow-mustache-dev libicu-dev libhowardhinnant-date-dev libzstd-dev
        libgoogle-perftools-dev prometheus-cpp-dev libgtest-dev libgmock-dev librapidcheck-dev"
    [test]="git binutils python3-aiosmtpd chromium fonts-dejavu-core postgresql-15"
    [web]=""
    [check]="clang-19 clang-tidy-19 clang-format-19 libclang-rt-19-dev libbenchmark-dev"
)
node_major_min=22
node_version=22.23.3
npm_major_min=10
npm_version=10.9.4

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo > /dev/null; then
        echo "sudo $*" >&2
        sudo "$@"
    else
        echo "Run this as root, or install sudo: $*" >&2
        return 1
    fi
}

# Prints those of the packages named that are not installed.
missing_packages() {
    local installed
    installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2> /dev/null |
        sed -n 's/^installed //p' || true)
    comm -23 <(printf '%s\n' "$@" | LC_ALL=C sort -u) <(LC_ALL=C sort -u <<< "$installed")
}

apt_install() {
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y
        -o Dpkg::Use-Pty=0 --no-install-recommends)
    echo "Installing from Debian: $*" >&2
    # The package lists may be absent or old: they are fetched only when they do not suffice.
    if ! apt-get -q -s --no-install-recommends install "$@" > /dev/null 2>&1; then
        as_root "${apt[@]}" update >&2
        as_root "${apt[@]}" install "$@" >&2
        return
    fi
    if ! as_root "${apt[@]}" install "$@" >&2; then
        as_root "${apt[@]}" update >&2
        as_root "${apt[@]}" install "$@" >&2
    fi
}

install_debian() {
    if ! command -v dpkg-query > /dev/null; then
        echo "This is no Debian: these packages' likes are taken to be there: $*" >&2
        return
    fi
    local missing
    missing=$(missing_packages "$@")
    if [ -n "$missing" ]; then
        # shellcheck disable=SC2086
        apt_install $missing
    fi
}

major_of() {
    local version
    version=$("$1" --version 2> /dev/null || echo 0)
    version=${version#v}
    echo "${version%%.*}"
}

# Puts a Node of $node_major_min or newer first in PATH: the machine's own, or npm's package of it
# under build/tools/node.
install_node() {
    local tools="$root/build/tools/node" arch
    if [ "$(major_of node)" -ge "$node_major_min" ] &&
        [ "$(major_of npm)" -ge "$npm_major_min" ]; then
        return
    fi
    case "$(uname -m)" in
        x86_64) arch=x64 ;;
        aarch64) arch=arm64 ;;
        *) echo "No Node $node_major_min is packed for $(uname -m)." >&2; return 1 ;;
    esac
    if [ "$(cat "$tools/version" 2> /dev/null)" != "$node_version $npm_version" ]; then
        if ! command -v npm > /dev/null; then
            install_debian nodejs npm
        fi
        echo "Installing with npm: node-linux-$arch@$node_version npm@$npm_version" >&2
        mkdir -p "$tools"
        npm install --prefix "$tools" --no-save --no-audit --no-fund --loglevel=error \
            "node-linux-$arch@$node_version" "npm@$npm_version" >&2
        mkdir -p "$tools/bin"
        ln -sfn "../node_modules/node-linux-$arch/bin/node" "$tools/bin/node"
        ln -sfn ../node_modules/npm/bin/npm-cli.js "$tools/bin/npm"
        ln -sfn ../node_modules/npm/bin/npx-cli.js "$tools/bin/npx"
        echo "$node_version $npm_version" > "$tools/version"
    fi
    export PATH="$tools/bin:$PATH"
}

install_packages() {
    local group packages=()
    for group in "$@"; do
        # shellcheck disable=SC2206
        packages+=(${package_groups[$group]})
    done
    install_debian "${packages[@]}"
    for group in "$@"; do
        if [ "$group" = web ] && [ -f "$root/web/package.json" ]; then
            install_node
        fi
    done
}

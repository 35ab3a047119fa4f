#!/usr/bin/env python3
"""Shows that core reads nothing but its arguments.

usage: check_purity.py ROOT [LIBCORE]

Sources of src/core (tests aside) include none of the headers below and use none of the words;
the library, when given, calls none of the functions below and holds no mutable global.
"""
import pathlib
import re
import subprocess
import sys

HEADERS = {
    "I/O": "iostream ostream istream fstream sstream iomanip cstdio stdio.h filesystem print"
    " unistd.h fcntl.h sys/socket.h sys/stat.h sys/types.h netdb.h syslog.h spdlog/spdlog.h"
    " fmt/ostream.h fmt/os.h syncstream streambuf",
    "threads": "thread mutex shared_mutex atomic condition_variable future semaphore latch"
    " barrier stop_token pthread.h",
    "randomness": "random cstdlib stdlib.h sys/random.h sodium.h",
    "clocks": "ctime time.h sys/time.h date/tz.h",
    "locales": "locale clocale locale.h regex cctype ctype.h cwctype codecvt fmt/locale.h",
    "processes and signals": "csignal signal.h sys/wait.h csetjmp",
    "embedded files": "base/embedded.hpp",
}
DENIED_HEADERS = {header: why for why, names in HEADERS.items() for header in names.split()}

WORDS = {
    r"::now\s*\(": "reads a clock",
    r"\bthread_local\b": "keeps state per thread",
    r"\bgetenv\b": "reads the environment",
    r"\brandom_device\b": "is random",
    r"\bstd::locale\b": "reads a locale",
    r"\bsystem_clock::time_point\b": "names a clock: use base::Instant",
    r"\b(steady|high_resolution)_clock\b": "names a clock",
    r"\bcurrent_zone\s*\(": "reads the machine's zone",
    r"\blocate_zone\s*\(": "reads zone files: a zone is a value among the facts",
    r"\bunordered_(map|set)<[^;]*\*\s*[,>]": "orders by address",
}

C_FUNCTIONS = (
    "time gettimeofday clock clock_gettime clock_nanosleep nanosleep usleep sleep localtime"
    " localtime_r gmtime gmtime_r mktime timegm strftime tzset getenv secure_getenv setenv"
    " unsetenv putenv rand rand_r srand random srandom drand48 getrandom getentropy arc4random"
    " open open64 openat openat64 creat creat64 fopen fopen64 fread fwrite fputs fputc puts"
    " putchar printf fprintf vprintf vfprintf snprintf vsnprintf sprintf perror read pread"
    " pread64 write pwrite pwrite64 close lseek mmap mmap64 munmap stat fstat unlink rename"
    " opendir readdir socket connect bind listen accept accept4 send sendto sendmsg recv"
    " recvfrom recvmsg poll select epoll_wait getaddrinfo gethostbyname pthread_create"
    " pthread_mutex_lock pthread_rwlock_wrlock pthread_once pthread_cond_wait sem_wait"
    " setlocale localeconv newlocale uselocale strcoll strtod strtof strtold atof tolower"
    " toupper isalpha isalnum isspace ispunct isupper islower isprint system popen fork vfork"
    " execve kill raise signal sigaction syslog dlopen getpid gethostname uname"
).split()
DENIED_FUNCTIONS = re.compile(
    r"^_{0,2}(?:" + "|".join(C_FUNCTIONS) + r")(?:_chk)?(?:@.*)?$"
    r"|^std::chrono::_V2::\w+::now\("
    r"|^std::locale::|^std::use_facet|^std::ios_base::Init|^std::random_device"
    r"|^std::thread::|^std::(?:__cxx11::)?basic_[io]?(?:f|string)?stream<"
    r"|^std::(?:__cxx11::)?basic_[io]?(?:file|string)buf<|^std::(?:cout|cerr|clog|cin)$"
    r"|^std::filesystem::|^std::ostream::|^std::condition_variable|^std::__future_base"
    r"|^date::(?:current_zone|locate_zone|get_tzdb|reload_tzdb)"
)

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]+)[>"]', re.MULTILINE)
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)


def blank_comments(text):
    return COMMENT.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def check_sources(core_dir):
    faults = []
    for file in sorted(core_dir.rglob("*")):
        if file.suffix not in (".hpp", ".cpp", ".inc") or file.name.endswith("_test.cpp"):
            continue
        text = blank_comments(file.read_text(encoding="utf-8", errors="replace"))
        place = f"src/core/{file.relative_to(core_dir).as_posix()}"

        def line_of(match, text=text):
            return text.count("\n", 0, match.start()) + 1

        for match in INCLUDE.finditer(text):
            why = DENIED_HEADERS.get(match.group(1))
            if why:
                faults.append(f"{place}:{line_of(match)}: <{match.group(1)}> ({why})")
        for pattern, why in WORDS.items():
            for match in re.finditer(pattern, text):
                faults.append(f"{place}:{line_of(match)}: `{match.group().strip()}` {why}")
    return faults


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def constants(core_dir):
    """Names declared constexpr: GCC 12 puts some of them among writable data all the same (those
    whose template arguments are deduced)."""
    names = set()
    for file in core_dir.rglob("*.[ch]pp"):
        text = blank_comments(file.read_text(encoding="utf-8", errors="replace"))
        names.update(re.findall(r"\bconstexpr\b[^;={(]*?\b(\w+)\s*(?:=|\{|\[)", text))
    return names


def check_library(library, constant=frozenset()):
    faults = []
    member = "?"
    for line in run("nm", "-C", "--undefined-only", str(library)).splitlines():
        if line.endswith(":"):
            member = line[:-1]
        elif line.strip().startswith("U "):
            symbol = line.strip()[2:]
            if DENIED_FUNCTIONS.search(symbol):
                faults.append(f"{member} calls {symbol}")
    for line in run("objdump", "-tC", str(library)).splitlines():
        if line.endswith(":     file format elf64-x86-64") or ": file format" in line:
            member = line.split(":", 1)[0]
        # "0000 l O .bss 0008 name"; constants lie in .rodata and .data.rel.ro.
        match = re.match(r"^[0-9a-f]+ (.{7}) (\.(?:t?bss|t?data)\S*)\s+[0-9a-f]+\s+(.*)$", line)
        if not match or "d" in match.group(1) or match.group(2).startswith(".data.rel.ro"):
            continue
        if "O" in match.group(1) or match.group(2).startswith(".t"):
            name = match.group(3).removeprefix(".hidden ")
            if name.startswith("DW.ref."):  # the exception tables' own pointer
                continue
            if match.group(2) == ".data" and name.split("::")[-1] in constant:
                continue
            faults.append(f"{member} holds the mutable global {name} in {match.group(2)}")
    return sorted(set(faults))


def main(arguments):
    if not 1 <= len(arguments) <= 2:
        print(__doc__, file=sys.stderr)
        return 2
    core_dir = pathlib.Path(arguments[0]) / "src/core"
    faults = check_sources(core_dir)
    if len(arguments) == 2:
        faults += check_library(pathlib.Path(arguments[1]), constants(core_dir))
    print("\n".join(faults) or "core: no I/O, clock, thread, randomness, locale or global")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

#include "base/failpoint.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>

namespace aftermile::base {
namespace {

struct Failpoint : testing::Test {
    ~Failpoint() override { arm_failpoints("", ""); }
};

TEST_F(Failpoint, nothing_happens_unless_armed) {
    failpoint("here");
    ASSERT_TRUE(arm_failpoints("elsewhere:1", ""));
    failpoint("here");
}

TEST_F(Failpoint, kills_at_the_nth_pass_and_says_so_first) {
    const std::string log = testing::TempDir() + "failpoint_log_" + std::to_string(::getpid());
    EXPECT_EXIT(
        {
            arm_failpoints("there:1,here:3", log);
            failpoint("here");
            failpoint("here");
            std::fputs("two passes\n", stderr);
            failpoint("here");
        },
        testing::KilledBySignal(SIGKILL), "two passes");
    std::ifstream file(log);
    std::string line;
    std::getline(file, line);
    EXPECT_EQ(line, "here 3");
    std::remove(log.c_str());
}

TEST_F(Failpoint, stops_until_it_is_told_to_go_on) {
    const pid_t child = ::fork();
    if (child == 0) {
        arm_failpoints("here:2:stop", "");
        failpoint("here");
        failpoint("here");
        ::_exit(7);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, WUNTRACED), child);
    EXPECT_TRUE(WIFSTOPPED(status));
    ::kill(child, SIGCONT);
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 7);
}

TEST_F(Failpoint, malformed_points_are_refused) {
    EXPECT_FALSE(arm_failpoints("here", ""));
    EXPECT_FALSE(arm_failpoints("here:0", ""));
    EXPECT_FALSE(arm_failpoints(":3", ""));
    EXPECT_FALSE(arm_failpoints("here:3x", ""));
    EXPECT_FALSE(arm_failpoints("here:stop", ""));
    EXPECT_FALSE(arm_failpoints("here:3:stay", ""));
    EXPECT_FALSE(arm_failpoints("there:1,,here:2", ""));
    EXPECT_TRUE(arm_failpoints("there:1,here:2", ""));
}

}  // namespace
}  // namespace aftermile::base

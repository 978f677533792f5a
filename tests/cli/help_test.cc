#include "tools/cli/help.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>
#include <string>

#include "tools/cli/option_table.h"

namespace help_test {
namespace {

std::string Help(cli_command command) {
  char *data = nullptr;
  size_t len = 0;
  FILE *out = open_memstream(&data, &len);
  cli_help(out, command);
  fclose(out);
  std::string text(data, len);
  free(data);
  return text;
}

TEST(Help, FitsATerminal) {
  for (int i = 0; i < CLI_NUM_COMMANDS; ++i) {
    std::istringstream lines(Help(static_cast<cli_command>(i)));
    for (std::string line; std::getline(lines, line);) {
      EXPECT_LE(line.size(), 79U) << line;
      EXPECT_TRUE(line.empty() || line.back() != ' ') << "[" << line << "]";
    }
  }
}

TEST(Help, NamesEveryCommandAndExitCode) {
  const std::string text = Help(CLI_NONE);
  for (int i = 1; i < CLI_NUM_COMMANDS; ++i) {
    EXPECT_NE(std::string::npos, text.find(std::string("\n  ") + cli_command_rows[i].name)) << i;
  }
  for (const char *code : {"    0  ", "    2  ", "    9  ", "   10  ", "  130  "}) {
    EXPECT_NE(std::string::npos, text.find(code)) << code;
  }
}

TEST(Help, EveryOptionIsInTheHelpOfItsCommandsOnly) {
  for (int i = 1; i < CLI_NUM_COMMANDS; ++i) {
    const std::string text = Help(static_cast<cli_command>(i));
    for (const cli_option_row *row = cli_option_rows; row->name != nullptr; ++row) {
      const bool has = text.find(std::string("  ") + row->name) != std::string::npos ||
                       text.find(std::string(", ") + row->name) != std::string::npos;
      EXPECT_EQ((row->commands & CLI_BIT(i)) != 0, has) << row->name << " " << i;
    }
  }
}

TEST(Help, NamesQuirksAndLimits) {
  const std::string text = Help(CLI_FETCH);
  uint32_t count = 0;
  for (; pop3_quirk_name(count) != nullptr; ++count) {
    EXPECT_NE(std::string::npos, text.find(pop3_quirk_name(count)));
  }
  EXPECT_GT(count, 10U);
  EXPECT_NE(std::string::npos, text.find(", all\n")) << "--quirk all";
  EXPECT_NE(std::string::npos, text.find("max-message-octets"));
}

}  // namespace
}  // namespace help_test

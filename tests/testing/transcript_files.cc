// LoadTranscripts: where the files lie.
#include <dirent.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <utility>

#include "tests/testing/transcript.h"

namespace pop3_testing {

namespace {

std::string Folder() {
  // Under Bazel the files are among the runfiles; else the working directory is the source tree.
  const char *runfiles = getenv("TEST_SRCDIR");
  const char *workspace = getenv("TEST_WORKSPACE");
  std::string folder = "tests/data/transcripts";
  if (runfiles != nullptr && workspace != nullptr) {
    folder = std::string(runfiles) + "/" + workspace + "/" + folder;
  }
  return folder;
}

std::vector<Transcript> ReadAll() {
  const std::string folder = Folder();
  std::vector<std::string> names;
  if (DIR *directory = opendir(folder.c_str())) {
    while (const dirent *entry = readdir(directory)) {
      const std::string name = entry->d_name;
      if (name.size() > 4 && name.compare(name.size() - 4, 4, ".txt") == 0) {
        names.push_back(name.substr(0, name.size() - 4));
      }
    }
    closedir(directory);
  }
  std::sort(names.begin(), names.end());
  std::vector<Transcript> transcripts;
  for (const std::string &name : names) {
    std::ifstream file(folder + "/" + name + ".txt", std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(file)),
                           std::istreambuf_iterator<char>());
    Transcript transcript;
    const std::string error = ParseTranscript(name, text, &transcript);
    if (!error.empty()) {
      transcript = Transcript();
      transcript.name = name;
      transcript.about = name + ".txt: " + error;
    }
    transcripts.push_back(std::move(transcript));
  }
  return transcripts;
}

}  // namespace

const std::vector<Transcript> &LoadTranscripts() {
  static const std::vector<Transcript> transcripts = ReadAll();
  return transcripts;
}

}  // namespace pop3_testing

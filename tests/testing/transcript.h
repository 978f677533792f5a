// A transcript: what a server says and hears, what a client does and gets, as a text file.
// tests/README.md describes the format.
#ifndef POP3_TESTS_TESTING_TRANSCRIPT_H_
#define POP3_TESTS_TESTING_TRANSCRIPT_H_

#include <pop3/limits.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace pop3_testing {

// Word is a word of a line: `retr`, or `count=2` with its key told apart.
struct Word {
  std::string key;  // "" if it has none
  std::string value;
  // Text is the word as it was written.
  std::string Text() const { return key.empty() ? value : key + "=" + value; }
};

// ServerStep is something that the server does.
struct ServerStep {
  enum Kind {
    kSend,    // |text| goes out
    kExpect,  // the client's next line must be |text|
    kAlone,   // likewise, and nothing may follow it until it is answered
    kBatch,   // |number| lines must be there before the next is answered, no more
    kDelay,   // |number| milliseconds pass
    kIdle,    // waits until the client idles
    kClose,
    kReset
  };
  Kind kind = kSend;
  int line = 0;  // of the file
  std::string text;
  uint64_t number = 0;
};

// Expectation is how an operation of the client must end.
struct Expectation {
  std::string status;                        // "ok", "refused", "protocol", "eof|io", ...
  std::map<std::string, std::string> facts;  // text, error, code, count, octets, ...
  bool check_items = false;
  std::vector<std::string> items;
  bool check_body = false;
  std::string body;
};

// ClientStep is something that the client does or checks.
struct ClientStep {
  enum Kind {
    kCall,       // an operation; waits until it has ended
    kSubmit,     // an operation; does not wait
    kExpect,     // how the oldest operation not looked at yet ended
    kCaps,       // |words|: the capabilities are exactly these
    kTimestamp,  // |words|: the greeting's timestamp, or "none"
    kHits,       // |words|: the quirks needed are exactly these
    kEnd         // |words|: "idle", "closed", "failed STATUS"
  };
  Kind kind = kCall;
  int line = 0;
  std::vector<Word> words;
  Expectation expect;
};

// Transcript is a parsed file.
struct Transcript {
  std::string name;  // of the file, without folder and ".txt"
  std::string about;
  uint32_t quirks = 0;
  pop3_limits limits = POP3_LIMITS_INIT;
  std::map<std::string, std::string> session;  // user, password, idle_ms, ...
  std::vector<std::string> only;               // "memory", "tcp", "unix"; none: all. "whole": not
                                               // in pieces
  std::vector<std::string> secrets;            // may not be seen in trace, audit and errors
  std::vector<ServerStep> server;
  std::vector<ClientStep> client;

  // ServerText is everything that the server sends.
  std::string ServerText() const;
  // ReplyStarts are the places in it where the server has waited for the client.
  std::vector<uint64_t> ReplyStarts() const;
  // Runs says whether it may be played over "memory", "tcp" or "unix".
  bool Runs(const std::string &way) const;
  // Whole says whether it may not be cut into pieces.
  bool Whole() const;
};

// ParseTranscript reads a file's text. Returns "" or what is wrong with it.
std::string ParseTranscript(const std::string &name, const std::string &text, Transcript *out);

// LoadTranscripts returns tests/data/transcripts/*.txt, sorted by name, read once. What is wrong
// with one stands in its |about|, and it has no steps.
const std::vector<Transcript> &LoadTranscripts();

// Spoken makes a transcript of what a server says ("S: ...", without CRLF), hears ("C: ...") and
// does at last ("close").
Transcript Spoken(const std::vector<std::string> &lines);

// StatusWord returns "ok", "refused", "protocol", ...: the constant's name in lower case without
// its prefix.
std::string StatusWord(int status);

// Quoted returns |text| with octets outside printable ASCII as escapes, cut to a readable length.
std::string Quoted(const std::string &text);

}  // namespace pop3_testing

#endif  // POP3_TESTS_TESTING_TRANSCRIPT_H_

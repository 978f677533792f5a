// The initialisers as functions, for languages that have no macros of C. Each knows the struct of
// this library, and its caller's size.
#include <pop3/candidate.h>
#include <pop3/collect.h>
#include <pop3/credential.h>
#include <pop3/engine.h>
#include <pop3/security.h>
#include <pop3/session.h>
#include <string.h>

#include "core/base/fill.h"

void pop3_limits_init(pop3_limits *limits, size_t size) {
  static const pop3_limits kPreset = POP3_LIMITS_INIT;
  p3_fill_preset(limits, size, &kPreset, sizeof(kPreset));
}

void pop3_engine_options_init(pop3_engine_options *options, size_t size) {
  static const pop3_engine_options kPreset = POP3_ENGINE_OPTIONS_INIT;
  p3_fill_preset(options, size, &kPreset, sizeof(kPreset));
}

void pop3_session_options_init(pop3_session_options *options, size_t size) {
  static const pop3_session_options kPreset = POP3_SESSION_OPTIONS_INIT;
  p3_fill_preset(options, size, &kPreset, sizeof(kPreset));
}

void pop3_time_limits_init(pop3_time_limits *limits, size_t size) {
  static const pop3_time_limits kPreset = POP3_TIME_LIMITS_INIT;
  p3_fill_preset(limits, size, &kPreset, sizeof(kPreset));
}

void pop3_identity_init(pop3_identity *identity, size_t size) {
  static const pop3_identity kPreset = POP3_IDENTITY_INIT;
  p3_fill_preset(identity, size, &kPreset, sizeof(kPreset));
}

void pop3_request_init(pop3_request *request, size_t size, pop3_command command) {
  static const pop3_request kPreset = POP3_REQUEST_INIT(POP3_CMD_GREETING);
  pop3_request preset;
  memcpy(&preset, &kPreset, sizeof(preset));  // what is between members, too: it is handed out
  preset.command = command;
  p3_fill_preset(request, size, &preset, sizeof(preset));
}

void pop3_sink_init(pop3_sink *sink, size_t size) {
  static const pop3_sink kPreset = POP3_SINK_INIT;
  p3_fill_preset(sink, size, &kPreset, sizeof(kPreset));
}

void pop3_stream_init(pop3_stream *stream, size_t size, FILE *file) {
  const pop3_stream preset = POP3_STREAM_INIT(file);
  p3_fill_preset(stream, size, &preset, sizeof(preset));
}

void pop3_security_init(pop3_security *security, size_t size) {
  static const pop3_security kPreset = POP3_SECURITY_INIT;
  p3_fill_preset(security, size, &kPreset, sizeof(kPreset));
}

void pop3_candidate_init(pop3_candidate *candidate, size_t size) {
  static const pop3_candidate kPreset = POP3_CANDIDATE_INIT;
  p3_fill_preset(candidate, size, &kPreset, sizeof(kPreset));
}

void pop3_interest_init(pop3_interest *interest, size_t size) {
  static const pop3_interest kPreset = POP3_INTEREST_INIT;
  p3_fill_preset(interest, size, &kPreset, sizeof(kPreset));
}

void pop3_answer_init(pop3_answer *answer, size_t size) {
  static const pop3_answer kPreset = POP3_ANSWER_INIT;
  p3_fill_preset(answer, size, &kPreset, sizeof(kPreset));
}

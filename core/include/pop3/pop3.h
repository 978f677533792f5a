// libpop3: the whole application interface.
#ifndef POP3_POP3_H_
#define POP3_POP3_H_

#include <pop3/allocator.h>
#include <pop3/candidate.h>
#include <pop3/capability.h>
#include <pop3/collect.h>
#include <pop3/commands.h>
#include <pop3/credential.h>
#include <pop3/engine.h>
#include <pop3/interest.h>
#include <pop3/limits.h>
#include <pop3/option.h>
#include <pop3/policy.h>
#include <pop3/query.h>
#include <pop3/registry.h>
#include <pop3/request.h>
#include <pop3/security.h>
#include <pop3/session.h>
#include <pop3/size.h>
#include <pop3/status.h>
#include <pop3/trace.h>
#include <pop3/url.h>
#include <pop3/version.h>

#endif  // POP3_POP3_H_

// All that libpop3 shows to applications and plugins, compiled with debug information, from which
// abi.py reads how it is laid out.
#include <pop3/loader.h>
#include <pop3/plugins/record.h>
#include <pop3/plugins/tls.h>
#include <pop3/pop3.h>
#include <pop3/spi/auth.h>
#include <pop3/spi/plugin.h>
#include <pop3/spi/sasl_line.h>
#include <pop3/spi/transport.h>

extern const uint32_t pop3_abi_of_headers;
const uint32_t pop3_abi_of_headers = POP3_ABI;


#include <pop3/plugins/sasl.h>
#include <pop3/spi/auth.h>

#include "auth/sasl_exchange.h"
#include "auth/sasl_offer.h"

static const pop3_auth_ops kSaslOps = {
    .abi = POP3_ABI,
    .size = sizeof(pop3_auth_ops),
    .name = "sasl",
    .flags = POP3_AUTH_FAMILY | POP3_AUTH_AUTHZID,
    .score = p3_sasl_score,
    .begin = p3_sasl_begin,
    .step = p3_sasl_step,
    .end = p3_sasl_end,
};

static const pop3_auth_ops *const kAuths[] = {&kSaslOps};

static const pop3_plugin kPlugin = {
    .abi = POP3_ABI,
    .size = sizeof(pop3_plugin),
    .name = "sasl",
    .version = POP3_VERSION,
    .auths = kAuths,
    .num_auths = 1,
};

POP3_PLUGIN_ENTRY(sasl, kPlugin)

// Plugins whose descriptors no host should take.
#include <cstring>

#include "tests/conformance/broken/broken.h"

namespace pop3_conformance {

namespace {

enum Defect {
  kNone,
  kTakesAnyHost,
  kRefusesNewerHost,
  kWrongAbi,
  kNoVersion,
  kOffersNothing,
  kNullList,
  kTableOfAnotherMajor,
  kTableTooSmall,
  kNameInUpperCase,
  kNameTooLong,
  kNoWrite,
  kBothBottomAndUpper,
  kTwoOfAName,
  kNoCase
};

pop3_status Create(const pop3_host *host, const pop3_transport_config *, const pop3_layer *,
                   void **, pop3_error *err) {
  return host->fail(host->ctx, err, POP3_ERR_UNSUPPORTED, "broken", 0, 0, "only a descriptor");
}
pop3_io Connect(void *, pop3_error *) { return POP3_IO_FAIL; }
pop3_io Read(void *, uint8_t *, size_t, size_t *, pop3_error *) { return POP3_IO_FAIL; }
pop3_io Write(void *, const uint8_t *, size_t, size_t *, pop3_error *) { return POP3_IO_FAIL; }
void Interest(void *, pop3_interest *) {}
void Destroy(void *) {}

pop3_transport_ops MakeOps(Defect defect) {
  pop3_transport_ops ops = {POP3_ABI, sizeof(pop3_transport_ops),
                            "broken", POP3_TRANSPORT_UPPER,
                            0,        Create,
                            Connect,  Read,
                            Write,    nullptr,
                            Interest, nullptr,
                            nullptr,  Destroy};
  switch (defect) {
    case kTableOfAnotherMajor:
      ops.abi += UINT32_C(1) << 16;
      break;
    case kTableTooSmall:
      ops.size = offsetof(pop3_transport_ops, destroy);
      break;
    case kNameInUpperCase:
      ops.name = "Broken";
      break;
    case kNameTooLong:
      ops.name = "sixteen-octets-x";
      break;
    case kNoWrite:
      ops.write = nullptr;
      break;
    case kBothBottomAndUpper:
      ops.flags = POP3_TRANSPORT_BOTTOM | POP3_TRANSPORT_UPPER;
      break;
    default:
      break;
  }
  return ops;
}

pop3_plugin MakePlugin(Defect defect, const pop3_transport_ops *const *transports) {
  pop3_plugin plugin = {POP3_ABI, sizeof(pop3_plugin), "broken", "1", transports, 1, nullptr, 0};
  switch (defect) {
    case kWrongAbi:
      plugin.abi += UINT32_C(1) << 16;
      break;
    case kNoVersion:
      plugin.version = nullptr;
      break;
    case kOffersNothing:
      plugin.num_transports = 0;
      break;
    case kNullList:
      plugin.num_auths = 1;
      break;
    case kTwoOfAName:
      plugin.num_transports = 2;
      break;
    default:
      break;
  }
  return plugin;
}

template <Defect defect>
const pop3_plugin *Entry(uint32_t host_abi) {
  static const pop3_transport_ops ops = MakeOps(defect);
  static const pop3_transport_ops *const transports[] = {&ops, &ops};
  static const pop3_plugin plugin = MakePlugin(defect, transports);
  if (defect == kRefusesNewerHost && host_abi != POP3_ABI) return nullptr;
  const bool fits = POP3_ABI_MAJOR(host_abi) == POP3_ABI_MAJOR(POP3_ABI);
  return fits || defect == kTakesAnyHost ? &plugin : nullptr;
}

template <Defect defect>
void Add(const char *name, std::vector<Broken> *out) {
  Suite suite;
  suite.transports.emplace_back();
  if (defect == kTwoOfAName) suite.transports[0].transport = "broken";
  if (defect == kNoCase) suite.transports.clear();
  out->push_back({name, "Descriptor", Entry<defect>, suite});
}

}  // namespace

std::vector<Broken> BrokenDescriptors() {
  std::vector<Broken> all;
  Add<kTakesAnyHost>("DescriptorTakesAnyHost", &all);
  Add<kRefusesNewerHost>("DescriptorRefusesNewerHost", &all);
  Add<kWrongAbi>("DescriptorWrongAbi", &all);
  Add<kNoVersion>("DescriptorNoVersion", &all);
  Add<kOffersNothing>("DescriptorOffersNothing", &all);
  Add<kNullList>("DescriptorNullList", &all);
  Add<kTableOfAnotherMajor>("DescriptorTableOfAnotherMajor", &all);
  Add<kTableTooSmall>("DescriptorTableTooSmall", &all);
  Add<kNameInUpperCase>("DescriptorNameInUpperCase", &all);
  Add<kNameTooLong>("DescriptorNameTooLong", &all);
  Add<kNoWrite>("DescriptorNoWrite", &all);
  Add<kBothBottomAndUpper>("DescriptorBothBottomAndUpper", &all);
  Add<kTwoOfAName>("DescriptorTwoOfAName", &all);
  Add<kNoCase>("DescriptorNoCase", &all);
  return all;
}

}  // namespace pop3_conformance

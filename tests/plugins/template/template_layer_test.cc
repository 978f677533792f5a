// What the conformance suite has to know about the transport "template_layer".
#include "tests/conformance/conformance.h"

namespace {

// The other end of the connection: it turns the letters back.
class TurnedPeer : public pop3_conformance::Peer {
 public:
  void Hear(const std::string &octets) override { heard += Turned(octets); }
  void Say(const std::string &text) override { to_plugin += Turned(text); }

 private:
  // By 13 places: there and back is the same.
  static std::string Turned(std::string text) {
    for (char &c : text) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>('a' + (c - 'a' + 13) % 26);
      if (c >= 'A' && c <= 'Z') c = static_cast<char>('A' + (c - 'A' + 13) % 26);
    }
    return text;
  }
};

}  // namespace

void pop3_conformance::Describe(Suite *suite) {
  TransportCase layer;
  layer.peer = [] { return std::make_unique<TurnedPeer>(); };
  suite->transports.push_back(layer);

  // With its option, and letters as they are.
  TransportCase straight;
  straight.label = "straight";
  straight.options = {{"template_layer.turn", nullptr, 0, nullptr}};
  suite->transports.push_back(straight);
}

"""Much at a time: long pipelines, many connections, and too many of them."""

import resource
import threading
import unittest

import mailboxd
from account import PASSWORD
from process_test import ProcessTest
from raw_client import Client

CONNECTIONS = 2000
RETRS = 20000


class Load(ProcessTest):
    """Numbers, not speed: that is for the benchmarks."""

    def test_a_burst_that_is_written_before_anything_is_read(self):
        server = self.mailboxd(f"--generate={RETRS}x4K", "--unix", self.path("sock"))
        wanted = None
        for address in (server.address, self.path("sock")):
            client = Client(address).login()
            client.send(b"".join(b"RETR %d\r\n" % n for n in range(1, RETRS + 1)) + b"STAT\r\n")
            for n in range(1, RETRS + 1):
                self.assertEqual(b"+OK 4096 octets\r\n", client.file.readline())
                body = client.body()
                self.assertEqual(4096, len(body))
                self.assertIn(b"Message %010d of" % n, body[:250])
                wanted = wanted or body[-3000:]
                self.assertEqual(wanted, body[-3000:])
            self.assertEqual(b"+OK %d %d" % (RETRS, RETRS * 4096), client.line())
            client.quit()

    def test_a_burst_of_everything(self):
        server = self.mailboxd("--generate=1000x512")
        client = server.connect()
        burst = [b"CAPA", b"USER alice", b"PASS " + PASSWORD.encode()]
        burst += [b"LIST", b"UIDL", b"XYZZY", b"TOP 7 2", b"NOOP", b"RETR 1001"] * 20 + [b"QUIT"]
        client.send(b"\r\n".join(burst) + b"\r\n")
        client.line()
        client.body()
        client.line()
        client.line()
        for _ in range(20):
            for _ in range(2):
                self.assertRegex(client.line(), b"^.OK")
                self.assertEqual(1000, client.body().count(b"\n"))
            self.assertEqual(b"-ERR Unknown command", client.line())
            self.assertRegex(client.line(), b"^.OK")
            self.assertTrue(client.body().startswith(b"From: "))
            self.assertRegex(client.line(), b"^.OK")
            self.assertEqual(b"-ERR No such message", client.line())
        self.assertEqual(b"+OK Bye", client.line())
        self.assertTrue(client.at_end())
        client.close()

    def test_thousands_of_connections(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        # As many as the machine allows.
        connections = CONNECTIONS
        if hard != resource.RLIM_INFINITY:
            connections = min(connections, hard - 200)
        # The server has to raise its own: it is started before we raise ours.
        users = self.write("users", b"".join(b"u%d:pw\n" % n for n in range(connections)))
        server = self.mailboxd("--generate=20x4K", "--users", users)
        empty = server.resident_kib()
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        clients = [server.connect(greeting=False) for _ in range(connections)]
        for n, client in enumerate(clients):
            client.send(b"USER u%d\r\nPASS pw\r\nSTAT\r\n" % n)
        for client in clients:
            for _ in range(3):
                self.assertRegex(client.line(), b"^.OK")
            self.assertEqual(b"+OK 20 81920", client.line())
        grown = server.resident_kib() - empty
        for client in clients:
            client.send(b"".join(b"RETR %d\r\n" % n for n in range(1, 11)))
        for client in clients:
            for _ in range(10):
                self.assertEqual(b"+OK 4096 octets", client.line())
                self.assertEqual(4096, len(client.body()))
        for client in clients:
            self.assertEqual(b"+OK Bye", client.quit())
        if not mailboxd.is_sanitized():
            self.assertLess(grown, 2 * connections)

    def test_too_many_connections(self):
        server = self.mailboxd("--generate=1x512", "--max-connections=3")
        clients = [server.connect() for _ in range(3)]
        extra = server.connect(greeting=False)
        self.assertRegex(extra.line(), rb"^-ERR \[SYS/TEMP\] ")
        self.assertTrue(extra.at_end())
        extra.close()
        clients[0].quit()
        clients[1].login().quit()
        server.connect().quit()
        clients[2].close()

    def test_many_sessions_one_after_the_other(self):
        server = self.mailboxd("--generate=5x512", "--user=b:pw", "--user=c:pw")
        failed = []

        def sessions(user, password):
            try:
                for _ in range(300):
                    client = server.connect().login(user, password)
                    self.assertEqual(b"5 2560", client.ok("STAT"))
                    client.quit()
            except Exception as error:  # pylint: disable=broad-except
                failed.append(error)

        threads = [
            threading.Thread(target=sessions, args=args)
            for args in (("alice", PASSWORD), ("b", "pw"), ("c", "pw"))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([], failed)


if __name__ == "__main__":
    unittest.main()

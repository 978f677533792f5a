"""Where clients connect: TCP, Unix sockets, abstract ones."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest

import mailboxd
from process_test import ProcessTest
from raw_client import Client
from waiting import TIMEOUT


def _has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


class Sockets(ProcessTest):
    """Listeners, and how they come and go."""

    def test_unix_and_abstract_and_two_tcp(self):
        path = self.path("sock")
        name = "@" + self.path("abstract")
        server = self.mailboxd(
            "--listen=localhost:0", "--unix", path, "--unix", name, "--generate=1x512", "--rpop=alice"
        )
        self.assertEqual(["tcp", "tcp", "unix", "unix"], [words[0] for words in server.names])
        self.assertEqual([path, name], [words[1] for words in server.names[2:]])
        tcp = [(host, int(port)) for _, host, port in server.names[:2]]
        self.assertNotEqual(tcp[0], tcp[1])
        for address in (tcp[0], path, "\0" + name[1:]):
            client = Client(address).login()
            self.assertEqual(512, len(client.multi("RETR 1")))
            client.quit()
        # RPOP: this is the server's own user; over TCP, the port is anybody's.
        client = Client(path)
        client.ok("USER alice")
        client.ok("RPOP alice")
        client.quit()
        client = Client(tcp[0])
        client.ok("USER alice")
        self.assertRegex(client.say("RPOP alice"), rb"^-ERR \[AUTH\] ")
        client.close()

    @unittest.skipUnless(_has_ipv6(), "no IPv6")
    def test_ipv6(self):
        server = self.mailboxd("--listen=[::1]:0", "--generate=1x512", listen=False)
        kind, host, port = server.names[0]
        self.assertEqual(("tcp", "::1"), (kind, host))
        with socket.create_connection((host, int(port)), 10) as sock:
            self.assertEqual(b"+OK", sock.recv(3))

    def test_socket_file_comes_and_goes(self):
        path = self.path("sock")
        server = self.mailboxd("--unix", path, "--generate=1x512", listen=False)
        self.assertTrue(os.path.exists(path))
        server.stop()
        self.assertFalse(os.path.exists(path))

    def test_stale_socket_file_is_replaced(self):
        path = self.path("sock")
        with socket.socket(socket.AF_UNIX) as stale:
            stale.bind(path)
        self.mailboxd("--unix", path, "--generate=1x512", listen=False)
        Client(path).login().quit()

    def test_socket_of_another_server_is_not(self):
        path = self.path("sock")
        self.mailboxd("--unix", path, "--generate=1x512", listen=False)
        code, _, err = mailboxd.run("--unix", path, "--user=a:b", "--generate=1x512")
        self.assertEqual(1, code)
        self.assertIn("another server answers", err)
        Client(path).login().quit()

    def test_other_files_are_not(self):
        path = self.write("file", b"precious")
        for name in (path, "/nonexistent/sock", "x" * 108, "@", ""):
            code, _, err = mailboxd.run("--unix", name, "--user=a:b", "--generate=1x512")
            self.assertEqual(1, code)
            self.assertIn("--unix " + name, err)
        with open(path, "rb") as file:
            self.assertEqual(b"precious", file.read())

    def test_port_in_use(self):
        server = self.mailboxd("--generate=1x512")
        host, port = server.address
        code, _, err = mailboxd.run("--listen", f"{host}:{port}", "--user=a:b", "--generate=1x512")
        self.assertEqual(1, code)
        self.assertIn("in use", err)

    def test_print_ready(self):
        command = [mailboxd.MAILBOXD, "--listen=127.0.0.1:0", "--user=a:b", "--generate=1x512"]
        for number in (signal.SIGTERM, signal.SIGINT):
            with subprocess.Popen(
                command + ["--print-ready"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
            ) as process:
                self.assertRegex(process.stdout.readline(), rb"^tcp 127.0.0.1 [1-9][0-9]*\n$")
                process.send_signal(number)
                self.assertEqual(0, process.wait(TIMEOUT))

    def test_exit_with_parent(self):
        path = self.path("sock")
        command = [mailboxd.MAILBOXD, "--unix", path, "--user=a:b", "--generate=1x512"]
        command += ["--exit-with-parent", "--print-ready"]
        # A parent that starts it, waits until it is ready, and ends without a word.
        parent = [
            sys.executable,
            "-c",
            "import subprocess as s, sys; s.Popen(sys.argv[1:], stdout=s.PIPE).stdout.readline()",
        ]
        subprocess.run(parent + command, check=True, timeout=TIMEOUT)
        for _ in range(TIMEOUT * 50):
            if not os.path.exists(path):
                return
            time.sleep(0.02)
        self.fail("it is still there")

    def test_outlives_the_thread_that_started_it(self):
        servers = []
        thread = threading.Thread(
            target=lambda: servers.append(self.mailboxd("--generate=1x512"))  # --exit-with-parent
        )
        thread.start()
        thread.join()
        # Python says so a little before the kernel, whose word is what counts.
        while os.path.exists(f"/proc/self/task/{thread.native_id}"):
            time.sleep(0.01)
        servers[0].connect().login().quit()

    def test_ends_cleanly_in_the_middle_of_everything(self):
        server = self.mailboxd("--generate=1000x1M")
        clients = [server.connect() for _ in range(10)]
        clients[0].login()
        clients[0].send(b"RETR 1\r\n" * 1000)
        server.stop()
        for client in clients:
            client.close()


if __name__ == "__main__":
    unittest.main()

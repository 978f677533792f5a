"""A server in this process: a port that the kernel has chosen, and a thread for each client."""

import contextlib
import socket
import threading


class ThreadServer:
    """Listens at `port`. A subclass says in talk() what becomes of a client."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def talk(self, client):
        """Talks to a client, which is closed afterwards. An OSError ends it."""
        raise NotImplementedError

    def _serve(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._meet, args=(client,), daemon=True).start()

    def _meet(self, client):
        with client, contextlib.suppress(OSError):
            self.talk(client)

    def stop(self):
        """Takes no more clients."""
        # Closed only once the thread is out of accept: else it could go on with the descriptor's
        # number, which the next server's listener may have by then.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(60)
        self._listener.close()

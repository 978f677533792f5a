"""The user of all servers that tests start."""

USER = "alice"
PASSWORD = "wonder+land"

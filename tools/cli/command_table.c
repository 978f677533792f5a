#include "tools/cli/command_table.h"

const cli_command_row cli_command_rows[CLI_NUM_COMMANDS] = {
    [CLI_NONE] = {"", "", 0, 0, "", ""},
    [CLI_FETCH] =
        {"fetch", "", 0, 0, "fetch messages to a Maildir, an mbox, a directory or stdout",
         "Fetches messages and, with --delete, removes from the server what is safely "
         "stored. A message is stored whole or not at all. On a terminal a progress line "
         "shows messages, octets, rate and time left. A signal (Ctrl-C) or a full disk "
         "ends it within seconds: what is stored is still deleted, or it is said that the "
         "server keeps it; a second signal does not wait for the server."},
    [CLI_LIST] = {"list", "", 0, 0, "list messages and their sizes: NUMBER OCTETS",
                  "Prints a line \"NUMBER OCTETS\" for each message."},
    [CLI_UIDL] = {"uidl", "", 0, 0, "list messages and their unique ids: NUMBER UID",
                  "Prints a line \"NUMBER UID\" for each message. A unique id stays the same from "
                  "session to session, a number does not."},
    [CLI_STAT] = {"stat", "", 0, 0, "count messages and octets: COUNT OCTETS",
                  "Prints one line \"COUNT OCTETS\"."},
    [CLI_CAPA] = {"capa", "", 0, 0, "show what the server can do, before and after login",
                  "Prints the server's capabilities before the login and, if a user name is given "
                  "(--user, URL, netrc), once more after it: servers may offer other ones then."},
    [CLI_CHECK] = {"check", "", 0, 0, "show how secure the way to the server is; no login",
                   "Connects, encrypts as --tls says, and prints the security report: TLS, the "
                   "server's certificate, its names and when it expires, the capabilities before "
                   "and after, and for each way to log in whether it is usable and which would be "
                   "chosen. No credentials are asked for or sent."},
    [CLI_TOP] = {"top", "N LINES", 2, 2, "print the header and the first LINES lines of message N",
                 "Prints the octets exactly as the server sends them (lines end in CRLF)."},
    [CLI_RETR] = {"retr", "N", 1, 1, "print message N",
                  "Prints the octets exactly as the server sends them (lines end in CRLF)."},
    [CLI_DELE] =
        {"dele", "N...", 1, -1, "delete messages: all of them or none",
         "Deletes the messages with these numbers (1-5,7 works too). If one of them cannot "
         "be deleted, none is. Says whether the server did it, by exit code and words."},
    [CLI_RAW] =
        {"raw", "LINE", 1, 1, "send a line as it is and print the answer",
         "Sends LINE and prints the text behind the answer's +OK; with --multi the lines "
         "that follow it. Give --multi if, and only if, the command has a multi-line response: the "
         "reply does not show this. Put -- before a LINE that begins with a dash."},
    [CLI_PLUGINS] =
        {"plugins", "", 0, 0, "show the plugins that are linked in or loaded",
         "Prints a line for each way to reach a server and each way to log in: PLUGIN "
         "VERSION ABI KIND NAME FLAGS PATH. FLAGS are separated by commas, \"-\" if there "
         "are none; PATH is \"-\" for what is linked in."},
};

const char *cli_command_name(cli_command command) { return cli_command_rows[command].name; }

int cli_command_takes_url(cli_command command) { return command != CLI_PLUGINS; }

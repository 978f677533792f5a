#!/usr/bin/env python3
"""Writes the manual pages from what they are about, so that they cannot say something else:

  * pop3(1) from what `pop3 --help` and `pop3 COMMAND --help` print;
  * a page for each header from its comments and declarations, pop3/session.h(3), and a link to it
    for each function and type: `man pop3_retr`;
  * libpop3(3) from a text by hand, in which @HEADERS@ becomes the list of them.

    tools/man_pages.py --version VERSION --date DATE --program pop3 --overview FILE --tar OUT HEADER...

Only what follows /include/ in the path of a header is its name.
"""

import argparse
import io
import re
import subprocess
import sys
import tarfile

_COMMENT = re.compile(r"// ?(.*)$")
_FUNCTION = re.compile(r"\b(pop3_\w+)\s*\([^*]")
_TYPE_END = re.compile(r"\}\s*(pop3_\w+)\s*;|^typedef[^({]*\b(pop3_\w+)\s*;|\(\*(pop3_\w+)\)")
_OPTION = re.compile(r"^  (?:(-\w), |    )(--[\w-]+)(?: (\S+))?(?:\s+(\S.*))?$")


def escape(text):
    """Text for roff: no character of it is a command."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    text = text.replace("^", "\\(ha").replace("~", "\\(ti")
    return "\\&" + text if text.startswith((".", "\\(aq")) else text


def paragraphs(lines):
    """Roff of comment lines: prose is filled, what is indented or a list stays as it is."""
    out, filled = [], True
    for line in lines:
        as_it_is = line.startswith("  ")
        if as_it_is == filled and line:
            out.append(".nf" if as_it_is else ".fi")
            filled = not as_it_is
        if line or not filled:
            out.append(escape(line))
        elif out:
            out.append(".PP")
    if not filled:
        out.append(".fi")
    while out and out[-1] == ".PP":
        out.pop()
    return out


def blocks(text):
    """Yields (comment lines, code lines) of each group of declarations in a header."""
    comment, code, depth = [], [], 0
    for line in text.split("\n") + [""]:
        is_comment = _COMMENT.match(line)
        if line.startswith(('extern "C"', "#if", "#endif", "#include", "#else", "}")) and not depth:
            continue
        if not line and not depth:
            if comment or code:
                yield comment, code
            comment, code = [], []
        elif is_comment and not depth:
            if code:
                yield comment, code
                comment, code = [], []
            comment.append(is_comment.group(1))
        else:
            code.append(line)
            depth += line.count("{") - line.count("}")
    if depth:
        raise ValueError("braces do not match")


def declared(code):
    """Returns (functions, types) that lines of code declare."""
    text = "\n".join(re.sub(r"//.*", "", line) for line in code)
    if text.lstrip().startswith("#"):
        return [], []
    types = [name for match in _TYPE_END.finditer(text) for name in match.groups() if name]
    if "typedef" in text or text.startswith("struct"):
        return [], types
    return _FUNCTION.findall(text)[:1] if "{" in text else _FUNCTION.findall(text), []


def title(name, section, args):
    """The first line of a page."""
    return '.TH "%s" %s "%s" "libpop3 %s"' % (escape(name), section, args.date, args.version)


def header_page(name, text, args):
    """Returns the page of a header, and the names that it explains."""
    intro, body, functions, types = None, [], [], []
    for comment, code in blocks(text):
        if intro is None:
            intro = comment
            continue
        code = [line for line in code if not re.match(r"#define \w+_H_$", line)]
        if not comment and not code:
            continue
        found = declared(code)
        functions += found[0]
        types += found[1]
        if code and (comment or not re.match(r"(typedef )?struct [\w ]+;$", code[0])):
            body += [".PP", ".nf"][not body :] + ["\\fB%s\\fR" % escape(line) if line else "" for line in code]
            body += [".fi"]
        if comment:
            body += [".RS 4"] + paragraphs(comment) + [".RE"]
    if not intro:
        raise ValueError("%s does not say what it is about" % name)
    what = re.split(r"(?<=\w)\.(?:\s|$)", " ".join(intro))[0]
    page = [title(name, 3, args), ".SH NAME"]
    page += ["%s \\- %s" % (escape(name), escape(what))]
    page += [".SH SYNOPSIS", ".nf", "\\fB#include <%s>\\fR" % escape(name), ".fi"]
    page += [".SH DESCRIPTION"] + paragraphs(intro)
    if body:
        page += [".SH DECLARATIONS"] + body
    page += [".SH SEE ALSO", ".BR libpop3 (3)"]
    return "\n".join(page) + "\n", functions + types


def read_help(program, *command):
    """What the program prints for --help."""
    result = subprocess.run(
        [program, *command, "--help"], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    )
    return result.stdout.decode("utf-8")


def sections(text):
    """Splits a help text into (heading, lines); the first heading is None."""
    parts, before = [(None, [])], ""
    for line in text.rstrip("\n").split("\n"):
        if line.endswith(":") and not line.startswith(" ") and not before:
            parts.append((line[:-1], []))
        else:
            parts[-1][1].append(line)
        before = line
    return parts


def options_in(lines):
    """Yields (letter, name, value, explanation) of the options, or nothing if there are none."""
    option = None
    for line in lines:
        match = _OPTION.match(line)
        if match:
            if option:
                yield option
            letter, name, value, words = match.groups()
            # A value stands right behind the name, words from the 28th column on.
            if value and line.index(value, line.index(name) + len(name)) >= 27:
                value, words = None, line[27:]
            option = (letter, name, value, words or "")
        elif option and line.strip():
            letter, name, value, words = option
            option = (letter, name, value, (words + " " + line.strip()).strip())
    if option:
        yield option


def verbatim(lines):
    """Lines as they are."""
    return [".nf"] + [escape(line) for line in lines] + [".fi"]


def command_page(args):
    """Returns pop3(1)."""
    main_parts = sections(read_help(args.program))
    commands = [
        re.match(r"  (\w+) ?(.*?)  +(\S.*)$", line).groups()
        for heading, lines in main_parts
        if heading == "Commands"
        for line in lines
        if line
    ]
    if not commands:
        raise ValueError("the program's help has no commands")
    groups, takes, said, notes = {}, {}, {}, {}
    for name, _, _ in commands:
        for heading, lines in sections(read_help(args.program, name)):
            options = list(options_in(lines))
            if heading is None:
                said[name] = [line for line in lines if line]
            elif options:
                for option in options:
                    groups.setdefault(heading, {})[option[1]] = option
                    takes.setdefault(option[1], []).append(name)
            else:
                notes[heading] = lines
    page = [title("pop3", 1, args), ".SH NAME", "pop3 \\- fetch mail from POP3 servers"]
    page += [".SH SYNOPSIS", ".nf"]
    page += [escape(line.replace("Use: ", "").strip()) for line in main_parts[0][1][1:] if line]
    page += [".fi", ".SH COMMANDS"]
    for name, _, summary in commands:
        use, words = said[name][0].replace("Use: ", ""), " ".join(said[name][1:])
        summary = summary[0].upper() + summary[1:] + "."
        page += [".TP", "\\fB%s\\fR" % escape(use), escape(summary), escape(words)]
    page += [".SH OPTIONS"]
    few = [name for name, _, _ in commands if name not in takes["--user"]]
    for heading, options in groups.items():
        page += [".SS %s" % escape(heading)]
        for letter, name, value, words in options.values():
            short = "\\fB%s\\fR, " % escape(letter) if letter else ""
            left = "%s\\fB%s\\fR" % (short, escape(name))
            page += [".TP", left + (" \\fI%s\\fR" % escape(value) if value else ""), escape(words)]
            if len(takes[name]) < len(commands) - len(few):
                page += [".br", "Only for %s." % escape(", ".join(takes[name]))]
    for name in few:
        own = ", ".join(option for option in takes if name in takes[option])
        page += [".SS pop3 %s" % name, "takes %s only." % escape(own)]
    for heading, lines in list(notes.items()) + [(h, l) for h, l in main_parts if h == "For example"]:
        if heading == "Exit codes":
            page += [".SH EXIT STATUS"]
            for code, words in (re.match(r"\s+(\d+)\s+(.*)$", line).groups() for line in lines if line):
                page += [".TP", code, escape(words)]
        else:
            shown = {"For example": "EXAMPLES", "URLs": "URLS"}.get(heading)
            page += [".SH %s" % (shown or escape(heading))] + verbatim([l for l in lines if l])
    page += [".SH SEE ALSO", ".BR libpop3 (3)"]
    return "\n".join(page) + "\n"


def pages(args):
    """Yields (path, text) of all pages."""
    headers = []
    for path in args.headers:
        with open(path, encoding="utf-8") as file:
            headers.append((path.rpartition("/include/")[2], file.read()))
    links, summary = {}, []
    for name, text in sorted(headers):
        page, names = header_page(name, text, args)
        file = name.replace("/", "_") + ".3"
        yield "man3/" + file, page
        links.update((found, file) for found in names)
        what = re.search(r"\n\.SH NAME\n.* \\- (.*)\n", page).group(1)
        summary += [".TP", "\\fB<%s>\\fR" % escape(name), what]
    for name, file in sorted(links.items()):
        yield "man3/%s.3" % name, ".so man3/%s\n" % file
    with open(args.overview, encoding="utf-8") as file:
        text = file.read().replace("@VERSION@", args.version).replace("@DATE@", args.date)
    yield "man3/libpop3.3", text.replace("@HEADERS@", "\n".join(summary))
    yield "man1/pop3.1", command_page(args)


def main():
    """Writes the tar file."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--version", required=True)
    parser.add_argument("--date", required=True, help="of the version, as 2026-01-31")
    parser.add_argument("--program", required=True, help="the pop3 command")
    parser.add_argument("--overview", required=True, help="libpop3(3), with @HEADERS@ in it")
    parser.add_argument("--tar", required=True, help="where share/man goes")
    parser.add_argument("headers", nargs="+")
    args = parser.parse_args()
    with tarfile.open(args.tar, "w", format=tarfile.USTAR_FORMAT) as out:
        for path, text in pages(args):
            data = text.encode("utf-8")
            entry = tarfile.TarInfo("share/man/" + path)
            entry.size, entry.mode = len(data), 0o644
            out.addfile(entry, io.BytesIO(data))
    return 0


if __name__ == "__main__":
    sys.exit(main())

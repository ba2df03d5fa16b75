#!/usr/bin/env python3
"""Prints weir's manual page (roff) from what the program says of itself.

manual.py WEIR
"""
import json
import re
import subprocess
import sys

FLAGS_OF_ALL = ("Project", "Output")


def said(*arguments):
    return subprocess.run(arguments, check=True, capture_output=True, text=True).stdout


def roff(text):
    """Text as roff takes it: no character is a command."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in text.split("\n"))


def names(argument):
    long_first = sorted(argument["names"], key=lambda name: name["kind"] != "short")
    flags = [("-" if name["kind"] == "short" else "--") + name["name"] for name in long_first]
    return ", ".join(f"\\fB{roff(flag)}\\fR" for flag in flags)


def described(argument):
    if argument["kind"] == "positional":
        head = f"\\fI{roff(argument['valueName'])}\\fR"
    elif argument["kind"] == "option":
        head = f"{names(argument)} \\fI{roff(argument['valueName'])}\\fR"
    else:
        head = names(argument)
    text = argument.get("abstract", "")
    if values := argument.get("allValues"):
        text += f" One of {', '.join(values)}."
    return f".TP\n{head}\n{roff(text)}"


def shown(command):
    """The arguments to show; of a flag and its --no- form one entry."""
    found = [argument for argument in command.get("arguments", []) if argument["shouldDisplay"]]
    plain = {argument["valueName"]: argument for argument in found}
    for argument in found:
        name = argument["valueName"]
        if argument["kind"] == "flag" and name.startswith("no-") and name[3:] in plain:
            plain[name[3:]]["names"] += argument["names"]
    return [a for a in found if not (a["valueName"].startswith("no-") and a["valueName"][3:] in plain)]


def command_section(verb, command):
    lines = [f".SS weir {verb}", roff(command["abstract"])]
    for argument in shown(command):
        if argument.get("sectionTitle") not in FLAGS_OF_ALL and argument["valueName"] != "help":
            lines.append(described(argument))
    examples = re.sub(r"^Examples:\n", "", command.get("discussion", ""))
    if examples:
        lines += [".PP", "Examples:", ".PP", ".nf", roff(examples), ".fi"]
    return lines


def dumped(weir, *words):
    """What a command says of itself."""
    return json.loads(said(weir, *words, "--experimental-dump-help"))["command"]


def main(weir):
    overview = said(weir, "--help")
    verbs = re.findall(r"^  ([a-z]+) {2,}\S", overview, re.MULTILINE)
    commands = {}
    for verb in verbs:
        commands[verb] = dumped(weir, verb)
        for inner in commands[verb].get("subcommands", []):
            if inner["commandName"] != "help":
                name = f"{verb} {inner['commandName']}"
                commands[name] = dumped(weir, *name.split())
    title = overview.split("\n", 1)[0]
    version, purpose = re.fullmatch(r"weir (\S+): (.*)", title).groups()
    lines = [
        f'.TH WEIR 1 "" "weir {version}" "User Commands"',
        ".SH NAME", f"weir \\- {roff(purpose)}",
        ".SH SYNOPSIS", "\\fBweir\\fR \\fIcommand\\fR [\\fIflags\\fR]",
        ".SH DESCRIPTION",
        "Weir builds a warehouse from a folder of SQL and YAML: it reads the sources, builds the models, checks them, "
        "and publishes only what passed. A dbt project runs as it is.",
        ".SH COMMANDS",
    ]
    for verb, command in commands.items():
        lines += command_section(verb, command)
    lines.append(".SH FLAGS OF ALL COMMANDS THAT READ A PROJECT")
    lines += [described(a) for a in shown(commands["build"]) if a.get("sectionTitle") in FLAGS_OF_ALL]
    lines += [".SH EXIT STATUS"]
    for code, meaning in re.findall(r"(\d+) ([^,.]+)", overview[overview.index("Exit codes:"):]):
        lines.append(f".TP\n\\fB{code}\\fR\n{roff(meaning)}")
    lines += [
        ".SH ENVIRONMENT",
        ".TP\n\\fBNO_COLOR\\fR\nNo colors, if set.",
        ".TP\n\\fBDBT_*\\fR\nThe flags that dbt takes from the environment, such as \\fBDBT_PROFILES_DIR\\fR and "
        "\\fBDBT_TARGET_PATH\\fR.",
        ".SH FILES",
        ".TP\n\\fIweir.yml\\fR, \\fIdbt_project.yml\\fR\nThe project.",
        ".TP\n\\fIprofiles.yml\\fR\nIts targets; without one, a DuckDB file in the project's folder.",
        ".TP\n\\fItarget/\\fR\nWhat a run leaves: compiled SQL, manifest.json, run_results.json.",
        ".TP\n\\fI.weir/\\fR\nLocal state; safe to delete.",
    ]
    print("\n".join(lines))


main(*sys.argv[1:])

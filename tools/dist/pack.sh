#!/bin/bash
# Packs files into a tar.gz that is the same for the same files.
#
#   pack.sh OUT.tar.gz TOP [OPTION [FILE...]]...
#
#   TOP                     the folder that all is in
#   --headers FILE...       where their path behind the last /include/ says
#   --to DIR FILE...        into TOP/DIR
#   --program DIR FILE...   likewise, executable
#   --link DIR TO NAME      a symbolic link
#   --tar FILE...           what is in them
set -eu
export LC_ALL=C
out=$PWD/$1
top=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/$top
mkdir "$tree"

mode=
while [ $# -gt 0 ]; do
  case $1 in
  --headers | --tar)
    mode=$1
    shift
    ;;
  --to | --program)
    mode=$1 dir=$2
    mkdir -p "$tree/$dir"
    shift 2
    ;;
  --link)
    mkdir -p "$tree/$2"
    ln -s "$3" "$tree/$2/$4"
    shift 4
    ;;
  *)
    case $mode in
    --headers) install -D -m 644 "$1" "$tree/include/${1##*/include/}" ;;
    --to) install -m 644 "$1" "$tree/$dir/" ;;
    --program) install -m 755 "$1" "$tree/$dir/" ;;
    --tar) tar -x -f "$1" -C "$tree" ;;
    *)
      echo "pack.sh: $1 is not an option" >&2
      exit 2
      ;;
    esac
    shift
    ;;
  esac
done

find "$tree" -type d -exec chmod 755 {} +
tar -c --format=ustar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C "$work" "$top" |
  gzip -9 -n >"$out"

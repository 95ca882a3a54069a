#!/bin/sh
# Makes debian:bookworm-slim, from which all images here are built, on a machine that can reach Debian's packages but no
# image registry. Does nothing where the image is there or can be pulled.
set -eu
image=debian:bookworm-slim
docker image inspect "$image" >/dev/null 2>&1 && exit 0
timeout 60 docker pull "$image" >/dev/null 2>&1 && exit 0
command -v debootstrap >/dev/null || {
  echo "$image can neither be pulled nor made: install debootstrap (apt-get install debootstrap) and run this again." >&2
  exit 1
}
echo "making $image with debootstrap"
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
debootstrap --variant=minbase bookworm "$root" >"$root.log" 2>&1 || {
  tail -20 "$root.log" >&2
  exit 1
}
rm -rf "$root.log" "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/usr/share/doc "$root"/usr/share/man "$root"/usr/share/locale
tar -C "$root" -c . | docker import --change 'CMD ["bash"]' - "$image" >/dev/null

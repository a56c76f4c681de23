#!/usr/bin/env bash
# Gets this machine ready for Companion; `make run` and `make test` call it.
#
#   scripts/setup.sh run     what the program needs
#   scripts/setup.sh test    the same, and what its tests need
#
# In order: system packages, .venv, uv, the pinned Python packages (llama-cpp-python is compiled, once), the project
# itself, the starter models. A step that is done is skipped without touching the network, so a second run takes a moment.
# PYTHON=... chooses the interpreter, CMAKE_ARGS=... how llama-cpp-python is compiled.
set -euo pipefail
export LC_ALL=C
cd -P "$(dirname "${BASH_SOURCE[0]}")/.."
purpose=${1:-run}

say() { printf '==> %s\n' "$*"; }
stop() {
    printf '\nSet-up stopped: %s\n' "$*" >&2
    exit 1
}

# --- system packages -------------------------------------------------------------------------------------------------

# for what is looked for            Debian, Ubuntu       Fedora                   Arch
needs='
run   python:interpreter             python3              python3                  python
run   python:venv                    @python@-venv        python3                  python
run   python:headers                 @python@-dev         python3-devel            python
run   cmd:c++                        build-essential      gcc-c++                  base-devel
run   cmd:cmake                      cmake                cmake                    cmake
run   cmd:ninja                      ninja-build          ninja-build              ninja
run   file:/usr/include/linux/input.h linux-libc-dev       kernel-headers           linux-api-headers
run   lib:libportaudio.so.2          libportaudio2        portaudio                portaudio
run   alsa:pulse                     libasound2-plugins   alsa-plugins-pulseaudio  alsa-plugins
run   lib:libEGL.so.1                libegl1              libglvnd-egl             libglvnd
run   lib:libGL.so.1                 libgl1               libglvnd-glx             libglvnd
run   lib:libdbus-1.so.3             libdbus-1-3          dbus-libs                dbus
run   lib:libfontconfig.so.1         libfontconfig1       fontconfig               fontconfig
run   lib:libfreetype.so.6           libfreetype6         freetype                 freetype2
run   lib:libgthread-2.0.so.0        libglib2.0-0         glib2                    glib2
run   lib:libX11-xcb.so.1            libx11-xcb1          libX11-xcb               libx11
run   lib:libxkbcommon-x11.so.0      libxkbcommon-x11-0   libxkbcommon-x11         libxkbcommon-x11
run   lib:libxcb-cursor.so.0         libxcb-cursor0       xcb-util-cursor          xcb-util-cursor
run   lib:libxcb-icccm.so.4          libxcb-icccm4        xcb-util-wm              xcb-util-wm
run   lib:libxcb-image.so.0          libxcb-image0        xcb-util-image           xcb-util-image
run   lib:libxcb-keysyms.so.1        libxcb-keysyms1      xcb-util-keysyms         xcb-util-keysyms
run   lib:libxcb-render-util.so.0    libxcb-render-util0  xcb-util-renderutil      xcb-util-renderutil
run   lib:libxcb-randr.so.0          libxcb-randr0        libxcb                   libxcb
run   lib:libxcb-shape.so.0          libxcb-shape0        libxcb                   libxcb
run   lib:libxcb-sync.so.1           libxcb-sync1         libxcb                   libxcb
run   lib:libxcb-xfixes.so.0         libxcb-xfixes0       libxcb                   libxcb
run   lib:libxcb-xkb.so.1            libxcb-xkb1          libxcb                   libxcb
run   lib:libwayland-cursor.so.0     libwayland-cursor0   libwayland-cursor        wayland
run   lib:libwayland-egl.so.1        libwayland-egl1      libwayland-egl           wayland
run   fonts:any                      fonts-dejavu-core    dejavu-sans-fonts        ttf-dejavu
test  cmd:pulseaudio                 pulseaudio           pulseaudio               pulseaudio
test  cmd:pactl                      pulseaudio-utils     pulseaudio-utils         libpulse
test  cmd:Xvfb                       xvfb                 xorg-x11-server-Xvfb     xorg-server-xvfb
test  cmd:xdotool                    xdotool              xdotool                  xdotool
test  cmd:sox                        sox                  sox                      sox
test  cmd:dbus-daemon                dbus-daemon          dbus-daemon              dbus
test  cmd:desktop-file-validate      desktop-file-utils   desktop-file-utils       desktop-file-utils
'

python_works() { "$1" -c "$2" >/dev/null 2>&1; }

find_python() { # sets `python`: the first interpreter that is new enough
    local candidate
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if python_works "$candidate" 'import sys; sys.exit(sys.version_info < (3, 11))'; then
            python=$candidate
            return
        fi
    done
    python=
}

have() { # have KIND:NAME
    local name=${1#*:}
    case $1 in
        python:interpreter) [ -n "$python" ] ;;
        python:venv) python_works "$python" 'import ensurepip, venv' ;;
        python:headers)
            python_works "$python" 'import sysconfig as s; open(s.get_path("include") + "/Python.h").close()' ;;
        lib:*) grep -qF "$name (" <<<"$libraries" ;;
        cmd:*) command -v "$name" >/dev/null ;;
        file:*) [ -e "$name" ] ;;
        alsa:*) compgen -G '/usr/lib*/alsa-lib/*_pcm_pulse.so' || compgen -G '/usr/lib/*/alsa-lib/*_pcm_pulse.so' ;;
        fonts:*) [ -n "$(find /usr/share/fonts -name '*.[to]tf' -print -quit 2>/dev/null)" ] ;;
    esac >/dev/null
}

missing() { # prints one line of three names (Debian, Fedora, Arch) for each need that is not met
    local when need names
    libraries=$(PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null || true)
    while read -r when need names; do
        if [ -n "$when" ] && { [ "$when" = run ] || [ "$purpose" = test ]; } && ! have "$need"; then
            local package=python3
            case $python in *[0-9].[0-9]*) package=${python##*/} ;; esac
            printf '%s\n' "${names//@python@/$package}"
        fi
    done <<<"$needs"
}

column() { awk -v column="$1" '!seen[$column]++ { printf " %s", $column }'; }

as_root() { # runs as root, with sudo where needed; fails where that cannot be
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif ! command -v sudo >/dev/null; then
        return 1
    elif [ -t 0 ]; then
        sudo "$@"
    else
        sudo -n "$@"
    fi
}

install_system_packages() {
    local lines packages
    lines=$(missing)
    [ -n "$lines" ] || return 0
    packages=$(column 1 <<<"$lines")
    if command -v apt-get >/dev/null; then
        say "installing system packages:$packages"
        if as_root true 2>/dev/null; then
            local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -q)
            as_root "${apt[@]}" update || say 'some package lists could not be refreshed; going on'
            # shellcheck disable=SC2086 # one word a package
            as_root "${apt[@]}" install -y --no-install-recommends $packages </dev/null || true
            find_python
            lines=$(missing)
            [ -n "$lines" ] || return 0
            packages=$(column 1 <<<"$lines")
        fi
        check_python
        stop "these system packages are missing. Install them and run the same command again:
    sudo apt-get install$packages"
    elif command -v dnf >/dev/null; then
        stop "system packages are missing. Run this, then the same command again:
    sudo dnf install$(column 2 <<<"$lines")"
    elif command -v pacman >/dev/null; then
        stop "system packages are missing. Run this, then the same command again:
    sudo pacman -S --needed$(column 3 <<<"$lines")"
    fi
    stop "these packages are missing, by their Debian names:$packages
Install what your system calls them, then run the same command again."
}

check_python() {
    [ -n "$python" ] || ! command -v python3 >/dev/null ||
        stop "Companion needs Python 3.11 or newer, and this system's is $(python3 -V). Install a newer one beside it
(Ubuntu 22.04: sudo apt-get install python3.11 python3.11-venv python3.11-dev) and run the same command again."
}

# --- Python packages -------------------------------------------------------------------------------------------------

stamps=.venv/stamps
done_before() { [ "$(cat "$stamps/$1" 2>/dev/null)" = "$2" ]; } # done_before STEP KEY
stamp() { mkdir -p $stamps && printf '%s' "$2" >"$stamps/$1"; }  # stamp STEP KEY
hash_of() { cat "$@" | cksum; }

create_venv() {
    # pip's first line names the folder it was made in: a copied or moved .venv is made anew.
    if ! python_works .venv/bin/python 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        ! grep -qF "$PWD/.venv/bin/" .venv/bin/pip; then
        say "creating .venv with $("$python" -V)"
        "$python" -m venv --clear .venv
    fi
}

install_uv() {
    local key
    key=$(hash_of requirements/uv.txt)
    done_before uv "$key" && return
    say 'installing uv, which installs the rest'
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
    stamp uv "$key"
}

find_gpu() { # sets `gpu`, and CMAKE_ARGS to how llama-cpp-python is compiled
    local flags=-DLLAVA_BUILD=OFF nvcc
    gpu=
    if command -v nvidia-smi >/dev/null && nvidia-smi -L 2>/dev/null | grep -q '^GPU'; then
        gpu=nvidia
        nvcc=$(command -v nvcc || compgen -G '/usr/local/cuda*/bin/nvcc' | tail -n 1 || true)
        if [ -n "$nvcc" ]; then
            flags+=' -DGGML_CUDA=on'
            export CUDACXX=${CUDACXX:-$nvcc}
        else
            say 'an NVIDIA card is here, but no CUDA compiler (nvcc): the language model will run on the processor.'
            say 'To use the card, install the CUDA toolkit (Debian, Ubuntu: nvidia-cuda-toolkit) and run make again.'
        fi
    fi
    default_flags=-DLLAVA_BUILD=OFF
    export CMAKE_ARGS=${CMAKE_ARGS:-$flags}
}

install_packages() {
    local lists=(requirements/run.txt) options=() key
    # Once the tests' packages are there they stay, so that `make run` after `make test` changes nothing.
    if [ "$purpose" = test ] || [ -e $stamps/dev ]; then lists=(requirements/dev.txt); fi
    if [ -n "$gpu" ] && [ "$(uname)" = Linux ]; then lists+=(requirements/gpu.txt); fi
    key="$(hash_of "${lists[@]}" requirements/build.txt) $CMAKE_ARGS ${lists[*]}"
    done_before packages "$key" && return

    say 'installing Python packages; compiling llama-cpp-python takes some minutes, once'
    if [ "$CMAKE_ARGS" != "$default_flags" ]; then
        # uv keeps what it compiled by package and settings, not by CMAKE_ARGS: tell the builds apart.
        options+=(--config-settings-package "llama-cpp-python:cmake.define.COMPANION_BUILD=$(cksum <<<"$CMAKE_ARGS" | cut -d' ' -f1)")
    fi
    if [ "$(cat $stamps/llama 2>/dev/null || echo "$default_flags")" != "$CMAKE_ARGS" ]; then
        options+=(--reinstall-package llama-cpp-python)
    fi
    rm -f $stamps/project # `sync` removes what is not in the list, the project too
    .venv/bin/uv pip sync --python .venv/bin/python --require-hashes --build-constraints requirements/build.txt \
        --compile-bytecode ${options[@]+"${options[@]}"} "${lists[@]}" ||
        stop 'a Python package could not be installed; the lines above say which. Run the same command again to go on.'
    stamp llama "$CMAKE_ARGS"
    if [ "${lists[0]}" = requirements/dev.txt ]; then stamp dev yes; fi
    stamp packages "$key"
}

install_project() {
    local key
    key="$(hash_of pyproject.toml) $PWD"
    done_before project "$key" && return
    say 'installing Companion into .venv, as a link to this folder'
    .venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --build-constraints requirements/build.txt --editable .
    stamp project "$key"
}

# ---------------------------------------------------------------------------------------------------------------------

find_python
if [ "$(uname)" = Linux ]; then
    install_system_packages
else
    command -v c++ >/dev/null || stop 'a C++ compiler is missing. On macOS run: xcode-select --install'
fi
check_python
[ -n "$python" ] || stop 'Python 3.11 or newer is missing: see https://www.python.org/downloads/'
create_venv
install_uv
find_gpu
install_packages
install_project
.venv/bin/python scripts/download_models.py starter

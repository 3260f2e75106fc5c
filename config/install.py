"""Make .venv with the packages of a requirements file: `python3 -m config.install requirements-dev.txt`.

Standard library only. A stamp in .venv names the digest of what was installed, so a second run costs milliseconds.
"""

import config.required_python  # noqa: I001, F401  first, before anything that an old Python cannot parse

import hashlib
import sys
from pathlib import Path

from config.local_run.supervise import Stopped, Tree

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"


def list_requirement_files(requirements: Path) -> list[Path]:
    """Return the file and those that its `-r` lines include."""
    lines = requirements.read_text().splitlines()
    included = [requirements.parent / line[3:].strip() for line in lines if line.startswith("-r ")]
    return [requirements] + [file for path in included for file in list_requirement_files(path)]


def digest_requirements(requirements: Path) -> str:
    content = b"\0".join(path.read_bytes() for path in list_requirement_files(requirements))
    return hashlib.sha256(content).hexdigest()


def stamp_path(requirements: Path) -> Path:
    return VENV / f".plumbline-{requirements.stem}"


def is_installed(requirements: Path) -> bool:
    stamp = stamp_path(requirements)
    return PYTHON.exists() and stamp.is_file() and stamp.read_text() == digest_requirements(requirements)


def install(tree: Tree, requirements: Path) -> None:
    """Bring .venv up to date; exits with one line (below pip's own) where that fails. Raises Stopped."""
    if is_installed(requirements):
        return
    if not PYTHON.exists() or tree.run("venv", [str(PYTHON), "-c", "import pip"])[0]:
        print("Making .venv", flush=True)
        if tree.run("venv", [sys.executable, "-m", "venv", "--clear", str(VENV)])[0]:
            sys.exit("Plumbline could not make .venv: does this Python have venv? On Debian: apt install python3-venv")
    print(f"Installing {requirements.name} (once, about a minute)", flush=True)
    pip = [str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input"]
    if tree.run("pip", [*pip, "--requirement", str(requirements)])[0]:
        sys.exit(f"Plumbline could not install {requirements.name}: pip says why above")
    for path in list_requirement_files(requirements):
        stamp_path(path).write_text(digest_requirements(path))


def main() -> None:
    tree = Tree()
    tree.listen()
    try:
        install(tree, ROOT / sys.argv[1])
    except Stopped:
        sys.exit(1)
    finally:
        tree.stop()


if __name__ == "__main__":
    main()

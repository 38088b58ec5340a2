"""install.py: uv installs what pip would, from where pip is configured to look, or pip does."""

import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import install

ROOT = Path(__file__).resolve().parent.parent


def _make_wheel(folder: Path) -> str:
    """A package of one module; gives its hash."""
    path = folder / "tinything-1.0-py3-none-any.whl"
    info = "tinything-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("tinything.py", "SIZE = 'tiny'\n")
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tinything\nVersion: 1.0\n")
        tag = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        wheel.writestr(f"{info}/WHEEL", tag)
        wheel.writestr(f"{info}/RECORD", f"tinything.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n")
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Place:
    """A folder of wheels that pip is configured to look in, and an environment to fill."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.digest = _make_wheel(folder)
        self.python = folder / "env" / "bin" / "python"
        command = [sys.executable, "-m", "venv", "--without-pip", str(folder / "env")]
        subprocess.run(command, check=True)
        (folder / "pip.conf").write_text(f"[global]\nno-index = true\nfind-links = {folder}\n")

    def install(self, digest: str, **environment: str) -> subprocess.CompletedProcess[str]:
        lock = self.folder / "a.lock"
        lock.write_text(f"tinything==1.0 \\\n    --hash=sha256:{digest}\n")
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "UV_"))}
        kept |= {"PIP_CONFIG_FILE": str(self.folder / "pip.conf")}
        kept |= {"UV_CACHE_DIR": str(self.folder / "cache")}
        command = [sys.executable, "install.py", str(lock), "--python", str(self.python)]
        return subprocess.run(
            command, cwd=ROOT, env=kept | environment, capture_output=True, text=True, check=False
        )

    def installer(self) -> str:
        (path,) = (self.folder / "env").rglob("tinything-1.0.dist-info/INSTALLER")
        return path.read_text().strip()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_uv_installs_from_where_pip_is_configured_to_look(place: Place) -> None:
    """uv reads no pip.conf: without the handover it would ask the public index."""
    done = place.install(place.digest)
    assert (done.returncode, done.stderr) == (0, "")
    assert place.installer() == "uv"
    assert list((place.folder / "env").rglob("tinything*.pyc")), "compiled, as pip leaves it"


def test_pip_goes_on_where_a_setting_has_no_word_in_uv(place: Place) -> None:
    """A line names the setting; what is installed is the same."""
    done = place.install(place.digest, PIP_KEYRING_PROVIDER="disabled")
    assert done.returncode == 0, done.stderr
    assert "Installing by pip" in done.stderr and "keyring-provider" in done.stderr
    assert place.installer() == "pip"


def test_a_file_that_is_not_the_locked_one_is_installed_by_neither(place: Place) -> None:
    """Neither uv nor pip takes a wheel of another hash, and make hears of it."""
    done = place.install("0" * 64)
    assert done.returncode != 0
    assert not list((place.folder / "env").rglob("tinything*"))


def test_every_setting_that_names_a_place_is_handed_over() -> None:
    """Indexes, folders, certificate, proxy: PIP_* over [install] over [global], as in pip."""
    listing = (
        "global.index-url='https://global.example/simple'\n"
        "install.index-url='https://install.example/simple'\n"
        "global.extra-index-url='\\nhttps://a.example/simple\\nhttps://b.example/simple'\n"
        "global.find-links='/wheels /more'\n"
        "download.find-links='/others'\n"
        "global.trusted-host='a.example'\n"
        "global.disable-pip-version-check='1'\n"
        "global.no-index='false'\n"
        ":env:.cert='/etc/ca.pem'\n"
        ":env:.proxy='http://proxy.example:3128'\n"
        ":env:.default-timeout='180'\n"
    )
    handover = install.translate(install.read_settings(listing))
    assert handover.environment == {
        "UV_DEFAULT_INDEX": "https://install.example/simple",
        "UV_EXTRA_INDEX_URL": "https://a.example/simple https://b.example/simple",
        "SSL_CERT_FILE": "/etc/ca.pem",
        "HTTP_PROXY": "http://proxy.example:3128",
        "HTTPS_PROXY": "http://proxy.example:3128",
        "UV_HTTP_TIMEOUT": "180",
    }
    places = ["--find-links", "/wheels", "--find-links", "/more"]
    assert handover.arguments == [*places, "--allow-insecure-host", "a.example"]


def test_the_lock_names_uv() -> None:
    """With the hash of each platform's wheel: pip fetches it first."""
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert "\nuv==" in lock

"""Certificates of the tests' own, and a server on loopback that shows one."""

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from checks.target import ScheduleTarget
from tests.helpers.checking import target_at

PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n%s\r\n"
OURS = "IP:127.0.0.1"
KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
CA = """\
[ca]
default_ca = c
[c]
database = index.txt
serial = serial
new_certs_dir = .
certificate = root.pem
private_key = root.key
default_md = sha256
policy = p
x509_extensions = e
[p]
commonName = supplied
[e]
basicConstraints = critical,CA:TRUE
"""


def openssl(folder: Path, *words: str) -> None:
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


def made(folder: Path, name: str, days: int = 60) -> Path:
    """Make an authority and a certificate of its own for *name*; a certificate for 0 days has run out."""
    folder.mkdir(exist_ok=True)
    openssl(folder, "req", "-x509", *KEY, "-keyout", "ca.key", "-out", "ca.pem", "-days", "9", "-subj", "/CN=tests")
    asked = ("-subj", "/CN=x", "-addext", f"subjectAltName={name}")
    openssl(folder, "req", *KEY, "-keyout", "key.pem", "-out", "asked.pem", *asked)
    signed = ("-CA", "ca.pem", "-CAkey", "ca.key", "-copy_extensions", "copy", "-days", str(days))
    openssl(folder, "x509", "-req", "-in", "asked.pem", *signed, "-out", "cert.pem")
    return folder


def chained(folder: Path, until: str) -> Path:
    """Make a certificate for this machine that an authority has signed whose own certificate is valid *until* then."""
    folder.mkdir()
    for name, text in (("ca.cnf", CA), ("index.txt", ""), ("serial", "77")):
        (folder / name).write_text(text, encoding="utf-8")
    openssl(
        folder, "req", "-x509", *KEY, "-keyout", "root.key", "-out", "root.pem", "-days", "900", "-subj", "/CN=Root"
    )
    openssl(folder, "req", *KEY, "-keyout", "int.key", "-out", "int.csr", "-subj", "/CN=Intermediate")
    dates = ("-startdate", "240101000000Z", "-enddate", until, "-notext")
    openssl(folder, "ca", "-batch", "-config", "ca.cnf", "-in", "int.csr", "-out", "int.pem", *dates)
    asked = ("-subj", "/CN=x", "-addext", f"subjectAltName={OURS}")
    openssl(folder, "req", *KEY, "-keyout", "key.pem", "-out", "asked.pem", *asked)
    signed = ("-CA", "int.pem", "-CAkey", "int.key", "-copy_extensions", "copy", "-days", "90")
    openssl(folder, "x509", "-req", "-in", "asked.pem", *signed, "-out", "leaf.pem")
    both = (folder / "leaf.pem").read_text(encoding="utf-8") + (folder / "int.pem").read_text(encoding="utf-8")
    (folder / "cert.pem").write_text(both, encoding="utf-8")
    (folder / "root.pem").rename(folder / "ca.pem")
    return folder


@contextmanager
def served(folder: Path, header: bytes = b"", *, outdated: bool = False) -> Iterator[ScheduleTarget]:
    """Serve one page over TLS with the certificate in *folder*, whose authority the target trusts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    if outdated:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED

    def answer(server: socket.socket) -> None:
        while True:
            try:
                plain, _ = server.accept()
            except OSError:
                return
            try:
                with context.wrap_socket(plain, server_side=True) as spoken:
                    spoken.recv(4096)
                    spoken.sendall(PAGE % header)
            except OSError:
                plain.close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=answer, args=(server,), daemon=True)
        thread.start()
        url = f"https://127.0.0.1:{server.getsockname()[1]}"
        yield target_at(url, ca_file=str(folder / "ca.pem"))
        server.shutdown(socket.SHUT_RDWR)
        thread.join()

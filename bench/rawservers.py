"""What ours is held against: the raw oxigraph server on the same quads, nginx on the same files."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bench.federation import Federation
from bench.processes import PYTHON, Serving, free_port, run, serving

_NGINX: Final = """
daemon off; pid {folder}/nginx.pid; error_log stderr crit; worker_processes 1; {user}
events {{}}
http {{
  access_log off; default_type application/ld+json;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  server {{ listen 127.0.0.1:{port}; root {folder}; }}
}}
"""


@contextmanager
def oxigraph(federation: Federation) -> Iterator[Serving]:
    """`oxigraph serve` of what the registry published."""
    program = Path(PYTHON).parent / "oxigraph"
    location = federation.folder / "oxigraph"
    if not location.exists():
        run([program, "load", "--location", location, "--file", federation.quads])
    port = free_port()
    with serving([program, "serve", "-l", location, "-b", f"127.0.0.1:{port}"], port) as server:
        yield server


@contextmanager
def nginx(folder: Path, files: Mapping[str, bytes]) -> Iterator[Serving | None]:
    """nginx with these files; None where it is not installed."""
    if shutil.which("nginx") is None:
        yield None
        return
    root = folder / "nginx"
    for path, content in files.items():
        file = root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    port = free_port()
    user = "user root;" if Path("/root").owner() == root.owner() else ""
    settings = root / "nginx.conf"
    settings.write_text(_NGINX.format(folder=root, port=port, user=user), "utf-8")
    with serving(["nginx", "-c", settings], port) as server:
        yield server

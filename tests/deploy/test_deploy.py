"""The examples in deploy/: what they declare starts, and two web hosts show the same release."""

import re
import subprocess

import pytest

from registry.app import most_body_bytes
from registry.settings import SETTINGS, load_settings
from tests.cli.conftest import free_port, until
from tests.deploy.conftest import (
    DEPLOY,
    Machine,
    answer,
    services,
    unit,
    unit_command,
    unit_environment,
)

UNITS = sorted(path.name for path in (DEPLOY / "systemd").glob("*.service"))
VERBUND = [name for name, service in services().items() if service["image"] == "verbund"]


@pytest.mark.slow
def test_the_compose_file_makes_two_web_hosts_that_show_the_same_release(machine: Machine) -> None:
    declared = services()

    def start(name: str, home: str, port: int | None = None) -> "subprocess.Popen[str]":
        service = declared[name]
        return machine.start(service["command"], service["environment"], home=home, port=port)

    assert start("init", "init").wait(60) == 0, machine.logs()
    start("work", "work-1")
    start("work", "work-2")
    ports = {host: free_port() for host in ("a", "b")}
    for host, port in ports.items():
        start(f"project-{host}", f"host-{host}")
        start(f"web-{host}", f"host-{host}", port)
    _await_release(ports.values(), machine)
    answers = [answer(port, "/status.json").json() for port in ports.values()]
    assert len({(one["release"], one["setHash"]) for one in answers}) == 1
    assert all(one["counts"]["actor"] == 10 for one in answers)
    for port in ports.values():
        _check_as_an_operator_would(port)


@pytest.mark.slow
def test_the_units_make_a_host_with_two_web_processes(machine: Machine) -> None:
    def start(name: str, instance: str = "", port: int | None = None) -> "subprocess.Popen[str]":
        environment = unit_environment(name, instance)
        assert port is None or environment["VERBUND_PORT"] == str(port)
        return machine.start(unit_command(name), environment, home="var", port=port)

    assert start("verbund-init.service").wait(60) == 0, machine.logs()
    start("verbund-work@.service", "1")
    start("verbund-project.service")
    ports = (free_port(), free_port())
    for port in ports:
        start("verbund-web@.service", str(port), port)
    _await_release(ports, machine)
    for port in ports:
        _check_as_an_operator_would(port)


def _await_release(ports, machine: Machine) -> None:
    def all_ready() -> bool:
        found = [answer(port, "/readyz") for port in ports]
        return all(one is not None and one.ok and one.json()["release"] >= 1 for one in found)

    try:
        until(all_ready)
    except AssertionError:
        raise AssertionError(machine.logs()) from None


def _check_as_an_operator_would(port: int) -> None:
    """Figures for this machine and none through the proxy, and no word of which server it is."""
    metrics = answer(port, "/metrics")
    assert re.search(r"^verbund_release \d", metrics.text, re.M)
    assert metrics.headers.get("Connection") == "close"
    proxied = {"X-Forwarded-For": "127.0.0.1"}
    assert answer(port, "/metrics", proxied).status_code == 403
    assert "granian" not in str(metrics.headers).lower()


def test_every_variable_is_a_setting() -> None:
    known = {setting.variable for setting in SETTINGS}
    named = set(unit_environment("verbund-web@.service", "1"))
    for name in VERBUND:
        named |= services()[name]["environment"].keys()
    assert named <= known


@pytest.mark.parametrize("name", VERBUND)
def test_no_container_can_gain_rights_or_take_all_memory(name: str) -> None:
    service = services()[name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "mem_limit" in service or name == "init"


def test_what_init_saves_before_it_migrates_outlasts_its_container() -> None:
    init = services()["init"]
    assert "/var/lib/verbund" not in init["tmpfs"]
    assert [volume.split(":")[1] for volume in init["volumes"]] == ["/var/lib/verbund"]


@pytest.mark.parametrize("name", UNITS)
def test_every_unit_is_confined_and_lets_query_workers_confine_themselves(name: str) -> None:
    keys = unit(name)
    expected = {
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "PrivateTmp": "yes",
        "CapabilityBoundingSet": "",
        "StateDirectory": "verbund",
    }
    assert {key: keys[key][0] for key in expected} == expected
    assert "MemoryMax" in keys or name == "verbund-init.service"
    # A query worker limits its address space itself, filters its system calls and, where that is
    # not permitted, leaves the network by unshare.
    assert "LimitAS" not in keys
    if "serve" in unit_command(name):
        assert "unshare" in keys["SystemCallFilter"][0].split()
        assert keys["RestrictNamespaces"] == ["user net"]


def test_the_proxy_takes_what_the_registry_takes_and_believes_no_client() -> None:
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text
    assert int(re.findall(r"client_max_body_size (\d+)k;", text)[0]) * 1024 >= most_body_bytes(
        load_settings({})
    )
    upstream = re.findall(r"^    server (\S+):8000;$", text, re.M)
    assert upstream == [name for name in VERBUND if name.startswith("web-")]

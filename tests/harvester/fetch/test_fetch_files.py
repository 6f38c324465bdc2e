"""file: URLs: only what the operator named, and only when it changed."""

import hashlib
import os

import pytest

from harvester.fetch import FetchLimits, Validators


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "hubs"
    folder.mkdir()
    (tmp_path / "secret.json").write_text("{}")
    return folder


@pytest.fixture
def files(root, new_fetcher):
    return new_fetcher(file_roots=(root,))


def test_a_file_is_a_page(root, files):
    path = root / "Vereine & Träger.json"
    path.write_bytes(b"[1]")
    url = path.as_uri()
    assert "%26" in url or "&" in url
    page = files.fetch(url)
    assert (page.url, page.status, page.body) == (url, 200, b"[1]")
    assert page.sha256 == hashlib.sha256(b"[1]").hexdigest()
    assert (page.media_type, page.charset, page.end_proven) == (None, None, True)


@pytest.mark.parametrize("form", ["file://{}", "file://localhost{}", "file:{}", "FILE://{}"])
def test_the_forms_of_a_local_file_url_are_understood(root, files, form):
    (root / "a.json").write_bytes(b"[]")
    assert files.fetch(form.format(root / "a.json")).body == b"[]"


def test_an_unchanged_file_has_no_body(root, files):
    path = root / "a.json"
    path.write_bytes(b"[]")
    first = files.fetch(path.as_uri())
    again = files.fetch(path.as_uri(), validators=first.validators)
    assert (again.status, again.body, again.validators) == (304, None, first.validators)
    assert first.validators.etag is not None
    assert first.validators.etag.startswith('W/"')


def test_a_file_that_changed_has_a_body_even_if_its_size_and_time_did_not(root, files):
    path = root / "a.json"
    path.write_bytes(b"[1]")
    known = files.fetch(path.as_uri()).validators
    times = (path.stat().st_atime_ns, path.stat().st_mtime_ns)
    replacement = root / "a.new"
    while not replacement.exists() or replacement.stat().st_ctime_ns == path.stat().st_ctime_ns:
        replacement.write_bytes(b"[2]")  # until the file system's clock has ticked
    os.utime(replacement, ns=times)
    replacement.replace(path)
    assert files.fetch(path.as_uri(), validators=known).body == b"[2]"


def test_validators_of_another_page_do_not_hold(root, files):
    (root / "a.json").write_bytes(b"[]")
    for other in (Validators(), Validators(etag='"1"', last_modified="yesterday")):
        assert files.fetch((root / "a.json").as_uri(), validators=other).body == b"[]"


def test_without_named_folders_every_file_is_refused_and_the_setting_explained(
    root, new_fetcher, problem_of
):
    (root / "a.json").write_bytes(b"[]")
    problem = problem_of(new_fetcher(), (root / "a.json").as_uri())
    assert problem.code == "fetch.file_roots_unset"
    assert f"VERBUND_FILE_ROOTS={root} " in problem.de
    assert f"VERBUND_FILE_ROOTS={root} " in problem.en


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "{root}/../secret.json",
        "{root}/%2e%2e/secret.json",
        "{root}/%2E%2E%2Fsecret.json",
        "{root}/link.json",
        "{root}/folder-link/secret.json",
        "{root}-sibling/a.json",
        "{root}/../no-such-file",
    ],
)
def test_nothing_outside_of_the_named_folders_is_read(root, files, problem_of, path):
    """And the answer is the same whether something is there or not."""
    (root / "link.json").symlink_to(root.parent / "secret.json")
    (root / "folder-link").symlink_to(root.parent)
    sibling = root.with_name(root.name + "-sibling")
    sibling.mkdir()
    (sibling / "a.json").write_bytes(b"[]")
    url = "file://" + path.format(root=root)
    assert problem_of(files, url).code == "fetch.file_outside"


def test_a_link_within_the_named_folders_is_followed_even_if_they_are_links(root, new_fetcher):
    (root / "a.json").write_bytes(b"[]")
    (root / "link.json").symlink_to("a.json")
    named = root.with_name("named")
    named.symlink_to(root)
    fetcher = new_fetcher(file_roots=(named,))
    assert fetcher.fetch((named / "link.json").as_uri()).body == b"[]"


@pytest.mark.parametrize(
    "url",
    [
        "file://otherhost{root}/a.json",
        "file://127.0.0.1{root}/a.json",
        "file:a.json",
        "file://{root}/a.json?download",
        "file://{root}/a.json#part",
        "file://{root}/a%00.json",
        "file://{root}/%FF.json",
        "file://{root}/loop",
        "file://{root}/a.json\n",
        "file:",
    ],
)
def test_doubtful_file_urls_are_refused(root, files, problem_of, url):
    (root / "a.json").write_bytes(b"[]")
    (root / "loop").symlink_to("loop")
    assert problem_of(files, url.format(root=root)).code in (
        "fetch.url",
        "fetch.file_unreadable",
    )


def test_only_regular_files_are_read(root, files, problem_of):
    """A folder, and a pipe that nobody writes to: reading it would wait for ever."""
    os.mkfifo(root / "pipe")
    (root / "folder").mkdir()
    for name in ("pipe", "folder"):
        assert problem_of(files, (root / name).as_uri()).code == "fetch.file_kind"
    assert problem_of(files, root.as_uri()).code == "fetch.file_kind"


def test_a_missing_file_is_a_problem_that_names_it(root, files, problem_of):
    problem = problem_of(files, (root / "missing.json").as_uri())
    assert problem.code == "fetch.file_unreadable"
    assert "missing.json" in problem.en


def test_a_file_larger_than_a_page_is_refused(root, new_fetcher, problem_of):
    limits = FetchLimits(max_page_bytes=1000)
    fetcher = new_fetcher(file_roots=(root,), limits=limits)
    (root / "a.csv").write_bytes(b"x" * 1000)
    assert len(fetcher.fetch((root / "a.csv").as_uri()).body) == 1000
    (root / "a.csv").write_bytes(b"x" * 1001)
    assert problem_of(fetcher, (root / "a.csv").as_uri()).code == "fetch.too_large"

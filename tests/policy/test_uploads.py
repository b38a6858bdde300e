"""No form takes a file."""

from io import BytesIO

import pytest
from django.test import RequestFactory


@pytest.fixture
def form():
    """With a field before a file and one behind it, and how much of it was read."""
    parts = [
        ("name", b"ada"),
        ('file"; filename="a.bin', b"x" * 5_000_000),
        ("after", b"1"),
    ]
    body = b"".join(
        b'--mark\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
        % (name.encode(), value)
        for name, value in parts
    )
    kind = "multipart/form-data; boundary=mark"
    request = RequestFactory().post("/", body + b"--mark--\r\n", content_type=kind)
    request._stream = request.environ["wsgi.input"] = BytesIO(body + b"--mark--\r\n")
    return request


def test_a_file_is_neither_kept_nor_read(form):
    """What came before it is there; the rest is not even asked for."""
    assert form.POST.dict() == {"name": "ada"}
    assert not form.FILES
    assert form._stream.tell() < 1_000_000

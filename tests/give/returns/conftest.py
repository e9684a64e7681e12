"""The keys of the installation."""

import pytest

from pipelines.kit.security.keys import KeyProvider


@pytest.fixture
def keys(paths):
    return KeyProvider(paths)

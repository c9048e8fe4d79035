"""The frozen sample project, loaded once; laws that cost little and always try the same."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from hadocs.loading.catalog import Catalog, load

SAMPLE = Path(__file__).parent / "sample"

settings.register_profile(
    "laws",
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("laws")


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load(SAMPLE)

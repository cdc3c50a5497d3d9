import pytest
from redis.exceptions import ConnectionError as Away

from clinic.cache import REST_SECONDS, SturdyCache


@pytest.fixture
def cache(tmp_path):
    return SturdyCache(f"unix://{tmp_path}/nobody.sock", {"KEY_PREFIX": "test"})


def test_without_redis_limits_are_still_counted(cache):
    assert cache.add("log-in", 1)
    assert not cache.add("log-in", 1)
    assert cache.incr("log-in") == 2
    assert cache.get("log-in") == 2


def test_a_redis_that_is_away_is_not_asked_on_every_call(cache, monkeypatch):
    asked = []

    def away(self, *args, **kwargs):
        asked.append(args)
        raise Away

    monkeypatch.setattr("django.core.cache.backends.redis.RedisCache.get", away)

    for _ in range(5):
        assert cache.get("x") is None

    assert len(asked) == 1
    cache.away_until -= REST_SECONDS
    cache.get("x")
    assert len(asked) == 2

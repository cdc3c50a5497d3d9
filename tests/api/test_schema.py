"""The API describes itself without a warning."""

import yaml
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator


def test_the_description_has_neither_warnings_nor_errors(db):
    GENERATOR_STATS.reset()
    SchemaGenerator().get_schema(request=None, public=True)
    assert not GENERATOR_STATS._warn_cache
    assert not GENERATOR_STATS._error_cache


def test_each_operation_says_how_it_says_no(client, db):
    answer = client.get("/api/v1/schema/")
    described = yaml.safe_load(answer.content)
    operations = [each for path in described["paths"].values() for each in path.values()]

    assert answer.status_code == 200
    assert len(operations) > 80
    assert all({"400", "401", "403", "404", "409"} <= set(each["responses"]) for each in operations)

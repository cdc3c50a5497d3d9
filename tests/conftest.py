"""What every test may ask for; each plugin names its fixtures."""

pytest_plugins = [
    "tests.plugins.database",
    "tests.plugins.web",
    "tests.plugins.workers",
    "tests.cast",
    "tests.plugins.reference",
    "tests.factories.treatments",
    "tests.factories.orders",
    "tests.factories.plans",
]

"""A stand-in for BentoML, for building and starting images where PyPI is out of reach."""

try:
    from importlib.metadata import version
except ImportError:  # Python 3.7 and older
    from pkg_resources import get_distribution

    def version(name):
        return get_distribution(name).version


__version__ = version("bentoml")

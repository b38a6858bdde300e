"""The servers' programs, as the wheels of the `embedded` extra hold them."""

from importlib.util import find_spec
from pathlib import Path

from opspanel.embedded.program import StartError


def program_in(package: str, pattern: str) -> Path:
    """The file of an installed package; the package itself is not imported.

    Importing them would make folders in a user's home and print warnings.
    """
    spec = find_spec(package)
    folders = spec.submodule_search_locations if spec else None
    for folder in folders or ():
        for found in sorted(Path(folder).glob(pattern)):
            return found
    message = f"{package} is not installed here: use `make run`, or opspanel[embedded]."
    raise StartError(message)

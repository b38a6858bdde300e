"""Colours of the style sheets, as numbers: contrast, and how they look to other eyes."""

import math
import re

Colour = tuple[float, float, float]  # linear-light sRGB, each from 0 to 1

_TOKEN = re.compile(
    r"--([\w-]+): light-dark\(oklch\(([\d. ]+)\), oklch\(([\d. ]+)\)\);"
)
# Machado, Oliveira and Fernandes (2009), severity 1.0, for linear-light sRGB.
DEFICIENCIES = {
    "none": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
_FROM_OKLAB = (
    (1, 0.3963377774, 0.2158037573),
    (1, -0.1055613458, -0.0638541728),
    (1, -0.0894841775, -1.2914855480),
)
_FROM_LMS = (
    (4.0767416621, -3.3077115913, 0.2309699292),
    (-1.2684380046, 2.6097574011, -0.3413193965),
    (-0.0041960863, -0.7034186147, 1.7076147010),
)
_TO_LMS = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_TO_OKLAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)


def tokens(css: str) -> dict[str, dict[str, Colour]]:
    """`{scheme: {name: colour}}` of what a style sheet defines for both schemes."""
    found = _TOKEN.findall(css)
    return {
        scheme: {
            name: _from_oklch(*map(float, both[at].split())) for name, *both in found
        }
        for at, scheme in enumerate(("light", "dark"))
    }


def _from_oklch(lightness: float, chroma: float, hue: float) -> Colour:
    angle = math.radians(hue)
    oklab = (lightness, chroma * math.cos(angle), chroma * math.sin(angle))
    return _seen(_FROM_LMS, [part**3 for part in _times(_FROM_OKLAB, oklab)])


def contrast(one: Colour, other: Colour) -> float:
    """As WCAG 2 defines it, from 1 to 21."""
    dark, light = sorted(
        0.2126 * red + 0.7152 * green + 0.0722 * blue
        for red, green, blue in (one, other)
    )
    return (light + 0.05) / (dark + 0.05)


def mixed(tone: Colour, ground: Colour, share: float) -> Colour:
    """As `color-mix(in oklab, tone share, ground)` does."""
    pairs = zip(_oklab(tone), _oklab(ground), strict=True)
    lab = [share * of_tone + (1 - share) * of_ground for of_tone, of_ground in pairs]
    return _seen(_FROM_LMS, [part**3 for part in _times(_FROM_OKLAB, lab)])


def distance(one: Colour, other: Colour, deficiency: str) -> float:
    """In Oklab, for somebody with that deficiency; black and white are 1 apart."""
    matrix = DEFICIENCIES[deficiency]
    return math.dist(_oklab(_seen(matrix, one)), _oklab(_seen(matrix, other)))


def _oklab(colour: Colour) -> list[float]:
    return _times(
        _TO_OKLAB, [max(part, 0) ** (1 / 3) for part in _times(_TO_LMS, colour)]
    )


def _seen(matrix, vector) -> Colour:
    red, green, blue = (min(max(part, 0), 1) for part in _times(matrix, vector))
    return red, green, blue


def _times(matrix, vector) -> list[float]:
    return [math.sumprod(row, vector) for row in matrix]

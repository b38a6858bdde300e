"""Every face of every page keeps the rules of WCAG 2.2 AA that a machine can check."""

from pathlib import Path

from tests.servers import environment

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
PHONE, DESK = {"width": 320, "height": 640}, {"width": 1440, "height": 900}
WALL = {"width": 1920, "height": 1080}
# Else each page once, in a scheme and at a width; all in both by `make check-screens`.
WHOLE = "LOOKS" in environment
# Further states of a page that is looked at anyway.
FURTHER = {
    "overview-degraded",
    "overview-unknown",
    "overview-partial",
    "overview-held_over",
    "incident-void",
    "incident-mitigated",
    "error-400",
    "error-403",
    "error-500",
    "error-expired",
    "passkeys-none",
    "screens-none",
    "alerts-never",
    "watchlist-none",
    "wall-degraded",
    "wall-acknowledged",
    "wall-too-many",
    "wall-expired",
    "wall-crowded-1",
    "wall-crowded-2",
}
# What colours and shapes are taken from: in the other scheme, on a phone.
ON_A_PHONE = {
    "overview-unhealthy",
    "overview-stale",
    "overview-on-call",
    "overview-hostile",
    "incidents",
    "incident-open",
    "declare",
    "handover",
    "slos",
    "watchlist",
    "watch-item",
    "alerts",
    "audit",
    "screens",
    "sign-in-refused",
    "totp",
}
CHECK = """async () => {
  const { violations } = await axe.run(document, {
    resultTypes: ["violations"],
    elementRef: false,
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  });
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)}`);
}"""


def pages(faces):
    return {name: face for name, face in faces.items() if not name.startswith("wall-")}


def without(faces, names):
    return {name: face for name, face in faces.items() if name not in names}


def broken(shown, faces, *sizes):
    """`{(face, width): ["rule: element", ...]}` of those that break one."""
    found = {}
    for name, face in faces.items():
        page = shown.show(face)
        for size in sizes:
            page.set_viewport_size(size)
            found[name, size["width"]] = page.evaluate(CHECK)
    return {where: rules for where, rules in found.items() if rules}


def test_no_rule_is_broken_on_a_desk(faces, window):
    """In light, on each page; and no script fails."""
    looked_at = pages(faces) if WHOLE else without(pages(faces), FURTHER)
    with window(script=AXE, color_scheme="light") as shown:
        assert broken(shown, looked_at, DESK, *([PHONE] if WHOLE else [])) == {}
    assert shown.faults == []


def test_no_rule_is_broken_on_a_phone(faces, window):
    """In dark, at 320 px, which is 1280 px at four times the size, too."""
    looked_at = pages(faces) if WHOLE else {name: faces[name] for name in ON_A_PHONE}
    with window(script=AXE, color_scheme="dark") as shown:
        assert broken(shown, looked_at, PHONE, *([DESK] if WHOLE else [])) == {}
    assert shown.faults == []


def test_no_rule_is_broken_on_a_wall(faces, window):
    """In each of its states."""
    walls = without(faces, pages(faces))
    looked_at = walls if WHOLE else without(walls, FURTHER)
    with window(script=AXE) as shown:
        assert broken(shown, looked_at, WALL) == {}
    assert shown.faults == []


def test_the_rules_find_what_is_wrong(faces, window):
    """A picture without a word, and grey on grey."""
    with window(script=AXE, viewport=DESK) as shown:
        page = shown.show(faces["error-404"])
        page.evaluate(
            """() => {
              const picture = new Image();
              const text = document.createElement("p");
              text.textContent = "hardly to be seen";
              text.style.color = "color-mix(in oklab, canvastext 20%, canvas)";
              document.querySelector("h1").after(picture, text);
            }"""
        )
        rules = {rule.partition(":")[0] for rule in page.evaluate(CHECK)}
    assert rules == {"image-alt", "color-contrast"}


def test_every_face_is_what_it_says(faces):
    """No page is checked that is in truth another one; and all that are named are there."""
    failed = {name for name, face in faces.items() if face.status != 200}
    assert failed == {name for name in faces if name.startswith("error-")}
    assert set(faces) >= FURTHER | ON_A_PHONE

"""Recording in a real Chromium on the real panel, under its own content policy."""

import re
import secrets

import pytest
from playwright.sync_api import expect

from opspanel.models import Incident, IncidentEvent, Session, User
from tests.incident_pages.conftest import tab

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
TITLE = "Checkout answers 5xx"
LIFE = ["declared", "acknowledged", "note", "note", "severity", "status", "status"]
HOSTILE = '<img src=x onerror="window.hit=1"><b>bold</b>'


def declare_by_keyboard(page, title=TITLE):
    page.keyboard.press("d")
    page.keyboard.type(title)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(title)
    page.wait_for_load_state()  # its keys are listened to from then on


def add_note(page, text):
    page.locator("h1").click()
    page.keyboard.press("n")
    page.keyboard.type(text)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".timeline")).to_contain_text(text)


def test_a_newcomer_declares_with_the_keyboard_alone(browser_of):
    """From the overview: d, the title, Enter; the incident stands there."""
    page = tab(browser_of())
    declare_by_keyboard(page)
    expect(page.locator(".state")).to_have_text("open")
    expect(page.locator("#said")).to_have_text("Recorded.")
    made = Incident.objects.get()
    assert (made.title, made.severity, made.owner_label) == (TITLE, 3, "ana")
    assert page.evaluate("sessionStorage.length") == 0
    assert page.faults == []


def test_a_whole_life_in_two_tabs_without_a_lost_word(browser_of):
    """Two people act in turn; each sees the other's words while the own ones stay."""
    ana, ben = open_in_two_tabs(browser_of)
    end_in_turn(ana, ben)
    kinds = IncidentEvent.objects.order_by("seq").values_list("type", flat=True)
    assert list(kinds) == LIFE
    assert ana.faults == ben.faults == []


def open_in_two_tabs(browser_of):
    ana = tab(browser_of("ana"))
    declare_by_keyboard(ana)
    ben = tab(browser_of("ben"), ana.url)
    half = ben.locator("#note-note")
    half.fill("A thought that is not")
    ana.keyboard.press("a")
    expect(ana.locator(".timeline")).to_contain_text("acknowledged")
    add_note(ana, "The error rate rises")
    expect(ben.locator(".timeline")).to_contain_text("The error rate rises")
    expect(half).to_have_value("A thought that is not")
    half.press_sequentially(" finished yet")
    half.press("Control+Enter")
    expect(ana.locator(".timeline")).to_contain_text(
        "A thought that is not finished yet"
    )
    return ana, ben


def end_in_turn(ana, ben):
    ana.locator("h1").click()
    ana.keyboard.press("1")
    expect(ben.locator(".incident-head .severity")).to_have_text("SEV1")
    ben.locator("h1").click()
    ben.keyboard.press("m")
    ben.keyboard.type("Rolled back")
    ben.keyboard.press("Enter")
    expect(ana.locator(".state")).to_have_text("mitigated")
    ana.locator("h1").click()
    ana.keyboard.press("r")
    ana.keyboard.press("Enter")
    expect(ben.locator(".state")).to_have_text("resolved")


def test_a_conflict_keeps_what_was_typed_and_lets_the_person_choose(browser_of):
    """Both values, by whom; sent again it is set, and no word was lost."""
    ana = tab(browser_of("ana"))
    declare_by_keyboard(ana)
    ben = tab(browser_of("ben"), ana.url)
    for page, title in ((ana, "Payments fail"), (ben, "The shop is down")):
        page.locator("#fold-fields summary").click()
        page.locator("#fields-title").fill(title)
    ana.locator("#act-fields button").click()
    expect(ana.locator("h1")).to_have_text("Payments fail")
    ben.locator("#act-fields button").click()
    message = ben.locator("#act-fields [data-field=title] .warn")
    expect(message).to_contain_text("ana set this to “Payments fail”")
    expect(ben.locator("#fields-title")).to_have_value("The shop is down")
    ben.locator("#act-fields button").click()
    expect(ben.locator("h1")).to_have_text("The shop is down")


def test_the_server_dies_while_saving_and_nothing_is_lost(browser_of, site):
    """The bar says so; the draft outlives a reload; it is recorded exactly once."""
    page = tab(browser_of())
    declare_by_keyboard(page)
    page.locator("#note-note").fill("Written in the dark")
    site.stop()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#unsaved")).to_be_visible()
    expect(page.locator("#note-note")).to_have_value("Written in the dark")
    page.locator("[data-copy]").click()
    expect(page.locator("#unsaved textarea")).to_have_value(
        re.compile("Written in the dark")
    )
    page.on("dialog", lambda dialog: dialog.accept())
    site.start()
    page.reload()
    line = "Written in the dark"
    expect(page.locator(".timeline")).to_contain_text(line, timeout=20_000)
    expect(page.locator("#unsaved")).to_be_hidden()
    assert IncidentEvent.objects.filter(body="Written in the dark").count() == 1
    assert page.evaluate("sessionStorage.length") == 0


def sign_in(context, name):
    """By the form, in a tab that is closed again."""
    user, password = User.objects.get(username=name), secrets.token_urlsafe()
    user.set_password(password)
    user.save()
    page = tab(context, "/admin/ops/sign-in")
    page.locator("[name=username], [name=login]").fill(name)
    page.locator("[name=password]").fill(password)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/overview"))
    page.close()


def written_signed_out(context, text):
    """The page of an incident, with a note that was sent after the session had ended."""
    page = tab(context)
    declare_by_keyboard(page)
    Session.objects.all().delete()
    page.locator("#note-note").fill(text)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#unsaved")).to_contain_text("You are signed out")
    return page


def test_signed_out_while_writing_and_nothing_is_lost(browser_of):
    """The bar says so; what was sent stands in its form and is recorded once somebody
    signed in in another tab: nobody has to send it again."""
    context = browser_of()
    page = written_signed_out(context, "Nobody is signed in")
    expect(page.locator("#note-note")).to_have_value("Nobody is signed in")
    assert not IncidentEvent.objects.filter(body="Nobody is signed in").exists()
    assert "Nobody is signed in" in page.evaluate("JSON.stringify(sessionStorage)")

    sign_in(context, "ana")
    page.locator("[data-retry]").dispatch_event("click")  # or it does so by itself
    expect(page.locator(".timeline")).to_contain_text("Nobody is signed in")
    expect(page.locator("#unsaved")).to_be_hidden()
    assert IncidentEvent.objects.filter(body="Nobody is signed in").count() == 1
    assert page.evaluate("sessionStorage.length") == 0


def test_what_one_person_wrote_is_not_sent_by_another(browser_of):
    """Somebody else signed in meanwhile: the form has expired, its text stays, and
    nothing is recorded in either name."""
    browser_of("ben").close()
    context = browser_of()
    page = written_signed_out(context, "Ana's own thought")
    sign_in(context, "ben")
    page.locator("[data-retry]").dispatch_event("click")  # or it does so by itself
    expect(page.locator("#act-note")).to_contain_text("This form has expired")
    expect(page.locator("#note-note")).to_have_value("Ana's own thought")
    assert not IncidentEvent.objects.filter(body="Ana's own thought").exists()


def test_a_lost_answer_is_no_second_recording(browser_of):
    """Saved, but the answer was cut: the retry finds it recorded already."""
    page = tab(browser_of())
    declare_by_keyboard(page)
    cut = []

    def lose_one(route):
        if not cut:
            cut.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.route("**/note", lose_one)
    page.locator("#note-note").fill("Only once")
    page.locator("#note-note").press("Control+Enter")
    expect(page.locator("#unsaved")).to_be_visible()
    expect(page.locator("#unsaved")).to_be_hidden()
    expect(page.locator("#said")).to_contain_text("already")
    assert cut == [200]
    assert IncidentEvent.objects.filter(body="Only once").count() == 1


def test_keys_do_nothing_while_somebody_types(browser_of):
    """A note full of shortcuts is a note."""
    page = tab(browser_of())
    declare_by_keyboard(page)
    page.locator("#note-note").click()
    page.keyboard.type("a1m2r3d?")
    expect(page.locator("#note-note")).to_have_value("a1m2r3d?")
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert IncidentEvent.objects.count() == 1


def test_what_a_note_promised_is_settled_by_one_button(browser_of):
    """No form to fill in: the line is done, and what stands in the note form stays."""
    page = tab(browser_of())
    declare_by_keyboard(page)
    add_note(page, "TODO tell the customers")
    expect(page.locator(".incident-head")).to_contain_text("1 note says TODO still.")
    page.locator("#note-note").fill("Half a thought")
    page.get_by_role("button", name="Line 2 is done").click()
    expect(page.locator(".timeline")).to_contain_text("settled line 2")
    expect(page.locator(".settle")).to_have_count(0)
    expect(page.locator("#note-note")).to_have_value("Half a thought")
    assert page.faults == []


def test_hostile_text_is_inert_everywhere(browser_of):
    """Mark-up in every field is text on the page and in the list."""
    page = tab(browser_of())
    declare_by_keyboard(page, HOSTILE)
    add_note(page, HOSTILE)
    page.locator("#fold-fields summary").click()
    page.locator("#fields-summary").fill(HOSTILE)
    page.locator("#fields-customer_impact").fill(HOSTILE)
    page.locator("#act-fields button").click()
    expect(page.locator(".incident-head .words").first).to_have_text(HOSTILE)
    page.goto("/admin/ops/incidents")
    expect(page.locator("tbody th").first).to_contain_text(HOSTILE)
    assert page.locator("img[src=x], b:text-is('bold')").count() == 0
    assert page.evaluate("window.hit") is None
    assert page.faults == []


def test_one_line_is_read_while_it_is_typed(browser_of):
    """The preview says what was understood; the button records it."""
    page = tab(browser_of(), "/admin/ops/incidents/declare")
    page.locator("#line").press_sequentially("2 checkout 5xx since 00:00")
    expect(page.locator("#understood")).to_contain_text("SEV2 checkout 5xx, since")
    page.get_by_role("button", name="Declare this").click()
    expect(page.locator("h1")).to_have_text("checkout 5xx")
    made = Incident.objects.get()
    assert (made.severity, f"{made.started_at:%H:%M}") == (2, "00:00")
    assert page.faults == []


def test_without_script_everything_works(browser_of):
    """Declare, note, mitigate, resolve by plain forms and links."""
    page = tab(browser_of(java_script_enabled=False))
    page.locator("#declare-open").click()
    page.locator("#id_title").fill(TITLE)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(TITLE)
    page.locator("#note-note").fill("By hand")
    page.get_by_role("button", name="Add the note").click()
    expect(page.locator(".timeline")).to_contain_text("By hand")
    for fold, state in (("mitigate", "mitigated"), ("resolve", "resolved")):
        page.locator(f"#fold-{fold} summary").click()
        page.locator(f"#act-{fold} button").click()
        expect(page.locator(".state")).to_have_text(state)


@pytest.mark.parametrize("width", [320, 1440, 3840])
def test_nothing_sticks_out(browser_of, width):
    """From a small phone to a wall."""
    page = tab(browser_of(viewport={"width": width, "height": 900}))
    page.locator("#declare-open").click()
    page.keyboard.type("W" * 199)
    page.keyboard.press("Enter")
    expect(page.locator(".state")).to_have_text("open")
    for address in (page.url, "/admin/ops/incidents", "/admin/ops/incidents/declare"):
        page.goto(address)
        overhang = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert (address, overhang) == (address, 0)

"""What an admin says of a screen, checked and cleaned."""

from datetime import timedelta

from django import forms

from opspanel.access.pairing import Wish
from opspanel.access.screens import LONGEST
from opspanel.models import Screen
from opspanel.sanitize import sanitize
from opspanel.sanitize.visible import one_line, shortened
from opspanel.views.wall import BOARDS

_LONGEST_TEXT = Screen._meta.get_field("name").max_length or 0  # noqa: SLF001 - documented
LAYOUTS = [(each, f"{each} board{'s'[: each > 1]} at once") for each in BOARDS]


class _Text(forms.CharField):
    """One line that a stranger in the room may read."""

    def __init__(self) -> None:
        super().__init__(max_length=_LONGEST_TEXT)

    def clean(self, value: object) -> str:
        said: str = super().clean(value)
        return shortened(str(sanitize(one_line(said))), _LONGEST_TEXT)


class ScreenForm(forms.Form):
    name = _Text()
    place = _Text()
    boards = forms.TypedChoiceField(choices=LAYOUTS, coerce=int, initial=max(BOARDS))


class ScreenApproval(ScreenForm):
    code = forms.CharField(
        min_length=8,
        max_length=20,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters"}),
    )
    days = forms.IntegerField(
        label="Ends after, days", min_value=1, max_value=LONGEST.days, initial=90
    )
    field_order = ("code", "name", "place", "boards", "days")

    def wish(self) -> Wish:
        """Of a valid form."""
        said = self.cleaned_data
        lifetime = timedelta(days=said["days"])
        return Wish(said["name"], said["place"], said["boards"], lifetime)

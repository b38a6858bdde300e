"""What a person says of an item of the watchlist."""

from datetime import timedelta

from django import forms

from opspanel.models.watch import LONGEST_LINE
from opspanel.terms import WatchStatus
from opspanel.watchlist.acts import Change

_MUTES = [("0", "not at all"), ("1", "a day"), ("7", "a week"), ("30", "30 days")]
_STATUSES = [(each.value, each.value.replace("_", " ")) for each in WatchStatus]


def _words(**more: object) -> forms.CharField:
    area = forms.Textarea({"rows": 2})
    return forms.CharField(max_length=LONGEST_LINE, widget=area, **more)  # type: ignore[arg-type]


class ChangeForm(forms.Form):
    status = forms.ChoiceField(choices=_STATUSES)
    baseline = _words(required=False)
    progress = _words(required=False)

    def change(self) -> Change:
        """Of a valid form."""
        said = self.cleaned_data
        return Change(WatchStatus(said["status"]), said["baseline"], said["progress"])


class DismissForm(forms.Form):
    reason = _words(label="Why it was no signal")
    mute = forms.ChoiceField(choices=_MUTES, initial="7", label="Mute its signal for")

    def mute_for(self) -> timedelta:
        """Of a valid form."""
        return timedelta(days=int(self.cleaned_data["mute"]))

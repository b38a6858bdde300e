"""The answer that leads a browser to the provider."""

from django.http import HttpResponseRedirect


class RedirectToProvider(HttpResponseRedirect):
    """Its address goes out as it is: the state and the nonce in it are secrets of the
    browser that gets them, as its cookies are, and nothing else in it comes from data.
    """

"""Single sign-on by OpenID Connect, for the one provider that the settings name.

django-allauth keeps the state of a sign-in and the accounts; what is believed of the
provider is decided here. Anything but a signed, fresh, fitting proof is refused.
"""

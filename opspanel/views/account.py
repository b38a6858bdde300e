"""Signing in and out."""

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpResponse


class SignIn(LoginView):
    template_name = "pages/sign_in.html"
    redirect_authenticated_user = True

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_invalid(form)
        if form.has_error("__all__", "too_many"):
            response.status_code = 429
        return response


sign_in = SignIn.as_view()
sign_out = LogoutView.as_view()

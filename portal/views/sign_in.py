"""Signing in."""

from typing import Any

from django.conf import settings
from django.contrib.auth.views import LoginView

from portal.models.user import User


class SignIn(LoginView):
    """The one door for signing in; in the demonstration it lists the people one may be."""

    template_name = "portal/sign_in.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the demonstration's people; their password is printed by the command that started it."""
        context = super().get_context_data(**kwargs)
        if settings.DEBUG:
            people = User.objects.filter(is_demonstration=True, is_active=True).prefetch_related("holdings")
            context["demonstration_people"] = [
                {
                    "name": user.name,
                    "email": user.email,
                    "role": ", ".join(dict.fromkeys(str(held) for held in user.holdings.all())),
                }
                for user in people
            ]
        return context

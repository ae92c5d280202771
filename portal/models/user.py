"""People who sign in. What they may do follows from their roles alone; nobody is a superuser."""

from typing import Any, ClassVar

import pghistory
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from indicators.people import Person


class UserManager(BaseUserManager["User"]):
    """Makes accounts; e-mail addresses are kept in small letters."""

    def create_user(self, email: str, name: str, password: str | None = None) -> "User":
        """Create an account without any role."""
        user = self.model(email=email.strip().lower(), name=name)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find an account by its e-mail address, whatever its case."""
        return self.get(email=(username or "").strip().lower())


@pghistory.track(exclude=["password", "last_login"])
class User(AbstractBaseUser):
    """An account: an e-mail address and a name. Deactivated rather than deleted, so that history keeps its people."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    is_demonstration = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="email_in_small_letters")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def person(self) -> Person:
        """This account as a plain value, with the roles held today."""
        from portal.permissions import person_of

        return person_of(self)

    @property
    def is_staff(self) -> bool:
        """The admin opens for those whose roles have anything to keep there."""
        from portal.permissions import admin_permissions

        return self.is_active and bool(admin_permissions(self))

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Answer Django's admin from the permission table."""
        from portal.permissions import admin_permissions

        return self.is_active and perm in admin_permissions(self)

    def has_perms(self, perm_list: list[str], obj: Any = None) -> bool:
        """Tell whether every one of these permissions is held."""
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        """Tell whether the admin shows anything of this application."""
        from portal.permissions import admin_permissions

        return self.is_active and any(perm.startswith(f"{app_label}.") for perm in admin_permissions(self))

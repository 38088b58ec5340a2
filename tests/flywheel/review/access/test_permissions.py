"""The two tables: what there is to do, and who may."""

import pytest

from flywheel.review.access.permissions import (
    ALLOWED,
    WITHIN_A_TENANT,
    Permission,
    Role,
    highest,
    permissions_of,
)


def test_each_role_may_what_the_one_below_may() -> None:
    """And something more; an admin may all."""
    reviewer, lead, admin = (ALLOWED[role] for role in Role)
    assert reviewer < lead < admin == frozenset(Permission)
    assert reviewer == {Permission.READ_QUEUE, Permission.DECIDE}
    assert admin - lead == {Permission.MANAGE_USERS}


@pytest.mark.parametrize("role", Role)
def test_who_is_bound_to_a_tenant_reaches_no_further(role: Role) -> None:
    """A release and the team's figures are of all tenants."""
    bound = permissions_of(role, "acme")
    assert bound == ALLOWED[role] & WITHIN_A_TENANT
    assert not bound & {Permission.PUBLISH, Permission.SEE_TEAM, Permission.EXPORT_AUDIT}
    assert permissions_of(role, None) == ALLOWED[role]


def test_the_highest_of_several_roles_counts() -> None:
    """None of none."""
    assert highest([Role.LEAD, Role.REVIEWER]) is Role.LEAD
    assert highest([]) is None
